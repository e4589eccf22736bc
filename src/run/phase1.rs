//! Phase 1: workers take batches of chunks, and take their results in by turns.
//!
//! The loader is asked under a lock, the work is done in parallel. A result waits for its turn;
//! whoever brings the one whose turn it is takes in all that can follow, while the others go on.
//! A worker too far ahead waits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rayon::ThreadPool;

use super::rows::BatchResult;
use super::store::Store;
use super::worker::{Shared, Worker};
use crate::load::{Loader, Progress};

/// Batches a worker may be ahead of what has been taken in, per worker.
const AHEAD: u64 = 1;

/// The threads of a run.
pub fn pool(threads: usize) -> Result<ThreadPool, String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1));
    let pool = pool.thread_name(|number| format!("ctadel-{number}"));
    pool.build().map_err(|error| error.to_string())
}

/// Reads everything; false when it was stopped before the end.
pub fn read<'p>(
    loader: Loader,
    shared: &'p Shared<'p>,
    store: &mut Store,
    pool: &ThreadPool,
    stop: &AtomicBool,
) -> bool {
    let threads = pool.current_num_threads();
    let turns = Turns {
        queue: Mutex::default(),
        moved: Condvar::new(),
        ahead: threads as u64 * AHEAD,
        progress: loader.progress(),
        store: Mutex::new(store),
        shared,
    };
    let loader = Mutex::new(loader);
    let ended = AtomicBool::new(false);
    let work_through = || {
        // Whatever happens here, nobody is to wait for a turn that never comes.
        let _release = Release(&turns);
        let mut worker = Worker::new(shared);
        work(&mut worker, &loader, &turns, stop, &ended);
        let mut store = turns.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.quiet.extend(worker.quiet_matches());
    };
    pool.in_place_scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|_| work_through());
        }
        // The caller is one of the workers: it fills the gaps that loading the rules has left.
        work_through();
    });
    if let Ok(mut spare) = shared.spare.lock() {
        *spare = None;
    }
    ended.load(Ordering::Relaxed)
}

fn work<'p>(
    worker: &mut Worker<'p>,
    loader: &Mutex<Loader>,
    turns: &Turns<'_, 'p>,
    stop: &AtomicBool,
    ended: &AtomicBool,
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
        if !turns.wait_for(batch.ordinal) {
            return;
        }
        turns.take_in(worker.run(batch));
    }
}

/// Takes the results in, in their order.
struct Turns<'t, 'p> {
    queue: Mutex<Queue>,
    /// Tells of every turn.
    moved: Condvar,
    /// How far ahead a worker may be.
    ahead: u64,
    progress: Arc<Progress>,
    store: Mutex<&'t mut Store>,
    shared: &'p Shared<'p>,
}

#[derive(Default)]
struct Queue {
    /// Results whose turn is still to come.
    waiting: BTreeMap<u64, BatchResult>,
    /// Whose turn it is.
    next: u64,
    /// Somebody is taking results in, and will take these in too.
    busy: bool,
    /// Somebody broke down on it: there is no next turn.
    broken: bool,
}

/// Lets everybody go on when a worker breaks down.
struct Release<'a, 't, 'p>(&'a Turns<'t, 'p>);

impl Drop for Release<'_, '_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.queue().broken = true;
            self.0.moved.notify_all();
        }
    }
}

impl Turns<'_, '_> {
    /// Nothing breaks off while it is held.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a batch is not too far ahead; false where nothing is taken in any more.
    fn wait_for(&self, ordinal: u64) -> bool {
        let mut queue = self.queue();
        while ordinal > queue.next + self.ahead && !queue.broken {
            let woken = self.moved.wait(queue);
            queue = woken.unwrap_or_else(PoisonError::into_inner);
        }
        !queue.broken
    }

    /// Takes a result in and all that waited for it, or leaves it to whoever is at it.
    fn take_in(&self, result: BatchResult) {
        let mut queue = self.queue();
        queue.waiting.insert(result.ordinal, result);
        if std::mem::replace(&mut queue.busy, true) {
            return;
        }
        loop {
            let turn = queue.next;
            let Some(mut result) = queue.waiting.remove(&turn) else {
                queue.busy = false;
                return;
            };
            drop(queue);
            self.progress.add_records(result.keys.len() as u64);
            let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
            store.absorb(&mut result);
            drop(store);
            if let Ok(mut spare) = self.shared.spare.lock() {
                *spare = Some(result);
            }
            queue = self.queue();
            queue.next = turn + 1;
            self.moved.notify_all();
        }
    }
}
