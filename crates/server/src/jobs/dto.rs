//! A stored job as the wire shows it.

use horarium_api::{
    configuration::present,
    enums::{CurrentStatus, JobStatus},
    jobs::{Dependencies, JobDto, RetryPolicyDto, scheduler_job_id},
};
use horarium_core::{
    ExecutionState, RetryPolicy, Standing, TriggerRule, schedule_pattern::SEPARATOR,
    trigger::CronDialect,
};
use horarium_store::JobView;
use jiff::Timestamp;

use super::{exclusions, words};

pub(super) fn job_dto(view: &JobView, dependencies: Option<Dependencies>) -> JobDto {
    let JobView { job, trigger, history } = view;
    let spec = &trigger.spec;
    let rule = RuleFields::of(&spec.rule);
    let (paused_until, pause_reason) = match &trigger.standing {
        Standing::Paused { until, reason } => (*until, reason.clone()),
        Standing::Enabled | Standing::Disabled | Standing::Completed => (None, None),
    };
    JobDto {
        id: job.id.0,
        name: job.name.clone(),
        description: job.description.clone(),
        job_type: words::write_job_type(job.job_type),
        schedule_type: words::write_schedule_type(spec.rule.schedule_type()),
        schedule_expression: rule.expression,
        interval_seconds: rule.interval_seconds,
        run_at: rule.run_at,
        job_configuration: present(&job.configuration),
        retry_policy: retry_dto(&job.retry),
        timeout_seconds: job.timeout_seconds,
        timezone: spec.zone.clone(),
        is_enabled: trigger.standing != Standing::Disabled,
        is_paused: matches!(trigger.standing, Standing::Paused { .. }),
        is_deleted: job.is_deleted,
        status: status(&trigger.standing),
        current_status: current_status(view),
        next_run_at: trigger.next_run_at,
        created_by: job.created_by.clone().unwrap_or_default(),
        last_modified_by: job.last_modified_by.clone().unwrap_or_default(),
        tags: job.tags.clone(),
        scheduler_job_id: scheduler_job_id(job.id.0),
        created_at: job.created_at,
        updated_at: job.updated_at,
        last_executed_at: history.last_executed_at,
        last_execution_status: history.last_state.map(words::write_state),
        consecutive_failures: history.consecutive_failures,
        cron_dialect: words::write_dialect(rule.dialect),
        misfire_policy: words::write_misfire(spec.policy.misfire),
        max_lateness_seconds: spec.policy.max_lateness_seconds,
        overlap_policy: words::write_overlap(spec.policy.overlap),
        lost_attempt_policy: words::write_lost_attempt(spec.policy.lost_attempt),
        max_concurrency: spec.policy.concurrency_max,
        jitter_seconds: spec.policy.jitter_seconds,
        start_at: spec.start_at,
        end_at: spec.end_at,
        // It has become the start of the schedule.
        effective_from: None,
        paused_until,
        pause_reason,
        exclusions: exclusions::write(&spec.exclusions),
        dependencies,
    }
}

fn status(standing: &Standing) -> JobStatus {
    match standing {
        Standing::Enabled => JobStatus::Enabled,
        Standing::Paused { .. } => JobStatus::Paused,
        Standing::Disabled => JobStatus::Disabled,
        Standing::Completed => JobStatus::Completed,
    }
}

/// The original's word, decided in its order: Deleted, Paused, Disabled, Failed, Active.
fn current_status(view: &JobView) -> CurrentStatus {
    match &view.trigger.standing {
        _ if view.job.is_deleted => CurrentStatus::Deleted,
        Standing::Paused { .. } => CurrentStatus::Paused,
        Standing::Disabled => CurrentStatus::Disabled,
        Standing::Enabled | Standing::Completed => match view.history.last_state {
            Some(ExecutionState::Failed) => CurrentStatus::Failed,
            Some(_) | None => CurrentStatus::Active,
        },
    }
}

/// The fields of which each rule fills its own.
struct RuleFields {
    expression: Option<String>,
    interval_seconds: Option<u32>,
    run_at: Option<Timestamp>,
    dialect: CronDialect,
}

impl RuleFields {
    fn of(rule: &TriggerRule) -> Self {
        let mut fields = Self {
            expression: None,
            interval_seconds: None,
            run_at: None,
            dialect: CronDialect::default(),
        };
        match rule {
            TriggerRule::Cron { expression, dialect } => {
                fields.expression = Some(expression.clone());
                fields.dialect = *dialect;
            }
            TriggerRule::AnyCron { expressions, dialect } => {
                fields.expression = Some(expressions.join(SEPARATOR));
                fields.dialect = *dialect;
            }
            TriggerRule::Interval { seconds, .. } => {
                fields.interval_seconds = u32::try_from(*seconds).ok();
            }
            TriggerRule::OneTime { at } => fields.run_at = Some(*at),
        }
        fields
    }
}

fn retry_dto(retry: &RetryPolicy) -> RetryPolicyDto {
    let backoff = words::write_backoff(retry.backoff);
    RetryPolicyDto {
        max_delay_seconds: retry.delay_seconds_max,
        jitter: retry.jitter,
        should_retry_http_status_codes: retry.status_codes.clone(),
        ..RetryPolicyDto::new(retry.retries_max, retry.delay_seconds, backoff)
    }
}
