//! The statements, each from a file of its own under `sql/`, checked in at compile time.

// Paths start at the manifest: `include_str!` would take them from the file that names a statement.

/// A statement that both databases share.
macro_rules! shared {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/shared/", $name, ".sql"))
    };
}

/// A statement for many rows, in each database's own text.
macro_rules! each {
    ($name:literal) => {
        $crate::tx::Each {
            sqlite: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/sql/sqlite/",
                $name,
                ".sql"
            )),
            postgres: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/sql/postgres/",
                $name,
                ".sql"
            )),
        }
    };
}

/// A single statement whose text differs between the databases.
macro_rules! dialect {
    ($tx:expr, $name:literal) => {
        match $tx.dialect() {
            $crate::tx::Dialect::Sqlite => {
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/sqlite/", $name, ".sql"))
            }
            $crate::tx::Dialect::Postgres => {
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/postgres/", $name, ".sql"))
            }
        }
    };
}

pub(crate) use {dialect, each, shared};
