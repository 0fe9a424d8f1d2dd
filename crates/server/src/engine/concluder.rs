//! Writes the ends of attempts, all that wait in one transaction.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use horarium_store::{Conclusion, ConclusionEvent, Store};
use tokio::sync::{Notify, Semaphore, mpsc};
use tracing::{error, info, warn};

use super::{Hints, service::Chain};
use crate::metrics::Metrics;

/// Most ends in one transaction.
const ENDS_PER_WRITE_MAX: usize = 1_000;
/// Writes under way at once: while one is being committed, the next is at work.
const WRITES_MAX: usize = 2;
/// Most ends that wait; attempts that end beyond that wait with them.
const ENDS_WAITING_MAX: usize = 10_000;
const RETRY_PAUSE: Duration = Duration::from_millis(100);
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(2);

/// The queue of ended attempts.
pub struct Concluder {
    queue: mpsc::Sender<Conclusion>,
    waiting: Arc<Waiting>,
}

/// How many ends are not written yet.
#[derive(Default)]
struct Waiting {
    n: AtomicUsize,
    none_left: Notify,
}

impl Concluder {
    pub fn start(store: Store, metrics: Metrics, hints: Hints) -> Self {
        let (queue, ends) = mpsc::channel(ENDS_WAITING_MAX);
        let waiting = Arc::new(Waiting::default());
        let writer = Writer { store, metrics, hints, waiting: Arc::clone(&waiting) };
        tokio::spawn(writer.run(ends));
        Self { queue, waiting }
    }

    /// Hands over one end. It is written soon, and again and again while the database is away.
    pub async fn conclude(&self, conclusion: Conclusion) {
        self.waiting.n.fetch_add(1, Ordering::AcqRel);
        if self.queue.send(conclusion).await.is_err() {
            error!("the concluder has stopped; this end will be found as a lost attempt");
            self.waiting.done(1);
        }
    }

    /// Returns when everything handed over is written.
    pub async fn flushed(&self) {
        loop {
            // Register before looking: the last write between the look and the wait would be lost.
            let none_left = self.waiting.none_left.notified();
            if self.waiting.n.load(Ordering::Acquire) == 0 {
                return;
            }
            none_left.await;
        }
    }
}

impl Waiting {
    fn done(&self, n: usize) {
        if self.n.fetch_sub(n, Ordering::AcqRel) == n {
            self.none_left.notify_waiters();
        }
    }
}

struct Writer {
    store: Store,
    metrics: Metrics,
    hints: Hints,
    waiting: Arc<Waiting>,
}

impl Writer {
    async fn run(self, mut ends: mpsc::Receiver<Conclusion>) {
        let writer = Arc::new(self);
        let places = Arc::new(Semaphore::new(WRITES_MAX));
        let mut batch = Vec::with_capacity(ENDS_PER_WRITE_MAX);
        // The place first: what ends while all are taken joins this batch.
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            let n_ends = ends.recv_many(&mut batch, ENDS_PER_WRITE_MAX).await;
            if n_ends == 0 {
                return;
            }
            let (writer, batch) = (Arc::clone(&writer), std::mem::take(&mut batch));
            tokio::spawn(async move {
                writer.write(batch).await;
                writer.waiting.done(n_ends);
                drop(place);
            });
        }
    }

    /// Writes a batch until the database has it. A batch it refuses for good is tried one by one, so
    /// that a single bad row does not take the others with it.
    async fn write(&self, batch: Vec<Conclusion>) {
        let mut pause = RETRY_PAUSE;
        loop {
            match self.store.conclude(batch.clone()).await {
                Ok(ended) => return self.report(&batch, &ended),
                Err(err) if err.is_passing() => {
                    warn!(error = %Chain(&err), n_ends = batch.len(), "writing the ends of attempts failed, trying again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(RETRY_PAUSE_MAX);
                }
                Err(err) if batch.len() == 1 => {
                    error!(error = %Chain(&err), execution.id = %batch[0].id, "the end of execution {} cannot be written", batch[0].id);
                    return;
                }
                Err(_) => {
                    for one in batch {
                        Box::pin(self.write(vec![one])).await;
                    }
                    return;
                }
            }
        }
    }

    fn report(&self, batch: &[Conclusion], ended: &[horarium_store::Ended]) {
        if ended.len() < batch.len() {
            let n_stale = batch.len() - ended.len();
            self.metrics.stale(n_stale);
            info!(n_stale, "{n_stale} attempts had lost their execution before they ended");
        }
        if ended.iter().any(|end| end.awaited) {
            self.hints.advancer.give();
        }
        if !ended.is_empty() && self.hints.is_held.load(Ordering::Relaxed) {
            self.hints.releaser.give();
        }
        let waits_again = |end: &Conclusion| match end.event {
            ConclusionEvent::Retried { .. }
            | ConclusionEvent::Released
            | ConclusionEvent::GivenBack => true,
            ConclusionEvent::Succeeded | ConclusionEvent::Failed => false,
        };
        if batch.iter().any(waits_again) {
            self.hints.dispatcher.give();
        }
    }
}
