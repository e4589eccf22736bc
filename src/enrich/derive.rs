//! The `ctadel.*` fields: what a record says without saying it.
//!
//! A record and the run's context in, text values out. Computed only when a rule asks. Those
//! that need the whole input ask a [`Late`]; without one they are unknown.

use std::collections::BTreeSet;

use super::link;
use super::policy::{self, PolicyFacts};
use super::{hours::Hours, network::Network, own::Own};
use crate::model::Target;
use crate::normalize::address;
use crate::normalize::{Norm, Record};

/// What the user told about the environment.
#[derive(Debug, Default)]
pub struct Context {
    /// Address ranges, intelligence lists, geography.
    pub network: Network,
    /// Business hours.
    pub hours: Hours,
    /// Accounts and domains that are the user's own.
    pub own: Own,
}

/// What is known only when everything has been read.
pub trait Late {
    /// Whether the account is one of the user's, or logged here.
    fn is_own(&self, account: &str) -> bool;
    /// The dimensions in which this is the first record of its actor.
    fn first_seen(&self, record: &Record) -> Vec<&'static str>;
    /// How many roles were assumed one through the other to get this credential.
    fn chain_depth(&self, credential: &str) -> u32;
    /// The identity at the start of the credential's chain.
    fn root(&self, credential: &str) -> Option<String>;
    /// Whether the role or user was given administrator rights in this input.
    fn is_admin(&self, name: &str, account: &str) -> bool;
    /// Whether the policy was written in this input and allows everything.
    fn is_admin_policy(&self, policy: &str) -> bool;
    /// The credential at the root of the credential's chain.
    fn root_credential(&self, credential: &str) -> Option<String>;
    /// The service accounts that the pod called the cluster's API as.
    fn service_accounts(&self, pod: &str) -> Vec<String>;
    /// What is unusual about the record when it is held against its actor's own past.
    fn baseline(&self, record: &Record) -> Vec<&'static str>;
}

/// The respects in which something can be new for an actor: the words of `ctadel.first_seen`.
pub const DIMENSIONS: [&str; 9] = [
    "actor",
    "region",
    "api",
    "network",
    "user_agent",
    "edge",
    "bucket",
    "country",
    "stretch",
];

/// The respects in which a record may be the first of its actor: a bit for each of [`DIMENSIONS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Firsts(u16);

impl Firsts {
    /// In every respect.
    pub const ALL: Firsts = Firsts((1 << DIMENSIONS.len()) - 1);

    /// Adds the respect with this place among the dimensions.
    pub fn add(&mut self, dimension: usize) {
        self.0 |= 1 << dimension;
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The words for them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let words = DIMENSIONS.into_iter().enumerate();
        words.filter_map(move |(at, word)| (self.0 >> at & 1 == 1).then_some(word))
    }
}

macro_rules! derived {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// A derived field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Derived { $($(#[$doc])* $variant),+ }

        impl Derived {
            /// Every derived field with its name.
            pub const ALL: &'static [(Derived, &'static str)] = &[$((Derived::$variant, $name)),+];
        }
    };
}

derived! {
    /// `success`, `denied`, `failed`, `pending` or `unknown`.
    Outcome = "ctadel.outcome",
    /// Canonical action, `service:Verb`.
    Action = "ctadel.action",
    /// Registered name of the source.
    Source = "ctadel.source",
    /// Account the record belongs to.
    Account = "ctadel.account",
    /// Stable id of the actor.
    ActorId = "ctadel.actor.id",
    /// Kind of actor.
    ActorType = "ctadel.actor.type",
    /// Name of the actor.
    ActorName = "ctadel.actor.name",
    /// Credential or session id.
    ActorSession = "ctadel.actor.session",
    /// The same.
    ActorKey = "ctadel.actor.key",
    /// The identity at the start of the credential's chain.
    ActorRoot = "ctadel.actor.root",
    /// The actor's account is neither the user's own nor one that logged here.
    ActorExternal = "ctadel.actor.external",
    /// The call aims at the caller's own identity.
    SelfTarget = "ctadel.actor.self_target",
    /// A policy in the request allows everything, or the policy it names does.
    PolicyAdmin = "ctadel.policy.admin",
    /// A policy in the request lets anybody in.
    PolicyPublic = "ctadel.policy.public",
    /// Accounts that a policy in the request lets in and that are not the user's own.
    PolicyExternal = "ctadel.policy.external_accounts",
    /// The same, and the accounts the call itself names: shares, launch permissions.
    External = "ctadel.external",
    /// Ids of what the call acts on.
    TargetId = "ctadel.target.id",
    /// Names of what the call acts on.
    TargetName = "ctadel.target.name",
    /// Kinds of what the call acts on.
    TargetType = "ctadel.target.type",
    /// How many resources the call acts on.
    CountTargets = "ctadel.count.targets",
    /// Outside the business hours.
    OffHours = "ctadel.time.off_hours",
    /// On a Saturday or Sunday.
    Weekend = "ctadel.time.weekend",
    /// Kind of source address.
    IpKind = "ctadel.ip.kind",
    /// Tags of the source address from lists and databases.
    IpTags = "ctadel.ip.tags",
    /// The network of the address: /16 or, for IPv6, /32.
    IpNetwork = "ctadel.ip.network",
    /// Autonomous system number.
    IpAsn = "ctadel.ip.asn",
    /// Its organisation.
    IpAsnOrg = "ctadel.ip.asn_org",
    /// Country of the address.
    IpCountry = "ctadel.ip.country",
    /// Dimensions in which this is new for the actor.
    FirstSeen = "ctadel.first_seen",
    /// Roles assumed one through the other.
    ChainDepth = "ctadel.role_chain.depth",
    /// The role the call names was given administrator rights in this input.
    RoleAdminSeen = "ctadel.role.admin_seen",
    /// What is unusual against the actor's own past.
    Baseline = "ctadel.baseline",
    /// Pods that call, are called or raise the alert.
    LinkPod = "ctadel.link.pod",
    /// Kubernetes service accounts behind the record.
    LinkServiceAccount = "ctadel.link.k8s_sa",
    /// Credentials that are used or issued.
    LinkCredential = "ctadel.link.credential",
    /// The credential at the start of the chain.
    LinkRootCredential = "ctadel.link.root_credential",
    /// What another cloud calls the identity.
    LinkCloudIdentity = "ctadel.link.cloud_identity",
}

impl Derived {
    /// The field with this name, in any case.
    pub fn by_name(name: &str) -> Option<Derived> {
        Derived::ALL
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
            .map(|(field, _)| *field)
    }

    /// Whether it may be unknown until the whole input has been read.
    pub fn is_late(self) -> bool {
        matches!(
            self,
            Derived::ActorRoot
                | Derived::ActorExternal
                | Derived::PolicyAdmin
                | Derived::PolicyExternal
                | Derived::External
                | Derived::FirstSeen
                | Derived::ChainDepth
                | Derived::RoleAdminSeen
                | Derived::Baseline
                | Derived::LinkServiceAccount
                | Derived::LinkRootCredential
                | Derived::LinkCloudIdentity
        )
    }

    /// Whether it is made of the source address and what the user told, and of nothing else.
    pub fn is_of_address(self) -> bool {
        matches!(
            self,
            Derived::IpKind
                | Derived::IpTags
                | Derived::IpNetwork
                | Derived::IpAsn
                | Derived::IpAsnOrg
        )
    }

    /// Whether only lists and databases of networks that the user gave tell it.
    pub fn is_of_networks(self) -> bool {
        matches!(self, Derived::IpTags | Derived::IpAsn | Derived::IpAsnOrg)
    }

    /// Whether only the first record of a kind can have a value, which bounds how many wait.
    pub fn is_of_firsts(self) -> bool {
        matches!(self, Derived::FirstSeen | Derived::Baseline)
    }

    /// Whether every record of one action gives the same: what hangs on the request or the answer
    /// does not.
    pub fn is_steady(self) -> bool {
        !matches!(
            self,
            Derived::Outcome
                | Derived::SelfTarget
                | Derived::PolicyAdmin
                | Derived::PolicyPublic
                | Derived::PolicyExternal
                | Derived::External
                | Derived::CountTargets
                | Derived::RoleAdminSeen
                | Derived::LinkPod
                | Derived::LinkCredential
        )
    }

    /// Appends the field's values; false when they are not known yet.
    pub fn values(
        self,
        record: &Record,
        context: &Context,
        late: Option<&dyn Late>,
        out: &mut Vec<String>,
    ) -> bool {
        let source = record.layout.source;
        let flag = |value: bool| value.to_string();
        let credential = || record.text(Norm::Credential).map(|text| text.into_owned());
        match self {
            Derived::Outcome => out.push((source.outcome)(record).word().to_owned()),
            Derived::Action => out.push((source.action)(record)),
            Derived::Source => out.push(source.name.to_owned()),
            Derived::Account => {
                out.extend(record.text(Norm::Account).map(|text| text.into_owned()))
            }
            Derived::ActorId => out.push((source.actor)(record).id),
            Derived::ActorType => out.push((source.actor)(record).kind.word().to_owned()),
            Derived::ActorName => out.push((source.actor)(record).name),
            Derived::ActorSession | Derived::ActorKey => out.extend(credential()),
            Derived::ActorRoot => {
                let Some(late) = late else { return false };
                let root = credential().and_then(|credential| late.root(&credential));
                out.push(root.unwrap_or_else(|| (source.actor)(record).id));
            }
            Derived::ActorExternal => {
                let account = record.text(Norm::ActorAccount);
                if account.is_some() && account == record.text(Norm::Account) {
                    out.push(flag(false));
                    return true;
                }
                let Some(late) = late else { return false };
                out.push(flag(account.is_some_and(|account| !late.is_own(&account))));
            }
            Derived::SelfTarget => out.push(flag((source.self_target)(record))),
            Derived::PolicyAdmin => return policy_admin(record, late, out),
            Derived::PolicyPublic => {
                out.push(flag(policies(record).iter().any(|facts| facts.public)))
            }
            Derived::PolicyExternal | Derived::External => {
                let mut accounts: BTreeSet<String> = policies(record)
                    .into_iter()
                    .flat_map(|f| f.accounts)
                    .collect();
                if self == Derived::External {
                    accounts.extend(grantees(record));
                }
                if accounts.is_empty() {
                    return true;
                }
                let Some(late) = late else { return false };
                out.extend(accounts.into_iter().filter(|account| !late.is_own(account)));
            }
            Derived::TargetId => targets(record, |target| target.id, out),
            Derived::TargetName => targets(record, |target| target.name, out),
            Derived::TargetType => targets(record, |target| target.kind, out),
            Derived::CountTargets => out.push((source.count_targets)(record).to_string()),
            Derived::OffHours => out.extend(
                record
                    .time()
                    .map(|time| flag(context.hours.off_hours(time))),
            ),
            Derived::Weekend => {
                out.extend(record.time().map(|time| flag(context.hours.weekend(time))))
            }
            Derived::IpKind => out.push(source_address(record).kind.word().to_owned()),
            // What the log itself says needs no database.
            Derived::IpCountry if record.text(Norm::Country).is_some() => {
                out.extend(record.text(Norm::Country).map(|text| text.into_owned()));
            }
            Derived::IpNetwork => out.extend(address::network(source_address(record))),
            Derived::IpTags | Derived::IpAsn | Derived::IpAsnOrg | Derived::IpCountry => {
                if context.network.is_empty() {
                    return true;
                }
                let Some(ip) = source_address(record).ip else {
                    return true;
                };
                let facts = context.network.look_up(ip);
                match self {
                    Derived::IpTags => out.extend(facts.tags),
                    Derived::IpAsn => out.extend(facts.asn.map(|asn| asn.to_string())),
                    Derived::IpAsnOrg => out.extend(facts.asn_org),
                    _ => out.extend(facts.country),
                }
            }
            Derived::FirstSeen => {
                let Some(late) = late else { return false };
                out.extend(late.first_seen(record).into_iter().map(str::to_owned));
            }
            Derived::ChainDepth => {
                let Some(late) = late else { return false };
                out.push(
                    credential()
                        .map_or(0, |credential| late.chain_depth(&credential))
                        .to_string(),
                );
            }
            Derived::RoleAdminSeen => {
                if !record.may_name_roles() {
                    out.push(flag(false));
                    return true;
                }
                let Some(late) = late else { return false };
                let account = record.text(Norm::Account).unwrap_or_default();
                let mut roles = record.roles().into_iter();
                let seen = roles.any(|role| late.is_admin(role_name(&role), &account));
                out.push(flag(seen));
            }
            Derived::Baseline => {
                let Some(late) = late else { return false };
                out.extend(late.baseline(record).into_iter().map(str::to_owned));
            }
            Derived::LinkPod => link::pods(record, out),
            Derived::LinkServiceAccount => return link::service_accounts(record, late, out),
            Derived::LinkCredential => link::credentials(record, out),
            Derived::LinkRootCredential => {
                let Some(credential) = credential() else {
                    return true;
                };
                let Some(late) = late else { return false };
                out.push(late.root_credential(&credential).unwrap_or(credential));
            }
            Derived::LinkCloudIdentity => return link::cloud_identity(record, late, out),
        }
        true
    }
}

/// The short name of a role or user that a call makes use of.
pub fn role_name(role: &str) -> &str {
    role.rsplit('/').next().unwrap_or(role)
}

/// Targets that a rule or a search looks at.
const MAX_TARGETS: usize = 20;

fn targets(record: &Record, part: fn(Target) -> String, out: &mut Vec<String>) {
    let targets = (record.layout.source.targets)(record, MAX_TARGETS).into_iter();
    out.extend(targets.map(part).filter(|text| !text.is_empty()));
}

fn policies(record: &Record) -> Vec<PolicyFacts> {
    let paths = record.layout.source.policies;
    if !record.may_have(paths) {
        return Vec::new();
    }
    let paths = paths.iter();
    paths
        .filter_map(|path| policy::judge(&record.text_at(path)?))
        .collect()
}

/// A policy in the request decides at once; a policy that is only named may have been written
/// elsewhere in the input.
fn policy_admin(record: &Record, late: Option<&dyn Late>, out: &mut Vec<String>) -> bool {
    if policies(record).iter().any(|facts| facts.admin) {
        out.push("true".to_owned());
        return true;
    }
    let mut names = record.layout.source.policy_names.iter();
    let Some(named) = names.find_map(|path| record.text_at(path)) else {
        out.push("false".to_owned());
        return true;
    };
    if policy::admin_policy_arn(&named) {
        out.push("true".to_owned());
        return true;
    }
    let Some(late) = late else { return false };
    out.push(late.is_admin_policy(&named).to_string());
    true
}

/// Account ids the call itself names.
fn grantees(record: &Record) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for path in record.layout.source.grantees {
        record.all_at(path, &mut |raw| {
            let text = crate::decode::text::string(raw);
            out.extend(accounts_in(&text));
        });
    }
    out
}

/// Twelve digits that stand alone: a bare account id, or the one inside an ARN.
fn accounts_in(text: &str) -> Vec<String> {
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric());
    runs.filter(|run| run.len() == 12 && run.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

fn source_address(record: &Record) -> address::Address {
    address::classify(&record.text(Norm::Address).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_are_unique() {
        for (field, name) in Derived::ALL {
            assert_eq!(Derived::by_name(&name.to_uppercase()), Some(*field));
        }
        assert_eq!(Derived::by_name("ctadel.nothing"), None);
    }
}
