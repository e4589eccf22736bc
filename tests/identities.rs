//! Whom a cloud trusts: tokens of somebody elsewhere, pods that take what their node is given.
//!
//! Records of several logs in, the incident and its links out.

mod common;

use std::io::Write;

use common::{plan, rules_of, scan};
use ctadel::model::Incident;
use serde_json::{Value, json};

const RULES: &str = "
title: Trust
name: trust
level: high
logsource: {product: azure, service: activitylogs}
detection: {s: {operationName|endswith: federatedIdentityCredentials/write}, condition: s}
---
title: Trust of an application
name: trust-app
level: high
logsource: {product: azure, service: auditlogs}
detection: {s: {operationName: Update application}, condition: s}
---
title: Sign-in
name: signin
level: medium
logsource: {product: azure, service: signinlogs}
detection: {s: {operationName: Sign-in activity}, condition: s}
---
title: Keys
name: keys
level: high
logsource: {product: azure, service: activitylogs}
detection: {s: {operationName|endswith: listKeys/action}, condition: s}
---
title: Secrets
name: secrets
level: medium
logsource: {product: kubernetes, service: audit}
detection: {s: {objectRef.resource: secrets}, condition: s}
---
title: Metadata
name: metadata
level: medium
logsource: {product: runtime, service: falco}
detection: {s: {rule: Contact cloud metadata service from container}, condition: s}
tags: [attack.credential-access, attack.t1552.005]
---
title: Read
name: read
level: high
logsource: {product: gcp, service: gcp.audit}
detection: {s: {protoPayload.methodName: storage.objects.get}, condition: s}
";

const TENANT: &str = "b7d1e2f3-5a6b-4c8d-9e0f-112233445566";
const SHOP: &str =
    "/subscriptions/3f6c2a1e-8b4d-4c7a-9e5f-0a1b2c3d4e5f/resourceGroups/shop/providers";
const CREDENTIAL: &str = "2f1b7a90-4c3d-4e5f-8a6b-7c8d9e0f1a2b";
const API: &str = "system:serviceaccount:shop:api";
const ID: &str = "http://schemas.microsoft.com/identity/claims";

fn at(minute: u32) -> String {
    format!("2026-05-12T08:{minute:02}:00Z")
}

fn activity(minute: u32, resource: &str, verb: &str, claims: Value, body: Value) -> Value {
    json!({"time": at(minute), "resourceId": resource.to_uppercase(), "operationName": verb,
        "category": "Administrative", "resultType": "Success", "callerIpAddress": "203.0.113.24",
        "correlationId": format!("68355efd-93f8-4c71-b7aa-66570d1f{minute:04}"),
        "identity": {"claims": claims}, "tenantId": TENANT, "level": "Information",
        "properties": {"eventCategory": "Administrative", "requestbody": body.to_string()}})
}

/// Somebody lets a managed identity trust tokens of this subject.
fn trust(minute: u32, identity: &str, subject: &str) -> Value {
    let kind = "Microsoft.ManagedIdentity/userAssignedIdentities";
    let resource = format!("{SHOP}/{kind}/{identity}/federatedIdentityCredentials/x");
    let lena = json!({format!("{ID}/objectidentifier"): "5d1e6f70-2a3b-4c4d-8e5f-60718293a4b5",
        format!("{ID}/tenantid"): TENANT, "idtyp": "user", "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "lena@example.com"});
    let body = json!({"properties": {"issuer": "https://oidc.example.com", "subject": subject,
        "audiences": ["api://AzureADTokenExchange"]}});
    let verb = format!("{kind}/federatedIdentityCredentials/write");
    activity(minute, &resource, &verb, lena, body)
}

/// Somebody lets an application trust tokens of this subject.
fn trust_app(minute: u32, subject: &str) -> Value {
    let new = json!([{"Name": "x", "Issuer": "https://oidc.example.com", "Subject": subject, "Id": CREDENTIAL}]);
    json!({"time": at(minute), "category": "AuditLogs", "operationName": "Update application",
        "resourceId": format!("/tenants/{TENANT}/providers/Microsoft.aadiam"), "tenantId": TENANT,
        "properties": {"id": format!("Directory_1e199066-97c6-4ee1-b3be-ddd9d694{minute:04}"), "result": "success",
        "activityDisplayName": "Update application", "activityDateTime": at(minute),
        "initiatedBy": {"user": {"id": "5d1e6f70-2a3b-4c4d-8e5f-60718293a4b5",
            "userPrincipalName": "lena@example.com", "ipAddress": "203.0.113.24"}},
        "targetResources": [{"id": "a0b1c2d3-e4f5-4061-8728-394a5b6c7d8e", "displayName": "billing",
            "type": "Application", "modifiedProperties": [{"displayName": "FederatedIdentityCredentials",
            "oldValue": "[]", "newValue": new.to_string()}]}]}})
}

fn signin(minute: u32, name: &str, credential: Option<&str>) -> Value {
    json!({"time": at(minute), "category": "ServicePrincipalSignInLogs", "operationName": "Sign-in activity",
        "resourceId": format!("/tenants/{TENANT}/providers/Microsoft.aadiam"), "tenantId": TENANT, "resultType": "0",
        "properties": {"id": format!("6325ae60-7b8c-4d9e-8f0a-1b2c3d4e{minute:04}"), "createdDateTime": at(minute),
        "servicePrincipalName": name, "servicePrincipalId": "7c8d9e0f-1a2b-4c3d-8e4f-5a6b7c8d9e0f",
        "appId": "8d9e0f1a-2b3c-4d4e-8f5a-6b7c8d9e0f1a", "ipAddress": "198.51.100.77",
        "clientCredentialType": "federatedIdentityCredential", "federatedCredentialId": credential,
        "uniqueTokenIdentifier": format!("bXVjaC10b28tbG9uZy{minute:04}"), "status": {"errorCode": 0}}})
}

/// A managed identity reads the keys of a store.
fn keys(minute: u32, group: &str, identity: &str) -> Value {
    let store = format!("{SHOP}/Microsoft.Storage/storageAccounts/shop");
    let path = format!(
        "/subscriptions/3f6c2a1e-8b4d-4c7a-9e5f-0a1b2c3d4e5f/resourcegroups/{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{identity}"
    );
    let claims = json!({format!("{ID}/objectidentifier"): "7c8d9e0f-1a2b-4c3d-8e4f-5a6b7c8d9e0f",
        format!("{ID}/tenantid"): TENANT, "idtyp": "app", "xms_mirid": path});
    let verb = "Microsoft.Storage/storageAccounts/listKeys/action";
    activity(minute, &store, verb, claims, json!({}))
}

fn secrets(minute: u32, user: &str) -> Value {
    json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "verb": "list",
        "auditID": format!("00000000-0000-4000-8000-{minute:012}"), "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/shop/secrets", "user": {"username": user},
        "sourceIPs": ["10.44.9.77"], "objectRef": {"resource": "secrets", "namespace": "shop"},
        "responseStatus": {"code": 200}, "stageTimestamp": at(minute)})
}

/// A process in a pod asks the metadata service of its node.
fn metadata(minute: u32, node: &str) -> Value {
    json!({"time": at(minute), "rule": "Contact cloud metadata service from container", "priority": "Notice",
        "source": "syscall", "hostname": node, "output": "x", "output_fields": {"container.id": "3f9c1a7be204",
        "k8s.ns.name": "shop", "k8s.pod.name": "api-1"}})
}

fn gcp(minute: u32, who: &str, method: &str, request: Value) -> Value {
    json!({"insertId": format!("i{minute}"), "timestamp": at(minute), "severity": "INFO",
        "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity",
        "resource": {"type": "x", "labels": {"project_id": "shop"}},
        "protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "methodName": method,
        "serviceName": "x.googleapis.com", "resourceName": "projects/shop/zones/z/instances/n-1",
        "authenticationInfo": {"principalEmail": who}, "request": request,
        "requestMetadata": {"callerIp": format!("198.51.100.{minute}")}}})
}

fn incidents(records: &[Value]) -> Vec<Incident> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    for record in records {
        writeln!(file, "{record}").expect("written");
    }
    scan(&plan(file.path(), rules_of(RULES))).incidents
}

/// By which field and value the findings of the only incident are tied.
fn tied(records: &[Value]) -> Vec<(String, String)> {
    let all = incidents(records);
    let [incident] = all.as_slice() else {
        panic!("{} incidents: {all:#?}", all.len())
    };
    let links = incident.links.iter();
    links
        .map(|link| (link.by.clone(), link.value.clone()))
        .collect()
}

fn has(links: &[(String, String)], by: &str, value: &str) -> bool {
    links.contains(&(by.to_owned(), value.to_owned()))
}

#[test]
fn a_managed_identity_acts_for_whom_somebody_made_it_trust() {
    let subject = "repo:example/elsewhere:ref:refs/heads/main";
    let links = tied(&[trust(0, "billing", subject), keys(40, "shop", "billing")]);
    assert!(has(&links, "written-identity", "billing"), "{links:?}");
    let links = tied(&[trust(0, "billing", subject), signin(40, "billing", None)]);
    assert!(has(&links, "written-identity", "billing"), "{links:?}");
    for other in [keys(40, "shop", "web"), keys(40, "web", "billing")] {
        assert_eq!(incidents(&[trust(0, "billing", subject), other]).len(), 2);
    }
}

#[test]
fn an_application_acts_for_whom_somebody_made_it_trust() {
    let subject = "repo:example/elsewhere:ref:refs/heads/main";
    let links = tied(&[
        trust_app(0, subject),
        signin(40, "billing", Some(CREDENTIAL)),
    ]);
    let by_credential = links.iter().any(|(_, value)| value == CREDENTIAL);
    assert!(by_credential, "{links:?}");
    let other = "00001b7a-4c3d-4e5f-8a6b-7c8d9e0f1a2b";
    let apart = [trust_app(0, subject), signin(40, "billing", Some(other))];
    assert_eq!(incidents(&apart).len(), 2);
}

/// The identity bears another name than the account: the credential says that they are one.
#[test]
fn an_account_of_a_cluster_is_the_identity_that_trusts_its_tokens() {
    let account = ("service-account".to_owned(), API.to_owned());
    let by_name = [
        trust(0, "billing", API),
        secrets(10, API),
        signin(20, "billing", None),
    ];
    assert!(tied(&by_name).contains(&account));
    let by_credential = [
        trust_app(0, API),
        secrets(10, API),
        signin(20, "billing", Some(CREDENTIAL)),
    ];
    assert!(tied(&by_credential).contains(&account));
    // It was set up before the log begins, or for somebody else.
    let unknown = [secrets(10, API), signin(20, "billing", None)];
    assert_eq!(incidents(&unknown).len(), 2);
    let web = "system:serviceaccount:shop:web";
    let other = [
        trust(0, "billing", web),
        secrets(10, API),
        signin(20, "billing", None),
    ];
    assert_eq!(incidents(&other).len(), 2);
    // Two accounts are trusted, and both act: it could be either.
    let either = [
        trust(0, "billing", web),
        trust(1, "billing", API),
        secrets(10, API),
        secrets(11, web),
        signin(20, "billing", None),
    ];
    assert_eq!(incidents(&either).len(), 3);
}

#[test]
fn a_pod_that_asks_for_them_acts_with_the_keys_of_its_node() {
    let usual = "123456789012-compute@developer.gserviceaccount.com";
    let own = "nodes@shop.iam.gserviceaccount.com";
    let read = |minute, who: &str| gcp(minute, who, "storage.objects.get", json!({}));
    let node = "gke-shop-pool-1-2f1b7a90-x2k4";
    let links = tied(&[metadata(0, node), read(10, usual)]);
    assert!(has(&links, "instance-metadata", usual), "{links:?}");
    // Nobody said which account the node has, or it is no node of Google's.
    assert_eq!(incidents(&[metadata(0, node), read(10, own)]).len(), 2);
    assert_eq!(
        incidents(&[metadata(0, "worker-1"), read(10, usual)]).len(),
        2
    );
    let other = "210987654321-compute@developer.gserviceaccount.com";
    let either = [metadata(0, node), read(10, usual), read(11, other)];
    assert_eq!(incidents(&either).len(), 3);
    // The record about the machine says it.
    let made = json!({"serviceAccounts": [{"email": own, "scopes": []}]});
    let robot = "123456789012@cloudservices.gserviceaccount.com";
    let made = gcp(5, robot, "v1.compute.instances.insert", made);
    let links = tied(&[made, metadata(6, "n-1"), read(10, own)]);
    assert!(has(&links, "instance-metadata", own), "{links:?}");

    let node = "aks-pool1-27054382-vmss000001";
    let links = tied(&[
        metadata(0, node),
        keys(10, "mc_shop_shop_westeurope", "shop-agentpool"),
    ]);
    assert!(
        has(&links, "instance-metadata", "shop-agentpool"),
        "{links:?}"
    );
    let links = tied(&[metadata(0, node), signin(10, "shop-agentpool", None)]);
    assert!(
        has(&links, "instance-metadata", "shop-agentpool"),
        "{links:?}"
    );
    assert_eq!(
        incidents(&[metadata(20, node), signin(10, "shop-agentpool", None)]).len(),
        2
    );
    assert_eq!(
        incidents(&[metadata(0, node), keys(10, "shop", "billing")]).len(),
        2
    );
}
