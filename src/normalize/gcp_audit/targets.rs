//! What a call acts on, by the names of resources.

use std::borrow::Cow;

use super::bindings;
use crate::decode::{path, text};
use crate::model::Target;
use crate::normalize::source::{Norm, Record};

/// Members of a policy that are shown as targets.
const MOST_MEMBERS: usize = 5;

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out: Vec<Target> = Vec::new();
    let account = record.text(Norm::Account).map(Cow::into_owned);
    let mut add = |kind: &str, id: &str, name: &str| {
        let known = out
            .iter()
            .any(|t| t.id == id || (t.kind == kind && t.name == name));
        if !id.is_empty() && !known && out.len() < most {
            out.push(Target {
                kind: kind.to_owned(),
                id: id.to_owned(),
                name: name.to_owned(),
                account: account.clone(),
            });
        }
    };
    // What the call made is what it is about.
    if let Some(made) = record.text_at("protoPayload.response.name")
        && made.contains("/keys/")
    {
        add(
            "key",
            made.rsplit('/').next().unwrap_or_default(),
            tail(&made),
        );
    }
    if let Some(email) = record.text_at("protoPayload.response.email") {
        add("service_account", &email.to_ascii_lowercase(), &email);
    }
    let label = record.text_at("resource.labels.email_id");
    let label = label.filter(|email| email.contains('@'));
    let named = label.is_some();
    if let Some(email) = label {
        add("service_account", &email.to_ascii_lowercase(), &email);
    }
    if let Some(name) = record.text_at("protoPayload.resourceName") {
        let (kind, id) = resource(&name);
        if kind == "service_account" {
            let email = id.rsplit('/').next().unwrap_or(id);
            // A number stands for an account whose address mostly is known from elsewhere.
            if email.contains('@') || !named {
                add(kind, &email.to_ascii_lowercase(), email);
            }
        } else {
            add(kind, id, tail(id));
        }
    }
    if let Some(list) = record.at("protoPayload.authorizationInfo")
        && list.first() == Some(&b'[')
    {
        path::elements(list, |one| {
            if let Some(name) = path::first(one, "resource").and_then(text::present) {
                let (kind, id) = resource(&name);
                if kind != "service_account" && kind != "resource" {
                    add(kind, id, tail(id));
                }
            }
            true
        });
    }
    for binding in bindings::added(record).iter().take(MOST_MEMBERS) {
        let (role, member) = binding.split_once('|').unwrap_or(("", ""));
        match member.split_once(':') {
            Some(("serviceAccount", email)) => {
                add("service_account", &email.to_ascii_lowercase(), email);
            }
            Some(("user", email)) => add("user", &email.to_ascii_lowercase(), email),
            Some(("group", email)) => add("group", &email.to_ascii_lowercase(), email),
            _ => {}
        }
        add("role", role, tail(role));
    }
    out
}

fn tail(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Kind and id of a resource by its name: `projects/p/zones/z/instances/i` is an instance.
fn resource(name: &str) -> (&'static str, &str) {
    // `//compute.googleapis.com/projects/…`
    let name = match name.strip_prefix("//") {
        Some(rest) => rest.split_once('/').map_or(rest, |(_, path)| path),
        None => name,
    };
    if name.contains("/objects/") {
        return ("object", name);
    }
    let mut parts = name.rsplit('/');
    let (Some(_), collection) = (parts.next(), parts.next().unwrap_or_default()) else {
        return ("resource", name);
    };
    const KINDS: [(&str, &str); 40] = [
        ("projects", "project"),
        ("folders", "folder"),
        ("organizations", "organization"),
        ("buckets", "bucket"),
        ("serviceAccounts", "service_account"),
        ("keys", "key"),
        ("instances", "instance"),
        ("disks", "disk"),
        ("snapshots", "snapshot"),
        ("images", "image"),
        ("firewalls", "firewall"),
        ("networks", "network"),
        ("subnetworks", "subnet"),
        ("routes", "route"),
        ("sinks", "sink"),
        ("exclusions", "exclusion"),
        ("logs", "log"),
        ("views", "log_view"),
        ("functions", "function"),
        ("services", "service"),
        ("jobs", "job"),
        ("secrets", "secret"),
        ("versions", "version"),
        ("cryptoKeys", "kms_key"),
        ("cryptoKeyVersions", "kms_key_version"),
        ("keyRings", "key_ring"),
        ("clusters", "cluster"),
        ("nodePools", "node_pool"),
        ("topics", "topic"),
        ("subscriptions", "subscription"),
        ("datasets", "dataset"),
        ("tables", "table"),
        ("roles", "role"),
        ("workloadIdentityPools", "identity_pool"),
        ("providers", "identity_provider"),
        ("policies", "policy"),
        ("repositories", "repository"),
        ("builds", "build"),
        ("hmacKeys", "key"),
        ("managedZones", "dns_zone"),
    ];
    let kind = KINDS.iter().find(|(many, _)| *many == collection);
    (kind.map_or("resource", |(_, one)| one), name)
}
