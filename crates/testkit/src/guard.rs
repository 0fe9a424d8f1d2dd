//! A watchdog that ends a process and removes its directory when this process dies without doing so.
//!
//! It is a shell that reads from a pipe only we hold: whatever ends us, even SIGKILL, closes the pipe.
//! PDEATHSIG would be shorter, but it needs unsafe code (`pre_exec`) and fires when the *thread* that
//! spawned ends, which in a test is long before the process does.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

/// `$1` the signal, `$2` a directory or nothing. Each line read is the new target, a group when negative;
/// an empty line is none.
const SCRIPT: &str = r#"
target=
while read -r line; do
  case $line in done) exit 0 ;; *) target=$line ;; esac
done
if [ -n "$target" ]; then
  kill -s "$1" -- "$target"
  tries=0
  while kill -s 0 -- "$target" && [ "$tries" -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
fi
[ -z "$2" ] || rm -rf -- "$2"
"#;

pub(crate) struct Guard {
    shell: Child,
    pipe: Option<ChildStdin>,
}

impl Guard {
    /// Start it before what it is to guard. `signal` is a name as kill(1) takes it.
    pub(crate) fn start(signal: &str, dir: Option<&Path>) -> Self {
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "horarium-guard", signal])
            .arg(dir.unwrap_or(Path::new("")))
            .current_dir("/")
            // Its own group: Ctrl-C, and a test runner that kills our group, must not reach it.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|cause| panic!("starting `sh` as a watchdog: {cause}"));
        let pipe = shell.stdin.take();
        Self { shell, pipe }
    }

    pub(crate) fn watch_process(&mut self, child: &Child) {
        self.tell(&child.id().to_string());
    }

    /// For a child that leads its own group.
    pub(crate) fn watch_group(&mut self, child: &Child) {
        self.tell(&format!("-{}", child.id()));
    }

    /// To be called as soon as the child was waited for: from then on its pid may become somebody else's.
    pub(crate) fn forget(&mut self) {
        self.tell("");
    }

    fn tell(&mut self, line: &str) {
        let Some(pipe) = self.pipe.as_mut() else { return };
        if let Err(cause) = writeln!(pipe, "{line}") {
            eprintln!("telling the watchdog {}: {cause}", self.shell.id());
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.tell("done");
        drop(self.pipe.take());
        if crate::child::wait(&mut self.shell, Duration::from_secs(5)).is_none() {
            crate::child::kill_and_wait(&mut self.shell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::child;

    const SOON: Duration = Duration::from_secs(10);

    fn sleeper() -> Child {
        Command::new("sleep").arg("600").process_group(0).spawn().unwrap()
    }

    /// As the kernel does it for a process that is killed.
    fn lose_the_owner(guard: &mut Guard) {
        drop(guard.pipe.take());
    }

    #[test]
    fn a_lost_owner_takes_its_child_and_directory_along() {
        let dir = tempfile::tempdir().unwrap();
        let mut guard = Guard::start("KILL", Some(dir.path()));
        let mut sleeper = sleeper();
        guard.watch_group(&sleeper);
        lose_the_owner(&mut guard);
        assert!(child::wait(&mut sleeper, SOON).is_some());
        assert!(child::wait(&mut guard.shell, SOON).is_some());
        assert!(!dir.path().exists());
    }

    #[test]
    fn a_forgotten_child_is_left_alone() {
        let mut guard = Guard::start("KILL", None);
        let mut sleeper = sleeper();
        guard.watch_process(&sleeper);
        guard.forget();
        lose_the_owner(&mut guard);
        assert!(child::wait(&mut guard.shell, SOON).is_some());
        assert_eq!(child::ended(&mut sleeper), None);
        child::kill_and_wait(&mut sleeper);
    }

    #[test]
    fn a_dropped_guard_touches_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut guard = Guard::start("KILL", Some(dir.path()));
        let mut sleeper = sleeper();
        guard.watch_process(&sleeper);
        drop(guard);
        assert_eq!(child::ended(&mut sleeper), None);
        assert!(dir.path().exists());
        child::kill_and_wait(&mut sleeper);
    }
}
