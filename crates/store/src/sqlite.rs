//! SQLite: one writer that puts everything that waits into the next transaction (group commit),
//! and a few readers beside it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    types::{ToSqlOutput, ValueRef},
};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::{
    error::{Result, StoreError},
    faults,
    tx::Tx,
    value::{Cell, Row, Value},
};

/// Oldest SQLite library without the WAL-reset fault that can lose commits.
pub const LIBRARY_VERSION_MIN: i32 = 3_051_003;
/// Most writes that share one transaction: bounds how long the first of them waits.
pub const WRITES_PER_COMMIT_MAX: usize = 1_024;
/// Most writes that wait for the writer; one more is answered with `Overloaded`.
pub const WRITES_WAITING_MAX: usize = 16_384;
/// Connections that read beside the writer.
const READERS: usize = 4;
/// Prepared statements kept by each connection.
const STATEMENTS_CACHED: usize = 256;
/// How long a statement waits for another process, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What a power cut may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// Nothing that was acknowledged: every commit is synced.
    #[default]
    Full,
    /// The last commits before the cut; a crash of the process alone loses nothing.
    Normal,
}

/// An open SQLite database.
#[derive(Clone)]
pub(crate) struct Sqlite {
    writer: mpsc::Sender<Box<dyn Job>>,
    readers: Arc<Readers>,
    path: Arc<Path>,
}

struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

/// One write that waits for the writer.
trait Job: Send {
    /// Does the work inside the transaction; true when it may be committed.
    fn run(&mut self, tx: &mut Tx) -> bool;
    /// Answers the caller, after the commit or after what prevented it.
    fn answer(self: Box<Self>, committed: Result<(), String>);
}

struct Write<F, T> {
    work: Option<F>,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<F, T> Job for Write<F, T>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send,
    T: Send,
{
    fn run(&mut self, tx: &mut Tx) -> bool {
        let Some(work) = self.work.take() else { return false };
        // Statements run on this thread, so the future is ready at the first poll.
        let result = work(tx).now_or_never().unwrap_or_else(|| {
            Err(StoreError::Unusable("a SQLite store function waited for something".to_owned()))
        });
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), String>) {
        let result = match (self.result, committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(err)), _) => Err(err),
            (Some(Ok(_)) | None, Err(cause)) => {
                Err(StoreError::unavailable("committing a SQLite transaction", cause))
            }
            (None, Ok(())) => Err(StoreError::unavailable("writing", "the write was not run")),
        };
        // The caller may have gone; the write stands all the same.
        drop(self.reply.send(result));
    }
}

impl Sqlite {
    /// Opens or creates the file, migrated by the caller afterwards.
    pub(crate) fn open(path: &Path, synchronous: Synchronous) -> Result<Self> {
        let version = rusqlite::version_number();
        if version < LIBRARY_VERSION_MIN {
            return Err(StoreError::Unusable(format!(
                "SQLite {} can lose commits in WAL mode; 3.51.3 or newer is needed",
                rusqlite::version()
            )));
        }
        let writer = open_writer(path, synchronous)?;
        let mut idle = Vec::new();
        for _ in 0..READERS {
            idle.push(open_reader(path)?);
        }
        let (sender, receiver) = mpsc::channel(WRITES_WAITING_MAX);
        let scrubbed = Arc::from(path);
        let path = path.to_owned();
        thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || {
                Writer { path, synchronous, tx: Some(Tx::Sqlite(Box::new(writer))) }
                    .serve(receiver);
            })
            .map_err(|err| StoreError::unavailable("starting the SQLite writer thread", err))?;
        let readers = Readers { idle: Mutex::new(idle), permits: Semaphore::new(READERS) };
        Ok(Self { writer: sender, readers: Arc::new(readers), path: scrubbed })
    }

    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Write { work: Some(work), result: None, reply });
        self.writer.try_send(job).map_err(|err| match err {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => {
                StoreError::unavailable("writing", "the SQLite writer has stopped")
            }
        })?;
        answer.await.map_err(|err| StoreError::unavailable("writing", err))?
    }

    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let readers = Arc::clone(&self.readers);
        let permit = readers.permits.acquire().await;
        let _permit = permit.map_err(|err| StoreError::unavailable("reading", err))?;
        let lent = Arc::clone(&self.readers);
        tokio::task::spawn_blocking(move || {
            let connection = lent.take().ok_or(StoreError::Overloaded)?;
            let mut tx = Tx::Sqlite(Box::new(connection));
            let result = in_snapshot(&mut tx, work);
            lent.give_back(tx);
            result
        })
        .await
        .map_err(|err| StoreError::unavailable("reading", err))?
    }
}

impl Sqlite {
    /// Writes the file anew without what was deleted or replaced, and empties its log.
    pub(crate) async fn scrub(&self) -> Result<()> {
        let path = Arc::clone(&self.path);
        let work = move || {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(BUSY_TIMEOUT)?;
            connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
        };
        let done = tokio::task::spawn_blocking(work).await;
        let done = done.map_err(|err| StoreError::unavailable("scrubbing", err))?;
        done.map_err(|err| StoreError::unavailable("scrubbing", err))
    }
}

/// Runs a read in one transaction, so that all of its statements see the same state.
fn in_snapshot<T, F>(tx: &mut Tx, work: F) -> Result<T>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>>,
{
    control(tx, "BEGIN DEFERRED")?;
    let result = work(tx).now_or_never().unwrap_or_else(|| {
        Err(StoreError::Unusable("a SQLite store function waited for something".to_owned()))
    });
    control(tx, "ROLLBACK")?;
    result
}

impl Readers {
    fn take(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give_back(&self, tx: Tx) {
        if let Tx::Sqlite(connection) = tx {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(*connection);
        }
    }
}

fn open_writer(path: &Path, synchronous: Synchronous) -> Result<Connection> {
    let connection = Connection::open(path)
        .map_err(|err| StoreError::unavailable(format!("opening `{}`", path.display()), err))?;
    let level = match synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    // busy_timeout before journal_mode: switching to WAL needs a lock that a reader may hold.
    prepare_connection(
        &connection,
        &format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = {level}; \
         PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; \
         PRAGMA secure_delete = FAST; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;"
        ),
    )?;
    Ok(connection)
}

fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|err| StoreError::unavailable(format!("opening `{}`", path.display()), err))?;
    prepare_connection(&connection, "PRAGMA query_only = ON; PRAGMA cache_size = -8192;")?;
    Ok(connection)
}

fn prepare_connection(connection: &Connection, pragmas: &str) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    connection
        .busy_timeout(BUSY_TIMEOUT)
        .and_then(|()| connection.execute_batch(pragmas))
        .map_err(|err| StoreError::unavailable("preparing a SQLite connection", err))
}

/// The thread that owns the one connection that writes.
struct Writer {
    path: PathBuf,
    synchronous: Synchronous,
    /// `None` after a commit failed: what the file holds is then unknown to this connection.
    tx: Option<Tx>,
}

impl Writer {
    fn serve(mut self, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < WRITES_PER_COMMIT_MAX {
                match waiting.try_recv() {
                    Ok(job) => batch.push(job),
                    Err(_) => break,
                }
            }
            let outcome = self.commit_together(&mut batch);
            answer(batch, &outcome);
        }
    }

    /// Runs every job in one transaction; a job that fails is undone alone.
    fn commit_together(&mut self, batch: &mut Vec<Box<dyn Job>>) -> Result<(), String> {
        let outcome = self.try_commit_together(batch).map_err(|err| chain(&err));
        if outcome.is_err() {
            // After a failed commit or sync the connection's idea of the file is not to be trusted.
            self.tx = None;
        }
        outcome
    }

    fn try_commit_together(&mut self, batch: &mut Vec<Box<dyn Job>>) -> Result<()> {
        let tx = match &mut self.tx {
            Some(tx) => tx,
            none => none.insert(Tx::Sqlite(Box::new(open_writer(&self.path, self.synchronous)?))),
        };
        control(tx, "BEGIN IMMEDIATE")?;
        if let [only] = batch.as_mut_slice() {
            if !only.run(tx) {
                return control_rollback(tx);
            }
        } else {
            Self::run_each(tx, batch)?;
        }
        if faults::acknowledges_before_commit() {
            answer(std::mem::take(batch), &Ok(()));
            faults::commit_late();
        }
        control(tx, "COMMIT")
    }

    fn run_each(tx: &mut Tx, batch: &mut [Box<dyn Job>]) -> Result<()> {
        for job in batch {
            control(tx, "SAVEPOINT one")?;
            if !job.run(tx) {
                control(tx, "ROLLBACK TO one")?;
            }
            control(tx, "RELEASE one")?;
        }
        Ok(())
    }
}

fn answer(batch: Vec<Box<dyn Job>>, outcome: &Result<(), String>) {
    for job in batch {
        job.answer(outcome.clone());
    }
}

/// Undoes a lone job. SQLite may have rolled back by itself (disk full); that is no second fault.
fn control_rollback(tx: &mut Tx) -> Result<()> {
    match tx {
        Tx::Sqlite(connection) if connection.is_autocommit() => Ok(()),
        tx => control(tx, "ROLLBACK"),
    }
}

fn control(tx: &mut Tx, sql: &str) -> Result<()> {
    match tx {
        Tx::Sqlite(connection) => execute(connection, sql, &[]).map(drop),
        Tx::PgRead(_) | Tx::PgWrite(_) => {
            Err(StoreError::Unusable("a SQLite transaction on another database".to_owned()))
        }
    }
}

fn chain(err: &StoreError) -> String {
    let mut text = err.to_string();
    let mut source = std::error::Error::source(err);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

pub(crate) fn rows(connection: &Connection, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
    let read = || -> rusqlite::Result<Vec<Row>> {
        let mut statement = connection.prepare_cached(sql)?;
        let positions = positions(&statement);
        let mut found = Vec::new();
        collect(&mut statement, &positions, args, &mut found)?;
        Ok(found)
    };
    read().map_err(|err| wording(sql, err))
}

pub(crate) fn execute(connection: &Connection, sql: &str, args: &[Value]) -> Result<u64> {
    let run = || -> rusqlite::Result<usize> {
        let mut statement = connection.prepare_cached(sql)?;
        let positions = positions(&statement);
        bind_all(&mut statement, &positions, args)?;
        statement.raw_execute()
    };
    run().map(|n| n as u64).map_err(|err| wording(sql, err))
}

pub(crate) fn each(connection: &Connection, sql: &str, rows: &[Vec<Value>]) -> Result<Vec<Row>> {
    let run = || -> rusqlite::Result<Vec<Row>> {
        let mut statement = connection.prepare_cached(sql)?;
        let positions = positions(&statement);
        let mut found = Vec::new();
        for args in rows {
            collect(&mut statement, &positions, args, &mut found)?;
        }
        Ok(found)
    };
    run().map_err(|err| wording(sql, err))
}

/// Which argument each parameter of a statement takes. `$3` is a name to SQLite, and names count in
/// the order they first appear, so the number in the name is what says which argument is meant.
fn positions(statement: &rusqlite::Statement<'_>) -> Vec<usize> {
    let number = |index| {
        let name = statement.parameter_name(index)?;
        name.get(1..)?.parse::<usize>().ok()?.checked_sub(1)
    };
    (1..=statement.parameter_count()).map(|index| number(index).unwrap_or(index - 1)).collect()
}

fn bind_all(
    statement: &mut rusqlite::Statement<'_>,
    positions: &[usize],
    args: &[Value],
) -> rusqlite::Result<()> {
    for (index, &position) in positions.iter().enumerate() {
        let arg = args.get(position);
        let arg = arg.ok_or(rusqlite::Error::InvalidParameterCount(args.len(), positions.len()))?;
        statement.raw_bind_parameter(index + 1, Bound(arg))?;
    }
    Ok(())
}

fn collect(
    statement: &mut rusqlite::Statement<'_>,
    positions: &[usize],
    args: &[Value],
    found: &mut Vec<Row>,
) -> rusqlite::Result<()> {
    bind_all(statement, positions, args)?;
    let n_columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        found.push(read_row(row, n_columns)?);
    }
    Ok(())
}

/// A value lent to SQLite for the length of a statement.
struct Bound<'a>(&'a Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Int(Some(n)) => ValueRef::Integer(*n),
            Value::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Value::Uuid(Some(id)) => ValueRef::Blob(id.as_bytes()),
            Value::Bool(Some(flag)) => ValueRef::Integer(i64::from(*flag)),
            Value::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Value::Int(None)
            | Value::Text(None)
            | Value::Uuid(None)
            | Value::Bool(None)
            | Value::Bytes(None) => ValueRef::Null,
        }))
    }
}

fn read_row(row: &rusqlite::Row<'_>, n_columns: usize) -> rusqlite::Result<Row> {
    let mut cells = Vec::with_capacity(n_columns);
    for index in 0..n_columns {
        cells.push(match row.get_ref(index)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(n) => Cell::Int(n),
            ValueRef::Real(x) => Cell::Real(x),
            ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        });
    }
    Ok(Row(cells))
}

/// A SQLite fault in the store's words. The statement's first words say what was attempted.
fn wording(sql: &str, err: rusqlite::Error) -> StoreError {
    let during = crate::first_words(sql);
    match err.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase,
        ) => StoreError::unavailable(during, err),
        Some(ErrorCode::ConstraintViolation) => StoreError::Duplicate("the row"),
        _ => StoreError::Refused { during, source: Box::new(err) },
    }
}
