//! The log of executions: what a request asks the store for, and which part of it is shown.

use horarium_api::execution_log::{ExecutionLogPage, ExecutionLogQuery, LOG_COUNTED_MAX};
use horarium_core::{ExecutionId, JobId};
use horarium_store::{Found, LogFilter};
use jiff::SignedDuration;

use super::words;

pub(super) fn log_filter(query: ExecutionLogQuery) -> LogFilter {
    let words = query.search.iter().flat_map(|text| text.split_whitespace());
    LogFilter {
        words: words.map(str::to_owned).collect(),
        job: query.job_id.map(JobId),
        job_type: query.job_type.map(words::read_job_type),
        state: query.status.map(words::read_state),
        tag: query.tag,
        origin: query.origin.map(words::read_origin),
        from: query.from_date,
        to: query.to_date,
        duration_min: query.duration_ms_min.map(SignedDuration::from_millis),
        duration_max: query.duration_ms_max.map(whole_millis),
        after: query.after.map(ExecutionId),
    }
}

/// Durations are shown without what is below a millisecond; an upper bound takes that in.
fn whole_millis(millis: i64) -> SignedDuration {
    SignedDuration::from_millis(millis) + SignedDuration::from_micros(999)
}

/// Which part of what is found a request wants.
pub(super) struct Part {
    /// Executions to ask for: one more than shown, or counted, tells whether there are more.
    pub(super) wanted: u32,
    offset: usize,
    is_counted: bool,
    page_number: u32,
    page_size: u32,
}

impl Part {
    /// By page number everything up to the bound of counting is asked for: one search gives both the
    /// page and the count.
    pub(super) fn of(query: &ExecutionLogQuery) -> Self {
        let is_counted = query.after.is_none();
        let counted = u32::try_from(LOG_COUNTED_MAX).unwrap_or(u32::MAX);
        let shown = if is_counted { counted } else { query.page.page_size };
        Self {
            wanted: shown + 1,
            offset: usize::try_from(query.page.offset()).unwrap_or(usize::MAX),
            is_counted,
            page_number: query.page.page_number,
            page_size: query.page.page_size,
        }
    }

    /// The executions to show, and the page they will stand on.
    pub(super) fn cut(self, found: Found) -> (Vec<ExecutionId>, ExecutionLogPage) {
        let n_found = found.ids.len();
        let size = usize::try_from(self.page_size).unwrap_or(usize::MAX);
        let mut shown: Vec<ExecutionId> = found.ids.into_iter().skip(self.offset).collect();
        let is_cut = shown.len() > size;
        shown.truncate(size);
        let next = if is_cut { shown.last().copied() } else { found.unseen };
        let counted = (n_found as u64).min(LOG_COUNTED_MAX);
        let is_exact = found.unseen.is_none() && n_found as u64 <= LOG_COUNTED_MAX;
        let page = ExecutionLogPage {
            items: Vec::new(),
            total_count: self.is_counted.then_some(counted),
            total_is_exact: self.is_counted && is_exact,
            page_number: self.page_number,
            page_size: self.page_size,
            total_pages: self.is_counted.then(|| counted.div_ceil(u64::from(self.page_size))),
            next: next.map(|id| id.0),
        };
        (shown, page)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(n: u64) -> ExecutionId {
        ExecutionId(Uuid::from_u128(n.into()))
    }

    /// The first and last shown, and what the page says, of `n_found` ids from `n_found` down to 1.
    fn cut(raw: &str, n_found: u64, unseen: Option<u64>) -> (usize, ExecutionLogPage) {
        let part = Part::of(&ExecutionLogQuery::read(raw).unwrap());
        assert!(n_found <= u64::from(part.wanted), "{raw}");
        let ids = (1..=n_found).rev().map(id).collect();
        let (shown, page) = part.cut(Found { ids, unseen: unseen.map(id) });
        (shown.len(), page)
    }

    #[test]
    fn pages_are_counted_and_lead_on() {
        let check = |raw: &str, n_found, unseen, n_shown, total, exact, next: Option<u64>| {
            let (shown, page) = cut(raw, n_found, unseen);
            assert_eq!((shown, page.total_count, page.total_is_exact), (n_shown, total, exact));
            assert_eq!(page.next, next.map(|n| id(n).0), "{raw}");
        };
        check("", 0, None, 0, Some(0), true, None);
        check("pageSize=2", 2, None, 2, Some(2), true, None);
        check("pageSize=2", 3, None, 2, Some(3), true, Some(2));
        check("pageSize=2&pageNumber=2", 3, None, 1, Some(3), true, None);
        check("pageSize=2&pageNumber=9", 3, None, 0, Some(3), true, None);
        // The search stopped at 1 with only three found.
        check("pageSize=9", 3, Some(1), 3, Some(3), false, Some(1));
        check("pageSize=500&pageNumber=20", 10_000, None, 500, Some(10_000), true, None);
        check("pageSize=500&pageNumber=20", 10_001, Some(1), 500, Some(10_000), false, Some(2));
    }

    #[test]
    fn behind_a_cursor_nothing_is_counted() {
        let after = "pageSize=2&after=0198c0de7a3b7c4d8e5f001122334455";
        let (shown, page) = cut(after, 3, Some(1));
        assert_eq!((shown, page.total_count, page.total_pages), (2, None, None));
        assert_eq!(page.next, Some(id(2).0));
        assert_eq!(cut(after, 2, None).1.next, None);
        assert_eq!(cut(after, 1, Some(5)).1.next, Some(id(5).0));
    }
}
