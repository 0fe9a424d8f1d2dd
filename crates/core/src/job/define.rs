//! From a draft to a job, or to everything that is wrong with it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    Bound, CREATED_BY_CHARS_MAX, DESCRIPTION_CHARS_MAX, Job, JobDefaults, JobDraft, JobType,
    NAME_CHARS_MAX, TAG_CHARS_MAX, TAGS_MAX, TIMEOUT_SECONDS_MAX,
};
use crate::{
    id::JobId,
    retry::{RETRIES_MAX, RETRY_DELAY_SECONDS_MAX, RetryPolicy, STATUS_CODES_MAX},
    trigger::{FiringPolicy, Standing, Trigger, TriggerSpec},
    violations::Violations,
};

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
            configuration: draft
                .configuration
                .unwrap_or_else(|| Value::Object(serde_json::Map::new())),
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
        let policy = draft.policy.onto(&FiringPolicy::default(), &mut violations);
        let spec = draft.schedule.spec(policy, defaults.dialect, now, &mut violations);
        let enabled = draft.is_enabled.unwrap_or(true);
        let trigger = spec.and_then(|spec| {
            let standing = if enabled { Standing::Enabled } else { Standing::Disabled };
            Trigger::start(id.0, spec, standing, now, &mut violations)
        });
        match trigger {
            Some(trigger) => violations.into_result((job, trigger)),
            None => Err(violations),
        }
    }

    /// The job and trigger after a change: fields the draft omits keep their value.
    ///
    /// The caller has settled everything that was due before ([`Trigger::settled`]).
    ///
    /// | change                                   | accounting                              |
    /// |------------------------------------------|-----------------------------------------|
    /// | name, configuration, policies            | goes on                                 |
    /// | rule, zone, exclusions, bounds           | anew from `now`                         |
    /// | the same of a one-time job that has run  | goes on: it stays Completed             |
    /// | another `runAt`                          | anew: it runs again, at once when past  |
    /// | `isEnabled` from false to true           | from `now`: what passed is not made up  |
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
        let stored = without(&trigger.spec, &draft.without);
        let policy = draft.policy.onto(&stored.policy, &mut violations);
        let spec = draft.schedule.amend(&stored, policy, now, &mut violations);
        let trigger =
            spec.and_then(|spec| trigger.with_spec(spec, draft.is_enabled, now, &mut violations));
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
        if self.job_type.is_for_steps() {
            let name = self.job_type.name();
            violations.add("jobType", format!("{name} is what a schedule's step does, not a job."));
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
        self.check_storable(violations);
        within(violations, "timeoutSeconds", self.timeout_seconds, 1, TIMEOUT_SECONDS_MAX);
        check_retry(&self.retry, violations);
    }

    /// PostgreSQL stores every text but one with a NUL in it.
    fn check_storable(&self, violations: &mut Violations) {
        let name = std::iter::once(("name", &self.name));
        let description = self.description.iter().map(|text| ("description", text));
        let created_by = self.created_by.iter().map(|text| ("createdBy", text));
        let tags = self.tags.iter().map(|tag| ("tags", tag));
        for (field, text) in name.chain(description).chain(created_by).chain(tags) {
            if text.contains('\0') {
                violations.add(field, "must not contain the character U+0000");
            }
        }
    }
}

fn check_retry(retry: &RetryPolicy, violations: &mut Violations) {
    let most = RETRY_DELAY_SECONDS_MAX;
    within(violations, "retryPolicy.maxAttempts", retry.retries_max, 0, RETRIES_MAX);
    within(violations, "retryPolicy.delaySeconds", retry.delay_seconds, 0, most);
    if let Some(delay) = retry.delay_seconds_max {
        within(violations, "retryPolicy.maxDelaySeconds", delay, 0, most);
    }
    if retry.status_codes.len() > STATUS_CODES_MAX {
        violations.add(
            "retryPolicy.shouldRetryHttpStatusCodes",
            format!("At most {STATUS_CODES_MAX} status codes are allowed."),
        );
    }
}

/// The stored spec less the bounds that a change takes away.
fn without(stored: &TriggerSpec, bounds: &[Bound]) -> TriggerSpec {
    let mut spec = stored.clone();
    for bound in bounds {
        match bound {
            Bound::StartAt => spec.start_at = None,
            Bound::EndAt => spec.end_at = None,
            Bound::MaxLateness => spec.policy.max_lateness_seconds = None,
            Bound::MaxConcurrency => spec.policy.concurrency_max = None,
        }
    }
    spec
}

pub(super) fn within(violations: &mut Violations, field: &str, value: u32, least: u32, most: u32) {
    if value < least || value > most {
        violations.add(field, format!("must be between {least} and {most}"));
    }
}

pub(super) fn required<T>(violations: &mut Violations, field: &str, value: Option<T>) -> Option<T> {
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
