//! A problem on its way to the caller, and the faults of every layer as problems.

use axum::response::{IntoResponse, Response};
use horarium_api::{
    FieldErrors, Problem,
    json::{Json, JsonError},
    operations::Operation,
    problem::ProblemKind,
};
use horarium_store::{ANSWER, StoreError};
use tracing::error;

use crate::{
    auth::AuthError, engine::service::Chain, fault::Fault, jobs::JobFault, schedules::ScheduleFault,
};

/// Seconds after which it is worth asking again when the database was away.
const UNAVAILABLE_RETRY_SECONDS: u32 = 1;

/// Instead of an answer. The edge writes its body, once it knows the request's id.
#[derive(Clone, Debug)]
pub(super) struct Refusal(pub(super) Box<Problem>);

pub(super) type Answer<T = Response> = Result<T, Refusal>;

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() =
            axum::http::StatusCode::from_u16(self.0.status()).unwrap_or_default();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<FieldErrors> for Refusal {
    fn from(errors: FieldErrors) -> Self {
        Problem::from(errors).into()
    }
}

impl From<JsonError> for Refusal {
    fn from(error: JsonError) -> Self {
        Problem::from(error).into()
    }
}

/// The cause is logged here, once; the caller learns nothing of it.
impl From<StoreError> for Refusal {
    fn from(err: StoreError) -> Self {
        if err.is_passing() {
            error!(error = %Chain(&err), "answering 503: the database did not do its part");
            return unavailable("The database does not answer. Try again soon.").into();
        }
        if matches!(err, StoreError::Duplicate(ANSWER)) {
            let detail = "Another request with this Idempotency-Key came first.";
            return Problem::new(ProblemKind::Conflict, detail).into();
        }
        internal(&err)
    }
}

pub(super) fn unavailable(detail: &str) -> Problem {
    let retry_after_seconds = Some(UNAVAILABLE_RETRY_SECONDS);
    Problem { retry_after_seconds, ..Problem::unavailable(detail) }
}

fn internal(err: &dyn std::error::Error) -> Refusal {
    error!(error = %Chain(err), "answering 500");
    Problem::internal().into()
}

/// What the table says about an operation's own problems, put on the reason.
pub(super) fn problem(operation: &Operation, detail: impl Into<String>) -> Problem {
    let status = operation.problems.first().map_or(400, |(status, _)| *status);
    let kind = ProblemKind::ALL.into_iter().find(|kind| kind.status() == status);
    let kind = match kind {
        // Two kinds have this status; the other is for fields.
        Some(ProblemKind::Validation) | None => ProblemKind::BadRequest,
        Some(kind) => kind,
    };
    Problem::new(kind, detail).titled(operation.title_or(kind.title()))
}

/// What a fault of the jobs service means to whoever called `operation` about `noun`.
pub(super) fn refuse(operation: &Operation, noun: &str, fault: JobFault) -> Refusal {
    match fault {
        JobFault::Invalid(errors) => errors.into(),
        JobFault::Unknown => problem(operation, format!("{noun} was not found.")).into(),
        JobFault::NotNow(reason) => problem(operation, reason).into(),
        JobFault::Changed => {
            let detail = "It has changed since; read it again for its present ETag.";
            Problem::precondition_failed(detail).into()
        }
        JobFault::Contended => {
            let title = operation.title_or("Conflict");
            Problem::conflict(title, "It is being changed by others. Try again.").into()
        }
        JobFault::Store(err) => err.into(),
    }
}

/// What a fault about `noun`, which an administrator defines, means to whoever called `operation`.
pub(super) fn refuse_definition(operation: &Operation, noun: &str, fault: Fault) -> Refusal {
    let conflict = |detail: &str| {
        let title = operation.title_or("Conflict");
        Refusal::from(Problem::conflict(title, detail))
    };
    match fault {
        Fault::Invalid(errors) => errors.into(),
        Fault::Unknown => problem(operation, format!("{noun} was not found.")).into(),
        Fault::Taken => conflict(&format!("{noun}: another has this name.")),
        Fault::Contended => conflict("It is being changed by others. Try again."),
        Fault::Store(err) => err.into(),
        Fault::NoSecret(_) => conflict(&format!("{fault}.")),
        Fault::Sealed { .. } => internal(&fault),
    }
}

/// What a fault of the schedules service means to whoever called `operation` about `noun`.
pub(super) fn refuse_schedule(operation: &Operation, noun: &str, fault: ScheduleFault) -> Refusal {
    match fault {
        ScheduleFault::Invalid(errors) => spoken(errors.into()),
        ScheduleFault::Unknown => problem(operation, format!("{noun} was not found.")).into(),
        ScheduleFault::NotNow(reason) => {
            let title = operation.title_or("Bad request");
            Problem::bad_request(title, reason).into()
        }
        ScheduleFault::NameTaken => {
            let title = operation.title_or("Conflict");
            Problem::conflict(title, "A schedule with this name exists already.").into()
        }
        ScheduleFault::Changed => {
            let detail = "It has changed since; read it again for its present ETag.";
            Problem::precondition_failed(detail).into()
        }
        ScheduleFault::Contended => {
            let title = operation.title_or("Conflict");
            Problem::conflict(title, "It is being changed by others. Try again.").into()
        }
        ScheduleFault::Store(err) => err.into(),
    }
}

/// The same refusal with the first message that is a sentence as its detail.
///
/// JIM's client shows nothing but the message. JIM's own messages, which are sentences, say what they
/// are about.
pub(super) fn spoken(refusal: Refusal) -> Refusal {
    let mut problem = refusal.0;
    let is_sentence = |message: &&String| message.starts_with(char::is_uppercase);
    let sentence = problem.errors.iter().flat_map(|(_, messages)| messages).find(is_sentence);
    if let Some(sentence) = sentence.cloned() {
        problem.detail = sentence;
    }
    Refusal(problem)
}

/// What a fault of the auth service means to whoever called `operation`.
pub(super) fn refuse_access(operation: &Operation, fault: AuthError) -> Refusal {
    let detail = fault.detail();
    let title = operation.problem_title;
    match fault {
        AuthError::InvalidCredentials
        | AuthError::AccountLocked
        | AuthError::NoPassword
        | AuthError::OwnAccount
        | AuthError::InvalidRefreshToken => problem(operation, detail).into(),
        AuthError::TooManyAttempts { retry_after } => {
            let seconds = retry_after.as_millis().div_euclid(1_000) + 1;
            let mut problem = Problem::too_many_requests(u32::try_from(seconds).unwrap_or(60));
            problem.detail = detail;
            problem.into()
        }
        AuthError::Busy => unavailable(&detail).into(),
        AuthError::NoCredentials
        | AuthError::UnreadableCredentials(_)
        | AuthError::BadToken(_)
        | AuthError::SessionEnded
        | AuthError::BadKey => Problem::unauthorised(detail).into(),
        AuthError::AlreadySetUp => Problem::conflict(title.unwrap_or("Conflict"), detail).into(),
        AuthError::BadSetupToken | AuthError::RoleTooHigh => {
            Problem::forbidden(detail).titled(title.unwrap_or("Forbidden")).into()
        }
        AuthError::BadEmail | AuthError::EmailTaken => FieldErrors::one("email", detail).into(),
        AuthError::BadPassword(_) => FieldErrors::one("password", detail).into(),
        AuthError::ExpiryTooLate | AuthError::ExpiryInPast => {
            FieldErrors::one("expiresAt", detail).into()
        }
        AuthError::Store(err) => err.into(),
        AuthError::WeakSigningSecret(_) | AuthError::BadBootstrapKey | AuthError::Damaged(_) => {
            internal(&fault)
        }
    }
}

/// Puts the paths of errors into the client's own spelling: `ScheduleExpression` if it sent that.
pub(super) fn respelled(refusal: Refusal, body: &Json) -> Refusal {
    let mut problem = refusal.0;
    let mut errors = FieldErrors::default();
    for (path, messages) in problem.errors.iter() {
        let path = as_sent(path, body);
        for message in messages {
            errors.add(&path, message.as_str());
        }
    }
    problem.errors = errors;
    Refusal(problem)
}

fn as_sent(path: &str, body: &Json) -> String {
    let mut at = Some(body);
    let segments = path.split('.').map(|segment| {
        let (name, index) = match segment.split_once('[') {
            Some((name, index)) => (name, index.strip_suffix(']')),
            None => (segment, None),
        };
        let object = at.and_then(Json::as_object);
        let found =
            object.and_then(|object| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
        at = found.map(|(_, value)| value);
        let key = found.map_or(name, |(key, _)| key.as_str());
        let Some(index) = index else { return key.to_owned() };
        at = at.and_then(|list| list.get(index.parse::<usize>().ok()?));
        format!("{key}[{index}]")
    });
    segments.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use horarium_api::operations::operation;
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_name_fields_as_the_client_wrote_them() {
        let body = json!({"ScheduleExpression": "x", "jobConfiguration": {"URL": 1}});
        assert_eq!(as_sent("scheduleExpression", &body), "ScheduleExpression");
        assert_eq!(as_sent("jobConfiguration.url", &body), "jobConfiguration.URL");
        assert_eq!(as_sent("timezone", &body), "timezone");
        let steps = json!({"Steps": [{}, {"ScriptPath": ""}]});
        assert_eq!(as_sent("steps[1].scriptPath", &steps), "Steps[1].ScriptPath");
        assert_eq!(as_sent("steps[2].scriptPath", &steps), "Steps[2].scriptPath");
    }

    #[test]
    fn the_table_says_what_an_unknown_job_is() {
        let check = |id: &str, expect: (u16, &str)| {
            let Refusal(problem) = refuse(operation(id).unwrap(), "Job", JobFault::Unknown);
            assert_eq!((problem.status(), problem.title.as_str()), expect);
        };
        check("getJob", (404, "Job not found"));
        check("updateJob", (400, "Update job failed"));
        check("cancelExecution", (409, "Cancel execution failed"));
    }
}
