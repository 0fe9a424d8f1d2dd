//! A call with its limit: on this side, and a little later on the server.

use std::{sync::Arc, time::Duration};

use horarium_core::job::TIMEOUT_SECONDS_MAX;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Command, failure::Failure, result::Outcome};
use crate::{
    assignment::{Ending, limit_text},
    data_sources::{
        DataSource,
        pool::{ConnectError, Pool, Session},
    },
};

/// The server's own limit comes this much later than ours: ours has the better words.
const SERVER_LIMIT_LATER: Duration = Duration::from_secs(1);

/// A session that can make calls.
pub(super) trait Calls: Session {
    fn call(
        &mut self,
        source: &DataSource,
        command: &Command<'_>,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send;
}

/// Something to do in one session of a data source.
pub(super) trait Work<S: Session>: Sync {
    type Done: Send;

    /// What is attempted, and on what: the beginning of every error.
    fn what(&self) -> String;

    fn perform(
        &self,
        session: &mut S,
        source: &DataSource,
    ) -> impl Future<Output = Result<Self::Done, Failure>> + Send;
}

impl<S: Calls> Work<S> for Command<'_> {
    type Done = Outcome;

    fn what(&self) -> String {
        format!("calling `{}`", self.procedure)
    }

    async fn perform(&self, session: &mut S, source: &DataSource) -> Result<Outcome, Failure> {
        session.call(source, self).await
    }
}

/// The shorter of two limits, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    length: Duration,
    setting: &'static str,
}

impl Limit {
    pub(super) fn of(command_timeout: Duration, source: &DataSource) -> Self {
        if command_timeout <= source.statement_timeout {
            Self { length: command_timeout, setting: "jobConfiguration.commandTimeoutSeconds" }
        } else {
            Self {
                length: source.statement_timeout,
                setting: "the data source's statement timeout",
            }
        }
    }

    /// A script as a whole ends with its attempt; its single statements by the data source's limit.
    pub(super) fn of_script(source: &DataSource) -> Self {
        let length =
            Duration::from_secs(u64::from(TIMEOUT_SECONDS_MAX)).max(source.statement_timeout);
        Self { length, setting: "the longest attempt" }
    }

    pub(super) fn of_server(self) -> Duration {
        self.length + SERVER_LIMIT_LATER
    }

    /// Does the work. Dropped anywhere, it leaves nothing running: see `Lease`.
    pub(super) async fn perform<S: Session, W: Work<S>>(
        self,
        pool: &Arc<Pool<S>>,
        work: &W,
    ) -> Result<W::Done, Ending> {
        let deadline = Instant::now() + self.length;
        let source = pool.source();
        let what = format!("{} on data source `{}`", work.what(), source.name);
        let Ok(place) = timeout(self.length, pool.place()).await else {
            let busy = format!("all {} connections of its pool were still busy", source.pool_size);
            return Err(self.reached(&what, &busy));
        };
        let calling = async {
            let mut lease = pool.session(place).await?;
            let done = work.perform(lease.session(), source).await;
            Ok::<_, ConnectError>((done, lease))
        };
        match timeout_at(deadline, calling).await {
            Ok(Ok((done, lease))) => {
                match &done {
                    Err(failure) if failure.breaks_session => lease.discard(),
                    Ok(_) | Err(_) => lease.give_back().await,
                }
                done.map_err(|failure| failure.into_ending(&what))
            }
            Ok(Err(error)) => Err(Failure::from(error).into_ending(&what)),
            Err(_elapsed) => Err(self.reached(&what, "timed out")),
        }
    }

    fn reached(self, what: &str, doing: &str) -> Ending {
        let (length, setting) = (limit_text(self.length), self.setting);
        Ending::TimedOut { error: format!("{what}: {doing} after {length} ({setting})") }
    }
}
