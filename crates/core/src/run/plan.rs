//! What a run was started with, read back from the text that was copied then.

use serde_json::Value;
use uuid::Uuid;

use super::{JOB_GONE, RunKind};
use crate::{
    graph::{Graph, NodeIdx, NodeSpec, Outcomes, StepSpec, stopped_by},
    id::JobId,
    job::JobType,
    retry::RetryPolicy,
    schedule::Step,
    schedule_run::{StepNames, stopped_text},
    schedule_step::STEP_TIMEOUT_SECONDS_MAX,
};

/// Most nodes that an error text names; the rest is counted.
const NODES_NAMED_MAX: usize = 3;
/// The same for a schedule's steps, which have short names.
const STEPS_NAMED_MAX: usize = 20;

/// Why a schedule does not run, in JIM's words.
pub const NO_STEPS: &str = "Cannot run a schedule with no steps";

/// A graph with something to do at each of its nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPlan {
    pub graph: Graph,
    /// One for each node, in the graph's order.
    work: Vec<Work>,
}

/// What a node does.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// An execution of this job, as the job is defined when it starts.
    Job(JobId),
    /// The same for a schedule's step.
    JobStep(JobStep),
    /// What was copied into the run.
    Step(StepDefinition),
}

/// A step that runs a job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobStep {
    pub name: String,
    pub job: JobId,
    /// Limits an attempt in place of the job's own limit.
    pub timeout_seconds: Option<u32>,
}

/// A definition that belongs to its run alone.
#[derive(Clone, Debug, PartialEq)]
pub struct StepDefinition {
    pub name: String,
    pub job_type: JobType,
    pub configuration: Value,
    pub retry: RetryPolicy,
    pub timeout_seconds: u32,
}

impl RunPlan {
    /// `None` unless there is one work for each node.
    pub fn new(graph: Graph, work: Vec<Work>) -> Option<Self> {
        (graph.nodes().len() == work.len()).then_some(Self { graph, work })
    }

    /// The plan that a run's snapshot holds, or why it holds none.
    pub fn read(kind: RunKind, snapshot: &str) -> Result<Self, String> {
        match kind {
            RunKind::Workflow => Self::of_workflow(snapshot),
            RunKind::Schedule => Self::of_schedule(snapshot),
        }
    }

    /// A workflow's nodes are jobs, and are called by their ids.
    fn of_workflow(snapshot: &str) -> Result<Self, String> {
        let specs: Vec<NodeSpec> = serde_json::from_str(snapshot).map_err(|err| err.to_string())?;
        let graph = Graph::define(&specs).map_err(|err| err.to_string())?;
        let work = graph.nodes().iter().map(|node| Work::Job(JobId(node.id))).collect();
        Ok(Self { graph, work })
    }

    /// A schedule's steps, group after group.
    fn of_schedule(snapshot: &str) -> Result<Self, String> {
        let steps: Vec<Step> = serde_json::from_str(snapshot).map_err(|err| err.to_string())?;
        if steps.is_empty() {
            return Err(NO_STEPS.to_owned());
        }
        let specs: Vec<StepSpec> = steps.iter().map(|step| step.fields.spec(step.id)).collect();
        let graph = Graph::of_steps(&specs).map_err(|err| err.to_string())?;
        let work = steps.iter().map(step_work).collect::<Result<_, _>>()?;
        Ok(Self { graph, work })
    }

    pub fn work(&self, idx: NodeIdx) -> &Work {
        &self.work[idx.0]
    }

    /// The definition of a node that has its own; `None` for a job and for what is not a node.
    pub fn step(&self, node: Uuid) -> Option<&StepDefinition> {
        match self.work(self.graph.find(node)?) {
            Work::Job(_) | Work::JobStep(_) => None,
            Work::Step(step) => Some(step),
        }
    }

    /// The limit of an attempt that a node sets for the job it runs.
    pub fn job_timeout_seconds(&self, node: Uuid) -> Option<u32> {
        match self.work(self.graph.find(node)?) {
            Work::JobStep(step) => step.timeout_seconds,
            Work::Job(_) | Work::Step(_) => None,
        }
    }

    /// The error of a run that failed: which nodes stopped it.
    pub fn stop_text(&self, kind: RunKind, outcomes: &Outcomes) -> String {
        let stopping = stopped_by(&self.graph, outcomes);
        match kind {
            RunKind::Workflow => self.jobs_text(&stopping),
            RunKind::Schedule => self.steps_text(&stopping),
        }
    }

    fn jobs_text(&self, stopping: &[NodeIdx]) -> String {
        let named = stopping.iter().take(NODES_NAMED_MAX);
        let named: Vec<String> =
            named.map(|&idx| format!("job {}", self.graph.node(idx).id)).collect();
        let n_more = stopping.len().saturating_sub(NODES_NAMED_MAX);
        let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
        format!(
            "stopped by {}{more}: it did not succeed, and its onFailure is Stop",
            named.join(", ")
        )
    }

    fn steps_text(&self, stopping: &[NodeIdx]) -> String {
        let mut names: Vec<&str> = stopping.iter().filter_map(|&idx| self.step_name(idx)).collect();
        let n_more = names.len().saturating_sub(STEPS_NAMED_MAX);
        let more = format!("{n_more} more");
        if n_more > 0 {
            names.truncate(STEPS_NAMED_MAX);
            names.push(&more);
        }
        stopped_text(&names)
    }

    fn step_name(&self, idx: NodeIdx) -> Option<&str> {
        match self.work(idx) {
            Work::Job(_) => None,
            Work::JobStep(step) => Some(&step.name),
            Work::Step(step) => Some(&step.name),
        }
    }

    /// The error of a node that could not be started, because what it runs is not there.
    pub fn missing_text(&self, idx: NodeIdx) -> String {
        match self.work(idx) {
            Work::Job(job) | Work::JobStep(JobStep { job, .. }) => {
                format!("job {job} cannot be started: {JOB_GONE}")
            }
            Work::Step(step) => format!("step `{}` cannot be started", step.name),
        }
    }
}

/// What a step of a schedule does.
fn step_work(step: &Step) -> Result<Work, String> {
    let Step { id, fields } = step;
    let ordinal = usize::try_from(fields.step_index.unwrap_or(0)).unwrap_or(0);
    let name = StepNames { own: fields.name.clone(), ..StepNames::default() }.in_steps(ordinal);
    if let Some(work) = fields.work().map_err(|err| format!("step {id}: {err}"))? {
        return Ok(Work::Step(StepDefinition {
            name,
            job_type: work.job_type,
            configuration: work.configuration,
            retry: RetryPolicy::none(),
            timeout_seconds: fields.timeout_seconds.unwrap_or(STEP_TIMEOUT_SECONDS_MAX),
        }));
    }
    let job = fields.job_id.ok_or_else(|| format!("step {id}: it names no job"))?;
    Ok(Work::JobStep(JobStep { name, job, timeout_seconds: fields.timeout_seconds }))
}
