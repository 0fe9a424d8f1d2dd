//! What was due, and what was done about it: the account of a job's schedule.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::enums::Decision;
use crate::field_errors::FieldErrors;
use crate::query::Query;

pub const OCCURRENCES_LIMIT_MAX: u32 = 1_000;
pub const OCCURRENCES_LIMIT_DEFAULT: u32 = 20;

/// An instant at which a job was due, or a run of instants with the same skip.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OccurrenceDto {
    #[serde(serialize_with = "crate::time::instant")]
    pub due_at: Timestamp,
    /// Null while nothing is decided: it is still to come.
    pub decision: Option<Decision>,
    /// Why it was skipped or missed; of one to come, what will keep it from firing.
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
    /// Oldest first.
    pub items: Vec<OccurrenceDto>,
    /// The `after` of the following part; null on the last.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub next: Option<Timestamp>,
}

/// The parameters of `GET /jobs/{jobId}/occurrences`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OccurrenceQuery {
    /// Due at or after; now by default.
    pub from_date: Option<Timestamp>,
    /// Due at or before; without end by default.
    pub to_date: Option<Timestamp>,
    pub decision: Option<Decision>,
    /// 1 to [`OCCURRENCES_LIMIT_MAX`].
    pub limit: u32,
    /// The `next` of the part before.
    pub after: Option<Timestamp>,
}

impl OccurrenceQuery {
    /// `raw` is what stands behind the `?`.
    pub fn read(raw: &str) -> Result<OccurrenceQuery, FieldErrors> {
        let mut query = Query::decode(raw);
        let limit = query.number("limit", 1..=OCCURRENCES_LIMIT_MAX);
        let occurrence_query = OccurrenceQuery {
            from_date: query.instant("from"),
            to_date: query.instant("to"),
            decision: query.word("decision"),
            limit: limit.unwrap_or(OCCURRENCES_LIMIT_DEFAULT),
            after: query.instant("after"),
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
                decision: Some(Decision::Coalesced),
                reason: Some("NodeDown".into()),
                execution_id: Some(Uuid::from_u128(1)),
                coalesced_into: at,
                due_until: at,
                count: 1,
            }],
            next: at,
        }
    }

    #[test]
    fn the_limit_has_a_default_and_a_bound() {
        let check = |raw: &str, expect: Option<u32>| {
            assert_eq!(OccurrenceQuery::read(raw).ok().map(|query| query.limit), expect, "{raw}");
        };
        check("", Some(OCCURRENCES_LIMIT_DEFAULT));
        check("limit=1000", Some(OCCURRENCES_LIMIT_MAX));
        check("limit=1001", None);
        check("limit=0", None);
    }

    #[test]
    fn the_cursor_is_an_instant_and_decisions_are_words() {
        assert!(OccurrenceQuery::read("after=1970-01-01T00:00:00Z").is_ok());
        assert!(OccurrenceQuery::read("after=yesterday").is_err());
        let query = OccurrenceQuery::read("decision=firedlate").unwrap();
        assert_eq!(query.decision, Some(Decision::FiredLate));
        assert!(OccurrenceQuery::read("decision=Maybe").is_err());
    }
}
