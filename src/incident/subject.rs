//! One identity under the name that another cloud gives it.
//!
//! Enter actors; leave the name under which a foreign provider vouches for one, and the names
//! under which an identity may be known abroad. A subject alone proves little: every run of a
//! pipeline has the same one.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::face::{Face, Who};
use super::options::Options;
use crate::enrich::workload::service_account;
use crate::model::ActorType;

/// The subject with which somebody from elsewhere came in, as the place it comes from calls it.
pub(super) fn foreign(finding: &Face, options: &Options) -> Option<String> {
    let actor = &finding.actor;
    let own = [&**finding.root(), &*actor.id].into_iter();
    let behind = actor.own_principal().into_iter();
    let behind = behind.chain(&actor.via).chain(&finding.via);
    let subject = own
        .chain(behind.map(|name| &**name))
        .find_map(of_provider)
        .map(str::to_owned)
        .or_else(|| subject_of(actor, options).filter(|name| service_account(name).is_none()))?;
    // Google's own number of an account stands in few records, its address in all.
    let address = options
        .presence
        .and_then(|presence| presence.bond(&format!("subject:{subject}")));
    Some(address.unwrap_or(subject))
}

/// The subject whose tokens Entra takes for those of the application that acts: its sign-in names
/// the credential in which that is written.
pub(super) fn subject_of(actor: &Who, options: &Options) -> Option<String> {
    let of_entra = matches!(
        actor.kind,
        ActorType::ServicePrincipal | ActorType::ManagedIdentity
    );
    let token = actor.session.as_deref().filter(|_| of_entra)?;
    let presence = options.presence?;
    let hops = presence.hops(token);
    let mut given = hops.iter().map(|hop| &hop.credential);
    given.find_map(|credential| presence.bond(&format!("subject:{credential}")))
}

/// The subject in the name that a provider gives to what came from elsewhere.
fn of_provider(name: &str) -> Option<&str> {
    // Google: `principal://iam.googleapis.com/…/workloadIdentityPools/pool/subject/…`
    const SUBJECT: &str = "/subject/";
    const PROVIDER: &str = ":oidc-provider/";
    // Every identity of every finding is asked, and hardly any comes from elsewhere.
    static OF_POOL: LazyLock<Finder> = LazyLock::new(|| Finder::new(SUBJECT));
    static OF_PROVIDER: LazyLock<Finder> = LazyLock::new(|| Finder::new(PROVIDER));
    if let Some(at) = OF_POOL.find(name.as_bytes()) {
        let (pool, subject) = (&name[..at], &name[at + SUBJECT.len()..]);
        let own = pool.contains("/workloadIdentityPools/") && !pool.ends_with(".svc.id.goog");
        return (own && !subject.is_empty()).then_some(subject);
    }
    // AWS: `provider:audience:subject`, the provider by its host or as an ARN.
    let rest = match OF_PROVIDER.find(name.as_bytes()) {
        Some(at) => &name[at + PROVIDER.len()..],
        None if name.starts_with("accounts.google.com:") => name,
        None => return None,
    };
    let subject = match rest.starts_with("sts.windows.net/") {
        // Its audiences are URLs.
        true => rest.rsplit(':').next()?,
        false => rest.splitn(3, ':').nth(2)?,
    };
    let cluster = subject.starts_with("system:serviceaccount:");
    (!subject.is_empty() && !cluster).then_some(subject)
}

/// Names under which an identity may be known abroad.
pub(super) fn home(actor: &Who, each: &mut dyn FnMut(&str)) {
    match actor.kind {
        ActorType::RoleSession => {
            let arn = actor.principal().unwrap_or_default();
            if arn.contains(":assumed-role/") {
                each(&arn);
                // A pool may leave the session out.
                if let Some((role, _)) = arn.rsplit_once('/') {
                    each(role);
                }
            }
        }
        ActorType::CloudService | ActorType::Anonymous | ActorType::Workload => {}
        _ if !actor.id.is_empty() => each(&actor.id),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_names_the_same_subject() {
        let pool =
            "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools";
        let provider = "arn:aws:iam::111122223333:oidc-provider";
        let table = [
            (
                format!("{pool}/aws/subject/arn:aws:sts::111122223333:assumed-role/app/s"),
                Some("arn:aws:sts::111122223333:assumed-role/app/s"),
            ),
            (
                format!("{pool}/ci/subject/repo:example/shop:ref:refs/heads/main"),
                Some("repo:example/shop:ref:refs/heads/main"),
            ),
            (
                format!(
                    "{provider}/token.actions.githubusercontent.com:sts.amazonaws.com:repo:example/shop:ref:refs/heads/main"
                ),
                Some("repo:example/shop:ref:refs/heads/main"),
            ),
            (
                format!("{provider}/sts.windows.net/5f0c/:api://AzureADTokenExchange:6325ae60"),
                Some("6325ae60"),
            ),
            (
                "accounts.google.com:103:103547991597142817347".to_owned(),
                Some("103547991597142817347"),
            ),
            (
                format!("{pool}/shop.svc.id.goog/subject/ns/shop/sa/api"),
                None,
            ),
            (
                format!(
                    "{provider}/oidc.eks/id/0A:sts.amazonaws.com:system:serviceaccount:shop:api"
                ),
                None,
            ),
            ("AIDAEXAMPLE".to_owned(), None),
        ];
        for (name, want) in &table {
            assert_eq!(of_provider(name), *want, "{name}");
        }
    }
}
