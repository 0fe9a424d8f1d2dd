//! How the scheduler is doing: counts of jobs, figures of a window, hours of a timeline.
//!
//! Ended executions are read through the index `executions_by_end` alone, whatever else is stored.

use horarium_core::Trigger;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    JobView, Store,
    error::Result,
    in_tx,
    jobs::read_view,
    sql::{each, shared},
    triggers::read_trigger,
    value::args,
};

const TABLE: &str = "executions";
const HOUR_MICROS: i64 = 3_600_000_000;

/// How many jobs there are. Equal counts mean that no job was made, changed or paused meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    pub n_jobs: u64,
    pub n_enabled: u64,
    pub n_paused: u64,
    pub n_completed: u64,
    /// Their last executions failed.
    pub n_failing: u64,
    pub changed_at: Option<Timestamp>,
}

/// What ended in a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindowFigures {
    pub n_succeeded: u64,
    pub n_failed: u64,
    pub n_cancelled: u64,
    /// Started since midnight, ended or running.
    pub n_today: u64,
    /// Succeeded and failed ones that started, and how long they took together.
    pub n_timed: u64,
    pub micros_total: u64,
}

/// One hour of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourFigures {
    pub hour_at: Timestamp,
    pub n_succeeded: u64,
    pub n_failed: u64,
    /// Still running when the hour ended; in the hour of `now`, running now.
    pub n_running: u64,
}

/// An enabled trigger that will fire, with its job's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Upcoming {
    pub trigger: Trigger,
    pub job_name: String,
    pub next_run_at: Timestamp,
}

impl Store {
    pub async fn job_counts(&self) -> Result<JobCounts> {
        self.read(|tx| {
            in_tx(async move {
                let row = tx.row(shared!("monitoring_jobs"), args![]).await?;
                let Some(row) = row else { return Ok(JobCounts::default()) };
                Ok(JobCounts {
                    n_jobs: row.get("jobs", 0)?,
                    n_enabled: row.get("jobs", 1)?,
                    n_paused: row.get("jobs", 2)?,
                    n_completed: row.get("jobs", 3)?,
                    n_failing: row.get("jobs", 4)?,
                    changed_at: row.get("jobs", 5)?,
                })
            })
        })
        .await
    }

    /// Of executions that ended after `since`; `midnight` lies in the window.
    pub async fn window_figures(
        &self,
        since: Timestamp,
        midnight: Timestamp,
    ) -> Result<WindowFigures> {
        self.read(move |tx| {
            in_tx(async move {
                let row = tx.row(shared!("monitoring_window"), args![since, midnight]).await?;
                let Some(row) = row else { return Ok(WindowFigures::default()) };
                let running = shared!("monitoring_running_since");
                let running = tx.row(running, args![midnight]).await?;
                let n_running = running.map_or(Ok(0), |row| row.get::<u64>(TABLE, 0))?;
                Ok(WindowFigures {
                    n_succeeded: row.get(TABLE, 0)?,
                    n_failed: row.get(TABLE, 1)?,
                    n_cancelled: row.get(TABLE, 2)?,
                    n_today: row.get::<u64>(TABLE, 3)? + n_running,
                    n_timed: row.get(TABLE, 4)?,
                    micros_total: row.get(TABLE, 5)?,
                })
            })
        })
        .await
    }

    /// `n_hours` whole UTC hours, oldest first; the last is the one of `now`.
    pub async fn timeline(&self, now: Timestamp, n_hours: u32) -> Result<Vec<HourFigures>> {
        let last = now.as_microsecond().div_euclid(HOUR_MICROS);
        let hours: Vec<i64> = (last - i64::from(n_hours) + 1..=last).collect();
        self.read(move |tx| {
            in_tx(async move {
                let first = hours.first().copied().unwrap_or(last);
                let bounds = hours.iter();
                let bounds = bounds.map(|hour| args![hour * HOUR_MICROS, (hour + 1) * HOUR_MICROS]);
                let ended = tx.each(each!("monitoring_hour"), bounds.collect()).await?;
                let mut line = Line::new(first, last);
                for row in &ended {
                    line.end(
                        row.get::<i64>(TABLE, 0)? / HOUR_MICROS,
                        row.get(TABLE, 1)?,
                        row.get(TABLE, 2)?,
                    );
                }
                let crossing = shared!("monitoring_crossing");
                for row in &tx.rows(crossing, args![first * HOUR_MICROS]).await? {
                    line.run(row.get(TABLE, 0)?, row.get(TABLE, 1)?, row.get(TABLE, 2)?);
                }
                for row in &tx.rows(shared!("monitoring_running"), args![]).await? {
                    line.run(row.get(TABLE, 0)?, last + 1, row.get(TABLE, 1)?);
                }
                line.finish()
            })
        })
        .await
    }

    /// Jobs with at least so many failures in a row, most failures first.
    pub async fn failing_jobs(&self, threshold: u32, limit: u32) -> Result<Vec<JobView>> {
        self.read(move |tx| {
            in_tx(async move {
                // The constant is what the partial index asks for.
                let sql = format!(
                    "{} WHERE j.deleted_at IS NULL AND h.consecutive_failures > 0 \
                     AND h.consecutive_failures >= $1 \
                     ORDER BY h.consecutive_failures DESC, j.id LIMIT $2",
                    shared!("job_view")
                );
                let rows = tx.rows(&sql, args![threshold, limit]).await?;
                rows.iter().map(read_view).collect()
            })
        })
        .await
    }

    /// Triggers that fire up to `through`, soonest first, after the last one of the part before.
    pub async fn upcoming(
        &self,
        through: Timestamp,
        after: Option<(Timestamp, Uuid)>,
        limit: u32,
    ) -> Result<Vec<Upcoming>> {
        let (at, owner) = after.unwrap_or((Timestamp::MIN, Uuid::nil()));
        self.read(move |tx| {
            in_tx(async move {
                let sql = shared!("monitoring_upcoming");
                let rows = tx.rows(sql, args![through, at, owner, limit]).await?;
                let mut found = Vec::with_capacity(rows.len());
                for row in &rows {
                    found.push(Upcoming {
                        trigger: read_trigger(row, 0)?,
                        next_run_at: row.get("triggers", 7)?,
                        job_name: row.get("jobs", 9)?,
                    });
                }
                Ok(found)
            })
        })
        .await
    }
}

/// A timeline being filled: counts of ends, and by how many more or fewer run than an hour before.
struct Line {
    first: i64,
    ends: Vec<(u64, u64)>,
    changes: Vec<i64>,
}

impl Line {
    fn new(first: i64, last: i64) -> Self {
        let n_hours = usize::try_from(last - first + 1).unwrap_or(0);
        Self { first, ends: vec![(0, 0); n_hours], changes: vec![0; n_hours + 1] }
    }

    fn end(&mut self, hour: i64, n_succeeded: u64, n_failed: u64) {
        let index = usize::try_from(hour - self.first).unwrap_or(usize::MAX);
        if let Some(ends) = self.ends.get_mut(index) {
            *ends = (n_succeeded, n_failed);
        }
    }

    /// So many that started in one hour and ended in a later one ran at the ends of those between.
    fn run(&mut self, started_hour: i64, ended_hour: i64, count: i64) {
        let mut change = |hour: i64, count: i64| {
            let index = usize::try_from((hour - self.first).max(0)).unwrap_or(usize::MAX);
            if let Some(change) = self.changes.get_mut(index) {
                *change += count;
            }
        };
        change(started_hour, count);
        change(ended_hour, -count);
    }

    fn finish(self) -> Result<Vec<HourFigures>> {
        let mut n_running = 0;
        let mut hours = Vec::with_capacity(self.ends.len());
        let numbered = (self.first..).zip(self.ends).zip(self.changes);
        for ((hour, (n_succeeded, n_failed)), change) in numbered {
            n_running += change;
            let hour_at = Timestamp::from_microsecond(hour * HOUR_MICROS);
            hours.push(HourFigures {
                hour_at: hour_at.map_err(|err| {
                    crate::StoreError::Unusable(format!("an hour beyond time: {err}"))
                })?,
                n_succeeded,
                n_failed,
                n_running: u64::try_from(n_running).unwrap_or(0),
            });
        }
        Ok(hours)
    }
}
