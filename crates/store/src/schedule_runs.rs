//! Executions of schedules: runs with what they run, listed as JIM lists them.

use std::collections::HashMap;

use horarium_core::{RunId, ScheduleId, run::RunState, schedule::Step};
use jiff::Timestamp;

use crate::{
    RunHead, RunNodeView, Store,
    error::{Result, StoreError, unless_moved},
    idempotency::{self, Once},
    in_tx,
    runs::{read_head, read_node},
    sql::{each, shared},
    tx::Tx,
    value::{Row, Value, args, from_json},
};

const TABLE: &str = "runs";
/// How runs of schedules are marked among all runs.
const IS_OF_SCHEDULE: &str = "r.kind = 2";
/// Most executions that the list of active ones shows.
pub const ACTIVE_SCHEDULE_RUNS_MAX: u32 = 10_000;

/// One execution of a schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleRun {
    pub head: RunHead,
    /// Copied when it was made, by group.
    pub steps: Vec<Step>,
    /// The steps that have moved; the others wait.
    pub nodes: Vec<RunNodeView>,
}

/// A run that somebody asked for.
#[derive(Clone, Debug)]
pub struct NewScheduleRun {
    pub id: RunId,
    pub schedule: ScheduleId,
    pub initiator: String,
    pub now: Timestamp,
    pub once: Option<Once>,
}

/// Which executions a list shows, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduleRunFilter {
    pub schedule: Option<ScheduleId>,
    /// Any of these; all when there is none.
    pub states: Vec<RunState>,
    pub sort: ScheduleRunSort,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScheduleRunSort {
    #[default]
    CreatedAt,
    StartedAt,
    EndedAt,
    State,
}

impl Store {
    /// Makes a run of the schedule as it now is. `false`: the schedule is unknown.
    pub async fn start_schedule_run(&self, new: NewScheduleRun) -> Result<bool> {
        let made = self.write(move |tx| {
            in_tx(async move {
                idempotency::keep(tx, new.once.iter()).await?;
                let NewScheduleRun { id, schedule, initiator, now, once: _ } = new;
                let sql = shared!("schedule_run_start");
                let n = tx.execute(sql, args![id, schedule, initiator, now]).await?;
                // Nothing was made: the answer kept above must not stand either.
                if n == 1 { Ok(()) } else { Err(StoreError::Moved) }
            })
        });
        unless_moved(made.await)
    }

    pub async fn schedule_run(&self, id: RunId) -> Result<Option<ScheduleRun>> {
        self.read(move |tx| {
            in_tx(async move {
                let sql = format!(
                    "{} WHERE r.id = $1 AND {IS_OF_SCHEDULE}",
                    shared!("schedule_run_view")
                );
                let rows = tx.rows(&sql, args![id]).await?;
                Ok(whole(tx, &rows).await?.pop())
            })
        })
        .await
    }

    /// One page, and how many there are in all.
    pub async fn schedule_runs(
        &self,
        filter: ScheduleRunFilter,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<ScheduleRun>, u64)> {
        self.read(move |tx| in_tx(list(tx, filter, offset, limit))).await
    }

    /// Those that have not ended, oldest first, at most [`ACTIVE_SCHEDULE_RUNS_MAX`].
    pub async fn active_schedule_runs(&self) -> Result<Vec<ScheduleRun>> {
        let filter = ScheduleRunFilter {
            states: vec![RunState::Queued, RunState::Running],
            ..ScheduleRunFilter::default()
        };
        let (runs, _) = self.schedule_runs(filter, 0, ACTIVE_SCHEDULE_RUNS_MAX).await?;
        Ok(runs)
    }

    /// The execution of each of these schedules that was made last.
    pub async fn last_schedule_runs(&self, of: Vec<ScheduleId>) -> Result<Vec<ScheduleRun>> {
        self.read(move |tx| {
            in_tx(async move {
                let owners = of.into_iter().map(|id| args![id]).collect();
                let rows = tx.each(each!("schedule_runs_last"), owners).await?;
                whole(tx, &rows).await
            })
        })
        .await
    }
}

async fn list(
    tx: &mut Tx,
    filter: ScheduleRunFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<ScheduleRun>, u64)> {
    let (conditions, args) = conditions(&filter);
    let count = format!("SELECT count(*) FROM runs r WHERE {conditions}");
    let total = tx.row(&count, args.clone()).await?;
    let total = total.map_or(Ok(0), |row| row.get::<u64>(TABLE, 0))?;
    let page = format!(
        "{} WHERE {conditions} ORDER BY {} LIMIT {limit} OFFSET {offset}",
        shared!("schedule_run_view"),
        order(&filter)
    );
    let rows = tx.rows(&page, args).await?;
    Ok((whole(tx, &rows).await?, total))
}

fn conditions(filter: &ScheduleRunFilter) -> (String, Vec<Value>) {
    let mut conditions = vec![IS_OF_SCHEDULE.to_owned()];
    let mut args = args![];
    if let Some(schedule) = filter.schedule {
        args.push(schedule.into());
        conditions.push("r.owner_id = $1".to_owned());
    }
    if !filter.states.is_empty() {
        let codes: Vec<String> =
            filter.states.iter().map(|state| state.code().to_string()).collect();
        conditions.push(format!("r.state IN ({})", codes.join(", ")));
    }
    (conditions.join(" AND "), args)
}

/// What has no such instant stands as if it came last of all, as in JIM; the id settles equals.
fn order(filter: &ScheduleRunFilter) -> String {
    let direction = if filter.descending { "DESC" } else { "ASC" };
    let by = match filter.sort {
        ScheduleRunSort::CreatedAt => format!("r.created_at {direction}"),
        ScheduleRunSort::StartedAt => {
            format!("r.started_at IS NULL {direction}, r.started_at {direction}")
        }
        ScheduleRunSort::EndedAt => {
            format!("r.ended_at IS NULL {direction}, r.ended_at {direction}")
        }
        // 3 and 4 are one word.
        ScheduleRunSort::State => {
            format!("CASE r.state WHEN 4 THEN 3 ELSE r.state END {direction}")
        }
    };
    format!("{by}, r.id")
}

/// Runs as read, with their steps and nodes, in the same order.
async fn whole(tx: &mut Tx, rows: &[Row]) -> Result<Vec<ScheduleRun>> {
    let mut runs = Vec::with_capacity(rows.len());
    for row in rows {
        let steps = from_json(TABLE, &row.get::<String>(TABLE, 14)?)?;
        runs.push(ScheduleRun { head: read_head(row)?, steps, nodes: Vec::new() });
    }
    let ids = runs.iter().map(|run| args![run.head.id]).collect();
    let mut nodes: HashMap<RunId, Vec<RunNodeView>> = HashMap::new();
    for row in tx.each(each!("schedule_run_nodes"), ids).await? {
        nodes.entry(row.get("run_nodes", 0)?).or_default().push(read_node(&row, 1)?);
    }
    for run in &mut runs {
        run.nodes = nodes.remove(&run.head.id).unwrap_or_default();
    }
    Ok(runs)
}
