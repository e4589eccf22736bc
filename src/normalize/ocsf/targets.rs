//! On what: the event's resources and user, and what an AWS request names.

use std::borrow::Cow;

use super::is_aws_call;
use crate::decode::{path, text};
use crate::model::Target;
use crate::normalize::aws_cloudtrail::targets::{requested, target};
use crate::normalize::source::{Norm, Record};

fn each<'a>(list: &'a [u8], mut found: impl FnMut(&'a [u8])) {
    match list.first() {
        Some(b'[') => path::elements(list, |raw| {
            if raw.first() == Some(&b'{') {
                found(raw);
            }
            true
        }),
        Some(b'{') => found(list),
        _ => {}
    }
}

fn value(raw: &[u8], key: &str) -> Option<String> {
    let text = path::first(raw, key).and_then(text::present)?;
    Some(text.into_owned())
}

/// `AWS::S3::Object` is an `object`.
fn kind_of(declared: &str) -> String {
    let last = declared.rsplit("::").next().unwrap_or(declared);
    last.to_lowercase().replace(' ', "_")
}

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out: Vec<Target> = Vec::new();
    let mut add = |target: Target| {
        // One and the same thing by its name and by its ARN.
        let same = |known: &Target| {
            known.id == target.id
                || known.name == target.id
                || (known.kind == target.kind && known.name == target.name)
        };
        let known = out.iter().any(same);
        if !target.id.is_empty() && out.len() < most && !known {
            out.push(target);
        }
    };
    if is_aws_call(record)
        && let Some(request) = record.text_at("api.request.data")
    {
        requested(request.as_bytes(), &mut add);
        // Trails and the like go by the plain word.
        if let Some(name) = record.text_at("api.request.data.name") {
            let service = record.text(Norm::Service).unwrap_or_default();
            let kind = match &*service {
                "cloudtrail.amazonaws.com" => "trail",
                _ => "resource",
            };
            add(target(kind, &name));
        }
    }
    each(record.at("resources").unwrap_or_default(), |raw| {
        let name = value(raw, "name");
        let Some(id) = value(raw, "uid").or_else(|| name.clone()) else {
            return;
        };
        let kind = value(raw, "type").map_or_else(|| "resource".to_owned(), |kind| kind_of(&kind));
        let mut found = target(&kind, &id);
        if let Some(name) = name.filter(|_| !id.starts_with("arn:")) {
            found.name = name;
        }
        found.account = found
            .account
            .or_else(|| value(raw, "owner.account.uid"))
            .or_else(|| value(raw, "account_uid"));
        add(found);
    });
    // Identity events name the user they are about.
    if let Some(user) = record.at("user").filter(|raw| raw.first() == Some(&b'{')) {
        let own = record.text(Norm::ActorId).map(Cow::into_owned);
        let name = value(user, "name").or_else(|| value(user, "email_addr"));
        let id = value(user, "uid_alt").or_else(|| value(user, "uid"));
        if let Some(id) = id
            .or_else(|| name.clone())
            .filter(|id| own.as_ref() != Some(id))
        {
            let mut found = target("user", &id);
            if let Some(name) = name {
                found.name = name;
            }
            add(found);
        }
    }
    out
}

pub(super) fn count_targets(record: &Record) -> usize {
    targets(record, usize::MAX).len()
}

pub(super) fn self_target(record: &Record) -> bool {
    let same = |path: &str, norm: Norm| match (record.text_at(path), record.text(norm)) {
        (Some(target), Some(own)) => target == own,
        _ => false,
    };
    same("api.request.data.userName", Norm::ActorName)
        || same("api.request.data.roleArn", Norm::Issuer)
        || same("user.uid", Norm::ActorId)
}
