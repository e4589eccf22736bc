//! Phase 1: workers take chunks, one absorber takes their results in order.
//!
//! The loader is asked under a lock, the work is done in parallel, the results wait for their
//! turn in a bounded buffer: a worker too far ahead waits.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, mpsc};

use super::rows::{ChunkResult, SkippedAt};
use super::store::Store;
use super::worker::{Shared, Worker};
use crate::load::Loader;

/// Chunks a worker may be ahead of the absorber, per worker.
const AHEAD: u64 = 4;

/// Reads everything; false when it was stopped before the end.
pub fn read<'p>(
    loader: Loader,
    shared: &'p Shared<'p>,
    store: &mut Store,
    threads: usize,
    stop: &AtomicBool,
) -> Result<bool, String> {
    let threads = threads.max(1);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|number| format!("ctadel-{number}"))
        .build()
        .map_err(|error| error.to_string())?;
    let progress = loader.progress();
    let loader = Mutex::new(loader);
    let turn = Turn {
        ahead: threads as u64 * AHEAD,
        ..Turn::default()
    };
    let (send, receive) = mpsc::sync_channel(threads * AHEAD as usize);
    let ended = AtomicBool::new(false);
    let quiet = Mutex::new(Vec::new());
    pool.in_place_scope(|scope| {
        for _ in 0..threads {
            let send = send.clone();
            let (loader, turn, ended, quiet) = (&loader, &turn, &ended, &quiet);
            scope.spawn(move |_| {
                let mut worker = Worker::new(shared);
                work(shared, &mut worker, loader, turn, stop, ended, &send);
                if let Ok(mut quiet) = quiet.lock() {
                    quiet.extend(worker.quiet_matches());
                }
            });
        }
        drop(send);
        // Whatever happens here, nobody is to wait for a turn that never comes.
        let _release = Release(&turn);
        let mut waiting: BTreeMap<u64, ChunkResult> = BTreeMap::new();
        let mut next = 0;
        for result in receive {
            waiting.insert(result.ordinal, result);
            while let Some(mut result) = waiting.remove(&next) {
                progress.add_records(result.keys.len() as u64);
                store.absorb(&mut result);
                if let Ok(mut spare) = shared.spare.lock()
                    && spare.len() < threads
                {
                    spare.push(result);
                }
                next += 1;
            }
            turn.reach(next);
        }
    });
    if let Ok(mut spare) = shared.spare.lock() {
        *spare = Vec::new();
    }
    store.quiet.extend(quiet.into_inner().unwrap_or_default());
    Ok(ended.load(Ordering::Relaxed))
}

fn work<'p>(
    shared: &'p Shared<'p>,
    worker: &mut Worker<'p>,
    loader: &Mutex<Loader>,
    turn: &Turn,
    stop: &AtomicBool,
    ended: &AtomicBool,
    send: &mpsc::SyncSender<ChunkResult>,
) {
    while !stop.load(Ordering::Relaxed) {
        // A lock is poisoned only by a panic of the loader; there is nothing more to read then.
        let batch = match loader.lock() {
            Ok(mut loader) => loader.next_batch(),
            Err(_) => return,
        };
        let Some(batch) = batch else {
            return ended.store(true, Ordering::Relaxed);
        };
        for chunk in batch {
            turn.wait_for(chunk.ordinal);
            let (ordinal, file) = (chunk.ordinal, chunk.file.clone());
            let result =
                catch_unwind(AssertUnwindSafe(|| worker.run(chunk))).unwrap_or_else(|_| {
                    *worker = Worker::new(shared);
                    let reason = "an error of ctadel itself: please report it".to_owned();
                    let skipped = vec![SkippedAt {
                        reason,
                        position: None,
                        offset: None,
                        count: 1,
                    }];
                    ChunkResult {
                        ordinal,
                        file,
                        skipped,
                        ..ChunkResult::default()
                    }
                });
            if send.send(result).is_err() {
                return;
            }
        }
    }
}

/// How far the absorber has come.
#[derive(Default)]
struct Turn {
    absorbed: Mutex<u64>,
    /// How far ahead of it a worker may be.
    ahead: u64,
    moved: Condvar,
}

/// Lets everybody go on when the absorber ends, be it by a panic.
struct Release<'a>(&'a Turn);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.reach(u64::MAX / 2);
    }
}

impl Turn {
    fn reach(&self, next: u64) {
        if let Ok(mut absorbed) = self.absorbed.lock() {
            *absorbed = next;
        }
        self.moved.notify_all();
    }

    fn wait_for(&self, ordinal: u64) {
        let Ok(mut absorbed) = self.absorbed.lock() else {
            return;
        };
        while ordinal > *absorbed + self.ahead {
            match self.moved.wait(absorbed) {
                Ok(guard) => absorbed = guard,
                Err(_) => return,
            }
        }
    }
}
