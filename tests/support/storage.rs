//! A folder as a bucket of Google Cloud or as a container of Azure, with pages of a few names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::server::{Answer, Seen, unescape};

/// A folder, its names, and how many a page holds.
pub struct Storage {
    folder: PathBuf,
    names: Vec<String>,
    page: usize,
}

/// A page of names: objects with their sizes, folders, where to go on.
type Listed = (Vec<(String, u64)>, Vec<String>, Option<String>);

impl Storage {
    pub fn new(folder: &Path, names: &[&str], page: usize) -> Storage {
        Storage {
            folder: folder.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            page,
        }
    }

    fn list(&self, prefix: &str, cut: bool, from: &str) -> Listed {
        let mut entries = BTreeSet::new();
        for name in self.names.iter().filter(|name| name.starts_with(prefix)) {
            let rest = &name[prefix.len()..];
            match rest.find('/').filter(|_| cut) {
                Some(at) => entries.insert((format!("{prefix}{}", &rest[..=at]), true)),
                None => entries.insert((name.clone(), false)),
            };
        }
        let mut left = entries
            .into_iter()
            .filter(|(name, _)| name.as_str() >= from);
        let taken: Vec<(String, bool)> = left.by_ref().take(self.page).collect();
        let next = left.next().map(|(name, _)| name);
        let size = |name: &String| {
            let data = std::fs::metadata(self.folder.join(name));
            data.expect("a file").len()
        };
        let of = |folders: bool| {
            let taken = taken.iter().filter(move |(_, folder)| *folder == folders);
            taken.map(|(name, _)| name.clone())
        };
        let objects = of(false).map(|name| (name.clone(), size(&name))).collect();
        (objects, of(true).collect(), next)
    }

    fn read(&self, name: &str, seen: &Seen) -> Answer {
        let Ok(bytes) = std::fs::read(self.folder.join(name)) else {
            return Answer::new(404, "");
        };
        let range = seen.header("range").unwrap_or("bytes=0-");
        let from = range.trim_start_matches("bytes=").trim_end_matches('-');
        let from: usize = from.parse().expect("a range");
        Answer::new(if from > 0 { 206 } else { 200 }, &bytes[from..])
    }

    /// `GET /storage/v1/b/BUCKET/o…`
    pub fn google(&self, seen: &Seen) -> Answer {
        let path = seen.path();
        let Some((_, rest)) = path.split_once("/storage/v1/b/audit/o") else {
            return Answer::new(404, "{}");
        };
        if let Some(name) = rest.strip_prefix('/') {
            return self.read(&unescape(name), seen);
        }
        let (prefix, token) = (seen.query("prefix"), seen.query("pageToken"));
        let cut = seen.query("delimiter").is_some();
        let (objects, folders, next) =
            self.list(&prefix.unwrap_or_default(), cut, &token.unwrap_or_default());
        let items = objects.into_iter();
        let items = items.map(|(name, size)| json!({"name": name, "size": size.to_string()}));
        let items: Vec<_> = items.collect();
        Answer::json(json!({"items": items, "prefixes": folders, "nextPageToken": next}))
    }

    /// `GET /CONTAINER?comp=list…` and `GET /CONTAINER/NAME`
    pub fn azure(&self, seen: &Seen) -> Answer {
        let path = unescape(seen.path());
        let Some(rest) = path.strip_prefix("/logs") else {
            return Answer::new(404, "");
        };
        if let Some(name) = rest.strip_prefix('/') {
            return self.read(name, seen);
        }
        let (prefix, token) = (seen.query("prefix"), seen.query("marker"));
        let cut = seen.query("delimiter").is_some();
        let (objects, folders, next) =
            self.list(&prefix.unwrap_or_default(), cut, &token.unwrap_or_default());
        let mut body = "\u{feff}<?xml version=\"1.0\"?><EnumerationResults><Blobs>".to_owned();
        for (name, size) in objects {
            body.push_str(&format!("<Blob><Name>{name}</Name><Properties><Content-Length>{size}</Content-Length></Properties></Blob>"));
        }
        for name in folders {
            body.push_str(&format!("<BlobPrefix><Name>{name}</Name></BlobPrefix>"));
        }
        let next = next.unwrap_or_default();
        body.push_str(&format!(
            "</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>"
        ));
        Answer::new(200, body).header("content-type", "application/xml")
    }
}
