//! Facts and first times with numbers for their texts.

use super::put;
use crate::model::Time;
use crate::normalize::source::{Fact, FactKind};
use crate::run::intern::{Interner, StrId};

/// A fact with numbers for its texts, and when it became one.
#[derive(Clone, Copy, Debug)]
pub struct FactRow {
    /// Event time.
    pub time: Time,
    /// De-duplication key.
    pub key: u64,
    /// Position among the batch's records.
    pub record: u32,
    /// Who caused it.
    pub actor: StrId,
    /// What.
    pub what: What,
}

/// What a fact says.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A credential was issued; see [`Fact::Issued`].
    Issued {
        /// How.
        kind: FactKind,
        /// The new credential.
        credential: StrId,
        /// The credential it was asked for with.
        by: StrId,
        /// The role or user it was issued for.
        to: StrId,
        /// The identity it makes its holder.
        holder: StrId,
        /// The account that logged it.
        account: StrId,
        /// When it ends.
        expires: Option<Time>,
    },
    /// Rights were given; see [`Fact::Granted`].
    Granted {
        /// To whom.
        name: StrId,
        /// In which account.
        account: StrId,
        /// By which policy.
        policy: StrId,
        /// By which text.
        document: StrId,
    },
    /// Two names belong together; see [`Fact::Bound`].
    Bound {
        /// What.
        what: StrId,
        /// To what.
        to: StrId,
    },
}

impl What {
    /// Packs a fact.
    pub fn pack(fact: Fact, strings: &mut Interner) -> What {
        match fact {
            Fact::Issued {
                kind,
                credential,
                by,
                to,
                holder,
                account,
                expires,
            } => What::Issued {
                kind,
                credential: strings.put(credential.as_bytes()),
                by: put(strings, by.as_deref()),
                to: put(strings, to.as_deref()),
                holder: put(strings, holder.as_deref()),
                account: put(strings, account.as_deref()),
                expires,
            },
            Fact::Granted {
                name,
                account,
                policy,
                document,
            } => What::Granted {
                name: put(strings, name.as_deref()),
                account: put(strings, account.as_deref()),
                policy: put(strings, policy.as_deref()),
                document: put(strings, document.as_deref()),
            },
            Fact::Bound { what, to } => What::Bound {
                what: strings.put(what.as_bytes()),
                to: strings.put(to.as_bytes()),
            },
        }
    }

    /// The same with the numbers its strings have elsewhere.
    pub fn renumber(self, mut number: impl FnMut(StrId) -> StrId) -> What {
        match self {
            What::Issued {
                kind,
                credential,
                by,
                to,
                holder,
                account,
                expires,
            } => What::Issued {
                kind,
                credential: number(credential),
                by: number(by),
                to: number(to),
                holder: number(holder),
                account: number(account),
                expires,
            },
            What::Granted {
                name,
                account,
                policy,
                document,
            } => What::Granted {
                name: number(name),
                account: number(account),
                policy: number(policy),
                document: number(document),
            },
            What::Bound { what, to } => What::Bound {
                what: number(what),
                to: number(to),
            },
        }
    }
}

/// When something was first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Novelty {
    /// Whose.
    pub actor: StrId,
    /// In which respect.
    pub dimension: u8,
    /// What.
    pub value: StrId,
}
