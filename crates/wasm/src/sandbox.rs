//! The server's side: starts a child, feeds it, reads it, kills it.

use std::{
    io, os::unix::process::ExitStatusExt, path::PathBuf, process::ExitStatus, time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout},
    sync::Semaphore,
    time::timeout,
};

use crate::{
    child,
    confine::Layers,
    frame::{self, Tag},
    order::{Limits, Order, Report, Task},
    spawner::Spawner,
};

/// Room for the interpreter, the module and what it is translated to, beside the linear memory.
const OWN_BYTES: u64 = 512 << 20;
/// Longest check of a module; more than this is needed by no compiler's output.
const CHECK_LIMIT: Duration = Duration::from_secs(10);
/// Of what a child says outside of frames: why it broke.
const SAID_BYTES_MAX: u64 = 1 << 10;

/// Runs modules in children of this process.
#[derive(Debug)]
pub struct Sandbox {
    spawner: Spawner,
    /// One permit for each child there may be.
    room: Semaphore,
}

/// One run of a module.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// As it was [checked](Sandbox::check).
    pub code: &'a [u8],
    /// The first is the module's name.
    pub args: &'a [String],
    /// All of its variables; it inherits none.
    pub env: &'a [(String, String)],
    /// What it finds on stdin.
    pub input: &'a [u8],
    pub limits: Limits,
}

/// Which stream a piece of output came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// The sandbox did not do its part; nothing is said about the module.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("starting the sandbox")]
    Start(#[source] io::Error),
    #[error("talking to the sandbox")]
    Talk(#[source] io::Error),
    #[error("the sandbox ended without a word: {0}")]
    Died(String),
    #[error("the sandbox took longer than {} s", .0.as_secs())]
    Slow(Duration),
}

impl Sandbox {
    /// `program` is a binary whose `main` calls [`crate::enter`] first. No more than `n_max` children
    /// are there at once; who comes later waits.
    pub fn new(program: PathBuf, n_max: usize) -> io::Result<Self> {
        Ok(Self { spawner: Spawner::of(program)?, room: Semaphore::new(n_max.max(1)) })
    }

    /// What confines children here, found out by one.
    pub async fn layers(&self) -> Result<Layers, SandboxError> {
        let limits = Limits { memory_bytes: 0, fuel: 0, written_bytes: 0, cpu_seconds: 1 };
        let told = self.within_limit(Task::Tell, &[], limits).await?;
        match told {
            Report::Confined(layers) => Ok(layers),
            other => Err(SandboxError::Died(format!("{other:?}"))),
        }
    }

    /// Whether a module can be run: [`Report::Fine`] or [`Report::Refused`].
    pub async fn check(&self, code: &[u8], limits: Limits) -> Result<Report, SandboxError> {
        let limits = Limits { cpu_seconds: CHECK_LIMIT.as_secs(), ..limits };
        self.within_limit(Task::Check, code, limits).await
    }

    /// Runs a module; its output goes to `write` as it comes. Dropped, the child is killed.
    pub async fn run(
        &self,
        run: Run<'_>,
        write: impl FnMut(Stream, &[u8]),
    ) -> Result<Report, SandboxError> {
        let task = Task::Run { args: run.args.to_vec(), env: run.env.to_vec() };
        let order = order(task, run.code, run.input, run.limits);
        self.obeyed(order, [run.code, run.input], write).await
    }

    async fn within_limit(
        &self,
        task: Task,
        code: &[u8],
        limits: Limits,
    ) -> Result<Report, SandboxError> {
        let order = order(task, code, &[], limits);
        let obeyed = timeout(CHECK_LIMIT, self.obeyed(order, [code, &[]], |_, _| {})).await;
        obeyed.map_err(|_elapsed| SandboxError::Slow(CHECK_LIMIT))?
    }

    async fn obeyed(
        &self,
        order: Order,
        payload: [&[u8]; 2],
        write: impl FnMut(Stream, &[u8]),
    ) -> Result<Report, SandboxError> {
        // It is never closed.
        let _room = self.room.acquire().await.ok();
        let Limits { memory_bytes, cpu_seconds, .. } = order.limits;
        let args = child::arguments(memory_bytes.saturating_add(OWN_BYTES), cpu_seconds);
        let mut child = self.spawner.start(args.into()).await.map_err(SandboxError::Start)?;
        let (stdin, stdout, stderr) = pipes(&mut child)?;
        let (fed, read, said) =
            tokio::join!(feed(stdin, &order, payload), read(stdout, write), listen(stderr),);
        let status = child.wait().await.map_err(SandboxError::Talk)?;
        match read.map_err(SandboxError::Talk)? {
            Some(Report::Broken(why)) => Err(SandboxError::Died(why)),
            Some(report) => Ok(report),
            None => {
                let died = SandboxError::Died(end(status, &said));
                // That it stopped listening is the least of it when it died.
                Err(fed.err().filter(|_| status.success()).map_or(died, SandboxError::Talk))
            }
        }
    }
}

fn order(task: Task, code: &[u8], input: &[u8], limits: Limits) -> Order {
    Order { task, limits, code_bytes: code.len() as u64, input_bytes: input.len() as u64 }
}

fn pipes(child: &mut Child) -> Result<(ChildStdin, ChildStdout, ChildStderr), SandboxError> {
    match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
        (Some(stdin), Some(stdout), Some(stderr)) => Ok((stdin, stdout, stderr)),
        _ => Err(SandboxError::Start(io::Error::other("no pipes to it"))),
    }
}

async fn feed(mut stdin: ChildStdin, order: &Order, payload: [&[u8]; 2]) -> io::Result<()> {
    stdin.write_all(&order.line()?).await?;
    for bytes in payload {
        stdin.write_all(bytes).await?;
    }
    stdin.shutdown().await
}

/// Reads to the end; `None` when there was no report.
async fn read(
    stdout: ChildStdout,
    mut write: impl FnMut(Stream, &[u8]),
) -> io::Result<Option<Report>> {
    let mut from = BufReader::with_capacity(64 << 10, stdout);
    let (mut chunk, mut report) = (Vec::new(), None);
    while let Some(tag) = frame::read(&mut from, &mut chunk).await? {
        match tag {
            Tag::Stdout => write(Stream::Stdout, &chunk),
            Tag::Stderr => write(Stream::Stderr, &chunk),
            Tag::Report => report = Some(serde_json::from_slice(&chunk)?),
        }
    }
    Ok(report)
}

/// What the child itself said, which is seldom anything.
async fn listen(stderr: ChildStderr) -> String {
    let mut said = Vec::new();
    // More is not read: a child that has so much to say may as well wait to be killed.
    match stderr.take(SAID_BYTES_MAX).read_to_end(&mut said).await {
        Ok(_) | Err(_) => String::from_utf8_lossy(&said).trim().to_owned(),
    }
}

fn end(status: ExitStatus, said: &str) -> String {
    let said = if said.is_empty() { String::new() } else { format!(" ({said})") };
    match status.signal() {
        Some(signal) => format!("killed by signal {signal}{said}"),
        None => format!("{status}{said}"),
    }
}
