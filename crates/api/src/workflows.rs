//! Workflows: graphs of jobs, and runs of them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::enums::{ExecutionOrigin, NodeStatus, OnFailure, RunStatus};
use crate::field_errors::FieldErrors;
use crate::fields::{Fields, read_complete, value};
use crate::json::Json;
use crate::paging::PageQuery;
use crate::query::Query;

pub const WORKFLOW_NAME_CHARS_MAX: usize = 200;
/// Most jobs of a workflow.
pub const WORKFLOW_JOBS_MAX: usize = 1_000;

/// A workflow to be made.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct WorkflowRequest {
    #[schemars(length(min = 1, max = WORKFLOW_NAME_CHARS_MAX))]
    pub name: String,
    #[schemars(length(min = 1, max = WORKFLOW_JOBS_MAX))]
    pub jobs: Vec<WorkflowJob>,
}

/// A job's place in a workflow to be made.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct WorkflowJob {
    pub job_id: Uuid,
    /// Jobs of the workflow that must have ended well, or failed with `Continue`, before this one
    /// starts; none by default.
    #[schemars(default, length(max = WORKFLOW_JOBS_MAX))]
    pub depends_on: Vec<Uuid>,
    /// `Stop` by default: nothing further starts.
    #[schemars(default)]
    pub on_failure: OnFailure,
}

impl WorkflowRequest {
    pub fn read(body: &Json) -> Result<WorkflowRequest, FieldErrors> {
        read_complete(body, |fields| {
            fields.ignore(&["id", "createdAt", "createdBy"]);
            let name = |item: &Json| value::trimmed(item, WORKFLOW_NAME_CHARS_MAX);
            let name = fields.needed("name", name);
            fields.require("jobs");
            let jobs = fields.objects("jobs", WORKFLOW_JOBS_MAX, WorkflowJob::read);
            if jobs.as_ref().is_some_and(Vec::is_empty) {
                fields.refuse("jobs", "must not be empty");
            }
            let jobs = jobs?.into_iter().collect::<Option<Vec<_>>>();
            Some(WorkflowRequest { name: name?, jobs: jobs? })
        })
    }
}

impl WorkflowJob {
    fn read(fields: &mut Fields<'_>) -> Option<WorkflowJob> {
        let job_id = fields.needed("jobId", value::id);
        let depends_on = fields.list("dependsOn", WORKFLOW_JOBS_MAX, value::id);
        let on_failure = fields.word("onFailure").unwrap_or_default();
        Some(WorkflowJob {
            job_id: job_id?,
            depends_on: depends_on.unwrap_or_default(),
            on_failure,
        })
    }
}

/// A job's place in a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowJobDto {
    pub job_id: Uuid,
    pub depends_on: Vec<Uuid>,
    pub on_failure: OnFailure,
}

/// A workflow.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowDto {
    pub id: Uuid,
    pub name: String,
    pub jobs: Vec<WorkflowJobDto>,
    pub created_by: Option<String>,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
}

/// A run of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowRunDto {
    pub id: Uuid,
    pub workflow_id: Uuid,
    /// As it was called when the run was made.
    pub workflow_name: String,
    pub status: RunStatus,
    /// `Schedule` when a root job's schedule started it.
    pub origin: ExecutionOrigin,
    /// Who asked for it.
    pub triggered_by: Option<Uuid>,
    /// The instant at which the root job's schedule had it due; null unless it comes from one.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub due_at: Option<Timestamp>,
    /// The run that this one tries again.
    pub retry_parent_id: Option<Uuid>,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub started_at: Option<Timestamp>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub ended_at: Option<Timestamp>,
    pub error_message: Option<String>,
    /// Every job of the workflow as it was then; null in lists.
    pub nodes: Option<Vec<WorkflowNodeDto>>,
}

/// What became of a job in a run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowNodeDto {
    pub job_id: Uuid,
    pub depends_on: Vec<Uuid>,
    pub on_failure: OnFailure,
    pub status: NodeStatus,
    /// Null until it starts, and where it never did.
    pub execution_id: Option<Uuid>,
    /// When its execution was queued.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub started_at: Option<Timestamp>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub ended_at: Option<Timestamp>,
    pub error_message: Option<String>,
}

/// The parameters of `GET /workflows`.
pub fn read_page(raw: &str) -> Result<PageQuery, FieldErrors> {
    let mut query = Query::decode(raw);
    let page = PageQuery::read(&mut query);
    query.finish(page)
}

/// The parameters of `GET /workflows/{workflowId}/runs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunQuery {
    pub page: PageQuery,
    pub status: Option<RunStatus>,
}

impl RunQuery {
    /// `raw` is what stands behind the `?`.
    pub fn read(raw: &str) -> Result<RunQuery, FieldErrors> {
        let mut query = Query::decode(raw);
        let run_query =
            RunQuery { page: PageQuery::read(&mut query), status: query.word("status") };
        query.finish(run_query)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "0198c0de-7a3b-7c4d-8e5f-001122334455";

    #[test]
    fn the_documented_body_is_read() {
        let body = json!({"Name": " Nightly ", "jobs": [
            {"jobId": ID, "dependsOn": [], "onFailure": "stop"}, {"jobId": ID, "onFailure": "Continue"},
            {"jobId": ID, "dependsOn": [ID]}
        ]});
        let request = WorkflowRequest::read(&body).unwrap();
        assert_eq!(request.name, "Nightly");
        let words = request.jobs.iter().map(|job| (job.depends_on.len(), job.on_failure));
        let expect = [(0, OnFailure::Stop), (0, OnFailure::Continue), (1, OnFailure::Stop)];
        assert_eq!(words.collect::<Vec<_>>(), expect);
    }

    #[test]
    fn faults_are_named_to_the_item() {
        let check = |body: Json, expect: &[&str]| {
            let errors = WorkflowRequest::read(&body).err().unwrap_or_default();
            let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
            assert_eq!(paths, expect, "{body}");
        };
        check(json!({}), &["name", "jobs"]);
        check(json!({"name": "", "jobs": []}), &["name", "jobs"]);
        check(
            json!({"name": "a", "jobs": [{"jobId": "x"}, {"jobId": ID, "dependsOn": [ID, 7]}]}),
            &["jobs[0].jobId", "jobs[1].dependsOn[1]"],
        );
        check(
            json!({"name": "a", "jobs": [{"jobId": ID, "onFailure": "Retry", "when": 1}, 3]}),
            &["jobs[0].onFailure", "jobs[0].when", "jobs[1]"],
        );
    }

    #[test]
    fn the_list_ends_at_its_bound() {
        let check = |n: usize, expect: bool| {
            let body = json!({"name": "a", "jobs": vec![json!({"jobId": ID}); n]});
            assert_eq!(WorkflowRequest::read(&body).is_ok(), expect, "{n}");
        };
        check(WORKFLOW_JOBS_MAX, true);
        check(WORKFLOW_JOBS_MAX + 1, false);
    }
}
