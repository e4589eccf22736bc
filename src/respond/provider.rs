//! The providers that can be acted on, and which of them a target belongs to.
//!
//! Enter a word or a target as somebody typed it; leave a provider. The shape of an id says more
//! than a person remembers, so `--provider` is only needed where a name could be anybody's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A provider with actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Azure and Entra.
    Azure,
    /// Google Cloud.
    Gcp,
    /// Scaleway.
    Scaleway,
    /// OVHcloud.
    Ovh,
    /// Kubernetes.
    Kubernetes,
}

impl Provider {
    /// All of them.
    pub const ALL: [Provider; 6] = [
        Provider::Aws,
        Provider::Azure,
        Provider::Gcp,
        Provider::Scaleway,
        Provider::Ovh,
        Provider::Kubernetes,
    ];

    /// The word printed and accepted.
    pub fn word(self) -> &'static str {
        match self {
            Provider::Aws => "aws",
            Provider::Azure => "azure",
            Provider::Gcp => "gcp",
            Provider::Scaleway => "scaleway",
            Provider::Ovh => "ovh",
            Provider::Kubernetes => "kubernetes",
        }
    }

    /// The provider a finding's `provider` word leads to; runtime findings are about pods.
    pub fn of_finding(word: &str) -> Option<Provider> {
        crate::model::response::acting(word).parse().ok()
    }

    /// The provider that ids of this shape belong to.
    pub fn of_target(target: &str) -> Option<Provider> {
        let digits = |text: &str, count: usize| {
            text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| target.starts_with(prefix));
        if target.starts_with("arn:") || begins(&["AKIA", "ASIA", "AIDA", "AROA"]) {
            return Some(Provider::Aws);
        }
        let hex = |rest: &str| rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_hexdigit());
        let ec2 = ["sg-", "snap-", "ami-", "i-", "eni-"];
        if ec2
            .iter()
            .any(|prefix| target.strip_prefix(prefix).is_some_and(hex))
        {
            return Some(Provider::Aws);
        }
        if target.ends_with(".gserviceaccount.com") || target.starts_with("projects/") {
            return Some(Provider::Gcp);
        }
        if target.starts_with("/subscriptions/") || target.starts_with("/providers/Microsoft.") {
            return Some(Provider::Azure);
        }
        let key = target.strip_prefix("SCW").unwrap_or_default();
        if key.len() == 17 && key.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Some(Provider::Scaleway);
        }
        digits(target.split(':').next().unwrap_or_default(), 12).then_some(Provider::Aws)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Provider {
    type Err = String;

    fn from_str(text: &str) -> Result<Provider, String> {
        let text = match text {
            "entra" => "azure",
            "k8s" => "kubernetes",
            "ovhcloud" => "ovh",
            text => text,
        };
        let found = Provider::ALL.into_iter().find(|known| known.word() == text);
        found.ok_or_else(|| {
            let known = Provider::ALL.map(Provider::word).join(", ");
            format!("unknown provider {text:?}: one of {known}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_their_provider_and_names_do_not() {
        let table = [
            (
                "arn:aws:iam::111122223333:user/mallory",
                Some(Provider::Aws),
            ),
            ("AKIAIOSFODNN7EXAMPLE", Some(Provider::Aws)),
            ("sg-0123456789abcdef0", Some(Provider::Aws)),
            ("ci@shop.iam.gserviceaccount.com", Some(Provider::Gcp)),
            ("/subscriptions/x/resourceGroups/y", Some(Provider::Azure)),
            ("SCWXXXXXXXXXXXXXXXXX", Some(Provider::Scaleway)),
            ("mallory", None),
            ("i-am-a-name", None),
            ("mallory@example.com", None),
        ];
        for (target, want) in table {
            assert_eq!(Provider::of_target(target), want, "{target}");
        }
        assert_eq!("entra".parse(), Ok(Provider::Azure));
        assert!("gcloud".parse::<Provider>().is_err());
    }
}
