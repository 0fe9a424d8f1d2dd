//! Every key of a configuration, its bound, and what each job type needs.

use serde_json::json;

use super::*;
use crate::fields::read_object;

fn read(configuration: &Json) -> Result<JobConfiguration, FieldErrors> {
    let body = json!({ "jobConfiguration": configuration });
    let read = |fields: &mut Fields<'_>| fields.object("jobConfiguration", JobConfiguration::read);
    read_object(&body, read).map(Option::unwrap_or_default)
}

fn full() -> Json {
    json!({
        "url": "https://example.com/a", "method": "POST", "headers": {"Accept": "*/*"},
        "body": "{}", "timeoutSeconds": 30, "retryOnStatusCodes": [503],
        "successStatusCodes": [200, 201], "storedProcedureName": "dbo.Clean",
        "parameters": {"days": "30"}, "commandTimeoutSeconds": 60,
        "databaseConnectionStringName": "Main", "handlerType": "SampleJob",
        "methodName": "Run", "operation": "Move", "sourcePath": "/data/in/*.csv",
        "destinationPath": "/data/out", "deleteAfterDays": 1, "olderThanHours": 2,
        "deleteEmptyDirectories": true, "archivePath": "/data/a.zip", "compression": "zip",
        "connectTimeoutSeconds": 3, "followRedirects": false, "maxRedirects": 4,
        "recursive": true, "dryRun": false
    })
}

#[test]
fn every_key_is_read_and_stored_as_it_was_given() {
    assert_eq!(read(&full()).unwrap().to_json(), full());
}

#[test]
fn an_answer_shows_every_key_and_can_be_sent_back() {
    assert_eq!(present(&full()), full());
    let bare = present(&json!({"url": "https://example.com"}));
    assert_eq!(bare.as_object().unwrap().len(), KEYS.len());
    assert_eq!(bare["dryRun"], Json::Null);
    assert_eq!(read(&bare).unwrap().to_json(), json!({"url": "https://example.com"}));
}

#[test]
fn an_unknown_key_is_an_error_that_names_it() {
    let errors = read(&json!({"URL": "https://example.com", "xyz": 1})).unwrap_err();
    assert_eq!(errors.messages("jobConfiguration.xyz"), ["unknown field"]);
}

#[test]
fn every_key_ends_at_its_bound() {
    let check = |key: &str, good: Json, bad: Json| {
        assert!(read(&json!({key: good})).is_ok(), "{key} at its bound");
        let errors = read(&json!({key: bad})).expect_err(key);
        let (path, _) = errors.iter().next().unwrap();
        assert!(path.starts_with(&format!("jobConfiguration.{key}")), "{path}");
    };
    let text = |chars: usize| json!("x".repeat(chars));
    let headers = |n: usize| -> Json { (0..n).map(|i| (format!("X-{i}"), json!("v"))).collect() };
    let codes = |n: usize| json!(vec![500; n]);
    check("headers", headers(HEADERS_MAX), headers(HEADERS_MAX + 1));
    check("body", text(BODY_CHARS_MAX), text(BODY_CHARS_MAX + 1));
    check("timeoutSeconds", json!(CALL_TIMEOUT_SECONDS_MAX), json!(CALL_TIMEOUT_SECONDS_MAX + 1));
    check("connectTimeoutSeconds", json!(1), json!(0));
    check("commandTimeoutSeconds", json!("60"), json!("1 minute"));
    check("successStatusCodes", codes(STATUS_CODES_MAX), codes(STATUS_CODES_MAX + 1));
    check("successStatusCodes", json!([100, 599]), json!([99]));
    check("retryOnStatusCodes", json!([]), json!([600]));
    check("parameters", headers(PARAMETERS_MAX), headers(PARAMETERS_MAX + 1));
    check("handlerType", text(NAME_CHARS_MAX), text(NAME_CHARS_MAX + 1));
    check("sourcePath", text(PATH_CHARS_MAX), text(PATH_CHARS_MAX + 1));
    check("olderThanHours", json!(FILE_AGE_HOURS_MAX), json!(FILE_AGE_HOURS_MAX + 1));
    check("deleteAfterDays", json!(3650), json!(3651));
    check("maxRedirects", json!(REDIRECTS_MAX), json!(REDIRECTS_MAX + 1));
    check("operation", json!("deleteoldfiles"), json!("Destroy"));
    check("compression", json!("Tar+Zstd"), json!("rar"));
    check("followRedirects", json!(true), json!("true"));
}

#[test]
fn each_type_names_what_it_lacks() {
    let check = |job_type: JobType, configuration: Json, expect: &[&str]| {
        let errors = validate(job_type, &configuration, "jobConfiguration");
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        let expect: Vec<_> = expect.iter().map(|key| format!("jobConfiguration.{key}")).collect();
        assert_eq!(paths, expect, "{job_type} {configuration}");
    };
    check(JobType::HttpCall, json!({"url": "https://example.com"}), &[]);
    check(JobType::HttpCall, json!({"url": "", "handlerType": "x"}), &["url"]);
    check(JobType::HttpCall, json!(null), &["url"]);
    check(JobType::StoredProcedure, json!({}), &["storedProcedureName"]);
    check(
        JobType::StoredProcedure,
        json!({"storedProcedureName": "p", "parameters": {"a": null, "b": 1, "c": []}}),
        &["parameters.c"],
    );
    check(JobType::CodeExecution, json!({"handlerType": " "}), &["handlerType"]);
    check(JobType::CodeExecution, json!({"handlerType": "x", "parameters": {"c": []}}), &[]);
    check(JobType::FileOperation, json!({}), &["sourcePath", "operation"]);
    check(
        JobType::FileOperation,
        json!({"sourcePath": "/a", "operation": "Copy"}),
        &["destinationPath"],
    );
    check(JobType::FileOperation, json!({"sourcePath": "/a", "operation": "Delete"}), &[]);
}
