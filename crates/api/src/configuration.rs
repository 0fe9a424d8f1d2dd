//! `jobConfiguration`: what a job of its type needs, in one flat bag of optional keys.
//!
//! Keys are checked for shape whatever the job's type; [`validate`] checks what the type needs. The
//! stored form is [`JobConfiguration::to_json`]: documented spelling, no nulls.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Map;

use crate::enums::{FileCompression, FileOperation, JobType};
use crate::field_errors::FieldErrors;
use crate::fields::{Fields, value};
use crate::json::{Json, to_tree};

mod http;
mod references;
mod secrets;
mod variables;
mod views;

pub use http::{METHODS, is_settable_header};
pub use references::{
    Part, SECRET_NAME_CHARS_MAX, SecretReference, is_reference, is_secret_name,
    is_secret_reference, parts, references,
};
pub use secrets::{MASK, is_secret_header, mask, secret_headers_mut, unmask};
pub use variables::{VARIABLE_BYTES_MAX, VARIABLES, braced};
pub use views::{CodeExecutionConfiguration, HttpCallConfiguration};

pub const URL_CHARS_MAX: usize = 8_192;
pub const HEADERS_MAX: usize = 100;
pub const HEADER_VALUE_CHARS_MAX: usize = 8_192;
pub const BODY_CHARS_MAX: usize = 1_000_000;
pub const STATUS_CODES_MAX: usize = 100;
pub const PARAMETERS_MAX: usize = 200;
pub const PATH_CHARS_MAX: usize = 4_096;
/// Names of handlers, methods, procedures, connections.
pub const NAME_CHARS_MAX: usize = 512;
/// A day: the longest wait for one call.
pub const CALL_TIMEOUT_SECONDS_MAX: u32 = 86_400;
pub const REDIRECTS_MAX: u8 = 10;
/// Ten years.
pub const FILE_AGE_HOURS_MAX: u32 = 87_600;

/// Settings of a job by its type; the keys of other types are allowed and unused.
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("additionalProperties" = false))]
pub struct JobConfiguration {
    /// `HttpCall`: absolute, `http` or `https`, without user name or password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `HttpCall`: GET (the default), POST, PUT, DELETE, PATCH, HEAD or OPTIONS, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// `HttpCall`: secret values come back as `***`, which a PUT takes as "keep".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// `HttpCall`: sent as `application/json` unless `headers` says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// `HttpCall`: limit of one call, within the job's own `timeoutSeconds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = CALL_TIMEOUT_SECONDS_MAX))]
    pub timeout_seconds: Option<u32>,
    /// `HttpCall`: a failed call is retried only with one of these; empty means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(inner(range(min = 100, max = 599)))]
    pub retry_on_status_codes: Option<Vec<u16>>,
    /// `HttpCall`: what counts as success; empty means 200 to 299.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(inner(range(min = 100, max = 599)))]
    pub success_status_codes: Option<Vec<u16>>,
    /// `StoredProcedure`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored_procedure_name: Option<String>,
    /// `StoredProcedure`: text, numbers, true, false, null. `CodeExecution`: any JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Map<String, Json>>,
    /// `StoredProcedure`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = CALL_TIMEOUT_SECONDS_MAX))]
    pub command_timeout_seconds: Option<u32>,
    /// `StoredProcedure`: the name of a configured connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_connection_string_name: Option<String>,
    /// `CodeExecution`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler_type: Option<String>,
    /// `CodeExecution`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method_name: Option<String>,
    /// `FileOperation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<FileOperation>,
    /// `FileOperation`: `directory/pattern`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_path: Option<String>,
    /// `FileOperation`: the folder that Move, Copy and Archive fill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_path: Option<String>,
    /// `FileOperation`: only files at least this old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_after_days: Option<u32>,
    /// `FileOperation`: only files at least this old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_than_hours: Option<u32>,
    /// `FileOperation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_empty_directories: Option<bool>,
    /// `FileOperation`: the archive that Compress writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive_path: Option<String>,
    /// `FileOperation`: the archive's format; zip by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<FileCompression>,
    /// `HttpCall`: limit for reaching the other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = CALL_TIMEOUT_SECONDS_MAX))]
    pub connect_timeout_seconds: Option<u32>,
    /// `HttpCall`: false by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// `HttpCall`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = REDIRECTS_MAX))]
    pub max_redirects: Option<u8>,
    /// `FileOperation`: also in folders below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recursive: Option<bool>,
    /// `FileOperation`: report what would be done, do nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

impl JobConfiguration {
    pub(crate) fn read(fields: &mut Fields<'_>) -> JobConfiguration {
        let seconds = 1..=CALL_TIMEOUT_SECONDS_MAX;
        JobConfiguration {
            url: fields.value("url", http::url),
            method: fields.value("method", http::method),
            headers: fields.map("headers", HEADERS_MAX, http::header),
            body: fields.text("body", BODY_CHARS_MAX),
            timeout_seconds: fields.number("timeoutSeconds", seconds.clone()),
            retry_on_status_codes: status_codes(fields, "retryOnStatusCodes"),
            success_status_codes: status_codes(fields, "successStatusCodes"),
            stored_procedure_name: name(fields, "storedProcedureName"),
            parameters: parameters(fields),
            command_timeout_seconds: fields.number("commandTimeoutSeconds", seconds.clone()),
            database_connection_string_name: name(fields, "databaseConnectionStringName"),
            handler_type: name(fields, "handlerType"),
            method_name: name(fields, "methodName"),
            operation: fields.word("operation"),
            source_path: fields.text("sourcePath", PATH_CHARS_MAX),
            destination_path: fields.text("destinationPath", PATH_CHARS_MAX),
            delete_after_days: fields.number("deleteAfterDays", 0..=FILE_AGE_HOURS_MAX / 24),
            older_than_hours: fields.number("olderThanHours", 0..=FILE_AGE_HOURS_MAX),
            delete_empty_directories: fields.flag("deleteEmptyDirectories"),
            archive_path: fields.text("archivePath", PATH_CHARS_MAX),
            compression: fields.change("compression", value::word).apply(None),
            connect_timeout_seconds: fields.number("connectTimeoutSeconds", seconds),
            follow_redirects: fields.flag("followRedirects"),
            max_redirects: fields.number("maxRedirects", 0..=REDIRECTS_MAX),
            recursive: fields.flag("recursive"),
            dry_run: fields.flag("dryRun"),
        }
    }

    /// The form to store: only what was given.
    pub fn to_json(&self) -> Json {
        to_tree(self)
    }
}

/// Without secret header values: a request may end up in a log line.
impl fmt::Debug for JobConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", mask(&self.to_json()))
    }
}

fn name(fields: &mut Fields<'_>, key: &str) -> Option<String> {
    fields.text(key, NAME_CHARS_MAX)
}

pub(crate) fn status_codes(fields: &mut Fields<'_>, key: &str) -> Option<Vec<u16>> {
    fields.list(key, STATUS_CODES_MAX, |item| value::number(item, &(100..=599)))
}

fn parameters(fields: &mut Fields<'_>) -> Option<Map<String, Json>> {
    let read =
        |key: &str, item: &Json| value::text(&key.into(), NAME_CHARS_MAX).map(|_| item.clone());
    Some(fields.map("parameters", PARAMETERS_MAX, read)?.into_iter().collect())
}

/// What a stored or just read configuration lacks to be run by a job of this type. `path` is the
/// configuration's own path, `jobConfiguration`.
pub fn validate(job_type: JobType, configuration: &Json, path: &str) -> FieldErrors {
    let mut needs = Needs { configuration, path, errors: FieldErrors::default() };
    match job_type {
        JobType::HttpCall => needs.text("url", http::URL_NEEDED),
        JobType::StoredProcedure => {
            needs.text("storedProcedureName", "Stored procedure name is required.");
            needs.plain_parameters();
        }
        JobType::CodeExecution => needs.text("handlerType", "Handler type is required."),
        JobType::FileOperation => needs.file_operation(),
    }
    variables::check(configuration, path, &mut needs.errors);
    needs.errors
}

struct Needs<'a> {
    configuration: &'a Json,
    path: &'a str,
    errors: FieldErrors,
}

impl Needs<'_> {
    fn text(&mut self, key: &str, message: &str) {
        let text = self.configuration[key].as_str().unwrap_or_default();
        if text.trim().is_empty() {
            self.errors.add(&format!("{}.{key}", self.path), message);
        }
    }

    fn plain_parameters(&mut self) {
        let parameters = self.configuration["parameters"].as_object().into_iter().flatten();
        for (key, _) in parameters.filter(|(_, value)| value.is_object() || value.is_array()) {
            let path = format!("{}.parameters.{key}", self.path);
            self.errors.add(&path, "must be text, a number, true, false or null");
        }
    }

    fn file_operation(&mut self) {
        self.text("sourcePath", "Source path is required.");
        self.text("operation", "Operation is required.");
        let fills_a_folder = ["Move", "Copy", "Archive"].map(Json::from);
        if fills_a_folder.contains(&self.configuration["operation"]) {
            self.text("destinationPath", "Destination path is required for this operation.");
        }
    }
}

/// The form to answer with: every key, null where nothing is stored, secret values masked.
pub fn present(stored: &Json) -> Json {
    let mut presented: Map<String, Json> =
        KEYS.iter().map(|key| ((*key).to_owned(), Json::Null)).collect();
    if let Json::Object(object) = mask(stored) {
        presented.extend(object);
    }
    Json::Object(presented)
}

/// The original's 21 keys in its order, then ours.
const KEYS: [&str; 26] = [
    "url",
    "method",
    "headers",
    "body",
    "timeoutSeconds",
    "retryOnStatusCodes",
    "successStatusCodes",
    "storedProcedureName",
    "parameters",
    "commandTimeoutSeconds",
    "databaseConnectionStringName",
    "handlerType",
    "methodName",
    "operation",
    "sourcePath",
    "destinationPath",
    "deleteAfterDays",
    "olderThanHours",
    "deleteEmptyDirectories",
    "archivePath",
    "compression",
    "connectTimeoutSeconds",
    "followRedirects",
    "maxRedirects",
    "recursive",
    "dryRun",
];

#[cfg(test)]
mod tests;
