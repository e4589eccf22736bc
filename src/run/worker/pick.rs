//! Records that somebody wants to see whole: a search, a timeline.
//!
//! A record enters; where it is wanted, its full event leaves. Nothing else is made of it.

use super::{PerSource, Shared, Work, step_of};
use crate::detect::matcher::Scene;
use crate::enrich::derive::Firsts;
use crate::model::Time;
use crate::normalize::Record;
use crate::normalize::event::event;
use crate::normalize::source::Stage;
use crate::run::rows::Owned;

/// Which records are wanted.
#[derive(Clone, Copy)]
pub enum Pick<'p> {
    /// Those that some rule of the run speaks about.
    Spoken,
    /// Those that the function names.
    Of(&'p (dyn Fn(&Record, Time) -> bool + Sync)),
}

impl Work<'_> {
    /// Keeps the record, where it is wanted.
    pub(super) fn pick(
        &mut self,
        shared: &Shared,
        own: &mut PerSource,
        record: &Record,
        pick: Pick,
        (source, number, position, time): (usize, u32, u64, Time),
    ) {
        let declared = record.layout.source;
        let stage = declared
            .steps
            .map_or(Stage::Whole, |steps| (steps.stage)(record));
        let wanted = match pick {
            Pick::Of(wanted) => wanted(record, time),
            Pick::Spoken => {
                let scene = Scene {
                    program: &shared.programs[source],
                    record: *record,
                    context: shared.context,
                    late: None,
                    fresh: Firsts::default(),
                    granted: None,
                    // What this very record says is asked, not what its action comes to.
                    stage: Stage::Whole,
                    action: None,
                };
                let mut spoken = false;
                own.matcher.judge(&scene, &mut |_, verdict, _| {
                    spoken |= verdict.level.is_some();
                });
                spoken
            }
        };
        if wanted {
            self.out.owned.push(Owned {
                record: number,
                file: self.chunk(),
                position,
                source: source as u8,
                part: step_of(record, stage).or_else(|| (declared.part)(record)),
                event: Box::new(event(record)),
            });
        }
    }
}
