//! Delete: removes each file found.

use super::{
    Desk,
    fault::Setback,
    folder::Folder,
    report::shown,
    walk::{Found, Place, Visitor, walk},
};

pub(super) fn run(desk: &Desk<'_>, source: &Folder) -> Result<(), Setback> {
    walk(desk, source, &mut Delete { desk })
}

struct Delete<'a> {
    desk: &'a Desk<'a>,
}

impl Visitor for Delete<'_> {
    fn visit(&mut self, place: &Place<'_>, files: &[Found]) -> Result<usize, Setback> {
        let report = self.desk.report;
        let mut n_gone = 0;
        for found in files {
            report.check()?;
            let path = place.folder.path.join(&found.name);
            match self.delete(place.folder, found) {
                Ok(()) => {
                    n_gone += 1;
                    report.done(&shown(&path), found.facts.bytes)?;
                }
                Err(setback) => report.set_back(&path, setback)?,
            }
        }
        Ok(n_gone)
    }
}

impl Delete<'_> {
    /// A name can be given to another file between the look and the removal; whatever it is by then
    /// is a name in this folder, and what it is linked to elsewhere stays.
    fn delete(&self, folder: &Folder, found: &Found) -> Result<(), Setback> {
        still_the_same(folder, found)?;
        if self.desk.plan.dry_run {
            return Ok(());
        }
        let deleted = folder.unlink(&found.name, &self.desk.steps);
        let doing = || format!("deleting `{}`", folder.path.join(&found.name).display());
        deleted.map_err(|error| Setback::io(doing(), &error))
    }
}

/// Whether the name still means the file that was chosen.
pub(super) fn still_the_same(folder: &Folder, found: &Found) -> Result<(), Setback> {
    let facts = folder.facts(&found.name).map_err(|error| Setback::io("reading it", &error))?;
    match facts {
        Some(facts) if facts.id == found.facts.id => Ok(()),
        Some(_) => Err(Setback::Skipped("is another file by now".to_owned())),
        None => Err(Setback::Skipped("is gone by now".to_owned())),
    }
}
