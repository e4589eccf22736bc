//! Live inputs: the logs where a provider keeps them, read as if they lay on disk.
//!
//! Enters: a URL and the window that is wanted. Leaves: files in a fixed order, each whole or as a
//! stream, fetched ahead within a bounded memory. It exists so that the loader meets an object of
//! a bucket and a page of an API as it meets a file.

mod permissions;
mod target;

#[cfg(feature = "live")]
mod aws_logs;
#[cfg(feature = "live")]
mod aws_lookup;
#[cfg(feature = "live")]
mod azure_activity;
#[cfg(feature = "live")]
mod azure_blobs;
#[cfg(feature = "live")]
mod dated;
#[cfg(feature = "live")]
mod entra;
#[cfg(feature = "live")]
mod feed;
#[cfg(feature = "live")]
mod gcp_logging;
#[cfg(feature = "live")]
mod gcs;
#[cfg(feature = "live")]
mod notify;
#[cfg(feature = "live")]
mod objects;
#[cfg(feature = "live")]
mod okta;
#[cfg(feature = "live")]
mod operations;
#[cfg(feature = "live")]
mod ovh;
#[cfg(feature = "live")]
mod pages;
#[cfg(feature = "live")]
mod passed;
#[cfg(feature = "live")]
mod pull;
#[cfg(feature = "live")]
mod s3;
#[cfg(feature = "live")]
mod scaleway;
#[cfg(feature = "live")]
mod start;
#[cfg(feature = "live")]
mod tree;
#[cfg(feature = "live")]
mod xml;

pub use permissions::{PROVIDERS, beside, policy};
pub use target::{SCHEMES, Scheme, Target};

#[cfg(feature = "live")]
pub(crate) use feed::{Feed, Fetched, Got};
#[cfg(feature = "live")]
pub use notify::notify;
#[cfg(feature = "live")]
pub use operations::Read;
#[cfg(feature = "live")]
pub use pull::{PullError, Pulled, pull};
#[cfg(feature = "live")]
pub(crate) use start::{BUDGET, Context, start};
#[cfg(feature = "live")]
pub use start::{Tally, check, endpoints};

#[cfg(all(test, feature = "live"))]
mod tests;
