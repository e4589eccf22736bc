//! The actions there are, one file each, and the one list of them.

mod aws_block_bucket_public;
mod aws_cancel_key_deletion;
mod aws_deactivate_key;
mod aws_delete_key;
mod aws_delete_login_profile;
mod aws_detach_policy;
mod aws_disable_function;
mod aws_disable_user;
mod aws_identity_center;
mod aws_make_snapshot_private;
mod aws_quarantine_role;
mod aws_quarantine_security_group;
mod aws_re_enable_guardduty;
mod aws_restore_bucket_logging;
mod aws_revoke_sessions;
mod aws_role;
mod aws_scp;
mod aws_start_logging;
mod aws_user;

use super::action::Action;
use super::provider::Provider;

/// All of them.
pub const ACTIONS: &[&dyn Action] = &[
    &aws_block_bucket_public::BlockBucketPublic,
    &aws_cancel_key_deletion::CancelKeyDeletion,
    &aws_deactivate_key::DeactivateKey,
    &aws_delete_key::DeleteKey,
    &aws_delete_login_profile::DeleteLoginProfile,
    &aws_detach_policy::DetachPolicy,
    &aws_disable_function::DisableFunction,
    &aws_disable_user::DisableUser,
    &aws_make_snapshot_private::MakeSnapshotPrivate,
    &aws_quarantine_role::QuarantineRole,
    &aws_quarantine_security_group::QuarantineSecurityGroup,
    &aws_re_enable_guardduty::ReEnableGuardduty,
    &aws_restore_bucket_logging::RestoreBucketLogging,
    &aws_revoke_sessions::RevokeSessions,
    &aws_start_logging::StartLogging,
];

/// The action of this name at this provider.
pub fn find(name: &str, provider: Provider) -> Option<&'static dyn Action> {
    let fits = |action: &&&dyn Action| action.name() == name && action.provider() == provider;
    ACTIONS.iter().find(fits).copied()
}

/// The providers that have an action of this name.
pub fn providers(name: &str) -> Vec<Provider> {
    let of = ACTIONS.iter().filter(|action| action.name() == name);
    of.map(|action| action.provider()).collect()
}
