//! The only SQL: one module per noun, migrations, and both databases under one set of functions.
//!
//! Functions that change something take slices and do their work in one transaction; the dialect is
//! chosen at the bottom ([`tx`]). Times are arguments: no statement asks the database for the time,
//! except the one that measures a node's clock against it.

mod api_keys;
mod backup;
mod browser_sessions;
mod data_sources;
mod decisions;
mod dependencies;
mod error;
mod events;
mod execution_log;
mod executions;
mod faults;
mod hidden;
mod idempotency;
mod jobs;
mod joiner;
mod migrate;
mod modules;
mod monitoring;
mod nodes;
mod outcomes;
mod postgres;
mod queue;
mod refresh_tokens;
mod retention;
mod runs;
mod schedule_runs;
mod schedules;
mod secrets;
mod settings;
mod sql;
mod sqlite;
mod triggers;
mod tx;
mod upkeep;
mod url;
mod users;
mod value;
mod workflows;

use std::{future::Future, sync::Arc};

use futures_util::future::BoxFuture;

pub use api_keys::{API_KEYS_LISTED_MAX, ApiKey, KeyOwner, OwnedKey};
pub use backup::{BackupError, BackupReport, HELD, back_up, restore, verify};
pub use browser_sessions::BrowserSession;
pub use data_sources::{DATA_SOURCES_LISTED_MAX, StoredDataSource};
pub use dependencies::{HELD_PER_LOOK_MAX, Released, SetDependencies, WAITING_FOR_DEPENDENCIES};
pub use error::{Result, StoreError};
pub use events::{After, EVENTS_PURGED_MAX, NoPosition, Position, StoredEvent};
pub use execution_log::{Found, LOG_JOBS_MAX, LOG_SEARCHED_MAX, LogFilter};
pub use executions::{
    AttemptView, Cancelled, Claimed, Conclusion, ConclusionEvent, Ended, Enqueued, ExecutionFilter,
    ExecutionView, NewExecution,
};
pub use hidden::Hidden;
pub use idempotency::{ANSWER, ANSWER_KEPT, ANSWERS_PURGED_MAX, Begun, CallKey, KeptAnswer, Once};
pub use jobs::{
    JobDefinition, JobFilter, JobSort, JobStatus, JobView, NewJob, Replacement, by_job,
};
pub use migrate::{MIGRATIONS, Migration, MigrationState};
pub use modules::{Added, MODULE_VERSIONS_MAX, Module, NewModule};
pub use monitoring::{HourFigures, JobCounts, Upcoming, WindowFigures};
pub use nodes::{LOST_PER_BATCH_MAX, NewNode, Node, NodeState, Rescued};
pub use outcomes::JobOutcome;
pub use queue::{QUEUE_COUNTED_MAX, QueueFigures};
pub use refresh_tokens::{REFRESH_TOKENS_PURGED_MAX, RefreshToken, Rotated, Rotation};
pub use retention::{Aged, AgedPosition, RETIRED_PER_BATCH_MAX, Retired};
pub use runs::{
    AdvanceRequest, Advanced, CancelledRun, NODES_PER_ADVANCE_MAX, NewResume, NodeOf,
    RUNS_PER_ADVANCE_MAX, Resumed, RunFilter, RunHead, RunNodeView, RunPlanner, RunView,
};
pub use schedule_runs::{
    ACTIVE_SCHEDULE_RUNS_MAX, NewScheduleRun, ScheduleRun, ScheduleRunFilter, ScheduleRunSort,
};
pub use schedules::{
    NewSchedule, SCHEDULE_NAME, ScheduleFilter, ScheduleReplacement, ScheduleSort, ScheduleView,
};
pub use secrets::{CONFIGURATIONS_LISTED_MAX, SECRETS_LISTED_MAX, StoredSecret};
pub use sqlite::{LIBRARY_VERSION_MIN, Synchronous, WRITES_PER_COMMIT_MAX, WRITES_WAITING_MAX};
pub use triggers::{FireRequest, Fired, Planner};
pub use tx::Dialect;
pub use upkeep::{CLEARED_PER_BATCH_MAX, TriggerBatch, TriggerChange, Wanted};
pub use url::{DatabaseUrl, UrlError};
pub use users::{SessionState, USERS_LISTED_MAX, User};
pub use workflows::{NewWorkflow, NewWorkflowRun, Workflow};

use joiner::Joiner;
use tx::Tx;

/// How a database is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    pub synchronous: Synchronous,
    /// PostgreSQL only.
    pub connections_max: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { synchronous: Synchronous::Full, connections_max: 16 }
    }
}

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
    joined: Arc<Joined>,
}

/// Writes of one kind that arrive at the same time, joined into one.
struct Joined {
    enqueue: Joiner<NewExecution, Option<Enqueued>>,
    insert_job: Joiner<NewJob, ()>,
}

enum Database {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Pg),
}

impl Store {
    /// Opens the database without looking at its schema; see [`Store::migrate`].
    pub async fn open(url: &DatabaseUrl, options: &StoreOptions) -> Result<Self> {
        let database = match url {
            DatabaseUrl::Sqlite(path) => {
                Database::Sqlite(sqlite::Sqlite::open(path, options.synchronous)?)
            }
            DatabaseUrl::Postgres(url) => {
                Database::Postgres(postgres::Pg::open(url, options.connections_max).await?)
            }
        };
        let database = Arc::new(database);
        Ok(Self { joined: Arc::new(Joined::over(&database)), database })
    }

    pub fn dialect(&self) -> Dialect {
        match &*self.database {
            Database::Sqlite(_) => Dialect::Sqlite,
            Database::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Closes PostgreSQL's connections. SQLite's close with the last clone.
    pub async fn close(&self) {
        match &*self.database {
            Database::Sqlite(_) => {}
            Database::Postgres(pg) => pg.close().await,
        }
    }

    /// Leaves nothing of deleted and replaced rows in SQLite's files. PostgreSQL does so by its own VACUUM.
    pub async fn scrub(&self) -> Result<()> {
        match &*self.database {
            Database::Sqlite(sqlite) => sqlite.scrub().await,
            Database::Postgres(_) => Ok(()),
        }
    }

    /// Runs `work` in one transaction and returns after its commit.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.database.write(work).await
    }

    /// Runs `work` on a connection that only reads.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        match &*self.database {
            Database::Sqlite(sqlite) => sqlite.read(work).await,
            Database::Postgres(pg) => pg.read(work).await,
        }
    }
}

impl Database {
    async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        match self {
            Self::Sqlite(sqlite) => sqlite.write(work).await,
            Self::Postgres(pg) => pg.write(work).await,
        }
    }

    /// Runs work that is one statement, which is a transaction of its own: PostgreSQL is spared the
    /// round trips of BEGIN and COMMIT.
    async fn write_one_statement<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        match self {
            Self::Sqlite(sqlite) => sqlite.write(work).await,
            Self::Postgres(pg) => pg.read(work).await,
        }
    }
}

impl Joined {
    fn over(database: &Arc<Database>) -> Self {
        let (enqueuing, inserting) = (Arc::clone(database), Arc::clone(database));
        Self {
            enqueue: Joiner::new(move |new| {
                let database = Arc::clone(&enqueuing);
                async move { executions::enqueue_each(&database, new).await }
            }),
            insert_job: Joiner::new(move |new| {
                let database = Arc::clone(&inserting);
                async move { jobs::insert_each(&database, new).await }
            }),
        }
    }
}

/// What a statement attempted, for error texts: its first line that is not a comment, shortened.
fn first_words(sql: &str) -> String {
    let line = sql.lines().find(|line| !line.trim().is_empty() && !line.starts_with("--"));
    let words: Vec<&str> = line.unwrap_or("a statement").split_whitespace().take(4).collect();
    words.join(" ")
}

/// Names the future type of `work` closures: `in_tx(async move { .. })`.
pub(crate) fn in_tx<'t, T>(
    work: impl Future<Output = Result<T>> + Send + 't,
) -> BoxFuture<'t, Result<T>> {
    Box::pin(work)
}
