//! The router, made from the table of operations: an operation without a handler, or a handler
//! without an operation, and there is no router (invariant 8).

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{MethodFilter, MethodRouter, on},
};
use horarium_api::{
    Problem,
    operations::{Method, OPERATIONS, Operation},
};

use super::{
    App,
    extract::nothing_here,
    middleware::{
        edge::edge,
        gate::{Gate, gate},
    },
    refusal::Refusal,
    routes::{
        access, admin, api_keys, dashboard, data_sources, dependencies, description, events,
        exclusions, executions, health, jobs, metrics, modules, monitoring, nodes, occurrences,
        preview, schedule_executions, schedules, secrets, setup, states, users, workflow_runs,
        workflows,
    },
};

/// `/api/v1.0/…` is the same as `/api/v1/…`.
const BASE: &str = "/api/v1/";
const BASE_ALIAS: &str = "/api/v1.0/";

type Route = MethodRouter<Arc<App>>;
type Handler = (&'static str, fn(MethodFilter) -> Route);

/// One line per operation, by its id.
const HANDLERS: &[Handler] = &[
    ("createJob", |method| on(method, jobs::create)),
    ("listJobs", |method| on(method, jobs::list)),
    ("getJob", |method| on(method, jobs::get)),
    ("updateJob", |method| on(method, jobs::update)),
    ("deleteJob", |method| on(method, jobs::delete)),
    ("rescheduleJob", |method| on(method, jobs::reschedule)),
    ("pauseJob", |method| on(method, states::pause)),
    ("resumeJob", |method| on(method, states::resume)),
    ("triggerJob", |method| on(method, states::trigger)),
    ("setExclusions", |method| on(method, exclusions::set)),
    ("getExclusions", |method| on(method, exclusions::get)),
    ("clearExclusions", |method| on(method, exclusions::clear)),
    ("setDependencies", |method| on(method, dependencies::set)),
    ("getDependencies", |method| on(method, dependencies::get)),
    ("clearDependencies", |method| on(method, dependencies::clear)),
    ("listOccurrences", |method| on(method, occurrences::list)),
    ("previewSchedule", |method| on(method, preview::preview)),
    ("listExecutions", |method| on(method, executions::list)),
    ("searchExecutions", |method| on(method, executions::search)),
    ("getExecution", |method| on(method, executions::get)),
    ("cancelExecution", |method| on(method, executions::cancel)),
    ("retryExecution", |method| on(method, executions::retry)),
    ("createWorkflow", |method| on(method, workflows::create)),
    ("listWorkflows", |method| on(method, workflows::list)),
    ("getWorkflow", |method| on(method, workflows::get)),
    ("deleteWorkflow", |method| on(method, workflows::delete)),
    ("triggerWorkflow", |method| on(method, workflows::trigger)),
    ("listWorkflowRuns", |method| on(method, workflow_runs::list)),
    ("getWorkflowRun", |method| on(method, workflow_runs::get)),
    ("cancelWorkflowRun", |method| on(method, workflow_runs::cancel)),
    ("retryWorkflowRun", |method| on(method, workflow_runs::retry)),
    ("listQueues", |method| on(method, monitoring::queues)),
    ("listenToEvents", |method| on(method, events::listen)),
    ("dashboardStats", |method| on(method, monitoring::stats)),
    ("listFailedJobs", |method| on(method, monitoring::failed_jobs)),
    ("jobOutcomes", |method| on(method, monitoring::outcomes)),
    ("forecast", |method| on(method, monitoring::forecast)),
    ("executionTimeline", |method| on(method, monitoring::timeline)),
    ("pauseAll", |method| on(method, admin::pause_all)),
    ("resumeAll", |method| on(method, admin::resume_all)),
    ("clearLogs", |method| on(method, admin::clear_logs)),
    ("exportJobs", |method| on(method, admin::export)),
    ("importJobs", |method| on(method, admin::import)),
    ("createSchedule", |method| on(method, schedules::create)),
    ("listSchedules", |method| on(method, schedules::list)),
    ("getSchedule", |method| on(method, schedules::get)),
    ("updateSchedule", |method| on(method, schedules::update)),
    ("deleteSchedule", |method| on(method, schedules::delete)),
    ("enableSchedule", |method| on(method, schedules::enable)),
    ("disableSchedule", |method| on(method, schedules::disable)),
    ("runSchedule", |method| on(method, schedule_executions::run)),
    ("listScheduleExecutions", |method| on(method, schedule_executions::list)),
    ("listActiveScheduleExecutions", |method| on(method, schedule_executions::active)),
    ("getScheduleExecution", |method| on(method, schedule_executions::get)),
    ("cancelScheduleExecution", |method| on(method, schedule_executions::cancel)),
    ("listNodes", |method| on(method, nodes::list)),
    ("login", |method| on(method, access::login)),
    ("refreshToken", |method| on(method, access::refresh)),
    ("logout", |method| on(method, access::logout)),
    ("me", |method| on(method, access::me)),
    ("changePassword", |method| on(method, access::change_password)),
    ("setupState", |method| on(method, setup::state)),
    ("setUp", |method| on(method, setup::set_up)),
    ("listUsers", |method| on(method, users::list)),
    ("createUser", |method| on(method, users::create)),
    ("updateUser", |method| on(method, users::update)),
    ("createApiKey", |method| on(method, api_keys::create)),
    ("listApiKeys", |method| on(method, api_keys::list)),
    ("deleteApiKey", |method| on(method, api_keys::delete)),
    ("createModule", |method| on(method, modules::create)),
    ("listModules", |method| on(method, modules::list)),
    ("getModule", |method| on(method, modules::get)),
    ("deleteModule", |method| on(method, modules::delete)),
    ("createSecret", |method| on(method, secrets::create)),
    ("listSecrets", |method| on(method, secrets::list)),
    ("getSecret", |method| on(method, secrets::get)),
    ("replaceSecret", |method| on(method, secrets::replace)),
    ("deleteSecret", |method| on(method, secrets::delete)),
    ("createDataSource", |method| on(method, data_sources::create)),
    ("listDataSources", |method| on(method, data_sources::list)),
    ("getDataSource", |method| on(method, data_sources::get)),
    ("updateDataSource", |method| on(method, data_sources::update)),
    ("deleteDataSource", |method| on(method, data_sources::delete)),
    ("testDataSource", |method| on(method, data_sources::test)),
    ("health", |method| on(method, health::health)),
    ("healthReady", |method| on(method, health::health_ready)),
    ("healthLive", |method| on(method, health::health_live)),
    ("healthVersion", |method| on(method, health::version)),
    ("healthText", |method| on(method, health::health_text)),
    ("livez", |method| on(method, health::livez)),
    ("readyz", |method| on(method, health::readyz)),
    ("metrics", |method| on(method, metrics::text)),
    ("openapi", |method| on(method, description::openapi)),
    ("docs", |method| on(method, description::docs)),
    ("root", |method| on(method, dashboard::leads_here)),
    ("hangfire", |method| on(method, dashboard::leads_here)),
    ("dashboard", |method| on(method, dashboard::page)),
    ("dashboardFile", |method| on(method, dashboard::file)),
];

/// The whole API.
///
/// # Panics
///
/// When the table of operations and the handlers do not match one to one.
pub fn router(app: Arc<App>) -> Router {
    check_handlers();
    let mut routes: BTreeMap<String, Route> = BTreeMap::new();
    for operation in OPERATIONS {
        let alias = operation.path.strip_prefix(BASE).map(|rest| format!("{BASE_ALIAS}{rest}"));
        // "And all that follows" does not match nothing, as in `/dashboard/`.
        let folder = operation.path.strip_suffix("{*path}").map(str::to_owned);
        for path in alias.into_iter().chain(folder).chain([operation.path.to_owned()]) {
            let gated = gated(operation, &app);
            let present = routes.remove(&path);
            routes
                .insert(path, present.map_or_else(|| gated.clone(), |it| it.merge(gated.clone())));
        }
    }
    let paths = routes.into_iter();
    paths
        .fold(Router::new(), |router, (path, route)| router.route(&path, route))
        .fallback(async || Refusal::from(nothing_here()))
        .method_not_allowed_fallback(async || Refusal::from(Problem::method_not_allowed()))
        .layer(from_fn_with_state(Arc::clone(&app), edge))
        .with_state(app)
}

/// # Panics
///
/// See [`router`].
fn check_handlers() {
    for (id, _) in HANDLERS {
        let n = HANDLERS.iter().filter(|(other, _)| other == id).count();
        assert!(n == 1, "operation `{id}` has {n} handlers");
        let has_row = OPERATIONS.iter().any(|operation| operation.id == *id);
        assert!(has_row, "handler `{id}` has no row in the table of operations");
    }
}

/// The operation's handler behind its gate.
fn gated(operation: &'static Operation, app: &Arc<App>) -> Route {
    let id = operation.id;
    let handler = HANDLERS.iter().find(|(known, _)| *known == id);
    let (_, handler) = handler.unwrap_or_else(|| panic!("operation `{id}` has no handler"));
    let gate_of = Gate { app: Arc::clone(app), operation };
    handler(filter(operation.method)).route_layer(from_fn_with_state(gate_of, gate))
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_and_handlers_match_one_to_one() {
        check_handlers();
        for operation in OPERATIONS {
            let has_handler = HANDLERS.iter().any(|(id, _)| *id == operation.id);
            assert!(has_handler, "operation `{}` has no handler", operation.id);
        }
    }
}
