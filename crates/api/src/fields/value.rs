//! Reading one JSON value as one type. An error is what the user reads beside the field's name.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use uuid::Uuid;

use crate::json::Json;
use crate::time::micros;
use crate::wire_enum::WireEnum;

/// Years that every store and every client's calendar can hold.
const YEARS: RangeInclusive<i16> = 1..=9999;

fn string(value: &Json) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "must be text".to_owned())
}

pub(crate) fn text(value: &Json, chars_max: usize) -> Result<String, String> {
    let text = string(value)?;
    if chars_max < text.chars().count() {
        return Err(format!("must be at most {chars_max} characters"));
    }
    Ok(text.to_owned())
}

/// Text of at least one character, white space at both ends cut off.
pub(crate) fn trimmed(value: &Json, chars_max: usize) -> Result<String, String> {
    let text = string(value)?.trim();
    if text.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if chars_max < text.chars().count() {
        return Err(format!("must be at most {chars_max} characters"));
    }
    Ok(text.to_owned())
}

pub(crate) fn flag(value: &Json) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}

/// A whole number, also as text, as .NET's web defaults take it.
pub(crate) fn number<N: TryFrom<i64> + Into<i64> + Copy>(
    value: &Json,
    range: &RangeInclusive<N>,
) -> Result<N, String> {
    let (least, most): (i64, i64) = ((*range.start()).into(), (*range.end()).into());
    let number = match value {
        Json::Number(number) if number.is_f64() => None,
        // Beyond i64 is beyond every range.
        Json::Number(number) => Some(number.as_i64().unwrap_or(i64::MAX)),
        Json::String(text) => whole_number(text),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    };
    let number = number.ok_or("must be a whole number")?;
    let within = (least..=most).contains(&number).then(|| N::try_from(number).ok()).flatten();
    within.ok_or_else(|| format!("must be between {least} and {most}"))
}

/// Digits with an optional minus, nothing around them.
pub(crate) fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Beyond i64 is beyond every range, too.
    Some(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX }))
}

pub(crate) fn instant(value: &Json) -> Result<Timestamp, String> {
    instant_text(string(value)?)
}

/// RFC 3339 with `Z` or an offset; .NET's seven fraction digits pass, and are cut to microseconds.
/// A time without an offset means different instants to different machines and is refused.
pub(crate) fn instant_text(text: &str) -> Result<Timestamp, String> {
    let instant = if is_rfc_3339(text) { text.parse::<Timestamp>().ok() } else { None };
    let instant = instant.map(micros).filter(|instant| {
        let zoned = instant.to_zoned(jiff::tz::TimeZone::UTC);
        YEARS.contains(&zoned.year())
    });
    instant.ok_or_else(|| {
        "must be an RFC 3339 date and time with Z or an offset, such as 2026-01-31T09:00:00Z"
            .to_owned()
    })
}

/// The shape only; jiff also reads other notations and bracketed zone names.
fn is_rfc_3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_date = 20 <= bytes.len() && is_digits(text, &[0, 1, 2, 3, 5, 6, 8, 9]);
    let has_time = has_date && is_digits(text, &[11, 12, 14, 15, 17, 18]);
    let has_marks = has_time
        && [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')]
            .iter()
            .all(|(at, mark)| bytes[*at] == *mark)
        && matches!(bytes[10], b'T' | b't' | b' ');
    has_marks && is_rest_of_instant(&bytes[19..])
}

fn is_digits(text: &str, places: &[usize]) -> bool {
    places.iter().all(|place| text.as_bytes().get(*place).is_some_and(u8::is_ascii_digit))
}

/// `[.1 to 9 digits]` and `Z` or `±hh:mm`.
fn is_rest_of_instant(rest: &[u8]) -> bool {
    let offset = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let n_digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&n_digits) {
                return false;
            }
            &fraction[n_digits..]
        }
        None => rest,
    };
    match offset {
        b"Z" | b"z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

pub(crate) fn date(value: &Json) -> Result<Date, String> {
    let text = string(value)?;
    let is_shaped = text.len() == 10 && is_digits(text, &[0, 1, 2, 3, 5, 6, 8, 9]);
    let date = if is_shaped { text.parse::<Date>().ok() } else { None };
    let date = date.filter(|date| YEARS.contains(&date.year()));
    date.ok_or_else(|| "must be a date, such as 2026-12-25".to_owned())
}

/// `HH:mm` or `HH:mm:ss`; `24:00` is midnight.
pub(crate) fn clock(value: &Json) -> Result<Time, String> {
    let text = string(value)?;
    if matches!(text, "24:00" | "24:00:00") {
        return Ok(Time::midnight());
    }
    let is_shaped = match text.len() {
        5 => is_digits(text, &[0, 1, 3, 4]),
        8 => is_digits(text, &[0, 1, 3, 4, 6, 7]),
        _ => false,
    };
    let time = if is_shaped { text.parse::<Time>().ok() } else { None };
    // jiff reads second 60 as 59; a window has no use for it.
    let time = time.filter(|_| !text.ends_with(":60"));
    time.ok_or_else(|| "must be a time of day, such as 22:00".to_owned())
}

/// The usual form, 8-4-4-4-12 hexadecimal digits.
pub(crate) fn id(value: &Json) -> Result<Uuid, String> {
    parse_id(string(value)?).ok_or_else(|| "must be a UUID".to_owned())
}

pub(crate) fn parse_id(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

/// A documented name in any case, the original's number, or that number as text.
pub(crate) fn word<E: WireEnum>(value: &Json) -> Result<E, String> {
    let word = match value {
        Json::String(text) => E::by_word(text),
        Json::Number(number) => number.as_i64().and_then(E::by_number),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    };
    word.ok_or_else(|| format!("must be one of {}", E::choices()))
}

pub(crate) fn list(value: &Json, n_max: usize) -> Result<&[Json], String> {
    let items = value.as_array().ok_or("must be a list")?;
    if n_max < items.len() {
        return Err(format!("must have at most {n_max} items"));
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_whole_within_range_and_may_be_text() {
        let check = |value: Json, expect: Result<u32, &str>| {
            assert_eq!(number(&value, &(1..=300u32)), expect.map_err(str::to_owned), "{value}");
        };
        check(json!(1), Ok(1));
        check(json!(300), Ok(300));
        check(json!("30"), Ok(30));
        check(json!(0), Err("must be between 1 and 300"));
        check(json!(301), Err("must be between 1 and 300"));
        check(json!(-1), Err("must be between 1 and 300"));
        check(json!(u64::MAX), Err("must be between 1 and 300"));
        check(json!("99999999999999999999"), Err("must be between 1 and 300"));
        check(json!("-99999999999999999999"), Err("must be between 1 and 300"));
        check(json!(1.5), Err("must be a whole number"));
        check(json!(30.0), Err("must be a whole number"));
        check(json!(""), Err("must be a whole number"));
        check(json!("+3"), Err("must be a whole number"));
        check(json!(" 3"), Err("must be a whole number"));
        check(json!(true), Err("must be a whole number"));
    }

    #[test]
    fn instants_need_an_offset() {
        let check = |text: &str, expect: Option<i64>| {
            let got = instant(&json!(text)).ok().map(Timestamp::as_microsecond);
            assert_eq!(got, expect, "{text}");
        };
        check("1970-01-01T00:00:01Z", Some(1_000_000));
        check("1970-01-01t00:00:01z", Some(1_000_000));
        check("1970-01-01T01:00:01+01:00", Some(1_000_000));
        check("1970-01-01T00:00:00.1234567+00:00", Some(123_456));
        check("1970-01-01T00:00:00", None);
        check("1970-01-01", None);
        check("1970-01-01T00:00:00.Z", None);
        check("1970-01-01T00:00:00.1234567890Z", None);
        check("1970-01-01T00:00:01+0100", None);
        check("1970-01-01T00:00:00Z[Europe/Berlin]", None);
        check("1970-02-30T00:00:00Z", None);
        check("0000-01-01T00:00:00Z", None);
        check("0001-01-01T00:00:00+01:00", None);
        check("1970-01-01T24:00:00Z", None);
        check("yesterday", None);
        check("1970-01-01T00:00:0éZ", None);
    }

    #[test]
    fn dates_and_clock_times_have_one_form_each() {
        assert_eq!(date(&json!("2026-12-25")).unwrap().to_string(), "2026-12-25");
        for bad in ["2026-02-29", "20261225", "2026-12-25T00:00:00Z", "25.12.2026", "0000-01-01"] {
            assert!(date(&json!(bad)).is_err(), "{bad}");
        }
        assert_eq!(clock(&json!("22:30")), Ok(Time::constant(22, 30, 0, 0)));
        assert_eq!(clock(&json!("06:00:30")), Ok(Time::constant(6, 0, 30, 0)));
        assert_eq!(clock(&json!("24:00")), Ok(Time::midnight()));
        for bad in ["24:01", "6:00", "22", "22:60", "22:00:60", "T22:00", "22:00Z"] {
            assert!(clock(&json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_have_their_dashes() {
        let text = "0198c0de-7a3b-7c4d-8e5f-001122334455";
        assert_eq!(id(&json!(text)).unwrap().to_string(), text);
        assert_eq!(id(&json!(text.to_uppercase())).unwrap().to_string(), text);
        for bad in
            ["0198c0de7a3b7c4d8e5f001122334455", "{0198c0de-7a3b-7c4d-8e5f-001122334455}", ""]
        {
            assert!(id(&json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn text_is_counted_in_characters() {
        assert!(text(&json!("äöü"), 3).is_ok());
        assert_eq!(text(&json!("äöüß"), 3), Err("must be at most 3 characters".to_owned()));
        assert_eq!(trimmed(&json!("  ab  "), 2).as_deref(), Ok("ab"));
        assert_eq!(trimmed(&json!(" \t "), 2), Err("must not be empty".to_owned()));
    }
}
