//! The document against the route table, the readers and the answers.

use std::collections::BTreeSet;

use serde::Serialize;

use super::*;
use crate::jobs::JobRequest;

fn each(json: &Json, visit: &mut impl FnMut(&str, &Json)) {
    match json {
        Json::Object(object) => {
            for (key, value) in object {
                visit(key, value);
                each(value, visit);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| each(item, visit)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[test]
fn every_reference_resolves() {
    let document = document("1.2.3");
    let mut n_references = 0;
    each(&document, &mut |key, value| {
        if let (true, Some(reference)) = (key == "$ref", value.as_str()) {
            n_references += 1;
            let pointer = reference.strip_prefix('#').expect("local");
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    });
    assert!(200 < n_references, "{n_references}");
}

#[test]
fn every_component_is_used() {
    let document = document("1.2.3");
    let mut used = BTreeSet::new();
    each(&document, &mut |key, value| {
        if key == "$ref" {
            used.insert(value.as_str().unwrap_or_default().to_owned());
        }
    });
    for kind in ["schemas", "parameters", "headers"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{kind}/{name}")), "{kind} {name}");
        }
    }
}

#[test]
fn a_type_read_and_written_looks_the_same_from_both_sides() {
    let mut schemas = Schemas::new();
    for operation in OPERATIONS {
        describe(operation, &mut schemas);
    }
    let responses = schemas.responses.take_definitions(true);
    for (name, request) in schemas.requests.take_definitions(true) {
        assert_eq!(*responses.get(&name).unwrap_or(&request), request, "{name}");
    }
}

#[test]
fn every_operation_stands_under_its_path_with_its_problems() {
    let document = document("1.2.3");
    for operation in OPERATIONS {
        let described =
            &document["paths"][operation.described_path()][operation.method.name().to_lowercase()];
        assert_eq!(described["operationId"], operation.id);
        for (status, _) in operation.problems {
            assert!(described["responses"][status.to_string()].is_object(), "{}", operation.id);
        }
    }
    let create = &document["paths"]["/api/v1/scheduler/jobs"]["post"];
    let statuses: Vec<_> = create["responses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["201", "400", "401", "403", "413", "415", "422", "429", "500", "503"]);
}

/// The keys of a serialised sample are the properties of its schema, all of them required, at every
/// depth that the sample reaches.
fn check_shape<T: Serialize>(document: &Json, name: &str, sample: &T) {
    let schema = &document["components"]["schemas"][name];
    assert!(schema.is_object(), "{name} is no component");
    check_value(document, name, schema, &serde_json::to_value(sample).unwrap());
}

fn check_value(document: &Json, path: &str, schema: &Json, value: &Json) {
    if value.is_null() {
        return assert!(schema.to_string().contains("null"), "{path}: {schema}");
    }
    let schema = resolve(document, schema);
    match value {
        Json::Object(object) if schema["properties"].is_object() => {
            let properties = schema["properties"].as_object().unwrap();
            let names: BTreeSet<_> = properties.keys().collect();
            assert_eq!(object.keys().collect::<BTreeSet<_>>(), names, "{path}");
            for (key, value) in object {
                check_value(document, &format!("{path}.{key}"), &properties[key], value);
            }
        }
        Json::Array(items) => {
            for item in items {
                check_value(document, &format!("{path}[]"), &schema["items"], item);
            }
        }
        _ => check_scalar(path, schema, value),
    }
}

fn check_scalar(path: &str, schema: &Json, value: &Json) {
    let name = match value {
        Json::String(_) => "\"string\"",
        Json::Bool(_) => "\"boolean\"",
        Json::Number(number) if number.is_f64() => "\"number\"",
        Json::Number(_) => "\"integer\"",
        Json::Null | Json::Array(_) | Json::Object(_) => "\"object\"",
    };
    assert!(schema["type"].to_string().contains(name), "{path}: {value} is not {schema}");
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{path}: {value} is not one of {words:?}");
    }
}

/// Follows references and takes the first choice of `T or null`.
fn resolve<'a>(document: &'a Json, schema: &'a Json) -> &'a Json {
    let choice = schema["anyOf"].get(0).unwrap_or(schema);
    match choice["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => resolve(document, document.pointer(pointer).unwrap()),
        None => choice,
    }
}

#[test]
fn answers_have_the_shape_that_their_schemas_say() {
    let document = document("1.2.3");
    let job = crate::jobs::sample_job();
    let execution = crate::executions::tests::sample();
    let page = crate::paging::PageQuery { page_number: 1, page_size: 20 };
    check_shape(&document, "PagedOfJobDto", &crate::paging::Paged::new(vec![job.clone()], 1, page));
    check_shape(&document, "JobDto", &job);
    check_shape(&document, "ExecutionDto", &execution);
    check_shape(&document, "OccurrencePage", &crate::occurrences::tests::sample());
    check_shape(&document, "PreviewDto", &crate::preview::tests::sample());
    check_shape(&document, "MeDto", &crate::auth::tests::sample_me());
    check_shape(&document, "CreatedApiKeyDto", &crate::api_keys::tests::sample());
    check_shape(&document, "DataSourceDto", &crate::data_sources::tests::sample());
    check_shape(&document, "SecretDto", &crate::secrets::tests::sample());
    check_shape(&document, "ScheduleDetailDto", &crate::schedules::sample_schedule());
    let execution = crate::schedules::sample_execution();
    check_shape(&document, "ScheduleExecutionDetailDto", &execution);
    check_shape(&document, "ProblemDetails", &crate::problem::Problem::internal());
}

#[test]
fn answers_leave_nothing_out() {
    let document = document("1.2.3");
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let answers = schemas.iter().filter(|(name, _)| name.ends_with("Dto") || name.contains("Page"));
    for (name, schema) in answers.filter(|(name, _)| *name != "HealthDto") {
        let properties: BTreeSet<_> = schema["properties"].as_object().unwrap().keys().collect();
        let required: BTreeSet<String> =
            serde_json::from_value(schema["required"].clone()).unwrap_or_default();
        assert_eq!(required.iter().collect::<BTreeSet<_>>(), properties, "{name}");
    }
}

#[test]
fn a_request_schema_lists_what_the_reader_takes() {
    let document = document("1.2.3");
    let schema = &document["components"]["schemas"]["UpdateJobRequest"];
    let properties = schema["properties"].as_object().unwrap();
    for name in properties.keys() {
        let errors = JobRequest::read_update(&json!({ name: [[]] })).err().unwrap_or_default();
        assert!(!errors.messages(name).contains(&"unknown field".to_owned()), "{name}");
    }
    let answer = serde_json::to_value(crate::jobs::sample_job()).unwrap();
    for name in answer.as_object().unwrap().keys() {
        assert!(properties.contains_key(name), "{name} of an answer may be sent back");
    }
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn create_needs_what_update_need_not_have() {
    let document = document("1.2.3");
    let schemas = &document["components"]["schemas"];
    let create = &schemas["CreateJobRequest"];
    assert_eq!(create["required"], json!(["name", "jobType", "scheduleType"]));
    assert_eq!(create["properties"]["name"]["type"], "string");
    assert_eq!(create["properties"]["jobType"], json!({"$ref": "#/components/schemas/JobType"}));
    assert_eq!(schemas["UpdateJobRequest"]["required"], Json::Null);
    assert_eq!(schemas["UpdateJobRequest"]["properties"]["name"]["type"][1], "null");
}

#[test]
fn retries_go_by_both_names() {
    let document = document("1.2.3");
    let properties = &document["components"]["schemas"]["RetryPolicyRequest"]["properties"];
    assert_eq!(properties["maxRetryAttempts"]["maximum"], properties["maxAttempts"]["maximum"]);
    assert!(properties["retryDelaySeconds"].is_object());
}
