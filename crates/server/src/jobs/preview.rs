//! When a schedule would fire, and what its exclusions would take away; stores nothing.

use horarium_api::preview::{PreviewDto, PreviewOccurrenceDto, PreviewRequest};
use horarium_core::{Job, JobDraft, JobId, JobType, job::ScheduleDraft, trigger::just_before};
use horarium_when::{Schedule, local};
use jiff::Timestamp;
use uuid::Uuid;

use super::{JobFault, Jobs, exclusions, words};

impl Jobs {
    /// What `POST /jobs` would refuse is refused here with the same words.
    pub fn preview(&self, request: PreviewRequest) -> Result<PreviewDto, JobFault> {
        let now = self.clock.now();
        let (from, count) = (request.from, request.count as usize);
        let draft = JobDraft {
            name: Some("preview".to_owned()),
            job_type: Some(JobType::CodeExecution),
            schedule: ScheduleDraft {
                schedule_type: Some(words::read_schedule_type(request.schedule_type)),
                expression: request.schedule_expression,
                interval_seconds: request.interval_seconds.map(u64::from),
                run_at: request.run_at,
                zone: request.timezone,
                dialect: request.cron_dialect.map(words::read_dialect),
                effective_from: None,
                start_at: request.start_at,
                end_at: request.end_at,
                exclusions: request.exclusions.map(exclusions::read),
            },
            ..JobDraft::default()
        };
        // `H` fields spread by a job's id, and there is none yet: the answer shows one spread.
        let id = JobId(Uuid::nil());
        let (_, trigger) = Job::define(id, draft, &self.defaults, from.unwrap_or(now))?;
        let schedule = trigger.spec.schedule(id.0);
        let schedule = schedule.map_err(|err| JobFault::invalid("$", err.to_string()))?;
        let after = from.map_or(trigger.cursor, |from| just_before(from).min(trigger.cursor));
        Ok(PreviewDto {
            occurrences: occurrences(&schedule, after, count),
            next_run_at: schedule.next_firing_after(after),
            description: schedule.rule.describe(),
        })
    }
}

fn occurrences(schedule: &Schedule, after: Timestamp, count: usize) -> Vec<PreviewOccurrenceDto> {
    let next = |at: &Timestamp| schedule.next_due_after(*at);
    let due = std::iter::successors(next(&after), next).take(count);
    due.map(|due_at| {
        let (local_time, offset) = local(due_at, schedule.rule.zone());
        let exclusion = schedule.exclusions.rejects(due_at, schedule.rule.zone());
        PreviewOccurrenceDto {
            due_at,
            local_time,
            offset,
            note: schedule.rule.note(due_at),
            exclusion: exclusion.map(|exclusion| exclusion.to_string()),
        }
    })
    .collect()
}
