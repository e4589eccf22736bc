//! The same response in the providers' own tools, for whoever may not hand ctadel credentials.
//!
//! Enter an action and its target as a log names it; leave lines for a POSIX shell. What only the
//! provider knows, a user's keys or a group's rules, the lines ask for themselves; what is
//! destroyed is saved to a file first. Targets are somebody else's text: each is one quoted word.

mod aws;
mod others;

use super::provider::Provider;

/// The lines for an action; empty where the target has not what they need.
pub fn lines(
    provider: Provider,
    action: &str,
    target: &str,
    region: Option<&str>,
    account: Option<&str>,
) -> Vec<String> {
    match provider {
        Provider::Aws => aws::lines(action, target, region),
        Provider::Azure => others::azure(action, target),
        Provider::Gcp => others::gcp(action, target, account),
        Provider::Kubernetes => others::kubernetes(action, target),
        Provider::Scaleway => others::scaleway(action, target, region),
        Provider::Ovh => others::ovh(action, target),
    }
}

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+=,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The last part of a path or ARN.
fn last(text: &str) -> &str {
    text.rsplit(['/', ':']).next().unwrap_or(text)
}

/// The name of a file that something is saved to.
fn saved(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!(
        "./{}.saved.json",
        last(text).chars().map(plain).collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::model::response::RESPONSES;

    /// A target of the form that each action takes, with a hostile name in it.
    fn target(provider: &str, action: &str, name: &str) -> String {
        match (provider, action) {
            ("aws", "disable-user" | "delete-login-profile") => {
                format!("arn:aws:iam::111122223333:user/{name}")
            }
            ("aws", "quarantine-role" | "revoke-sessions") => {
                format!("arn:aws:iam::111122223333:role/{name}")
            }
            ("aws", "detach-policy") => format!("{name} AdministratorAccess"),
            ("aws", "make-snapshot-private") => format!("snap-{name}"),
            ("azure", "remove-role-assignment") => {
                format!("/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/{name}")
            }
            ("azure", "nsg-deny") => {
                format!(
                    "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/networkSecurityGroups/{name}"
                )
            }
            ("azure", "restore-diagnostic-settings") => {
                format!("/subscriptions/s/providers/Microsoft.Insights/diagnosticSettings/{name}")
            }
            ("gcp", "remove-iam-binding") => format!("user:{name} roles/owner"),
            ("gcp", "deactivate-key") => {
                format!("projects/shop/serviceAccounts/ci@shop.iam.gserviceaccount.com/keys/{name}")
            }
            ("gcp", "firewall-deny") => format!("europe-west1-b/{name}"),
            ("gcp", "restore-sink") => format!("projects/shop/sinks/{name}"),
            ("kubernetes", "isolate-pod" | "delete-token") => format!("shop/{name}"),
            ("scaleway", "quarantine-security-group") => format!("fr-par-1/{name}"),
            _ => name.to_owned(),
        }
    }

    /// Every name of a tool becomes a function that prints its words, one a line.
    const TOOLS: &str = r#"told() { printf '<%s>\n' "$@"; }; aws() { told aws "$@" >&2; echo ANSWER; }
        az() { told az "$@" >&2; echo ANSWER; }; gcloud() { told gcloud "$@" >&2; echo ANSWER; }
        kubectl() { told kubectl "$@" >&2; echo ANSWER; }; curl() { told curl "$@" >&2; echo ANSWER; }
        xargs() { cat >/dev/null; told xargs "$@" >&2; }
        LOG_BUCKET=logs; WORKSPACE=w; SCW_SECRET_KEY=s; SCW_DEFAULT_ORGANIZATION_ID=o; PROJECT=p
        OVH_APPLICATION_KEY=a; OVH_APPLICATION_SECRET=b; OVH_CONSUMER_KEY=c; set -u
        cd "$FOLDER" || exit 9
"#;

    #[test]
    fn every_response_has_its_lines_and_no_name_is_run() {
        let hostile = "x';touch owned;$(touch owned)`touch owned`\"|touch owned&";
        for response in RESPONSES {
            let provider: Provider = response.provider.parse().expect("a provider");
            let of = |name: &str| {
                let target = target(response.provider, response.name, name);
                lines(
                    provider,
                    response.name,
                    &target,
                    Some("eu-west-1"),
                    Some("shop"),
                )
            };
            assert!(!of("mallory").is_empty(), "{response:?} has no lines");
            for name in ["mallory", hostile] {
                let folder = tempfile::tempdir().expect("a folder");
                let script = format!("{TOOLS}{}", of(name).join("\n"));
                let ran = Command::new("sh")
                    .args(["-c", &script])
                    .env("FOLDER", folder.path())
                    .output()
                    .expect("a shell");
                let said = String::from_utf8_lossy(&ran.stderr);
                assert!(ran.status.success(), "{response:?} {name}: {said}");
                assert!(said.contains('<'), "{response:?}: no tool was called");
                assert!(
                    !folder.path().join("owned").exists(),
                    "{response:?}: a name was run: {script}"
                );
            }
        }
    }

    #[test]
    fn words_are_quoted() {
        assert_eq!(quoted("a'b;c"), r"'a'\''b;c'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("user:a@example.com"), "user:a@example.com");
    }
}
