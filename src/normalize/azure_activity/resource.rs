//! What a call acts on: the path of the resource, and what the request names.

use super::body;
use crate::decode::text;
use crate::model::Target;
use crate::normalize::source::{Norm, Record};

/// A resource path, taken apart; everything in lower case.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::normalize) struct Path {
    pub(in crate::normalize) whole: String,
    pub(in crate::normalize) subscription: Option<String>,
    pub(in crate::normalize) group: Option<String>,
    pub(in crate::normalize) management_group: bool,
    /// The innermost provider, its types, the innermost name.
    pub(in crate::normalize) provider: Option<String>,
    pub(in crate::normalize) types: Vec<String>,
    pub(in crate::normalize) name: Option<String>,
}

/// `/subscriptions/S/resourceGroups/G/providers/NS/TYPE/NAME[/TYPE/NAME…]`, perhaps with a further
/// `/providers/…` for what is attached to the resource.
pub(in crate::normalize) fn parse(id: &str) -> Path {
    let whole = id.trim().trim_end_matches('/').to_lowercase();
    let mut path = Path::default();
    let mut parts = whole.split('/').filter(|part| !part.is_empty());
    while let Some(part) = parts.next() {
        match part {
            "subscriptions" => path.subscription = parts.next().map(str::to_owned),
            "resourcegroups" => path.group = parts.next().map(str::to_owned),
            "providers" => {
                path.provider = parts.next().map(str::to_owned);
                path.management_group |= path.provider.as_deref() == Some("microsoft.management");
                (path.types, path.name) = (Vec::new(), None);
            }
            kind => {
                path.types.push(kind.to_owned());
                path.name = parts.next().map(str::to_owned);
            }
        }
    }
    path.whole = whole;
    path
}

/// Names of kinds that commands and people use; any other is the type without its plural.
const KINDS: [(&str, &str); 28] = [
    ("virtualmachines", "virtual_machine"),
    ("virtualmachinescalesets", "scale_set"),
    ("storageaccounts", "storage_account"),
    ("vaults", "key_vault"),
    ("managedhsms", "key_vault"),
    ("roleassignments", "role_assignment"),
    ("roledefinitions", "role_definition"),
    ("diagnosticsettings", "diagnostic_setting"),
    ("networksecuritygroups", "network_security_group"),
    ("securityrules", "security_rule"),
    ("managedclusters", "cluster"),
    ("connectedclusters", "cluster"),
    ("userassignedidentities", "managed_identity"),
    ("federatedidentitycredentials", "federated_credential"),
    ("automationaccounts", "automation_account"),
    ("azurefirewalls", "firewall"),
    ("firewallrules", "firewall_rule"),
    ("networkwatchers", "network_watcher"),
    ("packetcaptures", "packet_capture"),
    ("flowlogs", "flow_log"),
    ("bastionhosts", "bastion"),
    ("runcommands", "run_command"),
    ("encryptionscopes", "encryption_scope"),
    ("policyassignments", "policy_assignment"),
    ("alertrules", "alert_rule"),
    ("resourcegroups", "resource_group"),
    ("databases", "database"),
    ("registries", "registry"),
];

pub(in crate::normalize) fn kind(path: &Path) -> String {
    let Some(last) = path.types.last() else {
        return match () {
            () if path.group.is_some() => "resource_group",
            () if path.subscription.is_some() => "subscription",
            () => "resource",
        }
        .to_owned();
    };
    let known = KINDS.iter().find(|(name, _)| name == last);
    match known {
        Some((_, kind)) => (*kind).to_owned(),
        None => singular(last),
    }
}

fn singular(word: &str) -> String {
    match () {
        () if word.ends_with("sses") => word[..word.len() - 2].to_owned(),
        () if word.ends_with("ies") => format!("{}y", &word[..word.len() - 3]),
        () => word.strip_suffix('s').unwrap_or(word).to_owned(),
    }
}

pub(in crate::normalize) fn target(id: &str) -> Target {
    let path = parse(id);
    let name = [&path.name, &path.group, &path.subscription];
    let name = name.into_iter().flatten().next().cloned();
    Target {
        kind: kind(&path),
        name: name.unwrap_or_else(|| path.whole.clone()),
        account: path.subscription.clone(),
        id: path.whole,
    }
}

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out = Vec::new();
    let entity = || record.text_at("properties.entity");
    if let Some(id) = record.text_at("resourceId").or_else(entity) {
        out.push(target(&id));
    }
    // A role is given to somebody: what was made says neither to whom nor which.
    for (kind, ids) in [
        ("principal", body::of(record, body::principal)),
        ("role", body::of(record, body::role)),
    ] {
        for id in ids {
            out.push(Target {
                kind: kind.to_owned(),
                name: id.clone(),
                id,
                account: None,
            });
        }
    }
    out.retain(|target| !target.id.is_empty());
    out.truncate(most);
    out
}

fn path_of(record: &Record) -> Option<Path> {
    Some(parse(&text::string(record.at("resourceId")?)))
}

pub(super) fn provider(record: &Record, out: &mut Vec<String>) {
    let verb = record.text(Norm::Verb).unwrap_or_default();
    if let Some((provider, _)) = verb.split_once('/') {
        out.push(provider.to_lowercase());
    }
}

pub(super) fn kind_of(record: &Record, out: &mut Vec<String>) {
    if let Some(path) = path_of(record)
        && let Some(provider) = path.provider
        && !path.types.is_empty()
    {
        out.push(format!("{provider}/{}", path.types.join("/")));
    }
}

pub(super) fn group(record: &Record, out: &mut Vec<String>) {
    out.extend(path_of(record).and_then(|path| path.group));
}

/// What the outermost part of the path is: a role given on a subscription reaches further than
/// one given on a disk.
pub(super) fn scope(record: &Record, out: &mut Vec<String>) {
    let Some(path) = path_of(record) else { return };
    // What is attached to a thing has its reach: the part before the last `providers`.
    let outer = path
        .whole
        .rfind("/providers/")
        .map_or("", |at| &path.whole[..at]);
    let outer = parse(outer);
    let word = match () {
        () if outer.management_group => "management_group",
        () if outer.provider.is_some() => "resource",
        () if outer.group.is_some() => "resource_group",
        () if outer.subscription.is_some() => "subscription",
        () if path.management_group => "management_group",
        () if path.provider.is_some() => "root",
        () if path.group.is_some() => "resource_group",
        () if path.subscription.is_some() => "subscription",
        () => return,
    };
    out.push(word.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let path = parse(
            "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM/EXTENSIONS/E",
        );
        assert_eq!(path.subscription.as_deref(), Some("s"));
        assert_eq!(path.types, ["virtualmachines", "extensions"]);
        assert_eq!(kind(&path), "extension");
        assert_eq!(path.name.as_deref(), Some("e"));
        let attached = parse(
            "/subscriptions/s/providers/Microsoft.Storage/storageAccounts/a/providers/Microsoft.Authorization/roleAssignments/r",
        );
        assert_eq!(kind(&attached), "role_assignment");
        assert_eq!(
            kind(&parse("/subscriptions/s/resourceGroups/g")),
            "resource_group"
        );
        assert_eq!(kind(&parse("/subscriptions/s")), "subscription");
        assert_eq!(target("").id, "");
        assert_eq!(kind(&parse("//providers//")), "resource");
    }
}
