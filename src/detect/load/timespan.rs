//! Spans of time in correlations: `15s`, `10m`, `1h`, `7d`, `2w`, `1M`, `1y`.
//!
//! Text enters, nanoseconds leave.

/// Reads a span. Months and years are mean ones, as the reference implementation has them.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds: i64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        "M" => 2_629_746,
        "y" => 31_556_952,
        _ => 0,
    };
    if seconds == 0 || number.is_empty() {
        return Err(format!(
            "{text:?} is no timespan: a whole number and s, m, h, d, w, M (month) or y, such as 10m"
        ));
    }
    let whole = number
        .parse::<i64>()
        .ok()
        .and_then(|number| number.checked_mul(seconds));
    match whole.and_then(|seconds| seconds.checked_mul(1_000_000_000)) {
        Some(0) => Err("a timespan of nothing".to_owned()),
        Some(nanoseconds) => Ok(nanoseconds),
        None => Err(format!("{text:?} is longer than any log")),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn units() {
        const SECOND: i64 = 1_000_000_000;
        for (text, seconds) in [
            ("15s", 15),
            ("10m", 600),
            ("1h", 3_600),
            ("7d", 604_800),
            ("1w", 604_800),
            ("1M", 2_629_746),
            (" 1y ", 31_556_952),
        ] {
            assert_eq!(parse(text), Ok(seconds * SECOND), "{text}");
        }
        for text in [
            "",
            "5",
            "m",
            "5min",
            "-5m",
            "1.5h",
            "0s",
            "99999999999y",
            "1 h",
            "5é",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
