//! A call that can be pasted into a shell.

use horarium_api::{
    json::Json,
    operations::{Method, Operation, RequestBody},
};
use serde_json::{Map, json};

use super::html::escaped;

/// Values deeper than this are left out of an example.
const DEPTH_MAX: usize = 3;

pub(super) fn curl(operation: &Operation, body: &Json) -> String {
    let mut words = vec!["curl -sS".to_owned()];
    if operation.method != Method::Get {
        words.push(format!("-X {}", operation.method.name()));
    }
    words.push(format!("\"$HORARIUM{}\"", shell_path(&operation.described_path())));
    if !operation.permission.allows_anonymous() {
        words.push("-H \"X-Api-Key: $KEY\"".to_owned());
    }
    let body = match operation.request {
        RequestBody::None | RequestBody::Optional(_) => None,
        RequestBody::Required(_) => Some(known(operation.id).unwrap_or_else(|| value(body, 0))),
    };
    if let Some(body) = body {
        let text = serde_json::to_string_pretty(&body).unwrap_or_default();
        words.push(format!("-H \"Content-Type: application/json\" \\\n  -d '{text}'"));
    }
    format!("<h4>Example</h4>\n<pre><code>{}</code></pre>\n", escaped(&words.join(" ")))
}

/// `/jobs/{jobId}` as `/jobs/$JOB_ID`.
fn shell_path(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
        name.map_or_else(|| segment.to_owned(), |name| format!("${}", upper_snake(name)))
    });
    segments.collect::<Vec<_>>().join("/")
}

fn upper_snake(name: &str) -> String {
    let mut upper = String::new();
    for char in name.chars() {
        if char.is_ascii_uppercase() {
            upper.push('_');
        }
        upper.push(char.to_ascii_uppercase());
    }
    upper
}

/// Where an example says more than its schema.
fn known(id: &str) -> Option<Json> {
    Some(match id {
        "createJob" => json!({
            "name": "Sync inventory feed", "jobType": "HttpCall", "scheduleType": "Cron",
            "scheduleExpression": "0 7 * * 1-5", "timezone": "America/New_York",
            "jobConfiguration": { "url": "https://your-service.example.com/api/sync", "method": "POST" },
            "retryPolicy": { "maxAttempts": 3, "delaySeconds": 30 },
        }),
        "updateJob" => json!({ "description": "Every weekday morning.", "timeoutSeconds": 60 }),
        "rescheduleJob" => json!({ "scheduleType": "Interval", "intervalSeconds": 900 }),
        "previewSchedule" => json!({
            "scheduleType": "Cron", "scheduleExpression": "30 2 * * *", "timezone": "Europe/Berlin",
        }),
        "setExclusions" => json!({
            "excludedDates": ["2026-12-25"], "excludedDaysOfWeek": ["Sunday"],
            "timeRange": { "start": "22:00", "end": "06:00" },
        }),
        _ => return None,
    })
}

/// What the schema's required fields may look like.
fn value(schema: &Json, depth: usize) -> Json {
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("object"), _) if depth < DEPTH_MAX => {
            let names = schema["required"].as_array().into_iter().flatten();
            let names = names.filter_map(Json::as_str);
            let field = |name: &str| (name.to_owned(), field_value(schema, name, depth));
            Json::Object(names.map(field).collect::<Map<_, _>>())
        }
        (Some("array"), _) => json!([value(&schema["items"], depth + 1)]),
        (Some("integer" | "number"), _) => json!(1),
        (Some("boolean"), _) => json!(true),
        (_, Some("uuid")) => json!("0198c0de-7a3b-7c4d-8e5f-001122334455"),
        (_, Some("date-time")) => json!("2026-12-31T09:00:00Z"),
        _ => json!("…"),
    }
}

/// Names say more than types where the type is only text.
fn field_value(schema: &Json, name: &str, depth: usize) -> Json {
    match name {
        "email" => json!("ada@example.com"),
        "role" => json!("Operator"),
        "condition" => json!("AllSucceeded"),
        "name" => json!("deploy pipeline"),
        _ => value(&schema["properties"][name], depth + 1),
    }
}
