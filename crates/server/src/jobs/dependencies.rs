//! What must have succeeded before a job starts: stored and shown (contract D1).

use std::collections::{HashMap, HashSet};

use horarium_api::{enums::DependencyCondition, jobs::Dependencies, wire_enum::WireEnum as _};
use horarium_core::JobId;
use uuid::Uuid;

use super::{Expected, JobFault, Jobs};

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

    /// Refuses the job itself, unknown jobs and cycles, each by name.
    pub(super) async fn check_dependencies(
        &self,
        id: JobId,
        wanted: &Dependencies,
    ) -> Result<(), JobFault> {
        for (index, other) in wanted.depends_on_job_ids.iter().enumerate() {
            let field = format!("{FIELD}[{index}]");
            if *other == id.0 {
                return Err(JobFault::invalid(&field, "A job cannot depend on itself."));
            }
            if self.store.job(JobId(*other)).await?.is_none() {
                return Err(JobFault::invalid(&field, format!("There is no job {other}.")));
            }
        }
        let edges = self.store.dependency_edges().await?;
        let Some(cycle) = cycle(id, &wanted.depends_on_job_ids, &edges) else { return Ok(()) };
        let names = self.names(&cycle).await?.join(" → ");
        Err(JobFault::invalid(FIELD, format!("That would be a cycle: {names}.")))
    }

    pub(super) async fn store_dependencies(
        &self,
        id: JobId,
        wanted: &Dependencies,
    ) -> Result<(), JobFault> {
        let stored = stored(wanted);
        if stored.depends_on.is_empty() {
            return Ok(self.store.clear_dependencies(id).await?);
        }
        if self.store.set_dependencies(id, stored).await? {
            return Ok(());
        }
        Err(deleted_meanwhile())
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

pub(super) fn write(stored: horarium_store::Dependencies) -> Dependencies {
    let condition = DependencyCondition::by_word(&stored.condition);
    Dependencies {
        depends_on_job_ids: stored.depends_on.into_iter().map(|id| id.0).collect(),
        // A word that nobody can have stored reads as the stricter one.
        condition: condition.unwrap_or(DependencyCondition::AllSucceeded),
    }
}

/// The way from `id` over its new prerequisites back to itself, if there is one.
/// What is stored of wanted dependencies: each job once.
pub(crate) fn stored(wanted: &Dependencies) -> horarium_store::Dependencies {
    let mut seen = HashSet::new();
    let ids = wanted.depends_on_job_ids.iter().copied();
    horarium_store::Dependencies {
        depends_on: ids.filter(|id| seen.insert(*id)).map(JobId).collect(),
        condition: wanted.condition.name().to_owned(),
    }
}

pub(super) fn deleted_meanwhile() -> JobFault {
    JobFault::invalid(FIELD, "One of these jobs was deleted meanwhile.")
}

fn cycle(id: JobId, wanted: &[Uuid], edges: &[(JobId, JobId)]) -> Option<Vec<JobId>> {
    let mut prerequisites: HashMap<JobId, Vec<JobId>> = HashMap::new();
    for (job, other) in edges.iter().filter(|(job, _)| *job != id) {
        prerequisites.entry(*job).or_default().push(*other);
    }
    let mut came_from: HashMap<JobId, JobId> = HashMap::new();
    let mut waiting: Vec<JobId> = wanted.iter().copied().map(JobId).collect();
    came_from.extend(waiting.iter().map(|other| (*other, id)));
    while let Some(job) = waiting.pop() {
        for other in prerequisites.get(&job).into_iter().flatten() {
            if *other == id {
                return Some(way_back(id, job, &came_from));
            }
            if !came_from.contains_key(other) {
                came_from.insert(*other, job);
                waiting.push(*other);
            }
        }
    }
    None
}

/// From `id` along `came_from` to `last`, and to `id` again.
fn way_back(id: JobId, last: JobId, came_from: &HashMap<JobId, JobId>) -> Vec<JobId> {
    let mut way = vec![id];
    let mut at = last;
    while at != id {
        way.push(at);
        at = came_from.get(&at).copied().unwrap_or(id);
    }
    way.push(id);
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_found_and_named_in_order() {
        let job = |n: u128| JobId(Uuid::from_u128(n));
        let edges = [(2, 3), (3, 4), (4, 1), (5, 4)].map(|(one, other)| (job(one), job(other)));
        let check = |id: u128, wanted: &[u128], expect: Option<&[u128]>| {
            let wanted: Vec<Uuid> = wanted.iter().map(|n| Uuid::from_u128(*n)).collect();
            let expect = expect.map(|way| way.iter().map(|n| job(*n)).collect::<Vec<_>>());
            assert_eq!(cycle(job(id), &wanted, &edges), expect, "{id}");
        };
        check(1, &[2], Some(&[1, 2, 3, 4, 1]));
        check(1, &[6, 5], Some(&[1, 5, 4, 1]));
        check(6, &[2], None);
        check(3, &[1], None);
        check(4, &[5], Some(&[4, 5, 4]));
    }
}
