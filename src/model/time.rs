//! Time: nanoseconds UTC inside, RFC 3339 at the door.
//!
//! Logs write time in a dozen ways; one lenient parser reads them all, with a fast path for
//! the one form that nearly every record of a large input has.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};

/// A point in time, in nanoseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// Nanoseconds of one second.
pub const SECOND: i64 = 1_000_000_000;
/// Nanoseconds of one minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Nanoseconds of one hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Nanoseconds of one day.
pub const DAY: i64 = 24 * HOUR;

impl Time {
    /// Reads the form nearly every log has, `2024-01-01T00:00:00Z`, with or without a fraction or
    /// the letter for the zone.
    pub fn usual(text: &[u8]) -> Option<Time> {
        fast(text)
    }

    /// Reads any of the forms logs use; a form without a zone is UTC.
    pub fn parse(text: &str) -> Option<Time> {
        let text = text.trim();
        if let Some(time) = fast(text.as_bytes()) {
            return Some(time);
        }
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return time.timestamp_nanos_opt().map(Time);
        }
        if text
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b'e' || b == b'E' || b == b'+')
        {
            return Time::from_number(text);
        }
        slow(text)
    }

    /// Reads an epoch number: seconds, milliseconds, microseconds or nanoseconds by its size.
    pub fn from_number(text: &str) -> Option<Time> {
        let value: f64 = text.parse().ok()?;
        // Before 1973 nobody logged in epoch seconds: a smaller number is a count of something.
        if !value.is_finite() || value < 1e8 {
            return None;
        }
        let scale = match value {
            v if v < 1e11 => 1e9,
            v if v < 1e14 => 1e6,
            v if v < 1e17 => 1e3,
            _ => 1.0,
        };
        // Whole numbers keep every digit; a float has only 53 bits.
        if let Ok(whole) = text.parse::<i64>() {
            return whole.checked_mul(scale as i64).map(Time);
        }
        // Digits behind the point are exact as digits alone.
        if let Some((whole, part)) = text.split_once('.')
            && let Ok(whole) = whole.parse::<i64>()
            && part.bytes().all(|byte| byte.is_ascii_digit())
        {
            let digits = part.bytes().chain(std::iter::repeat(b'0'));
            let nine = digits
                .take(9)
                .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
            let part = nine / (1_000_000_000 / scale as i64);
            return whole.checked_mul(scale as i64)?.checked_add(part).map(Time);
        }
        let nanos = value * scale;
        (nanos < i64::MAX as f64).then_some(Time(nanos as i64))
    }

    /// The same point as a calendar value.
    pub fn datetime(self) -> DateTime<Utc> {
        Utc.timestamp_nanos(self.0)
    }

    /// Adds nanoseconds without wrapping.
    pub fn plus(self, nanos: i64) -> Time {
        Time(self.0.saturating_add(nanos))
    }

    /// Subtracts nanoseconds without wrapping.
    pub fn minus(self, nanos: i64) -> Time {
        Time(self.0.saturating_sub(nanos))
    }

    /// The hour it lies in, counted from 1970.
    pub fn hour(self) -> i64 {
        self.0.div_euclid(HOUR)
    }
}

impl fmt::Display for Time {
    /// RFC 3339 UTC; the fraction only as long as it needs to be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.datetime();
        let nanos = self.0.rem_euclid(SECOND);
        let format = if nanos == 0 {
            "%Y-%m-%dT%H:%M:%SZ"
        } else if nanos % 1_000_000 == 0 {
            "%Y-%m-%dT%H:%M:%S%.3fZ"
        } else if nanos % 1_000 == 0 {
            "%Y-%m-%dT%H:%M:%S%.6fZ"
        } else {
            "%Y-%m-%dT%H:%M:%S%.9fZ"
        };
        f.pad(&time.format(format).to_string())
    }
}

/// `YYYY-MM-DDTHH:MM:SS[.f…][Z]`, and nothing else.
fn fast(b: &[u8]) -> Option<Time> {
    let (date, tail) = b.split_first_chunk::<19>()?;
    let [century, _, years, _, _, month, ..] = pairs(date, 0, b"0000-00-")?;
    let [day, ..] = pairs(date, 8, b"00T00:00")?;
    let [hour, _, _, minute, _, _, second, _] = pairs(date, 11, b"00:00:00")?;
    let year = century * 100 + years;
    let leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in_month = match month {
        2 => 28 + i64::from(leaps),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1
        || day > days_in_month
        || hour > 23
        || minute > 59
        || second > 59
        || !(1678..=2261).contains(&year)
    {
        return None;
    }
    let nanos = match tail.strip_suffix(b"Z").unwrap_or(tail) {
        [] => 0,
        [b'.', digits @ ..] => fraction(digits)?,
        _ => return None,
    };
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    seconds.checked_mul(SECOND)?.checked_add(nanos).map(Time)
}

/// The numbers that each byte and the next one make, of eight bytes that stand in a form: a digit
/// for each zero of it, and what else it has as it is. All eight are looked at in one step.
#[inline(always)]
fn pairs(text: &[u8; 19], at: usize, form: &[u8; 8]) -> Option<[i64; 8]> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let most = form.map(|byte| 0x7f - if byte == b'0' { 9 } else { 0 });
    let word = u64::from_le_bytes(*text[at..].first_chunk()?) ^ u64::from_le_bytes(*form);
    let odd = (word.wrapping_add(u64::from_le_bytes(most)) | word) & HIGH;
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    (odd == 0).then(|| pairs.to_le_bytes().map(i64::from))
}

/// Nanoseconds of one to nine digits behind the point.
fn fraction(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
    Some(digits.fold(0, |nanos, digit| nanos * 10 + i64::from(digit - b'0')))
}

/// Days since 1970-01-01 of a proleptic Gregorian date.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The other forms: no zone, a space for the `T`, US dates, Java dates, BigQuery.
fn slow(text: &str) -> Option<Time> {
    let text = text.replace(['\u{202f}', '\u{a0}'], " ");
    let text = text.strip_suffix(" UTC").unwrap_or(&text);
    if text.starts_with(|first: char| first.is_ascii_alphabetic()) {
        let java = ["%b %d, %Y, %I:%M:%S %p", "%b %d, %Y %I:%M:%S %p"];
        let parsed = java
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
        return parsed
            .and_then(|time| time.and_utc().timestamp_nanos_opt())
            .map(Time);
    }
    let zoned = [
        "%Y-%m-%d %H:%M:%S%.f%:z",
        "%Y-%m-%d %H:%M:%S%.f %:z",
        "%Y-%m-%dT%H:%M:%S%.f%z",
        "%Y-%m-%d %H:%M:%S%.f %z",
        "%m/%d/%Y %I:%M:%S %p %:z",
        "%m/%d/%Y %H:%M:%S %:z",
    ];
    for format in zoned {
        if let Ok(time) = DateTime::parse_from_str(text, format) {
            return time.timestamp_nanos_opt().map(Time);
        }
    }
    // Some write the zone twice, `…Z+2`: the letter is the one that holds.
    let zone = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b"+-:0123456789".contains(&b));
    let text = match text.split_once('Z') {
        Some((bare, rest)) if zone(rest) => bare,
        _ => text,
    };
    let bare = text.strip_suffix('Z').unwrap_or(text);
    let naive = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%m/%d/%Y %I:%M:%S %p",
        "%m/%d/%Y %H:%M:%S",
        "%m/%d/%Y, %I:%M:%S%.f %p",
        "%m/%d/%Y, %H:%M:%S%.f",
    ];
    for format in naive {
        if let Ok(time) = NaiveDateTime::parse_from_str(bare, format) {
            return time.and_utc().timestamp_nanos_opt().map(Time);
        }
    }
    let date = NaiveDate::parse_from_str(bare, "%Y-%m-%d").ok()?;
    date.and_hms_opt(0, 0, 0)?
        .and_utc()
        .timestamp_nanos_opt()
        .map(Time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_logs_use() {
        let table = [
            ("2023-07-10T11:45:00Z", "2023-07-10T11:45:00Z"),
            ("2023-07-10T11:45:00.5Z", "2023-07-10T11:45:00.500Z"),
            (
                "2023-07-10T11:45:00.123456789Z",
                "2023-07-10T11:45:00.123456789Z",
            ),
            ("2023-07-10T13:45:00+02:00", "2023-07-10T11:45:00Z"),
            ("2023-07-10T11:45:00+0000", "2023-07-10T11:45:00Z"),
            ("2007-01-09T09:41:00", "2007-01-09T09:41:00Z"),
            ("1/9/2007 9:41:00 AM", "2007-01-09T09:41:00Z"),
            ("1/9/2007 10:41:00 AM +01:00", "2007-01-09T09:41:00Z"),
            ("01/09/2007 09:41:00", "2007-01-09T09:41:00Z"),
            ("1/9/2007, 9:41:00.5 AM", "2007-01-09T09:41:00.500Z"),
            ("2024-11-05 18:01:36.000000000", "2024-11-05T18:01:36Z"),
            ("2022-02-08 09:23:37+11:00", "2022-02-07T22:23:37Z"),
            (
                "2024-01-01 00:00:00.123456 UTC",
                "2024-01-01T00:00:00.123456Z",
            ),
            ("1700000000.0", "2023-11-14T22:13:20Z"),
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("1700000000123", "2023-11-14T22:13:20.123Z"),
            ("Jul 10, 2023 12:24:29 PM", "2023-07-10T12:24:29Z"),
            ("Aug 2, 2024, 8:45:00 AM", "2024-08-02T08:45:00Z"),
            ("Aug 2, 2024, 8:45:00\u{202f}AM", "2024-08-02T08:45:00Z"),
            ("2024-07-01", "2024-07-01T00:00:00Z"),
            ("2024-07-01T08:30", "2024-07-01T08:30:00Z"),
        ];
        for (text, want) in table {
            assert_eq!(
                Time::parse(text).map(|t| t.to_string()).as_deref(),
                Some(want),
                "{text}"
            );
        }
        for text in [
            "",
            "yesterday",
            "2024-13-01T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "9999-99-99",
            "1e400",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_fast_path_takes_its_form_and_nothing_near_it() {
        let form = b"2024-02-28T19:05:09";
        for at in 0..form.len() {
            for byte in 0..=255 {
                let mut text = *form;
                text[at] = byte;
                let fits = form[at].is_ascii_digit() && byte.is_ascii_digit() || byte == form[at];
                let calendar = std::str::from_utf8(&text)
                    .ok()
                    .filter(|_| fits)
                    .and_then(slow);
                assert_eq!(fast(&text), calendar, "{}", text.escape_ascii());
            }
        }
    }

    #[test]
    fn the_fast_path_agrees_with_the_calendar() {
        for second in (0..4_000_000_000i64).step_by(7_654_321) {
            let text = Time(second * SECOND).to_string();
            let bare = text.trim_end_matches('Z');
            assert_eq!(fast(text.as_bytes()), Some(Time(second * SECOND)), "{text}");
            assert_eq!(fast(bare.as_bytes()), slow(bare), "{bare}");
            let parts = format!("{bare}.0{second}");
            let same = parts.get(..29).unwrap_or(&parts);
            assert_eq!(fast(same.as_bytes()), slow(same), "{same}");
        }
    }
}
