//! Why a provider could not be asked, or did not answer.
//!
//! Enters: what went wrong. Leaves: one line that names the operation, the reason in the
//! provider's words and the permission that was missing.

/// An error of the network, of credentials or of the provider.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// No credentials, or some that cannot be used.
    #[error("{provider}: no usable credentials: {reason}")]
    Credentials {
        /// Whose.
        provider: &'static str,
        /// What was looked for or what is wrong.
        reason: String,
    },
    /// The provider refused or failed.
    #[error("{operation}: {status} {code}{}{}", spaced(message), missing(*status, code, permission))]
    Status {
        /// What was asked.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// The provider's own code, empty where it gave none.
        code: String,
        /// The provider's words, shortened.
        message: String,
        /// What the caller must be allowed.
        permission: &'static str,
        /// The region that the provider names in the place of the one asked.
        region: Option<String>,
    },
    /// No answer.
    #[error("{operation}: {reason}")]
    Network {
        /// What was asked.
        operation: &'static str,
        /// What happened.
        reason: String,
        /// Whether the request may have arrived.
        sent: bool,
    },
    /// The answer is larger than anything expected.
    #[error("{operation}: the answer is larger than {limit} bytes")]
    TooLarge {
        /// What was asked.
        operation: &'static str,
        /// The limit.
        limit: usize,
    },
    /// An answer that cannot be understood, or a request that cannot be made.
    #[error("{what}: {reason}")]
    Malformed {
        /// Which.
        what: String,
        /// Why.
        reason: String,
    },
    /// A link to another host: the token would go with it.
    #[error("a link to another host is not followed: {host}")]
    Foreign {
        /// The host.
        host: String,
    },
    /// The user stopped the run.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// The HTTP status, where there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The provider's own code for it.
    pub fn code(&self) -> Option<&str> {
        match self {
            Error::Status { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether the same place would say the same to any other question: it is closed to this
    /// caller, or not there.
    pub fn is_final(&self) -> bool {
        match self {
            Error::Credentials { .. } => true,
            Error::Status { status, code, .. } => {
                let words = ["NotFound", "UnrecognizedClient", "InvalidClientTokenId"];
                *status == 404
                    || is_denied(*status, code)
                    || words.iter().any(|word| code.contains(word))
            }
            _ => false,
        }
    }

    /// Whether nobody can say if the request had an effect.
    pub fn is_unknown(&self) -> bool {
        match self {
            Error::Network { sent, .. } => *sent,
            Error::Status { status, .. } => *status >= 500,
            Error::TooLarge { .. } => true,
            _ => false,
        }
    }
}

fn spaced(message: &str) -> String {
    match message {
        "" => String::new(),
        message => format!(" ({message})"),
    }
}

fn missing(status: u16, code: &str, permission: &str) -> String {
    match is_denied(status, code) && !permission.is_empty() {
        true => format!("; needs {permission}"),
        false => String::new(),
    }
}

/// Some services of AWS say so under the status of a wrong request.
fn is_denied(status: u16, code: &str) -> bool {
    matches!(status, 401 | 403) || code.starts_with("AccessDenied")
}
