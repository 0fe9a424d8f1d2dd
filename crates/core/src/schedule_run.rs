//! One run of a schedule, in JIM's words: its states, its steps' states, its numbers.
//!
//! [`ScheduleExecutionState`] is what people are told at once; [`StepState`] is what really goes on.
//! A cancelled execution is `Cancelled` from the request on, while a step of it may still be
//! `Cancelling`. What starts and how it ends is for [`graph`](crate::graph) to say:
//! [`StepState::node_state`] and [`ScheduleExecutionEvent::of`] translate.
//!
//! Words: seed 004; the rest of the vocabulary, `progress` and texts: `reference/jim.md` §2, §3.

mod activity;
mod execution;
mod initiator;
mod names;
mod observed;
mod position;
mod progress;
mod status;
mod step;

pub use self::{
    activity::ActivityStatus,
    execution::{
        CANCELLED_BY_USER, IllegalMove, ScheduleExecutionEvent, ScheduleExecutionState,
        SuccessWord, stopped_text,
    },
    initiator::{Initiator, InitiatorKind, SCHEDULER_SERVICE},
    names::StepNames,
    observed::Observed,
    position::{Place, Position},
    progress::{Progress, ProgressGroup, ProgressStep},
    status::StepStatus,
    step::{IllegalStepMove, StepEvent, StepOutcome, StepState},
};
