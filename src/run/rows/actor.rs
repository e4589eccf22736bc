//! An actor with numbers for its texts.

use super::put;
use crate::model::{Actor, ActorType};
use crate::run::intern::{Interner, StrId};

/// An actor with numbers for its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ActorRow {
    kind: ActorType,
    mfa: Option<bool>,
    id: StrId,
    name: StrId,
    account: StrId,
    session: StrId,
    issuer: StrId,
    principal: StrId,
    /// The chain the record itself tells, joined.
    via: StrId,
}

impl ActorRow {
    /// What kind of identity it is.
    pub fn kind(&self) -> ActorType {
        self.kind
    }

    /// The stable id.
    pub fn id(&self) -> StrId {
        self.id
    }

    /// The name.
    pub fn name(&self) -> StrId {
        self.name
    }

    /// The credential of the session.
    pub fn session(&self) -> StrId {
        self.session
    }

    /// Whether the record says more than the id.
    pub fn is_named(&self) -> bool {
        self.name != self.id
    }

    /// Packs an actor.
    pub fn pack(actor: &Actor, strings: &mut Interner) -> ActorRow {
        let via = (!actor.via.is_empty()).then(|| actor.via.join("\u{1f}"));
        ActorRow {
            kind: actor.kind,
            mfa: actor.mfa,
            id: strings.put(actor.id.as_bytes()),
            name: strings.put(actor.name.as_bytes()),
            account: put(strings, actor.account.as_deref()),
            session: put(strings, actor.session.as_deref()),
            issuer: put(strings, actor.issuer.as_deref()),
            principal: put(strings, actor.principal.as_deref()),
            via: put(strings, via.as_deref()),
        }
    }

    /// The same with the numbers its strings have elsewhere.
    pub fn renumber(self, mut number: impl FnMut(StrId) -> StrId) -> ActorRow {
        ActorRow {
            id: number(self.id),
            name: number(self.name),
            account: number(self.account),
            session: number(self.session),
            issuer: number(self.issuer),
            principal: number(self.principal),
            via: number(self.via),
            ..self
        }
    }

    /// The actor.
    pub fn unpack(self, strings: &Interner) -> Actor {
        let via = strings.text(self.via).unwrap_or_default();
        Actor {
            id: strings.text(self.id).unwrap_or_default(),
            name: strings.text(self.name).unwrap_or_default(),
            kind: self.kind,
            account: strings.text(self.account),
            session: strings.text(self.session),
            issuer: strings.text(self.issuer),
            via: via
                .split('\u{1f}')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
            mfa: self.mfa,
            principal: strings.text(self.principal),
        }
    }
}
