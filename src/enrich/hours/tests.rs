use super::*;

fn time(text: &str) -> Time {
    Time::parse(text).unwrap_or_else(|| panic!("no time: {text}"))
}

fn hours(text: &str, zone: &str) -> Hours {
    Hours::parse(text, zone).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// 2024-07-01 is a Monday.
#[test]
fn windows_and_their_edges() {
    for (text, on, off) in [
        (
            "Mon-Fri 08:00-19:00",
            "2024-07-01T08:00:00Z 2024-07-05T18:59:59Z",
            "2024-07-01T07:59:59Z 2024-07-05T19:00:00Z 2024-07-06T12:00:00Z 2024-07-07T12:00:00Z",
        ),
        (
            "mon-fri 8-19; Sat 9:30 - 12",
            "2024-07-06T09:30:00Z 2024-07-03T12:00:00Z",
            "2024-07-06T09:29:00Z 2024-07-06T12:00:00Z 2024-07-07T10:00:00Z",
        ),
        (
            "Monday, Wed, Sat-Sun 08:00-12:00",
            "2024-07-01T08:00:00Z 2024-07-03T08:00:00Z 2024-07-06T08:00:00Z 2024-07-07T08:00:00Z",
            "2024-07-02T08:00:00Z 2024-07-04T08:00:00Z 2024-07-05T08:00:00Z",
        ),
        (
            "Mon-Fri 08:00-12:00, 13:00-17:00",
            "2024-07-01T13:00:00Z",
            "2024-07-01T12:30:00Z 2024-07-06T13:00:00Z",
        ),
        (
            "Tue 08:00-10:00 14:00-16:00",
            "2024-07-02T09:00:00Z 2024-07-02T15:00:00Z",
            "2024-07-02T12:00:00Z 2024-07-01T15:00:00Z",
        ),
        (
            "Fri 22:00-06:00",
            "2024-07-05T22:00:00Z 2024-07-06T05:59:00Z",
            "2024-07-05T05:00:00Z 2024-07-06T06:00:00Z 2024-07-06T22:00:00Z",
        ),
        (
            "Sun 20:00–04:00",
            "2024-07-07T23:00:00Z 2024-07-01T03:59:00Z",
            "2024-07-01T04:00:00Z 2024-07-02T03:00:00Z",
        ),
        (
            "00:00-24:00",
            "2024-07-01T00:00:00Z 2024-07-07T23:59:59Z",
            "",
        ),
        (
            "Sat-Mon 00:00-24:00",
            "2024-07-06T00:00:00Z 2024-07-07T12:00:00Z 2024-07-01T23:59:00Z",
            "2024-07-02T00:00:00Z 2024-07-05T23:59:00Z",
        ),
    ] {
        let hours = hours(text, "");
        for at in on.split_whitespace() {
            assert!(!hours.off_hours(time(at)), "{text}: {at} is working time");
        }
        for at in off.split_whitespace() {
            assert!(hours.off_hours(time(at)), "{text}: {at} is off");
        }
    }
}

#[test]
fn the_zone_moves_days_and_hours() {
    let paris = hours(DEFAULT, "europe/paris");
    // Summer: UTC+2; winter: UTC+1.
    assert!(!paris.off_hours(time("2024-07-01T06:00:00Z")));
    assert!(paris.off_hours(time("2024-07-01T17:00:00Z")));
    assert!(paris.off_hours(time("2024-01-01T06:30:00Z")));
    assert!(!paris.off_hours(time("2024-01-01T07:00:00Z")));
    // Friday night in Paris is Saturday already.
    assert!(paris.weekend(time("2024-07-05T22:00:00Z")));
    assert!(!paris.weekend(time("2024-07-07T22:00:00Z")));
    assert!(!Hours::default().weekend(time("2024-07-05T22:00:00Z")));
    assert_eq!(paris.to_string(), "Mon-Fri 08:00-19:00 Europe/Paris");
    assert_eq!(
        hours(DEFAULT, "America/New York").zone.iana_name(),
        Some("America/New_York")
    );
}

/// Old names, both sides of a change, and years that no table of changes reaches.
#[test]
fn zones_tell_the_time_there() {
    for (zone, at, there) in [
        ("US/Eastern", "2024-03-10T06:59:59Z", "2024-03-10T01:59:59Z"),
        ("US/Eastern", "2024-03-10T07:00:00Z", "2024-03-10T03:00:00Z"),
        ("us/eastern", "2024-11-03T05:59:59Z", "2024-11-03T01:59:59Z"),
        ("us/eastern", "2024-11-03T06:00:00Z", "2024-11-03T01:00:00Z"),
        (
            "Asia/Calcutta",
            "2024-01-01T00:00:00Z",
            "2024-01-01T05:30:00Z",
        ),
        ("Etc/GMT+12", "2024-01-01T00:00:00Z", "2023-12-31T12:00:00Z"),
        // Half an hour of summer, in the south.
        (
            "Australia/LHI",
            "2024-04-06T14:59:59Z",
            "2024-04-07T01:59:59Z",
        ),
        (
            "Australia/LHI",
            "2024-04-06T15:00:00Z",
            "2024-04-07T01:30:00Z",
        ),
        // The calendar there lacks a day.
        (
            "Pacific/Apia",
            "2011-12-30T09:59:59Z",
            "2011-12-29T23:59:59Z",
        ),
        (
            "Pacific/Apia",
            "2011-12-30T10:00:00Z",
            "2011-12-31T00:00:00Z",
        ),
        (
            "Europe/Berlin",
            "1945-07-01T00:00:00Z",
            "1945-07-01T03:00:00Z",
        ),
        (
            "Europe/Berlin",
            "2250-03-31T00:59:59Z",
            "2250-03-31T01:59:59Z",
        ),
        (
            "Europe/Berlin",
            "2250-03-31T01:00:00Z",
            "2250-03-31T03:00:00Z",
        ),
        (
            "Europe/Dublin",
            "2250-01-01T12:00:00Z",
            "2250-01-01T12:00:00Z",
        ),
        (
            "Europe/Dublin",
            "2250-07-01T12:00:00Z",
            "2250-07-01T13:00:00Z",
        ),
    ] {
        let local = hours(DEFAULT, zone).local(time(at));
        assert_eq!(local, time(there).datetime().naive_utc(), "{zone}: {at}");
    }
}

/// None that is named as a hint is refused, none fails at the ends of what a time can be.
#[test]
fn every_zone_is_read() {
    for zone in TimeZoneDatabase::bundled().available() {
        let hours = hours("00:00-24:00", zone.as_str());
        assert_eq!(hours.to_string(), format!("00:00-24:00 {zone}"));
        for edge in [Time(i64::MIN), Time(i64::MAX)] {
            assert!(!hours.off_hours(edge), "{zone}");
        }
    }
}

#[test]
fn the_default_is_what_it_says() {
    assert_eq!(Ok(Hours::default()), Hours::parse(DEFAULT, "UTC"));
    assert_eq!(Hours::default().to_string(), "Mon-Fri 08:00-19:00 UTC");
    // The ends of what a time can be.
    for edge in [Time(i64::MIN), Time(0), Time(i64::MAX)] {
        let _ = (
            Hours::default().off_hours(edge),
            Hours::default().weekend(edge),
        );
    }
}

#[test]
fn errors_say_what_to_type() {
    for (text, piece) in [
        ("", "is empty; write for example"),
        (" , ;", "is empty; write for example"),
        ("Mon-Fri", "\"Mon-Fri 08:00-19:00\""),
        ("Sat 10:00-12:00, Sun", "\"Sun 08:00-19:00\""),
        ("weekdays 08:00-19:00", "\"weekdays\""),
        ("Mo-Fr 08:00-19:00", "\"Mo-Fr\""),
        ("Mon-Fri 08:00", "\"08:00\""),
        ("Mon-Fri 08:00-25:00", "\"08:00-25:00\""),
        ("Mon-Fri 24:00-08:00", "\"24:00-08:00\""),
        ("Mon-Fri 08:60-19:00", "\"08:60-19:00\""),
        ("Mon-Fri 8am-7pm", "\"8am-7pm\""),
        ("Mon-Fri 08:00-08:00", "write 00:00-24:00"),
        ("Mon 08:00-12:00 Tue", "\"Tue 08:00-19:00\""),
        ("Mon-Fri 008:00-19:00", "\"008:00-19:00\""),
        ("08:00-19:00-20:00", "\"08:00-19:00-20:00\""),
        ("é-ü 08:00-19:00", "\"é-ü\""),
    ] {
        let message = match Hours::parse(text, "") {
            Err(error) => error.to_string(),
            Ok(hours) => panic!("{text:?} was read as {:?}", hours.windows),
        };
        assert!(message.contains(piece), "{text:?}: {message}");
    }
    for (zone, hint) in [
        ("Paris", "Europe/Paris"),
        ("new york", "America/New_York"),
        ("Middle-earth", "Europe/Paris or UTC"),
        ("+02:00", "Europe/Paris or UTC"),
        ("Etc/Unknown", "Europe/Paris or UTC"),
        ("etc/u", "Etc/UCT or Etc/UTC or Etc/Universal"),
    ] {
        let message = match Hours::parse(DEFAULT, zone) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{zone} is no zone"),
        };
        assert!(message.contains(hint), "{zone}: {message}");
    }
}
