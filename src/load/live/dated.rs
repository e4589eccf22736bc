//! Names that hold a date: what a window leaves of them.
//!
//! Enters: a window and a name. Leaves: the folders of the days that it touches, the name that a
//! listing may begin behind, and whether an object can hold anything of it. Pure: nothing here
//! asks anybody.

use chrono::{Datelike, Days, NaiveDate};

use crate::model::Time;
use crate::model::time::{HOUR, MINUTE};

/// More days than this are listed by the month.
const DAYS: usize = 40;

/// The window as names know it: from the first event wanted to the last arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub from: Time,
    /// Last event.
    pub to: Time,
    /// Last arrival of an event in time.
    pub arrived: Time,
}

/// How a tree of dates is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `2026/05/12/`.
    Plain,
    /// `y=2026/m=05/d=12/`.
    Named,
}

/// The style of a folder whose subfolders are years; nothing where some are not.
pub(super) fn style<'a>(folders: impl Iterator<Item = &'a str>) -> Option<Style> {
    let year = |text: &str| text.len() == 4 && text.starts_with("20") && is_digits(text);
    let mut found = None;
    for folder in folders {
        let last = folder.trim_end_matches('/').rsplit('/').next()?;
        let style = match last.strip_prefix("y=") {
            Some(rest) if year(rest) => Style::Named,
            None if year(last) => Style::Plain,
            _ => return None,
        };
        if found.is_some_and(|found| found != style) {
            return None;
        }
        found = Some(style);
    }
    found
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Reach {
    /// The folders below a folder of years, in order.
    pub fn folders(&self, style: Style) -> Vec<String> {
        let first = self.from.datetime().date_naive();
        let last = self.arrived.datetime().date_naive();
        let mut days = Vec::new();
        let mut day = first;
        while day <= last && days.len() < 100_000 {
            days.push(day);
            let Some(next) = day.checked_add_days(Days::new(1)) else {
                break;
            };
            day = next;
        }
        let by_day = days.len() <= DAYS;
        let mut out: Vec<String> = days.iter().map(|day| folder(style, *day, by_day)).collect();
        out.dedup();
        out
    }

    /// The name that the keys of the first day begin behind, where CloudTrail's file names tell
    /// when a file was written.
    pub fn after(&self, prefix: &str) -> Option<String> {
        let first = folder(Style::Plain, self.from.datetime().date_naive(), true);
        let above = prefix.strip_suffix(&first)?;
        let mut parts = above.trim_end_matches('/').rsplit('/');
        let (region, service, account) = (parts.next()?, parts.next()?, parts.next()?);
        if !service.starts_with("CloudTrail") {
            return None;
        }
        let stamp = self.from.datetime().format("%Y%m%dT%H%M");
        Some(format!("{prefix}{account}_{service}_{region}_{stamp}"))
    }

    /// The last day hour by hour, as far as the window goes: beginnings of the names in its folder,
    /// ten hours in one where all of them belong to it. Nothing for other days, and where names do
    /// not begin with their hour.
    pub fn hours(&self, prefix: &str) -> Option<Vec<String>> {
        let last = self.arrived.datetime();
        let date = last.date_naive();
        let stem = if prefix.ends_with(&folder(Style::Named, date, true)) {
            format!("{prefix}h=")
        } else {
            let above = prefix.strip_suffix(&folder(Style::Plain, date, true))?;
            let mut parts = above.trim_end_matches('/').rsplit('/');
            let (region, service, account) = (parts.next()?, parts.next()?, parts.next()?);
            if !service.starts_with("CloudTrail") {
                return None;
            }
            format!(
                "{prefix}{account}_{service}_{region}_{}T",
                date.format("%Y%m%d")
            )
        };
        let hour = chrono::Timelike::hour(&last);
        let tens = (0..hour / 10).map(|ten| format!("{stem}{ten}"));
        let ones = (hour / 10 * 10..=hour).map(|hour| format!("{stem}{hour:02}"));
        Some(tens.chain(ones).collect())
    }

    /// Whether an object may hold something of the window, by its name and by the time it was
    /// last written.
    pub fn may_hold(&self, key: &str, modified: Option<Time>) -> bool {
        // What was written last before the window began holds nothing of it.
        if modified.is_some_and(|modified| modified < self.from) {
            return false;
        }
        let name = key.rsplit('/').next().unwrap_or_default();
        if let Some(written) = written(name) {
            return written.plus(MINUTE) > self.from && written <= self.arrived;
        }
        match hour(key) {
            Some(hour) => hour.plus(HOUR) > self.from && hour <= self.to.plus(HOUR),
            None => true,
        }
    }

    /// Whether a listing in order of names has gone past the window.
    pub fn is_past(&self, key: &str) -> bool {
        let name = key.rsplit('/').next().unwrap_or_default();
        written(name).is_some_and(|written| written > self.arrived)
    }
}

fn folder(style: Style, day: NaiveDate, by_day: bool) -> String {
    let (year, month, day) = (day.year(), day.month(), day.day());
    match (style, by_day) {
        (Style::Plain, true) => format!("{year:04}/{month:02}/{day:02}/"),
        (Style::Plain, false) => format!("{year:04}/{month:02}/"),
        (Style::Named, true) => format!("y={year:04}/m={month:02}/d={day:02}/"),
        (Style::Named, false) => format!("y={year:04}/m={month:02}/"),
    }
}

/// When a CloudTrail file was written: `111122223333_CloudTrail_eu-west-1_20260512T0945Z_x.json.gz`.
fn written(name: &str) -> Option<Time> {
    let mut parts = name.split('_');
    let (account, service) = (parts.next()?, parts.next()?);
    if !is_digits(account) || !service.starts_with("CloudTrail") {
        return None;
    }
    let stamp = parts.nth(1)?;
    let time = chrono::NaiveDateTime::parse_from_str(stamp, "%Y%m%dT%H%MZ").ok()?;
    time.and_utc().timestamp_nanos_opt().map(Time)
}

/// The hour that an object stands for: `…/y=2026/m=05/d=12/h=09/…` or
/// `…/2026/05/12/09:00:00_09:59:59_S0.json`.
fn hour(key: &str) -> Option<Time> {
    let parts: Vec<&str> = key.split('/').collect();
    let number = |text: &str| is_digits(text).then(|| text.parse::<u32>().ok())?;
    let at = |year: u32, month: u32, day: u32, hour: u32| {
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        let time = date.and_hms_opt(hour, 0, 0)?.and_utc();
        time.timestamp_nanos_opt().map(Time)
    };
    for window in parts.windows(4) {
        let [year, month, day, last] = window else {
            continue;
        };
        let named = |text: &str, name: &str| text.strip_prefix(name).and_then(number);
        if let (Some(year), Some(month), Some(day), Some(hour)) = (
            named(year, "y="),
            named(month, "m="),
            named(day, "d="),
            named(last, "h="),
        ) {
            return at(year, month, day, hour);
        }
        let begins = last.split_once("_").map(|(begin, _)| begin);
        let begins = begins.filter(|begin| begin.len() == 8 && &begin[5..] == ":00");
        if let (Some(year), Some(month), Some(day), Some(begins)) =
            (number(year), number(month), number(day), begins)
        {
            return at(year, month, day, number(begins.get(..2)?)?);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(from: &str, to: &str) -> Reach {
        let time = |text: &str| Time::parse(text).expect("a time");
        Reach {
            from: time(from),
            to: time(to),
            arrived: time(to).plus(24 * HOUR),
        }
    }

    #[test]
    fn folders_of_a_window() {
        let day = reach("2026-05-12T09:30:00Z", "2026-05-12T10:00:00Z");
        assert_eq!(day.folders(Style::Plain), ["2026/05/12/", "2026/05/13/"]);
        assert_eq!(day.folders(Style::Named)[0], "y=2026/m=05/d=12/");
        let long = reach("2025-12-20T00:00:00Z", "2026-02-10T00:00:00Z");
        assert_eq!(
            long.folders(Style::Plain),
            ["2025/12/", "2026/01/", "2026/02/"]
        );
    }

    #[test]
    fn styles() {
        assert_eq!(
            style(["a/2025/", "a/2026/"].into_iter()),
            Some(Style::Plain)
        );
        assert_eq!(style(["y=2026/"].into_iter()), Some(Style::Named));
        assert_eq!(style(["2026/", "x/"].into_iter()), None);
        assert_eq!(style(["2026/", "y=2026/"].into_iter()), None);
        assert_eq!(style(["1234/"].into_iter()), None);
        assert_eq!(style(std::iter::empty()), None);
    }

    #[test]
    fn what_a_window_leaves() {
        let window = reach("2026-05-12T09:30:00Z", "2026-05-12T10:00:00Z");
        let tree = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/05/12/";
        assert_eq!(
            window.after(tree).as_deref(),
            Some(
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/05/12/111122223333_CloudTrail_eu-west-1_20260512T0930"
            )
        );
        assert_eq!(
            window.after("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/05/13/"),
            None
        );
        let last = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/05/13/";
        let hours = window.hours(last).expect("the last day");
        let ends: Vec<&str> = hours.iter().map(|hour| &hour[hour.len() - 3..]).collect();
        assert_eq!(ends, ["3T0", "T10"]);
        assert!(hours[0].ends_with("/13/111122223333_CloudTrail_eu-west-1_20260513T0"));
        assert_eq!(
            window.hours("x/y=2026/m=05/d=13/").map(|hours| hours.len()),
            Some(2)
        );
        assert_eq!(window.hours(tree), None);
        assert_eq!(window.hours("sink/2026/05/13/"), None);
        let file =
            |stamp: &str| format!("{tree}111122223333_CloudTrail_eu-west-1_{stamp}_a.json.gz");
        for (stamp, held) in [
            ("20260512T0929Z", false),
            ("20260512T0930Z", true),
            ("20260513T1000Z", true),
            ("20260513T1001Z", false),
        ] {
            assert_eq!(window.may_hold(&file(stamp), None), held, "{stamp}");
        }
        assert!(window.is_past(&file("20260514T0000Z")) && !window.is_past("x"));
        let blob = |hour: &str| {
            format!("resourceId=/SUBSCRIPTIONS/X/y=2026/m=05/d=12/h={hour}/m=00/PT1H.json")
        };
        assert!(!window.may_hold(&blob("08"), None) && window.may_hold(&blob("09"), None));
        assert!(window.may_hold(&blob("11"), None) && !window.may_hold(&blob("12"), None));
        let sink = |hour: &str| {
            format!(
                "cloudaudit.googleapis.com/activity/2026/05/12/{hour}:00:00_{hour}:59:59_S0.json"
            )
        };
        assert!(!window.may_hold(&sink("08"), None) && window.may_hold(&sink("09"), None));
        assert!(!window.may_hold("x.json", Some(window.from.minus(1))));
        assert!(window.may_hold("x.json", Some(window.from)));
    }
}
