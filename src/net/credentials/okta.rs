//! Okta: an API token or an OAuth access token.

use std::sync::Arc;

use yaml_serde::Value;

use super::Auth;
use super::file;
use super::token::Fixed;
use crate::net::env::Env;
use crate::net::error::Error;
use crate::net::secret::Secret;

const PROVIDER: &str = "Okta";

/// Looks for a token where Okta's own libraries do.
///
/// # Errors
/// When there is none.
pub fn auth(env: &Env) -> Result<Arc<dyn Auth>, Error> {
    if let Some(token) = env.secret("OKTA_ACCESS_TOKEN") {
        return Ok(Arc::new(Fixed::bearer(&token)));
    }
    let token = env
        .secret("OKTA_CLIENT_TOKEN")
        .or_else(|| env.secret("OKTA_API_TOKEN"));
    let token = match token {
        Some(token) => Some(token),
        None => of_file(env)?,
    };
    let token = token.ok_or_else(|| Error::Credentials {
        provider: PROVIDER,
        reason: "set OKTA_CLIENT_TOKEN, or OKTA_ACCESS_TOKEN for OAuth".to_owned(),
    })?;
    Ok(Arc::new(Fixed {
        name: "authorization",
        value: Secret::new(format!("SSWS {}", token.expose())),
    }))
}

fn of_file(env: &Env) -> Result<Option<Secret>, Error> {
    let Some(path) = env.home(".okta/okta.yaml") else {
        return Ok(None);
    };
    let Some(text) = file::read(PROVIDER, &path)? else {
        return Ok(None);
    };
    let all: Value = yaml_serde::from_str(&text).map_err(|error| Error::Credentials {
        provider: PROVIDER,
        reason: format!("read {}: {error}", path.display()),
    })?;
    let client = all.get("okta").and_then(|okta| okta.get("client"));
    let token = client.and_then(|client| client.get("token")?.as_str());
    Ok(token.map(Secret::new))
}
