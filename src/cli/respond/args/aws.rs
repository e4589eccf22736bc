//! Actions of AWS alone, as they are typed.

use clap::Args;

use super::{EveryArgs, asks, on_targets};
use crate::respond::action::Ask;

on_targets! {
    /// Delete the console password of an AWS user for good
    ///
    /// Example:
    ///
    ///     ctadel respond delete-login-profile mallory --irreversible
    DeleteLoginProfileArgs("The user: name, ARN or id")
}

/// Refuse everything to an AWS role
///
/// With --trust nobody of another account may assume it any more either.
///
/// Example:
///
///     ctadel respond quarantine-role app
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct QuarantineRoleArgs {
    /// The role: name, ARN or id
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    /// Refuse it in the trust policy too to everybody of another account
    #[arg(long)]
    pub trust: bool,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl QuarantineRoleArgs {
    pub fn asks(&self) -> Vec<Ask> {
        asks(
            &self.target,
            &Ask {
                trust: self.trust,
                ..Ask::default()
            },
        )
    }
}

on_targets! {
    /// Switch a CloudTrail trail on again
    ///
    /// Example:
    ///
    ///     ctadel respond start-logging arn:aws:cloudtrail:eu-west-1:111122223333:trail/main
    StartLoggingArgs("The trail: name or ARN")
}

on_targets! {
    /// Share a snapshot or image with nobody
    ///
    /// Example:
    ///
    ///     ctadel respond make-snapshot-private snap-0123456789abcdef0
    MakeSnapshotPrivateArgs("The snapshot, image or database snapshot")
}

on_targets! {
    /// Save a KMS key from its deletion
    ///
    /// Example:
    ///
    ///     ctadel respond cancel-key-deletion 1234abcd-12ab-34cd-56ef-1234567890ab
    CancelKeyDeletionArgs("The key: id or ARN")
}

/// Switch the access log of a bucket on again
///
/// Example:
///
///     ctadel respond restore-bucket-logging shop --target-bucket logs --prefix s3/
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct RestoreBucketLoggingArgs {
    /// The bucket
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    /// Where the log goes
    #[arg(long, value_name = "BUCKET")]
    pub target_bucket: String,

    /// What its objects begin with
    #[arg(long, value_name = "TEXT")]
    pub prefix: Option<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl RestoreBucketLoggingArgs {
    pub fn asks(&self) -> Vec<Ask> {
        asks(
            &self.target,
            &Ask {
                bucket: Some(self.target_bucket.clone()),
                prefix: self.prefix.clone(),
                ..Ask::default()
            },
        )
    }
}

on_targets! {
    /// Close a bucket to everybody outside
    ///
    /// Example:
    ///
    ///     ctadel respond block-bucket-public shop
    BlockBucketPublicArgs("The bucket")
}

on_targets! {
    /// Switch a GuardDuty detector on again
    ///
    /// Example:
    ///
    ///     ctadel respond re-enable-guardduty 12abc34d567e8fa901bc2d34e56789f0
    ReEnableGuarddutyArgs("The detector")
}

on_targets! {
    /// Stop a Lambda function
    ///
    /// Example:
    ///
    ///     ctadel respond disable-function sync
    DisableFunctionArgs("The function: name or ARN")
}
