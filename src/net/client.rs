//! One client a provider and purpose: signs, sends, waits, tries again.
//!
//! Enters: an operation of its list and a request. Leaves: a whole answer, or a stream that has
//! begun well. It exists because throttling, expired tokens, wrong clocks and broken lines are the
//! same everywhere.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::Url;
use reqwest::header::HeaderMap;
use serde::de::IgnoredAny;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, sleep_until};

use super::attempts::{Attempts, Refusal};
use super::code;
use super::credentials::Auth;
use super::error::Error;
use super::operation::Operation;
use super::request::{Request, Response};
use super::retry::{self, Retry};
use super::streamed::Streamed;

/// Bytes of an answer that is held whole.
pub const LARGEST: usize = 32 << 20;
/// A provider that is there answers the door within this time.
pub(super) const CONNECT: Duration = Duration::from_secs(10);
/// Longest silence within an answer.
pub(super) const SILENCE: Duration = Duration::from_secs(60);

/// A client that sends operations of the list `O` and nothing else.
pub struct Client<O> {
    http: reqwest::Client,
    base: Url,
    auth: Arc<dyn Auth>,
    retry: Retry,
    pace: Option<Arc<Pace>>,
    largest: usize,
    /// Seconds that the provider's clock is ahead.
    skew: Arc<AtomicI64>,
    operations: PhantomData<fn(O)>,
}

/// The earliest time of the next request.
struct Pace {
    interval: Duration,
    next: Mutex<Instant>,
}

impl<O> Clone for Client<O> {
    fn clone(&self) -> Self {
        Client {
            http: self.http.clone(),
            base: self.base.clone(),
            auth: Arc::clone(&self.auth),
            retry: self.retry,
            pace: self.pace.clone(),
            largest: self.largest,
            skew: Arc::clone(&self.skew),
            operations: PhantomData,
        }
    }
}

impl<O: Operation> Client<O> {
    /// A client of the provider at `base`.
    ///
    /// # Errors
    /// When the address is none, or TLS cannot be set up.
    pub fn new(base: &str, auth: Arc<dyn Auth>) -> Result<Self, Error> {
        let malformed = |reason: String| Error::Malformed {
            what: format!("the endpoint {base:?}"),
            reason,
        };
        let url = Url::parse(base).map_err(|error| malformed(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(malformed("write https://host".to_owned()));
        }
        Ok(Client {
            http: http()?,
            base: url,
            auth,
            retry: Retry::default(),
            pace: None,
            largest: LARGEST,
            skew: Arc::default(),
            operations: PhantomData,
        })
    }

    /// With another patience.
    #[must_use]
    pub fn with_retry(self, retry: Retry) -> Self {
        Client { retry, ..self }
    }

    /// Sends no two requests within this time.
    #[must_use]
    pub fn with_pace(self, interval: Duration) -> Self {
        let next = Mutex::new(Instant::now());
        Client {
            pace: Some(Arc::new(Pace { interval, next })),
            ..self
        }
    }

    /// Refuses answers that are larger.
    #[must_use]
    pub fn with_largest(self, largest: usize) -> Self {
        Client { largest, ..self }
    }

    /// Asks, and waits for the whole answer. JSON that ends in the middle counts as a broken line.
    ///
    /// # Errors
    /// When the provider refuses, or does not answer for as long as the patience lasts.
    pub async fn send(&self, operation: O, request: &Request) -> Result<Response, Error> {
        let mut attempts = Attempts::new(self.retry);
        loop {
            let response = self.exchange(operation, request, &mut attempts).await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = match read(operation.name(), response, self.largest).await {
                Ok(body) if is_whole(&headers, &body) => {
                    return Ok(Response {
                        status,
                        headers,
                        body,
                    });
                }
                Ok(_) => Err(broken(operation.name(), "the answer ends early")),
                Err(error) => Err(error),
            };
            let error = match body {
                Ok(()) => continue,
                Err(error) => error,
            };
            let again = matches!(error, Error::Network { .. }) && operation.repeatable();
            match attempts.broken().filter(|_| again) {
                Some(wait) => sleep(wait).await,
                None => return Err(error),
            }
        }
    }

    /// Asks, and hands over the answer as it comes. What breaks later is the reader's matter: it
    /// knows how far it has come.
    ///
    /// # Errors
    /// As [`send`](Client::send).
    pub async fn open(&self, operation: O, request: &Request) -> Result<Streamed, Error> {
        let mut attempts = Attempts::new(self.retry);
        let response = self.exchange(operation, request, &mut attempts).await?;
        Ok(Streamed::own(operation.name(), response))
    }

    /// Sends until there is an answer that says yes, or no hope.
    async fn exchange(
        &self,
        operation: O,
        request: &Request,
        attempts: &mut Attempts,
    ) -> Result<reqwest::Response, Error> {
        loop {
            let fresh = attempts.begin();
            let mut draft = request.draft(&self.base, operation.method())?;
            draft.skew = self.skew.load(Relaxed);
            self.auth.apply(&mut draft, fresh).await?;
            self.turn().await;
            let sent = self
                .http
                .request(draft.method, draft.url)
                .headers(draft.headers)
                .body(draft.body)
                .send()
                .await;
            let wait = match sent {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => self.refused(operation, response, attempts).await?,
                Err(error) => {
                    let connected = !error.is_connect() && !error.is_builder();
                    let error = network(operation.name(), &error, connected);
                    let again = operation.repeatable() || !connected;
                    attempts.broken().filter(|_| again).ok_or(error)?
                }
            };
            sleep(wait).await;
        }
    }

    /// What to do about an answer that says no: how long to wait, or the error that it is.
    async fn refused(
        &self,
        operation: O,
        response: reqwest::Response,
        attempts: &mut Attempts,
    ) -> Result<Duration, Error> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let body = read(operation.name(), response, 1 << 20)
            .await
            .unwrap_or_default();
        let aws = header("x-amzn-errortype").or_else(|| header("x-ms-error-code"));
        let (code, message) = code::of(&body, aws);
        if retry::skewed(&code, &message)
            && let Some(date) = header("date")
            && let Ok(theirs) = chrono::DateTime::parse_from_rfc2822(date)
        {
            self.skew.store(theirs.timestamp() - now(), Relaxed);
        }
        let wait = attempts.refused(&Refusal {
            status,
            code: &code,
            message: &message,
            header: &header,
            renewable: self.auth.renewable(),
            repeatable: operation.repeatable(),
        });
        let region = header("x-amz-bucket-region").map(str::to_owned);
        wait.ok_or(Error::Status {
            operation: operation.name(),
            status,
            code,
            message,
            permission: operation.permission(),
            region,
        })
    }

    /// Waits for its turn, where requests are counted by the second.
    async fn turn(&self) {
        if let Some(pace) = &self.pace {
            let at = {
                let mut next = pace.next.lock().await;
                let at = (*next).max(Instant::now());
                *next = at + pace.interval;
                at
            };
            sleep_until(at).await;
        }
    }
}

/// The connections of the process: one pool for all clients.
pub(super) fn http() -> Result<reqwest::Client, Error> {
    static CLIENT: std::sync::OnceLock<Result<reqwest::Client, String>> =
        std::sync::OnceLock::new();
    let made = CLIENT.get_or_init(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .user_agent(concat!("ctadel/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the token to wherever it points.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .build()
            .map_err(|error| causes(&error))
    });
    made.clone().map_err(|reason| Error::Malformed {
        what: "set up TLS".to_owned(),
        reason,
    })
}

async fn read(
    operation: &'static str,
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body),
            Ok(Some(bytes)) if body.len() + bytes.len() > limit => {
                return Err(Error::TooLarge { operation, limit });
            }
            Ok(Some(bytes)) => body.extend_from_slice(&bytes),
            Err(error) => return Err(network(operation, &error, true)),
        }
    }
}

/// An answer that says it is JSON and is none was cut on its way.
fn is_whole(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok());
    let json = kind.is_some_and(|kind| kind.contains("json"));
    !json || body.is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

fn broken(operation: &'static str, reason: &str) -> Error {
    Error::Network {
        operation,
        reason: reason.to_owned(),
        sent: true,
    }
}

pub(super) fn network(operation: &'static str, error: &reqwest::Error, sent: bool) -> Error {
    Error::Network {
        operation,
        reason: causes(error),
        sent,
    }
}

/// An error with its causes and without the address, whose query may hold a token.
fn causes(error: &reqwest::Error) -> String {
    let mut reasons = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        if reasons.last() != Some(&text) {
            reasons.push(text);
        }
        next = cause.source();
    }
    let what = match error {
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "cannot connect",
        error if error.is_body() || error.is_decode() => "the answer ends early",
        _ => "cannot be sent",
    };
    match reasons.is_empty() {
        true => what.to_owned(),
        false => format!("{what}: {}", reasons.join(": ")),
    }
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
