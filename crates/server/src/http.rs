//! The HTTP API: every request passes the same gates, in one order, before its route is called.
//!
//! ```text
//!  connection ─▶ edge ─▶ router ─▶ gate ─▶ route
//!                 │        │         └ who, whether, how often, body, once (middleware/gate.rs)
//!                 │        └ made from the table of operations (router.rs); all else is 404 or 405
//!                 └ id, bounds, time, panics, headers, problem bodies, log (middleware/edge.rs)
//! ```
//!
//! Routes are in [`routes`], one file per family; adding one is a row in the table of
//! `horarium_api::operations`, a function there and a line in [`router`].

mod answer;
mod app;
mod cookie;
mod dashboard;
mod docs;
mod extract;
mod middleware;
mod once;
mod refusal;
mod router;
mod routes;
pub mod serve;

pub use app::{App, Defined, HttpSettings};
pub use dashboard::Dashboard;
pub use middleware::rate_limit::{Budget, RateLimits};
pub use router::router;
