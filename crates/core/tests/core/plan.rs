//! What is decided about due instants: every policy, every standing, every bound.

mod bounds;
mod clock;
mod misfires;
mod overlap;
mod properties;
mod standing;
mod tail;
