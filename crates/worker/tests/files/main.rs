//! Whole file operations, from an assignment to what is on the disk afterwards.
#![expect(clippy::unwrap_used, reason = "in a test it is an assertion")]

mod choosing;
mod compressing;
mod escaping;
mod operations;
mod racing;
mod support;
mod vectors;
