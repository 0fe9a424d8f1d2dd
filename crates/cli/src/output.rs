//! What commands print: the only place that writes to stdout.

use std::io::{self, Write as _};

/// A reader that has seen enough (`horarium config print | head -1`) is no failure.
pub(crate) fn print(text: &str) -> io::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Columns as wide as their widest cell, two blanks between them.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(head[column].len())
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    let mut add_line = |cells: [&str; N]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    };
    add_line(head);
    for row in rows {
        add_line(std::array::from_fn(|column| row[column].as_str()));
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_line_up_without_blanks_at_the_end() {
        let rows = [["é".to_owned(), "x".to_owned()], ["long".to_owned(), String::new()]];
        let expected = "KEY   VALUE\né     x\nlong\n";
        assert_eq!(super::table(["KEY", "VALUE"], &rows), expected);
    }
}
