//! Who gets which role: the deltas of a policy, or the policy where there are none.

use crate::decode::{path, text};
use crate::normalize::source::{Norm, Record};

/// Most bindings that are read of one record.
const MOST: usize = 2_000;

/// Where the difference between two policies stands.
const DELTAS: [&str; 3] = [
    "protoPayload.serviceData.policyDelta.bindingDeltas",
    "protoPayload.metadata.policyDelta.bindingDeltas",
    "protoPayload.response.policyDelta.bindingDeltas",
];

/// Where the whole policy stands.
const POLICIES: [&str; 3] = [
    "protoPayload.request.policy.bindings",
    "protoPayload.request.bindings",
    "protoPayload.request.setIamPolicyRequest.policy.bindings",
];

fn each(list: &[u8], mut then: impl FnMut(&[u8])) {
    match list.first() {
        Some(b'[') => path::elements(list, |one| {
            then(one);
            true
        }),
        Some(b'{') => then(list),
        _ => {}
    }
}

/// `role|member` of the differences with this action.
pub(super) fn changed(record: &Record, wanted: &str) -> Vec<String> {
    let mut out = Vec::new();
    for place in DELTAS {
        each(record.at(place).unwrap_or_default(), |delta| {
            let at = |key: &str| path::first(delta, key).and_then(text::present);
            let fits = at("action").is_some_and(|action| action.eq_ignore_ascii_case(wanted));
            if let (true, Some(role), Some(member)) = (fits, at("role"), at("member"))
                && out.len() < MOST
            {
                out.push(format!("{role}|{member}"));
            }
        });
    }
    out
}

/// `role|member` of what the call adds.
pub(super) fn added(record: &Record) -> Vec<String> {
    let known = DELTAS.iter().any(|place| record.at(place).is_some());
    let mut out = changed(record, "ADD");
    let method = record
        .text(Norm::Verb)
        .unwrap_or_default()
        .to_ascii_lowercase();
    if known || !method.contains("setiam") {
        return out;
    }
    for place in POLICIES {
        each(record.at(place).unwrap_or_default(), |binding| {
            let role = path::first(binding, "role").and_then(text::present);
            let Some(role) = role else { return };
            path::find(binding, "members", &mut |members| {
                let mut one = |member: &[u8]| {
                    if out.len() < MOST {
                        out.push(format!("{role}|{}", text::string(member)));
                    }
                };
                match members.first() {
                    Some(b'[') => path::elements(members, |member| {
                        one(member);
                        true
                    }),
                    _ => one(members),
                }
            });
        });
    }
    out
}

/// The address a member stands for.
fn address(member: &str) -> Option<&str> {
    let (kind, address) = member.split_once(':')?;
    matches!(kind, "user" | "group" | "domain").then_some(address)
}

fn domain(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or(address)
}

/// Domains where anybody gets an address.
const ANYBODYS: [&str; 8] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "proton.me",
    "protonmail.com",
    "icloud.com",
];

/// Members from outside: anybody at all, and addresses of a domain that is not the caller's.
pub(super) fn foreign(record: &Record) -> Vec<String> {
    let caller = record
        .text(Norm::ActorName)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let person = caller.contains('@') && !caller.ends_with(".gserviceaccount.com");
    let home = person.then(|| domain(&caller));
    let mut out: Vec<String> = Vec::new();
    for binding in added(record) {
        let member = binding.split_once('|').map_or("", |(_, member)| member);
        let lower = member.to_ascii_lowercase();
        let outside = match address(&lower).map(domain) {
            Some(theirs) => {
                home.is_some_and(|home| home != theirs)
                    || (home.is_none() && ANYBODYS.contains(&theirs))
            }
            None => matches!(&*lower, "allusers" | "allauthenticatedusers"),
        };
        if outside && !out.iter().any(|known| known == member) {
            out.push(member.to_owned());
        }
    }
    // Whoever is invited to own a project.
    if let Some(invited) = record.text_at("protoPayload.request.member") {
        let lower = invited.to_ascii_lowercase();
        let theirs = domain(address(&lower).unwrap_or(&lower)).to_owned();
        if home.is_some_and(|home| home != theirs) && !out.iter().any(|known| *known == invited) {
            out.push(invited.into_owned());
        }
    }
    out
}

/// Audit logging that a policy takes away.
pub(super) fn audit_removed(record: &Record) -> Vec<String> {
    let mut out = Vec::new();
    let places = [
        "protoPayload.serviceData.policyDelta.auditConfigDeltas",
        "protoPayload.metadata.policyDelta.auditConfigDeltas",
    ];
    for place in places {
        each(record.at(place).unwrap_or_default(), |delta| {
            let at = |key: &str| path::first(delta, key).and_then(text::present);
            let action = at("action").unwrap_or_default();
            let exempted = at("exemptedMember");
            let removed = action.eq_ignore_ascii_case("REMOVE") && exempted.is_none();
            let exempts = action.eq_ignore_ascii_case("ADD") && exempted.is_some();
            if (removed || exempts) && out.len() < MOST {
                let service = at("service").unwrap_or_default();
                let what = exempted.or_else(|| at("logType")).unwrap_or_default();
                out.push(format!("{service}|{what}"));
            }
        });
    }
    out
}

/// Whether the call gives a role to the caller.
pub(super) fn self_target(record: &Record) -> bool {
    let Some(caller) = record.text(Norm::ActorName) else {
        return false;
    };
    added(record).iter().any(|binding| {
        let member = binding.split_once('|').map_or("", |(_, member)| member);
        let address = member
            .split_once(':')
            .map_or(member, |(_, address)| address);
        address.eq_ignore_ascii_case(&caller)
    })
}
