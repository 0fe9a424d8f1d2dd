//! What an attempt printed or was answered: kept up to a bound, counted in full.

use std::{
    collections::VecDeque,
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::redact::Redactor;

/// Kept of one attempt's output unless the settings say otherwise.
pub const OUTPUT_BYTES_MAX: usize = 1024 * 1024;
/// Room for the line that says what was cut.
const NOTE_BYTES: usize = 128;

/// Output of a finished attempt: valid UTF-8 without NUL, which PostgreSQL's text cannot hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    pub text: String,
    /// Produced in total, kept or not.
    pub bytes: u64,
    /// Whether `text` is less than all; it then says so itself.
    pub cut: bool,
}

/// Takes output as it comes; keeps its beginning and its end.
#[derive(Debug)]
pub(crate) struct Capture(Arc<Mutex<Kept>>);

/// Where a handler writes output while it runs; clones write to the same one.
///
/// What is written is there whatever becomes of the attempt: also when it fails, and when it is
/// stopped at its limit. After the attempt's end nothing is taken.
#[derive(Clone)]
pub struct OutputSink(Arc<Mutex<Kept>>);

impl Capture {
    pub(crate) fn new(bytes_max: usize) -> Self {
        let bytes_max = bytes_max.max(2 * NOTE_BYTES);
        Self(Arc::new(Mutex::new(Kept { bytes_max, ..Kept::default() })))
    }

    pub(crate) fn sink(&self) -> OutputSink {
        OutputSink(Arc::clone(&self.0))
    }

    pub(crate) fn write(&mut self, chunk: &[u8]) {
        lock(&self.0).write(chunk);
    }

    /// Hides these in what is written from now on.
    pub(crate) fn hide(&self, values: impl IntoIterator<Item = String>) {
        lock(&self.0).redactor.hide(values);
    }

    /// A text beside the output without what is hidden.
    pub(crate) fn redact(&self, text: &str) -> String {
        lock(&self.0).redactor.redact(text).into_owned()
    }

    pub(crate) fn bytes(&self) -> u64 {
        lock(&self.0).bytes
    }

    /// More may have followed, but nobody read it.
    pub(crate) fn stop(&mut self, why: String) {
        lock(&self.0).stopped = Some(why);
    }

    pub(crate) fn into_output(self) -> Output {
        let ended = Kept { is_ended: true, ..Kept::default() };
        mem::replace(&mut *lock(&self.0), ended).into_output()
    }
}

impl OutputSink {
    /// Adds to the output as it is: a line needs its line feed.
    pub fn write(&self, chunk: impl AsRef<[u8]>) {
        lock(&self.0).write(chunk.as_ref());
    }

    pub fn line(&self, text: &str) {
        let mut kept = lock(&self.0);
        kept.write(text.as_bytes());
        kept.write(b"\n");
    }
}

impl fmt::Debug for OutputSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutputSink({} bytes)", lock(&self.0).bytes)
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Default)]
struct Kept {
    bytes_max: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    bytes: u64,
    /// Given to head and tail: less or more than was written, when something of it is hidden.
    bytes_given: u64,
    /// Secrets go before anything is kept, so none is cut in two.
    redactor: Redactor,
    /// Why reading stopped before the end.
    stopped: Option<String>,
    is_ended: bool,
}

impl Kept {
    fn write(&mut self, chunk: &[u8]) {
        if self.is_ended {
            return;
        }
        self.bytes += chunk.len() as u64;
        let mut redactor = mem::take(&mut self.redactor);
        redactor.push(chunk, |redacted| self.keep(redacted));
        self.redactor = redactor;
    }

    fn keep(&mut self, chunk: &[u8]) {
        self.bytes_given += chunk.len() as u64;
        let (head, rest) = chunk.split_at(chunk.len().min(self.half() - self.head.len()));
        self.head.extend_from_slice(head);
        let newest = &rest[rest.len().saturating_sub(self.half())..];
        let n_over = (self.tail.len() + newest.len()).saturating_sub(self.half());
        self.tail.drain(..n_over);
        self.tail.extend(newest);
    }

    fn half(&self) -> usize {
        self.bytes_max / 2
    }

    fn into_output(mut self) -> Output {
        let held_back = self.redactor.finish();
        self.keep(&held_back);
        self.stopped = self.stopped.map(|why| self.redactor.redact(&why).into_owned());
        let is_whole = self.bytes_given == (self.head.len() + self.tail.len()) as u64;
        if is_whole {
            self.head.extend(self.tail.drain(..));
        }
        let head = plain(&self.head);
        // What is not UTF-8 grows when it is replaced, so "everything was kept" is not "it fits".
        if is_whole && self.stopped.is_none() && head.len() <= self.bytes_max {
            return Output { text: head, bytes: self.bytes, cut: false };
        }
        let tail = if is_whole { head.clone() } else { plain(self.tail.make_contiguous()) };
        let stopped = self.stopped.as_deref();
        Output { text: self.join(&head, &tail, is_whole, stopped), bytes: self.bytes, cut: true }
    }

    fn join(&self, head: &str, tail: &str, is_whole: bool, stopped: Option<&str>) -> String {
        let why = stopped.map(|why| format!("\n[{why}]")).unwrap_or_default();
        if is_whole && head.len() + why.len() <= self.bytes_max {
            return format!("{head}{why}");
        }
        let room = self.bytes_max.saturating_sub(NOTE_BYTES + why.len()) / 2;
        let head = &head[..head.floor_char_boundary(room)];
        let tail = &tail[tail.ceil_char_boundary(tail.len().saturating_sub(room))..];
        format!("{head}\n[output cut: {} bytes in total]\n{tail}{why}", self.bytes)
    }
}

/// Lossy UTF-8; U+FFFD stands for NUL too.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 1_000;

    fn output(chunks: &[&[u8]]) -> Output {
        let mut capture = Capture::new(MAX);
        for chunk in chunks {
            capture.write(chunk);
        }
        capture.into_output()
    }

    #[test]
    fn output_up_to_the_bound_is_kept_as_it_is() {
        let text = "x".repeat(MAX);
        let expect = Output { text: text.clone(), bytes: MAX as u64, cut: false };
        assert_eq!(output(&[text.as_bytes()]), expect);
        let (first, second) = text.as_bytes().split_at(700);
        assert_eq!(output(&[first, second]), expect);
        assert_eq!(output(&[]), Output::default());
    }

    #[test]
    fn output_over_the_bound_keeps_its_beginning_and_its_end_and_says_so() {
        let text = format!("begin{}end", "x".repeat(MAX));
        for chunk_bytes in [1, 7, 499, 5_000] {
            let chunks: Vec<_> = text.as_bytes().chunks(chunk_bytes).collect();
            let output = output(&chunks);
            assert!(output.cut && output.text.len() <= MAX, "{}", output.text.len());
            assert!(output.text.starts_with("begin") && output.text.ends_with("end"));
            assert!(output.text.contains("\n[output cut: 1008 bytes in total]\n"));
            assert_eq!(output.bytes, 1_008);
        }
    }

    #[test]
    fn what_is_not_text_is_replaced_and_stays_within_the_bound() {
        assert_eq!(output(&[b"a\0b\xffc"]).text, "a\u{fffd}b\u{fffd}c");
        for byte in [0, 0xff] {
            let output = output(&[&[byte; MAX]]);
            assert!(output.cut && output.text.len() <= MAX && !output.text.contains('\0'));
        }
    }

    #[test]
    fn a_character_across_the_cut_does_not_break_the_text() {
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(shift), "€".repeat(MAX));
            let output = output(&[text.as_bytes()]);
            assert!(output.cut && output.text.len() <= MAX);
            assert!(output.text.ends_with('€'));
        }
    }

    #[test]
    fn a_sink_writes_to_the_same_output_until_its_end() {
        let mut capture = Capture::new(MAX);
        let sink = capture.sink();
        sink.line("one");
        capture.write(b"two ");
        sink.clone().write("three");
        let output = capture.into_output();
        assert_eq!((output.text.as_str(), output.bytes), ("one\ntwo three", 13));
        sink.write("late");
        assert_eq!(format!("{sink:?}"), "OutputSink(0 bytes)");
    }

    #[test]
    fn a_secret_is_hidden_before_the_output_is_cut() {
        let secret = "hunter2-".repeat(20);
        for n_before in [0, 400, 499, 500, 501, 900] {
            let mut capture = Capture::new(MAX);
            capture.hide([secret.clone()]);
            let text = format!("{}{secret}{}", "x".repeat(n_before), "y".repeat(5 * MAX));
            for chunk in text.as_bytes().chunks(7) {
                capture.write(chunk);
            }
            let output = capture.into_output();
            assert!(!output.text.contains("hunter2") && output.cut, "{n_before}");
            assert_eq!(output.bytes, text.len() as u64);
        }
        let mut capture = Capture::new(MAX);
        capture.hide([secret.clone()]);
        capture.write(format!("a {secret} b").as_bytes());
        let output = capture.into_output();
        assert_eq!((output.text.as_str(), output.cut), ("a *** b", false));
    }

    #[test]
    fn reading_that_stopped_early_is_said_last() {
        let stopped = |n: usize| {
            let mut capture = Capture::new(MAX);
            capture.write(&b"x".repeat(n));
            capture.stop("more than 64 MiB".to_owned());
            capture.into_output()
        };
        assert_eq!(stopped(1).text, "x\n[more than 64 MiB]");
        let output = stopped(5 * MAX);
        assert!(output.cut && output.text.len() <= MAX);
        assert!(output.text.contains("[output cut: 5000") && output.text.ends_with("64 MiB]"));
    }
}
