//! Azure and Entra: tokens by client secret, federated file, managed identity or the `az` tool.
//!
//! The order is the one of the vendor's own libraries, without the steps that ask a person.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use super::token::{Fetch, Token};
use super::{Anonymous, Auth, Boxed, Fixed, file};
use crate::net::client::Client;
use crate::net::env::Env;
use crate::net::error::Error;
use crate::net::operation::{Method, Operation};
use crate::net::request::Request;
use crate::net::retry::Retry;
use crate::net::secret::Secret;

const PROVIDER: &str = "Azure";
/// A machine outside of Azure has nobody at this address.
const IMDS: &str = "http://169.254.169.254";
const IMDS_PATIENCE: Duration = Duration::from_secs(3);
/// The vendor's tool starts slowly.
const AZ_PATIENCE: Duration = Duration::from_secs(30);

/// Who asks for `scope`, such as `https://graph.microsoft.com/.default`, in this tenant or the one
/// that the environment names.
///
/// # Errors
/// When the environment names half of an identity.
pub fn auth(env: &Env, tenant: Option<&str>, scope: &str) -> Result<Arc<dyn Auth>, Error> {
    Ok(Arc::new(Token::new(Source::find(env, tenant, scope)?)))
}

enum Source {
    /// A secret or a file with somebody else's statement about us.
    Client {
        client: Client<Ask>,
        tenant: String,
        id: String,
        proof: Proof,
        scope: String,
    },
    /// A service of the machine or of the platform.
    Machine {
        client: Client<Ask>,
        request: Request,
        scope: String,
        env: Env,
        tenant: Option<String>,
    },
}

enum Proof {
    Secret(Secret),
    /// Read each time: whoever writes it replaces it every hour.
    File(PathBuf),
}

impl Source {
    fn find(env: &Env, tenant: Option<&str>, scope: &str) -> Result<Source, Error> {
        let own = env.get("AZURE_TENANT_ID");
        let tenant = tenant.map(str::to_owned).or(own);
        let id = env.get("AZURE_CLIENT_ID");
        let proof = match env.secret("AZURE_CLIENT_SECRET") {
            Some(secret) => Some(Proof::Secret(secret)),
            None => env
                .get("AZURE_FEDERATED_TOKEN_FILE")
                .map(|path| Proof::File(PathBuf::from(path))),
        };
        if let Some(proof) = proof {
            let (Some(tenant), Some(id)) = (tenant, id) else {
                return Err(Error::Credentials {
                    provider: PROVIDER,
                    reason: "set AZURE_TENANT_ID and AZURE_CLIENT_ID as well".to_owned(),
                });
            };
            let host = env.get("AZURE_AUTHORITY_HOST");
            let host = host.unwrap_or_else(|| "https://login.microsoftonline.com".to_owned());
            // The vendor's libraries accept the host alone.
            let host = match host.contains("://") {
                true => host,
                false => format!("https://{host}"),
            };
            return Ok(Source::Client {
                client: Client::new(&host, Arc::new(Anonymous))?,
                tenant,
                id,
                proof,
                scope: scope.to_owned(),
            });
        }
        let resource = scope.trim_end_matches("/.default");
        let (client, request) = match (env.get("IDENTITY_ENDPOINT"), env.secret("IDENTITY_HEADER"))
        {
            (Some(endpoint), Some(header)) => {
                let auth = Fixed {
                    name: "x-identity-header",
                    value: header,
                };
                let request = Request::new("").query("api-version", "2019-08-01");
                (Client::new(&endpoint, Arc::new(auth))?, request)
            }
            _ => {
                let host = env.get("AZURE_POD_IDENTITY_AUTHORITY_HOST");
                let host = host.unwrap_or_else(|| IMDS.to_owned());
                let request = Request::new("/metadata/identity/oauth2/token")
                    .query("api-version", "2018-02-01")
                    .header("metadata", "true");
                let retry = Retry {
                    attempts: 2,
                    ..Retry::default()
                };
                let client = Client::new(&host, Arc::new(Anonymous))?;
                (client.with_retry(retry), request)
            }
        };
        let request = request.query("resource", resource);
        let request = match id {
            Some(id) => request.query("client_id", id),
            None => request,
        };
        Ok(Source::Machine {
            client,
            request,
            scope: scope.to_owned(),
            env: env.clone(),
            tenant,
        })
    }
}

#[derive(Clone, Copy, Debug)]
enum Ask {
    Client,
    Machine,
}

impl Operation for Ask {
    fn name(self) -> &'static str {
        match self {
            Ask::Client => "Entra token",
            Ask::Machine => "managed identity token",
        }
    }
    fn method(self) -> Method {
        match self {
            Ask::Client => Method::POST,
            Ask::Machine => Method::GET,
        }
    }
    fn permission(self) -> &'static str {
        match self {
            Ask::Client => "a valid AZURE_CLIENT_ID and secret",
            Ask::Machine => "an identity of this machine",
        }
    }
    fn repeatable(self) -> bool {
        true
    }
}

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    /// A number from one endpoint, a text from another.
    expires_in: Option<serde_json::Value>,
    expires_on: Option<serde_json::Value>,
}

impl Issued {
    fn life(&self) -> Option<Duration> {
        let number = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.parse::<u64>().ok(),
            other => other.as_u64(),
        };
        if let Some(seconds) = self.expires_in.as_ref().and_then(number) {
            return Some(Duration::from_secs(seconds));
        }
        let until = UNIX_EPOCH + Duration::from_secs(self.expires_on.as_ref().and_then(number)?);
        Some(until.duration_since(SystemTime::now()).unwrap_or_default())
    }
}

impl Fetch for Source {
    fn fetch(&self) -> Boxed<'_, Result<(Secret, Option<Duration>), Error>> {
        Box::pin(async move {
            let issued: Issued = match self {
                Source::Client {
                    client,
                    tenant,
                    id,
                    proof,
                    scope,
                } => {
                    let mut form = vec![
                        ("grant_type", "client_credentials"),
                        ("client_id", id.as_str()),
                        ("scope", scope.as_str()),
                    ];
                    let statement;
                    match proof {
                        Proof::Secret(secret) => form.push(("client_secret", secret.expose())),
                        Proof::File(path) => {
                            statement = Secret::new(file::must(PROVIDER, path)?);
                            form.push((
                                "client_assertion_type",
                                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                            ));
                            form.push(("client_assertion", statement.expose()));
                        }
                    }
                    let path = format!("/{}/oauth2/v2.0/token", Request::escape(tenant));
                    let request = Request::new(path).form(&form);
                    client.send(Ask::Client, &request).await?.json()?
                }
                Source::Machine {
                    client,
                    request,
                    scope,
                    env,
                    tenant,
                } => match az(env, tenant.as_deref(), scope).await? {
                    Some(issued) => issued,
                    None => {
                        let asked = client.send(Ask::Machine, request);
                        let asked = tokio::time::timeout(IMDS_PATIENCE, asked).await;
                        match asked {
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
                },
            };
            let life = issued.life();
            Ok((Secret::new(issued.access_token), life))
        })
    }
}

const NONE: &str = "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or \
                    AZURE_FEDERATED_TOKEN_FILE), run `az login`, or run where there is a managed \
                    identity";

/// Asks the vendor's tool, where there is one and somebody is logged in. Where a managed identity
/// was named, that one is meant.
async fn az(env: &Env, tenant: Option<&str>, scope: &str) -> Result<Option<Issued>, Error> {
    if env.get("IDENTITY_ENDPOINT").is_some() || env.get("AZURE_CLIENT_ID").is_some() {
        return Ok(None);
    }
    let Some(path) = env.get("PATH") else {
        return Ok(None);
    };
    let found = std::env::split_paths(&path).map(|folder| folder.join("az"));
    let Some(tool) = found.into_iter().find(|path| path.is_file()) else {
        return Ok(None);
    };
    let mut command = tokio::process::Command::new(tool);
    command.args([
        "account",
        "get-access-token",
        "--output",
        "json",
        "--scope",
        scope,
    ]);
    if let Some(tenant) = tenant {
        command.args(["--tenant", tenant]);
    }
    command
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    let output = match tokio::time::timeout(AZ_PATIENCE, command.output()).await {
        Ok(Ok(output)) if output.status.success() => output,
        _ => return Ok(None),
    };
    #[derive(Deserialize)]
    struct Printed {
        #[serde(rename = "accessToken")]
        token: String,
        expires_on: Option<serde_json::Value>,
    }
    let printed: Option<Printed> = serde_json::from_slice(&output.stdout).ok();
    Ok(printed.map(|printed| Issued {
        access_token: printed.token,
        expires_in: None,
        expires_on: printed.expires_on,
    }))
}
