//! `ctadel explain`: why a rule did or did not match.

mod page;

use std::sync::atomic::Ordering;

use clap::Args;

use super::args::{CommonArgs, ContextArgs, InputArgs, RuleArgs};
use super::exit::Code;
use super::failure::Failure;
use super::output::print;
use super::rules::find::find;
use super::session::Session;
use super::{interrupt, plan};
use crate::config::Layer;
use crate::detect::explain::{Explained, Explainer, Options};
use crate::term::number::counted;

/// Events that are explained where nobody asks for all.
const SHOWN_EVENTS: u64 = 20;

/// Tell why a rule did or did not match
///
/// Prints, for each event, the verdict of the rule, its condition, the answer of each selection,
/// and for each field what the rule asks of it and what the event has. The first 20 events are
/// explained; all are counted. For a correlation its members are explained, and what their matches
/// add up to.
///
/// Fields that hang on the whole input, such as ctadel.first_seen, are unknown here; a scan
/// decides them.
///
/// Examples:
///
///     ctadel explain aws-cloudtrail-stopped event.json
///     ctadel explain my-rule --rules my-rules/ AWSLogs/ --event 9d7c2f1e-0000-4000-8000-000000000000
///     jq -c '.event' x.events.jsonl | ctadel explain my-rule --rules x.yml -
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct ExplainArgs {
    /// Name, id or title of the rule
    #[arg(value_name = "RULE")]
    rule: String,

    #[command(flatten)]
    input: InputArgs,

    /// Explain every event
    #[arg(long, help_heading = "Output")]
    all: bool,

    /// Explain only the event with this id, as the log names it
    #[arg(long, value_name = "ID", help_heading = "Output")]
    event: Option<String>,

    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    context: ContextArgs,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &ExplainArgs) -> Result<Code, Failure> {
    let mut layer = Layer::default();
    args.input.layer(&mut layer);
    args.rules.layer(&mut layer)?;
    args.context.layer(&mut layer);
    let session = Session::open(common, layer)?;
    let (ui, settings) = (&session.ui, &session.settings);
    let inputs = plan::inputs(&args.input.paths, settings)?;
    let set = plan::rules_for_logs(&session)?;
    let rule = find(&set, &args.rule)?;
    let explainer =
        Explainer::new(&set, rule).map_err(|reason| Failure::usage(format!("compile {reason}")))?;
    if !explainer.speaks() {
        return Err(Failure::usage(format!(
            "rule {} is for a log that is not read",
            set.rules[rule].meta.id
        )));
    }
    let context = plan::context(settings)?;
    let source = plan::source(settings)?;
    let stop = interrupt::watch(ui)?;

    let options = Options {
        inputs: &inputs,
        source,
        context: &context,
    };
    let (mut shown, mut ended) = (0, Ok(()));
    let mut each = |one: Explained| {
        let wanted = match &args.event {
            Some(event) => one.uid == *event,
            None => args.all || shown < SHOWN_EVENTS,
        };
        if wanted && ended.is_ok() {
            shown += 1;
            ended = ui.data(|out| page::event(&explainer, &one, out));
            if ended.is_err() {
                // Nobody reads on.
                stop.store(true, Ordering::Relaxed);
            }
        }
    };
    let counts = explainer
        .read(&options, &stop, &mut each)
        .map_err(plan::unreadable)?;
    if let Err(error) = ended {
        // A reader that has gone away has seen enough.
        return print(ui, |_| Err(error)).map(|()| Code::Done);
    }
    print(ui, |out| page::summary(&explainer, &counts, out))?;
    if args.event.is_none() && shown < counts.judged {
        let all = counted(counts.judged, "event");
        ui.note(&format!("the first {shown} of {all} were explained; --all explains every one, --event one of them"));
    }
    if counts.foreign > 0 {
        ui.note(&format!(
            "{} of other log sources were passed over",
            counted(counts.foreign, "event")
        ));
    }
    if counts.skipped > 0 {
        ui.warn(&format!(
            "{} could not be read; `ctadel scan` tells which",
            counted(counts.skipped, "record")
        ));
    }
    if stop.load(Ordering::Relaxed) {
        return Ok(Code::Interrupted);
    }
    match (&args.event, shown) {
        (Some(id), 0) => Err(Failure::input(format!(
            "no event that the rule speaks about has the id {id:?}"
        ))),
        _ if counts.judged == 0 && counts.skipped > 0 => {
            Err(Failure::input("nothing of the input could be read"))
        }
        _ => Ok(Code::Done),
    }
}
