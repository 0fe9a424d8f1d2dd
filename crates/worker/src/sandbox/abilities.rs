//! What this machine has to confine programs with, in one line for the log.

use ::landlock::{LandlockStatus, RulesetStatus};

use super::{cgroup, landlock};

/// `Landlock: fully (ABI V6); no new privileges: yes; limits: yes; process trees by: cgroup v2`
pub fn abilities() -> String {
    let sweep = if cgroup::can_be_made() {
        "cgroup v2 and adopted orphans"
    } else {
        "adopted orphans (no cgroup v2 can be made)"
    };
    format!(
        "Landlock: {}; no new privileges: yes; limits: yes; process trees by: {sweep}",
        filter()
    )
}

fn filter() -> String {
    let Some(status) = landlock::probe() else { return "no (not usable)".to_owned() };
    let abi = match status.landlock {
        LandlockStatus::NotEnabled => return "no (not enabled in this kernel)".to_owned(),
        LandlockStatus::NotImplemented => return "no (this kernel has none)".to_owned(),
        LandlockStatus::Available { effective_abi, .. } => effective_abi,
    };
    let how = match status.ruleset {
        RulesetStatus::FullyEnforced => "fully",
        RulesetStatus::PartiallyEnforced => "partly",
        RulesetStatus::NotEnforced => "no",
    };
    format!("{how} (ABI {abi:?})")
}
