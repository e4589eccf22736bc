//! The actions as they are typed: one struct each, its doc comment the manual.

mod aws;
mod azure;
mod gcp;
mod kubernetes;
mod several;

use clap::{Args, Subcommand};

use super::place::{ConsentArgs, PlaceArgs, TellArgs};
use crate::respond::action::Ask;

pub use aws::*;
pub use azure::*;
pub use gcp::*;
pub use kubernetes::*;
pub use several::*;

/// What every action has.
#[derive(Args, Clone, Debug)]
pub struct EveryArgs {
    #[command(flatten)]
    pub place: PlaceArgs,
    #[command(flatten)]
    pub consent: ConsentArgs,
    #[command(flatten)]
    pub tell: TellArgs,
}

/// The same wish for each of several targets.
fn asks(targets: &[String], wish: &Ask) -> Vec<Ask> {
    let ask = |target: &String| Ask {
        target: target.clone(),
        ..wish.clone()
    };
    targets.iter().map(ask).collect()
}

/// An action that takes nothing but its targets: what it does, and what a target is.
macro_rules! on_targets {
    ($(#[$doc:meta])* $args:ident($help:literal)) => {
        $(#[$doc])*
        #[derive(clap::Args, Clone, Debug)]
        #[command(verbatim_doc_comment)]
        pub struct $args {
            #[arg(value_name = "TARGET", required = true, help = $help)]
            pub target: Vec<String>,

            #[command(flatten)]
            pub every: super::EveryArgs,
        }

        impl $args {
            pub fn asks(&self) -> Vec<crate::respond::action::Ask> {
                super::asks(&self.target, &crate::respond::action::Ask::default())
            }
        }
    };
}
use on_targets;

/// The actions, each with its name and its arguments.
macro_rules! acts {
    ($($act:ident($args:ident) = $name:literal,)*) => {
        /// An action with its target.
        #[derive(Subcommand, Clone, Debug)]
        pub enum Act {
            $(#[command(name = $name)] $act(Box<$args>),)*
        }

        impl Act {
            /// The name as typed.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Act::$act(_) => $name,)*
                }
            }

            /// What every action has.
            pub fn every(&self) -> &EveryArgs {
                match self {
                    $(Act::$act(args) => &args.every,)*
                }
            }

            /// What is asked, once a target.
            pub fn asks(&self) -> Vec<Ask> {
                match self {
                    $(Act::$act(args) => args.asks(),)*
                }
            }
        }
    };
}

acts! {
    DisableUser(DisableUserArgs) = "disable-user",
    DisableServiceAccount(DisableServiceAccountArgs) = "disable-service-account",
    DisableServicePrincipal(DisableServicePrincipalArgs) = "disable-service-principal",
    DeactivateKey(DeactivateKeyArgs) = "deactivate-key",
    DeleteKey(DeleteKeyArgs) = "delete-key",
    DeleteLoginProfile(DeleteLoginProfileArgs) = "delete-login-profile",
    RevokeSessions(RevokeSessionsArgs) = "revoke-sessions",
    QuarantineRole(QuarantineRoleArgs) = "quarantine-role",
    DetachPolicy(DetachPolicyArgs) = "detach-policy",
    QuarantineSecurityGroup(QuarantineSecurityGroupArgs) = "quarantine-security-group",
    RemoveIamBinding(RemoveIamBindingArgs) = "remove-iam-binding",
    RemoveRoleAssignment(RemoveRoleAssignmentArgs) = "remove-role-assignment",
    NsgDeny(NsgDenyArgs) = "nsg-deny",
    FirewallDeny(FirewallDenyArgs) = "firewall-deny",
    IsolatePod(IsolatePodArgs) = "isolate-pod",
    CordonNode(CordonNodeArgs) = "cordon-node",
    RemoveRolebinding(RemoveRolebindingArgs) = "remove-rolebinding",
    DeleteToken(DeleteTokenArgs) = "delete-token",
    StartLogging(StartLoggingArgs) = "start-logging",
    MakeSnapshotPrivate(MakeSnapshotPrivateArgs) = "make-snapshot-private",
    CancelKeyDeletion(CancelKeyDeletionArgs) = "cancel-key-deletion",
    RestoreBucketLogging(RestoreBucketLoggingArgs) = "restore-bucket-logging",
    BlockBucketPublic(BlockBucketPublicArgs) = "block-bucket-public",
    ReEnableGuardduty(ReEnableGuarddutyArgs) = "re-enable-guardduty",
    DisableFunction(DisableFunctionArgs) = "disable-function",
    RestoreSink(RestoreSinkArgs) = "restore-sink",
    RestoreDiagnosticSettings(RestoreDiagnosticSettingsArgs) = "restore-diagnostic-settings",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::response::RESPONSES;

    #[test]
    fn every_response_is_a_command() {
        let root = Act::augment_subcommands(clap::Command::new("respond"));
        let typed: BTreeSet<&str> = root.get_subcommands().map(|one| one.get_name()).collect();
        let listed: BTreeSet<&str> = RESPONSES.iter().map(|one| one.name).collect();
        assert_eq!(typed, listed);
    }
}
