//! Kubernetes API server audit: `audit.k8s.io` events, whatever cloud hands them out.
//!
//! Fields: Kubernetes documentation, "kube-apiserver Audit Configuration (v1)". EKS, AKS, GKE and
//! others wrap the same event, or write it as a record of their own: `forms` undo that.

mod actor;
mod aks;
mod call;
mod derived;
mod facts;
mod gke;
mod object;
mod pod;
mod truncated;

use super::source::{Form, Norm, Own, PLAIN, Part, Quirk, Record, Row, Source, row};
use crate::model::Layer;

pub use aks::aside;
pub use gke::is_payload;

const fn list(norm: Norm, paths: &'static [&'static str]) -> Row {
    Row {
        norm,
        paths,
        quirk: Quirk::Listed,
    }
}

const fn own(name: &'static str, doc: &'static str, values: fn(&Record, &mut Vec<String>)) -> Own {
    Own { name, doc, values }
}

/// The declaration.
pub static SOURCE: Source = Source {
    name: "kubernetes.audit",
    title: "Kubernetes audit",
    product: "kubernetes",
    service: "audit",
    layer: Layer::Kubernetes,
    provider: "kubernetes",
    marks: &[
        "auditID",
        "stage",
        "verb",
        "requestURI",
        "objectRef",
        "user",
        "stageTimestamp",
        "requestReceivedTimestamp",
        "http",
    ],
    // Copies drop keys: what was asked for and one thing more is enough.
    recognise: |marks| {
        let has = |bit: u32| marks >> bit & 1 == 1;
        (has(4) && (has(2) || has(3) || has(0) || has(8)))
            || (has(0) && (has(1) || has(2) || has(3)))
            || (has(3) && has(5) && (has(1) || has(2)))
    },
    forms: &[
        Form {
            is: gke::is,
            rewrite: gke::rewrite,
        },
        Form {
            is: aks::is_diagnostics,
            rewrite: aks::diagnostics,
        },
        Form {
            is: aks::is_row,
            rewrite: aks::row,
        },
        Form {
            is: truncated::is,
            rewrite: truncated::rewrite,
        },
    ],
    line: Some(truncated::line),
    chatter: truncated::is_program_log,
    dispatch: Norm::Service,
    rows: &[
        row(
            Norm::Time,
            &[
                "stageTimestamp",
                "requestReceivedTimestamp",
                "timestamp",
                "requestReceivedTime",
                "arrival",
                "p_event_time",
            ],
        ),
        row(Norm::Uid, &["auditID"]),
        row(Norm::Group, &["auditID"]),
        row(
            Norm::Account,
            &["cluster.account", "resource.labels.project_id"],
        ),
        row(Norm::Region, &["resource.labels.location"]),
        row(Norm::Service, &["objectRef.resource"]),
        // The second is there for rules about GKE's entries: their index wants a known path.
        row(Norm::Verb, &["verb", "protoPayload.methodName"]),
        Row {
            norm: Norm::Error,
            paths: &["responseStatus.reason"],
            quirk: Quirk::EmptyIsAbsent,
        },
        row(Norm::ErrorMessage, &["responseStatus.message"]),
        row(Norm::ActorId, &["user.username"]),
        row(Norm::ActorName, &["user.username"]),
        list(Norm::ActorPrincipal, &["user.extra.arn"]),
        list(
            Norm::Credential,
            &[
                "user.extra.accessKeyId",
                "user.extra.`authentication.kubernetes.io/credential-id`",
            ],
        ),
        row(Norm::Issuer, &["impersonatedUser.username"]),
        Row {
            norm: Norm::Address,
            paths: &["sourceIPs"],
            quirk: Quirk::Addresses,
        },
        row(Norm::Agent, &["userAgent"]),
        row(Norm::Category, &["category"]),
        row(Norm::Identity, &["user"]),
    ],
    aliases: &[
        ("apiGroup", &["objectRef.apiGroup"]),
        ("hostPath", &["ctadel.k8s.pod.hostpath"]),
        ("capabilities", &["ctadel.k8s.pod.caps_add"]),
        ("method_name", &["protoPayload.methodName"]),
        ("service_name", &["protoPayload.serviceName"]),
        ("username", &["user.username"]),
        ("sourceIP", &["sourceIPs"]),
    ],
    prefixes: &[
        "kubernetes.audit.",
        "gcp.audit.",
        "data.",
        "properties.log.",
    ],
    also: &[("gcp", "gcp.audit")],
    derived: &DERIVED,
    containers: &[
        "objectRef",
        "requestObject",
        "responseObject",
        "responseStatus",
        "annotations",
        "impersonatedUser",
        "user",
        "requestURI",
        "requestReceivedTimestamp",
        "stage",
        "level",
        "kind",
        "apiVersion",
        "protoPayload",
        "resource",
        "logName",
        "insertId",
        "labels",
        "cluster",
    ],
    keys: &[
        "username",
        "groups",
        "extra",
        "code",
        "reason",
        "message",
        "status",
        "resource",
        "namespace",
        "name",
        "subresource",
        "apiGroup",
    ],
    asides: &[
        (
            &["involvedObject", "reason", "metadata"],
            "Kubernetes event object",
        ),
        (&["rules", "omitStages"], "Kubernetes audit policy"),
    ],
    roles: &["requestObject.spec.serviceAccountName"],
    keeps: Some(call::keeps),
    fact_verbs: &["pods", "serviceaccounts"],
    facts: facts::facts,
    key,
    part,
    actor_fields: &[Norm::Identity, Norm::Issuer, Norm::Account],
    actor: actor::actor,
    action: call::action,
    class: call::class,
    outcome: call::outcome,
    targets: object::targets,
    count_targets: |record| object::targets(record, 64).len(),
    self_target: object::self_target,
    ..PLAIN
};

/// The `ctadel.k8s.*` fields.
static DERIVED: [Own; 19] = [
    own(
        "ctadel.k8s.pod.privileged",
        "A container of the pod, or of the template, runs privileged: true or false.",
        |record, out| pod::flag(record, out, |pod| pod.privileged),
    ),
    own(
        "ctadel.k8s.pod.host_pid",
        "The pod shares the node's processes.",
        |record, out| pod::flag(record, out, |pod| pod.host_pid),
    ),
    own(
        "ctadel.k8s.pod.host_network",
        "The pod shares the node's network.",
        |record, out| pod::flag(record, out, |pod| pod.host_network),
    ),
    own(
        "ctadel.k8s.pod.host_ipc",
        "The pod shares the node's interprocess communication.",
        |record, out| pod::flag(record, out, |pod| pod.host_ipc),
    ),
    own(
        "ctadel.k8s.pod.root",
        "A container is told to run as user 0, or that it may.",
        |record, out| pod::flag(record, out, |pod| pod.root),
    ),
    own(
        "ctadel.k8s.pod.hostpath",
        "Folders of the node that the pod mounts.",
        |record, out| out.extend(pod::read(record).hostpath),
    ),
    own(
        "ctadel.k8s.pod.caps_add",
        "Capabilities that a container adds.",
        |record, out| out.extend(pod::read(record).caps_add),
    ),
    own(
        "ctadel.k8s.pod.images",
        "Images of all containers.",
        |record, out| out.extend(pod::read(record).images),
    ),
    own(
        "ctadel.k8s.pod.commands",
        "Command and arguments of each container, joined by blanks.",
        |record, out| out.extend(pod::read(record).commands),
    ),
    own(
        "ctadel.k8s.pod.service_account",
        "Name of the service account the pod runs as; default where the pod names none.",
        |record, out| out.extend(pod::read(record).service_account),
    ),
    own(
        "ctadel.k8s.exec.command",
        "What exec or attach runs, decoded and joined by blanks.",
        |record, out| out.extend(derived::command(record)),
    ),
    own(
        "ctadel.k8s.path",
        "The path of the request without its query.",
        |record, out| out.extend(derived::path(record)),
    ),
    own(
        "ctadel.k8s.namespace",
        "The namespace of the object, or the object itself where it is one.",
        |record, out| out.extend(derived::namespace(record)),
    ),
    own(
        "ctadel.k8s.scope",
        "cluster where the request names no namespace, else namespace.",
        |record, out| out.push(derived::scope(record).to_owned()),
    ),
    own(
        "ctadel.k8s.role.grants",
        "What a role in the request allows, one verb|group/resource each.",
        derived::grants,
    ),
    own(
        "ctadel.k8s.binding.subjects",
        "Whom a binding in the request names: User:x, Group:x, ServiceAccount:namespace/x.",
        derived::subjects,
    ),
    own(
        "ctadel.k8s.actor.namespace",
        "The namespace of the calling service account.",
        |record, out| out.extend(actor::namespace(record)),
    ),
    own(
        "ctadel.k8s.actor.account",
        "The cloud account behind the caller, where the cluster maps cloud identities.",
        |record, out| out.extend(actor::account(record)),
    ),
    own(
        "ctadel.k8s.actor.pod",
        "The pod the caller's token is bound to, as namespace/name.",
        |record, out| out.extend(actor::pod(record)),
    ),
];

/// All records of one request have its id; fixtures reuse one for many requests.
fn key(record: &Record) -> u64 {
    let raw = |norm| record.norm(norm).unwrap_or_default();
    let Some(uid) = record.norm(Norm::Uid) else {
        let canonical = crate::decode::canonical::canonical_of(record.raw());
        return super::hash(&[b"kubernetes.audit", &canonical]);
    };
    super::hash(&[
        b"kubernetes.audit",
        uid,
        record.top("stage").unwrap_or_default(),
        raw(Norm::Verb),
        raw(Norm::Service),
        raw(Norm::ActorId),
        record.top("requestURI").unwrap_or_default(),
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
    ])
}

/// One request is logged at several stages. The last one tells all of it; of a request that
/// stays open, a shell or a watch, the one that says it was opened.
fn part(record: &Record) -> Option<Part> {
    let uid = record.norm(Norm::Uid)?;
    let received = record.at("requestReceivedTimestamp").unwrap_or_default();
    let raw = |norm| record.norm(norm).unwrap_or_default();
    let shared = super::hash(&[
        b"kubernetes.audit stages",
        uid,
        received,
        raw(Norm::Verb),
        raw(Norm::Service),
        raw(Norm::ActorId),
    ]);
    let open = call::stays_open(record);
    match record.text_at("stage").as_deref()? {
        "ResponseStarted" if open => Some(Part::First(shared)),
        "ResponseComplete" | "Panic" if !open => Some(Part::First(shared)),
        _ => Some(Part::Other(shared)),
    }
}
