//! A file that is written under a name of its own and takes its real one when it is complete.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io,
};

use super::{
    Desk,
    fault::Setback,
    folder::Folder,
    pattern::Pattern,
    steps::{Step, Steps},
};

const BEGIN: &str = ".horarium-";
const END: &str = ".tmp";
/// Names tried; they carry the attempt's id, so one that is taken was planted.
const NAMES_TRIED_MAX: u32 = 100;

/// Removed when it is dropped unpublished, whatever ended the work. Only a crash leaves one behind,
/// with its name as a sign: it can go.
#[derive(Debug)]
pub(super) struct Temporary {
    folder: Folder,
    name: OsString,
    pub(super) file: File,
    steps: Steps,
    published: bool,
}

impl Temporary {
    pub(super) fn create(desk: &Desk<'_>, folder: &Folder) -> Result<Self, Setback> {
        let doing = || format!("making a temporary file in `{}`", folder.path.display());
        for n in 0..NAMES_TRIED_MAX {
            let name = OsString::from(format!("{BEGIN}{}-{n}{END}", desk.prefix));
            match folder.create(&name, &desk.steps) {
                Ok(file) => {
                    let (folder, steps) = (folder.clone(), desk.steps.clone());
                    return Ok(Self { folder, name, file, steps, published: false });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Setback::io(doing(), &error)),
            }
        }
        Err(Setback::for_now(format!("{}: every name is taken", doing())))
    }

    /// Gives it its name, in the place of what had it, and makes that survive a crash.
    pub(super) fn publish(mut self, name: &OsStr) -> io::Result<()> {
        self.steps.before(Step::SyncFile)?;
        rustix::fs::fsync(&self.file)?;
        self.steps.before(Step::Publish)?;
        self.folder.rename(&self.name, &self.folder, name)?;
        self.published = true;
        self.folder.sync(&self.steps)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.published {
            return;
        }
        if let Err(error) = self.folder.unlink(&self.name, &self.steps) {
            let (folder, name) = (self.folder.path.display(), self.name.display());
            tracing::warn!("removing temporary file `{folder}/{name}`: {error}");
        }
    }
}

/// Whether a name is a temporary file's, of this attempt or of one that crashed. They are nobody's
/// files; only a pattern that begins like them finds them.
pub(super) fn is_left_over(name: &str, pattern: &Pattern) -> bool {
    name.starts_with(BEGIN) && name.ends_with(END) && !pattern.begins_with(BEGIN)
}
