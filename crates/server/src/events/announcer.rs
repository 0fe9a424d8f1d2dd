//! Reads new events for everybody who listens here.

use std::sync::Arc;

use horarium_store::After;
use jiff::{SignedDuration, Timestamp};

use super::{Events, READ_MAX};
use crate::engine::service::{Report, Service};

/// How often the table is looked at while somebody listens. Nobody is woken for it, on any node.
const LOOK_EVERY: SignedDuration = SignedDuration::from_millis(200);

pub struct Announcer(pub Arc<Events>);

impl Service for Announcer {
    const NAME: &'static str = "announcer";
    /// How long the first listener may wait for the first look.
    const PERIOD: SignedDuration = SignedDuration::from_millis(500);

    async fn run_once(&self, now: Timestamp) -> horarium_store::Result<Report> {
        let Self(events) = self;
        if !events.is_heard() {
            events.forget();
            return Ok(Report::default());
        }
        let next_at = now.checked_add(LOOK_EVERY).ok();
        let Some(at) = events.announced() else {
            events.begin(events.store.events_end().await?);
            return Ok(Report { n_acted: 0, next_at });
        };
        let found = match events.store.events_after(at, READ_MAX).await? {
            After::Events(found) => found,
            After::Forgotten => {
                events.begin(events.store.events_end().await?);
                return Ok(Report { n_acted: 0, next_at });
            }
        };
        let n_acted = found.len();
        if n_acted > 0 {
            events.add(found);
        }
        let more = n_acted >= READ_MAX as usize;
        Ok(Report { n_acted, next_at: if more { Some(now) } else { next_at } })
    }
}
