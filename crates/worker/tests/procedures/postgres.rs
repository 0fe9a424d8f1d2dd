//! Functions and procedures of PostgreSQL: which is meant, what it gets, what comes back.

use horarium_worker::Ending;
use serde_json::json;

use crate::support::{Bench, on_postgres, patterns, postgres};

#[tokio::test]
async fn a_function_gives_its_rows_after_the_documented_line() {
    let (_database, bench) = postgres(
        "CREATE FUNCTION numbered(n int) RETURNS TABLE (id int, name text) LANGUAGE sql AS \
         $$ SELECT i, 'n' || i FROM generate_series(1, n) i $$",
    );
    let attempted = bench.call("numbered", json!({"n": "2"})).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    assert_eq!(
        attempted.output.text,
        "Stored procedure 'numbered' executed successfully. Rows affected: 2.\n\
         {\"rowsAffected\":2,\"resultSets\":[[{\"id\":1,\"name\":\"n1\"},{\"id\":2,\"name\":\"n2\"}]],\
         \"outParameters\":{}}"
    );
    assert!(!attempted.output.cut);
    assert_eq!(bench.rows("public.numbered", json!({"n": 0})).await, json!([]));
}

#[tokio::test]
async fn a_function_without_a_result_has_no_result_set_and_is_committed() {
    let (database, bench) = postgres(
        "CREATE TABLE t (x int); CREATE FUNCTION add(x int) RETURNS void LANGUAGE sql AS \
         'INSERT INTO t VALUES (x)'",
    );
    let result = bench.result("add", json!({"x": 7})).await;
    assert_eq!(result, json!({"rowsAffected": 0, "resultSets": [], "outParameters": {}}));
    assert_eq!(database.psql("SELECT x FROM t"), "7");
}

#[tokio::test]
async fn a_procedure_commits_by_itself_and_gives_out_its_parameters() {
    let (database, bench) = postgres(
        "CREATE TABLE t (x int);
         CREATE PROCEDURE p(a int, INOUT b text, OUT c timestamptz, OUT d int[], x int DEFAULT 5)
         LANGUAGE plpgsql AS $$ BEGIN
           INSERT INTO t VALUES (a), (x); COMMIT;
           b := b || '!'; c := '2026-01-31T09:00:00Z'; d := ARRAY[a, NULL];
         END $$;
         CREATE PROCEDURE quiet() LANGUAGE sql AS 'DELETE FROM t'",
    );
    let out = json!({"b": "hi!", "c": "2026-01-31T09:00:00+00:00", "d": [3, null]});
    let result = bench.result("p", json!({"a": 3, "b": "hi"})).await;
    assert_eq!(result, json!({"rowsAffected": 0, "resultSets": [], "outParameters": out}));
    assert_eq!(bench.result("p", json!({"1": 3, "2": "hi"})).await["outParameters"], out);
    assert_eq!(bench.result("p", json!({"1": 3, "2": "hi", "3": 1})).await["outParameters"], out);
    assert_eq!(database.psql("SELECT string_agg(x::text, ' ') FROM t"), "3 5 3 5 3 1");
    bench.result("quiet", json!(null)).await;
    assert_eq!(database.psql("SELECT count(*) FROM t"), "0");
}

#[tokio::test]
async fn overloads_defaults_and_variadics_are_resolved() {
    let (_database, bench) = postgres(
        "CREATE FUNCTION f(a int) RETURNS text LANGUAGE sql AS $$ SELECT 'a' $$;
         CREATE FUNCTION f(a int, b int) RETURNS text LANGUAGE sql AS $$ SELECT 'a b' $$;
         CREATE FUNCTION f(c text, d int DEFAULT 4, e int DEFAULT 5) RETURNS text LANGUAGE sql AS $$ SELECT c || d $$;
         CREATE FUNCTION same(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
         CREATE FUNCTION same(a text) RETURNS int LANGUAGE sql AS 'SELECT 2';
         CREATE FUNCTION joined(sep text, VARIADIC parts text[]) RETURNS text LANGUAGE sql AS
           'SELECT array_to_string(parts, sep)';
         CREATE FUNCTION unnamed(int, int DEFAULT 2) RETURNS int LANGUAGE sql AS 'SELECT $1 - $2';
         CREATE FUNCTION many(a int DEFAULT 1, b int DEFAULT 2, c int DEFAULT 3) RETURNS int
           LANGUAGE sql AS 'SELECT 100 * a + 10 * b + c'",
    );
    let check = async |name: &str, parameters, expect| {
        let rows = bench.rows(name, parameters).await;
        let column = name.split('.').next_back().unwrap();
        assert_eq!(rows[0][column], expect, "{name}");
    };
    check("f", json!({"a": 1}), json!("a")).await;
    check("f", json!({"b": 1, "a": 1}), json!("a b")).await;
    check("f", json!({"1": 1, "2": 1}), json!("a b")).await;
    check("f", json!({"c": "x"}), json!("x4")).await;
    check("joined", json!({"sep": "-", "parts": "[\"a\", \"b,c\"]"}), json!("a-b,c")).await;
    check("joined", json!({"1": "-", "2": "{x,y}"}), json!("x-y")).await;
    check("unnamed", json!({"1": 9}), json!(7)).await;
    check("unnamed", json!({"1": 9, "2": 8}), json!(1)).await;
    check("many", json!({"c": 9, "@A": 8}), json!(829)).await;
    let (error, retryable) = bench.error("same", json!({"a": 1})).await;
    let expect = "the parameters fit more than one of: public.same(a integer); public.same(a text)";
    assert_eq!((error.as_str(), retryable), (expect, false));
}

#[tokio::test]
async fn a_name_is_looked_up_as_sql_would_and_then_exactly() {
    let (_database, bench) = postgres(
        "CREATE SCHEMA \"My App\"; CREATE SCHEMA other;
         CREATE FUNCTION plain() RETURNS text LANGUAGE sql AS $$ SELECT 'plain' $$;
         CREATE FUNCTION \"Plain\"() RETURNS text LANGUAGE sql AS $$ SELECT 'Plain' $$;
         CREATE FUNCTION \"My App\".\"Run.It\"() RETURNS text LANGUAGE sql AS $$ SELECT 'run' $$;
         CREATE FUNCTION other.hidden() RETURNS text LANGUAGE sql AS $$ SELECT 'hidden' $$",
    );
    let check = async |name: &str, expect: &str| {
        let rows = bench.rows(name, json!({})).await;
        let values: Vec<_> = rows[0].as_object().unwrap().values().collect();
        assert_eq!(values, [expect], "{name}");
    };
    check("plain", "plain").await;
    check("PLAIN", "plain").await;
    check("Plain", "Plain").await;
    check("Public.\"Plain\"", "Plain").await;
    check("\"My App\".\"Run.It\"", "run").await;
    check("My App.\"Run.It\"", "run").await;
    check("other.hidden", "hidden").await;
    for name in ["hidden", "\"PLAIN\"", "other.plain", "now", "nobody.plain"] {
        let error = bench.error(name, json!({})).await;
        assert_eq!(error, ("no such function or procedure".to_owned(), false), "{name}");
    }
}

#[tokio::test]
async fn hostile_names_are_names_and_nothing_else() {
    let (database, bench) = postgres("CREATE TABLE t (x int)");
    let hostile = [
        "p\"; DROP TABLE t; --",
        "p(1);--",
        "p\"(); DROP TABLE t; SELECT \"",
        "$$; DROP TABLE t; $$",
        "'; DROP TABLE t; '",
        "“p”; DROP TABLE t",
        "`p`",
        "p\\\"; DROP TABLE t",
        "p; DROP TABLE t",
        "p /* */ --",
        "p\n; DROP TABLE t",
        "𝕡\u{202e}",
    ];
    for name in hostile {
        let (error, retryable) = bench.error(name, json!({})).await;
        assert_eq!((error.as_str(), retryable), ("no such function or procedure", false), "{name}");
    }
    for name in hostile {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let parameter = "\"a\"\"; DROP TABLE t; --\"";
        database.psql(&format!(
            "CREATE FUNCTION {quoted}({parameter} int) RETURNS TABLE (a int) LANGUAGE sql AS \
             'SELECT $1'; CREATE SCHEMA {quoted}; \
             CREATE PROCEDURE {quoted}.{quoted}(INOUT {parameter} int) LANGUAGE sql AS 'SELECT $1'"
        ));
        let given = json!({"a\"; DROP TABLE t; --": 5});
        assert_eq!(bench.rows(&quoted, given.clone()).await, json!([{"a": 5}]), "{name}");
        let result = bench.result(&format!("{quoted}.{quoted}"), given.clone()).await;
        assert_eq!(result["outParameters"], given, "{name}");
    }
    assert_eq!(database.psql("SELECT count(*) FROM t"), "0");
}

#[tokio::test]
async fn only_what_is_allowed_is_called() {
    let (database, _) = postgres(
        "CREATE SCHEMA app; CREATE FUNCTION app.nightly() RETURNS int LANGUAGE sql AS 'SELECT 1';
         CREATE FUNCTION app.other() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    );
    let mut source = on_postgres(&database);
    source.allowed_procedures = patterns(&["app.night*"]);
    let bench = Bench::with(source.clone());
    assert_eq!(bench.rows("app.nightly", json!({})).await, json!([{"nightly": 1}]));
    let (error, retryable) = bench.error("app.other", json!({})).await;
    assert_eq!(error, "`app.other` is not among the data source's allowed procedures");
    assert!(!retryable);
    source.allowed_procedures = patterns(&["*.*"]);
    bench.define(source.clone());
    bench.rows("app.other", json!({})).await;
    let (error, _) = bench.error("pg_catalog.pg_read_file", json!({"1": "/etc/passwd"})).await;
    assert_eq!(
        error,
        "`pg_catalog.pg_read_file` is not among the data source's allowed procedures"
    );
    source.allowed_procedures = vec![];
    bench.define(source);
    bench.error("app.nightly", json!({})).await;
}

#[tokio::test]
async fn more_than_is_kept_is_counted_and_said() {
    let (database, bench) = postgres(
        "CREATE TABLE t (x int);
         CREATE FUNCTION flood(n int) RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN
           INSERT INTO t VALUES (n); RETURN QUERY SELECT * FROM generate_series(1, n); END $$;
         CREATE FUNCTION wide(n int) RETURNS text LANGUAGE sql AS $$ SELECT repeat('x', n) $$",
    );
    let attempted = bench.call("flood", json!({"n": 1_500})).await;
    assert!(attempted.output.cut);
    let text = attempted.output.text;
    assert!(
        text.starts_with("Stored procedure 'flood' executed successfully. Rows affected: 1500.\n")
    );
    assert!(text.ends_with(
        "{\"flood\":1000}]],\"outParameters\":{}}\n[result set 1: 1000 of 1500 rows kept]"
    ));
    assert_eq!(database.psql("SELECT x FROM t"), "1500");
    let attempted = bench.call("wide", json!({"n": 20_000_000})).await;
    assert!(attempted.output.text.ends_with("[result set 1: 0 of 1 rows kept]"));
    assert!(!bench.call("wide", json!({"n": 900_000})).await.output.cut);
}
