//! IAM through AWS's own client.
//!
//! Enters: a request, which for a change took a permit to make. Leaves: its answer, the typed
//! output written as the JSON that all of AWS's answers become. Reads and changes are two lists of
//! calls apart, and the client of one request lets nothing but its operation out.

mod changes;
mod reads;
mod shapes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_iam::Client;
use aws_sdk_iam::config::interceptors::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_sdk_iam::config::retry::RetryConfig;
use aws_sdk_iam::config::{
    ConfigBag, IdentityCache, Intercept, Region, RuntimeComponents, SharedCredentialsProvider,
};
use aws_sdk_iam::error::{BoxError, SdkError};
use serde_json::{Map, Value};

use crate::net::credentials::aws::Aws;
use crate::net::{Error, Operation, Retry, sdk};
use crate::respond::request::{Request, Response};
use crate::respond::wire::{items, plain};

/// Where IAM is asked, and by whom.
pub struct Iam<'a> {
    /// Whose keys.
    pub aws: &'a Arc<Aws>,
    /// In the place of AWS's own address.
    pub endpoint: Option<&'a str>,
    /// IAM has no regions, and is signed for in this one of its partition.
    pub region: &'a str,
    /// How often a request is tried.
    pub retry: Retry,
}

impl Iam<'_> {
    /// Sends a request.
    ///
    /// # Errors
    /// As for requests that are signed here.
    pub async fn send<O: Operation>(&self, sent: O, request: &Request) -> Result<Response, Error> {
        let headers = Headers {
            told: request.headers.clone(),
            seen: Arc::default(),
        };
        let call = Call {
            client: self.client(sent, headers.clone()),
            aws: self.aws,
            retry: self.retry,
            sent,
            params: &request.params(),
        };
        let verb = request.operation().verb();
        let value = match request.changes() {
            true => changes::send(&call, verb).await?,
            false => reads::send(&call, verb).await?,
        };
        let headers = headers.seen.lock();
        let headers = headers.unwrap_or_else(PoisonError::into_inner);
        Ok(Response {
            status: 200,
            headers: headers.clone(),
            body: value.to_string().into_bytes(),
        })
    }

    fn client(&self, sent: impl Operation, headers: Headers) -> Client {
        let keys = sdk::Keys(Arc::clone(self.aws));
        let mut config = aws_sdk_iam::config::Builder::from(self.aws.config())
            .region(Region::new(self.region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .identity_cache(IdentityCache::no_cache())
            // Whether something is sent again is decided where it is known what it changes.
            .retry_config(RetryConfig::disabled())
            .interceptor(sdk::Only::of(&[sent]))
            .interceptor(headers);
        if self.endpoint.is_some() {
            config.set_endpoint_url(self.endpoint.map(str::to_owned));
        }
        Client::from_conf(config.build())
    }
}

/// One request on its way.
struct Call<'a, O> {
    client: Client,
    aws: &'a Aws,
    retry: Retry,
    sent: O,
    params: &'a Value,
}

impl<O: Operation> Call<'_, O> {
    /// Refuses parameters that would be left out: what was planned is what is sent.
    fn knows(&self, names: &[&str]) -> Result<(), Error> {
        let mut all = self.params.as_object().into_iter().flat_map(Map::keys);
        let other = all.find(|name| !names.contains(&name.as_str()));
        match other {
            Some(name) => Err(self.malformed(&format!("{name} is no parameter of it"))),
            None => Ok(()),
        }
    }

    fn text<T: for<'s> From<&'s str>>(&self, name: &str) -> Option<T> {
        let value = &self.params[name];
        (!value.is_null()).then(|| plain(value).as_str().into())
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let list = items(&self.params[name]);
        (!list.is_empty()).then(|| list.iter().map(plain).collect())
    }

    fn malformed(&self, reason: &str) -> Error {
        Error::Malformed {
            what: self.sent.name().to_owned(),
            reason: reason.to_owned(),
        }
    }

    async fn ask<T, E, F>(&self, send: impl Fn() -> F) -> Result<T, Error>
    where
        E: std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E>>>,
    {
        sdk::ask(self.aws, self.retry, self.sent, send).await
    }
}

/// A list of calls: how the client is asked for each, its parameters by the names they have in a
/// plan, and what its output is as JSON; a change's output holds nothing that is needed.
macro_rules! calls {
    ($($verb:literal => $ask:ident($($set:ident = $name:literal),*);)+) => {
        super::calls! { $($verb => $ask($($set = text $name),*) |_done| serde_json::Value::Null;)+ }
    };
    ($($verb:literal => $ask:ident($($set:ident = $text:ident $name:literal),*) |$found:ident| $shape:expr;)+) => {
        /// Every operation of the list.
        #[cfg(test)]
        pub(super) const VERBS: &[&str] = &[$($verb),+];

        /// Sends the one that is named.
        pub(super) async fn send<O: crate::net::Operation>(
            call: &super::Call<'_, O>,
            verb: &str,
        ) -> Result<serde_json::Value, crate::net::Error> {
            match verb {
                $($verb => {
                    call.knows(&[$($name),*])?;
                    let asked = call.client.$ask()$(.$set(call.$text($name)))*;
                    let $found = call.ask(|| asked.clone().send()).await?;
                    Ok($shape)
                })+
                _ => Err(call.malformed("it is not on the list")),
            }
        }
    };
}
use calls;

/// What stands above the request, and what stood above the answer: the time by AWS's clock, and its
/// name for the request.
#[derive(Clone, Debug)]
struct Headers {
    told: Vec<(&'static str, String)>,
    seen: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Intercept for Headers {
    fn name(&self) -> &'static str {
        "Headers"
    }

    /// After the signature, which the agent is no part of: the SDK's own would stand there else.
    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request_mut().headers_mut();
        for (name, value) in &self.told {
            headers.try_insert(*name, value.clone())?;
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let all = context.response().headers().iter();
        let all = all.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = all.collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
