//! The window of a run: `--since`, `--until` and the anchor that relative times count from.
//!
//! Text enters, points leave; points, a clock and the newest event enter, a window leaves. What
//! is malformed is refused before anything is read.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::duration;
use crate::model::Time;

/// A point in time as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The clock of the machine.
    Now,
    /// The newest event of the input.
    Latest,
    /// So many nanoseconds before the anchor.
    Ago(i64),
    /// An instant.
    At(Time),
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Point, String> {
        match text {
            "now" => return Ok(Point::Now),
            "latest" => return Ok(Point::Latest),
            _ => {}
        }
        if let Ok(ago) = duration(text) {
            return Ok(Point::Ago(ago));
        }
        instant(text).map(Point::At).ok_or_else(|| {
            format!(
                "malformed time {text:?}: write 24h or 7d for so long before the anchor, \
                 2026-05-12 or 2026-05-12T09:30 (UTC), an RFC 3339 time, now or latest"
            )
        })
    }
}

/// RFC 3339, or a date with or without a time of day in UTC. The wider forms that logs use are
/// refused: a number that was meant as a duration must not pass for a date.
fn instant(text: &str) -> Option<Time> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return time.timestamp_nanos_opt().map(Time);
    }
    let time = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            date.and_hms_opt(0, 0, 0)
        })?;
    // The parser is lenient about digits; `2026-5-12` is more likely a slip than a date.
    let strict = matches!(text.len(), 10 | 16 | 19) && text.as_bytes().get(4) == Some(&b'-');
    strict.then(|| time.and_utc().timestamp_nanos_opt().map(Time))?
}

/// What the three flags say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// `--since`.
    pub since: Option<Point>,
    /// `--until`.
    pub until: Option<Point>,
    /// `--anchor`.
    pub anchor: Point,
}

/// A window; an absent end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Its first moment.
    pub since: Option<Time>,
    /// Its last moment.
    pub until: Option<Time>,
}

impl Span {
    /// Puts the flags together; an anchor cannot itself be relative.
    pub fn new(
        since: Option<Point>,
        until: Option<Point>,
        anchor: Option<Point>,
    ) -> Result<Span, String> {
        let anchor = anchor.unwrap_or(Point::Now);
        if let Point::Ago(_) = anchor {
            return Err("an anchor is a point in time: write now, latest or a date".to_owned());
        }
        Ok(Span {
            since,
            until,
            anchor,
        })
    }

    /// Whether the newest event must be known first.
    pub fn needs_latest(&self) -> bool {
        let latest = |point: Option<Point>| point == Some(Point::Latest);
        let relative = |point: Option<Point>| matches!(point, Some(Point::Ago(_)));
        latest(self.since)
            || latest(self.until)
            || (self.anchor == Point::Latest && (relative(self.since) || relative(self.until)))
    }

    /// The window, where `latest` is the newest event. Input without any event has no window.
    pub fn window(&self, now: Time, latest: Option<Time>) -> Result<Window, String> {
        if self.needs_latest() && latest.is_none() {
            return Ok(Window::default());
        }
        let latest = latest.unwrap_or(now);
        let anchor = match self.anchor {
            Point::Latest => latest,
            Point::At(time) => time,
            Point::Now | Point::Ago(_) => now,
        };
        let instant = |point: Point| match point {
            Point::Now => now,
            Point::Latest => latest,
            Point::Ago(nanos) => anchor.minus(nanos),
            Point::At(time) => time,
        };
        let window = Window {
            since: self.since.map(instant),
            until: self.until.map(instant),
        };
        match (window.since, window.until) {
            (Some(since), Some(until)) if since > until => Err(format!(
                "the window ends before it begins: --since is {since}, --until is {until}"
            )),
            _ => Ok(window),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::{DAY, HOUR};

    #[test]
    fn every_form_that_is_accepted() {
        let at = |text: &str| Time::parse(text).map(Point::At).ok_or_else(String::new);
        let table = [
            ("24h", Ok(Point::Ago(DAY))),
            ("now", Ok(Point::Now)),
            ("latest", Ok(Point::Latest)),
            ("2026-05-12", at("2026-05-12T00:00:00Z")),
            ("2026-05-12T09:30", at("2026-05-12T09:30:00Z")),
            ("2026-05-12T09:30:15", at("2026-05-12T09:30:15Z")),
            ("2026-05-12T09:30:15.5+02:00", at("2026-05-12T07:30:15.5Z")),
            ("2026-05-12T09:30:00Z", at("2026-05-12T09:30:00Z")),
        ];
        for (text, want) in table {
            assert_eq!(text.parse(), want, "{text}");
        }
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for text in [
            "",
            "24",
            "yesterday",
            "2026",
            "1700000000",
            "2026-5-12",
            "2026-13-01",
            "2026-05-12T25:00",
            "05/12/2026",
            "12026-05-12",
            "+2026-05-12",
            "2026-05-12 ",
            "-24h",
            "Now",
        ] {
            assert!(text.parse::<Point>().is_err(), "{text}");
        }
    }

    #[test]
    fn relative_times_count_from_the_anchor() {
        let now = Time(100 * DAY);
        let latest = Some(Time(40 * DAY));
        let span =
            |since, until, anchor| Span::new(since, until, anchor).expect("no relative anchor");
        let ago = Some(Point::Ago(DAY));
        let table = [
            (span(ago, None, None), Some(99 * DAY), None),
            (span(ago, None, Some(Point::Latest)), Some(39 * DAY), None),
            (
                span(ago, Some(Point::Ago(HOUR)), Some(Point::At(Time(50 * DAY)))),
                Some(49 * DAY),
                Some(50 * DAY - HOUR),
            ),
            (
                span(Some(Point::At(Time(1))), Some(Point::Latest), None),
                Some(1),
                Some(40 * DAY),
            ),
            (span(None, None, Some(Point::Latest)), None, None),
        ];
        for (span, since, until) in table {
            let want = Window {
                since: since.map(Time),
                until: until.map(Time),
            };
            assert_eq!(span.window(now, latest), Ok(want), "{span:?}");
        }
        assert!(Span::new(None, None, ago).is_err());
        assert!(!span(None, None, Some(Point::Latest)).needs_latest());
        assert!(span(ago, None, Some(Point::Latest)).needs_latest());
        assert_eq!(
            span(ago, None, Some(Point::Latest)).window(now, None),
            Ok(Window::default())
        );
        let turned = span(Some(Point::Now), ago, None).window(now, latest);
        assert!(turned.is_err_and(|error| error.contains("ends before it begins")));
    }
}
