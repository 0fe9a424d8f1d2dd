//! The child: confined first, then it reads what to do, does it, and says how it ended.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use crate::{
    confine::{self, Layers},
    engine,
    frame::{self, Tag},
    host::Host,
    order::{Order, Report, Task},
};

/// First argument of a binary that is to be the child.
const ARGUMENT: &str = "__module";

/// Makes a child of this process if it was started as one: called first in `main`, before there is
/// another thread. `None`: it was not.
pub fn enter() -> Option<ExitCode> {
    let mut args = std::env::args();
    args.next()?;
    if args.next()? != ARGUMENT {
        return None;
    }
    let numbers: Option<Vec<u64>> = args.map(|arg| arg.parse().ok()).collect();
    let report = match numbers.as_deref() {
        Some(&[parent, address_bytes, cpu_seconds]) => {
            match confine::confine(parent, address_bytes, cpu_seconds) {
                Ok(layers) => obey(layers),
                Err(error) => Report::Broken(format!("confining it: {error}")),
            }
        }
        _ => Report::Broken("the arguments of the child are three numbers".to_owned()),
    };
    Some(tell(&report).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}

/// What the server starts the child with.
pub(crate) fn arguments(address_bytes: u64, cpu_seconds: u64) -> [String; 4] {
    let numbers = [u64::from(std::process::id()), address_bytes, cpu_seconds];
    let [parent, address_bytes, cpu_seconds] = numbers.map(|n| n.to_string());
    [ARGUMENT.to_owned(), parent, address_bytes, cpu_seconds]
}

fn obey(layers: Layers) -> Report {
    let (order, code, input) = match Order::read(io::stdin().lock()) {
        Ok(read) => read,
        Err(error) => return Report::Broken(format!("reading what to do: {error}")),
    };
    let limits = order.limits;
    let work = || match order.task {
        Task::Tell => Report::Confined(layers.tried()),
        Task::Check => engine::check(&code, Host::new(vec![], vec![], input, limits)),
        Task::Run { args, env } => engine::run(&code, Host::new(args, env, input, limits)),
    };
    // A defect of the interpreter is no reason to say nothing.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Report::Broken("the interpreter panicked".to_owned()))
}

fn tell(report: &Report) -> io::Result<()> {
    frame::write(&mut io::stdout().lock(), Tag::Report, &serde_json::to_vec(report)?)
}
