//! Every change to a disk is announced here first, so that a test can make the disk fail at any of
//! them.

use std::{fmt, io, sync::Arc};

/// A change that is about to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    MakeFolder,
    CreateTemporary,
    Write,
    SyncFile,
    /// A file goes from one folder to another as it is.
    Move,
    /// A temporary file, complete, takes its name.
    Publish,
    SyncFolder,
    Unlink,
    RemoveFolder,
}

type Interfere = dyn Fn(Step) -> io::Result<()> + Send + Sync;

/// Lets every step pass unless a test interferes.
#[derive(Clone, Default)]
pub(super) struct Steps(Option<Arc<Interfere>>);

impl Steps {
    #[cfg(test)]
    pub(super) fn new(f: impl Fn(Step) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(f)))
    }

    pub(super) fn before(&self, step: Step) -> io::Result<()> {
        self.0.as_ref().map_or(Ok(()), |interfere| interfere(step))
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Steps")
    }
}
