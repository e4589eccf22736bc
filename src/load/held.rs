//! The bytes of a stream that have been read and not yet handed out.
//!
//! Enters: bytes at the end. Leaves: bytes from the front. It exists so that neither a large
//! buffer cut into small windows nor a small rest in a large buffer costs time or memory.

use std::ops::Deref;

/// A buffer whose front is taken without moving the rest.
#[derive(Debug, Default)]
pub(crate) struct Held {
    bytes: Vec<u8>,
    /// Bytes taken.
    at: usize,
}

impl Held {
    /// The buffer, to be appended to. What was taken is let go, and its memory with it.
    pub fn grow(&mut self) -> &mut Vec<u8> {
        if self.at > 0 {
            self.bytes = self.bytes[self.at..].to_vec();
            self.at = 0;
        }
        &mut self.bytes
    }

    /// Drops bytes from the front.
    pub fn take(&mut self, count: usize) {
        self.at = (self.at + count).min(self.bytes.len());
    }

    /// Takes bytes from the front: by giving away the buffer where they are most of it.
    pub fn cut(&mut self, end: usize) -> Vec<u8> {
        if self.at == 0 && self.bytes.capacity() / 2 <= end {
            let rest = self.bytes.split_off(end);
            return std::mem::replace(&mut self.bytes, rest);
        }
        let bytes = self[..end].to_vec();
        self.take(end);
        bytes
    }

    /// The memory it holds.
    #[cfg(test)]
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.at..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_windows_of_a_large_buffer_stay_small() {
        let mut held = Held::default();
        held.grow().extend(b"0123456789".repeat(100));
        let window = held.cut(10);
        assert_eq!(
            (window.as_slice(), window.capacity()),
            (&b"0123456789"[..], 10)
        );
        held.take(981);
        assert_eq!(&*held, b"123456789");
        held.grow().extend(b"abc");
        assert!(held.capacity() < 100, "the rest lets the large buffer go");
        assert_eq!(held.cut(12), b"123456789abc");
        assert!(held.is_empty());
    }
}
