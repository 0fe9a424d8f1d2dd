//! Migrations: forward only, one transaction each, refused on a newer schema.

use crate::{
    Store,
    error::{Result, StoreError},
    in_tx,
    tx::{Dialect, Tx},
    value::args,
};

/// One step of the schema, in both dialects.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub version: i64,
    pub name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// Every step, oldest first. A released one never changes.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "first",
        sqlite: include_str!("../migrations/sqlite/0001_first.sql"),
        postgres: include_str!("../migrations/postgres/0001_first.sql"),
    },
    Migration {
        version: 2,
        name: "ends",
        sqlite: include_str!("../migrations/sqlite/0002_ends.sql"),
        postgres: include_str!("../migrations/postgres/0002_ends.sql"),
    },
    Migration {
        version: 3,
        name: "runs",
        sqlite: include_str!("../migrations/sqlite/0003_runs.sql"),
        postgres: include_str!("../migrations/postgres/0003_runs.sql"),
    },
    Migration {
        version: 4,
        name: "log",
        sqlite: include_str!("../migrations/sqlite/0004_log.sql"),
        postgres: include_str!("../migrations/postgres/0004_log.sql"),
    },
    Migration {
        version: 5,
        name: "schedules",
        sqlite: include_str!("../migrations/sqlite/0005_schedules.sql"),
        postgres: include_str!("../migrations/postgres/0005_schedules.sql"),
    },
    Migration {
        version: 6,
        name: "events",
        sqlite: include_str!("../migrations/sqlite/0006_events.sql"),
        postgres: include_str!("../migrations/postgres/0006_events.sql"),
    },
    Migration {
        version: 7,
        name: "modules",
        sqlite: include_str!("../migrations/sqlite/0007_modules.sql"),
        postgres: include_str!("../migrations/postgres/0007_modules.sql"),
    },
    Migration {
        version: 8,
        name: "secrets",
        sqlite: include_str!("../migrations/sqlite/0008_secrets.sql"),
        postgres: include_str!("../migrations/postgres/0008_secrets.sql"),
    },
];

/// How a database's schema compares with this program's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationState {
    Current,
    /// These steps are missing.
    Pending(Vec<&'static str>),
    /// The database was migrated by a newer program; this one must not touch it.
    Newer {
        found: i64,
        known: i64,
    },
}

/// Serialises migrating nodes; released with the transaction, so it works behind a pooler.
const POSTGRES_MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(7205759403792793600)";
const CREATE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations \
     (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)";
const VERSION: &str = "SELECT max(version) FROM schema_migrations";
const RECORD: &str =
    "INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3)";

impl Store {
    /// What [`Store::migrate`] would do.
    pub async fn migration_state(&self) -> Result<MigrationState> {
        self.read(|tx| in_tx(async move { Ok(state(found_version(tx).await?)) })).await
    }

    /// Brings the schema up to date, one step per transaction, so that a kill resumes where it was.
    ///
    /// # Errors
    ///
    /// `Unusable` when the schema is newer than this program.
    pub async fn migrate(&self, now: jiff::Timestamp) -> Result<Vec<&'static str>> {
        let mut applied = Vec::new();
        for migration in MIGRATIONS {
            let done = self.write(move |tx| in_tx(apply(tx, migration, now))).await?;
            applied.extend(done.then_some(migration.name));
        }
        match self.migration_state().await? {
            MigrationState::Current => Ok(applied),
            MigrationState::Pending(names) => {
                Err(StoreError::Unusable(format!("migrations {names:?} did not apply")))
            }
            MigrationState::Newer { found, known } => Err(StoreError::Unusable(format!(
                "the database has schema {found}, this program knows {known}: run the newer program"
            ))),
        }
    }
}

async fn apply(tx: &mut Tx, migration: &Migration, now: jiff::Timestamp) -> Result<bool> {
    if tx.dialect() == Dialect::Postgres {
        tx.execute(POSTGRES_MIGRATION_LOCK, args![]).await?;
    }
    tx.execute(CREATE, args![]).await?;
    let found = tx.row(VERSION, args![]).await?;
    let found: Option<i64> =
        found.map(|row| row.get("schema_migrations", 0)).transpose()?.flatten();
    if found.is_some_and(|found| found >= migration.version) {
        return Ok(false);
    }
    let text = match tx.dialect() {
        Dialect::Sqlite => migration.sqlite,
        Dialect::Postgres => migration.postgres,
    };
    for statement in statements(text) {
        tx.execute(&statement, args![]).await?;
    }
    tx.execute(RECORD, args![migration.version, migration.name, now]).await?;
    Ok(true)
}

/// The statements of a migration file: our files end each with `;` at the end of a line.
fn statements(text: &str) -> Vec<String> {
    let code: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let code = code.join("\n");
    let statements = code.split(";\n").map(|part| part.trim().trim_end_matches(';').to_owned());
    statements.filter(|part| !part.is_empty()).collect()
}

/// The newest applied step; `None` on an empty database.
async fn found_version(tx: &mut Tx) -> Result<Option<i64>> {
    let exists = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'"
        }
        Dialect::Postgres => {
            "SELECT count(*) FROM pg_tables \
             WHERE tablename = 'schema_migrations' AND schemaname = current_schema()"
        }
    };
    let found = tx.row(exists, args![]).await?;
    if found.map(|row| row.get::<i64>("schema_migrations", 0)).transpose()? != Some(1) {
        return Ok(None);
    }
    let version = tx.row(VERSION, args![]).await?;
    Ok(version.map(|row| row.get("schema_migrations", 0)).transpose()?.flatten())
}

fn state(found: Option<i64>) -> MigrationState {
    let known = MIGRATIONS.last().map_or(0, |migration| migration.version);
    let found = found.unwrap_or(0);
    let missing = MIGRATIONS.iter().filter(|migration| migration.version > found);
    let missing: Vec<&'static str> = missing.map(|migration| migration.name).collect();
    if found > known {
        MigrationState::Newer { found, known }
    } else if missing.is_empty() {
        MigrationState::Current
    } else {
        MigrationState::Pending(missing)
    }
}
