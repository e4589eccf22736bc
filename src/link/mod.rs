//! Facts of single records, joined over the whole input.
//!
//! Enter facts in the total order; leave tables that answer who is behind a credential. Nothing
//! here knows rules or findings.

pub mod fact;
pub mod lineage;
