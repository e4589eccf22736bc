//! Answers about values that repeat.
//!
//! A raw value of a field enters; the rules it selects and the answers of questions about that
//! field leave. Most values have been met before, and then nothing is asked again.

use std::hash::BuildHasher;
use std::num::NonZeroU32;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};

use super::compile::{Known, Leaf};
use super::value::{Tests, Value};
use crate::normalize::source::Record;

/// One field whose values are remembered, and all that is asked of it.
#[derive(Debug)]
pub(super) struct Asked {
    /// Its slot.
    pub slot: u16,
    /// Whether it selects rules.
    pub selects: bool,
    /// Whether it has few different values: they are a part of the record's [`super::shape`]. Of
    /// the others it is what they come to.
    pub few: bool,
    /// Rules that one of these tests selects.
    pub tests: Vec<(Tests, u32)>,
    /// Rules for which any value will do.
    pub present: Vec<u32>,
    /// The questions that rules put to it, one leaf each.
    pub questions: Vec<Leaf>,
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
    numbers: HashTable<Met>,
    /// It differs from run to run, and only equality hangs on it.
    seed: foldhash::quality::RandomState,
    /// What is known of each value; the first place is for one that is not remembered.
    entries: Vec<Entry>,
    /// Numbers for what values come to: the rules they select and all answers.
    classes: HashMap<Box<[u8]>, u32, FixedState>,
    /// The last number that was given; they are given once.
    last_class: u32,
    /// The value of the record at hand, where it has been looked up.
    current: Met,
    round: u32,
}

/// A value that was met. To compare its bytes costs a way to the memory; nobody who does not know
/// the seed makes two values that agree in their hash.
#[derive(Clone, Copy, Debug, Default)]
struct Met {
    hash: u64,
    /// What it comes to, once all questions have been asked; values that come to the same share
    /// it. It stands here since most that is asked of a value is this.
    class: Option<NonZeroU32>,
    len: u16,
    entry: u16,
}

#[derive(Debug, Default)]
struct Entry {
    rules: Box<[u32]>,
    /// Which questions have been asked, and the answers; empty before the first one.
    answers: Box<[(u64, u64)]>,
    /// How many have been asked.
    asked: u32,
}

/// Values remembered per field before the table is cleared: user agents can be made up without
/// end.
const MEMO_LIMIT: u16 = 1 << 12;
/// Longer values are judged anew: they are not of the kind that repeats.
const MEMO_VALUE: u16 = 512;

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

    /// Appends the numbers of the rules that the record's values select, each once.
    pub(super) fn select(&mut self, asked: &[Asked], record: &Record, out: &mut Vec<u32>) {
        for (table, field) in self.fields.iter_mut().zip(asked) {
            if !field.selects {
                continue;
            }
            let mut add = |raw: &[u8]| {
                table.look_up(field, raw, self.round);
                for &rule in &table.entry().rules {
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

    /// What is known of the value of a field that has one here, or none.
    #[inline]
    fn table(&mut self, asked: &[Asked], record: &Record, number: usize) -> &Table {
        let (table, field) = (&mut self.fields[number], &asked[number]);
        if table.round != self.round {
            let raw = record.slots.first(field.slot).of(record.text);
            table.look_up(field, raw, self.round);
        }
        table
    }

    fn entry(&mut self, asked: &[Asked], record: &Record, number: usize) -> &Entry {
        self.table(asked, record, number).entry()
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
        let answers = &self.entry(asked, record, known.field as usize).answers;
        let (bit, block) = place(known);
        let (asked, answers) = answers.get(block).copied().unwrap_or_default();
        (asked & bit != 0).then_some(answers & bit != 0)
    }

    /// Whether all questions about a field have been asked of the value it has here.
    pub(super) fn has_all(&mut self, asked: &[Asked], record: &Record, number: usize) -> bool {
        let all = asked[number].questions.len();
        self.entry(asked, record, number).asked as usize == all
    }

    /// Writes what the value that a field has here comes to; nothing and false where that is not
    /// known yet.
    #[inline]
    pub(super) fn write(
        &mut self,
        asked: &[Asked],
        record: &Record,
        number: usize,
        out: &mut Vec<u8>,
    ) -> bool {
        let class = self.table(asked, record, number).current.class;
        out.extend(class.iter().flat_map(|class| class.get().to_le_bytes()));
        class.is_some()
    }

    /// The same where not all answers can be told yet.
    #[cold]
    pub(super) fn write_untold(
        &mut self,
        asked: &[Asked],
        record: &Record,
        number: usize,
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(&UNTOLD.to_le_bytes());
        self.entry(asked, record, number).write_rules(out);
    }

    /// Remembers the answer to what was asked last.
    pub(super) fn learn(&mut self, asked: &[Asked], known: Known, answer: bool) {
        let field = known.field as usize;
        let questions = asked[field].questions.len();
        let table = &mut self.fields[field];
        let number = table.current.entry;
        let Some(entry) = table.entries.get_mut(usize::from(number)) else {
            return;
        };
        if entry.answers.is_empty() {
            let blocks = questions.div_ceil(u64::BITS as usize);
            entry.answers = vec![(0, 0); blocks].into();
        }
        let (bit, block) = place(known);
        let (asked, answers) = &mut entry.answers[block];
        entry.asked += u32::from(*asked & bit == 0);
        *asked |= bit;
        *answers |= if answer { bit } else { 0 };
        table.current.class = table.classify(number, questions);
        let met = table.current;
        let known = table
            .numbers
            .find_mut(met.hash, |known| known.entry == number);
        known.into_iter().for_each(|known| *known = met);
    }
}

/// Stands in a shape for a value of which it cannot all be told yet what it comes to: no class.
const UNTOLD: u32 = 0;

/// The bit of a question, and in which block of them.
fn place(known: Known) -> (u64, usize) {
    let block = (known.question / u64::BITS) as usize;
    (1 << (known.question % u64::BITS), block)
}

impl Entry {
    #[inline]
    fn write_rules(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.rules.len() as u32).to_le_bytes());
        for rule in &self.rules {
            out.extend_from_slice(&rule.to_le_bytes());
        }
    }
}

impl Table {
    fn entry(&self) -> &Entry {
        &self.entries[usize::from(self.current.entry)]
    }

    #[inline]
    fn look_up(&mut self, field: &Asked, raw: &[u8], round: u32) {
        let hash = self.seed.hash_one(raw);
        let same = |met: &Met| (met.hash, usize::from(met.len)) == (hash, raw.len());
        self.current = match self.numbers.find(hash, same) {
            Some(met) => *met,
            None => self.judge(field, raw, hash),
        };
        self.round = round;
    }

    #[cold]
    fn judge(&mut self, field: &Asked, raw: &[u8], hash: u64) -> Met {
        if self.entries.len() >= usize::from(MEMO_LIMIT) {
            self.numbers.clear();
            self.entries.clear();
        }
        if self.entries.is_empty() {
            self.entries.push(Entry::default());
        }
        let entry = field.judge(raw);
        let len = u16::try_from(raw.len()).ok();
        let len = len.filter(|len| *len <= MEMO_VALUE);
        let number = match len {
            None => 0,
            Some(_) => self.entries.len() as u16,
        };
        match self.entries.get_mut(usize::from(number)) {
            Some(last) => *last = entry,
            None => self.entries.push(entry),
        }
        let met = Met {
            hash,
            class: self.classify(number, field.questions.len()),
            len: len.unwrap_or_default(),
            entry: number,
        };
        if len.is_some() {
            self.numbers.insert_unique(hash, met, |met| met.hash);
        }
        met
    }

    /// The class of a value, once all questions have been asked of it.
    fn classify(&mut self, number: u16, questions: usize) -> Option<NonZeroU32> {
        let entry = &self.entries[usize::from(number)];
        if entry.asked as usize != questions {
            return None;
        }
        if self.classes.len() >= usize::from(MEMO_LIMIT) {
            self.classes.clear();
        }
        let mut all = Vec::new();
        entry.write_rules(&mut all);
        let answers = entry.answers.iter();
        all.extend(answers.flat_map(|(_, answers)| answers.to_le_bytes()));
        let class = self.classes.entry(all.into()).or_insert_with(|| {
            self.last_class += 1;
            self.last_class
        });
        NonZeroU32::new(*class)
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
            ..Entry::default()
        }
    }
}
