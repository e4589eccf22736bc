//! Spans of time as people type them: `15m 24h 7d 2w`.
//!
//! Text enters, nanoseconds leave, or a sentence that says what to type.

use crate::model::time::{DAY, HOUR, MINUTE, SECOND};

/// Reads a number and its unit; no sign, no fraction, no sum of several.
pub fn duration(text: &str) -> Result<i64, String> {
    let bad = || {
        format!(
            "malformed duration {text:?}: write a number and a unit, such as 15m, 24h, 7d or 2w"
        )
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        "w" => 7 * DAY,
        _ => return Err(bad()),
    };
    let number: i64 = number.parse().map_err(|_| bad())?;
    number
        .checked_mul(unit)
        .ok_or_else(|| format!("duration {text:?} is longer than 292 years"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_and_nothing_else() {
        let table = [
            ("90s", 90 * SECOND),
            ("15m", 15 * MINUTE),
            ("24h", DAY),
            ("7d", 7 * DAY),
            ("2w", 14 * DAY),
            ("0h", 0),
        ];
        for (text, want) in table {
            assert_eq!(duration(text), Ok(want), "{text}");
        }
        for text in [
            "",
            "h",
            "24",
            "24 h",
            "1h30m",
            "-1h",
            "1.5h",
            "24H",
            "1y",
            "٣h",
            "999999999999999999999h",
            "9999999w",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
