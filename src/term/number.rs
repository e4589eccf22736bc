//! Counts, sizes and spans of time in, the form a person reads out.
//!
//! One place, so that every text on stderr and in reports writes them alike.

use crate::model::time::{DAY, HOUR, MINUTE, SECOND};

/// Groups digits by three: `4,318,220`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 file`, `1,204 files`.
pub fn counted(value: u64, noun: &str) -> String {
    let plural = if value == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(value))
}

/// A size in binary units: `812.0 MiB`.
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if value < 1024 {
        return counted(value, "byte");
    }
    let mut scaled = value as f64 / 1024.0;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        // What would print as 1024.0 belongs to the next unit.
        if scaled < 1023.95 {
            break;
        }
        scaled /= 1024.0;
        unit = next;
    }
    format!("{scaled:.1} {unit}")
}

/// A span in its two largest units: `2h 14m`.
pub fn duration(nanos: i64) -> String {
    let nanos = nanos.max(0);
    let (large, small) = if nanos >= DAY {
        ((nanos / DAY, "d"), (nanos % DAY / HOUR, "h"))
    } else if nanos >= HOUR {
        ((nanos / HOUR, "h"), (nanos % HOUR / MINUTE, "m"))
    } else if nanos >= MINUTE {
        ((nanos / MINUTE, "m"), (nanos % MINUTE / SECOND, "s"))
    } else {
        return format!("{}s", nanos / SECOND);
    };
    if small.0 == 0 {
        format!("{}{}", large.0, large.1)
    } else {
        format!("{}{} {}{}", large.0, large.1, small.0, small.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(4_318_220), "4,318,220");
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(1_204, "file"), "1,204 files");
        assert_eq!(bytes(1_023), "1,023 bytes");
        assert_eq!(bytes(851_443_712), "812.0 MiB");
        assert_eq!(bytes(1_048_575), "1.0 MiB");
        assert_eq!(bytes(u64::MAX), "16384.0 PiB");
        assert_eq!(duration(-5), "0s");
        assert_eq!(duration(59 * SECOND), "59s");
        assert_eq!(duration(2 * HOUR + 14 * MINUTE), "2h 14m");
        assert_eq!(duration(DAY), "1d");
    }
}
