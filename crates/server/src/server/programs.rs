//! The programs and scripts that steps of schedules may run, as the settings have them.

use std::{path::PathBuf, time::Duration};

use horarium_worker::{
    Kinds, ProgramSettings, Programs, ScriptRoots,
    sandbox::{Limits, Trees, abilities},
};
use tracing::info;

use super::StartError;
use crate::settings::Settings;

/// This binary once more: it begins with [`crate::enter_sandbox`].
const HELPER: &str = "/proc/self/exe";
const MIB: u64 = 1 << 20;

/// Lets steps run what the operator allows, and says in one line what will confine it.
pub(super) fn with_programs(kinds: Kinds, settings: &Settings) -> Result<Kinds, StartError> {
    let runners = &settings.runners;
    let scripts = ScriptRoots::open(runners.script_roots.clone(), &settings.data_dir)?;
    if !runners.executables.is_empty() || !scripts.is_empty() {
        info!("steps may run programs. {}", abilities());
    }
    let programs = Programs::new(ProgramSettings {
        helper: PathBuf::from(HELPER),
        executables: runners.executables.clone(),
        working_roots: runners.working_roots.clone(),
        readable: runners.readable.clone(),
        powershell: runners.powershell.clone(),
        limits: Limits {
            memory_bytes: u64::from(runners.memory_mib_max) * MIB,
            file_bytes: u64::from(runners.file_mib_max) * MIB,
            processes: u64::from(runners.processes_max),
            ..Limits::default()
        },
        grace: Duration::from_secs(u64::from(runners.stop_grace_seconds)),
        trees: if runners.cgroups { Trees::Cgroup } else { Trees::Orphans },
    });
    Ok(kinds.with_programs(programs, scripts))
}
