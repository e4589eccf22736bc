//! `respond undo` and `respond resume`: back to the journal of an earlier action.

use clap::Args;

use super::act::{Stage, Work, finish};
use super::place::{ConsentArgs, PlaceArgs, TellArgs};
use super::tell::Teller;
use super::{ended, setup};
use crate::case::Case;
use crate::cli::args::CommonArgs;
use crate::cli::case::{Acted, couple};
use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::respond::drive::{self, Driver};
use crate::respond::execute::Done;
use crate::respond::gate::{Consent, Gated};
use crate::respond::journal::Record;
use crate::respond::reason::Refused;
use crate::respond::undo::Accepted;

/// Take back what an action changed
///
/// Only what the journal says was ours, and only where it still looks as we left it; what somebody
/// else changed since is shown and left alone. Like every action it is a plan first and takes
/// --execute. An undo that would let the attacker in again is refused.
///
/// Examples:
///
///     ctadel respond undo 01KQ
///     ctadel respond undo 01KQ --execute --yes --plan-hash 5d0e77a1b2c3
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct UndoArgs {
    /// The action, or the beginning of its id
    #[arg(value_name = "ID")]
    id: String,

    /// Undo this call whatever somebody else made of it; may be given several times
    #[arg(long, value_name = "SEQ")]
    force_conflicts: Vec<u32>,

    /// Let the attacker in again: everything, or this key alone
    #[arg(long, value_name = "KEYID", num_args = 0..=1, default_missing_value = "")]
    accept_revival: Vec<String>,

    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    tell: TellArgs,
}

/// Finish an action that was cut off
///
/// What is in place already is not sent again; the rest is, after it has been shown.
///
/// Example:
///
///     ctadel respond resume 01KQ --execute
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct ResumeArgs {
    /// The action, or the beginning of its id
    #[arg(value_name = "ID")]
    id: String,

    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    tell: TellArgs,
}

/// Runs `undo`.
pub fn undo(common: &CommonArgs, args: &UndoArgs) -> Result<Code, Failure> {
    let accepted = match args.accept_revival.as_slice() {
        [] => Accepted::Nothing,
        keys if keys.iter().any(String::is_empty) => Accepted::All,
        keys => Accepted::Keys(keys.to_vec()),
    };
    let again = Again {
        verb: "undo",
        id: &args.id,
        place: &args.place,
        consent: &args.consent,
        tell: &args.tell,
    };
    let plan = |driver: &Driver<'_>, record: &Record| {
        Ok((
            driver.undo(record, &args.force_conflicts, &accepted)?,
            Vec::new(),
        ))
    };
    again.run(common, plan, |driver, _, gated, _| driver.execute(gated))
}

/// Runs `resume`.
pub fn resume(common: &CommonArgs, args: &ResumeArgs) -> Result<Code, Failure> {
    let again = Again {
        verb: "resume",
        id: &args.id,
        place: &args.place,
        consent: &args.consent,
        tell: &args.tell,
    };
    again.run(
        common,
        |driver, record| driver.resume(record),
        |driver, record, gated, seen| driver.finish(record, gated, seen),
    )
}

struct Again<'a> {
    verb: &'a str,
    id: &'a str,
    place: &'a PlaceArgs,
    consent: &'a ConsentArgs,
    tell: &'a TellArgs,
}

impl Again<'_> {
    fn run(
        &self,
        common: &CommonArgs,
        plan: impl FnOnce(&Driver<'_>, &Record) -> Result<(Gated, Vec<u32>), Refused>,
        execute: impl FnOnce(&Driver<'_>, &Record, &Gated, &[u32]) -> Result<Done, Refused>,
    ) -> Result<Code, Failure> {
        let stage = Stage::open(common, &self.tell.case)?;
        let mut teller = Teller {
            ui: &stage.session.ui,
            json: self.tell.json(),
            incident: self.consent.incident.clone(),
        };
        let record = match drive::record(&stage.store, self.id) {
            Ok(record) => record,
            Err(refused) => {
                teller.refused(self.verb, self.id, &refused)?;
                return Ok(ended::refused(teller.ui, &refused));
            }
        };
        teller.incident = teller.incident.or_else(|| record.begin.incident.clone());
        let refuse = |refused: &Refused| {
            teller.refused(&record.plan.action, &record.plan.target.name, refused)?;
            Ok(ended::refused(teller.ui, refused))
        };
        let mut place = self.place.clone();
        place.region = place.region.or_else(|| record.plan.region.clone());
        // The account was named when it was done.
        place.account = place.account.or_else(|| Some(record.plan.account.clone()));
        let cloud = match setup::connect(record.plan.provider, &place, self.consent.execute) {
            Ok(cloud) => cloud,
            Err(refused) => return refuse(&refused),
        };
        let protected = stage
            .settings
            .protected(&stage.session.settings.inputs.value);
        let mut begin = setup::begin(self.consent)?;
        begin.incident.clone_from(&teller.incident);
        let mut driver = Driver {
            cloud: &cloud,
            store: &stage.store,
            protected: &protected,
            limits: stage.settings.limits(),
            consent: Consent {
                blast_ok: true,
                ..self.consent.consent()
            },
            begin,
            clock: setup::clock,
            stop: &stage.stop,
            settle: setup::settle(self.consent)?,
            verify: !self.consent.no_verify,
        };
        let (gated, seen) = match plan(&driver, &record) {
            Ok(planned) => planned,
            Err(refused) => return refuse(&refused),
        };
        let work = Work {
            place: &place,
            consent: self.consent,
            automatic: None,
        };
        finish(&stage, &mut driver, &gated, &work, &teller, |driver| {
            execute(driver, &record, &gated, &seen)
        })
    }
}

/// Keeps the incident's status in step, where there is a case folder.
pub fn coupled(stage: &Stage, done: &Done, incident: Option<&str>) {
    let (Some(folder), Some(incident)) = (&stage.session.settings.case.value, incident) else {
        return;
    };
    let acted = Acted {
        incident,
        action: &done.id,
        changed: done.changed,
    };
    let (ui, case) = (&stage.session.ui, Case::new(folder));
    if let Err(error) = couple(ui, &case, &stage.store, Some(&acted), setup::clock()) {
        ui.warn(&format!("the incident's status was not kept: {error}"));
    }
}
