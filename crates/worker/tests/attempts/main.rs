//! Whole attempts, from an assignment to its end, against targets on this machine.
#![expect(clippy::unwrap_used, reason = "in a test it is an assertion")]

mod handlers;
mod http_call;
mod http_redirects;
mod resolving;
mod run_profiles;
mod stopping;
mod support;
