//! One run of a reading command, from its flags to its exit code.
//!
//! Flags enter, the library runs, what it found is handed to the command that prints it. Scan,
//! incidents and their like differ only in what they print.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::args::{CommonArgs, ReadArgs};
use super::case::{self, OpenCase};
use super::exit::Code;
use super::failure::{Failure, Kind};
use super::output::Outputs;
use super::session::Session;
use super::{interrupt, plan, progress, remarks};
use crate::config::Span;
use crate::detect::ast::RuleSet;
use crate::load;
use crate::load::live::Target;
use crate::model::Severity;
use crate::render::{Format, ViewKind};
use crate::run::worker::pick::Pick;
use crate::{Looked, Lot, Plan, Report, ScanError};

/// A run that is ready to start.
pub struct Job {
    /// Settings and streams.
    pub session: Session,
    /// Where the report goes.
    pub outputs: Outputs,
    /// What is kept from run to run, where anything is.
    pub case: Option<OpenCase>,
    plan: Plan,
    /// Standard input, as long as it is needed.
    kept: Option<tempfile::TempPath>,
    /// What live inputs handed out, as long as it is needed.
    #[cfg(feature = "live")]
    pulled: Option<super::spool::Spool>,
    span: Span,
    stop: Arc<AtomicBool>,
}

impl Job {
    /// Settles everything that can be wrong without having read a byte of input.
    pub fn new(common: &CommonArgs, args: &ReadArgs, view: ViewKind) -> Result<Job, Failure> {
        let session = Session::open(common, args.layer()?)?;
        let span = args.time.span()?;
        let mut plan = plan::plan(&session, &args.input.paths, plan::now())?;
        // Whatever is wrong with the window is known now, unless it hangs on the input.
        if !span.needs_latest() {
            span.window(plan.now, None).map_err(Failure::usage)?;
        }
        if span.needs_latest() && plan.inputs.iter().any(|input| input == "-") {
            return Err(Failure::usage(
                "`latest` needs the input twice, and standard input is gone after once",
            )
            .hint("save it to a file and name that"));
        }
        if span.needs_latest() && plan.inputs.iter().any(|input| live(input).is_some()) {
            return Err(Failure::usage(
                "`latest` needs the input twice, and a live input is asked once",
            )
            .hint("relative times count from now: leave --anchor out"));
        }
        let outputs = Outputs::new(&args.output, &session, view)?;
        // A document names the incidents of its findings; a list of findings does without.
        plan.incidents = view != ViewKind::Findings || outputs.has(Format::Json);
        let case = case::open(&session)?;
        plan.remembered = case.as_ref().map(|case| case.book.remembered());
        let stop = interrupt::watch(&session.ui)?;
        plan.load.span.stop = Arc::clone(&stop);
        remarks::endpoints(&session.ui, &plan.inputs);
        Ok(Job {
            session,
            outputs,
            case,
            plan,
            kept: None,
            #[cfg(feature = "live")]
            pulled: None,
            span,
            stop,
        })
    }

    /// Set by Ctrl-C.
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Reads, detects, groups.
    pub fn run(&mut self) -> Result<Report, Failure> {
        self.run_with(crate::scan)
    }

    /// The same with the findings packed: there may be more of them than fit.
    pub fn run_packed(&mut self) -> Result<Report<Lot>, Failure> {
        self.run_with(crate::scan_packed)
    }

    fn run_with<F>(&mut self, scan: Scan<F>) -> Result<Report<F>, Failure> {
        let ui = Arc::clone(&self.session.ui);
        let latest = match self.span.needs_latest() {
            true => crate::newest(&self.plan, &self.stop).map_err(failed)?,
            false => None,
        };
        let window = self
            .span
            .window(self.plan.now, latest)
            .map_err(Failure::usage)?;
        (self.plan.since, self.plan.until) = (window.since, window.until);
        let counters = Arc::new(load::Progress::default());
        let report = progress::shown(&ui, &counters, || scan(&self.plan, &counters, &self.stop));
        let mut report = report.map_err(failed)?;
        remarks::fetched(&ui, &counters);
        #[cfg(feature = "live")]
        if let Some(pulled) = &self.pulled {
            pulled.account(&mut report);
        }
        // Interrupted while looking for the newest event: what followed is not all either.
        report.coverage.complete &= !self.stop.load(Ordering::Relaxed);
        Ok(report)
    }

    /// Has it counted who did what from where.
    pub fn count(&mut self) {
        self.plan.totals = true;
    }

    /// Keeps standard input in a temporary file, where it is an input: it is read again.
    pub fn keep_input(&mut self) -> Result<(), Failure> {
        #[cfg(feature = "live")]
        self.keep_live()?;
        if !self.plan.inputs.iter().any(|input| input == "-") {
            return Ok(());
        }
        let failed = |error: io::Error| {
            let error =
                anyhow::Error::new(error).context("keep standard input in a temporary file");
            Failure::new(Kind::Input, error)
        };
        let mut file = tempfile::NamedTempFile::new().map_err(failed)?;
        let limit = self.plan.load.spool;
        let kept = io::copy(&mut io::stdin().lock().take(limit + 1), &mut file).map_err(failed)?;
        if kept > limit {
            let message = format!("standard input holds more than {limit} bytes");
            return Err(Failure::input(message).hint("save it to a file and name that"));
        }
        let path = file.into_temp_path();
        self.plan.stdin = Some(path.to_path_buf());
        self.kept = Some(path);
        Ok(())
    }

    /// Fetches live inputs into a temporary folder, and reads that in their place.
    #[cfg(feature = "live")]
    fn keep_live(&mut self) -> Result<(), Failure> {
        let window = self.span.window(self.plan.now, None);
        let window = window.map_err(Failure::usage)?;
        let mut spool = match self.pulled.take() {
            Some(spool) => spool,
            None => match super::spool::Spool::new(&self.plan.inputs)? {
                Some(spool) => spool,
                None => return Ok(()),
            },
        };
        let span = load::Span {
            from: window.since.map(|since| since.minus(self.plan.lookback)),
            to: window.until,
            now: self.plan.now,
            stop: Arc::clone(&self.stop),
        };
        self.plan.inputs = spool.fill(&self.session.ui, &span)?;
        self.pulled = Some(spool);
        Ok(())
    }

    /// Whether standard input is one of the inputs.
    pub fn reads_stdin(&self) -> bool {
        self.plan.inputs.iter().any(|input| input == "-")
    }

    /// What is read.
    pub fn inputs(&self) -> &[String] {
        &self.plan.inputs
    }

    /// Makes ready for one more run, at another time.
    pub fn begin_anew(&mut self) -> Result<(), Failure> {
        self.plan.now = plan::now();
        self.case = case::open(&self.session)?;
        self.plan.remembered = self.case.as_ref().map(|case| case.book.remembered());
        Ok(())
    }

    /// Reads once more, for the records that are wanted whole; `exact` leaves out what was only
    /// read for the sake of what came after it.
    pub fn look(
        &mut self,
        rules: &RuleSet,
        pick: Pick,
        limit: usize,
        exact: bool,
    ) -> Result<Looked, Failure> {
        if exact {
            self.plan.lookback = 0;
        }
        let counters = Arc::new(load::Progress::default());
        let looked = progress::shown(&self.session.ui, &counters, || {
            crate::look(&self.plan, rules, pick, limit, &counters, &self.stop)
        });
        looked.map_err(failed)
    }

    /// Keeps the incidents of the run, where somebody wants that. Half a run has half incidents.
    pub fn keep<F>(&self, report: &mut Report<F>) -> Result<(), Failure> {
        let kept = self.case.as_ref().filter(|_| report.coverage.complete);
        let Some(OpenCase { case, .. }) = kept else {
            return Ok(());
        };
        let failed = |error| Failure::new(Kind::Input, error);
        case.record(&report.incidents, &report.merged, self.plan.now)
            .map_err(failed)?;
        let store = super::respond::store(&self.session)?;
        let changed = case::couple(&self.session.ui, case, &store, None, self.plan.now);
        for (id, status) in changed.map_err(failed)? {
            let mut all = report.incidents.iter_mut();
            if let Some(incident) = all.find(|incident| incident.id == id) {
                incident.status = status;
            }
        }
        Ok(())
    }

    /// Says what is to be said beside the data, and how the run ended. `worst` is what
    /// `--fail-on` is held against.
    pub fn finish<F>(&self, report: &Report<F>, worst: Option<Severity>) -> Result<Code, Failure> {
        let (ui, settings) = (&self.session.ui, &self.session.settings);
        remarks::suppressions(ui, &self.plan.suppressions, self.plan.now);
        remarks::window(ui, &self.plan, report);
        ui.coverage(&report.coverage);

        let coverage = &report.coverage;
        let skipped: u64 = coverage
            .skipped
            .iter()
            .map(|entry| entry.count.max(1))
            .sum();
        // An interrupted run has not reached what is missing; then missing input, which may hide
        // what a threshold looks for; then the threshold.
        if !coverage.complete {
            return Ok(Code::Interrupted);
        }
        if coverage.records == 0 && report.refused > 0 {
            return Err(Failure::new(
                Kind::Remote,
                anyhow::anyhow!("nothing could be had from any live input"),
            )
            .hint("`ctadel config check` asks each configured input and says what is missing"));
        }
        // A log in which nothing has happened yet is a log.
        let mut entries = coverage.skipped.iter();
        let damaged = entries.any(|entry| entry.reason != load::EMPTY_FILE);
        if coverage.records == 0 && damaged {
            return Err(Failure::input("nothing of the input could be read"));
        }
        if settings.strict.value && skipped > 0 {
            return Err(Failure::input(
                "part of the input was skipped, which --strict forbids",
            ));
        }
        match settings.fail_on.value {
            Some(level) if worst >= Some(level) => {
                ui.note(&format!(
                    "something has the severity {level} or more, which --fail-on asks for"
                ));
                Ok(Code::Threshold)
            }
            _ => Ok(Code::Done),
        }
    }
}

/// What reads and judges.
type Scan<F> = fn(&Plan, &Arc<load::Progress>, &AtomicBool) -> Result<Report<F>, ScanError>;

/// The live input that an argument names, where it names one.
fn live(input: &str) -> Option<Target> {
    Target::parse(input)?.ok()
}

/// Why the library could not run.
pub fn failed(error: ScanError) -> Failure {
    match error {
        ScanError::Input(error) => plan::unreadable(error),
        ScanError::Rule(_) => Failure::new(Kind::Usage, error),
        ScanError::Threads(_) | ScanError::Stdin(_) => Failure::new(Kind::Input, error),
    }
}
