//! Reading a query string: typed parameters, every bad one named, unknown ones let pass.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use crate::field_errors::FieldErrors;
use crate::fields::value;
use crate::wire_enum::WireEnum;

/// Parameters of one request; more are dropped unread.
pub const QUERY_PARAMETERS_MAX: usize = 100;

/// A query string, decoded. Names are matched without regard to case; an empty value is none.
#[derive(Debug, Default)]
pub struct Query {
    /// A value that could not be decoded is `None`: an error if it is asked for.
    pairs: Vec<(String, Option<String>)>,
    errors: FieldErrors,
}

impl Query {
    /// `raw` is what stands behind the `?`, still percent-encoded.
    pub fn decode(raw: &str) -> Query {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty()).take(QUERY_PARAMETERS_MAX);
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decoded(name).unwrap_or_default(), percent_decoded(value))
        });
        Query { pairs: pairs.collect(), errors: FieldErrors::default() }
    }

    /// Ends the reading: `value` unless a parameter was bad.
    pub fn finish<T>(self, value: T) -> Result<T, FieldErrors> {
        self.errors.into_result(value)
    }

    /// The one value of a parameter; given twice it is an error, since it is unclear which was meant.
    fn take(&mut self, name: &str) -> Option<(String, String)> {
        let mut given = self.pairs.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let (key, value) = given.next()?.clone();
        if given.next().is_some() {
            self.errors.add(&key, "given more than once");
            return None;
        }
        let Some(text) = value else {
            self.errors.add(&key, "must be percent-encoded UTF-8");
            return None;
        };
        if text.is_empty() { None } else { Some((key, text)) }
    }

    pub fn value<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (key, text) = self.take(name)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.errors.add(&key, message);
                None
            }
        }
    }

    pub fn text(&mut self, name: &str, chars_max: usize) -> Option<String> {
        self.value(name, |text| value::text(&text.into(), chars_max))
    }

    pub fn number<N: TryFrom<i64> + Into<i64> + Copy>(
        &mut self,
        name: &str,
        range: RangeInclusive<N>,
    ) -> Option<N> {
        self.value(name, |text| value::number(&text.into(), &range))
    }

    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.value(name, |text| match text {
            _ if text.eq_ignore_ascii_case("true") => Ok(true),
            _ if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err("must be true or false".to_owned()),
        })
    }

    /// An unencoded `+` of an offset arrives as a space and is read as the plus it was.
    pub fn instant(&mut self, name: &str) -> Option<Timestamp> {
        self.value(name, |text| match text.rsplit_once(' ') {
            Some((time, offset)) if offset.len() == 5 => {
                value::instant_text(&format!("{time}+{offset}"))
            }
            _ => value::instant_text(text),
        })
    }

    pub fn word<E: WireEnum>(&mut self, name: &str) -> Option<E> {
        self.value(name, |text| value::word(&text.into()))
    }
}

/// `application/x-www-form-urlencoded`: `+` is a space. `None` if it is no UTF-8, has U+0000 or a
/// broken escape.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex_digit(bytes.next()?)? << 4 | hex_digit(bytes.next()?)?,
            _ => byte,
        });
    }
    String::from_utf8(decoded).ok().filter(|text| !text.contains('\0'))
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::enums::JobType;

    #[test]
    fn parameters_are_decoded_and_found_in_any_case() {
        let mut query = Query::decode("Search=a%20b+c%2B%C3%A4&hardDelete=TRUE&jobtype=1&empty=");
        assert_eq!(query.text("search", 20).as_deref(), Some("a b c+ä"));
        assert_eq!(query.flag("hardDelete"), Some(true));
        assert_eq!(query.word("jobType"), Some(JobType::HttpCall));
        assert_eq!(query.text("empty", 20), None);
        assert_eq!(query.text("absent", 20), None);
        assert!(query.finish(()).is_ok());
    }

    #[test]
    fn bad_parameters_are_named_as_they_were_sent() {
        let mut query =
            Query::decode("PageNumber=abc&jobType=Shell&x=1&x=2&bad=%F&worse=%ff&%F=1&other=100%");
        query.number("pageNumber", 1..=10u32);
        query.word::<JobType>("jobType");
        query.text("x", 5);
        query.text("bad", 5);
        query.text("worse", 5);
        let errors = query.finish(()).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["PageNumber", "jobType", "x", "bad", "worse"]);
    }

    #[test]
    fn a_plus_that_became_a_space_is_still_an_offset() {
        let read = |raw: &str| Query::decode(raw).instant("fromDate").map(|at| at.to_string());
        let noon = Some("2026-01-01T12:00:00Z".to_owned());
        assert_eq!(read("fromDate=2026-01-01T12:00:00Z"), noon);
        assert_eq!(read("fromDate=2026-01-01T12:00:00+00:00"), noon);
        assert_eq!(read("fromDate=2026-01-01T13:00:00%2B01:00"), noon);
        assert_eq!(read("fromDate=2026-01-01"), None);
    }

    #[test]
    fn parameters_beyond_the_bound_are_dropped() {
        let raw = format!("{}last=1", "x=1&".repeat(QUERY_PARAMETERS_MAX));
        assert_eq!(Query::decode(&raw).text("last", 5), None);
        let raw = format!("{}last=1", "x=1&".repeat(QUERY_PARAMETERS_MAX - 1));
        assert_eq!(Query::decode(&raw).text("last", 5).as_deref(), Some("1"));
    }

    proptest! {
        #[test]
        fn text_survives_the_way_through_a_query_string(text in "[^\0]{1,20}") {
            let encoded = text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
            let decoded = Query::decode(&format!("q={encoded}")).text("q", 20);
            prop_assert_eq!(decoded, Some(text));
        }

        #[test]
        fn no_query_string_makes_the_reader_panic(raw: String) {
            let mut query = Query::decode(&raw);
            query.instant("a");
            query.word::<JobType>("b");
        }
    }
}
