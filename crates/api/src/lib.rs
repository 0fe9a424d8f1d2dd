//! What goes over the wire: request readers, response types, problem bodies, the route table.
//!
//! Pure: text in, types out. Nothing here knows the clock, the database or axum.
//!
//! | wants | look at |
//! |---|---|
//! | read a body | [`json::parse`], then e.g. [`jobs::JobRequest::read_create`] |
//! | read a query string | [`query::Query`], e.g. [`jobs::JobQuery::read`] |
//! | answer | a `…Dto`, written by [`enum_format::render`] |
//! | refuse | [`problem::Problem`] |
//! | know the routes and who may use them | [`operations::OPERATIONS`] |
//! | describe it all | [`openapi::document`] |

pub mod admin;
pub mod api_keys;
pub mod auth;
pub mod configuration;
pub mod data_sources;
pub mod enum_format;
pub mod enums;
pub mod events;
pub mod execution_log;
pub mod executions;
pub mod field_errors;
pub mod fields;
pub mod jobs;
pub mod json;
pub mod modules;
pub mod monitoring;
pub mod occurrences;
pub mod openapi;
pub mod operations;
pub mod paging;
pub mod permission;
pub mod preview;
pub mod problem;
pub mod query;
pub mod queues;
pub mod schedules;
pub mod secrets;
pub mod time;
pub mod users;
pub mod wire_enum;
pub mod workflows;

pub use field_errors::FieldErrors;
pub use json::Json;
pub use problem::Problem;
pub use wire_enum::WireEnum;
