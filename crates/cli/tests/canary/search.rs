//! Looks for the core of a canary, which is letters and digits and so the same in most spellings, and for
//! its base64 and hexadecimal.

/// The same text wherever a longer one has it, in base64.
fn base64_cores(core: &str) -> Vec<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let shifts = 0..3_usize;
    let encoded = shifts.map(|n_before| {
        let bytes = [vec![0; n_before], core.as_bytes().to_vec()].concat();
        let bit = |at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
        let (from, to) = ((n_before * 8).div_ceil(6), bytes.len() * 8 / 6);
        let letter = |n: usize| {
            let index = (n * 6..n * 6 + 6).fold(0, |index, at| index << 1 | bit(at));
            char::from(ALPHABET[usize::from(index)])
        };
        (from..to).map(letter).collect()
    });
    encoded.collect()
}

pub(crate) struct Search {
    /// What is looked for, and what it is of.
    forms: Vec<(String, String)>,
    found: Vec<String>,
    n_bytes: usize,
}

impl Search {
    /// Canaries by the field they were planted in.
    pub(crate) fn for_all(canaries: &[(String, String)]) -> Self {
        let mut forms = Vec::new();
        for (field, core) in canaries {
            let hex = core.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            let all = [core.clone(), hex.to_uppercase(), hex].into_iter().chain(base64_cores(core));
            forms.extend(all.map(|form| (field.clone(), form)));
        }
        Self { forms, found: Vec::new(), n_bytes: 0 }
    }

    pub(crate) fn through(&mut self, place: &str, bytes: &[u8]) {
        self.n_bytes += bytes.len();
        let text = String::from_utf8_lossy(bytes);
        for (field, form) in &self.forms {
            if let Some(at) = text.find(form.as_str()) {
                let from = text.floor_char_boundary(at.saturating_sub(120));
                let to = text.ceil_char_boundary((at + form.len() + 40).min(text.len()));
                self.found.push(format!("{field} in {place}: ..{:?}..", &text[from..to]));
            }
        }
    }

    #[track_caller]
    pub(crate) fn found_nothing(&self) {
        assert!(self.found.is_empty(), "{:#?}", self.found);
        assert!(self.n_bytes > 10_000, "only {} bytes were searched", self.n_bytes);
    }
}

#[test]
fn a_search_finds_every_spelling() {
    let core = "canary0Q7x".to_owned();
    for text in [
        "x canary0Q7x y",
        // `user:canary0Q7x`, `a:canary0Q7x` and `ab:canary0Q7x!`
        "dXNlcjpjYW5hcnkwUTd4",
        "YTpjYW5hcnkwUTd4",
        "YWI6Y2FuYXJ5MFE3eCE=",
        "63616e617279305137 78".replace(' ', "").as_str(),
    ] {
        let mut search = Search::for_all(&[("field".to_owned(), core.clone())]);
        search.through("a text", text.as_bytes());
        assert_eq!(search.found.len(), 1, "{text}: {:?}", search.forms);
    }
}
