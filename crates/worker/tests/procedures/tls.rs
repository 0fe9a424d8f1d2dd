//! Who answers behind a data source is verified, where it says so.

use horarium_testkit::{Durability, PostgresServer};
use horarium_worker::{DataSource, DataSourceKind, Ending, TlsMode};
use serde_json::json;

use crate::support::{Bench, SOURCE, patterns};

/// An authority, and a certificate of it for `localhost`. Run by the server, in its own directory.
const CERTIFICATES: &str = "openssl req -x509 -nodes -newkey rsa:2048 -keyout ca.key -out ca.crt \
     -subj /CN=authority && openssl req -new -nodes -newkey rsa:2048 -keyout server.key \
     -out server.csr -subj /CN=localhost && echo subjectAltName=DNS:localhost > names && \
     openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile names \
     -out server.crt && chmod 600 server.key";

fn server() -> (PostgresServer, String) {
    let mut server = PostgresServer::start_with(Durability::Throwaway);
    let sql = |server: &PostgresServer, text: &str| server.psql("postgres", text).unwrap();
    sql(&server, &format!("COPY (SELECT 1) TO PROGRAM '({CERTIFICATES}) > openssl.log 2>&1'"));
    sql(&server, "ALTER SYSTEM SET ssl = on");
    sql(
        &server,
        "CREATE FUNCTION encrypted() RETURNS boolean LANGUAGE sql AS \
         'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'",
    );
    let authority = sql(&server, "SELECT pg_read_file('ca.crt')");
    server.stop_fast();
    server.restart();
    (server, authority)
}

#[tokio::test]
async fn a_certificate_counts_only_where_it_is_asked_for() {
    let (server, authority) = server();
    let source = |host: &str, tls: TlsMode| DataSource {
        name: SOURCE.to_owned(),
        kind: DataSourceKind::Postgres,
        host: host.to_owned(),
        port: server.port(),
        database: "postgres".to_owned(),
        user: "horarium".to_owned(),
        password: String::new(),
        tls,
        allowed_procedures: patterns(&["public.*"]),
        statement_timeout: std::time::Duration::from_mins(1),
        pool_size: 1,
    };
    let check = async |host: &str, tls: TlsMode, expect: Result<bool, &str>| {
        let what = format!("{host} {tls:?}");
        let bench = Bench::with(source(host, tls));
        match expect {
            Ok(encrypted) => {
                let rows = bench.rows("encrypted", json!({})).await;
                assert_eq!(rows, json!([{"encrypted": encrypted}]), "{what}");
            }
            Err(expect) => {
                let ending = bench.call("encrypted", json!({})).await.ending;
                let Ending::Failed { error, .. } = ending else { panic!("{what}: {ending:?}") };
                assert!(error.contains(expect), "{what}: {error}");
            }
        }
    };
    let verified = |ca_pem: Option<&str>| TlsMode::VerifyFull { ca_pem: ca_pem.map(str::to_owned) };
    check("localhost", TlsMode::Disable, Ok(false)).await;
    check("127.0.0.1", TlsMode::Require, Ok(true)).await;
    check("localhost", verified(Some(&authority)), Ok(true)).await;
    check("localhost", verified(None), Err("invalid peer certificate: UnknownIssuer")).await;
    check("127.0.0.1", verified(Some(&authority)), Err("not valid for name")).await;
}
