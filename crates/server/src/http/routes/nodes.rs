//! The processes that share the work.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::monitoring::NodeDto;
use horarium_store::{Node, NodeState};

use crate::http::{App, answer::json, refusal::Answer};

pub(crate) async fn list(State(app): State<Arc<App>>) -> Answer {
    let nodes = app.store.nodes().await?;
    json(StatusCode::OK, &nodes.into_iter().map(dto).collect::<Vec<_>>())
}

fn dto(node: Node) -> NodeDto {
    NodeDto {
        id: node.id.to_string(),
        name: node.name,
        version: node.version,
        started_at: node.started_at,
        last_heartbeat_at: node.beat_at,
        is_alive: node.state == NodeState::Live,
        running: node.n_running,
        capacity: node.workers,
    }
}
