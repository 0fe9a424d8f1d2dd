//! Which schedule executions a list shows, and in what order.

use uuid::Uuid;

use crate::field_errors::FieldErrors;
use crate::fields::value::parse_id;
use crate::query::Query;
use crate::schedules::{JimPageQuery, ScheduleExecutionStatus};
use crate::wire_enum::wire_enum;

/// Executions on a page that names no size.
const EXECUTIONS_PER_PAGE: u32 = 20;

wire_enum! {
    /// What a list of schedule executions is ordered by.
    pub enum ScheduleExecutionSort {
        QueuedAt = "queuedAt",
        StartedAt = "startedAt",
        CompletedAt = "completedAt",
        Status = "status",
    }
    aliases { "queued" => QueuedAt, "started" => StartedAt, "completed" => CompletedAt }
}

/// The parameters of `GET /schedule-executions`. Newest first unless asked otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleExecutionQuery {
    pub page: JimPageQuery,
    pub schedule_id: Option<Uuid>,
    pub status: Option<ScheduleExecutionStatus>,
    pub sort_by: ScheduleExecutionSort,
    pub sort_descending: bool,
}

impl ScheduleExecutionQuery {
    /// `raw` is what stands behind the `?`.
    pub fn read(raw: &str) -> Result<ScheduleExecutionQuery, FieldErrors> {
        let mut query = Query::decode(raw);
        let id = |text: &str| parse_id(text).ok_or_else(|| "must be a UUID".to_owned());
        let read = ScheduleExecutionQuery {
            page: JimPageQuery::read(&mut query, EXECUTIONS_PER_PAGE),
            schedule_id: query.value("scheduleId", id),
            status: query.word("status"),
            sort_by: query.word("sortBy").unwrap_or(ScheduleExecutionSort::QueuedAt),
            sort_descending: query.flag("sortDescending").unwrap_or(true),
        };
        query.finish(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_list_is_the_newest_twenty() {
        let query = ScheduleExecutionQuery::read("").unwrap();
        assert_eq!((query.page.page, query.page.page_size), (1, 20));
        assert_eq!((query.sort_by, query.sort_descending), (ScheduleExecutionSort::QueuedAt, true));
        assert_eq!((query.schedule_id, query.status), (None, None));
    }

    #[test]
    fn the_status_comes_in_either_spelling_or_as_jims_number() {
        let check = |word: &str, expect: Option<ScheduleExecutionStatus>| {
            let query = ScheduleExecutionQuery::read(&format!("status={word}"));
            assert_eq!(query.ok().and_then(|query| query.status), expect, "{word}");
        };
        check("Completed", Some(ScheduleExecutionStatus::Completed));
        check("complete", Some(ScheduleExecutionStatus::Completed));
        check("2", Some(ScheduleExecutionStatus::Completed));
        check("Failed", Some(ScheduleExecutionStatus::Failed));
        check("6", None);
        check("Done", None);
    }

    #[test]
    fn bad_parameters_are_named() {
        let raw = "scheduleId=x&status=Done&sortBy=colour&sortDescending=maybe&page=0";
        let errors = ScheduleExecutionQuery::read(raw).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["page", "scheduleId", "status", "sortBy", "sortDescending"]);
    }
}
