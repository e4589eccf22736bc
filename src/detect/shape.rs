//! What the fields with few different values decide together.
//!
//! Call, service, error and their like come in the same combinations again and again. A record's
//! combination enters; the rules that can still match leave, most of them decided. Every
//! combination is judged once: after that only what hangs on more is asked of a record.

use std::rc::Rc;

use hashbrown::HashMap;

use super::matcher::Verdict;

/// What a combination of values comes to: the rules it does not rule out.
#[derive(Debug, Default)]
pub struct Shape {
    /// Those it decides among them with their levels.
    pub rules: Box<[Verdict]>,
    /// Numbers of the rules that it was asked about, ascending.
    asked: Box<[u32]>,
}

impl Shape {
    /// What was found out about the rules that were asked about.
    pub fn new(rules: Vec<Verdict>, mut asked: Vec<u32>) -> Shape {
        asked.sort_unstable();
        Shape {
            rules: rules.into(),
            asked: asked.into(),
        }
    }

    /// Whether nothing more has to be said about a rule.
    pub fn knows(&self, bound: u32) -> bool {
        self.asked.binary_search(&bound).is_ok()
    }
}

/// The combinations a worker has met.
#[derive(Debug, Default)]
pub struct Shapes {
    met: HashMap<Box<[u8]>, Rc<Shape>, foldhash::fast::FixedState>,
    key: Vec<u8>,
}

/// Combinations remembered before all are forgotten: names of calls can be made up without end.
const LIMIT: usize = 1 << 12;
/// Longer ones are not of the kind that repeats.
const LONGEST: usize = 1 << 10;

impl Shapes {
    /// What the combination that `write` writes comes to, where it has been met.
    #[inline]
    pub fn find(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Option<Rc<Shape>> {
        write(&mut self.key);
        self.met.get(&*self.key).cloned()
    }

    /// Remembers what the combination that was looked for last comes to.
    pub fn learn(&mut self, shape: Rc<Shape>) {
        if self.key.len() > LONGEST {
            return;
        }
        if self.met.len() >= LIMIT {
            self.met.clear();
        }
        self.met.insert(self.key.as_slice().into(), shape);
    }
}
