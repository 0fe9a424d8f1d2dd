//! What Horarium decides, without doing any of it: nouns, states and their only moves, firing
//! plans, retry and loss policies.
//!
//! Nothing here reads a clock, rolls dice, waits or does IO: `now` and `entropy` are arguments, and
//! every decision is a value that a shell carries out. Suggested reading order: [`trigger`],
//! [`plan()`], [`execution`], [`retry`], [`lost`], [`job`].

pub mod arguments;
pub mod dependencies;
pub mod event;
pub mod execution;
pub mod graph;
pub mod id;
pub mod job;
pub mod lost;
pub mod plan;
pub mod retry;
pub mod run;
pub mod schedule;
pub mod schedule_pattern;
pub mod schedule_run;
pub mod schedule_step;
pub mod settle;
pub mod trigger;
pub mod violations;

pub use event::{Event, JobChange, Moved, NodeChange};
pub use execution::{ExecutionEvent, ExecutionState, IllegalMove, Origin};
pub use id::{
    DataSourceId, ExecutionId, JobId, KeyId, ModuleId, NodeId, RunId, ScheduleId, SecretId, UserId,
    WorkflowId,
};
pub use job::{Job, JobDraft, JobType};
pub use plan::{Decision, DecisionRow, Plan, plan};
pub use retry::{Backoff, RetryPolicy};
pub use trigger::{FiringPolicy, Standing, Trigger, TriggerRule, TriggerSpec};
pub use violations::Violations;
