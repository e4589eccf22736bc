//! An actor with numbers for its texts.

use std::borrow::Cow;

use super::put;
use crate::decode::text::lossy;
use crate::incident::{Principal, Who};
use crate::model::actor::session_arn;
use crate::model::{Actor, ActorType};
use crate::run::intern::{Interner, NO_STR, StrId};

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
    /// The full name, [`TOLD`] where the rest tells it.
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
        let issuer = actor.issuer.as_deref();
        let via = (!actor.via.is_empty()).then(|| actor.via.join("\u{1f}"));
        ActorRow {
            kind: actor.kind,
            mfa: actor.mfa,
            id: strings.put(actor.id.as_bytes()),
            name: strings.put(actor.name.as_bytes()),
            account: put(strings, actor.account.as_deref()),
            session: put(strings, actor.session.as_deref()),
            issuer: put(strings, actor.issuer.as_deref()),
            principal: match actor.principal.as_deref() {
                told @ Some(_) if told == session_arn(&actor.id, issuer).as_deref() => TOLD,
                principal => put(strings, principal),
            },
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
            principal: match self.principal {
                TOLD => TOLD,
                principal => number(principal),
            },
            via: number(self.via),
            ..self
        }
    }

    /// The actor.
    pub fn unpack(self, strings: &Interner) -> Actor {
        self.owned(self.who(strings))
    }

    /// The actor as somebody borrowed it.
    pub fn owned(self, who: Who<'_>) -> Actor {
        let principal = who.principal().map(Cow::into_owned);
        Actor {
            id: who.id.into_owned(),
            name: who.name.into_owned(),
            kind: who.kind,
            account: who.account.map(Cow::into_owned),
            session: who.session.map(Cow::into_owned),
            issuer: who.issuer.map(Cow::into_owned),
            via: who.via.into_iter().map(Cow::into_owned).collect(),
            mfa: self.mfa,
            principal,
        }
    }

    /// The actor, borrowed.
    pub fn who(self, strings: &Interner) -> Who<'_> {
        let text = |id| strings.lossy(id);
        let via = strings.get(self.via).split(|byte| *byte == SEPARATOR);
        let via = via.filter(|part| !part.is_empty());
        Who {
            name: text(self.name).unwrap_or_default(),
            kind: self.kind,
            account: text(self.account),
            session: text(self.session),
            via: via.map(lossy).collect(),
            principal: match self.principal {
                TOLD => Principal::Told,
                principal => Principal::Said(text(principal)),
            },
            id: text(self.id).unwrap_or_default(),
            issuer: text(self.issuer),
        }
    }
}

/// Between the identities of a chain.
const SEPARATOR: u8 = 0x1f;

/// Sessions are many and their ARNs are long, and say nothing that is not known of them anyway.
const TOLD: StrId = NO_STR - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_comes_out_as_it_went_in() {
        let session = Actor {
            id: "AROAEXAMPLE:i-0123456789abcdef0".to_owned(),
            kind: ActorType::RoleSession,
            issuer: Some("arn:aws-cn:iam::111122223333:role/path/deploy".to_owned()),
            ..Actor::default()
        };
        let arn = "arn:aws-cn:sts::111122223333:assumed-role/deploy/i-0123456789abcdef0";
        let mut strings = Interner::default();
        for (principal, told) in [
            (Some(arn), true),
            (
                Some("arn:aws:sts::111122223333:assumed-role/deploy/x"),
                false,
            ),
            (Some(""), false),
            (None, false),
        ] {
            let actor = Actor {
                principal: principal.map(str::to_owned),
                ..session.clone()
            };
            let row = ActorRow::pack(&actor, &mut strings);
            assert_eq!(row.principal == TOLD, told, "{principal:?}");
            let mut others = Interner::default();
            others.put(b"first");
            let row = row.renumber(|id| match id {
                NO_STR => NO_STR,
                id => others.put(strings.get(id)),
            });
            assert_eq!(row.unpack(&others), actor);
        }
    }
}
