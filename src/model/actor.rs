//! Who did it: a stable identity, the credential it used, and the chain behind it.

/// What kind of identity acted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorType {
    /// A person or a user object.
    User,
    /// The account's root user.
    Root,
    /// A session of an assumed role.
    RoleSession,
    /// A federated identity without a role session of its own.
    Federated,
    /// A service account.
    ServiceAccount,
    /// A service principal or application.
    ServicePrincipal,
    /// A managed identity.
    ManagedIdentity,
    /// The provider's own service.
    CloudService,
    /// A Kubernetes service account.
    K8sServiceAccount,
    /// A pod, container or machine: whatever ran in it.
    Workload,
    /// An application that holds API keys.
    ApiKeyApplication,
    /// Nobody in particular.
    Anonymous,
    /// The record does not say.
    #[default]
    Unknown,
}

impl ActorType {
    /// The word printed in machine output and matched by `ctadel.actor.type`.
    pub fn word(self) -> &'static str {
        match self {
            ActorType::User => "user",
            ActorType::Root => "root",
            ActorType::RoleSession => "role_session",
            ActorType::Federated => "federated",
            ActorType::ServiceAccount => "service_account",
            ActorType::ServicePrincipal => "service_principal",
            ActorType::ManagedIdentity => "managed_identity",
            ActorType::CloudService => "cloud_service",
            ActorType::K8sServiceAccount => "k8s_service_account",
            ActorType::Workload => "workload",
            ActorType::ApiKeyApplication => "api_key_application",
            ActorType::Anonymous => "anonymous",
            ActorType::Unknown => "unknown",
        }
    }
}

/// An identity as one record shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The stable id: survives a rename, the key findings are grouped by.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Its kind.
    pub kind: ActorType,
    /// The account, project or tenant the identity belongs to.
    pub account: Option<String>,
    /// The credential or session id it used.
    pub session: Option<String>,
    /// The role, impersonated account or identity provider that vouches for it.
    pub issuer: Option<String>,
    /// The identities behind it as far as the record itself tells, outermost first.
    pub via: Vec<String>,
    /// Whether a second factor was used; `None` where the log does not say.
    pub mfa: Option<bool>,
    /// The full name of the principal (an ARN, an e-mail), where it has one.
    pub principal: Option<String>,
}
