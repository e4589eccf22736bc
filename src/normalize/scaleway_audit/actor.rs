//! Who did it: a principal by its id, a user at the door, or the provider's own machinery.

use std::borrow::Cow;

use super::targets::resource;
use super::{is_login, is_system};
use crate::decode::path;
use crate::decode::text;
use crate::model::{Actor, ActorType};
use crate::normalize::source::{Norm, Record};

pub(super) fn actor(record: &Record) -> Actor {
    let account = record.text(Norm::Account).map(Cow::into_owned);
    let mut actor = Actor {
        account,
        ..Actor::default()
    };
    if is_system(record) {
        let product = record.text(Norm::Service).map(Cow::into_owned);
        actor.kind = ActorType::CloudService;
        actor.id = product.unwrap_or_else(|| "scaleway".to_owned());
        actor.name = actor.id.clone();
        return actor;
    }
    if is_login(record) {
        return login(record, actor);
    }
    let Some(id) = record.text_at("principal.id") else {
        actor.id = "unknown".to_owned();
        actor.name = actor.id.clone();
        return actor;
    };
    actor.id = id.into_owned();
    actor.name = actor.id.clone();
    // The log does not say whether the id is a user's or an application's; only people sit
    // before a browser, and the console is the only one that calls from there.
    let agent = record.text(Norm::Agent).unwrap_or_default();
    if agent.starts_with("Mozilla/") {
        actor.kind = ActorType::User;
    }
    actor
}

/// An authentication event names the user among its resources.
fn login(record: &Record, mut actor: Actor) -> Actor {
    actor.kind = ActorType::User;
    let user = resource(record, "iam_user").or_else(|| resource(record, "account_user"));
    let mail = resource(record, "account_user")
        .and_then(|user| path::first(user, "account_user_info.email"))
        .and_then(text::present)
        .map(Cow::into_owned);
    let name = user
        .and_then(|user| path::first(user, "name"))
        .and_then(text::present)
        .map(Cow::into_owned);
    let id = user
        .and_then(|user| path::first(user, "id"))
        .and_then(text::present)
        .map(Cow::into_owned);
    actor.mfa = match record.text(Norm::Mfa).as_deref() {
        None | Some("unknown_mfa_type") => None,
        Some(_) => Some(true),
    };
    actor.issuer = (record.text_at("method").as_deref() == Some("saml")).then(|| "saml".to_owned());
    actor.principal = mail.clone();
    actor.id = id.unwrap_or_else(|| {
        let account = actor.account.as_deref().unwrap_or_default();
        let address = record.text(Norm::Address).unwrap_or_default();
        format!("unnamed:{account}:{address}")
    });
    actor.name = mail.or(name).unwrap_or_else(|| actor.id.clone());
    actor
}
