//! GKE: the API server's audit as entries of Cloud Audit Logs, made audit events again.
//!
//! Google Cloud documentation, "Audit logging for GKE". Entries have no groups, no extra fields
//! and no stages; the entry's own parts stay in the record, for rules about Cloud Audit Logs.

use super::object::plain;
use crate::decode::item::Members;
use crate::decode::{path, text};
use crate::normalize::gcp_audit;

/// The members of an entry that stay.
const KEPT: [&[u8]; 8] = [
    b"protoPayload",
    b"resource",
    b"logName",
    b"insertId",
    b"labels",
    b"operation",
    b"severity",
    b"receiveTimestamp",
];

/// Whether an entry is about Kubernetes.
pub(super) fn is(members: &Members) -> bool {
    members.iter().any(|(key, raw)| match *key {
        b"protoPayload" => is_payload(raw),
        b"protopayload_auditlog" => is_payload(&gcp_audit::plain_row(raw)),
        _ => false,
    })
}

/// Whether an entry's payload comes from a cluster's API server.
pub fn is_payload(raw: &[u8]) -> bool {
    if memchr::memmem::find(raw, b"\"k8s.io\"").is_some()
        && path::first(raw, "serviceName") == Some(b"\"k8s.io\"")
    {
        return true;
    }
    // Copies lose the service and keep the method.
    memchr::memmem::find(raw, b"\"io.k8s.").is_some()
        && path::first(raw, "serviceName").is_none()
        && path::first(raw, "methodName").is_some_and(|name| name.starts_with(b"\"io.k8s."))
}

/// What a method and a resource's name say together.
#[derive(Debug, Default, PartialEq)]
struct Asked {
    verb: String,
    uri: String,
    group: String,
    version: String,
    namespace: String,
    resource: String,
    name: String,
    sub: String,
}

/// Words that an API's verb can be.
const VERBS: [&str; 13] = [
    "create",
    "get",
    "list",
    "watch",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "post",
    "put",
    "head",
    "connect",
    "approve",
];

fn asked(method: &str, resource_name: &str) -> Asked {
    let last = method.rsplit('.').next().unwrap_or_default();
    let verb = match VERBS.contains(&last) {
        true => last,
        false => "get",
    };
    let mut out = Asked {
        verb: verb.to_owned(),
        ..Asked::default()
    };
    let parts: Vec<&str> = resource_name.split('/').collect();
    let (group, version, rest) = match parts.as_slice() {
        // `io.k8s.core.v1.healthz.get` asks for a path, whatever stands before it.
        [group, version, rest @ ..]
            if !rest.is_empty() && version.starts_with('v') && !group.is_empty() =>
        {
            (*group, *version, rest)
        }
        _ => {
            out.uri = format!("/{}", resource_name.trim_start_matches('/'));
            for probe in ["healthz", "livez", "readyz", "version"] {
                if method.split('.').any(|word| word == probe) {
                    out.uri = format!("/{probe}");
                }
            }
            if resource_name.is_empty() {
                of_method(method, &mut out);
            }
            return out;
        }
    };
    let core = group == "core";
    out.group = if core {
        String::new()
    } else {
        group.to_owned()
    };
    out.version = version.to_owned();
    out.uri = match core {
        true => format!("/api/{version}/{}", rest.join("/")),
        false => format!("/apis/{group}/{version}/{}", rest.join("/")),
    };
    let rest = match rest {
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => {
            // A namespace's own parts: status, finalize.
            if let ["status" | "finalize"] = rest {
                out.resource = "namespaces".to_owned();
                out.name = (*namespace).to_owned();
                out.sub = rest.concat();
                return out;
            }
            out.namespace = (*namespace).to_owned();
            rest
        }
        rest => rest,
    };
    let part = |at: usize| rest.get(at).copied().unwrap_or_default().to_owned();
    out.resource = part(0);
    out.name = part(1);
    out.sub = rest.get(2..).unwrap_or_default().join("/");
    out
}

/// What a method alone says, where a copy lost the name: `io.k8s.core.v1.pods.exec.create`.
fn of_method(method: &str, out: &mut Asked) {
    let words: Vec<&str> = method.split('.').collect();
    let is_version = |word: &&str| {
        word.strip_prefix('v')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let Some(at) = words.iter().position(is_version) else {
        return;
    };
    if let [resource, sub @ .., _] = words.get(at + 1..).unwrap_or_default() {
        out.version = words[at].to_owned();
        out.resource = (*resource).to_owned();
        out.sub = sub.join("/");
    }
}

/// Codes of gRPC as those of HTTP.
fn code(grpc: &str, verb: &str, sub: &str) -> u32 {
    match grpc {
        "" | "0" if matches!(sub, "exec" | "attach" | "portforward") => 101,
        "" | "0" if verb == "create" => 201,
        "" | "0" => 200,
        "7" => 403,
        "16" => 401,
        "5" => 404,
        "6" | "10" => 409,
        "3" | "9" | "11" => 400,
        "8" => 429,
        "4" => 504,
        "12" => 501,
        "14" => 503,
        _ => 500,
    }
}

/// Writes the entry as an audit event.
pub(super) fn rewrite(raw: &[u8], out: &mut Vec<u8>) -> bool {
    if path::first(raw, "protoPayload").is_none() {
        let mut entry = Vec::new();
        return gcp_audit::row_to_entry(raw, &mut entry) && event(&entry, out);
    }
    event(raw, out)
}

fn event(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let mut payload: &[u8] = b"";
    let (mut time, mut id, mut labels): (&[u8], &[u8], &[u8]) = (b"", b"", b"");
    path::members(raw, |key, value| {
        match key {
            b"protoPayload" => payload = value,
            b"timestamp" => time = value,
            b"insertId" => id = value,
            b"labels" => labels = value,
            _ => {}
        }
        true
    });
    let at = |key: &str| path::first(payload, key).filter(|raw| *raw != b"null");
    let method = at("methodName").map(plain).unwrap_or_default();
    let name = at("resourceName").map(plain).unwrap_or_default();
    let mut asked = asked(&method, &name);
    if asked.name.is_empty() && asked.verb == "delete" && !asked.resource.is_empty() {
        asked.verb = "deletecollection".to_owned();
    }
    let mut writer = Writer { out, first: true };
    writer.out.push(b'{');
    writer.text("kind", "Event");
    writer.text("apiVersion", "audit.k8s.io/v1");
    writer.raw("auditID", id);
    writer.text("stage", "ResponseComplete");
    writer.text("verb", &asked.verb);
    let uri = at("requestURI").or_else(|| at("request.requestURI"));
    match uri {
        Some(uri) => writer.raw("requestURI", uri),
        None => writer.text("requestURI", &asked.uri),
    }
    let who = at("authenticationInfo.principalEmail")
        .or_else(|| at("authenticationInfo.principalSubject"))
        .map(plain)
        .unwrap_or_default();
    let who = who.strip_prefix("user:").unwrap_or(&who);
    writer.raw(
        "user",
        format!("{{\"username\":{}}}", quoted(who)).as_bytes(),
    );
    if let Some(ip) = at("requestMetadata.callerIp") {
        writer.raw("sourceIPs", &[b"[", ip, b"]"].concat());
    }
    writer.raw(
        "userAgent",
        at("requestMetadata.callerSuppliedUserAgent").unwrap_or_default(),
    );
    writer.reference(&asked);
    let status = at("status.code").map(text::string).unwrap_or_default();
    let denied = status.is_empty() && refused(payload);
    let code = match denied {
        true => 403,
        false => code(&status, &asked.verb, &asked.sub),
    };
    let mut answer = format!("{{\"code\":{code}");
    if code == 403 || code == 401 {
        answer.push_str(",\"reason\":\"Forbidden\"");
    }
    if let Some(message) = at("status.message") {
        answer.push_str(",\"message\":");
        answer.push_str(&String::from_utf8_lossy(message));
    }
    answer.push('}');
    writer.raw("responseStatus", answer.as_bytes());
    writer.raw("requestObject", at("request").unwrap_or_default());
    writer.raw("responseObject", at("response").unwrap_or_default());
    writer.raw("stageTimestamp", time);
    if labels.first() == Some(&b'{') {
        writer.raw("annotations", labels);
    }
    path::members(raw, |key, value| {
        if KEPT.contains(&key) {
            writer.raw(std::str::from_utf8(key).unwrap_or_default(), value);
        }
        true
    });
    writer.out.push(b'}');
    true
}

/// Whether nothing that was asked for was granted, in an entry that has no status.
fn refused(payload: &[u8]) -> bool {
    let (mut all, mut granted) = (0, 0);
    path::find(payload, "authorizationInfo", &mut |list| {
        path::elements(list, |one| {
            all += 1;
            granted += u32::from(path::first(one, "granted") == Some(b"true"));
            true
        });
    });
    all > 0 && granted == 0
}

pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes members of an object.
struct Writer<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl Writer<'_> {
    /// A member whose value is JSON already; nothing where there is none.
    fn raw(&mut self, key: &str, value: &[u8]) {
        if value.is_empty() || value == b"null" {
            return;
        }
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out.extend_from_slice(value);
    }

    fn text(&mut self, key: &str, value: &str) {
        self.raw(key, quoted(value).as_bytes());
    }

    fn reference(&mut self, asked: &Asked) {
        if asked.resource.is_empty() {
            return;
        }
        let parts = [
            ("resource", &asked.resource),
            ("namespace", &asked.namespace),
            ("name", &asked.name),
            ("apiGroup", &asked.group),
            ("apiVersion", &asked.version),
            ("subresource", &asked.sub),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| format!("\"{key}\":{}", quoted(value)))
            .collect();
        self.raw("objectRef", format!("{{{}}}", parts.join(",")).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_and_names_tell_the_request() {
        let table = [
            (
                "io.k8s.core.v1.pods.exec.create",
                "core/v1/namespaces/shop/pods/api-0/exec",
                (
                    "create",
                    "/api/v1/namespaces/shop/pods/api-0/exec",
                    "pods",
                    "shop",
                    "api-0",
                    "exec",
                ),
            ),
            (
                "io.k8s.authorization.rbac.v1.clusterrolebindings.create",
                "rbac.authorization.k8s.io/v1/clusterrolebindings/x",
                (
                    "create",
                    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/x",
                    "clusterrolebindings",
                    "",
                    "x",
                    "",
                ),
            ),
            (
                "io.k8s.core.v1.namespaces.delete",
                "core/v1/namespaces/shop",
                (
                    "delete",
                    "/api/v1/namespaces/shop",
                    "namespaces",
                    "",
                    "shop",
                    "",
                ),
            ),
            (
                "io.k8s.core.v1.secrets.list",
                "core/v1/secrets",
                ("list", "/api/v1/secrets", "secrets", "", "", ""),
            ),
            ("io.k8s.get", "healthz", ("get", "/healthz", "", "", "", "")),
            ("io.k8s.readyz", "", ("get", "/readyz", "", "", "", "")),
            (
                "io.k8s.core.v1.healthz.get",
                "core/v1/healthz",
                ("get", "/api/v1/healthz", "healthz", "", "", ""),
            ),
            ("", "", ("get", "/", "", "", "", "")),
            (
                "io.k8s.core.v1.pods.exec.create",
                "",
                ("create", "/", "pods", "", "", "exec"),
            ),
        ];
        for (method, name, want) in table {
            let got = asked(method, name);
            let got = (
                &*got.verb,
                &*got.uri,
                &*got.resource,
                &*got.namespace,
                &*got.name,
                &*got.sub,
            );
            assert_eq!(got, want, "{method} {name}");
        }
    }
}
