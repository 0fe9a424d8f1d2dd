//! What tests stand on: a throw-away Postgres and MariaDB, a witness, the real binary as a child, seeds.
//!
//! Development only; no other horarium crate is used here, so that every one of them can use this one.
//!
//! | a test needs | it takes |
//! |--------------|----------|
//! | an empty Postgres database | [`TestDatabase::create`] |
//! | a Postgres it may crash | [`PostgresServer::start`] |
//! | an empty MariaDB database | [`MariaDbDatabase::create`] |
//! | a target for HTTP jobs, and the truth about what was called | [`Witness`], [`WitnessProcess`] |
//! | a JIM server to drive | [`FakeJim`] |
//! | the `horarium` binary, running | [`ServerCommand`] |
//! | to talk to it | [`Client`] |
//! | to wait for another process | [`eventually()`] |
//! | chance that can be replayed | [`Seed`] |

#![expect(
    clippy::missing_panics_doc,
    reason = "a test helper answers trouble with a panic that says what was attempted"
)]

mod child;
mod eventually;
mod guard;
mod http;
mod jim;
mod mariadb;
mod port;
mod postgres;
mod process;
mod seed;
mod server_user;
mod witness;

pub use eventually::eventually;
pub use http::{Answer, Client};
pub use jim::{FakeJim, JimActivity, JimPlan};
pub use mariadb::{MARIADB_ENV, MariaDb, MariaDbDatabase, MariaDbServer};
pub use port::free_port;
pub use postgres::{CLUSTER_ENV, Durability, Postgres, PostgresServer, TEMPLATE_ENV, TestDatabase};
pub use process::{ServerCommand, ServerProcess};
pub use seed::{Rng, SEED_ENV, Seed};
pub use witness::{Call, Phase, WITNESS_ENV, Witness, WitnessProcess, read_log};
