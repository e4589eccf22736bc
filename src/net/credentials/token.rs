//! Bearer tokens: fixed ones, and ones that are fetched.

use std::time::Duration;

use super::cached::Cached;
use super::{Auth, Boxed};
use crate::net::error::Error;
use crate::net::request::Draft;
use crate::net::secret::Secret;

/// A header that is always the same.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The header.
    pub name: &'static str,
    /// Its value.
    pub value: Secret,
}

impl Fixed {
    /// `Authorization: Bearer …`.
    pub fn bearer(token: &Secret) -> Fixed {
        Fixed {
            name: "authorization",
            value: Secret::new(format!("Bearer {}", token.expose())),
        }
    }
}

impl Auth for Fixed {
    fn apply<'a>(&'a self, draft: &'a mut Draft, _: bool) -> Boxed<'a, Result<(), Error>> {
        Box::pin(async { draft.prove(self.name, self.value.expose()) })
    }

    fn renewable(&self) -> bool {
        false
    }
}

/// Where a token comes from.
pub trait Fetch: Send + Sync {
    /// The token and how long it lives.
    fn fetch(&self) -> Boxed<'_, Result<(Secret, Option<Duration>), Error>>;
}

/// A token that is fetched when it is first needed and when it has run out.
pub struct Token<F> {
    from: F,
    cached: Cached<Secret>,
    /// Further headers, such as the project that quotas are counted for.
    pub extra: Vec<(&'static str, String)>,
}

impl<F: Fetch> Token<F> {
    /// Of this origin.
    pub fn new(from: F) -> Token<F> {
        Token {
            from,
            cached: Cached::default(),
            extra: Vec::new(),
        }
    }

    /// The token itself, for protocols that pass it on.
    pub async fn get(&self, fresh: bool) -> Result<Secret, Error> {
        self.cached.get(fresh, self.from.fetch()).await
    }
}

impl<F: Fetch> Auth for Token<F> {
    fn apply<'a>(&'a self, draft: &'a mut Draft, fresh: bool) -> Boxed<'a, Result<(), Error>> {
        Box::pin(async move {
            let token = self.get(fresh).await?;
            for (name, value) in &self.extra {
                draft.prove(name, value)?;
            }
            draft.prove("authorization", &format!("Bearer {}", token.expose()))
        })
    }
}
