//! One operation's part of the page.

use horarium_api::{
    WireEnum as _, enums::Role, json::Json, operations::Operation, permission::Permission,
};

use super::{
    example,
    html::{badge, escaped, markdown, table},
    schema::{Schemas, bounds, type_text},
};

pub(super) fn section(operation: &Operation, document: &Json, schemas: &Schemas<'_>) -> String {
    let id = operation.id;
    let described =
        &document["paths"][operation.described_path()][operation.method.name().to_lowercase()];
    let (badge, path) = (badge(operation.method), escaped(&operation.described_path()));
    let (summary, callers) = (escaped(operation.summary), callers(operation.permission));
    let body = &described["requestBody"]["content"]["application/json"]["schema"];
    let content = [
        parameters(described, schemas),
        schemas.fields("Body", body),
        responses(described),
        example::curl(operation, schemas.resolved(body)),
    ]
    .concat();
    format!(
        "<article id=\"{id}\">\n<h3>{badge} <code>{path}</code></h3>\n<p class=\"summary\">{summary}. \
         <span class=\"callers\">{callers}</span></p>\n{content}</article>\n"
    )
}

/// Who may call it.
fn callers(permission: Permission) -> String {
    if permission.allows_anonymous() {
        return "anyone".to_owned();
    }
    let roles = Role::ALL.iter().filter(|role| permission.allows(**role));
    roles.map(|role| role.name()).collect::<Vec<_>>().join(", ")
}

fn parameters(described: &Json, schemas: &Schemas<'_>) -> String {
    let parameters = described["parameters"].as_array().into_iter().flatten();
    let rows: Vec<_> = parameters
        .map(|parameter| {
            let parameter = schemas.parameter(parameter);
            let (name, place) = (&parameter["name"], &parameter["in"]);
            let schema = &parameter["schema"];
            vec![
                format!("<code>{}</code>", escaped(name.as_str().unwrap_or_default())),
                escaped(place.as_str().unwrap_or_default()),
                type_text(schema),
                format!("{} {}", markdown(&parameter["description"]), bounds(schema)),
            ]
        })
        .collect();
    table("Parameters", &["Name", "In", "Type", ""], &rows)
}

fn responses(described: &Json) -> String {
    let responses = described["responses"].as_object().into_iter().flatten();
    let rows: Vec<_> = responses
        .map(|(status, response)| {
            let content = response["content"].as_object().into_iter().flatten().next();
            let body = content.map_or_else(String::new, |(content_type, media)| {
                format!("{} <small>{}</small>", type_text(&media["schema"]), escaped(content_type))
            });
            let kind = if status.starts_with(['4', '5']) { "bad" } else { "good" };
            vec![
                format!("<b class=\"status {kind}\">{}</b>", escaped(status)),
                markdown(&response["description"]),
                body,
            ]
        })
        .collect();
    table("Answers", &["Status", "", "Body"], &rows)
}
