//! What there is of WASI (`wasi_snapshot_preview1`): standard streams, arguments, variables, clocks,
//! chance, sleep, the end. No files, no sockets: a module that imports them is refused.
//!
//! Source: the witx files of WASI preview 1. Numbers are little-endian in the module's memory.

use wasmi::{Caller, Engine, Error, Extern, Linker, errors::LinkerError};

use crate::host::Host;

/// The one module that a module may import from.
pub(crate) const MODULE: &str = "wasi_snapshot_preview1";

/// Every function that a module may import.
pub const SUPPORTED: [&str; 20] = [
    "args_get",
    "args_sizes_get",
    "clock_res_get",
    "clock_time_get",
    "environ_get",
    "environ_sizes_get",
    "fd_close",
    "fd_fdstat_get",
    "fd_fdstat_set_flags",
    "fd_filestat_get",
    "fd_prestat_dir_name",
    "fd_prestat_get",
    "fd_read",
    "fd_seek",
    "fd_tell",
    "fd_write",
    "poll_oneoff",
    "proc_exit",
    "random_get",
    "sched_yield",
];

/// WASI's own error numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errno {
    Badf = 8,
    Fault = 21,
    Inval = 28,
    Io = 29,
    Spipe = 70,
}

/// How a function ends: `Err` with a number is for the module, `Error` ends it.
pub(crate) type Done = Result<Result<(), Errno>, Error>;

fn number(done: Done) -> Result<i32, Error> {
    done.map(|done| done.map_or_else(|errno| errno as i32, |()| 0))
}

/// The module's memory beside what its host knows.
pub(crate) struct View<'a> {
    pub(crate) memory: &'a mut [u8],
    pub(crate) host: &'a mut Host,
}

/// Calls `work` with the module's memory; a module without one cannot pass anything.
fn with_memory(
    caller: &mut Caller<'_, Host>,
    work: impl FnOnce(&mut View<'_>) -> Done,
) -> Result<i32, Error> {
    let Some(memory) = caller.get_export("memory").and_then(Extern::into_memory) else {
        return Ok(Errno::Fault as i32);
    };
    let (memory, host) = memory.data_and_store_mut(caller);
    number(work(&mut View { memory, host }))
}

/// A function whose parameters are all 32 bits wide.
macro_rules! function {
    ($linker:ident, $name:literal, |$view:ident $(, $argument:ident)*| $work:expr) => {
        $linker.func_wrap(MODULE, $name, |mut caller: Caller<'_, Host> $(, $argument: u32)*| {
            with_memory(&mut caller, |$view| $work)
        })?
    };
}

/// Everything in [`SUPPORTED`].
pub(crate) fn linker(engine: &Engine) -> Result<Linker<Host>, LinkerError> {
    let mut linker = <Linker<Host>>::new(engine);
    add_context(&mut linker)?;
    add_streams(&mut linker)?;
    add_time(&mut linker)?;
    linker.func_wrap(MODULE, "proc_exit", |_: Caller<'_, Host>, code: u32| {
        Err::<(), _>(Error::i32_exit(code.cast_signed()))
    })?;
    Ok(linker)
}

fn add_context(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    function!(linker, "args_get", |view, list, texts| Ok(view.put_args(list, texts)));
    function!(linker, "args_sizes_get", |view, n, n_bytes| Ok(view.put_args_sizes(n, n_bytes)));
    function!(linker, "environ_get", |view, list, texts| Ok(view.put_env(list, texts)));
    function!(linker, "environ_sizes_get", |view, n, n_bytes| Ok(view.put_env_sizes(n, n_bytes)));
    function!(linker, "random_get", |view, at, n| Ok(view.put_random(at, n)));
    Ok(())
}

fn add_streams(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    function!(linker, "fd_read", |view, fd, list, n, read| Ok(view.read(fd, (list, n), read)));
    function!(linker, "fd_write", |view, fd, list, n, wrote| view.write(fd, (list, n), wrote));
    function!(linker, "fd_close", |view, fd| Ok(view.close(fd)));
    function!(linker, "fd_fdstat_get", |view, fd, at| Ok(view.put_fdstat(fd, at)));
    function!(linker, "fd_fdstat_set_flags", |view, fd, _flags| {
        // Nothing ever blocks here, so it is all the same.
        Ok(view.host.check_open(fd))
    });
    function!(linker, "fd_filestat_get", |view, fd, at| Ok(view.put_filestat(fd, at)));
    // Files would begin at 3, and there are none.
    function!(linker, "fd_prestat_get", |_view, _fd, _at| Ok(Err(Errno::Badf)));
    function!(linker, "fd_prestat_dir_name", |_view, _fd, _at, _n| Ok(Err(Errno::Badf)));
    function!(linker, "fd_tell", |view, fd, _at| {
        Ok(view.host.check_open(fd).and(Err(Errno::Spipe)))
    });
    linker.func_wrap(
        MODULE,
        "fd_seek",
        |caller: Caller<'_, Host>, fd: u32, _offset: i64, _whence: u32, _at: u32| {
            number(Ok(caller.data().check_open(fd).and(Err(Errno::Spipe))))
        },
    )?;
    Ok(())
}

fn add_time(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    function!(linker, "clock_res_get", |view, clock, at| Ok(view.put_resolution(clock, at)));
    linker.func_wrap(
        MODULE,
        "clock_time_get",
        |mut caller: Caller<'_, Host>, clock: u32, _precision: u64, at: u32| {
            with_memory(&mut caller, |view| Ok(view.put_time(clock, at)))
        },
    )?;
    function!(linker, "poll_oneoff", |view, asked, told, n, n_told| {
        Ok(view.poll((asked, told), n, n_told))
    });
    linker.func_wrap(MODULE, "sched_yield", |_: Caller<'_, Host>| 0_i32)?;
    Ok(())
}
