//! What a job's configuration asks for, read once and wholly before anything is touched.

use horarium_api::{WireEnum, enums};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    folder::Facts,
    pattern::{Pattern, is_wildcard},
    report::Verb,
};
use crate::assignment::Assignment;

/// A file operation to do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileOperationConfiguration {
    /// Delete, `DeleteOldFiles`, Move, Copy, Archive or Compress, in any case.
    pub operation: String,
    /// `directory/pattern`; no pattern means every file.
    pub source_path: String,
    /// The folder that Move, Copy and Archive fill.
    pub destination_path: Option<String>,
    /// The archive that Compress writes, or with `/` at its end the folder for one archive a file.
    pub archive_path: Option<String>,
    /// zip unless stored otherwise; gzip, zstd, tar+zstd.
    pub compression: Option<String>,
    pub older_than_hours: Option<u32>,
    pub delete_after_days: Option<u32>,
    pub delete_empty_directories: Option<bool>,
    pub recursive: Option<bool>,
    pub dry_run: Option<bool>,
}

/// An operation that is fully understood.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) action: Action,
    /// The source folder.
    pub(super) source: String,
    pub(super) pattern: Pattern,
    pub(super) recursive: bool,
    /// Only files last changed then or before.
    changed_until: Option<Timestamp>,
    pub(super) removes_empty_folders: bool,
    pub(super) dry_run: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    Delete,
    Transfer { keeps: Keeps, to: String },
    Compress { archive: Option<String>, format: Format },
}

/// What becomes of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    /// Copy.
    Source,
    /// Move, Archive.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Gzip,
    Zstd,
    TarZstd,
}

impl Plan {
    pub(super) fn read(assignment: &Assignment) -> Result<Self, String> {
        let unusable = |error| format!("reading jobConfiguration: {error}");
        let given = FileOperationConfiguration::deserialize(&assignment.configuration);
        let given = given.map_err(unusable)?;
        let action = Action::read(&given)?;
        // The last `/` ends the folder's part; without one it is not absolute, which is said later.
        let (source, pattern) = given.source_path.rsplit_once('/').unwrap_or(("", ""));
        if source.contains(is_wildcard) {
            return Err("sourcePath: `*` and `?` are for names in its last part".to_owned());
        }
        let source = if given.source_path.contains('/') {
            format!("{source}/")
        } else {
            given.source_path.clone()
        };
        let removes = !matches!(
            action,
            Action::Compress { .. } | Action::Transfer { keeps: Keeps::Source, .. }
        );
        Ok(Self {
            action,
            source,
            pattern: Pattern::new(pattern),
            recursive: given.recursive.unwrap_or(false),
            changed_until: changed_until(&given, assignment.now),
            removes_empty_folders: removes && given.delete_empty_directories.unwrap_or(false),
            dry_run: given.dry_run.unwrap_or(false),
        })
    }

    pub(super) fn is_old_enough(&self, facts: &Facts) -> bool {
        let Some(until) = self.changed_until else { return true };
        let changed = (facts.modified_seconds, i64::from(facts.modified_nanoseconds));
        changed <= (until.as_second(), i64::from(until.subsec_nanosecond()))
    }
}

impl Action {
    /// The original took a word it did not know, and none, for a deletion. Here it is an error.
    fn read(given: &FileOperationConfiguration) -> Result<Self, String> {
        let word = given.operation.trim();
        let Some(operation) = enums::FileOperation::by_word(word) else {
            let choices = enums::FileOperation::choices();
            return Err(format!("operation {word:?} is not known: must be one of {choices}"));
        };
        let filled = |path: &Option<String>| path.clone().filter(|path| !path.trim().is_empty());
        let transfer = |keeps| {
            let to = filled(&given.destination_path);
            let to = to.ok_or_else(|| format!("{operation} needs destinationPath"))?;
            Ok(Self::Transfer { keeps, to })
        };
        match operation {
            enums::FileOperation::Delete | enums::FileOperation::DeleteOldFiles => Ok(Self::Delete),
            enums::FileOperation::Move | enums::FileOperation::Archive => transfer(Keeps::Nothing),
            enums::FileOperation::Copy => transfer(Keeps::Source),
            enums::FileOperation::Compress => {
                let format = Format::read(given.compression.as_deref())?;
                Ok(Self::Compress { archive: filled(&given.archive_path), format })
            }
        }
    }

    pub(super) fn verb(&self) -> Verb {
        match self {
            Self::Delete => Verb { past: "Deleted", base: "delete" },
            Self::Transfer { keeps: Keeps::Nothing, .. } => Verb { past: "Moved", base: "move" },
            Self::Transfer { keeps: Keeps::Source, .. } => Verb { past: "Copied", base: "copy" },
            Self::Compress { .. } => Verb { past: "Compressed", base: "compress" },
        }
    }
}

impl Format {
    fn read(word: Option<&str>) -> Result<Self, String> {
        let word = word.map(str::trim).filter(|word| !word.is_empty());
        let Some(word) = word else { return Ok(Self::Zip) };
        match enums::FileCompression::by_word(word) {
            Some(enums::FileCompression::Zip) => Ok(Self::Zip),
            Some(enums::FileCompression::Gzip) => Ok(Self::Gzip),
            Some(enums::FileCompression::Zstd) => Ok(Self::Zstd),
            Some(enums::FileCompression::TarZstd) => Ok(Self::TarZstd),
            None => {
                let choices = enums::FileCompression::choices();
                Err(format!("compression {word:?} is not known: must be one of {choices}"))
            }
        }
    }
}

fn changed_until(given: &FileOperationConfiguration, now: Timestamp) -> Option<Timestamp> {
    let days = given.delete_after_days.map(|days| i64::from(days) * 24);
    let hours = days.max(given.older_than_hours.map(i64::from))?;
    // Older than time itself: no file is.
    Some(now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn action(configuration: Value) -> Result<Action, String> {
        Action::read(&FileOperationConfiguration::deserialize(configuration).unwrap())
    }

    #[test]
    fn a_word_that_is_not_known_is_never_a_deletion() {
        for word in
            ["", " ", "compres", "Destroy", "Delete!", "delete all", "4", "null", "Delete\0"]
        {
            let error = action(json!({"operation": word, "sourcePath": "/a/*"})).unwrap_err();
            assert!(error.contains("is not known: must be one of Delete"), "{error}");
        }
        let error = action(json!({
            "operation": "compress", "sourcePath": "/a/*", "compression": "rar"
        }));
        assert!(error.unwrap_err().starts_with("compression \"rar\" is not known"));
    }

    #[test]
    fn words_come_in_any_case() {
        let check = |word: &str, expect: Action| {
            let given = json!({"operation": word, "sourcePath": "/a/*", "destinationPath": "/b"});
            assert_eq!(action(given), Ok(expect), "{word}");
        };
        let transfer = |keeps| Action::Transfer { keeps, to: "/b".to_owned() };
        check("delete", Action::Delete);
        check(" DELETEOLDFILES ", Action::Delete);
        check("move", transfer(Keeps::Nothing));
        check("ARCHIVE", transfer(Keeps::Nothing));
        check("cOPY", transfer(Keeps::Source));
        check("compress", Action::Compress { archive: None, format: Format::Zip });
        for (word, format) in [
            ("zip", Format::Zip),
            ("GZIP", Format::Gzip),
            ("Zstd", Format::Zstd),
            ("Tar+Zstd", Format::TarZstd),
        ] {
            let given = json!({"operation": "Compress", "sourcePath": "/a", "compression": word});
            assert_eq!(action(given), Ok(Action::Compress { archive: None, format }));
        }
        let lacking = json!({"operation": "Move", "sourcePath": "/a/*", "destinationPath": " "});
        assert_eq!(action(lacking), Err("Move needs destinationPath".to_owned()));
    }

    #[test]
    fn the_greater_age_counts() {
        let check = |hours: Value, days: Value, expect: Option<&str>| {
            let given = json!({
                "operation": "Delete", "sourcePath": "/a/", "olderThanHours": hours,
                "deleteAfterDays": days
            });
            let given = FileOperationConfiguration::deserialize(given).unwrap();
            let now = "2026-02-01T00:00:00Z".parse().unwrap();
            assert_eq!(changed_until(&given, now), expect.map(|text| text.parse().unwrap()));
        };
        check(json!(null), json!(null), None);
        check(json!(1), json!(null), Some("2026-01-31T23:00:00Z"));
        check(json!(null), json!(1), Some("2026-01-31T00:00:00Z"));
        check(json!(25), json!(1), Some("2026-01-30T23:00:00Z"));
        check(json!(23), json!(1), Some("2026-01-31T00:00:00Z"));
        check(json!(0), json!(null), Some("2026-02-01T00:00:00Z"));
        check(json!(u32::MAX), json!(null), Some("-009999-01-02T01:59:59Z"));
    }
}
