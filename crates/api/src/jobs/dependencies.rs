//! What must have succeeded before a job may start (contract D1).

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::enums::DependencyCondition;
use crate::field_errors::FieldErrors;
use crate::fields::{Fields, read_complete, value};
use crate::json::Json;

pub const DEPENDENCIES_MAX: usize = 100;

/// A job's prerequisites. Whether they exist and make no cycle, core says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("additionalProperties" = false))]
pub struct Dependencies {
    #[schemars(length(max = DEPENDENCIES_MAX))]
    pub depends_on_job_ids: Vec<Uuid>,
    pub condition: DependencyCondition,
}

impl Dependencies {
    /// The body of its own endpoint, where an empty list is a mistake.
    pub fn read(body: &Json) -> Result<Dependencies, FieldErrors> {
        read_complete(body, |fields| {
            let dependencies = Dependencies::read_fields(fields)?;
            if dependencies.depends_on_job_ids.is_empty() {
                fields.refuse("dependsOnJobIds", "must not be empty");
            }
            Some(dependencies)
        })
    }

    pub(crate) fn read_fields(fields: &mut Fields<'_>) -> Option<Dependencies> {
        fields.require("dependsOnJobIds");
        let depends_on_job_ids = fields.list("dependsOnJobIds", DEPENDENCIES_MAX, value::id);
        let condition = fields.needed("condition", value::word);
        Some(Dependencies { depends_on_job_ids: depends_on_job_ids?, condition: condition? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "0198c0de-7a3b-7c4d-8e5f-001122334455";

    #[test]
    fn ids_and_condition_are_both_needed() {
        let check = |body: Json, expect: &[&str]| {
            let errors = Dependencies::read(&body).err().unwrap_or_default();
            let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
            assert_eq!(paths, expect, "{body}");
        };
        check(json!({"dependsOnJobIds": [ID], "condition": "AllSucceeded"}), &[]);
        check(json!({"dependsOnJobIds": [ID], "condition": "anysucceeded"}), &[]);
        check(json!({}), &["dependsOnJobIds", "condition"]);
        check(json!({"dependsOnJobIds": [], "condition": "AllSucceeded"}), &["dependsOnJobIds"]);
        check(json!({"dependsOnJobIds": [ID], "condition": "OnSuccess"}), &["condition"]);
        check(
            json!({"dependsOnJobIds": [ID, "x"], "condition": "AllSucceeded"}),
            &["dependsOnJobIds[1]"],
        );
    }

    #[test]
    fn the_list_ends_at_its_bound() {
        let check = |n: usize, expect: bool| {
            let body = json!({"dependsOnJobIds": vec![ID; n], "condition": "AllSucceeded"});
            assert_eq!(Dependencies::read(&body).is_ok(), expect, "{n}");
        };
        check(DEPENDENCIES_MAX, true);
        check(DEPENDENCIES_MAX + 1, false);
    }
}
