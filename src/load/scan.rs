//! Where a record ends.
//!
//! Enters: bytes that begin between two records. Leaves: the place at which to cut them. It
//! exists apart from the cutter because this is the part that touches every byte of a big file.

use super::bitmap::{Lexer, mask};

/// What counts as an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The close of an outermost value, or a line break outside of values.
    Values,
    /// The close of an array's element, or the comma behind it.
    Items,
    /// A line break outside of quotes.
    Rows,
}

/// What a scan found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// No decision yet: more bytes are needed, or there are none.
    More,
    /// Cut here: the last end within the window, or the first one behind it.
    Cut(usize),
    /// The array's own bracket stands here.
    Closed(usize),
}

/// A scan over one growing buffer.
#[derive(Debug)]
pub(crate) struct Scan {
    rule: Rule,
    lexer: Lexer,
    depth: u64,
    /// Bytes looked at.
    pub pos: usize,
    last: usize,
}

impl Scan {
    pub fn new(rule: Rule) -> Self {
        let lexer = if rule == Rule::Rows {
            Lexer::csv()
        } else {
            Lexer::json()
        };
        Self {
            rule,
            lexer,
            depth: 0,
            pos: 0,
            last: 0,
        }
    }

    /// Looks at the bytes behind those it has seen; `bytes` is the same buffer every time, grown
    /// at its end. A window of 0 finds the first end. With `eof` the last bytes count as well,
    /// else only whole blocks.
    pub fn run(&mut self, bytes: &[u8], window: usize, eof: bool) -> Step {
        loop {
            if self.last > 0 && self.pos >= window {
                return Step::Cut(self.last);
            }
            let rest = bytes.get(self.pos..).unwrap_or_default();
            let step = match rest.first_chunk::<64>() {
                Some(block) => self.block(block, 64, window),
                None if eof && !rest.is_empty() => {
                    let mut block = [b' '; 64];
                    block[..rest.len()].copy_from_slice(rest);
                    self.block(&block, rest.len(), window)
                }
                None if eof && self.last > 0 => Some(Step::Cut(self.last)),
                None => Some(Step::More),
            };
            if let Some(step) = step {
                return step;
            }
        }
    }

    /// Whether there is a place to cut already, and only the bytes behind it to be seen.
    pub fn found(&self) -> bool {
        self.last > 0
    }

    /// Forgets the first `count` bytes of the buffer.
    pub fn rebase(&mut self, count: usize) {
        self.pos = self.pos.saturating_sub(count);
        self.last = 0;
    }

    #[inline]
    fn block(&mut self, block: &[u8; 64], length: usize, window: usize) -> Option<Step> {
        let found = self.lexer.next(block);
        let mut valid = !0;
        let mut taken = length;
        let broken = found.newline & found.in_string;
        if broken != 0 && self.rule != Rule::Rows {
            // No string of JSON holds a raw line break: this one was never closed. Whatever
            // follows the break is read afresh, so that one bad line costs only itself.
            let at = broken.trailing_zeros();
            valid = (1u64 << at) - 1;
            taken = at as usize + 1;
        }
        let outside = valid & !found.in_string;
        let (open, close) = match self.rule {
            Rule::Rows => (0, 0),
            _ => (found.open & outside, found.close & outside),
        };
        if self.depth > u64::from(close.count_ones()) {
            // Not even all closes of this block in a row would reach the level of records.
            self.depth += u64::from(open.count_ones());
            self.depth -= u64::from(close.count_ones());
        } else {
            let ends = match self.rule {
                Rule::Items => mask(block, b',') & outside,
                _ => found.newline & outside,
            };
            if let Some(step) = self.walk(open, close, ends, window) {
                return Some(step);
            }
        }
        let start = self.pos;
        self.pos += taken;
        if valid != !0 {
            self.depth = 0;
            self.lexer = Lexer::json();
            return self.end(start + taken, window);
        }
        None
    }

    /// Goes through the marks of a block one by one.
    fn walk(&mut self, open: u64, close: u64, ends: u64, window: usize) -> Option<Step> {
        let mut marks = open | close | ends;
        while marks != 0 {
            let bit = marks & marks.wrapping_neg();
            let at = self.pos + marks.trailing_zeros() as usize;
            marks ^= bit;
            let ended = if open & bit != 0 {
                self.depth += 1;
                false
            } else if close & bit != 0 {
                if self.depth == 0 && self.rule == Rule::Items {
                    return Some(match self.last {
                        last if last > 0 && at > window => Step::Cut(last),
                        _ => Step::Closed(at),
                    });
                }
                // A close too many is some line's trouble, not the next one's.
                let inside = self.depth > 0;
                self.depth = self.depth.saturating_sub(1);
                inside && self.depth == 0
            } else {
                self.depth == 0
            };
            if ended && let Some(step) = self.end(at + 1, window) {
                return Some(step);
            }
        }
        None
    }

    #[inline]
    fn end(&mut self, at: usize, window: usize) -> Option<Step> {
        if self.last == 0 || at <= window {
            self.last = at;
        }
        (at > window).then_some(Step::Cut(self.last))
    }
}

/// Counts brackets outside of strings: those that open, and those that close.
pub(crate) fn brackets(bytes: &[u8]) -> (usize, usize) {
    let mut lexer = Lexer::json();
    let (blocks, rest) = bytes.as_chunks::<64>();
    let mut tail = [b' '; 64];
    tail[..rest.len()].copy_from_slice(rest);
    let count = |(opened, closed), block: &[u8; 64]| {
        let found = lexer.next(block);
        let ones = |mask: u64| (mask & !found.in_string).count_ones() as usize;
        (opened + ones(found.open), closed + ones(found.close))
    };
    blocks.iter().chain([&tail]).fold((0, 0), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(rule: Rule, text: &str) -> Step {
        Scan::new(rule).run(text.as_bytes(), 0, true)
    }

    #[test]
    fn first_end() {
        for (rule, text, step) in [
            (Rule::Values, "{}", Step::Cut(2)),
            (Rule::Values, r#"{"a":"}"} {}"#, Step::Cut(9)),
            (Rule::Values, r#"{"a":"\"}"} {}"#, Step::Cut(11)),
            (Rule::Values, "{\"a\":[{},{}]}{}", Step::Cut(13)),
            (Rule::Values, "text\n{}", Step::Cut(5)),
            (Rule::Values, "}}{}", Step::Cut(4)),
            (Rule::Values, "{\"a\":\"cut\n{}", Step::Cut(10)),
            (Rule::Values, "{\"a\":{", Step::More),
            (Rule::Items, "{},{}]", Step::Cut(2)),
            (Rule::Items, "1,2]", Step::Cut(2)),
            (Rule::Items, "\",\"]}", Step::Closed(3)),
            (Rule::Items, " ]}", Step::Closed(1)),
            (Rule::Rows, "a,\"x\ny\",\"\"\"\"\nb", Step::Cut(13)),
        ] {
            assert_eq!(first(rule, text), step, "{text}");
        }
    }

    #[test]
    fn last_end_within_the_window_else_the_first_behind() {
        let text = format!("{}\n{}\n", "{} ".repeat(40), "{}".repeat(100));
        let run = |window| Scan::new(Rule::Values).run(text.as_bytes(), window, false);
        assert_eq!(run(64), Step::Cut(62));
        assert_eq!(
            run(120),
            Step::Cut(119),
            "the line break is behind the window"
        );
        assert_eq!(run(121), Step::Cut(121));
        let long = format!("{{\"a\":\"{}\"}}{{}}", "x".repeat(500));
        assert_eq!(
            Scan::new(Rule::Values).run(long.as_bytes(), 64, true),
            Step::Cut(508)
        );
    }

    #[test]
    fn brackets_of_strings_do_not_count() {
        assert_eq!(brackets(br#"{"a{[":[1,{"b":"\"{"}]"#), (3, 2));
        assert_eq!(brackets(b""), (0, 0));
    }
}
