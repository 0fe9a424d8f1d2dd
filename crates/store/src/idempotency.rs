//! Answers kept for 24 hours, so that a POST repeated with its `Idempotency-Key` is answered, not
//! done again.
//!
//! A call takes the key with [`Store::begin_call`], does its work, and ends with
//! [`Store::finish_call`] (the answer is kept) or [`Store::abandon_call`] (nothing happened; the next
//! call may do it). That is for calls that set a state: doing one again changes nothing, so the key
//! of a call that died with its node is free again after [`CALL_LASTS_MAX`].
//!
//! A call that makes something keeps its answer in the transaction that makes it ([`Once`]): a crash
//! leaves both or neither.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Store,
    error::{Result, StoreError},
    in_tx,
    sql::each,
    tx::Tx,
    value::{Row, Value, args, from_json, to_json},
};

const TABLE: &str = "idempotent_answers";
/// What [`StoreError::Duplicate`] names when a key is taken.
pub const ANSWER: &str = "an answer under this key";
/// How long an answer is kept.
pub const ANSWER_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Longer than any request: a call that began before that and has no answer died with its node.
const CALL_LASTS_MAX: SignedDuration = SignedDuration::from_secs(60);
/// Most answers that one purge forgets, so that no write is long.
pub const ANSWERS_PURGED_MAX: u32 = 500;

const BEGIN: &str = include_str!("../sql/shared/idempotent_begin.sql");
const FIND: &str = include_str!("../sql/shared/idempotent_find.sql");
const FINISH: &str = include_str!("../sql/shared/idempotent_finish.sql");
const ABANDON: &str = include_str!("../sql/shared/idempotent_abandon.sql");
const PURGE: &str = include_str!("../sql/shared/idempotent_purge.sql");

/// One call under its key; what [`Store::begin_call`] took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallKey {
    /// Who calls: two principals may use the same key.
    pub principal: String,
    /// The header's value.
    pub key: String,
    /// When the call began: tells it from a later one that took the key over.
    pub begun_at: Timestamp,
}

/// An answer as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    /// In the order sent.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What to do with a call that has an `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Do it, then finish or abandon it.
    Fresh,
    /// It was done; this was the answer.
    Replay(KeptAnswer),
    /// The key belongs to another request.
    Mismatch,
    /// The first call has not ended.
    InProgress,
}

/// A call whose answer is kept in the very transaction that does its work: a crash leaves both or
/// neither, so the same key can be tried again at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    pub call: CallKey,
    pub request_hash: String,
    pub answer: KeptAnswer,
}

impl Store {
    /// What is kept for a key, without taking it. `Fresh`: nothing.
    pub async fn kept_answer(
        &self,
        principal: String,
        key: String,
        request_hash: String,
    ) -> Result<Begun> {
        self.read(move |tx| {
            in_tx(async move {
                match tx.row(FIND, args![principal, key]).await? {
                    None => Ok(Begun::Fresh),
                    Some(row) => read_kept(&row, &request_hash),
                }
            })
        })
        .await
    }

    /// Takes the key, or says what is kept for it. `request_hash` covers method, path and body.
    pub async fn begin_call(&self, call: CallKey, request_hash: String) -> Result<Begun> {
        self.write(move |tx| in_tx(async move { begin(tx, &call, &request_hash).await })).await
    }

    /// Keeps the answer; `false` when another call has taken the key since.
    pub async fn finish_call(&self, call: CallKey, answer: KeptAnswer) -> Result<bool> {
        self.write(move |tx| in_tx(async move { finish(tx, &call, &answer).await })).await
    }

    /// Gives the key back; `false` when the call has its answer, or lost the key.
    pub async fn abandon_call(&self, call: CallKey) -> Result<bool> {
        let values = args![call.principal, call.key, call.begun_at];
        let given = self.write(move |tx| in_tx(async move { tx.execute(ABANDON, values).await }));
        Ok(given.await? == 1)
    }

    /// Forgets what is older than [`ANSWER_KEPT`] and says how many; call again while it is
    /// [`ANSWERS_PURGED_MAX`].
    pub async fn purge_answers(&self, now: Timestamp) -> Result<u64> {
        let purge = args![forgotten_up_to(now), ANSWERS_PURGED_MAX];
        self.write(move |tx| in_tx(async move { tx.execute(PURGE, purge).await })).await
    }
}

async fn begin(tx: &mut Tx, call: &CallKey, request_hash: &str) -> Result<Begun> {
    let (principal, key) = (call.principal.as_str(), call.key.as_str());
    let forgotten = forgotten_up_to(call.begun_at);
    let ended = call.begun_at.saturating_sub(CALL_LASTS_MAX).unwrap_or(Timestamp::MIN);
    let taken = args![principal, key, request_hash, call.begun_at, forgotten, ended];
    if tx.execute(BEGIN, taken).await? == 1 {
        return Ok(Begun::Fresh);
    }
    match tx.row(FIND, args![principal, key]).await? {
        // Abandoned or purged between the two statements: the caller asks again soon.
        None => Ok(Begun::InProgress),
        Some(row) => read_kept(&row, request_hash),
    }
}

fn read_kept(row: &Row, request_hash: &str) -> Result<Begun> {
    if row.get::<String>(TABLE, 0)? != request_hash {
        return Ok(Begun::Mismatch);
    }
    let status: Option<u32> = row.get(TABLE, 1)?;
    let Some(status) = status else { return Ok(Begun::InProgress) };
    Ok(Begun::Replay(KeptAnswer {
        status: u16::try_from(status)
            .map_err(|_| StoreError::bad_row(TABLE, format!("status {status}")))?,
        headers: from_json(TABLE, &row.get::<String>(TABLE, 2)?)?,
        body: row.get(TABLE, 3)?,
    }))
}

/// Keeps answers beside the work they are about. A key that is taken undoes the whole transaction.
pub(crate) async fn keep(tx: &mut Tx, calls: impl Iterator<Item = &Once>) -> Result<()> {
    let rows: Vec<Vec<Value>> = calls.map(once_args).collect();
    let n_calls = rows.len();
    let kept = tx.each(each!("idempotent_keep"), rows).await?;
    if kept.len() == n_calls { Ok(()) } else { Err(StoreError::Duplicate(ANSWER)) }
}

fn once_args(once: &Once) -> Vec<Value> {
    args![
        once.call.principal.as_str(),
        once.call.key.as_str(),
        once.request_hash.as_str(),
        once.call.begun_at,
        forgotten_up_to(once.call.begun_at),
        once.answer.status,
        to_json(&once.answer.headers),
        once.answer.body.as_str(),
    ]
}

async fn finish(tx: &mut Tx, call: &CallKey, answer: &KeptAnswer) -> Result<bool> {
    let values = args![
        answer.status,
        to_json(&answer.headers),
        answer.body.as_str(),
        call.principal.as_str(),
        call.key.as_str(),
        call.begun_at,
    ];
    Ok(tx.execute(FINISH, values).await? == 1)
}

/// The newest instant of which nothing is kept any more.
fn forgotten_up_to(now: Timestamp) -> Timestamp {
    now.saturating_sub(ANSWER_KEPT).unwrap_or(Timestamp::MIN)
}
