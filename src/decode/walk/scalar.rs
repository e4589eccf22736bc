//! Numbers, `true`, `false` and `null`.

use super::{Bad, Walker};

impl Walker<'_> {
    /// Where the number, `true`, `false` or `null` at `at` ends.
    pub(super) fn scalar_end(&self, at: usize) -> Result<usize, Bad> {
        let rest = &self.text[at..];
        for word in [&b"true"[..], b"false", b"null"] {
            if rest.starts_with(word) && matches!(rest.get(word.len()), Some(b',' | b'}' | b']')) {
                return Ok(at + word.len());
            }
        }
        let mut end = at;
        while let Some(byte) = self.text.get(end) {
            if matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t') {
                break;
            }
            end += 1;
        }
        let fine = match &self.text[at..end] {
            b"true" | b"false" | b"null" => true,
            number => is_number(number),
        };
        if fine {
            Ok(end)
        } else {
            self.bad(at, "a value that is not JSON")
        }
    }
}

/// Whether the text is a number by JSON's grammar.
fn is_number(text: &[u8]) -> bool {
    let mut rest = text.strip_prefix(b"-").unwrap_or(text);
    let digits = |rest: &mut &[u8]| {
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        *rest = &rest[count..];
        count
    };
    let leading_zero = rest.first() == Some(&b'0');
    match digits(&mut rest) {
        0 => return false,
        1 => {}
        _ if leading_zero => return false,
        _ => {}
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        rest = fraction;
        if digits(&mut rest) == 0 {
            return false;
        }
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        rest = exponent
            .strip_prefix(b"+")
            .or_else(|| exponent.strip_prefix(b"-"))
            .unwrap_or(exponent);
        if digits(&mut rest) == 0 {
            return false;
        }
    }
    rest.is_empty()
}
