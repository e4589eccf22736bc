//! Printed objects in, the short forms that tables and pages show of them out.
//!
//! Nothing is escaped here: each output does that for its own reader.

use super::wire::shared::{EvidenceOut, TargetOut};
use crate::term::number::count;

/// Values that a cell names before it only counts.
const NAMED: usize = 3;

/// A time without its fraction.
pub(super) fn seconds(time: &str) -> String {
    match time.split_once('.') {
        Some((whole, _)) => format!("{whole}Z"),
        None => time.to_owned(),
    }
}

/// The first target, and how many there are beside it.
pub(super) fn targets(targets: &[TargetOut<'_>]) -> String {
    match targets {
        [] => String::new(),
        [one] => one.label().to_owned(),
        [first, others @ ..] => format!("{} +{}", first.label(), others.len()),
    }
}

/// The first few values, and how many there are beside them.
pub(super) fn few<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let values: Vec<&str> = values.collect();
    match values.split_at_checked(NAMED) {
        Some((named, others)) if !others.is_empty() => {
            format!("{} +{}", named.join(", "), others.len())
        }
        _ => values.join(", "),
    }
}

/// An entity's id as people say it: `role-session data-admin/sync (444455556666)`.
pub(super) fn entity(id: &str) -> String {
    let Some((kind, name)) = id.split_once(':') else {
        return id.to_owned();
    };
    // arn:partition:service:region:account:resource
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let ["arn", _, _, _, account, resource] = parts[..] else {
        return format!("{kind} {name}");
    };
    let name = resource
        .split_once(['/', ':'])
        .map_or(resource, |(_, name)| name);
    match account {
        "" => format!("{kind} {name}"),
        _ => format!("{kind} {name} ({account})"),
    }
}

/// The first pointer as `file#record`, and how many there are beside it.
pub(super) fn evidence(evidence: &[EvidenceOut<'_>], total: u64) -> String {
    let Some(first) = evidence.first() else {
        return String::new();
    };
    match total.saturating_sub(1) {
        0 => format!("{}#{}", first.file, first.record),
        more => format!("{}#{} +{}", first.file, first.record, count(more)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_say_how_much_they_leave_out() {
        assert_eq!(seconds("2024-01-01T00:00:00.123Z"), "2024-01-01T00:00:00Z");
        assert_eq!(seconds(""), "");
        assert_eq!(few(["a", "b"].into_iter()), "a, b");
        assert_eq!(few(["a", "b", "c", "d", "e"].into_iter()), "a, b, c +2");
        for (id, said) in [
            ("pod:shop/api-7d9f", "pod shop/api-7d9f"),
            ("anonymous", "anonymous"),
            (
                "role-session:arn:aws:sts::111122223333:assumed-role/ops/sync",
                "role-session ops/sync (111122223333)",
            ),
            (
                "resource:arn:aws:s3:::crown-jewels",
                "resource crown-jewels",
            ),
            ("user:arn:aws", "user arn:aws"),
        ] {
            assert_eq!(entity(id), said);
        }
        let pointer = EvidenceOut {
            file: "a.json",
            record: 7,
            uid: "x",
        };
        assert_eq!(evidence(std::slice::from_ref(&pointer), 1), "a.json#7");
        assert_eq!(evidence(&[pointer], 1_200), "a.json#7 +1,199");
        assert_eq!(evidence(&[], 0), "");
    }
}
