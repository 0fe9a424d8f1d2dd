//! Why something was not done to a schedule or to an execution of one.

use horarium_api::FieldErrors;
use horarium_core::Violations;
use horarium_store::{SCHEDULE_NAME, StoreError};

use crate::jobs::field_errors;

#[derive(Debug, thiserror::Error)]
pub enum ScheduleFault {
    /// The request breaks rules; fields are named as the wire does.
    #[error("the request is not valid")]
    Invalid(FieldErrors),
    #[error("there is none with this id")]
    Unknown,
    /// Another schedule has the name.
    #[error("the name is taken")]
    NameTaken,
    /// Not in the state that it is in; the text is for the caller.
    #[error("{0}")]
    NotNow(String),
    /// It has another version than the caller saw.
    #[error("the schedule has another version")]
    Changed,
    /// Others changed it each time we tried.
    #[error("the schedule kept changing")]
    Contended,
    #[error(transparent)]
    Store(StoreError),
}

impl From<FieldErrors> for ScheduleFault {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<Violations> for ScheduleFault {
    fn from(violations: Violations) -> Self {
        Self::Invalid(field_errors(&violations))
    }
}

impl From<StoreError> for ScheduleFault {
    fn from(err: StoreError) -> Self {
        match err {
            StoreError::Duplicate(SCHEDULE_NAME) => Self::NameTaken,
            err => Self::Store(err),
        }
    }
}
