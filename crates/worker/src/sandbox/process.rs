//! The server's side of one program: its output, its end, and letting go of it.

use std::{io, os::fd::OwnedFd, path::Path, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    process::{Child, Command},
    sync::watch,
};

use super::{KILL_LIMIT, MESSAGE_BYTES_MAX, Order, Report, SUPERVISE, cgroup};

/// Read at once from each stream.
const CHUNK_BYTES: usize = 64 * 1024;
/// Output may pause for so long after the report: it is in the pipe already, unless a descriptor was
/// handed to a process of somebody else's.
const OUTPUT_LIMIT: Duration = Duration::from_secs(1);

/// A program under its supervisor. Dropped, it is ended.
pub(crate) struct Process {
    control: UnixStream,
    stdout: tokio::process::ChildStdout,
    stderr: tokio::process::ChildStderr,
    left: Left,
}

/// Tells when nothing of a program is left.
#[derive(Clone, Debug)]
pub(crate) struct Left {
    is_gone: watch::Receiver<bool>,
    limit: Duration,
}

/// Which stream a piece of output came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

impl Process {
    /// `helper` is a binary whose `main` calls [`super::enter`].
    pub(crate) async fn start(helper: &Path, order: &Order) -> io::Result<Self> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let mut control = UnixStream::from_std(ours)?;
        let mut command = Command::new(helper);
        command.arg(SUPERVISE).env_clear().stdin(OwnedFd::from(theirs));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        // It holds the other end of the socket.
        drop(command);
        let piped = || io::Error::other("no pipe to it");
        let stdout = child.stdout.take().ok_or_else(piped)?;
        let stderr = child.stderr.take().ok_or_else(piped)?;
        let left = Left { is_gone: await_end(child), limit: order.grace + 2 * KILL_LIMIT };
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        control.write_all(&line).await?;
        Ok(Self { control, stdout, stderr, left })
    }

    pub(crate) fn left(&self) -> Left {
        self.left.clone()
    }

    /// Reads what it writes until it and all that came of it has ended.
    pub(crate) async fn run(self, mut write: impl FnMut(Stream, &[u8])) -> io::Result<Report> {
        let Self { control, mut stdout, mut stderr, left: _left } = self;
        // One future for the whole report: a reading that is begun anew loses what it had.
        let telling = read_line(control);
        tokio::pin!(telling);
        let mut told = None;
        let (mut out, mut err) = (vec![0; CHUNK_BYTES], vec![0; CHUNK_BYTES]);
        let (mut is_out, mut is_err) = (true, true);
        while is_out || is_err || told.is_none() {
            tokio::select! {
                n = stdout.read(&mut out), if is_out => match n? {
                    0 => is_out = false,
                    n => write(Stream::Stdout, &out[..n]),
                },
                n = stderr.read(&mut err), if is_err => match n? {
                    0 => is_err = false,
                    n => write(Stream::Stderr, &err[..n]),
                },
                line = &mut telling, if told.is_none() => told = Some(line?),
                () = tokio::time::sleep(OUTPUT_LIMIT), if told.is_some() => break,
            }
        }
        let told = told.unwrap_or_default();
        if told.is_empty() {
            return Err(io::Error::other("its supervisor ended without a word"));
        }
        Ok(serde_json::from_str(&told)?)
    }
}

async fn read_line(from: UnixStream) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(from.take(MESSAGE_BYTES_MAX)).read_line(&mut line).await?;
    Ok(line)
}

/// Waits for the supervisor aside: it ends later than whoever let go of it.
fn await_end(mut supervisor: Child) -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    let pid = supervisor.id();
    tokio::spawn(async move {
        if let Err(error) = supervisor.wait().await {
            tracing::error!(%error, "waiting for the supervisor of a program");
        }
        // One that was killed did not clear up.
        if let Some(pid) = pid {
            cgroup::clear(pid);
        }
        sender.send_replace(true);
    });
    receiver
}

impl Left {
    /// Returns when all is gone; `false` when it takes longer than it may.
    pub(crate) async fn gone(mut self) -> bool {
        let gone = self.is_gone.wait_for(|is_gone| *is_gone);
        matches!(tokio::time::timeout(self.limit, gone).await, Ok(Ok(_)))
    }
}
