//! The terminal: what is safe, wide, coloured and quiet enough to be shown to a person.
//!
//! Every byte that leaves on stdout or stderr passes through here or through `render`.

#[cfg(test)]
pub(crate) mod capture;
pub mod colour;
pub mod coverage;
pub mod escape;
pub mod mask;
pub mod number;
pub mod progress;
pub mod size;
pub mod ui;
pub mod width;

pub use colour::{Choice, Paint};
pub use progress::Progress;
pub use ui::{Settings, Ui, Verbosity};
