//! What MySQL's catalogue knows of a procedure.

use sqlx::{MySqlConnection, Row, mysql::MySqlRow};

use crate::kinds::stored_procedure::{
    name::ProcedureName,
    signature::{Mode, Parameter, Routine, RoutineKind},
    value::Shape,
};

/// `?1` schema, `?2` name. Its own rules say whether letters' case counts; the answer has its spelling.
/// Texts are cast: the catalogue has some of them as bytes.
const FIND: &str = "
SELECT CAST(routine_schema AS CHAR) AS `schema`, CAST(routine_name AS CHAR) AS name
FROM information_schema.routines
WHERE routine_schema = ? AND routine_name = ? AND routine_type = 'PROCEDURE'";

/// `?1` schema, `?2` name, as the catalogue spells them.
const PARAMETERS: &str = "
SELECT CAST(parameter_name AS CHAR) AS name, CAST(parameter_mode AS CHAR) AS mode,
       CAST(data_type AS CHAR) AS type, CAST(dtd_identifier AS CHAR) AS declared
FROM information_schema.parameters
WHERE specific_schema = ? AND specific_name = ? AND routine_type = 'PROCEDURE'
  AND ordinal_position > 0
ORDER BY ordinal_position";

/// A name without a schema is one of `database`.
pub(super) async fn find(
    connection: &mut MySqlConnection,
    name: &ProcedureName,
    database: &str,
) -> sqlx::Result<Option<Routine>> {
    let schema = name.schema.as_ref().map_or(database, |schema| &schema.text);
    let found: Option<(String, String)> = sqlx::query_as(FIND)
        .persistent(false)
        .bind(schema)
        .bind(&name.name.text)
        .fetch_optional(&mut *connection)
        .await?;
    let Some((schema, name)) = found else { return Ok(None) };
    let rows = sqlx::query(PARAMETERS)
        .persistent(false)
        .bind(&schema)
        .bind(&name)
        .fetch_all(connection)
        .await?;
    let parameters = rows.iter().map(parameter).collect::<sqlx::Result<_>>()?;
    Ok(Some(Routine { schema, name, kind: RoutineKind::Procedure, parameters }))
}

fn parameter(row: &MySqlRow) -> sqlx::Result<Parameter> {
    let (mode, kind): (String, String) = (row.try_get("mode")?, row.try_get("type")?);
    let declared: String = row.try_get("declared")?;
    Ok(Parameter {
        name: row.try_get("name")?,
        shape: shape(&kind.to_lowercase(), declared.to_lowercase().contains("unsigned")),
        declared,
        mode: match mode.as_str() {
            "OUT" => Mode::Out,
            "INOUT" => Mode::InOut,
            _ => Mode::In,
        },
        has_default: false,
    })
}

fn shape(kind: &str, is_unsigned: bool) -> Shape {
    let integer = |bits: u32| {
        let all = 1_i128 << bits;
        let (min, max) = if is_unsigned { (0, all - 1) } else { (-all / 2, all / 2 - 1) };
        Shape::Integer { min, max }
    };
    match kind {
        "tinyint" => integer(8),
        "smallint" => integer(16),
        "mediumint" => integer(24),
        "int" | "integer" => integer(32),
        "bigint" => integer(64),
        "decimal" | "numeric" => Shape::Decimal,
        "float" | "double" => Shape::Float,
        "date" => Shape::Date,
        "datetime" | "timestamp" => Shape::DateTime,
        "json" => Shape::Json,
        _ => Shape::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_their_types_range() {
        let check = |kind: &str, is_unsigned: bool, min: i128, max: i128| {
            assert_eq!(shape(kind, is_unsigned), Shape::Integer { min, max }, "{kind}");
        };
        check("tinyint", false, -128, 127);
        check("tinyint", true, 0, 255);
        check("int", false, i32::MIN.into(), i32::MAX.into());
        check("bigint", true, 0, u64::MAX.into());
        assert_eq!(shape("varchar", false), Shape::Text);
    }
}
