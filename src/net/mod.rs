//! The network: one client for every provider that is spoken to without an SDK, and the
//! credentials of all of them.
//!
//! Enters: an operation out of a fixed list, its parameters, who signs it. Leaves: an answer, or
//! an error that says what was refused and which permission is missing. It exists so that live
//! inputs and responses retry, sign and fail in one way, and so that what may be asked of a
//! provider is a type.

mod attempts;
mod client;
mod code;
pub mod credentials;
mod env;
mod error;
mod operation;
mod request;
mod retry;
mod runtime;
pub mod sdk;
mod secret;
mod streamed;

pub use client::{Client, LARGEST};
pub use env::Env;
pub use error::Error;
pub use operation::{Method, Operation};
pub use request::{Draft, Request, Response};
pub use retry::Retry;
pub use runtime::{block_on, spawn};
pub use secret::Secret;
pub use streamed::Streamed;

#[cfg(test)]
pub(crate) mod tests;
