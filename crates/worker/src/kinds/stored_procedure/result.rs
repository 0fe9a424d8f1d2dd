//! What a call returned, as the text that is kept of it.
//!
//! ```text
//! Stored procedure 'app.nightly' executed successfully. Rows affected: 2.
//! {"rowsAffected":2,"resultSets":[[{"id":1},{"id":2}]],"outParameters":{}}
//! [result set 1: 1000 of 5000 rows kept]
//! ```
//!
//! The first line is the original's. The last one is there when something was left out.

use crate::output::Capture;

pub const RESULT_ROWS_MAX: usize = 1_000;
pub const RESULT_SETS_MAX: usize = 10;
/// Of rows, together: what fits the output's usual bound, so that the JSON stays whole.
pub const RESULT_BYTES_MAX: usize = 1_000_000;

/// Everything a call returned, up to its bounds.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) rows_affected: u64,
    /// A JSON object.
    pub(super) out_parameters: Option<String>,
    sets: Vec<Rows>,
    n_sets: usize,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Rows {
    /// JSON objects.
    kept: Vec<String>,
    n: usize,
}

impl Outcome {
    /// The next result set begins.
    pub(super) fn begin_set(&mut self) {
        self.n_sets += 1;
        if self.sets.len() < RESULT_SETS_MAX {
            self.sets.push(Rows::default());
        }
    }

    /// Whether the next row of this result set would be kept: others need not be made into JSON.
    pub(super) fn has_room(&self) -> bool {
        let is_kept = self.n_sets == self.sets.len();
        let n_rows = self.sets.last().map_or(0, |rows| rows.kept.len());
        is_kept && n_rows < RESULT_ROWS_MAX && self.bytes < RESULT_BYTES_MAX
    }

    /// One more row; `None` for one that is not kept.
    pub(super) fn row(&mut self, row: Option<String>) {
        if self.n_sets != self.sets.len() {
            return;
        }
        let Some(rows) = self.sets.last_mut() else { return };
        rows.n += 1;
        // Rows are kept from the first on, without gaps.
        let is_next = rows.kept.len() + 1 == rows.n && rows.kept.len() < RESULT_ROWS_MAX;
        let Some(row) = row.filter(|row| is_next && self.bytes + row.len() <= RESULT_BYTES_MAX)
        else {
            return;
        };
        self.bytes += row.len();
        rows.kept.push(row);
    }

    /// `name` as the job gave it.
    pub(super) fn write(self, name: &str, capture: &mut Capture) {
        let rows_affected = self.rows_affected;
        // A line break in it would make another first line.
        let name = name.replace(char::is_control, " ");
        let first = format!(
            "Stored procedure '{name}' executed successfully. Rows affected: {rows_affected}.\n"
        );
        capture.write(first.as_bytes());
        capture.write(format!("{{\"rowsAffected\":{rows_affected},\"resultSets\":[").as_bytes());
        for (n, rows) in self.sets.iter().enumerate() {
            capture.write(if n == 0 { b"[" } else { b",[" });
            capture.write(rows.kept.join(",").as_bytes());
            capture.write(b"]");
        }
        let out = self.out_parameters.as_deref().unwrap_or("{}");
        capture.write(format!("],\"outParameters\":{out}}}").as_bytes());
        if let Some(left_out) = self.left_out() {
            capture.stop(left_out);
        }
    }

    fn left_out(&self) -> Option<String> {
        let cut = self.sets.iter().enumerate().filter(|(_, rows)| rows.n > rows.kept.len());
        let mut texts: Vec<_> = cut
            .map(|(n, rows)| {
                format!("result set {}: {} of {} rows kept", n + 1, rows.kept.len(), rows.n)
            })
            .collect();
        if self.n_sets > self.sets.len() {
            texts.push(format!("{} of {} result sets kept", self.sets.len(), self.n_sets));
        }
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}

/// Objects of JSON from their fields; a name that comes again gets a number.
pub(super) fn object(fields: impl IntoIterator<Item = (String, String)>) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut text = "{".to_owned();
    for (name, json) in fields {
        let n_same = names.iter().filter(|known| **known == name).count();
        let shown = if n_same == 0 { name.clone() } else { format!("{name}_{}", n_same + 1) };
        text.push_str(if names.is_empty() { "" } else { "," });
        text.extend([string(&shown), ":".to_owned(), json]);
        names.push(name);
    }
    text.push('}');
    text
}

pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(outcome: Outcome) -> String {
        let mut capture = Capture::new(crate::output::OUTPUT_BYTES_MAX);
        outcome.write("f", &mut capture);
        capture.into_output().text
    }

    fn outcome(sets: &[usize], row: &str) -> Outcome {
        let mut outcome = Outcome::default();
        for n_rows in sets {
            outcome.begin_set();
            for _ in 0..*n_rows {
                outcome.row(Some(row.to_owned()));
            }
        }
        outcome
    }

    #[test]
    fn what_fits_is_one_line_and_one_document() {
        let mut outcome = outcome(&[2, 0], "{\"a\":1}");
        outcome.rows_affected = 3;
        outcome.out_parameters = Some("{\"o\":null}".to_owned());
        let expect = "Stored procedure 'f' executed successfully. Rows affected: 3.\n\
            {\"rowsAffected\":3,\"resultSets\":[[{\"a\":1},{\"a\":1}],[]],\
            \"outParameters\":{\"o\":null}}";
        assert_eq!(text(outcome), expect);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let check = |sets: &[usize], row: &str, expect: Option<&str>| {
            let outcome = outcome(sets, row);
            assert_eq!(outcome.left_out().as_deref(), expect);
            let text = text(outcome);
            let json = text.lines().nth(1).unwrap();
            assert!(serde_json::from_str::<serde_json::Value>(json).is_ok());
            assert_eq!(text.lines().nth(2).is_some(), expect.is_some());
        };
        check(&[RESULT_ROWS_MAX], "1", None);
        check(&[RESULT_ROWS_MAX + 1], "1", Some("result set 1: 1000 of 1001 rows kept"));
        check(&[1; RESULT_SETS_MAX], "1", None);
        check(&[1; RESULT_SETS_MAX + 2], "1", Some("10 of 12 result sets kept"));
        let half = format!("\"{}\"", "x".repeat(RESULT_BYTES_MAX / 2 - 2));
        check(&[2], &half, None);
        check(&[1, 2], &half, Some("result set 2: 1 of 2 rows kept"));
    }

    #[test]
    fn a_name_that_comes_again_gets_a_number() {
        let field = |name: &str| (name.to_owned(), "1".to_owned());
        assert_eq!(object([field("a"), field("b"), field("a")]), r#"{"a":1,"b":1,"a_2":1}"#);
        assert_eq!(object([]), "{}");
    }
}
