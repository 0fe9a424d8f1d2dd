//! Takes secrets out of what an attempt prints and of its errors, in every spelling they are known to
//! take: as they are, in base64, percent-encoded, escaped for JSON or SQL, in hexadecimal.

mod forms;

use std::{borrow::Cow, fmt};

use aho_corasick::{AhoCorasick, MatchKind};

use forms::forms;
pub(crate) use forms::{HIDDEN_BYTES_MIN, of_header, of_url};

/// What stands for a secret.
const MASK: &[u8] = b"***";

/// Knows what to hide, and holds back the end of a text while it may be the beginning of a secret.
#[derive(Default)]
pub(crate) struct Redactor {
    values: Vec<String>,
    /// `None` while there is nothing to hide.
    search: Option<Search>,
    /// Written, but not yet given out.
    pending: Vec<u8>,
}

struct Search {
    automaton: AhoCorasick,
    /// Bytes of the longest form.
    longest: usize,
}

/// Shows nothing of what it hides.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").field("n_values", &self.values.len()).finish_non_exhaustive()
    }
}

impl Redactor {
    /// Hides these besides, from now on. Those shorter than [`HIDDEN_BYTES_MIN`] would hide half of every
    /// text, and are left alone.
    pub(crate) fn hide(&mut self, values: impl IntoIterator<Item = String>) {
        let n_before = self.values.len();
        for value in values.into_iter().filter(|value| value.len() >= HIDDEN_BYTES_MIN) {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
        if self.values.len() > n_before {
            self.search = Search::of(&self.values);
        }
    }

    /// Everything of the text at once.
    pub(crate) fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(search) = &self.search else { return Cow::Borrowed(text) };
        if !search.automaton.is_match(text) {
            return Cow::Borrowed(text);
        }
        let mut redacted = Vec::with_capacity(text.len());
        let done = search.write(text.as_bytes(), text.len(), &mut redacted);
        redacted.extend_from_slice(&text.as_bytes()[done..]);
        Cow::Owned(String::from_utf8_lossy(&redacted).into_owned())
    }

    /// The next piece of a text; what may be given out of it goes to `write`.
    pub(crate) fn push(&mut self, chunk: &[u8], mut write: impl FnMut(&[u8])) {
        let Some(search) = &self.search else { return write(chunk) };
        self.pending.extend_from_slice(chunk);
        let safe = (self.pending.len() + 1).saturating_sub(search.longest);
        let mut redacted = Vec::new();
        let done = search.write(&self.pending, safe, &mut redacted);
        self.pending.drain(..done);
        write(&redacted);
    }

    /// The text has ended: what was held back.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        let pending = std::mem::take(&mut self.pending);
        let Some(search) = &self.search else { return pending };
        let mut redacted = Vec::new();
        let done = search.write(&pending, pending.len(), &mut redacted);
        redacted.extend_from_slice(&pending[done..]);
        redacted
    }
}

impl Search {
    fn of(values: &[String]) -> Option<Self> {
        let forms: Vec<Vec<u8>> = values.iter().flat_map(|value| forms(value)).collect();
        let longest = forms.iter().map(Vec::len).max()?;
        let mut builder = AhoCorasick::builder();
        let automaton = builder.match_kind(MatchKind::LeftmostLongest).build(&forms);
        let automaton = automaton.expect("forms are far below the automaton's 2 GiB of states");
        Some(Self { automaton, longest })
    }

    /// Writes the text without secrets up to `safe`, behind which a match may go on where the text ends,
    /// or up to the end of a match that begins before it. Gives how far it came.
    fn write(&self, text: &[u8], safe: usize, redacted: &mut Vec<u8>) -> usize {
        let mut done = 0;
        for found in self.automaton.find_iter(text) {
            if found.start() >= safe {
                break;
            }
            redacted.extend_from_slice(&text[done..found.start()]);
            redacted.extend_from_slice(MASK);
            done = found.end();
        }
        if done < safe {
            redacted.extend_from_slice(&text[done..safe]);
            done = safe;
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hiding(values: &[&str]) -> Redactor {
        let mut redactor = Redactor::default();
        redactor.hide(values.iter().map(|value| (*value).to_owned()));
        redactor
    }

    fn streamed(values: &[&str], text: &str, chunk_bytes: usize) -> String {
        let mut redactor = hiding(values);
        let mut written = Vec::new();
        for chunk in text.as_bytes().chunks(chunk_bytes) {
            redactor.push(chunk, |piece| written.extend_from_slice(piece));
        }
        written.extend(redactor.finish());
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn secrets_go_wherever_the_text_is_cut() {
        let values = ["hunter2!", "correct horse"];
        let text = "a hunter2! b hunter2!hunter2! correct hors correct horse";
        let expect = "a *** b ****** correct hors ***";
        assert_eq!(hiding(&values).redact(text), expect);
        for chunk_bytes in 1..text.len() {
            assert_eq!(streamed(&values, text, chunk_bytes), expect, "{chunk_bytes}");
        }
        assert_eq!(streamed(&values, "", 1), "");
    }

    #[test]
    fn the_longest_of_two_secrets_counts() {
        for chunk_bytes in 1..20 {
            assert_eq!(
                streamed(&["hunter2", "hunter2-long"], "hunter2-long hunter2", chunk_bytes),
                "*** ***"
            );
        }
    }

    #[test]
    fn without_secrets_a_text_is_passed_on_as_it_is() {
        assert_eq!(streamed(&[], "hunter2", 3), "hunter2");
        assert_eq!(streamed(&["abc"], "abc is too short to hide", 3), "abc is too short to hide");
        assert!(matches!(hiding(&["hunter2"]).redact("nothing"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_redactor_shows_nothing_of_what_it_hides() {
        assert!(!format!("{:?}", hiding(&["hunter2"])).contains("hunter2"));
    }
}
