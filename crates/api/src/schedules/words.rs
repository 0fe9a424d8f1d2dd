//! JIM's words and its numbers for them.

use crate::wire_enum::wire_enum;

wire_enum! {
    /// Who makes a schedule run.
    pub enum TriggerType {
        /// Its times; people may besides.
        Cron = "Cron" / 0,
        /// Only people.
        Manual = "Manual" / 1,
    }
}

wire_enum! {
    /// How a schedule's times are written down.
    pub enum PatternType {
        SpecificTimes = "SpecificTimes" / 0,
        Interval = "Interval" / 1,
        /// As cron text.
        Custom = "Custom" / 2,
    }
}

wire_enum! {
    pub enum IntervalUnit {
        Minutes = "Minutes" / 0,
        Hours = "Hours" / 1,
    }
}

wire_enum! {
    /// Whether a step runs beside the one before it. It follows from `stepIndex`.
    pub enum ExecutionMode {
        Sequential = "Sequential" / 0,
        ParallelWithPrevious = "ParallelWithPrevious" / 1,
    }
}

wire_enum! {
    /// What a step does.
    pub enum StepType {
        RunProfile = "RunProfile" / 0,
        PowerShell = "PowerShell" / 1,
        Executable = "Executable" / 2,
        SqlScript = "SqlScript" / 3,
        /// Runs a job of the scheduler.
        Job = "Job",
    }
}

wire_enum! {
    /// Who made a schedule run.
    pub enum InitiatedByType {
        /// Its own times.
        NotSet = "NotSet" / 0,
        User = "User" / 1,
        ApiKey = "ApiKey" / 2,
    }
}

wire_enum! {
    /// How far a schedule execution has come. Success is spelt as the server's setting says.
    pub enum ScheduleExecutionStatus {
        Queued = "Queued" / 0,
        InProgress = "InProgress" / 1,
        Completed = "Completed" / 2,
        Failed = "Failed" / 3,
        Cancelled = "Cancelled" / 4,
        Paused = "Paused" / 5,
    }
    aliases { "Complete" => Completed }
}
