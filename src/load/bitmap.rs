//! The structure of JSON text, 64 bytes at a time.
//!
//! Enters: blocks of bytes. Leaves: one bit a byte for quotes, strings, brackets, newlines. It
//! exists because looking at every byte by itself is ten times slower than looking at sixteen.

use wide::u8x16;

/// What one block of 64 bytes holds; bit 0 is its first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Quotes that open or close a string: those behind an escaping backslash are left out.
    pub quotes: u64,
    /// Bytes that a backslash escapes.
    pub escaped: u64,
    /// Bytes of strings, the opening quote included, the closing one not.
    pub in_string: u64,
    /// `{` and `[`, in strings too.
    pub open: u64,
    /// `}` and `]`, in strings too.
    pub close: u64,
    /// Line feeds, in strings too.
    pub newline: u64,
}

/// What a block needs to know of those before it.
#[derive(Clone, Debug)]
pub struct Lexer {
    /// Whether the next byte is escaped; 0 or 1.
    escape: u64,
    /// Whether the next byte is within a string; all ones or all zeros.
    string: u64,
    /// Zero where a backslash means nothing, as in CSV; else all ones.
    backslash: u64,
}

impl Lexer {
    /// Reads JSON, starting outside of strings.
    #[must_use]
    pub fn json() -> Self {
        Self {
            escape: 0,
            string: 0,
            backslash: !0,
        }
    }

    /// Reads text in which a quote always ends a string and a doubled one reopens it.
    #[must_use]
    pub fn csv() -> Self {
        Self {
            backslash: 0,
            ..Self::json()
        }
    }

    /// Reads the next block.
    #[inline]
    pub fn next(&mut self, bytes: &[u8; 64]) -> Block {
        let lanes = lanes(bytes);
        let backslash = equal(&lanes, b'\\') & self.backslash;
        let escaped = escaped(backslash, &mut self.escape);
        let quotes = equal(&lanes, b'"') & !escaped;
        let in_string = prefix_xor(quotes) ^ self.string;
        // The last bit, spread over the next word.
        self.string = 0u64.wrapping_sub(in_string >> 63);
        // `[` and `]` differ from `{` and `}` in this one bit.
        let folded = lanes.map(|lane| lane | u8x16::splat(0x20));
        Block {
            quotes,
            escaped,
            in_string,
            open: equal(&folded, b'{'),
            close: equal(&folded, b'}'),
            newline: equal(&lanes, b'\n'),
        }
    }
}

/// Finds one byte value in a block.
#[inline]
#[must_use]
pub fn mask(bytes: &[u8; 64], byte: u8) -> u64 {
    equal(&lanes(bytes), byte)
}

#[inline]
fn lanes(bytes: &[u8; 64]) -> [u8x16; 4] {
    let (quarters, _) = bytes.as_chunks::<16>();
    // A block has four quarters by its type; the compiler removes the bounds checks.
    [0, 1, 2, 3].map(|quarter| u8x16::new(quarters[quarter]))
}

#[inline]
fn equal(lanes: &[u8x16; 4], byte: u8) -> u64 {
    let byte = u8x16::splat(byte);
    let [a, b, c, d] = lanes.map(|lane| u64::from(lane.simd_eq(byte).to_bitmask()));
    a | b << 16 | c << 32 | d << 48
}

/// Bytes behind an odd run of backslashes. Runs that start at odd positions are added to
/// themselves: the carry runs to their end, and the parity of where it comes out tells.
#[inline]
fn escaped(backslash: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    if backslash == 0 {
        return std::mem::take(carry);
    }
    let backslash = backslash & !*carry;
    let follows = backslash << 1 | *carry;
    let odd_starts = backslash & !EVEN & !follows;
    let (sum, overflow) = odd_starts.overflowing_add(backslash);
    *carry = u64::from(overflow);
    (EVEN ^ (sum << 1)) & follows
}

#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by the book, byte for byte.
    fn slowly(text: &[u8]) -> Vec<(bool, bool, bool)> {
        let (mut escape, mut string) = (false, false);
        let mut rows = Vec::new();
        for byte in text {
            let is_escaped = std::mem::take(&mut escape);
            let quote = *byte == b'"' && !is_escaped;
            escape = *byte == b'\\' && !is_escaped;
            string ^= quote;
            rows.push((quote, is_escaped, string));
        }
        rows
    }

    proptest! {
        #[test]
        fn equals_the_slow_way(text in proptest::collection::vec(
            prop_oneof![4 => Just(b'\\'), 2 => Just(b'"'), 1 => any::<u8>()], 0..400
        )) {
            let expected = slowly(&text);
            let mut lexer = Lexer::json();
            for (block, rows) in text.chunks(64).zip(expected.chunks(64)) {
                let mut bytes = [b' '; 64];
                bytes[..block.len()].copy_from_slice(block);
                let found = lexer.next(&bytes);
                for (bit, row) in rows.iter().enumerate() {
                    let at = |mask: u64| mask >> bit & 1 == 1;
                    prop_assert_eq!(
                        (at(found.quotes), at(found.escaped), at(found.in_string)), *row
                    );
                    prop_assert_eq!(at(found.open), matches!(block[bit], b'{' | b'['));
                    prop_assert_eq!(at(found.close), matches!(block[bit], b'}' | b']'));
                    prop_assert_eq!(at(found.newline), block[bit] == b'\n');
                    prop_assert_eq!(at(mask(&bytes, b',')), block[bit] == b',');
                }
            }
        }
    }

    #[test]
    fn csv_knows_no_backslash() {
        let mut bytes = [b' '; 64];
        bytes[..6].copy_from_slice(b"\"a\\\",b");
        assert_eq!(Lexer::csv().next(&bytes).quotes, 0b1001);
        assert_eq!(Lexer::json().next(&bytes).quotes, 0b0001);
    }
}
