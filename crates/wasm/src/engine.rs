//! What a module must be, and how one is run.

use std::fmt;

use wasmi::{
    CompilationMode, Config, Engine, Error, ExternType, ImportType, Instance, Module, Store,
    TrapCode, errors::HostError,
};

use crate::{host::Host, order::Report, wasi};

/// What a module begins with.
const ENTRY: &str = "_start";

/// Why a module was ended from our side.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    WroteTooMuch,
    NobodyReads,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WroteTooMuch => "wrote more than it may",
            Self::NobodyReads => "has nobody to write to",
        })
    }
}

impl HostError for Stop {}

/// Whether the module can be run: valid, importing nothing but [`wasi::SUPPORTED`], with a memory and
/// a beginning. How long that takes, and how much memory, is bounded by what bounds the child.
pub(crate) fn check(code: &[u8], host: Host) -> Report {
    let engine = Engine::new(&config(CompilationMode::Eager));
    let module = match Module::new(&engine, code) {
        Ok(module) => module,
        Err(error) => return Report::Refused(format!("it cannot be compiled: {error}")),
    };
    if let Some(fault) = fault(&module) {
        return Report::Refused(fault);
    }
    // Shows that its imports have WASI's types, and that its memory and data are within the limits.
    match instantiate(&engine, &module, host) {
        Ok(_) => Report::Fine,
        Err(error) => Report::Refused(why(&error)),
    }
}

/// Runs a module that was checked.
pub(crate) fn run(code: &[u8], host: Host) -> Report {
    // It was checked whole; now only what is reached is.
    let engine = Engine::new(&config(CompilationMode::Lazy));
    let module = match Module::new(&engine, code) {
        Ok(module) => module,
        Err(error) => return Report::Refused(format!("it cannot be compiled: {error}")),
    };
    match start(&engine, &module, host) {
        Ok(()) => Report::Exited(0),
        Err(error) => ended(&error),
    }
}

fn config(mode: CompilationMode) -> Config {
    let mut config = Config::default();
    config.consume_fuel(true).compilation_mode(mode);
    // A command begins at its entry, under its limits, and nowhere else.
    config.ignore_custom_sections(true).allow_start_fn(false);
    config
}

fn start(engine: &Engine, module: &Module, host: Host) -> Result<(), Error> {
    let (mut store, instance) = instantiate(engine, module, host)?;
    instance.get_typed_func::<(), ()>(&store, ENTRY)?.call(&mut store, ())
}

fn instantiate(
    engine: &Engine,
    module: &Module,
    host: Host,
) -> Result<(Store<Host>, Instance), Error> {
    let linker = wasi::linker(engine)?;
    let fuel = host.fuel;
    let mut store = Store::new(engine, host);
    store.limiter(|host| &mut host.store_limits);
    store.set_fuel(fuel)?;
    let instance = linker.instantiate_and_start(&mut store, module)?;
    Ok((store, instance))
}

/// What keeps a valid module from being run.
fn fault(module: &Module) -> Option<String> {
    let is_there = |import: &ImportType<'_>| {
        import.module() == wasi::MODULE && wasi::SUPPORTED.contains(&import.name())
    };
    if let Some(import) = module.imports().find(|import| !is_there(import)) {
        let (from, name) = (import.module(), import.name());
        return Some(format!("it imports `{from}.{name}`, which modules do not get here"));
    }
    match module.get_export(ENTRY) {
        Some(ExternType::Func(ty)) if ty.params().is_empty() && ty.results().is_empty() => {}
        Some(_) => {
            return Some(format!("its `{ENTRY}` is no function without parameters and results"));
        }
        None => return Some(format!("it exports no function `{ENTRY}`: it is no WASI command")),
    }
    let has_memory = matches!(module.get_export("memory"), Some(ExternType::Memory(_)));
    (!has_memory).then(|| "it exports no memory named `memory`".to_owned())
}

fn ended(error: &Error) -> Report {
    match error.i32_exit_status() {
        Some(code) => Report::Exited(code),
        None => Report::Ended(why(error)),
    }
}

fn why(error: &Error) -> String {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return stop.to_string();
    }
    match error.as_trap_code() {
        Some(TrapCode::OutOfFuel) => "used up its fuel".to_owned(),
        Some(TrapCode::GrowthOperationLimited) => "needs more memory than it may have".to_owned(),
        Some(TrapCode::StackOverflow) => "called itself too deep".to_owned(),
        Some(trap) => format!("trapped: {trap}"),
        None => format!("cannot be started: {error}"),
    }
}
