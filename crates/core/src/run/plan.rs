//! What a run was started with, read back from the text that was copied then.

use serde_json::Value;
use uuid::Uuid;

use super::{JOB_GONE, RunKind};
use crate::{
    graph::{Graph, NodeIdx, NodeSpec, Outcomes, stopped_by},
    id::JobId,
    job::JobType,
    retry::RetryPolicy,
};

/// Most nodes that an error text names; the rest is counted.
const NODES_NAMED_MAX: usize = 3;

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
    /// What was copied into the run.
    Step(StepDefinition),
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
        }
    }

    /// A workflow's nodes are jobs, and are called by their ids.
    fn of_workflow(snapshot: &str) -> Result<Self, String> {
        let specs: Vec<NodeSpec> = serde_json::from_str(snapshot).map_err(|err| err.to_string())?;
        let graph = Graph::define(&specs).map_err(|err| err.to_string())?;
        let work = graph.nodes().iter().map(|node| Work::Job(JobId(node.id))).collect();
        Ok(Self { graph, work })
    }

    pub fn work(&self, idx: NodeIdx) -> &Work {
        &self.work[idx.0]
    }

    /// The definition of a node that has its own; `None` for a job and for what is not a node.
    pub fn step(&self, node: Uuid) -> Option<&StepDefinition> {
        match self.work(self.graph.find(node)?) {
            Work::Job(_) => None,
            Work::Step(step) => Some(step),
        }
    }

    /// The error of a run that failed: which nodes stopped it.
    pub fn stop_text(&self, kind: RunKind, outcomes: &Outcomes) -> String {
        let stopping = stopped_by(&self.graph, outcomes);
        match kind {
            RunKind::Workflow => self.jobs_text(&stopping),
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

    /// The error of a node that could not be started, because what it runs is not there.
    pub fn missing_text(&self, idx: NodeIdx) -> String {
        match self.work(idx) {
            Work::Job(job) => format!("job {job} cannot be started: {JOB_GONE}"),
            Work::Step(step) => format!("step `{}` cannot be started", step.name),
        }
    }
}
