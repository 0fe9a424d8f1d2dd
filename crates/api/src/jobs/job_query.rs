//! Which jobs a list shows, and in what order.

use crate::enums::{JobStatusFilter, JobType};
use crate::field_errors::FieldErrors;
use crate::jobs::TAG_CHARS_MAX;
use crate::paging::PageQuery;
use crate::query::Query;
use crate::wire_enum::wire_enum;

pub const SEARCH_CHARS_MAX: usize = 200;

wire_enum! {
    /// What a job list is ordered by.
    pub enum JobSort {
        Name = "name",
        CreatedAt = "createdAt",
        UpdatedAt = "updatedAt",
        NextRunAt = "nextRunAt",
    }
}

wire_enum! {
    pub enum SortDirection {
        Asc = "asc",
        Desc = "desc",
    }
    aliases { "ascending" => Asc, "descending" => Desc }
}

/// The parameters of `GET /jobs`. Newest first unless asked otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobQuery {
    pub page: PageQuery,
    pub job_type: Option<JobType>,
    pub status: Option<JobStatusFilter>,
    /// The whole tag, not a part of it.
    pub tag: Option<String>,
    /// Looked for in name and description.
    pub search: Option<String>,
    pub sort_by: JobSort,
    pub sort_direction: SortDirection,
}

impl JobQuery {
    /// `raw` is what stands behind the `?`.
    pub fn read(raw: &str) -> Result<JobQuery, FieldErrors> {
        let mut query = Query::decode(raw);
        let job_query = JobQuery {
            page: PageQuery::read(&mut query),
            job_type: query.word("jobType"),
            status: query.word("status"),
            tag: query.text("tag", TAG_CHARS_MAX),
            search: query.text("search", SEARCH_CHARS_MAX),
            sort_by: query.word("sortBy").unwrap_or(JobSort::CreatedAt),
            sort_direction: query.word("sortDirection").unwrap_or(SortDirection::Desc),
        };
        query.finish(job_query)
    }
}

/// The parameter of `DELETE /jobs/{jobId}`; false by default.
pub fn read_hard_delete(raw: &str) -> Result<bool, FieldErrors> {
    let mut query = Query::decode(raw);
    let hard_delete = query.flag("hardDelete").unwrap_or(false);
    query.finish(hard_delete)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_list_is_the_newest_twenty() {
        let query = JobQuery::read("").unwrap();
        assert_eq!((query.page.page_number, query.page.page_size), (1, 20));
        assert_eq!(
            (query.sort_by, query.sort_direction),
            (JobSort::CreatedAt, SortDirection::Desc)
        );
        assert_eq!((query.job_type, query.status, query.tag), (None, None, None));
    }

    #[test]
    fn every_parameter_is_read() {
        let query = JobQuery::read(
            "jobType=1&status=Active&tag=a%20b&search=x&sortBy=nextrunat&sortDirection=ASC&other=1",
        )
        .unwrap();
        assert_eq!(query.job_type, Some(JobType::HttpCall));
        assert_eq!(query.status, Some(JobStatusFilter::Enabled));
        assert_eq!(query.tag.as_deref(), Some("a b"));
        assert_eq!((query.sort_by, query.sort_direction), (JobSort::NextRunAt, SortDirection::Asc));
    }

    #[test]
    fn unknown_words_are_refused_by_name() {
        let raw = "jobType=Shell&status=Unknown&sortBy=size&sortDirection=up&pageNumber=0";
        let errors = JobQuery::read(raw).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["pageNumber", "jobType", "status", "sortBy", "sortDirection"]);
    }

    #[test]
    fn texts_end_at_their_bound() {
        let check = |name: &str, chars_max: usize| {
            let raw = |chars: usize| format!("{name}={}", "x".repeat(chars));
            assert!(JobQuery::read(&raw(chars_max)).is_ok(), "{name}");
            assert!(JobQuery::read(&raw(chars_max + 1)).is_err(), "{name}");
        };
        check("tag", TAG_CHARS_MAX);
        check("search", SEARCH_CHARS_MAX);
    }

    #[test]
    fn a_delete_is_soft_unless_it_says_so() {
        assert_eq!(read_hard_delete(""), Ok(false));
        assert_eq!(read_hard_delete("hardDelete=false"), Ok(false));
        assert_eq!(read_hard_delete("hardDelete=True"), Ok(true));
        assert!(read_hard_delete("hardDelete=yes").is_err());
    }
}
