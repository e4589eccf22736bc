//! The actions there are, one file each, and the one list of them.

mod aws_block_bucket_public;
mod aws_boundary;
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
mod aws_trust;
mod aws_user;
mod azure_disable_service_principal;
mod azure_disable_user;
mod azure_nsg_deny;
mod azure_remove_role_assignment;
mod azure_restore_diagnostic_settings;
mod azure_revoke_sessions;
mod gcp_deactivate_key;
mod gcp_disable_service_account;
mod gcp_disable_user;
mod gcp_firewall_deny;
mod gcp_remove_iam_binding;
mod gcp_restore_sink;
mod kubernetes_cordon_node;
mod kubernetes_delete_token;
mod kubernetes_isolate_pod;
mod kubernetes_remove_rolebinding;
mod ovh_disable_user;
mod scaleway_deactivate_key;
mod scaleway_delete_key;
mod scaleway_detach_policy;
mod scaleway_disable_user;
mod scaleway_quarantine_security_group;
mod scaleway_revoke_sessions;

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
    &azure_disable_service_principal::DisableServicePrincipal,
    &azure_disable_user::DisableUser,
    &azure_nsg_deny::NsgDeny,
    &azure_remove_role_assignment::RemoveRoleAssignment,
    &azure_restore_diagnostic_settings::RestoreDiagnosticSettings,
    &azure_revoke_sessions::RevokeSessions,
    &gcp_deactivate_key::DeactivateKey,
    &gcp_disable_service_account::DisableServiceAccount,
    &gcp_disable_user::DisableUser,
    &gcp_firewall_deny::FirewallDeny,
    &gcp_remove_iam_binding::RemoveIamBinding,
    &gcp_restore_sink::RestoreSink,
    &kubernetes_cordon_node::CordonNode,
    &kubernetes_delete_token::DeleteToken,
    &kubernetes_isolate_pod::IsolatePod,
    &kubernetes_remove_rolebinding::RemoveRolebinding,
    &ovh_disable_user::DisableUser,
    &scaleway_deactivate_key::DeactivateKey,
    &scaleway_delete_key::DeleteKey,
    &scaleway_detach_policy::DetachPolicy,
    &scaleway_disable_user::DisableUser,
    &scaleway_quarantine_security_group::QuarantineSecurityGroup,
    &scaleway_revoke_sessions::RevokeSessions,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::response::RESPONSES;

    #[test]
    fn the_list_of_responses_is_what_there_is() {
        let listed: Vec<(&str, &str)> = RESPONSES.iter().map(|r| (r.provider, r.name)).collect();
        let built: Vec<(&str, &str)> = ACTIONS
            .iter()
            .map(|action| (action.provider().word(), action.name()))
            .collect();
        let sorted = |mut all: Vec<(&'static str, &'static str)>| {
            all.sort_unstable();
            all
        };
        assert_eq!(sorted(built), sorted(listed));
    }
}
