//! The log of executions across jobs: filtered, newest first, and fast at any size.
//!
//! Executions are read in the order of their ids, which is that of their making. Each search picks the
//! narrowest ways in ([`Way`]), and on each looks at a bounded number of executions: when few of them
//! match, the part is short and says where to go on, instead of holding up the database.

use horarium_core::{ExecutionId, ExecutionState, JobId, JobType, Origin};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    ExecutionView, Store,
    error::Result,
    executions::read_view,
    in_tx,
    sql::shared,
    tx::{Each, Tx},
    value::{Value, args},
};

const TABLE: &str = "executions";
/// Executions that one search looks at, when it cannot know beforehand which of them match.
pub const LOG_SEARCHED_MAX: u32 = 20_000;
/// Jobs of a tag that are looked at one by one; with more, everything is looked at.
pub const LOG_JOBS_MAX: u32 = 50;
/// How far an execution's id may be from its `created_at`: an id is made by its node's own clock.
const ID_SLACK: SignedDuration = SignedDuration::from_mins(1);

/// Which executions a search is about. All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Each word stands in the job's name or description, or in the error.
    pub words: Vec<String>,
    pub job: Option<JobId>,
    pub job_type: Option<JobType>,
    pub state: Option<ExecutionState>,
    pub tag: Option<String>,
    pub origin: Option<Origin>,
    /// Made at or after.
    pub from: Option<Timestamp>,
    /// Made at or before.
    pub to: Option<Timestamp>,
    /// From the start to the end, inclusive.
    pub duration_min: Option<SignedDuration>,
    pub duration_max: Option<SignedDuration>,
    /// Older than this one.
    pub after: Option<ExecutionId>,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Newest first, at most as many as were wanted.
    pub ids: Vec<ExecutionId>,
    /// There may be more: what is older than this was not looked at. `None`: nothing is older.
    pub unseen: Option<ExecutionId>,
}

impl Store {
    /// The newest `wanted` executions that match.
    pub async fn search_executions(&self, filter: LogFilter, wanted: u32) -> Result<Found> {
        self.read(move |tx| in_tx(search(tx, filter, wanted))).await
    }

    /// Executions by their ids, newest first. One that is gone is missing.
    pub async fn executions_by_id(&self, ids: Vec<ExecutionId>) -> Result<Vec<ExecutionView>> {
        const BY_ID: Each = Each {
            sqlite: concat!(shared!("execution_view"), " WHERE e.id = $1"),
            postgres: concat!(
                shared!("execution_view"),
                " WHERE e.id IN (SELECT unnest($1::uuid[]))"
            ),
        };
        self.read(move |tx| {
            in_tx(async move {
                let rows = tx.each(BY_ID, ids.into_iter().map(|id| args![id]).collect()).await?;
                let mut views = rows.iter().map(read_view).collect::<Result<Vec<_>>>()?;
                views.sort_by_key(|view| std::cmp::Reverse(view.id));
                Ok(views)
            })
        })
        .await
    }
}

/// An index that gives executions in the order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    OfJob(JobId),
    /// Failed or cancelled ones: few among many that succeeded.
    EndedBadly(ExecutionState),
    All,
}

/// What one way gave.
struct Part {
    ids: Vec<ExecutionId>,
    /// The last one looked at, unless there are no more.
    floor: Option<ExecutionId>,
}

async fn search(tx: &mut Tx, mut filter: LogFilter, wanted: u32) -> Result<Found> {
    let ways = ways(tx, &mut filter).await?;
    let n_ways = u32::try_from(ways.len()).unwrap_or(u32::MAX).max(1);
    let mut parts = Vec::with_capacity(ways.len());
    for way in ways {
        parts.push(walk(tx, way, &filter, wanted, LOG_SEARCHED_MAX / n_ways).await?);
    }
    Ok(merge(parts, wanted))
}

/// The ways in, which together lead to everything that matches.
async fn ways(tx: &mut Tx, filter: &mut LogFilter) -> Result<Vec<Way>> {
    if let Some(job) = filter.job {
        return Ok(vec![Way::OfJob(job)]);
    }
    if let Some(tag) = filter.tag.clone() {
        let sql = shared!("job_tagged");
        let rows = tx.rows(sql, args![tag, i64::from(LOG_JOBS_MAX) + 1]).await?;
        if rows.len() <= LOG_JOBS_MAX as usize {
            filter.tag = None;
            return rows.iter().map(|row| Ok(Way::OfJob(row.get("job_tags", 0)?))).collect();
        }
    }
    Ok(vec![match filter.state {
        Some(state @ (ExecutionState::Failed | ExecutionState::Cancelled)) => {
            Way::EndedBadly(state)
        }
        Some(ExecutionState::Pending | ExecutionState::Running | ExecutionState::Succeeded)
        | None => Way::All,
    }])
}

async fn walk(
    tx: &mut Tx,
    way: Way,
    filter: &LogFilter,
    wanted: u32,
    searched_max: u32,
) -> Result<Part> {
    let mut range = Conditions::default();
    range.enter(way);
    range.narrow(filter);
    let mut wanted_rows = range.clone();
    wanted_rows.sift(way, filter);
    let floor = if wanted_rows == range { None } else { floor(tx, range, searched_max).await? };
    if let Some(floor) = floor {
        wanted_rows.push("e.id >= ?", floor.into());
    }
    let rows = tx.rows(&wanted_rows.newest(wanted), wanted_rows.args).await?;
    let ids = rows.iter().map(|row| row.get(TABLE, 0)).collect::<Result<Vec<ExecutionId>>>()?;
    let is_full = ids.len() >= wanted as usize;
    Ok(Part { floor: if is_full { ids.last().copied() } else { floor }, ids })
}

/// The last execution that may be looked at; `None` when the range ends before.
async fn floor(tx: &mut Tx, range: Conditions, searched_max: u32) -> Result<Option<ExecutionId>> {
    let sql = format!(
        "SELECT e.id FROM executions e WHERE {} ORDER BY e.id DESC LIMIT 1 OFFSET {}",
        range.text(),
        searched_max.saturating_sub(1),
    );
    let row = tx.row(&sql, range.args).await?;
    row.map(|row| row.get(TABLE, 0)).transpose()
}

/// Joins what the ways gave. What is older than where any of them stopped may be incomplete, and is
/// left for the next part.
fn merge(parts: Vec<Part>, wanted: u32) -> Found {
    let barrier = parts.iter().filter_map(|part| part.floor).max();
    let mut ids: Vec<ExecutionId> = parts.into_iter().flat_map(|part| part.ids).collect();
    ids.retain(|id| barrier.is_none_or(|barrier| *id >= barrier));
    ids.sort_unstable_by(|one, other| other.cmp(one));
    let is_cut = ids.len() > wanted as usize;
    ids.truncate(wanted as usize);
    let unseen = if is_cut { ids.last().copied() } else { barrier };
    Found { ids, unseen }
}

/// Conditions of a statement and their arguments.
#[derive(Clone, Debug, Default, PartialEq)]
struct Conditions {
    texts: Vec<String>,
    args: Vec<Value>,
    asks_jobs: bool,
}

impl Conditions {
    fn push(&mut self, condition: &str, value: Value) {
        self.args.push(value);
        self.texts.push(condition.replace('?', &format!("${}", self.args.len())));
    }

    fn text(&self) -> String {
        if self.texts.is_empty() { "1 = 1".to_owned() } else { self.texts.join(" AND ") }
    }

    fn newest(&self, wanted: u32) -> String {
        let join = if self.asks_jobs { " LEFT JOIN jobs j ON j.id = e.job_id" } else { "" };
        let text = self.text();
        format!(
            "SELECT e.id FROM executions e{join} WHERE {text} ORDER BY e.id DESC LIMIT {wanted}"
        )
    }

    fn enter(&mut self, way: Way) {
        match way {
            Way::OfJob(job) => self.push("e.job_id = ?", job.into()),
            // The second condition is the partial index's own: SQLite looks for its very words.
            Way::EndedBadly(state) => {
                self.texts.push(format!("e.state = {} AND e.state IN (4, 5)", state.code()));
            }
            Way::All => {}
        }
    }

    /// Bounds of the ids: they begin with the millisecond of their making.
    fn narrow(&mut self, filter: &LogFilter) {
        if let Some(after) = filter.after {
            self.push("e.id < ?", after.into());
        }
        if let Some(to) = filter.to {
            let to = to.checked_add(ID_SLACK).unwrap_or(Timestamp::MAX);
            self.push("e.id < ?", first_id_at(to).into());
        }
        if let Some(from) = filter.from {
            let from = from.checked_sub(ID_SLACK).unwrap_or(Timestamp::UNIX_EPOCH);
            self.push("e.id >= ?", first_id_at(from).into());
        }
    }

    /// What only a look at the execution, or its job, tells.
    fn sift(&mut self, way: Way, filter: &LogFilter) {
        if let (Some(state), Way::OfJob(_) | Way::All) = (filter.state, way) {
            self.push("e.state = ?", state.code().into());
        }
        if let Some(origin) = filter.origin {
            self.push("e.origin = ?", origin.code().into());
        }
        if let Some(from) = filter.from {
            self.push("e.created_at >= ?", from.into());
        }
        if let Some(to) = filter.to {
            self.push("e.created_at <= ?", to.into());
        }
        if let Some(least) = filter.duration_min {
            self.push("e.ended_at - e.started_at >= ?", micros(least).into());
        }
        if let Some(most) = filter.duration_max {
            self.push("e.ended_at - e.started_at <= ?", micros(most).into());
        }
        if let Some(job_type) = filter.job_type {
            self.asks_jobs = true;
            self.push("j.job_type = ?", job_type.code().into());
        }
        if let Some(tag) = &filter.tag {
            let tagged =
                "EXISTS (SELECT 1 FROM job_tags t WHERE t.tag = ? AND t.job_id = e.job_id)";
            self.push(tagged, tag.as_str().into());
        }
        for word in &filter.words {
            self.asks_jobs = true;
            let said = r"(j.search_text LIKE ? ESCAPE '\' OR lower(e.error) LIKE ? ESCAPE '\')";
            self.push(said, crate::jobs::containing(word).into());
        }
    }
}

fn micros(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The least `UUIDv7` of a millisecond.
fn first_id_at(at: Timestamp) -> ExecutionId {
    let millis = u128::try_from(at.as_millisecond()).unwrap_or(0);
    ExecutionId(Uuid::from_u128(millis << 80))
}

#[cfg(test)]
mod plans;

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[u128]) -> Vec<ExecutionId> {
        ids.iter().map(|id| ExecutionId(Uuid::from_u128(*id))).collect()
    }

    fn part(found: &[u128], floor: Option<u128>) -> Part {
        Part { ids: ids(found), floor: floor.map(|id| ExecutionId(Uuid::from_u128(id))) }
    }

    #[test]
    fn parts_are_joined_down_to_where_the_first_of_them_stopped() {
        let check = |parts, wanted, found: &[u128], unseen: Option<u128>| {
            let unseen = unseen.map(|id| ExecutionId(Uuid::from_u128(id)));
            assert_eq!(merge(parts, wanted), Found { ids: ids(found), unseen });
        };
        check(vec![], 5, &[], None);
        check(vec![part(&[9, 7], None), part(&[8], None)], 5, &[9, 8, 7], None);
        check(vec![part(&[9, 7], None), part(&[8], None)], 2, &[9, 8], Some(8));
        // The second way has not looked below 6: what the first found there is not yet shown.
        check(vec![part(&[9, 3], None), part(&[8], Some(6))], 5, &[9, 8], Some(6));
        check(vec![part(&[], Some(4)), part(&[], Some(6))], 5, &[], Some(6));
    }

    #[test]
    fn ids_of_an_instant_begin_with_it() {
        let at: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
        let seconds = u64::try_from(at.as_second()).unwrap();
        let made = uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0);
        let id = ExecutionId(Uuid::new_v7(made));
        let later = at + SignedDuration::from_millis(1);
        assert!(first_id_at(at) <= id && id < first_id_at(later));
    }
}
