//! Who asks: each provider's own conventions for finding that out.
//!
//! Enters: the environment and the files that the provider's own tools read. Leaves: something
//! that signs drafts. Nothing is stored, nothing is printed, nothing is asked interactively.

pub mod aws;
pub mod azure;
pub mod azure_storage;
mod cached;
mod file;
pub mod gcp;
mod gcp_external;
mod jwt;
pub mod okta;
pub mod ovh;
pub mod scaleway;
mod token;

use std::future::Future;
use std::pin::Pin;

pub use cached::Cached;
pub use token::{Fixed, Token};

use super::error::Error;
use super::request::Draft;

/// A future in a box: traits that are chosen at run time need one.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Puts proof onto requests.
pub trait Auth: Send + Sync {
    /// Signs. `fresh` says that what was used last was refused: anything kept is to be fetched anew.
    fn apply<'a>(&'a self, draft: &'a mut Draft, fresh: bool) -> Boxed<'a, Result<(), Error>>;

    /// Whether fetching anew can help.
    fn renewable(&self) -> bool {
        true
    }
}

/// Nobody: emulators and public buckets.
#[derive(Debug)]
pub struct Anonymous;

impl Auth for Anonymous {
    fn apply<'a>(&'a self, _: &'a mut Draft, _: bool) -> Boxed<'a, Result<(), Error>> {
        Box::pin(async { Ok(()) })
    }

    fn renewable(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests;
