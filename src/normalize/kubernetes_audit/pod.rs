//! The pods a request is about: pods themselves, and the templates that controllers make them of.
//!
//! A request body in, what makes a pod dangerous out. Patches hold parts of an object, or say
//! "put this there": those are read as the object they come to.

use std::borrow::Cow;

use super::derived::flat;
use crate::decode::shelf::{Anew, Open};
use crate::decode::{path, text};
use crate::normalize::source::{Norm, Record};

/// What is dangerous about a pod.
#[derive(Debug, Default)]
pub(super) struct Pod {
    /// Whether there was one to look at.
    found: bool,
    pub(super) privileged: bool,
    pub(super) host_pid: bool,
    pub(super) host_network: bool,
    pub(super) host_ipc: bool,
    pub(super) root: bool,
    pub(super) hostpath: Vec<String>,
    pub(super) caps_add: Vec<String>,
    pub(super) images: Vec<String>,
    pub(super) commands: Vec<String>,
    pub(super) service_account: Option<String>,
}

/// Where a pod's specification stands below a request body.
const SPECS: [&str; 4] = [
    "spec.jobTemplate.spec.template.spec",
    "spec.template.spec",
    "template.spec",
    "spec",
];

/// Lists of containers below a specification.
const CONTAINERS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// Most values of a list that are kept of one record.
const MOST: usize = 200;

/// Appends a flag of the pod, nothing where the request is about none.
pub(super) fn flag(record: &Record, out: &mut Vec<String>, what: fn(&Pod) -> bool) {
    let pod = read(record);
    if pod.found {
        out.push(what(&pod).to_string());
    }
}

/// Reads the pod of a request.
pub(super) fn read(record: &Record) -> Pod {
    let mut pod = Pod::default();
    let resource = record.text(Norm::Service).unwrap_or_default();
    let whole = record.at("requestObject").unwrap_or_default();
    if whole.first() == Some(&b'[') {
        path::elements(whole, |step| {
            if let Some(object) = patched(step) {
                pod.of_object(Anew, object.as_bytes(), &resource);
            }
            true
        });
    } else {
        pod.of_object(record.shelved(), whole, &resource);
    }
    pod
}

impl Pod {
    fn of_object<'a>(&mut self, open: impl Open<'a>, object: &'a [u8], resource: &str) {
        if object.first() != Some(&b'{') {
            return;
        }
        for spec_path in SPECS {
            // A deployment's own specification is no pod's.
            let Some(spec) = path::first_in(open, object, spec_path) else {
                continue;
            };
            if spec.first() == Some(&b'{') {
                let whole_pod = spec_path == "spec" && resource != "pods";
                let has = |key: &&str| path::first_in(open, spec, key).is_some();
                if !whole_pod || CONTAINERS.iter().any(has) {
                    self.of_spec(open, spec);
                }
                return;
            }
        }
    }

    fn of_spec<'a>(&mut self, open: impl Open<'a>, spec: &'a [u8]) {
        self.found = true;
        let on = |key: &str| path::first_in(open, spec, key) == Some(b"true");
        self.host_pid |= on("hostPID");
        self.host_network |= on("hostNetwork");
        self.host_ipc |= on("hostIPC");
        self.root |= zero(path::first_in(open, spec, "securityContext.runAsUser"));
        let account = ["serviceAccountName", "serviceAccount"];
        let named = account
            .iter()
            .find_map(|key| path::first_in(open, spec, key).and_then(text::present));
        let containers = path::first_in(open, spec, CONTAINERS[0]).is_some();
        // Without a name the API server takes this one; a patch that names none keeps its own.
        let default = containers.then_some(Cow::Borrowed("default"));
        if let Some(account) = named.or(default) {
            self.service_account = Some(account.into_owned());
        }
        path::find_in(open, spec, "volumes.hostPath.path", &mut |raw| {
            push(&mut self.hostpath, text::string(raw).into_owned());
        });
        for list in CONTAINERS {
            path::find_in(open, spec, list, &mut |raw| match raw.first() {
                Some(b'[') => open.elements(raw, |container| {
                    self.of_container(open, container);
                    true
                }),
                _ => self.of_container(open, raw),
            });
        }
    }

    fn of_container<'a>(&mut self, open: impl Open<'a>, container: &'a [u8]) {
        let at = |key: &str| path::first_in(open, container, key);
        self.privileged |= at("securityContext.privileged") == Some(b"true");
        self.root |= zero(at("securityContext.runAsUser"));
        self.root |= at("securityContext.runAsNonRoot") == Some(b"false");
        if let Some(image) = at("image").and_then(text::present) {
            push(&mut self.images, image.into_owned());
        }
        if let Some(added) = at("securityContext.capabilities.add") {
            flat(added, &mut |cap| {
                let cap = cap.to_ascii_uppercase();
                let cap = cap.strip_prefix("CAP_").unwrap_or(&cap).to_owned();
                push(&mut self.caps_add, cap);
            });
        }
        let mut words: Vec<String> = Vec::new();
        for key in ["command", "args"] {
            if let Some(raw) = at(key) {
                flat(raw, &mut |word| words.push(word));
            }
        }
        if !words.is_empty() {
            push(&mut self.commands, words.join(" "));
        }
    }
}

fn push(list: &mut Vec<String>, value: String) {
    if list.len() < MOST && !value.is_empty() && !list.contains(&value) {
        list.push(value);
    }
}

fn zero(raw: Option<&[u8]>) -> bool {
    matches!(raw, Some(b"0"))
}

/// A step of a JSON patch as the object it writes into: `/spec/containers/0/image` with a value
/// is `{"spec":{"containers":[{"image":value}]}}`.
pub(super) fn patched(step: &[u8]) -> Option<String> {
    let op = path::first(step, "op").map(text::string)?;
    let pointer = path::first(step, "path").map(text::string)?;
    let value = path::first(step, "value")?;
    if !matches!(&*op, "add" | "replace") || pointer.len() > 1_000 {
        return None;
    }
    let (mut head, mut tail) = (String::new(), String::new());
    for key in pointer.split('/').skip(1) {
        if key == "-" || (!key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())) {
            head.push('[');
            tail.insert(0, ']');
        } else {
            let key = key.replace("~1", "/").replace("~0", "~");
            let plain = key
                .chars()
                .all(|c| !c.is_control() && c != '"' && c != '\\');
            if !plain {
                return None;
            }
            head.push_str(&format!("{{\"{key}\":"));
            tail.insert(0, '}');
        }
    }
    Some(format!("{head}{}{tail}", String::from_utf8_lossy(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(object: &str, resource: &str) -> Pod {
        let mut pod = Pod::default();
        pod.of_object(Anew, object.as_bytes(), resource);
        pod
    }

    #[test]
    fn templates_are_pods_too() {
        let spec = r#"{"hostPID":true,"containers":[{"image":"a","command":["sh","-c"],"args":["id"],
            "securityContext":{"privileged":true,"capabilities":{"add":["cap_sys_admin","NET_ADMIN"]}}}],
            "volumes":[{"name":"x"},{"hostPath":{"path":"/"}}]}"#;
        for (object, resource) in [
            (format!(r#"{{"spec":{spec}}}"#), "pods"),
            (
                format!(r#"{{"spec":{{"template":{{"spec":{spec}}}}}}}"#),
                "deployments",
            ),
            (
                format!(
                    r#"{{"spec":{{"jobTemplate":{{"spec":{{"template":{{"spec":{spec}}}}}}}}}}}"#
                ),
                "cronjobs",
            ),
        ] {
            let pod = pod(&object, resource);
            assert!(pod.found && pod.privileged && pod.host_pid && !pod.host_network);
            assert_eq!(pod.caps_add, ["SYS_ADMIN", "NET_ADMIN"]);
            assert_eq!(pod.hostpath, ["/"]);
            assert_eq!(pod.commands, ["sh -c id"]);
            assert_eq!(pod.service_account.as_deref(), Some("default"));
        }
        assert!(!pod(r#"{"spec":{"replicas":0}}"#, "deployments").found);
        assert!(!pod(r#""skipped-too-big-size-object""#, "pods").found);
    }

    #[test]
    fn a_patch_is_the_object_it_writes() {
        let step = br#"{"op":"add","path":"/spec/template/spec/containers/0/securityContext","value":{"privileged":true}}"#;
        let object = patched(step).expect("a step");
        assert!(pod(&object, "deployments").privileged);
        let names = br#"{"op":"remove","path":"/spec"}"#;
        assert_eq!(patched(names), None);
        let label = br#"{"op":"add","path":"/metadata/labels/a~1b","value":"c"}"#;
        assert_eq!(
            patched(label).as_deref(),
            Some(r#"{"metadata":{"labels":{"a/b":"c"}}}"#)
        );
    }
}
