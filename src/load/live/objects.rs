//! Objects of a bucket, fetched ahead and handed over in the order of the listing.
//!
//! Enters: a store and its listing. Leaves: slots, in order, within the memory of this input. It
//! exists because a thousand small objects are fetched one after the other in no useful time, and
//! all at once in no bounded memory.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::feed::{Fetched, Got, Held, Incoming, Slot};
use super::start::Context;
use crate::load::name::printable;
use crate::load::options::SMALL_PACKED;
use crate::model::Time;
use crate::net::credentials::Boxed;
use crate::net::{Error, Streamed};

/// Objects on their way at once.
const AHEAD: usize = 48;
/// What one permit stands for.
const UNIT: u64 = 1 << 10;
/// Memory of an object that comes as a stream.
const STREAM: u64 = 2 << 20;
/// Largest piece of a stream, and how many of them wait.
const PART: (usize, usize) = (128 << 10, 8);
/// Times that a broken line is taken up again within one object.
const RESUMES: u32 = 8;

/// A place that lists names and hands out what is behind them.
pub(super) trait Store: Send + Sync + 'static {
    /// One page of a listing.
    fn list<'a>(&'a self, query: &'a Query) -> Boxed<'a, Result<Page, Error>>;

    /// An object from this byte on; `version` is what the listing said of it.
    fn open<'a>(&'a self, object: &'a Object, from: u64) -> Boxed<'a, Result<Streamed, Error>>;
}

/// What is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// What names begin with.
    pub prefix: String,
    /// Whether names are cut at the next slash.
    pub folders: bool,
    /// Only names behind this one.
    pub after: Option<String>,
    /// Where the page before ended.
    pub token: Option<String>,
}

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub objects: Vec<Object>,
    /// Cut names, with their slash.
    pub folders: Vec<String>,
    pub next: Option<String>,
}

/// One object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Object {
    pub key: String,
    pub size: u64,
    pub modified: Option<Time>,
    /// What tells it from another of the same name.
    pub version: Option<String>,
}

/// What a listing meets.
pub(super) enum Listed {
    Objects(Vec<Object>),
    /// A listing of its own, whose objects come here.
    Lane(mpsc::Receiver<Listed>),
    /// A part that could not be listed.
    Failed(String, Error),
    /// A part left out on purpose.
    Ignored(String, &'static str),
}

/// Fetches what is listed. Memory is given out in the order of the listing, so that what is
/// waited for never waits for what comes after it.
pub(super) async fn fetch(
    store: Arc<dyn Store>,
    listing: mpsc::Receiver<Listed>,
    root: &str,
    context: &Context,
    slots: &mpsc::Sender<Slot>,
) -> Option<()> {
    let memory = Arc::new(Semaphore::new(units(context.memory) as usize));
    let ahead = Arc::new(Semaphore::new(AHEAD));
    let name = |key: &str| printable(key.strip_prefix(root).unwrap_or(key).as_bytes());
    let ready = |name, got| {
        let held = None;
        Slot::Ready(Box::new(Fetched { name, got, held }))
    };
    let mut stack = vec![listing];
    while let Some(lane) = stack.last_mut() {
        let objects = match lane.recv().await {
            None => {
                stack.pop();
                continue;
            }
            Some(Listed::Lane(inner)) => {
                stack.push(inner);
                continue;
            }
            Some(Listed::Failed(prefix, error)) => {
                // Where nothing of it can be listed, the input itself is what is missing.
                let name = match prefix == root {
                    true => context.name.clone(),
                    false => name(&prefix),
                };
                let slot = ready(name, Got::Failed(error));
                slots.send(slot).await.ok()?;
                continue;
            }
            Some(Listed::Ignored(prefix, reason)) => {
                let slot = ready(name(&prefix), Got::Ignored(reason));
                slots.send(slot).await.ok()?;
                continue;
            }
            Some(Listed::Objects(objects)) => objects,
        };
        for object in objects {
            let name = name(&object.key);
            // A name that ends in a slash is how some tools draw a folder.
            if object.size == 0 && object.key.ends_with('/') {
                continue;
            }
            if context
                .skip
                .as_ref()
                .is_some_and(|skip| skip(&name, object.size))
            {
                continue;
            }
            let small = object.size <= SMALL_PACKED.min(context.memory / 2);
            let bytes = if small { object.size } else { STREAM };
            let wanted = units(bytes).min(units(context.memory));
            let permit = Arc::clone(&memory).acquire_many_owned(wanted).await.ok()?;
            let turn = Arc::clone(&ahead).acquire_owned().await.ok()?;
            let held = Held::new(permit, bytes, &context.progress);
            let (done, pending) = oneshot::channel();
            slots.send(Slot::Pending(pending)).await.ok()?;
            context.tally.add_fetched();
            let (store, stop) = (Arc::clone(&store), Arc::clone(&context.span.stop));
            tokio::spawn(async move {
                let fetched = match small {
                    true => {
                        let got = whole(&*store, &object).await;
                        let got = got.map_or_else(Got::Failed, Got::Whole);
                        let held = Some(held);
                        Fetched { name, got, held }
                    }
                    false => {
                        let got = Got::Stream(stream(store, object, held, stop));
                        let held = None;
                        Fetched { name, got, held }
                    }
                };
                drop(turn);
                // Nobody waits any more where the run has ended.
                let _ = done.send(fetched);
            });
        }
    }
    Some(())
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT))
        .unwrap_or(u32::MAX)
        .max(1)
}

/// All bytes of an object; a broken line is taken up where it broke.
async fn whole(store: &dyn Store, object: &Object) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(usize::try_from(object.size).unwrap_or_default());
    let mut reader = Resumed::new(store, object);
    while let Some(part) = reader.next().await? {
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// The pieces of an object, as they come.
fn stream(store: Arc<dyn Store>, object: Object, held: Held, stop: Arc<AtomicBool>) -> Incoming {
    let (send, parts) = mpsc::channel(PART.1);
    tokio::spawn(async move {
        let mut reader = Resumed::new(&*store, &object);
        loop {
            let part = match reader.next().await {
                Ok(Some(part)) => part,
                Ok(None) => return,
                Err(error) => {
                    let _ = send.send(Err(error)).await;
                    return;
                }
            };
            for piece in part.chunks(PART.0) {
                if send.send(Ok(piece.to_vec())).await.is_err() {
                    return;
                }
            }
        }
    });
    Incoming {
        parts,
        stop,
        part: Vec::new(),
        at: 0,
        _held: held,
    }
}

/// A read of one object that outlives the lines it comes over.
struct Resumed<'a> {
    store: &'a dyn Store,
    object: &'a Object,
    line: Option<Streamed>,
    read: u64,
    resumes: u32,
}

impl<'a> Resumed<'a> {
    fn new(store: &'a dyn Store, object: &'a Object) -> Self {
        Resumed {
            store,
            object,
            line: None,
            read: 0,
            resumes: 0,
        }
    }

    /// The next bytes, as many in all as the listing promised: what was appended since is left
    /// for the next run.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            let left = self.object.size - self.read;
            if left == 0 {
                return Ok(None);
            }
            if self.line.is_none() {
                self.line = Some(self.store.open(self.object, self.read).await?);
            }
            let Some(line) = &mut self.line else { continue };
            let broken = match line.chunk().await {
                Ok(Some(mut part)) => {
                    part.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                    self.read += part.len() as u64;
                    return Ok(Some(part));
                }
                Ok(None) => None,
                Err(error) => Some(error),
            };
            self.line = None;
            self.resumes += 1;
            if self.resumes > RESUMES {
                return Err(broken.unwrap_or_else(|| Error::Malformed {
                    what: "an object".to_owned(),
                    reason: "it is shorter than its listing says".to_owned(),
                }));
            }
            let wait = 50 << self.resumes;
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }
}
