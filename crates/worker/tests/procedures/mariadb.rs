//! Procedures of MariaDB: which is meant, what it gets, what comes back.

use horarium_worker::Ending;
use serde_json::json;

use crate::support::{Bench, mariadb, on_mariadb, patterns};

#[tokio::test]
async fn a_procedure_gives_result_sets_and_out_parameters() {
    let (database, bench) = mariadb(
        "CREATE TABLE t (x int) $$
         CREATE PROCEDURE p(IN a int, OUT b int, INOUT c varchar(20)) BEGIN
           SELECT a AS n, 'x' AS n; SELECT x FROM t; SELECT x FROM t WHERE x > 99;
           INSERT INTO t VALUES (a), (a + 1);
           SET b = a * 2, c = CONCAT(c, '!');
         END $$
         INSERT INTO t VALUES (5), (6) $$",
    );
    let attempted = bench.call("p", json!({"a": 3, "c": "hi"})).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    assert_eq!(
        attempted.output.text,
        "Stored procedure 'p' executed successfully. Rows affected: 2.\n\
         {\"rowsAffected\":2,\"resultSets\":[[{\"n\":3,\"n_2\":\"x\"}],[{\"x\":5},{\"x\":6}],[]],\
         \"outParameters\":{\"b\":6,\"c\":\"hi!\"}}"
    );
    let result =
        bench.result(&format!("`{}`.`p`", database.name()), json!({"1": 4, "2": "a"})).await;
    assert_eq!(result["outParameters"], json!({"b": 8, "c": "a!"}));
    assert_eq!(database.sql("SELECT COUNT(*) FROM t"), "6");
}

#[tokio::test]
async fn a_procedure_may_give_nothing() {
    let (_database, bench) = mariadb(
        "CREATE PROCEDURE nothing() BEGIN END $$ CREATE PROCEDURE empty() SELECT 1 AS a LIMIT 0 $$
         CREATE FUNCTION f() RETURNS int RETURN 1 $$",
    );
    let nothing = json!({"rowsAffected": 0, "resultSets": [], "outParameters": {}});
    assert_eq!(bench.result("nothing", json!({})).await, nothing);
    assert_eq!(bench.rows("empty", json!(null)).await, json!([]));
    assert_eq!(bench.error("f", json!({})).await, ("no such procedure".to_owned(), false));
}

#[tokio::test]
async fn hostile_names_are_names_and_nothing_else() {
    let (database, bench) = mariadb("CREATE TABLE t (x int) $$");
    let hostile = [
        "p`; DROP TABLE t; --",
        "p(1);--",
        "p`(); DROP TABLE t; SELECT `",
        "'; DROP TABLE t; '",
        "p\"; DROP TABLE t; #",
        "“p”; DROP TABLE t",
        "p\\`; DROP TABLE t",
        "p; DROP TABLE t",
        "p /* */ --",
    ];
    for name in hostile {
        let error = bench.error(name, json!({})).await;
        assert_eq!(error, ("no such procedure".to_owned(), false), "{name}");
        let quoted = format!("`{}`", name.replace('`', "``"));
        database.sql(&format!(
            "CREATE PROCEDURE {quoted}(INOUT `a``; DROP TABLE t; --` int) SELECT 5 AS a"
        ));
        let given = json!({"a`; DROP TABLE t; --": 5});
        let result = bench.result(&quoted, given.clone()).await;
        assert_eq!(result["resultSets"], json!([[{"a": 5}]]), "{name}");
        assert_eq!(result["outParameters"], given, "{name}");
    }
    assert_eq!(database.sql("SELECT COUNT(*) FROM t"), "0");
}

#[tokio::test]
async fn only_what_is_allowed_is_called_and_parameters_must_fit() {
    let (database, _) =
        mariadb("CREATE PROCEDURE nightly(a int) SELECT a $$ CREATE PROCEDURE other() SELECT 1 $$");
    let mut source = on_mariadb(&database);
    source.allowed_procedures = patterns(&["*.night*"]);
    let bench = Bench::with(source);
    assert_eq!(bench.rows("NIGHTLY", json!({"A": "1"})).await, json!([{"a": 1}]));
    let schema = database.name();
    let check = async |name: &str, parameters, expect: String| {
        assert_eq!(bench.error(name, parameters).await, (expect, false));
    };
    let refused = format!("`{schema}.other` is not among the data source's allowed procedures");
    check("other", json!({}), refused).await;
    let missing = format!("parameter `a` (int(11)) of {schema}.nightly(a int(11)) is missing");
    check("nightly", json!({}), missing).await;
    let unknown = format!("parameter `b` is not one of {schema}.nightly(a int(11))");
    check("nightly", json!({"a": 1, "b": 1}), unknown).await;
}

#[tokio::test]
async fn a_user_with_no_right_but_execute_can_call() {
    let (database, _) = mariadb("CREATE PROCEDURE p(a int, OUT b int) SET b = a + 1 $$");
    let (name, user) = (database.name(), format!("u_{}", std::process::id()));
    database.sql(&format!(
        "CREATE OR REPLACE USER {user}@'%' IDENTIFIED BY 'low'; \
         GRANT EXECUTE ON PROCEDURE `{name}`.p TO {user}@'%'"
    ));
    let mut source = on_mariadb(&database);
    (source.user, source.password) = (user, "low".to_owned());
    let result = Bench::with(source).result("p", json!({"a": 1})).await;
    assert_eq!(result["outParameters"], json!({"b": 2}));
}

#[tokio::test]
async fn more_than_is_kept_is_counted_and_said() {
    let (_database, bench) = mariadb(
        "CREATE PROCEDURE flood() SELECT seq FROM seq_1_to_1500 $$
         CREATE PROCEDURE sets() BEGIN DECLARE i int DEFAULT 0;
           WHILE i < 12 DO SELECT i; SET i = i + 1; END WHILE; END $$",
    );
    let check = async |name: &str, expect: &str| {
        let attempted = bench.call(name, json!({})).await;
        assert_eq!(attempted.ending, Ending::Succeeded);
        assert!(attempted.output.cut);
        assert!(attempted.output.text.ends_with(expect), "{}", attempted.output.text);
    };
    check(
        "flood",
        "{\"seq\":1000}]],\"outParameters\":{}}\n[result set 1: 1000 of 1500 rows kept]",
    )
    .await;
    check("sets", "[{\"i\":9}]],\"outParameters\":{}}\n[10 of 12 result sets kept]").await;
}
