//! How much is due in each of the next hours.

use std::sync::Arc;

use horarium_api::monitoring::{ForecastHourDto, UPCOMING_EXECUTIONS_MAX};
use horarium_store::{Result, StoreError, Upcoming};
use jiff::{SignedDuration, Timestamp};

use super::{
    Monitoring,
    upcoming::{TRIGGERS_PER_READ, count},
};
use crate::engine::planner::SchedulePlanner;

/// How long a count is shown again.
const KEPT: SignedDuration = SignedDuration::from_secs(15);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const HOUR_MICROS: i64 = 3_600_000_000;

/// A forecast, and when it was made.
#[derive(Clone)]
pub(super) struct Forecast {
    made_at: Timestamp,
    hours: Vec<ForecastHourDto>,
}

impl Monitoring {
    /// `n_hours` whole UTC hours, the one of now first, of which what is left counts. At most
    /// [`UPCOMING_EXECUTIONS_MAX`] occurrences are counted; later hours then say less.
    pub async fn forecast(&self, n_hours: u32) -> Result<Vec<ForecastHourDto>> {
        let now = self.shared.clock.now();
        let mut kept = self.forecast.lock().await;
        let wanted = usize::try_from(n_hours).unwrap_or(usize::MAX);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.serves(now, wanted)) {
            return Ok(kept.hours.clone());
        }
        let hours = self.count_hours(now, n_hours).await?;
        *kept = Some(Forecast { made_at: now, hours: hours.clone() });
        Ok(hours)
    }

    async fn count_hours(&self, now: Timestamp, n_hours: u32) -> Result<Vec<ForecastHourDto>> {
        let mut hours = hours_from(now, n_hours);
        let through = hours.last().and_then(|last| last.timestamp.checked_add(HOUR).ok());
        let through = through.unwrap_or(now);
        let mut after = None;
        while total(&hours) < UPCOMING_EXECUTIONS_MAX {
            let found = self.shared.store.upcoming(through, after, TRIGGERS_PER_READ).await?;
            let Some(last) = found.last() else { break };
            after = Some((last.next_run_at, last.trigger.owner));
            let planner = Arc::clone(&self.shared.planner);
            let counting =
                tokio::task::spawn_blocking(move || add_all(&planner, &found, now, hours));
            hours = counting
                .await
                .map_err(|err| StoreError::Unusable(format!("counting what is due: {err}")))?;
        }
        Ok(hours)
    }
}

impl Forecast {
    fn serves(&self, now: Timestamp, n_hours: usize) -> bool {
        let age = now.duration_since(self.made_at);
        self.hours.len() == n_hours && !age.is_negative() && age < KEPT
    }
}

fn hours_from(now: Timestamp, n_hours: u32) -> Vec<ForecastHourDto> {
    let micros = now.as_microsecond();
    let first = micros - micros.rem_euclid(HOUR_MICROS);
    let starts = (0..i64::from(n_hours)).map(|hour| first + hour * HOUR_MICROS);
    let starts = starts.filter_map(|start| Timestamp::from_microsecond(start).ok());
    starts.map(|timestamp| ForecastHourDto { timestamp, due: 0 }).collect()
}

fn total(hours: &[ForecastHourDto]) -> u64 {
    hours.iter().map(|hour| hour.due).sum()
}

fn add_all(
    planner: &SchedulePlanner,
    found: &[Upcoming],
    now: Timestamp,
    mut hours: Vec<ForecastHourDto>,
) -> Vec<ForecastHourDto> {
    for Upcoming { trigger, .. } in found {
        let room = UPCOMING_EXECUTIONS_MAX.saturating_sub(total(&hours));
        // A rule without a working form never fires.
        let Ok(schedule) = planner.schedule(trigger) else { continue };
        for hour in &mut hours {
            let Ok(end) = hour.timestamp.checked_add(HOUR) else { break };
            // Instants of an hour are those from its start on, before its end.
            let (from, to) = (just_before(hour.timestamp), just_before(end));
            let from = from.max(now).max(trigger.cursor);
            if from < to {
                hour.due += count(&schedule, from, to, room);
            }
        }
    }
    hours
}

fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_micros(1)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hour_is_the_one_of_now() {
        let now: Timestamp = "2026-03-01T10:59:59.5Z".parse().unwrap();
        let hours = hours_from(now, 2);
        let starts: Vec<String> = hours.iter().map(|hour| hour.timestamp.to_string()).collect();
        assert_eq!(starts, ["2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z"]);
    }

    #[test]
    fn a_forecast_is_kept_for_a_moment_and_for_its_own_length() {
        let made_at = Timestamp::UNIX_EPOCH;
        let forecast = Forecast { made_at, hours: hours_from(made_at, 3) };
        assert!(forecast.serves(made_at, 3) && !forecast.serves(made_at, 4));
        assert!(!forecast.serves(made_at + KEPT, 3));
    }
}
