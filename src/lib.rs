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
pub struct Report<F = Vec<Finding>> {
    /// Every finding that touches the window, in the total order, suppressed ones left out.
    pub findings: F,
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

pub use run::findings::Lot;
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
    let report = scan_packed(plan, progress, stop)?;
    Ok(Report {
        findings: report.findings.iter().collect(),
        incidents: report.incidents,
        merged: report.merged,
        totals: report.totals,
        coverage: report.coverage,
        newest: report.newest,
        refused: report.refused,
    })
}

/// The same with the findings packed, for those who need them one by one.
pub fn scan_packed(
    plan: &Plan,
    progress: &Arc<Progress>,
    stop: &AtomicBool,
) -> Result<Report<Lot>, ScanError> {
    let loader = loader(plan)?.with_progress(progress.clone());
    loader.measure();
    // Informational findings join incidents; findings alone never hang on them.
    let programs = programs(
        &plan.rules,
        plan.incidents || plan.min_severity == Severity::Informational,
    );
    let shared = shared(&programs, plan);
    let enough = run::correlate::enough(&plan.rules);
    let mut store = Store::new(&shared, plan.caps, enough);
    let pool = run::phase1::pool(plan.threads).map_err(ScanError::Threads)?;
    let complete = run::phase1::read(loader, &shared, &mut store, &pool, stop);
    compiled(&programs)?;

    // What the workers have let go of is theirs to fill again.
    let report = pool.install(|| told(plan, &shared, store, complete, progress));
    Ok(Report {
        findings: report.findings.with_pool(pool),
        ..report
    })
}

/// What the whole input says, once all of it has been read.
fn told(
    plan: &Plan,
    shared: &Shared,
    mut store: Store,
    complete: bool,
    progress: &Arc<Progress>,
) -> Report<Lot> {
    let decided = decide(&mut store, shared, &plan.rules, plan.link);
    let mut maker = Maker::new(store, decided.fired, decided.known);
    let mut packed = maker.packed(&plan.rules);
    let coverage = run::coverage::coverage(maker.store(), plan, &packed, complete, progress);
    if !plan.suppressions.is_empty() {
        let hidden = |packed: &Packed| plan.suppressions.matches(&maker.lean(packed), plan.now);
        packed.retain(|packed| hidden(packed).is_none());
    }
    let newest = newest_of(maker.store());
    let refused = progress.refused();
    report(
        plan,
        maker,
        packed,
        Report {
            coverage,
            newest,
            refused,
            ..Report::default()
        },
    )
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
    let enough = run::correlate::enough(rules);
    let mut store = Store::new(&shared, Caps::default(), enough);
    let mut worker = run::worker::Worker::new(&shared);
    for (ordinal, event) in events.iter().enumerate() {
        let batch = load::Batch::of_bytes(ordinal as u64, "events", event);
        store.absorb(&mut worker.run(batch));
    }
    compiled(&programs)?;
    let decided = decide(&mut store, &shared, rules, true);
    let mut maker = Maker::new(store, decided.fired, decided.known);
    let packed = maker.packed(rules);
    let lot = Lot::new(maker, packed, Vec::new());
    Ok(Report {
        findings: lot.iter().collect(),
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
    let mut fired = run::correlate::correlate(store, rules, &known);
    store.close(fired.iter_mut().flat_map(Fired::standing));
    Decided { known, fired }
}

/// Findings and incidents that touch the window, beside what is known of the run.
fn report(plan: &Plan, mut maker: Maker, mut packed: Vec<Packed>, run: Report<()>) -> Report<Lot> {
    let touches = |start: Time, end: Time| {
        plan.since.is_none_or(|since| end >= since) && plan.until.is_none_or(|until| start <= until)
    };
    let mut grouping = group(plan, &maker, &packed);
    grouping.incidents.retain(|one| touches(one.start, one.end));
    for (packed, home) in packed.iter_mut().zip(grouping.homes) {
        packed.home = home;
    }
    packed.retain(|Packed { head, .. }| {
        touches(head.time, head.end_time) && (plan.incidents || head.severity >= plan.min_severity)
    });
    packed.shrink_to_fit();
    maker.grouped();
    let mut coverage = run.coverage;
    if plan.incidents {
        let hubs = grouping.hubs.iter().map(run::coverage::hub);
        coverage.capped.extend(hubs);
    }
    let findings = Lot::new(maker, packed, grouping.ids);
    Report {
        totals: match plan.totals {
            true => findings.totals(),
            false => Vec::new(),
        },
        findings,
        incidents: grouping.incidents,
        merged: grouping.merged,
        coverage,
        newest: run.newest,
        refused: run.refused,
    }
}

/// Groups the findings. They are made for the moment in which the grouping looks at one, and
/// incidents where they are wanted.
fn group(plan: &Plan, maker: &Maker, packed: &[Packed]) -> incident::Grouping {
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
    let heads: Vec<&incident::Head> = packed.iter().map(|packed| &packed.head).collect();
    let look: incident::Look = &|place| maker.face(&packed[place as usize]);
    let make: incident::Make = &|place| maker.finding(&packed[place as usize]);
    incident::group(&heads, look, plan.incidents.then_some(make), &options)
}

/// The newest time in the input: a first look that runs no rules.
pub fn newest(plan: &Plan, stop: &AtomicBool) -> Result<Option<Time>, ScanError> {
    let loader = loader(plan)?;
    let rules = RuleSet::default();
    let programs = programs(&rules, false);
    let shared = shared(&programs, plan);
    let mut store = Store::new(&shared, plan.caps, Default::default());
    let pool = run::phase1::pool(plan.threads).map_err(ScanError::Threads)?;
    run::phase1::read(loader, &shared, &mut store, &pool, stop);
    Ok(newest_of(&store))
}

fn newest_of(store: &Store) -> Option<Time> {
    store.spans.iter().flatten().map(|(_, last)| *last).max()
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
