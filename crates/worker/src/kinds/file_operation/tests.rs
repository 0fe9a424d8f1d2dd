//! Disks that fail, and cancels, at every single step.
