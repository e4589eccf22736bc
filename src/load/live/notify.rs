//! A message to an address that the user named: the one thing here that is no reading.
//!
//! Enters: an address and JSON. Leaves: nothing but the reason why it did not arrive. No
//! credentials go with it, and nothing that it answers is used.

use std::sync::Arc;

use crate::net::credentials::Anonymous;
use crate::net::{Client, Method, Operation, Request, block_on};

/// Sending the message.
#[derive(Clone, Copy, Debug)]
enum Notify {
    Post,
}

impl Operation for Notify {
    fn name(self) -> &'static str {
        "notification"
    }
    fn method(self) -> Method {
        Method::POST
    }
    fn permission(self) -> &'static str {
        ""
    }
}

/// Sends it.
pub fn notify(url: &str, json: Vec<u8>) -> Result<(), String> {
    let start = url.find("://").map_or(0, |at| at + 3);
    let (base, path) = match url[start..].find('/') {
        Some(at) => url.split_at(start + at),
        None => (url, "/"),
    };
    let client: Client<Notify> =
        Client::new(base, Arc::new(Anonymous)).map_err(|error| error.to_string())?;
    let request = Request::new(path)
        .header("content-type", "application/json")
        .body(json);
    let sent = block_on(client.send(Notify::Post, &request))?;
    sent.map(drop).map_err(|error| error.to_string())
}
