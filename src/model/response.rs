//! The responses there are: the one list of what findings suggest and `ctadel respond` carries out.
//!
//! A provider's word and an action's name enter; how much of it can be taken back and what it takes
//! from an attacker leave. Whoever suggests, ranks or executes reads it here.

use serde::{Deserialize, Serialize};

/// How much of an action can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reversibility {
    /// All of it.
    Full,
    /// Some of it.
    Partial,
    /// Nothing.
    None,
}

impl Reversibility {
    /// The word printed.
    pub fn word(self) -> &'static str {
        match self {
            Reversibility::Full => "full",
            Reversibility::Partial => "partial",
            Reversibility::None => "none",
        }
    }
}

/// What an action takes from an attacker, in the order in which that stops him.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    /// A key.
    Key,
    /// The identity itself, with all its keys and sessions.
    Identity,
    /// What is signed in.
    Sessions,
    /// A right that was given.
    Grant,
    /// Nothing: what was damaged is put right.
    Damage,
    /// The network.
    Network,
}

/// One action at one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The provider's word.
    pub provider: &'static str,
    /// The action's name, as typed.
    pub name: &'static str,
    /// How much of it can be taken back.
    pub undo: Reversibility,
    /// What it takes.
    pub takes: Takes,
}

const fn of(
    provider: &'static str,
    name: &'static str,
    undo: Reversibility,
    takes: Takes,
) -> Response {
    Response {
        provider,
        name,
        undo,
        takes,
    }
}

use Reversibility::{Full, None as Never, Partial};
use Takes::{Damage, Grant, Identity, Key, Network, Sessions};

/// All of them.
pub const RESPONSES: &[Response] = &[
    of("aws", "block-bucket-public", Full, Damage),
    // What was saved from deletion is not scheduled for it again.
    of("aws", "cancel-key-deletion", Partial, Damage),
    of("aws", "deactivate-key", Full, Key),
    of("aws", "delete-key", Never, Key),
    of("aws", "delete-login-profile", Never, Key),
    of("aws", "detach-policy", Full, Grant),
    of("aws", "disable-function", Full, Damage),
    of("aws", "disable-user", Full, Identity),
    of("aws", "make-snapshot-private", Full, Damage),
    of("aws", "quarantine-role", Full, Identity),
    of("aws", "quarantine-security-group", Full, Network),
    // Undoing these would blind the defender.
    of("aws", "re-enable-guardduty", Partial, Damage),
    of("aws", "restore-bucket-logging", Full, Damage),
    of("aws", "revoke-sessions", Full, Sessions),
    of("aws", "start-logging", Partial, Damage),
    of("azure", "disable-service-principal", Full, Identity),
    of("azure", "disable-user", Full, Identity),
    of("azure", "nsg-deny", Full, Network),
    of("azure", "remove-role-assignment", Full, Grant),
    of("azure", "restore-diagnostic-settings", Full, Damage),
    // Signing in again takes it back.
    of("azure", "revoke-sessions", Partial, Sessions),
    of("gcp", "deactivate-key", Full, Key),
    of("gcp", "disable-service-account", Full, Identity),
    of("gcp", "disable-user", Full, Identity),
    of("gcp", "firewall-deny", Full, Network),
    of("gcp", "remove-iam-binding", Full, Grant),
    of("gcp", "restore-sink", Full, Damage),
    of("kubernetes", "cordon-node", Full, Network),
    of("kubernetes", "delete-token", Never, Sessions),
    of("kubernetes", "isolate-pod", Full, Network),
    of("kubernetes", "remove-rolebinding", Full, Grant),
    of("ovh", "disable-user", Full, Identity),
    // An expiry date that has been set cannot be taken back.
    of("scaleway", "deactivate-key", Never, Key),
    of("scaleway", "delete-key", Never, Key),
    of("scaleway", "detach-policy", Full, Grant),
    of("scaleway", "disable-user", Full, Identity),
    of("scaleway", "quarantine-security-group", Full, Network),
    of("scaleway", "revoke-sessions", Partial, Sessions),
];

/// The provider that acts where a finding names this one: the directory is Azure's, and what runs
/// in a pod is the cluster's.
pub fn acting(provider: &str) -> &str {
    match provider {
        "entra" | "m365" => "azure",
        "runtime" => "kubernetes",
        provider => provider,
    }
}

/// The action of this name where a finding names this provider.
pub fn response(provider: &str, name: &str) -> Option<&'static Response> {
    let provider = acting(provider);
    let mut all = RESPONSES.iter();
    all.find(|known| known.provider == provider && known.name == name)
}

/// What an action of this name takes, wherever it is.
pub fn takes(name: &str) -> Option<Takes> {
    let found = RESPONSES.iter().find(|known| known.name == name);
    found.map(|known| known.takes)
}
