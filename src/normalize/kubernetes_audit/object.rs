//! What a request acts on: the object itself, and whom a binding names.

use std::borrow::Cow;

use super::derived;
use crate::decode::text;
use crate::model::Target;
use crate::normalize::source::{Norm, Record};

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out: Vec<Target> = Vec::new();
    let account = record.text(Norm::Account).map(Cow::into_owned);
    let mut add = |kind: &str, id: String, name: String| {
        let known = out
            .iter()
            .any(|target| target.id == id && target.kind == kind);
        if !id.is_empty() && !known && out.len() < most {
            out.push(Target {
                kind: kind.to_owned(),
                id,
                name,
                account: account.clone(),
            });
        }
    };
    let Some(resource) = record.text(Norm::Service) else {
        return out;
    };
    let namespace = record.text_at("objectRef.namespace");
    match name(record) {
        Some(name) if resource == "serviceaccounts" => {
            let namespace = namespace.as_deref().unwrap_or_default();
            // The name under which it acts later on.
            let id = format!("system:serviceaccount:{namespace}:{name}");
            add("service_account", id, format!("{namespace}/{name}"));
        }
        Some(name) => {
            let own = resource == "namespaces";
            let id = match namespace.as_deref().filter(|_| !own) {
                Some(namespace) => format!("{namespace}/{name}"),
                None => name.clone(),
            };
            add(&singular(&resource), id, name);
        }
        None => {
            if let Some(namespace) = &namespace {
                add("namespace", namespace.to_string(), namespace.to_string());
            }
        }
    }
    if resource.ends_with("rolebindings") {
        // A binding makes use of a role that many others use too.
        if let Some(role) = record.text_at("requestObject.roleRef.name") {
            add("permission", role.to_string(), role.into_owned());
        }
        let mut subjects = Vec::new();
        derived::subjects(record, &mut subjects);
        for subject in subjects {
            match subject.split_once(':') {
                Some(("ServiceAccount", name)) => {
                    let id = format!("system:serviceaccount:{}", name.replacen('/', ":", 1));
                    add("service_account", id, name.to_owned());
                }
                Some(("Group", name)) => add("group", name.to_owned(), name.to_owned()),
                Some((_, name)) => add("user", name.to_owned(), name.to_owned()),
                None => {}
            }
        }
    }
    out
}

/// The object's name; of one that the server named, the name it gave.
fn name(record: &Record) -> Option<String> {
    let paths = [
        "objectRef.name",
        "responseObject.metadata.name",
        "requestObject.metadata.name",
        "requestObject.metadata.generateName",
    ];
    let verb = record.text(Norm::Verb).unwrap_or_default();
    // A list's answer has the names of what is in it.
    let listed = matches!(&*verb, "list" | "watch" | "deletecollection");
    let paths = if listed { &paths[..1] } else { &paths[..] };
    let name = paths.iter().find_map(|path| record.text_at(path))?;
    Some(name.into_owned())
}

/// One of a resource: `pods` are made of a `pod`.
fn singular(resource: &str) -> Cow<'_, str> {
    if let Some(head) = resource.strip_suffix("ies") {
        return Cow::Owned(format!("{head}y"));
    }
    let head = ["sses", "xes", "ches"]
        .iter()
        .find(|end| resource.ends_with(*end))
        .and_then(|_| resource.strip_suffix("es"));
    let plain = || {
        resource
            .strip_suffix('s')
            .filter(|head| !head.ends_with('s') && !head.is_empty())
    };
    Cow::Borrowed(head.or_else(plain).unwrap_or(resource))
}

/// Whether a binding names the caller: as user, as service account, or by a group that is not
/// everybody's.
pub(super) fn self_target(record: &Record) -> bool {
    let resource = record.text(Norm::Service).unwrap_or_default();
    if !resource.ends_with("rolebindings") {
        return false;
    }
    let Some(user) = record.text(Norm::ActorName) else {
        return false;
    };
    let mut groups: Vec<String> = Vec::new();
    record.all_at("user.groups", &mut |raw| {
        derived::flat(raw, &mut |group| groups.push(group));
    });
    let everybody = |name: &str| {
        name.starts_with("system:authenticated")
            || name.starts_with("system:serviceaccounts")
            || name == "system:unauthenticated"
            || name == "system:masters"
    };
    let mut subjects = Vec::new();
    derived::subjects(record, &mut subjects);
    subjects
        .iter()
        .any(|subject| match subject.split_once(':') {
            Some(("ServiceAccount", name)) => {
                user.strip_prefix("system:serviceaccount:") == Some(&name.replacen('/', ":", 1))
            }
            Some(("Group", name)) => !everybody(name) && groups.iter().any(|group| group == name),
            Some((_, name)) => name == user,
            None => false,
        })
}

/// The text of a raw value, for the forms.
pub(super) fn plain(raw: &[u8]) -> Cow<'_, str> {
    text::present(raw).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::singular;

    #[test]
    fn resources_are_many_of_one() {
        let table = [
            ("pods", "pod"),
            ("secrets", "secret"),
            ("networkpolicies", "networkpolicy"),
            ("ingresses", "ingress"),
            ("storageclasses", "storageclass"),
            ("daemonsets", "daemonset"),
            ("s", "s"),
            ("ss", "ss"),
            ("", ""),
            ("clusterrolebindings", "clusterrolebinding"),
        ];
        for (many, one) in table {
            assert_eq!(singular(many), one);
        }
    }
}
