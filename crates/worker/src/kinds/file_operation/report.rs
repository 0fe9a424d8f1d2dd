//! What is said about an operation: a line a file, a summary, the ending; and whether anybody listens.

use std::{
    cell::{Cell, RefCell},
    ffi::OsStr,
    path::Path,
};

use tokio::sync::mpsc;

use super::fault::{Fault, Setback};
use crate::assignment::Ending;

/// How an operation is called when it is done, and when it would be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verb {
    pub(super) past: &'static str,
    pub(super) base: &'static str,
}

/// Counts what happens and sends it on, line by line. When nobody takes the lines any more the attempt
/// was cancelled or timed out, and every step that asks stops.
#[derive(Debug)]
pub(super) struct Report {
    lines: mpsc::Sender<String>,
    verb: Verb,
    dry_run: bool,
    n_done: Cell<u64>,
    bytes: Cell<u64>,
    n_skipped: Cell<u64>,
    n_failed: Cell<u64>,
    n_too_young: Cell<u64>,
    n_folders: Cell<u64>,
    first: RefCell<Option<Fault>>,
    is_retryable: Cell<bool>,
}

impl Report {
    pub(super) fn new(lines: mpsc::Sender<String>, verb: Verb, dry_run: bool) -> Self {
        Self {
            lines,
            verb,
            dry_run,
            n_done: Cell::default(),
            bytes: Cell::default(),
            n_skipped: Cell::default(),
            n_failed: Cell::default(),
            n_too_young: Cell::default(),
            n_folders: Cell::default(),
            first: RefCell::default(),
            is_retryable: Cell::default(),
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.lines.is_closed()
    }

    /// Asked between files and between chunks.
    pub(super) fn check(&self) -> Result<(), Setback> {
        if self.is_stopped() { Err(Setback::Stopped) } else { Ok(()) }
    }

    pub(super) fn say(&self, mut line: String) -> Result<(), Setback> {
        line.push('\n');
        self.lines.blocking_send(line).map_err(|_| Setback::Stopped)
    }

    /// A file of `bytes` was done, or would be.
    pub(super) fn done(&self, what: &str, bytes: u64) -> Result<(), Setback> {
        add(&self.n_done, 1);
        add(&self.bytes, bytes);
        self.say(format!("{} {what}", self.did(self.verb)))
    }

    pub(super) fn removed_folder(&self, folder: &Path) -> Result<(), Setback> {
        add(&self.n_folders, 1);
        let did = self.did(Verb { past: "Deleted", base: "delete" });
        self.say(format!("{did} empty folder {}", shown(folder)))
    }

    pub(super) fn too_young(&self) {
        add(&self.n_too_young, 1);
    }

    /// Puts down that `path` was not done and why; what ends the operation goes on upwards.
    pub(super) fn set_back(&self, path: &Path, setback: Setback) -> Result<(), Setback> {
        match setback {
            Setback::Stopped | Setback::Ended(_) => Err(setback),
            Setback::Skipped(reason) => {
                add(&self.n_skipped, 1);
                self.say(format!("Skipped {}: {reason}", shown(path)))
            }
            Setback::Failed(fault) => {
                let line = format!("Failed {}: {}", shown(path), fault.error);
                self.count(fault);
                self.say(line)
            }
        }
    }

    fn count(&self, fault: Fault) {
        add(&self.n_failed, 1);
        self.is_retryable.set(self.is_retryable.get() || fault.retryable);
        self.first.borrow_mut().get_or_insert(fault);
    }

    /// Says the summary. The operation succeeded when nothing failed; another attempt is worth it when
    /// any of what failed may mend.
    pub(super) fn conclude(self, outcome: Result<(), Setback>) -> Ending {
        let whole = match outcome {
            // Nobody sees it: who stopped the attempt has its ending already.
            Err(Setback::Stopped) => return Ending::Cancelled,
            Err(Setback::Skipped(reason)) => Some(Fault { error: reason, retryable: false }),
            Err(Setback::Failed(fault) | Setback::Ended(fault)) => Some(fault),
            Ok(()) => None,
        };
        if self.say(self.summary()).is_err() {
            return Ending::Cancelled;
        }
        let first = self.first.into_inner();
        let (error, retryable) = match (whole, first) {
            (None, None) => return Ending::Succeeded,
            (Some(fault), _) => (fault.error, fault.retryable),
            (None, Some(fault)) => {
                let n_failed = self.n_failed.get();
                let n = n_failed + self.n_done.get();
                let error = format!("{n_failed} of {n} failed, first: {}", fault.error);
                (error, self.is_retryable.get())
            }
        };
        if retryable { Ending::failed(error) } else { Ending::failed_for_good(error) }
    }

    fn summary(&self) -> String {
        let (n_done, bytes) = (self.n_done.get(), self.bytes.get());
        let mut summary = format!("{} {n_done} files ({bytes} bytes)", self.did(self.verb));
        for (n, what) in [
            (&self.n_skipped, "skipped"),
            (&self.n_failed, "failed"),
            (&self.n_too_young, "not old enough"),
            (&self.n_folders, "empty folders deleted"),
        ] {
            if n.get() > 0 {
                summary.extend([", ", &n.get().to_string(), " ", what]);
            }
        }
        summary
    }

    fn did(&self, verb: Verb) -> String {
        if self.dry_run { format!("Would {}", verb.base) } else { verb.past.to_owned() }
    }
}

fn add(count: &Cell<u64>, n: u64) {
    count.set(count.get() + n);
}

/// A path as one line shows it: a line break in a name must not begin a line of its own.
pub(super) fn shown(path: impl AsRef<OsStr>) -> String {
    let text = path.as_ref().to_string_lossy();
    if !text.contains(char::is_control) {
        return text.into_owned();
    }
    let escaped = |c: char| -> String {
        if c.is_control() { c.escape_default().collect() } else { c.to_string() }
    };
    text.chars().map(escaped).collect()
}
