//! Crash rounds: the real binary, killed with -9 again and again, against a witness outside it.
//!
//! What is claimed after every run: nothing acknowledged is lost, no instant fired twice, every due
//! instant has exactly one decision, no attempt started twice, nothing early. The number of rounds is
//! `HORARIUM_TEST_ROUNDS` (100 here, 15 for schedules, 1,000 by `make crash-rounds`); the seed is printed.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's failure")]

mod checker;
mod client;
mod disk_full;
mod rounds;
mod runs;
mod schedules;
mod takeover;
