//! Text that must not reach a log, an error or a debug print.

use std::fmt;

/// A secret, or the hash of one. Its `Debug` says nothing; [`Hidden::expose`] is easy to search for.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: to compare, to store, or to show to its owner once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_nothing_of_the_text() {
        let hidden = Hidden::new("correct horse");
        assert_eq!(format!("{:?} {:#?}", hidden, Some(&hidden)), "Hidden Some(\n    Hidden,\n)");
    }
}
