//! What every command starts with: its settings and its two streams.
//!
//! Flags enter, settings with their origins and a `Ui` leave. Files and variables are read here
//! and nowhere else.

use std::env;
use std::sync::Arc;

use super::args::CommonArgs;
use super::failure::{Failure, Kind};
use crate::config::{self, Layer, Places, Settings};
use crate::term::{self, Ui};

/// Settings and streams.
pub struct Session {
    /// Where output goes.
    pub ui: Arc<Ui>,
    /// What holds.
    pub settings: Settings,
    /// Where it comes from, the strongest first.
    pub layers: Vec<Layer>,
}

impl Session {
    /// Reads files and variables, puts the flags over them.
    pub fn open(common: &CommonArgs, mut flags: Layer) -> Result<Session, Failure> {
        common.layer(&mut flags);
        let wrong = |error| Failure::new(Kind::Usage, anyhow::Error::new(error));
        let (variables, strange) = config::from_environment(env::vars_os()).map_err(wrong)?;
        let places = Places::of_process(common.config.clone());
        let files = config::discover(&places).map_err(wrong)?;
        let mut layers = vec![flags, variables];
        let mut read = Vec::new();
        for (path, layer) in files {
            read.push(path);
            layers.push(layer);
        }
        let settings = Settings::new(&layers).map_err(wrong)?;
        let ui = Ui::new(term::Settings {
            color: settings.color.value,
            progress: settings.progress.value,
            verbosity: common.verbosity(),
        });
        for message in strange {
            ui.warn(&message);
        }
        for path in &read {
            let message = format!("settings from {}", path.display());
            // A file that merely lies in the working folder may be another's: among exported logs
            // it could keep findings back.
            if places.named.is_none() && path.is_relative() {
                ui.note(&message)
            } else {
                ui.detail(&message)
            }
        }
        Ok(Session {
            ui: Arc::new(ui),
            settings,
            layers,
        })
    }
}
