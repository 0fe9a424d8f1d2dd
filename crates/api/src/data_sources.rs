//! Data sources: databases whose procedures jobs may call, defined by an administrator.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::auth::Secret;
use crate::configuration::{CALL_TIMEOUT_SECONDS_MAX, MASK, is_reference};
use crate::field_errors::FieldErrors;
use crate::fields::{Change, Fields, read_object, value};
use crate::json::Json;
use crate::wire_enum::wire_enum;

pub const DATA_SOURCE_NAME_CHARS_MAX: usize = 100;
pub const DATA_SOURCE_HOST_CHARS_MAX: usize = 255;
/// Of a database's or a user's name.
pub const DATABASE_NAME_CHARS_MAX: usize = 128;
pub const DATABASE_PASSWORD_CHARS_MAX: usize = 1_024;
pub const CA_CHARS_MAX: usize = 65_536;
pub const PATTERNS_MAX: usize = 100;
pub const PATTERN_CHARS_MAX: usize = 256;
/// Calls at a time.
pub const POOL_SIZE_MAX: u32 = 32;

wire_enum! {
    /// What kind of database it is.
    pub enum DataSourceKind {
        PostgreSql = "PostgreSql",
        /// MariaDB too.
        MySql = "MySql",
    }
    aliases { "Postgres" => PostgreSql, "MariaDb" => MySql }
}

wire_enum! {
    /// How much of a connection TLS protects.
    pub enum DataSourceTls {
        /// Nothing.
        Disable = "Disable",
        /// Encrypted, whoever answers.
        Require = "Require",
        /// The certificate must be the host's, signed by `tlsCaPem` or a public authority.
        VerifyFull = "VerifyFull",
    }
}

/// A data source to make or to change. On a change, what is absent or null stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct DataSourceRequest {
    /// What jobs call it in `databaseConnectionStringName`; unique without regard to case.
    #[schemars(length(min = 1, max = DATA_SOURCE_NAME_CHARS_MAX))]
    pub name: Option<String>,
    pub kind: Option<DataSourceKind>,
    /// A name or an address.
    #[schemars(length(min = 1, max = DATA_SOURCE_HOST_CHARS_MAX))]
    pub host: Option<String>,
    /// The kind's usual one by default: 5432, 3306.
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
    #[schemars(length(min = 1, max = DATABASE_NAME_CHARS_MAX))]
    pub database: Option<String>,
    #[schemars(length(min = 1, max = DATABASE_NAME_CHARS_MAX))]
    pub user: Option<String>,
    /// Encrypted at rest; or `secret://name`. `***` keeps the stored one, the empty string takes it away.
    #[schemars(with = "Option<Secret>")]
    pub password: Change<Secret>,
    /// `VerifyFull` by default, but `Disable` on this very machine.
    pub tls: Option<DataSourceTls>,
    /// The authority to trust instead of the public ones, in PEM; the empty string takes it away.
    #[schemars(with = "Option<String>")]
    pub tls_ca_pem: Change<String>,
    /// `schema.name`, with `*` for any text and `?` for one character; none: nothing may be called.
    #[schemars(length(max = PATTERNS_MAX))]
    pub allowed_procedures: Option<Vec<String>>,
    /// Longest call, whatever a job says; 300 by default.
    #[schemars(range(min = 1, max = CALL_TIMEOUT_SECONDS_MAX))]
    pub statement_timeout_seconds: Option<u32>,
    /// Calls of one node at a time; 4 by default.
    #[schemars(range(min = 1, max = POOL_SIZE_MAX))]
    pub pool_size: Option<u32>,
}

impl DataSourceRequest {
    /// With everything that a new one needs.
    pub fn read_create(body: &Json) -> Result<DataSourceRequest, FieldErrors> {
        read_object(body, |fields| {
            for name in ["name", "kind", "host", "database", "user"] {
                fields.require(name);
            }
            Self::read(fields)
        })
    }

    pub fn read_update(body: &Json) -> Result<DataSourceRequest, FieldErrors> {
        read_object(body, Self::read)
    }

    fn read(fields: &mut Fields<'_>) -> DataSourceRequest {
        fields.ignore(&["id", "version", "createdAt", "updatedAt", "updatedBy"]);
        let named = |item: &Json| value::trimmed(item, DATABASE_NAME_CHARS_MAX);
        DataSourceRequest {
            name: fields.value("name", name),
            kind: fields.value("kind", kind),
            host: fields.value("host", host),
            port: fields.value("port", |item| value::number(item, &(1..=65_535))),
            database: fields.value("database", named),
            user: fields.value("user", named),
            password: match fields.change("password", password) {
                Change::Set(kept) if kept.0 == MASK => Change::Keep,
                change => change,
            },
            tls: fields.word("tls"),
            tls_ca_pem: fields.change("tlsCaPem", |item| value::text(item, CA_CHARS_MAX)),
            allowed_procedures: fields.list("allowedProcedures", PATTERNS_MAX, |item| {
                value::trimmed(item, PATTERN_CHARS_MAX)
            }),
            statement_timeout_seconds: fields
                .number("statementTimeoutSeconds", 1..=CALL_TIMEOUT_SECONDS_MAX),
            pool_size: fields.number("poolSize", 1..=POOL_SIZE_MAX),
        }
    }
}

fn name(item: &Json) -> Result<String, String> {
    let name = value::trimmed(item, DATA_SOURCE_NAME_CHARS_MAX)?;
    if Uuid::try_parse(&name).is_ok() {
        return Err("must not look like an id".to_owned());
    }
    if name.chars().any(|char| char.is_control() || char == '/') {
        return Err("must not contain `/` or control characters".to_owned());
    }
    Ok(name)
}

fn kind(item: &Json) -> Result<DataSourceKind, String> {
    let word = item.as_str().unwrap_or_default().trim().to_ascii_lowercase();
    match word.as_str() {
        "sqlserver" | "mssql" => Err("SQL Server is not supported yet".to_owned()),
        "sqlite" => Err("SQLite has no stored procedures".to_owned()),
        _ => value::word(item),
    }
}

/// Never a path: a socket would lead around the egress policy.
fn host(item: &Json) -> Result<String, String> {
    let host = value::trimmed(item, DATA_SOURCE_HOST_CHARS_MAX)?;
    let is_plain = |char: char| char.is_alphanumeric() || "-._:".contains(char);
    if host.chars().all(is_plain) {
        Ok(host)
    } else {
        Err("must be a host name or an address".to_owned())
    }
}

fn password(item: &Json) -> Result<Secret, String> {
    let text = value::text(item, DATABASE_PASSWORD_CHARS_MAX)?;
    if text.contains('\0') {
        return Err("must not contain NUL".to_owned());
    }
    Ok(Secret(text))
}

/// A data source, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataSourceDto {
    pub id: Uuid,
    pub name: String,
    pub kind: DataSourceKind,
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    /// `***`, or `secret://name`; null when there is none.
    pub password: Option<String>,
    pub tls: DataSourceTls,
    pub tls_ca_pem: Option<String>,
    pub allowed_procedures: Vec<String>,
    pub statement_timeout_seconds: u32,
    pub pool_size: u32,
    /// Grows with every change.
    pub version: i64,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "crate::time::instant")]
    pub updated_at: Timestamp,
    pub updated_by: String,
}

/// How an answer shows a stored password: a reference as it is, anything else not at all.
pub fn shown_password(stored: &str) -> String {
    if is_reference(stored) { stored.to_owned() } else { MASK.to_owned() }
}

/// What came of connecting to a data source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataSourceTestDto {
    pub succeeded: bool,
    /// Why it did not; null when it did.
    pub error: Option<String>,
    pub duration_ms: u64,
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn sample() -> DataSourceDto {
        DataSourceDto {
            id: Uuid::from_u128(1),
            name: "Reports".to_owned(),
            kind: DataSourceKind::PostgreSql,
            host: "db.example.com".to_owned(),
            port: 5432,
            database: "app".to_owned(),
            user: "horarium".to_owned(),
            password: Some(MASK.to_owned()),
            tls: DataSourceTls::VerifyFull,
            tls_ca_pem: Some("-----BEGIN CERTIFICATE-----".to_owned()),
            allowed_procedures: vec!["reports.*".to_owned()],
            statement_timeout_seconds: 300,
            pool_size: 4,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            updated_by: "ops@example.com".to_owned(),
        }
    }

    fn full() -> Json {
        json!({
            "name": "Reports", "kind": "postgresql", "host": "db", "port": 5432, "database": "app",
            "user": "horarium", "password": "hunter2", "tls": "Require", "tlsCaPem": "-----BEGIN",
            "allowedProcedures": ["reports.*"], "statementTimeoutSeconds": 60, "poolSize": 2
        })
    }

    fn with(key: &str, item: Json) -> Result<DataSourceRequest, FieldErrors> {
        let mut body = full();
        body[key] = item;
        DataSourceRequest::read_create(&body)
    }

    #[test]
    fn a_new_one_says_what_and_where_it_is() {
        let errors = DataSourceRequest::read_create(&json!({})).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["name", "kind", "host", "database", "user"]);
        assert_eq!(DataSourceRequest::read_update(&json!({})), Ok(DataSourceRequest::default()));
        assert!(DataSourceRequest::read_create(&full()).is_ok());
    }

    #[test]
    fn an_answer_can_be_sent_back_and_keeps_the_password() {
        let answer = serde_json::to_value(sample()).unwrap();
        let read = DataSourceRequest::read_update(&answer).unwrap();
        assert_eq!(read.password, Change::Keep);
        assert_eq!(read.port, Some(5432));
    }

    #[test]
    fn every_field_ends_at_its_bound() {
        let check = |key: &str, good: Json, bad: Json| {
            assert!(with(key, good).is_ok(), "{key} at its bound");
            let errors = with(key, bad).expect_err(key);
            let (path, _) = errors.iter().next().unwrap();
            assert!(path.starts_with(key), "{path}");
        };
        let text = |chars: usize| json!("x".repeat(chars));
        let chars = [
            ("name", DATA_SOURCE_NAME_CHARS_MAX),
            ("host", DATA_SOURCE_HOST_CHARS_MAX),
            ("database", DATABASE_NAME_CHARS_MAX),
            ("user", DATABASE_NAME_CHARS_MAX),
            ("password", DATABASE_PASSWORD_CHARS_MAX),
            ("tlsCaPem", CA_CHARS_MAX),
        ];
        for (key, chars_max) in chars {
            check(key, text(chars_max), text(chars_max + 1));
        }
        check("port", json!(65_535), json!(65_536));
        check("port", json!(1), json!(0));
        check("poolSize", json!(POOL_SIZE_MAX), json!(POOL_SIZE_MAX + 1));
        check("poolSize", json!(1), json!(0));
        let most = CALL_TIMEOUT_SECONDS_MAX;
        check("statementTimeoutSeconds", json!(most), json!(most + 1));
        let patterns = |n: usize| json!(vec!["a.*"; n]);
        check("allowedProcedures", patterns(PATTERNS_MAX), patterns(PATTERNS_MAX + 1));
        check("name", json!("Main"), json!("0198c0de-7a3b-7c4d-8e5f-001122334455"));
        check("name", json!("Main db"), json!("a/b"));
        check("host", json!("::1"), json!("/var/run/postgresql"));
        check("host", json!("db.example.com"), json!("db?sslmode=disable"));
    }

    #[test]
    fn what_is_not_supported_is_said_so() {
        for (word, expect) in [
            ("SqlServer", "SQL Server is not supported yet"),
            ("sqlite", "SQLite has no stored procedures"),
            ("Oracle", "must be one of PostgreSql, MySql"),
        ] {
            assert_eq!(with("kind", json!(word)).unwrap_err().messages("kind"), [expect]);
        }
        assert_eq!(with("kind", json!("mariadb")).unwrap().kind, Some(DataSourceKind::MySql));
    }

    #[test]
    fn a_password_is_shown_by_its_reference_or_not_at_all() {
        assert_eq!(shown_password("hunter2"), "***");
        assert_eq!(shown_password("secret://db"), "secret://db");
        assert_eq!(shown_password("x secret://db"), "***");
        assert!(!format!("{:?}", with("pool_size", json!(1))).contains("hunter2"));
    }
}
