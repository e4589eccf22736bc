//! `ctadel pull`: audit logs downloaded, and nothing else.

use std::path::PathBuf;

use clap::Args;

use super::args::{CommonArgs, PullTimeArgs};
use super::exit::Code;
use super::failure::Failure;

/// Download audit logs as the provider stores them
///
/// Files get the names that evidence has when the same input is read live, so that reading the
/// folder gives the same findings. Beside the folder, FOLDER.manifest.jsonl holds the size and the
/// SHA-256 of every file. Run again, the command fetches what is missing or no longer has its hash.
/// It only ever reads at the provider: `ctadel config permissions` prints what it needs to be allowed.
///
/// Examples:
///
///     ctadel pull s3://example-trail/AWSLogs -o logs --since 7d
///     ctadel pull aws-lookup://all -o history --since 24h
///     ctadel pull gcp-logging://projects/example-project -o gcp --since 2026-05-01 --until 2026-05-08
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct PullArgs {
    /// The live input
    #[arg(value_name = "SOURCE")]
    source: String,

    /// The folder to write to; it is made where it is not there
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,

    /// Exit with 3 when anything could not be had
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    time: PullTimeArgs,
}

/// Runs the command.
#[cfg(feature = "live")]
pub fn run(common: &CommonArgs, args: &PullArgs) -> Result<Code, Failure> {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use super::failure::Kind;
    use super::output::print;
    use super::session::Session;
    use super::{interrupt, plan, progress, remarks};
    use crate::config::Layer;
    use crate::load::live::{PullError, Target, pull};
    use crate::load::{self, Progress};
    use crate::term::escape::terminal;
    use crate::term::number::counted;

    let mut flags = Layer::default();
    args.time.layer(&mut flags);
    let session = Session::open(common, flags)?;
    let target = match Target::parse(&args.source) {
        Some(target) => target.map_err(plan::unreadable)?,
        None => {
            let message = format!("{} is no live input", args.source);
            return Err(Failure::usage(message).hint(
                "write a URL such as s3://BUCKET/AWSLogs; ctadel-sources(7) lists them all",
            ));
        }
    };
    let now = plan::now();
    let span = args.time.span()?;
    let window = span.window(now, None).map_err(Failure::usage)?;
    let stop = interrupt::watch(&session.ui)?;
    remarks::endpoints(&session.ui, std::slice::from_ref(&args.source));
    let span = load::Span {
        from: window.since,
        to: window.until,
        now,
        stop: Arc::clone(&stop),
    };
    let counters = Arc::new(Progress::default());
    let pulled = progress::shown(&session.ui, &counters, || {
        pull(&target, &args.output, &span, &counters, true)
    });
    let pulled = pulled.map_err(|error| {
        let kind = match error {
            PullError::Write { .. } => Kind::Input,
            PullError::Start(_) => Kind::Remote,
        };
        Failure::new(kind, error)
    })?;
    remarks::fetched(&session.ui, &counters);
    for (name, reason) in &pulled.failed {
        session.ui.warn(&format!("{name}: {reason}"));
    }
    print(&session.ui, |out| {
        let folder = args.output.display().to_string();
        writeln!(
            out,
            "{}, {} bytes, written to {}; {} there already; hashes in {}",
            counted(pulled.files, "file"),
            pulled.bytes,
            terminal(&folder),
            pulled.known,
            terminal(&pulled.manifest.display().to_string()),
        )
    })?;
    if stop.load(Ordering::Relaxed) {
        return Ok(Code::Interrupted);
    }
    match (pulled.failed.is_empty(), pulled.files + pulled.known) {
        (false, 0) => Err(Failure::new(
            Kind::Remote,
            anyhow::anyhow!("nothing could be had from {}", target.text),
        )),
        (false, _) if args.strict => Err(Failure::input(
            "part of the input could not be had, which --strict forbids",
        )),
        _ => Ok(Code::Done),
    }
}

/// Without the network there is nothing to pull from.
#[cfg(not(feature = "live"))]
pub fn run(common: &CommonArgs, args: &PullArgs) -> Result<Code, Failure> {
    let mut flags = crate::config::Layer::default();
    args.time.layer(&mut flags);
    super::session::Session::open(common, flags)?;
    args.time.span()?;
    let _ = (&args.output, args.strict);
    let error = crate::load::Error::Offline(args.source.clone());
    Err(super::plan::unreadable(error))
}
