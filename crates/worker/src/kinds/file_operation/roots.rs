//! The folders the operator opened for file operations, and how a job's path is found in them.

use std::{
    ffi::OsStr,
    io,
    path::{Component, Path, PathBuf},
};

use super::{
    fault::Setback,
    folder::{FileId, Folder},
    guard::Guard,
    steps::Steps,
};

/// Of one path: a folder that is missing is made, and no walk comes so deep.
const NAMES_MAX: usize = 100;

/// The folders that file operations may work in, opened once: a root that is renamed or mounted over
/// later stays the folder it was. The default has none, and refuses everything.
#[derive(Debug, Default)]
pub struct FileRoots(Vec<Root>);

#[derive(Debug)]
struct Root {
    folder: Folder,
    /// As it was configured, and without links: a job may use either.
    paths: [PathBuf; 2],
}

/// Why a configured root cannot be one.
#[derive(Debug, thiserror::Error)]
pub enum FileRootsError {
    #[error("root `{}` of files.roots must be an absolute path below `/`", .0.display())]
    NotAbsolute(PathBuf),
    #[error("opening root `{}` of files.roots", path.display())]
    Unusable {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
}

impl FileRoots {
    /// Opens every root; each must be a folder that exists.
    pub fn open(paths: Vec<PathBuf>) -> Result<Self, FileRootsError> {
        paths.into_iter().map(Root::open).collect::<Result<_, _>>().map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Why a job's path is refused, as far as its text says; where links lead is found out when it runs.
    pub(super) fn refusal(&self, path: &str) -> Option<String> {
        let names = match split(path) {
            Ok(names) => names,
            Err(setback) => return setback.into_text(),
        };
        let is_within = self.0.iter().any(|root| root.n_names_within(&names).is_some());
        (!is_within).then(|| outside(path))
    }

    pub(super) fn is_root(&self, id: FileId) -> bool {
        self.0.iter().any(|root| root.folder.id == id)
    }

    /// The folder at `path`; `None` when there is none.
    pub(super) fn open_folder(&self, guard: &Guard, path: &str) -> Result<Option<Folder>, Setback> {
        let (mut folder, names) = self.find(guard, path)?;
        for name in names {
            let child = guard.child(&folder, OsStr::new(name)).map_err(Setback::refusing)?;
            let Some(child) = child else { return Ok(None) };
            folder = child;
        }
        Ok(Some(folder))
    }

    /// The folder at `path`, made where it is missing.
    pub(super) fn make_folder(
        &self,
        guard: &Guard,
        path: &str,
        steps: &Steps,
    ) -> Result<Folder, Setback> {
        let (mut folder, names) = self.find(guard, path)?;
        for name in names {
            folder = child_or_new(guard, &folder, OsStr::new(name), steps)?;
        }
        Ok(folder)
    }

    /// The innermost root that `path` is in, and the names from there on.
    fn find<'a>(&self, guard: &Guard, path: &'a str) -> Result<(Folder, Vec<&'a str>), Setback> {
        let names = split(path)?;
        let within = |root: &Root| root.n_names_within(&names).map(|n| (n, root.folder.clone()));
        let Some((n, folder)) = self.0.iter().filter_map(within).max_by_key(|(n, _)| *n) else {
            return Err(Setback::for_good(outside(path)));
        };
        guard.admit_folder(&folder).map_err(Setback::refusing)?;
        Ok((folder, names[n..].to_vec()))
    }
}

/// The original's words; its users look for them.
fn outside(path: &str) -> String {
    format!("Path '{path}' is outside the allowed scheduler file roots. (files.roots)")
}

impl Root {
    fn open(path: PathBuf) -> Result<Self, FileRootsError> {
        if !path.is_absolute() || path.file_name().is_none() {
            return Err(FileRootsError::NotAbsolute(path));
        }
        let unusable = |cause| FileRootsError::Unusable { path: path.clone(), cause };
        let resolved = path.canonicalize().map_err(unusable)?;
        if resolved.parent().is_none() {
            return Err(FileRootsError::NotAbsolute(path));
        }
        let mut folder = Folder::open(&resolved).map_err(unusable)?;
        folder.path.clone_from(&path);
        Ok(Self { folder, paths: [path, resolved] })
    }

    /// How many of `names` lead to this root, when they do.
    fn n_names_within(&self, names: &[&str]) -> Option<usize> {
        let n_names = |path: &PathBuf| {
            let root = path.components().skip(1).map(Component::as_os_str);
            let root: Vec<_> = root.collect();
            let leads = root.len() <= names.len() && root.iter().zip(names).all(|(a, b)| a == b);
            leads.then_some(root.len())
        };
        self.paths.iter().filter_map(n_names).max()
    }
}

/// The folder called `name` in `folder`, made if it is missing.
pub(super) fn child_or_new(
    guard: &Guard,
    folder: &Folder,
    name: &OsStr,
    steps: &Steps,
) -> Result<Folder, Setback> {
    let open = || guard.child(folder, name).map_err(Setback::refusing);
    if let Some(child) = open()? {
        return Ok(child);
    }
    let shown = folder.path.join(name);
    let made = folder.make_child(name, steps).and_then(|()| folder.sync(steps));
    made.map_err(|error| Setback::io(format!("making `{}`", shown.display()), &error))?;
    let vanished = || Setback::for_now(format!("`{}` vanished", shown.display()));
    open()?.ok_or_else(vanished)
}

/// The names of an absolute path. `//` and `/./` are `/`; a path with `..` is refused, not resolved:
/// what it means depends on links.
fn split(path: &str) -> Result<Vec<&str>, Setback> {
    let refused = |why: &str| Err(Setback::for_good(format!("path {path:?} {why}")));
    if path.contains('\0') {
        return refused("must not contain NUL");
    }
    if !Path::new(path).is_absolute() {
        return refused("must be absolute");
    }
    let names: Vec<_> = path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    if names.contains(&"..") {
        return refused("must not contain `..`");
    }
    if names.len() > NAMES_MAX {
        return refused("has too many parts");
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_its_names() {
        let check = |path: &str, expect: &[&str]| assert_eq!(split(path).as_deref(), Ok(expect));
        check("/", &[]);
        check("/a/b", &["a", "b"]);
        check("//a/./b//", &["a", "b"]);
        check("/...", &["..."]);
        assert_eq!(split(&"/a".repeat(NAMES_MAX)).map(|names| names.len()), Ok(NAMES_MAX));
        assert!(split(&"/a".repeat(NAMES_MAX + 1)).is_err());
        for refused in ["", "a", "./a", "~/a", "/a/..", "/../a", "/a/../b", "/a\0b"] {
            assert!(split(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn a_root_is_a_folder_below_the_top() {
        let dir = tempfile::tempdir().unwrap();
        let open = |path: &Path| FileRoots::open(vec![path.to_owned()]);
        assert!(!open(dir.path()).unwrap().is_empty());
        assert!(FileRoots::open(vec![]).unwrap().is_empty());
        let top = dir.path().join("top");
        std::os::unix::fs::symlink("/", &top).unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        for refused in [Path::new("/"), Path::new("in"), Path::new("/in/.."), &top] {
            let refusal = open(refused).unwrap_err();
            assert!(matches!(refusal, FileRootsError::NotAbsolute(_)), "{refusal}");
        }
        for refused in ["missing", "file"] {
            let refusal = open(&dir.path().join(refused)).unwrap_err();
            assert!(matches!(refusal, FileRootsError::Unusable { .. }), "{refusal}");
        }
    }
}
