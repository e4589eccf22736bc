//! How an action ends: one word for scripts, one exit code, one sentence for people.

use super::journal::RecordError;
use super::trouble::{Kind, Trouble};

/// Why a response ended as it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Everything was done and seen.
    Done,
    /// It was so already.
    Already,
    /// It was only shown.
    Planned,
    /// There was nothing to do.
    NothingToDo,
    /// `--check`: something would be done.
    ChangesNeeded,
    /// The command is wrong.
    Usage,
    /// There is no such target.
    NotFound,
    /// Several targets have this name.
    Ambiguous,
    /// No credentials that hold.
    Credentials,
    /// The caller may not do it, or may not undo it.
    Permission,
    /// Too many requests.
    Throttled,
    /// No way to the provider.
    Unreachable,
    /// The provider failed.
    ProviderError,
    /// A guard stands before the target.
    Guard,
    /// The world is not what was approved.
    PlanChanged,
    /// Nobody approved.
    NotApproved,
    /// More than may be done at once.
    Limit,
    /// More would stop than was agreed to.
    Blast,
    /// The undo would let the attacker in.
    Revival,
    /// The endpoint is not the provider's.
    Endpoint,
    /// The journal cannot be written.
    Journal,
    /// Somebody else changed the target.
    Conflict,
    /// Some of it was done.
    Partial,
    /// It was done and is gone again.
    Contested,
    /// It was done and cannot be seen.
    Unverified,
    /// Whether it was done is not known.
    Unknown,
    /// Stopped by Ctrl-C.
    Interrupted,
}

impl Reason {
    /// The word printed.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Done => "done",
            Reason::Already => "already",
            Reason::Planned => "planned",
            Reason::NothingToDo => "nothing-to-do",
            Reason::ChangesNeeded => "changes-needed",
            Reason::Usage => "usage",
            Reason::NotFound => "not-found",
            Reason::Ambiguous => "ambiguous",
            Reason::Credentials => "credentials",
            Reason::Permission => "permission",
            Reason::Throttled => "throttled",
            Reason::Unreachable => "unreachable",
            Reason::ProviderError => "provider-error",
            Reason::Guard => "guard",
            Reason::PlanChanged => "plan-changed",
            Reason::NotApproved => "not-approved",
            Reason::Limit => "limit",
            Reason::Blast => "blast",
            Reason::Revival => "revival",
            Reason::Endpoint => "endpoint",
            Reason::Journal => "journal",
            Reason::Conflict => "conflict",
            Reason::Partial => "partial",
            Reason::Contested => "contested",
            Reason::Unverified => "unverified",
            Reason::Unknown => "unknown",
            Reason::Interrupted => "interrupted",
        }
    }

    /// The exit code; `changed` says whether a call may have taken effect.
    pub fn code(self, changed: bool) -> u8 {
        match self {
            Reason::Interrupted => 130,
            Reason::Done | Reason::Already | Reason::Planned | Reason::NothingToDo => 0,
            _ if changed => 6,
            Reason::ChangesNeeded => 1,
            Reason::Usage => 2,
            Reason::NotFound | Reason::Ambiguous => 3,
            Reason::Credentials
            | Reason::Permission
            | Reason::Throttled
            | Reason::Unreachable
            | Reason::ProviderError => 4,
            Reason::Guard
            | Reason::PlanChanged
            | Reason::NotApproved
            | Reason::Limit
            | Reason::Blast
            | Reason::Revival
            | Reason::Endpoint
            | Reason::Journal
            | Reason::Conflict => 5,
            Reason::Partial | Reason::Contested | Reason::Unverified | Reason::Unknown => 6,
        }
    }
}

/// Why an action was not begun.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// The word for it.
    pub reason: Reason,
    /// The sentence for it.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
}

impl Refused {
    /// A refusal.
    pub fn new(reason: Reason, message: impl Into<String>) -> Refused {
        Refused {
            reason,
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to do instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Refused {
        self.hint = Some(hint.into());
        self
    }

    /// There is no such thing.
    pub fn missing(kind: &str, name: &str) -> Refused {
        Refused::new(Reason::NotFound, format!("there is no {kind} {name:?}"))
    }
}

/// The word for a trouble that came before any change.
pub fn of_trouble(trouble: &Trouble) -> Reason {
    match trouble.kind {
        Kind::NotFound => Reason::NotFound,
        Kind::Denied => Reason::Permission,
        Kind::Credentials => Reason::Credentials,
        Kind::Throttled => Reason::Throttled,
        Kind::Unreachable | Kind::Unanswered => Reason::Unreachable,
        Kind::Conflict | Kind::Rejected | Kind::Broken | Kind::Bug => Reason::ProviderError,
    }
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Refused {
        let refused = Refused::new(of_trouble(&trouble), trouble.to_string());
        match trouble.kind {
            Kind::Denied => refused.hint(
                "`ctadel respond permissions ACTION` prints what the caller has to be allowed",
            ),
            _ => refused,
        }
    }
}

impl From<RecordError> for Refused {
    fn from(error: RecordError) -> Refused {
        let mut message = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        Refused::new(Reason::Journal, message)
            .hint("nothing was sent: what cannot be written down is not done")
    }
}
