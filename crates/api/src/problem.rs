//! The one error body of both API families: RFC 9457 plus the members JIM's client reads.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::field_errors::FieldErrors;
use crate::json::{JsonError, to_bytes};

pub const PROBLEM_CONTENT_TYPE: &str = "application/problem+json";

/// Why a request was refused.
///
/// | kind | status | `code` (JIM's list) | `type` |
/// |---|---|---|---|
/// | Validation | 400 | `VALIDATION_ERROR` | `/problems/validation-error` |
/// | `BadRequest` | 400 | `BAD_REQUEST` | `/problems/bad-request` |
/// | Unauthorised | 401 | UNAUTHORISED | `/problems/unauthorised` |
/// | Forbidden | 403 | FORBIDDEN | `/problems/forbidden` |
/// | `NotFound` | 404 | `NOT_FOUND` | `/problems/not-found` |
/// | `MethodNotAllowed` | 405 | `BAD_REQUEST` | `/problems/method-not-allowed` |
/// | Conflict | 409 | CONFLICT | `/problems/conflict` |
/// | `PreconditionFailed` | 412 | CONFLICT | `/problems/precondition-failed` |
/// | `PayloadTooLarge` | 413 | `BAD_REQUEST` | `/problems/payload-too-large` |
/// | `UriTooLong` | 414 | `BAD_REQUEST` | `/problems/uri-too-long` |
/// | `UnsupportedMediaType` | 415 | `BAD_REQUEST` | `/problems/unsupported-media-type` |
/// | Unprocessable | 422 | `BAD_REQUEST` | `/problems/unprocessable` |
/// | `TooManyRequests` | 429 | `TOO_MANY_REQUESTS` | `/problems/too-many-requests` |
/// | `HeadersTooLarge` | 431 | `BAD_REQUEST` | `/problems/headers-too-large` |
/// | Internal | 500 | `INTERNAL_ERROR` | `/problems/internal-error` |
/// | Unavailable | 503 | `SERVICE_UNAVAILABLE` | `/problems/service-unavailable` |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    Validation,
    BadRequest,
    Unauthorised,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    Conflict,
    PreconditionFailed,
    PayloadTooLarge,
    UriTooLong,
    UnsupportedMediaType,
    Unprocessable,
    TooManyRequests,
    HeadersTooLarge,
    Internal,
    Unavailable,
}

impl ProblemKind {
    pub const ALL: [ProblemKind; 16] = [
        ProblemKind::Validation,
        ProblemKind::BadRequest,
        ProblemKind::Unauthorised,
        ProblemKind::Forbidden,
        ProblemKind::NotFound,
        ProblemKind::MethodNotAllowed,
        ProblemKind::Conflict,
        ProblemKind::PreconditionFailed,
        ProblemKind::PayloadTooLarge,
        ProblemKind::UriTooLong,
        ProblemKind::UnsupportedMediaType,
        ProblemKind::Unprocessable,
        ProblemKind::TooManyRequests,
        ProblemKind::HeadersTooLarge,
        ProblemKind::Internal,
        ProblemKind::Unavailable,
    ];

    /// Status, `code`, `type`, title unless an endpoint has its own.
    fn row(self) -> (u16, &'static str, &'static str, &'static str) {
        match self {
            Self::Validation => {
                (400, "VALIDATION_ERROR", "/problems/validation-error", "Validation failed")
            }
            Self::BadRequest => (400, "BAD_REQUEST", "/problems/bad-request", "Bad request"),
            Self::Unauthorised => (401, "UNAUTHORISED", "/problems/unauthorised", "Unauthorised"),
            Self::Forbidden => (403, "FORBIDDEN", "/problems/forbidden", "Forbidden"),
            Self::NotFound => (404, "NOT_FOUND", "/problems/not-found", "Not found"),
            Self::MethodNotAllowed => {
                (405, "BAD_REQUEST", "/problems/method-not-allowed", "Method not allowed")
            }
            Self::Conflict => (409, "CONFLICT", "/problems/conflict", "Conflict"),
            Self::PreconditionFailed => {
                (412, "CONFLICT", "/problems/precondition-failed", "Precondition failed")
            }
            Self::PayloadTooLarge => {
                (413, "BAD_REQUEST", "/problems/payload-too-large", "Payload too large")
            }
            Self::UriTooLong => (414, "BAD_REQUEST", "/problems/uri-too-long", "URI too long"),
            Self::UnsupportedMediaType => {
                (415, "BAD_REQUEST", "/problems/unsupported-media-type", "Unsupported media type")
            }
            Self::Unprocessable => {
                (422, "BAD_REQUEST", "/problems/unprocessable", "Unprocessable request")
            }
            Self::TooManyRequests => {
                (429, "TOO_MANY_REQUESTS", "/problems/too-many-requests", "Too many requests")
            }
            Self::HeadersTooLarge => {
                (431, "BAD_REQUEST", "/problems/headers-too-large", "Headers too large")
            }
            Self::Internal => (500, "INTERNAL_ERROR", "/problems/internal-error", "Server error"),
            Self::Unavailable => {
                (503, "SERVICE_UNAVAILABLE", "/problems/service-unavailable", "Service unavailable")
            }
        }
    }

    pub fn status(self) -> u16 {
        self.row().0
    }

    pub fn code(self) -> &'static str {
        self.row().1
    }

    pub fn type_uri(self) -> &'static str {
        self.row().2
    }

    pub fn title(self) -> &'static str {
        self.row().3
    }
}

/// An error answer. The server fills `instance`, `request_id` and `timestamp` at the edge and turns
/// `retry_after_seconds` into the header `Retry-After`.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub title: String,
    pub detail: String,
    pub errors: FieldErrors,
    /// The request's path.
    pub instance: Option<String>,
    pub request_id: Option<String>,
    pub timestamp: Option<Timestamp>,
    pub retry_after_seconds: Option<u32>,
}

impl Problem {
    /// A problem with its kind's usual title.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Problem {
        Problem {
            kind,
            title: kind.title().to_owned(),
            detail: detail.into(),
            errors: FieldErrors::default(),
            instance: None,
            request_id: None,
            timestamp: None,
            retry_after_seconds: None,
        }
    }

    /// The same problem under an endpoint's own title (`Operation::problem_title`).
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Problem {
        self.title = title.into();
        self
    }

    pub fn status(&self) -> u16 {
        self.kind.status()
    }

    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    pub fn bad_request(title: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::BadRequest, detail).titled(title)
    }

    pub fn validation(errors: FieldErrors) -> Problem {
        let detail = "One or more validation failures occurred.";
        Problem { errors, ..Problem::new(ProblemKind::Validation, detail) }
    }

    pub fn unauthorised(detail: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::Unauthorised, detail)
    }

    pub fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::Forbidden, detail)
    }

    pub fn not_found(title: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::NotFound, detail).titled(title)
    }

    pub fn method_not_allowed() -> Problem {
        Problem::new(ProblemKind::MethodNotAllowed, "This path does not take that method.")
    }

    pub fn conflict(title: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::Conflict, detail).titled(title)
    }

    pub fn precondition_failed(detail: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::PreconditionFailed, detail)
    }

    pub fn payload_too_large(bytes_max: usize) -> Problem {
        let detail = format!("The request body is larger than {bytes_max} bytes.");
        Problem::new(ProblemKind::PayloadTooLarge, detail)
    }

    pub fn unsupported_media_type() -> Problem {
        Problem::new(ProblemKind::UnsupportedMediaType, "Send the body as application/json.")
    }

    pub fn unprocessable(title: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::Unprocessable, detail).titled(title)
    }

    pub fn too_many_requests(retry_after_seconds: u32) -> Problem {
        let detail = format!("Too many requests; try again in {retry_after_seconds} s.");
        Problem {
            retry_after_seconds: Some(retry_after_seconds),
            ..Problem::new(ProblemKind::TooManyRequests, detail)
        }
    }

    pub fn unavailable(detail: impl Into<String>) -> Problem {
        Problem::new(ProblemKind::Unavailable, detail)
    }

    /// Tells nothing: the cause is logged under the request's id.
    pub fn internal() -> Problem {
        let detail = "The server could not answer. The request id finds the cause in its log.";
        Problem::new(ProblemKind::Internal, detail)
    }

    /// The body, without the headers that belong to it.
    pub fn to_json(&self) -> Vec<u8> {
        to_bytes(self)
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Problem {
        Problem::validation(errors)
    }
}

impl From<JsonError> for Problem {
    fn from(error: JsonError) -> Problem {
        let errors = FieldErrors::one(error.path_or_root(), error.message.clone());
        Problem { errors, ..Problem::bad_request("Malformed JSON", error.to_string()) }
    }
}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ProblemDetails {
            type_uri: self.kind.type_uri(),
            title: &self.title,
            status: self.kind.status(),
            detail: &self.detail,
            instance: self.instance.as_deref(),
            code: self.kind.code(),
            message: &self.detail,
            errors: &self.errors,
            validation_errors: &self.errors,
            timestamp: self.timestamp,
            request_id: self.request_id.as_deref(),
        }
        .serialize(serializer)
    }
}

/// An error, as RFC 9457 describes it, with the members of JIM's envelope beside.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProblemDetails<'a> {
    /// A stable reference that names the kind of problem.
    #[serde(rename = "type")]
    type_uri: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    /// The path of the request.
    instance: Option<&'a str>,
    /// `VALIDATION_ERROR`, `BAD_REQUEST`, `UNAUTHORISED`, `FORBIDDEN`, `NOT_FOUND`, `CONFLICT`,
    /// `TOO_MANY_REQUESTS`, `SERVICE_UNAVAILABLE` or `INTERNAL_ERROR`.
    code: &'a str,
    /// The same text as `detail`.
    message: &'a str,
    /// Messages by field path, spelled as the request spelled it.
    #[schemars(with = "std::collections::BTreeMap<String, Vec<String>>")]
    errors: &'a FieldErrors,
    /// The same map as `errors`.
    #[schemars(with = "std::collections::BTreeMap<String, Vec<String>>")]
    validation_errors: &'a FieldErrors,
    #[serde(serialize_with = "crate::time::optional_instant")]
    timestamp: Option<Timestamp>,
    /// Finds the request in the server's log.
    request_id: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_always_present() {
        let mut errors = FieldErrors::one("jobConfiguration.url", "required");
        errors.add("name", "required");
        let problem = Problem {
            instance: Some("/api/v1/scheduler/jobs".into()),
            request_id: Some("req-1".into()),
            timestamp: Some(Timestamp::from_microsecond(1_700_000_000_250_000).unwrap()),
            ..Problem::validation(errors)
        };
        insta::assert_json_snapshot!(problem, @r#"
        {
          "type": "/problems/validation-error",
          "title": "Validation failed",
          "status": 400,
          "detail": "One or more validation failures occurred.",
          "instance": "/api/v1/scheduler/jobs",
          "code": "VALIDATION_ERROR",
          "message": "One or more validation failures occurred.",
          "errors": {
            "jobConfiguration.url": [
              "required"
            ],
            "name": [
              "required"
            ]
          },
          "validationErrors": {
            "jobConfiguration.url": [
              "required"
            ],
            "name": [
              "required"
            ]
          },
          "timestamp": "2023-11-14T22:13:20.25Z",
          "requestId": "req-1"
        }
        "#);
        let bare = serde_json::to_value(Problem::internal()).unwrap();
        assert_eq!(bare.as_object().unwrap().len(), 11);
        assert_eq!(bare["errors"], serde_json::json!({}));
    }

    #[test]
    fn an_endpoint_puts_its_title_over_the_reason() {
        let problem = Problem::not_found("Job not found", "Job was not found.");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["title"], "Job not found");
        assert_eq!(json["message"], "Job was not found.");
        assert_eq!(json["code"], "NOT_FOUND");
    }

    #[test]
    fn a_type_names_one_kind_only() {
        let mut types: Vec<_> = ProblemKind::ALL.iter().map(|kind| kind.type_uri()).collect();
        types.sort_unstable();
        types.dedup();
        assert_eq!(types.len(), ProblemKind::ALL.len());
    }

    #[test]
    fn malformed_json_says_where() {
        let error = crate::json::parse(b"{\"a\":{\"b\":1,\"B\":2}}").unwrap_err();
        let problem = Problem::from(error);
        assert_eq!(problem.status(), 400);
        assert_eq!(problem.detail, "duplicate key at a.B, line 1 column 15");
        assert_eq!(problem.errors.messages("a.B"), ["duplicate key"]);
    }
}
