//! Buckets of Google Cloud, by their JSON API.

use serde::Deserialize;

use super::objects::{Object, Page, Query, Store};
use super::operations::Read;
use super::target::Target;
use crate::model::Time;
use crate::net::credentials::{Anonymous, Boxed, gcp};
use crate::net::{Client, Env, Error, Request, Streamed};

/// The variable of the vendor's own libraries.
pub(super) const ENDPOINT: &str = "STORAGE_EMULATOR_HOST";
const SCOPE: &str = "https://www.googleapis.com/auth/devstorage.read_only";
const FIELDS: &str = "items(name,size,updated,generation),prefixes,nextPageToken";

/// A bucket.
pub(super) struct Gcs {
    client: Client<Read>,
    path: String,
}

impl Gcs {
    /// The bucket that a URL names.
    pub fn new(env: &Env, target: &Target) -> Result<Gcs, Error> {
        let emulator = env.get(ENDPOINT).map(|host| match host.contains("://") {
            true => host,
            false => format!("http://{host}"),
        });
        // An emulator has nobody to ask for tokens.
        let auth = match emulator.is_some() && target.endpoint.is_none() {
            true => std::sync::Arc::new(Anonymous),
            false => gcp::auth(env, SCOPE)?,
        };
        let endpoint = target.endpoint.clone().or(emulator);
        let endpoint = endpoint.unwrap_or_else(|| "https://storage.googleapis.com".to_owned());
        Ok(Gcs {
            client: Client::new(&endpoint, auth)?,
            path: format!("/storage/v1/b/{}/o", Request::escape(target.split().0)),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    prefixes: Vec<String>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    name: String,
    /// A number as text.
    size: Option<String>,
    updated: Option<String>,
    generation: Option<String>,
}

impl Store for Gcs {
    fn list<'a>(&'a self, query: &'a Query) -> Boxed<'a, Result<Page, Error>> {
        Box::pin(async move {
            let mut request = Request::new(self.path.clone())
                .query("prefix", &query.prefix)
                .query("fields", FIELDS);
            if query.folders {
                request = request.query("delimiter", "/");
            }
            if let Some(after) = &query.after {
                request = request.query("startOffset", after);
            }
            if let Some(token) = &query.token {
                request = request.query("pageToken", token);
            }
            let listing: Listing = self.client.send(Read::GcsList, &request).await?.json()?;
            let object = |item: Item| Object {
                size: item.size.and_then(|size| size.parse().ok()).unwrap_or(0),
                modified: item.updated.as_deref().and_then(Time::parse),
                version: item.generation,
                key: item.name,
            };
            Ok(Page {
                objects: listing.items.into_iter().map(object).collect(),
                folders: listing.prefixes,
                next: listing.next_page_token.filter(|token| !token.is_empty()),
            })
        })
    }

    fn open<'a>(&'a self, object: &'a Object, from: u64) -> Boxed<'a, Result<Streamed, Error>> {
        Box::pin(async move {
            let path = format!("{}/{}", self.path, Request::escape(&object.key));
            let mut request = Request::new(path).query("alt", "media");
            if let Some(generation) = &object.version {
                request = request.query("generation", generation);
            }
            if from > 0 {
                request = request.header("range", format!("bytes={from}-"));
            }
            // Some objects are kept packed and handed out unpacked: as they are kept is meant.
            let request = request.header("accept-encoding", "gzip");
            self.client.open(Read::GcsGet, &request).await
        })
    }
}
