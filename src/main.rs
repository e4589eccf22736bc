//! The command: arguments in, an exit code out.
//!
//! Everything it does is in the library; here an error meets standard error and ends.

use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    match ctadel::cli::run(std::env::args_os()) {
        Ok(code) => code.into(),
        Err(failure) => {
            // Where standard error is closed nobody is left to be told.
            let _ = write!(io::stderr(), "{failure}");
            failure.kind().code().into()
        }
    }
}
