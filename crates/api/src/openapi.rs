//! The OpenAPI 3.1 document, made from the route table and the types' schemas.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, json};

use crate::json::Json;
use crate::operations::{
    OPERATIONS, Operation, Parameter, RequestBody, Response, ResponseBody, SchemaOf, schema_of,
};
use crate::permission::Permission;
use crate::problem::{PROBLEM_CONTENT_TYPE, ProblemDetails, ProblemKind};

const ABOUT: &str = "Field names are read in any case and written in camelCase. Unknown fields are \
refused, except those that answers have. Enums are read as their name in any case, as the \
original's number, or as that number in text; with `X-Enum-Format: number` the scheduler's answers \
hold numbers. Times are RFC 3339; those given need `Z` or an offset. Every error is a problem body.";

/// The whole document; `version` is the server's.
pub fn document(version: &str) -> Json {
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let methods = paths.entry(operation.described_path()).or_insert_with(|| json!({}));
        methods[operation.method.name().to_lowercase()] = describe(operation, &mut schemas);
    }
    schemas.of_response(schema_of::<ProblemDetails<'_>>);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Horarium",
            "version": version,
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags(),
        "security": [{ "bearer": [] }, { "apiKey": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas.into_components(),
            "parameters": shared_parameters(),
            "headers": shared_headers(),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "apiKey": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
            },
        },
    })
}

/// Schemas of what is read and of what is written: a field that may be left out of a request is
/// always there in an answer.
struct Schemas {
    requests: SchemaGenerator,
    responses: SchemaGenerator,
}

impl Schemas {
    fn new() -> Schemas {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        let responses = settings.clone().for_serialize().into_generator();
        Schemas { requests: settings.for_deserialize().into_generator(), responses }
    }

    fn of_request(&mut self, schema: SchemaOf) -> Json {
        schema(&mut self.requests).to_value()
    }

    fn of_response(&mut self, schema: SchemaOf) -> Json {
        schema(&mut self.responses).to_value()
    }

    /// Types met on both sides look the same from both; a test holds that.
    fn into_components(mut self) -> Map<String, Json> {
        let mut components = self.responses.take_definitions(true);
        components.extend(self.requests.take_definitions(true));
        components.sort_keys();
        components
    }
}

fn describe(operation: &Operation, schemas: &mut Schemas) -> Json {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
    });
    let parameters = parameters(operation, schemas);
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = request_body(operation.request, schemas) {
        described["requestBody"] = body;
    }
    if operation.permission == Permission::Public {
        described["security"] = json!([]);
    }
    described["responses"] = responses(operation, schemas).into();
    described
}

fn parameters(operation: &Operation, schemas: &mut Schemas) -> Vec<Json> {
    let in_path = operation.path_parameters().map(|name| {
        let schema = path_schema(name);
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let in_query = operation.parameters.iter().map(|Parameter { name, schema, description }| {
        let schema = schemas.of_request(*schema);
        json!({ "name": name, "in": "query", "description": description, "schema": schema })
    });
    let headers = [
        (operation.is_repeatable, "IdempotencyKey"),
        (operation.is_guarded, "IfMatch"),
        (operation.path.starts_with("/api/v1/scheduler/"), "EnumFormat"),
    ];
    let in_header = headers.into_iter().filter(|(applies, _)| *applies);
    let in_header =
        in_header.map(|(_, name)| json!({ "$ref": format!("#/components/parameters/{name}") }));
    in_path.chain(in_query).chain(in_header).collect()
}

/// `{jobId}` is a UUID, `{secretName}` is text.
fn is_id(path_parameter: &str) -> bool {
    path_parameter.ends_with("Id")
}

fn path_schema(name: &str) -> Json {
    if is_id(name) {
        json!({ "type": "string", "format": "uuid" })
    } else {
        json!({ "type": "string" })
    }
}

fn request_body(request: RequestBody, schemas: &mut Schemas) -> Option<Json> {
    let (schema, required) = match request {
        RequestBody::None => return None,
        RequestBody::Optional(schema) => (schema, false),
        RequestBody::Required(schema) => (schema, true),
    };
    let schema = schemas.of_request(schema);
    let content = json!({ "application/json": { "schema": schema } });
    Some(json!({ "required": required, "content": content }))
}

fn responses(operation: &Operation, schemas: &mut Schemas) -> Map<String, Json> {
    let mut responses = Map::new();
    for response in operation.responses {
        let described = describe_response(operation, response, schemas);
        responses.insert(response.status.to_string(), described);
    }
    for (status, description) in problems_of(operation) {
        responses.insert(status.to_string(), describe_problem(status, description));
    }
    responses
}

fn describe_response(operation: &Operation, response: &Response, schemas: &mut Schemas) -> Json {
    let mut described = json!({ "description": response.description });
    match response.body {
        ResponseBody::Empty => {}
        ResponseBody::Json(schema) => {
            let schema = schemas.of_response(schema);
            described["content"] = json!({ "application/json": { "schema": schema } });
        }
        ResponseBody::Events(schema) => {
            // OpenAPI 3.1 has no word for the parts of a stream; 3.2's `itemSchema` is let pass as an extension.
            let schema = schemas.of_response(schema);
            described["content"] = json!({
                "text/event-stream": { "schema": { "type": "string" }, "x-itemSchema": schema }
            });
        }
        ResponseBody::Text(content_type) => {
            described["content"] = json!({ content_type: { "schema": { "type": "string" } } });
        }
    }
    let headers =
        [(matches!(response.status, 201 | 202), "Location"), (operation.has_etag, "ETag")];
    for (_, name) in headers.into_iter().filter(|(applies, _)| *applies) {
        described["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
    }
    described
}

/// The row's own problems, then those that follow from the rest of the row, in order of status.
fn problems_of(operation: &Operation) -> Vec<(u16, &'static str)> {
    let has_body = !matches!(operation.request, RequestBody::None);
    // Health is asked by probes: it is not limited and answers in its own words.
    let is_health = operation.path.starts_with("/api/v1/health");
    let is_served = operation.path.starts_with("/api/v1/") && !is_health;
    let is_anonymous = operation.permission.allows_anonymous();
    let is_for_some = !operation.permission.allows(crate::enums::Role::Viewer);
    let reads_input = has_body || !operation.parameters.is_empty() || operation.is_repeatable;
    let implied = [
        (reads_input, 400, "Not valid."),
        (!is_anonymous, 401, "Not signed in."),
        (is_for_some, 403, "Not allowed to this role."),
        (operation.path_parameters().any(is_id), 404, "The id is no UUID."),
        (operation.is_guarded, 412, "Changed since; the ETag is another."),
        (has_body, 413, "The body is too large."),
        (has_body, 415, "The body is no JSON."),
        (operation.is_repeatable, 422, "The Idempotency-Key was used with another request."),
        (is_served, 429, "Too many requests."),
        (is_served, 500, "The server failed."),
        (is_served, 503, "The server cannot answer now."),
    ];
    let mut problems = operation.problems.to_vec();
    for (applies, status, description) in implied {
        if applies && !problems.iter().any(|(known, _)| *known == status) {
            problems.push((status, description));
        }
    }
    problems.sort_unstable_by_key(|(status, _)| *status);
    problems
}

fn describe_problem(status: u16, description: &str) -> Json {
    let schema = json!({ "$ref": "#/components/schemas/ProblemDetails" });
    let mut described = json!({
        "description": description,
        "content": { PROBLEM_CONTENT_TYPE: { "schema": schema } },
    });
    let header = match status {
        _ if status == ProblemKind::Unauthorised.status() => Some("WWW-Authenticate"),
        _ if status == ProblemKind::TooManyRequests.status() => Some("Retry-After"),
        _ => None,
    };
    if let Some(name) = header {
        described["headers"] = json!({ name: { "$ref": format!("#/components/headers/{name}") } });
    }
    described
}

fn tags() -> Json {
    let mut names: Vec<&str> = Vec::new();
    for operation in OPERATIONS {
        if !names.contains(&operation.tag) {
            names.push(operation.tag);
        }
    }
    names.iter().map(|name| json!({ "name": name })).collect()
}

fn shared_parameters() -> Json {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header",
            "description": "The same key and body within 24 hours get the same answer.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        },
        "IfMatch": {
            "name": "If-Match", "in": "header",
            "description": "An ETag; anything else than what is stored now is refused with 412.",
            "schema": { "type": "string" },
        },
        "EnumFormat": {
            "name": crate::enum_format::ENUM_FORMAT_HEADER, "in": "header",
            "description": "`number` answers with the original's numbers.",
            "schema": { "type": "string", "enum": ["name", "number"], "default": "name" },
        },
    })
}

fn shared_headers() -> Json {
    json!({
        "Location": {
            "description": "The path of what was made.", "schema": { "type": "string" },
        },
        "ETag": { "description": "The version of the answer.", "schema": { "type": "string" } },
        "Retry-After": { "description": "Seconds.", "schema": { "type": "integer" } },
        "WWW-Authenticate": { "description": "`Bearer`", "schema": { "type": "string" } },
    })
}

#[cfg(test)]
mod tests;
