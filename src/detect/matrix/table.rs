//! The phrases, the logs, and what a log cannot show, whatever the rules.

/// What somebody attacking a cloud does, in words a buyer uses.
pub struct Phrase {
    /// Its name under `ctadel.covers`.
    pub id: &'static str,
    /// Short name of its tactic.
    pub tactic: &'static str,
    /// In words.
    pub text: &'static str,
}

/// The phrases, in the order of the tactics.
#[rustfmt::skip]
pub const PHRASES: [Phrase; 19] = [
    Phrase { id: "identity-off-hours", tactic: "initial-access", text: "New user creation outside business hours" },
    Phrase { id: "anonymiser-address", tactic: "initial-access", text: "Address of an anonymising service" },
    Phrase { id: "backdoor-identity", tactic: "persistence", text: "Backdoor user, key or trust" },
    Phrase { id: "scheduled-function", tactic: "persistence", text: "Scheduled function with broad permissions" },
    Phrase { id: "ssh-key-added", tactic: "persistence", text: "New SSH key on a machine" },
    Phrase { id: "admin-rights-taken", tactic: "privilege-escalation", text: "Self-attached administrator rights" },
    Phrase { id: "role-chain", tactic: "privilege-escalation", text: "Chains of assumed roles" },
    Phrase { id: "own-rights-changed", tactic: "privilege-escalation", text: "Own rights modified" },
    Phrase { id: "audit-log-disabled", tactic: "defense-impairment", text: "Audit log disabled" },
    Phrase { id: "log-retention-shortened", tactic: "defense-impairment", text: "Log retention shortened" },
    Phrase { id: "bucket-logging-removed", tactic: "defense-impairment", text: "Bucket logging removed" },
    Phrase { id: "iam-enumeration", tactic: "discovery", text: "Burst of IAM enumeration" },
    Phrase { id: "role-from-unusual-account", tactic: "lateral-movement", text: "Role assumed from an unusual account" },
    Phrase { id: "cross-cloud-token", tactic: "lateral-movement", text: "Token of one cloud used in another" },
    Phrase { id: "mass-object-reads", tactic: "exfiltration", text: "High-volume object reads" },
    Phrase { id: "cross-account-share", tactic: "exfiltration", text: "Share with another account" },
    Phrase { id: "snapshot-copied", tactic: "exfiltration", text: "Snapshot copied to another account" },
    Phrase { id: "project-deleted", tactic: "impact", text: "Project or resource group deleted" },
    Phrase { id: "key-destroyed", tactic: "impact", text: "Encryption key destroyed" },
];

/// The logs of one vendor.
pub struct Column {
    /// Short name.
    pub id: &'static str,
    /// As people read it.
    pub title: &'static str,
    /// The providers of its sources.
    pub providers: &'static [&'static str],
}

/// The logs.
#[rustfmt::skip]
pub const COLUMNS: [Column; 8] = [
    Column { id: "aws", title: "AWS", providers: &["aws"] },
    Column { id: "gcp", title: "Google Cloud", providers: &["gcp"] },
    Column { id: "azure", title: "Azure, Entra", providers: &["azure", "entra", "m365"] },
    Column { id: "scaleway", title: "Scaleway", providers: &["scaleway"] },
    Column { id: "ovh", title: "OVHcloud", providers: &["ovh"] },
    Column { id: "okta", title: "Okta", providers: &["okta"] },
    Column { id: "kubernetes", title: "Kubernetes", providers: &["kubernetes"] },
    Column { id: "runtime", title: "Runtime", providers: &["runtime"] },
];

/// Phrase, log, and why it cannot be seen there: a fact about the log, not missing work.
#[rustfmt::skip]
pub const BLIND: &[(&str, &str, &str)] = &[
    ("identity-off-hours", "runtime", "kernel events know no users of a cloud; for those of a machine see rt-host-persistence"),
    ("anonymiser-address", "runtime", "alerts hold where a process went, hardly ever who came"),
    ("backdoor-identity", "runtime", "kernel events know no users of a cloud; for those of a machine see rt-host-persistence"),
    ("scheduled-function", "ovh", "no scheduler is among the logged products"),
    ("scheduled-function", "okta", "Workflows keep a log of their own"),
    ("ssh-key-added", "okta", "the directory knows no machines"),
    ("ssh-key-added", "kubernetes", "a cluster knows no machines; nearest is k8s-hostpath-pod"),
    ("admin-rights-taken", "runtime", "kernel events know no IAM; nearest is rt-local-privilege-escalation"),
    ("role-chain", "azure", "there is no call that assumes a role; nearest are azure-managed-identity-attached and azure-managed-identity-fic-added"),
    ("role-chain", "scaleway", "roles cannot be assumed; nearest is scw-backdoor-identity-chain"),
    ("role-chain", "ovh", "roles cannot be assumed"),
    ("role-chain", "okta", "roles cannot be assumed; nearest is okta-impersonation"),
    ("role-chain", "runtime", "kernel events know no IAM"),
    ("own-rights-changed", "runtime", "kernel events know no IAM"),
    ("audit-log-disabled", "kubernetes", "the audit policy is a flag of the API server, which the cloud's log shows; nearest is k8s-security-agent-removed"),
    ("log-retention-shortened", "okta", "the log is kept for 90 days, which nobody can change"),
    ("log-retention-shortened", "kubernetes", "the cluster keeps no log itself"),
    ("log-retention-shortened", "runtime", "alerts are kept where they are sent"),
    ("bucket-logging-removed", "scaleway", "Object Storage is not part of the Audit Trail"),
    ("bucket-logging-removed", "ovh", "settings of object storage are not in the account logs"),
    ("bucket-logging-removed", "okta", "the directory has no buckets"),
    ("bucket-logging-removed", "kubernetes", "a cluster has no buckets"),
    ("bucket-logging-removed", "runtime", "kernel events know no buckets"),
    ("iam-enumeration", "scaleway", "reads are not recorded; nearest is scw-denied-burst"),
    ("iam-enumeration", "okta", "reads are not recorded; nearest is okta-unauthorized-app-access"),
    ("role-from-unusual-account", "scaleway", "nobody gets in from another organization; nearest is scw-api-key-from-new-network"),
    ("role-from-unusual-account", "ovh", "nobody gets in from another account; nearest is ovh-user-from-new-network"),
    ("role-from-unusual-account", "runtime", "kernel events know no IAM"),
    ("cross-cloud-token", "scaleway", "no token of another cloud is taken"),
    ("cross-cloud-token", "ovh", "no token of another cloud is taken"),
    ("cross-cloud-token", "okta", "where its tokens are used stands in the other cloud's log"),
    ("cross-cloud-token", "runtime", "kernel events know no tokens"),
    ("mass-object-reads", "scaleway", "Object Storage is not part of the Audit Trail"),
    ("mass-object-reads", "ovh", "reads of objects are not in the account logs"),
    ("mass-object-reads", "okta", "the directory has no objects"),
    ("mass-object-reads", "kubernetes", "a cluster has no objects; nearest are k8s-secrets-read-burst and k8s-copy-from-pod"),
    ("cross-account-share", "okta", "there is nothing to share"),
    ("cross-account-share", "kubernetes", "there is nothing to share with another account"),
    ("cross-account-share", "runtime", "kernel events know no shares"),
    ("snapshot-copied", "okta", "the directory has no snapshots"),
    ("snapshot-copied", "kubernetes", "a VolumeSnapshot says that it was made, not for which account"),
    ("snapshot-copied", "runtime", "kernel events know no snapshots"),
    ("project-deleted", "okta", "an organization cannot be deleted by its users"),
    ("project-deleted", "runtime", "kernel events know no projects; for data see rt-data-destruction"),
    ("key-destroyed", "okta", "the directory keeps no keys of others"),
    ("key-destroyed", "kubernetes", "the keys lie in the provider's key management"),
    ("key-destroyed", "runtime", "kernel events know no keys"),
];

/// Phrase, log, and what of the phrase that log does not show.
#[rustfmt::skip]
pub const PARTIAL: &[(&str, &str, &str)] = &[
    ("identity-off-hours", "kubernetes", "a cluster has no users; service accounts and certificates stand in"),
    ("anonymiser-address", "scaleway", "events of clusters have no address"),
    ("scheduled-function", "scaleway", "containers only; Functions and Jobs are not part of the Audit Trail"),
    ("scheduled-function", "runtime", "cron on a machine or in a container"),
    ("admin-rights-taken", "ovh", "the request is not logged, so that any change of a policy counts"),
    ("own-rights-changed", "ovh", "the request is not logged, so that any change of a policy counts"),
    ("audit-log-disabled", "scaleway", "the recording itself cannot be switched off"),
    ("audit-log-disabled", "okta", "the recording itself cannot be switched off, what it is sent to can"),
    ("log-retention-shortened", "scaleway", "Cockpit only; the Audit Trail is kept for 90 days"),
    ("log-retention-shortened", "ovh", "the new value is not logged"),
    ("iam-enumeration", "azure", "the directory alone, with Graph activity logs; else see azure-denied-burst and entra-recon-user-agent"),
    ("own-rights-changed", "okta", "any role that is granted counts"),
    ("role-from-unusual-account", "okta", "the vendor's own support"),
    ("cross-account-share", "scaleway", "an image is the only thing that can be shared"),
    ("cross-account-share", "ovh", "the receiver is not logged"),
    ("snapshot-copied", "scaleway", "to a bucket; there is no copy to another organization"),
    ("snapshot-copied", "ovh", "the receiver is not logged"),
];
