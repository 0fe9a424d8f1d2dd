//! The words of the contract and the original's numbers for them.

use crate::wire_enum::wire_enum;

wire_enum! {
    /// What kind of work a job does.
    pub enum JobType {
        HttpCall = "HttpCall" / 1,
        StoredProcedure = "StoredProcedure" / 2,
        CodeExecution = "CodeExecution" / 3,
        FileOperation = "FileOperation" / 4,
    }
}

wire_enum! {
    /// What makes a job due.
    pub enum ScheduleType {
        Cron = "Cron" / 1,
        Interval = "Interval" / 2,
        OneTime = "OneTime" / 3,
    }
}

wire_enum! {
    /// How far an execution has come.
    pub enum ExecutionStatus {
        Pending = "Pending" / 1,
        Running = "Running" / 2,
        Succeeded = "Succeeded" / 3,
        Failed = "Failed" / 4,
        Cancelled = "Cancelled" / 5,
    }
    // A time-out ends as Failed (contract C13); the original's own word for it still finds those.
    aliases { "Success" => Succeeded, "TimedOut" => Failed }
    numbers { 6 => Failed }
}

wire_enum! {
    /// How the wait between retries grows.
    pub enum RetryBackoffType {
        Fixed = "Fixed" / 1,
        Linear = "Linear" / 2,
        Exponential = "Exponential" / 3,
    }
}

wire_enum! {
    /// A day, numbered as .NET does.
    pub enum DayOfWeek {
        Sunday = "Sunday" / 0,
        Monday = "Monday" / 1,
        Tuesday = "Tuesday" / 2,
        Wednesday = "Wednesday" / 3,
        Thursday = "Thursday" / 4,
        Friday = "Friday" / 5,
        Saturday = "Saturday" / 6,
    }
}

wire_enum! {
    /// A job's `status`.
    pub enum JobStatus {
        Enabled = "Enabled",
        Paused = "Paused",
        Disabled = "Disabled",
        /// A one-time job that ran.
        Completed = "Completed",
    }
}

wire_enum! {
    /// A job's `currentStatus`: the original's words.
    pub enum CurrentStatus {
        Active = "Active",
        Paused = "Paused",
        Disabled = "Disabled",
        /// The last execution failed.
        Failed = "Failed",
        Deleted = "Deleted",
    }
}

wire_enum! {
    /// Any word of `status` or `currentStatus`, as a filter of the job list (contract C5).
    pub enum JobStatusFilter {
        Enabled = "Enabled",
        Paused = "Paused",
        Disabled = "Disabled",
        Completed = "Completed",
        Failed = "Failed",
        Deleted = "Deleted",
    }
    aliases { "Active" => Enabled }
}

wire_enum! {
    /// How day-of-month and day-of-week combine when both are restricted (contract C18).
    pub enum CronDialect {
        /// Either matches.
        Vixie = "vixie",
        /// Both must match.
        Hangfire = "hangfire",
    }
}

wire_enum! {
    /// What happens with occurrences that were due while nothing could fire them.
    pub enum MisfirePolicy {
        /// The newest one runs, late; the others are coalesced into it.
        Latest = "latest",
        /// Each runs, up to a bound.
        All = "all",
        /// None runs.
        Skip = "skip",
    }
}

wire_enum! {
    /// What happens when a job is due while an execution of it is still open.
    pub enum OverlapPolicy {
        Allow = "allow",
        Skip = "skip",
        /// The new one waits.
        Queue = "queue",
        /// The old one is cancelled.
        CancelRunning = "cancelRunning",
    }
}

wire_enum! {
    /// What happens with an execution whose node was lost.
    pub enum LostAttemptPolicy {
        Retry = "retry",
        Fail = "fail",
        /// A person decides.
        Hold = "hold",
    }
}

wire_enum! {
    /// What was done about an occurrence.
    pub enum Decision {
        Fired = "Fired",
        FiredLate = "FiredLate",
        Skipped = "Skipped",
        Coalesced = "Coalesced",
        Missed = "Missed",
    }
}

wire_enum! {
    /// Where an execution comes from.
    pub enum ExecutionOrigin {
        Schedule = "Schedule",
        /// Somebody triggered it.
        Manual = "Manual",
        /// Somebody retried a finished one.
        Retry = "Retry",
        Workflow = "Workflow",
    }
}

wire_enum! {
    /// How an attempt ended.
    pub enum AttemptOutcome {
        Succeeded = "Succeeded",
        Failed = "Failed",
        TimedOut = "TimedOut",
        Cancelled = "Cancelled",
        /// Its node stopped answering.
        Lost = "Lost",
        /// Its node was stopped; that is not a try.
        Interrupted = "Interrupted",
    }
}

wire_enum! {
    /// How prerequisites are judged, each by its latest finished execution.
    pub enum DependencyCondition {
        AllSucceeded = "AllSucceeded",
        AnySucceeded = "AnySucceeded",
    }
}

wire_enum! {
    /// What the failure of a workflow's job means for the rest of a run.
    #[derive(Default)]
    pub enum OnFailure {
        /// Nothing further starts, and the run fails.
        #[default]
        Stop = "Stop",
        /// What depends on the job starts as if it had succeeded.
        Continue = "Continue",
    }
}

wire_enum! {
    /// Where a run of a workflow stands.
    pub enum RunStatus {
        /// Nothing of it has been started.
        Pending = "Pending",
        Running = "Running",
        Succeeded = "Succeeded",
        /// It came to its end, and a job failed with `Continue`, or warned.
        SucceededWithWarning = "SucceededWithWarning",
        Failed = "Failed",
        Cancelled = "Cancelled",
    }
}

wire_enum! {
    /// Where a job stands in a run of a workflow.
    pub enum NodeStatus {
        /// Something it depends on has not ended.
        Waiting = "Waiting",
        /// Its execution exists, queued or running.
        Running = "Running",
        Succeeded = "Succeeded",
        /// It succeeded and has something to say about it.
        Warned = "Warned",
        Failed = "Failed",
        /// It will never start: the run was stopped or cancelled first.
        Skipped = "Skipped",
        Cancelled = "Cancelled",
    }
}

wire_enum! {
    /// What a `FileOperation` job does with each file that matches. The original took any other word,
    /// and none, for a deletion.
    pub enum FileOperation {
        Delete = "Delete",
        DeleteOldFiles = "DeleteOldFiles",
        Move = "Move",
        Copy = "Copy",
        Archive = "Archive",
        Compress = "Compress",
    }
}

wire_enum! {
    /// What `Compress` makes of the files.
    pub enum FileCompression {
        Zip = "zip",
        Gzip = "gzip",
        Zstd = "zstd",
        TarZstd = "tar+zstd",
    }
}

wire_enum! {
    /// What a person or a key may do; `Permission::allows` says what exactly.
    pub enum Role {
        Administrator = "Administrator",
        Operator = "Operator",
        Viewer = "Viewer",
    }
    // The original's names for the first two.
    aliases { "Admin" => Administrator, "User" => Operator }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_enum::WireEnum;

    #[test]
    fn names_come_in_any_case_numbers_also_as_text() {
        fn check<E: WireEnum>(word: &str, expect: Option<E>) {
            assert_eq!(E::by_word(word), expect, "{word}");
        }
        check("HttpCall", Some(JobType::HttpCall));
        check("httpcall", Some(JobType::HttpCall));
        check("2", Some(JobType::StoredProcedure));
        check::<JobType>("5", None);
        check::<JobType>("", None);
        check::<JobType>("Http Call", None);
        check("Success", Some(ExecutionStatus::Succeeded));
        check("TimedOut", Some(ExecutionStatus::Failed));
        check("6", Some(ExecutionStatus::Failed));
        check("0", Some(DayOfWeek::Sunday));
        check("active", Some(JobStatusFilter::Enabled));
        check::<JobStatusFilter>("Unknown", None);
        check("cancelrunning", Some(OverlapPolicy::CancelRunning));
        check::<OverlapPolicy>("1", None);
        check("Admin", Some(Role::Administrator));
    }

    #[test]
    fn numbers_are_the_originals() {
        fn numbers<E: WireEnum>() -> Vec<Option<i64>> {
            E::ALL.iter().map(|value| value.number()).collect()
        }
        assert_eq!(numbers::<JobType>(), [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(numbers::<ScheduleType>(), [Some(1), Some(2), Some(3)]);
        assert_eq!(numbers::<ExecutionStatus>(), [Some(1), Some(2), Some(3), Some(4), Some(5)]);
        assert_eq!(numbers::<RetryBackoffType>(), [Some(1), Some(2), Some(3)]);
        assert_eq!(numbers::<DayOfWeek>()[..2], [Some(0), Some(1)]);
        assert_eq!(numbers::<MisfirePolicy>(), [None, None, None]);
    }

    #[test]
    fn out_comes_the_documented_name() {
        assert_eq!(serde_json::to_value(ExecutionStatus::Succeeded).unwrap(), "Succeeded");
        assert_eq!(serde_json::to_value(OverlapPolicy::CancelRunning).unwrap(), "cancelRunning");
    }
}
