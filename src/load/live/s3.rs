//! Buckets of S3 and of whoever speaks its protocol.

use std::sync::{Arc, RwLock};

use super::objects::{Object, Page, Query, Store};
use super::operations::Read;
use super::target::Target;
use super::xml;
use crate::model::Time;
use crate::net::credentials::Boxed;
use crate::net::credentials::aws::Aws;
use crate::net::{Client, Error, Request, Response, Streamed};

/// A bucket.
pub(super) struct S3 {
    aws: Arc<Aws>,
    target: Target,
    bucket: String,
    client: RwLock<Client<Read>>,
}

/// Where a bucket is asked.
pub(super) fn endpoint(aws: &Aws, target: &Target, region: &str) -> (String, bool) {
    let bucket = target.split().0;
    let configured = aws.endpoint("S3", "s3", region);
    let named = target.endpoint.clone();
    match (named, configured) {
        // Whoever stands in for S3 seldom has a name for each bucket.
        (Some(url), _) => (format!("{}/{bucket}", url.trim_end_matches('/')), true),
        (None, it) if it.redirected => (format!("{}/{bucket}", it.url.trim_end_matches('/')), true),
        // A dot in the name does not fit the certificate.
        (None, it) if bucket.contains('.') => (format!("{}/{bucket}", it.url), false),
        (None, it) => (
            it.url
                .replacen("https://", &format!("https://{bucket}."), 1),
            false,
        ),
    }
}

impl S3 {
    /// The bucket that a URL names.
    pub fn new(aws: Arc<Aws>, target: &Target) -> Result<S3, Error> {
        let region = target.regions.first().map(String::as_str);
        let region = region.or(aws.region()).unwrap_or("us-east-1").to_owned();
        let client = client(&aws, target, &region)?;
        Ok(S3 {
            bucket: target.split().0.to_owned(),
            target: target.clone(),
            client: RwLock::new(client),
            aws,
        })
    }

    fn client(&self) -> Client<Read> {
        match self.client.read() {
            Ok(client) => client.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Turns to the region that an answer named; false where it named none.
    fn turn(&self, error: &Error) -> Result<bool, Error> {
        let Error::Status {
            region: Some(region),
            status: 301 | 307 | 400 | 403,
            ..
        } = error
        else {
            return Ok(false);
        };
        let other = client(&self.aws, &self.target, region)?;
        match self.client.write() {
            Ok(mut client) => *client = other,
            Err(poisoned) => *poisoned.into_inner() = other,
        }
        Ok(true)
    }

    async fn ask(&self, request: &Request) -> Result<Response, Error> {
        match self.client().send(Read::S3List, request).await {
            Err(error) if self.turn(&error)? => self.client().send(Read::S3List, request).await,
            other => other,
        }
    }
}

fn client(aws: &Arc<Aws>, target: &Target, region: &str) -> Result<Client<Read>, Error> {
    let (url, _) = endpoint(aws, target, region);
    Client::new(&url, aws.signer("s3", region))
}

impl Store for S3 {
    fn list<'a>(&'a self, query: &'a Query) -> Boxed<'a, Result<Page, Error>> {
        Box::pin(async move {
            let mut request = Request::new("/")
                .query("list-type", "2")
                .query("encoding-type", "url")
                .query("prefix", &query.prefix);
            if query.folders {
                request = request.query("delimiter", "/");
            }
            if let Some(after) = &query.after {
                request = request.query("start-after", after);
            }
            if let Some(token) = &query.token {
                request = request.query("continuation-token", token);
            }
            let answer = self.ask(&request).await?;
            page(&answer.body).map_err(|reason| Error::Malformed {
                what: format!("the listing of {}", self.bucket),
                reason,
            })
        })
    }

    fn open<'a>(&'a self, object: &'a Object, from: u64) -> Boxed<'a, Result<Streamed, Error>> {
        Box::pin(async move {
            let key: Vec<String> = object.key.split('/').map(Request::escape).collect();
            let mut request = Request::new(format!("/{}", key.join("/")));
            if let Some(version) = &object.version {
                request = request.header("if-match", version);
            }
            if from > 0 {
                request = request.header("range", format!("bytes={from}-"));
            }
            match self.client().open(Read::S3Get, &request).await {
                Err(error) if self.turn(&error)? => self.client().open(Read::S3Get, &request).await,
                other => other,
            }
        })
    }
}

/// Reads a listing.
fn page(body: &[u8]) -> Result<Page, String> {
    let mut page = Page::default();
    let mut object = Object::default();
    let mut truncated = false;
    let mut listing = false;
    xml::walk(body, |path, text| {
        let text = || text.clone().unwrap_or_default();
        match path {
            "/ListBucketResult/Contents/Key" => object.key = decoded(&text()),
            "/ListBucketResult/Contents/Size" => object.size = text().parse().unwrap_or_default(),
            "/ListBucketResult/Contents/LastModified" => object.modified = Time::parse(&text()),
            "/ListBucketResult/Contents/ETag" => object.version = Some(text()),
            "/ListBucketResult/Contents" => page.objects.push(std::mem::take(&mut object)),
            "/ListBucketResult/CommonPrefixes/Prefix" => page.folders.push(decoded(&text())),
            "/ListBucketResult/NextContinuationToken" => page.next = Some(text()),
            "/ListBucketResult/IsTruncated" => truncated = text() == "true",
            "/ListBucketResult" => listing = true,
            _ => {}
        }
    })?;
    if !listing {
        return Err("the answer is no listing".to_owned());
    }
    if !truncated {
        page.next = None;
    } else if page.next.is_none() {
        return Err("it is truncated and says not where to go on".to_owned());
    }
    Ok(page)
}

/// A key as it is: listings are asked for with `%HH`, because a key may hold what XML may not.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        let pair = text.get(at..at + 2).filter(|_| *byte == b'%');
        match (
            byte,
            pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()),
        ) {
            (_, Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', None) => out.push(b' '),
            _ => out.push(*byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings() {
        let body = br#"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><Contents><Key>a/b%20c+d%2Bz</Key><Size>5</Size><ETag>&quot;e&quot;</ETag><LastModified>2026-05-12T09:30:00.000Z</LastModified></Contents><CommonPrefixes><Prefix>a/c/</Prefix></CommonPrefixes></ListBucketResult>"#;
        let found = page(body).expect("a listing");
        assert_eq!(found.objects[0].key, "a/b c d+z");
        assert_eq!(found.objects[0].version.as_deref(), Some("\"e\""));
        assert_eq!(
            (found.objects[0].size, found.next.as_deref()),
            (5, Some("t"))
        );
        assert_eq!(found.folders, ["a/c/"]);
        let last = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
        assert_eq!(page(last), Ok(Page::default()));
        for bad in [
            &b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"[..],
            b"<html></html>",
            b"<ListBucketResult>",
        ] {
            assert!(page(bad).is_err());
        }
        assert_eq!(decoded("%zz%"), "%zz%");
    }
}
