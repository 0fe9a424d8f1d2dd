//! Parameters in query strings, each once.

use jiff::Timestamp;
use schemars::{Schema, SchemaGenerator, json_schema};
use uuid::Uuid;

use crate::admin::{OLDER_THAN_DAYS_MAX, OnConflict};
use crate::enums::{
    Decision, ExecutionOrigin, ExecutionStatus, JobStatusFilter, JobType, RunStatus,
};
use crate::execution_log::LOG_DURATION_MS_MAX;
use crate::jobs::{JobSort, SEARCH_CHARS_MAX, SortDirection, TAG_CHARS_MAX};
use crate::monitoring::{FAILURE_THRESHOLD_MAX, FORECAST_HOURS_MAX, TIMELINE_HOURS_MAX};
use crate::occurrences::{OCCURRENCES_LIMIT_DEFAULT, OCCURRENCES_LIMIT_MAX};
use crate::operations::{Parameter, SchemaOf, schema_of};
use crate::paging::{PAGE_NUMBER_MAX, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX};
use crate::schedules::{
    CHANGE_REASON_CHARS_MAX, JIM_PAGE_SIZE_MAX, ScheduleExecutionSort, ScheduleExecutionStatus,
    ScheduleSort,
};

const fn parameter(name: &'static str, schema: SchemaOf, description: &'static str) -> Parameter {
    Parameter { name, schema, description }
}

fn page_number(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": PAGE_NUMBER_MAX, "default": 1 })
}

fn page_size(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE_DEFAULT
    })
}

fn limit(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "integer", "minimum": 1, "maximum": OCCURRENCES_LIMIT_MAX,
        "default": OCCURRENCES_LIMIT_DEFAULT
    })
}

fn jim_page_size(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": JIM_PAGE_SIZE_MAX, "default": 20 })
}

fn reason(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "maxLength": CHANGE_REASON_CHARS_MAX })
}

fn tag(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "maxLength": TAG_CHARS_MAX })
}

fn search(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "maxLength": SEARCH_CHARS_MAX })
}

fn no(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "boolean", "default": false })
}

fn yes(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "boolean", "default": true })
}

fn threshold(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "integer", "minimum": 1, "maximum": FAILURE_THRESHOLD_MAX, "default": 3
    })
}

fn hours(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": TIMELINE_HOURS_MAX, "default": 24 })
}

fn days(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": OLDER_THAN_DAYS_MAX })
}

fn duration_ms(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": LOG_DURATION_MS_MAX })
}

const PAGE_NUMBER: Parameter = parameter("pageNumber", page_number, "Page wanted, from 1.");
const PAGE_SIZE: Parameter = parameter("pageSize", page_size, "Items on a page.");

pub(super) const OF_JOBS: &[Parameter] = &[
    PAGE_NUMBER,
    PAGE_SIZE,
    parameter("jobType", schema_of::<JobType>, "Only jobs of this type."),
    parameter("status", schema_of::<JobStatusFilter>, "Only jobs of this status."),
    parameter("tag", tag, "Only jobs with this tag."),
    parameter("search", search, "Only jobs with this text in name or description."),
    parameter("sortBy", schema_of::<JobSort>, "`createdAt` by default."),
    parameter("sortDirection", schema_of::<SortDirection>, "`desc` by default."),
];

pub(super) const OF_DELETE: &[Parameter] =
    &[parameter("hardDelete", no, "Remove the job and its history for good.")];

pub(super) const OF_EXECUTIONS: &[Parameter] = &[
    PAGE_NUMBER,
    PAGE_SIZE,
    parameter("status", schema_of::<ExecutionStatus>, "Only executions of this status."),
    parameter("fromDate", schema_of::<Timestamp>, "Started at or after."),
    parameter("toDate", schema_of::<Timestamp>, "Started at or before."),
];

pub(super) const OF_LOG: &[Parameter] = &[
    PAGE_NUMBER,
    PAGE_SIZE,
    parameter(
        "search",
        search,
        "Only with these words in the job's name, description or the error.",
    ),
    parameter("jobId", schema_of::<Uuid>, "Only executions of this job."),
    parameter("jobType", schema_of::<JobType>, "Only executions of jobs of this type."),
    parameter("status", schema_of::<ExecutionStatus>, "Only executions of this status."),
    parameter("tag", tag, "Only executions of jobs with this tag."),
    parameter("origin", schema_of::<ExecutionOrigin>, "Only executions that come from there."),
    parameter("fromDate", schema_of::<Timestamp>, "Created at or after."),
    parameter("toDate", schema_of::<Timestamp>, "Created at or before."),
    parameter("minDurationMs", duration_ms, "Took at least so long."),
    parameter("maxDurationMs", duration_ms, "Took at most so long."),
    parameter("after", schema_of::<Uuid>, "The `next` of the part before."),
];

pub(super) const OF_WORKFLOWS: &[Parameter] = &[PAGE_NUMBER, PAGE_SIZE];

pub(super) const OF_WORKFLOW_RUNS: &[Parameter] = &[
    PAGE_NUMBER,
    PAGE_SIZE,
    parameter("status", schema_of::<RunStatus>, "Only runs of this status."),
];

pub(super) const OF_OCCURRENCES: &[Parameter] = &[
    parameter("from", schema_of::<Timestamp>, "Due at or after; now by default."),
    parameter("to", schema_of::<Timestamp>, "Due at or before; no end by default."),
    parameter("decision", schema_of::<Decision>, "Only occurrences so decided."),
    parameter("limit", limit, "Occurrences wanted."),
    parameter("after", schema_of::<Timestamp>, "The `next` of the part before."),
];

pub(super) const OF_FAILED_JOBS: &[Parameter] =
    &[parameter("threshold", threshold, "Failures in a row, at least.")];

pub(super) const OF_TIMELINE: &[Parameter] =
    &[parameter("hours", hours, "Hours to look back, the present one included.")];

fn forecast_hours(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": FORECAST_HOURS_MAX, "default": 12 })
}

fn job_ids(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string" })
}

pub(super) const OF_FORECAST: &[Parameter] =
    &[parameter("hours", forecast_hours, "Hours to look ahead, the present one included.")];

pub(super) const OF_OUTCOMES: &[Parameter] =
    &[parameter("jobIds", job_ids, "At most 100 ids of jobs, with commas between them.")];

pub(super) const OF_CLEAR_LOGS: &[Parameter] =
    &[parameter("olderThanDays", days, "As in the body, which wins.")];

const PAGE: Parameter = parameter("page", page_number, "Page wanted, from 1.");

pub(super) const OF_SCHEDULES: &[Parameter] = &[
    PAGE,
    parameter("pageSize", jim_page_size, "Items on a page."),
    parameter("search", search, "Only schedules with this text in name or description."),
    parameter("sortBy", schema_of::<ScheduleSort>, "`created` by default."),
    parameter("sortDescending", no, "From the last to the first."),
];

pub(super) const OF_SCHEDULE_EXECUTIONS: &[Parameter] = &[
    PAGE,
    parameter("pageSize", jim_page_size, "Items on a page."),
    parameter("scheduleId", schema_of::<Uuid>, "Only executions of this schedule."),
    parameter("status", schema_of::<ScheduleExecutionStatus>, "Only executions of this status."),
    parameter("sortBy", schema_of::<ScheduleExecutionSort>, "`queuedAt` by default."),
    parameter("sortDescending", yes, "From the last to the first."),
];

pub(super) const OF_CHANGE: &[Parameter] =
    &[parameter("changeReason", reason, "Why; read and not kept.")];

pub(super) const OF_IMPORT: &[Parameter] = &[
    parameter("atomic", no, "All jobs or, when one is bad, none."),
    parameter("details", no, "Answer what became of each job."),
    parameter("dryRun", no, "Only say what would be done."),
    parameter(
        "onConflict",
        schema_of::<OnConflict>,
        "What to do when a name is taken; add, by default.",
    ),
];

pub(super) const OF_MODULES: &[Parameter] =
    &[parameter("name", schema_of::<String>, "All versions of this module, newest first.")];
