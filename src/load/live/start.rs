//! From a URL to a feed.
//!
//! Enters: targets, the window, the environment. Leaves: feeds that are running, the addresses
//! that somebody put in the place of a provider's own, and whether a first request works.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::sync::mpsc;

use super::dated::Reach;
use super::feed::{Feed, Fetched, Got, Slot};
use super::objects::{self, Query, Store};
use super::pages::{self, Part};
use super::target::{Scheme, Target};
use super::tree::Walk;
use super::{
    aws_logs, aws_lookup, azure_activity, azure_blobs, entra, gcp_logging, gcs, okta, ovh, s3,
    scaleway,
};
use crate::load::options::Span;
use crate::load::progress::Progress;
use crate::model::Time;
use crate::model::time::{DAY, HOUR};
use crate::net::credentials::aws::Aws;
use crate::net::{Env, Error, block_on, spawn};

/// Memory of everything that is on its way: together with what the workers have in hand it stays
/// below 64 MiB.
pub(crate) const BUDGET: u64 = 48 << 20;
/// Slots that wait for their turn.
const SLOTS: usize = 64;

/// Whether a file is there already.
pub(crate) type Skip = Arc<dyn Fn(&str, u64) -> bool + Send + Sync>;

/// What a live input is read with.
#[derive(Clone)]
pub(crate) struct Context {
    /// How messages name the input.
    pub name: String,
    pub span: Span,
    pub env: Env,
    pub progress: Arc<Progress>,
    pub tally: Arc<Tally>,
    /// Bytes that may be on their way.
    pub memory: u64,
    pub skip: Option<Skip>,
}

impl Context {
    /// Of the process's own environment.
    pub fn new(tally: &Arc<Tally>, span: &Span, progress: &Arc<Progress>, memory: u64) -> Context {
        Context {
            name: tally.name.clone(),
            span: span.clone(),
            env: Env::process(),
            progress: Arc::clone(progress),
            tally: Arc::clone(tally),
            memory,
            skip: None,
        }
    }
}

/// What one input has come to.
#[derive(Debug, Default)]
pub struct Tally {
    name: String,
    window: String,
    listed: AtomicU64,
    outside: AtomicU64,
    fetched: AtomicU64,
    trees: AtomicU64,
    dated: AtomicU64,
}

impl Tally {
    pub(crate) fn new(name: &str, span: &Span) -> Arc<Tally> {
        let window = match (span.from, span.to) {
            (None, None) => "everything".to_owned(),
            (None, Some(to)) => format!("until {to}"),
            (Some(from), to) => format!("{from} to {}", to.unwrap_or(span.now)),
        };
        Arc::new(Tally {
            name: name.to_owned(),
            window,
            ..Tally::default()
        })
    }

    /// The input.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The time that it is read for, lookback included.
    pub fn window(&self) -> &str {
        &self.window
    }

    /// Objects that a listing named, or pages.
    pub fn listed(&self) -> u64 {
        self.listed.load(Relaxed)
    }

    /// Those that cannot hold anything of the window.
    pub fn outside(&self) -> u64 {
        self.outside.load(Relaxed)
    }

    /// Those that were fetched.
    pub fn fetched(&self) -> u64 {
        self.fetched.load(Relaxed)
    }

    /// Folders of dates that the walk came to, and how many days or months of them the window
    /// touches: no other one is listed.
    pub fn trees(&self) -> (u64, u64) {
        (self.trees.load(Relaxed), self.dated.load(Relaxed))
    }

    pub(super) fn add_tree(&self, dated: u64) {
        self.trees.fetch_add(1, Relaxed);
        self.dated.fetch_add(dated, Relaxed);
    }

    pub(super) fn add_listed(&self, count: u64) {
        self.listed.fetch_add(count, Relaxed);
    }

    pub(super) fn add_outside(&self, count: u64) {
        self.outside.fetch_add(count, Relaxed);
    }

    pub(super) fn add_fetched(&self) {
        self.fetched.fetch_add(1, Relaxed);
    }
}

/// What a target turns out to be.
enum Opened {
    Store(Arc<dyn Store>),
    /// Sequences by name, and how far back the provider remembers.
    Pages(super::pages::Sequences, i64),
}

/// Starts to read: what comes waits in the feed.
pub(crate) fn start(target: &Target, context: Context) -> Result<Feed, String> {
    let (send, slots) = mpsc::channel(SLOTS);
    let stop = Arc::clone(&context.span.stop);
    let target = target.clone();
    spawn(async move {
        if let Err(error) = run(&target, &context, &send).await {
            let (name, held) = (target.text.clone(), None);
            let got = Got::Failed(error);
            let slot = Slot::Ready(Box::new(Fetched { name, got, held }));
            // Nobody waits any more where the run has ended.
            let _ = send.send(slot).await;
        }
    })?;
    Ok(Feed::new(slots, &stop))
}

async fn run(target: &Target, context: &Context, slots: &mpsc::Sender<Slot>) -> Result<(), Error> {
    match open(target, &context.env).await? {
        Opened::Pages(sequences, reach) => {
            pages::read(sequences, reach, context, slots).await;
        }
        Opened::Store(store) => {
            let (prefix, root) = prefix(&*store, folder(target)).await?;
            let reach = reach(target, &context.span);
            let walk = Walk::new(Arc::clone(&store), reach, &context.tally);
            let listing = walk.below(prefix);
            objects::fetch(store, listing, &root, context, slots).await;
        }
    }
    Ok(())
}

/// What stands behind the bucket or container.
fn folder(target: &Target) -> &str {
    let (_, rest) = target.split();
    match target.scheme {
        Scheme::Az => rest.split_once('/').map_or("", |(_, folder)| folder),
        _ => rest,
    }
}

/// What to list, and what to take off the names: a folder without its slash, one object, or the
/// beginning of several names.
async fn prefix(store: &dyn Store, folder: &str) -> Result<(String, String), Error> {
    if folder.is_empty() || folder.ends_with('/') {
        return Ok((folder.to_owned(), folder.to_owned()));
    }
    let query = Query {
        prefix: folder.to_owned(),
        folders: true,
        ..Query::default()
    };
    let page = store.list(&query).await?;
    let slash = format!("{folder}/");
    let is_object = page.objects.iter().any(|object| object.key == folder);
    if page.folders.contains(&slash) && !is_object {
        return Ok((slash.clone(), slash));
    }
    let above = folder.rfind('/').map_or("", |at| &folder[..=at]);
    if page.objects.is_empty() && page.folders.is_empty() {
        return Err(Error::Malformed {
            what: folder.to_owned(),
            reason: "nothing begins with this name".to_owned(),
        });
    }
    Ok((folder.to_owned(), above.to_owned()))
}

fn reach(target: &Target, span: &Span) -> Option<Reach> {
    if span.from.is_none() && span.to.is_none() {
        return None;
    }
    let to = span.to.map_or(span.now, |to| to.min(span.now));
    let from = span.from.unwrap_or(Time(0));
    // Nothing arrives later than now, but clocks differ.
    let arrived = to.plus(target.late).min(span.now.plus(HOUR));
    Some(Reach { from, to, arrived })
}

async fn open(target: &Target, env: &Env) -> Result<Opened, Error> {
    let aws = || Aws::load();
    Ok(match target.scheme {
        Scheme::S3 => Opened::Store(Arc::new(s3::S3::new(aws().await, target))),
        Scheme::Gs => Opened::Store(Arc::new(gcs::Gcs::new(env, target)?)),
        Scheme::Az => Opened::Store(Arc::new(azure_blobs::Blobs::new(env, target)?)),
        Scheme::AwsLookup => {
            Opened::Pages(aws_lookup::sequences(aws().await, target).await?, 90 * DAY)
        }
        // A group's retention is its owner's; ten years are all of it.
        Scheme::AwsLogs => Opened::Pages(aws_logs::sequences(aws().await, target)?, 3650 * DAY),
        Scheme::GcpLogging => Opened::Pages(gcp_logging::sequences(env, target)?, 400 * DAY),
        Scheme::AzureActivity => Opened::Pages(azure_activity::sequences(env, target)?, 90 * DAY),
        Scheme::Entra => Opened::Pages(entra::sequences(env, target)?, 30 * DAY),
        Scheme::Scaleway => Opened::Pages(scaleway::sequences(env, target)?, 90 * DAY),
        Scheme::Ovh => Opened::Pages(ovh::sequences(env, target)?, 400 * DAY),
        Scheme::Okta => Opened::Pages(okta::sequences(env, target)?, 90 * DAY),
    })
}

/// Addresses that stand in the place of a provider's own: an input, and where it is asked.
pub fn endpoints(targets: &[Target]) -> Vec<(String, String)> {
    let env = Env::process();
    let is_aws = |scheme| matches!(scheme, Scheme::S3 | Scheme::AwsLookup | Scheme::AwsLogs);
    let aws = match targets.iter().any(|target| is_aws(target.scheme)) {
        true => block_on(Aws::load()).ok(),
        false => None,
    };
    let redirected = |target: &Target| {
        if let Some(url) = &target.endpoint {
            return Some(url.clone());
        }
        let of_aws = |id, prefix| {
            let found = aws.as_ref()?.endpoint(id, prefix, "us-east-1");
            found.redirected.then_some(found.url)
        };
        match target.scheme {
            Scheme::S3 => of_aws("S3", "s3"),
            Scheme::AwsLookup => of_aws("CloudTrail", "cloudtrail"),
            Scheme::AwsLogs => of_aws("CloudWatch Logs", "logs"),
            Scheme::GcpLogging => env.get(gcp_logging::ENDPOINT),
            Scheme::Gs => env.get(gcs::ENDPOINT),
            Scheme::AzureActivity => env.get(azure_activity::ENDPOINT),
            Scheme::Scaleway => env.get("SCW_API_URL"),
            Scheme::Entra | Scheme::Az | Scheme::Ovh | Scheme::Okta => None,
        }
    };
    let pairs = targets.iter();
    pairs
        .filter_map(|target| Some((target.text.clone(), redirected(target)?)))
        .collect()
}

/// Why an input cannot be read, or not all of it: a part of it by name, where it has several, and
/// what is missing.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Closed(Vec<String>);

impl From<Error> for Closed {
    fn from(error: Error) -> Closed {
        Closed(vec![error.to_string()])
    }
}

/// Asks for as little as shows that an input can be read: one page of a listing, or the first page
/// of each log for the last hour.
pub fn check(target: &Target, now: Time) -> Result<String, Closed> {
    let env = Env::process();
    let asked = async {
        match open(target, &env).await? {
            Opened::Store(store) => {
                let (prefix, _) = prefix(&*store, folder(target)).await?;
                let query = Query {
                    prefix,
                    folders: true,
                    ..Query::default()
                };
                let page = store.list(&query).await?;
                if let Some(object) = page.objects.iter().find(|object| object.size > 0) {
                    store.open(object, 0).await?;
                }
                Ok("can be listed".to_owned())
            }
            Opened::Pages(sequences, _) => {
                let part = Part {
                    from: now.minus(HOUR),
                    to: now,
                };
                let mut closed = Vec::new();
                for (name, sequence) in &sequences {
                    if let Err(error) = sequence.page(&part, None).await {
                        closed.push(match &**name {
                            "" => error.to_string(),
                            name => format!("{name}: {error}"),
                        });
                    }
                }
                match closed.is_empty() {
                    true => Ok("answers".to_owned()),
                    false => Err(Closed(closed)),
                }
            }
        }
    };
    block_on(asked).map_err(|reason| Closed(vec![reason]))?
}
