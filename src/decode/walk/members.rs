//! The members of an object one by one, for envelopes: which of them is a record is not known
//! before they are looked at.

use super::{Bad, Member, Span, Walker};

impl<'a> Walker<'a> {
    /// The members of the object at `at`, up to and including the first one for which `stop`
    /// says so; its value is then not walked and its span ends where it starts.
    pub fn members(
        &self,
        at: usize,
        out: &mut Vec<Member>,
        stop: impl FnMut(&'a [u8], u8) -> bool,
    ) -> Result<usize, Bad> {
        out.clear();
        if self.text.get(at) != Some(&b'{') {
            return self.bad(at, "no object");
        }
        let next = self.skip_space(at + 1);
        if self.text.get(next) == Some(&b'}') {
            return Ok(next + 1);
        }
        self.member(next, out, stop)
    }

    /// The members of an object behind the value that ends at `after`, likewise.
    pub fn more_members(
        &self,
        after: usize,
        out: &mut Vec<Member>,
        stop: impl FnMut(&'a [u8], u8) -> bool,
    ) -> Result<usize, Bad> {
        let next = self.skip_space(after);
        match self.text.get(next) {
            Some(b',') => {
                let next = self.skip_space(next + 1);
                self.member(next, out, stop)
            }
            Some(b'}') => Ok(next + 1),
            _ => self.bad(next, "a member without a comma"),
        }
    }

    fn member(
        &self,
        mut next: usize,
        out: &mut Vec<Member>,
        mut stop: impl FnMut(&'a [u8], u8) -> bool,
    ) -> Result<usize, Bad> {
        loop {
            // People who write examples leave a comma behind the last member.
            if self.text.get(next) == Some(&b'}') && !out.is_empty() {
                return Ok(next + 1);
            }
            if self.text.get(next) != Some(&b'"') {
                return self.bad(next, "an object without a key");
            }
            let key_end = self.string_end(next)?;
            let key = Span {
                start: next as u32,
                end: key_end as u32,
            };
            let colon = self.skip_space(key_end);
            if self.text.get(colon) != Some(&b':') {
                return self.bad(colon, "a key without a colon");
            }
            let value = self.skip_space(colon + 1);
            let Some(&first) = self.text.get(value) else {
                return self.bad(value, "JSON ends early");
            };
            if stop(&self.text[next + 1..key_end - 1], first) {
                out.push(Member {
                    key,
                    value: Span {
                        start: value as u32,
                        end: value as u32,
                    },
                });
                return Ok(value);
            }
            let end = self.skip(value)?;
            out.push(Member {
                key,
                value: Span {
                    start: value as u32,
                    end: end as u32,
                },
            });
            next = self.skip_space(end);
            match self.text.get(next) {
                Some(b',') => next = self.skip_space(next + 1),
                Some(b'}') => return Ok(next + 1),
                _ => return self.bad(next, "a member without a comma"),
            }
        }
    }
}
