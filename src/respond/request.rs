//! One request and its answer, before signatures and sockets.
//!
//! Enter an operation and its parameters; leaves what is to be sent. A request that changes
//! something can only be made with a [`Permit`], which the journal gives out after the intent is
//! on disk, so none can leave that nobody will find again.

use std::collections::BTreeMap;

use serde_json::Value;

use super::journal::Permit;
use super::operation::{Change, Operation, Read, Wire};
use super::trouble::Trouble;
use super::wire;

/// A request, complete but for its signature.
#[derive(Clone, Debug)]
pub struct Request {
    operation: &'static Operation,
    changes: bool,
    /// `GET`, `POST`, ….
    pub method: &'static str,
    /// The path with its query, from `/`.
    pub path: String,
    /// Headers that belong to the interface.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// There are no credentials to sign with.
    #[error("{0}")]
    Credentials(String),
    /// The request never reached anybody.
    #[error("{0}")]
    Unreachable(String),
    /// The request may have arrived.
    #[error("{0}")]
    Unanswered(String),
}

/// What signs and sends.
pub trait Transport {
    /// Sends one request once.
    fn send(&self, request: &Request) -> Result<Response, Lost>;
}

impl<T: Transport + ?Sized> Transport for &T {
    fn send(&self, request: &Request) -> Result<Response, Lost> {
        (**self).send(request)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, request: &Request) -> Result<Response, Lost> {
        (**self).send(request)
    }
}

impl Request {
    /// A request that only looks.
    pub fn read(read: Read, params: &Value) -> Result<Request, Trouble> {
        Request::new(read.operation(), false, params)
    }

    /// A request that changes something.
    pub fn change(change: Change, params: &Value, permit: &Permit) -> Result<Request, Trouble> {
        let mut request = Request::new(change.operation(), true, params)?;
        // The provider's own trail tells whose doing it was.
        let agent = format!(
            "ctadel/{} action/{}",
            env!("CARGO_PKG_VERSION"),
            permit.action()
        );
        request.headers.push(("user-agent", agent));
        Ok(request)
    }

    fn new(
        operation: &'static Operation,
        changes: bool,
        params: &Value,
    ) -> Result<Request, Trouble> {
        let mut request = Request {
            operation,
            changes,
            method: "POST",
            path: "/".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let json = || ("content-type", "application/json".to_owned());
        match operation.wire {
            Wire::Query(version) => {
                let dotted = !matches!(operation.service(), "ec2");
                request.body = wire::form(operation.verb(), version, params, dotted).into_bytes();
                let form = "application/x-www-form-urlencoded; charset=utf-8";
                request.headers.push(("content-type", form.to_owned()));
            }
            Wire::Target(prefix) => {
                request.body = params.to_string().into_bytes();
                let kind = "application/x-amz-json-1.1".to_owned();
                request.headers.push(("content-type", kind));
                let target = format!("{prefix}.{}", operation.verb());
                request.headers.push(("x-amz-target", target));
            }
            Wire::Rest(method, path) => {
                request.method = method;
                request.path = wire::path(operation.name, path, params)?;
                if let Some(body) = params.get("body") {
                    request.body = body.to_string().into_bytes();
                    request.headers.push(json());
                }
            }
            Wire::Merge(path) => {
                request.method = "PATCH";
                request.path = wire::path(operation.name, path, params)?;
                let body = params.get("body").unwrap_or(&Value::Null);
                request.body = body.to_string().into_bytes();
                let kind = "application/merge-patch+json".to_owned();
                request.headers.push(("content-type", kind));
            }
            Wire::Sdk => request.body = params.to_string().into_bytes(),
            Wire::Xml(method, path) => {
                request.method = method;
                request.path = wire::path(operation.name, path, params)?;
                if let Some(body) = params.get("body").and_then(Value::as_str) {
                    request.body = body.as_bytes().to_vec();
                    let kind = "application/xml".to_owned();
                    request.headers.push(("content-type", kind));
                }
            }
        }
        Ok(request)
    }

    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The parameters, where the body is nothing else.
    pub fn params(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether it changes something.
    pub fn changes(&self) -> bool {
        self.changes
    }
}
