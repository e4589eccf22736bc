//! Bytes and records counted by the stages in, one moving line on stderr out.
//!
//! A long run must show that it moves; a pipe, a log file and `-q` must not see it.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use super::number;

/// Redraws a second.
const HERTZ: u8 = 10;
/// With a known total, and without one (stdin, live inputs).
const KNOWN: &str = "{wide_bar} {binary_bytes}/{binary_total_bytes}  {records}  {rate}  {eta} left";
const OPEN: &str = "{spinner} {binary_bytes}  {records}  {rate}  {elapsed}  {wide_msg}";

/// A running count that several threads may add to; cheap to clone, silent where hidden.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: ProgressBar,
    records: Arc<AtomicU64>,
}

impl Progress {
    /// A bar that draws to `target`; `total` is in bytes.
    pub(super) fn new(total: Option<u64>, target: ProgressDrawTarget) -> Progress {
        let records = Arc::new(AtomicU64::new(0));
        let bar = ProgressBar::with_draw_target(total, target);
        let (shown, rated) = (Arc::clone(&records), Arc::clone(&records));
        let template = if total.is_some() { KNOWN } else { OPEN };
        // Both templates are constants; should one not parse, the library's own bar is shown.
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ")
            .with_key(
                "records",
                move |_: &ProgressState, out: &mut dyn fmt::Write| {
                    let records = shown.load(Ordering::Relaxed);
                    let _ = write!(out, "{}", number::counted(records, "event"));
                },
            )
            .with_key(
                "rate",
                move |state: &ProgressState, out: &mut dyn fmt::Write| {
                    let rate = per_second(rated.load(Ordering::Relaxed), state.elapsed());
                    let _ = write!(out, "{}/s", number::count(rate));
                },
            );
        bar.set_style(style);
        Progress { bar, records }
    }

    /// One that never shows.
    pub fn hidden() -> Progress {
        Progress::new(None, ProgressDrawTarget::hidden())
    }

    /// Counts bytes read.
    pub fn add_bytes(&self, count: u64) {
        self.bar.inc(count);
    }

    /// Counts records judged.
    pub fn add_records(&self, count: u64) {
        self.records.fetch_add(count, Ordering::Relaxed);
    }

    /// Says more where the total is not known.
    pub fn say(&self, text: Option<String>) {
        if let Some(text) = text {
            self.bar.set_message(text);
        }
    }

    /// Takes the line off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Writes something else to the same stream without tearing the line.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }
}

/// Whole events a second.
fn per_second(records: u64, elapsed: Duration) -> u64 {
    let seconds = elapsed.as_secs_f64();
    if seconds <= 0.0 {
        return 0;
    }
    (records as f64 / seconds) as u64
}

/// The draw target that `--progress` asks for.
pub(super) fn target(visible: bool, is_terminal: bool, width: usize) -> ProgressDrawTarget {
    if !visible {
        ProgressDrawTarget::hidden()
    } else if is_terminal {
        ProgressDrawTarget::stderr_with_hz(HERTZ)
    } else {
        // Drawn through our own writer: the library hides itself where no terminal is.
        let width = u16::try_from(width).unwrap_or(u16::MAX);
        let stream = Stream::new(Box::new(io::stderr()), width);
        ProgressDrawTarget::term_like_with_hz(Box::new(stream), HERTZ)
    }
}

/// A stream that is drawn on although nobody knows it for a terminal.
struct Stream {
    out: Mutex<Box<dyn Write + Send>>,
    width: u16,
}

impl Stream {
    fn new(out: Box<dyn Write + Send>, width: u16) -> Stream {
        Stream {
            out: Mutex::new(out),
            width,
        }
    }

    fn put(&self, text: fmt::Arguments<'_>) -> io::Result<()> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_fmt(text)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("width", &self.width)
            .finish()
    }
}

impl TermLike for Stream {
    fn width(&self) -> u16 {
        self.width
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        if n == 0 {
            Ok(())
        } else {
            self.put(format_args!("\u{1b}[{n}A"))
        }
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        if n == 0 {
            Ok(())
        } else {
            self.put(format_args!("\u{1b}[{n}B"))
        }
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        if n == 0 {
            Ok(())
        } else {
            self.put(format_args!("\u{1b}[{n}C"))
        }
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        if n == 0 {
            Ok(())
        } else {
            self.put(format_args!("\u{1b}[{n}D"))
        }
    }

    fn write_line(&self, s: &str) -> io::Result<()> {
        self.put(format_args!("{s}\n"))
    }

    fn write_str(&self, s: &str) -> io::Result<()> {
        self.put(format_args!("{s}"))
    }

    fn clear_line(&self) -> io::Result<()> {
        self.put(format_args!("\r\u{1b}[2K"))
    }

    fn flush(&self) -> io::Result<()> {
        self.out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::capture::Shared;

    #[test]
    fn a_forced_bar_draws_bytes_and_events_and_cleans_up() {
        let shared = Shared::default();
        let stream = Stream::new(Box::new(shared.clone()), 100);
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(stream), HERTZ);
        let progress = Progress::new(Some(2048), target);
        progress.add_records(1_500);
        progress.add_bytes(1024);
        progress.bar.force_draw();
        let text = shared.text();
        assert!(text.contains("1.00 KiB/2.00 KiB"), "{text}");
        assert!(text.contains("1,500 events"), "{text}");
        progress.finish();
        assert!(shared.text().ends_with("\u{1b}[2K") || shared.text().len() > text.len());
    }

    #[test]
    fn a_bar_without_an_end_says_more() {
        let shared = Shared::default();
        let stream = Stream::new(Box::new(shared.clone()), 100);
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(stream), HERTZ);
        let progress = Progress::new(None, target);
        progress.say(Some("2/7 objects".to_owned()));
        progress.bar.force_draw();
        assert!(shared.text().contains("2/7 objects"), "{}", shared.text());
        progress.finish();
    }

    #[test]
    fn a_hidden_bar_counts_and_stays_silent() {
        let progress = Progress::hidden();
        progress.add_bytes(10);
        progress.add_records(1);
        assert!(progress.bar.is_hidden());
        assert_eq!(progress.aside(|| 7), 7);
        progress.finish();
    }

    #[test]
    fn the_rate_of_no_time_is_zero() {
        assert_eq!(per_second(10, Duration::ZERO), 0);
        assert_eq!(per_second(10, Duration::from_secs(4)), 2);
    }
}
