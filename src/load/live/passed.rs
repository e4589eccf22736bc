//! Where a walk through pages has been.
//!
//! Enters: what tells one page from another. Leaves: whether to go on. It exists because a provider
//! that hands out a page twice is asked again, and one that leads in a circle is not followed for
//! ever.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::net::Error;

/// Times that the same may come again.
const AGAIN: u8 = 3;

/// What has been met so far, by hash: a sequence has up to a million pages.
#[derive(Default)]
pub(super) struct Passed {
    met: BTreeMap<u64, u8>,
}

impl Passed {
    /// Goes by the place behind a page; an error where it has been there too often.
    pub fn by(&mut self, next: &str) -> Result<(), Error> {
        self.meet(next.as_bytes(), "it leads in a circle")
    }

    /// Takes a page that is not empty; an error where the same has come too often under other
    /// places, of which it may name the next one.
    pub fn page(&mut self, body: &[u8], next: &str) -> Result<(), Error> {
        let (mut rest, mut kept) = (body, Vec::with_capacity(body.len()));
        while let Some(at) = find(rest, next.as_bytes()) {
            kept.extend_from_slice(&rest[..at]);
            rest = &rest[at + next.len()..];
        }
        kept.extend_from_slice(rest);
        self.meet(&kept, "the same page comes again and again")
    }

    fn meet(&mut self, what: &[u8], reason: &str) -> Result<(), Error> {
        let mut hasher = DefaultHasher::new();
        (what, reason).hash(&mut hasher);
        let times = self.met.entry(hasher.finish()).or_default();
        *times += 1;
        match *times > AGAIN {
            false => Ok(()),
            true => Err(Error::Malformed {
                what: "an answer".to_owned(),
                reason: reason.to_owned(),
            }),
        }
    }
}

fn find(body: &[u8], text: &[u8]) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    memchr::memmem::find(body, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_borne_and_a_circle_is_left() {
        let mut passed = Passed::default();
        for round in 0..AGAIN {
            for place in ["a", "b"] {
                assert!(passed.by(place).is_ok(), "{round}");
            }
        }
        let error = passed.by("a").expect_err("a circle").to_string();
        assert_eq!(error, "an answer: it leads in a circle");
    }

    #[test]
    fn a_page_is_known_under_another_place() {
        let mut passed = Passed::default();
        let page = |next: &str| format!("{{\"events\":[1],\"next\":\"{next}\"}}");
        for number in 0..=AGAIN {
            let next = format!("t{number}");
            let fine = passed.page(page(&next).as_bytes(), &next).is_ok();
            assert_eq!(fine, number < AGAIN);
        }
        assert!(passed.page(b"{\"events\":[2]}", "").is_ok());
    }
}
