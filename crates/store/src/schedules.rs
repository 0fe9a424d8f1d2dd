//! Schedules: definitions, with the trigger of those that are due by themselves.

use horarium_core::{DecisionRow, ScheduleId, Trigger, schedule::Schedule};
use jiff::Timestamp;

use crate::{
    Store,
    error::{Result, StoreError, unless_moved},
    idempotency::{self, Once},
    in_tx,
    sql::shared,
    triggers,
    tx::Tx,
    value::{Row, Value, args, from_json, to_json},
};

const TABLE: &str = "schedules";
/// What [`StoreError::Duplicate`] names when another schedule has the name.
pub const SCHEDULE_NAME: &str = "a schedule of this name";

/// A schedule and what makes it due.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleView {
    pub schedule: Schedule,
    /// `None` when only people run it.
    pub trigger: Option<Trigger>,
}

/// A schedule to insert, with the answer to keep with it.
#[derive(Clone, Debug)]
pub struct NewSchedule {
    pub view: ScheduleView,
    pub once: Option<Once>,
}

/// A definition that replaces the stored one, if nobody changed either since it was read.
#[derive(Clone, Debug)]
pub struct ScheduleReplacement {
    pub old: ScheduleView,
    pub new: ScheduleView,
    /// Decisions about the time between the trigger's cursor and now.
    pub settled: Vec<DecisionRow>,
}

/// Which schedules a list shows, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduleFilter {
    /// A part of the name or the description, in any case.
    pub search: Option<String>,
    pub sort: ScheduleSort,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScheduleSort {
    #[default]
    CreatedAt,
    Name,
    IsEnabled,
    LastRunAt,
    NextRunAt,
}

impl Store {
    /// Inserts a schedule with its trigger.
    ///
    /// # Errors
    ///
    /// [`StoreError::Duplicate`] of [`SCHEDULE_NAME`].
    pub async fn insert_schedule(&self, new: NewSchedule) -> Result<()> {
        self.write(move |tx| in_tx(insert(tx, new))).await
    }

    pub async fn schedule(&self, id: ScheduleId) -> Result<Option<ScheduleView>> {
        self.read(move |tx| {
            in_tx(async move {
                let sql = format!("{} WHERE s.id = $1", shared!("schedule_view"));
                tx.row(&sql, args![id]).await?.as_ref().map(read_view).transpose()
            })
        })
        .await
    }

    /// One page, and how many there are in all.
    pub async fn schedules(
        &self,
        filter: ScheduleFilter,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<ScheduleView>, u64)> {
        self.read(move |tx| in_tx(list(tx, filter, offset, limit))).await
    }

    /// `false`: the schedule or its trigger changed since it was read, or it is deleted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Duplicate`] when another schedule has the new name.
    pub async fn replace_schedule(&self, replacement: ScheduleReplacement) -> Result<bool> {
        unless_moved(self.write(move |tx| in_tx(replace(tx, replacement))).await)
    }

    /// Removes a schedule of this version with its trigger and what was decided about it. Its
    /// executions stay. `false`: it is unknown, or has another version.
    pub async fn delete_schedule(&self, id: ScheduleId, version: i64) -> Result<bool> {
        self.write(move |tx| {
            in_tx(async move {
                if tx.execute(shared!("schedule_delete"), args![id, version]).await? == 0 {
                    return Ok(false);
                }
                tx.execute(shared!("trigger_delete"), args![id]).await?;
                tx.execute(shared!("decisions_delete_by_owner"), args![id]).await?;
                Ok(true)
            })
        })
        .await
    }
}

async fn insert(tx: &mut Tx, new: NewSchedule) -> Result<()> {
    idempotency::keep(tx, new.once.iter()).await?;
    let ScheduleView { schedule, trigger } = &new.view;
    let inserted = tx
        .execute(
            shared!("schedule_insert"),
            args![
                schedule.id,
                schedule.name.clone(),
                schedule.description.clone(),
                to_json(&schedule.pattern),
                schedule.zone.clone(),
                schedule.is_enabled,
                to_json(&schedule.steps),
                schedule.created_at,
                schedule.version,
                search_text(schedule),
                schedule.name.to_lowercase(),
            ],
        )
        .await?;
    if inserted == 0 {
        return Err(StoreError::Duplicate(SCHEDULE_NAME));
    }
    let triggers: Vec<&Trigger> = trigger.iter().collect();
    triggers::insert(tx, &triggers).await
}

fn search_text(schedule: &Schedule) -> String {
    let description = schedule.description.as_deref().unwrap_or_default();
    format!("{}\n{}", schedule.name, description).to_lowercase()
}

async fn replace(tx: &mut Tx, replacement: ScheduleReplacement) -> Result<()> {
    let ScheduleReplacement { old, new, settled } = replacement;
    let schedule = &new.schedule;
    let replaced = tx
        .execute(
            shared!("schedule_update"),
            args![
                schedule.id,
                old.schedule.version,
                schedule.name.clone(),
                schedule.description.clone(),
                to_json(&schedule.pattern),
                schedule.zone.clone(),
                schedule.is_enabled,
                to_json(&schedule.steps),
                schedule.updated_at,
                search_text(schedule),
                schedule.name.to_lowercase(),
            ],
        )
        .await?;
    let is_ours = replaced == 1
        && match (&old.trigger, &new.trigger) {
            (None, None) => true,
            (None, Some(trigger)) => {
                triggers::insert(tx, &[trigger]).await?;
                true
            }
            (Some(old), None) => triggers::remove(tx, old, &settled).await?,
            (Some(old), Some(new)) => triggers::replace(tx, old, new, &settled).await?,
        };
    if is_ours { Ok(()) } else { Err(StoreError::Moved) }
}

async fn list(
    tx: &mut Tx,
    filter: ScheduleFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<ScheduleView>, u64)> {
    let (condition, args) = condition(&filter);
    let total = tx
        .row(&format!("SELECT count(*) FROM schedules s WHERE {condition}"), args.clone())
        .await?;
    let total = total.map_or(Ok(0), |row| row.get::<u64>(TABLE, 0))?;
    let page = format!(
        "{} WHERE {condition} ORDER BY {} LIMIT {limit} OFFSET {offset}",
        shared!("schedule_view"),
        order(&filter)
    );
    let rows = tx.rows(&page, args).await?;
    Ok((rows.iter().map(read_view).collect::<Result<_>>()?, total))
}

fn condition(filter: &ScheduleFilter) -> (String, Vec<Value>) {
    let Some(search) = &filter.search else { return ("TRUE".to_owned(), args![]) };
    let escaped = search.to_lowercase().replace('\\', r"\\");
    let escaped = escaped.replace('%', r"\%").replace('_', r"\_");
    (r"s.search_text LIKE $1 ESCAPE '\'".to_owned(), args![format!("%{escaped}%")])
}

/// The order of a list; the id settles equals, so that pages never overlap. What has no such time
/// stands last in either direction.
fn order(filter: &ScheduleFilter) -> String {
    let direction = if filter.descending { "DESC" } else { "ASC" };
    let by = match filter.sort {
        ScheduleSort::CreatedAt => format!("s.created_at {direction}"),
        ScheduleSort::Name => format!("s.name_key {direction}"),
        ScheduleSort::IsEnabled => format!("s.is_enabled {direction}"),
        ScheduleSort::LastRunAt => {
            format!("({LAST_RUN_AT}) IS NULL, ({LAST_RUN_AT}) {direction}")
        }
        ScheduleSort::NextRunAt => format!("t.next_run_at IS NULL, t.next_run_at {direction}"),
    };
    format!("{by}, s.id {direction}")
}

const LAST_RUN_AT: &str = "SELECT max(r.created_at) FROM runs r WHERE r.owner_id = s.id";

fn read_view(row: &Row) -> Result<ScheduleView> {
    let schedule = Schedule {
        id: row.get(TABLE, 0)?,
        name: row.get(TABLE, 1)?,
        description: row.get(TABLE, 2)?,
        pattern: from_json(TABLE, &row.get::<String>(TABLE, 3)?)?,
        zone: row.get(TABLE, 4)?,
        is_enabled: row.get(TABLE, 5)?,
        steps: from_json(TABLE, &row.get::<String>(TABLE, 6)?)?,
        created_at: row.get(TABLE, 7)?,
        updated_at: row.get(TABLE, 8)?,
        version: row.get(TABLE, 9)?,
    };
    // The cursor is there when the trigger is.
    let cursor: Option<Timestamp> = row.get(TABLE, 14)?;
    let trigger = cursor.map(|_| triggers::read_trigger_of(schedule.id.0, row, 10)).transpose()?;
    Ok(ScheduleView { schedule, trigger })
}
