//! The case folder: what people say about incidents, kept from one run to the next.

mod book;
mod entry;
mod folder;
pub mod journal;

pub use book::{Book, Kept};
pub use entry::{Acted, Said};
pub use folder::{Case, CaseError};

#[cfg(test)]
mod tests;
