//! The few sessions that are open on one data source.
//!
//! sqlx has a pool too. This one knows what a scheduler needs: why a connection failed (sqlx's waits and
//! then says "timed out"), that each connection goes through the egress guard, and that a session somebody
//! walks away from in the middle of a statement is first stopped on its server.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout},
};
use tokio_util::task::TaskTracker;

use super::{DataSource, lease::Lease, route};
use crate::resolver::{GuardedResolver, ResolveError};

/// Sessions at a time, whatever a data source says.
pub const POOL_SIZE_MAX: u32 = 32;
/// Lookup, TCP, TLS and login together.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// An unused session is closed after this long, or half as long again.
pub const IDLE_KEPT: Duration = Duration::from_mins(1);

const ALIVE_LIMIT: Duration = Duration::from_secs(2);

/// One connection to one kind of server.
pub(crate) trait Session: Sized + Send + 'static {
    fn connect(source: &DataSource, host: &str) -> impl Future<Output = sqlx::Result<Self>> + Send;

    fn is_alive(&mut self) -> impl Future<Output = bool> + Send;

    /// Leaves nothing of one call for the next.
    fn reset(&mut self) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Ends the statement it is in the middle of, on the server, by a connection of its own.
    fn stop(&mut self) -> impl Future<Output = Result<(), String>> + Send;
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error("no connection within {} s", CONNECT_LIMIT.as_secs())]
    TimedOut,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// The pools of one kind, by data source. As many as there are definitions.
pub(crate) struct Pools<S>(Mutex<HashMap<String, Arc<Pool<S>>>>);

impl<S> Default for Pools<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S: Session> Pools<S> {
    /// The pool of this definition; one of an older definition is closed.
    pub(crate) fn of(&self, source: DataSource, context: &Context) -> Arc<Pool<S>> {
        let mut pools = lock(&self.0);
        if let Some(pool) = pools.get(&source.name).filter(|pool| pool.source == source) {
            return Arc::clone(pool);
        }
        let pool = Arc::new(Pool::new(source, context.clone()));
        if let Some(old) = pools.insert(pool.source.name.clone(), Arc::clone(&pool)) {
            old.close();
        }
        pool
    }

    pub(crate) fn forget(&self, name: &str) {
        if let Some(pool) = lock(&self.0).remove(name) {
            pool.close();
        }
    }

    pub(crate) fn close(&self) {
        lock(&self.0).drain().for_each(|(_, pool)| pool.close());
    }
}

/// What every pool needs.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) resolver: GuardedResolver,
    /// Stops under way.
    pub(crate) stops: TaskTracker,
}

/// The sessions of one data source: so many at a time, the idle ones kept for a while.
pub(crate) struct Pool<S> {
    source: DataSource,
    pub(super) context: Context,
    permits: Arc<Semaphore>,
    idle: Mutex<Idle<S>>,
}

struct Idle<S> {
    sessions: Vec<(Instant, S)>,
    closed: bool,
    is_swept: bool,
}

impl<S: Session> Pool<S> {
    fn new(source: DataSource, context: Context) -> Self {
        let n_permits = source.pool_size.clamp(1, POOL_SIZE_MAX);
        let idle = Idle { sessions: Vec::new(), closed: false, is_swept: false };
        Self {
            source,
            context,
            permits: Arc::new(Semaphore::new(n_permits as usize)),
            idle: Mutex::new(idle),
        }
    }

    pub(crate) fn source(&self) -> &DataSource {
        &self.source
    }

    /// Waits for a place, without a limit of its own.
    pub(crate) async fn place(&self) -> OwnedSemaphorePermit {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        permit.expect("nobody closes this semaphore")
    }

    /// An idle session that still answers, else a new one.
    pub(crate) async fn session(
        self: &Arc<Self>,
        place: OwnedSemaphorePermit,
    ) -> Result<Lease<S>, ConnectError> {
        while let Some(mut session) = self.take_idle() {
            if timeout(ALIVE_LIMIT, session.is_alive()).await.unwrap_or(false) {
                return Ok(self.lease(session, place));
            }
        }
        let connecting = timeout(CONNECT_LIMIT, self.connect());
        let session = connecting.await.map_err(|_elapsed| ConnectError::TimedOut)??;
        Ok(self.lease(session, place))
    }

    async fn connect(&self) -> Result<S, ConnectError> {
        let hosts = route::hosts(&self.context.resolver, &self.source).await?;
        let mut failed = None;
        for host in &hosts {
            match S::connect(&self.source, host).await {
                Ok(session) => return Ok(session),
                // It was reached and said no; its other addresses would say the same.
                Err(error @ sqlx::Error::Database(_)) => return Err(error.into()),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.expect("a route has a host, and it failed").into())
    }

    fn lease(self: &Arc<Self>, session: S, place: OwnedSemaphorePermit) -> Lease<S> {
        Lease::new(session, place, Arc::clone(self))
    }

    fn take_idle(&self) -> Option<S> {
        lock(&self.idle).sessions.pop().map(|(_, session)| session)
    }

    pub(super) fn put_idle(self: &Arc<Self>, session: S) {
        let mut idle = lock(&self.idle);
        if idle.closed {
            return;
        }
        idle.sessions.push((Instant::now(), session));
        if !mem::replace(&mut idle.is_swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    fn close(&self) {
        let mut idle = lock(&self.idle);
        idle.closed = true;
        idle.sessions.clear();
    }

    /// Closes what nobody used for [`IDLE_KEPT`]; false when nothing is left to watch.
    fn sweep_once(&self) -> bool {
        let mut idle = lock(&self.idle);
        idle.sessions.retain(|(since, _)| since.elapsed() < IDLE_KEPT);
        idle.is_swept = !idle.sessions.is_empty();
        idle.is_swept
    }
}

/// Ends with the last idle session; the next one starts another.
async fn sweep<S: Session>(pool: Weak<Pool<S>>) {
    loop {
        sleep(IDLE_KEPT / 2).await;
        if !pool.upgrade().is_some_and(|pool| pool.sweep_once()) {
            return;
        }
    }
}

/// A panic elsewhere does not make what is kept here wrong.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
