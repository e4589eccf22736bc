//! The intent words that rules may use.
//!
//! A table and a look-up. Several words may mean one family, because each provider has its own
//! name for the same thing; a word that is not here is an error in a rule.

/// What a word asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Take a person out.
    User,
    /// Take a workload's identity out.
    Workload,
    /// Take a long-lived key out.
    Key,
    /// Take an application's secret out.
    AppCredential,
    /// End what is signed in.
    Sessions,
    /// End a service account's token.
    SaToken,
    /// Take a right back.
    Grant,
    /// Cut a network off.
    Network,
    /// Take a machine or pod out.
    Machine,
    /// Switch recording on again.
    Logging,
    /// Close what was opened to strangers.
    Exposure,
    /// Save an encryption key.
    CryptoKey,
    /// Stop a function.
    Function,
    /// A step that no action takes.
    Advice,
}

/// Every word and its family.
pub const WORDS: [(&str, Family); 56] = [
    ("disable-user", Family::User),
    ("lock-user", Family::User),
    ("disable-service-account", Family::Workload),
    ("disable-service-principal", Family::Workload),
    ("deactivate-access-key", Family::Key),
    ("disable-sa-key", Family::Key),
    ("delete-api-key", Family::Key),
    ("remove-app-credential", Family::AppCredential),
    ("revoke-sessions", Family::Sessions),
    ("revoke-grant", Family::Sessions),
    ("revoke-sa-token", Family::SaToken),
    ("detach-policy", Family::Grant),
    ("remove-iam-binding", Family::Grant),
    ("remove-role-assignment", Family::Grant),
    ("remove-rolebinding", Family::Grant),
    ("restore-policy-version", Family::Grant),
    ("remove-from-group", Family::Grant),
    ("detach-identity", Family::Grant),
    ("quarantine-security-group", Family::Network),
    ("stop-instance", Family::Machine),
    ("isolate-pod", Family::Machine),
    ("kill-pod", Family::Machine),
    ("cordon-node", Family::Machine),
    ("restore-logging", Family::Logging),
    ("unshare-snapshot", Family::Exposure),
    ("block-public-access", Family::Exposure),
    ("cancel-key-deletion", Family::CryptoKey),
    ("recover-key", Family::CryptoKey),
    ("restore-key-version", Family::CryptoKey),
    ("disable-function", Family::Function),
    ("block-ip", Family::Advice),
    ("cancel-export", Family::Advice),
    ("delete-login-profile", Family::Advice),
    ("delete-mirror", Family::Advice),
    ("delete-shareable-link", Family::Advice),
    ("delete-webhook", Family::Advice),
    ("enforce-mfa", Family::Advice),
    ("re-lock", Family::Advice),
    ("remove-access-entry", Family::Advice),
    ("remove-account-assignment", Family::Advice),
    ("remove-extension", Family::Advice),
    ("remove-federation", Family::Advice),
    ("remove-replication", Family::Advice),
    ("remove-resource-policy", Family::Advice),
    ("remove-ssh-key", Family::Advice),
    ("remove-trust", Family::Advice),
    ("restore-configmap", Family::Advice),
    ("restore-policy", Family::Advice),
    ("restore-project", Family::Advice),
    ("restore-workload", Family::Advice),
    ("restrict-api-acl", Family::Advice),
    ("revoke-sas", Family::Advice),
    ("rotate-cluster-ca", Family::Advice),
    ("rotate-keys", Family::Advice),
    ("stop-task", Family::Advice),
    ("suspend-deletes", Family::Advice),
];

/// The family of a word.
pub(super) fn family(word: &str) -> Option<Family> {
    let known = WORDS.iter().find(|(known, _)| *known == word);
    known.map(|(_, family)| *family)
}

/// Whether rules may use a word.
pub fn is_known(word: &str) -> bool {
    family(word).is_some()
}
