//! How the scheduler is doing: the dashboard's figures, failing jobs, the timeline.

mod forecast;
mod outcomes;
mod upcoming;

use std::sync::Arc;

use horarium_api::{
    jobs::JobDto,
    monitoring::{DashboardStatsDto, TimelinePointDto},
    queues::QueueDto,
};
use horarium_store::{Result, WindowFigures};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::{
    engine::Shared,
    jobs::{JobFault, Jobs},
};

use forecast::Forecast;
use upcoming::Kept;

/// The window of the dashboard's figures, back and ahead.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);
/// Most failing jobs in one answer; whoever has more has another problem.
const FAILING_JOBS_MAX: u32 = 1_000;
/// The name of the one queue there is.
const QUEUE: &str = "default";
const DAY_MICROS: i64 = 86_400_000_000;

/// What the monitoring routes call.
pub struct Monitoring {
    jobs: Arc<Jobs>,
    shared: Arc<Shared>,
    /// What is to come, counted a moment ago. Whoever counts holds the lock: others wait for it.
    upcoming: Mutex<Option<Kept>>,
    forecast: Mutex<Option<Forecast>>,
}

impl Monitoring {
    pub fn new(jobs: Arc<Jobs>, shared: Arc<Shared>) -> Self {
        Self { jobs, shared, upcoming: Mutex::new(None), forecast: Mutex::new(None) }
    }

    /// The figures of the last 24 hours, and what is due in the next.
    pub async fn stats(&self) -> Result<DashboardStatsDto> {
        let now = self.shared.clock.now();
        let store = &self.shared.store;
        let counts = store.job_counts().await?;
        let since = now.checked_sub(WINDOW).unwrap_or(now);
        let figures = store.window_figures(since, midnight(now)).await?;
        let upcoming = self.upcoming(counts, now).await?;
        Ok(DashboardStatsDto {
            total_jobs: counts.n_jobs,
            enabled_jobs: counts.n_enabled,
            success_rate: success_rate(&figures),
            upcoming_executions: upcoming.n_due,
            recent_failures: figures.n_failed,
            recent_failure_count: figures.n_failed,
            active_jobs: counts.n_enabled,
            paused_jobs: counts.n_paused,
            failed_jobs: counts.n_failing,
            executions_today: figures.n_today,
            average_duration_seconds: average_seconds(&figures),
            upcoming_execution_details: upcoming.details,
        })
    }

    pub async fn failing_jobs(&self, threshold: u32) -> Result<Vec<JobDto>, JobFault> {
        let views = self.shared.store.failing_jobs(threshold, FAILING_JOBS_MAX).await?;
        self.jobs.dtos(&views).await
    }

    /// What waits and runs. Executions have one queue: whatever node is free takes the oldest.
    pub async fn queues(&self) -> Result<Vec<QueueDto>> {
        let now = self.shared.clock.now();
        let figures = self.shared.store.queue_figures(now).await?;
        let waited = figures.ready_since.map(|since| now.duration_since(since));
        Ok(vec![QueueDto {
            name: QUEUE.to_owned(),
            ready: figures.n_ready,
            oldest_ready_at: figures.ready_since,
            oldest_wait_seconds: waited.map_or(0.0, |waited| waited.as_secs_f64().max(0.0)),
            later: figures.n_later,
            limited: figures.n_limited,
            dependent: figures.n_dependent,
            running: figures.n_running,
            due_triggers: figures.n_due,
        }])
    }

    pub async fn timeline(&self, n_hours: u32) -> Result<Vec<TimelinePointDto>> {
        let hours = self.shared.store.timeline(self.shared.clock.now(), n_hours).await?;
        let points = hours.into_iter().map(|hour| {
            TimelinePointDto::new(hour.hour_at, hour.n_succeeded, hour.n_failed, hour.n_running)
        });
        Ok(points.collect())
    }
}

/// 00:00 UTC of the day of `now`.
fn midnight(now: Timestamp) -> Timestamp {
    let micros = now.as_microsecond();
    Timestamp::from_microsecond(micros - micros.rem_euclid(DAY_MICROS)).unwrap_or(now)
}

/// Succeeded of finished in per cent, two decimals; 100 when nothing finished. A cancelled one has
/// finished and has not succeeded.
fn success_rate(figures: &WindowFigures) -> f64 {
    let n_finished = figures.n_succeeded + figures.n_failed + figures.n_cancelled;
    if n_finished == 0 {
        return 100.0;
    }
    (ratio(figures.n_succeeded, n_finished) * 10_000.0).round() / 100.0
}

/// Of those that ran to an end of their own, three decimals; 0 when there are none.
fn average_seconds(figures: &WindowFigures) -> f64 {
    if figures.n_timed == 0 {
        return 0.0;
    }
    (ratio(figures.micros_total, figures.n_timed) / 1_000.0).round() / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "rounded to a few decimals all the same")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_two_decimals_and_are_full_without_executions() {
        let check = |n_succeeded, n_failed, n_cancelled, expect: &str| {
            let figures =
                WindowFigures { n_succeeded, n_failed, n_cancelled, ..WindowFigures::default() };
            assert_eq!(success_rate(&figures).to_string(), expect);
        };
        check(0, 0, 0, "100");
        check(0, 1, 0, "0");
        check(2, 1, 0, "66.67");
        check(1, 0, 1, "50");
    }

    #[test]
    fn averages_are_of_what_ran() {
        let figures =
            WindowFigures { n_timed: 3, micros_total: 4_000_000, ..WindowFigures::default() };
        assert_eq!(average_seconds(&figures).to_string(), "1.333");
        assert_eq!(average_seconds(&WindowFigures::default()).to_string(), "0");
    }

    #[test]
    fn a_day_begins_at_midnight() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(midnight(at("2026-03-01T23:59:59.9Z")), at("2026-03-01T00:00:00Z"));
        assert_eq!(midnight(at("2026-03-01T00:00:00Z")), at("2026-03-01T00:00:00Z"));
    }
}
