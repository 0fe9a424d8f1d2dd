//! When a job must not start: setting, showing and clearing the rules (contract C20).

use horarium_api::{
    enums::DayOfWeek,
    jobs::{ExclusionsDto, ExclusionsRequest, TimeRange},
    time::clock_text,
    wire_enum::WireEnum as _,
};
use horarium_core::{JobDraft, JobId, job::ScheduleDraft, trigger::ExclusionSpec};
use horarium_store::JobView;
use jiff::civil::Time;

use super::{Expected, JobFault, Jobs};

impl Jobs {
    /// Replaces the rules; none clears them.
    pub async fn set_exclusions(
        &self,
        id: JobId,
        request: ExclusionsRequest,
        expected: &Expected,
        by: &str,
    ) -> Result<JobView, JobFault> {
        let spec = read(request);
        self.change(id, expected, by, |old, now| {
            let exclusions = Some(spec.clone());
            let schedule = ScheduleDraft { exclusions, ..ScheduleDraft::default() };
            let draft = JobDraft { schedule, ..JobDraft::default() };
            Ok(old.job.amend(&old.trigger, draft, now)?)
        })
        .await
    }

    pub async fn exclusions(&self, id: JobId) -> Result<ExclusionsDto, JobFault> {
        Ok(write(&self.view(id).await?.trigger.spec.exclusions).unwrap_or_default())
    }
}

pub(super) fn read(request: ExclusionsRequest) -> ExclusionSpec {
    let weekdays = request.excluded_days_of_week.into_iter();
    let range = request.time_range;
    ExclusionSpec {
        dates: request.excluded_dates.into_iter().collect(),
        weekdays: weekdays.filter_map(|day| u8::try_from(day.number()?).ok()).collect(),
        time_range: range.map(|range| (clock_text(range.start), clock_text(range.end))),
    }
}

/// `None` without any rule.
pub(super) fn write(spec: &ExclusionSpec) -> Option<ExclusionsDto> {
    let weekdays = spec.weekdays.iter();
    let range = spec.time_range.as_ref();
    let range = range.and_then(|(start, end)| {
        Some(TimeRange { start: read_clock(start)?, end: read_clock(end)? })
    });
    (!spec.is_empty()).then(|| ExclusionsDto {
        excluded_dates: spec.dates.iter().copied().collect(),
        excluded_days_of_week: weekdays
            .filter_map(|day| DayOfWeek::by_number(i64::from(*day)))
            .collect(),
        time_range: range,
    })
}

/// `HH:mm` or `HH:mm:ss`, as [`clock_text`] wrote it.
fn read_clock(text: &str) -> Option<Time> {
    let mut numbers = text.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (numbers.next()??, numbers.next()??);
    Time::new(hour, minute, numbers.next().unwrap_or(Some(0))?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_survive_the_way_into_the_core_and_back() {
        let request = ExclusionsRequest {
            excluded_dates: vec![jiff::civil::date(2026, 12, 25)],
            excluded_days_of_week: vec![DayOfWeek::Sunday, DayOfWeek::Saturday],
            time_range: Some(TimeRange {
                start: jiff::civil::time(22, 0, 0, 0),
                end: jiff::civil::time(6, 0, 30, 0),
            }),
        };
        let spec = read(request.clone());
        assert!(spec.parse().is_ok());
        let back = write(&spec).unwrap();
        assert_eq!(back.excluded_dates, request.excluded_dates);
        assert_eq!(back.excluded_days_of_week, request.excluded_days_of_week);
        assert_eq!(back.time_range, request.time_range);
        assert_eq!(write(&read(ExclusionsRequest::default())), None);
    }
}
