//! `ctadel search`: events, by what stands in them.

use clap::Args;

use super::args::{CommonArgs, ReadArgs};
use super::events::{self, Shown};
use super::exit::Code;
use super::failure::Failure;
use super::job::Job;
use crate::detect::query::{Query, rules};
use crate::render::ViewKind;
use crate::run::worker::pick::Pick;

/// Print the events that a query finds
///
/// A query is terms with `and`, `or`, `not` and parentheses; terms behind each other must all
/// hold. A term is
///
///     field:value        the field is the value, without case; * and ? stand for anything
///     field:"value"      the same without wildcards
///     field:(a or b)     one of several values
///     field:/regex/      a regular expression
///     field:192.0.2.0/24 an address in a range
///     field:*            the field is there
///     field!=value       the field is anything else, or absent
///     field>5            a number; also >=, < and <=
///     word, "two words"  text anywhere in the event
///
/// Fields of the printed event: account, action, actor, actor.id, actor.name, actor.type,
/// error_code, layer, outcome, provider, region, service, session, source, source_ip, target,
/// target.type, uid, user_agent. Every other name is a field of the record itself, such as
/// requestParameters.bucketName, or one that rules use, such as ctadel.ip.country.
///
/// Examples:
///
///     ctadel search 'actor:alice outcome:denied' AWSLogs/
///     ctadel search 'action:(iam:Create* or iam:Attach*) not source_ip:192.0.2.0/24' AWSLogs/
///     ctadel search AKIAIOSFODNN7EXAMPLE AWSLogs/ --since 7d --anchor latest -f jsonl
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct SearchArgs {
    /// What to look for
    #[arg(value_name = "QUERY")]
    query: String,

    #[command(flatten)]
    limit: events::LimitArgs,

    #[command(flatten)]
    read: ReadArgs,
}

/// Runs the command.
pub fn run(common: &CommonArgs, args: &SearchArgs) -> Result<Code, Failure> {
    let wrong = |reason: String| Failure::usage(format!("query: {reason}"));
    let query = Query::parse(&args.query).map_err(|error| wrong(error.to_string()))?;
    let rules = rules(&query).map_err(wrong)?;
    let mut job = Job::new(common, &args.read, ViewKind::Timeline)?;
    job.keep_input()?;
    let mut found = job.run()?;
    let looked = job.look(&rules, Pick::Spoken, args.limit.limit, true)?;
    let shown = Shown {
        looked,
        limit: args.limit.limit,
        findings: found.findings.iter().collect(),
        incidents: found.incidents.iter().collect(),
    };
    let (entries, capped, complete) = shown.labelled(crate::Focus::Actor(String::new()));
    found.coverage.capped.extend(capped);
    found.coverage.complete &= complete;
    events::print(&job, &found, &entries)
}

#[cfg(test)]
mod tests {
    use crate::detect::query::names;

    #[test]
    fn every_name_of_the_printed_event_stands_in_the_help() {
        let mut root = crate::cli::command();
        let search = root.find_subcommand_mut("search").expect("the command");
        let help = search.render_long_help().to_string();
        let words: Vec<&str> = help
            .split(|c: char| !(c.is_ascii_alphanumeric() || "._".contains(c)))
            .map(|word| word.trim_end_matches('.'))
            .collect();
        // Short forms.
        for name in names().filter(|name| !["ip", "error"].contains(name)) {
            assert!(words.contains(&name), "{name}");
        }
    }
}
