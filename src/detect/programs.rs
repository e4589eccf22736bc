//! One program a source, made when its first record comes.
//!
//! Sources and the rule set enter, programs leave. Most sources never occur in an input: their
//! rules cost neither time nor memory.

use std::ops::Index;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::ast::RuleSet;
use super::compile::Program;
use crate::normalize::catalogue::Layouts;
use crate::normalize::{Layout, Source};

/// The programs of a run, by the number of the source.
pub struct Programs<'r> {
    sources: Vec<&'static Source>,
    rules: &'r RuleSet,
    informational: bool,
    made: Vec<OnceLock<Program>>,
    failed: Mutex<Option<String>>,
}

impl<'r> Programs<'r> {
    /// None made yet; informational rules only where they are wanted.
    pub fn new(
        sources: impl IntoIterator<Item = &'static Source>,
        rules: &'r RuleSet,
        informational: bool,
    ) -> Programs<'r> {
        let sources: Vec<&'static Source> = sources.into_iter().collect();
        Programs {
            made: sources.iter().map(|_| OnceLock::new()).collect(),
            sources,
            rules,
            informational,
            failed: Mutex::default(),
        }
    }

    /// Their sources.
    pub fn sources(&self) -> &[&'static Source] {
        &self.sources
    }

    /// Those that some record has asked for.
    pub fn made(&self) -> impl Iterator<Item = &Program> {
        self.made.iter().filter_map(OnceLock::get)
    }

    /// Why one could not be made, where that happened: what it was needed for was not judged.
    pub fn error(&self) -> Option<String> {
        let failed = self.failed.lock();
        failed.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Index<usize> for Programs<'_> {
    type Output = Program;

    fn index(&self, source: usize) -> &Program {
        self.made[source].get_or_init(|| {
            let declared = self.sources[source];
            let program = Program::new(declared, self.rules, self.informational);
            program.unwrap_or_else(|reason| {
                let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                *failed = Some(reason);
                Program::without_rules(declared)
            })
        })
    }
}

impl Layouts for Programs<'_> {
    fn layout(&self, source: usize) -> &Layout {
        &self[source].layout
    }
}

impl Layouts for Vec<Program> {
    fn layout(&self, source: usize) -> &Layout {
        &self[source].layout
    }
}
