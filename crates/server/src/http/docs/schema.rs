//! Types of the document as text and as tables of fields.

use horarium_api::json::Json;

use super::html::{escaped, markdown, table};

const REFERENCE: &str = "#/components/schemas/";

/// The named schemas of a document.
pub(super) struct Schemas<'d> {
    document: &'d Json,
}

impl<'d> Schemas<'d> {
    pub(super) fn of(document: &'d Json) -> Self {
        Self { document }
    }

    fn named(&self) -> impl Iterator<Item = (&'d String, &'d Json)> {
        self.document["components"]["schemas"].as_object().into_iter().flatten()
    }

    /// The schema itself, a reference followed.
    pub(super) fn resolved(&self, schema: &'d Json) -> &'d Json {
        let name = schema["$ref"].as_str().and_then(|path| path.strip_prefix(REFERENCE));
        let found = name.map(|name| &self.document["components"]["schemas"][name]);
        found.unwrap_or(schema)
    }

    /// `#/components/parameters/IfMatch` followed, as well.
    pub(super) fn parameter(&self, parameter: &'d Json) -> &'d Json {
        let path = parameter["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
        path.and_then(|path| self.document.pointer(path)).unwrap_or(parameter)
    }

    /// A section for each named schema.
    pub(super) fn sections(&self) -> String {
        let section = |(name, schema): (&String, &'d Json)| {
            let about = markdown(&schema["description"]);
            let content = match words(schema) {
                Some(words) => format!("<p>{words}</p>\n"),
                None => self.fields("", schema),
            };
            format!(
                "<section id=\"schema-{name}\" class=\"schema\">\n<h3>{name}</h3>\n<p>{about}</p>\n{content}</section>\n"
            )
        };
        self.named().map(section).collect()
    }

    /// A table of an object's fields.
    pub(super) fn fields(&self, caption: &str, schema: &'d Json) -> String {
        let schema = self.resolved(schema);
        let required = schema["required"].as_array();
        let properties = schema["properties"].as_object().into_iter().flatten();
        // Those are taken because answers have them, and mean nothing.
        let properties = properties.filter(|(_, property)| property["readOnly"] != true);
        let rows: Vec<_> = properties
            .map(|(name, property)| {
                let is_required = required.is_some_and(|names| names.iter().any(|it| it == name));
                let mark = if is_required { " <em>required</em>" } else { "" };
                let bounds = bounds(property);
                let about = format!("{} {bounds}", markdown(&property["description"]));
                vec![format!("<code>{}</code>{mark}", escaped(name)), type_text(property), about]
            })
            .collect();
        table(caption, &["Field", "Type", ""], &rows)
    }
}

/// An enum's words.
fn words(schema: &Json) -> Option<String> {
    let words = schema["enum"].as_array()?;
    let words: Vec<_> = words.iter().map(|word| format!("<code>{}</code>", plain(word))).collect();
    Some(words.join(" · "))
}

fn plain(value: &Json) -> String {
    escaped(value.as_str().unwrap_or(&value.to_string()))
}

/// `string (uuid)`, `JobType or null`, `string[]`; names lead to their section.
pub(super) fn type_text(schema: &Json) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix(REFERENCE)) {
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for choices in ["anyOf", "oneOf", "allOf"] {
        if let Some(choices) = schema[choices].as_array() {
            return choices.iter().map(type_text).collect::<Vec<_>>().join(" or ");
        }
    }
    if schema["type"] == "array" || schema["items"].is_object() {
        let or_null = if is_nullable(schema) { " or null" } else { "" };
        return format!("{}[]{or_null}", type_text(&schema["items"]));
    }
    if let Some(words) = words(schema) {
        return words;
    }
    let name = match &schema["type"] {
        Json::Array(names) => names.iter().map(plain).collect::<Vec<_>>().join(" or "),
        Json::String(name) => escaped(name),
        _ => "any".to_owned(),
    };
    match schema["format"].as_str() {
        Some(format) if !format.starts_with("uint") && !format.starts_with("int") => {
            format!("{name} ({})", escaped(format))
        }
        Some(_) | None => name,
    }
}

fn is_nullable(schema: &Json) -> bool {
    schema["type"].as_array().is_some_and(|names| names.iter().any(|name| name == "null"))
}

/// `1 to 500`, `at most 200 characters`, `default 20`.
pub(super) fn bounds(schema: &Json) -> String {
    let number = |key: &str| schema.get(key).map(plain);
    let range = |least: Option<String>, most: Option<String>, unit: &str| match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}{unit}")),
        (None, Some(most)) => Some(format!("at most {most}{unit}")),
        (Some(least), None) => Some(format!("at least {least}{unit}")),
        (None, None) => None,
    };
    let parts = [
        range(number("minimum"), number("maximum"), ""),
        range(number("minLength"), number("maxLength"), " characters"),
        range(number("minItems"), number("maxItems"), " items"),
        number("default").map(|value| format!("default {value}")),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("<small>{}</small>", parts.join("; ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_read_as_people_say_them() {
        let check = |schema: Json, expect: &str| assert_eq!(type_text(&schema), expect);
        check(json!({"type": "string", "format": "uuid"}), "string (uuid)");
        check(json!({"type": ["integer", "null"], "format": "uint32"}), "integer or null");
        check(json!({"type": "array", "items": {"type": "string"}}), "string[]");
        check(
            json!({"anyOf": [{"$ref": "#/components/schemas/Role"}, {"type": "null"}]}),
            "<a href=\"#schema-Role\">Role</a> or null",
        );
        assert_eq!(
            bounds(&json!({"minimum": 1, "maximum": 5, "default": 2})),
            "<small>1 to 5; default 2</small>"
        );
    }
}
