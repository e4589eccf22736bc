//! Responses: what stops an attacker, exactly as it will be sent, and the way back.
//!
//! Enter a target and the name of an action; leaves a plan, and, where somebody approved it, what
//! came of it. Everything is written down before it is sent. Nothing here changes anything without
//! a permit of the journal, which takes an approval of the gates.

pub mod action;
pub mod actions;
pub mod aws;
pub mod azure;
pub mod cloud;
pub mod drive;
pub mod execute;
pub mod gate;
pub mod gcp;
pub mod guard;
pub mod identity;
pub mod journal;
pub mod kubernetes;
#[cfg(feature = "live")]
pub mod live;
pub mod operation;
pub mod ovh;
pub mod plan;
pub mod probe;
pub mod propose;
pub mod provider;
pub mod reason;
pub mod request;
pub mod scaleway;
pub mod settings;
pub mod shell;
pub mod status;
pub mod trouble;
pub mod undo;
pub mod wire;

#[cfg(test)]
mod tests;
