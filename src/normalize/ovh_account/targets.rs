//! What a call acts on: what its path names, the service it concerns, the resource decided upon.

use super::call::{Sort, sort, template};
use crate::model::Target;
use crate::normalize::source::{Norm, Record};

/// The last fixed part before a name, and what the name is of.
const KINDS: [(&str, &str); 14] = [
    ("user", "user"),
    ("group", "group"),
    ("policy", "policy"),
    ("permissionsGroup", "policy"),
    ("sshKey", "ssh_key"),
    ("sshkey", "ssh_key"),
    ("credential", "api_key"),
    ("client", "application"),
    ("application", "application"),
    ("project", "project"),
    ("instance", "instance"),
    ("volume", "volume"),
    ("snapshot", "snapshot"),
    ("zone", "zone"),
];

pub(super) fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out: Vec<Target> = Vec::new();
    let mut add = |kind: &str, id: &str| {
        if !id.is_empty() && out.len() < most && !out.iter().any(|known| known.id == id) {
            let name = id.rsplit([':', '/']).next().unwrap_or(id);
            out.push(Target {
                kind: kind.to_owned(),
                id: id.to_owned(),
                name: name.to_owned(),
                account: None,
            });
        }
    };
    match sort(record) {
        Sort::Call => {
            let path = record.text_at("path").unwrap_or_default();
            // The most precise name stands last.
            for (kind, name) in named(&path).into_iter().rev() {
                add(kind, &name);
            }
            if let Some(service) = record.text_at("service_name") {
                add("service", &service);
            }
        }
        Sort::Door => {
            if let Some(user) = record.text(Norm::ActorName) {
                add("user", &user);
            }
        }
        Sort::Decision => {
            if let Some(resource) = record.text_at("resource") {
                let kind = resource.split(':').nth(4).unwrap_or("resource").to_owned();
                add(&kind, &resource);
            }
        }
    }
    out
}

/// The names in a path with their kinds, in order.
fn named(path: &str) -> Vec<(&'static str, String)> {
    let shape = template(path);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_suffix('/').unwrap_or(path);
    // The template may lack the version in front: both are read from behind.
    let (mut parts, mut shapes) = (path.rsplit('/'), shape.rsplit('/').peekable());
    let mut out = Vec::new();
    while let (Some(part), Some(shape)) = (parts.next(), shapes.next()) {
        if shape == "{}" {
            let before = shapes.peek().copied().unwrap_or_default();
            let kind = KINDS.iter().find(|(word, _)| *word == before);
            out.push((kind.map_or("resource", |(_, kind)| *kind), part.to_owned()));
        }
    }
    out.reverse();
    out
}

pub(super) fn count_targets(record: &Record) -> usize {
    targets(record, usize::MAX).len()
}

pub(super) fn self_target(record: &Record) -> bool {
    let Some(own) = record.text(Norm::ActorName) else {
        return false;
    };
    let own = own.rsplit('/').next().unwrap_or(&own);
    sort(record) == Sort::Call
        && targets(record, 20)
            .iter()
            .any(|target| target.kind == "user" && target.name == own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_path_know_what_they_are_of() {
        let found = named("/1.0/cloud/project/0a1b/instance/c3-7/snapshot");
        let found: Vec<_> = found.iter().map(|(kind, name)| (*kind, &**name)).collect();
        assert_eq!(found, [("project", "0a1b"), ("instance", "c3-7")]);
        assert_eq!(named("/me/identity/user"), Vec::new());
    }
}
