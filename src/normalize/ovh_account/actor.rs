//! Who did it: the account itself, one of its users, a person of its identity provider.

use std::borrow::Cow;

use crate::decode::{path, text};
use crate::model::{Actor, ActorType};
use crate::normalize::source::{Norm, Record};

/// The kinds of identity a URN names, each with the kind of actor it is.
const KINDS: [(&str, ActorType); 6] = [
    (":identity:user:", ActorType::User),
    (":identity:account:", ActorType::Root),
    (":identity:credential:", ActorType::ApiKeyApplication),
    (":identity:oauth2client:", ActorType::ServicePrincipal),
    (":identity:service:", ActorType::CloudService),
    (":identity:provider:", ActorType::Federated),
];

/// The identity behind a record: what it is and its short name, `NIC` or `NIC/name`. Groups come
/// with the user they hold and say nothing of their own.
fn identity<'u>(urns: &'u [String]) -> Option<(ActorType, &'u str, &'u str)> {
    let one = |urn: &'u String| {
        KINDS.iter().find_map(|(word, kind)| {
            let (_, name) = urn.split_once(word)?;
            (!name.is_empty()).then_some((*kind, urn.as_str(), name))
        })
    };
    urns.iter().find_map(one)
}

/// The values of a list: elements, or the elements of a list that was written as text.
pub(super) fn list(raw: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let mut one = |raw: &[u8]| {
        out.extend(text::present(raw).map(Cow::into_owned));
        out.len() < 100
    };
    match raw.first() {
        Some(b'[') => path::elements(raw, one),
        Some(b'"') => {
            let inner = text::string(raw);
            match inner.trim_start().starts_with('[') {
                true => path::elements(inner.trim_start().as_bytes(), one),
                false => {
                    one(raw);
                }
            }
        }
        _ => {}
    }
    out
}

pub(super) fn actor(record: &Record) -> Actor {
    let value = |norm| record.text(norm).map(Cow::into_owned);
    let account = value(Norm::Account);
    let name = value(Norm::ActorName);
    let mut actor = Actor {
        account: account.clone(),
        mfa: match record.text(Norm::Mfa).as_deref() {
            None | Some("UNKNOWN") => None,
            Some("NONE") => Some(false),
            Some(_) => Some(true),
        },
        ..Actor::default()
    };
    let nic = account.unwrap_or_default();
    let urns = record.norm(Norm::Identity).map(list).unwrap_or_default();
    if let Some((kind, urn, short)) = identity(&urns) {
        actor.kind = kind;
        actor.id = short.to_owned();
        actor.principal = Some(urn.to_owned());
        actor.name = name.unwrap_or_else(|| short.to_owned());
        return actor;
    }
    // A login names the user alone: with the account in front it is the name of the URN.
    let within = |name: &str| match name.contains('/') || nic.is_empty() {
        true => name.to_owned(),
        false => format!("{nic}/{name}"),
    };
    actor.kind = match record.text(Norm::ActorType).as_deref() {
        Some("ACCOUNT") => ActorType::Root,
        Some("USER") => ActorType::User,
        Some("PROVIDER") => ActorType::Federated,
        _ if name.as_deref().is_some_and(|name| name == nic) => ActorType::Root,
        _ if name.is_some() => ActorType::User,
        _ => ActorType::Unknown,
    };
    actor.id = match (&name, actor.kind) {
        (_, ActorType::Root) => nic.clone(),
        (Some(name), _) => within(name),
        (None, _) => nic.clone(),
    };
    actor.name = name.unwrap_or_else(|| actor.id.clone());
    actor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_be_one_or_the_text_of_one() {
        let want = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(list(br#"["a","b"]"#), want);
        assert_eq!(list(br#""[\"a\",\"b\"]""#), want);
        assert_eq!(list(br#""a""#), ["a"]);
        assert_eq!(list(b"12"), Vec::<String>::new());
        assert_eq!(list(b"null"), Vec::<String>::new());
    }

    #[test]
    fn the_user_counts_and_not_the_group() {
        let urns = [
            "urn:v1:eu:identity:group:aa12345-ovh/admins".to_owned(),
            "urn:v1:eu:identity:user:aa12345-ovh/lena".to_owned(),
        ];
        assert_eq!(
            identity(&urns),
            Some((ActorType::User, urns[1].as_str(), "aa12345-ovh/lena"))
        );
        assert_eq!(identity(&[]), None);
    }
}
