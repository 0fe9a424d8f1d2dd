//! `FileOperation`: deletes, moves, copies or compresses files beneath the operator's roots.
//!
//! | operation | does | beside that |
//! |-----------|------|-------------|
//! | Delete, `DeleteOldFiles` | removes each file | one and the same, as documented |
//! | Move, Archive | puts each file into the folder `destinationPath` | one and the same, as documented |
//! | Copy | the same, the source stays | |
//! | Compress | adds each file to `archivePath`, the source stays | see [`compress`] |
//!
//! A file of the same name in the destination is replaced by a rename: there is always the old one
//! or the new one. With `recursive` the folders below are walked and made again in the destination.
//! A missing source folder is a success with nothing done. `olderThanHours` and `deleteAfterDays`
//! choose files of every operation by their mtime; with both, the greater age counts.
//! `deleteEmptyDirectories` removes, after Delete, Move and Archive, empty folders below the source
//! folder (all levels with `recursive`, else the first), never the source folder, never a root.
//!
//! Nothing here trusts a path: see [`folder`] for how one is opened, [`guard`] for what is refused.

mod compress;
mod delete;
mod fault;
mod folder;
mod guard;
mod pattern;
mod plan;
mod report;
mod roots;
mod steps;
mod temporary;
mod transfer;
mod walk;

use std::{path::PathBuf, sync::Arc};

use serde_json::Value;
use tokio::{
    sync::mpsc,
    task::{JoinError, spawn_blocking},
};

use self::{
    fault::Setback,
    guard::Guard,
    plan::{Action, Plan},
    report::Report,
    steps::Steps,
};
pub use self::{
    plan::FileOperationConfiguration,
    roots::{FileRoots, FileRootsError},
};
use crate::{
    assignment::{Assignment, Ending},
    complaint::Complaint,
    output::Capture,
};

/// Looked at by one operation. What is left over waits for the next run.
pub const ENTRIES_MAX: usize = 100_000;
/// What the operator has to set before any file is touched.
pub(super) const NOT_CONFIGURED: &str =
    "file operations are refused: no folder is configured for them (files.roots)";
/// Lines on their way to the output.
const LINES_WAITING_MAX: usize = 256;

/// Does the work of jobs of this type.
#[derive(Debug)]
pub struct FileOperation {
    roots: Arc<FileRoots>,
    protected: Vec<PathBuf>,
    steps: Steps,
}

impl FileOperation {
    /// `data_dir` is the server's own: nothing in it is ever touched, whatever name leads there.
    pub fn new(roots: FileRoots, data_dir: PathBuf) -> Self {
        Self { roots: Arc::new(roots), protected: vec![data_dir], steps: Steps::default() }
    }

    /// Also refuses `path`: a file or a folder of the server's outside its data directory. For a
    /// database file name its `-wal`, `-shm` and `-journal` too.
    #[must_use]
    pub fn protecting(mut self, path: PathBuf) -> Self {
        self.protected.push(path);
        self
    }

    /// Paths that this node would refuse. A path with a variable or a secret in it is judged when it runs,
    /// and all of them are when no root is configured: another node may have some.
    pub(super) fn check(&self, configuration: &Value) -> Vec<Complaint> {
        if self.roots.is_empty() {
            return Vec::new();
        }
        let paths = ["sourcePath", "destinationPath", "archivePath"];
        let given = paths.iter().filter_map(|key| Some((*key, configuration[*key].as_str()?)));
        let literal = given.filter(|(_, path)| {
            !path.trim().is_empty() && !path.contains("{{") && !path.contains("secret://")
        });
        let refused = |(key, path)| Some(Complaint::new(key, self.roots.refusal(path)?));
        literal.filter_map(refused).collect()
    }

    /// The work is done by a thread that may block; it ends when nobody takes its lines any more,
    /// which is when this future is dropped.
    pub(super) async fn run(&self, assignment: &Assignment, capture: &mut Capture) -> Ending {
        if self.roots.is_empty() {
            return Ending::failed_for_good(NOT_CONFIGURED);
        }
        let plan = match Plan::read(assignment) {
            Ok(plan) => plan,
            Err(error) => return Ending::failed_for_good(error),
        };
        let (lines, mut written) = mpsc::channel::<String>(LINES_WAITING_MAX);
        let (roots, protected) = (Arc::clone(&self.roots), self.protected.clone());
        let steps = self.steps.clone();
        let prefix = format!("{}-{}", assignment.execution_id, assignment.attempt);
        let working = spawn_blocking(move || {
            let report = Report::new(lines, plan.action.verb(), plan.dry_run);
            let outcome = perform(&roots, &protected, steps, &plan, &report, prefix);
            report.conclude(outcome)
        });
        while let Some(line) = written.recv().await {
            capture.write(line.as_bytes());
        }
        working.await.unwrap_or_else(panicked)
    }
}

/// What every step of one operation needs at hand.
struct Desk<'a> {
    roots: &'a FileRoots,
    guard: Guard,
    steps: Steps,
    report: &'a Report,
    plan: &'a Plan,
    /// Names temporary files: the attempt's own.
    prefix: String,
}

fn perform(
    roots: &FileRoots,
    protected: &[PathBuf],
    steps: Steps,
    plan: &Plan,
    report: &Report,
    prefix: String,
) -> Result<(), Setback> {
    report.check()?;
    let guard = Guard::scan(protected)?;
    let desk = Desk { roots, guard, steps, report, plan, prefix };
    let Some(source) = roots.open_folder(&desk.guard, &plan.source)? else {
        return report.say(format!("{} does not exist: nothing to do", plan.source));
    };
    match &plan.action {
        Action::Delete => delete::run(&desk, &source),
        Action::Transfer { keeps, to } => transfer::run(&desk, &source, *keeps, to),
        Action::Compress { archive, format } => {
            compress::run(&desk, &source, archive.as_deref(), *format)
        }
    }
}

/// A panic goes on where the runner catches it, like that of any other job type.
fn panicked(error: JoinError) -> Ending {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(error) => Ending::failed(format!("the operation's thread ended: {error}")),
    }
}

#[cfg(test)]
mod tests;
