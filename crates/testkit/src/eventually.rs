//! Waiting for another process: the one place in the tests that may sleep.

use std::time::{Duration, Instant};

const PAUSE_FIRST: Duration = Duration::from_millis(5);
const PAUSE_MAX: Duration = Duration::from_millis(100);

/// The first `Some` of `probe`, asked again and again until `deadline` has passed.
///
/// Inside one process wait for a notification instead; this is for what cannot tell us, such as a server
/// that is being killed and started.
///
/// ```no_run
/// # use horarium_testkit::{Client, eventually};
/// # use std::time::Duration;
/// # async fn example(client: Client) {
/// let answer = eventually(Duration::from_secs(5), "the job to be listed", async || {
///     client.get("/api/v1/jobs").await.ok().filter(|answer| answer.status == 200)
/// })
/// .await;
/// # }
/// ```
pub async fn eventually<T>(
    deadline: Duration,
    what: &str,
    mut probe: impl AsyncFnMut() -> Option<T>,
) -> T {
    let started = Instant::now();
    let mut pause = PAUSE_FIRST;
    let mut n_probes = 0;
    loop {
        let left = deadline.saturating_sub(started.elapsed());
        n_probes += 1;
        // A probe that hangs is cut off too; the last one still gets a moment.
        match tokio::time::timeout(left.max(PAUSE_MAX), probe()).await {
            Ok(Some(found)) => return found,
            Ok(None) if started.elapsed() + pause < deadline => tokio::time::sleep(pause).await,
            Ok(None) | Err(_) => {
                panic!("waited {deadline:?} in vain for {what} ({n_probes} probes)")
            }
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_some_is_the_answer() {
        let mut n = 0;
        let found = eventually(Duration::from_secs(5), "three probes", async || {
            n += 1;
            (n == 3).then_some(n)
        });
        assert_eq!(found.await, 3);
    }

    #[tokio::test]
    #[should_panic(expected = "in vain for the moon")]
    async fn it_says_what_never_came() {
        eventually(Duration::from_millis(20), "the moon", async || None::<()>).await;
    }

    #[tokio::test]
    #[should_panic(expected = "in vain for a probe that hangs")]
    async fn a_probe_that_hangs_is_cut_off() {
        let never = async || std::future::pending::<Option<()>>().await;
        eventually(Duration::from_millis(20), "a probe that hangs", never).await;
    }
}
