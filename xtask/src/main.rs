//! What the repository does to itself: writes generated files, and tests its own rules (`cargo test`).

#[cfg(test)]
mod checks;
mod generated;
mod repository;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p xtask -- gen [--check]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["gen"] => generated::write(),
        ["gen", "--check"] => generated::check(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}
