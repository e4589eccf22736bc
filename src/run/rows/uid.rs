//! A log's own event ids, packed.

use crate::run::intern::{Interner, StrId};

/// A log's own event id; nearly all of them are UUIDs in the usual spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid {
    /// High half of the UUID, or [`TEXT`].
    high: u64,
    /// Low half of the UUID, or the number of a string.
    low: u64,
}

/// No UUID that any generator makes starts so; one that is made up is kept as a string.
const TEXT: u64 = u64::MAX;

impl Uid {
    /// Packs an id.
    pub fn pack(text: &[u8], strings: &mut Interner) -> Uid {
        Uid::number(text).unwrap_or_else(|| Uid {
            high: TEXT,
            low: u64::from(strings.put(text)),
        })
    }

    fn number(text: &[u8]) -> Option<Uid> {
        let number = uuid(text)?;
        let uid = Uid {
            high: (number >> 64) as u64,
            low: number as u64,
        };
        (uid.high != TEXT).then_some(uid)
    }

    /// The packed form of an id that is among the strings.
    pub fn of(text: StrId, strings: &Interner) -> Uid {
        Uid::number(strings.get(text)).unwrap_or(Uid {
            high: TEXT,
            low: u64::from(text),
        })
    }

    /// Its two halves, for who keeps many.
    pub(super) fn halves(self) -> [u64; 2] {
        [self.high, self.low]
    }

    /// The id of two halves.
    pub(super) fn whole([high, low]: [u64; 2]) -> Uid {
        Uid { high, low }
    }

    /// The same id with the number that its string has elsewhere.
    pub fn renumber(self, mut number: impl FnMut(StrId) -> StrId) -> Uid {
        if self.high == TEXT {
            Uid {
                low: u64::from(number(self.low as StrId)),
                ..self
            }
        } else {
            self
        }
    }

    /// The id as the log writes it.
    pub fn unpack(self, strings: &Interner) -> String {
        if self.high == TEXT {
            return strings.text(self.low as StrId).unwrap_or_default();
        }
        let number = u128::from(self.high) << 64 | u128::from(self.low);
        let mut text = String::with_capacity(36);
        for digit in 0..32 {
            if matches!(digit, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            let value = (number >> (124 - 4 * digit)) as usize % 16;
            text.push(char::from(b"0123456789abcdef"[value]));
        }
        text
    }
}

fn uuid(text: &[u8]) -> Option<u128> {
    /// Value of a lower-case hex digit; 255 for anything else.
    const DIGIT: [u8; 256] = {
        let mut table = [255; 256];
        let mut value = 0;
        while value < 16 {
            table[b"0123456789abcdef"[value] as usize] = value as u8;
            value += 1;
        }
        table
    };
    let text: &[u8; 36] = text.try_into().ok()?;
    if text[8] != b'-' || text[13] != b'-' || text[18] != b'-' || text[23] != b'-' {
        return None;
    }
    let mut wrong = 0;
    let mut number = |start: usize, end: usize| {
        text[start..end].iter().fold(0u64, |number, byte| {
            let digit = DIGIT[*byte as usize];
            wrong |= digit;
            number << 4 | u64::from(digit)
        })
    };
    let high = number(0, 8) << 32 | number(9, 13) << 16 | number(14, 18);
    let low = number(19, 23) << 48 | number(24, 36);
    (wrong < 16).then_some(u128::from(high) << 64 | u128::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_out_as_they_went_in() {
        let mut strings = Interner::default();
        for text in [
            "6d3a1d5e-0a0b-4c1d-8e2f-001122334455",
            "00000000-0000-0000-0000-000000000000",
            "6D3A1D5E-0A0B-4C1D-8E2F-001122334455",
            "ffffffff-ffff-ffff-8e2f-001122334455",
            "6d3a1d5e00a0b-4c1d-8e2f-001122334455",
            "",
            "abc|def",
        ] {
            let uid = Uid::pack(text.as_bytes(), &mut strings);
            assert_eq!(uid.unpack(&strings), text);
            let text = strings.put(text.as_bytes());
            assert_eq!(Uid::of(text, &strings), uid);
        }
    }
}
