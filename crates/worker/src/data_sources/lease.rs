//! A session in somebody's hands, and the three ways it leaves them.

use std::{sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::OwnedSemaphorePermit,
    time::{sleep, timeout},
};

use super::pool::{Pool, Session};

const RESET_LIMIT: Duration = Duration::from_secs(5);
const STOP_LIMIT: Duration = Duration::from_secs(5);
const STOPS_MAX: u32 = 3;
const BETWEEN_STOPS: Duration = Duration::from_millis(200);

/// A session for one call. Dropped, it counts as walked away from: its statement is stopped on the server,
/// and it is closed. [`Lease::give_back`] and [`Lease::discard`] are the other ends.
pub(crate) struct Lease<S: Session> {
    held: Option<(S, OwnedSemaphorePermit)>,
    pool: Arc<Pool<S>>,
}

impl<S: Session> Lease<S> {
    pub(super) fn new(session: S, place: OwnedSemaphorePermit, pool: Arc<Pool<S>>) -> Self {
        Self { held: Some((session, place)), pool }
    }

    pub(crate) fn session(&mut self) -> &mut S {
        let (session, _) =
            self.held.as_mut().expect("held until it is given back, which takes self");
        session
    }

    /// For the next call.
    pub(crate) async fn give_back(mut self) {
        let Some((mut session, _place)) = self.held.take() else { return };
        match timeout(RESET_LIMIT, session.reset()).await {
            Ok(Ok(())) => self.pool.put_idle(session),
            Ok(Err(error)) => tracing::debug!("closing a session: resetting it: {error}"),
            Err(_elapsed) => tracing::debug!("closing a session: resetting it took too long"),
        }
    }

    /// It is broken: closes it.
    pub(crate) fn discard(mut self) {
        self.held = None;
    }
}

impl<S: Session> Drop for Lease<S> {
    fn drop(&mut self) {
        let Some((session, place)) = self.held.take() else { return };
        let Ok(runtime) = Handle::try_current() else { return };
        let name = self.pool.source().name.clone();
        // The place is kept until then: a server is not given more work than it was promised.
        self.pool.context.stops.spawn_on(stop(session, name, place), &runtime);
    }
}

/// What cannot be stopped by name ends when the server finds its connection closed, or by its own limit.
async fn stop<S: Session>(mut session: S, name: String, _place: OwnedSemaphorePermit) {
    for n in 1..=STOPS_MAX {
        let cause = match timeout(STOP_LIMIT, session.stop()).await {
            Ok(Ok(())) => return,
            Ok(Err(cause)) => cause,
            Err(_elapsed) => format!("no answer within {} s", STOP_LIMIT.as_secs()),
        };
        tracing::warn!(data_source = name, "stopping a call on `{name}`, try {n}: {cause}");
        sleep(BETWEEN_STOPS).await;
    }
}
