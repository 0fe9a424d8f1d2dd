//! The binary as an operator meets it: what it prints, how it exits, what it leaves on the disk.

mod api;
mod backup;
mod config;
mod help;
mod migrate;
mod modules;
mod own_handlers;
mod secrets;
mod serve;
mod version;

use std::path::Path;
use std::process::{Command, Output};

/// Runs `horarium` in `dir`, without the variables of the person at the keyboard.
fn horarium(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_horarium"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HORARIUM_") {
            command.env_remove(name);
        }
    }
    command.current_dir(dir).args(args).envs(env.iter().copied());
    Ran::of(&command.output().expect("the binary is built"))
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("we print UTF-8");
        let code = output.status.code().expect("nobody kills it");
        Self { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}
