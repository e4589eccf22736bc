//! A finding as the grouping looks at it: its texts are borrowed, and nothing is kept.
//!
//! A finding enters, or what a finding is made of. Every finding of a run is looked at twice, and
//! few of a large input's are ever made.

use std::borrow::Cow;

use crate::model::actor::RoleSession;
use crate::model::{Actor, ActorType, Finding, Layer, Outcome, RuleMeta, Severity, Target, Time};

/// A text that is there already, where nothing had to be made of it.
pub type Text<'a> = Cow<'a, str>;

/// See [`Finding`].
#[derive(Debug)]
pub struct Face<'a> {
    /// The rule that speaks.
    pub rule: &'a RuleMeta,
    /// Its level after outcome and context.
    pub severity: Severity,
    /// De-duplication key of the first event.
    pub key: u64,
    /// Layer of the first event.
    pub layer: Layer,
    /// Its provider.
    pub provider: &'static str,
    /// Its account.
    pub account: Option<Text<'a>>,
    /// Who.
    pub actor: Who<'a>,
    /// The identities behind the actor, outermost first, after linking.
    pub via: Vec<Text<'a>>,
    /// The identity at the root of the credential chain.
    pub root: Text<'a>,
    /// From where.
    pub source_ip: Option<Text<'a>>,
    /// With what.
    pub user_agent: Option<Text<'a>>,
    /// The canonical action of the first event.
    pub action: Text<'a>,
    /// How it ended.
    pub outcome: Outcome,
    /// On what.
    pub targets: Vec<Thing<'a>>,
    /// Every credential its events used or were issued, ascending.
    pub credentials: Vec<Text<'a>>,
    /// Ids of its records that another tool's alert names.
    pub retold: Vec<Text<'a>>,
    /// When the first temporary credential of its chain was issued, where that is known.
    pub issued_at: Option<Time>,
}

/// See [`Actor`].
#[derive(Debug)]
pub struct Who<'a> {
    /// The stable id.
    pub id: Text<'a>,
    /// What a person calls it.
    pub name: Text<'a>,
    /// Its kind.
    pub kind: ActorType,
    /// The account it belongs to.
    pub account: Option<Text<'a>>,
    /// The credential it used.
    pub session: Option<Text<'a>>,
    /// Who vouches for it.
    pub issuer: Option<Text<'a>>,
    /// The identities behind it as far as the record itself tells.
    pub via: Vec<Text<'a>>,
    /// The full name of the principal.
    pub principal: Principal<'a>,
}

/// The full name of a principal.
#[derive(Debug)]
pub enum Principal<'a> {
    /// What the record says, where it says one.
    Said(Option<Text<'a>>),
    /// The ARN of a role session: what the rest of the actor says once more.
    Told,
}

/// See [`Target`].
#[derive(Debug, PartialEq, Eq)]
pub struct Thing<'a> {
    /// Kind of thing.
    pub kind: Text<'a>,
    /// Its id.
    pub id: Text<'a>,
    /// Its name.
    pub name: Text<'a>,
    /// Its account.
    pub account: Option<Text<'a>>,
}

impl<'a> Face<'a> {
    /// The face of a finding that was made.
    pub fn of(finding: &'a Finding) -> Face<'a> {
        Face {
            rule: &finding.rule,
            severity: finding.severity,
            key: finding.key,
            layer: finding.layer,
            provider: finding.provider,
            account: maybe(&finding.account),
            actor: Who::of(&finding.actor),
            via: all(&finding.via),
            root: text(&finding.root),
            source_ip: maybe(&finding.source_ip),
            user_agent: maybe(&finding.user_agent),
            action: text(&finding.action),
            outcome: finding.outcome,
            targets: finding.targets.iter().map(Thing::of).collect(),
            credentials: all(&finding.credentials),
            retold: all(&finding.retold),
            issued_at: finding.issued_at,
        }
    }

    /// The root identity: the actor where the chain is not known.
    pub(super) fn root(&self) -> &Text<'a> {
        match self.root.is_empty() {
            true => &self.actor.id,
            false => &self.root,
        }
    }
}

impl<'a> Who<'a> {
    /// An actor that was made.
    pub fn of(actor: &'a Actor) -> Who<'a> {
        Who {
            id: text(&actor.id),
            name: text(&actor.name),
            kind: actor.kind,
            account: maybe(&actor.account),
            session: maybe(&actor.session),
            issuer: maybe(&actor.issuer),
            via: all(&actor.via),
            principal: Principal::Said(maybe(&actor.principal)),
        }
    }

    /// The full name of the principal, put together where the rest tells it.
    pub fn principal(&self) -> Option<Text<'_>> {
        match &self.principal {
            Principal::Said(principal) => principal.as_deref().map(Cow::Borrowed),
            Principal::Told => {
                let session = RoleSession::of(&self.id, self.issuer.as_deref());
                session.map(|session| Cow::Owned(session.arn()))
            }
        }
    }

    /// The same, where it says more than the rest.
    pub(super) fn own_principal(&self) -> Option<&Text<'a>> {
        match &self.principal {
            Principal::Said(principal) => principal.as_ref(),
            Principal::Told => None,
        }
    }
}

impl<'a> Thing<'a> {
    /// A target that was made.
    pub fn of(target: &'a Target) -> Thing<'a> {
        Thing {
            kind: text(&target.kind),
            id: text(&target.id),
            name: text(&target.name),
            account: maybe(&target.account),
        }
    }
}

fn text(text: &str) -> Text<'_> {
    Cow::Borrowed(text)
}

fn maybe(text: &Option<String>) -> Option<Text<'_>> {
    text.as_deref().map(Cow::Borrowed)
}

fn all(texts: &[String]) -> Vec<Text<'_>> {
    texts.iter().map(|one| text(one)).collect()
}
