//! One row per setting, made from the same lines as the structs: what the environment, the
//! documentation and `horarium config print` go by.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use horarium_core::trigger::CronDialect;
use horarium_store::DatabaseUrl;
use ipnet::IpNet;

use super::{EgressPolicy, EnumFormat, LogFormat, ScheduleSuccess, Secret, Settings, Synchronous};

/// What is known about a setting besides its value.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// `jobs.default_retries`
    pub key: &'static str,
    pub kind: Kind,
    /// The least and the greatest value, of numbers.
    pub bounds: Option<(u64, u64)>,
    pub(super) doc: &'static str,
    pub(super) env_prefix: &'static str,
}

/// How a setting's text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Flag,
    /// Texts, with commas between them in a variable.
    List,
    /// Paths, with colons between them in a variable, as in `PATH`.
    Paths,
    /// Text that is never shown, and may also come from a file.
    Secret,
}

impl Setting {
    /// Every setting, in the order of the struct.
    pub fn all() -> Vec<&'static Self> {
        let mut rows = Vec::new();
        Settings::add_rows(&mut rows);
        rows
    }

    /// The variable: `HORARIUM_JOBS__DEFAULT_RETRIES`.
    pub fn env(&self) -> String {
        let name = self.key.rsplit('.').next().unwrap_or(self.key);
        format!("{}{}", self.env_prefix, name.to_uppercase())
    }

    /// What it is for, as one paragraph.
    pub fn doc(&self) -> String {
        self.doc.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Types a setting may have.
pub(super) trait SettingType {
    const KIND: Kind;

    fn number(&self) -> u64 {
        0
    }
}

macro_rules! kinds {
    ($($kind:ident: $($type:ty),+;)+) => {
        $($(impl SettingType for $type { const KIND: Kind = Kind::$kind; })+)+
    };
}

kinds! {
    Text: String, PathBuf, SocketAddr, CronDialect, EnumFormat, ScheduleSuccess, Synchronous, EgressPolicy, LogFormat;
    Flag: bool;
    List: Vec<IpNet>;
    Paths: Vec<PathBuf>;
    // Its password is hidden by its own Display, but it may come from a file.
    Secret: Secret, DatabaseUrl;
}

impl SettingType for u32 {
    const KIND: Kind = Kind::Number;

    fn number(&self) -> u64 {
        u64::from(*self)
    }
}

impl SettingType for usize {
    const KIND: Kind = Kind::Number;

    fn number(&self) -> u64 {
        u64::try_from(*self).unwrap_or(u64::MAX)
    }
}

impl<T: SettingType> SettingType for Option<T> {
    const KIND: Kind = T::KIND;
}

pub(super) const fn ends(bounds: &RangeInclusive<u64>) -> (u64, u64) {
    (*bounds.start(), *bounds.end())
}

/// A struct of settings with its defaults, its rows and its bounds.
///
/// `Jobs ("jobs.", "HORARIUM_JOBS__")` names the prefix of its keys and of its variables.
macro_rules! settings {
    (
        $(#[doc = $section_doc:literal])+
        $name:ident ($key:literal, $env:literal) {
            $(
                $(#[doc = $doc:literal])+
                $(#[serde($($serde:tt)+)])?
                $field:ident : $type:ty = $default:expr $(, in $bounds:expr)?;
            )+
        }
        $($section:ident : $section_type:ident;)*
    ) => {
        $(#[doc = $section_doc])+
        #[derive(Clone, Debug, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                $(#[serde($($serde)+)])?
                pub $field: $type,
            )+
            $(pub $section: $section_type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ $($section: $section_type::default(),)* }
            }
        }

        impl $name {
            const ROWS: &[$crate::settings::Setting] = &[$($crate::settings::Setting {
                key: concat!($key, stringify!($field)),
                kind: <$type as $crate::settings::table::SettingType>::KIND,
                bounds: $crate::settings::table::bounds!($($bounds)?),
                doc: concat!($($doc, "\n"),+),
                env_prefix: $env,
            }),+];

            pub(super) fn add_rows(rows: &mut Vec<&'static $crate::settings::Setting>) {
                rows.extend(Self::ROWS);
                $($section_type::add_rows(rows);)*
            }

            /// Every number with its row.
            pub(super) fn add_numbers(&self, numbers: &mut Vec<(&'static $crate::settings::Setting, u64)>) {
                use $crate::settings::table::SettingType as _;
                numbers.extend(Self::ROWS.iter().zip([$(self.$field.number()),+]));
                $(self.$section.add_numbers(numbers);)*
            }
        }
    };
}

macro_rules! bounds {
    () => {
        None
    };
    ($bounds:expr) => {
        Some($crate::settings::table::ends(&($bounds)))
    };
}

pub(super) use {bounds, settings};

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `section.key` that serde writes.
    fn serde_keys() -> Vec<String> {
        let tree = serde_json::to_value(Settings::default()).unwrap();
        let mut keys = Vec::new();
        for (name, value) in tree.as_object().unwrap() {
            match value.as_object() {
                Some(section) => keys.extend(section.keys().map(|key| format!("{name}.{key}"))),
                None => keys.push(name.clone()),
            }
        }
        keys
    }

    #[test]
    fn the_rows_are_what_serde_reads_and_writes() {
        let rows: Vec<&str> = Setting::all().iter().map(|row| row.key).collect();
        assert_eq!(rows, serde_keys());
    }

    #[test]
    fn every_setting_has_a_variable_of_its_own_and_a_sentence() {
        let mut names = std::collections::BTreeSet::new();
        for row in Setting::all() {
            assert!(names.insert(row.env()), "{}", row.key);
            assert!(
                row.doc().ends_with('.') && !row.doc().is_empty(),
                "{}: {}",
                row.key,
                row.doc()
            );
            assert_eq!(row.bounds.is_some(), row.kind == Kind::Number, "{}", row.key);
        }
        assert!(names.contains("HORARIUM_LISTEN"));
        assert!(names.contains("HORARIUM_JOBS__DEFAULT_RETRIES"));
        assert!(names.contains("HORARIUM_BOOTSTRAP_ADMIN_EMAIL"));
    }
}
