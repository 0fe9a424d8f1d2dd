//! Enums as the wire spells them: a name out, a name in any case or the original's number in.

/// An enum with documented names and, where the original system had them, numbers.
pub trait WireEnum: Copy + Eq + std::fmt::Debug + 'static {
    /// In the order of the documents.
    const ALL: &'static [Self];

    /// The documented spelling.
    fn name(self) -> &'static str;

    /// The original's number; `None` for words that are ours.
    fn number(self) -> Option<i64>;

    /// Other spellings that mean a documented one.
    const WORD_ALIASES: &'static [(&'static str, Self)];
    const NUMBER_ALIASES: &'static [(i64, Self)];

    fn by_number(number: i64) -> Option<Self> {
        let own = Self::ALL.iter().copied().find(|value| value.number() == Some(number));
        own.or_else(|| {
            let alias = Self::NUMBER_ALIASES.iter().find(|(alias, _)| *alias == number);
            alias.map(|(_, value)| *value)
        })
    }

    /// A name in any case, an alias, or the number as text.
    fn by_word(word: &str) -> Option<Self> {
        let named = Self::ALL.iter().copied().find(|value| value.name().eq_ignore_ascii_case(word));
        named
            .or_else(|| {
                let mut aliases = Self::WORD_ALIASES.iter();
                aliases.find(|(alias, _)| alias.eq_ignore_ascii_case(word)).map(|(_, value)| *value)
            })
            .or_else(|| word.parse().ok().and_then(Self::by_number))
    }

    /// `HttpCall, StoredProcedure, CodeExecution, FileOperation`, for messages.
    fn choices() -> String {
        Self::ALL.iter().map(|value| value.name()).collect::<Vec<_>>().join(", ")
    }
}

/// Defines an enum, its names, numbers and aliases; it serialises as its name.
macro_rules! wire_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal $(/ $number:literal)? ),+ $(,)?
        }
        $( aliases { $($alias:literal => $alias_of:ident),+ $(,)? } )?
        $( numbers { $($other:literal => $other_of:ident),+ $(,)? } )?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $( $(#[$variant_meta])* $variant ),+
        }

        impl $crate::wire_enum::WireEnum for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const WORD_ALIASES: &'static [(&'static str, Self)] =
                &[$($(($alias, Self::$alias_of)),+)?];
            const NUMBER_ALIASES: &'static [(i64, Self)] = &[$($(($other, Self::$other_of)),+)?];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            fn number(self) -> Option<i64> {
                match self { $(Self::$variant => wire_enum!(@number $($number)?)),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::wire_enum::WireEnum::name(*self))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str($crate::wire_enum::WireEnum::name(*self))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($word),+] })
            }
        }
    };
    (@number) => { None };
    (@number $number:literal) => { Some($number) };
}

pub(crate) use wire_enum;
