//! Who used which address, and since when.

use crate::model::Time;
use crate::run::intern::StrId;

/// Who holds the credentials of an actor.
#[derive(Clone, Copy, Debug)]
pub struct Holder {
    /// The identity at the root of it, as far as the record tells.
    pub root: StrId,
    /// Whether it is a workload, which shares its way out with others.
    pub workload: bool,
}

/// An identity with a credential at an address.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    /// The number of the actor.
    pub actor: u32,
    /// The credential it used.
    pub credential: StrId,
    /// From where.
    pub ip: StrId,
    /// The first time.
    pub first: Time,
}
