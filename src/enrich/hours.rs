//! Business hours: when people are expected to work.
//!
//! The text of `--business-hours` and `--timezone` enters, a yes or no for a point in time
//! leaves. Days and hours are those of the zone; a window may run over midnight and the week's end.

use std::fmt;

use chrono::{Datelike, NaiveDateTime, TimeDelta, Timelike, Weekday};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::model::Time;

/// Minutes of a day.
const DAY: u32 = 24 * 60;
/// Minutes of a week, counted from Monday 00:00.
const WEEK: u32 = 7 * DAY;
/// What holds without a flag.
const DEFAULT: &str = "Mon-Fri 08:00-19:00";
/// Names of the days, by their first three letters or in full.
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Why a text is no business hours; every message says what to type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A piece that is neither day nor time.
    #[error(
        "read {piece:?} in business hours {text:?}: write days and times such as {DEFAULT:?}, several windows separated by commas"
    )]
    Piece {
        /// The piece.
        piece: String,
        /// The whole text.
        text: String,
    },
    /// Days without a time.
    #[error(
        "read business hours {text:?}: {days:?} has no time; write for example \"{days} 08:00-19:00\", or 00:00-24:00 for whole days"
    )]
    NoTime {
        /// The days.
        days: String,
        /// The whole text.
        text: String,
    },
    /// A window that begins where it ends.
    #[error(
        "read business hours {text:?}: {piece:?} is empty; write 00:00-24:00 for the whole day"
    )]
    Empty {
        /// The window.
        piece: String,
        /// The whole text.
        text: String,
    },
    /// Nothing at all.
    #[error("read business hours: the value is empty; write for example {DEFAULT:?}")]
    Nothing,
    /// A zone that is not in the IANA database.
    #[error("find time zone {zone:?}: write an IANA name such as {hint}")]
    Zone {
        /// What was written.
        zone: String,
        /// Names that come near.
        hint: String,
    },
}

/// Business hours in a time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    zone: TimeZone,
    /// As written, for the note that states what was assumed.
    text: String,
    /// Minutes of the week, `[from, to)`, sorted and apart; none runs over the week's end.
    windows: Vec<(u32, u32)>,
}

impl Hours {
    /// Reads windows such as `Mon-Fri 08:00-19:00, Sat 9-12`. Windows are separated by commas or
    /// semicolons; one without days has those of the one before, or every day; days without a
    /// time take the next one's (`Mon, Wed 08:00-12:00`); an end before the start is the next
    /// day's. An empty zone is UTC.
    pub fn parse(text: &str, zone: &str) -> Result<Hours, Error> {
        let zone = parse_zone(zone)?;
        let mut windows = Vec::new();
        // Days of the last window, and days still waiting for a time.
        let (mut days, mut waiting) = ([true; 7], Vec::new());
        let plain = text.replace(['–', '—'], "-");
        for part in plain.split([',', ';']) {
            for piece in pieces(part) {
                let bad = || Error::Piece {
                    piece: piece.clone(),
                    text: text.to_owned(),
                };
                if piece.starts_with(|c: char| c.is_ascii_digit()) {
                    let (from, to) = parse_times(&piece).ok_or_else(bad)?;
                    if from == to {
                        let text = text.to_owned();
                        return Err(Error::Empty { piece, text });
                    }
                    if !waiting.is_empty() {
                        days = [false; 7];
                        for (_, set) in waiting.drain(..) {
                            set_days(&mut days, set);
                        }
                    }
                    add(&mut windows, &days, from, to);
                } else {
                    waiting.push((piece.clone(), parse_days(&piece).ok_or_else(bad)?));
                }
            }
        }
        if let Some((days, _)) = waiting.pop() {
            let text = text.to_owned();
            return Err(Error::NoTime { days, text });
        }
        if windows.is_empty() {
            return Err(Error::Nothing);
        }
        Ok(Hours {
            zone,
            text: text.trim().to_owned(),
            windows: merged(windows),
        })
    }

    /// Tells whether nobody is expected to work at that time.
    pub fn off_hours(&self, time: Time) -> bool {
        let local = self.local(time);
        let minute =
            local.weekday().num_days_from_monday() * DAY + local.hour() * 60 + local.minute();
        !self
            .windows
            .iter()
            .any(|(from, to)| (*from..*to).contains(&minute))
    }

    /// Tells whether it is Saturday or Sunday there, whatever the hours say.
    pub fn weekend(&self, time: Time) -> bool {
        let local = self.local(time);
        matches!(local.weekday(), Weekday::Sat | Weekday::Sun)
    }

    /// What calendar and clock show there. The zone tells its offset, all else is chrono's.
    fn local(&self, time: Time) -> NaiveDateTime {
        let utc = time.datetime();
        // Never the default: a `Timestamp` reaches further than a `Time`.
        let at = Timestamp::from_second(utc.timestamp()).unwrap_or_default();
        let offset = self.zone.to_offset(at).seconds();
        utc.naive_utc() + TimeDelta::seconds(offset.into())
    }
}

impl Default for Hours {
    /// Monday to Friday, 08:00 to 19:00 UTC.
    fn default() -> Self {
        let mut windows = Vec::new();
        let working = [true, true, true, true, true, false, false];
        add(&mut windows, &working, 8 * 60, 19 * 60);
        Hours {
            zone: TimeZone::UTC,
            text: DEFAULT.to_owned(),
            windows: merged(windows),
        }
    }
}

impl fmt::Display for Hours {
    /// The hours as written, and their zone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A zone that was read has its name.
        let zone = self.zone.iana_name().unwrap_or_default();
        write!(f, "{} {zone}", self.text)
    }
}

/// The words of a part; blanks around a hyphen do not part a range.
fn pieces(part: &str) -> Vec<String> {
    let mut joined = String::with_capacity(part.len());
    for word in part.split_whitespace() {
        let glued = joined.is_empty() || joined.ends_with('-') || word.starts_with('-');
        if !glued {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined.split_whitespace().map(str::to_owned).collect()
}

/// `Mon`, `monday`, `Mon-Fri`, `Sat-Mon`: first and last day, from Monday.
fn parse_days(piece: &str) -> Option<(usize, usize)> {
    let day = |name: &str| {
        let lower = name.to_lowercase();
        DAYS.iter()
            .position(|day| lower.len() >= 3 && day.starts_with(&lower))
    };
    match piece.split_once('-') {
        Some((first, last)) => Some((day(first)?, day(last)?)),
        None => day(piece).map(|only| (only, only)),
    }
}

fn set_days(days: &mut [bool; 7], (first, last): (usize, usize)) {
    let count = (last + 7 - first) % 7;
    for step in 0..=count {
        if let Some(day) = days.get_mut((first + step) % 7) {
            *day = true;
        }
    }
}

/// `08:00-19:00`, `8-19`, `22:00-06:00`: minutes of the day.
fn parse_times(piece: &str) -> Option<(u32, u32)> {
    let minute = |text: &str| -> Option<u32> {
        let (hour, minute) = text.split_once(':').unwrap_or((text, "00"));
        let digits = |text: &str| text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(hour) || !digits(minute) || minute.len() != 2 {
            return None;
        }
        let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
        let all = hour * 60 + minute;
        (minute < 60 && all <= DAY).then_some(all)
    };
    let (from, to) = piece.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from < DAY).then_some((from, to))
}

/// Adds a window on each of the days, cut at the week's end.
fn add(windows: &mut Vec<(u32, u32)>, days: &[bool; 7], from: u32, to: u32) {
    let length = if to > from {
        to - from
    } else {
        to + DAY - from
    };
    for (day, _) in (0u32..).zip(days).filter(|(_, set)| **set) {
        let start = day * DAY + from;
        let end = start + length;
        windows.push((start, end.min(WEEK)));
        if end > WEEK {
            windows.push((0, end - WEEK));
        }
    }
}

/// Sorted, and what touches or overlaps made one.
fn merged(mut windows: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    windows.sort_unstable();
    let mut out: Vec<(u32, u32)> = Vec::new();
    for (from, to) in windows {
        match out.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}

/// An IANA zone in any case; when there is none, the names that contain what was typed. The zones
/// are those in the binary, never the machine's: hours are the same everywhere.
fn parse_zone(text: &str) -> Result<TimeZone, Error> {
    let name = text.trim().replace(' ', "_");
    if name.is_empty() {
        return Ok(TimeZone::UTC);
    }
    let zones = TimeZoneDatabase::bundled();
    // `Etc/Unknown` is a word for no zone, and would be UTC in silence.
    if let Ok(zone) = zones.get(&name)
        && !zone.is_unknown()
    {
        return Ok(zone);
    }
    let lower = name.to_ascii_lowercase();
    let mut near: Vec<String> = zones
        .available()
        .map(|zone| zone.as_str().to_owned())
        .filter(|zone| zone.to_ascii_lowercase().contains(&lower))
        .collect();
    // They come in no order that is promised.
    near.sort_unstable();
    near.truncate(3);
    let hint = if near.is_empty() {
        "Europe/Paris or UTC".to_owned()
    } else {
        near.join(" or ")
    };
    Err(Error::Zone {
        zone: text.to_owned(),
        hint,
    })
}

#[cfg(test)]
mod tests;
