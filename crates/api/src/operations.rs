//! The routes: one table that the router, the permission check and the OpenAPI document read.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::permission::Permission;

mod parameters;
mod table;

pub use table::OPERATIONS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// Gives the schema of a type, or a reference to it.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The [`SchemaOf`] a type.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What an operation reads.
#[derive(Clone, Copy, Debug)]
pub enum RequestBody {
    /// None; one that is sent is not looked at, whatever its content type.
    None,
    Optional(SchemaOf),
    Required(SchemaOf),
}

#[derive(Clone, Copy, Debug)]
pub enum ResponseBody {
    Empty,
    Json(SchemaOf),
    /// `text/event-stream`; the schema is of each event's data.
    Events(SchemaOf),
    /// Of this content type.
    Text(&'static str),
}

/// An answer that is no problem body.
#[derive(Clone, Copy, Debug)]
pub struct Response {
    pub status: u16,
    pub body: ResponseBody,
    pub description: &'static str,
}

/// A parameter in the query string.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub schema: SchemaOf,
    pub description: &'static str,
}

/// One method of one path.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// `createJob`: unique, the operation's name in clients.
    pub id: &'static str,
    pub method: Method,
    /// `/api/v1/scheduler/jobs/{jobId}`: as axum and OpenAPI both write it.
    pub path: &'static str,
    pub permission: Permission,
    pub tag: &'static str,
    pub summary: &'static str,
    pub parameters: &'static [Parameter],
    pub request: RequestBody,
    pub responses: &'static [Response],
    /// Problems of its own; those that follow from the rest of the row are not listed.
    pub problems: &'static [(u16, &'static str)],
    /// Title of its own problems, as the original had it: `Create job failed`.
    pub problem_title: Option<&'static str>,
    /// Takes `Idempotency-Key`. Not where the answer holds credentials: it would be kept for a day.
    pub is_repeatable: bool,
    /// Honours `If-Match`.
    pub is_guarded: bool,
    /// Answers with `ETag`.
    pub has_etag: bool,
}

impl Operation {
    const fn new(
        method: Method,
        id: &'static str,
        path: &'static str,
        permission: Permission,
        summary: &'static str,
    ) -> Operation {
        Operation {
            id,
            method,
            path,
            permission,
            tag: "",
            summary,
            parameters: &[],
            request: RequestBody::None,
            responses: &[],
            problems: &[],
            problem_title: None,
            is_repeatable: matches!(method, Method::Post),
            is_guarded: false,
            has_etag: false,
        }
    }

    const fn tagged(self, tag: &'static str) -> Operation {
        Operation { tag, ..self }
    }

    const fn takes(self, schema: SchemaOf) -> Operation {
        Operation { request: RequestBody::Required(schema), ..self }
    }

    const fn may_take(self, schema: SchemaOf) -> Operation {
        Operation { request: RequestBody::Optional(schema), ..self }
    }

    const fn asks(self, parameters: &'static [Parameter]) -> Operation {
        Operation { parameters, ..self }
    }

    const fn gives(self, responses: &'static [Response]) -> Operation {
        Operation { responses, ..self }
    }

    const fn fails(
        self,
        problem_title: &'static str,
        problems: &'static [(u16, &'static str)],
    ) -> Operation {
        Operation { problem_title: Some(problem_title), problems, ..self }
    }

    const fn unrepeatable(self) -> Operation {
        Operation { is_repeatable: false, ..self }
    }

    const fn guarded(self) -> Operation {
        Operation { is_guarded: true, ..self }
    }

    const fn etagged(self) -> Operation {
        Operation { has_etag: true, ..self }
    }

    /// The path as OpenAPI writes it, which has no word for "and all that follows".
    pub fn described_path(&self) -> String {
        self.path.replace("{*", "{")
    }

    /// The names in braces: `jobId`.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        let segments = self.path.split('/');
        let names = segments.filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
        names.map(|name| name.strip_prefix('*').unwrap_or(name))
    }

    /// Its own title for a problem, or the kind's.
    pub fn title_or(&self, usual: &'static str) -> &'static str {
        self.problem_title.unwrap_or(usual)
    }
}

/// The row of an operation, by its id.
pub fn operation(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_and_routes_are_unique() {
        let mut ids = HashSet::new();
        let mut routes = HashSet::new();
        for operation in OPERATIONS {
            assert!(ids.insert(operation.id), "{}", operation.id);
            assert!(routes.insert((operation.method, operation.path)), "{}", operation.path);
        }
    }

    #[test]
    fn every_row_is_complete() {
        for operation in OPERATIONS {
            let id = operation.id;
            assert!(!operation.tag.is_empty() && !operation.summary.is_empty(), "{id}");
            let is_root = operation.path == "/";
            assert!(operation.path.starts_with('/'), "{id}");
            assert!(is_root || !operation.path.ends_with('/'), "{id}");
            assert!(!operation.responses.is_empty(), "{id} answers nothing");
            let first = &operation.responses[0];
            assert!((200..400).contains(&first.status), "{id}");
            assert!(operation.problems.iter().all(|(status, _)| 400 <= *status), "{id}");
        }
    }

    #[test]
    fn whoever_only_views_changes_nothing() {
        let reads = ["previewSchedule"];
        let views = [Permission::ViewJobs, Permission::ViewExecutions, Permission::ViewNodes];
        for operation in OPERATIONS.iter().filter(|it| views.contains(&it.permission)) {
            let is_reading = operation.method == Method::Get || reads.contains(&operation.id);
            assert!(is_reading, "{}", operation.id);
        }
    }

    #[test]
    fn the_table_of_routes_and_permissions() {
        let rows = OPERATIONS.iter().map(|Operation { method, path, permission, id, .. }| {
            format!("{} {path} {permission:?} {id}", method.name())
        });
        let table = rows.collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(table);
    }

    #[test]
    fn titles_are_the_originals() {
        let title = |id: &str| operation(id).and_then(|operation| operation.problem_title);
        assert_eq!(title("createJob"), Some("Create job failed"));
        assert_eq!(title("getJob"), Some("Job not found"));
        assert_eq!(title("cancelExecution"), Some("Cancel execution failed"));
        assert_eq!(title("listJobs"), None);
        assert_eq!(operation("listJobs").unwrap().title_or("Bad request"), "Bad request");
    }

    #[test]
    fn path_parameters_are_what_stands_in_braces() {
        let names: Vec<_> = operation("pauseJob").unwrap().path_parameters().collect();
        assert_eq!(names, ["jobId"]);
        assert_eq!(operation("listJobs").unwrap().path_parameters().count(), 0);
        let file = operation("dashboardFile").unwrap();
        assert_eq!(file.path_parameters().collect::<Vec<_>>(), ["path"]);
        assert_eq!(file.described_path(), "/dashboard/{path}");
    }
}
