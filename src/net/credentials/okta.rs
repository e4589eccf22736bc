//! Okta: an API token, an OAuth access token, or a service application's private key.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;

use yaml_serde::Value;

use super::token::{Asked, Fetch, Fixed, Issued, Token};
use super::{Anonymous, Auth, Boxed, file, jwt};
use crate::net::client::Client;
use crate::net::env::Env;
use crate::net::error::Error;
use crate::net::request::Request;
use crate::net::secret::Secret;

const PROVIDER: &str = "Okta";

const TOKENS: &str = "/oauth2/v1/token";
const SCOPE: &str = "okta.logs.read";

/// Looks for proof where Okta's own libraries do; `org` is the organisation's address.
///
/// # Errors
/// When there is none.
pub fn auth(env: &Env, org: &str) -> Result<Arc<dyn Auth>, Error> {
    if let Some(token) = env.secret("OKTA_ACCESS_TOKEN") {
        return Ok(Arc::new(Fixed::bearer(&token)));
    }
    if let Some(application) = Application::find(env, org)? {
        return Ok(Arc::new(Token::new(application)));
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
        reason: "set OKTA_CLIENT_TOKEN; or OKTA_CLIENT_CLIENTID and OKTA_CLIENT_PRIVATEKEY, or \
                 OKTA_ACCESS_TOKEN, for OAuth"
            .to_owned(),
    })?;
    Ok(Arc::new(Fixed {
        name: "authorization",
        value: Secret::new(format!("SSWS {}", token.expose())),
    }))
}

/// A service application: it signs who it is, and gets a token that reads logs.
struct Application {
    client: Client<Asked>,
    id: String,
    key: Secret,
    key_id: Option<String>,
    audience: String,
}

impl Application {
    fn find(env: &Env, org: &str) -> Result<Option<Application>, Error> {
        let (Some(id), Some(key)) = (
            env.get("OKTA_CLIENT_CLIENTID"),
            env.get("OKTA_CLIENT_PRIVATEKEY"),
        ) else {
            return Ok(None);
        };
        // The key itself, or the file that it is in.
        let key = match key.contains("-----BEGIN") {
            true => key,
            false => file::must(PROVIDER, &PathBuf::from(key))?,
        };
        Ok(Some(Application {
            client: Client::new(org, Arc::new(Anonymous))?,
            id,
            key: Secret::new(key),
            key_id: env.get("OKTA_CLIENT_PRIVATEKEYID"),
            audience: format!("{}{TOKENS}", org.trim_end_matches('/')),
        }))
    }
}

const TOKEN: Asked = Asked {
    name: "Okta token",
    permission: "a service application with okta.logs.read",
};

impl Fetch for Application {
    fn fetch(&self) -> Boxed<'_, Result<(Secret, Option<Duration>), Error>> {
        Box::pin(async {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.unwrap_or_default().as_secs();
            let mut header = json!({"alg": "RS256", "typ": "JWT"});
            if let Some(id) = &self.key_id {
                header["kid"] = json!(id);
            }
            let claims = json!({
                "iss": self.id, "sub": self.id, "aud": self.audience,
                "iat": now, "exp": now + 300, "jti": format!("{:032x}", fastrand::u128(..)),
            });
            let statement = jwt::sign(&header, &claims, self.key.expose());
            let statement = statement.map_err(|reason| Error::Credentials {
                provider: PROVIDER,
                reason,
            })?;
            let request = Request::new(TOKENS).form(&[
                ("grant_type", "client_credentials"),
                ("scope", SCOPE),
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ),
                ("client_assertion", &statement),
            ]);
            let issued: Issued = self.client.send(TOKEN, &request).await?.json()?;
            Ok(issued.token())
        })
    }
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
