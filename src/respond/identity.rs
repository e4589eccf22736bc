//! Ids of actions: sortable by time, and short names made from them for what actions create.

use std::hash::{BuildHasher, Hasher, RandomState};

use crate::model::Time;

/// Digits without those that look alike.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new id: 10 digits of time, 16 of chance.
pub fn action_id(now: Time) -> String {
    let millis = (now.0.max(0) / 1_000_000) as u128;
    // Each state is seeded by the system's own chance.
    let chance = || u128::from(RandomState::new().build_hasher().finish());
    let random = ((chance() << 64) | chance()) & ((1 << 80) - 1);
    let value = (millis << 80) | random;
    let digit = |place: u32| char::from(DIGITS[(value >> (5 * place)) as usize & 31]);
    (0..26).rev().map(digit).collect()
}

/// The part of an id that goes into names: lower case, as every provider takes it.
pub fn short(id: &str) -> String {
    id.chars()
        .skip(10)
        .take(10)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// Whether a text is an id, so that it may become a file name.
pub fn is_id(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|byte| DIGITS.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_make_names() {
        let early = action_id(Time(1_770_000_000_000_000_000));
        let late = action_id(Time(1_770_000_001_000_000_000));
        assert!(is_id(&early) && early < late && early[..6] == late[..6]);
        assert_ne!(action_id(Time(0)), action_id(Time(0)));
        let short = short(&early);
        assert!(
            short.len() == 10
                && short
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        );
        assert!(!is_id("../../etc/passwd") && !is_id(&early.to_ascii_lowercase()));
    }
}
