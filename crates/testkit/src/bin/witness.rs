//! `witness LOG [PORT]`: an HTTP target that writes down every call before it answers.
//!
//! Prints its address, `http://127.0.0.1:PORT`, and then serves until it is killed.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use horarium_testkit::Witness;

#[tokio::main]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (log, port) = (words.next(), words.next().unwrap_or_else(|| "0".to_owned()).parse());
    let (Some(log), Ok(port), None) = (log, port, words.next()) else {
        eprintln!("usage: witness LOG [PORT]");
        return ExitCode::from(2);
    };
    match serve(Path::new(&log), port).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("witnessing into {log}: {cause}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(log: &Path, port: u16) -> std::io::Result<()> {
    let witness = Witness::start_logging(log, port).await?;
    writeln!(std::io::stdout(), "{}", witness.url(""))?;
    std::future::pending().await
}
