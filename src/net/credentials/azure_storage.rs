//! Azure storage accounts: a shared key, a shared access signature, or a token of Entra.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::{Auth, Boxed, azure};
use crate::net::env::Env;
use crate::net::error::Error;
use crate::net::request::Draft;
use crate::net::secret::Secret;

const PROVIDER: &str = "Azure storage";
const SCOPE: &str = "https://storage.azure.com/.default";

/// Where a storage account is asked, and who asks: what the vendor's own tools look at.
///
/// # Errors
/// When a key is none.
pub fn find(env: &Env, account: &str) -> Result<(Option<String>, Arc<dyn Auth>), Error> {
    let pairs = connection(
        &env.get("AZURE_STORAGE_CONNECTION_STRING")
            .unwrap_or_default(),
    );
    let get = |name: &str| {
        let found = pairs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    };
    // A connection string speaks of one account.
    let mine = get("AccountName").is_none_or(|name| name == account);
    let get = |name: &str| get(name).filter(|_| mine);
    let endpoint = get("BlobEndpoint");
    let own = env
        .get("AZURE_STORAGE_ACCOUNT")
        .is_none_or(|name| name == account);
    let sas =
        get("SharedAccessSignature").or_else(|| env.get("AZURE_STORAGE_SAS_TOKEN").filter(|_| own));
    if let Some(sas) = sas {
        let sas = Secret::new(sas.trim_start_matches('?'));
        return Ok((endpoint, Arc::new(Sas { sas })));
    }
    let key = get("AccountKey").or_else(|| env.get("AZURE_STORAGE_KEY").filter(|_| own));
    if let Some(key) = key {
        let key = STANDARD
            .decode(key.trim())
            .map_err(|_| Error::Credentials {
                provider: PROVIDER,
                reason: "the account key is no base64 text".to_owned(),
            })?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let account = account.to_owned();
        return Ok((endpoint, Arc::new(SharedKey { account, key })));
    }
    Ok((endpoint, azure::auth(env, None, SCOPE)?))
}

fn connection(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

/// A signature that is part of the address.
struct Sas {
    sas: Secret,
}

impl Auth for Sas {
    fn apply<'a>(&'a self, draft: &'a mut Draft, _: bool) -> Boxed<'a, Result<(), Error>> {
        Box::pin(async {
            let query = match draft.url.query() {
                Some(query) => format!("{query}&{}", self.sas.expose()),
                None => self.sas.expose().to_owned(),
            };
            draft.url.set_query(Some(&query));
            Ok(())
        })
    }

    fn renewable(&self) -> bool {
        false
    }
}

/// The account's own key.
struct SharedKey {
    account: String,
    key: hmac::Key,
}

impl Auth for SharedKey {
    fn apply<'a>(&'a self, draft: &'a mut Draft, _: bool) -> Boxed<'a, Result<(), Error>> {
        Box::pin(async {
            let time = chrono::Utc::now() + chrono::TimeDelta::seconds(draft.skew);
            let date = time.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            draft.prove("x-ms-date", &date)?;
            let text = to_sign(&self.account, draft);
            let signature = STANDARD.encode(hmac::sign(&self.key, text.as_bytes()));
            let proof = format!("SharedKey {}:{signature}", self.account);
            draft.prove("authorization", &proof)
        })
    }

    fn renewable(&self) -> bool {
        false
    }
}

fn to_sign(account: &str, draft: &Draft) -> String {
    let header = |name: &str| {
        let value = draft
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let length = match draft.body.len() {
        0 => String::new(),
        length => length.to_string(),
    };
    let mut text = format!("{}\n", draft.method);
    for value in [
        header("content-encoding"),
        header("content-language"),
        length,
        header("content-md5"),
        header("content-type"),
        header("date"),
        header("if-modified-since"),
        header("if-match"),
        header("if-none-match"),
        header("if-unmodified-since"),
        header("range"),
    ] {
        text.push_str(&value);
        text.push('\n');
    }
    let names = draft.headers.keys().map(|name| name.as_str());
    let mut names: Vec<&str> = names.filter(|name| name.starts_with("x-ms-")).collect();
    names.sort_unstable();
    for name in names {
        text.push_str(&format!("{name}:{}\n", header(name).trim()));
    }
    text.push_str(&format!("/{account}{}", draft.url.path()));
    let mut pairs: Vec<(String, String)> = draft
        .url
        .query_pairs()
        .map(|(name, value)| (name.to_lowercase(), value.into_owned()))
        .collect();
    pairs.sort();
    for (name, value) in pairs {
        text.push_str(&format!("\n{name}:{value}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::operation::Method;

    #[test]
    fn what_is_signed() {
        let mut draft = Draft {
            method: Method::GET,
            url: "http://127.0.0.1:1/acc/logs?restype=container&comp=list&prefix=a%2Fb"
                .parse()
                .unwrap(),
            headers: Default::default(),
            body: Vec::new(),
            skew: 0,
        };
        draft.prove("x-ms-version", "2021-12-02").unwrap();
        draft.prove("x-ms-date", "D").unwrap();
        draft.prove("range", "bytes=5-").unwrap();
        assert_eq!(
            to_sign("acc", &draft),
            "GET\n\n\n\n\n\n\n\n\n\n\nbytes=5-\nx-ms-date:D\nx-ms-version:2021-12-02\n/acc/acc/logs\ncomp:list\nprefix:a/b\nrestype:container"
        );
    }

    #[test]
    fn a_connection_string_speaks_of_one_account() {
        let text = "DefaultEndpointsProtocol=http;AccountName=dev;AccountKey=a2V5RVhBTVBMRQ==;BlobEndpoint=http://127.0.0.1:1/dev;";
        let env = Env::of(&[("AZURE_STORAGE_CONNECTION_STRING", text)]);
        let (endpoint, _) = find(&env, "dev").unwrap();
        assert_eq!(endpoint.as_deref(), Some("http://127.0.0.1:1/dev"));
        assert_eq!(find(&env, "other").unwrap().0, None);
    }
}
