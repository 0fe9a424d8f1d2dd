//! Forgets what is kept for a time only: repeatable answers, expired refresh tokens, events, ended nodes.

use std::sync::Arc;

use horarium_store::{ANSWERS_PURGED_MAX, EVENTS_PURGED_MAX, REFRESH_TOKENS_PURGED_MAX};
use jiff::{SignedDuration, Timestamp};

use super::{
    Shared,
    service::{Report, Service},
};

/// How long the rows of ended nodes are kept for people to see.
const NODES_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a listener may be away and still be told everything.
const EVENTS_KEPT: SignedDuration = SignedDuration::from_mins(10);

pub struct Sweeper(pub Arc<Shared>);

impl Service for Sweeper {
    const NAME: &'static str = "sweeper";
    const PERIOD: SignedDuration = SignedDuration::from_mins(1);

    /// One bounded purge of each kind; when one found its fill there is more, and the next look
    /// follows at once, behind whatever else waits for the database.
    async fn run_once(&self, now: Timestamp) -> horarium_store::Result<Report> {
        let store = &self.0.store;
        let n_answers = store.purge_answers(now).await?;
        let n_tokens = store.purge_refresh_tokens(now).await?;
        let n_nodes = store.purge_nodes(now.checked_sub(NODES_KEPT).unwrap_or(now)).await?;
        let n_events = store.purge_events(now.checked_sub(EVENTS_KEPT).unwrap_or(now)).await?;
        let more = n_events + 1 >= u64::from(EVENTS_PURGED_MAX)
            || n_answers >= u64::from(ANSWERS_PURGED_MAX)
            || n_tokens >= u64::from(REFRESH_TOKENS_PURGED_MAX);
        let n_acted =
            usize::try_from(n_answers + n_tokens + n_events + n_nodes).unwrap_or(usize::MAX);
        Ok(Report { n_acted, next_at: more.then_some(now) })
    }
}
