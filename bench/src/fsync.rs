//! How long this disk takes for one durable write, printed beside everything that commits.

use std::{
    fs::File,
    io::Write as _,
    time::{Duration, Instant},
};

const WRITES: usize = 100;

/// The median of some 4 KiB appends with fdatasync.
pub(crate) fn median() -> Duration {
    let probe = || -> std::io::Result<Duration> {
        let mut file: File = tempfile::tempfile_in("/var/tmp")?;
        let mut times = Vec::with_capacity(WRITES);
        for _ in 0..WRITES {
            file.write_all(&[7; 4096])?;
            let since = Instant::now();
            file.sync_data()?;
            times.push(since.elapsed());
        }
        times.sort_unstable();
        Ok(times[WRITES / 2])
    };
    probe().expect("a writable /var/tmp")
}
