//! One listener's stream: what follows where it stands, as long as it may listen.

use std::{sync::Arc, time::Duration};

use axum::{body::Bytes, http::HeaderMap};
use futures_util::{Stream, stream};
use horarium_api::{enums::Role, events::EventDto, permission::Permission};
use horarium_store::{Position, StoredEvent};
use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::{Instant, MissedTickBehavior, interval_at},
};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{Events, Next, words::dto};
use crate::{auth::Auth, clock::Clock};

/// How often an idle stream says that it lives, and each one asks whether its caller still may.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Wait after the database did not answer.
const FAULT_PAUSE: Duration = Duration::from_secs(1);
/// A comment: keeps what stands between from closing the connection.
const BEAT: &str = ": beat\n\n";

/// Who listens, and from where on.
pub struct Listener {
    pub events: Arc<Events>,
    pub auth: Arc<Auth>,
    pub clock: Clock,
    /// The credentials, to be asked again: a stream does not outlive them.
    pub headers: HeaderMap,
    pub role: Role,
    pub position: Position,
    /// Ends the stream when the server stops.
    pub closing: CancellationToken,
    pub room: OwnedSemaphorePermit,
}

struct Running {
    listener: Listener,
    moved: watch::Receiver<u64>,
    beat: tokio::time::Interval,
    greeted: bool,
}

/// The stream's text, piece by piece. It ends when the server stops or the caller may no more.
pub fn stream(listener: Listener) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> {
    let mut beat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let moved = listener.events.moved.subscribe();
    let running = Running { listener, moved, beat, greeted: false };
    stream::unfold(running, |mut running| async move {
        let text = running.next().await?;
        Some((Ok(Bytes::from(text)), running))
    })
}

impl Running {
    async fn next(&mut self) -> Option<String> {
        if !std::mem::replace(&mut self.greeted, true) {
            // An id without an event: who loses the connection now has a place to go on from.
            return Some(format!("id: {}\n\n", self.listener.position));
        }
        loop {
            self.moved.borrow_and_update();
            match self.listener.events.after(self.listener.position).await {
                Ok(Next::Events(events)) if events.is_empty() => {}
                Ok(Next::Events(events)) => {
                    let text = frames(&events, self.listener.role);
                    self.listener.position = events.last()?.position;
                    if !text.is_empty() {
                        return Some(text);
                    }
                    continue;
                }
                Ok(Next::Forgotten(end)) => {
                    self.listener.position = end;
                    return Some(EventDto::Reset {}.frame(&end.to_string()));
                }
                Err(err) => {
                    debug!(error = %err, "reading events failed, trying again");
                    tokio::time::sleep(FAULT_PAUSE).await;
                }
            }
            tokio::select! {
                () = self.listener.closing.cancelled() => return None,
                _ = self.beat.tick() => {
                    return self.may_go_on().await.then(|| BEAT.to_owned());
                }
                changed = self.moved.changed() => changed.ok()?,
            }
        }
    }

    /// Whether the credentials are still good, and for which role.
    async fn may_go_on(&mut self) -> bool {
        let now = self.listener.clock.now();
        match self.listener.auth.authenticate(&self.listener.headers, now).await {
            Ok(principal) => {
                self.listener.role = principal.role;
                true
            }
            Err(err) => {
                debug!(error = %err, "ending a stream of events: its caller may no more");
                false
            }
        }
    }
}

/// What a caller of this role is told of these events.
fn frames(events: &[Arc<StoredEvent>], role: Role) -> String {
    told(events, |permission| permission.allows(role))
}

fn told(events: &[Arc<StoredEvent>], may: impl Fn(Permission) -> bool) -> String {
    let mut text = String::new();
    for event in events {
        let shown = dto(event);
        if may(shown.permission()) {
            text.push_str(&shown.frame(&event.position.to_string()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use horarium_core::{Event, ExecutionId, JobChange, JobId, Moved, NodeChange, NodeId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_is_told_what_they_may_see() {
        let moved = Moved { id: ExecutionId(Uuid::nil()), job: JobId(Uuid::nil()), state: None };
        let node = Event::Node {
            node: NodeId(Uuid::nil()),
            name: "a".to_owned(),
            change: NodeChange::Started,
        };
        let events = [
            Event::executions([moved]),
            Event::jobs(JobChange::Created, [JobId(Uuid::nil())]),
            Some(node),
        ];
        let events: Vec<Arc<StoredEvent>> = (1..)
            .zip(events.into_iter().flatten())
            .map(|(n, event)| {
                let position = format!("0-{n}").parse().unwrap();
                Arc::new(StoredEvent { position, at: Timestamp::UNIX_EPOCH, event })
            })
            .collect();
        let names = |may: &[Permission]| {
            let text = told(&events, |permission| may.contains(&permission));
            let names = text.lines().filter_map(|line| line.strip_prefix("event: "));
            names.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), Vec::<String>::new());
        assert_eq!(names(&[Permission::ViewJobs]), ["jobs"]);
        assert_eq!(
            names(&[Permission::ViewExecutions, Permission::ViewNodes]),
            ["executions", "node"]
        );
        assert_eq!(frames(&events, Role::Viewer).matches("event: ").count(), 3);
    }
}
