//! Values and rows as both databases speak them: integers, texts, uuids, booleans and bytes.
//!
//! Instants are UTC microseconds in a 64-bit integer, structured data is JSON text, flags are the
//! database's own booleans (0 and 1 in SQLite).

use jiff::Timestamp;
use uuid::Uuid;

use crate::error::{Result, StoreError};

/// One bound parameter or one column of a row. `None` is NULL of that type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Uuid(Option<Uuid>),
    Bool(Option<bool>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! into_value {
    ($($from:ty => $variant:ident($map:expr)),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(Some($map(value)))
            }
        }

        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self {
                Self::$variant(value.map($map))
            }
        }
    )*};
}

into_value! {
    i64 => Int(|n| n),
    i32 => Int(i64::from),
    u32 => Int(i64::from),
    u16 => Int(i64::from),
    Timestamp => Int(Timestamp::as_microsecond),
    String => Text(|text| text),
    &str => Text(str::to_owned),
    Uuid => Uuid(|id| id),
    bool => Bool(|flag| flag),
    Vec<u8> => Bytes(|bytes| bytes),
    horarium_core::JobId => Uuid(|id: horarium_core::JobId| id.0),
    horarium_core::ExecutionId => Uuid(|id: horarium_core::ExecutionId| id.0),
    horarium_core::NodeId => Uuid(|id: horarium_core::NodeId| id.0),
    horarium_core::UserId => Uuid(|id: horarium_core::UserId| id.0),
    horarium_core::ScheduleId => Uuid(|id: horarium_core::ScheduleId| id.0),
    horarium_core::KeyId => Uuid(|id: horarium_core::KeyId| id.0),
    horarium_core::ModuleId => Uuid(|id: horarium_core::ModuleId| id.0),
    horarium_core::RunId => Uuid(|id: horarium_core::RunId| id.0),
    horarium_core::WorkflowId => Uuid(|id: horarium_core::WorkflowId| id.0),
    horarium_core::SecretId => Uuid(|id: horarium_core::SecretId| id.0),
    horarium_core::DataSourceId => Uuid(|id: horarium_core::DataSourceId| id.0),
}

/// The parameters of one statement: `args![job.id, now]`.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Value::from($value)),*] };
}
pub(crate) use args;

/// One column as read. SQLite gives a uuid as 16 bytes and a flag as 0 or 1; reading knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
    Bool(bool),
}

/// One row of an answer, read by position: the statement's select list is the order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row(pub Vec<Cell>);

/// What a column can be read as.
pub(crate) trait FromCell: Sized {
    fn from_cell(cell: &Cell) -> Option<Self>;
}

impl FromCell for i64 {
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Int(n) => Some(*n),
            _ => None,
        }
    }
}

impl FromCell for u32 {
    fn from_cell(cell: &Cell) -> Option<Self> {
        i64::from_cell(cell).and_then(|n| Self::try_from(n).ok())
    }
}

impl FromCell for u64 {
    fn from_cell(cell: &Cell) -> Option<Self> {
        i64::from_cell(cell).and_then(|n| Self::try_from(n).ok())
    }
}

impl FromCell for Timestamp {
    fn from_cell(cell: &Cell) -> Option<Self> {
        i64::from_cell(cell).and_then(|n| Self::from_microsecond(n).ok())
    }
}

impl FromCell for String {
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl FromCell for bool {
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Bool(flag) => Some(*flag),
            Cell::Int(0) => Some(false),
            Cell::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl FromCell for Uuid {
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Uuid(id) => Some(*id),
            Cell::Bytes(bytes) => Self::from_slice(bytes).ok(),
            _ => None,
        }
    }
}

macro_rules! id_from_cell {
    ($($id:ident),*) => {$(
        impl FromCell for horarium_core::$id {
            fn from_cell(cell: &Cell) -> Option<Self> {
                Uuid::from_cell(cell).map(Self)
            }
        }
    )*};
}
id_from_cell!(
    ScheduleId,
    JobId,
    ExecutionId,
    NodeId,
    UserId,
    KeyId,
    RunId,
    WorkflowId,
    ModuleId,
    SecretId,
    DataSourceId
);

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            other => T::from_cell(other).map(Some),
        }
    }
}

impl Row {
    /// Column `index` of a row of `table`, or an error that names both.
    pub(crate) fn get<T: FromCell>(&self, table: &'static str, index: usize) -> Result<T> {
        let cell = self.0.get(index);
        cell.and_then(T::from_cell).ok_or_else(|| {
            let found = cell.map_or_else(|| "nothing".to_owned(), |cell| format!("{cell:?}"));
            StoreError::bad_row(table, format!("column {index} holds {found}"))
        })
    }
}

/// Parses JSON that we stored ourselves.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    text: &str,
) -> Result<T> {
    serde_json::from_str(text).map_err(|err| StoreError::bad_row(table, err.to_string()))
}

/// Writes JSON for storage. Our types have string keys only, so it cannot fail for them.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("stored types serialise: string keys, no custom failures")
}
