//! Ctrl-C: the first one ends the run early, the second one ends the process. Whoever runs services
//! says the same with SIGTERM.
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
    let bug = |error: anyhow::Error| Failure::new(Kind::Bug, error.context("watch for signals"));
    watching.map_err(|error| bug(error.into()))?;
    #[cfg(unix)]
    terminated(&stop).map_err(|error| bug(error.into()))?;
    Ok(stop)
}

/// Watches for SIGTERM; the one that comes when the run is ending already ends the process.
#[cfg(unix)]
fn terminated(stop: &Arc<AtomicBool>) -> std::io::Result<()> {
    use signal_hook::consts::SIGTERM;
    use signal_hook::flag;
    let code = Code::Interrupted as i32;
    flag::register_conditional_shutdown(SIGTERM, code, Arc::clone(stop))?;
    flag::register(SIGTERM, Arc::clone(stop))?;
    Ok(())
}
