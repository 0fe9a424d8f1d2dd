//! What `horarium-when` promises, seen from outside.

mod croner_agrees;
mod descriptions;
mod dst;
mod golden;
mod oracle;
mod properties;
mod rules;
mod schedules;
mod syntax;
