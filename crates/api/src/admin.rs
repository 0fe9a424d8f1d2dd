//! What an administrator does to everything at once: clearing old executions, export and import.

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use uuid::Uuid;

use crate::enums::JobStatus;
use crate::field_errors::FieldErrors;
use crate::fields::{read_object, value};
use crate::jobs::{JobRequest, PAUSE_REASON_CHARS_MAX};
use crate::json::{self, Json, JsonError};
use crate::query::Query;
use crate::wire_enum::{WireEnum as _, wire_enum};

/// A hundred years.
pub const OLDER_THAN_DAYS_MAX: u32 = 36_500;
/// Bytes of an import: what an export of some ten thousand jobs has.
pub const IMPORT_BYTES_MAX: usize = 32 << 20;
/// What an export is called when it is saved.
pub const EXPORT_FILE: &str = "scheduler-jobs-export.json";

/// How old executions must be to go; the configured retention when it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct ClearLogsRequest {
    /// Days since the end of an execution; 0 clears all that has ended.
    #[schemars(range(min = 0, max = OLDER_THAN_DAYS_MAX))]
    pub older_than_days: Option<u32>,
}

impl ClearLogsRequest {
    pub fn read(body: &Json) -> Result<ClearLogsRequest, FieldErrors> {
        read_object(body, |fields| ClearLogsRequest {
            older_than_days: fields.number("olderThanDays", 0..=OLDER_THAN_DAYS_MAX),
        })
    }

    /// From the query string, for clients that cannot send a body with a DELETE.
    pub fn read_query(raw: &str) -> Result<ClearLogsRequest, FieldErrors> {
        let mut query = Query::decode(raw);
        let older_than_days = query.number("olderThanDays", 0..=OLDER_THAN_DAYS_MAX);
        query.finish(ClearLogsRequest { older_than_days })
    }
}

wire_enum! {
    /// What an import does about a job whose name is taken.
    pub enum OnConflict {
        Skip = "skip",
        Update = "update",
    }
}

/// The parameters of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    pub is_atomic: bool,
    pub wants_details: bool,
    pub is_dry_run: bool,
    pub on_conflict: Option<OnConflict>,
}

impl ImportOptions {
    pub fn read(raw: &str) -> Result<ImportOptions, FieldErrors> {
        let mut query = Query::decode(raw);
        let options = ImportOptions {
            is_atomic: query.flag("atomic").unwrap_or(false),
            wants_details: query.flag("details").unwrap_or(false),
            is_dry_run: query.flag("dryRun").unwrap_or(false),
            on_conflict: query.word("onConflict"),
        };
        let options = query.finish(options)?;
        if options.is_atomic && options.on_conflict == Some(OnConflict::Update) {
            let message =
                "update cannot be combined with atomic: only new jobs are made all at once";
            return Err(FieldErrors::one("onConflict", message));
        }
        Ok(options)
    }
}

/// Why a body holds no jobs to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayloadError {
    /// The text in `jsonPayload` is no JSON; lines count within it.
    Malformed(JsonError),
    Invalid(FieldErrors),
    Empty,
}

/// The jobs of an import's body, in the order of the file.
///
/// | body | jobs |
/// |---|---|
/// | `{"jsonPayload": "[{..}, {..}]"}` | those in the text |
/// | `{"jsonPayload": [{..}, {..}]}` | those |
/// | `{"jsonPayload": {..}}` | the one |
/// | `[{..}, {..}]` | those |
pub fn import_items(body: &Json) -> Result<Vec<Json>, PayloadError> {
    let payload = match body {
        Json::Array(_) => body.clone(),
        _ => read_object(body, |fields| fields.needed("jsonPayload", |item| Ok(item.clone())))
            .map_err(PayloadError::Invalid)?
            .unwrap_or(Json::Null),
    };
    let payload = match payload {
        Json::String(text) if text.trim().is_empty() => return Err(PayloadError::Empty),
        Json::String(text) => json::parse(text.as_bytes()).map_err(PayloadError::Malformed)?,
        payload => payload,
    };
    match payload {
        Json::Array(items) if items.is_empty() => Err(PayloadError::Empty),
        Json::Array(items) => Ok(items),
        Json::Object(_) => Ok(vec![payload]),
        Json::Null => Err(PayloadError::Empty),
        Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            let message = "must be an array of jobs, or a text that holds one";
            Err(PayloadError::Invalid(FieldErrors::one("jsonPayload", message)))
        }
    }
}

/// One job of an import: a request that creates, and what else an export says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportJob {
    /// Where it came from: other jobs of the file name it so.
    pub id: Option<Uuid>,
    pub request: JobRequest,
    pub is_paused: bool,
    pub paused_until: Option<Timestamp>,
    pub pause_reason: Option<String>,
    /// It has run and is not due again.
    pub is_completed: bool,
    pub created_at: Option<Timestamp>,
    pub last_modified_by: Option<String>,
}

impl ImportJob {
    pub fn read(item: &Json) -> Result<ImportJob, FieldErrors> {
        let request = JobRequest::read_create(item)?;
        let mut errors = FieldErrors::default();
        let mut extras = Extras { item, errors: &mut errors };
        let status = extras.value("status", |item| Ok(item.as_str().and_then(JobStatus::by_word)));
        let job = ImportJob {
            id: extras.value("id", value::id),
            request,
            is_paused: extras.value("isPaused", value::flag).unwrap_or(false),
            paused_until: extras.value("pausedUntil", value::instant),
            pause_reason: extras.value("pauseReason", |it| value::text(it, PAUSE_REASON_CHARS_MAX)),
            is_completed: status.flatten() == Some(JobStatus::Completed),
            created_at: extras.value("createdAt", value::instant),
            last_modified_by: extras
                .value("lastModifiedBy", |it| value::text(it, crate::jobs::CREATED_BY_CHARS_MAX)),
        };
        errors.into_result(job)
    }
}

/// Fields that a request which creates takes and ignores.
struct Extras<'a> {
    item: &'a Json,
    errors: &'a mut FieldErrors,
}

impl Extras<'_> {
    fn value<T>(&mut self, name: &str, read: impl FnOnce(&Json) -> Result<T, String>) -> Option<T> {
        let mut fields = self.item.as_object()?.iter();
        let (key, value) = fields.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        if value.is_null() {
            return None;
        }
        read(value).map_err(|message| self.errors.add(key, message)).ok()
    }
}

wire_enum! {
    /// What became of one job of an import; of a dry run, what would.
    pub enum ImportOutcome {
        Created = "Created",
        Updated = "Updated",
        Skipped = "Skipped",
        Failed = "Failed",
    }
}

/// What became of each job of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportReportDto {
    /// Created and updated.
    pub imported: usize,
    pub created: usize,
    pub updated: usize,
    pub skipped: usize,
    pub failed: usize,
    pub dry_run: bool,
    /// In the order of the file.
    pub jobs: Vec<ImportedJobDto>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportedJobDto {
    /// From 0.
    pub index: usize,
    pub name: Option<String>,
    pub outcome: ImportOutcome,
    /// The job here: new, updated, or the one that has the name.
    pub id: Option<Uuid>,
    /// What is wrong with it, by field.
    #[schemars(with = "std::collections::BTreeMap<String, Vec<String>>")]
    pub errors: FieldErrors,
}

/// The schema of an import's answer: how many, or with `details` what became of each.
pub struct ImportAnswer;

impl JsonSchema for ImportAnswer {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ImportAnswer".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let report = generator.subschema_for::<ImportReportDto>();
        json_schema!({ "anyOf": [{ "type": "integer", "minimum": 0 }, report] })
    }
}

/// The schema of an import's body.
pub struct ImportRequest;

impl JsonSchema for ImportRequest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ImportRequest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What export gave: as text or as it is in `jsonPayload`, or bare.",
            "anyOf": [
                {
                    "type": "object", "required": ["jsonPayload"], "additionalProperties": false,
                    "properties": { "jsonPayload": { "type": ["string", "array", "object"] } }
                },
                { "type": "array", "items": { "type": "object" } }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn jobs_are_found_in_every_form_of_a_body() {
        let check = |body: Json, expect: usize| {
            assert_eq!(import_items(&body).map(|items| items.len()), Ok(expect), "{body}");
        };
        check(json!({"jsonPayload": "[{}, {}]"}), 2);
        check(json!({"JsonPayload": [{}, {}]}), 2);
        check(json!({"jsonPayload": {}}), 1);
        check(json!({"jsonPayload": "{}"}), 1);
        check(json!([{}]), 1);
        for empty in [json!([]), json!({"jsonPayload": "[]"}), json!({"jsonPayload": " "})] {
            assert_eq!(import_items(&empty), Err(PayloadError::Empty), "{empty}");
        }
        let lines = import_items(&json!({"jsonPayload": "[\n{\n]"})).unwrap_err();
        assert!(matches!(lines, PayloadError::Malformed(err) if err.line == 3));
        for wrong in [json!({}), json!({"jsonPayload": 7}), json!({"jsonPayload": "7"}), json!(7)] {
            let found = import_items(&wrong);
            assert!(matches!(found, Err(PayloadError::Invalid(_))), "{wrong}: {found:?}");
        }
    }

    #[test]
    fn an_exported_job_keeps_what_a_request_ignores() {
        let mut exported = serde_json::to_value(crate::jobs::sample_job()).unwrap();
        exported["isPaused"] = json!(true);
        let job = ImportJob::read(&exported).unwrap();
        assert!(job.is_paused && !job.is_completed);
        assert_eq!(job.pause_reason.as_deref(), Some("maintenance"));
        assert_eq!(job.id, Some(crate::jobs::sample_job().id));
        exported["pausedUntil"] = json!("soon");
        let errors = ImportJob::read(&exported).unwrap_err();
        assert_eq!(errors.iter().map(|(path, _)| path).collect::<Vec<_>>(), ["pausedUntil"]);
    }

    #[test]
    fn days_are_bounded_and_may_be_left_out() {
        let read = |days: Json| ClearLogsRequest::read(&json!({"olderThanDays": days}));
        assert_eq!(read(json!(0)).unwrap().older_than_days, Some(0));
        assert_eq!(read(json!(null)).unwrap().older_than_days, None);
        assert!(read(json!(-1)).is_err() && read(json!(OLDER_THAN_DAYS_MAX + 1)).is_err());
        assert!(ClearLogsRequest::read_query("olderThanDays=-1").is_err());
        let days = ClearLogsRequest::read_query("OlderThanDays=60").unwrap().older_than_days;
        assert_eq!(days, Some(60));
    }

    #[test]
    fn updates_are_not_atomic() {
        assert_eq!(ImportOptions::read(""), Ok(ImportOptions::default()));
        assert!(ImportOptions::read("atomic=true&onConflict=skip").is_ok());
        assert!(ImportOptions::read("atomic=true&onConflict=update").is_err());
        assert!(ImportOptions::read("onConflict=replace").is_err());
    }
}
