//! Clocks and sleep. The clocks are the machine's: what a module computes from them is its business.

use std::time::Duration;

use rustix::time::{ClockId, clock_getres, clock_gettime};

use super::{View, element};
use crate::wasi::Errno;

/// Events that one call may wait for.
const EVENTS_MAX: u32 = 64;
/// Lengths of a `subscription` and of an `event`.
const SUBSCRIPTION_BYTES: u32 = 48;
const EVENT_BYTES: u32 = 32;
/// What a subscription waits for (its tag), and the flag of one with an absolute time.
const CLOCK: u8 = 0;
const IS_ABSOLUTE: u8 = 1;

fn clock_of(number: u32) -> Result<ClockId, Errno> {
    match number {
        0 => Ok(ClockId::Realtime),
        1 => Ok(ClockId::Monotonic),
        2 => Ok(ClockId::ProcessCPUTime),
        3 => Ok(ClockId::ThreadCPUTime),
        _ => Err(Errno::Inval),
    }
}

fn nanoseconds(time: rustix::time::Timespec) -> Result<u64, Errno> {
    let seconds = u64::try_from(time.tv_sec).map_err(|_| Errno::Inval)?;
    let part = u64::try_from(time.tv_nsec).map_err(|_| Errno::Inval)?;
    seconds.checked_mul(1_000_000_000).and_then(|n| n.checked_add(part)).ok_or(Errno::Inval)
}

/// What one subscription waits for.
struct Wait {
    userdata: u64,
    tag: u8,
    /// Of a clock, from now.
    nanoseconds: u64,
}

impl View<'_> {
    pub(crate) fn put_resolution(&mut self, clock: u32, at: u32) -> Result<(), Errno> {
        let resolution = nanoseconds(clock_getres(clock_of(clock)?))?;
        self.put(at, &resolution.to_le_bytes())
    }

    pub(crate) fn put_time(&mut self, clock: u32, at: u32) -> Result<(), Errno> {
        let time = nanoseconds(clock_gettime(clock_of(clock)?))?;
        self.put(at, &time.to_le_bytes())
    }

    /// Sleeps until the first of the clocks asked for; streams are always ready.
    pub(crate) fn poll(
        &mut self,
        (asked, told): (u32, u32),
        n: u32,
        n_told: u32,
    ) -> Result<(), Errno> {
        if !(1..=EVENTS_MAX).contains(&n) {
            return Err(Errno::Inval);
        }
        let waits = (0..n).map(|n| self.wait_at(element(asked, n, SUBSCRIPTION_BYTES)?));
        let waits = waits.collect::<Result<Vec<_>, Errno>>()?;
        let first = waits.iter().map(|wait| wait.nanoseconds).min().unwrap_or(0);
        std::thread::sleep(Duration::from_nanos(first));
        let mut n_ready = 0;
        for wait in waits.iter().filter(|wait| wait.nanoseconds <= first) {
            let mut event = [0; EVENT_BYTES as usize];
            event[..8].copy_from_slice(&wait.userdata.to_le_bytes());
            event[10] = wait.tag;
            self.put(element(told, n_ready, EVENT_BYTES)?, &event)?;
            n_ready += 1;
        }
        self.put(n_told, &n_ready.to_le_bytes())
    }

    fn wait_at(&mut self, at: u32) -> Result<Wait, Errno> {
        let mut bytes = [0; SUBSCRIPTION_BYTES as usize];
        bytes.copy_from_slice(self.bytes(at, SUBSCRIPTION_BYTES as usize)?);
        let userdata = self.u64_at(at)?;
        let tag = bytes[8];
        let mut nanoseconds_left = 0;
        if tag == CLOCK {
            let timeout = self.u64_at(at + 24)?;
            let since = match bytes[40] & IS_ABSOLUTE {
                0 => 0,
                _ => nanoseconds(clock_gettime(clock_of(self.u32_at(at + 16)?)?))?,
            };
            nanoseconds_left = timeout.saturating_sub(since);
        }
        Ok(Wait { userdata, tag, nanoseconds: nanoseconds_left })
    }
}
