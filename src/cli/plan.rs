//! From settings to what the library is to do.
//!
//! Settings enter; rules, context, suppressions and at last a whole plan leave. Everything that
//! can be wrong with them is told before any input is read.

use std::sync::Arc;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use super::failure::{Failure, Kind};
use super::session::Session;
use crate::Plan;
use crate::config::{Settings, Sourced, Window};
use crate::detect::ast::RuleSet;
use crate::detect::load::{self as rules, RuleError, Vars};
use crate::detect::suppress::Suppressions;
use crate::enrich::derive::Context;
use crate::enrich::hours::Hours;
use crate::enrich::network::Network;
use crate::enrich::own::Own;
use crate::load;
use crate::model::Time;
use crate::model::time::SECOND;
use crate::normalize;
use crate::run::store::Caps;

/// Mistakes in rules that are shown; a folder of the wrong files has thousands.
const SHOWN_MISTAKES: usize = 20;

/// The time on the clock, to the second: it is printed, and nobody reads more of it.
pub fn now() -> Time {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    Time(seconds.saturating_mul(SECOND))
}

/// The values of placeholders.
pub fn vars(settings: &Settings) -> Vars {
    settings
        .var
        .iter()
        .map(|(name, values)| (name.clone(), values.value.clone()))
        .collect()
}

/// Loads the rules.
pub fn load_rules(settings: &Settings) -> Result<RuleSet, Failure> {
    let options = options(settings);
    rules::load(&options).map_err(|errors| broken(&errors))
}

/// Loads the rules for logs, in which ctadel's own responses are nobody's attack.
pub fn rules_for_logs(session: &Session) -> Result<RuleSet, Failure> {
    let options = rules::Options {
        without_prose: true,
        ..options(&session.settings)
    };
    let more = super::respond::own(session);
    rules::load_beside(&options, more).map_err(|errors| broken(&errors))
}

fn options(settings: &Settings) -> rules::Options {
    rules::Options {
        builtin: !settings.no_builtin_rules.value,
        dirs: settings.rules.value.clone(),
        vars: vars(settings),
        without_prose: false,
    }
}

/// Every mistake in rule files as one failure.
pub fn broken(errors: &[RuleError]) -> Failure {
    let mut lines: Vec<String> = errors
        .iter()
        .take(SHOWN_MISTAKES)
        .map(RuleError::to_string)
        .collect();
    if let Some(more) = errors
        .len()
        .checked_sub(SHOWN_MISTAKES)
        .filter(|more| *more > 0)
    {
        lines.push(format!("and {more} more mistakes in rule files"));
    }
    Failure::usage(lines.join("\n"))
        .hint("`ctadel rules lint PATH` tells everything about rule files")
}

/// Loads what the user tells about the environment.
pub fn context(settings: &Settings) -> Result<Context, Failure> {
    let wrong = |error: anyhow::Error| Failure::new(Kind::Usage, error);
    let network = Network::load(
        &settings.own_cidr.value,
        &settings.intel.value,
        &settings.geoip.value,
    )
    .map_err(|error| wrong(error.into()))?;
    let hours = Hours::parse(&settings.business_hours.value, &settings.timezone.value)
        .map_err(|error| wrong(error.into()))?;
    let own = Own::new(&settings.own_accounts.value, &settings.own_domain.value);
    Ok(Context {
        network,
        hours,
        own,
    })
}

/// Loads what is to be kept back.
pub fn suppressions(settings: &Settings) -> Result<Suppressions, Failure> {
    match &settings.suppress.value {
        Some(path) => Suppressions::load(path).map_err(|error| Failure::new(Kind::Usage, error)),
        None => Ok(Suppressions::default()),
    }
}

/// Why an input cannot be read: not there is the files' matter, malformed is the user's.
pub fn unreadable(error: load::Error) -> Failure {
    let kind = match error {
        load::Error::NotFound(_) | load::Error::NoMatch(_) => Kind::Input,
        load::Error::Pattern { .. }
        | load::Error::StdinTwice
        | load::Error::Url { .. }
        | load::Error::Offline(_) => Kind::Usage,
    };
    Failure::new(kind, error)
}

/// What to read: the paths named, else those configured.
pub fn inputs(paths: &[String], settings: &Settings) -> Result<Vec<String>, Failure> {
    let inputs = if paths.is_empty() {
        &settings.inputs.value
    } else {
        paths
    };
    if inputs.is_empty() {
        return Err(Failure::usage("no input was named")
            .hint("name files or folders, or - for standard input: `ctadel scan AWSLogs/`")
            .hint(
                "or set `inputs` in the configuration: `ctadel config init` writes one to fill in",
            ));
    }
    Ok(inputs.to_vec())
}

/// The source that every record is taken for, by its registered name.
pub fn source(settings: &Settings) -> Result<Option<&'static str>, Failure> {
    let Sourced {
        value: Some(name),
        origin,
    } = &settings.source
    else {
        return Ok(None);
    };
    if let Some(source) = normalize::by_name(name) {
        return Ok(Some(source.name));
    }
    let known: Vec<&str> = normalize::SOURCES
        .iter()
        .map(|source| source.name)
        .collect();
    Err(Failure::usage(format!(
        "{origin}: unknown source {name:?}: one of {}",
        known.join(", ")
    )))
}

/// The whole plan; the window and what is printed are put in when they are known.
pub fn plan(session: &Session, paths: &[String], now: Time) -> Result<Plan, Failure> {
    let settings = &session.settings;
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let lowest = settings
        .fail_on
        .value
        .map_or(settings.min_severity.value, |level| {
            level.min(settings.min_severity.value)
        });
    let window = Window::default();
    Ok(Plan {
        inputs: inputs(paths, settings)?,
        load: load::Options::default(),
        source: source(settings)?,
        since: window.since,
        until: window.until,
        lookback: settings.lookback.value,
        rules: Arc::new(rules_for_logs(session)?),
        context: context(settings)?,
        suppressions: suppressions(settings)?,
        now,
        threads: settings.threads.value.unwrap_or_else(cores),
        link: !settings.no_link.value,
        gap: settings.window.value,
        // Also for `--fail-on`: what is not reported can reach nothing.
        min_severity: lowest,
        incidents: false,
        totals: false,
        remembered: None,
        stdin: None,
        caps: Caps::default(),
    })
}
