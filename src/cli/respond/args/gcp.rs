//! Actions of Google Cloud alone, as they are typed.

use clap::Args;

use super::{EveryArgs, asks, on_targets};
use crate::respond::action::Ask;

/// Take a service account of Google Cloud out
///
/// Access tokens that are out are refused too. Its keys are switched off with --keys.
///
/// Example:
///
///     ctadel respond disable-service-account ci@shop.iam.gserviceaccount.com
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct DisableServiceAccountArgs {
    /// The account's address
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    /// Switch its keys off too
    #[arg(long)]
    pub keys: bool,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DisableServiceAccountArgs {
    pub fn asks(&self) -> Vec<Ask> {
        asks(
            &self.target,
            &Ask {
                keys: self.keys,
                ..Ask::default()
            },
        )
    }
}

/// Take a member out of a role binding of Google Cloud
///
/// Example:
///
///     ctadel respond remove-iam-binding user:mallory@example.com roles/owner --on projects/shop
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct RemoveIamBindingArgs {
    /// The member, such as user:mallory@example.com
    #[arg(value_name = "TARGET")]
    pub target: String,

    /// The role, such as roles/owner
    #[arg(value_name = "ROLE", help_heading = None::<&str>)]
    pub role: String,

    /// Where the right hangs [default: the project]
    #[arg(long, value_name = "RESOURCE")]
    pub on: Option<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl RemoveIamBindingArgs {
    pub fn asks(&self) -> Vec<Ask> {
        let target = &self.target;
        vec![Ask {
            target: target.clone(),
            with: Some(self.role.clone()),
            on: self.on.clone(),
            ..Ask::default()
        }]
    }
}

on_targets! {
    /// Refuse all traffic of a Google Cloud instance
    ///
    /// Example:
    ///
    ///     ctadel respond firewall-deny europe-west1-b/web-1 --project shop
    FirewallDenyArgs("The instance: ZONE/NAME or its full name")
}

on_targets! {
    /// Switch a log sink of Google Cloud on again
    ///
    /// Example:
    ///
    ///     ctadel respond restore-sink projects/shop/sinks/audit
    RestoreSinkArgs("The sink's full name")
}
