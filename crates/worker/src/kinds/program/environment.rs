//! The environment of a program: nothing of the server's, and what it needs to know of its run.

use std::{collections::BTreeMap, path::Path};

use horarium_api::time::instant_text;

use crate::assignment::Assignment;

/// Where programs find others.
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin:\
                        /opt/microsoft/powershell/7";

/// Every variable that a step's program has.
pub(super) fn of(assignment: &Assignment, scratch: &Path) -> BTreeMap<String, String> {
    let scratch = scratch.display().to_string();
    let due_at = assignment.due_at.map(instant_text);
    let variables = [
        ("PATH", PATH.to_owned()),
        ("HOME", scratch.clone()),
        ("TMPDIR", scratch),
        ("LANG", "C.UTF-8".to_owned()),
        // .NET opens a debugging port in its temporary folder, which nobody asks for here.
        ("DOTNET_EnableDiagnostics", "0".to_owned()),
        ("POWERSHELL_TELEMETRY_OPTOUT", "1".to_owned()),
        ("HORARIUM_EXECUTION_ID", assignment.execution_id.to_string()),
        ("HORARIUM_ATTEMPT", assignment.attempt.to_string()),
        ("HORARIUM_SCHEDULED_FOR", due_at.unwrap_or_default()),
    ];
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
