//! AWS through its SDK: what may leave, how often, and what a refusal means.
//!
//! Enters: an operation of a list and how the SDK sends it. Leaves: its output, or the same errors
//! as from requests that are signed here. It exists because the SDK's clients can do everything,
//! and are to do what is on the list.

use std::future::Future;
use std::sync::Arc;

use aws_sdk_s3::config::interceptors::BeforeSerializationInterceptorContextRef;
use aws_sdk_s3::config::{
    ConfigBag, Credentials, Intercept, ProvideCredentials, RuntimeComponents,
};
use aws_sdk_s3::error::{BoxError, SdkError};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use tokio::time::sleep;

use super::attempts::{Attempts, Refusal};
use super::code;
use super::credentials::aws::Aws;
use super::error::Error;
use super::operation::Operation;
use super::retry::Retry;

/// Stops everything that is not on the list before it is sent.
#[derive(Debug)]
pub struct Only {
    names: Vec<&'static str>,
}

impl Only {
    /// These operations, called `service:Operation`.
    pub fn of(operations: &[impl Operation]) -> Only {
        let names = operations.iter().map(|operation| operation.name());
        Only {
            names: names.collect(),
        }
    }
}

impl Intercept for Only {
    fn name(&self) -> &'static str {
        "Only"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let asked = config.load::<Metadata>();
        let asked = asked.map(|asked| format!("{}:{}", asked.service(), asked.name()));
        let asked = asked.unwrap_or_default();
        let mut names = self.names.iter();
        match names.any(|name| name.eq_ignore_ascii_case(&asked)) {
            true => Ok(()),
            false => Err(format!("{asked} is not on the list of operations").into()),
        }
    }
}

/// The keys of an identity, kept where requests that are signed here have theirs.
#[derive(Debug)]
pub struct Keys(pub Arc<Aws>);

impl ProvideCredentials for Keys {
    fn provide_credentials<'a>(
        &'a self,
    ) -> aws_credential_types::provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        use aws_credential_types::provider::error::CredentialsError;
        let keys = async {
            let found: Result<Credentials, Error> = self.0.credentials(false).await;
            found.map_err(CredentialsError::provider_error)
        };
        aws_credential_types::provider::future::ProvideCredentials::new(keys)
    }
}

/// Sends an operation until there is an answer or no hope. The SDK's own patience is to be off.
///
/// # Errors
/// As for requests that are signed here.
pub async fn ask<O: Operation, T, E, F>(
    aws: &Aws,
    retry: Retry,
    operation: O,
    send: impl Fn() -> F,
) -> Result<T, Error>
where
    E: std::error::Error + 'static,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
{
    let mut attempts = Attempts::new(retry);
    loop {
        let fresh = attempts.begin();
        // Fetched here, so that a missing key is told as what it is.
        aws.credentials(fresh).await?;
        let failed = match send().await {
            Ok(output) => return Ok(output),
            Err(failed) => failed,
        };
        let (error, wait) = judge(operation, &failed, &mut attempts);
        match wait {
            Some(wait) => sleep(wait).await,
            None => return Err(error),
        }
    }
}

fn judge<O: Operation, E: std::error::Error + 'static>(
    operation: O,
    failed: &SdkError<E, HttpResponse>,
    attempts: &mut Attempts,
) -> (Error, Option<std::time::Duration>) {
    let Some(response) = failed.raw_response() else {
        let sent = match failed {
            SdkError::ConstructionFailure(_) => {
                let what = operation.name().to_owned();
                let reason = causes(failed);
                return (Error::Malformed { what, reason }, None);
            }
            SdkError::DispatchFailure(failure) => !failure.is_user() && !is_unconnected(failed),
            _ => true,
        };
        let error = Error::Network {
            operation: operation.name(),
            reason: causes(failed),
            sent,
        };
        let again = operation.repeatable() || !sent;
        return (error, attempts.broken().filter(|_| again));
    };
    let status = response.status().as_u16();
    // An answer that says yes and cannot be understood was cut on its way.
    if response.status().is_success() {
        let error = Error::Network {
            operation: operation.name(),
            reason: format!("the answer ends early: {}", causes(failed)),
            sent: true,
        };
        let again = operation.repeatable();
        return (error, attempts.broken().filter(|_| again));
    }
    let header = |name: &str| response.headers().get(name);
    let body = response.body().bytes().unwrap_or_default();
    let (code, message) = code::of(body, header("x-amzn-errortype"));
    let refusal = Refusal {
        status,
        code: &code,
        message: &message,
        header: &header,
        renewable: true,
        repeatable: operation.repeatable(),
    };
    let wait = attempts.refused(&refusal);
    let error = Error::Status {
        operation: operation.name(),
        status,
        region: header("x-amz-bucket-region").map(str::to_owned),
        permission: operation.permission(),
        code,
        message,
    };
    (error, wait)
}

/// Whether nobody was there to take the request. A line that breaks later is an error of input and
/// output too, and may have carried it.
fn is_unconnected(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(client) = cause.downcast_ref::<hyper_util::client::legacy::Error>() {
            return client.is_connect();
        }
        next = cause.source();
    }
    false
}

/// An error with its causes: the SDK's own texts name only the kind.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
