//! What has been fetched, in the order it was found.
//!
//! Enters: slots that producers fill, some of them later than the next ones. Leaves: files, one at
//! a time, to a thread that may wait. It exists so that downloads overlap with everything else and
//! the order still hangs on names alone.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::load::damage::Remote;
use crate::load::progress::Progress;
use crate::net::{Error, block_on};

/// How long a waiting thread is deaf to Ctrl-C.
const TICK: Duration = Duration::from_millis(100);

/// One place in the order.
pub(crate) enum Slot {
    /// Here.
    Ready(Box<Fetched>),
    /// On its way.
    Pending(oneshot::Receiver<Fetched>),
    /// A sequence of its own.
    Lane(mpsc::Receiver<Slot>),
}

/// A file, or why there is none.
pub(crate) struct Fetched {
    /// Its name, relative to the input; a whole URL where it stands for the input.
    pub name: String,
    /// What came.
    pub got: Got,
    /// The memory that it was fetched on; let go when it is taken over.
    pub held: Option<Held>,
}

/// What came of a fetch.
pub(crate) enum Got {
    /// All bytes.
    Whole(Vec<u8>),
    /// More than is held at once.
    Stream(Incoming),
    /// Nothing: the provider's reason.
    Failed(Error),
    /// Left out on purpose.
    Ignored(&'static str),
    /// All pages of a stretch of time are through; its last moment, in nanoseconds.
    Part(i64),
}

/// Memory that is spoken for.
pub(crate) struct Held {
    pub _permit: OwnedSemaphorePermit,
    pub bytes: u64,
    pub progress: Arc<Progress>,
}

impl Held {
    /// Counts it.
    pub fn new(permit: OwnedSemaphorePermit, bytes: u64, progress: &Arc<Progress>) -> Held {
        progress.add_held(bytes);
        Held {
            _permit: permit,
            bytes,
            progress: Arc::clone(progress),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.progress.sub_held(self.bytes);
    }
}

/// One live input that has been started.
pub(crate) struct Feed {
    stack: Vec<mpsc::Receiver<Slot>>,
    stop: Arc<AtomicBool>,
}

impl Feed {
    /// What comes through this channel, until somebody wants no more.
    pub fn new(slots: mpsc::Receiver<Slot>, stop: &Arc<AtomicBool>) -> Feed {
        Feed {
            stack: vec![slots],
            stop: Arc::clone(stop),
        }
    }

    /// The next file; waits for it.
    pub fn next(&mut self) -> Option<Fetched> {
        loop {
            let slots = self.stack.last_mut()?;
            match wait(slots.recv(), &self.stop) {
                None => {
                    self.stack.clear();
                    return None;
                }
                Some(None) => {
                    self.stack.pop();
                }
                Some(Some(Slot::Ready(fetched))) => return Some(*fetched),
                Some(Some(Slot::Lane(lane))) => self.stack.push(lane),
                Some(Some(Slot::Pending(pending))) => match wait(pending, &self.stop) {
                    Some(Ok(fetched)) => return Some(fetched),
                    // Its task is gone: the run is ending.
                    Some(Err(_)) => {}
                    None => {
                        self.stack.clear();
                        return None;
                    }
                },
            }
        }
    }
}

/// Waits, with an ear for Ctrl-C; nothing when it came.
fn wait<T>(future: impl Future<Output = T>, stop: &AtomicBool) -> Option<T> {
    let listening = async {
        let mut future = std::pin::pin!(future);
        loop {
            if let Ok(value) = tokio::time::timeout(TICK, &mut future).await {
                return Some(value);
            }
            if stop.load(Relaxed) {
                return None;
            }
        }
    };
    block_on(listening).ok().flatten()
}

/// An object that is larger than what is held at once.
pub(crate) struct Incoming {
    pub parts: mpsc::Receiver<Result<Vec<u8>, Error>>,
    pub stop: Arc<AtomicBool>,
    pub part: Vec<u8>,
    pub at: usize,
    /// Held for as long as the stream is read.
    pub _held: Held,
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.part.len() {
            match wait(self.parts.recv(), &self.stop) {
                Some(Some(Ok(part))) => (self.part, self.at) = (part, 0),
                Some(Some(Err(error))) => return Err(Remote::error(error.to_string())),
                Some(None) => return Ok(0),
                None => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        let rest = &self.part[self.at..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}
