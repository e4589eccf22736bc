//! AWS CloudTrail: management, data and network activity events.
//!
//! Field names and shapes: CloudTrail user guide, "CloudTrail record contents" and
//! "userIdentity element" (docs.aws.amazon.com/awscloudtrail).

mod actor;
pub(super) mod call;
mod facts;
mod table;
pub(super) mod targets;

use super::source::{Form, Norm, PLAIN, Part, Quirk, Record, Row, Source, row};
use crate::decode::text;
use crate::model::Layer;

/// The declaration.
pub static SOURCE: Source = Source {
    name: "aws.cloudtrail",
    title: "AWS CloudTrail",
    product: "aws",
    service: "cloudtrail",
    layer: Layer::Cloud,
    provider: "aws",
    marks: &[
        "eventVersion",
        "userIdentity",
        "eventSource",
        "eventName",
        "eventTime",
        "awsRegion",
        "eventID",
        "s3",
        "kinesis",
    ],
    // Copies drop a key here and there: the two names and any two of the others are enough. What a
    // bucket or a stream hands to a function has nearly all of them, and what no record has.
    recognise: |marks| marks & 0b1_1000_1100 == 0b1100 && (marks & 0b111_0011).count_ones() >= 2,
    forms: &[Form {
        is: table::is,
        rewrite: table::rewrite,
    }],
    rows: &[
        row(Norm::Time, &["eventTime"]),
        row(Norm::Uid, &["eventID", "UID"]),
        row(Norm::Group, &["sharedEventID"]),
        row(
            Norm::Account,
            &["recipientAccountId", "userIdentity.accountId"],
        ),
        row(Norm::Region, &["awsRegion"]),
        row(Norm::Service, &["eventSource"]),
        row(Norm::Verb, &["eventName"]),
        Row {
            norm: Norm::Error,
            paths: &["errorCode"],
            quirk: Quirk::EmptyIsAbsent,
        },
        row(Norm::ErrorMessage, &["errorMessage"]),
        row(Norm::ActorType, &["userIdentity.type"]),
        row(
            Norm::ActorId,
            &["userIdentity.principalId", "userIdentity.onBehalfOf.userId"],
        ),
        row(Norm::ActorName, &["userIdentity.userName"]),
        row(Norm::ActorPrincipal, &["userIdentity.arn"]),
        row(Norm::ActorAccount, &["userIdentity.accountId"]),
        // The misspelling occurs in copies that SIEMs make.
        row(
            Norm::Credential,
            &[
                "userIdentity.accessKeyId",
                "userIdentity.accesKeyId",
                "userIdentity.credentialId",
            ],
        ),
        row(
            Norm::Issuer,
            &[
                "userIdentity.sessionContext.sessionIssuer.arn",
                "userIdentity.sessionContext.webIdFederationData.federatedProvider",
                "userIdentity.identityProvider",
            ],
        ),
        row(
            Norm::IssuerName,
            &["userIdentity.sessionContext.sessionIssuer.userName"],
        ),
        row(
            Norm::IssuerType,
            &["userIdentity.sessionContext.sessionIssuer.type"],
        ),
        row(
            Norm::Mfa,
            &[
                "userIdentity.sessionContext.attributes.mfaAuthenticated",
                "additionalEventData.MFAUsed",
            ],
        ),
        row(Norm::InvokedBy, &["userIdentity.invokedBy"]),
        row(Norm::Address, &["sourceIPAddress"]),
        Row {
            norm: Norm::Agent,
            paths: &["userAgent"],
            quirk: Quirk::Brackets,
        },
        row(Norm::ReadOnly, &["readOnly"]),
        row(Norm::BytesOut, &["additionalEventData.bytesTransferredOut"]),
        row(Norm::Category, &["eventCategory"]),
        row(Norm::Edge, &["requestParameters.roleArn"]),
        row(Norm::Bucket, &["requestParameters.bucketName"]),
        row(Norm::Identity, &["userIdentity"]),
    ],
    aliases: &[("status", &["ctadel.outcome"])],
    containers: &[
        // Asked first of every record that a rule speaks about.
        "addendum",
        "requestParameters",
        "responseElements",
        "additionalEventData",
        "serviceEventDetails",
        "resources",
        "userIdentity",
        "tlsDetails",
        "eventType",
        "managementEvent",
        "sessionCredentialFromConsole",
        "vpcEndpointId",
        "apiVersion",
        "requestID",
        "recipientAccountId",
    ],
    keys: &[
        "userIdentity.sessionContext.attributes.creationDate",
        "userIdentity.sessionContext.sessionIssuer.type",
        "userIdentity.sessionContext.sessionIssuer.principalId",
        "userIdentity.sessionContext.sessionIssuer.accountId",
        "userIdentity.sessionContext.sourceIdentity",
        "userIdentity.sessionContext.ec2RoleDelivery",
        "userIdentity.identityStoreArn",
        "tlsDetails.tlsVersion",
        "tlsDetails.cipherSuite",
        "tlsDetails.clientProvidedHostHeader",
        "resources.ARN",
        "resources.accountId",
        "resources.type",
        "responseElements.accessKey",
        "responseElements.credentials.sessionToken",
        "responseElements.credentials.expiration",
        "responseElements.assumedRoleUser.assumedRoleId",
        "responseElements.assumedRoleUser.arn",
        "requestParameters.durationSeconds",
        "requestParameters.encryptionAlgorithm",
        "requestParameters.encryptionContext",
        "requestParameters.keySpec",
        "additionalEventData.SignatureVersion",
        "additionalEventData.AuthenticationMethod",
        "additionalEventData.CipherSuite",
        "additionalEventData.bytesTransferredIn",
        "additionalEventData.bytesTransferredOut",
        "additionalEventData.x-amz-id-2",
        "vpcEndpointAccountId",
        "edgeDeviceDetails",
        "eventContext",
        "addendum",
    ],
    asides: &[
        (&["digestS3Object"], "CloudTrail digest"),
        (&["digestPublicKeyFingerprint"], "CloudTrail digest"),
        (&["insightDetails"], "CloudTrail Insights event"),
        (&["summary", "timeWindow"], "CloudTrail aggregated event"),
        (&["eventSource", "s3", "eventName"], "S3 notification"),
        (
            &["eventSource", "messageId", "receiptHandle"],
            "SQS notification",
        ),
        (&["Type", "TopicArn", "MessageId"], "SNS notification"),
        (
            &["messageType", "logEvents"],
            "CloudWatch Logs control message",
        ),
    ],
    policies: &[
        "requestParameters.policyDocument",
        "requestParameters.assumeRolePolicyDocument",
        "requestParameters.policy",
        "requestParameters.bucketPolicy",
        "requestParameters.policyText",
        "requestParameters.resourcePolicy",
        "requestParameters.accessPolicies",
        "requestParameters.attributes.Policy",
    ],
    policy_names: &["requestParameters.policyArn"],
    roles: &[
        "requestParameters.roleName",
        "requestParameters.roleArn",
        "requestParameters.role",
    ],
    named: &targets::PATHS,
    grantees: &[
        "requestParameters.createVolumePermission.add.items.userId",
        "requestParameters.launchPermission.add.items.userId",
        "requestParameters.userIds",
        "requestParameters.valuesToAdd",
        "requestParameters.principal",
        "requestParameters.principals",
        "requestParameters.accountIds",
        "requestParameters.targetAccountId",
        "requestParameters.ReplicationConfiguration.Rule.Destination.Account",
    ],
    fact_verbs: &[
        "assumerole",
        "assumerolewithsaml",
        "assumerolewithwebidentity",
        "assumeroot",
        "getsessiontoken",
        "getfederationtoken",
        "getrolecredentials",
        "createaccesskey",
        "attachrolepolicy",
        "attachuserpolicy",
        "putrolepolicy",
        "putuserpolicy",
        "createpolicy",
        "createpolicyversion",
    ],
    facts: facts::facts,
    key,
    part,
    actor_fields: &[Norm::Identity, Norm::Account, Norm::Mfa],
    actor: actor::actor,
    action_fields: &[Norm::Service, Norm::Verb],
    action: call::action,
    class: call::class,
    outcome: call::outcome,
    plain_outcome: call::plain_outcome,
    targets: targets::targets,
    target_values: Some(targets::values),
    first_target: targets::first,
    count_targets: targets::count_targets,
    self_target: targets::self_target,
    ..PLAIN
};

/// What AWS writes where it keeps a value back.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Every id that CloudTrail gives has this shape: hex digits in quotes, four dashes among them.
fn is_uuid(raw: &[u8]) -> bool {
    raw.len() == 38 && [9, 14, 19, 24].iter().all(|at| raw[*at] == b'-')
}

fn key(record: &Record) -> u64 {
    match record.norm(Norm::Uid) {
        Some(uid) if is_uuid(uid) => key_with(record, uid),
        // Ids that somebody blanked or numbered anew tell no records apart.
        _ => {
            let canonical = crate::decode::canonical::canonical_of(record.raw());
            super::hash(&[b"aws.cloudtrail", &canonical])
        }
    }
}

/// Copies agree in more than the id: an id that somebody reused, or made up, must not make one
/// event swallow another.
fn key_with(record: &Record, uid: &[u8]) -> u64 {
    let raw = |norm| record.norm(norm).unwrap_or_default();
    super::hash(&[
        b"aws.cloudtrail",
        uid,
        raw(Norm::Service),
        raw(Norm::Verb),
        // Some copies escape what is not ASCII, and session names may be anything.
        &text::unescape(raw(Norm::ActorId)),
        raw(Norm::Address),
        // Copies write the same second in their own way.
        &record.time().map_or(0, |time| time.0).to_be_bytes(),
    ])
}

/// One call over an account's border is logged in both, under one `sharedEventID`: the caller's
/// side knows the caller and the answer. Data that came too late comes as an addendum.
fn part(record: &Record) -> Option<Part> {
    let addendum = record.top("addendum").is_some();
    if addendum && record.text_at("addendum.reason").as_deref() == Some("UPDATED_DATA") {
        let original = record.at("addendum.originalEventID")?;
        return Some(Part::Amends(key_with(record, original)));
    }
    let shared = super::hash(&[b"shared", record.norm(Norm::Group)?]);
    let caller = record.text(Norm::ActorAccount);
    let elsewhere = caller.is_some_and(|caller| {
        let own = record.top("recipientAccountId").and_then(text::present);
        own.is_some_and(|own| own != caller)
    });
    Some(if elsewhere {
        Part::Other(shared)
    } else {
        Part::First(shared)
    })
}
