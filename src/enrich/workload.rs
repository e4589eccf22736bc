//! What identities of one layer are called in another.
//!
//! Names as logs write them enter, the one that both layers know leaves.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// The Kubernetes service account in the name of an identity: its own name, the subject of a web
/// identity, or the member of a workload identity pool.
pub fn service_account(id: &str) -> Option<String> {
    const NAME: &str = "system:serviceaccount:";
    const POOL: &str = ".svc.id.goog";
    // Every identity of every finding is asked, and hardly any is one.
    static IN_CLUSTER: LazyLock<Finder> = LazyLock::new(|| Finder::new(NAME));
    static IN_POOL: LazyLock<Finder> = LazyLock::new(|| Finder::new(POOL));
    if let Some(at) = IN_CLUSTER.find(id.as_bytes()) {
        let rest = &id[at + NAME.len()..];
        let (namespace, name) = rest.split_once(':')?;
        let name = name.split([':', '/', ' ']).next()?;
        let whole = !namespace.is_empty() && !name.is_empty();
        return whole.then(|| format!("{NAME}{namespace}:{name}"));
    }
    let rest = &id[IN_POOL.find(id.as_bytes())? + POOL.len()..];
    let (namespace, name) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0.split_once('/')?,
        None => rest.strip_prefix("/subject/ns/")?.split_once("/sa/")?,
    };
    let whole = !namespace.is_empty() && !name.is_empty();
    whole.then(|| format!("{NAME}{namespace}:{name}"))
}

/// What another cloud's issuer calls the identity behind a web identity: the last part of
/// `issuer:audience:subject`.
pub fn subject(id: &str) -> Option<&str> {
    const AUDIENCE: &str = ":sts.amazonaws.com:";
    if let Some((_, subject)) = id.split_once(AUDIENCE) {
        return Some(subject);
    }
    let issuers = [
        "accounts.google.com:",
        "sts.windows.net",
        "login.microsoftonline.com",
    ];
    let of_cloud = issuers.iter().any(|issuer| id.contains(issuer));
    let (_, subject) = id.rsplit_once(':').filter(|_| of_cloud)?;
    Some(subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_account_is_one_under_every_name() {
        let want = Some("system:serviceaccount:shop:api".to_owned());
        for id in [
            "system:serviceaccount:shop:api",
            "arn:aws:iam::111122223333:oidc-provider/oidc.eks/id/0A:sts.amazonaws.com:system:serviceaccount:shop:api",
            "serviceAccount:demo.svc.id.goog[shop/api]",
            "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/demo.svc.id.goog/subject/ns/shop/sa/api",
        ] {
            assert_eq!(service_account(id), want, "{id}");
        }
        for id in [
            "",
            "system:serviceaccount:shop",
            "alice",
            "x.svc.id.goog[shop]",
        ] {
            assert_eq!(service_account(id), None, "{id}");
        }
    }

    #[test]
    fn a_subject_is_the_last_part_of_a_web_identity() {
        for (id, want) in [
            (
                "accounts.google.com:32555940559:112233445566778899001",
                Some("112233445566778899001"),
            ),
            (
                "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:shop/web:ref:refs/heads/main",
                Some("repo:shop/web:ref:refs/heads/main"),
            ),
            ("AIDAEXAMPLEEXAMPLE01", None),
            ("AROAEXAMPLEEXAMPLE01:alice", None),
        ] {
            assert_eq!(subject(id), want, "{id}");
        }
    }
}
