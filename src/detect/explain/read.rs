//! The records of an input, one by one, for an explanation.
//!
//! Inputs enter, explained records leave in their order, with counts of what there was beside
//! them. One thread is enough: a person reads the result.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Explained, Explainer, Tally};
use crate::decode::{item::Item, records::Decoder};
use crate::detect::matcher::{Answer, Matcher, Scene};
use crate::enrich::derive::{Context, Firsts};
use crate::load::{self, Loader, Unpacker};
use crate::normalize::catalogue::Known;
use crate::normalize::source::Stage;
use crate::normalize::{Record, SOURCES, event};

/// What to read.
#[derive(Debug)]
pub struct Options<'a> {
    /// Files, folders, patterns, `-`.
    pub inputs: &'a [String],
    /// Every record is of this source.
    pub source: Option<&'static str>,
    /// What the user told about the environment.
    pub context: &'a Context,
}

/// What there was.
#[derive(Debug, Default)]
pub struct Counts {
    /// Records that a rule speaks about.
    pub judged: u64,
    /// Records of other sources.
    pub foreign: u64,
    /// Records and files that could not be read.
    pub skipped: u64,
    /// Matches by rule, in the order of the explained rules.
    pub matched: Vec<u64>,
    /// What the matches add up to.
    pub tally: Tally,
}

impl Explainer {
    /// Hands every record that a rule speaks about to `each`, until `stop` is set.
    pub fn read(
        &self,
        options: &Options<'_>,
        stop: &AtomicBool,
        each: &mut dyn FnMut(Explained),
    ) -> Result<Counts, load::Error> {
        let loading = load::Options::default();
        let mut loader = Loader::open(options.inputs, &loading)?;
        let mut unpacker = Unpacker::new(&loading);
        let mut decoder = Decoder::default();
        let forced = options
            .source
            .and_then(|name| SOURCES.iter().position(|source| source.name == name));
        let catalogue = Known::new(SOURCES, &self.programs, forced);
        let mut matchers: Vec<Matcher> = self.programs.iter().map(Matcher::new).collect();
        let mut counts = Counts {
            matched: vec![0; self.rules.rules.len()],
            ..Counts::default()
        };
        // A big file comes in several chunks, and its records count through all of them.
        let (mut file, mut position) = (None, 0);
        while let Some(batch) = loader.next_batch() {
            for chunk in batch.chunks {
                if stop.load(Ordering::Relaxed) {
                    return Ok(counts);
                }
                if file.replace(chunk.file.number) != Some(chunk.file.number) {
                    position = 0;
                }
                let name = Arc::clone(&chunk.file.name);
                unpacker.unpack(chunk, &mut |piece| {
                    for problem in piece.problems.iter().filter(|problem| !problem.ignored) {
                        counts.skipped += problem.records.max(1);
                        position += problem.records;
                    }
                    decoder.piece(&catalogue, &piece, &mut |item| {
                        let Item::Records {
                            source,
                            text,
                            found,
                        } = item
                        else {
                            position += 1;
                            counts.skipped += u64::from(matches!(item, Item::Skipped { .. }));
                            return;
                        };
                        let program = &self.programs[source];
                        if program.rules.is_empty() {
                            position += found.len() as u64;
                            counts.foreign += found.len() as u64;
                            return;
                        }
                        for found in found {
                            let at = position;
                            position += 1;
                            let record =
                                Record::new(text, found.span, &found.slots, &program.layout);
                            let scene = Scene {
                                program,
                                record,
                                context: options.context,
                                late: None,
                                fresh: Firsts::ALL,
                                granted: None,
                                stage: Stage::Whole,
                                action: None,
                            };
                            each(self.one(&mut matchers[source], &scene, &name, at, &mut counts));
                        }
                    });
                });
            }
        }
        Ok(counts)
    }

    fn one(
        &self,
        matcher: &mut Matcher,
        scene: &Scene,
        file: &str,
        position: u64,
        counts: &mut Counts,
    ) -> Explained {
        let judged = self.judge(matcher, scene);
        counts.judged += 1;
        for (judged, bound) in judged.iter().zip(&scene.program.rules) {
            if judged.answer == Answer::True {
                counts.matched[judged.rule] += 1;
                counts.tally.add(matcher, scene, &bound.feeds);
            }
        }
        let record = &scene.record;
        Explained {
            file: file.to_owned(),
            record: position,
            uid: event::uid(record),
            time: record.time(),
            action: (record.layout.source.action)(record),
            judged,
        }
    }
}
