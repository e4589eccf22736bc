//! Ctrl-C: the first one ends the run early, the second one ends the process.
//!
//! The signal enters, a flag leaves that the stages look at between two chunks, so that what was
//! found so far is printed and says that it is not all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit::Code;
use super::failure::{Failure, Kind};
use crate::term::Ui;

/// Watches for Ctrl-C from here on. To be called once a process.
pub fn watch(ui: &Arc<Ui>) -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let (pressed, ui) = (Arc::clone(&stop), Arc::clone(ui));
    let watching = ctrlc::set_handler(move || {
        if pressed.swap(true, Ordering::Relaxed) {
            std::process::exit(Code::Interrupted as i32);
        }
        ui.note("stopping; what was found so far is printed, a second Ctrl-C quits at once");
    });
    watching.map_err(|error| {
        Failure::new(
            Kind::Bug,
            anyhow::Error::from(error).context("watch for Ctrl-C"),
        )
    })?;
    Ok(stop)
}
