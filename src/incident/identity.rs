//! Who a finding is about, as far as that identifies anybody.
//!
//! Enter actors, root identities and targets; leave keys that mean one identity, or nothing where
//! a name is shared by many. Sessions of pipelines and tools bear names that prove nothing.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::face::{Face, Thing, Who};
use super::kind::Kind;
use crate::model::actor::is_guid;
use crate::model::{Actor, ActorType};

/// Session names that tools and services set, whoever uses them.
const TOOL_SESSIONS: [&str; 24] = [
    "assumerolesession",
    "autoscaling",
    "aws-cli",
    "aws-go-sdk",
    "aws-sdk",
    "awscloudformation",
    "awscli-session",
    "awscodebuild",
    "awscodepipeline",
    "azuredevops",
    "boto3",
    "botocore-session",
    "circleci",
    "codebuild",
    "default",
    "eksgettokenauth",
    "githubactions",
    "gitlab",
    "jenkins",
    "session",
    "spinnaker",
    "stackset-",
    "terraform",
    "test",
];

/// Users behind whom no single person stands.
const SHARED_NAMES: [&str; 6] = [
    "kubernetes-admin",
    "system:node:",
    "system:serviceaccount:",
    "masterclient",
    "aksservice",
    "hidden_due_to_security_reasons",
];

/// Whether a role-session name was chosen for one holder.
fn is_own_name(name: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    // An instance's session is named after the instance; its keys are the better witness.
    let instance = begins(name, &["i-"]) && name.get(2..).is_some_and(digits);
    !name.is_empty() && !instance && !begins(name, &TOOL_SESSIONS)
}

/// The session part of a role session's id (`AROA…:name`) or ARN (`…/role/name`).
pub(super) fn session_name(id: &str) -> &str {
    let mark = if id.starts_with("arn:") { '/' } else { ':' };
    id.rsplit_once(mark).map_or("", |(_, name)| name)
}

/// How an actor joins its findings by name, where it does.
pub(super) fn actor_kind(actor: &Who) -> Option<Kind> {
    if actor.id.is_empty() || is_shared_name(&actor.name) || is_shared_name(&actor.id) {
        return None;
    }
    match actor.kind {
        ActorType::User | ActorType::Root | ActorType::Federated => Some(Kind::Identity),
        ActorType::RoleSession => session_kind(&actor.id, actor.issuer.as_deref()),
        // Scaleway names a principal and does not say of what kind; its id is one holder's.
        ActorType::Unknown if is_guid(&actor.id) => Some(Kind::Identity),
        // Workloads share their identity with every replica; services of the provider stand
        // behind everything; nobody and unknown are no identity.
        ActorType::ServiceAccount
        | ActorType::ServicePrincipal
        | ActorType::ManagedIdentity
        | ActorType::CloudService
        | ActorType::K8sServiceAccount
        | ActorType::Workload
        | ActorType::ApiKeyApplication
        | ActorType::Anonymous
        | ActorType::Unknown => None,
    }
}

/// Whether a role session was named for one holder, so that its name tells who that is.
pub fn is_own_session(actor: &Actor) -> bool {
    session_kind(&actor.id, actor.issuer.as_deref()).is_some()
}

fn session_kind(id: &str, issuer: Option<&str>) -> Option<Kind> {
    // Every session of a run is asked.
    static OF_SERVICE: LazyLock<Finder> = LazyLock::new(|| Finder::new("service-role/"));
    let of_service = |role: &str| {
        OF_SERVICE.find(role.as_bytes()).is_some()
            && (role.contains("/service-role/") || role.contains("/aws-service-role/"))
    };
    let by_service = issuer.is_some_and(of_service);
    let own = is_own_name(session_name(id));
    (own && !by_service).then_some(Kind::Session)
}

/// How a root identity that never acts in a finding joins, by the shape of its id.
pub(super) fn root_kind(root: &str) -> Option<Kind> {
    // What workloads share, and the pods themselves, join by rules of their own.
    let of_workload = root.starts_with("pod:")
        || root.contains(".svc.id.goog")
        || root.contains("system:serviceaccount:")
        || root.ends_with(".gserviceaccount.com");
    if root.is_empty() || root.contains(".amazonaws.com") || is_shared_name(root) || of_workload {
        return None;
    }
    if root.starts_with("AROA") || root.contains(":assumed-role/") {
        return is_own_name(session_name(root)).then_some(Kind::Session);
    }
    Some(Kind::Identity)
}

fn is_shared_name(name: &str) -> bool {
    begins(name, &SHARED_NAMES)
}

/// Whether a name begins with one of these words in small letters, whatever its own case.
fn begins(name: &str, words: &[&str]) -> bool {
    let name = name.as_bytes();
    let first = name.first().map(u8::to_ascii_lowercase);
    let mut near = words.iter().filter(|word| word.bytes().next() == first);
    near.any(|word| {
        let head = name.get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// Writes names into one buffer and hands them out: there are millions, and few are kept.
struct Names<'a> {
    buffer: String,
    each: &'a mut dyn FnMut(&str),
}

impl Names<'_> {
    fn name(&mut self, parts: [&str; 3]) {
        self.buffer.clear();
        for part in parts {
            if !self.buffer.is_empty() {
                self.buffer.push('/');
            }
            self.buffer.push_str(part);
        }
        (self.each)(&self.buffer);
    }

    fn id(&mut self, id: &str) {
        self.buffer.clear();
        self.buffer.push_str("id/");
        self.buffer.push_str(id);
        (self.each)(&self.buffer);
    }

    /// `kind/account/name` for an IAM ARN, or for a bare name in an account.
    fn alias(&mut self, kind: &str, text: &str, account: Option<&str>) {
        let (account, name) = match text.strip_prefix("arn:") {
            Some(rest) => {
                let mut parts = rest.splitn(5, ':');
                let (account, resource) = (parts.nth(3), parts.next());
                let name = resource.and_then(|r| r.split_once('/')).map(|(_, n)| n);
                (account, name.and_then(|n| n.rsplit('/').next()))
            }
            None => (account, Some(text)),
        };
        if let (Some(account), Some(name)) = (account, name.filter(|name| !name.is_empty())) {
            self.name([kind, account, name]);
        }
    }
}

/// Names an actor in every way under which it may have been created or changed before.
pub(super) fn names_of_actor(actor: &Who, each: &mut dyn FnMut(&str)) {
    let mut names = Names {
        buffer: String::new(),
        each,
    };
    let account = actor.account.as_deref();
    match actor.kind {
        ActorType::CloudService | ActorType::Anonymous | ActorType::Root => return,
        ActorType::User => {
            let text = actor.principal();
            names.alias("user", text.as_deref().unwrap_or(&actor.name), account);
        }
        ActorType::RoleSession => {
            if let Some(role) = &actor.issuer {
                names.alias("role", role, account);
            }
            // `AROA…` without the session is the role itself.
            if let Some((role, _)) = actor.id.split_once(':') {
                names.id(role);
            }
        }
        _ => {}
    }
    if !actor.id.is_empty() {
        names.id(&actor.id);
    }
}

/// Names a managed identity as those do who change whose tokens it is given for: by its path, and
/// by its name in a tenant, which is all that a sign-in knows.
pub(super) fn names_of_managed(finding: &Face, each: &mut dyn FnMut(&str)) {
    let actor = &finding.actor;
    if !matches!(
        actor.kind,
        ActorType::ManagedIdentity | ActorType::ServicePrincipal
    ) {
        return;
    }
    let mut names = Names {
        buffer: String::new(),
        each,
    };
    let path = actor.principal().unwrap_or_default();
    if path.starts_with("/subscriptions/") {
        return names.id(&path.to_lowercase());
    }
    let name = actor.name.to_lowercase();
    for tenant in [&actor.account, &finding.account].into_iter().flatten() {
        names.name(["managed_identity", tenant, &name]);
    }
}

/// Whether a target is an identity or a key, and if so what the aliases of its kind begin with;
/// an access key or an application is known by its id alone.
fn identity_word(target: &Thing) -> Option<&'static str> {
    match &*target.kind {
        "user" => Some("user"),
        "role" => Some("role"),
        "key" | "access_key" | "api_key" | "application" | "service_account"
        | "service_principal" | "federated_user" => Some(""),
        "principal" if target.id.contains(":user/") => Some("user"),
        "principal" if target.id.contains(":role/") => Some("role"),
        _ => None,
    }
}

/// Names a target in every way under which it may act, where it is an identity; false where it
/// is not.
pub(super) fn names_of_target(target: &Thing, finding: &Face, each: &mut dyn FnMut(&str)) -> bool {
    // So is every target, and hardly any is one of these.
    static TRUST: LazyLock<Finder> =
        LazyLock::new(|| Finder::new("/federatedidentitycredentials/"));
    if let Some(at) = TRUST.find(target.id.as_bytes()) {
        let path = &target.id[..at];
        let mut names = Names {
            buffer: String::new(),
            each,
        };
        names.id(path);
        if let Some(tenant) = &finding.actor.account {
            let name = path.rsplit('/').next().unwrap_or_default();
            names.name(["managed_identity", tenant, name]);
        }
        return true;
    }
    let Some(kind) = identity_word(target) else {
        return false;
    };
    let account = target.account.as_deref().or(finding.account.as_deref());
    let mut names = Names {
        buffer: String::new(),
        each,
    };
    let both = [&*target.id, &*target.name];
    let again = both[0] == both[1];
    for text in both.into_iter().take(if again { 1 } else { 2 }) {
        if text.is_empty() {
            continue;
        }
        if !kind.is_empty() {
            names.alias(kind, text, account);
        }
        if !text.starts_with("arn:") && (text.len() >= 16 || kind.is_empty()) {
            names.id(text);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_set_by_tools_are_nobodys_own() {
        for name in [
            "alice@corp",
            "s3-breakglass",
            "eks-shop-api-7d9f-0b1c",
            "i-am-alice",
        ] {
            assert!(is_own_name(name), "{name}");
        }
        for name in [
            "",
            "botocore-session-1690000000",
            "aws-go-sdk-1722375070115152000",
            "i-0123456789abcdef0",
            "GitHubActions",
            "EKSGetTokenAuth",
            "Session-1",
        ] {
            assert!(!is_own_name(name), "{name}");
        }
    }

    #[test]
    fn a_role_of_a_service_has_no_session_of_its_own() {
        let mut actor = Actor {
            id: "AROAEXAMPLE:alice".into(),
            kind: ActorType::RoleSession,
            issuer: Some("arn:aws:iam::111122223333:role/app".into()),
            ..Actor::default()
        };
        assert_eq!(actor_kind(&Who::of(&actor)), Some(Kind::Session));
        actor.issuer = Some("arn:aws:iam::111122223333:role/service-role/app".into());
        assert_eq!(actor_kind(&Who::of(&actor)), None);
        actor.kind = ActorType::CloudService;
        assert_eq!(actor_kind(&Who::of(&actor)), None);
    }

    #[test]
    fn roots_are_judged_by_their_shape() {
        assert_eq!(root_kind("AIDAEXAMPLE"), Some(Kind::Identity));
        assert_eq!(root_kind("root:111122223333"), Some(Kind::Identity));
        assert_eq!(root_kind("AROAEXAMPLE:alice"), Some(Kind::Session));
        for none in [
            "",
            "AROAEXAMPLE:i-0123456789abcdef0",
            "lambda.amazonaws.com",
            "system:serviceaccount:shop:api",
            "pod:shop/api-0",
            "app@shop.iam.gserviceaccount.com",
            "serviceAccount:demo.svc.id.goog[shop/api]",
        ] {
            assert_eq!(root_kind(none), None, "{none}");
        }
    }

    #[test]
    fn a_created_user_is_met_again_under_every_name() {
        let finding = super::super::sample::finding(0, "r")
            .account("111122223333")
            .get();
        let actor = Actor {
            id: "AIDAEXAMPLEEXAMPLE01".into(),
            name: "backdoor".into(),
            kind: ActorType::User,
            account: Some("111122223333".into()),
            principal: Some("arn:aws:iam::111122223333:user/it/backdoor".into()),
            ..Actor::default()
        };
        let mut met = Vec::new();
        names_of_actor(&Who::of(&actor), &mut |name| met.push(name.to_string()));
        let named = |target: &Thing| {
            let mut names = Vec::new();
            assert!(names_of_target(target, &Face::of(&finding), &mut |name| {
                names.push(name.to_string());
            }));
            names
        };
        for (id, name) in [
            ("arn:aws:iam::111122223333:user/it/backdoor", "backdoor"),
            ("backdoor", "backdoor"),
            ("AIDAEXAMPLEEXAMPLE01", ""),
        ] {
            let target = Thing {
                kind: "user".into(),
                id: id.into(),
                name: name.into(),
                account: None,
            };
            let names = named(&target);
            assert!(names.iter().any(|n| met.contains(n)), "{id}: {names:?}");
        }
        let elsewhere = Thing {
            kind: "user".into(),
            id: "backdoor".into(),
            name: "backdoor".into(),
            account: Some("444455556666".into()),
        };
        let names = named(&elsewhere);
        assert!(!names.iter().any(|n| met.contains(n)));
    }
}
