//! A bucket over a folder: as much of the protocol as listing and reading need.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::server::{Answer, Seen};

/// A folder whose files are objects, and how many keys a page of its listing holds.
pub struct Bucket {
    pub folder: PathBuf,
    pub page: usize,
    keys: Vec<String>,
}

impl Bucket {
    pub fn new(folder: &Path, page: usize) -> Bucket {
        let mut keys = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(next) = open.pop() {
            for entry in std::fs::read_dir(&next).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let key = path.strip_prefix(folder).expect("below");
                    keys.push(key.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        keys.sort();
        Bucket {
            folder: folder.to_owned(),
            page,
            keys,
        }
    }

    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Answers `GET /<bucket>/?list-type=2…` and `GET /<bucket>/<key>`.
    pub fn answer(&self, seen: &Seen) -> Answer {
        let path = super::server::unescape(seen.path());
        let key = path.trim_start_matches('/').split_once('/');
        let key = key.map_or("", |(_, key)| key).to_owned();
        if seen.method != "GET" {
            return Answer::new(405, "<Error><Code>MethodNotAllowed</Code></Error>");
        }
        if !seen
            .header("authorization")
            .is_some_and(|it| it.starts_with("AWS4-HMAC-SHA256 "))
        {
            return Answer::new(403, "<Error><Code>AccessDenied</Code></Error>");
        }
        match seen.query("list-type") {
            Some(_) => self.list(seen),
            None => match std::fs::read(self.folder.join(&key)) {
                Ok(bytes) => {
                    let range = seen.header("range").unwrap_or("bytes=0-");
                    let from: usize = range
                        .trim_start_matches("bytes=")
                        .trim_end_matches('-')
                        .parse()
                        .expect("a range");
                    let status = if from > 0 { 206 } else { 200 };
                    Answer::new(status, &bytes[from..]).header("content-encoding", "gzip")
                }
                Err(_) => Answer::new(404, "<Error><Code>NoSuchKey</Code></Error>"),
            },
        }
    }

    fn list(&self, seen: &Seen) -> Answer {
        let prefix = seen.query("prefix").unwrap_or_default();
        let after = seen.query("start-after").unwrap_or_default();
        let after = seen.query("continuation-token").unwrap_or(after);
        let cut = seen.query("delimiter").is_some();
        let mut entries = BTreeSet::new();
        for key in self.keys.iter().filter(|key| key.starts_with(&prefix)) {
            let rest = &key[prefix.len()..];
            match rest.find('/').filter(|_| cut) {
                Some(at) => entries.insert((format!("{prefix}{}", &rest[..=at]), true)),
                None => entries.insert((key.clone(), false)),
            };
        }
        let mut body = String::from("<ListBucketResult><Name>b</Name>");
        let behind: Vec<_> = entries.iter().filter(|(key, _)| *key > after).collect();
        for (key, folder) in behind.iter().take(self.page) {
            let shown = key.replace('&', "&amp;").replace(' ', "%20");
            if *folder {
                body.push_str(&format!(
                    "<CommonPrefixes><Prefix>{shown}</Prefix></CommonPrefixes>"
                ));
            } else {
                let size = std::fs::metadata(self.folder.join(key))
                    .expect("a file")
                    .len();
                body.push_str(&format!("<Contents><Key>{shown}</Key><ETag>&quot;1&quot;</ETag><Size>{size}</Size></Contents>"));
            }
        }
        let more = behind.len() > self.page;
        body.push_str(&format!("<IsTruncated>{more}</IsTruncated>"));
        if let Some((last, _)) = behind.get(self.page.wrapping_sub(1)).filter(|_| more) {
            body.push_str(&format!(
                "<NextContinuationToken>{last}</NextContinuationToken>"
            ));
        }
        body.push_str("</ListBucketResult>");
        Answer::new(200, body).header("content-type", "application/xml")
    }
}

/// Objects that a folder holds.
#[allow(dead_code)]
pub fn count(folder: &Path) -> usize {
    Bucket::new(folder, 1).keys.len()
}
