//! Live events on the wire (`text/event-stream`): what changed, so that a page need not ask again and
//! again. An event is a hint to look; it names what moved up to a bound, and counts the rest.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::enums::ExecutionStatus;
use crate::permission::Permission;
use crate::wire_enum::wire_enum;

/// The header, and the query parameter, with the `id` of the last event that was seen.
pub const LAST_EVENT_ID_HEADER: &str = "Last-Event-ID";

wire_enum! {
    /// How jobs changed.
    pub enum JobChange {
        Created = "created",
        Updated = "updated",
        Paused = "paused",
        Resumed = "resumed",
        Deleted = "deleted",
    }
}

wire_enum! {
    /// What became of a node.
    pub enum NodeChange {
        Started = "started",
        Stopped = "stopped",
        Lost = "lost",
    }
}

wire_enum! {
    /// What a run is of.
    pub enum RunKind {
        Workflow = "workflow",
        Schedule = "schedule",
    }
}

/// The data of an event; its name is the `event` field of the stream.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Event")]
pub enum EventDto {
    /// `executions`
    Executions(ExecutionsEventDto),
    /// `jobs`
    Jobs(JobsEventDto),
    /// `node`
    Node(NodeEventDto),
    /// `runs`
    Runs(RunsEventDto),
    /// `reset`: events were missed; whatever is shown is to be read again.
    Reset {},
}

/// Executions came to be or moved.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionsEventDto {
    #[serde(serialize_with = "crate::time::instant")]
    pub at: Timestamp,
    /// The first twenty.
    pub executions: Vec<MovedExecutionDto>,
    /// The first fifty jobs they are of.
    pub job_ids: Vec<Uuid>,
    pub changed: u64,
    /// Whether `executions` names them all.
    pub is_complete: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovedExecutionDto {
    pub id: Uuid,
    pub job_id: Uuid,
    /// Null: just queued, Pending or Running already.
    pub status: Option<ExecutionStatus>,
}

/// Jobs changed, all in the same way.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobsEventDto {
    #[serde(serialize_with = "crate::time::instant")]
    pub at: Timestamp,
    pub change: JobChange,
    /// The first fifty.
    pub job_ids: Vec<Uuid>,
    pub changed: u64,
    /// Whether `jobIds` names them all.
    pub is_complete: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeEventDto {
    #[serde(serialize_with = "crate::time::instant")]
    pub at: Timestamp,
    pub node_id: Uuid,
    pub name: String,
    pub change: NodeChange,
}

/// Runs of workflows or schedules moved, or their steps did.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunsEventDto {
    #[serde(serialize_with = "crate::time::instant")]
    pub at: Timestamp,
    /// The first twenty.
    pub runs: Vec<MovedRunDto>,
    pub changed: u64,
    /// Whether `runs` names them all.
    pub is_complete: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovedRunDto {
    pub id: Uuid,
    pub kind: RunKind,
    /// In the words of workflow runs.
    pub status: String,
}

impl EventDto {
    /// The `event` field.
    pub fn name(&self) -> &'static str {
        match self {
            EventDto::Executions(_) => "executions",
            EventDto::Jobs(_) => "jobs",
            EventDto::Node(_) => "node",
            EventDto::Runs(_) => "runs",
            EventDto::Reset {} => "reset",
        }
    }

    /// Whoever has it is told.
    pub fn permission(&self) -> Permission {
        match self {
            EventDto::Executions(_) | EventDto::Runs(_) => Permission::ViewExecutions,
            EventDto::Jobs(_) => Permission::ViewJobs,
            EventDto::Node(_) => Permission::ViewNodes,
            EventDto::Reset {} => Permission::Authenticated,
        }
    }

    /// The event as it stands in a stream; `id` has no line break.
    pub fn frame(&self, id: &str) -> String {
        // JSON has no line break outside of its strings, and escapes those inside.
        let data = serde_json::to_string(self).unwrap_or_default();
        format!("id: {id}\nevent: {}\ndata: {data}\n\n", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_three_lines_and_an_empty_one() {
        let event = EventDto::Node(NodeEventDto {
            at: Timestamp::UNIX_EPOCH,
            node_id: Uuid::nil(),
            name: "a\nb".into(),
            change: NodeChange::Lost,
        });
        let expect = "id: 1-2\nevent: node\ndata: {\"at\":\"1970-01-01T00:00:00Z\",\"nodeId\":\
            \"00000000-0000-0000-0000-000000000000\",\"name\":\"a\\nb\",\"change\":\"lost\"}\n\n";
        assert_eq!(event.frame("1-2"), expect);
        assert_eq!(EventDto::Reset {}.frame("3-4"), "id: 3-4\nevent: reset\ndata: {}\n\n");
    }
}
