//! Plans and responses on standard output.

use std::io::Write;

use crate::cli::failure::Failure;
use crate::cli::output::{attack_names, print};
use crate::render::wire::{PlanOut, ResponseOut};
use crate::render::{Options, responses, write_line};
use crate::respond::execute::Done;
use crate::respond::gate::Gated;
use crate::respond::journal::Store;
use crate::respond::plan::Bindings;
use crate::respond::reason::{Reason, Refused};
use crate::term::Ui;

/// How it is told.
pub struct Teller<'a> {
    /// Streams.
    pub ui: &'a Ui,
    /// For programs.
    pub json: bool,
    /// The incident it is for.
    pub incident: Option<String>,
}

impl Teller<'_> {
    fn options(&self) -> Options<'static> {
        Options {
            width: self.ui.width(),
            color: self.ui.color(),
            attack: attack_names(19),
        }
    }

    /// Prints a plan.
    pub fn plan(&self, gated: &Gated, reason: Reason, message: &str) -> Result<(), Failure> {
        let out = PlanOut::of(gated, reason, message, self.incident.as_deref());
        print(self.ui, |to| match self.json {
            true => write_line(&out, to),
            false => responses::plan(&out.body, &self.options(), to),
        })
    }

    /// Shows a plan to whoever has to approve it.
    pub fn waiting(&self, gated: &Gated, to: &mut dyn Write) -> std::io::Result<()> {
        let incident = self.incident.as_deref();
        let out = PlanOut::of(gated, Reason::Planned, "waiting for approval", incident);
        responses::plan(&out.body, &self.options(), to)
    }

    /// Prints that there is no plan; people read it on stderr.
    pub fn refused(&self, action: &str, target: &str, refused: &Refused) -> Result<(), Failure> {
        let mut out = PlanOut::refused(action, target, refused);
        out.body.incident.clone_from(&self.incident);
        match self.json {
            true => print(self.ui, |to| write_line(&out, to)),
            false => Ok(()),
        }
    }

    /// Prints what came of a plan.
    pub fn done(&self, gated: &Gated, done: &Done, store: &Store) -> Result<(), Failure> {
        let id = crate::respond::identity::short(&done.id);
        let bindings = Bindings::from([("id".to_owned(), id)]);
        let journal = store.path(&done.id).display().to_string();
        let out = ResponseOut::of(gated, done, &bindings, self.incident.as_deref(), journal);
        print(self.ui, |to| match self.json {
            true => write_line(&out, to),
            false => responses::response(&out, &self.options(), to),
        })
    }
}
