//! What one run of a module has: arguments, variables, input, output, and what is left of its limits.

mod context;
mod streams;
mod time;

use wasmi::{StoreLimits, StoreLimitsBuilder};

use crate::{
    order::Limits,
    wasi::{Errno, View},
};

/// `STDIN`, `STDOUT`, `STDERR` are all there is.
const N_STREAMS: usize = 3;
/// Of tables, which lie outside the linear memory.
const TABLE_ELEMENTS_MAX: usize = 1_000_000;

/// The side of a module that is ours.
#[derive(Debug)]
pub(crate) struct Host {
    args: Vec<Vec<u8>>,
    env: Vec<Vec<u8>>,
    input: Vec<u8>,
    n_read: usize,
    is_closed: [bool; N_STREAMS],
    /// Bytes that may still be written.
    writable: u64,
    pub(crate) fuel: u64,
    pub(crate) store_limits: StoreLimits,
}

impl Host {
    pub(crate) fn new(
        args: Vec<String>,
        env: Vec<(String, String)>,
        input: Vec<u8>,
        limits: Limits,
    ) -> Self {
        let memory_bytes = usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX);
        let store_limits = StoreLimitsBuilder::new()
            .memory_size(memory_bytes)
            .table_elements(TABLE_ELEMENTS_MAX)
            .instances(1)
            // Told apart from a failure of the module's own making.
            .trap_on_grow_failure(true)
            .build();
        Self {
            args: args.into_iter().map(terminated).collect(),
            env: env
                .into_iter()
                .map(|(name, value)| terminated(format!("{name}={value}")))
                .collect(),
            input,
            n_read: 0,
            is_closed: [false; N_STREAMS],
            writable: limits.written_bytes,
            fuel: limits.fuel,
            store_limits,
        }
    }

    pub(crate) fn check_open(&self, fd: u32) -> Result<(), Errno> {
        match self.is_closed.get(fd as usize) {
            Some(false) => Ok(()),
            Some(true) | None => Err(Errno::Badf),
        }
    }
}

/// As C wants it; a NUL within would end it early.
fn terminated(text: String) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    bytes.retain(|byte| *byte != 0);
    bytes.push(0);
    bytes
}

impl View<'_> {
    /// `n_bytes` of the module's memory.
    fn bytes(&mut self, at: u32, n_bytes: usize) -> Result<&mut [u8], Errno> {
        let end = (at as usize).checked_add(n_bytes).ok_or(Errno::Fault)?;
        self.memory.get_mut(at as usize..end).ok_or(Errno::Fault)
    }

    fn put(&mut self, at: u32, bytes: &[u8]) -> Result<(), Errno> {
        self.bytes(at, bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    fn put_u32(&mut self, at: u32, number: usize) -> Result<(), Errno> {
        let number = u32::try_from(number).map_err(|_| Errno::Inval)?;
        self.put(at, &number.to_le_bytes())
    }

    fn u32_at(&mut self, at: u32) -> Result<u32, Errno> {
        let bytes = self.bytes(at, 4)?.first_chunk().ok_or(Errno::Fault)?;
        Ok(u32::from_le_bytes(*bytes))
    }

    fn u64_at(&mut self, at: u32) -> Result<u64, Errno> {
        let bytes = self.bytes(at, 8)?.first_chunk().ok_or(Errno::Fault)?;
        Ok(u64::from_le_bytes(*bytes))
    }
}

/// The address of element `n` of a list of elements of `n_bytes`.
fn element(list: u32, n: u32, n_bytes: u32) -> Result<u32, Errno> {
    n.checked_mul(n_bytes).and_then(|offset| list.checked_add(offset)).ok_or(Errno::Fault)
}
