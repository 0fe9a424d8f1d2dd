//! Prints the OpenAPI document: `cargo run -p horarium-api --example openapi > openapi.json`.

use std::io::{Write, stdout};

fn main() -> std::io::Result<()> {
    let document = horarium_api::openapi::document(env!("CARGO_PKG_VERSION"));
    writeln!(stdout(), "{document:#}")
}
