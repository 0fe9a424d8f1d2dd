//! The witness's log: JSON lines, synced to disk before a call is answered.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use tokio::sync::{mpsc, oneshot};

use super::Call;

/// Lines that share one sync at most. A sync takes milliseconds; a witness that could take but one call
/// in each would be the slowest part of every load test.
const BATCH_LINES_MAX: usize = 1024;

type Entry = (String, oneshot::Sender<io::Result<()>>);

pub(super) struct Log {
    entries: mpsc::Sender<Entry>,
}

impl Log {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        cut_torn_line(path, &file)?;
        let (entries, received) = mpsc::channel(BATCH_LINES_MAX);
        std::thread::Builder::new()
            .name("witness-log".to_owned())
            .spawn(move || write_all(file, received))?;
        Ok(Self { entries })
    }

    /// Returns when the line is on disk.
    pub(super) async fn append(&self, call: &Call) -> io::Result<()> {
        let line = serde_json::to_string(call)? + "\n";
        let (done, answer) = oneshot::channel();
        let gone = || io::Error::other("the witness's log thread is gone");
        self.entries.send((line, done)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// Ends when the witness is dropped.
fn write_all(mut file: File, mut received: mpsc::Receiver<Entry>) {
    while let Some(first) = received.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH_LINES_MAX
            && let Ok(next) = received.try_recv()
        {
            batch.push(next);
        }
        let lines: String = batch.iter().map(|(line, _)| line.as_str()).collect();
        let written = file.write_all(lines.as_bytes()).and_then(|()| file.sync_data());
        for (_, done) in batch {
            let result = match &written {
                Ok(()) => Ok(()),
                Err(cause) => Err(io::Error::new(cause.kind(), cause.to_string())),
            };
            if done.send(result).is_err() {
                // The caller hung up before its answer. The line stays: the call did come.
            }
        }
    }
}

/// A witness that was itself killed may leave half a line. It answered no such call.
fn cut_torn_line(path: &Path, file: &File) -> io::Result<()> {
    let bytes = std::fs::read(path)?;
    file.set_len(whole_lines(&bytes).len() as u64)
}

fn whole_lines(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    &bytes[..end]
}

/// The calls in a witness's log, which may be written to meanwhile: half a line at its end is left out.
/// A file that is not there has none.
pub fn read_log(path: &Path) -> io::Result<Vec<Call>> {
    let bytes = match std::fs::read(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let lines = whole_lines(&bytes).split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_slice(line).map_err(|cause| {
                io::Error::other(format!("{} line {}: {cause}", path.display(), index + 1))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::Phase;

    fn call(n: u64) -> Call {
        Call {
            n,
            phase: Phase::Start,
            execution_id: Some("e1".to_owned()),
            job: None,
            attempt: Some(2),
            scheduled_for: None,
            method: "POST".to_owned(),
            path: "/ok".to_owned(),
            query: String::new(),
            received_at_ns: 1,
            headers: BTreeMap::new(),
            body: "two\nlines".to_owned(),
        }
    }

    #[tokio::test]
    async fn half_a_line_is_neither_read_nor_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        assert_eq!(read_log(&path).unwrap(), []);
        Log::open(&path).unwrap().append(&call(1)).await.unwrap();
        let mut file = File::options().append(true).open(&path).unwrap();
        file.write_all(br#"{"n":2,"pha"#).unwrap();
        assert_eq!(read_log(&path).unwrap(), [call(1)]);
        Log::open(&path).unwrap().append(&call(3)).await.unwrap();
        assert_eq!(read_log(&path).unwrap(), [call(1), call(3)]);
    }

    #[tokio::test]
    async fn a_broken_line_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        std::fs::write(&path, "nonsense\n").unwrap();
        let text = read_log(&path).unwrap_err().to_string();
        assert!(text.contains("log line 1: expected"), "{text}");
    }

    #[test]
    fn the_log_speaks_camel_case() {
        let line = serde_json::to_string(&call(1)).unwrap();
        assert_eq!(
            line,
            r#"{"n":1,"phase":"start","executionId":"e1","job":null,"attempt":2,"scheduledFor":null,"method":"POST","path":"/ok","query":"","receivedAtNs":1,"headers":{},"body":"two\nlines"}"#
        );
    }
}
