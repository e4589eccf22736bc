//! Who does what from where, for totals.

use crate::model::{Outcome, Time};
use crate::run::intern::StrId;

/// What the events of one total have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deed {
    /// Number of the actor, with its credential.
    pub actor: u32,
    /// From which address.
    pub ip: StrId,
    /// With what.
    pub agent: StrId,
    /// What.
    pub action: StrId,
    /// In which account.
    pub account: StrId,
    /// In which region.
    pub region: StrId,
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Position among the batch's records.
    pub record: u32,
    /// Position of what it is one of among the batch's deeds.
    pub deed: u32,
    /// When.
    pub time: Time,
    /// How it ended.
    pub outcome: Outcome,
    /// Bytes that left, where the log tells.
    pub bytes: Option<u64>,
}
