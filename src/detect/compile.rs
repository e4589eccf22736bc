//! Rules bound to a source: names become fields, values become tests.
//!
//! A loaded rule set in, one [`Program`] a source out. Nothing is looked up by name after this.

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{Atom, Body, Cased, Condition, Detection, Item, Rule, RuleSet, Selection, Side};
use super::field::Field;
use super::index::RuleIndex;
use super::value::Tests;
use crate::enrich::derive::Derived;
use crate::model::{RuleMeta, Severity};
use crate::normalize::source::Quirk;
use crate::normalize::{Layout, Source};

/// Everything needed to judge the records of one source.
#[derive(Debug)]
pub struct Program {
    /// What the walk looks for.
    pub layout: Layout,
    /// Fields the rules name, by number.
    pub fields: Vec<Field>,
    /// Which of them all records of one action agree in.
    pub steady: Vec<bool>,
    /// How many different questions the rules put.
    pub questions: u32,
    /// The rules that speak about this source.
    pub rules: Vec<Bound>,
    /// Which of them can match a record.
    pub index: RuleIndex,
}

/// One rule bound to one source.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Its number in the rule set.
    pub rule: u32,
    /// What it asks.
    pub logic: Logic,
    /// The level where none of its levels holds.
    pub level: Severity,
    /// Whether its matches are findings.
    pub speaks: bool,
    /// Whether it is enough to know that it matched once: nobody wants to see its findings.
    pub quiet: bool,
    /// The correlations it feeds.
    pub feeds: Vec<Feed>,
    /// Whether all it may wait for is if somebody was silent before: an earlier record settles it.
    pub waits_for_silence: bool,
}

/// What a rule asks, or what is left of it where a record's shape has decided the rest.
#[derive(Clone, Debug)]
pub struct Logic {
    /// Its selections; those that are decided are empty.
    pub selections: Vec<Node>,
    /// What combines them.
    pub condition: Condition,
    /// Its levels: the first that holds.
    pub levels: Vec<(Condition, Severity)>,
    /// Where nothing is asked but whether the role that the call names was given administrator
    /// rights, and it holds if so: its level then.
    pub if_granted: Option<Severity>,
}

/// How a rule's matches enter a correlation.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The correlation's number in the rule set.
    pub correlation: u32,
    /// Position among its members, optional ones after the others.
    pub member: u32,
    /// Fields of the group key.
    pub group: Vec<u16>,
    /// Fields of the value.
    pub value: Vec<u16>,
}

/// A selection, compiled.
#[derive(Clone, Debug)]
pub enum Node {
    /// All hold.
    All(Vec<Node>),
    /// One holds.
    Any(Vec<Node>),
    /// One field.
    Leaf(Leaf),
    /// Text anywhere in the record.
    Keyword(Tests),
}

/// One field and what is asked of it.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Number of the field.
    pub field: u16,
    /// The question; rules that ask the same share it.
    pub ask: Arc<Ask>,
    /// Its number among those that are put to this source.
    pub number: u32,
    /// The answer is turned around.
    pub negated: bool,
    /// Where the answer is remembered, if it is.
    pub known: Option<Known>,
}

/// A place in the memory of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Number of the remembered field.
    pub field: u16,
    /// Number of the question among those about it.
    pub question: u32,
}

/// A question about a field.
#[derive(Clone, Debug)]
pub enum Ask {
    /// One of the tests holds for one of its values. With `absent`, no value at all is fine too.
    Any(Tests, bool),
    /// Each of the tests holds for some value.
    All(Vec<Tests>),
    /// It is there, or it is not.
    Exists(bool),
    /// It stands to another field as said.
    Refers(Vec<(u16, Side, Cased)>, bool),
}

impl Program {
    /// Binds the rules that speak about `source`; informational ones only where they are wanted.
    pub fn new(
        source: &'static Source,
        rules: &RuleSet,
        informational: bool,
    ) -> Result<Program, String> {
        Program::build(source, rules, informational, false)
    }

    /// The same, with every selection's parts in the order of its author: slower, but what is
    /// told about them can be held against the rule.
    pub fn as_written(source: &'static Source, rules: &RuleSet) -> Result<Program, String> {
        Program::build(source, rules, true, true)
    }

    fn build(
        source: &'static Source,
        rules: &RuleSet,
        informational: bool,
        as_written: bool,
    ) -> Result<Program, String> {
        let mut binder = Binder {
            as_written,
            ..Binder::new(source)
        };
        let mut bound = Vec::new();
        for (number, rule) in rules.rules.iter().enumerate() {
            let Body::Event(detection) = &rule.body else {
                continue;
            };
            if applies(&rule.meta, source) {
                let one = binder.bind(number, rule, detection, rules);
                let mut one = one.map_err(|reason| format!("{}: {reason}", rule.meta.file))?;
                // What nobody wants to see, nothing counts and nothing raises need not be judged;
                // but what only the whole input decides has to wait for it.
                let mut waits = Vec::new();
                for node in &one.logic.selections {
                    binder.late_fields(node, &mut waits);
                }
                let late = !waits.is_empty();
                let silence = |field: &&Field| matches!(field, Field::Derived(Derived::Baseline));
                one.waits_for_silence = one.feeds.is_empty() && waits.iter().all(silence);
                let lowly =
                    one.level == Severity::Informational && one.logic.levels.is_empty() && !late;
                one.quiet = lowly && !informational && one.feeds.is_empty();
                one.speaks &= informational || !lowly;
                bound.push(one);
            }
        }
        Ok(Program::of(binder, bound))
    }

    /// The program of a source that no rule speaks about.
    pub fn without_rules(source: &'static Source) -> Program {
        Program::of(Binder::new(source), Vec::new())
    }

    fn of(mut binder: Binder, mut bound: Vec<Bound>) -> Program {
        let mut index = RuleIndex::new(&bound, &binder.fields, &binder.layout);
        let steady = binder.fields.iter();
        let steady = steady
            .map(|field| field.is_steady(&binder.layout))
            .collect();
        binder.promote(&bound, &index);
        index.remember(&mut bound, &binder.fields, &binder.layout);
        Program {
            layout: binder.layout,
            fields: binder.fields,
            steady,
            questions: binder.asked.len() as u32,
            rules: bound,
            index,
        }
    }
}

/// Whether a rule speaks about a source: by product and service, each only where it is given.
pub fn applies(meta: &RuleMeta, source: &Source) -> bool {
    let fits = |asked: &Option<String>, own: &str| {
        asked
            .as_deref()
            .is_none_or(|asked| asked.eq_ignore_ascii_case(own))
    };
    let own = std::iter::once((source.product, source.service));
    (meta.product.is_some() || meta.service.is_some())
        && own
            .chain(source.also.iter().copied())
            .any(|(product, service)| fits(&meta.product, product) && fits(&meta.service, service))
}

struct Binder {
    layout: Layout,
    fields: Vec<Field>,
    names: Vec<String>,
    as_written: bool,
    /// Questions by what is asked of which field, with their numbers: filters stand in hundreds
    /// of rules.
    asked: HashMap<String, (u32, Arc<Ask>)>,
}

impl Binder {
    fn new(source: &'static Source) -> Binder {
        let mut layout = Layout::new(source);
        for key in source.containers {
            layout.top(key);
        }
        Binder {
            layout,
            fields: Vec::new(),
            names: Vec::new(),
            as_written: false,
            asked: HashMap::new(),
        }
    }

    fn field(&mut self, name: &str) -> Result<u16, String> {
        if let Some(number) = self.names.iter().position(|known| known == name) {
            return Ok(number as u16);
        }
        let number =
            u16::try_from(self.fields.len()).map_err(|_| "too many different fields".to_owned())?;
        self.fields.push(Field::resolve(name, &mut self.layout));
        self.names.push(name.to_owned());
        Ok(number)
    }

    /// Rules that the dispatch field does not select are judged on very many records, and those
    /// that feed a correlation mostly ask for what happens all the time: what they look at becomes
    /// a slot of the walk, so that no path is searched for again and again.
    fn promote(&mut self, rules: &[Bound], index: &RuleIndex) {
        let mut wanted = Vec::new();
        let broad = index.broad().into_iter();
        let broad = broad.filter_map(|number| rules.get(number as usize));
        let counted = rules.iter().filter(|rule| !rule.feeds.is_empty());
        for rule in broad.chain(counted) {
            let nodes = rule.logic.selections.iter();
            nodes.for_each(|node| fields_of(node, &mut wanted));
        }
        wanted.sort_unstable();
        wanted.dedup();
        for number in wanted {
            let name = &self.names[number as usize];
            let field = &mut self.fields[number as usize];
            if matches!(field, Field::Deep { .. }) {
                let keys: Vec<&str> = name.split('.').collect();
                let slot = Field::Slot(self.layout.trie.slot(&keys), Quirk::None);
                // The walk knows neither keys with dots in them nor other spellings.
                let search = std::mem::replace(field, Field::FirstOf(Vec::new()));
                *field = Field::FirstOf(vec![slot, search]);
            }
        }
    }

    fn bind(
        &mut self,
        number: usize,
        rule: &Rule,
        detection: &Detection,
        rules: &RuleSet,
    ) -> Result<Bound, String> {
        let selections = detection
            .selections
            .iter()
            .map(|(_, selection)| self.node(selection));
        let selections: Vec<Node> = selections.collect::<Result<_, _>>()?;
        let costs: Vec<u32> = selections.iter().map(|node| self.cost(node)).collect();
        let mut feeds = Vec::new();
        for (correlation, other) in rules.rules.iter().enumerate() {
            let Body::Correlation(body) = &other.body else {
                continue;
            };
            let members = body.members.iter().chain(&body.optional);
            for (member, _) in members.enumerate().filter(|(_, member)| **member == number) {
                let names = body.member_fields.get(member).unwrap_or(&body.group_by);
                feeds.push(Feed {
                    correlation: correlation as u32,
                    member: member as u32,
                    group: names
                        .iter()
                        .map(|name| self.field(name))
                        .collect::<Result<_, _>>()?,
                    value: body
                        .value_fields
                        .iter()
                        .map(|name| self.field(name))
                        .collect::<Result<_, _>>()?,
                });
            }
        }
        Ok(Bound {
            rule: number as u32,
            logic: Logic {
                selections,
                condition: cheap_first(&detection.condition, &costs),
                levels: rule.levels.clone(),
                if_granted: None,
            },
            level: rule.meta.level,
            speaks: !rule.silent,
            quiet: false,
            feeds,
            waits_for_silence: false,
        })
    }

    fn node(&mut self, selection: &Selection) -> Result<Node, String> {
        let all = |binder: &mut Binder, parts: &[Selection]| {
            parts
                .iter()
                .map(|part| binder.node(part))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match selection {
            Selection::All(parts) => {
                let mut parts = all(self, parts)?;
                // Cheap questions first: most records fail one of them.
                if !self.as_written {
                    parts.sort_by_cached_key(|part| self.cost(part));
                }
                Node::All(parts)
            }
            Selection::Any(parts) => Node::Any(all(self, parts)?),
            Selection::Item(item) => Node::Leaf(self.leaf(item)?),
            Selection::Keyword(atom) => Node::Keyword(
                Tests::compile(std::slice::from_ref(atom)).map_err(|error| error.to_string())?,
            ),
        })
    }

    /// How much work a selection is, roughly: a slot is there, a deep path has to be walked, a
    /// derived field to be computed.
    fn cost(&self, node: &Node) -> u32 {
        match node {
            Node::All(parts) | Node::Any(parts) => parts.iter().map(|part| self.cost(part)).sum(),
            Node::Keyword(_) => 50,
            Node::Leaf(leaf) => match &self.fields[leaf.field as usize] {
                Field::Slot(..) => 1,
                // Worked out once an address.
                Field::Derived(derived) if derived.is_of_address() => 0,
                Field::Deep { .. } => 5,
                Field::FirstOf(..) => 8,
                Field::Derived(_) | Field::Own(_) => 20,
            },
        }
    }

    /// The fields of a selection that only the whole input decides.
    fn late_fields<'b>(&'b self, node: &Node, out: &mut Vec<&'b Field>) {
        match node {
            Node::All(parts) | Node::Any(parts) => {
                parts.iter().for_each(|part| self.late_fields(part, out));
            }
            Node::Keyword(_) => {}
            Node::Leaf(leaf) => {
                let field = &self.fields[leaf.field as usize];
                out.extend(Some(field).filter(|field| field.is_late()));
            }
        }
    }

    fn leaf(&mut self, item: &Item) -> Result<Leaf, String> {
        let field = self.field(&item.field)?;
        let key = format!("{field} {} {:?}", item.all, item.atoms);
        let (number, ask) = match self.asked.get(&key) {
            Some((number, ask)) => (*number, Arc::clone(ask)),
            None => {
                let (number, ask) = (self.asked.len() as u32, Arc::new(self.ask(item)?));
                self.asked.insert(key, (number, Arc::clone(&ask)));
                (number, ask)
            }
        };
        Ok(Leaf {
            field,
            ask,
            number,
            negated: item.negated,
            known: None,
        })
    }

    fn ask(&mut self, item: &Item) -> Result<Ask, String> {
        let compile = |atoms: &[Atom]| Tests::compile(atoms).map_err(|error| error.to_string());
        let references: Vec<(u16, Side, Cased)> = item
            .atoms
            .iter()
            .filter_map(|atom| match atom {
                Atom::FieldRef(name, side, cased) => Some((name, *side, *cased)),
                _ => None,
            })
            .map(|(name, side, cased)| Ok((self.field(name)?, side, cased)))
            .collect::<Result<_, String>>()?;
        Ok(match item.atoms.as_slice() {
            [Atom::Exists(wanted)] => Ask::Exists(*wanted),
            _ if !references.is_empty() => Ask::Refers(references, item.all),
            atoms if item.all => Ask::All(
                atoms
                    .iter()
                    .map(|atom| compile(std::slice::from_ref(atom)))
                    .collect::<Result<_, _>>()?,
            ),
            atoms => {
                let absent = atoms
                    .iter()
                    .any(|atom| matches!(atom, Atom::Null | Atom::Exists(false)));
                Ask::Any(compile(atoms)?, absent)
            }
        })
    }
}

fn fields_of(node: &Node, out: &mut Vec<u16>) {
    match node {
        Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| fields_of(part, out)),
        Node::Leaf(leaf) => out.push(leaf.field),
        Node::Keyword(_) => {}
    }
}

/// The same condition with its cheapest parts first; the answer does not hang on the order.
fn cheap_first(condition: &Condition, costs: &[u32]) -> Condition {
    fn cost(condition: &Condition, costs: &[u32]) -> u32 {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter().map(|part| cost(part, costs)).sum()
            }
            Condition::Not(part) => cost(part, costs),
            Condition::Selection(number) => costs.get(*number).copied().unwrap_or_default(),
        }
    }
    let sorted = |parts: &[Condition]| {
        let mut parts: Vec<Condition> = parts.iter().map(|part| cheap_first(part, costs)).collect();
        // What must hold before what must not: filters match rarely, so they decide late.
        parts.sort_by_key(|part| (matches!(part, Condition::Not(_)), cost(part, costs)));
        parts
    };
    match condition {
        Condition::And(parts) => Condition::And(sorted(parts)),
        Condition::Or(parts) => Condition::Or(sorted(parts)),
        other => other.clone(),
    }
}
