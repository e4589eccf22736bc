//! Requests and answers.
//!
//! Enters: a path below the provider's endpoint and what goes with it. Leaves: a draft that can be
//! signed again for every attempt, and the whole answer to it.

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;

use super::error::Error;
use super::operation::Method;

/// What is asked, without the one who asks.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Where: a path below the endpoint, escaped already, or a whole link that an answer held.
    target: String,
    link: bool,
    query: Vec<(String, String)>,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A path below the endpoint; its parts are escaped by [`escape`](Request::escape).
    pub fn new(path: impl Into<String>) -> Request {
        Request {
            target: path.into(),
            ..Request::default()
        }
    }

    /// A link that an answer held. It is followed only to the host it came from: the token goes
    /// with it.
    pub fn link(url: impl Into<String>) -> Request {
        Request {
            target: url.into(),
            link: true,
            ..Request::default()
        }
    }

    /// One part of a path: everything but unreserved characters becomes `%HH`.
    pub fn escape(part: &str) -> String {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
        let mut out = String::with_capacity(part.len());
        for byte in part.as_bytes() {
            match plain(byte) {
                true => out.push(char::from(*byte)),
                false => out.push_str(&format!("%{byte:02X}")),
            }
        }
        out
    }

    /// Adds a parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Request {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Request {
        self.headers.push((name, value.into()));
        self
    }

    /// Makes it carry JSON.
    #[must_use]
    pub fn json(self, value: &serde_json::Value) -> Request {
        let body = value.to_string().into_bytes();
        self.header("content-type", "application/json").body(body)
    }

    /// Makes it carry a form.
    #[must_use]
    pub fn form(self, pairs: &[(&str, &str)]) -> Request {
        let pairs = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", Request::escape(name), Request::escape(value)));
        let body = pairs.collect::<Vec<_>>().join("&").into_bytes();
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Makes it carry bytes.
    #[must_use]
    pub fn body(mut self, body: Vec<u8>) -> Request {
        self.body = body;
        self
    }

    /// The request against this endpoint.
    pub(super) fn draft(&self, base: &Url, method: Method) -> Result<Draft, Error> {
        let malformed = |reason: String| Error::Malformed {
            what: "a request".to_owned(),
            reason,
        };
        let mut url = match self.link {
            true => {
                let url = Url::parse(&self.target).map_err(|error| malformed(error.to_string()))?;
                if url.origin() != base.origin() {
                    return Err(Error::Foreign {
                        host: url.host_str().unwrap_or("?").to_owned(),
                    });
                }
                url
            }
            false => {
                let text = format!("{}{}", base.as_str().trim_end_matches('/'), self.target);
                Url::parse(&text).map_err(|error| malformed(error.to_string()))?
            }
        };
        if !self.query.is_empty() {
            // Written by hand: a form's `+` for a blank is not what signatures are made over.
            let pairs = self.query.iter().map(|(name, value)| {
                format!("{}={}", Request::escape(name), Request::escape(value))
            });
            let mut all: Vec<String> = url.query().map(str::to_owned).into_iter().collect();
            all.extend(pairs);
            url.set_query(Some(&all.join("&")));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let value =
                HeaderValue::from_str(value).map_err(|error| malformed(error.to_string()))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(Draft {
            method,
            url,
            headers,
            body: self.body.clone(),
            skew: 0,
        })
    }
}

/// A request that is about to be signed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// How it is sent.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// What stands above the body.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// Seconds that the provider's clock is ahead of ours.
    pub skew: i64,
}

impl Draft {
    /// Sets a header whose value must not be printed.
    pub fn prove(&mut self, name: &'static str, value: &str) -> Result<(), Error> {
        let mut value = HeaderValue::from_str(value).map_err(|_| Error::Credentials {
            provider: "the provider",
            reason: "the token holds characters that no header may".to_owned(),
        })?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(())
    }
}

/// A whole answer.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The status, 2xx.
    pub status: u16,
    /// What stood above the body.
    pub headers: HeaderMap,
    /// The body, as it came: nothing has been unpacked.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Malformed {
            what: "an answer".to_owned(),
            reason: error.to_string(),
        })
    }

    /// A header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
