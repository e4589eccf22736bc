//! Workload identity federation: somebody else's token, exchanged for one of Google's.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::gcp::{Ask, CLOUD, PROVIDER, Source, split};
use super::token::{Fetch, Issued, Token};
use super::{Anonymous, Boxed, file};
use crate::net::client::Client;
use crate::net::error::Error;
use crate::net::request::Request;
use crate::net::secret::Secret;

/// An identity of another issuer's.
pub(super) enum External {
    /// Exchanged as it is.
    Plain(Exchange),
    /// Exchanged, and then a service account spoken as.
    Impersonated(Source),
}

/// A token of another issuer, and where it may be exchanged.
pub(super) struct Exchange {
    client: Client<Ask>,
    audience: String,
    kind: String,
    from: Place,
    /// A key in the JSON that holds the token, where it is no plain text.
    field: Option<String>,
    scope: String,
}

enum Place {
    File(PathBuf),
    Url(Box<(Client<Ask>, Request)>),
}

impl External {
    /// Reads a credential file.
    pub(super) fn of(value: &Value, scope: &str) -> Result<External, Error> {
        let url = value.get("service_account_impersonation_url");
        let Some(url) = url.and_then(Value::as_str) else {
            return Exchange::of(value, scope).map(External::Plain);
        };
        let own = External::Plain(Exchange::of(value, CLOUD)?);
        let from = Box::new(Token::new(Source::External(Box::new(own))));
        let source = Source::impersonated(from, url, json!([]), scope)?;
        Ok(External::Impersonated(source))
    }
}

impl Exchange {
    fn of(value: &Value, scope: &str) -> Result<Exchange, Error> {
        let wrong = |reason: &str| Error::Credentials {
            provider: PROVIDER,
            reason: reason.to_owned(),
        };
        let text = |key: &str| {
            let found = value.get(key).and_then(Value::as_str);
            found.ok_or_else(|| wrong(&format!("the credential file has no {key}")))
        };
        let source = value.get("credential_source").unwrap_or(&Value::Null);
        let from = match (source.get("file"), source.get("url")) {
            (Some(Value::String(path)), _) => Place::File(PathBuf::from(path)),
            (_, Some(Value::String(url))) => {
                let (base, path) = split(url);
                let client = Client::new(&base, Arc::new(Anonymous))?;
                let mut request = Request::new(path);
                let headers = source.get("headers").and_then(Value::as_object);
                for (name, value) in headers.into_iter().flatten() {
                    // The one header that issuers ask for; another has no fixed name here.
                    match (&*name.to_ascii_lowercase(), value.as_str()) {
                        ("authorization", Some(value)) => {
                            request = request.header("authorization", value);
                        }
                        ("metadata", Some(value)) => request = request.header("metadata", value),
                        _ => return Err(wrong("its credential_source has an unknown header")),
                    }
                }
                Place::Url(Box::new((client, request)))
            }
            _ => return Err(wrong("its credential_source is neither a file nor a URL")),
        };
        let field = source.pointer("/format/subject_token_field_name");
        Ok(Exchange {
            client: Client::new(text("token_url")?, Arc::new(Anonymous))?,
            audience: text("audience")?.to_owned(),
            kind: text("subject_token_type")?.to_owned(),
            from,
            field: field.and_then(Value::as_str).map(str::to_owned),
            scope: scope.to_owned(),
        })
    }

    async fn subject(&self) -> Result<Secret, Error> {
        let text = match &self.from {
            Place::File(path) => file::must(PROVIDER, path)?,
            Place::Url(asked) => {
                let (client, request) = &**asked;
                let response = client.send(Ask::Metadata, request).await?;
                String::from_utf8_lossy(&response.body).into_owned()
            }
        };
        let Some(field) = &self.field else {
            return Ok(Secret::new(text));
        };
        let value: Option<Value> = serde_json::from_str(&text).ok();
        let token = value.as_ref().and_then(|value| value.get(field)?.as_str());
        token.map(Secret::new).ok_or_else(|| Error::Credentials {
            provider: PROVIDER,
            reason: format!("the token of the other issuer has no {field}"),
        })
    }
}

impl Fetch for External {
    fn fetch(&self) -> Boxed<'_, Result<(Secret, Option<Duration>), Error>> {
        Box::pin(async move {
            let exchange = match self {
                External::Impersonated(source) => return source.fetch().await,
                External::Plain(exchange) => exchange,
            };
            let subject = exchange.subject().await?;
            let request = Request::new("").form(&[
                (
                    "grant_type",
                    "urn:ietf:params:oauth:grant-type:token-exchange",
                ),
                ("audience", &exchange.audience),
                ("scope", &exchange.scope),
                (
                    "requested_token_type",
                    "urn:ietf:params:oauth:token-type:access_token",
                ),
                ("subject_token_type", &exchange.kind),
                ("subject_token", subject.expose()),
            ]);
            let issued: Issued = exchange
                .client
                .send(Ask::Exchange, &request)
                .await?
                .json()?;
            Ok(issued.token())
        })
    }
}
