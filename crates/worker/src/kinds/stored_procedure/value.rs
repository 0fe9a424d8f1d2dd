//! A job's value as the text that a database reads as the parameter's type.
//!
//! Every value travels as a bound text. PostgreSQL reads all of its types from text, and is asked whether
//! it can before the call. MySQL turns what it cannot read into something near, so its types are read here.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::Value;

/// Lists within lists of one value, as PostgreSQL's `MAXDIM`.
const LIST_DEPTH_MAX: usize = 6;

/// What of a parameter's type matters for reading a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The database reads it.
    Text,
    /// PostgreSQL's arrays.
    List,
    Json,
    Integer {
        min: i128,
        max: i128,
    },
    Decimal,
    Float,
    Date,
    DateTime,
}

/// `None` is NULL. The error says what is wrong without quoting the value, which may be a secret.
pub(super) fn text(value: &Value, shape: Shape) -> Result<Option<String>, &'static str> {
    let text = match (value, shape) {
        (Value::Null, _) => return Ok(None),
        (Value::String(text), Shape::List) => list_of_text(text)?,
        (Value::Array(items), Shape::List) => list(items, 1)?,
        (value, Shape::Json) => json(value)?,
        (Value::Array(_) | Value::Object(_), _) => return Err("a list or an object does not fit"),
        (_, Shape::List) => return Err("not a list"),
        (Value::Bool(true), Shape::Integer { .. }) => "1".to_owned(),
        (Value::Bool(false), Shape::Integer { .. }) => "0".to_owned(),
        (Value::String(text), _) => text.clone(),
        (Value::Bool(_) | Value::Number(_), _) => value.to_string(),
    };
    if text.contains('\0') {
        return Err("has a NUL character");
    }
    match shape {
        Shape::Text | Shape::List | Shape::Json => Ok(Some(text)),
        Shape::Integer { min, max } => integer(text.trim(), min, max).map(Some),
        Shape::Decimal => decimal(text.trim()).map(Some),
        Shape::Float => float(text.trim()).map(Some),
        Shape::Date => date(text.trim()).map(Some),
        Shape::DateTime => date_time(text.trim()).map(Some),
    }
}

fn json(value: &Value) -> Result<String, &'static str> {
    let Value::String(text) = value else { return Ok(value.to_string()) };
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(text.clone()),
        Err(_) => Err("not JSON"),
    }
}

/// Jobs hold no lists for procedures, so a list comes as its text: JSON, or PostgreSQL's own `{1,2}`.
fn list_of_text(text: &str) -> Result<String, &'static str> {
    if !text.trim_start().starts_with('[') {
        return Ok(text.to_owned());
    }
    match serde_json::from_str::<Vec<Value>>(text) {
        Ok(items) => list(&items, 1),
        // `[2:3]={1,2}` is PostgreSQL's too.
        Err(_) => Ok(text.to_owned()),
    }
}

fn list(items: &[Value], depth: usize) -> Result<String, &'static str> {
    if depth > LIST_DEPTH_MAX {
        return Err("lists within lists go too deep");
    }
    let texts: Result<Vec<_>, _> = items
        .iter()
        .map(|item| match item {
            Value::Null => Ok("NULL".to_owned()),
            Value::Array(items) => list(items, depth + 1),
            Value::String(text) => Ok(list_element(text)),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                Ok(list_element(&item.to_string()))
            }
        })
        .collect();
    Ok(format!("{{{}}}", texts?.join(",")))
}

fn list_element(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn integer(text: &str, min: i128, max: i128) -> Result<String, &'static str> {
    let number: i128 = text.parse().map_err(|_| "not an integer")?;
    if number < min || number > max { Err("out of range") } else { Ok(number.to_string()) }
}

fn decimal(text: &str) -> Result<String, &'static str> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_decimal = !(whole.is_empty() && fraction.is_empty());
    if is_decimal && are_digits(whole) && are_digits(fraction) {
        Ok(text.to_owned())
    } else {
        Err("not a decimal number")
    }
}

fn float(text: &str) -> Result<String, &'static str> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(text.to_owned()),
        Ok(_) | Err(_) => Err("not a number"),
    }
}

fn date(text: &str) -> Result<String, &'static str> {
    let date: civil::Date = text.parse().map_err(|_| "not a date such as 2026-01-31")?;
    Ok(date.to_string())
}

/// An instant becomes the time of day in UTC, which is the session's time zone.
fn date_time(text: &str) -> Result<String, &'static str> {
    let of_instant = |instant: Timestamp| TimeZone::UTC.to_datetime(instant);
    let parsed = text.parse::<Timestamp>().map(of_instant).or_else(|_| text.parse());
    let time: civil::DateTime = parsed.map_err(|_| "not a time such as 2026-01-31T09:00:00")?;
    Ok(time.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(shape: Shape, value: &Value, expect: Result<&str, &str>) {
        let found = text(value, shape).map(|text| text.unwrap_or_else(|| "NULL".to_owned()));
        assert_eq!(found.as_deref().map_err(|why| *why), expect, "{shape:?} of {value}");
    }

    #[test]
    fn integers_keep_to_their_range() {
        let tiny = Shape::Integer { min: -128, max: 127 };
        check(tiny, &json!("127"), Ok("127"));
        check(tiny, &json!(-128), Ok("-128"));
        check(tiny, &json!("128"), Err("out of range"));
        check(tiny, &json!(" 5 "), Ok("5"));
        check(tiny, &json!(true), Ok("1"));
        check(tiny, &json!(null), Ok("NULL"));
        for value in [json!("1.5"), json!(1.5), json!("x"), json!(""), json!("1; DROP")] {
            check(tiny, &value, Err("not an integer"));
        }
        check(tiny, &json!([1]), Err("a list or an object does not fit"));
    }

    #[test]
    fn numbers_are_numbers() {
        check(Shape::Decimal, &json!("-12345678901234567890.50"), Ok("-12345678901234567890.50"));
        check(Shape::Decimal, &json!(".5"), Ok(".5"));
        for value in [json!("."), json!("1e5"), json!(""), json!("1.2.3"), json!("--1")] {
            check(Shape::Decimal, &value, Err("not a decimal number"));
        }
        check(Shape::Float, &json!("1e5"), Ok("1e5"));
        check(Shape::Float, &json!("nan"), Err("not a number"));
    }

    #[test]
    fn times_become_utc() {
        check(Shape::Date, &json!("2026-01-31"), Ok("2026-01-31"));
        check(Shape::Date, &json!("31.01.2026"), Err("not a date such as 2026-01-31"));
        check(
            Shape::DateTime,
            &json!("2026-01-31T09:00:00+02:00"),
            Ok("2026-01-31 07:00:00.000000"),
        );
        check(Shape::DateTime, &json!("2026-01-31 09:00:00.5"), Ok("2026-01-31 09:00:00.500000"));
        let error = "not a time such as 2026-01-31T09:00:00";
        check(Shape::DateTime, &json!("yesterday"), Err(error));
    }

    #[test]
    fn lists_are_quoted() {
        check(Shape::List, &json!("[1,null,\"a\\\"b\\\\\"]"), Ok(r#"{"1",NULL,"a\"b\\"}"#));
        check(Shape::List, &json!([[1], [2]]), Ok(r#"{{"1"},{"2"}}"#));
        check(Shape::List, &json!("{1,2}"), Ok("{1,2}"));
        check(Shape::List, &json!(5), Err("not a list"));
        check(Shape::List, &json!([[[[[[[1]]]]]]]), Err("lists within lists go too deep"));
    }

    #[test]
    fn json_is_checked_and_text_is_not() {
        check(Shape::Json, &json!("{\"a\": 1}"), Ok("{\"a\": 1}"));
        check(Shape::Json, &json!({"a": [1]}), Ok("{\"a\":[1]}"));
        check(Shape::Json, &json!("{"), Err("not JSON"));
        check(Shape::Text, &json!("' OR 1=1; --"), Ok("' OR 1=1; --"));
        check(Shape::Text, &json!("a\0b"), Err("has a NUL character"));
    }
}
