//! What is wrong with a request, field by field, in the order it was found.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Fields named in one answer; a body with ten thousand unknown keys must not be echoed back.
pub const FIELD_ERRORS_MAX: usize = 100;
/// Characters of a field's path; a key may be as long as a body.
pub const FIELD_PATH_CHARS_MAX: usize = 200;

/// Messages by field path. The path is spelled as the client sent it: `jobConfiguration.url`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors {
    by_path: Vec<(String, Vec<String>)>,
}

impl FieldErrors {
    pub fn one(path: &str, message: impl Into<String>) -> FieldErrors {
        let mut errors = FieldErrors::default();
        errors.add(path, message);
        errors
    }

    /// Adds a message to the field's list. The fields beyond [`FIELD_ERRORS_MAX`] are dropped.
    pub fn add(&mut self, path: &str, message: impl Into<String>) {
        let path: String = path.chars().take(FIELD_PATH_CHARS_MAX).collect();
        if let Some((_, messages)) = self.by_path.iter_mut().find(|(known, _)| *known == path) {
            messages.push(message.into());
        } else if self.by_path.len() < FIELD_ERRORS_MAX {
            self.by_path.push((path, vec![message.into()]));
        }
    }

    pub fn append(&mut self, other: FieldErrors) {
        for (path, messages) in other.by_path {
            for message in messages {
                self.add(&path, message);
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.by_path.iter().map(|(path, messages)| (path.as_str(), messages.as_slice()))
    }

    pub fn messages(&self, path: &str) -> &[String] {
        self.iter().find(|(known, _)| *known == path).map_or(&[], |(_, messages)| messages)
    }

    /// `value` if nothing was found wrong.
    pub fn into_result<T>(self, value: T) -> Result<T, FieldErrors> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.by_path.len()))?;
        for (path, messages) in &self.by_path {
            map.serialize_entry(path, messages)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_one_field_stand_together_in_order_of_discovery() {
        let mut errors = FieldErrors::one("b", "first");
        errors.add("a", "second");
        errors.add("b", "third");
        let json = serde_json::to_string(&errors).unwrap();
        assert_eq!(json, r#"{"b":["first","third"],"a":["second"]}"#);
    }

    #[test]
    fn at_most_a_hundred_fields_are_named() {
        let mut errors = FieldErrors::default();
        for index in 0..=FIELD_ERRORS_MAX {
            errors.add(&format!("field{index}"), "unknown field");
        }
        assert_eq!(errors.iter().count(), FIELD_ERRORS_MAX);
        errors.add("field0", "and more");
        assert_eq!(
            errors.messages("field0").len(),
            2,
            "a field already named still takes messages"
        );
    }

    #[test]
    fn a_path_is_cut_at_its_bound() {
        let errors = FieldErrors::one(&"x".repeat(FIELD_PATH_CHARS_MAX + 1), "unknown field");
        let (path, _) = errors.iter().next().unwrap();
        assert_eq!(path.len(), FIELD_PATH_CHARS_MAX);
    }
}
