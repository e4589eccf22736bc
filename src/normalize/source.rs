//! What a log source declares about itself.
//!
//! One table a source: the hot pass (slots), the rules' field lookup and the normalization of a
//! match all read it, so that no field is mapped twice.

use std::borrow::Cow;

use crate::decode::item::Members;
use crate::decode::path;
use crate::decode::text;
use crate::decode::trie::{Slots, Span, Trie};
use crate::model::event::Class;
use crate::model::{Actor, Layer, Outcome, Target, Time};

/// A field every source may have, under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Norm {
    /// Event time.
    Time,
    /// The log's own event id.
    Uid,
    /// Joins records of one action.
    Group,
    /// Account, subscription, project.
    Account,
    /// Region.
    Region,
    /// API or product.
    Service,
    /// The call's name.
    Verb,
    /// Error word or status code.
    Error,
    /// Error text.
    ErrorMessage,
    /// Kind of identity as the source names it.
    ActorType,
    /// Stable identity.
    ActorId,
    /// Its name for people.
    ActorName,
    /// Its full name: ARN, e-mail, URN.
    ActorPrincipal,
    /// The account it belongs to.
    ActorAccount,
    /// Credential or session.
    Credential,
    /// What vouches for the identity: role, identity provider.
    Issuer,
    /// The issuer's short name.
    IssuerName,
    /// Whether a second factor was used.
    Mfa,
    /// The service on whose behalf the call was made.
    InvokedBy,
    /// Source address.
    Address,
    /// User agent.
    Agent,
    /// Whether the call only reads.
    ReadOnly,
    /// Bytes that left.
    BytesOut,
    /// The event's category, where a source keeps several kinds in one log.
    Category,
    /// Whom or what a login reaches: the far end of a "first seen" edge.
    Edge,
    /// The store a data call reads or writes.
    Bucket,
    /// Everything the record says about the identity, in one piece.
    Identity,
    /// The country of the source address, where the log itself tells it.
    Country,
    /// Whose log it is, where one format carries the logs of many.
    Provider,
}

impl Norm {
    /// How many there are.
    pub const COUNT: usize = Norm::Provider as usize + 1;
}

/// How a value has to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    /// As it stands.
    None,
    /// An empty string means "absent": `exists` is false for it.
    EmptyIsAbsent,
    /// A value in square brackets is the value between them.
    Brackets,
    /// Of a list the first element.
    Listed,
    /// Of a list of addresses the first public one, else the first.
    Addresses,
    /// Of a name made of parts the last one, behind the last slash.
    Tail,
    /// Of a path (`/subscriptions/S/resourceGroups/G`) what follows this segment, in lower case;
    /// a value that is no path is the whole of it.
    Segment(&'static str),
}

/// One line of a source's field table.
#[derive(Debug)]
pub struct Row {
    /// The normalized field.
    pub norm: Norm,
    /// Where it stands, in order of preference.
    pub paths: &'static [&'static str],
    /// How to read it.
    pub quirk: Quirk,
}

/// One log source.
#[derive(Debug)]
pub struct Source {
    /// Registered name, `aws.cloudtrail`.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// Sigma log source.
    pub product: &'static str,
    /// Sigma log source.
    pub service: &'static str,
    /// Layer of the stack.
    pub layer: Layer,
    /// Provider word of the contract.
    pub provider: &'static str,
    /// Top-level keys that tell the source, in the order of their bits.
    pub marks: &'static [&'static str],
    /// Whether a record with these marks is one of this source.
    pub recognise: fn(marks: u64) -> bool,
    /// A top-level key whose raw value has to agree, where keys alone do not tell the source from
    /// its neighbours.
    pub telling: Option<Telling>,
    /// Copies that hold the record under other names.
    pub forms: &'static [Form],
    /// For a log of plain text: writes a line as the record it is; false where it is none.
    pub line: Option<Line>,
    /// The field nearly every rule of this source names: rules are indexed by it.
    pub dispatch: Norm,
    /// The field table.
    pub rows: &'static [Row],
    /// Names rules use for fields that stand elsewhere; compared without case.
    pub aliases: &'static [(&'static str, &'static [&'static str])],
    /// What rules of other tools put before a path of this source; compared without case.
    pub prefixes: &'static [&'static str],
    /// Containers below which a name is looked for that stands nowhere else.
    pub below: &'static [&'static str],
    /// Logs of other products whose rules hold for these records too: product and service.
    pub also: &'static [(&'static str, &'static str)],
    /// The `ctadel.*` fields that this source alone has.
    pub derived: &'static [Own],
    /// Top-level keys that hold what rules look into.
    pub containers: &'static [&'static str],
    /// Further keys the source defines, for copies that lost their case.
    pub keys: &'static [&'static str],
    /// Objects that belong to the source but are no audit records: keys, and what they are.
    pub asides: &'static [(&'static [&'static str], &'static str)],
    /// Where policy documents stand in a record.
    pub policies: &'static [&'static str],
    /// Where a call names a policy it gives to somebody.
    pub policy_names: &'static [&'static str],
    /// Where a call names the role or user it makes use of.
    pub roles: &'static [&'static str],
    /// Where a call names the accounts it grants or shares to.
    pub grantees: &'static [&'static str],
    /// Calls that issue a credential or change what one may do, as the dispatch field spells
    /// them, lower-cased.
    pub fact_verbs: &'static [&'static str],
    /// What such a call says.
    pub facts: fn(&Record) -> Vec<Fact>,
    /// De-duplication key; never 0.
    pub key: fn(&Record) -> u64,
    /// Whether it is one of several records of one action; asked only where a rule holds.
    pub part: fn(&Record) -> Option<Part>,
    /// For a log that tells an action while it goes on: a record when it begins, one when it ends.
    pub steps: Option<Steps>,
    /// What stands for the log's own event id in records that have none.
    pub uid: fn(&Record) -> Option<String>,
    /// The fields that make an actor: records that agree in all of them have the same one.
    pub actor_fields: &'static [Norm],
    /// Who.
    pub actor: fn(&Record) -> Actor,
    /// Canonical action.
    pub action: fn(&Record) -> String,
    /// Class of the action.
    pub class: fn(&Record) -> Class,
    /// How it ended.
    pub outcome: fn(&Record) -> Outcome,
    /// On what: the first so many of them.
    pub targets: fn(&Record, usize) -> Vec<Target>,
    /// How many resources the call names.
    pub count_targets: fn(&Record) -> usize,
    /// Whether the call aims at the caller's own identity.
    pub self_target: fn(&Record) -> bool,
}

/// A source that declares nothing: what a declaration leaves out it takes from here.
pub const PLAIN: Source = Source {
    name: "",
    title: "",
    product: "",
    service: "",
    layer: Layer::Cloud,
    provider: "",
    marks: &[],
    recognise: |_| false,
    telling: None,
    forms: &[],
    line: None,
    dispatch: Norm::Verb,
    rows: &[],
    aliases: &[],
    prefixes: &[],
    below: &[],
    also: &[],
    derived: &[],
    containers: &[],
    keys: &[],
    asides: &[],
    policies: &[],
    policy_names: &[],
    roles: &[],
    grantees: &[],
    fact_verbs: &[],
    facts: |_| Vec::new(),
    key: whole_key,
    part: |_| None,
    steps: None,
    uid: |_| None,
    actor_fields: &[],
    actor: |_| Actor::default(),
    action: |record| record.text(Norm::Verb).unwrap_or_default().into_owned(),
    class: |_| Class::Other,
    outcome: |_| Outcome::Unknown,
    targets: |_, _| Vec::new(),
    count_targets: |record| (record.layout.source.targets)(record, 64).len(),
    self_target: |_| false,
};

/// The key of a record that has no id of its own: everything it says.
pub fn whole_key(record: &Record) -> u64 {
    let mut canonical = Vec::new();
    crate::decode::canonical::canonical(record.raw(), &mut canonical);
    super::hash(&[record.layout.source.name.as_bytes(), &canonical])
}

/// A row of the field table whose values are read as they stand.
pub const fn row(norm: Norm, paths: &'static [&'static str]) -> Row {
    Row {
        norm,
        paths,
        quirk: Quirk::None,
    }
}

/// A top-level key and whether its raw value fits.
pub type Telling = (&'static str, fn(raw: &[u8]) -> bool);

/// Writes a line of text as a record; false where it is none.
pub type Line = fn(line: &[u8], out: &mut Vec<u8>) -> bool;

/// A field that is worked out from a record of one source.
#[derive(Debug)]
pub struct Own {
    /// `ctadel.<source>.<what>`.
    pub name: &'static str,
    /// What it says, for the manual.
    pub doc: &'static str,
    /// Appends its values.
    pub values: fn(&Record, &mut Vec<String>),
}

/// A copy of a record in another arrangement: a table's row, a flattened export.
#[derive(Debug)]
pub struct Form {
    /// Whether an object with these top-level keys and raw values is one. Asked before the
    /// sources' own marks: a copy may have some of them.
    pub is: fn(members: &Members) -> bool,
    /// Writes it the way the source writes the record; false where that cannot be done.
    pub rewrite: fn(raw: &[u8], out: &mut Vec<u8>) -> bool,
}

/// How a log tells an action in several records.
///
/// Rules see the action, not its records: every field of every one of them, the outcome of the
/// last.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// Which step of its action a record tells.
    pub stage: fn(&Record) -> Stage,
    /// The number that all records of an action share; asked only where a rule may hold.
    pub action: fn(&Record) -> u64,
    /// Top-level keys under which all records of an action say the same: what a rule does not
    /// find there it finds in none of them.
    pub steady: &'static [&'static str],
}

/// Which step of its action a record tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// All of it.
    Whole,
    /// Its beginning, or that it goes on: how it ends another record tells.
    Begins,
    /// Its end.
    Ends,
}

/// How a record belongs to others that tell of the same action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The side that tells most of it, and the number all sides share.
    First(u64),
    /// Another side.
    Other(u64),
    /// A later version of the record with this key.
    Amends(u64),
    /// A step of the action with this number; see [`Steps`].
    Step(u64, Stage),
}

/// How a credential came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// A role, assumed with a credential of the same provider.
    AssumeRole,
    /// A role, assumed with another provider's token.
    WebIdentity,
    /// A role, assumed with a SAML assertion.
    Saml,
    /// A role, handed to a pod.
    PodIdentity,
    /// The root of a member account.
    AssumeRoot,
    /// A short-lived copy of the caller's own right.
    SessionToken,
    /// A short-lived part of the caller's own right under another name.
    Federation,
    /// A long-lived key.
    AccessKey,
    /// A token of a service account.
    ServiceToken,
}

impl FactKind {
    /// Whether the holder becomes somebody else by a role: a hop of a role chain.
    pub fn is_role_hop(self) -> bool {
        matches!(
            self,
            FactKind::AssumeRole
                | FactKind::WebIdentity
                | FactKind::Saml
                | FactKind::PodIdentity
                | FactKind::AssumeRoot
        )
    }
}

/// What a record says about credentials and rights beyond itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A credential was issued.
    Issued {
        /// How.
        kind: FactKind,
        /// The new credential.
        credential: String,
        /// The credential it was asked for with.
        by: Option<String>,
        /// The role or user it was issued for.
        to: Option<String>,
        /// The identity it makes its holder, as later records name it.
        holder: Option<String>,
        /// The account that logged it.
        account: Option<String>,
        /// When it ends.
        expires: Option<Time>,
    },
    /// Rights were given or written down: to a role or user, by name or as a document.
    Granted {
        /// Short name of the role or user, where it is given to one.
        name: Option<String>,
        /// Its account.
        account: Option<String>,
        /// The policy's ARN.
        policy: Option<String>,
        /// The policy's text.
        document: Option<String>,
    },
}

/// A source's table, compiled for one run: which slot holds what.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The source.
    pub source: &'static Source,
    /// What the walk looks for.
    pub trie: Trie,
    /// The slot of the key whose value tells the source.
    pub telling: Option<u16>,
    norms: [Vec<(u16, Quirk)>; Norm::COUNT],
    tops: Vec<(Box<str>, u16)>,
}

impl Layout {
    /// Compiles a source's table.
    pub fn new(source: &'static Source) -> Layout {
        let mut trie = Trie::default();
        for (bit, mark) in source.marks.iter().enumerate() {
            trie.mark(mark, bit as u8);
        }
        let mut norms = [const { Vec::new() }; Norm::COUNT];
        for row in source.rows {
            for path in row.paths {
                let keys = keys_of(path);
                norms[row.norm as usize].push((trie.slot(&keys), row.quirk));
            }
        }
        let telling = source.telling.map(|(key, _)| trie.slot(&[key]));
        let tops = source.telling.iter().zip(telling);
        let tops = tops.map(|((key, _), slot)| ((*key).into(), slot)).collect();
        Layout {
            source,
            trie,
            telling,
            norms,
            tops,
        }
    }

    /// The slot of a declared path, if it is one.
    pub fn declared(&self, path: &str) -> Option<(u16, Quirk)> {
        self.source.rows.iter().find_map(|row| {
            let at = row.paths.iter().position(|known| is_path(known, path))?;
            self.norms[row.norm as usize].get(at).copied()
        })
    }

    /// Whether a slot holds a declared path.
    pub fn is_declared(&self, slot: u16) -> bool {
        self.norms.iter().flatten().any(|(known, _)| *known == slot)
    }

    /// The slot of a top-level key; a new one where nobody has asked for it yet.
    pub fn top(&mut self, key: &str) -> u16 {
        if let Some((_, slot)) = self.tops.iter().find(|(known, _)| **known == *key) {
            return *slot;
        }
        let slot = self.trie.slot(&[key]);
        self.tops.push((key.into(), slot));
        slot
    }

    /// Whether all records of one action say the same in this slot.
    pub fn is_steady(&self, slot: u16) -> bool {
        let steady = self.source.steps.map_or(&[][..], |steps| steps.steady);
        let under = |path: &str| {
            steady.contains(&path) || steady.contains(&path.split('.').next().unwrap_or(path))
        };
        let declared = self.source.rows.iter().flat_map(|row| {
            let slots = self.norms[row.norm as usize].iter();
            row.paths.iter().zip(slots)
        });
        self.tops
            .iter()
            .any(|(key, own)| *own == slot && under(key))
            || declared
                .into_iter()
                .any(|(path, (own, _))| *own == slot && under(path))
    }

    /// The slots of a normalized field, in order of preference.
    pub fn slots_of(&self, norm: Norm) -> &[(u16, Quirk)] {
        &self.norms[norm as usize]
    }
}

/// The keys of a declared path. A key that holds a dot stands between backticks.
pub fn keys_of(path: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    for (number, part) in path.split('`').enumerate() {
        match number % 2 {
            1 => keys.push(part),
            _ => keys.extend(part.split('.').filter(|key| !key.is_empty())),
        }
    }
    keys
}

/// Whether a rule's name is this declared path, in any case.
pub fn is_path(declared: &str, name: &str) -> bool {
    let declared = declared.bytes().filter(|byte| *byte != b'`');
    declared
        .map(|byte| byte.to_ascii_lowercase())
        .eq(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The first element of a list.
fn first_of(raw: &[u8]) -> Option<&[u8]> {
    let mut out = None;
    path::elements(raw, |element| {
        out = Some(element);
        false
    });
    out.filter(|raw| *raw != b"null")
}

/// The first public address of a list, else its first element.
fn address_of(raw: &[u8]) -> Option<&[u8]> {
    let mut out = None;
    path::elements(raw, |element| {
        let kind = super::address::classify(&text::string(element)).kind;
        let public = kind == super::address::IpKind::Public;
        if public || out.is_none() {
            out = Some(element);
        }
        !public
    });
    out.filter(|raw| *raw != b"null")
}

/// What follows a segment of a path, without quotes.
fn segment<'a>(raw: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let inner = raw.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if memchr::memchr(b'/', inner).is_none() {
        return (!inner.is_empty()).then_some(inner);
    }
    let mut parts = inner.split(|byte| *byte == b'/');
    parts.find(|part| part.eq_ignore_ascii_case(name.as_bytes()))?;
    parts.next().filter(|part| !part.is_empty())
}

/// One raw record with what the walk found in it.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// The text the spans point into.
    pub text: &'a [u8],
    /// Where the record stands in it.
    pub span: Span,
    /// What was found.
    pub slots: &'a Slots,
    /// The table it was found with.
    pub layout: &'a Layout,
}

impl<'a> Record<'a> {
    /// The record's bytes.
    pub fn raw(&self) -> &'a [u8] {
        self.span.of(self.text)
    }

    /// A normalized field as the log writes it: the first of its paths that is there and not
    /// null.
    #[inline]
    pub fn norm(&self, norm: Norm) -> Option<&'a [u8]> {
        self.layout.slots_of(norm).iter().find_map(|(slot, quirk)| {
            let raw = self.slots.first(*slot).of(self.text);
            match raw {
                b"" | b"null" => None,
                b"\"\"" if *quirk == Quirk::EmptyIsAbsent => None,
                [b'[', ..] if *quirk == Quirk::Listed => first_of(raw),
                [b'[', ..] if *quirk == Quirk::Addresses => address_of(raw),
                _ => match quirk {
                    Quirk::Segment(name) => segment(raw, name),
                    _ => Some(raw),
                },
            }
        })
    }

    /// A normalized field as text; empty values are absent.
    pub fn text(&self, norm: Norm) -> Option<Cow<'a, str>> {
        let raw = self.norm(norm)?;
        let value = text::present(raw)?;
        let quirk = self.layout.slots_of(norm).first().map(|(_, quirk)| *quirk);
        if quirk == Some(Quirk::Brackets)
            && let Some(inner) = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'))
        {
            return Some(Cow::Owned(inner.to_owned()));
        }
        if quirk == Some(Quirk::Tail)
            && let Some((_, tail)) = value.rsplit_once('/')
        {
            return Some(Cow::Owned(tail.to_owned()));
        }
        match quirk {
            Some(Quirk::Segment(_)) if value.chars().any(char::is_uppercase) => {
                Some(Cow::Owned(value.to_lowercase()))
            }
            _ => Some(value),
        }
    }

    /// The value of a top-level key that the source declares as a container.
    pub fn top(&self, key: &str) -> Option<&'a [u8]> {
        let (_, slot) = self.layout.tops.iter().find(|(known, _)| **known == *key)?;
        let raw = self.slots.first(*slot).of(self.text);
        (!raw.is_empty() && raw != b"null").then_some(raw)
    }

    /// Any path, as the log writes it.
    pub fn at(&self, path: &str) -> Option<&'a [u8]> {
        let (top, rest) = path.split_once('.').unwrap_or((path, ""));
        let known = self.layout.tops.iter().find(|(key, _)| **key == *top);
        let value = match known {
            Some((_, slot)) => {
                let raw = self.slots.first(*slot).of(self.text);
                if raw.is_empty() {
                    None
                } else {
                    path::first(raw, rest)
                }
            }
            None => path::first(self.raw(), path),
        };
        value.filter(|raw| *raw != b"null")
    }

    /// Any path as text; containers are text too, empty values are absent.
    pub fn text_at(&self, path: &str) -> Option<Cow<'a, str>> {
        match self.at(path) {
            Some(raw) => text::present(raw),
            None => self.text_through(path).map(Cow::Owned),
        }
    }

    /// Any path as text, through strings that hold JSON.
    fn text_through(&self, path: &str) -> Option<String> {
        let (top, rest) = path.split_once('.')?;
        // Only what lies below the second level can stand in a string.
        let raw = self.at(top).filter(|_| rest.contains('.'))?;
        let mut out = None;
        path::find_through(raw, rest, &mut |raw| {
            if out.is_none() {
                out = text::present(raw).map(Cow::into_owned);
            }
        });
        out
    }

    /// Every value at a path, arrays mapped over.
    pub fn all_at(&self, path: &str, found: &mut dyn FnMut(&'a [u8])) {
        path::find(self.raw(), path, &mut |raw| {
            if raw != b"null" {
                found(raw);
            }
        });
    }

    /// Event time, `None` where the record has none that can be read.
    pub fn time(&self) -> Option<Time> {
        let raw = self.norm(Norm::Time)?;
        if let [b'"', inner @ .., b'"'] = raw
            && let Some(time) = Time::usual(inner)
        {
            return Some(time);
        }
        Time::parse(&text::string(raw))
    }
}
