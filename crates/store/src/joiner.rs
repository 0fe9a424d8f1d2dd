//! Joins concurrent single writes of one kind into one batch: one statement and one commit serve
//! all that arrived while the previous batch was being written.

use std::{future::Future, sync::Arc};

use tokio::sync::{mpsc, oneshot};

use crate::error::{Result, StoreError};

/// Most writes in one batch.
const BATCH_MAX: usize = 500;
/// Most writes that wait; one more is answered with `Overloaded`.
const WAITING_MAX: usize = 16_384;

/// A queue in front of a function that writes many at once.
pub(crate) struct Joiner<In, Out> {
    queue: mpsc::Sender<(In, oneshot::Sender<Result<Out>>)>,
}

impl<In, Out> Joiner<In, Out>
where
    In: Clone + Send + 'static,
    Out: Send + 'static,
{
    /// `write` answers every input, in order. When it fails, each input is written alone, so that
    /// a bad one does not take the others with it.
    pub(crate) fn new<F, W>(write: W) -> Self
    where
        W: Fn(Vec<In>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Vec<Out>>> + Send + 'static,
    {
        let (queue, calls) = mpsc::channel(WAITING_MAX);
        tokio::spawn(serve(calls, Arc::new(write)));
        Self { queue }
    }

    pub(crate) async fn call(&self, input: In) -> Result<Out> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send((input, reply)).map_err(|_| StoreError::Overloaded)?;
        answer.await.map_err(|err| StoreError::unavailable("writing", err))?
    }
}

async fn serve<In, Out, F, W>(
    mut calls: mpsc::Receiver<(In, oneshot::Sender<Result<Out>>)>,
    write: Arc<W>,
) where
    In: Clone + Send + 'static,
    W: Fn(Vec<In>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Vec<Out>>> + Send + 'static,
{
    let mut batch = Vec::new();
    while calls.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let (inputs, replies): (Vec<In>, Vec<_>) = std::mem::take(&mut batch).into_iter().unzip();
        match write(inputs.clone()).await {
            Ok(outputs) => {
                for (reply, output) in replies.into_iter().zip(outputs) {
                    // The caller may have gone; the write stands all the same.
                    drop(reply.send(Ok(output)));
                }
            }
            Err(err) => match <[_; 1]>::try_from(replies) {
                Ok([only]) => drop(only.send(Err(err))),
                Err(replies) => write_alone(inputs, replies, write.as_ref()).await,
            },
        }
    }
}

async fn write_alone<In, Out, F, W>(
    inputs: Vec<In>,
    replies: Vec<oneshot::Sender<Result<Out>>>,
    write: &W,
) where
    W: Fn(Vec<In>) -> F,
    F: Future<Output = Result<Vec<Out>>>,
{
    for (input, reply) in inputs.into_iter().zip(replies) {
        let answer = write(vec![input]).await.and_then(|outputs| {
            let first = outputs.into_iter().next();
            first.ok_or_else(|| StoreError::Unusable("a joined write gave no answer".to_owned()))
        });
        drop(reply.send(answer));
    }
}
