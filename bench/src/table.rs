//! The printed table.

/// One row: where, what, the figures, and the disk's speed before and after.
pub(crate) struct Line {
    pub place: String,
    pub measure: &'static str,
    pub n: usize,
    pub figures: String,
    pub fsync_ms: (f64, f64),
}

#[derive(Default)]
pub(crate) struct Table(Vec<Line>);

impl Table {
    pub(crate) fn add(&mut self, line: Line) {
        eprintln!("{}", text(&line));
        self.0.push(line);
    }

    #[expect(clippy::print_stdout, reason = "the table is what this program is for")]
    pub(crate) fn print(&self) {
        println!("| database | measure | n | figures | fdatasync before/after |");
        println!("|---|---|---|---|---|");
        for line in &self.0 {
            println!("{}", text(line));
        }
    }
}

fn text(line: &Line) -> String {
    let (before, after) = line.fsync_ms;
    format!(
        "| {} | {} | {} | {} | {before:.2} / {after:.2} ms |",
        line.place, line.measure, line.n, line.figures
    )
}

/// `p50`, `p99` and the largest of some milliseconds.
pub(crate) fn percentiles(mut values_ms: Vec<f64>) -> String {
    if values_ms.is_empty() {
        return "nothing measured".to_owned();
    }
    values_ms.sort_by(f64::total_cmp);
    let at = |share: usize| values_ms[(values_ms.len() - 1) * share / 100];
    format!("p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms", at(50), at(99), at(100))
}
