//! The kinds of entity that may join two findings: weight, window, words.
//!
//! A table and nothing else, so that the strength of a join can be read in one place. Weights are
//! in thousandths; below `ENOUGH` an entity relates incidents and joins none.

use crate::model::time::{DAY, HOUR};

/// The weight from which an entity joins findings.
pub(super) const ENOUGH: u32 = 500;

/// The weight asked for when a component grew too large.
pub(super) const STRICT: u32 = 800;

/// What two findings may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// A credential used or issued.
    Credential,
    /// One event, of which its log tells and an alert about it.
    Event,
    /// The session of a role, under a name that somebody chose for it.
    Session,
    /// A user, an account's root, a federated person; also as the root of a chain.
    Identity,
    /// A container, by the part of its id that every tool prints.
    Container,
    /// A pod, by namespace and name: another one may bear the name later.
    Pod,
    /// The service account of a workload: what happens in its pods, then in the cloud.
    Account,
    /// The machine under a workload: who asked for its credentials, then acts with them.
    Machine,
    /// An identity and the name under which another cloud lets it in.
    Subject,
    /// One record about which several rules speak.
    Record,
    /// An identity or key that one finding made and another one uses.
    Made,
    /// A thing that one finding wrote and another one uses.
    Resource,
    /// An identity at a public address.
    Seat,
    /// A public source address.
    Address,
    /// A public source address with a user agent.
    Device,
    /// A role, whoever holds it.
    Role,
}

/// How the findings of an entity are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Neighbours in time, always.
    Hard,
    /// The writer with what uses it afterwards.
    Causal,
    /// Neighbours in time, unless a guard says otherwise.
    Guarded,
    /// What happens in a workload with what its cloud credential does afterwards.
    Workload,
    /// Never.
    Soft,
}

impl Kind {
    /// How it joins.
    pub(super) fn mode(self) -> Mode {
        match self {
            Kind::Credential
            | Kind::Event
            | Kind::Session
            | Kind::Identity
            | Kind::Container
            | Kind::Pod
            | Kind::Record => Mode::Hard,
            Kind::Account | Kind::Machine | Kind::Subject => Mode::Workload,
            Kind::Made | Kind::Resource => Mode::Causal,
            Kind::Seat | Kind::Address | Kind::Device => Mode::Guarded,
            Kind::Role => Mode::Soft,
        }
    }

    /// The weight when `roots` distinct root identities share it.
    pub(super) fn weight(self, roots: u64) -> u32 {
        let shared = |weight: f64| (weight / (roots.max(1) as f64).sqrt()) as u32;
        match self {
            Kind::Credential | Kind::Event | Kind::Session | Kind::Made | Kind::Container => 1000,
            Kind::Identity | Kind::Pod => 950,
            // Last of the hard ones: what it shares otherwise tells more.
            Kind::Account | Kind::Machine | Kind::Subject | Kind::Record => STRICT,
            Kind::Resource => CHANGED,
            Kind::Address => shared(900.0),
            Kind::Seat | Kind::Device => shared(950.0),
            Kind::Role => shared(400.0),
        }
    }

    /// The longest pause between two findings it joins, in nanoseconds.
    pub(super) fn window(self, weak: i64) -> i64 {
        match self {
            Kind::Credential | Kind::Event | Kind::Resource => DAY,
            // Whoever is refused tonight comes back tomorrow.
            Kind::Seat => weak.saturating_mul(4),
            Kind::Session | Kind::Identity => 12 * HOUR,
            Kind::Container | Kind::Pod => 6 * HOUR,
            Kind::Account | Kind::Machine | Kind::Subject => 2 * HOUR,
            Kind::Record => DAY,
            // A back door may wait; longer than an incident may last makes no sense.
            Kind::Made => super::cap::LONGEST,
            Kind::Address | Kind::Device => weak,
            Kind::Role => HOUR,
        }
    }

    /// The word a link names it by.
    pub(super) fn by(self) -> &'static str {
        match self {
            Kind::Credential => "credential",
            Kind::Event => "same-event",
            Kind::Session => "role-session",
            Kind::Identity => "identity",
            Kind::Container => "container",
            Kind::Pod => "pod",
            Kind::Account => "service-account",
            Kind::Machine => "instance-metadata",
            Kind::Subject => "federated-subject",
            Kind::Record => "record",
            Kind::Made => "created-identity",
            Kind::Resource => "written-resource",
            Kind::Seat => "identity-at-source-ip",
            Kind::Address => "source-ip",
            Kind::Device => "source-ip-and-user-agent",
            Kind::Role => "role",
        }
    }
}

/// The weight of a thing that was changed, not made, before it was used.
pub(super) const CHANGED: u32 = 700;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_joins_up_to_three_roots() {
        let weights: Vec<bool> = (1..=4)
            .map(|roots| Kind::Address.weight(roots) >= ENOUGH)
            .collect();
        assert_eq!(weights, [true, true, true, false]);
        assert!(Kind::Address.weight(1) >= STRICT);
        assert!(Kind::Address.weight(2) < STRICT);
        assert!(Kind::Role.weight(1) < ENOUGH);
        assert_eq!(Kind::Address.weight(0), Kind::Address.weight(1));
    }
}
