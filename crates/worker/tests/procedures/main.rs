//! Stored procedures, called by whole attempts on a real PostgreSQL and a real MariaDB.
#![expect(clippy::unwrap_used, reason = "in a test it is an assertion")]

mod failing;
mod mariadb;
mod pooling;
mod postgres;
mod scripts;
mod stopping;
mod support;
mod tls;
mod types;
