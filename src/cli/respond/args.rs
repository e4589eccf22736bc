//! The actions as they are typed: one struct each, its doc comment the manual.

use clap::{Args, Subcommand};

use super::place::{ConsentArgs, PlaceArgs, TellArgs};
use crate::respond::action::Ask;

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

/// An action with its target.
#[derive(Subcommand, Clone, Debug)]
pub enum Act {
    DisableUser(Box<DisableUserArgs>),
    DisableServiceAccount(Box<DisableServiceAccountArgs>),
    DisableServicePrincipal(Box<DisableServicePrincipalArgs>),
    DeactivateKey(Box<DeactivateKeyArgs>),
    DeleteKey(Box<DeleteKeyArgs>),
    DeleteLoginProfile(Box<DeleteLoginProfileArgs>),
    RevokeSessions(Box<RevokeSessionsArgs>),
    QuarantineRole(Box<QuarantineRoleArgs>),
    DetachPolicy(Box<DetachPolicyArgs>),
    QuarantineSecurityGroup(Box<QuarantineSecurityGroupArgs>),
    RemoveIamBinding(Box<RemoveIamBindingArgs>),
    RemoveRoleAssignment(Box<RemoveRoleAssignmentArgs>),
    NsgDeny(Box<NsgDenyArgs>),
    FirewallDeny(Box<FirewallDenyArgs>),
    IsolatePod(Box<IsolatePodArgs>),
    CordonNode(Box<CordonNodeArgs>),
    RemoveRolebinding(Box<RemoveRolebindingArgs>),
    DeleteToken(Box<DeleteTokenArgs>),
    StartLogging(Box<StartLoggingArgs>),
    MakeSnapshotPrivate(Box<MakeSnapshotPrivateArgs>),
    CancelKeyDeletion(Box<CancelKeyDeletionArgs>),
    RestoreBucketLogging(Box<RestoreBucketLoggingArgs>),
    BlockBucketPublic(Box<BlockBucketPublicArgs>),
    ReEnableGuardduty(Box<ReEnableGuarddutyArgs>),
    DisableFunction(Box<DisableFunctionArgs>),
    RestoreSink(Box<RestoreSinkArgs>),
}

impl Act {
    /// The name as typed.
    pub fn name(&self) -> &'static str {
        match self {
            Act::DisableUser(_) => "disable-user",
            Act::DisableServiceAccount(_) => "disable-service-account",
            Act::DisableServicePrincipal(_) => "disable-service-principal",
            Act::DeactivateKey(_) => "deactivate-key",
            Act::DeleteKey(_) => "delete-key",
            Act::DeleteLoginProfile(_) => "delete-login-profile",
            Act::RevokeSessions(_) => "revoke-sessions",
            Act::QuarantineRole(_) => "quarantine-role",
            Act::DetachPolicy(_) => "detach-policy",
            Act::QuarantineSecurityGroup(_) => "quarantine-security-group",
            Act::RemoveIamBinding(_) => "remove-iam-binding",
            Act::RemoveRoleAssignment(_) => "remove-role-assignment",
            Act::NsgDeny(_) => "nsg-deny",
            Act::FirewallDeny(_) => "firewall-deny",
            Act::IsolatePod(_) => "isolate-pod",
            Act::CordonNode(_) => "cordon-node",
            Act::RemoveRolebinding(_) => "remove-rolebinding",
            Act::DeleteToken(_) => "delete-token",
            Act::StartLogging(_) => "start-logging",
            Act::MakeSnapshotPrivate(_) => "make-snapshot-private",
            Act::CancelKeyDeletion(_) => "cancel-key-deletion",
            Act::RestoreBucketLogging(_) => "restore-bucket-logging",
            Act::BlockBucketPublic(_) => "block-bucket-public",
            Act::ReEnableGuardduty(_) => "re-enable-guardduty",
            Act::DisableFunction(_) => "disable-function",
            Act::RestoreSink(_) => "restore-sink",
        }
    }

    /// What every action has.
    pub fn every(&self) -> &EveryArgs {
        match self {
            Act::DisableUser(args) => &args.every,
            Act::DisableServiceAccount(args) => &args.every,
            Act::DisableServicePrincipal(args) => &args.every,
            Act::DeactivateKey(args) => &args.every,
            Act::DeleteKey(args) => &args.every,
            Act::DeleteLoginProfile(args) => &args.every,
            Act::RevokeSessions(args) => &args.every,
            Act::QuarantineRole(args) => &args.every,
            Act::DetachPolicy(args) => &args.every,
            Act::QuarantineSecurityGroup(args) => &args.every,
            Act::RemoveIamBinding(args) => &args.every,
            Act::RemoveRoleAssignment(args) => &args.every,
            Act::NsgDeny(args) => &args.every,
            Act::FirewallDeny(args) => &args.every,
            Act::IsolatePod(args) => &args.every,
            Act::CordonNode(args) => &args.every,
            Act::RemoveRolebinding(args) => &args.every,
            Act::DeleteToken(args) => &args.every,
            Act::StartLogging(args) => &args.every,
            Act::MakeSnapshotPrivate(args) => &args.every,
            Act::CancelKeyDeletion(args) => &args.every,
            Act::RestoreBucketLogging(args) => &args.every,
            Act::BlockBucketPublic(args) => &args.every,
            Act::ReEnableGuardduty(args) => &args.every,
            Act::DisableFunction(args) => &args.every,
            Act::RestoreSink(args) => &args.every,
        }
    }

    /// What is asked, once a target.
    pub fn asks(&self) -> Vec<Ask> {
        match self {
            Act::DisableUser(args) => args.asks(),
            Act::DisableServiceAccount(args) => args.asks(),
            Act::DisableServicePrincipal(args) => args.asks(),
            Act::DeactivateKey(args) => args.asks(),
            Act::DeleteKey(args) => args.asks(),
            Act::DeleteLoginProfile(args) => args.asks(),
            Act::RevokeSessions(args) => args.asks(),
            Act::QuarantineRole(args) => args.asks(),
            Act::DetachPolicy(args) => args.asks(),
            Act::QuarantineSecurityGroup(args) => args.asks(),
            Act::RemoveIamBinding(args) => args.asks(),
            Act::RemoveRoleAssignment(args) => args.asks(),
            Act::NsgDeny(args) => args.asks(),
            Act::FirewallDeny(args) => args.asks(),
            Act::IsolatePod(args) => args.asks(),
            Act::CordonNode(args) => args.asks(),
            Act::RemoveRolebinding(args) => args.asks(),
            Act::DeleteToken(args) => args.asks(),
            Act::StartLogging(args) => args.asks(),
            Act::MakeSnapshotPrivate(args) => args.asks(),
            Act::CancelKeyDeletion(args) => args.asks(),
            Act::RestoreBucketLogging(args) => args.asks(),
            Act::BlockBucketPublic(args) => args.asks(),
            Act::ReEnableGuardduty(args) => args.asks(),
            Act::DisableFunction(args) => args.asks(),
            Act::RestoreSink(args) => args.asks(),
        }
    }
}

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
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            all_credentials: self.all_credentials,
            scp: self.scp,
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

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
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            keys: self.keys,
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Take a service principal of Entra out
///
/// Tokens that are out live on for up to an hour.
///
/// Example:
///
///     ctadel respond disable-service-principal 3f2504e0-4f89-41d3-9a0c-0305e82c3301
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct DisableServicePrincipalArgs {
    /// The principal's object id
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DisableServicePrincipalArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Switch a key off
///
/// AWS and Google switch it off and on again; at Scaleway it expires for good.
///
/// Example:
///
///     ctadel respond deactivate-key AKIAIOSFODNN7EXAMPLE
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct DeactivateKeyArgs {
    /// The key's id
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DeactivateKeyArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Delete a key for good
///
/// On AWS only one that is switched off.
///
/// Example:
///
///     ctadel respond delete-key AKIAIOSFODNN7EXAMPLE --irreversible
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct DeleteKeyArgs {
    /// The key's id
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DeleteKeyArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Delete the console password of an AWS user for good
///
/// Example:
///
///     ctadel respond delete-login-profile mallory --irreversible
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct DeleteLoginProfileArgs {
    /// The user: name, ARN or id
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DeleteLoginProfileArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
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
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            session: self.session.clone(),
            before: self.before.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Refuse everything to an AWS role
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

    #[command(flatten)]
    pub every: EveryArgs,
}

impl QuarantineRoleArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Take back a right that was given
///
/// AWS: a policy off a user, role or group, or with the policy alone its newest version; only what
/// was given lately, which --logs shows. Scaleway: the policy loses whom it is for.
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

    /// Logs that show when it was given; may be given several times (AWS)
    #[arg(long, value_name = "PATH")]
    pub logs: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DetachPolicyArgs {
    fn asks(&self) -> Vec<Ask> {
        let target = &self.target;
        vec![Ask {
            target: target.clone(),
            with: self.policy.clone(),
            not_recent: self.not_recent,
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
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            mode: self.mode.clone(),
            interfaces: self.eni.clone(),
            instances: self.instance.clone(),
            cut: self.cut_existing,
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
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
    fn asks(&self) -> Vec<Ask> {
        let target = &self.target;
        vec![Ask {
            target: target.clone(),
            with: Some(self.role.clone()),
            on: self.on.clone(),
            ..Ask::default()
        }]
    }
}

/// Remove a role assignment of Azure
///
/// Example:
///
///     ctadel respond remove-role-assignment /subscriptions/…/roleAssignments/…
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct RemoveRoleAssignmentArgs {
    /// The assignment's id
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl RemoveRoleAssignmentArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Refuse all traffic in a network security group of Azure
///
/// Example:
///
///     ctadel respond nsg-deny /subscriptions/…/networkSecurityGroups/web
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct NsgDenyArgs {
    /// The group's id
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl NsgDenyArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Refuse all traffic of a Google Cloud instance
///
/// Example:
///
///     ctadel respond firewall-deny europe-west1-b/web-1 --project shop
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct FirewallDenyArgs {
    /// The instance: ZONE/NAME or its full name
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl FirewallDenyArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Cut a pod off from the network
///
/// Example:
///
///     ctadel respond isolate-pod shop/api-7d9f
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct IsolatePodArgs {
    /// The pod: NAMESPACE/NAME
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl IsolatePodArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Let no new pod onto a node
///
/// Example:
///
///     ctadel respond cordon-node worker-1
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct CordonNodeArgs {
    /// The node
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl CordonNodeArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Remove a role binding of Kubernetes
///
/// Example:
///
///     ctadel respond remove-rolebinding shop/editors
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct RemoveRolebindingArgs {
    /// The binding: NAMESPACE/NAME, or NAME for a cluster's
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl RemoveRolebindingArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Delete a service account's token for good
///
/// Example:
///
///     ctadel respond delete-token shop/ci-token --irreversible
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct DeleteTokenArgs {
    /// The secret: NAMESPACE/NAME
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DeleteTokenArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Switch a CloudTrail trail on again
///
/// Example:
///
///     ctadel respond start-logging arn:aws:cloudtrail:eu-west-1:111122223333:trail/main
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct StartLoggingArgs {
    /// The trail: name or ARN
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl StartLoggingArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Share a snapshot or image with nobody
///
/// Example:
///
///     ctadel respond make-snapshot-private snap-0123456789abcdef0
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct MakeSnapshotPrivateArgs {
    /// The snapshot, image or database snapshot
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl MakeSnapshotPrivateArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Save a KMS key from its deletion
///
/// Example:
///
///     ctadel respond cancel-key-deletion 1234abcd-12ab-34cd-56ef-1234567890ab
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct CancelKeyDeletionArgs {
    /// The key: id or ARN
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl CancelKeyDeletionArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
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
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            bucket: Some(self.target_bucket.clone()),
            prefix: self.prefix.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Close a bucket to everybody outside
///
/// Example:
///
///     ctadel respond block-bucket-public shop
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct BlockBucketPublicArgs {
    /// The bucket
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl BlockBucketPublicArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Switch a GuardDuty detector on again
///
/// Example:
///
///     ctadel respond re-enable-guardduty 12abc34d567e8fa901bc2d34e56789f0
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct ReEnableGuarddutyArgs {
    /// The detector
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl ReEnableGuarddutyArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Stop a Lambda function
///
/// Example:
///
///     ctadel respond disable-function sync
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct DisableFunctionArgs {
    /// The function: name or ARN
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl DisableFunctionArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}

/// Switch a log sink of Google Cloud on again
///
/// Example:
///
///     ctadel respond restore-sink projects/shop/sinks/audit
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct RestoreSinkArgs {
    /// The sink's full name
    #[arg(value_name = "TARGET", required = true)]
    pub target: Vec<String>,

    #[command(flatten)]
    pub every: EveryArgs,
}

impl RestoreSinkArgs {
    fn asks(&self) -> Vec<Ask> {
        let ask = |target: &String| Ask {
            target: target.clone(),
            ..Ask::default()
        };
        self.target.iter().map(ask).collect()
    }
}
