//! From how a response ended to an exit code and a line on stderr.

use crate::cli::exit::Code;
use crate::respond::reason::{Reason, Refused};
use crate::term::Ui;

/// The exit code of a reason.
pub fn code(reason: Reason, changed: bool) -> Code {
    match reason.code(changed) {
        0 => Code::Done,
        1 => Code::Threshold,
        2 => Code::Usage,
        3 => Code::Input,
        4 => Code::Remote,
        5 => Code::Refused,
        130 => Code::Interrupted,
        _ => Code::Partial,
    }
}

/// Says why an action was not begun.
pub fn refused(ui: &Ui, refused: &Refused) -> Code {
    ui.error(&format!("{}: {}", refused.reason.word(), refused.message));
    if let Some(hint) = &refused.hint {
        ui.hint(hint);
    }
    code(refused.reason, false)
}

/// Of several targets the worst counts: what was changed before what was refused.
pub fn worst(codes: &[Code]) -> Code {
    let order = [
        Code::Interrupted,
        Code::Partial,
        Code::Refused,
        Code::Remote,
        Code::Input,
        Code::Usage,
        Code::Threshold,
    ];
    order
        .into_iter()
        .find(|code| codes.contains(code))
        .unwrap_or(Code::Done)
}
