//! Names and lists, as people read them and as entities are numbered.
//!
//! Enter actors, credentials and targets; leave entity ids and prose. One place, so that a link,
//! a title and a story never call one thing by two names.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::{Actor, ActorType, Target};

/// The entity id of an actor: `user:…`, `role-session:…`.
pub(super) fn actor_entity(actor: &Actor) -> String {
    let full = actor.principal.as_deref().filter(|text| !text.is_empty());
    let text = full.unwrap_or(if actor.id.is_empty() {
        &actor.name
    } else {
        &actor.id
    });
    let kind = actor_word(actor.kind);
    match actor.kind {
        ActorType::Root => format!("{kind}:{}", actor.account.as_deref().unwrap_or(text)),
        ActorType::Anonymous => kind.to_string(),
        // Its id says what it is: `pod:`, `container:` or `host:`.
        ActorType::Workload => text.to_string(),
        _ => format!("{kind}:{text}"),
    }
}

/// The entity kind of an actor.
pub(super) fn actor_word(kind: ActorType) -> &'static str {
    match kind {
        ActorType::User => "user",
        ActorType::Root => "root",
        ActorType::RoleSession => "role-session",
        ActorType::Federated => "federated",
        ActorType::ServiceAccount => "service-account",
        ActorType::ServicePrincipal => "service-principal",
        ActorType::ManagedIdentity => "managed-identity",
        ActorType::CloudService => "service",
        ActorType::K8sServiceAccount => "k8s-service-account",
        ActorType::Workload => "workload",
        ActorType::ApiKeyApplication => "application",
        ActorType::Anonymous => "anonymous",
        ActorType::Unknown => "identity",
    }
}

/// The entity kind of a credential.
pub(super) fn credential_word(credential: &str) -> &'static str {
    if credential.starts_with("AKIA") {
        "aws-key"
    } else if credential.starts_with("ASIA") {
        "aws-session"
    } else if credential.starts_with("JTI=") {
        "k8s-token"
    } else {
        "credential"
    }
}

/// The entity id of a credential.
pub(super) fn credential_entity(credential: &str) -> String {
    format!("{}:{credential}", credential_word(credential))
}

/// Who it was, in words.
pub(super) fn who(actor: &Actor) -> String {
    let name = [&actor.name, &actor.id].into_iter().find(|n| !n.is_empty());
    let name = name.map_or("an unknown identity".to_string(), |n| clip(n, 60));
    match actor.kind {
        ActorType::Root => match &actor.account {
            Some(account) => format!("the root user of {}", clip(account, 60)),
            None => "the root user".to_string(),
        },
        ActorType::RoleSession => match name.split_once('/') {
            Some((role, session)) => format!("role {role} (session {session})"),
            None => format!("role {name}"),
        },
        ActorType::CloudService => format!("the service {name}"),
        ActorType::Anonymous => "an anonymous caller".to_string(),
        _ => name,
    }
}

/// A target in words: its name, else the end of its id.
pub(super) fn thing(target: &Target) -> String {
    let text = if target.name.is_empty() {
        target.id.rsplit(['/', ':']).next().unwrap_or(&target.id)
    } else {
        &target.name
    };
    // `resource` is what a log says that has no word for it.
    match (matches!(&*target.kind, "" | "resource"), text.is_empty()) {
        (true, _) => clip(text, 60),
        (_, true) => kind(&target.kind).into_owned(),
        _ => format!("{} {}", kind(&target.kind), clip(text, 60)),
    }
}

/// A kind in words. What is no word stays as the log has it: by its signs a secret is known.
fn kind(word: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    match word.bytes().all(plain) {
        true => word.replace(['-', '_'], " ").into(),
        false => word.into(),
    }
}

/// A provider as people write it.
pub(super) fn provider(word: &str) -> &str {
    match word {
        "aws" => "AWS",
        "gcp" => "Google Cloud",
        "azure" => "Azure",
        "entra" => "Entra ID",
        "m365" => "Microsoft 365",
        "scaleway" => "Scaleway",
        "ovh" => "OVHcloud",
        "okta" => "Okta",
        "kubernetes" => "Kubernetes",
        "runtime" => "the container runtime",
        "kafka" => "Kafka",
        other => other,
    }
}

/// `a`, `a and b`, `a, b and 3 more`.
pub(super) fn list(items: &[String], most: usize) -> String {
    let shown = &items[..items.len().min(most)];
    let more = items.len() - shown.len();
    match (shown, more) {
        ([], _) => String::new(),
        (all, 1..) => format!("{} and {more} more", all.join(", ")),
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
    }
}

/// Distinct words in the order of their first use.
pub(super) fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let new = words.filter(|word| !word.is_empty() && seen.insert(*word));
    new.map(String::from).collect()
}

/// Cuts a name to a length that a sentence bears; control characters become blanks, because
/// session names are whatever the caller typed.
pub(super) fn clip(text: &str, most: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    if text.chars().count() <= most {
        return text.chars().map(clean).collect();
    }
    let head = text.chars().take(most.saturating_sub(1)).map(clean);
    head.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_people_write_them() {
        let items = ["a", "b", "c", "d"].map(String::from);
        let table = [(0, ""), (1, "a"), (2, "a and b"), (3, "a, b and c")];
        for (n, want) in table {
            assert_eq!(list(&items[..n], 3), want);
        }
        assert_eq!(list(&items, 3), "a, b, c and 1 more");
        assert_eq!(list(&items, 1), "a and 3 more");
    }

    #[test]
    fn names_are_cut_between_characters_and_lose_control_characters() {
        assert_eq!(clip("éééééé", 4), "ééé…");
        assert_eq!(clip("a\nb\u{1b}[31m", 60), "a b [31m");
        assert_eq!(clip("short", 60), "short");
    }

    #[test]
    fn actors_are_named_by_kind() {
        let actor = |kind, name: &str| Actor {
            id: "ID".into(),
            name: name.into(),
            kind,
            account: Some("111122223333".into()),
            ..Actor::default()
        };
        assert_eq!(who(&actor(ActorType::User, "alice")), "alice");
        let session = actor(ActorType::RoleSession, "admin/alice");
        assert_eq!(who(&session), "role admin (session alice)");
        let root = actor(ActorType::Root, "");
        assert_eq!(who(&root), "the root user of 111122223333");
        assert_eq!(actor_entity(&root), "root:111122223333");
        assert_eq!(actor_entity(&session), "role-session:ID");
        assert_eq!(who(&Actor::default()), "an unknown identity");
    }
}
