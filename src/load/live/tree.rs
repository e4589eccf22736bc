//! The walk through a bucket, pruned to a window.
//!
//! Enters: a store, a prefix, a window. Leaves: its objects, sorted by name, several listings
//! under way at once. Folders of dates are recognised wherever they stand, so that trails of an
//! organisation, sinks and diagnostic settings are all the same walk.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use super::dated::{Reach, style};
use super::objects::{Listed, Object, Page, Query, Store};
use super::passed::Passed;
use super::start::Tally;
use crate::net::Error;
use crate::net::credentials::Boxed;

/// Listings asked for at once.
const LISTINGS: usize = 16;
/// Folders looked into before their turn has come.
const AHEAD: usize = 16;
/// Below this many levels nothing is looked for: the rest is listed as it is.
const DEPTH: u8 = 9;
/// Folders at one level that are walked one by one.
const FOLDERS: usize = 10_000;
/// What the walk goes past: hashes of logs, no logs.
const DIGESTS: &str = "CloudTrail-Digest/";

/// What is walked.
pub(super) struct Walk {
    pub store: Arc<dyn Store>,
    /// Nothing: all of it.
    pub reach: Option<Reach>,
    pub tally: Arc<Tally>,
    gate: Semaphore,
}

impl Walk {
    /// Of a whole store, or of a window of it.
    pub fn new(store: Arc<dyn Store>, reach: Option<Reach>, tally: &Arc<Tally>) -> Arc<Walk> {
        Arc::new(Walk {
            store,
            reach,
            tally: Arc::clone(tally),
            gate: Semaphore::new(LISTINGS),
        })
    }

    /// Lists everything below a prefix.
    pub fn below(self: &Arc<Self>, prefix: String) -> mpsc::Receiver<Listed> {
        match self.reach {
            None => self.flat(prefix),
            Some(reach) => self.level(prefix, reach, DEPTH),
        }
    }

    /// One level, and lanes for what is below it.
    fn level(self: &Arc<Self>, prefix: String, reach: Reach, depth: u8) -> mpsc::Receiver<Listed> {
        if depth == 0 {
            return self.flat(prefix);
        }
        let (send, lane) = mpsc::channel(AHEAD);
        let walk = Arc::clone(self);
        tokio::spawn(async move {
            // Boxed: it goes as deep as the tree does.
            let looked: Boxed<'_, Option<()>> = Box::pin(walk.look(prefix, reach, depth, &send));
            looked.await
        });
        lane
    }

    async fn look(
        self: &Arc<Self>,
        prefix: String,
        reach: Reach,
        depth: u8,
        send: &mpsc::Sender<Listed>,
    ) -> Option<()> {
        let mut objects: Vec<Object> = Vec::new();
        let mut folders: Vec<String> = Vec::new();
        let mut query = Query {
            prefix: prefix.clone(),
            folders: true,
            ..Query::default()
        };
        let mut passed = Passed::default();
        loop {
            let page = match self.page(&query, &mut passed).await {
                Ok(page) => page,
                Err(error) => return send.send(Listed::Failed(prefix, error)).await.ok(),
            };
            objects.extend(page.objects);
            folders.extend(page.folders);
            let Some(next) = page.next else { break };
            if folders.len() + objects.len() > FOLDERS {
                return send.send(Listed::Lane(self.flat(prefix))).await.ok();
            }
            query.token = Some(next);
        }
        if let Some(style) = style(folders.iter().map(String::as_str)) {
            let known = |day: &String| folders.iter().any(|year| day.starts_with(&**year));
            let days = reach.folders(style).into_iter();
            let mut days: Vec<String> = days.map(|day| format!("{prefix}{day}")).collect();
            days.retain(known);
            self.tally.add_tree(days.len() as u64);
            folders = days;
            return self.merge(objects, folders, reach, 0, send).await;
        }
        self.merge(objects, folders, reach, depth - 1, send).await
    }

    /// Objects and folders of one level, in the order of their names.
    async fn merge(
        self: &Arc<Self>,
        objects: Vec<Object>,
        mut folders: Vec<String>,
        reach: Reach,
        depth: u8,
        send: &mpsc::Sender<Listed>,
    ) -> Option<()> {
        // What two pages name is one and the same.
        folders.sort();
        folders.dedup();
        let mut objects = self.kept(objects);
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        objects.dedup_by(|a, b| a.key == b.key);
        let mut objects = objects.into_iter().peekable();
        for folder in folders {
            let mut before = Vec::new();
            while let Some(object) = objects.next_if(|object| object.key < folder) {
                before.push(object);
            }
            if !before.is_empty() {
                send.send(Listed::Objects(before)).await.ok()?;
            }
            let listed = match folder.ends_with(DIGESTS) {
                true => Listed::Ignored(folder, "CloudTrail digests: not fetched for a window"),
                false => Listed::Lane(self.level(folder, reach, depth)),
            };
            send.send(listed).await.ok()?;
        }
        let rest: Vec<Object> = objects.collect();
        if !rest.is_empty() {
            send.send(Listed::Objects(rest)).await.ok()?;
        }
        Some(())
    }

    /// Everything below a prefix; the last day of a window only as far as the window goes.
    fn flat(self: &Arc<Self>, prefix: String) -> mpsc::Receiver<Listed> {
        let after = self.reach.and_then(|reach| reach.after(&prefix));
        let Some(hours) = self.reach.and_then(|reach| reach.hours(&prefix)) else {
            return self.through(prefix, after);
        };
        let (send, lane) = mpsc::channel(AHEAD);
        let walk = Arc::clone(self);
        tokio::spawn(async move {
            for hour in hours {
                let listed = Listed::Lane(walk.through(hour, after.clone()));
                if send.send(listed).await.is_err() {
                    return;
                }
            }
        });
        lane
    }

    /// Page by page.
    fn through(self: &Arc<Self>, prefix: String, after: Option<String>) -> mpsc::Receiver<Listed> {
        let (send, lane) = mpsc::channel(1);
        let walk = Arc::clone(self);
        tokio::spawn(async move {
            let mut query = Query {
                prefix,
                after,
                ..Query::default()
            };
            let mut passed = Passed::default();
            let mut before: BTreeSet<String> = BTreeSet::new();
            loop {
                let mut page = match walk.page(&query, &mut passed).await {
                    Ok(page) => page,
                    Err(error) => {
                        let _ = send.send(Listed::Failed(query.prefix, error)).await;
                        return;
                    }
                };
                let past = |object: &Object| walk.reach.is_some_and(|it| it.is_past(&object.key));
                let past = page.objects.last().is_some_and(past);
                // A page that comes twice is read once.
                let names = page.objects.iter().map(|object| object.key.clone());
                let names: BTreeSet<String> = names.collect();
                page.objects.retain(|object| !before.contains(&object.key));
                before = names;
                let objects = walk.kept(page.objects);
                if !objects.is_empty() && send.send(Listed::Objects(objects)).await.is_err() {
                    return;
                }
                let Some(next) = page.next.filter(|_| !past) else {
                    return;
                };
                query.token = Some(next);
            }
        });
        lane
    }

    async fn page(&self, query: &Query, passed: &mut Passed) -> Result<Page, Error> {
        let _turn = self.gate.acquire().await.map_err(|_| Error::Interrupted)?;
        let page = self.store.list(query).await?;
        self.tally.add_listed(page.objects.len() as u64);
        if let Some(next) = &page.next {
            passed.by(next)?;
        }
        Ok(page)
    }

    fn kept(&self, mut objects: Vec<Object>) -> Vec<Object> {
        if let Some(reach) = self.reach {
            let before = objects.len();
            objects.retain(|object| reach.may_hold(&object.key, object.modified));
            self.tally.add_outside((before - objects.len()) as u64);
        }
        objects
    }
}
