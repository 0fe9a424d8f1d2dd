//! From drafts to jobs: what is refused, what a change keeps, when accounting begins anew.

mod amend;
mod define;
mod intervals;
mod one_time;
mod standing;

use horarium_core::{Job, JobDraft, JobId, JobType, Trigger, Violations, job::JobDefaults};
use jiff::Timestamp;
use uuid::Uuid;

use crate::drafts::at;

/// When every job here is defined.
fn noon() -> Timestamp {
    at("12:00")
}

fn define(draft: JobDraft) -> Result<(Job, Trigger), Violations> {
    let draft = JobDraft {
        name: draft.name.or(Some("a job".to_owned())),
        job_type: draft.job_type.or(Some(JobType::HttpCall)),
        ..draft
    };
    Job::define(JobId(Uuid::from_u128(7)), draft, &JobDefaults::default(), noon())
}

fn defined(draft: JobDraft) -> (Job, Trigger) {
    define(draft).unwrap()
}

/// One line per violation.
fn refusal<T>(result: Result<T, Violations>) -> String {
    match result {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(violations) => {
            let lines = violations.iter().map(|(field, message)| format!("{field}: {message}"));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}
