//! What every request passes: [`edge`] around the router, [`gate`] in front of each route.

pub(super) mod body;
pub(super) mod edge;
pub(super) mod forgery;
pub(super) mod gate;
mod headers;
mod idempotency;
pub(super) mod limits;
mod panics;
mod problems;
pub(super) mod rate_limit;
