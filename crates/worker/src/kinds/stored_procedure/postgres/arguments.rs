//! Values on their way to PostgreSQL and back.

use sqlx::{
    AssertSqlSafe, Encode, PgConnection, Postgres, Type, ValueRef,
    encode::IsNull,
    error::{BoxDynError, DatabaseError},
    postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo, PgValueRef},
    query::Query,
};

use super::statement::{Statement, as_type};
use crate::kinds::stored_procedure::{
    failure::Failure,
    signature::{Argument, Fit},
};

/// Classes of SQLSTATE for what a type does not take: data exceptions, and a domain's constraint.
const NOT_OF_TYPE: [&str; 2] = ["22", "23"];

/// Prepared under a name, which ends with the call (`DISCARD ALL`): to learn of a type, the driver asks the
/// catalogue between preparing and executing, and loses a statement without a name by it.
pub(super) fn bind(
    sql: AssertSqlSafe<String>,
    values: Vec<Option<String>>,
) -> Query<'static, Postgres, PgArguments> {
    let query = sqlx::query(sql);
    values.into_iter().fold(query, Query::bind)
}

/// Whether the server reads each value as its parameter's type. Asked before the call, or a value that is
/// none would look like an error of the procedure's.
pub(super) async fn check(
    connection: &mut PgConnection,
    fit: &Fit<'_>,
    statement: &Statement,
) -> Result<(), Failure> {
    let given = fit.arguments.iter().enumerate();
    let given: Vec<_> = given
        .filter(|(_, argument)| matches!(argument, Argument::Given(_)))
        .map(|(i, _)| i)
        .collect();
    if given.is_empty() {
        return Ok(());
    }
    let declared = |i: usize| fit.routine.parameters[i].declared.as_str();
    let casts: Vec<_> =
        given.iter().enumerate().map(|(n, i)| as_type(n + 1, declared(*i))).collect();
    if read(connection, &casts, &statement.values).await?.is_none() {
        return Ok(());
    }
    // One of them; only now is it worth a round trip each.
    for (i, value) in given.iter().zip(&statement.values) {
        let cast = [as_type(1, declared(*i))];
        if let Some(code) = read(connection, &cast, std::slice::from_ref(value)).await? {
            let label = fit.routine.label(*i);
            let error = format!("{label}: the value is not of this type (SQLSTATE {code})");
            return Err(Failure::for_good(error));
        }
    }
    Ok(())
}

/// The SQLSTATE with which the server refused a value.
async fn read(
    connection: &mut PgConnection,
    casts: &[String],
    values: &[Option<String>],
) -> Result<Option<String>, Failure> {
    let sql = AssertSqlSafe(format!("SELECT ({}) IS NULL", casts.join(") IS NULL, (")));
    let Err(error) = bind(sql, values.to_vec()).execute(connection).await else {
        return Ok(None);
    };
    let code = error.as_database_error().and_then(DatabaseError::code).map(String::from);
    match code {
        Some(code) if NOT_OF_TYPE.contains(&code.get(..2).unwrap_or_default()) => Ok(Some(code)),
        _ => Err(error.into()),
    }
}

/// A value as the server sent it, to be sent back.
pub(super) struct Raw {
    bytes: Option<Vec<u8>>,
    type_info: PgTypeInfo,
}

impl Raw {
    pub(super) fn of(value: &PgValueRef<'_>) -> Result<Self, Failure> {
        let type_info = value.type_info().into_owned();
        let bytes = if value.is_null() { None } else { Some(bytes_of(value)?) };
        Ok(Self { bytes, type_info })
    }
}

fn bytes_of(value: &PgValueRef<'_>) -> sqlx::Result<Vec<u8>> {
    value.as_bytes().map(<[u8]>::to_vec).map_err(sqlx::Error::Decode)
}

impl Type<Postgres> for Raw {
    fn type_info() -> PgTypeInfo {
        <Vec<u8> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Raw {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let Some(bytes) = &self.bytes else { return Ok(IsNull::Yes) };
        buffer.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.type_info.clone())
    }
}
