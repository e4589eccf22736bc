//! What one record tells about the origin of a credential.
//!
//! Enter as rows of the store, one an issuing record; read by the lineage. Apart from it, because
//! every log source writes facts and only one place reads them.

use crate::model::Time;

pub use crate::normalize::source::FactKind;

/// One record that issued a credential. `I` is whatever the caller interns names to.
#[derive(Clone, Copy, Debug)]
pub struct Fact<I> {
    /// When.
    pub time: Time,
    /// How.
    pub kind: FactKind,
    /// Who asked for it.
    pub issuer_actor: Option<I>,
    /// True when that is a service of the provider, which stands behind nothing.
    pub issuer_is_service: bool,
    /// The credential that was used to ask.
    pub issuer_credential: Option<I>,
    /// The credential that was issued.
    pub issued_credential: I,
    /// The identity that it makes its holder: the session of a role, the user a key is for.
    pub issued_actor: Option<I>,
    /// The role, where there is one.
    pub target_role: Option<I>,
    /// The account that logged it.
    pub account: Option<I>,
    /// When it ends, where the record says so.
    pub expires: Option<Time>,
}
