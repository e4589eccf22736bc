//! OVHcloud: signed requests, OAuth2 service accounts, and tokens of Logs Data Platform.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;

use super::token::{Asked, Fetch, Fixed, Issued, Token};
use super::{Anonymous, Auth, Boxed, file};
use crate::net::client::Client;
use crate::net::env::Env;
use crate::net::error::Error;
use crate::net::request::{Draft, Request};
use crate::net::secret::Secret;

const PROVIDER: &str = "OVHcloud";

/// The API's address by its short name.
fn api(name: &str) -> String {
    match name {
        "ovh-eu" => "https://eu.api.ovh.com/v1",
        "ovh-ca" => "https://ca.api.ovh.com/v1",
        "ovh-us" => "https://api.us.ovhcloud.com/v1",
        // Its own tools take a whole address as well.
        other => other,
    }
    .to_owned()
}

/// Where tokens are handed out.
fn issuer(api: &str) -> &'static str {
    match api {
        api if api.contains("ca.api.ovh.com") => "https://ca.ovh.com",
        api if api.contains("us.ovhcloud.com") => "https://us.ovhcloud.com",
        _ => "https://www.ovh.com",
    }
}

/// The API and who signs, from variables or the file of its own libraries.
///
/// # Errors
/// When nothing is set that could sign.
pub fn find(env: &Env) -> Result<(String, Arc<dyn Auth>), Error> {
    let named = Named::read(env)?;
    let endpoint = api(&named.get("endpoint").unwrap_or_else(|| "ovh-eu".to_owned()));
    if let Some(token) = named.get("access_token") {
        return Ok((endpoint, Arc::new(Fixed::bearer(&Secret::new(token)))));
    }
    if let Some(auth) = service_account(&named, &endpoint)? {
        return Ok((endpoint, auth));
    }
    let key = named.get("application_key");
    let (secret, consumer) = (named.get("application_secret"), named.get("consumer_key"));
    match (key, secret, consumer) {
        (Some(key), Some(secret), Some(consumer)) => {
            let (secret, consumer) = (Secret::new(secret), Secret::new(consumer));
            let signer = Signer {
                key,
                secret,
                consumer,
            };
            Ok((endpoint, Arc::new(signer)))
        }
        _ => Err(Error::Credentials {
            provider: PROVIDER,
            reason: "set OVH_CLIENT_ID and OVH_CLIENT_SECRET, or OVH_APPLICATION_KEY, \
                     OVH_APPLICATION_SECRET and OVH_CONSUMER_KEY"
                .to_owned(),
        }),
    }
}

/// Who reads Logs Data Platform: its own token, a user of it, or a service account.
///
/// # Errors
/// When nothing is set.
pub fn logs(env: &Env) -> Result<Arc<dyn Auth>, Error> {
    let basic = |user: &str, password: &str| {
        let both = STANDARD.encode(format!("{user}:{password}"));
        let value = Secret::new(format!("Basic {both}"));
        Arc::new(Fixed {
            name: "authorization",
            value,
        })
    };
    if let Some(token) = env.get("OVH_LDP_TOKEN") {
        // The token is the user's name; the password says that it is one.
        return Ok(basic(&token, "token"));
    }
    if let (Some(user), Some(password)) = (env.get("OVH_LDP_USER"), env.get("OVH_LDP_PASSWORD")) {
        return Ok(basic(&user, &password));
    }
    let named = Named::read(env)?;
    let endpoint = api(&named.get("endpoint").unwrap_or_else(|| "ovh-eu".to_owned()));
    if let Some(auth) = service_account(&named, &endpoint)? {
        return Ok(auth);
    }
    Err(Error::Credentials {
        provider: PROVIDER,
        reason: "set OVH_LDP_TOKEN, or OVH_LDP_USER and OVH_LDP_PASSWORD, or OVH_CLIENT_ID and \
                 OVH_CLIENT_SECRET"
            .to_owned(),
    })
}

fn service_account(named: &Named, endpoint: &str) -> Result<Option<Arc<dyn Auth>>, Error> {
    let (Some(id), Some(secret)) = (named.get("client_id"), named.get("client_secret")) else {
        return Ok(None);
    };
    let issuer = named.get("auth_url");
    let issuer = issuer.unwrap_or_else(|| issuer_of(endpoint));
    let client = Client::new(&issuer, Arc::new(Anonymous))?;
    let secret = Secret::new(secret);
    Ok(Some(Arc::new(Token::new(OAuth { client, id, secret }))))
}

fn issuer_of(endpoint: &str) -> String {
    issuer(endpoint).to_owned()
}

/// Variables over the file of OVHcloud's own libraries.
struct Named {
    env: Env,
    file: Vec<(String, String)>,
}

impl Named {
    fn read(env: &Env) -> Result<Named, Error> {
        let places = [
            Some(Path::new("ovh.conf").to_owned()),
            env.home(".ovh.conf"),
            Some(Path::new("/etc/ovh.conf").to_owned()),
        ];
        let mut text = String::new();
        for place in places.iter().flatten() {
            if let Some(found) = file::read(PROVIDER, place)? {
                text = found;
                break;
            }
        }
        let endpoint = env.get("OVH_ENDPOINT");
        Ok(Named {
            env: env.clone(),
            file: section(&text, endpoint.as_deref()),
        })
    }

    fn get(&self, key: &str) -> Option<String> {
        let variable = format!("OVH_{}", key.to_ascii_uppercase());
        let found = || self.file.iter().find(|(name, _)| name == key);
        self.env
            .get(&variable)
            .or_else(|| found().map(|(_, value)| value.clone()))
    }
}

/// The settings of an endpoint, and which one is the usual, out of an INI text.
fn section(text: &str, endpoint: Option<&str>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String, String)> = Vec::new();
    let mut current = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            current = name.trim().to_owned();
        } else if let Some((key, value)) = line.split_once('=')
            && !line.starts_with([';', '#'])
        {
            all.push((
                current.clone(),
                key.trim().to_owned(),
                value.trim().to_owned(),
            ));
        }
    }
    let usual = all
        .iter()
        .find(|(section, key, _)| section == "default" && key == "endpoint")
        .map(|(_, _, value)| value.clone());
    let chosen = endpoint.map(str::to_owned).or_else(|| usual.clone());
    let chosen = chosen.unwrap_or_else(|| "ovh-eu".to_owned());
    let own = all
        .into_iter()
        .filter(|(section, ..)| *section == chosen)
        .map(|(_, key, value)| (key, value));
    usual
        .map(|usual| ("endpoint".to_owned(), usual))
        .into_iter()
        .chain(own)
        .collect()
}

/// The signature of OVHcloud's own API.
struct Signer {
    key: String,
    secret: Secret,
    consumer: Secret,
}

impl Auth for Signer {
    fn apply<'a>(&'a self, draft: &'a mut Draft, _: bool) -> Boxed<'a, Result<(), Error>> {
        Box::pin(async move {
            let since = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            let time = i64::try_from(since.as_secs()).unwrap_or_default() + draft.skew;
            let body = String::from_utf8_lossy(&draft.body);
            let (secret, consumer) = (self.secret.expose(), self.consumer.expose());
            let signed = format!(
                "{secret}+{consumer}+{}+{}+{body}+{time}",
                draft.method, draft.url
            );
            // The API knows no other hash.
            let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, signed.as_bytes());
            let hash: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
            draft.prove("x-ovh-application", &self.key)?;
            draft.prove("x-ovh-consumer", consumer)?;
            draft.prove("x-ovh-timestamp", &time.to_string())?;
            draft.prove("x-ovh-signature", &format!("$1${hash}"))
        })
    }

    fn renewable(&self) -> bool {
        false
    }
}

/// A service account's token.
struct OAuth {
    client: Client<Asked>,
    id: String,
    secret: Secret,
}

const TOKEN: Asked = Asked {
    name: "OVHcloud token",
    permission: "a valid OVH_CLIENT_ID and OVH_CLIENT_SECRET",
};

impl Fetch for OAuth {
    fn fetch(&self) -> Boxed<'_, Result<(Secret, Option<Duration>), Error>> {
        Box::pin(async {
            let request = Request::new("/auth/oauth2/token").form(&[
                ("grant_type", "client_credentials"),
                ("client_id", &self.id),
                ("client_secret", self.secret.expose()),
                ("scope", "all"),
            ]);
            let issued: Issued = self.client.send(TOKEN, &request).await?.json()?;
            Ok(issued.token())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_its_own_libraries() {
        let text = "[default]\nendpoint = ovh-ca\n; no\n[ovh-eu]\nclient_id=eu\n[ovh-ca]\nclient_id = ca\n";
        let find = |endpoint| {
            let found = section(text, endpoint);
            found
                .into_iter()
                .find(|(key, _)| key == "client_id")
                .map(|(_, value)| value)
        };
        assert_eq!(find(None).as_deref(), Some("ca"));
        assert_eq!(find(Some("ovh-eu")).as_deref(), Some("eu"));
        assert_eq!(find(Some("http://127.0.0.1:1")), None);
    }
}
