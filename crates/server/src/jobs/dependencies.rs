//! What must have succeeded before a job starts: set and shown (contract D1).

use std::collections::HashSet;

use horarium_api::{FieldErrors, enums::DependencyCondition, jobs::Dependencies};
use horarium_core::{
    JobId,
    dependencies::{self, DependencyError, PREREQUISITES_MAX},
};
use horarium_store::SetDependencies;

use super::{Expected, JobFault, Jobs, words};

const FIELD: &str = "dependsOnJobIds";

impl Jobs {
    pub async fn set_dependencies(
        &self,
        id: JobId,
        wanted: &Dependencies,
        expected: &Expected,
    ) -> Result<(), JobFault> {
        expected.check(self.view(id).await?.job.version)?;
        self.check_dependencies(id, wanted).await?;
        self.store_dependencies(id, wanted).await
    }

    pub async fn dependencies(&self, id: JobId) -> Result<Dependencies, JobFault> {
        self.view(id).await?;
        let none = Dependencies {
            depends_on_job_ids: Vec::new(),
            condition: DependencyCondition::AllSucceeded,
        };
        Ok(self.store.dependencies(id).await?.map_or(none, write))
    }

    pub async fn clear_dependencies(&self, id: JobId, expected: &Expected) -> Result<(), JobFault> {
        expected.check(self.view(id).await?.job.version)?;
        Ok(self.store.clear_dependencies(id).await?)
    }

    /// Refuses unknown jobs by name, and what the core refuses.
    pub(super) async fn check_dependencies(
        &self,
        id: JobId,
        wanted: &Dependencies,
    ) -> Result<(), JobFault> {
        let known = self.store.known_jobs(ids(wanted)).await?;
        let mut errors = FieldErrors::default();
        for (index, other) in wanted.depends_on_job_ids.iter().enumerate() {
            if *other != id.0 && !known.contains(&JobId(*other)) {
                errors.add(&format!("{FIELD}[{index}]"), format!("There is no job {other}."));
            }
        }
        errors.into_result(())?;
        let condition = words::read_condition(wanted.condition);
        match self.store.check_dependencies(id, ids(wanted), condition).await? {
            Ok(_) => Ok(()),
            Err(refusal) => Err(self.refused(id, wanted, &refusal).await?),
        }
    }

    pub(super) async fn store_dependencies(
        &self,
        id: JobId,
        wanted: &Dependencies,
    ) -> Result<(), JobFault> {
        if wanted.depends_on_job_ids.is_empty() {
            return Ok(self.store.clear_dependencies(id).await?);
        }
        let condition = words::read_condition(wanted.condition);
        match self.store.set_dependencies(id, ids(wanted), condition).await? {
            SetDependencies::Done => Ok(()),
            SetDependencies::Unknown => Err(deleted_meanwhile()),
            // Somebody else was quicker, or it would have been refused before.
            SetDependencies::Refused(refusal) => Err(self.refused(id, wanted, &refusal).await?),
        }
    }

    /// The core's refusal, with the field it is about and jobs by their names.
    async fn refused(
        &self,
        id: JobId,
        wanted: &Dependencies,
        refusal: &DependencyError,
    ) -> Result<JobFault, JobFault> {
        Ok(match refusal {
            DependencyError::Itself => {
                let index = wanted.depends_on_job_ids.iter().position(|other| *other == id.0);
                let field = format!("{FIELD}[{}]", index.unwrap_or_default());
                JobFault::invalid(&field, "A job cannot depend on itself.")
            }
            DependencyError::Cycle { path } => {
                let names = self.names(path).await?.join(" → ");
                JobFault::invalid(FIELD, format!("That would be a cycle: {names}."))
            }
            DependencyError::Empty => JobFault::invalid(FIELD, "must not be empty"),
            DependencyError::TooMany { .. } => {
                JobFault::invalid(FIELD, format!("must have at most {PREREQUISITES_MAX} items"))
            }
        })
    }

    async fn names(&self, ids: &[JobId]) -> Result<Vec<String>, JobFault> {
        let mut names = Vec::with_capacity(ids.len());
        for id in ids {
            let name = self.store.job(*id).await?.map(|view| view.job.name);
            names.push(name.unwrap_or_else(|| id.to_string()));
        }
        Ok(names)
    }
}

pub(super) fn write(stored: dependencies::Dependencies) -> Dependencies {
    Dependencies {
        depends_on_job_ids: stored.prerequisites.into_iter().map(|id| id.0).collect(),
        condition: words::write_condition(stored.condition),
    }
}

/// What is stored of wanted dependencies: each job once.
pub(crate) fn stored(wanted: &Dependencies) -> dependencies::Dependencies {
    let mut seen = HashSet::new();
    dependencies::Dependencies {
        prerequisites: ids(wanted).into_iter().filter(|id| seen.insert(*id)).collect(),
        condition: words::read_condition(wanted.condition),
    }
}

fn ids(wanted: &Dependencies) -> Vec<JobId> {
    wanted.depends_on_job_ids.iter().copied().map(JobId).collect()
}

pub(super) fn deleted_meanwhile() -> JobFault {
    JobFault::invalid(FIELD, "One of these jobs was deleted meanwhile.")
}
