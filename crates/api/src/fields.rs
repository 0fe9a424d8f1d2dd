//! Reading a JSON object field by field, strictly, and finding every fault in one pass.
//!
//! Names are matched without regard to case. A fault is filed under the key as the client spelled
//! it. Null reads as absent: on PUT both keep the present value.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde_json::Map;

use crate::field_errors::FieldErrors;
use crate::json::Json;
use crate::wire_enum::WireEnum;

pub(crate) mod value;

/// What a PUT says about a field that may also be taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Absent or null.
    #[default]
    Keep,
    /// The empty string: the documents leave null no room to say so.
    Clear,
    Set(T),
}

impl<T> Change<T> {
    pub fn apply(self, present: Option<T>) -> Option<T> {
        match self {
            Change::Keep => present,
            Change::Clear => None,
            Change::Set(value) => Some(value),
        }
    }
}

/// A JSON object being read; see the module.
pub struct Fields<'a> {
    /// `jobConfiguration.headers`, as the client spelled it; empty for the body itself.
    path: String,
    entries: Vec<Entry<'a>>,
    errors: FieldErrors,
}

struct Entry<'a> {
    key: &'a str,
    value: &'a Json,
    is_read: bool,
}

/// Reads a body with `read`; every key that `read` did not ask for is an error.
pub fn read_object<T>(
    body: &Json,
    read: impl FnOnce(&mut Fields<'_>) -> T,
) -> Result<T, FieldErrors> {
    let Json::Object(object) = body else {
        return Err(FieldErrors::one("$", "must be a JSON object"));
    };
    let mut fields = Fields::over(String::new(), object);
    let value = read(&mut fields);
    fields.finish().into_result(value)
}

/// Like [`read_object`], for what cannot be made without its needed fields: `read` gives `None` only
/// beside a refusal.
pub fn read_complete<T>(
    body: &Json,
    read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
) -> Result<T, FieldErrors> {
    read_object(body, read)?.ok_or_else(|| FieldErrors::one("$", "incomplete"))
}

impl<'a> Fields<'a> {
    fn over(path: String, object: &'a Map<String, Json>) -> Fields<'a> {
        let entries = object.iter().map(|(key, value)| Entry { key, value, is_read: false });
        Fields { path, entries: entries.collect(), errors: FieldErrors::default() }
    }

    fn finish(mut self) -> FieldErrors {
        let unread: Vec<_> = self.entries.iter().filter(|entry| !entry.is_read).collect();
        for entry in unread {
            self.errors.add(&join(&self.path, entry.key), "unknown field");
        }
        self.errors
    }

    /// The field's path as the client spelled it, or as we do when it is not there.
    pub fn path(&self, name: &str) -> String {
        let entry = self.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(name));
        join(&self.path, entry.map_or(name, |entry| entry.key))
    }

    pub fn refuse(&mut self, name: &str, message: impl Into<String>) {
        let path = self.path(name);
        self.errors.add(&path, message);
    }

    /// Whether the field is there and not null.
    pub fn has(&self, name: &str) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| entry.key.eq_ignore_ascii_case(name) && !entry.value.is_null())
    }

    /// An error unless the field is there and not null.
    pub fn require(&mut self, name: &str) {
        if !self.has(name) {
            self.refuse(name, "required");
        }
    }

    /// Lets fields pass that an answer has and a request need not: what GET gave can be sent back.
    pub fn ignore(&mut self, names: &[&str]) {
        for entry in &mut self.entries {
            if names.iter().any(|name| name.eq_ignore_ascii_case(entry.key)) {
                entry.is_read = true;
            }
        }
    }

    fn take(&mut self, name: &str) -> Option<&'a Json> {
        let mut entries = self.entries.iter_mut();
        let entry = entries.find(|entry| entry.key.eq_ignore_ascii_case(name))?;
        entry.is_read = true;
        Some(entry.value).filter(|value| !value.is_null())
    }

    /// Any one value that `read` understands.
    pub fn value<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Json) -> Result<T, String>,
    ) -> Option<T> {
        match read(self.take(name)?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.refuse(name, message);
                None
            }
        }
    }

    /// Like [`Fields::value`], and an error when the field is absent or null.
    pub fn needed<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Json) -> Result<T, String>,
    ) -> Option<T> {
        self.require(name);
        self.value(name, read)
    }

    /// Like [`Fields::value`], the empty string meaning "take it away".
    pub fn change<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Json) -> Result<T, String>,
    ) -> Change<T> {
        match self.take(name) {
            Some(Json::String(text)) if text.is_empty() => Change::Clear,
            _ => self.value(name, read).map_or(Change::Keep, Change::Set),
        }
    }

    pub fn text(&mut self, name: &str, chars_max: usize) -> Option<String> {
        self.value(name, |value| value::text(value, chars_max))
    }

    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.value(name, value::flag)
    }

    pub fn number<N: TryFrom<i64> + Into<i64> + Copy>(
        &mut self,
        name: &str,
        range: RangeInclusive<N>,
    ) -> Option<N> {
        self.value(name, |value| value::number(value, &range))
    }

    pub fn instant(&mut self, name: &str) -> Option<Timestamp> {
        self.value(name, value::instant)
    }

    pub fn word<E: WireEnum>(&mut self, name: &str) -> Option<E> {
        self.value(name, value::word)
    }

    /// A list of values that `read` understands; a bad one is named by its index: `tags[3]`.
    pub fn list<T>(
        &mut self,
        name: &str,
        n_max: usize,
        read: impl Fn(&Json) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let items = value::list(self.take(name)?, n_max);
        let items = items.map_err(|message| self.refuse(name, message)).ok()?;
        let path = self.path(name);
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match read(item) {
                Ok(value) => list.push(value),
                Err(message) => self.errors.add(&format!("{path}[{index}]"), message),
            }
        }
        (list.len() == items.len()).then_some(list)
    }

    /// A list of objects, each read and finished like the body itself: `steps[2].name`.
    pub fn objects<T>(
        &mut self,
        name: &str,
        n_max: usize,
        read: impl Fn(&mut Fields<'_>) -> T,
    ) -> Option<Vec<T>> {
        let items = value::list(self.take(name)?, n_max);
        let items = items.map_err(|message| self.refuse(name, message)).ok()?;
        let path = self.path(name);
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let Some(object) = item.as_object() else {
                self.errors.add(&path, "must be an object");
                continue;
            };
            let mut fields = Fields::over(path, object);
            list.push(read(&mut fields));
            self.errors.append(fields.finish());
        }
        (list.len() == items.len()).then_some(list)
    }

    /// A map whose entries `read` understands; a bad one is named by its key: `headers.Host`.
    pub fn map<T>(
        &mut self,
        name: &str,
        n_max: usize,
        read: impl Fn(&str, &Json) -> Result<T, String>,
    ) -> Option<BTreeMap<String, T>> {
        let object = self.object_value(name)?;
        if n_max < object.len() {
            self.refuse(name, format!("must have at most {n_max} entries"));
            return None;
        }
        let path = self.path(name);
        let mut map = BTreeMap::new();
        for (key, item) in object {
            match read(key, item) {
                Ok(value) => drop(map.insert(key.clone(), value)),
                Err(message) => self.errors.add(&join(&path, key), message),
            }
        }
        (map.len() == object.len()).then_some(map)
    }

    /// An object inside this one, read and finished like the body itself.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        let object = self.object_value(name)?;
        let mut fields = Fields::over(self.path(name), object);
        let value = read(&mut fields);
        self.errors.append(fields.finish());
        Some(value)
    }

    fn object_value(&mut self, name: &str) -> Option<&'a Map<String, Json>> {
        let value = self.take(name)?;
        if value.as_object().is_none() {
            self.refuse(name, "must be an object");
        }
        value.as_object()
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::enums::JobType;

    #[test]
    fn every_fault_is_found_and_filed_under_the_key_as_it_was_sent() {
        let body = json!({
            "Name": 7, "JobConfiguration": {"URL": false, "colour": 1}, "tags": ["ok", 3], "x": null
        });
        let errors = read_object(&body, |fields| {
            fields.text("name", 10);
            fields.require("jobType");
            fields.object("jobConfiguration", |fields| fields.text("url", 10));
            fields.list("tags", 5, |value| value::text(value, 10));
        })
        .unwrap_err();
        let found: Vec<_> = errors.iter().map(|(path, all)| (path, all[0].as_str())).collect();
        assert_eq!(
            found,
            [
                ("Name", "must be text"),
                ("jobType", "required"),
                ("JobConfiguration.URL", "must be text"),
                ("JobConfiguration.colour", "unknown field"),
                ("tags[1]", "must be text"),
                ("x", "unknown field"),
            ]
        );
    }

    #[test]
    fn null_reads_as_absent_and_is_not_what_a_required_field_needs() {
        let errors = read_object(&json!({"name": null}), |fields| {
            fields.require("name");
            assert_eq!(fields.text("name", 10), None);
        });
        assert_eq!(errors.unwrap_err().messages("name"), ["required"]);
    }

    #[test]
    fn the_empty_string_takes_a_field_away() {
        let read = |body: Json| {
            read_object(&body, |fields| fields.change("endAt", value::instant)).unwrap()
        };
        let instant = Timestamp::UNIX_EPOCH;
        assert_eq!(read(json!({})), Change::Keep);
        assert_eq!(read(json!({"endAt": null})), Change::Keep);
        assert_eq!(read(json!({"endAt": ""})), Change::Clear);
        assert_eq!(read(json!({"endAt": "1970-01-01T00:00:00Z"})), Change::Set(instant));
        assert_eq!(Change::Keep.apply(Some(1)), Some(1));
        assert_eq!(Change::Clear.apply(Some(1)), None);
        assert_eq!(Change::Set(2).apply(Some(1)), Some(2));
    }

    #[test]
    fn what_an_answer_had_may_be_sent_back() {
        let body = json!({"Id": "x", "createdAt": "y"});
        assert!(read_object(&body, |fields| fields.ignore(&["id", "createdAt"])).is_ok());
        assert!(read_object(&body, |fields| fields.ignore(&["id"])).is_err());
    }

    #[test]
    fn a_body_that_is_no_object_is_refused_as_a_whole() {
        for body in [json!([]), json!(null), json!("text")] {
            assert_eq!(
                read_object(&body, |_| ()).unwrap_err().messages("$"),
                ["must be a JSON object"]
            );
        }
    }

    #[test]
    fn lists_and_maps_end_at_their_bound() {
        let check = |n: usize, expect: bool| {
            let items: Vec<_> = (0..n).map(|index| index.to_string()).collect();
            let entries: Map<_, _> = items.iter().map(|key| (key.clone(), json!(key))).collect();
            let body = json!({"list": items, "map": entries});
            let read = read_object(&body, |fields| {
                let list = fields.list("list", 3, |value| value::text(value, 5));
                let map = fields.map("map", 3, |_, value| value::text(value, 5));
                (list.map(|list| list.len()), map.map(|map| map.len()))
            });
            assert_eq!(read.ok(), expect.then_some((Some(n), Some(n))), "{n}");
        };
        check(0, true);
        check(3, true);
        check(4, false);
    }

    #[test]
    fn objects_in_a_list_are_read_like_the_body() {
        let body = json!({"Steps": [{"name": "a"}, {"Name": 7, "colour": 1}, 3]});
        let errors = read_object(&body, |fields| {
            assert_eq!(fields.objects("steps", 3, |step| step.text("name", 5)), None);
        });
        let errors = errors.unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["Steps[1].Name", "Steps[1].colour", "Steps[2]"]);
        let read = read_object(&json!({"steps": [{}, {}]}), |fields| {
            let n = |n_max, fields: &mut Fields<'_>| {
                fields.objects("steps", n_max, |_| ()).map(|list| list.len())
            };
            (n(2, fields), n(1, fields))
        });
        assert_eq!(read.unwrap_err().messages("steps"), ["must have at most 1 items"]);
    }

    #[test]
    fn a_word_names_the_choices() {
        let errors = read_object(&json!({"jobType": "Shell"}), |fields| {
            fields.word::<JobType>("jobType");
        });
        assert_eq!(
            errors.unwrap_err().messages("jobType"),
            ["must be one of HttpCall, StoredProcedure, CodeExecution, FileOperation"]
        );
    }
}
