//! What no response may touch, whatever anybody typed.
//!
//! Enter what is known of a target, of the caller and of the configuration; leaves every guard with
//! whether it stands in the way. A few may be overridden by name; the others may not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::reason::{Reason, Refused};
use super::wire::items;

/// What guards look at.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Every name the target has: name, id, ARN, address.
    pub ids: Vec<String>,
    /// Its tags or labels.
    pub tags: BTreeMap<String, String>,
    /// The account, project, subscription or organisation it is in.
    pub account: Option<String>,
    /// Its namespace.
    pub namespace: Option<String>,
    /// Why it belongs to the provider and not to its user.
    pub owned: Option<String>,
    /// It is the root of the account, or the owner of the organisation.
    pub root: bool,
    /// Nobody else could administer the account.
    pub last_admin: bool,
    /// Policies that would be taken away: name and document.
    pub policies: Vec<(String, Value)>,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// As the provider names it.
    pub name: String,
    /// Every id that may stand for it, and for what it stands on: a role behind its session.
    pub ids: Vec<String>,
    /// Its account.
    pub account: String,
}

/// What the configuration adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protected {
    /// Names, ids and ARNs that are never touched; `*` stands for anything.
    pub break_glass: Vec<String>,
    /// Tags, `key=value` or `key`, on what is never touched.
    pub tags: Vec<String>,
    /// Accounts in which nothing is touched.
    pub accounts: Vec<String>,
    /// Namespaces in which nothing is touched.
    pub namespaces: Vec<String>,
    /// What the logs are read through.
    pub log_access: Vec<String>,
}

/// The tag that protects wherever it stands.
const PROTECTED_TAG: &str = "ctadel:protected=true";
/// Where a cluster lives itself.
const SYSTEM_NAMESPACES: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];

/// One guard after its look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Its name.
    pub name: &'static str,
    /// Whether `--override-guard` lifts it.
    pub liftable: bool,
    /// What it found.
    pub hit: Option<String>,
}

/// Lets every guard look.
pub fn look(
    facts: &Facts,
    caller: &Caller,
    protected: &Protected,
    account: Option<&str>,
) -> Vec<Guard> {
    let hard = |name, hit| Guard {
        name,
        liftable: false,
        hit,
    };
    let soft = |name, hit| Guard {
        name,
        liftable: true,
        hit,
    };
    vec![
        hard("self", own(facts, caller)),
        hard(
            "root",
            facts
                .root
                .then(|| "the target is the root or owner of the account".to_owned()),
        ),
        hard("provider-owned", facts.owned.clone()),
        hard("break-glass", listed(facts, &protected.break_glass)),
        hard("protected-tag", tagged(facts, &protected.tags)),
        hard(
            "protected-account",
            within(facts.account.as_deref(), &protected.accounts, "account"),
        ),
        hard(
            "protected-namespace",
            within(
                facts.namespace.as_deref(),
                &protected.namespaces,
                "namespace",
            ),
        ),
        hard("cross-account", foreign(facts, caller, account)),
        soft("system-namespace", system(facts)),
        soft(
            "last-admin",
            facts
                .last_admin
                .then(|| "nobody else could administer the account".to_owned()),
        ),
        soft("log-access", listed(facts, &protected.log_access)),
        soft("deny-policy", denies(facts)),
    ]
}

/// The first guard that stands in the way and was not lifted.
pub fn judge(guards: &[Guard], lifted: &[String]) -> Result<(), Refused> {
    for name in lifted {
        match guards.iter().find(|guard| guard.name == name) {
            Some(guard) if guard.liftable => {}
            Some(_) => {
                let message = format!("the guard {name:?} cannot be overridden");
                return Err(Refused::new(Reason::Guard, message));
            }
            None => {
                let known: Vec<&str> = guards
                    .iter()
                    .filter(|guard| guard.liftable)
                    .map(|guard| guard.name)
                    .collect();
                let message = format!("unknown guard {name:?}: one of {}", known.join(", "));
                return Err(Refused::new(Reason::Usage, message));
            }
        }
    }
    let stands =
        |guard: &&Guard| guard.hit.is_some() && !lifted.iter().any(|name| name == guard.name);
    let Some(guard) = guards.iter().find(stands) else {
        return Ok(());
    };
    let found = guard.hit.as_deref().unwrap_or_default();
    let refused = Refused::new(Reason::Guard, format!("guard {}: {found}", guard.name));
    Err(match guard.liftable {
        true => refused.hint(format!(
            "--override-guard {} goes on nevertheless",
            guard.name
        )),
        false => refused,
    })
}

fn own(facts: &Facts, caller: &Caller) -> Option<String> {
    let same = |id: &&String| !id.is_empty() && caller.ids.contains(id);
    let found = facts.ids.iter().find(same)?;
    Some(format!("{found} is who is asking: nobody could undo it"))
}

fn listed(facts: &Facts, list: &[String]) -> Option<String> {
    let fits = |pattern: &&String| facts.ids.iter().any(|id| matches(pattern, id));
    let found = list.iter().find(fits)?;
    Some(format!("the configuration protects {found:?}"))
}

fn tagged(facts: &Facts, tags: &[String]) -> Option<String> {
    let has = |tag: &&str| match tag.split_once('=') {
        Some((key, value)) => facts.tags.get(key).is_some_and(|found| found == value),
        None => facts.tags.contains_key(*tag),
    };
    let mut known = tags.iter().map(String::as_str).chain([PROTECTED_TAG]);
    known
        .find(has)
        .map(|tag| format!("the target carries the tag {tag}"))
}

fn within(place: Option<&str>, list: &[String], what: &str) -> Option<String> {
    let place = place.filter(|place| !place.is_empty())?;
    let fits = list.iter().any(|pattern| matches(pattern, place));
    fits.then(|| format!("the configuration protects the {what} {place:?}"))
}

fn foreign(facts: &Facts, caller: &Caller, named: Option<&str>) -> Option<String> {
    let account = facts
        .account
        .as_deref()
        .filter(|account| !account.is_empty())?;
    let known = account == caller.account || named == Some(account) || caller.account.is_empty();
    (!known).then(|| {
        format!(
            "the target is in {account}, the caller in {}: --account names it",
            caller.account
        )
    })
}

fn system(facts: &Facts) -> Option<String> {
    let namespace = facts.namespace.as_deref()?;
    let is_system = SYSTEM_NAMESPACES.contains(&namespace);
    is_system.then(|| format!("{namespace} is where the cluster itself lives"))
}

/// Taking a refusal away gives rights.
fn denies(facts: &Facts) -> Option<String> {
    let ours = ["AWSDenyAll", "AWSCompromisedKeyQuarantine", "Ctadel"];
    for (name, document) in &facts.policies {
        if let Some(known) = ours.iter().find(|known| name.contains(**known)) {
            return Some(format!("{name} is a quarantine itself ({known}…)"));
        }
        let statements = match &document["Statement"] {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        if items(&Value::Array(statements))
            .iter()
            .any(|one| one["Effect"] == "Deny")
        {
            return Some(format!(
                "{name} holds a Deny: without it more is allowed than now"
            ));
        }
    }
    None
}

/// Whether a text fits a pattern in which `*` stands for anything.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last: Option<&str> = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.find(middle) {
                Some(at) => rest = &rest[at + middle.len()..],
                None => return false,
            }
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hit(facts: &Facts) -> Vec<&'static str> {
        let caller = Caller {
            name: "responder".into(),
            ids: vec!["AIDARESPONDEREXAMPLE".into()],
            account: "111122223333".into(),
        };
        let protected = Protected {
            break_glass: vec!["arn:aws:iam::*:user/break-glass*".into()],
            accounts: vec!["444455556666".into()],
            ..Protected::default()
        };
        let guards = look(facts, &caller, &protected, Some("123456789012"));
        guards
            .iter()
            .filter(|guard| guard.hit.is_some())
            .map(|guard| guard.name)
            .collect()
    }

    #[test]
    fn each_guard_stands_before_what_it_is_for() {
        let facts = |change: &dyn Fn(&mut Facts)| {
            let mut facts = Facts {
                account: Some("111122223333".into()),
                ..Facts::default()
            };
            change(&mut facts);
            hit(&facts)
        };
        assert_eq!(facts(&|_| {}), Vec::<&str>::new());
        assert_eq!(
            facts(&|f| f.ids.push("AIDARESPONDEREXAMPLE".into())),
            ["self"]
        );
        assert_eq!(
            facts(&|f| f
                .ids
                .push("arn:aws:iam::111122223333:user/break-glass-1".into())),
            ["break-glass"]
        );
        assert_eq!(
            facts(&|f| drop(f.tags.insert("ctadel:protected".into(), "true".into()))),
            ["protected-tag"]
        );
        assert_eq!(
            facts(&|f| f.account = Some("444455556666".into())),
            ["protected-account", "cross-account"]
        );
        assert_eq!(
            facts(&|f| f.account = Some("123456789012".into())),
            Vec::<&str>::new()
        );
        assert_eq!(
            facts(&|f| f.namespace = Some("kube-system".into())),
            ["system-namespace"]
        );
        assert_eq!(
            facts(&|f| f.owned = Some("service-linked".into())),
            ["provider-owned"]
        );
        assert_eq!(facts(&|f| f.root = true), ["root"]);
        assert_eq!(facts(&|f| f.last_admin = true), ["last-admin"]);
        let deny = json!({"Statement": {"Effect": "Deny"}});
        assert_eq!(
            facts(&|f| f.policies.push(("p".into(), deny.clone()))),
            ["deny-policy"]
        );
        let aws = ("AWSCompromisedKeyQuarantineV3".to_owned(), json!({}));
        assert_eq!(facts(&|f| f.policies.push(aws.clone())), ["deny-policy"]);
    }

    #[test]
    fn only_some_guards_can_be_lifted() {
        let facts = Facts {
            root: true,
            last_admin: true,
            ..Facts::default()
        };
        let guards = look(&facts, &Caller::default(), &Protected::default(), None);
        let judged = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            judge(&guards, &names).map_err(|refused| (refused.reason, refused.message))
        };
        assert!(judged(&["last-admin"]).is_err_and(|(_, text)| text.starts_with("guard root")));
        assert!(judged(&["root"]).is_err_and(|(_, text)| text.contains("cannot be overridden")));
        assert!(judged(&["x"]).is_err_and(|(reason, _)| reason == Reason::Usage));
        let facts = Facts {
            last_admin: true,
            ..Facts::default()
        };
        let guards = look(&facts, &Caller::default(), &Protected::default(), None);
        assert_eq!(judge(&guards, &["last-admin".to_owned()]), Ok(()));
        assert!(judge(&guards, &[]).is_err());
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, want) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, text), want, "{pattern} {text}");
        }
    }
}
