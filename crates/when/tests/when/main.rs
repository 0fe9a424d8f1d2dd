//! What `horarium-when` promises, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod croner_agrees;
mod descriptions;
mod dst;
mod golden;
mod oracle;
mod properties;
mod rules;
mod schedules;
mod syntax;
mod unions;
