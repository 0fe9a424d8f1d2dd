//! A request about a data source on what is stored, or on nothing.

use std::net::IpAddr;

use horarium_api::{
    FieldErrors, WireEnum as _,
    data_sources::{DataSourceKind, DataSourceRequest, DataSourceTls},
    fields::Change,
};
use horarium_core::DataSourceId;
use horarium_store::{Hidden, StoredDataSource};
use horarium_worker::data_sources::Pattern;
use jiff::Timestamp;

const STATEMENT_TIMEOUT_SECONDS: u32 = 300;
const POOL_SIZE: u32 = 4;

/// What a new data source is before its request says more. Its needed fields are empty until then.
pub(super) fn blank(id: DataSourceId, now: Timestamp) -> StoredDataSource {
    StoredDataSource {
        id,
        name: String::new(),
        kind: String::new(),
        host: String::new(),
        port: 0,
        database: String::new(),
        user: String::new(),
        password: None,
        tls: String::new(),
        tls_ca: None,
        allowed_procedures: Vec::new(),
        statement_timeout_seconds: STATEMENT_TIMEOUT_SECONDS,
        pool_size: POOL_SIZE,
        version: 1,
        created_at: now,
        updated_at: now,
        updated_by: String::new(),
    }
}

/// What the request leaves out stays as it is; a new one's port and TLS follow from kind and host.
pub(super) fn amended(
    old: StoredDataSource,
    request: DataSourceRequest,
    seal: impl FnOnce(DataSourceId, &str) -> Hidden,
) -> Result<StoredDataSource, FieldErrors> {
    let patterns = request.allowed_procedures.unwrap_or_else(|| old.allowed_procedures.clone());
    let patterns = check_patterns(patterns)?;
    let kind = request.kind.map_or_else(|| old.kind.clone(), |kind| kind.name().to_owned());
    let host = request.host.unwrap_or_else(|| old.host.clone());
    let is_new = old.port == 0;
    let port = if is_new { usual_port(&kind) } else { old.port };
    let tls = if is_new { usual_tls(&host).name().to_owned() } else { old.tls.clone() };
    let password = match request.password {
        Change::Keep => old.password.clone(),
        Change::Clear => None,
        Change::Set(text) => Some(seal(old.id, &text.0)),
    };
    Ok(StoredDataSource {
        name: request.name.unwrap_or_else(|| old.name.clone()),
        kind,
        host,
        port: request.port.unwrap_or(port),
        database: request.database.unwrap_or_else(|| old.database.clone()),
        user: request.user.unwrap_or_else(|| old.user.clone()),
        password,
        tls: request.tls.map_or(tls, |tls| tls.name().to_owned()),
        tls_ca: request.tls_ca_pem.apply(old.tls_ca.clone()),
        allowed_procedures: patterns,
        statement_timeout_seconds: request
            .statement_timeout_seconds
            .unwrap_or(old.statement_timeout_seconds),
        pool_size: request.pool_size.unwrap_or(old.pool_size),
        ..old
    })
}

/// Each as the worker reads it.
fn check_patterns(patterns: Vec<String>) -> Result<Vec<String>, FieldErrors> {
    let mut errors = FieldErrors::default();
    for (index, text) in patterns.iter().enumerate() {
        if let Err(error) = Pattern::parse(text) {
            errors.add(&format!("allowedProcedures[{index}]"), error.to_string());
        }
    }
    errors.into_result(patterns)
}

fn usual_port(kind: &str) -> u16 {
    if kind == DataSourceKind::MySql.name() { 3306 } else { 5432 }
}

/// Nothing but this machine is reached in clear text unless somebody says so.
fn usual_tls(host: &str) -> DataSourceTls {
    let is_here = host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if is_here { DataSourceTls::Disable } else { DataSourceTls::VerifyFull }
}

#[cfg(test)]
mod tests {
    use horarium_api::auth::Secret;

    use super::*;

    fn plain(_: DataSourceId, text: &str) -> Hidden {
        Hidden::new(text)
    }

    fn made(request: DataSourceRequest) -> StoredDataSource {
        let blank = blank(DataSourceId(uuid::Uuid::nil()), Timestamp::UNIX_EPOCH);
        amended(blank, request, plain).unwrap()
    }

    fn request(kind: DataSourceKind, host: &str) -> DataSourceRequest {
        DataSourceRequest {
            name: Some("a".to_owned()),
            kind: Some(kind),
            host: Some(host.to_owned()),
            password: Change::Set(Secret("hunter2".to_owned())),
            ..DataSourceRequest::default()
        }
    }

    #[test]
    fn port_and_tls_follow_from_kind_and_host() {
        let check = |kind, host: &str, port: u16, tls: &str| {
            let made = made(request(kind, host));
            assert_eq!((made.port, made.tls.as_str()), (port, tls), "{host}");
        };
        check(DataSourceKind::PostgreSql, "db", 5432, "VerifyFull");
        check(DataSourceKind::MySql, "10.0.0.1", 3306, "VerifyFull");
        check(DataSourceKind::MySql, "127.0.0.1", 3306, "Disable");
        check(DataSourceKind::PostgreSql, "Localhost", 5432, "Disable");
        check(DataSourceKind::PostgreSql, "::1", 5432, "Disable");
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let old = made(request(DataSourceKind::PostgreSql, "db"));
        let kept = amended(old.clone(), DataSourceRequest::default(), plain).unwrap();
        assert_eq!(kept, old);
        let moved = DataSourceRequest { host: Some("127.0.0.1".to_owned()), ..Default::default() };
        let moved = amended(old.clone(), moved, plain).unwrap();
        assert_eq!((moved.host.as_str(), moved.tls.as_str()), ("127.0.0.1", "VerifyFull"));
        let cleared = DataSourceRequest { password: Change::Clear, ..Default::default() };
        assert_eq!(amended(old, cleared, plain).unwrap().password, None);
    }

    #[test]
    fn a_pattern_that_is_none_is_named() {
        let wanted = vec!["a.*".to_owned(), "nightly".to_owned()];
        let wanted = DataSourceRequest { allowed_procedures: Some(wanted), ..Default::default() };
        let old = made(request(DataSourceKind::PostgreSql, "db"));
        let errors = amended(old, wanted, plain).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["allowedProcedures[1]"]);
    }
}
