//! Bearer tokens: fixed ones, and ones that are fetched.

use std::time::Duration;

use super::cached::Cached;
use super::{Auth, Boxed};
use crate::net::error::Error;
use crate::net::operation::{Method, Operation};
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

/// A request for a token, where a provider has only one kind.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// What errors call it.
    pub name: &'static str,
    /// What it takes.
    pub permission: &'static str,
}

impl Operation for Asked {
    fn name(self) -> &'static str {
        self.name
    }
    fn method(self) -> Method {
        Method::POST
    }
    fn permission(self) -> &'static str {
        self.permission
    }
    fn repeatable(self) -> bool {
        true
    }
}

/// The answer to it.
#[derive(serde::Deserialize)]
pub struct Issued {
    access_token: String,
    expires_in: Option<u64>,
}

impl Issued {
    /// The token and how long it lives.
    pub fn token(self) -> (Secret, Option<Duration>) {
        let life = self.expires_in.map(Duration::from_secs);
        (Secret::new(self.access_token), life)
    }
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
