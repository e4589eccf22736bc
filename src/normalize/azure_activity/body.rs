//! What a request asked for: the bodies that stand as text in the properties of a record.

use std::borrow::Cow;

use crate::decode::{path, text};
use crate::model::Time;
use crate::normalize::rewrite;
use crate::normalize::source::Record;

/// The request, or what was answered to it: either tells what was made.
fn body<'a>(record: &Record<'a>) -> Option<Cow<'a, [u8]>> {
    let properties = record.at("properties")?;
    let properties = rewrite::embedded(properties);
    let found = |name: &str| {
        let raw = path::first(&properties, name)?;
        let body = rewrite::embedded(raw);
        (body.first() == Some(&b'{')).then(|| body.into_owned())
    };
    let body = found("requestbody").or_else(|| found("responseBody"))?;
    Some(Cow::Owned(body))
}

/// The values a derived field has.
pub(super) fn of(record: &Record, field: fn(&Record, &mut Vec<String>)) -> Vec<String> {
    let mut out = Vec::new();
    field(record, &mut out);
    out
}

fn each(raw: &[u8], path: &str, out: &mut Vec<String>) {
    fn flatten(raw: &[u8], out: &mut Vec<String>) {
        if raw.first() == Some(&b'[') {
            path::elements(raw, |element| {
                flatten(element, out);
                true
            });
        } else if let Some(text) = text::present(raw) {
            out.push(text.into_owned());
        }
    }
    path::find(raw, path, &mut |raw| flatten(raw, out));
}

pub(super) fn text(record: &Record, out: &mut Vec<String>) {
    if let Some(body) = body(record) {
        out.push(String::from_utf8_lossy(&text::compact(&body)).into_owned());
    }
}

pub(super) fn role(record: &Record, out: &mut Vec<String>) {
    let Some(body) = body(record) else { return };
    let mut ids = Vec::new();
    each(&body, "properties.roleDefinitionId", &mut ids);
    let last = |id: &String| id.rsplit('/').next().unwrap_or(id).to_lowercase();
    out.extend(ids.iter().map(last));
}

pub(super) fn principal(record: &Record, out: &mut Vec<String>) {
    let Some(body) = body(record) else { return };
    let mut ids = Vec::new();
    each(&body, "properties.principalId", &mut ids);
    each(&body, "properties.accessPolicies.objectId", &mut ids);
    out.extend(ids.iter().map(|id| id.to_lowercase()));
}

pub(super) fn subject(record: &Record, out: &mut Vec<String>) {
    if let Some(body) = body(record) {
        each(&body, "properties.subject", out);
    }
}

pub(super) fn principal_type(record: &Record, out: &mut Vec<String>) {
    if let Some(body) = body(record) {
        each(&body, "properties.principalType", out);
    }
}

pub(super) fn actions(record: &Record, out: &mut Vec<String>) {
    if let Some(body) = body(record) {
        each(&body, "properties.permissions.actions", out);
        each(&body, "properties.permissions.dataActions", out);
    }
}

/// Rules of a security group that let in, whether one was written or the whole group.
fn rules(body: &[u8], found: &mut dyn FnMut(&[u8])) {
    let mut one = |rule: &[u8]| {
        let is = |key: &str, wanted: &str| {
            let word = path::first(rule, key).map(text::string);
            word.is_none_or(|word| word.eq_ignore_ascii_case(wanted))
        };
        if path::first(rule, "access").is_some()
            && is("access", "Allow")
            && is("direction", "Inbound")
        {
            found(rule);
        }
    };
    path::find(body, "properties", &mut one);
    path::find(body, "properties.securityRules.properties", &mut one);
}

pub(super) fn sources(record: &Record, out: &mut Vec<String>) {
    let Some(body) = body(record) else { return };
    rules(&body, &mut |rule| {
        each(rule, "sourceAddressPrefix", out);
        each(rule, "sourceAddressPrefixes", out);
    });
    // Databases name the first and the last address.
    let one = |name: &str| path::first(&body, name).and_then(text::present);
    let range = (
        one("properties.startIpAddress"),
        one("properties.endIpAddress"),
    );
    if let (Some(start), Some(end)) = range {
        out.push(match (&*start, &*end) {
            ("0.0.0.0", "255.255.255.255") => "*".to_owned(),
            (start, end) => format!("{start}-{end}"),
        });
    }
    let acls = [
        "properties.networkAcls.defaultAction",
        "properties.networkRuleSet.defaultAction",
    ];
    if acls
        .iter()
        .any(|path| one(path).is_some_and(|word| word.eq_ignore_ascii_case("allow")))
    {
        out.push("*".to_owned());
    }
}

pub(super) fn ports(record: &Record, out: &mut Vec<String>) {
    let Some(body) = body(record) else { return };
    rules(&body, &mut |rule| {
        each(rule, "destinationPortRange", out);
        each(rule, "destinationPortRanges", out);
    });
}

pub(super) fn expires_days(record: &Record, out: &mut Vec<String>) {
    let Some(body) = body(record) else { return };
    let one = |name: &str| path::first(&body, name).and_then(text::present);
    if let Some(seconds) = one("durationInSeconds").and_then(|text| text.parse::<i64>().ok()) {
        return out.push((seconds / 86_400).to_string());
    }
    let end = one("signedExpiry").and_then(|text| Time::parse(&text));
    if let (Some(end), Some(now)) = (end, record.time()) {
        let days = end.0.saturating_sub(now.0) / crate::model::time::DAY;
        out.push(days.to_string());
    }
}

/// A right that somebody gives to himself.
pub(super) fn self_target(record: &Record) -> bool {
    let to = of(record, principal);
    !to.is_empty() && to.contains(&super::actor::actor(record).id.to_lowercase())
}
