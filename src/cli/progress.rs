//! The progress line of a run.
//!
//! Counters that the loader moves enter, a line on stderr leaves. A thread of its own carries
//! the numbers over: the stages know of no terminal.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::load;
use crate::term::Ui;

/// How often the numbers are carried over.
const TICK: Duration = Duration::from_millis(100);
/// How long the size of the input is waited for before the line starts without it.
const PATIENCE: u32 = 3;

/// Runs `work` with a progress line that is gone when it returns.
pub fn shown<T>(ui: &Ui, counters: &load::Progress, work: impl FnOnce() -> T) -> T {
    thread::scope(|scope| {
        // Dropped when the work returns or panics: that is what ends the other thread.
        let (done, ended) = mpsc::channel::<()>();
        scope.spawn(move || follow(ui, counters, &ended));
        let result = work();
        drop(done);
        result
    })
}

/// How far live inputs have come: objects and pages, and the window that they are read for.
#[cfg(feature = "live")]
fn live(counters: &load::Progress) -> Option<String> {
    let tallies = counters.tallies();
    let window = tallies.first()?.window().to_owned();
    let sum = |of: fn(&load::live::Tally) -> u64| tallies.iter().map(|tally| of(tally)).sum();
    let (fetched, listed, outside): (u64, u64, u64) = (
        sum(load::live::Tally::fetched),
        sum(load::live::Tally::listed),
        sum(load::live::Tally::outside),
    );
    let listed = listed.saturating_sub(outside);
    Some(format!("{fetched}/{listed} objects, {window}"))
}

#[cfg(not(feature = "live"))]
fn live(_: &load::Progress) -> Option<String> {
    None
}

fn follow(ui: &Ui, counters: &load::Progress, ended: &mpsc::Receiver<()>) {
    let over =
        |ended: &mpsc::Receiver<()>| ended.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout);
    for _ in 0..PATIENCE {
        // A run that ends at once needs no line.
        if over(ended) {
            return;
        }
        if counters.total().is_some() {
            break;
        }
    }
    let line = ui.progress(counters.total());
    let (mut read, mut judged) = (0, 0);
    loop {
        let (bytes, records) = (counters.read(), counters.records());
        line.add_bytes(bytes.saturating_sub(read));
        line.add_records(records.saturating_sub(judged));
        (read, judged) = (bytes, records);
        line.say(live(counters));
        if over(ended) {
            return line.finish();
        }
    }
}
