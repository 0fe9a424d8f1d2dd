//! Runs of a job: started, listed, shown, stopped, tried again.

use std::collections::BTreeSet;

use horarium_api::{
    WireEnum as _,
    enums::{AttemptOutcome, ExecutionStatus},
    execution_log::{ExecutionLogPage, ExecutionLogQuery},
    executions::{AttemptDto, ExecutionDto, ExecutionQuery, duration_fields},
    paging::Paged,
};
use horarium_core::{ExecutionId, ExecutionState, JobId, dependencies::Readiness};
use horarium_store::{AttemptView, ExecutionFilter, ExecutionView, Once, WAITING_FOR_DEPENDENCIES};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    JobFault, Jobs,
    log::{Part, log_filter},
    words,
};
use crate::auth::Principal;

impl Jobs {
    /// Queues a run for now, whatever the schedule says; also of a paused or disabled job.
    pub async fn trigger(
        &self,
        id: JobId,
        new: ExecutionId,
        by: &Principal,
        once: Option<Once>,
    ) -> Result<(), JobFault> {
        let made = self.engine.enqueue(new, id, Some(by.subject()), once).await?;
        if made { Ok(()) } else { Err(JobFault::Unknown) }
    }

    /// A new run for one that failed or was cancelled.
    pub async fn retry(
        &self,
        id: ExecutionId,
        new: ExecutionId,
        by: &Principal,
        once: Option<Once>,
    ) -> Result<(), JobFault> {
        if self.engine.retry(new, id, Some(by.subject()), once).await? {
            return Ok(());
        }
        match self.store.execution(id).await? {
            None => Err(JobFault::Unknown),
            Some(view)
                if matches!(view.state, ExecutionState::Failed | ExecutionState::Cancelled) =>
            {
                Err(JobFault::not_now("The execution's job is deleted."))
            }
            Some(view) => {
                let state = view.state.name();
                Err(JobFault::not_now(format!(
                    "The execution is {state}, neither Failed nor Cancelled."
                )))
            }
        }
    }

    pub async fn cancel(&self, id: ExecutionId) -> Result<(), JobFault> {
        match self.engine.cancel(id).await? {
            Some(_) => Ok(()),
            None if self.store.execution(id).await?.is_none() => Err(JobFault::Unknown),
            None => Err(JobFault::not_now("Execution could not be cancelled: it has finished.")),
        }
    }

    /// Newest first; empty for an unknown job.
    pub async fn executions(
        &self,
        job: JobId,
        query: ExecutionQuery,
    ) -> Result<Paged<ExecutionDto>, JobFault> {
        let filter = ExecutionFilter {
            job: Some(job),
            state: query.status.map(words::read_state),
            from: query.from_date,
            to: query.to_date,
        };
        let (offset, limit) = (query.page.offset(), query.page.page_size);
        let (views, total) = self.store.executions(filter, offset, limit).await?;
        let full = self.full_jobs(&views).await?;
        let now = self.clock.now();
        let items = views.iter().map(|view| execution_dto(view, full.contains(&view.job), now));
        Ok(Paged::new(items.collect(), total, query.page))
    }

    pub async fn execution(&self, id: ExecutionId) -> Result<ExecutionDto, JobFault> {
        let view = self.store.execution(id).await?.ok_or(JobFault::Unknown)?;
        let full = self.full_jobs(std::slice::from_ref(&view)).await?;
        let attempts = self.store.attempts(id).await?;
        let mut dto = execution_dto(&view, full.contains(&view.job), self.clock.now());
        dto.output = self.store.output(id).await?;
        dto.attempts = Some(attempt_dtos(&view, attempts));
        dto.waiting_for_job_ids = self.waiting_for(&view).await?;
        Ok(dto)
    }

    /// The jobs a held execution waits for.
    async fn waiting_for(&self, view: &ExecutionView) -> Result<Option<Vec<Uuid>>, JobFault> {
        if view.hold.as_deref() != Some(WAITING_FOR_DEPENDENCIES) {
            return Ok(None);
        }
        Ok(match self.store.readiness(view.job).await? {
            // It is about to be released.
            Readiness::Met => Some(Vec::new()),
            Readiness::NotMet { waiting_for } => {
                Some(waiting_for.into_iter().map(|job| job.0).collect())
            }
        })
    }

    /// Executions of all jobs that match, newest first.
    pub async fn execution_log(
        &self,
        query: ExecutionLogQuery,
    ) -> Result<ExecutionLogPage, JobFault> {
        let part = Part::of(&query);
        let found = self.store.search_executions(log_filter(query), part.wanted).await?;
        let (ids, page) = part.cut(found);
        let views = self.store.executions_by_id(ids).await?;
        let full = self.full_jobs(&views).await?;
        let now = self.clock.now();
        let items = views.iter().map(|view| execution_dto(view, full.contains(&view.job), now));
        Ok(ExecutionLogPage { items: items.collect(), ..page })
    }

    /// Jobs of which as many executions run as their policies allow; asked only of what waits.
    async fn full_jobs(&self, views: &[ExecutionView]) -> Result<BTreeSet<JobId>, JobFault> {
        let waiting = views.iter().filter(|view| view.state == ExecutionState::Pending);
        let waiting: BTreeSet<JobId> = waiting.map(|view| view.job).collect();
        if waiting.is_empty() {
            return Ok(waiting);
        }
        Ok(self.store.full_jobs(waiting).await?)
    }
}

fn execution_dto(view: &ExecutionView, is_full: bool, now: Timestamp) -> ExecutionDto {
    let is_pending = view.state == ExecutionState::Pending;
    let started_at = view.started_at.filter(|_| !is_pending).unwrap_or(view.created_at);
    let (duration, duration_ms) = duration_fields(started_at, view.ended_at);
    ExecutionDto {
        id: view.id.0,
        job_id: view.job.0,
        job_name: view.job_name.clone(),
        status: words::write_state(view.state),
        started_at,
        completed_at: view.ended_at,
        ended_at: view.ended_at,
        duration,
        duration_ms,
        retry_count: retry_count(view),
        output: None,
        output_truncated: view.output_cut,
        output_bytes: view.output_bytes,
        error_message: view.error.clone(),
        retry_parent_id: view.retry_parent.map(|parent| parent.0),
        triggered_by: view.triggered_by.as_deref().and_then(subject_id),
        created_at: view.created_at,
        due_at: view.due_at,
        origin: words::write_origin(view.origin),
        attempt: view.attempt,
        node_id: view.node.map(|node| node.to_string()),
        wait_reason: wait_reason(view, is_full, now),
        waiting_for_job_ids: None,
        eligible_at: Some(view.eligible_at),
        attempts: None,
    }
}

/// Tries after the first, the present one included.
fn retry_count(view: &ExecutionView) -> u32 {
    let is_open_try = match view.state {
        ExecutionState::Pending | ExecutionState::Failed => false,
        ExecutionState::Running | ExecutionState::Succeeded => true,
        ExecutionState::Cancelled => view.attempt > view.tries + view.losses,
    };
    (view.tries + u32::from(is_open_try)).saturating_sub(1)
}

/// The id in `user:<id>` or `key:<id>`.
pub(crate) fn subject_id(subject: &str) -> Option<Uuid> {
    subject.split_once(':').and_then(|(_, id)| Uuid::try_parse(id).ok())
}

/// Why it has not started, in one word.
///
/// | word | it waits for |
/// |---|---|
/// | `LostAttemptHeld` and other stored words | a person, or what the word names |
/// | `WaitingForRetry` | the end of the retry policy's delay |
/// | `NotYetEligible` | the end of its jitter |
/// | `ConcurrencyLimit` | another execution of the job to end |
/// | `WaitingForWorker` | a free worker |
fn wait_reason(view: &ExecutionView, is_full: bool, now: Timestamp) -> Option<String> {
    if view.state != ExecutionState::Pending {
        return None;
    }
    let is_early = now < view.eligible_at;
    let word = match &view.hold {
        Some(hold) => return Some(hold.clone()),
        None if is_early && view.tries > 0 => "WaitingForRetry",
        None if is_early => "NotYetEligible",
        None if is_full => "ConcurrencyLimit",
        None => "WaitingForWorker",
    };
    Some(word.to_owned())
}

/// The attempts that did not end the execution, and the one that did or is about to.
fn attempt_dtos(view: &ExecutionView, stored: Vec<AttemptView>) -> Vec<AttemptDto> {
    let is_stored = stored.iter().any(|attempt| attempt.number == view.attempt);
    let mut dtos: Vec<AttemptDto> = stored.into_iter().map(attempt_dto).collect();
    let has_begun = view.attempt > 0 && view.state != ExecutionState::Pending;
    if let Some(started_at) = view.started_at.filter(|_| has_begun && !is_stored) {
        dtos.push(AttemptDto {
            number: view.attempt,
            started_at,
            ended_at: view.ended_at,
            outcome: outcome(words::write_state(view.state)),
            error: view.error.clone().filter(|_| view.ended_at.is_some()),
            node_id: view.node.map(|node| node.to_string()),
        });
    }
    dtos
}

fn attempt_dto(attempt: AttemptView) -> AttemptDto {
    AttemptDto {
        number: attempt.number,
        started_at: attempt.started_at.unwrap_or(attempt.ended_at),
        ended_at: Some(attempt.ended_at),
        outcome: AttemptOutcome::by_word(&attempt.outcome),
        error: attempt.error,
        node_id: attempt.node.map(|node| node.to_string()),
    }
}

fn outcome(status: ExecutionStatus) -> Option<AttemptOutcome> {
    match status {
        ExecutionStatus::Pending | ExecutionStatus::Running => None,
        ExecutionStatus::Succeeded => Some(AttemptOutcome::Succeeded),
        ExecutionStatus::Failed => Some(AttemptOutcome::Failed),
        ExecutionStatus::Cancelled => Some(AttemptOutcome::Cancelled),
    }
}

#[cfg(test)]
mod tests {
    use horarium_core::Origin;
    use jiff::SignedDuration;

    use super::*;

    fn view(state: ExecutionState) -> ExecutionView {
        let at = Timestamp::UNIX_EPOCH;
        ExecutionView {
            id: ExecutionId(Uuid::nil()),
            job: JobId(Uuid::nil()),
            job_name: None,
            state,
            origin: Origin::Manual,
            due_at: None,
            eligible_at: at,
            created_at: at,
            started_at: None,
            ended_at: None,
            attempt: 0,
            tries: 0,
            losses: 0,
            node: None,
            hold: None,
            retry_parent: None,
            triggered_by: None,
            error: None,
            output_bytes: 0,
            output_cut: false,
        }
    }

    #[test]
    fn retries_are_the_tries_after_the_first() {
        let check = |state, attempt, tries, expect| {
            let view = ExecutionView { attempt, tries, ..view(state) };
            assert_eq!(retry_count(&view), expect, "{state:?} {attempt} {tries}");
        };
        check(ExecutionState::Pending, 0, 0, 0);
        check(ExecutionState::Running, 1, 0, 0);
        check(ExecutionState::Pending, 1, 1, 0);
        check(ExecutionState::Running, 2, 1, 1);
        check(ExecutionState::Succeeded, 3, 2, 2);
        check(ExecutionState::Failed, 4, 4, 3);
        check(ExecutionState::Cancelled, 2, 1, 1);
        check(ExecutionState::Cancelled, 1, 1, 0);
    }

    #[test]
    fn what_waits_says_for_what() {
        let now = Timestamp::UNIX_EPOCH;
        let later = now + SignedDuration::from_secs(5);
        let pending = || view(ExecutionState::Pending);
        let check = |view: ExecutionView, is_full: bool, expect: Option<&str>| {
            assert_eq!(wait_reason(&view, is_full, now).as_deref(), expect);
        };
        check(pending(), false, Some("WaitingForWorker"));
        check(pending(), true, Some("ConcurrencyLimit"));
        check(ExecutionView { eligible_at: later, ..pending() }, true, Some("NotYetEligible"));
        let retried = ExecutionView { eligible_at: later, tries: 1, ..pending() };
        check(retried, false, Some("WaitingForRetry"));
        let held = ExecutionView { hold: Some("LostAttemptHeld".into()), ..pending() };
        check(held, false, Some("LostAttemptHeld"));
        check(view(ExecutionState::Running), false, None);
    }
}
