//! The other providers: their own tools where these do it, `curl` where none does.

use super::{last, quoted, saved};
use crate::respond::wire::escape;

pub(super) fn azure(action: &str, target: &str) -> Vec<String> {
    let whole = quoted(target);
    let graph = format!(
        "https://graph.microsoft.com/v1.0/users/{}/revokeSignInSessions",
        escape(target)
    );
    let revoke = format!("az rest --method POST --url {}", quoted(&graph));
    match action {
        "disable-user" => vec![
            format!("az ad user update --account-enabled false --id {whole}"),
            revoke,
        ],
        "revoke-sessions" => vec![revoke],
        "disable-service-principal" => {
            vec![format!("az ad sp update --set accountEnabled=false --id {whole}")]
        }
        "remove-role-assignment" => vec![
            // By name: logs write the case of a path as they like.
            format!("az role assignment list --all --query \"[?name=='\"{}\"']\" > {}", quoted(last(target)), saved(target)),
            format!("az role assignment delete --ids {whole}"),
        ],
        "nsg-deny" => ["Inbound", "Outbound"]
            .iter()
            .map(|way| {
                let url = format!("https://management.azure.com{target}/securityRules/quarantine-{way}?api-version=2023-09-01");
                format!(
                    r#"az rest --method PUT --url {} --body '{{"properties":{{"priority":100,"direction":"{way}","access":"Deny","protocol":"*","sourceAddressPrefix":"*","sourcePortRange":"*","destinationAddressPrefix":"*","destinationPortRange":"*"}}}}'"#,
                    quoted(&url)
                )
            })
            .collect(),
        "restore-diagnostic-settings" => {
            let Some((at, name)) = target.split_once("/providers/Microsoft.Insights/diagnosticSettings/") else {
                return Vec::new();
            };
            vec![
                ": \"${WORKSPACE:?set it to the id of the workspace that the logs go to}\"".to_owned(),
                format!(
                    r#"az monitor diagnostic-settings create --workspace "$WORKSPACE" --logs '[{{"categoryGroup":"allLogs","enabled":true}}]' --resource {} --name {}"#,
                    quoted(at),
                    quoted(name)
                ),
            ]
        }
        _ => Vec::new(),
    }
}

pub(super) fn gcp(action: &str, target: &str, project: Option<&str>) -> Vec<String> {
    let whole = quoted(target);
    let project = project.map_or("\"$PROJECT\"".to_owned(), quoted);
    match action {
        "disable-service-account" => vec![format!("gcloud iam service-accounts disable {whole}")],
        "disable-user" => {
            let person = escape(target.strip_prefix("user:").unwrap_or(target));
            let url = format!("https://admin.googleapis.com/admin/directory/v1/users/{person}");
            let token = "\"Authorization: Bearer $(gcloud auth print-access-token)\"";
            vec![
                format!(
                    "curl -sSf -X PATCH -H {token} -H 'Content-Type: application/json' -d '{{\"suspended\":true}}' {}",
                    quoted(&url)
                ),
                format!(
                    "curl -sSf -X POST -H {token} -d '' {}",
                    quoted(&format!("{url}/signOut"))
                ),
            ]
        }
        "deactivate-key" => {
            let account = target
                .split("/serviceAccounts/")
                .nth(1)
                .and_then(|rest| rest.split('/').next());
            match account {
                Some(account) => vec![format!(
                    "gcloud iam service-accounts keys disable {} --iam-account {}",
                    quoted(last(target)),
                    quoted(account)
                )],
                None => Vec::new(),
            }
        }
        "remove-iam-binding" => match target.split_once(' ') {
            Some((member, role)) => vec![
                format!(
                    "gcloud projects get-iam-policy {project} --format json > {}",
                    saved(role)
                ),
                format!(
                    "gcloud projects remove-iam-policy-binding {project} --all --member {} --role {}",
                    quoted(member),
                    quoted(role)
                ),
            ],
            None => Vec::new(),
        },
        "firewall-deny" => {
            let mut parts = target.rsplit('/').filter(|part| *part != "instances");
            let (Some(name), Some(zone)) = (parts.next(), parts.next()) else {
                return Vec::new();
            };
            let (name, zone) = (quoted(name), quoted(zone));
            let network = format!(
                "\"$(gcloud compute instances describe {name} --zone {zone} --project {project} --format 'value(networkInterfaces[0].network)')\""
            );
            let rule = |way: &str, range: &str| {
                format!(
                    "gcloud compute firewall-rules create quarantine-{} --project {project} --network {network} --direction {way} --priority 0 --action DENY --rules all --target-tags quarantine --{range} 0.0.0.0/0",
                    way.to_ascii_lowercase()
                )
            };
            vec![
                rule("INGRESS", "source-ranges"),
                rule("EGRESS", "destination-ranges"),
                format!(
                    "gcloud compute instances add-tags {name} --zone {zone} --project {project} --tags quarantine"
                ),
            ]
        }
        "restore-sink" => vec![format!(
            "gcloud logging sinks update {} --no-disabled --project {}",
            quoted(last(target)),
            target
                .strip_prefix("projects/")
                .and_then(|rest| rest.split('/').next())
                .map_or(project, quoted)
        )],
        _ => Vec::new(),
    }
}

pub(super) fn kubernetes(action: &str, target: &str) -> Vec<String> {
    let (place, kind, name) = match target.split_once('/') {
        Some((namespace, name)) => (
            format!("-n {}", quoted(namespace)),
            "rolebinding",
            quoted(name),
        ),
        None => (String::new(), "clusterrolebinding", quoted(target)),
    };
    let kubectl = format!("kubectl {place}").trim_end().to_owned();
    match action {
        "cordon-node" => vec![format!("kubectl cordon {name}")],
        "remove-rolebinding" => vec![
            format!("{kubectl} get {kind} {name} -o json > {}", saved(target)),
            format!("{kubectl} delete {kind} {name}"),
        ],
        "delete-token" => {
            // Another kind of secret may be what the shop lives on.
            let kind = "type=kubernetes.io/service-account-token";
            let which = format!("metadata.name={},{kind}", last(target));
            vec![format!(
                "{kubectl} delete secret --field-selector {}",
                quoted(&which)
            )]
        }
        "isolate-pod" => vec![
            format!("{kubectl} get pod {name} -o json > {}", saved(target)),
            format!(
                r#"printf '%s' '{{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{{"name":"quarantine"}},"spec":{{"podSelector":{{"matchLabels":{{"quarantine":"true"}}}},"policyTypes":["Ingress","Egress"]}}}}' | {kubectl} apply -f -"#
            ),
            format!(
                r#"{kubectl} patch pod {name} --type json -p '[{{"op":"add","path":"/metadata/labels","value":{{"quarantine":"true"}}}}]'"#
            ),
        ],
        _ => Vec::new(),
    }
}

pub(super) fn scaleway(action: &str, target: &str, zone: Option<&str>) -> Vec<String> {
    let ask = |method: &str, path: &str, body: &str| {
        let url = format!("https://api.scaleway.com{path}");
        let body = if body.is_empty() {
            String::new()
        } else {
            format!(" -H 'Content-Type: application/json' -d {body}")
        };
        format!(
            "curl -sSf -X {method} -H \"X-Auth-Token: $SCW_SECRET_KEY\"{body} {}",
            quoted(&url)
        )
    };
    let id = escape(target);
    match action {
        "disable-user" => vec![ask(
            "POST",
            &format!("/iam/v1alpha1/users/{id}/lock"),
            "'{}'",
        )],
        "revoke-sessions" => {
            let list = ask("GET", &format!("/iam/v1alpha1/jwts?audience_id={id}"), "");
            let end = ask("DELETE", "/iam/v1alpha1/jwts/{}", "");
            vec![format!(
                "{list} | tr '{{,' '\\n\\n' | sed -n 's/^\"jti\": *\"\\([^\"]*\\)\".*/\\1/p' | xargs -r -I '{{}}' {end}"
            )]
        }
        "deactivate-key" => vec![ask(
            "PATCH",
            &format!("/iam/v1alpha1/api-keys/{id}"),
            r#"'{"expires_at":"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"}'"#,
        )],
        "delete-key" => vec![ask("DELETE", &format!("/iam/v1alpha1/api-keys/{id}"), "")],
        "detach-policy" => vec![
            format!(
                "{} > {}",
                ask("GET", &format!("/iam/v1alpha1/policies/{id}"), ""),
                saved(target)
            ),
            ask(
                "PATCH",
                &format!("/iam/v1alpha1/policies/{id}"),
                "'{\"no_principal\":true}'",
            ),
        ],
        "quarantine-security-group" => {
            let (zone, group) = target
                .split_once('/')
                .unwrap_or((zone.unwrap_or("fr-par-1"), target));
            let path = format!(
                "/instance/v1/zones/{}/security_groups/{}",
                escape(zone),
                escape(group)
            );
            vec![
                format!(
                    "{} > {}",
                    ask("GET", &format!("{path}/rules"), ""),
                    saved(group)
                ),
                ask("PUT", &format!("{path}/rules"), "'{\"rules\":[]}'"),
                ask(
                    "PATCH",
                    &path,
                    "'{\"inbound_default_policy\":\"drop\",\"outbound_default_policy\":\"drop\"}'",
                ),
            ]
        }
        _ => Vec::new(),
    }
}

pub(super) fn ovh(action: &str, target: &str) -> Vec<String> {
    if action != "disable-user" {
        return Vec::new();
    }
    let url = quoted(&format!(
        "https://eu.api.ovh.com/1.0/me/identity/user/{}/disable",
        escape(last(target))
    ));
    // The interface wants each request signed.
    vec![
        format!(
            "NOW=\"$(date +%s)\"; SIGNED=\"$(printf '%s' \"$OVH_APPLICATION_SECRET+$OVH_CONSUMER_KEY+POST+\"{url}\"++$NOW\" | sha1sum | cut -d ' ' -f 1)\""
        ),
        format!(
            "curl -sSf -X POST -H \"X-Ovh-Application: $OVH_APPLICATION_KEY\" -H \"X-Ovh-Consumer: $OVH_CONSUMER_KEY\" -H \"X-Ovh-Timestamp: $NOW\" -H \"X-Ovh-Signature: \\$1\\$$SIGNED\" {url}"
        ),
    ]
}
