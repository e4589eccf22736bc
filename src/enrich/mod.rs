//! What is derived from a record and from the user's own tables: the `ctadel.*` fields.

pub mod agent;
pub mod derive;
pub mod hours;
mod link;
pub mod network;
pub mod own;
pub mod policy;
pub mod secret;
pub mod workload;
