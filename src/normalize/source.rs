//! What a log source declares about itself.
//!
//! One table a source: the hot pass (slots), the rules' field lookup and the normalization of a
//! match all read it, so that no field is mapped twice.

use crate::decode::item::Members;
use crate::model::event::Class;
use crate::model::{Actor, Layer, Outcome, Target};

pub use super::fact::{Fact, FactKind};
pub use super::record::{Layout, Record};

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
    /// What kind of thing the issuer is.
    IssuerType,
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
    /// The number of a token or session of Entra, in whichever spelling; nothing and nobody's
    /// number means "absent".
    Token,
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
    /// Whether a line is what the program that writes the log says of itself: no audit record, but
    /// beside them wherever both go to standard output.
    pub chatter: fn(line: &[u8]) -> bool,
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
    /// Further paths the source defines: their keys for copies that lost their case, and what
    /// stands in many records to be passed quickly.
    pub keys: &'static [&'static str],
    /// Objects that belong to the source but are no audit records: keys, and what they are.
    pub asides: &'static [(&'static [&'static str], &'static str)],
    /// Where policy documents stand in a record.
    pub policies: &'static [&'static str],
    /// Where a call names a policy it gives to somebody.
    pub policy_names: &'static [&'static str],
    /// Where a call names the role or user it makes use of.
    pub roles: &'static [&'static str],
    /// Where a call names what it acts on, as far as the walk looks for it.
    pub named: &'static [&'static str],
    /// Where a call names the accounts it grants or shares to.
    pub grantees: &'static [&'static str],
    /// What a record tells of its log's settings beyond its category.
    pub keeps: Option<fn(&Record) -> Option<&'static str>>,
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
    /// For alerts about a log that may be read too: the field with the id of the record there.
    pub retells: Option<Norm>,
    /// The fields that make an actor: records that agree in all of them have the same one.
    pub actor_fields: &'static [Norm],
    /// Who.
    pub actor: fn(&Record) -> Actor,
    /// The fields that make an action, where a few do: records that agree in all of them have the
    /// same one. Empty where it is worked out for every record.
    pub action_fields: &'static [Norm],
    /// Canonical action.
    pub action: fn(&Record) -> String,
    /// Class of the action.
    pub class: fn(&Record) -> Class,
    /// How it ended.
    pub outcome: fn(&Record) -> Outcome,
    /// Whether error, service and call alone decide how it ended.
    pub plain_outcome: fn(&Record) -> bool,
    /// On what: the first so many of them.
    pub targets: fn(&Record, usize) -> Vec<Target>,
    /// Hands out the raw values that make the targets, where that is said: records that agree in
    /// all of them, in this order, have the same ones.
    pub target_values: Option<TargetValues>,
    /// The text that is the first target's id, where that can be told without the others.
    pub first_target: for<'r> fn(&Record<'r>) -> Option<&'r [u8]>,
    /// How many resources the call names.
    pub count_targets: fn(&Record) -> usize,
    /// Whether the call aims at the caller's own identity.
    pub self_target: fn(&Record) -> bool,
}

/// See [`Source::target_values`].
pub type TargetValues = for<'r> fn(&Record<'r>, &mut dyn FnMut(&'r [u8]));

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
    chatter: |_| false,
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
    named: &[],
    grantees: &[],
    keeps: None,
    fact_verbs: &[],
    facts: |_| Vec::new(),
    key: whole_key,
    part: |_| None,
    steps: None,
    uid: |_| None,
    retells: None,
    actor_fields: &[],
    actor: |_| Actor::default(),
    action_fields: &[],
    action: |record| record.text(Norm::Verb).unwrap_or_default().into_owned(),
    class: |_| Class::Other,
    outcome: |_| Outcome::Unknown,
    plain_outcome: |_| false,
    targets: |_, _| Vec::new(),
    target_values: None,
    first_target: |_| None,
    count_targets: |record| (record.layout.source.targets)(record, 64).len(),
    self_target: |_| false,
};

/// The key of a record that has no id of its own: everything it says.
pub fn whole_key(record: &Record) -> u64 {
    let canonical = crate::decode::canonical::canonical_of(record.raw());
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
