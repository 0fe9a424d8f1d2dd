//! JSON as the API takes it: stricter than RFC 8259 where a lenient reader loses data.
//!
//! Refused beyond syntax: a key given twice, names being compared without regard to case; nesting
//! beyond [`JSON_DEPTH_MAX`]; numbers that no double can hold; U+0000, which PostgreSQL cannot store.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number};

/// A parsed body.
pub type Json = serde_json::Value;

/// Objects and arrays inside each other, the outermost included.
pub const JSON_DEPTH_MAX: usize = 64;

/// Where and why a text is not JSON that we take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Without the position: `duplicate key`.
    pub message: String,
    /// From 1; 0 when the text ended before its first line did.
    pub line: usize,
    pub column: usize,
    /// `jobConfiguration.headers.X-Trace`, `tags[3]`; empty for the body itself.
    pub path: String,
}

impl JsonError {
    pub(crate) fn path_or_root(&self) -> &str {
        if self.path.is_empty() { "$" } else { &self.path }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let JsonError { message, line, column, path } = self;
        let at = if path.is_empty() { String::new() } else { format!(" at {path}") };
        write!(f, "{message}{at}, line {line} column {column}")
    }
}

impl std::error::Error for JsonError {}

/// One JSON value and nothing after it.
pub fn parse(bytes: &[u8]) -> Result<Json, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let mut trail = Trail::default();
    Strict { trail: &mut trail }
        .deserialize(&mut deserializer)
        .and_then(|json| deserializer.end().map(|()| json))
        .map_err(|error| locate(&error, &trail))
}

/// `None` for a body of nothing but white space: endpoints whose body is optional.
pub fn parse_optional(bytes: &[u8]) -> Result<Option<Json>, JsonError> {
    if bytes.iter().all(u8::is_ascii_whitespace) { Ok(None) } else { parse(bytes).map(Some) }
}

/// The JSON tree of one of our own types.
pub(crate) fn to_tree<T: Serialize>(value: &T) -> Json {
    serde_json::to_value(value).expect("our types hold text, numbers and string keys")
}

/// The JSON text of one of our own types.
pub(crate) fn to_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("our types hold text, numbers and string keys")
}

fn locate(error: &serde_json::Error, trail: &Trail) -> JsonError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let position = format!(" at line {line} column {column}");
    let message = text.strip_suffix(&position).unwrap_or(&text).to_owned();
    JsonError { message, line, column, path: trail.to_string() }
}

/// The way from the body to the value being read. A step is taken back only when its value was good,
/// so that after an error the trail ends where the error is.
#[derive(Default)]
struct Trail(Vec<Step>);

enum Step {
    Key(String),
    Index(usize),
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if depth == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

struct Strict<'t> {
    trail: &'t mut Trail,
}

impl Strict<'_> {
    fn check_depth<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.trail.0.len() < JSON_DEPTH_MAX {
            return Ok(());
        }
        Err(E::custom(format!("nested deeper than {JSON_DEPTH_MAX} levels")))
    }
}

fn check_text<E: serde::de::Error>(text: &str) -> Result<(), E> {
    if text.contains('\0') {
        return Err(E::custom("text must not contain the character U+0000"));
    }
    Ok(())
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json, E> {
        Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Json, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Json, E> {
        check_text(&value)?;
        Ok(Json::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        self.check_depth()?;
        let mut items = Vec::new();
        loop {
            self.trail.0.push(Step::Index(items.len()));
            let Some(item) = seq.next_element_seed(Strict { trail: self.trail })? else { break };
            self.trail.0.pop();
            items.push(item);
        }
        self.trail.0.pop();
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        self.check_depth()?;
        let mut map = Map::new();
        let mut seen = HashSet::new();
        while let Some(key) = access.next_key::<String>()? {
            check_text(&key)?;
            let is_new = seen.insert(key.to_ascii_lowercase());
            self.trail.0.push(Step::Key(key.clone()));
            if !is_new {
                return Err(A::Error::custom("duplicate key"));
            }
            let value = access.next_value_seed(Strict { trail: self.trail })?;
            self.trail.0.pop();
            map.insert(key, value);
        }
        Ok(Json::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_refused_and_where() {
        let check = |text: &[u8], expect: &str| {
            let error = parse(text).expect_err("refused");
            assert_eq!(error.to_string(), expect, "{}", String::from_utf8_lossy(text));
        };
        check(br#"{"a":1,"a":2}"#, "duplicate key at a, line 1 column 10");
        check(br#"{"name":1,"Name":2}"#, "duplicate key at Name, line 1 column 16");
        check(br#"{"l":[1,{"x":1,"X":1}]}"#, "duplicate key at l[1].X, line 1 column 18");
        check(
            b"{\"a\":\"x\\u0000\"}",
            "text must not contain the character U+0000 at a, line 1 column 14",
        );
        check(b"1e400", "number out of range, line 1 column 5");
        check(br#"{"a":NaN}"#, "expected value at a, line 1 column 6");
        check(b"{} {}", "trailing characters, line 1 column 4");
        check(b"{\n\"a\": 01}", "invalid number at a, line 2 column 7");
        check(b"[1,]", "trailing comma at [1], line 1 column 4");
        check(b"\"\xff\"", "invalid unicode code point, line 1 column 2");
        check(br#""\ud800""#, "unexpected end of hex escape, line 1 column 8");
        check(b"", "EOF while parsing a value, line 1 column 0");
        check(b"\xef\xbb\xbf{}", "expected value, line 1 column 1");
    }

    #[test]
    fn nesting_ends_at_its_bound() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(JSON_DEPTH_MAX).as_bytes()).is_ok());
        let error = parse(nested(JSON_DEPTH_MAX + 1).as_bytes()).unwrap_err();
        assert_eq!(error.message, "nested deeper than 64 levels");
        assert!(parse(nested(1_000_000).as_bytes()).is_err(), "and the stack is safe");
    }

    #[test]
    fn keys_keep_their_order_and_spelling() {
        let json = parse(br#"{"Zulu":1,"alpha":{"B":null,"a":[true,-1.5,18446744073709551615]}}"#);
        assert_eq!(
            json.unwrap().to_string(),
            r#"{"Zulu":1,"alpha":{"B":null,"a":[true,-1.5,18446744073709551615]}}"#
        );
    }

    #[test]
    fn an_empty_body_is_no_body() {
        assert_eq!(parse_optional(b""), Ok(None));
        assert_eq!(parse_optional(b" \r\n"), Ok(None));
        assert_eq!(parse_optional(b"{}"), Ok(Some(serde_json::json!({}))));
        assert!(parse_optional(b"x").is_err());
    }

    /// Documents whose keys differ by position, so that none is a duplicate.
    fn documents() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::Bool),
            any::<i64>().prop_map(|n| Json::Number(n.into())),
            any::<f64>().prop_filter_map("finite", |n| Number::from_f64(n).map(Json::Number)),
            "[^\0]{0,12}".prop_map(Json::String),
        ];
        leaf.prop_recursive(6, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array),
                prop::collection::vec(("[^\0]{0,6}", inner), 0..6).prop_map(|entries| {
                    let numbered = entries.into_iter().enumerate();
                    Json::Object(
                        numbered.map(|(i, (key, value))| (format!("{key}{i}"), value)).collect(),
                    )
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json_where_that_is_enough(document in documents()) {
            let text = document.to_string();
            let lenient: Json = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(parse(text.as_bytes()).unwrap(), lenient);
        }

        #[test]
        fn never_panics_and_never_accepts_what_serde_json_refuses(bytes: Vec<u8>) {
            if parse(&bytes).is_ok() {
                prop_assert!(serde_json::from_slice::<Json>(&bytes).is_ok());
            }
        }

        #[test]
        fn never_panics_on_almost_json(text in r#"[\[\]{}:,"\\a0e.\-u ]{0,40}"#) {
            if parse(text.as_bytes()).is_ok() {
                prop_assert!(serde_json::from_str::<Json>(&text).is_ok());
            }
        }
    }
}
