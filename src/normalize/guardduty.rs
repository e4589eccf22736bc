//! Amazon GuardDuty findings: from the API, EventBridge and the export to a bucket.
//!
//! Fields: GuardDuty API reference, "Finding". The API writes names with a capital letter, events
//! and exports without: the second is the record.

use super::alert::{attack, severity};
use super::runtime::{Place, target};
use super::source::{Norm, PLAIN, Record, Source, row};
use crate::model::event::Class;
use crate::model::{Actor, ActorType, Layer, Outcome, Target};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "guardduty",
    title: "Amazon GuardDuty findings",
    product: "aws",
    service: "guardduty",
    layer: Layer::Cloud,
    provider: "aws",
    marks: &[
        "type",
        "resource",
        "service",
        "severity",
        "accountId",
        "region",
        "arn",
    ],
    recognise: |marks| marks & 0b1111 == 0b1111 && marks & 0b111_0000 != 0,
    // Much has these keys; only here the type of the resource stands under that name.
    telling: Some(("resource", |raw| {
        memchr::memmem::find(raw, b"\"resourceType\"").is_some()
            || memchr::memmem::find(raw, b"\"ResourceType\"").is_some()
    })),
    rows: &[
        row(
            Norm::Time,
            &["service.eventLastSeen", "updatedAt", "createdAt"],
        ),
        row(Norm::Uid, &["id"]),
        row(Norm::Verb, &["type"]),
        row(Norm::Service, &["severity"]),
        row(Norm::Account, &["accountId"]),
        row(Norm::Region, &["region"]),
        row(Norm::ActorName, &["resource.accessKeyDetails.userName"]),
        row(Norm::ActorId, &["resource.accessKeyDetails.principalId"]),
        row(Norm::ActorType, &["resource.accessKeyDetails.userType"]),
        row(Norm::Credential, &["resource.accessKeyDetails.accessKeyId"]),
        row(
            Norm::ActorPrincipal,
            &[
                "resource.kubernetesDetails.kubernetesUserDetails.username",
                // As a copy has it that had its case mended by the name of the other user.
                "resource.kubernetesDetails.kubernetesUserDetails.userName",
            ],
        ),
        row(Norm::Edge, &["resource.instanceDetails.instanceId"]),
        row(
            Norm::Address,
            &[
                "service.action.awsApiCallAction.remoteIpDetails.ipAddressV4",
                "service.action.kubernetesApiCallAction.remoteIpDetails.ipAddressV4",
                "service.action.rdsLoginAttemptAction.remoteIpDetails.ipAddressV4",
            ],
        ),
        row(
            Norm::Agent,
            &["service.action.kubernetesApiCallAction.userAgent"],
        ),
        row(Norm::Identity, &["resource"]),
    ],
    derived: &[severity(|record, out| out.push(level(record).to_owned()))],
    containers: &[
        "resource",
        "service",
        "title",
        "description",
        "id",
        "updatedAt",
    ],
    keys: &[
        "resourceType",
        "accessKeyDetails",
        "eksClusterDetails",
        "kubernetesDetails",
        "kubernetesUserDetails",
        "kubernetesWorkloadDetails",
        "containerDetails",
        "instanceDetails",
        "s3BucketDetails",
        "name",
        "namespace",
        "action",
        "actionType",
        "remoteIpDetails",
        "networkConnectionAction",
        "eventFirstSeen",
        "count",
    ],
    key: |record| {
        super::hash(&[
            b"guardduty",
            record.norm(Norm::Uid).unwrap_or_default(),
            &record.time().map_or(0, |time| time.0).to_be_bytes(),
            record.at("updatedAt").unwrap_or_default(),
        ])
    },
    actor_fields: &[Norm::Identity, Norm::Account],
    actor,
    action: |record| format!("guardduty:{}", record.text(Norm::Verb).unwrap_or_default()),
    class: |_| Class::Other,
    outcome: |_| Outcome::Success,
    targets,
    ..PLAIN
};

/// GuardDuty counts from 0 to 10.
fn level(record: &Record) -> &'static str {
    let text = record.text(Norm::Service).unwrap_or_default();
    match text.parse::<f64>().unwrap_or(0.0) {
        number if number >= 9.0 => "critical",
        number if number >= 7.0 => "high",
        number if number >= 4.0 => "medium",
        number if number >= 1.0 => "low",
        _ => "informational",
    }
}

fn text(record: &Record, path: &str) -> Option<String> {
    record.text_at(path).map(|text| text.into_owned())
}

fn place(record: &Record) -> Place {
    let workload = "resource.kubernetesDetails.kubernetesWorkloadDetails";
    let pods = text(record, &format!("{workload}.type"));
    let pod = pods.is_some_and(|kind| kind.eq_ignore_ascii_case("pods"));
    let name = text(record, &format!("{workload}.name"));
    Place {
        namespace: text(record, &format!("{workload}.namespace")),
        pod: name.filter(|_| pod),
        container: text(record, "resource.containerDetails.id")
            .or_else(|| text(record, &format!("{workload}.containers.id"))),
        container_name: None,
        node: None,
        image: None,
    }
}

fn actor(record: &Record) -> Actor {
    let value = |norm| record.text(norm).map(|text| text.into_owned());
    let account = value(Norm::Account);
    let kind = match value(Norm::ActorType).as_deref() {
        Some("IAMUser") => ActorType::User,
        Some("Root") => ActorType::Root,
        Some("AssumedRole" | "Role") => ActorType::RoleSession,
        Some("FederatedUser") => ActorType::Federated,
        _ => ActorType::Unknown,
    };
    if let Some(name) = value(Norm::ActorName).or_else(|| value(Norm::ActorId)) {
        return Actor {
            id: value(Norm::ActorId).unwrap_or_else(|| name.clone()),
            name,
            kind: if kind == ActorType::Unknown {
                ActorType::User
            } else {
                kind
            },
            account,
            session: value(Norm::Credential),
            ..Actor::default()
        };
    }
    if let Some(name) = value(Norm::ActorPrincipal) {
        let service = name.starts_with("system:serviceaccount:");
        let kind = match name.as_str() {
            "system:anonymous" => ActorType::Anonymous,
            _ if service => ActorType::K8sServiceAccount,
            _ => ActorType::User,
        };
        return Actor {
            id: name.clone(),
            name,
            kind,
            account,
            ..Actor::default()
        };
    }
    let place = place(record);
    if place.pod.is_some() || place.container.is_some() {
        return Actor {
            account,
            ..place.actor()
        };
    }
    let thing = value(Norm::Edge).map(|id| ("instance", id));
    let bucket = text(record, "resource.s3BucketDetails.name").map(|name| ("bucket", name));
    let other = text(record, "resource.resourceType").map(|kind| ("resource", kind));
    let (what, name) = thing
        .or(bucket)
        .or(other)
        .unwrap_or(("resource", "unnamed".to_owned()));
    Actor {
        id: format!("{what}:{name}"),
        name,
        kind: ActorType::Workload,
        account,
        ..Actor::default()
    }
}

fn targets(record: &Record, most: usize) -> Vec<Target> {
    let mut out = place(record).targets();
    let mut add = |kind: &str, path: &str| {
        if let Some(id) = text(record, path) {
            out.push(target(kind, id.clone(), &id));
        }
    };
    add("instance", "resource.instanceDetails.instanceId");
    add("access_key", "resource.accessKeyDetails.accessKeyId");
    add("bucket", "resource.s3BucketDetails.name");
    add("cluster", "resource.eksClusterDetails.name");
    add("function", "resource.lambdaDetails.functionName");
    add(
        "db_instance",
        "resource.rdsDbInstanceDetails.dbInstanceIdentifier",
    );
    add(
        "address",
        "service.action.networkConnectionAction.remoteIpDetails.ipAddressV4",
    );
    let kind = record.text(Norm::Verb).unwrap_or_default();
    let purpose = kind.split(':').next().unwrap_or_default();
    out.extend(tactic(purpose).and_then(attack));
    out.truncate(most);
    out
}

/// The first word of a type is the purpose of the threat.
fn tactic(purpose: &str) -> Option<&'static str> {
    Some(match purpose {
        "Backdoor" | "Trojan" => "command-and-control",
        "CredentialAccess" => "credential-access",
        "CryptoCurrency" | "Impact" => "impact",
        "DefenseEvasion" | "Stealth" => "defense-evasion",
        "Discovery" => "discovery",
        "Execution" => "execution",
        "Exfiltration" => "exfiltration",
        "InitialAccess" | "UnauthorizedAccess" => "initial-access",
        "Persistence" => "persistence",
        "PrivilegeEscalation" => "privilege-escalation",
        "Recon" => "reconnaissance",
        _ => return None,
    })
}
