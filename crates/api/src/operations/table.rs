//! The rows.

use schemars::{Schema, SchemaGenerator, json_schema};
use uuid::Uuid;

use crate::admin::{ClearLogsRequest, ImportAnswer, ImportRequest};
use crate::api_keys::{ApiKeyDto, ApiKeyRequest, CreatedApiKeyDto};
use crate::auth::{
    ChangePasswordRequest, LoginRequest, MeDto, RefreshRequest, SetupRequest, SetupStateDto,
    TokenResponse, UserDto,
};
use crate::data_sources::{DataSourceDto, DataSourceRequest, DataSourceTestDto};
use crate::events::EventDto;
use crate::execution_log::ExecutionLogPage;
use crate::executions::ExecutionDto;
use crate::jobs::{
    CreateJobRequest, Dependencies, ExclusionsDto, ExclusionsRequest, JobDto, JobRequest,
    PauseRequest, RescheduleRequest,
};
use crate::modules::{ModuleDto, ModuleRequest};
use crate::monitoring::{
    DashboardStatsDto, ForecastHourDto, HealthDto, JobOutcomesDto, NodeDto, TimelinePointDto,
    VersionDto,
};
use crate::occurrences::OccurrencePage;
use crate::operations::parameters::{
    OF_CHANGE, OF_CLEAR_LOGS, OF_DELETE, OF_EXECUTIONS, OF_FAILED_JOBS, OF_FORECAST, OF_IMPORT,
    OF_JOBS, OF_LOG, OF_MODULES, OF_OCCURRENCES, OF_OUTCOMES, OF_SCHEDULE_EXECUTIONS, OF_SCHEDULES,
    OF_TIMELINE, OF_WORKFLOW_RUNS, OF_WORKFLOWS,
};
use crate::operations::{Method, Operation, Response, ResponseBody, SchemaOf, schema_of};
use crate::paging::Paged;
use crate::permission::Permission::{
    self, Administer, Authenticated, EditJobs, ManageOwnKeys, OperateJobs, Public, ViewExecutions,
    ViewJobs, ViewNodes,
};
use crate::preview::{PreviewDto, PreviewRequest};
use crate::queues::QueueDto;
use crate::schedules::{
    CreateScheduleRequest, JimPage, RunScheduleAnswer, ScheduleDetailDto, ScheduleDto,
    ScheduleExecutionDetailDto, ScheduleExecutionDto, ScheduleRequest,
};
use crate::secrets::{SecretDto, SecretRequest, SecretValueRequest};
use crate::users::{NewUserRequest, PersonDto, UserRequest};
use crate::workflows::{WorkflowDto, WorkflowRequest, WorkflowRunDto};

/// Every operation that the server answers.
pub const OPERATIONS: &[Operation] = &[
    post("createJob", "/api/v1/scheduler/jobs", EditJobs, "Create a job")
        .tagged(JOBS)
        .takes(schema_of::<CreateJobRequest>)
        .gives(&[json(201, schema_of::<JobDto>, "The new job; `Location` is its path.")])
        .fails("Create job failed", &[(400, "Not valid, or not possible.")])
        .etagged(),
    get("listJobs", "/api/v1/scheduler/jobs", ViewJobs, "List jobs")
        .tagged(JOBS)
        .asks(OF_JOBS)
        .gives(&[json(200, schema_of::<Paged<JobDto>>, "A page of jobs.")]),
    get("getJob", "/api/v1/scheduler/jobs/{jobId}", ViewJobs, "Get a job")
        .tagged(JOBS)
        .gives(&[json(200, schema_of::<JobDto>, "The job.")])
        .fails("Job not found", NO_SUCH_JOB)
        .etagged(),
    put("updateJob", "/api/v1/scheduler/jobs/{jobId}", EditJobs, "Change a job")
        .tagged(JOBS)
        .takes(schema_of::<JobRequest>)
        .gives(JOB)
        .fails("Update job failed", NOT_APPLIED)
        .guarded()
        .etagged(),
    delete("deleteJob", "/api/v1/scheduler/jobs/{jobId}", EditJobs, "Delete a job")
        .tagged(JOBS)
        .asks(OF_DELETE)
        .gives(&[empty(204, "Deleted.")])
        .fails("Delete job failed", NOT_APPLIED)
        .guarded(),
    patch(
        "rescheduleJob",
        "/api/v1/scheduler/jobs/{jobId}/reschedule",
        EditJobs,
        "Give a job a new schedule",
    )
    .tagged(JOBS)
    .takes(schema_of::<RescheduleRequest>)
    .gives(JOB)
    .fails("Reschedule job failed", NOT_APPLIED)
    .guarded()
    .etagged(),
    post("pauseJob", "/api/v1/scheduler/jobs/{jobId}/pause", OperateJobs, "Pause a job")
        .tagged(JOBS)
        .may_take(schema_of::<PauseRequest>)
        .gives(&[empty(200, "Paused.")])
        .fails("Pause job failed", NOT_APPLIED)
        .guarded(),
    post("resumeJob", "/api/v1/scheduler/jobs/{jobId}/resume", OperateJobs, "Resume a job")
        .tagged(JOBS)
        .gives(&[empty(200, "Resumed.")])
        .fails("Resume job failed", NOT_APPLIED)
        .guarded(),
    post("triggerJob", "/api/v1/scheduler/jobs/{jobId}/trigger", OperateJobs, "Run a job now")
        .tagged(JOBS)
        .gives(NEW_EXECUTION)
        .fails("Trigger job failed", NOT_APPLIED),
    post(
        "setExclusions",
        "/api/v1/scheduler/jobs/{jobId}/exclusions",
        EditJobs,
        "Say when a job must not start; replaces what was said before",
    )
    .tagged(JOBS)
    .takes(schema_of::<ExclusionsRequest>)
    .gives(&[empty(200, "Saved.")])
    .fails("Add exclusions failed", NOT_APPLIED)
    .guarded(),
    get(
        "getExclusions",
        "/api/v1/scheduler/jobs/{jobId}/exclusions",
        ViewJobs,
        "When a job must not start",
    )
    .tagged(JOBS)
    .gives(&[json(200, schema_of::<ExclusionsDto>, "The rules; empty when there are none.")])
    .fails("Job not found", NO_SUCH_JOB),
    delete(
        "clearExclusions",
        "/api/v1/scheduler/jobs/{jobId}/exclusions",
        EditJobs,
        "Let a job start at any time",
    )
    .tagged(JOBS)
    .gives(&[empty(204, "Cleared.")])
    .fails("Clear exclusions failed", NO_SUCH_JOB)
    .guarded(),
    post(
        "setDependencies",
        "/api/v1/scheduler/jobs/{jobId}/dependencies",
        EditJobs,
        "Say what must have succeeded before a job starts; replaces what was said before",
    )
    .tagged(JOBS)
    .takes(schema_of::<Dependencies>)
    .gives(&[empty(200, "Saved.")])
    .fails("Add dependencies failed", NOT_APPLIED)
    .guarded(),
    get(
        "getDependencies",
        "/api/v1/scheduler/jobs/{jobId}/dependencies",
        ViewJobs,
        "What must have succeeded before a job starts",
    )
    .tagged(JOBS)
    .gives(&[json(200, schema_of::<Dependencies>, "The prerequisites; an empty list without any.")])
    .fails("Job not found", NO_SUCH_JOB),
    delete(
        "clearDependencies",
        "/api/v1/scheduler/jobs/{jobId}/dependencies",
        EditJobs,
        "Let a job depend on nothing",
    )
    .tagged(JOBS)
    .gives(&[empty(204, "Cleared.")])
    .fails("Clear dependencies failed", NO_SUCH_JOB)
    .guarded(),
    get(
        "listOccurrences",
        "/api/v1/scheduler/jobs/{jobId}/occurrences",
        ViewJobs,
        "When a job was and will be due, and what was done about it",
    )
    .tagged(JOBS)
    .asks(OF_OCCURRENCES)
    .gives(&[json(200, schema_of::<OccurrencePage>, "Occurrences, oldest first.")])
    .fails("Job not found", NO_SUCH_JOB),
    post(
        "previewSchedule",
        "/api/v1/scheduler/preview",
        ViewJobs,
        "When a schedule would fire; stores nothing",
    )
    .tagged(JOBS)
    .takes(schema_of::<PreviewRequest>)
    .gives(&[json(200, schema_of::<PreviewDto>, "The next occurrences.")])
    .fails("Preview failed", &[(400, "Not a schedule.")])
    .unrepeatable(),
    get(
        "listExecutions",
        "/api/v1/scheduler/jobs/{jobId}/executions",
        ViewExecutions,
        "List a job's executions",
    )
    .tagged(EXECUTIONS)
    .asks(OF_EXECUTIONS)
    .gives(&[json(
        200,
        schema_of::<Paged<ExecutionDto>>,
        "A page of executions, newest first; empty for an unknown job.",
    )]),
    get(
        "searchExecutions",
        "/api/v1/scheduler/executions",
        ViewExecutions,
        "Search the executions of all jobs",
    )
    .tagged(EXECUTIONS)
    .asks(OF_LOG)
    .gives(&[json(
        200,
        schema_of::<ExecutionLogPage>,
        "Executions, newest first. Page numbers reach the first 10000; `next` goes on without end.",
    )]),
    get(
        "getExecution",
        "/api/v1/scheduler/executions/{executionId}",
        ViewExecutions,
        "Get an execution with its attempts and output",
    )
    .tagged(EXECUTIONS)
    .gives(&[json(200, schema_of::<ExecutionDto>, "The execution.")])
    .fails("Execution not found", &[(404, "No such execution.")]),
    post(
        "cancelExecution",
        "/api/v1/scheduler/executions/{executionId}/cancel",
        OperateJobs,
        "Stop an execution",
    )
    .tagged(EXECUTIONS)
    .gives(&[empty(200, "Cancelled; its work is being stopped.")])
    .fails("Cancel execution failed", &[(409, "Already finished, or no such execution.")]),
    post(
        "retryExecution",
        "/api/v1/scheduler/executions/{executionId}/retry",
        OperateJobs,
        "Run a failed or cancelled execution's job again",
    )
    .tagged(EXECUTIONS)
    .gives(NEW_EXECUTION)
    .fails("Retry execution failed", &[(400, "Neither failed nor cancelled, or no such one.")]),
    post("createWorkflow", "/api/v1/scheduler/workflows", EditJobs, "Make a workflow of jobs")
        .tagged(WORKFLOWS)
        .takes(schema_of::<WorkflowRequest>)
        .gives(&[json(200, schema_of::<Uuid>, "The new workflow's id.")])
        .fails("Create workflow failed", &[(400, "Not valid.")]),
    get("listWorkflows", "/api/v1/scheduler/workflows", ViewJobs, "List workflows")
        .tagged(WORKFLOWS)
        .asks(OF_WORKFLOWS)
        .gives(&[json(200, schema_of::<Paged<WorkflowDto>>, "A page of workflows, newest first.")]),
    get("getWorkflow", "/api/v1/scheduler/workflows/{workflowId}", ViewJobs, "Get a workflow")
        .tagged(WORKFLOWS)
        .gives(&[json(200, schema_of::<WorkflowDto>, "The workflow.")])
        .fails("Workflow not found", NO_SUCH_WORKFLOW),
    delete(
        "deleteWorkflow",
        "/api/v1/scheduler/workflows/{workflowId}",
        EditJobs,
        "Delete a workflow; its runs go on and stay readable",
    )
    .tagged(WORKFLOWS)
    .gives(&[empty(204, "Deleted.")])
    .fails("Workflow not found", NO_SUCH_WORKFLOW),
    post(
        "triggerWorkflow",
        "/api/v1/scheduler/workflows/{workflowId}/trigger",
        OperateJobs,
        "Run a workflow now",
    )
    .tagged(WORKFLOWS)
    .gives(NEW_RUN)
    .fails("Trigger workflow failed", &[(400, "No such workflow.")]),
    get(
        "listWorkflowRuns",
        "/api/v1/scheduler/workflows/{workflowId}/runs",
        ViewExecutions,
        "List a workflow's runs",
    )
    .tagged(WORKFLOWS)
    .asks(OF_WORKFLOW_RUNS)
    .gives(&[json(
        200,
        schema_of::<Paged<WorkflowRunDto>>,
        "A page of runs, newest first; empty for an unknown workflow.",
    )]),
    get(
        "getWorkflowRun",
        "/api/v1/scheduler/workflow-runs/{runId}",
        ViewExecutions,
        "Get a run with its jobs",
    )
    .tagged(WORKFLOWS)
    .gives(&[json(200, schema_of::<WorkflowRunDto>, "The run.")])
    .fails("Workflow run not found", &[(404, "No such run.")]),
    post(
        "cancelWorkflowRun",
        "/api/v1/scheduler/workflow-runs/{runId}/cancel",
        OperateJobs,
        "Cancel a run and everything of it",
    )
    .tagged(WORKFLOWS)
    .gives(&[empty(200, "Cancelled.")])
    .fails("Cancel workflow run failed", &[(409, "It has ended, or there is no such run.")]),
    post(
        "retryWorkflowRun",
        "/api/v1/scheduler/workflow-runs/{runId}/retry",
        OperateJobs,
        "Run again what did not succeed in a run",
    )
    .tagged(WORKFLOWS)
    .gives(NEW_RUN)
    .fails(
        "Retry workflow run failed",
        &[(400, "It has not ended, all of it succeeded, or there is no such run.")],
    ),
    get("listQueues", "/api/v1/scheduler/queues", ViewExecutions, "What waits, and for how long")
        .tagged(MONITORING)
        .gives(&[json(200, schema_of::<Vec<QueueDto>>, "The queues; there is one.")]),
    get("listenToEvents", "/api/v1/events", Authenticated, "Listen to what changes")
        .tagged(MONITORING)
        .gives(&[events(
            "Events, as they come; see `EventDto`. Each caller is told what they may see.",
        )])
        .fails("Listen to events failed", &[(400, "No `Last-Event-ID` of ours.")]),
    get("dashboardStats", "/api/v1/scheduler/dashboard/stats", ViewExecutions, "How it is doing")
        .tagged(MONITORING)
        .gives(&[json(200, schema_of::<DashboardStatsDto>, "Figures of the last 24 hours.")]),
    get(
        "listFailedJobs",
        "/api/v1/scheduler/jobs/failed",
        ViewJobs,
        "Jobs that failed several times in a row",
    )
    .tagged(MONITORING)
    .asks(OF_FAILED_JOBS)
    .gives(&[json(
        200,
        schema_of::<Vec<JobDto>>,
        "The jobs, most failures first, at most 1000.",
    )]),
    get(
        "jobOutcomes",
        "/api/v1/scheduler/jobs/outcomes",
        ViewJobs,
        "How the last executions of jobs went",
    )
    .tagged(MONITORING)
    .asks(OF_OUTCOMES)
    .gives(&[json(200, schema_of::<Vec<JobOutcomesDto>>, "Each job's last 20, oldest first.")]),
    get("forecast", "/api/v1/scheduler/forecast", ViewJobs, "How much is due in the next hours")
        .tagged(MONITORING)
        .asks(OF_FORECAST)
        .gives(&[json(
            200,
            schema_of::<Vec<ForecastHourDto>>,
            "Every hour in UTC, the present first.",
        )]),
    get(
        "executionTimeline",
        "/api/v1/scheduler/executions/timeline",
        ViewExecutions,
        "Executions by the hour",
    )
    .tagged(MONITORING)
    .asks(OF_TIMELINE)
    .gives(&[json(
        200,
        schema_of::<Vec<TimelinePointDto>>,
        "Every hour in UTC, oldest first.",
    )]),
    post("pauseAll", "/api/v1/scheduler/admin/pause-all", Administer, "Pause every enabled job")
        .tagged(ADMINISTRATION)
        .gives(&[empty(200, "No schedule fires any more; what runs goes on.")])
        .fails("Pause all jobs failed", &[(400, "Jobs kept changing; try again.")]),
    post("resumeAll", "/api/v1/scheduler/admin/resume-all", Administer, "Resume every paused job")
        .tagged(ADMINISTRATION)
        .gives(&[empty(200, "Resumed; disabled jobs stay disabled.")])
        .fails("Resume all jobs failed", &[(400, "Jobs kept changing; try again.")]),
    delete(
        "clearLogs",
        "/api/v1/scheduler/admin/clear-logs",
        Administer,
        "Delete finished executions that are old",
    )
    .tagged(ADMINISTRATION)
    .asks(OF_CLEAR_LOGS)
    .may_take(schema_of::<ClearLogsRequest>)
    .gives(&[json(200, schema_of::<u64>, "How many were deleted.")])
    .fails("Clear logs failed", &[(400, "Not a number of days.")]),
    get("exportJobs", "/api/v1/scheduler/admin/export", Administer, "All jobs as a file")
        .tagged(ADMINISTRATION)
        .gives(&[json(200, schema_of::<Vec<JobDto>>, "All jobs, oldest first; secrets masked.")]),
    post("importJobs", "/api/v1/scheduler/admin/import", Administer, "Make the jobs of an export")
        .tagged(ADMINISTRATION)
        .asks(OF_IMPORT)
        .takes(schema_of::<ImportRequest>)
        .gives(&[json(200, schema_of::<ImportAnswer>, "How many jobs were imported.")])
        .fails("Import jobs failed", &[(400, "No JSON, no jobs, or no good ones.")]),
    post("createSchedule", "/api/v1/schedules", Administer, "Create a schedule")
        .tagged(SCHEDULES)
        .takes(schema_of::<CreateScheduleRequest>)
        .gives(&[json(
            201,
            schema_of::<ScheduleDetailDto>,
            "The new schedule; `Location` is its path.",
        )])
        .fails("Create schedule failed", NAME_IS_TAKEN)
        .etagged(),
    get("listSchedules", "/api/v1/schedules", Administer, "List schedules")
        .tagged(SCHEDULES)
        .asks(OF_SCHEDULES)
        .gives(&[json(200, schema_of::<JimPage<ScheduleDto>>, "A page of schedules.")]),
    get("getSchedule", "/api/v1/schedules/{scheduleId}", Administer, "Get a schedule")
        .tagged(SCHEDULES)
        .gives(&[json(200, schema_of::<ScheduleDetailDto>, "The schedule.")])
        .fails("Schedule not found", NO_SUCH_SCHEDULE)
        .etagged(),
    put("updateSchedule", "/api/v1/schedules/{scheduleId}", Administer, "Change a schedule")
        .tagged(SCHEDULES)
        .takes(schema_of::<ScheduleRequest>)
        .gives(&[json(200, schema_of::<ScheduleDetailDto>, "The schedule as it now is.")])
        .fails("Update schedule failed", &[(404, "No such schedule."), (409, "The name is taken.")])
        .guarded()
        .etagged(),
    delete("deleteSchedule", "/api/v1/schedules/{scheduleId}", Administer, "Delete a schedule")
        .tagged(SCHEDULES)
        .asks(OF_CHANGE)
        .gives(&[empty(204, "Deleted; its executions stay.")])
        .fails("Delete schedule failed", NO_SUCH_SCHEDULE)
        .guarded(),
    post(
        "enableSchedule",
        "/api/v1/schedules/{scheduleId}/enable",
        Administer,
        "Let a schedule's times make it run",
    )
    .tagged(SCHEDULES)
    .asks(OF_CHANGE)
    .gives(SCHEDULE)
    .fails("Enable schedule failed", NO_SUCH_SCHEDULE)
    .guarded()
    .etagged(),
    post(
        "disableSchedule",
        "/api/v1/schedules/{scheduleId}/disable",
        Administer,
        "Keep a schedule's times from making it run",
    )
    .tagged(SCHEDULES)
    .asks(OF_CHANGE)
    .gives(SCHEDULE)
    .fails("Disable schedule failed", NO_SUCH_SCHEDULE)
    .guarded()
    .etagged(),
    post("runSchedule", "/api/v1/schedules/{scheduleId}/run", Administer, "Run a schedule now")
        .tagged(SCHEDULES)
        .gives(&[json(202, schema_of::<RunScheduleAnswer>, "It runs.")])
        .fails("Run schedule failed", &[(404, "No such schedule."), (400, "It has no steps.")]),
    get(
        "listScheduleExecutions",
        "/api/v1/schedule-executions",
        Administer,
        "List executions of schedules",
    )
    .tagged(SCHEDULES)
    .asks(OF_SCHEDULE_EXECUTIONS)
    .gives(&[json(200, schema_of::<JimPage<ScheduleExecutionDto>>, "A page of executions.")]),
    get(
        "listActiveScheduleExecutions",
        "/api/v1/schedule-executions/active",
        Administer,
        "List executions of schedules that have not ended, oldest first",
    )
    .tagged(SCHEDULES)
    .gives(&[json(200, schema_of::<Vec<ScheduleExecutionDto>>, "The executions.")]),
    get(
        "getScheduleExecution",
        "/api/v1/schedule-executions/{executionId}",
        Administer,
        "Get an execution of a schedule with its steps",
    )
    .tagged(SCHEDULES)
    .gives(&[json(200, schema_of::<ScheduleExecutionDetailDto>, "The execution.")])
    .fails("Schedule execution not found", &[(404, "No such execution.")]),
    post(
        "cancelScheduleExecution",
        "/api/v1/schedule-executions/{executionId}/cancel",
        Administer,
        "Stop an execution of a schedule",
    )
    .tagged(SCHEDULES)
    .gives(&[json(200, schema_of::<ScheduleExecutionDto>, "The execution, `Cancelled`.")])
    .fails(
        "Cancel schedule execution failed",
        &[(404, "No such execution."), (400, "It has ended.")],
    ),
    get("listNodes", "/api/v1/scheduler/nodes", ViewNodes, "List the server's processes")
        .tagged(SYSTEM)
        .gives(&[json(200, schema_of::<Vec<NodeDto>>, "The nodes.")]),
    post("login", "/api/v1/auth/login", Public, "Exchange credentials for tokens")
        .tagged(AUTH)
        .takes(schema_of::<LoginRequest>)
        .gives(TOKENS)
        .fails("Login failed", &[(400, "No such credentials.")])
        .unrepeatable(),
    post("refreshToken", "/api/v1/auth/refresh-token", Public, "Exchange a refresh token, once")
        .tagged(AUTH)
        .may_take(schema_of::<RefreshRequest>)
        .gives(TOKENS)
        .fails("Refresh token failed", &[(400, "Unknown, used or ended.")])
        .unrepeatable(),
    post("logout", "/api/v1/auth/logout", Authenticated, "End the session")
        .tagged(AUTH)
        .gives(&[empty(200, "Ended.")])
        .unrepeatable(),
    get("me", "/api/v1/auth/me", Authenticated, "Who is asking").tagged(AUTH).gives(&[json(
        200,
        schema_of::<MeDto>,
        "The caller.",
    )]),
    post(
        "changePassword",
        "/api/v1/auth/change-password",
        Authenticated,
        "Change one's own password",
    )
    .tagged(AUTH)
    .takes(schema_of::<ChangePasswordRequest>)
    .gives(&[json(200, schema_of::<TokenResponse>, "Changed. All logins ended; these are new.")])
    .fails("Change password failed", &[(400, "Not the present password, or no good new one.")])
    .unrepeatable(),
    get("setupState", "/api/v1/setup", Public, "Whether the first administrator is missing")
        .tagged(AUTH)
        .gives(&[json(200, schema_of::<SetupStateDto>, "Whether `POST` here would make one.")]),
    post("setUp", "/api/v1/setup", Public, "Make the first administrator")
        .tagged(AUTH)
        .takes(schema_of::<SetupRequest>)
        .gives(&[json(201, schema_of::<UserDto>, "The administrator.")])
        .fails(
            "Setup failed",
            &[(403, "Not the token that the server printed."), (409, "There is one already.")],
        )
        .unrepeatable(),
    get("listUsers", "/api/v1/users", Administer, "List the people who may sign in")
        .tagged(AUTH)
        .gives(&[json(200, schema_of::<Vec<PersonDto>>, "The people, oldest first.")]),
    post("createUser", "/api/v1/users", Administer, "Let a person sign in")
        .tagged(AUTH)
        .takes(schema_of::<NewUserRequest>)
        .gives(&[json(201, schema_of::<PersonDto>, "The person.")])
        .fails("Create user failed", &[(400, "Not valid, or the address is somebody's already.")])
        .unrepeatable(),
    patch(
        "updateUser",
        "/api/v1/users/{userId}",
        Administer,
        "Change a person's role, lock or password",
    )
    .tagged(AUTH)
    .takes(schema_of::<UserRequest>)
    .gives(&[json(200, schema_of::<PersonDto>, "The person as they now are.")])
    .fails("Change user failed", &[(400, "Not valid, one's own standing, or no such person.")]),
    post("createApiKey", "/api/v1/apikeys", ManageOwnKeys, "Make an API key")
        .tagged(AUTH)
        .takes(schema_of::<ApiKeyRequest>)
        .gives(&[json(201, schema_of::<CreatedApiKeyDto>, "The key, shown this once.")])
        .fails(
            "Create API key failed",
            &[(400, "Not valid."), (403, "A role above the caller's own.")],
        )
        .unrepeatable(),
    get(
        "listApiKeys",
        "/api/v1/apikeys",
        ManageOwnKeys,
        "List one's own API keys; an administrator sees all",
    )
    .tagged(AUTH)
    .gives(&[json(200, schema_of::<Vec<ApiKeyDto>>, "The keys, without the keys themselves.")]),
    delete("deleteApiKey", "/api/v1/apikeys/{keyId}", ManageOwnKeys, "End an API key at once")
        .tagged(AUTH)
        .gives(&[empty(204, "Ended.")])
        .fails("API key not found", &[(404, "No such key of the caller's.")]),
    post("createModule", "/api/v1/modules", Administer, "Upload a module, or its next version")
        .tagged(CODE)
        .takes(schema_of::<ModuleRequest>)
        .gives(&[
            json(201, schema_of::<ModuleDto>, "The new version; `Location` is its path."),
            json(200, schema_of::<ModuleDto>, "The newest version, which has this very code."),
        ])
        .fails(
            "Upload module failed",
            &[(400, "Not valid, or not to be run here."), (409, TOO_MANY)],
        )
        .unrepeatable(),
    get("listModules", "/api/v1/modules", ViewJobs, "List modules, or the versions of one")
        .tagged(CODE)
        .asks(OF_MODULES)
        .gives(&[json(200, schema_of::<Vec<ModuleDto>>, "By name; versions newest first.")]),
    get("getModule", "/api/v1/modules/{moduleId}", ViewJobs, "Get a version of a module")
        .tagged(CODE)
        .gives(&[json(200, schema_of::<ModuleDto>, "The version, without its code.")])
        .fails("Module not found", NO_SUCH_MODULE),
    delete(
        "deleteModule",
        "/api/v1/modules/{moduleId}",
        Administer,
        "Delete a version of a module",
    )
    .tagged(CODE)
    .gives(&[empty(204, "Deleted.")])
    .fails("Module not found", NO_SUCH_MODULE),
    post("createSecret", SECRETS, Administer, "Keep a value that jobs name as secret://name")
        .tagged(CONFIGURATION)
        .takes(schema_of::<SecretRequest>)
        .gives(&[json(201, schema_of::<SecretDto>, "The secret; `Location` is its path.")])
        .fails("Create secret failed", &[(400, "Not valid."), (409, "The name is taken.")])
        // Its body is the secret, and its name can be taken only once.
        .unrepeatable(),
    get("listSecrets", SECRETS, EditJobs, "List the secrets").tagged(CONFIGURATION).gives(&[json(
        200,
        schema_of::<Vec<SecretDto>>,
        "All of them by name, without their values; at most 1000.",
    )]),
    get("getSecret", SECRET, EditJobs, "Get a secret, without its value")
        .tagged(CONFIGURATION)
        .gives(&[json(200, schema_of::<SecretDto>, "The secret.")])
        .fails("Secret not found", NO_SUCH_SECRET),
    put("replaceSecret", SECRET, Administer, "Give a secret its next value")
        .tagged(CONFIGURATION)
        .takes(schema_of::<SecretValueRequest>)
        .gives(&[json(200, schema_of::<SecretDto>, "The secret at its new version.")])
        .fails(
            "Replace secret failed",
            &[
                (404, "No such secret."),
                (400, "Not valid."),
                (409, "Others changed it at the same time."),
            ],
        ),
    delete("deleteSecret", SECRET, Administer, "Remove a secret; jobs that name it then fail")
        .tagged(CONFIGURATION)
        .gives(&[empty(204, "Removed.")])
        .fails("Delete secret failed", NO_SUCH_SECRET),
    post("createDataSource", DATA_SOURCES, Administer, "Define a database for jobs to call")
        .tagged(CONFIGURATION)
        .takes(schema_of::<DataSourceRequest>)
        .gives(&[json(201, schema_of::<DataSourceDto>, "The data source; `Location` is its path.")])
        .fails("Create data source failed", &[(400, "Not valid."), (409, "The name is taken.")])
        // Its body holds a password, and its name can be taken only once.
        .unrepeatable(),
    get("listDataSources", DATA_SOURCES, Administer, "List the data sources")
        .tagged(CONFIGURATION)
        .gives(&[json(
            200,
            schema_of::<Vec<DataSourceDto>>,
            "All of them by name, without their passwords; at most 1000.",
        )]),
    get("getDataSource", DATA_SOURCE, Administer, "Get a data source by its id or name")
        .tagged(CONFIGURATION)
        .gives(&[json(200, schema_of::<DataSourceDto>, "The data source.")])
        .fails("Data source not found", NO_SUCH_DATA_SOURCE),
    put("updateDataSource", DATA_SOURCE, Administer, "Change a data source")
        .tagged(CONFIGURATION)
        .takes(schema_of::<DataSourceRequest>)
        .gives(&[json(200, schema_of::<DataSourceDto>, "The data source as it now is.")])
        .fails(
            "Update data source failed",
            &[
                (404, "No such data source."),
                (400, "Not valid."),
                (409, "The name is taken, or others changed it."),
            ],
        ),
    delete("deleteDataSource", DATA_SOURCE, Administer, "Remove a data source; its jobs then fail")
        .tagged(CONFIGURATION)
        .gives(&[empty(204, "Removed.")])
        .fails("Delete data source failed", NO_SUCH_DATA_SOURCE),
    post(
        "testDataSource",
        "/api/v1/data-sources/{dataSource}/test",
        Administer,
        "Connect to a data source and say what came of it",
    )
    .tagged(CONFIGURATION)
    .gives(&[json(200, schema_of::<DataSourceTestDto>, "Whether it worked, and if not, why.")])
    .fails("Test data source failed", NO_SUCH_DATA_SOURCE)
    .unrepeatable(),
    get("health", "/api/v1/health", Public, "Whether the server is there")
        .tagged(SYSTEM)
        .gives(HEALTH),
    get("healthReady", "/api/v1/health/ready", Public, "Whether it can take requests")
        .tagged(SYSTEM)
        .gives(READY),
    get("healthLive", "/api/v1/health/live", Public, "Whether the process is alive")
        .tagged(SYSTEM)
        .gives(HEALTH),
    get("healthVersion", "/api/v1/health/version", Public, "What runs here")
        .tagged(SYSTEM)
        .gives(&[json(200, schema_of::<VersionDto>, "Product and version.")]),
    get("healthText", "/health", Public, "Whether the server is there, in one word")
        .tagged(SYSTEM)
        .gives(&[text(200, "text/plain", "`Healthy`")]),
    get("livez", "/livez", Public, "Whether the process is alive, for probes")
        .tagged(SYSTEM)
        .gives(&[text(200, "text/plain", "It is alive.")]),
    get("readyz", "/readyz", Public, "Whether it can take requests, for probes")
        .tagged(SYSTEM)
        .gives(&[text(200, "text/plain", "It can.")])
        .fails("Not ready", &[(503, "It cannot; `errors` says which checks failed.")]),
    get("metrics", "/metrics", Public, "Figures for Prometheus").tagged(SYSTEM).gives(&[text(
        200,
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
        "OpenMetrics text.",
    )]),
    get("openapi", "/api/openapi.json", Public, "This document").tagged(SYSTEM).gives(&[json(
        200,
        any_object,
        "OpenAPI 3.1.",
    )]),
    get("docs", "/api/docs", Public, "This document, to be read").tagged(SYSTEM).gives(&[text(
        200,
        "text/html",
        "A page.",
    )]),
    get("root", "/", Public, "To the dashboard")
        .tagged(SYSTEM)
        .gives(&[empty(302, "`Location` is the dashboard's path.")]),
    get("hangfire", "/hangfire", Public, "To the dashboard, from where the original had its own")
        .tagged(SYSTEM)
        .gives(&[empty(302, "`Location` is the dashboard's path.")]),
    get("dashboard", "/dashboard", Public, "The dashboard: a page for browsers")
        .tagged(SYSTEM)
        .gives(&[text(200, "text/html", "The page.")]),
    get("dashboardFile", "/dashboard/{*path}", Public, "The dashboard's pages and files")
        .tagged(SYSTEM)
        .gives(&[text(200, "text/html", "The page, or a file of it in its own type.")])
        .fails("Not found", &[(404, "No such file.")]),
];

const JOBS: &str = "Jobs";
const EXECUTIONS: &str = "Executions";
const WORKFLOWS: &str = "Workflows";
const MONITORING: &str = "Monitoring";
const ADMINISTRATION: &str = "Administration";
const CONFIGURATION: &str = "Secrets and data sources";
const SCHEDULES: &str = "Schedules";
const CODE: &str = "Code";
const AUTH: &str = "Access";
const SYSTEM: &str = "System";

const JOB: &[Response] = &[json(200, schema_of::<JobDto>, "The job as it now is.")];
const SCHEDULE: &[Response] = &[json(200, schema_of::<ScheduleDto>, "The schedule as it now is.")];
const NO_SUCH_SCHEDULE: &[(u16, &str)] = &[(404, "No such schedule.")];
const NAME_IS_TAKEN: &[(u16, &str)] = &[(409, "The name is taken.")];
const TOKENS: &[Response] = &[json(200, schema_of::<TokenResponse>, "The tokens.")];
const HEALTH: &[Response] = &[json(200, schema_of::<HealthDto>, "It is well.")];
const READY: &[Response] = &[
    json(200, schema_of::<HealthDto>, "It can."),
    json(503, schema_of::<HealthDto>, "It cannot; `reason` says why."),
];
const NEW_EXECUTION: &[Response] =
    &[json(202, schema_of::<Uuid>, "The new execution's id; `Location` is its path.")];
const NEW_RUN: &[Response] =
    &[json(202, schema_of::<Uuid>, "The new run's id; `Location` is its path.")];
const NO_SUCH_WORKFLOW: &[(u16, &str)] = &[(404, "No such workflow.")];
const NOT_APPLIED: &[(u16, &str)] = &[(400, "Not valid, not possible now, or no such job.")];
const NO_SUCH_MODULE: &[(u16, &str)] = &[(404, "No such version.")];
const TOO_MANY: &str = "There are as many versions as there may be.";
const SECRETS: &str = "/api/v1/secrets";
const SECRET: &str = "/api/v1/secrets/{secretName}";
const NO_SUCH_SECRET: &[(u16, &str)] = &[(404, "No such secret.")];
const DATA_SOURCES: &str = "/api/v1/data-sources";
const DATA_SOURCE: &str = "/api/v1/data-sources/{dataSource}";
const NO_SUCH_DATA_SOURCE: &[(u16, &str)] = &[(404, "No such data source.")];
const NO_SUCH_JOB: &[(u16, &str)] = &[(404, "No such job.")];

const fn get(
    id: &'static str,
    path: &'static str,
    by: Permission,
    summary: &'static str,
) -> Operation {
    Operation::new(Method::Get, id, path, by, summary)
}

const fn post(
    id: &'static str,
    path: &'static str,
    by: Permission,
    summary: &'static str,
) -> Operation {
    Operation::new(Method::Post, id, path, by, summary)
}

const fn put(
    id: &'static str,
    path: &'static str,
    by: Permission,
    summary: &'static str,
) -> Operation {
    Operation::new(Method::Put, id, path, by, summary)
}

const fn patch(
    id: &'static str,
    path: &'static str,
    by: Permission,
    summary: &'static str,
) -> Operation {
    Operation::new(Method::Patch, id, path, by, summary)
}

const fn delete(
    id: &'static str,
    path: &'static str,
    by: Permission,
    summary: &'static str,
) -> Operation {
    Operation::new(Method::Delete, id, path, by, summary)
}

const fn json(status: u16, schema: SchemaOf, description: &'static str) -> Response {
    Response { status, body: ResponseBody::Json(schema), description }
}

const fn text(status: u16, content_type: &'static str, description: &'static str) -> Response {
    Response { status, body: ResponseBody::Text(content_type), description }
}

const fn events(description: &'static str) -> Response {
    Response { status: 200, body: ResponseBody::Events(schema_of::<EventDto>), description }
}

const fn empty(status: u16, description: &'static str) -> Response {
    Response { status, body: ResponseBody::Empty, description }
}

fn any_object(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object" })
}
