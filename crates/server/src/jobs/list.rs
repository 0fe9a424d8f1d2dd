//! Reading jobs: one, or a page of them.

use std::collections::HashSet;

use horarium_api::{
    enums::JobStatusFilter,
    jobs::{JobDto, JobQuery, JobSort, SortDirection},
    paging::Paged,
};
use horarium_core::JobId;
use horarium_store::{JobFilter, JobStatus, JobView};

use super::{JobFault, Jobs, dependencies, dto::job_dto, words};

impl Jobs {
    pub async fn get(&self, id: JobId) -> Result<(JobView, JobDto), JobFault> {
        let view = self.view(id).await?;
        let dto = self.dto(&view).await?;
        Ok((view, dto))
    }

    pub async fn list(&self, query: JobQuery) -> Result<Paged<JobDto>, JobFault> {
        let status = match query.status {
            None => None,
            Some(JobStatusFilter::Enabled) => Some(JobStatus::Enabled),
            Some(JobStatusFilter::Paused) => Some(JobStatus::Paused),
            Some(JobStatusFilter::Disabled) => Some(JobStatus::Disabled),
            Some(JobStatusFilter::Completed) => Some(JobStatus::Completed),
            Some(JobStatusFilter::Failed) => Some(JobStatus::Failing),
            // Lists hide deleted jobs.
            Some(JobStatusFilter::Deleted) => return Ok(Paged::new(Vec::new(), 0, query.page)),
        };
        let filter = JobFilter {
            job_type: query.job_type.map(words::read_job_type),
            status,
            tag: query.tag,
            search: query.search,
            sort: match query.sort_by {
                JobSort::Name => horarium_store::JobSort::Name,
                JobSort::CreatedAt => horarium_store::JobSort::CreatedAt,
                JobSort::UpdatedAt => horarium_store::JobSort::UpdatedAt,
                JobSort::NextRunAt => horarium_store::JobSort::NextRunAt,
            },
            ascending: query.sort_direction == SortDirection::Asc,
        };
        let (offset, limit) = (query.page.offset(), query.page.page_size);
        let (views, total) = self.store.jobs(filter, offset, limit).await?;
        Ok(Paged::new(self.dtos(&views).await?, total, query.page))
    }

    pub(super) async fn dto(&self, view: &JobView) -> Result<JobDto, JobFault> {
        let dependencies = self.store.dependencies(view.job.id).await?;
        Ok(job_dto(view, dependencies.map(dependencies::write)))
    }

    /// Few jobs depend on others: one read says which, and only those are asked for.
    pub(crate) async fn dtos(&self, views: &[JobView]) -> Result<Vec<JobDto>, JobFault> {
        if views.is_empty() {
            return Ok(Vec::new());
        }
        let edges = self.store.dependency_edges().await?;
        let dependent: HashSet<JobId> = edges.into_iter().map(|(job, _)| job).collect();
        let mut dtos = Vec::with_capacity(views.len());
        for view in views {
            let is_dependent = dependent.contains(&view.job.id);
            dtos.push(if is_dependent { self.dto(view).await? } else { job_dto(view, None) });
        }
        Ok(dtos)
    }
}
