//! In which line of a statement its error is.

use sqlx::postgres::{PgDatabaseError, PgErrorPosition};

/// Lines from the statement's first one on; 0 where the server does not say.
pub(super) fn position(error: &sqlx::Error, sql: &str) -> usize {
    let Some(error) = error.as_database_error() else { return 0 };
    let Some(error) = error.try_downcast_ref::<PgDatabaseError>() else { return 0 };
    let Some(PgErrorPosition::Original(place)) = error.position() else { return 0 };
    // It counts characters, from 1.
    sql.chars().take(place.saturating_sub(1)).filter(|c| *c == '\n').count()
}
