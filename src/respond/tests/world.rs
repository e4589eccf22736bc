//! A provider that is not real: one question in, one answer out, state in between.

use serde_json::Value;

use crate::respond::request::Request;

/// What a world answers.
pub struct Reply {
    pub status: u16,
    pub body: String,
}

impl Reply {
    pub fn json(status: u16, body: Value) -> Reply {
        Reply {
            status,
            body: body.to_string(),
        }
    }
}

/// A provider.
pub trait World {
    /// Does what a request asks for.
    fn answer(&mut self, request: &Request) -> Reply;
    /// Everything there is, in one form.
    fn state(&self) -> Value;
    /// Changes something behind our back.
    fn state_mut(&mut self) -> &mut Value;
}
