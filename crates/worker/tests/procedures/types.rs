//! Values of every common type, there and back, on both databases.

use serde_json::{Value, json};

use crate::support::{Bench, mariadb, postgres};

/// Calls `name` with one value, which it gives back.
async fn echo(bench: &Bench, name: &str, value: Value) -> Value {
    let mut result = bench.result(name, json!({"v": value})).await;
    match result["outParameters"].as_object_mut().unwrap().remove("v") {
        Some(value) => value,
        None => result["resultSets"][0][0][name].take(),
    }
}

#[tokio::test]
async fn postgres_reads_every_type_it_has() {
    let types = [
        ("smallint", json!("-32768"), json!(-32768)),
        ("integer", json!(2_147_483_647), json!(2_147_483_647)),
        ("bigint", json!("9223372036854775807"), json!(9_223_372_036_854_775_807_i64)),
        ("numeric", json!("0.50"), json!(0.5)),
        ("numeric(6,2)", json!(12.345), json!(12.345)),
        ("double precision", json!("1e5"), json!(100_000)),
        ("boolean", json!(true), json!(true)),
        ("boolean", json!("off"), json!(false)),
        ("text", json!("a'\"\\€ --"), json!("a'\"\\€ --")),
        ("text", json!(5), json!("5")),
        ("varchar", json!(""), json!("")),
        (
            "uuid",
            json!("0198C0DE-0000-7000-8000-000000000001"),
            json!("0198c0de-0000-7000-8000-000000000001"),
        ),
        ("date", json!("2026-01-31"), json!("2026-01-31")),
        ("time", json!("09:30"), json!("09:30:00")),
        ("timestamp", json!("2026-01-31T09:00:00Z"), json!("2026-01-31T09:00:00")),
        ("timestamptz", json!("2026-01-31T09:00:00+02:00"), json!("2026-01-31T07:00:00+00:00")),
        ("timestamptz", json!("2026-01-31 09:00"), json!("2026-01-31T09:00:00+00:00")),
        ("interval", json!("90 minutes"), json!("01:30:00")),
        ("json", json!("{\"a\": [1]}"), json!({"a": [1]})),
        ("jsonb", json!("\"text\""), json!("text")),
        ("jsonb", json!({"a": null}), json!({"a": null})),
        ("bytea", json!("\\x00ff"), json!("\\x00ff")),
        ("inet", json!("10.0.0.0/8"), json!("10.0.0.0/8")),
        ("integer[]", json!("[1, null, 3]"), json!([1, null, 3])),
        ("integer[]", json!("{4,5}"), json!([4, 5])),
        ("integer[]", json!([[1], [2]]), json!([[1], [2]])),
        (
            "text[]",
            json!("[\"a,b\", \"c\\\"d\\\\\", \"\", null]"),
            json!(["a,b", "c\"d\\", "", null]),
        ),
        ("mood", json!("happy"), json!("happy")),
        ("positive", json!("7"), json!(7)),
        ("int4range", json!("[1,5)"), json!("[1,5)")),
    ];
    let (database, bench) = postgres(
        "CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE DOMAIN positive AS int CHECK (value > 0)",
    );
    for (n, (declared, given, expect)) in types.into_iter().enumerate() {
        database.psql(&format!(
            "CREATE FUNCTION f{n}(v {declared}) RETURNS {declared} LANGUAGE sql AS 'SELECT v';
             CREATE PROCEDURE p{n}(INOUT v {declared}) LANGUAGE sql AS 'SELECT v'"
        ));
        assert_eq!(echo(&bench, &format!("f{n}"), given.clone()).await, expect, "{declared}");
        assert_eq!(echo(&bench, &format!("p{n}"), given).await, expect, "{declared}");
        assert_eq!(echo(&bench, &format!("f{n}"), json!(null)).await, json!(null), "{declared}");
        assert_eq!(echo(&bench, &format!("p{n}"), json!(null)).await, json!(null), "{declared}");
    }
}

#[tokio::test]
async fn mariadb_gets_what_was_meant() {
    let types = [
        ("tinyint", json!("-128"), json!(-128)),
        ("tinyint(1)", json!(true), json!(1)),
        ("smallint unsigned", json!(65_535), json!(65_535)),
        ("int", json!("2147483647"), json!(2_147_483_647)),
        ("bigint unsigned", json!("18446744073709551615"), json!(18_446_744_073_709_551_615_u64)),
        ("decimal(10,2)", json!("12.34"), json!(12.34)),
        ("double", json!("1e5"), json!(100_000)),
        ("varchar(50)", json!("a'\"\\€ 😀 --"), json!("a'\"\\€ 😀 --")),
        ("text", json!(5), json!("5")),
        ("date", json!("2026-01-31"), json!("2026-01-31")),
        ("time", json!("09:30"), json!("09:30:00")),
        ("datetime", json!("2026-01-31T09:00:00+02:00"), json!("2026-01-31 07:00:00")),
        ("datetime(3)", json!("2026-01-31 09:00:00.25"), json!("2026-01-31 09:00:00.250")),
        ("timestamp", json!("2026-01-31T09:00:00Z"), json!("2026-01-31 09:00:00")),
        ("json", json!("{\"a\": [1]}"), json!("{\"a\": [1]}")),
        ("enum('happy','sad')", json!("happy"), json!("happy")),
        ("blob", json!("bytes"), json!("bytes")),
    ];
    let (database, bench) = mariadb("SELECT 1 $$");
    for (n, (declared, given, expect)) in types.into_iter().enumerate() {
        database.sql(&format!("CREATE PROCEDURE p{n}(INOUT v {declared}) SET v = v"));
        database.sql(&format!("CREATE PROCEDURE q{n}(IN v {declared}) SELECT v AS q{n}"));
        assert_eq!(echo(&bench, &format!("p{n}"), given.clone()).await, expect, "{declared}");
        let shown = if declared == "tinyint(1)" { json!(true) } else { expect };
        assert_eq!(echo(&bench, &format!("q{n}"), given).await, shown, "{declared}");
        assert_eq!(echo(&bench, &format!("p{n}"), json!(null)).await, json!(null), "{declared}");
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_named_with_its_type_and_not_quoted() {
    let bad = [
        ("integer", json!("canary")),
        ("integer", json!(1.5)),
        ("smallint", json!(40_000)),
        ("numeric", json!("1,5")),
        ("boolean", json!("canary")),
        ("uuid", json!("canary")),
        ("date", json!("2026-02-30")),
        ("timestamp with time zone", json!("canary")),
        ("jsonb", json!("{canary")),
        ("integer[]", json!("[\"canary\"]")),
        ("integer[]", json!(5)),
        ("text", json!(["canary"])),
        ("text", json!("a\0canary")),
    ];
    let (database, bench) = postgres("CREATE TABLE called (x int)");
    for (n, (declared, given)) in bad.into_iter().enumerate() {
        database.psql(&format!(
            "CREATE FUNCTION f{n}(ok int, v {declared}) RETURNS void LANGUAGE sql AS \
             'INSERT INTO called VALUES (1)'"
        ));
        let (error, retryable) = bench.error(&format!("f{n}"), json!({"ok": 1, "v": given})).await;
        assert!(error.starts_with(&format!("parameter `v` ({declared}): ")), "{error}");
        assert!(!error.contains("canary") && !retryable, "{error}");
    }
    assert_eq!(database.psql("SELECT count(*) FROM called"), "0");
    let (_database, bench) = mariadb("CREATE PROCEDURE p(a int, b date) SELECT a $$");
    let (error, retryable) = bench.error("p", json!({"a": "canary", "b": null})).await;
    assert_eq!((error.as_str(), retryable), ("parameter `a` (int(11)): not an integer", false));
    let (error, _) = bench.error("p", json!({"1": 5, "2": "canary"})).await;
    assert_eq!(error, "parameter `b` (date): not a date such as 2026-01-31");
}
