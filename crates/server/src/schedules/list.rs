//! Reading schedules: one, or a page of them.

use std::collections::HashMap;

use horarium_api::schedules::{
    JimPage, ScheduleDetailDto, ScheduleDto, ScheduleQuery, ScheduleSort,
};
use horarium_core::ScheduleId;
use horarium_store::{ScheduleFilter, ScheduleRun, ScheduleView};
use uuid::Uuid;

use super::{
    ScheduleFault, Schedules,
    dto::{detail_dto, schedule_dto},
    execution_dto::last_execution,
};

impl Schedules {
    pub async fn get(
        &self,
        id: ScheduleId,
    ) -> Result<(ScheduleView, ScheduleDetailDto), ScheduleFault> {
        let view = self.view(id).await?;
        let dto = self.detail(&view).await?;
        Ok((view, dto))
    }

    pub async fn list(&self, query: ScheduleQuery) -> Result<JimPage<ScheduleDto>, ScheduleFault> {
        let filter = ScheduleFilter {
            search: query.search,
            sort: match query.sort_by {
                ScheduleSort::Created => horarium_store::ScheduleSort::CreatedAt,
                ScheduleSort::Name => horarium_store::ScheduleSort::Name,
                ScheduleSort::IsEnabled => horarium_store::ScheduleSort::IsEnabled,
                ScheduleSort::LastRunTime => horarium_store::ScheduleSort::LastRunAt,
                ScheduleSort::NextRunTime => horarium_store::ScheduleSort::NextRunAt,
            },
            descending: query.sort_descending,
        };
        let (offset, limit) = (query.page.offset(), query.page.page_size);
        let (views, total) = self.store.schedules(filter, offset, limit).await?;
        Ok(JimPage::new(self.dtos(&views).await?, total, query.page))
    }

    pub(super) async fn detail(
        &self,
        view: &ScheduleView,
    ) -> Result<ScheduleDetailDto, ScheduleFault> {
        Ok(detail_dto(self.dto(view).await?, &view.schedule))
    }

    pub(super) async fn dto(&self, view: &ScheduleView) -> Result<ScheduleDto, ScheduleFault> {
        let mut dtos = self.dtos(std::slice::from_ref(view)).await?;
        dtos.pop().ok_or(ScheduleFault::Unknown)
    }

    /// The schedules with the last execution of each.
    async fn dtos(&self, views: &[ScheduleView]) -> Result<Vec<ScheduleDto>, ScheduleFault> {
        let ids = views.iter().map(|view| view.schedule.id).collect();
        let runs = self.store.last_schedule_runs(ids).await?;
        let runs: HashMap<Uuid, ScheduleRun> =
            runs.into_iter().map(|run| (run.head.owner, run)).collect();
        let dto = |view: &ScheduleView| {
            let dto = schedule_dto(view);
            match runs.get(&view.schedule.id.0) {
                Some(run) => ScheduleDto {
                    last_run_time: Some(run.head.created_at),
                    last_execution: last_execution(run, self.success),
                    ..dto
                },
                None => dto,
            }
        };
        Ok(views.iter().map(dto).collect())
    }
}
