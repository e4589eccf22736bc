//! One pass over the bytes: where strings end, where containers open and close.
//!
//! Bytes in; out comes a bit for every byte, which everything after it asks instead of the text.
//! Sixty-four bytes at a time, with SSE2-class instructions through `wide`, no `unsafe`.

use wide::u8x16;

/// The structural positions of a piece of JSON text.
#[derive(Debug, Default)]
pub struct Index {
    /// A bit for every byte: closing quotes of strings, and `{ } [ ]` outside strings. Where a
    /// string begins, who walks knows: nothing stands between it and its end. Bits, because every
    /// worker keeps this for its file, and behind the last one a word of none.
    tokens: Vec<u64>,
    /// Positions of bytes that may not stand where they stand: raw control characters inside
    /// strings and escapes JSON does not know. Empty for nearly every input.
    pub bad: Vec<u32>,
}

/// Bit masks of one block of 64 bytes.
struct Masks {
    quote: u64,
    backslash: u64,
    bracket: u64,
    control: u64,
}

const LANES: usize = 16;
const BLOCK: usize = 64;

fn masks(block: &[u8; BLOCK]) -> Masks {
    let quote = u8x16::splat(b'"');
    let backslash = u8x16::splat(b'\\');
    let fold = u8x16::splat(0x20);
    let open = u8x16::splat(b'{');
    let close = u8x16::splat(b'}');
    let last_control = u8x16::splat(0x1f);
    let mut out = Masks {
        quote: 0,
        backslash: 0,
        bracket: 0,
        control: 0,
    };
    let lanes = block.as_chunks::<LANES>().0.iter();
    let (mut backslashes, mut least) = (u8x16::ZERO, u8x16::MAX);
    for (lane, bytes) in lanes.clone().enumerate() {
        let chunk = u8x16::new(*bytes);
        let shift = lane * LANES;
        // `[` and `]` differ from `{` and `}` in one bit; nothing else folds onto them that is
        // legal JSON outside a string.
        let folded = chunk | fold;
        out.quote |= bits(chunk.simd_eq(quote)) << shift;
        out.bracket |= bits(folded.simd_eq(open) | folded.simd_eq(close)) << shift;
        backslashes |= chunk.simd_eq(backslash);
        least = least.min(chunk);
    }
    // Most blocks have neither: where they stand is asked only of those that have.
    let controls = least.min(last_control).simd_eq(least);
    if (backslashes | controls).any() {
        for (lane, bytes) in lanes.enumerate() {
            let chunk = u8x16::new(*bytes);
            let shift = lane * LANES;
            out.backslash |= bits(chunk.simd_eq(backslash)) << shift;
            out.control |= bits(chunk.min(last_control).simd_eq(chunk)) << shift;
        }
    }
    out
}

fn bits(mask: u8x16) -> u64 {
    u64::from(mask.to_bitmask() as u16)
}

/// Xor of all lower bits: a run of ones from each opening quote up to its closing one.
fn prefix_xor(mut mask: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        mask ^= mask << shift;
    }
    mask
}

/// State carried from block to block.
#[derive(Default)]
struct Carry {
    /// The next byte is escaped.
    escape: bool,
    /// All ones inside a string.
    in_string: u64,
}

impl Index {
    /// Indexes `bytes` anew; what was there before is dropped, the room is kept.
    pub fn build(&mut self, bytes: &[u8]) {
        self.tokens.clear();
        self.tokens.reserve_exact(bytes.len() / BLOCK + 2);
        self.bad.clear();
        let mut carry = Carry::default();
        let (blocks, tail) = bytes.as_chunks::<BLOCK>();
        for (number, block) in blocks.iter().enumerate() {
            self.block(block, number * BLOCK, bytes, &mut carry);
        }
        if !tail.is_empty() {
            let mut last = [b' '; BLOCK];
            last[..tail.len()].copy_from_slice(tail);
            self.block(&last, blocks.len() * BLOCK, bytes, &mut carry);
        }
        self.tokens.push(0);
    }

    #[inline(always)]
    fn block(&mut self, block: &[u8; BLOCK], base: usize, bytes: &[u8], carry: &mut Carry) {
        let masks = masks(block);
        let escaped = if masks.backslash == 0 {
            let escaped = u64::from(carry.escape);
            carry.escape = false;
            escaped
        } else {
            escaped(masks.backslash, &mut carry.escape)
        };
        let quote = masks.quote & !escaped;
        let in_string = prefix_xor(quote) ^ carry.in_string;
        carry.in_string = if in_string >> 63 == 1 { u64::MAX } else { 0 };
        let tokens = (quote | masks.bracket) & !in_string;
        let suspicious = (masks.control & in_string & !quote) | escaped;
        if suspicious != 0 {
            self.inspect(suspicious, base, bytes);
        }
        self.tokens.push(tokens);
    }

    #[cold]
    fn inspect(&mut self, mut suspicious: u64, base: usize, bytes: &[u8]) {
        while suspicious != 0 {
            let at = base + suspicious.trailing_zeros() as usize;
            suspicious &= suspicious - 1;
            let Some(byte) = bytes.get(at) else { continue };
            let escaped = at > 0 && bytes[at - 1] == b'\\';
            let fine = match byte {
                _ if !escaped => false,
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => true,
                b'u' => bytes
                    .get(at + 1..at + 5)
                    .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
                _ => false,
            };
            if !fine {
                self.bad.push(at as u32);
            }
        }
    }

    /// Whether a structural position is here.
    #[inline]
    pub fn is_token(&self, at: usize) -> bool {
        let word = self.tokens.get(at / BLOCK);
        word.is_some_and(|word| word >> (at % BLOCK) & 1 == 1)
    }

    /// The first structural position at or after `at`.
    #[inline]
    pub fn next_token(&self, at: usize) -> Option<usize> {
        let (first, shift) = (at / BLOCK, at % BLOCK);
        // Both words at once: which of them it stands in is anybody's guess.
        let &[low, high] = self.tokens.get(first..)?.first_chunk()?;
        let near = low >> shift | high << 1 << (BLOCK - 1 - shift);
        if near != 0 {
            return Some(at + near.trailing_zeros() as usize);
        }
        let mut behind = self.tokens[first + 1..].iter().zip(first + 1..);
        let (word, number) = behind.find(|(word, _)| **word != 0)?;
        Some(number * BLOCK + word.trailing_zeros() as usize)
    }

    /// Whether a byte that may not stand where it stands lies in the range.
    pub fn is_bad(&self, start: usize, end: usize) -> bool {
        !self.bad.is_empty() && {
            let first = self.bad.partition_point(|&at| (at as usize) < start);
            self.bad.get(first).is_some_and(|&at| (at as usize) < end)
        }
    }
}

/// Which bytes follow an odd run of backslashes; the carry trick of simdjson.
fn escaped(backslash: u64, carry: &mut bool) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let backslash = backslash & !u64::from(*carry);
    let follows = backslash << 1 | u64::from(*carry);
    let odd_starts = backslash & !EVEN & !follows;
    let (even_sequences, overflow) = odd_starts.overflowing_add(backslash);
    *carry = overflow;
    let invert = even_sequences << 1;
    (EVEN ^ invert) & follows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by hand, one byte at a time.
    fn plain(bytes: &[u8]) -> Vec<u32> {
        let (mut in_string, mut escape, mut out) = (false, false, Vec::new());
        for (at, byte) in bytes.iter().enumerate() {
            // Outside strings a backslash is an error that the walk names; brackets still count.
            if std::mem::take(&mut escape) && (in_string || !b"{}[]".contains(byte)) {
                continue;
            }
            match byte {
                b'\\' => escape = true,
                b'"' => {
                    in_string = !in_string;
                    out.extend((!in_string).then_some(at as u32));
                }
                b'{' | b'}' | b'[' | b']' if !in_string => out.push(at as u32),
                _ => {}
            }
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]
        #[test]
        fn agrees_with_a_plain_loop(text in r#"[\\"{}\[\]a, :\n]{0,300}"#) {
            let mut index = Index::default();
            index.build(text.as_bytes());
            let want = plain(text.as_bytes());
            for at in 0..text.len() + 130 {
                let next = want.iter().find(|token| **token as usize >= at);
                prop_assert_eq!(index.next_token(at), next.map(|token| *token as usize));
                prop_assert_eq!(index.is_token(at), want.contains(&(at as u32)));
            }
        }
    }

    #[test]
    fn names_bytes_that_may_not_stand_there() {
        let table: [(&str, &[u32]); 6] = [
            (r#"{"a":"b"}"#, &[]),
            ("{\"a\":\"b\nc\"}", &[7]),
            (r#"{"a":"\x"}"#, &[7]),
            (r#"{"a":"\u12g4"}"#, &[7]),
            (r#"{"a":"\u1234\\\""}"#, &[]),
            ("{\n\"a\"\t:\r\n1}", &[]),
        ];
        for (text, want) in table {
            let mut index = Index::default();
            index.build(text.as_bytes());
            assert_eq!(index.bad, want, "{text}");
        }
    }
}
