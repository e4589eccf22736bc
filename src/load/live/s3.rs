//! Buckets of S3 and of whoever speaks its protocol.

use std::sync::{Arc, PoisonError, RwLock};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    Builder, IdentityCache, Region, ResponseChecksumValidation, SharedCredentialsProvider,
    retry::RetryConfig,
};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::EncodingType;
use percent_encoding::percent_decode_str;

use super::objects::{Object, Page, Query, Store};
use super::operations::Read;
use super::target::Target;
use crate::model::Time;
use crate::net::credentials::Boxed;
use crate::net::credentials::aws::Aws;
use crate::net::{Error, Operation, Retry, Streamed, sdk};

/// A bucket.
pub(super) struct S3 {
    aws: Arc<Aws>,
    bucket: String,
    client: RwLock<Client>,
}

impl S3 {
    /// The bucket that a URL names.
    pub fn new(aws: Arc<Aws>, target: &Target) -> S3 {
        let region = target.regions.first().map(String::as_str);
        let region = region.or(aws.region()).unwrap_or("us-east-1").to_owned();
        let redirected = aws.endpoint("S3", "s3", &region).redirected;
        let mut config = Builder::from(aws.config())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(sdk::Keys(Arc::clone(&aws))))
            .identity_cache(IdentityCache::no_cache())
            .retry_config(RetryConfig::disabled())
            .interceptor(sdk::Only::of(&[Read::S3List, Read::S3Get]))
            // The one operation that the SDK would send of its own accord.
            .disable_s3_express_session_auth(true)
            // Others who speak the protocol write checksums that are none of its own.
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            // Whoever stands in for S3 seldom has a name for each bucket.
            .force_path_style(redirected || target.endpoint.is_some());
        if target.endpoint.is_some() {
            config.set_endpoint_url(target.endpoint.clone());
        }
        S3 {
            bucket: target.split().0.to_owned(),
            client: RwLock::new(Client::from_conf(config.build())),
            aws,
        }
    }
}

impl S3 {
    pub(super) fn client(&self) -> Client {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner);
        client.clone()
    }

    /// Asks, and once more in the region that the answer named.
    async fn ask<T, E, F>(&self, operation: Read, send: impl Fn(Client) -> F) -> Result<T, Error>
    where
        E: std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E>>>,
    {
        let asked = || {
            sdk::ask(&self.aws, Retry::default(), operation, || {
                send(self.client())
            })
        };
        match asked().await {
            Err(error) if self.turn(&error) => asked().await,
            other => other,
        }
    }

    /// Turns to the region that an answer named; false where it named none.
    fn turn(&self, error: &Error) -> bool {
        let Error::Status {
            region: Some(region),
            status: 301 | 307 | 400 | 403,
            ..
        } = error
        else {
            return false;
        };
        let config = self.client().config().to_builder();
        let other = Client::from_conf(config.region(Region::new(region.clone())).build());
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = other;
        true
    }
}

impl Store for S3 {
    fn list<'a>(&'a self, query: &'a Query) -> Boxed<'a, Result<Page, Error>> {
        Box::pin(async move {
            let list = |client: Client| {
                client
                    .list_objects_v2()
                    .bucket(&self.bucket)
                    .prefix(&query.prefix)
                    .set_delimiter(query.folders.then(|| "/".to_owned()))
                    .set_start_after(query.after.clone())
                    .set_continuation_token(query.token.clone())
                    // A key may hold what XML may not.
                    .encoding_type(EncodingType::Url)
                    .send()
            };
            let listed = self.ask(Read::S3List, list).await?;
            page(listed).map_err(|reason| Error::Malformed {
                what: format!("the listing of {}", self.bucket),
                reason,
            })
        })
    }

    fn open<'a>(&'a self, object: &'a Object, from: u64) -> Boxed<'a, Result<Streamed, Error>> {
        Box::pin(async move {
            let get = |client: Client| {
                client
                    .get_object()
                    .bucket(&self.bucket)
                    .key(&object.key)
                    .set_if_match(object.version.clone())
                    .set_range((from > 0).then(|| format!("bytes={from}-")))
                    .send()
            };
            let got = self.ask(Read::S3Get, get).await?;
            Ok(Streamed::sdk(Read::S3Get.name(), got.body))
        })
    }
}

/// Takes a listing over.
fn page(listed: ListObjectsV2Output) -> Result<Page, String> {
    let objects = listed.contents.unwrap_or_default().into_iter();
    let objects = objects.filter_map(|object| {
        let modified = object.last_modified.map(|time| time.as_nanos());
        Some(Object {
            key: decoded(&object.key?),
            size: object.size.and_then(|size| size.try_into().ok())?,
            modified: modified.and_then(|time| time.try_into().ok()).map(Time),
            version: object.e_tag,
        })
    });
    let folders = listed.common_prefixes.unwrap_or_default().into_iter();
    let page = Page {
        objects: objects.collect(),
        folders: folders
            .filter_map(|folder| Some(decoded(&folder.prefix?)))
            .collect(),
        next: listed.next_continuation_token,
    };
    match (listed.is_truncated, &page.next) {
        (Some(true), None) => Err("it is truncated and says not where to go on".to_owned()),
        (Some(true), Some(_)) => Ok(page),
        (Some(false), _) => Ok(Page { next: None, ..page }),
        (None, _) => Err("the answer is no listing".to_owned()),
    }
}

/// A key as it is: listings are asked for with `%HH`.
fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}
