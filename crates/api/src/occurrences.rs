//! What was due, and what was done about it: the account of a job's schedule.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::enums::Decision;
use crate::field_errors::FieldErrors;
use crate::query::Query;

pub const OCCURRENCES_LIMIT_MAX: u32 = 500;
pub const OCCURRENCES_LIMIT_DEFAULT: u32 = 100;
pub const CURSOR_CHARS_MAX: usize = 200;

/// An instant at which a job was due, or a run of instants with the same skip.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OccurrenceDto {
    #[serde(serialize_with = "crate::time::instant")]
    pub due_at: Timestamp,
    pub decision: Decision,
    /// Why it was skipped, missed or late.
    pub reason: Option<String>,
    /// What it fired.
    pub execution_id: Option<Uuid>,
    /// The due instant of the occurrence that ran in its place.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub coalesced_into: Option<Timestamp>,
    /// The last instant of a run of equal decisions.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub due_until: Option<Timestamp>,
    /// Instants in the run; 1 for a single one.
    pub count: u64,
}

/// Part of a list that goes on behind `next`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OccurrencePage {
    /// Newest first.
    pub items: Vec<OccurrenceDto>,
    /// The `after` of the following part; null on the last.
    pub next: Option<String>,
}

/// The parameters of `GET /jobs/{jobId}/occurrences`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OccurrenceQuery {
    /// Due at or after.
    pub from_date: Option<Timestamp>,
    /// Due at or before.
    pub to_date: Option<Timestamp>,
    pub decision: Option<Decision>,
    /// 1 to [`OCCURRENCES_LIMIT_MAX`].
    pub limit: u32,
    /// The `next` of the part before.
    pub after: Option<String>,
}

impl OccurrenceQuery {
    /// `raw` is what stands behind the `?`.
    pub fn read(raw: &str) -> Result<OccurrenceQuery, FieldErrors> {
        let mut query = Query::decode(raw);
        let limit = query.number("limit", 1..=OCCURRENCES_LIMIT_MAX);
        let occurrence_query = OccurrenceQuery {
            from_date: query.instant("fromDate"),
            to_date: query.instant("toDate"),
            decision: query.word("decision"),
            limit: limit.unwrap_or(OCCURRENCES_LIMIT_DEFAULT),
            after: query.text("after", CURSOR_CHARS_MAX),
        };
        query.finish(occurrence_query)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample() -> OccurrencePage {
        let at = Some(Timestamp::UNIX_EPOCH);
        OccurrencePage {
            items: vec![OccurrenceDto {
                due_at: Timestamp::UNIX_EPOCH,
                decision: Decision::Coalesced,
                reason: Some("NodeDown".into()),
                execution_id: Some(Uuid::from_u128(1)),
                coalesced_into: at,
                due_until: at,
                count: 1,
            }],
            next: Some("1767225600000001".into()),
        }
    }

    #[test]
    fn the_limit_has_a_default_and_a_bound() {
        let check = |raw: &str, expect: Option<u32>| {
            assert_eq!(OccurrenceQuery::read(raw).ok().map(|query| query.limit), expect, "{raw}");
        };
        check("", Some(OCCURRENCES_LIMIT_DEFAULT));
        check("limit=500", Some(OCCURRENCES_LIMIT_MAX));
        check("limit=501", None);
        check("limit=0", None);
    }

    #[test]
    fn the_cursor_ends_at_its_bound_and_decisions_are_words() {
        let after = |chars: usize| OccurrenceQuery::read(&format!("after={}", "x".repeat(chars)));
        assert!(after(CURSOR_CHARS_MAX).is_ok());
        assert!(after(CURSOR_CHARS_MAX + 1).is_err());
        let query = OccurrenceQuery::read("decision=firedlate").unwrap();
        assert_eq!(query.decision, Some(Decision::FiredLate));
        assert!(OccurrenceQuery::read("decision=Maybe").is_err());
    }
}
