//! Ids are types, so that a job's id never stands where an execution's belongs.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

id! {
    /// A job, and therefore also its trigger: a job has exactly one.
    JobId,
    /// One run of a job.
    ExecutionId,
    /// One server process from its start to its end: a restarted server is another node.
    NodeId,
    /// A person who can log in.
    UserId,
    /// A schedule, and therefore also its trigger.
    ScheduleId,
    /// An API key.
    KeyId,
    /// One version of a WebAssembly module.
    ModuleId,
    /// A graph of jobs.
    WorkflowId,
    /// One run of a workflow or of a schedule.
    RunId,
    /// A secret.
    SecretId,
    /// A data source.
    DataSourceId,
}
