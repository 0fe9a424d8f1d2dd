//! Making a schedule.

use horarium_api::schedules::{ScheduleDetailDto, ScheduleRequest};
use horarium_core::{ScheduleId, schedule::Schedule};
use horarium_store::{NewSchedule, Once, ScheduleView};
use uuid::Uuid;

use super::{
    ScheduleFault, Schedules,
    draft::draft,
    dto::{detail_dto, schedule_dto},
};

/// A schedule that may be stored, and what its maker will be shown.
#[derive(Clone, Debug)]
pub struct DefinedSchedule {
    pub view: ScheduleView,
    pub dto: ScheduleDetailDto,
}

impl Schedules {
    /// A new schedule with its trigger, not stored yet.
    pub fn define(&self, request: ScheduleRequest) -> Result<DefinedSchedule, ScheduleFault> {
        let id = ScheduleId(Uuid::now_v7());
        let draft = draft(request, &[]);
        let (schedule, trigger) = Schedule::define(id, draft, self.clock.now(), Uuid::now_v7)?;
        let view = ScheduleView { schedule, trigger };
        let dto = detail_dto(schedule_dto(&view), &view.schedule);
        Ok(DefinedSchedule { view, dto })
    }

    /// Stores a defined schedule, with the answer to keep for its maker.
    pub async fn insert(
        &self,
        defined: DefinedSchedule,
        once: Option<Once>,
    ) -> Result<(), ScheduleFault> {
        self.store.insert_schedule(NewSchedule { view: defined.view, once }).await?;
        self.engine.wake();
        Ok(())
    }
}
