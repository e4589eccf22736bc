//! The case folder of a command.
//!
//! Settings enter, the case and what stands in it leave, checked before anything else is done; and
//! afterwards the statuses that follow from what was done and seen.

use super::failure::{Failure, Kind};
use super::session::Session;
use crate::case::{Book, Case, CaseError, Said};
use crate::model::{Status, Time};
use crate::respond::journal::Store;
use crate::respond::status;
use crate::term::Ui;

/// A case that has been read.
pub struct OpenCase {
    /// The folder.
    pub case: Case,
    /// What stood in it.
    pub book: Book,
}

/// Opens the case folder that the settings name, where they name one.
pub fn open(session: &Session) -> Result<Option<OpenCase>, Failure> {
    let Some(folder) = &session.settings.case.value else {
        return Ok(None);
    };
    let case = Case::new(folder);
    let (book, torn) = case
        .read()
        .map_err(|error| Failure::new(Kind::Input, error))?;
    if torn > 0 {
        session.ui.warn(&format!(
            "{}: the last line was cut off in the writing and is left out",
            case.file().display()
        ));
    }
    Ok(Some(OpenCase { case, book }))
}

/// An action that has just been executed for an incident.
pub struct Acted<'a> {
    /// The incident.
    pub incident: &'a str,
    /// The action's id.
    pub action: &'a str,
    /// Whether it changed anything.
    pub changed: bool,
}

/// Keeps statuses in step with the journal: somebody acts, so somebody looks; everybody who acted
/// is stopped, so the incident is contained; it is undone, or somebody acted since, so it is not.
/// What changed by that comes back.
pub fn couple(
    ui: &Ui,
    case: &Case,
    store: &Store,
    acted: Option<&Acted<'_>>,
    now: Time,
) -> Result<Vec<(String, Status)>, CaseError> {
    let (mut book, _) = case.read()?;
    let mut changed = Vec::new();
    let say = |incident: &str, status: Status, action: &str| {
        let said = Said {
            incident: incident.to_owned(),
            status: Some(status.word().to_owned()),
            action: Some(action.to_owned()),
            ..Said::default()
        };
        case.say(said, now)?;
        ui.note(&format!("{incident} is {status} now"));
        Ok::<(), CaseError>(())
    };
    if let Some(acted) = acted {
        match book.get(acted.incident) {
            None => ui.note(&format!(
                "the case does not know {}: its status is not kept",
                acted.incident
            )),
            Some(kept) if kept.status == Status::Open && acted.changed => {
                say(&kept.id.clone(), Status::Investigating, acted.action)?;
                (book, _) = case.read()?;
            }
            Some(_) => {}
        }
    }
    let records = match store.records() {
        Ok(records) => records,
        Err(error) => {
            ui.warn(&format!(
                "the response journal cannot be read, statuses stay: {error}"
            ));
            return Ok(changed);
        }
    };
    for kept in book.incidents() {
        if let Some((status, action)) = status::follows(kept, &records) {
            say(&kept.id, status, &action)?;
            changed.push((kept.id.clone(), status));
        }
    }
    Ok(changed)
}
