//! Short ways to write drafts, instants and rows.

use horarium_core::{
    Decision, DecisionRow, JobDraft,
    job::{PolicyDraft, ScheduleDraft, ScheduleType},
    trigger::ExclusionSpec,
};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

/// An instant of Monday, 5 January 2026, or, with a date before it, of another day.
pub(crate) fn at(text: &str) -> Timestamp {
    let text = if text.contains('T') { text.to_owned() } else { format!("2026-01-05T{text}") };
    format!("{text}Z").parse().unwrap()
}

pub(crate) fn cron(expression: &str) -> JobDraft {
    scheduled(ScheduleDraft {
        schedule_type: Some(ScheduleType::Cron),
        expression: Some(expression.to_owned()),
        ..ScheduleDraft::default()
    })
}

pub(crate) fn every(seconds: u64) -> JobDraft {
    scheduled(ScheduleDraft {
        schedule_type: Some(ScheduleType::Interval),
        interval_seconds: Some(seconds),
        ..ScheduleDraft::default()
    })
}

pub(crate) fn once(run_at: Timestamp) -> JobDraft {
    scheduled(ScheduleDraft {
        schedule_type: Some(ScheduleType::OneTime),
        run_at: Some(run_at),
        ..ScheduleDraft::default()
    })
}

pub(crate) fn scheduled(schedule: ScheduleDraft) -> JobDraft {
    JobDraft { schedule, ..JobDraft::default() }
}

pub(crate) fn with_policy(draft: JobDraft, policy: PolicyDraft) -> JobDraft {
    JobDraft { policy, ..draft }
}

/// The same, never between the two times.
pub(crate) fn except(mut draft: JobDraft, start: &str, end: &str) -> JobDraft {
    draft.schedule.exclusions = Some(ExclusionSpec {
        time_range: Some((start.to_owned(), end.to_owned())),
        ..ExclusionSpec::default()
    });
    draft
}

/// Rows as a person would note them: `10:00 Fired, 10:01-10:03 (3) Skipped: overlap`.
pub(crate) fn noted<'a>(rows: impl IntoIterator<Item = &'a DecisionRow>) -> String {
    let lines: Vec<String> = rows.into_iter().map(note).collect();
    lines.join(", ")
}

fn note(row: &DecisionRow) -> String {
    let range = match row.count {
        1 if row.first == row.last => clock(row.first),
        count => format!("{}-{} ({count})", clock(row.first), clock(row.last)),
    };
    let what = match &row.decision {
        Decision::Coalesced { into } => format!("Coalesced into {}", clock(*into)),
        decision => decision.name().to_owned(),
    };
    match row.decision.reason() {
        Some(reason) => format!("{range} {what}: {reason}"),
        None => format!("{range} {what}"),
    }
}

/// `10:00`, `10:00:30`, with `+1d ` before it when it is of the day after.
pub(crate) fn clock(instant: Timestamp) -> String {
    let civil = instant.to_zoned(TimeZone::UTC).datetime();
    let day = (civil.date() - jiff::civil::date(2026, 1, 5)).get_days();
    let day = if day == 0 { String::new() } else { format!("{day:+}d ") };
    let form = if civil.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    format!("{day}{}", civil.strftime(form))
}

pub(crate) fn later(instant: Timestamp, seconds: i64) -> Timestamp {
    instant + seconds.seconds()
}
