//! A request as the draft that the core merges and checks.

use horarium_api::{fields::Change, jobs::JobRequest};
use horarium_core::{
    JobDraft, RetryPolicy, Standing, Trigger,
    job::{PolicyDraft, ScheduleDraft},
};
use serde_json::Value;

use super::{exclusions, words};

/// The draft of everything but the configuration, which the caller has unmasked. `retry` is what
/// the parts of a policy that the request leaves out are taken from.
pub(super) fn draft(
    request: JobRequest,
    retry: &RetryPolicy,
    configuration: Option<Value>,
) -> JobDraft {
    let made = JobDraft { created_by: request.created_by, ..JobDraft::default() };
    JobDraft {
        name: request.name,
        description: request.description,
        job_type: request.job_type.map(words::read_job_type),
        schedule: ScheduleDraft {
            schedule_type: request.schedule_type.map(words::read_schedule_type),
            expression: request.schedule_expression,
            interval_seconds: request.interval_seconds.map(u64::from),
            run_at: request.run_at,
            zone: request.timezone,
            dialect: request.cron_dialect.map(words::read_dialect),
            effective_from: request.effective_from,
            start_at: set(request.start_at),
            end_at: set(request.end_at),
            exclusions: request.exclusions.map(exclusions::read),
        },
        configuration,
        retry: request.retry_policy.map(|wanted| words::amend_retry(retry, wanted)),
        timeout_seconds: request.timeout_seconds,
        is_enabled: request.is_enabled,
        tags: request.tags,
        policy: PolicyDraft {
            misfire: request.misfire_policy.map(words::read_misfire),
            max_lateness_seconds: set(request.max_lateness_seconds),
            overlap: request.overlap_policy.map(words::read_overlap),
            lost_attempt: request.lost_attempt_policy.map(words::read_lost_attempt),
            concurrency_max: set(request.max_concurrency),
            jitter_seconds: request.jitter_seconds,
        },
        ..made
    }
}

fn set<T>(change: Change<T>) -> Option<T> {
    change.apply(None)
}

/// The trigger without the bounds that the request takes away: a draft can only set or keep. Its
/// past is accounted for, so that nothing depends on where the old bounds were.
pub(super) fn cleared(trigger: &Trigger, request: &JobRequest) -> Trigger {
    let mut trigger = trigger.clone();
    let spec = &mut trigger.spec;
    if request.start_at == Change::Clear {
        spec.start_at = None;
    }
    if request.end_at == Change::Clear {
        spec.end_at = None;
    }
    if request.max_lateness_seconds == Change::Clear {
        spec.policy.max_lateness_seconds = None;
    }
    if request.max_concurrency == Change::Clear {
        spec.policy.concurrency_max = None;
    }
    if request.end_at == Change::Clear && trigger.standing == Standing::Completed {
        // Its end had passed. What is really over is found over again when it is scheduled.
        trigger.standing = Standing::Enabled;
    }
    trigger
}
