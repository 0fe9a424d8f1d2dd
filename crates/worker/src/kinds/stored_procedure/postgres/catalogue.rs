//! What PostgreSQL's catalogue knows of a function or procedure.

use sqlx::{PgConnection, Row, postgres::PgRow};

use crate::kinds::stored_procedure::{
    name::{Part, ProcedureName},
    signature::{Mode, Parameter, Routine, RoutineKind},
    value::Shape,
};

/// Of one name, read.
const OVERLOADS_MAX: i32 = 100;

/// The routines that a name means: those of its first schema on the search path if it has none, in its
/// exact spelling before its folded one. Aggregates and window functions cannot be called.
///
/// `$1`, `$2` schema as given and folded, or NULL; `$3`, `$4` name as given and folded; `$5` rows at most.
const FIND: &str = "
WITH routines AS (
    SELECT p.*, n.nspname,
           dense_rank() OVER (
               ORDER BY n.nspname = $1 DESC NULLS LAST,
                        array_position(current_schemas(false), n.nspname),
                        p.proname = $3 DESC
           ) AS place
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind IN ('f', 'p')
      AND p.proname IN ($3, $4)
      AND CASE WHEN $1::text IS NULL THEN n.nspname = ANY (current_schemas(false))
               ELSE n.nspname IN ($1, $2) END
)
SELECT nspname::text AS schema, proname::text AS name, prokind = 'p' AS is_procedure,
       prorettype = 'pg_catalog.void'::regtype AS is_void, pronargdefaults::int4 AS n_defaults,
       coalesce(proargnames, '{}') AS names,
       coalesce(proargmodes::text[], '{}') AS modes,
       ARRAY(SELECT format_type(u.type, NULL)
             FROM unnest(coalesce(proallargtypes, proargtypes::oid[])) WITH ORDINALITY AS u(type, n)
             ORDER BY u.n) AS types,
       ARRAY(SELECT t.typcategory::text
             FROM unnest(coalesce(proallargtypes, proargtypes::oid[])) WITH ORDINALITY AS u(type, n)
             JOIN pg_catalog.pg_type t ON t.oid = u.type
             ORDER BY u.n) AS categories
FROM routines WHERE place = 1 ORDER BY oid LIMIT $5";

/// One row of it.
struct Entry {
    kind: RoutineKind,
    n_defaults: i32,
    names: Vec<String>,
    modes: Vec<String>,
    types: Vec<String>,
    categories: Vec<String>,
}

pub(super) async fn find(
    connection: &mut PgConnection,
    name: &ProcedureName,
) -> sqlx::Result<Vec<Routine>> {
    let schema = name.schema.as_ref();
    let rows = sqlx::query(FIND)
        .persistent(false)
        .bind(schema.map(|schema| schema.text.clone()))
        .bind(schema.map(Part::folded))
        .bind(&name.name.text)
        .bind(name.name.folded())
        .bind(OVERLOADS_MAX)
        .fetch_all(connection)
        .await?;
    rows.iter().map(routine).collect()
}

fn routine(row: &PgRow) -> sqlx::Result<Routine> {
    let entry = Entry {
        kind: match (row.try_get("is_procedure")?, row.try_get("is_void")?) {
            (true, _) => RoutineKind::Procedure,
            (false, true) => RoutineKind::VoidFunction,
            (false, false) => RoutineKind::Function,
        },
        n_defaults: row.try_get("n_defaults")?,
        names: row.try_get("names")?,
        modes: row.try_get("modes")?,
        types: row.try_get("types")?,
        categories: row.try_get("categories")?,
    };
    Ok(Routine {
        schema: row.try_get("schema")?,
        name: row.try_get("name")?,
        kind: entry.kind,
        parameters: entry.parameters(),
    })
}

impl Entry {
    fn parameters(&self) -> Vec<Parameter> {
        let mut parameters: Vec<_> =
            (0..self.types.len()).filter_map(|i| self.parameter(i)).collect();
        // The defaults are those of the last inputs.
        let inputs = parameters.iter_mut().rev().filter(|parameter| parameter.mode != Mode::Out);
        let n_defaults = usize::try_from(self.n_defaults).unwrap_or_default();
        inputs.take(n_defaults).for_each(|parameter| parameter.has_default = true);
        parameters
    }

    /// `None` for a column of what a function returns.
    fn parameter(&self, i: usize) -> Option<Parameter> {
        let mode = match self.modes.get(i).map_or("i", String::as_str) {
            "i" => Mode::In,
            "b" => Mode::InOut,
            "v" => Mode::Variadic,
            "o" if self.kind == RoutineKind::Procedure => Mode::Out,
            _ => return None,
        };
        let declared = self.types[i].clone();
        let shape = match (self.categories[i].as_str(), declared.as_str()) {
            ("A", _) => Shape::List,
            (_, "json" | "jsonb") => Shape::Json,
            _ => Shape::Text,
        };
        let name = self.names.get(i).filter(|name| !name.is_empty()).cloned();
        Some(Parameter { name, declared, shape, mode, has_default: false })
    }
}
