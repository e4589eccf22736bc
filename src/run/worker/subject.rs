//! The record at hand: what has been worked out about it, each thing once.
//!
//! A record that some rule spoke about enters, its fold, its row and the pointer to it leave.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::Work;
use super::presence::holder;
use super::tables::{Mark, Memo};
use crate::decode::text;
use crate::enrich::derive::Firsts;
use crate::model::{ActorType, Outcome, Severity, Time};
use crate::normalize::runtime::known;
use crate::normalize::{self, Norm, Record, address, event};
use crate::run::intern::{NO_STR, StrId};
use crate::run::rows::{
    ActorRow, BatchFold, FactRow, FoldKey, Member, NO_REFERENCE, Range, Reference, Row, TargetRow,
    Uid, What, put,
};

/// What is noted of a record before it is judged.
pub(super) struct Noted<'a> {
    pub(super) record: Record<'a>,
    pub(super) time: Time,
    pub(super) key: u64,
    pub(super) number: u32,
    pub(super) source: u8,
    pub(super) position: u64,
    /// Numbers of the actor and the address, where they have been worked out.
    pub(super) whence: Option<(u32, StrId)>,
    /// The credential it issued; of an alert, the id of the record it tells of.
    pub(super) issued: StrId,
    /// What it may be the first to show.
    pub(super) fresh: Firsts,
}

/// The record at hand and what has been worked out about it.
pub(super) struct Subject<'n, 'a> {
    pub(super) noted: &'n Noted<'a>,
    light: Option<Light>,
    row: Option<u32>,
    uid: Option<Uid>,
    reference: Option<u32>,
    /// The number it shares with the other side of its action, where it is the first; else 0.
    pub(super) shared: u64,
    /// Id of the first target.
    target: Option<StrId>,
}

impl<'n, 'a> Subject<'n, 'a> {
    /// Of which nothing has been worked out yet.
    pub(super) fn new(noted: &'n Noted<'a>) -> Subject<'n, 'a> {
        Subject {
            noted,
            light: None,
            row: None,
            uid: None,
            reference: None,
            shared: 0,
            target: None,
        }
    }
}

/// What a fold is keyed by.
#[derive(Clone, Copy)]
pub(super) struct Light {
    actor: u32,
    /// Whether the actor comes with another's token.
    federated: bool,
    ip: StrId,
    action: StrId,
    outcome: Outcome,
}

/// Targets kept of one record.
const MAX_TARGETS: usize = 20;

impl Work<'_> {
    /// Adds a match to its fold.
    pub(super) fn fold(&mut self, subject: &mut Subject, rule: u32, level: Severity, shown: bool) {
        let light = self.light(subject);
        let target = if level >= Severity::Medium {
            self.first_target(subject)
        } else {
            NO_STR
        };
        // Whoever comes with another's token is told apart by what he is given for it.
        let opened = match light.federated {
            true => subject.noted.issued,
            false => NO_STR,
        };
        let key = FoldKey {
            rule,
            level,
            opened,
            actor: light.actor,
            ip: light.ip,
            action: light.action,
            outcome: light.outcome,
            target,
            hour: subject.noted.time.hour(),
        };
        let at = self.place(&key);
        let order = (subject.noted.time, subject.noted.key);
        match self.out.folds.get(at as usize) {
            Some(fold) if fold.first <= order => {}
            Some(_) => {
                let row = self.row(subject);
                let fold = &mut self.out.folds[at as usize];
                (fold.first, fold.row) = (order, row);
            }
            None => {
                let row = self.row(subject);
                self.out.folds.push(BatchFold {
                    key,
                    row,
                    first: order,
                    last: subject.noted.time,
                });
            }
        }
        let fold = &mut self.out.folds[at as usize];
        fold.last = fold.last.max(subject.noted.time);
        let reference = match shown {
            true => self.reference(subject),
            false => NO_REFERENCE,
        };
        let issued = subject.noted.issued;
        self.out.members.push(Member {
            fold: at,
            record: subject.noted.number,
            issued,
            reference,
        });
    }

    /// The place of the fold of a key; the next free one where there is none yet.
    fn place(&mut self, key: &FoldKey) -> u32 {
        let (hasher, folds) = (FixedState::default(), &self.out.folds);
        let hash = hasher.hash_one(key);
        let same = |at: &u32| folds[*at as usize].key == *key;
        if let Some(at) = self.tables.folds.find(hash, same) {
            return *at;
        }
        let next = folds.len() as u32;
        let again = |at: &u32| hasher.hash_one(folds[*at as usize].key);
        self.tables.folds.insert_unique(hash, next, again);
        next
    }

    /// The number of the pointer to the record.
    fn reference(&mut self, subject: &mut Subject) -> u32 {
        if let Some(reference) = subject.reference {
            return reference;
        }
        let uid = self.uid(subject);
        let reference = Reference {
            time: subject.noted.time,
            key: subject.noted.key,
            file: self.chunk(),
            position: u32::try_from(subject.noted.position).unwrap_or(u32::MAX),
            uid,
        };
        self.out.references.push((reference, subject.shared));
        *subject
            .reference
            .insert(self.out.references.len() as u32 - 1)
    }

    /// What a fold is keyed by.
    fn light(&mut self, subject: &mut Subject) -> Light {
        if let Some(light) = subject.light {
            return light;
        }
        let record = &subject.noted.record;
        let (actor, ip) = subject.noted.whence.unwrap_or_else(|| {
            let address = record.norm(Norm::Address).unwrap_or_default();
            (self.actor(record), self.ip(address))
        });
        let light = Light {
            actor,
            federated: self.out.actors[actor as usize].kind() == ActorType::Federated,
            ip,
            action: self.action(record),
            outcome: (record.layout.source.outcome)(record),
        };
        *subject.light.insert(light)
    }

    pub(super) fn row(&mut self, subject: &mut Subject) -> u32 {
        if let Some(row) = subject.row {
            return row;
        }
        let light = self.light(subject);
        let uid = self.uid(subject);
        let record = &subject.noted.record;
        let issued = subject.noted.issued;
        let file = self.chunk();
        let agent = self.text(Memo::Agent, record, Norm::Agent);
        let account = self.text(Memo::Account, record, Norm::Account);
        let region = self.text(Memo::Region, record, Norm::Region);
        let targets = self.targets(record);
        let row = Row {
            time: subject.noted.time,
            key: subject.noted.key,
            uid,
            file,
            position: u32::try_from(subject.noted.position).unwrap_or(u32::MAX),
            record: subject.noted.number,
            source: subject.noted.source,
            provider: provider(record),
            outcome: light.outcome,
            actor: light.actor,
            ip: light.ip,
            agent,
            action: light.action,
            account,
            region,
            targets,
            issued,
            shared: subject.shared,
        };
        self.out.rows.push(row);
        *subject.row.insert(self.out.rows.len() as u32 - 1)
    }

    /// The record's targets: made once for the same raw values, where these are told.
    fn targets(&mut self, record: &Record) -> Range {
        let place = record.layout.source.target_values.map(|values| {
            let mut mark = Mark::of(self.tables.source);
            values(record, &mut |raw| mark = self.tables.with(mark, raw));
            mark.number()
        });
        if let Some(known) = place.and_then(|place| self.tables.target_lists.get(&place)) {
            return *known;
        }
        let start = self.out.targets.len() as u32;
        let strings = &mut self.out.strings;
        for target in (record.layout.source.targets)(record, MAX_TARGETS) {
            self.out.targets.push(TargetRow::pack(&target, strings));
        }
        let list = Range {
            start,
            len: self.out.targets.len() as u32 - start,
        };
        if let Some(place) = place {
            self.tables.target_lists.insert(place, list);
        }
        list
    }

    fn uid(&mut self, subject: &mut Subject) -> Uid {
        if let Some(uid) = subject.uid {
            return uid;
        }
        *subject
            .uid
            .insert(match subject.noted.record.norm(Norm::Uid) {
                Some([b'"', inner @ .., b'"']) if !inner.contains(&b'\\') && !inner.is_empty() => {
                    Uid::pack(inner, &mut self.out.strings)
                }
                _ => Uid::pack(
                    event::uid(&subject.noted.record).as_bytes(),
                    &mut self.out.strings,
                ),
            })
    }

    /// The credential that a record issued; of an alert, the id of the record it tells of.
    pub(super) fn issued(&mut self, record: &Record, number: u32) -> StrId {
        if let Some(norm) = record.layout.source.retells {
            let id = record.text(norm);
            return put(&mut self.out.strings, id.as_deref().filter(|id| known(id)));
        }
        match self.out.facts.last() {
            Some(FactRow {
                record,
                what: What::Issued { credential, .. },
                ..
            }) if *record == number => *credential,
            _ => NO_STR,
        }
    }

    fn first_target(&mut self, subject: &mut Subject) -> StrId {
        if let Some(target) = subject.target {
            return target;
        }
        let (record, source) = (&subject.noted.record, subject.noted.record.layout.source);
        *subject.target.insert(match (source.first_target)(record) {
            Some(raw) => self.memo(Memo::Target, raw, |raw| {
                Some(text::string(raw).into_owned())
            }),
            None => {
                let first = (source.targets)(record, 1);
                let first = first.first().map(|target| target.id.as_str());
                put(&mut self.out.strings, first)
            }
        })
    }

    pub(super) fn action(&mut self, record: &Record) -> StrId {
        let source = record.layout.source;
        let make = |work: &mut Self| work.out.strings.put((source.action)(record).as_bytes());
        if source.action_fields.is_empty() {
            return make(self);
        }
        let place = self.tables.mark(record, source.action_fields).number();
        if let Some(id) = self.tables.actions.get(&place) {
            return *id;
        }
        let id = make(self);
        self.tables.actions.insert(place, id);
        id
    }

    /// The number of the record's actor: made once for the same raw fields.
    pub(super) fn actor(&mut self, record: &Record) -> u32 {
        let mut mark = self.tables.mark(record, record.layout.source.actor_fields);
        // A nameless login is told apart by its address, and what no identity did by its service.
        if matches!(record.norm(Norm::ActorId), None | Some(b"\"\"")) {
            for norm in [Norm::Address, Norm::Service] {
                let raw = record.norm(norm).unwrap_or_default();
                mark = self.tables.with(mark, raw);
            }
        }
        let place = mark.number();
        if let Some(number) = self.tables.actors.get(&place) {
            return *number;
        }
        let actor = (record.layout.source.actor)(record);
        let row = ActorRow::pack(&actor, &mut self.out.strings);
        // Other fields may make the same actor.
        let next = self.out.actors.len() as u32;
        let number = *self.tables.actor_rows.entry(row).or_insert(next);
        if number == next {
            self.out.actors.push(row);
            let holder = holder(&actor, &mut self.out.strings);
            self.out.holders.push(holder);
        }
        self.tables.actors.insert(place, number);
        number
    }

    /// The number of an address, where it is one.
    pub(super) fn ip(&mut self, raw: &[u8]) -> StrId {
        self.memo(Memo::Ip, raw, |raw| {
            let address = address::classify(&text::string(raw));
            address.ip.map(|ip| ip.to_string())
        })
    }
}

/// The place of the record's provider among the words for it.
fn provider(record: &Record) -> u8 {
    let word = normalize::provider(record);
    let mut words = normalize::PROVIDERS.iter();
    words.position(|known| *known == word).unwrap_or_default() as u8
}
