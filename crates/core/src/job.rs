//! A job: what to run, when, and under which policies; and the only ways to define or amend one.

use std::collections::BTreeSet;

use horarium_when::{RuleError, Schedule};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    id::JobId,
    plan::next_looks,
    retry::{RETRIES_MAX, RETRY_DELAY_SECONDS_MAX, RetryPolicy},
    trigger::{
        CronDialect, ExclusionSpec, FiringPolicy, SpecError, Standing, Trigger, TriggerRule,
        TriggerSpec,
    },
    violations::Violations,
};

pub const NAME_CHARS_MAX: usize = 200;
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;
pub const CREATED_BY_CHARS_MAX: usize = 256;
pub const TAGS_MAX: usize = 50;
pub const TAG_CHARS_MAX: usize = 100;
/// Longest time limit of an attempt: 7 days.
pub const TIMEOUT_SECONDS_MAX: u32 = 7 * 24 * 3600;
pub const CONCURRENCY_MAX: u32 = 10_000;
/// Widest spread of starts: one day.
pub const JITTER_SECONDS_MAX: u32 = 24 * 3600;

/// The kind of work. The words are the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JobType {
    HttpCall,
    StoredProcedure,
    CodeExecution,
    FileOperation,
}

impl JobType {
    pub const ALL: [Self; 4] =
        [Self::HttpCall, Self::StoredProcedure, Self::CodeExecution, Self::FileOperation];

    pub fn name(self) -> &'static str {
        match self {
            Self::HttpCall => "HttpCall",
            Self::StoredProcedure => "StoredProcedure",
            Self::CodeExecution => "CodeExecution",
            Self::FileOperation => "FileOperation",
        }
    }

    /// The number it is stored as; the original's wire number besides.
    pub fn code(self) -> i64 {
        match self {
            Self::HttpCall => 1,
            Self::StoredProcedure => 2,
            Self::CodeExecution => 3,
            Self::FileOperation => 4,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|job_type| job_type.code() == code)
    }
}

/// Everything about a job but when it is due and how it went: [`Trigger`] says the one,
/// [`JobHistory`] the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub name: String,
    pub description: Option<String>,
    pub job_type: JobType,
    /// The job type's own settings, as the wire names them.
    pub configuration: Value,
    pub retry: RetryPolicy,
    /// Limit of one attempt.
    pub timeout_seconds: u32,
    pub tags: Vec<String>,
    pub created_by: Option<String>,
    pub last_modified_by: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub is_deleted: bool,
    /// Grows with every change of the definition; the ETag.
    pub version: i64,
}

/// How the job's executions went, kept beside the job because it changes with every one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobHistory {
    pub last_executed_at: Option<Timestamp>,
    pub last_state: Option<crate::ExecutionState>,
    /// Failed executions since the last one that succeeded.
    pub consecutive_failures: u32,
}

/// A definition as somebody gave it: every field may be missing. `None` keeps what is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobDraft {
    pub name: Option<String>,
    pub description: Option<String>,
    pub job_type: Option<JobType>,
    pub schedule: ScheduleDraft,
    pub configuration: Option<Value>,
    pub retry: Option<RetryPolicy>,
    pub timeout_seconds: Option<u32>,
    pub is_enabled: Option<bool>,
    pub tags: Option<Vec<String>>,
    pub created_by: Option<String>,
    pub policy: PolicyDraft,
}

/// The wire's word for the rule of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleType {
    Cron,
    Interval,
    OneTime,
}

/// The part of a draft that says when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduleDraft {
    pub schedule_type: Option<ScheduleType>,
    pub expression: Option<String>,
    pub interval_seconds: Option<u64>,
    pub run_at: Option<Timestamp>,
    pub zone: Option<String>,
    pub dialect: Option<CronDialect>,
    pub effective_from: Option<Timestamp>,
    pub start_at: Option<Timestamp>,
    pub end_at: Option<Timestamp>,
    pub exclusions: Option<ExclusionSpec>,
}

/// The part of a draft that says under which policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDraft {
    pub misfire: Option<crate::trigger::MisfirePolicy>,
    pub max_lateness_seconds: Option<u32>,
    pub overlap: Option<crate::trigger::OverlapPolicy>,
    pub lost_attempt: Option<crate::lost::LostAttemptPolicy>,
    pub concurrency_max: Option<u32>,
    pub jitter_seconds: Option<u32>,
}

/// What an operator configured for jobs that do not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobDefaults {
    pub retry: RetryPolicy,
    pub timeout_seconds: u32,
    pub dialect: CronDialect,
}

impl Default for JobDefaults {
    fn default() -> Self {
        Self { retry: RetryPolicy::default(), timeout_seconds: 300, dialect: CronDialect::Vixie }
    }
}

impl Job {
    /// A new job and its trigger, or every rule the draft breaks.
    pub fn define(
        id: JobId,
        draft: JobDraft,
        defaults: &JobDefaults,
        now: Timestamp,
    ) -> Result<(Self, Trigger), Violations> {
        let mut violations = Violations::default();
        let job = Self {
            id,
            name: draft.name.unwrap_or_default().trim().to_owned(),
            description: draft.description,
            job_type: required(&mut violations, "jobType", draft.job_type)
                .unwrap_or(JobType::HttpCall),
            configuration: draft.configuration.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
            retry: draft.retry.unwrap_or_else(|| defaults.retry.clone()),
            timeout_seconds: draft.timeout_seconds.unwrap_or(defaults.timeout_seconds),
            tags: tidy_tags(draft.tags.unwrap_or_default()),
            last_modified_by: draft.created_by.clone(),
            created_by: draft.created_by,
            created_at: now,
            updated_at: now,
            is_deleted: false,
            version: 1,
        };
        job.check(&mut violations);
        let policy = draft.policy.onto(FiringPolicy::default(), &mut violations);
        let spec = draft.schedule.spec(policy, defaults.dialect, now, &mut violations);
        let enabled = draft.is_enabled.unwrap_or(true);
        let trigger = spec.and_then(|spec| {
            let standing = if enabled { Standing::Enabled } else { Standing::Disabled };
            Trigger::start(id, spec, standing, now, &mut violations)
        });
        match trigger {
            Some(trigger) => violations.into_result((job, trigger)),
            None => Err(violations),
        }
    }

    /// The job and trigger after a change: fields the draft omits keep their value.
    ///
    /// A change of anything that says when starts accounting anew at `now`; the caller has settled
    /// everything that was due before.
    pub fn amend(
        &self,
        trigger: &Trigger,
        draft: JobDraft,
        now: Timestamp,
    ) -> Result<(Self, Trigger), Violations> {
        let mut violations = Violations::default();
        let mut job = self.clone();
        if let Some(name) = draft.name {
            name.trim().clone_into(&mut job.name);
        }
        job.description = draft.description.or(job.description);
        job.job_type = draft.job_type.unwrap_or(job.job_type);
        job.configuration = draft.configuration.unwrap_or(job.configuration);
        job.retry = draft.retry.unwrap_or(job.retry);
        job.timeout_seconds = draft.timeout_seconds.unwrap_or(job.timeout_seconds);
        job.tags = draft.tags.map_or(job.tags, tidy_tags);
        job.updated_at = now;
        job.version += 1;
        job.check(&mut violations);
        let policy = draft.policy.onto(trigger.spec.policy.clone(), &mut violations);
        let spec = draft.schedule.amend(&trigger.spec, policy, now, &mut violations);
        let trigger = spec.and_then(|spec| {
            trigger.with_spec(spec, draft.is_enabled, now, &mut violations)
        });
        match trigger {
            Some(trigger) => violations.into_result((job, trigger)),
            None => Err(violations),
        }
    }

    fn check(&self, violations: &mut Violations) {
        let n_chars = self.name.chars().count();
        if n_chars == 0 || n_chars > NAME_CHARS_MAX {
            violations.add("name", format!("Name must have 1 to {NAME_CHARS_MAX} characters."));
        }
        let over = |text: &Option<String>, max| {
            text.as_ref().is_some_and(|text| text.chars().count() > max)
        };
        if over(&self.description, DESCRIPTION_CHARS_MAX) {
            let text = format!("Description must have at most {DESCRIPTION_CHARS_MAX} characters.");
            violations.add("description", text);
        }
        if over(&self.created_by, CREATED_BY_CHARS_MAX) {
            let text = format!("Created by must have at most {CREATED_BY_CHARS_MAX} characters.");
            violations.add("createdBy", text);
        }
        if self.tags.len() > TAGS_MAX {
            violations.add("tags", format!("At most {TAGS_MAX} tags are allowed."));
        }
        if self.tags.iter().any(|tag| tag.chars().count() > TAG_CHARS_MAX) {
            violations.add("tags", format!("A tag must have at most {TAG_CHARS_MAX} characters."));
        }
        within(violations, "timeoutSeconds", self.timeout_seconds, 1, TIMEOUT_SECONDS_MAX);
        check_retry(&self.retry, violations);
    }
}

fn check_retry(retry: &RetryPolicy, violations: &mut Violations) {
    let most = RETRY_DELAY_SECONDS_MAX;
    within(violations, "retryPolicy.maxAttempts", retry.retries_max, 0, RETRIES_MAX);
    within(violations, "retryPolicy.delaySeconds", retry.delay_seconds, 0, most);
    if let Some(delay) = retry.delay_seconds_max {
        within(violations, "retryPolicy.maxDelaySeconds", delay, 0, most);
    }
}

fn within(violations: &mut Violations, field: &str, value: u32, least: u32, most: u32) {
    if value < least || value > most {
        violations.add(field, format!("must be between {least} and {most}"));
    }
}

fn required<T>(violations: &mut Violations, field: &str, value: Option<T>) -> Option<T> {
    if value.is_none() {
        violations.add(field, "is required");
    }
    value
}

/// Trimmed, empty ones dropped, the first of equals kept.
fn tidy_tags(tags: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let trimmed = tags.into_iter().map(|tag| tag.trim().to_owned());
    trimmed.filter(|tag| !tag.is_empty() && seen.insert(tag.clone())).collect()
}

impl PolicyDraft {
    fn onto(self, policy: FiringPolicy, violations: &mut Violations) -> FiringPolicy {
        let policy = FiringPolicy {
            misfire: self.misfire.unwrap_or(policy.misfire),
            max_lateness_seconds: self.max_lateness_seconds.or(policy.max_lateness_seconds),
            overlap: self.overlap.unwrap_or(policy.overlap),
            lost_attempt: self.lost_attempt.unwrap_or(policy.lost_attempt),
            concurrency_max: self.concurrency_max.or(policy.concurrency_max),
            jitter_seconds: self.jitter_seconds.unwrap_or(policy.jitter_seconds),
        };
        if let Some(concurrency) = policy.concurrency_max {
            within(violations, "maxConcurrency", concurrency, 1, CONCURRENCY_MAX);
        }
        within(violations, "jitterSeconds", policy.jitter_seconds, 0, JITTER_SECONDS_MAX);
        policy
    }
}

impl ScheduleDraft {
    /// The spec of a new trigger.
    pub fn spec(
        self,
        policy: FiringPolicy,
        dialect: CronDialect,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<TriggerSpec> {
        let schedule_type = required(violations, "scheduleType", self.schedule_type)?;
        let rule = self.rule(schedule_type, self.dialect.unwrap_or(dialect), now, violations)?;
        Some(TriggerSpec {
            rule,
            zone: self.zone.unwrap_or_else(|| "UTC".to_owned()),
            exclusions: self.exclusions.unwrap_or_default(),
            start_at: self.start_at.max(self.effective_from),
            end_at: self.end_at,
            policy,
        })
    }

    /// The spec after a change. Schedule fields without a `scheduleType` change the stored type's.
    fn amend(
        self,
        stored: &TriggerSpec,
        policy: FiringPolicy,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<TriggerSpec> {
        let rule = self.amended_rule(stored, now, violations)?;
        Some(TriggerSpec {
            rule,
            zone: self.zone.unwrap_or_else(|| stored.zone.clone()),
            exclusions: self.exclusions.unwrap_or_else(|| stored.exclusions.clone()),
            start_at: self.start_at.max(self.effective_from).or(stored.start_at),
            end_at: self.end_at.or(stored.end_at),
            policy,
        })
    }

    fn amended_rule(
        &self,
        stored: &TriggerSpec,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<TriggerRule> {
        let stored_type = stored.rule.schedule_type();
        let wanted = self.schedule_type.unwrap_or(stored_type);
        let mut draft = self.clone();
        let mut dialect = CronDialect::default();
        if wanted == stored_type {
            match &stored.rule {
                TriggerRule::Cron { expression, dialect: stored_dialect } => {
                    draft.expression.get_or_insert_with(|| expression.clone());
                    dialect = *stored_dialect;
                }
                TriggerRule::Interval { seconds, .. } => {
                    let same = draft.interval_seconds.is_none_or(|wanted| wanted == *seconds);
                    if same && self.effective_from.is_none() && self.start_at.is_none() {
                        return Some(stored.rule.clone());
                    }
                    draft.interval_seconds.get_or_insert(*seconds);
                }
                TriggerRule::OneTime { at } => {
                    draft.run_at.get_or_insert(*at);
                }
            }
        }
        draft.rule(wanted, self.dialect.unwrap_or(dialect), now, violations)
    }

    fn rule(
        &self,
        schedule_type: ScheduleType,
        dialect: CronDialect,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<TriggerRule> {
        match schedule_type {
            ScheduleType::Cron => {
                let expression = self.expression.as_deref().unwrap_or_default().trim().to_owned();
                if expression.is_empty() {
                    violations.add(
                        "scheduleExpression",
                        "A cron expression is required when scheduleType is Cron.",
                    );
                    return None;
                }
                Some(TriggerRule::Cron { expression, dialect })
            }
            ScheduleType::Interval => {
                let seconds = required(violations, "intervalSeconds", self.interval_seconds)?;
                Some(TriggerRule::Interval { seconds, anchor: self.anchor(seconds, now) })
            }
            ScheduleType::OneTime => {
                let at = required(violations, "runAt", self.run_at)?;
                Some(TriggerRule::OneTime { at })
            }
        }
    }

    /// Where an interval's grid begins: the first due instant is one period later, except after
    /// `startAt`, which is itself the first.
    fn anchor(&self, seconds: u64, now: Timestamp) -> Timestamp {
        let whole = |at: Timestamp| Timestamp::from_second(at.as_second()).unwrap_or(at);
        match (self.effective_from, self.start_at) {
            (Some(from), _) => whole(from),
            (None, Some(start)) => {
                let period = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(0));
                whole(start).checked_sub(period).unwrap_or_else(|_| whole(start))
            }
            (None, None) => whole(now),
        }
    }
}

impl TriggerRule {
    pub fn schedule_type(&self) -> ScheduleType {
        match self {
            Self::Cron { .. } => ScheduleType::Cron,
            Self::Interval { .. } => ScheduleType::Interval,
            Self::OneTime { .. } => ScheduleType::OneTime,
        }
    }
}

impl Trigger {
    /// A trigger whose accounting begins at `now`.
    fn start(
        id: JobId,
        spec: TriggerSpec,
        standing: Standing,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<Self> {
        let schedule = checked_schedule(id, &spec, violations)?;
        let cursor = spec.first_cursor(now);
        if schedule.next_due_after(cursor).is_none() {
            violations.add(
                if spec.end_at.is_some() { "endAt" } else { "scheduleExpression" },
                "nothing would ever be due under this schedule",
            );
            return None;
        }
        if schedule.next_firing_after(cursor).is_none() {
            violations.add("exclusions", "the exclusions leave no instant at which it could run");
            return None;
        }
        let trigger = Self {
            owner: id.0,
            spec,
            standing,
            cursor,
            wake_at: None,
            next_run_at: None,
            tail: None,
        };
        Some(trigger.scheduled(&schedule))
    }

    /// This trigger under another spec or standing. Unchanged times keep their accounting.
    fn with_spec(
        &self,
        spec: TriggerSpec,
        is_enabled: Option<bool>,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<Self> {
        let same_times = TriggerSpec { policy: self.spec.policy.clone(), ..spec.clone() } == self.spec;
        let standing = self.standing.with_enabled(is_enabled, same_times);
        if !same_times {
            return Self::start(JobId(self.owner), spec, standing, now, violations);
        }
        let schedule = checked_schedule(JobId(self.owner), &spec, violations)?;
        let trigger = Self { spec, standing, ..self.clone() };
        Some(trigger.scheduled(&schedule))
    }

    /// Fills in when to look next, from the standing and the cursor.
    #[must_use]
    pub fn scheduled(mut self, schedule: &Schedule) -> Self {
        let (next_run_at, wake_at) = next_looks(schedule, self.cursor);
        (self.next_run_at, self.wake_at) = match &self.standing {
            Standing::Enabled => (next_run_at, wake_at),
            Standing::Paused { until, .. } => (None, *until),
            Standing::Disabled | Standing::Completed => (None, None),
        };
        self
    }
}

impl Standing {
    /// The standing after a definition change that said `isEnabled` or did not.
    ///
    /// A pause survives: it is lifted by resume. A completed trigger lives again only under new
    /// times, or it would run twice.
    fn with_enabled(&self, is_enabled: Option<bool>, same_times: bool) -> Self {
        match (is_enabled, self) {
            (Some(false), _) => Self::Disabled,
            (Some(true), Self::Disabled) => Self::Enabled,
            (Some(true) | None, Self::Completed) if !same_times => Self::Enabled,
            (Some(true) | None, standing) => standing.clone(),
        }
    }
}

/// The working form of `spec`, or what is wrong with it under the field's wire name.
fn checked_schedule(
    id: JobId,
    spec: &TriggerSpec,
    violations: &mut Violations,
) -> Option<Schedule> {
    if let (Some(start), Some(end)) = (spec.start_at, spec.end_at)
        && end <= start
    {
        violations.add("endAt", "must be after the start");
        return None;
    }
    match spec.schedule(id.0) {
        Ok(schedule) => Some(schedule),
        Err(err) => {
            let (field, message) = wording(spec, &err);
            violations.add(field, message);
            None
        }
    }
}

fn wording(spec: &TriggerSpec, err: &SpecError) -> (&'static str, String) {
    match err {
        SpecError::Zone(text) => ("timezone", text.clone()),
        SpecError::Exclusions(text) => ("exclusions", text.clone()),
        SpecError::Rule(err) => rule_wording(spec, err),
    }
}

fn rule_wording(spec: &TriggerSpec, err: &RuleError) -> (&'static str, String) {
    match spec.rule {
        TriggerRule::Cron { .. } => {
            ("scheduleExpression", format!("Cron expression is invalid: {err}."))
        }
        TriggerRule::Interval { .. } => ("intervalSeconds", err.to_string()),
        TriggerRule::OneTime { .. } => ("runAt", err.to_string()),
    }
}
