//! Who used which address, and since when.

use crate::model::Time;
use crate::run::intern::StrId;

/// An identity with a credential at an address.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    /// The identity at the root of it, as far as the record tells.
    pub actor: StrId,
    /// The number of the actor itself.
    pub number: u32,
    /// The credential it used.
    pub credential: StrId,
    /// From where.
    pub ip: StrId,
    /// Whether it is a workload, which shares its way out with others.
    pub workload: bool,
    /// The first time.
    pub first: Time,
}
