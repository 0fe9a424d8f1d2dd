//! The last of what a program wrote to stderr: what an error or a warning shows.

use std::fmt;

/// Kept and shown; all of it is in the output.
pub(super) const TAIL_BYTES: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct StderrTail {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl StderrTail {
    pub(super) fn write(&mut self, chunk: &[u8]) {
        self.bytes.extend(&chunk[chunk.len().saturating_sub(TAIL_BYTES)..]);
        let n_over = self.bytes.len().saturating_sub(TAIL_BYTES);
        self.is_cut |= n_over > 0 || chunk.len() > TAIL_BYTES;
        self.bytes.drain(..n_over);
    }

    /// Nothing was written at all.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl fmt::Display for StderrTail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.bytes).replace('\0', "\u{fffd}");
        write!(f, "{}{}", if self.is_cut { ".." } else { "" }, text.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_it_is_kept() {
        let check = |chunks: &[&[u8]], expect: &str| {
            let mut tail = StderrTail::default();
            for chunk in chunks {
                tail.write(chunk);
            }
            assert_eq!(tail.to_string(), expect);
        };
        let full = "x".repeat(TAIL_BYTES);
        check(&[], "");
        check(&[b"a \xff\0\n"], "a \u{fffd}\u{fffd}");
        check(&[full.as_bytes()], &full);
        check(&[b"a", full.as_bytes()], &format!("..{full}"));
        check(&[full.as_bytes(), b"end"], &format!("..{}end", &full[3..]));
    }
}
