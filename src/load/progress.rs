//! How far a run has come.
//!
//! Enters: counts from the loader and from a walk that only asks for sizes. Leaves: numbers
//! that a progress bar and the coverage read. It exists so that neither has to ask the loader.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Counters that the loader moves; any thread may read them.
#[derive(Debug, Default)]
pub struct Progress {
    read: AtomicU64,
    total: AtomicU64,
    measured: AtomicBool,
    files: AtomicU64,
    records: AtomicU64,
    #[cfg(feature = "live")]
    held: AtomicU64,
    most_held: AtomicU64,
    refused: AtomicU64,
    #[cfg(feature = "live")]
    tallies: std::sync::Mutex<Vec<Arc<super::live::Tally>>>,
}

impl Progress {
    /// Bytes handed out so far, as they lie on disk or came through the pipe.
    pub fn read(&self) -> u64 {
        self.read.load(Relaxed)
    }

    /// Files handed out so far; the members of an archive count, the archive does not.
    pub fn files(&self) -> u64 {
        self.files.load(Relaxed)
    }

    /// Records taken in so far.
    pub fn records(&self) -> u64 {
        self.records.load(Relaxed)
    }

    /// Counts records that were taken in.
    pub fn add_records(&self, records: u64) {
        self.records.fetch_add(records, Relaxed);
    }

    /// Bytes of live inputs that are on their way or wait to be worked on, at most so far.
    pub fn most_held(&self) -> u64 {
        self.most_held.load(Relaxed)
    }

    /// Objects, pages and whole inputs that a provider did not hand out.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// What became of each live input.
    #[cfg(feature = "live")]
    pub fn tallies(&self) -> Vec<Arc<super::live::Tally>> {
        let tallies = self.tallies.lock();
        tallies.map(|all| all.clone()).unwrap_or_default()
    }

    /// Bytes of the whole input, once they are known; a pipe adds nothing.
    pub fn total(&self) -> Option<u64> {
        self.measured
            .load(Relaxed)
            .then(|| self.total.load(Relaxed))
    }

    pub(crate) fn add_read(&self, bytes: u64) {
        self.read.fetch_add(bytes, Relaxed);
    }

    #[cfg(feature = "live")]
    pub(crate) fn add_tally(&self, tally: &Arc<super::live::Tally>) {
        if let Ok(mut tallies) = self.tallies.lock() {
            tallies.push(Arc::clone(tally));
        }
    }

    #[cfg(feature = "live")]
    pub(crate) fn add_held(&self, bytes: u64) {
        let held = self.held.fetch_add(bytes, Relaxed) + bytes;
        self.most_held.fetch_max(held, Relaxed);
    }

    #[cfg(feature = "live")]
    pub(crate) fn sub_held(&self, bytes: u64) {
        self.held.fetch_sub(bytes, Relaxed);
    }

    #[cfg(feature = "live")]
    pub(crate) fn add_refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_file(&self) {
        self.files.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_total(&self, bytes: u64) {
        self.total.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn set_measured(&self) {
        self.measured.store(true, Relaxed);
    }
}

/// A reader that counts what passes.
pub(crate) struct Counted<R> {
    pub inner: R,
    pub progress: Arc<Progress>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.progress.add_read(count as u64);
        Ok(count)
    }
}
