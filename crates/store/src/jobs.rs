//! Jobs: definitions, with the trigger that says when and the history that says how it went.

use std::collections::HashMap;

use horarium_core::{
    DecisionRow, Event, ExecutionState, Job, JobChange, JobId, JobType, Trigger,
    dependencies::Dependencies, job::JobHistory, retry::RetryPolicy,
};
use jiff::Timestamp;

use crate::{
    Database, Store, dependencies,
    error::{Result, StoreError, unless_moved},
    events,
    executions::{Cancelled, cancel_live, cancel_pending},
    idempotency::{self, Once},
    in_tx,
    sql::{each, shared},
    triggers,
    tx::Tx,
    value::{Row, Value, args, from_json, to_json},
};

const TABLE: &str = "jobs";

/// A job with everything people see of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JobView {
    pub job: Job,
    pub trigger: Trigger,
    pub history: JobHistory,
}

/// A job to insert, with the answer to keep with it.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub job: Job,
    pub trigger: Trigger,
    /// A job stored without them would start too early, so they come in the same transaction.
    pub dependencies: Option<Dependencies>,
    pub once: Option<Once>,
}

impl NewJob {
    /// A job that depends on none, made without an idempotency key.
    pub fn plain(job: Job, trigger: Trigger) -> Self {
        Self { job, trigger, dependencies: None, once: None }
    }
}

/// What a worker needs to run a job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobDefinition {
    pub id: JobId,
    pub version: i64,
    pub name: String,
    pub job_type: JobType,
    pub configuration: serde_json::Value,
    pub retry: RetryPolicy,
    pub timeout_seconds: u32,
    pub created_by: Option<String>,
}

/// Which jobs a list shows, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFilter {
    pub job_type: Option<JobType>,
    pub status: Option<JobStatus>,
    pub tag: Option<String>,
    /// Words that must all occur in the name or the description.
    pub search: Option<String>,
    pub sort: JobSort,
    pub ascending: bool,
}

/// The status words a list can be filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobStatus {
    Enabled,
    Paused,
    Disabled,
    Completed,
    /// Its last executions failed, whatever its standing.
    Failing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobSort {
    Name,
    #[default]
    CreatedAt,
    UpdatedAt,
    NextRunAt,
}

/// A definition that replaces the stored one, if nobody changed either since it was read.
#[derive(Clone, Debug)]
pub struct Replacement {
    pub old: JobView,
    pub job: Job,
    pub trigger: Trigger,
    /// Decisions about the time between the trigger's cursor and now.
    pub settled: Vec<DecisionRow>,
}

impl Store {
    /// Inserts jobs with their triggers, all in one transaction.
    pub async fn insert_jobs(&self, new: Vec<NewJob>) -> Result<()> {
        self.write(move |tx| in_tx(insert(tx, new))).await
    }

    /// Inserts one, in a transaction shared with others that arrive at the same time.
    pub async fn insert_job(&self, new: NewJob) -> Result<()> {
        self.joined.insert_job.call(new).await
    }

    /// A job that is not deleted.
    pub async fn job(&self, id: JobId) -> Result<Option<JobView>> {
        self.read(move |tx| {
            in_tx(async move {
                let sql =
                    format!("{} WHERE j.id = $1 AND j.deleted_at IS NULL", shared!("job_view"));
                tx.row(&sql, args![id]).await?.as_ref().map(read_view).transpose()
            })
        })
        .await
    }

    /// One page, and how many there are in all.
    pub async fn jobs(
        &self,
        filter: JobFilter,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<JobView>, u64)> {
        self.read(move |tx| in_tx(list(tx, filter, offset, limit))).await
    }

    /// What workers need of these jobs. Unknown ids are missing from the answer.
    pub async fn definitions(&self, ids: Vec<JobId>) -> Result<Vec<JobDefinition>> {
        self.read(move |tx| {
            in_tx(async move {
                let ids = ids.into_iter().map(|id| args![id]).collect();
                let rows = tx.each(each!("job_definitions"), ids).await?;
                rows.iter().map(read_definition).collect()
            })
        })
        .await
    }

    /// `false`: the job or its trigger changed since it was read, or the job is deleted.
    pub async fn replace_job(&self, replacement: Replacement) -> Result<bool> {
        unless_moved(self.write(move |tx| in_tx(replace(tx, replacement))).await)
    }

    /// Hides a job and cancels what has not started; its history stays. `None`: unknown or deleted.
    pub async fn delete_job(&self, id: JobId, now: Timestamp) -> Result<Option<Vec<Cancelled>>> {
        self.write(move |tx| {
            in_tx(async move {
                if tx.execute(shared!("job_soft_delete"), args![id, now]).await? == 0 {
                    return Ok(None);
                }
                tx.execute(STOP_TRIGGER, args![id]).await?;
                events::tell_job(tx, now, JobChange::Deleted, id).await?;
                cancel_pending(tx, id, now, "cancelled: the job was deleted").await.map(Some)
            })
        })
        .await
    }

    /// Removes a job with its whole history. `None`: unknown.
    pub async fn delete_job_for_good(
        &self,
        id: JobId,
        now: Timestamp,
    ) -> Result<Option<Vec<Cancelled>>> {
        self.write(move |tx| in_tx(delete_for_good(tx, id, now))).await
    }
}

const STOP_TRIGGER: &str =
    "UPDATE triggers SET standing = 3, wake_at = NULL, next_run_at = NULL WHERE owner_id = $1";

/// [`Store::insert_jobs`] with an answer for each.
pub(crate) async fn insert_each(database: &Database, new: Vec<NewJob>) -> Result<Vec<()>> {
    let answers = vec![(); new.len()];
    database.write(move |tx| in_tx(insert(tx, new))).await.map(|()| answers)
}

async fn insert(tx: &mut Tx, new: Vec<NewJob>) -> Result<()> {
    idempotency::keep(tx, new.iter().filter_map(|one| one.once.as_ref())).await?;
    let jobs = new.iter().map(|NewJob { job, .. }| {
        args![
            job.id,
            job.name.clone(),
            job.description.clone(),
            job.job_type.code(),
            to_json(&job.configuration),
            to_json(&job.retry),
            job.timeout_seconds,
            to_json(&job.tags),
            job.created_by.clone(),
            job.last_modified_by.clone(),
            job.created_at,
            job.updated_at,
            job.version,
            search_text(job),
            job.name.to_lowercase(),
        ]
    });
    tx.each(each!("job_insert"), jobs.collect()).await?;
    let history = new.iter().map(|one| args![one.job.id]).collect();
    tx.each(each!("job_history_insert"), history).await?;
    let triggers: Vec<&Trigger> = new.iter().map(|one| &one.trigger).collect();
    triggers::insert(tx, &triggers).await?;
    insert_tags(tx, new.iter().map(|one| &one.job)).await?;
    let now = new.iter().map(|one| one.job.created_at).max();
    let event = Event::jobs(JobChange::Created, new.iter().map(|one| one.job.id));
    for NewJob { job, dependencies, .. } in new {
        if let Some(wanted) = dependencies {
            dependencies::insert(tx, job.id, wanted).await?;
        }
    }
    events::tell(tx, now.unwrap_or_default(), event).await
}

async fn insert_tags(tx: &mut Tx, jobs: impl Iterator<Item = &Job>) -> Result<()> {
    let rows = jobs.flat_map(|job| job.tags.iter().map(|tag| args![tag.as_str(), job.id]));
    let rows = rows.collect();
    tx.each(each!("job_tag_insert"), rows).await.map(drop)
}

fn search_text(job: &Job) -> String {
    let description = job.description.as_deref().unwrap_or_default();
    format!("{}\n{}", job.name, description).to_lowercase()
}

async fn replace(tx: &mut Tx, replacement: Replacement) -> Result<()> {
    let Replacement { old, job, trigger, settled } = replacement;
    let replaced = tx
        .execute(
            shared!("job_update"),
            args![
                job.id,
                old.job.version,
                job.name.clone(),
                job.description.clone(),
                job.job_type.code(),
                to_json(&job.configuration),
                to_json(&job.retry),
                job.timeout_seconds,
                to_json(&job.tags),
                job.last_modified_by.clone(),
                job.updated_at,
                search_text(&job),
                job.name.to_lowercase(),
            ],
        )
        .await?;
    if replaced == 0 || !triggers::replace(tx, &old.trigger, &trigger, &settled).await? {
        return Err(StoreError::Moved);
    }
    if job.tags != old.job.tags {
        tx.execute(shared!("job_tags_delete"), args![job.id]).await?;
        insert_tags(tx, std::iter::once(&job)).await?;
    }
    let change = triggers::change(&old.trigger, &trigger);
    events::tell_job(tx, job.updated_at, change, job.id).await
}

async fn delete_for_good(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<Option<Vec<Cancelled>>> {
    if tx.execute(shared!("job_hard_delete"), args![id]).await? == 0 {
        return Ok(None);
    }
    let cancelled = cancel_live(tx, id, now, "cancelled: the job was deleted").await?;
    for sql in [
        shared!("run_touch_by_job"),
        shared!("outputs_delete_by_job"),
        shared!("attempts_delete_by_job"),
        shared!("executions_delete_by_job"),
        shared!("decisions_delete_by_owner"),
        shared!("trigger_delete"),
        shared!("job_history_delete"),
        shared!("job_tags_delete"),
        shared!("job_dependencies_delete_all"),
    ] {
        tx.execute(sql, args![id]).await?;
    }
    events::tell_job(tx, now, JobChange::Deleted, id).await?;
    Ok(Some(cancelled))
}

async fn list(
    tx: &mut Tx,
    filter: JobFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<JobView>, u64)> {
    let (conditions, args) = conditions(&filter);
    let total = format!(
        "SELECT count(*) FROM jobs j JOIN triggers t ON t.owner_id = j.id \
         JOIN job_history h ON h.job_id = j.id WHERE {conditions}"
    );
    let total = tx.row(&total, args.clone()).await?;
    let total = total.map_or(Ok(0), |row| row.get::<u64>(TABLE, 0))?;
    let page = format!(
        "{} WHERE {conditions} ORDER BY {} LIMIT {limit} OFFSET {offset}",
        shared!("job_view"),
        order(&filter)
    );
    let rows = tx.rows(&page, args).await?;
    Ok((rows.iter().map(read_view).collect::<Result<_>>()?, total))
}

fn conditions(filter: &JobFilter) -> (String, Vec<Value>) {
    let mut conditions = vec!["j.deleted_at IS NULL".to_owned()];
    let mut args = args![];
    let mut push = |condition: &str, value: Value| {
        args.push(value);
        conditions.push(condition.replace('?', &format!("${}", args.len())));
    };
    if let Some(job_type) = filter.job_type {
        push("j.job_type = ?", job_type.code().into());
    }
    match filter.status {
        Some(JobStatus::Enabled) => push("t.standing = ?", 1_i64.into()),
        Some(JobStatus::Paused) => push("t.standing = ?", 2_i64.into()),
        Some(JobStatus::Disabled) => push("t.standing = ?", 3_i64.into()),
        Some(JobStatus::Completed) => push("t.standing = ?", 4_i64.into()),
        Some(JobStatus::Failing) => push("h.consecutive_failures > ?", 0_i64.into()),
        None => {}
    }
    if let Some(tag) = &filter.tag {
        push("j.id IN (SELECT job_id FROM job_tags WHERE tag = ?)", tag.as_str().into());
    }
    for word in filter.search.iter().flat_map(|search| search.split_whitespace()) {
        push(r"j.search_text LIKE ? ESCAPE '\'", containing(word).into());
    }
    (conditions.join(" AND "), args)
}

/// The LIKE pattern, with `\` to escape, of lower-case texts that contain a word.
pub(crate) fn containing(word: &str) -> String {
    let escaped = word.to_lowercase().replace('\\', r"\\");
    let escaped = escaped.replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

/// The order of a list; the id settles equals, so that pages never overlap.
fn order(filter: &JobFilter) -> String {
    let direction = if filter.ascending { "ASC" } else { "DESC" };
    match filter.sort {
        JobSort::Name => format!("j.name_key {direction}, j.id {direction}"),
        JobSort::CreatedAt => format!("j.created_at {direction}, j.id {direction}"),
        JobSort::UpdatedAt => format!("j.updated_at {direction}, j.id {direction}"),
        // Jobs that will not run stand last in either direction.
        JobSort::NextRunAt => {
            format!("t.next_run_at IS NULL, t.next_run_at {direction}, j.id {direction}")
        }
    }
}

pub(crate) fn read_view(row: &Row) -> Result<JobView> {
    let id: JobId = row.get(TABLE, 0)?;
    let job_type: i64 = row.get(TABLE, 3)?;
    let last_state: Option<i64> = row.get(TABLE, 23)?;
    let deleted_at: Option<Timestamp> = row.get(TABLE, 12)?;
    let job = Job {
        id,
        name: row.get(TABLE, 1)?,
        description: row.get(TABLE, 2)?,
        job_type: read_job_type(job_type)?,
        configuration: from_json(TABLE, &row.get::<String>(TABLE, 4)?)?,
        retry: from_json(TABLE, &row.get::<String>(TABLE, 5)?)?,
        timeout_seconds: row.get(TABLE, 6)?,
        tags: from_json(TABLE, &row.get::<String>(TABLE, 7)?)?,
        created_by: row.get(TABLE, 8)?,
        last_modified_by: row.get(TABLE, 9)?,
        created_at: row.get(TABLE, 10)?,
        updated_at: row.get(TABLE, 11)?,
        is_deleted: deleted_at.is_some(),
        version: row.get(TABLE, 13)?,
    };
    let trigger = triggers::read_trigger_of(id.0, row, 14)?;
    let history = JobHistory {
        last_executed_at: row.get(TABLE, 22)?,
        last_state: last_state.and_then(ExecutionState::from_code),
        consecutive_failures: row.get(TABLE, 24)?,
    };
    Ok(JobView { job, trigger, history })
}

fn read_definition(row: &Row) -> Result<JobDefinition> {
    Ok(JobDefinition {
        id: row.get(TABLE, 0)?,
        version: row.get(TABLE, 1)?,
        name: row.get(TABLE, 2)?,
        job_type: read_job_type(row.get(TABLE, 3)?)?,
        configuration: from_json(TABLE, &row.get::<String>(TABLE, 4)?)?,
        retry: from_json(TABLE, &row.get::<String>(TABLE, 5)?)?,
        timeout_seconds: row.get(TABLE, 6)?,
        created_by: row.get(TABLE, 7)?,
    })
}

fn read_job_type(code: i64) -> Result<JobType> {
    JobType::from_code(code).ok_or_else(|| StoreError::bad_row(TABLE, format!("job type {code}")))
}

/// Groups definitions by job, for callers that hold claims.
pub fn by_job(definitions: Vec<JobDefinition>) -> HashMap<JobId, JobDefinition> {
    definitions.into_iter().map(|definition| (definition.id, definition)).collect()
}
