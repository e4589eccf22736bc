//! The loader's settings, and the sizes that are no setting.
//!
//! Enters: nothing. Leaves: numbers. They stand in one place because together they bound the
//! memory of a run.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::model::Time;

/// Files at most this long on disk are unpacked by the worker, in one go.
pub(crate) const SMALL_PACKED: u64 = 8 << 20;

/// ... unless their trailer promises more than this.
pub(crate) const SMALL_UNPACKED: u64 = 16 << 20;

/// A worker that has unpacked so much of a small file goes on in windows: a file of many gzip
/// members holds more than its last trailer says.
pub(crate) const WHOLE: usize = 32 << 20;

/// Bytes looked at to tell what a file is; a tar says so at 257.
pub(crate) const HEAD: usize = 4096;

/// What is said of an archive without files.
pub(crate) const EMPTY: &str = "empty archive";

/// Archives within archives.
pub(crate) const DEPTH: u8 = 3;

/// Small files that make one batch, in bytes and in number.
pub(crate) const BATCH: (u64, usize) = (512 << 10, 64);

/// What a live input is asked for, and when to stop asking. Files are read whole whatever it says.
#[derive(Clone, Debug, Default)]
pub struct Span {
    /// First event that is wanted, lookback included.
    pub from: Option<Time>,
    /// Last one.
    pub to: Option<Time>,
    /// The clock at the start of the run.
    pub now: Time,
    /// Set by whoever wants no more.
    pub stop: Arc<AtomicBool>,
}

/// What an options file, a flag or a test may change about reading.
#[derive(Clone, Debug)]
pub struct Options {
    /// Size of the pieces into which a big file is cut, in bytes.
    pub window: usize,
    /// Largest record; a larger one is skipped and reported.
    pub record: usize,
    /// Unpacked bytes after which a run stops, where the user wants that.
    pub total: Option<u64>,
    /// Largest archive that is written to a temporary file because it came through a pipe or
    /// lay in another archive.
    pub spool: u64,
    /// Of live inputs.
    pub span: Span,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            window: 4 << 20,
            record: 16 << 20,
            total: None,
            spool: 8 << 30,
            span: Span::default(),
        }
    }
}
