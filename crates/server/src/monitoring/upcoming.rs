//! What is due in the next 24 hours: how often, and what comes first.

use std::sync::Arc;

use horarium_api::monitoring::{
    UPCOMING_DETAILS_MAX, UPCOMING_EXECUTIONS_MAX, UpcomingExecutionDto,
};
use horarium_store::{JobCounts, Result, StoreError, Upcoming};
use horarium_when::Schedule;
use jiff::{SignedDuration, Timestamp};

use super::{Monitoring, WINDOW};
use crate::engine::planner::SchedulePlanner;

/// How long a count is shown again, unless a job was made or changed.
const KEPT: SignedDuration = SignedDuration::from_secs(5);
/// Triggers read and counted at once.
pub(super) const TRIGGERS_PER_READ: u32 = 1_000;

/// A count of what is to come, and what it was counted for.
#[derive(Clone)]
pub(super) struct Kept {
    counts: JobCounts,
    counted_at: Timestamp,
    pub(super) n_due: u64,
    /// The next ones, whenever they come.
    pub(super) details: Vec<UpcomingExecutionDto>,
}

impl Monitoring {
    pub(super) async fn upcoming(&self, counts: JobCounts, now: Timestamp) -> Result<Kept> {
        let mut kept = self.upcoming.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.serves(counts, now)) {
            return Ok(kept.clone());
        }
        let (n_due, details) = (self.n_due(now).await?, self.next_ones(now).await?);
        Ok(kept.insert(Kept { counts, counted_at: now, n_due, details }).clone())
    }

    /// Occurrences due in the window, at most [`UPCOMING_EXECUTIONS_MAX`]. Every trigger that is
    /// read adds at least one, so this bounds the reading, too.
    async fn n_due(&self, now: Timestamp) -> Result<u64> {
        let through = now.checked_add(WINDOW).unwrap_or(Timestamp::MAX);
        let (mut n_due, mut after) = (0, None);
        while n_due < UPCOMING_EXECUTIONS_MAX {
            let found = self.shared.store.upcoming(through, after, TRIGGERS_PER_READ).await?;
            let Some(last) = found.last() else { break };
            after = Some((last.next_run_at, last.trigger.owner));
            let planner = Arc::clone(&self.shared.planner);
            let max = UPCOMING_EXECUTIONS_MAX - n_due;
            let counting =
                tokio::task::spawn_blocking(move || count_all(&planner, &found, now, through, max));
            n_due += counting
                .await
                .map_err(|err| StoreError::Unusable(format!("counting what is due: {err}")))?;
        }
        Ok(n_due)
    }

    /// The next occurrences of all jobs: none but those of the first so many triggers are among them.
    async fn next_ones(&self, now: Timestamp) -> Result<Vec<UpcomingExecutionDto>> {
        let limit = u32::try_from(UPCOMING_DETAILS_MAX).unwrap_or(u32::MAX);
        let first = self.shared.store.upcoming(Timestamp::MAX, None, limit).await?;
        let mut next = Vec::new();
        for Upcoming { trigger, job_name, .. } in &first {
            let Ok(schedule) = self.shared.planner.schedule(trigger) else { continue };
            let after = |at: &Timestamp| schedule.next_firing_after(*at);
            let firings = std::iter::successors(after(&now.max(trigger.cursor)), after);
            next.extend(firings.take(UPCOMING_DETAILS_MAX).map(|next_run| UpcomingExecutionDto {
                job_id: trigger.owner,
                job_name: job_name.clone(),
                next_run,
            }));
        }
        next.sort_by_key(|one| (one.next_run, one.job_id));
        next.truncate(UPCOMING_DETAILS_MAX);
        Ok(next)
    }
}

impl Kept {
    fn serves(&self, counts: JobCounts, now: Timestamp) -> bool {
        let age = now.duration_since(self.counted_at);
        self.counts == counts && !age.is_negative() && age < KEPT
    }
}

fn count_all(
    planner: &SchedulePlanner,
    found: &[Upcoming],
    now: Timestamp,
    through: Timestamp,
    max: u64,
) -> u64 {
    let mut n_due = 0;
    for Upcoming { trigger, .. } in found {
        if n_due >= max {
            break;
        }
        // A rule without a working form never fires.
        if let Ok(schedule) = planner.schedule(trigger) {
            n_due += count(&schedule, now.max(trigger.cursor), through, max - n_due);
        }
    }
    n_due
}

/// Firings in (`after`, `through`], at most `max`: arithmetic, unless exclusions have to be asked
/// about each. The search crosses an excluded stretch in one step, so every step counts one.
pub(super) fn count(schedule: &Schedule, after: Timestamp, through: Timestamp, max: u64) -> u64 {
    if schedule.exclusions.is_empty() {
        return schedule.count_due_between(after, through, max);
    }
    let next = |at: &Timestamp| schedule.next_firing_after(*at).filter(|due| *due <= through);
    let most = usize::try_from(max).unwrap_or(usize::MAX);
    std::iter::successors(next(&after), next).take(most).count() as u64
}

#[cfg(test)]
mod tests {
    use horarium_when::{Exclusions, Rule, TimeRange, Zone};

    use super::*;

    #[test]
    fn exclusions_are_not_counted_and_the_count_ends_at_its_bound() {
        let after = Timestamp::UNIX_EPOCH;
        let through = after + WINDOW;
        let rule = Rule::interval(60, after, Zone::utc()).unwrap();
        let mut schedule =
            Schedule { rule, exclusions: Exclusions::default(), not_before: None, not_after: None };
        assert_eq!(count(&schedule, after, through, 100_000), 1_440);
        assert_eq!(count(&schedule, after, through, 100), 100);
        schedule.exclusions.time_range = Some(TimeRange::parse("00:00", "12:00").unwrap());
        assert_eq!(count(&schedule, after, through, 100_000), 720);
        assert_eq!(count(&schedule, after, through, 100), 100);
    }
}
