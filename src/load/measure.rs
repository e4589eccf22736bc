//! The size of the input, for a progress bar.
//!
//! Enters: the inputs. Leaves: a sum, some time later. It exists apart from the walk that reads,
//! because that one is lazy and knows the end only when it is there.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::inputs::Input;
use super::progress::Progress;
use super::walk::{Found, Walk};

/// Adds up sizes in a thread of its own; nothing else depends on when it is done.
pub(crate) fn measure(inputs: Vec<Input>, progress: Arc<Progress>) {
    std::thread::spawn(move || {
        for input in inputs {
            match input {
                Input::Stdin => {}
                // Nobody knows how much there is: no end is shown.
                Input::Live(..) => return,
                Input::File(path, _) => add(&path, &progress),
                Input::Folder(path, ..) => {
                    let Ok(mut walk) = Walk::new(&path, None) else {
                        continue;
                    };
                    while let Some(found) = walk.next() {
                        if let Found::File(path, _) = found {
                            add(&path, &progress);
                        }
                    }
                }
            }
        }
        progress.set_measured();
    });
}

fn add(path: &Path, progress: &Progress) {
    if let Ok(data) = fs::metadata(path)
        && data.is_file()
    {
        progress.add_total(data.len());
    }
}
