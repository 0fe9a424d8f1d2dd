//! Which schedules a list shows, and in what order.

use crate::field_errors::FieldErrors;
use crate::query::Query;
use crate::schedules::{CHANGE_REASON_CHARS_MAX, JimPageQuery};
use crate::wire_enum::wire_enum;

pub const SCHEDULE_SEARCH_CHARS_MAX: usize = 200;
/// Schedules on a page that names no size.
const SCHEDULES_PER_PAGE: u32 = 20;

wire_enum! {
    /// What a list of schedules is ordered by.
    pub enum ScheduleSort {
        Created = "created",
        Name = "name",
        IsEnabled = "isEnabled",
        LastRunTime = "lastRunTime",
        NextRunTime = "nextRunTime",
    }
    aliases {
        "createdAt" => Created, "enabled" => IsEnabled, "status" => IsEnabled,
        "lastRun" => LastRunTime, "nextRun" => NextRunTime,
    }
}

/// The parameters of `GET /schedules`. Oldest first unless asked otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleQuery {
    pub page: JimPageQuery,
    /// Looked for in name and description.
    pub search: Option<String>,
    pub sort_by: ScheduleSort,
    pub sort_descending: bool,
}

impl ScheduleQuery {
    /// `raw` is what stands behind the `?`.
    pub fn read(raw: &str) -> Result<ScheduleQuery, FieldErrors> {
        let mut query = Query::decode(raw);
        let read = ScheduleQuery {
            page: JimPageQuery::read(&mut query, SCHEDULES_PER_PAGE),
            search: query.text("search", SCHEDULE_SEARCH_CHARS_MAX),
            sort_by: query.word("sortBy").unwrap_or(ScheduleSort::Created),
            sort_descending: query.flag("sortDescending").unwrap_or(false),
        };
        query.finish(read)
    }
}

/// Checks the `changeReason` that JIM's client may send with a change; nothing keeps it.
pub fn read_change_reason(raw: &str) -> Result<(), FieldErrors> {
    let mut query = Query::decode(raw);
    query.text("changeReason", CHANGE_REASON_CHARS_MAX);
    query.finish(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_list_is_the_oldest_twenty() {
        let query = ScheduleQuery::read("").unwrap();
        assert_eq!((query.page.page, query.page.page_size), (1, 20));
        assert_eq!((query.sort_by, query.sort_descending), (ScheduleSort::Created, false));
        assert_eq!(query.search, None);
    }

    #[test]
    fn jims_sort_keys_are_read_in_every_form() {
        let check = |word: &str, expect: Option<ScheduleSort>| {
            let query = ScheduleQuery::read(&format!("sortBy={word}&sortDescending=true"));
            assert_eq!(query.ok().map(|query| query.sort_by), expect, "{word}");
        };
        check("Name", Some(ScheduleSort::Name));
        check("status", Some(ScheduleSort::IsEnabled));
        check("lastrun", Some(ScheduleSort::LastRunTime));
        check("NextRunTime", Some(ScheduleSort::NextRunTime));
        check("created", Some(ScheduleSort::Created));
        check("colour", None);
    }

    #[test]
    fn texts_end_at_their_bounds() {
        let search = |n: usize| ScheduleQuery::read(&format!("search={}", "x".repeat(n)));
        assert!(search(SCHEDULE_SEARCH_CHARS_MAX).is_ok());
        assert!(search(SCHEDULE_SEARCH_CHARS_MAX + 1).is_err());
        let reason = |n: usize| read_change_reason(&format!("changeReason={}", "x".repeat(n)));
        assert!(reason(CHANGE_REASON_CHARS_MAX).is_ok());
        assert!(reason(CHANGE_REASON_CHARS_MAX + 1).is_err());
    }
}
