//! Rules of others name fields in their own ways: each way finds the value in the log as it is
//! exported.

mod common;

use std::io::Write;

use common::{plan, rules_of, scan};
use ctadel::Report;

/// Product, service, selection and a record that it must find.
const WAYS: [(&str, &str, &str, &str); 13] = [
    ("azure", "m365", "Operation: New-InboxRule", MAILBOX),
    (
        "azure",
        "m365",
        "Parameters.ForwardTo|exists: true",
        MAILBOX,
    ),
    ("m365", "exchange", "eventName: New-InboxRule", MAILBOX),
    ("azure", "signinlogs", "Status: Success", SIGN_IN),
    (
        "azure",
        "signinlogs",
        "Status|contains: MFA requirement",
        SIGN_IN,
    ),
    (
        "azure",
        "signinlogs",
        "properties.message: Device Code",
        SIGN_IN,
    ),
    (
        "azure",
        "signinlogs",
        "DeviceDetail.trusttype: Azure AD joined",
        SIGN_IN,
    ),
    (
        "azure",
        "auditlogs",
        "ConsentContext.IsAdminConsent: 'false'",
        CONSENT,
    ),
    (
        "azure",
        "auditlogs",
        "failure_status_reason: Microsoft.online.Security.userConsentBlockedForRiskyAppsExceptions",
        CONSENT,
    ),
    (
        "azure",
        "auditlogs",
        "additionalDetails.additionalInfo|contains: local credential",
        CONSENT,
    ),
    (
        "azure",
        "auditlogs",
        "properties.additionalDetails.additionalInfo|contains: local credential",
        CONSENT,
    ),
    (
        "gcp",
        "google_workspace.admin",
        "setting_name|startswith: ContextAwareAccess",
        WORKSPACE,
    ),
    (
        "gcp",
        "google_workspace.admin",
        "new_value: 'false'",
        WORKSPACE,
    ),
];

const MAILBOX: &str = r#"{"CreationTime":"2026-06-03T20:41:12","Id":"7f1a2c58-0d45-4a8e-9a11-0d2b8c7e6f01","Operation":"New-InboxRule","OrganizationId":"0a4f8a2e-6b1d-4c0f-8a77-93d1f2b3c4d5","RecordType":1,"ResultStatus":"True","UserKey":"10032","UserType":2,"Workload":"Exchange","ClientIP":"203.0.113.7","UserId":"ada@example.com","Parameters":[{"Name":"ForwardTo","Value":"box@example.net"}]}"#;

const SIGN_IN: &str = r#"{"id":"5c1e7a52-1f4d-4d61-9a3c-7c0a51d2e300","createdDateTime":"2026-06-03T20:41:12Z","userDisplayName":"Ada","userPrincipalName":"ada@example.com","userId":"1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9","appId":"9bc3ab49-b65d-410a-85ad-de819febfddc","appDisplayName":"Tool","ipAddress":"203.0.113.7","clientAppUsed":"Mobile Apps and Desktop clients","authenticationProtocol":"deviceCode","correlationId":"8d0f6f4e-3a7f-4f6b-b0a5-2f7d4c1e9a10","status":{"errorCode":0,"failureReason":"Other.","additionalDetails":"MFA requirement satisfied by claim in the token"},"deviceDetail":{"deviceId":"","trustType":"Azure AD joined"}}"#;

const CONSENT: &str = r#"{"id":"Directory_8f4c_1","category":"ApplicationManagement","correlationId":"2d5e0f8a-7c41-4be0-9fd1-6a4e5b3c2d10","result":"failure","resultReason":"Microsoft.online.Security.userConsentBlockedForRiskyAppsExceptions","activityDisplayName":"Consent to application","activityDateTime":"2026-06-03T20:41:12Z","loggedByService":"Core Directory","operationType":"Assign","initiatedBy":{"app":null,"user":{"id":"1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9","userPrincipalName":"ada@example.com","ipAddress":"203.0.113.7"}},"targetResources":[{"id":"9bc3ab49-b65d-410a-85ad-de819febfddc","displayName":"Tool","type":"ServicePrincipal","modifiedProperties":[{"displayName":"ConsentContext.IsAdminConsent","oldValue":null,"newValue":"\"False\""}]}],"additionalDetails":[{"key":"Additional Info","value":"Successfully recovered local credential by device id"}]}"#;

const WORKSPACE: &str = r#"{"insertId":"1r2s3t4u","logName":"organizations/123456789012/logs/cloudaudit.googleapis.com%2Factivity","resource":{"type":"audited_resource","labels":{"service":"admin.googleapis.com","method":"google.admin.AdminService.changeApplicationSetting"}},"severity":"NOTICE","timestamp":"2026-06-03T20:41:12Z","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","authenticationInfo":{"principalEmail":"ada@example.com"},"requestMetadata":{"callerIp":"203.0.113.7"},"serviceName":"admin.googleapis.com","methodName":"google.admin.AdminService.changeApplicationSetting","resourceName":"organizations/123456789012/applicationSettings","metadata":{"@type":"type.googleapis.com/ccc_hosted_reporting.ActivityProto","event":[{"eventName":"CHANGE_APPLICATION_SETTING","eventType":"APPLICATION_SETTINGS","parameter":[{"name":"SETTING_NAME","label":"LABEL_OPTIONAL","type":"TYPE_STRING","value":"ContextAwareAccess Enablement"},{"name":"NEW_VALUE","label":"LABEL_OPTIONAL","type":"TYPE_STRING","value":"false"}]}]}}}"#;

#[test]
fn every_way_to_name_a_field_finds_it() {
    let mut missed = Vec::new();
    for (product, service, selection, record) in WAYS {
        let rules = rules_of(&format!(
            "title: t\nid: 0b7c1f60-2a7e-4d0f-9a57-1c9d1e6f7a01\nlevel: high\n\
             logsource: {{ product: {product}, service: {service} }}\n\
             detection:\n  one:\n    {selection}\n  condition: one\n"
        ));
        let mut file = tempfile::NamedTempFile::new().expect("room for a file");
        writeln!(file, "{record}").expect("room for a file");
        let report: Report = scan(&plan(file.path(), rules));
        if report.findings.len() != 1 {
            missed.push((service, selection));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
