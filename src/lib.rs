//! ctadel reads audit logs, finds the attack in them and tells it as one story.
//!
//! This page is the whole run: [`scan`] calls stage after stage, and nothing else does.

pub mod case;
pub mod cli;
pub mod config;
pub mod decode;
pub mod detect;
pub mod enrich;
pub mod incident;
pub mod link;
pub mod load;
pub mod model;
#[cfg(feature = "live")]
pub mod net;
pub mod normalize;
pub mod render;
pub mod respond;
pub mod run;
pub mod term;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use detect::ast::RuleSet;
use detect::programs::Programs;
use detect::suppress::Suppressions;
use enrich::derive::Context;
use load::{Loader, Progress};
use model::summary::SummaryRow;
use model::{Coverage, Finding, Incident, Severity, Time};
use normalize::SOURCES;
use normalize::catalogue::Known as Catalogue;
use run::correlate::Fired;
use run::findings::{Maker, Packed};
use run::late::Known;
use run::store::{Caps, Store};
use run::worker::Shared;

/// What is to be done.
#[derive(Debug)]
pub struct Plan {
    /// Files, folders, patterns, `-`.
    pub inputs: Vec<String>,
    /// How to read them.
    pub load: load::Options,
    /// Every record is of this source, whatever it looks like.
    pub source: Option<&'static str>,
    /// Only what touches this window is reported.
    pub since: Option<Time>,
    /// The window's end.
    pub until: Option<Time>,
    /// How much earlier reading starts, in nanoseconds.
    pub lookback: i64,
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// What the user told about the environment.
    pub context: Context,
    /// What is not to be reported.
    pub suppressions: Suppressions,
    /// What "now" is, for suppressions that expire.
    pub now: Time,
    /// Workers.
    pub threads: usize,
    /// Whether credentials are traced and findings joined across identities.
    pub link: bool,
    /// The gap that separates incidents joined by weak entities, in nanoseconds.
    pub gap: i64,
    /// Findings below this are not reported; they still count, group and score.
    pub min_severity: Severity,
    /// Whether incidents are wanted, with everything that belongs to them; else findings alone.
    pub incidents: bool,
    /// Whether it is counted who did what from where.
    pub totals: bool,
    /// The incidents of earlier runs, where somebody keeps them.
    pub remembered: Option<incident::Remembered>,
    /// The file that stands for standard input, where that is read more than once.
    pub stdin: Option<std::path::PathBuf>,
    /// Limits of the tables.
    pub caps: Caps,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// Every finding that touches the window, in the total order, suppressed ones left out.
    pub findings: Vec<Finding>,
    /// Incidents that touch the window.
    pub incidents: Vec<Incident>,
    /// Incidents of earlier runs that are part of another one now: `(from, into)`.
    pub merged: Vec<(String, String)>,
    /// Who did what from where, where that was counted.
    pub totals: Vec<SummaryRow>,
    /// What was read and what was not.
    pub coverage: Coverage,
    /// Time of the newest record.
    pub newest: Option<Time>,
    /// Objects, pages and inputs that a provider did not hand out.
    pub refused: u64,
}

pub use run::footprint::Footprint;
pub use run::look::{Looked, look};
pub use run::wanted::{Focus, Wanted};

/// Why a run could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// An input that cannot be read at all.
    #[error(transparent)]
    Input(#[from] load::Error),
    /// The file that stands for standard input.
    #[error("read standard input a second time")]
    Stdin(#[source] std::io::Error),
    /// A rule that cannot be bound to a source.
    #[error("compile {0}")]
    Rule(String),
    /// No threads to be had.
    #[error("start the workers: {0}")]
    Threads(String),
}

/// Reads everything, detects, links, groups.
pub fn scan(plan: &Plan, progress: &Arc<Progress>, stop: &AtomicBool) -> Result<Report, ScanError> {
    let loader = loader(plan)?.with_progress(progress.clone());
    loader.measure();
    // Informational findings join incidents; findings alone never hang on them.
    let programs = programs(
        &plan.rules,
        plan.incidents || plan.min_severity == Severity::Informational,
    );
    let shared = shared(&programs, plan);
    let enough = run::correlate::enough(&plan.rules);
    let mut store = Store::new(SOURCES.len(), plan.caps, enough);
    let complete = run::phase1::read(loader, &shared, &mut store, plan.threads, stop)
        .map_err(ScanError::Threads)?;
    compiled(&programs)?;

    let decided = decide(&mut store, &shared, &plan.rules, plan.link);
    let folds = std::mem::take(&mut store.folds);
    let own = &plan.context.own;
    let known = &decided.known;
    let maker = Maker::new(&store, &folds, &plan.rules, &decided.fired, known, own);
    let mut packed = maker.packed(folds);
    let coverage = run::coverage::coverage(&store, plan, &packed, complete, progress);
    if !plan.suppressions.is_empty() {
        let hidden = |packed: &Packed| plan.suppressions.matches(&maker.lean(packed), plan.now);
        packed.retain(|packed| hidden(packed).is_none());
    }
    let mut report = Report {
        newest: store.spans.iter().flatten().map(|(_, last)| *last).max(),
        refused: progress.refused(),
        ..report(plan, &maker, packed)
    };
    let hubs = std::mem::replace(&mut report.coverage, coverage).capped;
    report.coverage.capped.extend(hubs);
    if plan.totals {
        report.totals = run::totals::totals(&store, &report.findings);
    }
    Ok(report)
}

/// Runs rules over single records, as their tests do: nothing is read but what is given.
pub fn replay(rules: &RuleSet, context: &Context, events: &[&[u8]]) -> Result<Report, ScanError> {
    let programs = programs(rules, true);
    let shared = Shared {
        programs: &programs,
        context,
        catalogue: catalogue(&programs, None),
        window: None,
        load: load::Options::default(),
        shown: Severity::Informational,
        count: None,
        pick: None,
        spare: Default::default(),
    };
    let mut store = Store::new(
        SOURCES.len(),
        Caps::default(),
        run::correlate::enough(rules),
    );
    let mut worker = run::worker::Worker::new(&shared);
    for (ordinal, event) in events.iter().enumerate() {
        let chunk = load::Chunk::of_bytes(ordinal as u64, "events", event);
        store.absorb(&mut worker.run(chunk));
    }
    compiled(&programs)?;
    let decided = decide(&mut store, &shared, rules, true);
    let folds = std::mem::take(&mut store.folds);
    let (known, own) = (&decided.known, &context.own);
    let maker = Maker::new(&store, &folds, rules, &decided.fired, known, own);
    let packed = maker.packed(folds);
    let whole = |packed| maker.complete(maker.finding(packed), packed);
    let findings = packed.iter().map(whole).collect();
    Ok(Report {
        findings,
        ..Report::default()
    })
}

/// What the second phase adds to the store.
struct Decided {
    known: Known,
    fired: Vec<Fired>,
}

/// Phase 2: what waited is decided, what was counted is judged.
fn decide(store: &mut Store, shared: &Shared, rules: &RuleSet, link: bool) -> Decided {
    let known = Known::new(store, link);
    run::decide::candidates(store, shared, &known);
    let fired = run::correlate::correlate(store, rules, &known);
    store.close();
    Decided { known, fired }
}

/// Findings and incidents that touch the window. Where no incidents are wanted, a finding that
/// is not shown is only made for the moment in which the grouping looks at it.
fn report(plan: &Plan, maker: &Maker, packed: Vec<Packed>) -> Report {
    // Kept apart, nobody is a stranger.
    let places = plan.link.then(|| maker.places());
    let options = incident::Options {
        window: plan.gap,
        presence: places
            .as_ref()
            .map(|places| places as &dyn incident::Presence),
        remembered: plan.remembered.as_ref(),
        ..incident::Options::default()
    };
    let touches = |start: Time, end: Time| {
        plan.since.is_none_or(|since| end >= since) && plan.until.is_none_or(|until| start <= until)
    };
    let in_window = |packed: &Packed| touches(packed.head.time, packed.head.end_time);
    if plan.incidents {
        let mut findings: Vec<Finding> = packed.iter().map(|one| maker.finding(one)).collect();
        let incident::Grouping {
            mut incidents,
            merged,
            hubs,
        } = incident::group(&mut findings, &options);
        incidents.retain(|incident| touches(incident.start, incident.end));
        let kept = findings.into_iter().zip(packed);
        let kept = kept.filter(|(_, packed)| in_window(packed));
        let kept = kept.map(|(finding, packed)| maker.complete(finding, &packed));
        return Report {
            findings: kept.collect(),
            incidents,
            merged,
            coverage: Coverage {
                capped: hubs.iter().map(run::coverage::hub).collect(),
                ..Coverage::default()
            },
            ..Report::default()
        };
    }
    let heads: Vec<&incident::Head> = packed.iter().map(|packed| &packed.head).collect();
    let look: incident::Look = &|place, each| each(&maker.lean(&packed[place as usize]));
    let homes = incident::homes(&heads, look, &options);
    drop(places);
    let shown = |packed: &Packed| packed.head.severity >= plan.min_severity && in_window(packed);
    // What is not shown makes room for the evidence of what is.
    let kept: Vec<(Packed, Option<String>)> = packed
        .into_iter()
        .zip(homes)
        .filter(|(packed, _)| shown(packed))
        .collect();
    let findings = kept.into_iter().map(|(packed, incident)| {
        let mut finding = maker.finding(&packed);
        finding.incident = incident;
        maker.complete(finding, &packed)
    });
    Report {
        findings: findings.collect(),
        ..Report::default()
    }
}

/// The newest time in the input: a first look that runs no rules.
pub fn newest(plan: &Plan, stop: &AtomicBool) -> Result<Option<Time>, ScanError> {
    let loader = loader(plan)?;
    let rules = RuleSet::default();
    let programs = programs(&rules, false);
    let shared = shared(&programs, plan);
    let mut store = Store::new(SOURCES.len(), plan.caps, Default::default());
    run::phase1::read(loader, &shared, &mut store, plan.threads, stop)
        .map_err(ScanError::Threads)?;
    Ok(store.spans.iter().flatten().map(|(_, last)| *last).max())
}

fn loader(plan: &Plan) -> Result<Loader, ScanError> {
    let mut options = plan.load.clone();
    options.span.now = plan.now;
    if let Some((from, to)) = window(plan) {
        options.span.from = (from.0 > i64::MIN).then_some(from);
        options.span.to = (to.0 < i64::MAX).then_some(to);
    }
    let loader = Loader::open(&plan.inputs, &options)?;
    Ok(match &plan.stdin {
        Some(kept) => loader.with_stdin(std::fs::File::open(kept).map_err(ScanError::Stdin)?),
        None => loader,
    })
}

fn programs(rules: &RuleSet, informational: bool) -> Programs<'_> {
    Programs::new(SOURCES.iter().copied(), rules, informational)
}

/// Whether every rule that was needed could be compiled.
fn compiled(programs: &Programs) -> Result<(), ScanError> {
    programs
        .error()
        .map_or(Ok(()), |reason| Err(ScanError::Rule(reason)))
}

fn catalogue<'p>(programs: &'p Programs, forced: Option<usize>) -> Catalogue<'p> {
    Catalogue::new(programs.sources(), programs, forced)
}

/// First and last time that is evaluated.
fn window(plan: &Plan) -> Option<(Time, Time)> {
    match (plan.since, plan.until) {
        (None, None) => None,
        (since, until) => Some((
            since.map_or(Time(i64::MIN), |since| since.minus(plan.lookback)),
            until.unwrap_or(Time(i64::MAX)),
        )),
    }
}

fn shared<'p>(programs: &'p Programs<'p>, plan: &'p Plan) -> Shared<'p> {
    let forced = plan
        .source
        .and_then(|name| SOURCES.iter().position(|source| source.name == name));
    Shared {
        programs,
        context: &plan.context,
        catalogue: catalogue(programs, forced),
        window: window(plan),
        load: plan.load.clone(),
        shown: match plan.incidents {
            true => Severity::Informational,
            false => plan.min_severity,
        },
        count: plan.totals.then_some((
            plan.since.unwrap_or(Time(i64::MIN)),
            plan.until.unwrap_or(Time(i64::MAX)),
        )),
        pick: None,
        spare: Default::default(),
    }
}
