//! Arguments, variables and chance.

use super::{View, element};
use crate::wasi::Errno;

impl View<'_> {
    pub(crate) fn put_args(&mut self, list: u32, texts: u32) -> Result<(), Errno> {
        let args = self.host.args.clone();
        self.put_texts(&args, list, texts)
    }

    pub(crate) fn put_args_sizes(&mut self, n: u32, n_bytes: u32) -> Result<(), Errno> {
        let args = self.host.args.clone();
        self.put_sizes(&args, n, n_bytes)
    }

    pub(crate) fn put_env(&mut self, list: u32, texts: u32) -> Result<(), Errno> {
        let env = self.host.env.clone();
        self.put_texts(&env, list, texts)
    }

    pub(crate) fn put_env_sizes(&mut self, n: u32, n_bytes: u32) -> Result<(), Errno> {
        let env = self.host.env.clone();
        self.put_sizes(&env, n, n_bytes)
    }

    pub(crate) fn put_random(&mut self, at: u32, n_bytes: u32) -> Result<(), Errno> {
        let bytes = self.bytes(at, n_bytes as usize)?;
        getrandom::fill(bytes).map_err(|_| Errno::Io)
    }

    /// The texts one after the other at `texts`, and where each begins at `list`.
    fn put_texts(&mut self, all: &[Vec<u8>], list: u32, texts: u32) -> Result<(), Errno> {
        let mut at = texts;
        for (n, text) in (0..).zip(all) {
            self.put(element(list, n, 4)?, &at.to_le_bytes())?;
            self.put(at, text)?;
            let n_bytes = u32::try_from(text.len()).map_err(|_| Errno::Fault)?;
            at = at.checked_add(n_bytes).ok_or(Errno::Fault)?;
        }
        Ok(())
    }

    fn put_sizes(&mut self, all: &[Vec<u8>], n: u32, n_bytes: u32) -> Result<(), Errno> {
        self.put_u32(n, all.len())?;
        self.put_u32(n_bytes, all.iter().map(Vec::len).sum())
    }
}
