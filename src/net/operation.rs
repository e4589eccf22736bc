//! What may be asked of a provider, as a type.
//!
//! A client is made for one list of operations and sends nothing else: which requests a part of
//! the program can make is read off one `enum`, not searched for.

use std::fmt::Debug;

pub use reqwest::Method;

/// A list of operations; implemented by an `enum` a provider and purpose.
pub trait Operation: Copy + Debug + Send + Sync + 'static {
    /// As the provider's documentation calls it.
    fn name(self) -> &'static str;

    /// How it is sent.
    fn method(self) -> Method;

    /// What the caller must be allowed, in the provider's words.
    fn permission(self) -> &'static str;

    /// Whether it may be sent again when nobody knows if it arrived. A reading operation may.
    fn repeatable(self) -> bool {
        self.method() == Method::GET || self.method() == Method::HEAD
    }
}
