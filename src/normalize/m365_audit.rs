//! Microsoft 365 Unified Audit Log: mailboxes, files, Teams, and the directory behind them.
//!
//! The record is the one of the Management Activity API, which the portal's table and
//! `Search-UnifiedAuditLog` carry as text in `AuditData`. Fields: "Office 365 Management Activity
//! API schema" (learn.microsoft.com/office/office-365-management-api).

mod call;
mod forms;

use std::borrow::Cow;

use super::source::{Form, Norm, Own, PLAIN, Quirk, Record, Row, Source, row};
use crate::decode::text;
use crate::model::{Actor, ActorType, Layer};

/// The declaration.
pub static SOURCE: Source = Source {
    name: "m365.audit",
    title: "Microsoft 365 unified audit log",
    product: "m365",
    service: "audit",
    layer: Layer::Cloud,
    provider: "m365",
    marks: &[
        "CreationTime",
        "Operation",
        "Workload",
        "RecordType",
        "UserId",
        "OrganizationId",
        "UserType",
        "Id",
    ],
    recognise: |marks| marks & 0b11 == 0b11 && (marks & 0b1111_1100).count_ones() >= 2,
    forms: &[
        Form {
            is: forms::is_wrapped,
            rewrite: forms::wrapped,
        },
        Form {
            is: forms::is_row,
            rewrite: forms::row,
        },
    ],
    rows: &[
        row(Norm::Time, &["CreationTime"]),
        row(Norm::Uid, &["Id"]),
        row(Norm::Account, &["OrganizationId"]),
        row(Norm::Service, &["Workload"]),
        row(Norm::Verb, &["Operation"]),
        row(Norm::Error, &["ResultStatus"]),
        row(Norm::ErrorMessage, &["LogonError", "ErrorNumber"]),
        row(Norm::ActorType, &["UserType"]),
        row(Norm::ActorId, &["UserId"]),
        row(Norm::ActorName, &["UserId"]),
        Row {
            norm: Norm::Credential,
            paths: &[
                "AppAccessContext.UniqueTokenId",
                "AppAccessContext.AADSessionId",
                "SessionId",
            ],
            quirk: Quirk::Token,
        },
        row(
            Norm::Address,
            &["ClientIP", "ActorIpAddress", "ClientIPAddress"],
        ),
        row(Norm::Agent, &["UserAgent", "ClientInfoString"]),
        row(Norm::Category, &["RecordType"]),
        row(Norm::Bucket, &["SiteUrl", "MailboxOwnerUPN"]),
    ],
    aliases: &[
        ("eventName", &["Operation"]),
        ("eventSource", &["ctadel.m365.center", "Workload"]),
        ("Activity", &["Operation"]),
        ("Operations", &["Operation"]),
        ("status", &["ResultStatus", "ctadel.outcome"]),
        ("result", &["ResultStatus", "ctadel.outcome"]),
        ("UserIds", &["UserId"]),
        ("User", &["UserId"]),
        (
            "IPAddress",
            &["ClientIP", "ActorIpAddress", "ClientIPAddress"],
        ),
        ("TimeGenerated", &["CreationTime"]),
        ("OfficeWorkload", &["Workload"]),
        ("OfficeObjectId", &["ObjectId"]),
    ],
    prefixes: &["AuditData.", "m365.audit.", "data."],
    below: &[
        "Parameters",
        "ExtendedProperties",
        "OperationProperties",
        "Data",
    ],
    also: &[
        ("azure", "m365"),
        ("m365", "exchange"),
        ("m365", "threat_management"),
        ("m365", "threat_detection"),
        ("m365", "sharepoint"),
        ("m365", "onedrive"),
        ("m365", "teams"),
        ("office365", "audit"),
    ],
    derived: &[
        Own {
            name: "ctadel.m365.parameter",
            doc: "parameters of the call as `name=value`",
            values: call::parameters,
        },
        Own {
            name: "ctadel.m365.forward",
            doc: "addresses that a rule or a mailbox setting sends messages on to",
            values: call::forwards,
        },
        Own {
            name: "ctadel.m365.forward_domain",
            doc: "domains of those addresses, in lower case",
            values: call::forward_domains,
        },
        Own {
            name: "ctadel.m365.user_domain",
            doc: "domain of the user who acts, in lower case",
            values: call::user_domain,
        },
        Own {
            name: "ctadel.m365.center",
            doc: "`SecurityComplianceCenter` for records of the compliance center",
            values: call::center,
        },
    ],
    containers: &[
        "Parameters",
        "ExtendedProperties",
        "ModifiedProperties",
        "OperationProperties",
        "AppAccessContext",
        "DeviceProperties",
        "ObjectId",
        "UserKey",
        "UserType",
        "RecordType",
        "Target",
        "Actor",
        "ApplicationId",
        "ItemType",
        "SiteUrl",
        "SourceFileName",
        "TargetUserOrGroupName",
        "TargetUserOrGroupType",
        "ExternalAccess",
        "AppId",
        "Data",
        "Members",
        "Name",
    ],
    keys: &[
        "AuditData",
        "Value",
        "MailboxOwnerUPN",
        "LogonType",
        "AffectedItems",
        "EventSource",
        "SourceRelativeUrl",
        "InterSystemsId",
        "AzureActiveDirectoryEventType",
        "OriginatingServer",
        "OrganizationName",
        "Version",
        "Severity",
    ],
    key: call::key,
    actor_fields: &[
        Norm::ActorId,
        Norm::ActorType,
        Norm::Credential,
        Norm::Account,
        Norm::Address,
    ],
    actor,
    action: |record| {
        let service = record
            .text(Norm::Service)
            .unwrap_or_default()
            .to_lowercase();
        let verb = record.text(Norm::Verb).unwrap_or_default();
        match service.is_empty() {
            true => verb.into_owned(),
            false => format!("{service}:{verb}"),
        }
    },
    class: call::class,
    outcome: call::outcome,
    targets: call::targets,
    count_targets: call::count,
    self_target: |record| {
        let target = record.text_at("ObjectId").unwrap_or_default();
        let own = record.text(Norm::ActorId).unwrap_or_default();
        !own.is_empty() && own.eq_ignore_ascii_case(&target)
    },
    ..PLAIN
};

/// Kinds of user: 0 to 3 are people, 4 the system, 5 an application, 6 a service principal.
fn actor(record: &Record) -> Actor {
    let user = record.text(Norm::ActorId).map(Cow::into_owned);
    let declared = record.text(Norm::ActorType).unwrap_or_default();
    let name = user.clone().unwrap_or_default();
    let anonymous = name.starts_with("urn:spo:anon") || name.eq_ignore_ascii_case("anonymous");
    let guest = name.starts_with("urn:spo:guest");
    let kind = match &*declared {
        _ if anonymous => ActorType::Anonymous,
        _ if guest => ActorType::User,
        "4" | "System" | "8" | "7" => ActorType::CloudService,
        "5" | "Application" | "6" | "ServicePrincipal" => ActorType::ServicePrincipal,
        _ if name.contains('@') => ActorType::User,
        _ if name.starts_with("ServicePrincipal_") => ActorType::ServicePrincipal,
        _ if name.is_empty() || name == "Not Available" => ActorType::Unknown,
        _ => ActorType::CloudService,
    };
    // A tried name that does not exist is no name.
    let named = !matches!(kind, ActorType::Unknown);
    let id = user.filter(|_| named).map(|user| user.to_lowercase());
    let id = id.unwrap_or_else(|| super::azure_activity::unnamed(record));
    let inner = record.text_at("UserKey").map(Cow::into_owned);
    Actor {
        name: if named { name } else { id.clone() },
        account: None,
        session: record.text(Norm::Credential).map(Cow::into_owned),
        issuer: None,
        via: Vec::new(),
        mfa: None,
        principal: inner.filter(|key| key.contains('@')).or_else(|| {
            let raw = record.norm(Norm::ActorId)?;
            text::present(raw).map(Cow::into_owned)
        }),
        kind,
        id,
    }
}
