//! Google Cloud: application default credentials.
//!
//! The file that `GOOGLE_APPLICATION_CREDENTIALS` names, the one that `gcloud auth
//! application-default login` writes, or the metadata server; each turned into a bearer token.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Value, json};

use super::gcp_external::External;
use super::token::{Fetch, Fixed, Issued, Token};
use super::{Anonymous, Auth, Boxed, file, jwt};
use crate::net::client::Client;
use crate::net::env::Env;
use crate::net::error::Error;
use crate::net::operation::{Method, Operation};
use crate::net::request::Request;
use crate::net::retry::Retry;
use crate::net::secret::Secret;

pub(super) const PROVIDER: &str = "Google Cloud";
const NONE: &str = "set GOOGLE_APPLICATION_CREDENTIALS, run `gcloud auth application-default \
                    login`, or run where there is a metadata server";
/// A machine outside of Google Cloud has nobody at the metadata server's address.
const METADATA_PATIENCE: Duration = Duration::from_secs(3);

/// Who asks for these scopes.
///
/// # Errors
/// When a credential file cannot be used.
pub fn auth(env: &Env, scope: &str) -> Result<Arc<dyn Auth>, Error> {
    let quota = |file: Option<&Value>| {
        let own = file.and_then(|file| file.get("quota_project_id")?.as_str());
        let project = env.get("GOOGLE_CLOUD_QUOTA_PROJECT");
        project.or_else(|| own.map(str::to_owned))
    };
    if let Some(token) = env.secret("CLOUDSDK_AUTH_ACCESS_TOKEN") {
        return Ok(Arc::new(Fixed::bearer(&token)));
    }
    let (source, quota) = match adc(env)? {
        Some(value) => {
            let quota = quota(Some(&value));
            (Source::of(&value, scope)?, quota)
        }
        None => (Source::metadata(env, scope)?, quota(None)),
    };
    let mut token = Token::new(source);
    token.extra = quota
        .map(|project| ("x-goog-user-project", project))
        .into_iter()
        .collect();
    Ok(Arc::new(token))
}

fn adc(env: &Env) -> Result<Option<Value>, Error> {
    let parse = |path: &PathBuf, text: &str| {
        serde_json::from_str(text).map_err(|error| Error::Credentials {
            provider: PROVIDER,
            reason: format!("read {}: {error}", path.display()),
        })
    };
    if let Some(path) = env.get("GOOGLE_APPLICATION_CREDENTIALS") {
        let path = PathBuf::from(path);
        return parse(&path, &file::must(PROVIDER, &path)?).map(Some);
    }
    let folder = env.get("CLOUDSDK_CONFIG").map(PathBuf::from);
    let Some(folder) = folder.or_else(|| env.home(".config/gcloud")) else {
        return Ok(None);
    };
    let path = folder.join("application_default_credentials.json");
    match file::read(PROVIDER, &path)? {
        Some(text) => parse(&path, &text).map(Some),
        None => Ok(None),
    }
}

/// Where tokens come from.
pub(super) enum Source {
    /// A service account's key.
    Key {
        client: Client<Ask>,
        email: String,
        key: Secret,
        id: Option<String>,
        audience: String,
        scope: String,
    },
    /// A person's refresh token.
    Person {
        client: Client<Ask>,
        form: [Secret; 3],
    },
    /// The machine's own.
    Metadata { client: Client<Ask>, scope: String },
    /// Another identity that may speak as a service account.
    Impersonated {
        from: Box<Token<Source>>,
        client: Client<Ask>,
        path: String,
        delegates: Value,
        scope: String,
    },
    /// An identity of somebody else's.
    External(Box<External>),
}

/// The scope under which another account's tokens are made.
pub(super) const CLOUD: &str = "https://www.googleapis.com/auth/cloud-platform";

impl Source {
    pub(super) fn of(value: &Value, scope: &str) -> Result<Source, Error> {
        let wrong = |reason: String| Error::Credentials {
            provider: PROVIDER,
            reason,
        };
        let text = |key: &str| {
            let found = value.get(key).and_then(Value::as_str);
            found
                .map(str::to_owned)
                .ok_or_else(|| wrong(format!("the credential file has no {key}")))
        };
        match &*text("type")? {
            "service_account" => {
                let audience = text("token_uri");
                let audience = audience.unwrap_or_else(|_| TOKENS.to_owned());
                Ok(Source::Key {
                    client: Client::new(&audience, Arc::new(Anonymous))?,
                    email: text("client_email")?,
                    key: Secret::new(text("private_key")?),
                    id: text("private_key_id").ok(),
                    audience,
                    scope: scope.to_owned(),
                })
            }
            "authorized_user" => {
                let uri = text("token_uri").unwrap_or_else(|_| TOKENS.to_owned());
                let form = [
                    Secret::new(text("client_id")?),
                    Secret::new(text("client_secret")?),
                    Secret::new(text("refresh_token")?),
                ];
                Ok(Source::Person {
                    client: Client::new(&uri, Arc::new(Anonymous))?,
                    form,
                })
            }
            "impersonated_service_account" => {
                let inner = value.get("source_credentials");
                let inner = inner.ok_or_else(|| wrong("no source_credentials".to_owned()))?;
                let from = Box::new(Token::new(Source::of(inner, CLOUD)?));
                let url = text("service_account_impersonation_url")?;
                let delegates = value.get("delegates").cloned().unwrap_or(json!([]));
                Source::impersonated(from, &url, delegates, scope)
            }
            "external_account" => Ok(Source::External(Box::new(External::of(value, scope)?))),
            other => Err(wrong(format!(
                "credentials of type {other:?} are not supported"
            ))),
        }
    }

    pub(super) fn impersonated(
        from: Box<Token<Source>>,
        url: &str,
        delegates: Value,
        scope: &str,
    ) -> Result<Source, Error> {
        let (base, path) = split(url);
        Ok(Source::Impersonated {
            from,
            client: Client::new(&base, Arc::new(Anonymous))?,
            path,
            delegates,
            scope: scope.to_owned(),
        })
    }

    fn metadata(env: &Env, scope: &str) -> Result<Source, Error> {
        let host = env.get("GCE_METADATA_HOST");
        let host = host.unwrap_or_else(|| "metadata.google.internal".to_owned());
        let retry = Retry {
            attempts: 2,
            ..Retry::default()
        };
        let client = Client::new(&format!("http://{host}"), Arc::new(Anonymous))?;
        Ok(Source::Metadata {
            client: client.with_retry(retry),
            scope: scope.to_owned(),
        })
    }
}

const TOKENS: &str = "https://oauth2.googleapis.com/token";

/// An address and the path behind it.
pub(super) fn split(url: &str) -> (String, String) {
    let start = url.find("://").map_or(0, |at| at + 3);
    match url[start..].find('/') {
        Some(at) => (url[..start + at].to_owned(), url[start + at..].to_owned()),
        None => (url.to_owned(), String::new()),
    }
}

/// What token endpoints are asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    Token,
    Metadata,
    Impersonate,
    Exchange,
}

impl Operation for Ask {
    fn name(self) -> &'static str {
        match self {
            Ask::Token => "Google token",
            Ask::Metadata => "metadata server token",
            Ask::Impersonate => "iamcredentials.generateAccessToken",
            Ask::Exchange => "sts.token",
        }
    }
    fn method(self) -> Method {
        match self {
            Ask::Metadata => Method::GET,
            _ => Method::POST,
        }
    }
    fn permission(self) -> &'static str {
        match self {
            Ask::Impersonate => "iam.serviceAccounts.getAccessToken",
            _ => "valid credentials",
        }
    }
    fn repeatable(self) -> bool {
        true
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Impersonated {
    access_token: String,
    expire_time: Option<String>,
}

impl Fetch for Source {
    fn fetch(&self) -> Boxed<'_, Result<(Secret, Option<Duration>), Error>> {
        Box::pin(async move {
            let issued: Issued = match self {
                Source::Key {
                    client,
                    email,
                    key,
                    id,
                    audience,
                    scope,
                } => {
                    let now = SystemTime::now()
                        .duration_since(UNIX_EPOCH)
                        .unwrap_or_default();
                    let now = now.as_secs();
                    let mut header = json!({"alg": "RS256", "typ": "JWT"});
                    if let Some(id) = id {
                        header["kid"] = json!(id);
                    }
                    let claims = json!({
                        "iss": email, "scope": scope, "aud": audience,
                        "iat": now, "exp": now + 3600,
                    });
                    let statement = jwt::sign(&header, &claims, key.expose());
                    let statement = statement.map_err(|reason| Error::Credentials {
                        provider: PROVIDER,
                        reason,
                    })?;
                    let request = Request::new("").form(&[
                        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                        ("assertion", &statement),
                    ]);
                    client.send(Ask::Token, &request).await?.json()?
                }
                Source::Person { client, form } => {
                    let [id, secret, refresh] = form;
                    let request = Request::new("").form(&[
                        ("grant_type", "refresh_token"),
                        ("client_id", id.expose()),
                        ("client_secret", secret.expose()),
                        ("refresh_token", refresh.expose()),
                    ]);
                    client.send(Ask::Token, &request).await?.json()?
                }
                Source::Metadata { client, scope } => {
                    let path = "/computeMetadata/v1/instance/service-accounts/default/token";
                    let request = Request::new(path)
                        .query("scopes", scope)
                        .header("metadata-flavor", "Google");
                    let asked = client.send(Ask::Metadata, &request);
                    match tokio::time::timeout(METADATA_PATIENCE, asked).await {
                        Ok(Ok(response)) => response.json()?,
                        Ok(Err(error)) if error.status().is_some() => return Err(error),
                        _ => {
                            return Err(Error::Credentials {
                                provider: PROVIDER,
                                reason: NONE.to_owned(),
                            });
                        }
                    }
                }
                Source::Impersonated {
                    from,
                    client,
                    path,
                    delegates,
                    scope,
                } => {
                    let token = from.get(false).await?;
                    let body = json!({"scope": [scope], "delegates": delegates});
                    let request = Request::new(path.clone())
                        .header("authorization", format!("Bearer {}", token.expose()))
                        .json(&body);
                    let response = client.send(Ask::Impersonate, &request).await?;
                    let issued: Impersonated = response.json()?;
                    let until = issued.expire_time.as_deref();
                    let until =
                        until.and_then(|time| chrono::DateTime::parse_from_rfc3339(time).ok());
                    let left =
                        until.map(|until| until.timestamp() - chrono::Utc::now().timestamp());
                    let left = left.and_then(|left| u64::try_from(left).ok());
                    let life = left.map(Duration::from_secs);
                    return Ok((Secret::new(issued.access_token), life));
                }
                Source::External(external) => return external.fetch().await,
            };
            Ok(issued.token())
        })
    }
}
