//! What a record says about credentials and rights beyond itself.
//!
//! Plain values: the sources write them, the stage that links credentials reads them.

use crate::model::Time;

/// How a credential came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// A role, assumed with a credential of the same provider.
    AssumeRole,
    /// A role, assumed with another provider's token.
    WebIdentity,
    /// A role, assumed with a SAML assertion.
    Saml,
    /// A role, handed to a pod.
    PodIdentity,
    /// The root of a member account.
    AssumeRoot,
    /// A short-lived copy of the caller's own right.
    SessionToken,
    /// A short-lived part of the caller's own right under another name.
    Federation,
    /// A long-lived key.
    AccessKey,
    /// A token of a service account.
    ServiceToken,
}

impl FactKind {
    /// Whether the holder becomes somebody else by a role: a hop of a role chain.
    pub fn is_role_hop(self) -> bool {
        matches!(
            self,
            FactKind::AssumeRole
                | FactKind::WebIdentity
                | FactKind::Saml
                | FactKind::PodIdentity
                | FactKind::AssumeRoot
        )
    }
}

/// What a record says about credentials and rights beyond itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A credential was issued.
    Issued {
        /// How.
        kind: FactKind,
        /// The new credential.
        credential: String,
        /// The credential it was asked for with.
        by: Option<String>,
        /// The role or user it was issued for.
        to: Option<String>,
        /// The identity it makes its holder, as later records name it.
        holder: Option<String>,
        /// The account that logged it.
        account: Option<String>,
        /// When it ends.
        expires: Option<Time>,
    },
    /// Rights were given or written down: to a role or user, by name or as a document.
    Granted {
        /// Short name of the role or user, where it is given to one.
        name: Option<String>,
        /// Its account.
        account: Option<String>,
        /// The policy's ARN.
        policy: Option<String>,
        /// The policy's text.
        document: Option<String>,
    },
    /// Two names belong together for as long as the first one is in use.
    Bound {
        /// What runs or is known under another name: `pod:namespace/name`, `node:name`.
        what: String,
        /// As what it acts elsewhere.
        to: String,
    },
}
