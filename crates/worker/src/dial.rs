//! What one connection has to keep to: the port it goes to, and how long connecting may take.
//!
//! reqwest tells its resolver only a name, and has one connect timeout a client. Both are wanted
//! per request from one client with one pool, so a request carries them as a task-local, which its
//! resolver and connector read when they are first called, within the request's own task.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tower::{Layer, Service};

use crate::assignment::limit_text;

tokio::task_local! {
    pub(crate) static DIAL: Dial;
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Dial {
    pub(crate) port: u16,
    /// For looking up the name, connecting and the TLS handshake together.
    pub(crate) limit: Duration,
}

/// Connecting took longer than its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no connection within {} (connect timeout)", limit_text(*.0))]
pub(crate) struct ConnectTimedOut(pub(crate) Duration);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Makes a connector keep to [`Dial::limit`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct DialLimit;

impl<S> Layer<S> for DialLimit {
    type Service = Limited<S>;

    fn layer(&self, connector: S) -> Limited<S> {
        Limited(connector)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Limited<S>(S);

impl<S, Request> Service<Request> for Limited<S>
where
    S: Service<Request, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, ctx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(ctx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let dial = DIAL.try_with(|dial| *dial);
        let connecting = self.0.call(request);
        Box::pin(async move {
            let limit = dial?.limit;
            match tokio::time::timeout(limit, connecting).await {
                Ok(connected) => connected,
                Err(_) => Err(ConnectTimedOut(limit).into()),
            }
        })
    }
}
