//! What an action is: it looks, and says what it would do.
//!
//! One implementation a provider and verb. An action sends no change and undoes nothing itself: it
//! leaves a draft, and the one path that everything takes does the rest.

use serde_json::Value;

use super::cloud::Cloud;
use super::plan::Draft;
use super::provider::Provider;
use super::reason::{Reason, Refused};
use crate::model::response::{Reversibility, response};

/// What the caller has to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// To look.
    pub read: &'static [&'static str],
    /// To act.
    pub act: &'static [&'static str],
    /// To take it back.
    pub undo: &'static [&'static str],
}

/// What is asked of an action.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The target as typed.
    pub target: String,
    /// What goes with it: the policy that is detached, the role of a binding.
    pub with: Option<String>,
    /// Where the right hangs.
    pub on: Option<String>,
    /// One session only.
    pub session: Option<String>,
    /// Sessions begun before this; RFC 3339.
    pub before: Option<String>,
    /// `replace` or `swap`.
    pub mode: Option<String>,
    /// Network interfaces.
    pub interfaces: Vec<String>,
    /// Instances.
    pub instances: Vec<String>,
    /// A place for what logging needs.
    pub bucket: Option<String>,
    /// A prefix in it.
    pub prefix: Option<String>,
    /// Connections that are open are cut too.
    pub cut: bool,
    /// Every kind of credential, not only those an attack usually uses.
    pub all_credentials: bool,
    /// From above the account.
    pub scp: bool,
    /// The keys of the identity too.
    pub keys: bool,
    /// The trust policy too.
    pub trust: bool,
    /// The policy is a limit that is put back.
    pub boundary: bool,
    /// The workspace that logs go to.
    pub workspace: Option<String>,
    /// The storage account that logs go to.
    pub storage: Option<String>,
    /// The caller says that the grant need not be recent.
    pub not_recent: bool,
    /// How old the grant may be, in nanoseconds.
    pub recent: Option<i64>,
    /// When the grant was made, where the logs tell.
    pub granted: Option<crate::model::Time>,
    /// Now.
    pub now: crate::model::Time,
    /// Quarantines that the journal knows of: name of the object and action id.
    pub known: Vec<(String, String)>,
}

/// One action of one provider.
pub trait Action: Sync {
    /// The name as typed.
    fn name(&self) -> &'static str;
    /// The provider.
    fn provider(&self) -> Provider;
    /// The full name, `aws.iam.user.disable`.
    fn kind(&self) -> &'static str;
    /// What the caller has to be allowed.
    fn permissions(&self) -> Permissions;
    /// How much of it can be taken back, as the list of responses says.
    fn reversibility(&self) -> Reversibility {
        let known = response(self.provider().word(), self.name());
        known.map_or(Reversibility::None, |known| known.undo)
    }
    /// Looks, and says what it would do.
    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused>;
}

/// The text of a field, empty where there is none.
pub fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

/// A usage mistake that only the action can see.
pub fn usage(message: impl Into<String>) -> Refused {
    Refused::new(Reason::Usage, message)
}
