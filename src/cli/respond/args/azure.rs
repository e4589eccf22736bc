//! Actions of Azure and Entra alone, as they are typed.

use clap::Args;

use super::{EveryArgs, asks, on_targets};
use crate::respond::action::Ask;

on_targets! {
    /// Take a service principal of Entra out
    ///
    /// Tokens that are out live on for up to an hour.
    ///
    /// Example:
    ///
    ///     ctadel respond disable-service-principal 3f2504e0-4f89-41d3-9a0c-0305e82c3301
    DisableServicePrincipalArgs("The principal's object id")
}

on_targets! {
    /// Remove a role assignment of Azure
    ///
    /// Example:
    ///
    ///     ctadel respond remove-role-assignment /subscriptions/…/roleAssignments/…
    RemoveRoleAssignmentArgs("The assignment's id")
}

on_targets! {
    /// Refuse all traffic in a network security group of Azure
    ///
    /// Example:
    ///
    ///     ctadel respond nsg-deny /subscriptions/…/networkSecurityGroups/web
    NsgDenyArgs("The group's id")
}

/// Switch a diagnostic setting of Azure on again
///
/// All of its logs go to where they went. One that was deleted is made anew, and has to be told
/// where they go.
///
/// Example:
///
///     ctadel respond restore-diagnostic-settings /subscriptions/…/diagnosticSettings/audit
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct RestoreDiagnosticSettingsArgs {
    /// The setting's full id
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    /// Send the logs to this workspace, by its full id
    #[arg(long, value_name = "ID")]
    pub workspace: Option<String>,

    /// Send the logs to this storage account, by its full id
    #[arg(long, value_name = "ID")]
    pub storage_account: Option<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl RestoreDiagnosticSettingsArgs {
    pub fn asks(&self) -> Vec<Ask> {
        asks(
            &self.target,
            &Ask {
                workspace: self.workspace.clone(),
                storage: self.storage_account.clone(),
                ..Ask::default()
            },
        )
    }
}
