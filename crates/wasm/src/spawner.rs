//! The thread that starts the children.
//!
//! A child is killed by the kernel when the *thread* that started it ends, so that must be one that
//! lives as long as the server: tokio's come and go.

use std::{
    io,
    path::PathBuf,
    process::Stdio,
    sync::mpsc::{self, Receiver, Sender},
    thread,
};

use tokio::{
    process::{Child, Command},
    runtime::Handle,
    sync::oneshot,
};

/// Starts children; they end when this is dropped.
#[derive(Debug)]
pub(crate) struct Spawner(Sender<Wanted>);

struct Wanted {
    args: Vec<String>,
    runtime: Handle,
    started: oneshot::Sender<io::Result<Child>>,
}

impl Spawner {
    pub(crate) fn of(program: PathBuf) -> io::Result<Self> {
        let (wanted, is_wanted) = mpsc::channel();
        let name = "sandbox".to_owned();
        thread::Builder::new().name(name).spawn(move || serve(&program, &is_wanted))?;
        Ok(Self(wanted))
    }

    pub(crate) async fn start(&self, args: Vec<String>) -> io::Result<Child> {
        let (started, is_started) = oneshot::channel();
        let wanted = Wanted { args, runtime: Handle::current(), started };
        self.0.send(wanted).map_err(|_unsent| gone())?;
        is_started.await.map_err(|_ended| gone())?
    }
}

fn gone() -> io::Error {
    io::Error::other("the thread that starts children has ended")
}

fn serve(program: &PathBuf, wanted: &Receiver<Wanted>) {
    while let Ok(Wanted { args, runtime, started }) = wanted.recv() {
        let _in_its_runtime = runtime.enter();
        let mut command = Command::new(program);
        command.args(args).env_clear().current_dir("/").process_group(0).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Whoever wanted it may be gone: then it is dropped, and so killed.
        drop(started.send(command.spawn()));
    }
}
