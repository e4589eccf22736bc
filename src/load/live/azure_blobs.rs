//! Containers of an Azure storage account: what diagnostic settings archive there.

use super::objects::{Object, Page, Query, Store};
use super::operations::Read;
use super::target::Target;
use super::xml;
use crate::model::Time;
use crate::net::credentials::{Boxed, azure_storage};
use crate::net::{Client, Env, Error, Request, Streamed};

/// The version of the service that is spoken to.
const VERSION: &str = "2021-12-02";

/// A container.
pub(super) struct Blobs {
    client: Client<Read>,
    container: String,
}

impl Blobs {
    /// The container that a URL names.
    pub fn new(env: &Env, target: &Target) -> Result<Blobs, Error> {
        let (account, rest) = target.split();
        let container = rest.split('/').next().unwrap_or_default();
        let (own, auth) = azure_storage::find(env, account)?;
        let endpoint = target.endpoint.clone().or(own);
        let endpoint =
            endpoint.unwrap_or_else(|| format!("https://{account}.blob.core.windows.net"));
        Ok(Blobs {
            client: Client::new(&endpoint, auth)?,
            container: Request::escape(container),
        })
    }
}

impl Store for Blobs {
    fn list<'a>(&'a self, query: &'a Query) -> Boxed<'a, Result<Page, Error>> {
        Box::pin(async move {
            let mut request = Request::new(format!("/{}", self.container))
                .header("x-ms-version", VERSION)
                .query("restype", "container")
                .query("comp", "list")
                .query("prefix", &query.prefix);
            if query.folders {
                request = request.query("delimiter", "/");
            }
            if let Some(token) = &query.token {
                request = request.query("marker", token);
            }
            let answer = self.client.send(Read::BlobList, &request).await?;
            page(&answer.body).map_err(|reason| Error::Malformed {
                what: "the listing of a container".to_owned(),
                reason,
            })
        })
    }

    fn open<'a>(&'a self, object: &'a Object, from: u64) -> Boxed<'a, Result<Streamed, Error>> {
        Box::pin(async move {
            let key: Vec<String> = object.key.split('/').map(Request::escape).collect();
            let mut request = Request::new(format!("/{}/{}", self.container, key.join("/")))
                .header("x-ms-version", VERSION);
            // A blob of the running hour grows: its beginning stays what it was.
            if from > 0 {
                request = request.header("range", format!("bytes={from}-"));
            }
            self.client.open(Read::BlobGet, &request).await
        })
    }
}

/// Reads a listing.
fn page(body: &[u8]) -> Result<Page, String> {
    let mut page = Page::default();
    let mut object = Object::default();
    let mut listing = false;
    xml::walk(body, |path, text| match path {
        "/EnumerationResults/Blobs/Blob/Name" => object.key = text.to_owned(),
        "/EnumerationResults/Blobs/Blob/Properties/Content-Length" => {
            object.size = text.parse().unwrap_or_default();
        }
        "/EnumerationResults/Blobs/Blob/Properties/Last-Modified" => {
            object.modified = chrono::DateTime::parse_from_rfc2822(text)
                .ok()
                .and_then(|time| time.timestamp_nanos_opt())
                .map(Time);
        }
        "/EnumerationResults/Blobs/Blob" => page.objects.push(std::mem::take(&mut object)),
        "/EnumerationResults/Blobs/BlobPrefix/Name" => page.folders.push(text.to_owned()),
        "/EnumerationResults/NextMarker" if !text.is_empty() => page.next = Some(text.to_owned()),
        "/EnumerationResults" => listing = true,
        _ => {}
    })?;
    match listing {
        true => Ok(page),
        false => Err("the answer is no listing".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings() {
        let body = "\u{feff}<?xml version=\"1.0\"?><EnumerationResults><Blobs><Blob><Name>a/h=05/PT1H.json</Name><Properties><Last-Modified>Tue, 12 May 2026 09:30:00 GMT</Last-Modified><Content-Length>7</Content-Length></Properties></Blob><BlobPrefix><Name>b/</Name></BlobPrefix></Blobs><NextMarker>m</NextMarker></EnumerationResults>";
        let found = page(body.as_bytes()).expect("a listing");
        assert_eq!(found.objects[0].key, "a/h=05/PT1H.json");
        assert_eq!(found.objects[0].size, 7);
        assert_eq!(
            found.objects[0].modified,
            Time::parse("2026-05-12T09:30:00Z")
        );
        assert_eq!(
            (found.folders, found.next),
            (vec!["b/".to_owned()], Some("m".to_owned()))
        );
        let last = page(b"<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>");
        assert_eq!(last, Ok(Page::default()));
        assert!(page(b"<html></html>").is_err());
    }
}
