//! Events: written in the transaction that they are about, read in order by every node.

use std::{fmt, str::FromStr};

use horarium_core::{Event, ExecutionState, JobChange, JobId, Moved};
use jiff::Timestamp;

use crate::{
    Store,
    error::Result,
    in_tx,
    sql::{dialect, shared},
    tx::{Dialect, Tx},
    value::{Row, args, from_json, to_json},
};

const TABLE: &str = "events";
/// Events forgotten in one transaction.
pub const EVENTS_PURGED_MAX: u32 = 1_000;

/// Where a reader stands: everything up to here was seen. Ordered as the events are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    tx: i64,
    seq: i64,
}

/// An event as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    pub position: Position,
    pub at: Timestamp,
    pub event: Event,
}

/// What a reader finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// The events that follow, oldest first; none when the reader has seen all.
    Events(Vec<StoredEvent>),
    /// The reader stands where nobody remembers: events that it has not seen are forgotten.
    Forgotten,
}

impl Store {
    /// At most `limit` events after `position`.
    pub async fn events_after(&self, position: Position, limit: u32) -> Result<After> {
        self.read(move |tx| {
            in_tx(async move {
                // Rows before the oldest: what is forgotten between the two shows as forgotten.
                let sql = dialect!(tx, "events_after");
                let rows = tx.rows(sql, args![position.tx, position.seq, limit]).await?;
                let sql = dialect!(tx, "events_oldest");
                let oldest = tx.row(sql, args![]).await?;
                let oldest = oldest.as_ref().map(read_position).transpose()?;
                if oldest.is_some_and(|oldest| position < oldest) || position > end(tx).await? {
                    return Ok(After::Forgotten);
                }
                Ok(After::Events(rows.iter().map(read_event).collect::<Result<_>>()?))
            })
        })
        .await
    }

    /// Where a reader stands who wants what is to come only.
    pub async fn events_end(&self) -> Result<Position> {
        self.read(|tx| in_tx(end(tx))).await
    }

    /// Forgets events from before `before`, oldest first; gives how many.
    pub async fn purge_events(&self, before: Timestamp) -> Result<u64> {
        self.write(move |tx| {
            in_tx(async move {
                let mut n = 0;
                if tx.dialect() == Dialect::Postgres {
                    const FOREIGN: &str = include_str!("../sql/postgres/events_foreign.sql");
                    n += tx.execute(FOREIGN, args![]).await?;
                }
                let sql = dialect!(tx, "events_purge");
                Ok(n + tx.execute(sql, args![before, EVENTS_PURGED_MAX]).await?)
            })
        })
        .await
    }
}

async fn end(tx: &mut Tx) -> Result<Position> {
    let sql = dialect!(tx, "events_end");
    let row = tx.row(sql, args![]).await?;
    row.as_ref().map_or(Ok(Position::default()), read_position)
}

/// Adds an event to the transaction; nothing for `None`.
pub(crate) async fn tell(tx: &mut Tx, now: Timestamp, event: Option<Event>) -> Result<()> {
    if let Some(event) = event {
        tx.execute(shared!("event_insert"), args![now, to_json(&event)]).await?;
    }
    Ok(())
}

/// Adds that executions moved to `state`.
pub(crate) async fn tell_moved(
    tx: &mut Tx,
    now: Timestamp,
    moved: impl Iterator<Item = (horarium_core::ExecutionId, JobId)>,
    state: ExecutionState,
) -> Result<()> {
    let moved = moved.map(|(id, job)| Moved { id, job, state: Some(state) });
    tell(tx, now, Event::executions(moved)).await
}

pub(crate) async fn tell_job(
    tx: &mut Tx,
    now: Timestamp,
    change: JobChange,
    job: JobId,
) -> Result<()> {
    tell(tx, now, Event::jobs(change, [job])).await
}

fn read_position(row: &Row) -> Result<Position> {
    Ok(Position { tx: row.get(TABLE, 0)?, seq: row.get(TABLE, 1)? })
}

fn read_event(row: &Row) -> Result<StoredEvent> {
    Ok(StoredEvent {
        position: read_position(row)?,
        at: row.get(TABLE, 2)?,
        event: from_json(TABLE, &row.get::<String>(TABLE, 3)?)?,
    })
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.tx, self.seq)
    }
}

/// The text is none that [`Position`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no position of an event")]
pub struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let (tx, seq) = text.split_once('-').ok_or(NoPosition)?;
        let number = |digits: &str| {
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| is_number).ok_or(NoPosition)
        };
        Ok(Self { tx: number(tx)?, seq: number(seq)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back_and_nothing_else_is_one() {
        let position = Position { tx: 730, seq: 12 };
        assert_eq!(position.to_string().parse(), Ok(position));
        for text in
            ["", "-", "1", "1-", "-1-2", "1--2", "+1-2", "1-2-3", "a-b", "9223372036854775808-1"]
        {
            assert_eq!(text.parse::<Position>(), Err(NoPosition), "{text}");
        }
    }
}
