//! The case folder of a command.
//!
//! Settings enter, the case and what stands in it leave, checked before anything else is done.

use super::failure::{Failure, Kind};
use super::session::Session;
use crate::case::{Book, Case};

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
