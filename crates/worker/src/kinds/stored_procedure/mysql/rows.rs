//! Rows of MySQL's text protocol as JSON.

use std::fmt::Write;

use sqlx::{Column, Decode, MySql, Row, TypeInfo, ValueRef, mysql::MySqlRow};

use crate::kinds::stored_procedure::result::{object, string};

const NUMBERS: [&str; 14] = [
    "TINYINT",
    "TINYINT UNSIGNED",
    "SMALLINT",
    "SMALLINT UNSIGNED",
    "MEDIUMINT",
    "MEDIUMINT UNSIGNED",
    "INT",
    "INT UNSIGNED",
    "BIGINT",
    "BIGINT UNSIGNED",
    "DECIMAL",
    "FLOAT",
    "DOUBLE",
    "YEAR",
];

pub(super) fn as_json(row: &MySqlRow) -> sqlx::Result<String> {
    let fields: sqlx::Result<Vec<_>> = row
        .columns()
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let value = row.try_get_raw(i)?;
            if value.is_null() {
                return Ok((column.name().to_owned(), "null".to_owned()));
            }
            let type_name = value.type_info().name().to_owned();
            let bytes = <&[u8] as Decode<MySql>>::decode(value).map_err(sqlx::Error::Decode)?;
            Ok((column.name().to_owned(), json(&type_name, bytes)))
        })
        .collect();
    Ok(object(fields?))
}

fn json(type_name: &str, bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes);
    match (type_name, text) {
        ("BOOLEAN", Ok("0")) => "false".to_owned(),
        ("BOOLEAN", Ok("1")) => "true".to_owned(),
        ("BIT", _) | (_, Err(_)) => string(&hex(bytes)),
        // Digits as they are: a number of JSON has no precision to lose. `007` of ZEROFILL is none.
        (name, Ok(text)) if NUMBERS.contains(&name) || name == "BOOLEAN" => {
            match serde_json::from_str::<serde_json::Number>(text) {
                Ok(_) => text.to_owned(),
                Err(_) => string(text),
            }
        }
        ("JSON", Ok(text)) => text.to_owned(),
        (_, Ok(text)) => string(text),
    }
}

/// As PostgreSQL writes bytes: `\x00ff`.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_digits_and_their_bytes() {
        let check = |type_name: &str, bytes: &[u8], expect: &str| {
            assert_eq!(json(type_name, bytes), expect, "{type_name}");
        };
        check("INT", b"-5", "-5");
        check("DECIMAL", b"12345678901234567890.50", "12345678901234567890.50");
        check("INT UNSIGNED", b"007", "\"007\"");
        check("DOUBLE", b"1e20", "1e20");
        check("BOOLEAN", b"1", "true");
        check("BOOLEAN", b"5", "5");
        check("BIT", b"\x05", "\"\\\\x05\"");
        check("BLOB", b"\xff\x00", "\"\\\\xff00\"");
        check("VARCHAR", "a\"€".as_bytes(), "\"a\\\"€\"");
        check("DATETIME", b"2026-01-31 09:00:00", "\"2026-01-31 09:00:00\"");
    }
}
