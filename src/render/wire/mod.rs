//! Values of `model` in, the objects of the machine output out.
//!
//! What others parse must not change because something inside did, so it has its own structs:
//! fields in the contract's order, every key always present, `null` where nothing is known, and
//! every text without its secrets. Readers must bear keys that are added later.

pub mod attack;
pub mod coverage;
pub mod event;
pub mod finding;
pub mod incident;
pub mod response;
pub mod shared;
pub mod summary;

pub use attack::AttackNames;
pub use coverage::CoverageOut;
pub use event::{EventOut, TimelineEntry};
pub use finding::FindingOut;
pub use incident::IncidentOut;
pub use response::{PlanOut, ResponseOut};
pub use summary::{SummaryBy, SummaryOut, SummaryRow};

/// The first field of every object.
pub const SCHEMA: &str = "ctadel/1";
