//! Small files of other tools that hold credentials.

use std::path::Path;

use crate::net::error::Error;

/// A credential file of this size is something else by mistake.
const LARGEST: u64 = 1 << 20;

/// Reads one; nothing where there is none.
pub(super) fn read(provider: &'static str, path: &Path) -> Result<Option<String>, Error> {
    let failed = |reason: String| Error::Credentials {
        provider,
        reason: format!("read {}: {reason}", path.display()),
    };
    match std::fs::metadata(path) {
        Ok(meta) if meta.len() > LARGEST => Err(failed("larger than 1 MiB".to_owned())),
        Ok(_) => match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) => Err(failed(error.to_string())),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Reads one that must be there.
pub(super) fn must(provider: &'static str, path: &Path) -> Result<String, Error> {
    read(provider, path)?.ok_or_else(|| Error::Credentials {
        provider,
        reason: format!("read {}: no such file", path.display()),
    })
}
