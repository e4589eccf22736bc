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

impl Actor {
    /// The identity for which it acts, as far as the record itself tells: the first one behind it
    /// that is no service of the provider and no place.
    pub fn outermost(&self) -> &str {
        outermost(self.via.iter().map(String::as_str)).unwrap_or(&self.id)
    }

    /// The names that belong together by what one record says of its caller: a pod and the
    /// account its token is for, a node and the instance that it is.
    pub fn bonds(&self) -> Vec<(String, String)> {
        let mut bonds = Vec::new();
        if self.kind == ActorType::K8sServiceAccount {
            let pods = self.via.iter().filter(|id| id.starts_with("pod:"));
            bonds.extend(pods.map(|pod| (pod.clone(), self.id.clone())));
        }
        if let (Some(node), Some(principal)) =
            (self.id.strip_prefix("system:node:"), &self.principal)
            && let Some((_, session)) = principal.rsplit_once('/')
            && is_instance(session)
        {
            bonds.push((format!("node:{node}"), session.to_owned()));
        }
        bonds
    }
}

/// The first identity of those behind an actor that is no service of the provider and no place.
pub fn outermost<'a>(mut via: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    via.find(|id| !id.starts_with("pod:") && !is_service(id))
}

/// What the id of a role session and the ARN of its role tell: its own ARN and its name.
#[derive(Clone, Copy, Debug)]
pub struct RoleSession<'a> {
    partition: &'a str,
    account: &'a str,
    role: &'a str,
    session: &'a str,
}

impl<'a> RoleSession<'a> {
    /// Of `AROAEXAMPLE:session` and `arn:aws:iam::111122223333:role/path/name`.
    pub fn of(id: &'a str, issuer: Option<&'a str>) -> Option<RoleSession<'a>> {
        // Every session of a run is looked at, and its parts are short.
        let cut = |text: &'a str| {
            let at = text.bytes().position(|byte| byte == b':')?;
            Some((&text[..at], &text[at + 1..]))
        };
        let (partition, rest) = cut(issuer?.strip_prefix("arn:")?)?;
        let (account, role) = cut(rest.strip_prefix("iam::")?)?;
        let role = role.strip_prefix("role/")?;
        let (_, session) = cut(id)?;
        let name = role.bytes().rposition(|byte| byte == b'/');
        Some(RoleSession {
            partition,
            account,
            role: name.map_or(role, |at| &role[at + 1..]),
            session,
        })
    }

    /// `arn:aws:sts::111122223333:assumed-role/name/session`.
    pub fn arn(&self) -> String {
        let parts = [
            "arn:",
            self.partition,
            ":sts::",
            self.account,
            ":assumed-role/",
            self.role,
            "/",
            self.session,
        ];
        parts.concat()
    }

    /// `name/session`.
    pub fn name(&self) -> String {
        [self.role, "/", self.session].concat()
    }

    /// Whether that is how somebody calls it.
    pub fn is_called(&self, name: &str) -> bool {
        let session = name.strip_prefix(self.role);
        session.and_then(|rest| rest.strip_prefix('/')) == Some(self.session)
    }
}

/// Whether a name is the id of a virtual machine: `i-` and hexadecimal digits.
pub fn is_instance(name: &str) -> bool {
    name.strip_prefix("i-")
        .is_some_and(|hex| hex.len() >= 8 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether an id is one that was drawn: five groups of hexadecimal digits.
pub fn is_guid(id: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    id.len() == 36 && id.bytes().enumerate().all(shape)
}

/// Whether a provider itself goes by this name.
fn is_service(id: &str) -> bool {
    let agent = || {
        let (user, domain) = id.split_once('@')?;
        let numbered = user.strip_prefix("service-")?;
        (numbered.starts_with(|c: char| c.is_ascii_digit()) && domain.ends_with(GOOGLE))
            .then_some(())
    };
    id.ends_with(".amazonaws.com")
        || id.ends_with("@google.com")
        || id.ends_with("@prod.google.com")
        || id.ends_with("@cloudservices.gserviceaccount.com")
        || id.ends_with("@system.gserviceaccount.com")
        || agent().is_some()
}

/// How the addresses of Google's service accounts end.
const GOOGLE: &str = ".gserviceaccount.com";
