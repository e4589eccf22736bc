//! Answers about values that repeat.
//!
//! A raw value of a field enters; the rules it selects and the answers of questions about that
//! field leave. Most values have been met before, and then nothing is asked again.

use hashbrown::HashMap;

use super::compile::Known;
use super::value::{Tests, Value};
use crate::normalize::source::Record;

/// One field whose values are remembered, and all that is asked of it.
#[derive(Debug)]
pub(super) struct Asked {
    /// Its slot.
    pub slot: u16,
    /// Whether it selects rules.
    pub selects: bool,
    /// Whether it has few different values, and is a part of the record's [`super::shape`].
    pub few: bool,
    /// Rules that one of these tests selects.
    pub tests: Vec<(Tests, u32)>,
    /// Rules for which any value will do.
    pub present: Vec<u32>,
    /// How many questions rules put to it.
    pub questions: u32,
}

/// What a worker remembers of values it has met.
#[derive(Debug)]
pub struct Memo {
    fields: Vec<Table>,
    seen: Vec<u32>,
    round: u32,
}

#[derive(Debug, Default)]
struct Table {
    numbers: HashMap<Box<[u8]>, u32, foldhash::fast::FixedState>,
    /// What is known of each value; the first place is for one that is not remembered.
    entries: Vec<Entry>,
    /// The entry of the record at hand, where it has been looked up.
    current: u32,
    round: u32,
}

#[derive(Debug, Default)]
struct Entry {
    rules: Box<[u32]>,
    /// Which questions have been asked, and the answers; empty before the first one, which most
    /// values never meet.
    answers: Box<[(u64, u64)]>,
}

/// Values remembered per field before the table is cleared: user agents can be made up without
/// end.
const MEMO_LIMIT: usize = 1 << 13;
/// Longer values are judged anew: they are not of the kind that repeats.
const MEMO_VALUE: usize = 512;

impl Memo {
    /// An empty memory for this many fields and rules.
    pub(super) fn new(fields: usize, rules: usize) -> Memo {
        let mut tables = Vec::new();
        tables.resize_with(fields, Table::default);
        Memo {
            fields: tables,
            seen: vec![0; rules],
            round: 0,
        }
    }

    /// Forgets which values the last record had.
    pub fn next_record(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill(0);
            self.fields.iter_mut().for_each(|table| table.round = 0);
            self.round = 1;
        }
    }

    /// Appends the numbers of the rules that the record's values select, each once: values of
    /// the fields that `which` names.
    #[inline]
    pub(super) fn select(
        &mut self,
        asked: &[Asked],
        record: &Record,
        which: impl Fn(&Asked) -> bool,
        out: &mut Vec<u32>,
    ) {
        for (table, field) in self.fields.iter_mut().zip(asked) {
            if !field.selects || !which(field) {
                continue;
            }
            let mut add = |raw: &[u8]| {
                let entry = table.look_up(field, raw, self.round);
                for &rule in &entry.rules {
                    if std::mem::replace(&mut self.seen[rule as usize], self.round) != self.round {
                        out.push(rule);
                    }
                }
            };
            if record.slots.has_more() {
                for span in record.slots.all(field.slot) {
                    add(span.of(record.text));
                }
            } else {
                add(record.slots.first(field.slot).of(record.text));
            }
        }
    }

    /// The answer of a question about a field that has one value here, or none; `None` where it
    /// has not been asked yet.
    #[inline]
    pub(super) fn answer(
        &mut self,
        asked: &[Asked],
        record: &Record,
        known: Known,
    ) -> Option<bool> {
        let number = known.field as usize;
        let (table, field) = (&mut self.fields[number], &asked[number]);
        if table.round != self.round {
            let raw = record.slots.first(field.slot).of(record.text);
            table.look_up(field, raw, self.round);
        }
        let (bit, block) = place(known);
        let answers = &table.entries[table.current as usize].answers;
        let (asked, answers) = answers.get(block).copied().unwrap_or_default();
        (asked & bit != 0).then_some(answers & bit != 0)
    }

    /// Remembers the answer to what was asked last.
    pub(super) fn learn(&mut self, asked: &[Asked], known: Known, answer: bool) {
        let number = known.field as usize;
        let table = &mut self.fields[number];
        let Some(entry) = table.entries.get_mut(table.current as usize) else {
            return;
        };
        if entry.answers.is_empty() {
            let blocks = asked[number].questions.div_ceil(64) as usize;
            entry.answers = vec![(0, 0); blocks].into();
        }
        let (bit, block) = place(known);
        let (asked, answers) = &mut entry.answers[block];
        *asked |= bit;
        *answers |= if answer { bit } else { 0 };
    }
}

/// The bit of a question, and in which block of them.
fn place(known: Known) -> (u64, usize) {
    (1 << (known.question % 64), known.question as usize / 64)
}

impl Table {
    #[inline]
    fn look_up(&mut self, field: &Asked, raw: &[u8], round: u32) -> &Entry {
        let number = match self.numbers.get(raw) {
            Some(number) => *number,
            None => self.judge(field, raw),
        };
        (self.current, self.round) = (number, round);
        &self.entries[number as usize]
    }

    #[cold]
    fn judge(&mut self, field: &Asked, raw: &[u8]) -> u32 {
        if self.entries.len() >= MEMO_LIMIT {
            self.numbers.clear();
            self.entries.clear();
        }
        if self.entries.is_empty() {
            self.entries.push(Entry::default());
        }
        let entry = field.judge(raw);
        if raw.len() > MEMO_VALUE {
            self.entries[0] = entry;
            return 0;
        }
        let number = self.entries.len() as u32;
        self.entries.push(entry);
        self.numbers.insert(raw.into(), number);
        number
    }
}

impl Asked {
    fn judge(&self, raw: &[u8]) -> Entry {
        let mut rules: Vec<u32> = Vec::new();
        if !raw.is_empty() {
            let value = Value::Raw(raw);
            let selecting = self.tests.iter().filter(|(tests, _)| tests.any(value));
            rules.extend(selecting.map(|(_, rule)| *rule));
            if raw != b"null" {
                rules.extend(&self.present);
            }
            rules.sort_unstable();
            rules.dedup();
        }
        Entry {
            rules: rules.into(),
            answers: Box::default(),
        }
    }
}
