//! The folders that the operator keeps scripts in, and how one is found there.

use std::{
    fs::File,
    io,
    os::fd::OwnedFd,
    path::{Component, Path, PathBuf},
};

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, openat2};

/// Folders with scripts, opened once. The default has none, and refuses everything.
#[derive(Debug, Default)]
pub struct ScriptRoots(Vec<(PathBuf, OwnedFd)>);

/// Why a configured root cannot be one.
#[derive(Debug, thiserror::Error)]
pub enum ScriptRootsError {
    #[error("root `{}` of runners.script_roots must be an absolute path below `/`", .0.display())]
    NotAbsolute(PathBuf),
    #[error("root `{}` of runners.script_roots and the data directory are in each other", .0.display())]
    OwnData(PathBuf),
    #[error("opening root `{}` of runners.script_roots", path.display())]
    Unusable {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
}

/// A script that was found below a root.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) path: PathBuf,
    /// Opened for reading: what stands at the path later may be another one.
    pub(super) file: File,
}

impl ScriptRoots {
    /// Opens every root; each must be a folder that exists, away from the server's own `data_dir`.
    pub fn open(paths: Vec<PathBuf>, data_dir: &Path) -> Result<Self, ScriptRootsError> {
        paths.into_iter().map(|path| open_root(path, data_dir)).collect::<Result<_, _>>().map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.0.iter().map(|(path, _)| path.clone())
    }

    /// The script at `path`. Neither `..` nor a link leads out of a root: the kernel resolves the path
    /// beneath it, and follows none.
    pub(super) fn find(&self, path: &str) -> Result<Script, String> {
        let outside = || {
            let error = format!("script `{path}` is outside the allowed script roots");
            format!("{error} (runners.script_roots)")
        };
        if !is_plain(path) {
            return Err(outside());
        }
        let within = |(root, handle)| Some((Path::new(path).strip_prefix(root).ok()?, handle));
        let roots = self.0.iter().map(|(root, handle)| (root, handle));
        let innermost = roots.filter_map(within).min_by_key(|(rest, _)| rest.components().count());
        let Some((rest, root)) = innermost else { return Err(outside()) };
        if rest.as_os_str().is_empty() {
            return Err(format!("script `{path}` is a folder"));
        }
        let opening = |cause: io::Error| format!("opening script `{path}`: {cause}");
        // NONBLOCK: a FIFO must not hold up the server.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let beneath =
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let file = match openat2(root, rest, flags, Mode::empty(), beneath) {
            Ok(file) => File::from(file),
            Err(rustix::io::Errno::LOOP) => {
                return Err(format!(
                    "script `{path}` is reached by a symbolic link, which is not followed"
                ));
            }
            Err(errno) => return Err(opening(errno.into())),
        };
        let kind = fstat(&file).map(|stat| FileType::from_raw_mode(stat.st_mode));
        match kind.map_err(|errno| opening(errno.into()))? {
            FileType::RegularFile => Ok(Script { path: PathBuf::from(path), file }),
            _ => Err(format!("script `{path}` is not a plain file")),
        }
    }
}

/// Absolute, and every part of it a name.
pub(super) fn is_plain(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.contains('\0')
        && parts.next() == Some(Component::RootDir)
        && parts.all(|part| matches!(part, Component::Normal(_)))
}

fn open_root(path: PathBuf, data_dir: &Path) -> Result<(PathBuf, OwnedFd), ScriptRootsError> {
    if !path.to_str().is_some_and(is_plain) || path.parent().is_none() {
        return Err(ScriptRootsError::NotAbsolute(path));
    }
    let unusable = |cause| ScriptRootsError::Unusable { path: path.clone(), cause };
    let resolved = path.canonicalize().map_err(unusable)?;
    let own = data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_owned());
    if resolved.starts_with(&own) || own.starts_with(&resolved) {
        return Err(ScriptRootsError::OwnData(path));
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let handle = rustix::fs::open(&resolved, flags, Mode::empty());
    let handle = handle.map_err(|errno| unusable(errno.into()))?;
    Ok((path, handle))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_plain_path_is_absolute_and_made_of_names() {
        let check = |path: &str, expect: bool| assert_eq!(is_plain(path), expect, "{path:?}");
        check("/a/b", true);
        check("//a/./b/", true);
        check("/...", true);
        for path in ["", "a", "./a", "~/a", "/a/../b", "/..", "/a\0b", "\\a"] {
            check(path, false);
        }
    }

    #[test]
    fn a_root_is_a_folder_away_from_the_servers_own() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for folder in ["data/in", "scripts"] {
            std::fs::create_dir_all(path(folder)).unwrap();
        }
        symlink(path("data"), path("link")).unwrap();
        let open = |root: PathBuf| ScriptRoots::open(vec![root], &path("data"));
        assert!(!open(path("scripts")).unwrap().is_empty());
        for own in ["", "data", "data/in", "link"] {
            assert!(matches!(open(path(own)), Err(ScriptRootsError::OwnData(_))), "{own}");
        }
        assert!(matches!(open("/".into()), Err(ScriptRootsError::NotAbsolute(_))));
        assert!(matches!(open("a".into()), Err(ScriptRootsError::NotAbsolute(_))));
        assert!(matches!(open(path("none")), Err(ScriptRootsError::Unusable { .. })));
    }
}
