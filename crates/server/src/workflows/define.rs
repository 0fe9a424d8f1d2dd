//! From a request to a graph of jobs that exist, or to the fields that are wrong.

use std::collections::BTreeSet;

use horarium_api::{FieldErrors, workflows::WorkflowRequest};
use horarium_core::{
    JobId,
    graph::{Graph, GraphError, NodeSpec},
};
use uuid::Uuid;

use super::{Workflows, read_on_failure};
use crate::jobs::JobFault;

const JOBS: &str = "jobs";

impl Workflows {
    pub(super) async fn define(&self, request: &WorkflowRequest) -> Result<Graph, JobFault> {
        let specs = request.jobs.iter().map(|job| NodeSpec {
            id: job.job_id,
            depends_on: job.depends_on.clone(),
            on_failure: read_on_failure(job.on_failure),
        });
        let specs: Vec<NodeSpec> = specs.collect();
        let ids = specs.iter().map(|spec| JobId(spec.id)).collect();
        let known: BTreeSet<JobId> = self.store.known_jobs(ids).await?.into_iter().collect();
        let mut errors = FieldErrors::default();
        for (place, spec) in specs.iter().enumerate() {
            if !known.contains(&JobId(spec.id)) {
                errors.add(
                    &format!("{JOBS}[{place}].jobId"),
                    format!("There is no job {}.", spec.id),
                );
            }
        }
        match Graph::define(&specs) {
            Ok(graph) => Ok(errors.into_result(graph)?),
            Err(GraphError::Cycle { path }) => {
                let names = self.names(&path).await?.join(" → ");
                errors.add(JOBS, format!("The dependencies form a cycle: {names}."));
                Err(errors.into())
            }
            Err(fault) => {
                errors.add(&path_of(&fault, &specs), sentence(&fault));
                Err(errors.into())
            }
        }
    }

    async fn names(&self, ids: &[Uuid]) -> Result<Vec<String>, JobFault> {
        let jobs = ids.iter().map(|id| JobId(*id)).collect();
        let definitions = self.store.definitions(jobs).await?;
        let name = |id: &Uuid| {
            let definition = definitions.iter().find(|definition| definition.id.0 == *id);
            definition.map_or_else(|| id.to_string(), |definition| definition.name.clone())
        };
        Ok(ids.iter().map(name).collect())
    }
}

/// The field that breaks the rule.
fn path_of(fault: &GraphError, specs: &[NodeSpec]) -> String {
    let place = |id: Uuid| specs.iter().position(|spec| spec.id == id).unwrap_or_default();
    let need = |id: Uuid, dependency: Uuid| {
        let place = place(id);
        let needs = &specs[place].depends_on;
        let index = needs.iter().position(|need| *need == dependency).unwrap_or_default();
        format!("{JOBS}[{place}].dependsOn[{index}]")
    };
    match fault {
        GraphError::Empty | GraphError::TooManyNodes { .. } | GraphError::Cycle { .. } => {
            JOBS.to_owned()
        }
        GraphError::Duplicate { id } => {
            let second = specs.iter().rposition(|spec| spec.id == *id).unwrap_or_default();
            format!("{JOBS}[{second}].jobId")
        }
        GraphError::DependsOnItself { id } => need(*id, *id),
        GraphError::UnknownDependency { id, dependency } => need(*id, *dependency),
    }
}

/// The core's words as the API writes sentences.
fn sentence(fault: &GraphError) -> String {
    let text = fault.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
