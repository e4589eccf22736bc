//! The requests there are: a list of reads and a list of changes for each provider.
//!
//! Enter a name such as `iam:GetUser`; leaves how it goes over the wire. A read can only be made
//! of what stands in the list of reads, so what only looks cannot change anything by mistake.

use super::provider::Provider;

/// How an operation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// A form with an `Action`, answered in XML; the version of the interface.
    Query(&'static str),
    /// JSON with the operation in a header; what stands before its name there.
    Target(&'static str),
    /// A method and a path with `{name}` in it; what is left of the parameters is the query.
    Rest(&'static str, &'static str),
    /// The same with XML in the body and in the answer.
    Xml(&'static str, &'static str),
    /// The same with a JSON merge patch in the body.
    Merge(&'static str),
    /// By the provider's own client; parameters and answer are JSON here.
    Sdk,
}

/// One operation of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `service:Name`.
    pub name: &'static str,
    /// How it is written.
    pub wire: Wire,
}

impl Operation {
    /// The service.
    pub fn service(&self) -> &'static str {
        self.name.split(':').next().unwrap_or_default()
    }

    /// The operation's own name.
    pub fn verb(&self) -> &'static str {
        self.name.split(':').nth(1).unwrap_or_default()
    }
}

/// An operation that looks and changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Read(&'static Operation);

/// An operation that changes something.
#[derive(Clone, Copy, Debug)]
pub struct Change(&'static Operation);

impl Read {
    /// The read of this name.
    pub fn named(provider: Provider, name: &str) -> Option<Read> {
        let known = lists(provider).0.iter();
        known.clone().find(|known| known.name == name).map(Read)
    }

    /// The operation.
    pub fn operation(self) -> &'static Operation {
        self.0
    }
}

impl Change {
    /// The change of this name.
    pub fn named(provider: Provider, name: &str) -> Option<Change> {
        let known = lists(provider).1.iter();
        known.clone().find(|known| known.name == name).map(Change)
    }

    /// The operation.
    pub fn operation(self) -> &'static Operation {
        self.0
    }
}

/// Reads and changes of a provider.
pub(super) fn lists(provider: Provider) -> (&'static [Operation], &'static [Operation]) {
    match provider {
        Provider::Aws => (super::aws::READS, super::aws::CHANGES),
        Provider::Azure => (super::azure::READS, super::azure::CHANGES),
        Provider::Gcp => (super::gcp::READS, super::gcp::CHANGES),
        Provider::Scaleway => (super::scaleway::READS, super::scaleway::CHANGES),
        Provider::Ovh => (super::ovh::READS, super::ovh::CHANGES),
        Provider::Kubernetes => (super::kubernetes::READS, super::kubernetes::CHANGES),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Reads that their provider wants as a POST, because the question has a body.
    const ASKED_BY_POST: [&str; 8] = [
        "iam:getServiceAccountPolicy",
        "crm:getIamPolicy",
        "crm:testIamPermissions",
        "iam:testServiceAccountPermissions",
        "k8s:selfSubjectReview",
        "k8s:selfSubjectAccessReview",
        "compute:testInstancePermissions",
        "oauth2:tokeninfo",
    ];

    #[test]
    fn what_reads_cannot_change() {
        for provider in Provider::ALL {
            let (reads, changes) = lists(provider);
            let names: BTreeSet<&str> = reads.iter().chain(changes).map(|op| op.name).collect();
            assert_eq!(names.len(), reads.len() + changes.len(), "{provider}");
            for read in reads {
                let harmless = match read.wire {
                    Wire::Query(_) | Wire::Target(_) | Wire::Sdk => {
                        ["Get", "List", "Describe", "Simulate"]
                            .iter()
                            .any(|verb| read.verb().starts_with(verb))
                    }
                    Wire::Rest(method, _) | Wire::Xml(method, _) => {
                        method == "GET" || ASKED_BY_POST.contains(&read.name)
                    }
                    Wire::Merge(_) => false,
                };
                assert!(harmless, "{} is listed as a read", read.name);
            }
            for change in changes {
                let looks = match change.wire {
                    Wire::Query(_) | Wire::Target(_) | Wire::Sdk => ["Get", "List", "Describe"]
                        .iter()
                        .any(|verb| change.verb().starts_with(verb)),
                    Wire::Rest(method, _) | Wire::Xml(method, _) => method == "GET",
                    Wire::Merge(_) => false,
                };
                assert!(!looks, "{} is listed as a change", change.name);
            }
        }
    }
}
