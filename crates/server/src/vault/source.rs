//! Where the keys come from: a setting, a command, or a file in the data directory.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::io::AsyncReadExt as _;
use zeroize::Zeroizing;

use super::{KeyRing, KeyTextError};
use crate::settings::{Secret, Settings};

/// How long the command may take.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
/// Read of a file or of a command's output.
const TEXT_BYTES_MAX: u64 = 16 << 10;
const OWNER_ONLY: u32 = 0o600;
const OTHERS: u32 = 0o077;

/// Where this server's keys are.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// `encryption.key`
    Given(Secret),
    /// `encryption.key_command`
    Command(PathBuf),
    /// In the data directory, made at the first start.
    File(PathBuf),
}

#[derive(Debug, thiserror::Error)]
pub enum KeySourceError {
    #[error("reading encryption.key: {0}")]
    Given(KeyTextError),
    #[error("reading what `{}` (encryption.key_command) printed: {cause}", .path.display())]
    Printed { path: PathBuf, cause: KeyTextError },
    #[error("running `{}` (encryption.key_command): {problem}", .path.display())]
    Command { path: PathBuf, problem: String },
    #[error("reading keys from `{}`: {cause}", .path.display())]
    File { path: PathBuf, cause: KeyTextError },
    #[error("{doing} `{}`", .path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("`{}` is open to other users of this machine: chmod 600", .0.display())]
    OpenToOthers(PathBuf),
}

impl KeySource {
    pub fn of(settings: &Settings) -> Self {
        let settings_of = &settings.encryption;
        match (&settings_of.key, &settings_of.key_command) {
            (Some(key), _) => Self::Given(key.clone()),
            (None, Some(command)) => Self::Command(command.clone()),
            (None, None) => Self::File(settings.data_dir.join("encryption.key")),
        }
    }

    /// The keys; `None` when there is no file yet.
    pub async fn read(&self) -> Result<Option<KeyRing>, KeySourceError> {
        match self {
            Self::Given(text) => {
                KeyRing::parse(text.expose()).map(Some).map_err(KeySourceError::Given)
            }
            Self::Command(path) => {
                let text = printed(path)
                    .await
                    .map_err(|problem| KeySourceError::Command { path: path.clone(), problem })?;
                let failed = |cause| KeySourceError::Printed { path: path.clone(), cause };
                KeyRing::parse(&text).map(Some).map_err(failed)
            }
            Self::File(path) => {
                let Some(text) = file_text(path)? else { return Ok(None) };
                let failed = |cause| KeySourceError::File { path: path.clone(), cause };
                KeyRing::parse(&text).map(Some).map_err(failed)
            }
        }
    }
}

/// What a command without arguments prints.
async fn printed(path: &Path) -> Result<Zeroizing<String>, String> {
    let mut command = tokio::process::Command::new(path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.kill_on_drop(true).spawn().map_err(|cause| cause.to_string())?;
    let stdout = child.stdout.take().expect("it was piped");
    let working = async {
        let mut text = Zeroizing::new(String::new());
        stdout.take(TEXT_BYTES_MAX).read_to_string(&mut text).await?;
        Ok::<_, io::Error>((text, child.wait().await?))
    };
    let ended = tokio::time::timeout(COMMAND_LIMIT, working).await;
    let ended = ended.map_err(|_| format!("no end within {} s", COMMAND_LIMIT.as_secs()))?;
    let (text, status) = ended.map_err(|cause| cause.to_string())?;
    if status.success() { Ok(text) } else { Err(status.to_string()) }
}

fn file_text(path: &Path) -> Result<Option<Zeroizing<String>>, KeySourceError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(failed("opening", path)(cause)),
    };
    let mode = file.metadata().map_err(failed("reading", path))?.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(KeySourceError::OpenToOthers(path.to_owned()));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(TEXT_BYTES_MAX).read_to_string(&mut text).map_err(failed("reading", path))?;
    Ok(Some(text))
}

/// Puts a new key before those of the file, or makes the file, and gives the ring. A power cut leaves
/// the old file or the new one.
pub(super) fn add_key(path: &Path) -> Result<KeyRing, KeySourceError> {
    let old = file_text(path)?;
    let new = KeyRing::new_text();
    let text = Zeroizing::new(match &old {
        Some(old) => format!("{}\n{}", new.as_str(), old.as_str()),
        None => format!("{}\n", new.as_str()),
    });
    let ring = KeyRing::parse(&text);
    let ring = ring.map_err(|cause| KeySourceError::File { path: path.to_owned(), cause })?;
    replace(path, &text)?;
    Ok(ring)
}

/// Leaves only the first key of the file.
pub(super) fn keep_newest(path: &Path) -> Result<(), KeySourceError> {
    let text = file_text(path)?.unwrap_or_default();
    let line = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let first = line.filter(|line| !line.is_empty()).find_map(|line| line.split([' ', ',']).next());
    replace(path, &Zeroizing::new(format!("{}\n", first.unwrap_or_default())))
}

fn replace(path: &Path, text: &str) -> Result<(), KeySourceError> {
    let new = path.with_extension("key.new");
    match std::fs::remove_file(&new) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            return Err(failed("removing", &new)(cause));
        }
        Ok(()) | Err(_) => {}
    }
    // A new file, never one that was there: its mode is then surely ours.
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(OWNER_ONLY).open(&new);
    let written = file.as_mut().map_err(|cause| io::Error::new(cause.kind(), cause.to_string()));
    let written = written.and_then(|file| file.write_all(text.as_bytes()).and(file.sync_all()));
    written.map_err(failed("writing", &new))?;
    std::fs::rename(&new, path).map_err(failed("replacing", path))?;
    let dir = path.parent().unwrap_or(Path::new("."));
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed("syncing", dir))
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeySourceError {
    let path = path.to_owned();
    move |cause| KeySourceError::Io { doing, path, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn script(dir: &Path, text: &str) -> PathBuf {
        let path = dir.join("command");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    #[tokio::test]
    async fn a_file_is_made_for_its_owner_only_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("encryption.key");
        let source = KeySource::File(path.clone());
        assert!(source.read().await.unwrap().is_none());
        let made = add_key(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(source.read().await.unwrap().unwrap().ids(), made.ids());
        let both = add_key(&path).unwrap();
        assert_eq!(both.ids()[1..], made.ids());
        keep_newest(&path).unwrap();
        assert_eq!(source.read().await.unwrap().unwrap().ids(), both.ids()[..1]);
        assert_eq!(mode(&path), 0o600);
    }

    #[tokio::test]
    async fn a_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("encryption.key");
        add_key(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = KeySource::File(path).read().await.unwrap_err();
        assert!(matches!(refused, KeySourceError::OpenToOthers(_)), "{refused}");
    }

    #[tokio::test]
    async fn a_command_prints_the_keys_or_says_why_not() {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyRing::new_text();
        let command = script(dir.path(), &format!("echo {}", key.as_str()));
        let ring = KeySource::Command(command).read().await.unwrap().unwrap();
        assert_eq!(ring.ids(), KeyRing::parse(&key).unwrap().ids());
        for (text, expect) in [
            ("exit 3", "exit status: 3"),
            ("true", "it holds no key"),
            ("echo hunter2", "is not the base64 of 32 bytes"),
        ] {
            let refused = KeySource::Command(script(dir.path(), text)).read().await.unwrap_err();
            let refused = refused.to_string();
            assert!(refused.contains(expect) && !refused.contains("hunter2"), "{refused}");
        }
        let missing = KeySource::Command(dir.path().join("missing")).read().await.unwrap_err();
        assert!(missing.to_string().contains("No such file"), "{missing}");
    }
}
