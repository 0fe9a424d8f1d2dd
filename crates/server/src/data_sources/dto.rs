//! A stored data source as the wire shows it, and as a worker uses it.

use std::time::Duration;

use horarium_api::{
    WireEnum,
    data_sources::{DataSourceDto, DataSourceKind, DataSourceTls, shown_password},
};
use horarium_store::{StoreError, StoredDataSource};
use horarium_worker::{DataSource, DataSourceKind as WorkerKind, TlsMode, data_sources::Pattern};

use super::TABLE;
use crate::fault::Fault;

pub(super) fn data_source_dto(stored: &StoredDataSource) -> Result<DataSourceDto, Fault> {
    let password = stored.password.as_ref();
    Ok(DataSourceDto {
        id: stored.id.0,
        name: stored.name.clone(),
        kind: word(&stored.kind)?,
        host: stored.host.clone(),
        port: stored.port,
        database: stored.database.clone(),
        user: stored.user.clone(),
        password: password.map(|stored| shown_password(stored.expose())),
        tls: word(&stored.tls)?,
        tls_ca_pem: stored.tls_ca.clone(),
        allowed_procedures: stored.allowed_procedures.clone(),
        statement_timeout_seconds: stored.statement_timeout_seconds,
        pool_size: stored.pool_size,
        version: stored.version,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
        updated_by: stored.updated_by.clone(),
    })
}

pub(super) fn worker_data_source(
    stored: &StoredDataSource,
    password: String,
) -> Result<DataSource, Fault> {
    let patterns = stored.allowed_procedures.iter().map(|text| Pattern::parse(text));
    let patterns = patterns.collect::<Result<Vec<_>, _>>();
    Ok(DataSource {
        name: stored.name.clone(),
        kind: match word(&stored.kind)? {
            DataSourceKind::PostgreSql => WorkerKind::Postgres,
            DataSourceKind::MySql => WorkerKind::MySql,
        },
        host: stored.host.clone(),
        port: stored.port,
        database: stored.database.clone(),
        user: stored.user.clone(),
        password,
        tls: match word(&stored.tls)? {
            DataSourceTls::Disable => TlsMode::Disable,
            DataSourceTls::Require => TlsMode::Require,
            DataSourceTls::VerifyFull => TlsMode::VerifyFull { ca_pem: stored.tls_ca.clone() },
        },
        allowed_procedures: patterns.map_err(|error| damaged(error.to_string()))?,
        statement_timeout: Duration::from_secs(stored.statement_timeout_seconds.into()),
        pool_size: stored.pool_size,
    })
}

fn word<E: WireEnum>(stored: &str) -> Result<E, Fault> {
    E::by_word(stored).ok_or_else(|| damaged(format!("`{stored}` is not one of {}", E::choices())))
}

fn damaged(problem: String) -> Fault {
    Fault::Store(StoreError::BadRow { table: TABLE, problem })
}

#[cfg(test)]
mod tests {
    use horarium_api::data_sources::{PATTERN_CHARS_MAX, POOL_SIZE_MAX};

    #[test]
    fn the_wires_bounds_are_the_workers() {
        assert_eq!(POOL_SIZE_MAX, horarium_worker::data_sources::POOL_SIZE_MAX);
        assert_eq!(PATTERN_CHARS_MAX, horarium_worker::data_sources::PATTERN_CHARS_MAX);
    }
}
