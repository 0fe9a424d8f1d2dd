//! WebAssembly modules that `CodeExecution` jobs run by their name.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::field_errors::FieldErrors;
use crate::fields::{read_complete, value};
use crate::json::Json;
use crate::query::Query;

pub const MODULE_NAME_CHARS_MAX: usize = 100;
pub const MODULE_DESCRIPTION_CHARS_MAX: usize = 1_000;
/// Of a module's code before base64; the server's setting may say less.
pub const MODULE_BYTES_MAX: usize = 32 << 20;
/// Base64 makes four characters of three bytes.
const CODE_CHARS_MAX: usize = MODULE_BYTES_MAX.div_ceil(3) * 4;

/// A module to be, or the next version of one.
#[derive(Clone, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct ModuleRequest {
    /// What jobs name as their `handlerType`: letters, digits, `.`, `_` and `-`, the first a letter or
    /// digit.
    #[schemars(length(min = 1, max = MODULE_NAME_CHARS_MAX))]
    pub name: String,
    /// The WebAssembly binary, in base64.
    #[schemars(extend("contentEncoding" = "base64", "contentMediaType" = "application/wasm"))]
    pub code: String,
    #[schemars(length(max = MODULE_DESCRIPTION_CHARS_MAX))]
    pub description: Option<String>,
}

impl ModuleRequest {
    pub fn read(body: &Json) -> Result<ModuleRequest, FieldErrors> {
        read_complete(body, |fields| {
            let name = fields.needed("name", name);
            let code = fields.needed("code", |item| value::text(item, CODE_CHARS_MAX));
            let description = fields.text("description", MODULE_DESCRIPTION_CHARS_MAX);
            Some(ModuleRequest { name: name?, code: code?, description })
        })
    }
}

/// Without the code, which nobody can read.
impl std::fmt::Debug for ModuleRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, code, description } = self;
        write!(f, "ModuleRequest({name}, {} characters, {description:?})", code.len())
    }
}

fn name(item: &Json) -> Result<String, String> {
    let name = value::trimmed(item, MODULE_NAME_CHARS_MAX)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if begins_well && name.chars().all(is_plain) {
        return Ok(name);
    }
    Err("must be letters, digits, `.`, `_` and `-`, the first a letter or digit".to_owned())
}

/// The parameters of `GET /modules`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleQuery {
    /// All versions of this one, instead of the newest of each.
    pub name: Option<String>,
}

impl ModuleQuery {
    pub fn read(raw: &str) -> Result<ModuleQuery, FieldErrors> {
        let mut query = Query::decode(raw);
        let name = query.text("name", MODULE_NAME_CHARS_MAX);
        query.finish(ModuleQuery { name })
    }
}

/// One version of a module, without its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModuleDto {
    /// Of this version.
    pub id: Uuid,
    pub name: String,
    /// From 1. A job's `handlerType` is the newest, `name@2` this one.
    pub version: u32,
    /// SHA-256 of the binary, in hexadecimal digits.
    pub sha256: String,
    pub size_bytes: u64,
    pub description: Option<String>,
    pub created_by: String,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_module_has_a_name_that_can_stand_in_a_job() {
        let check = |name: &str, expect: bool| {
            let read = ModuleRequest::read(&json!({"name": name, "code": "AGFzbQ=="}));
            assert_eq!(read.is_ok(), expect, "{name}: {read:?}");
        };
        check("reports.Nightly", true);
        check("a-1_b", true);
        check(" padded ", true);
        check(&"x".repeat(MODULE_NAME_CHARS_MAX), true);
        check(&"x".repeat(MODULE_NAME_CHARS_MAX + 1), false);
        check("", false);
        check(".hidden", false);
        check("a@2", false);
        check("a b", false);
        check("../x", false);
    }

    #[test]
    fn the_code_is_needed_and_not_shown_by_debug() {
        assert!(ModuleRequest::read(&json!({"name": "a"})).is_err());
        let read = ModuleRequest::read(&json!({"name": "a", "code": "AGFzbQ=="})).unwrap();
        assert_eq!(format!("{read:?}"), "ModuleRequest(a, 8 characters, None)");
    }
}
