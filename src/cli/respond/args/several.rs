//! Actions that several providers have, as they are typed.

use clap::Args;

use super::{EveryArgs, asks, on_targets};
use crate::respond::action::Ask;

/// Take a user out
///
/// AWS: everything is refused to the user and its keys are switched off; passwords and second factors
/// stay. Entra and Google: the account is disabled and its sessions end. Scaleway: the member is
/// locked. OVHcloud: the user is disabled.
///
/// Example:
///
///     ctadel respond disable-user mallory --provider aws
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct DisableUserArgs {
    /// The user: name, ARN, address or id
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    /// Switch off keys for repositories and services, and certificates, too (AWS)
    #[arg(long, conflicts_with = "scp")]
    pub all_credentials: bool,

    /// Refuse from above the account, which its administrators cannot lift (AWS)
    #[arg(long)]
    pub scp: bool,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DisableUserArgs {
    pub fn asks(&self) -> Vec<Ask> {
        asks(
            &self.target,
            &Ask {
                all_credentials: self.all_credentials,
                scp: self.scp,
                ..Ask::default()
            },
        )
    }
}

on_targets! {
    /// Switch a key off
    ///
    /// AWS and Google switch it off and on again; at Scaleway it expires for good.
    ///
    /// Example:
    ///
    ///     ctadel respond deactivate-key AKIAIOSFODNN7EXAMPLE
    DeactivateKeyArgs("The key's id")
}

on_targets! {
    /// Delete a key for good
    ///
    /// On AWS only one that is switched off.
    ///
    /// Example:
    ///
    ///     ctadel respond delete-key AKIAIOSFODNN7EXAMPLE --irreversible
    DeleteKeyArgs("The key's id")
}

/// End sessions
///
/// AWS: what was issued until now is refused everything, new sessions work. Entra and Scaleway: the
/// user has to sign in again.
///
/// Example:
///
///     ctadel respond revoke-sessions arn:aws:iam::111122223333:role/app
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct RevokeSessionsArgs {
    /// The role or user
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    /// End this one session of a role only (AWS)
    #[arg(long, value_name = "NAME")]
    pub session: Option<String>,

    /// End what was issued before this time, in place of now (AWS)
    #[arg(long, value_name = "TIME")]
    pub before: Option<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl RevokeSessionsArgs {
    pub fn asks(&self) -> Vec<Ask> {
        asks(
            &self.target,
            &Ask {
                session: self.session.clone(),
                before: self.before.clone(),
                ..Ask::default()
            },
        )
    }
}

/// Take back a right that was given
///
/// AWS: a policy off a user, role or group, or with the policy alone its newest version; only what
/// was given lately, which --logs shows. With --boundary the limit that was taken off a user or role
/// is put back. Scaleway: the policy loses whom it is for.
///
/// Example:
///
///     ctadel respond detach-policy mallory AdministratorAccess --logs AWSLogs/
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct DetachPolicyArgs {
    /// The user, role or group; or the policy alone
    #[arg(value_name = "TARGET")]
    pub target: String,

    /// The policy: name or ARN
    #[arg(value_name = "POLICY", help_heading = None::<&str>)]
    pub policy: Option<String>,

    /// Take only what was given within this time [default: 72h] (AWS)
    #[arg(long, value_name = "DURATION")]
    pub recent: Option<String>,

    /// Take it whenever it was given (AWS)
    #[arg(long)]
    pub not_recent: bool,

    /// Put POLICY back as the permissions boundary, in place of taking it off (AWS)
    #[arg(long, requires = "policy", conflicts_with_all = ["recent", "not_recent", "logs"])]
    pub boundary: bool,

    /// Logs that show when it was given; may be given several times (AWS)
    #[arg(long, value_name = "PATH")]
    pub logs: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DetachPolicyArgs {
    pub fn asks(&self) -> Vec<Ask> {
        let target = &self.target;
        vec![Ask {
            target: target.clone(),
            with: self.policy.clone(),
            not_recent: self.not_recent,
            boundary: self.boundary,
            ..Ask::default()
        }]
    }
}

/// Cut off what is behind a security group
///
/// `replace` takes every rule out of the group, `swap` puts an empty group in its place, interface by
/// interface.
///
/// Example:
///
///     ctadel respond quarantine-security-group sg-0123456789abcdef0
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct QuarantineSecurityGroupArgs {
    /// The security group, or an instance or interface
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    /// How: replace or swap [default: swap for interfaces, else replace] (AWS)
    #[arg(long, value_parser = ["replace", "swap"])]
    pub mode: Option<String>,

    /// Swap these network interfaces too; may be given several times (AWS)
    #[arg(long, value_name = "ID")]
    pub eni: Vec<String>,

    /// Swap the interfaces of these instances too; may be given several times (AWS)
    #[arg(long, value_name = "ID")]
    pub instance: Vec<String>,

    /// Cut open connections too: the machine is open to everybody for a moment (AWS, swap)
    #[arg(long)]
    pub cut_existing: bool,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl QuarantineSecurityGroupArgs {
    pub fn asks(&self) -> Vec<Ask> {
        asks(
            &self.target,
            &Ask {
                mode: self.mode.clone(),
                interfaces: self.eni.clone(),
                instances: self.instance.clone(),
                cut: self.cut_existing,
                ..Ask::default()
            },
        )
    }
}
