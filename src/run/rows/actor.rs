//! An actor with numbers for its texts.

use std::borrow::Cow;

use super::put;
use crate::decode::text::lossy;
use crate::incident::{Principal, Text, Who};
use crate::model::actor::RoleSession;
use crate::model::{Actor, ActorType};
use crate::run::intern::{Interner, NO_STR, StrId};

/// An actor with numbers for its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ActorRow {
    kind: ActorType,
    mfa: Option<bool>,
    id: StrId,
    /// The name, [`TOLD`] where the rest tells it.
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
    pub fn name<'s>(&self, strings: &'s Interner) -> Text<'s> {
        if self.name == TOLD {
            let (id, issuer) = (strings.lossy(self.id), strings.lossy(self.issuer));
            let session = RoleSession::of(id.as_deref().unwrap_or_default(), issuer.as_deref());
            return session
                .map(|session| session.name())
                .unwrap_or_default()
                .into();
        }
        strings.lossy(self.name).unwrap_or_default()
    }

    /// The credential of the session.
    pub fn session(&self) -> StrId {
        self.session
    }

    /// Whether the record says more than the id.
    pub fn is_named(&self) -> bool {
        self.name != self.id
    }

    /// Whether the rest of it tells its name: that of a role and its session.
    pub fn is_told(&self) -> bool {
        self.name == TOLD
    }

    /// Packs an actor.
    pub fn pack(actor: &Actor, strings: &mut Interner) -> ActorRow {
        let session = RoleSession::of(&actor.id, actor.issuer.as_deref());
        let via = (!actor.via.is_empty()).then(|| actor.via.join("\u{1f}"));
        ActorRow {
            kind: actor.kind,
            mfa: actor.mfa,
            id: strings.put(actor.id.as_bytes()),
            name: match session {
                Some(session) if session.is_called(&actor.name) => TOLD,
                _ => strings.put(actor.name.as_bytes()),
            },
            account: put(strings, actor.account.as_deref()),
            session: put(strings, actor.session.as_deref()),
            issuer: put(strings, actor.issuer.as_deref()),
            principal: match actor.principal.as_deref() {
                Some(told) if session.is_some_and(|session| session.arn() == told) => TOLD,
                principal => put(strings, principal),
            },
            via: put(strings, via.as_deref()),
        }
    }

    /// The same with the numbers its strings have elsewhere.
    pub fn renumber(self, mut number: impl FnMut(StrId) -> StrId) -> ActorRow {
        ActorRow {
            id: number(self.id),
            name: match self.name {
                TOLD => TOLD,
                name => number(name),
            },
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
            name: self.name(strings),
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

/// Sessions are many, their ARNs and names are long, and say nothing that is not known of them
/// anyway.
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
        for (name, told) in [
            ("deploy/i-0123456789abcdef0", true),
            ("deploy", false),
            ("path/deploy/i-0123456789abcdef0", false),
            ("deploy/", false),
            ("", false),
        ] {
            let actor = Actor {
                name: name.to_owned(),
                ..session.clone()
            };
            let row = ActorRow::pack(&actor, &mut strings);
            assert_eq!(row.name == TOLD, told, "{name:?}");
            assert_eq!(row.name(&strings), name);
            assert_eq!(row.unpack(&strings), actor);
        }
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
