//! Measures the engine on both databases and prints one table: ratios in one run, never a verdict.
//!
//! `make bench`, or one measure alone: `horarium-bench sqlite|postgres MEASURE [N]` with the
//! measures of [`measures`]. Loopback and a temporary directory only; every loop is bounded.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "counts become figures for people; none comes near 2^52"
)]

mod answerer;
mod fsync;
mod measures;
mod rig;
mod table;

use std::process::ExitCode;

use horarium_store::Synchronous;
use rig::Place;
use table::Table;

fn main() -> ExitCode {
    if let Some(code) = horarium_server::enter() {
        return code;
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut table = Table::default();
    let known = match words.as_slice() {
        [] => every_measure(&mut table),
        [place, measure] => one_measure(place, measure, None, &mut table),
        [place, measure, n] => one_measure(place, measure, n.parse().ok(), &mut table),
        _ => false,
    };
    if !known {
        eprintln!(
            "usage: horarium-bench [sqlite|sqlite-normal|postgres {} [N]]",
            measures::names()
        );
        return ExitCode::from(2);
    }
    table.print();
    ExitCode::SUCCESS
}

fn every_measure(table: &mut Table) -> bool {
    for place in
        [Place::Sqlite(Synchronous::Full), Place::Sqlite(Synchronous::Normal), Place::Postgres]
    {
        for measure in measures::ALL {
            table.add(rig::run(place, measure, measure.n));
        }
    }
    true
}

fn one_measure(place: &str, measure: &str, n: Option<usize>, table: &mut Table) -> bool {
    let place = match place {
        "sqlite" => Place::Sqlite(Synchronous::Full),
        "sqlite-normal" => Place::Sqlite(Synchronous::Normal),
        "postgres" => Place::Postgres,
        _ => return false,
    };
    let Some(measure) = measures::ALL.iter().find(|known| known.name == measure) else {
        return false;
    };
    table.add(rig::run(place, measure, n.unwrap_or(measure.n)));
    true
}
