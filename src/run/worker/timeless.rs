//! Records without a time.
//!
//! They belong to no window, order or count, so they are listed as skipped; but what a record
//! says by itself is said whenever it was, and a copy that lost its time must not hide it.

use super::subject::{Noted, Subject};
use super::{PerSource, Shared, Work};
use crate::detect::matcher::Scene;
use crate::enrich::derive::Firsts;
use crate::model::Time;
use crate::normalize::source::Stage;
use crate::normalize::{Norm, Record};
use crate::run::intern::NO_STR;
use crate::run::rows::{SkippedAt, UNCOUNTED};

impl Work<'_> {
    /// Judges a record by itself alone: what waits for others is not asked.
    pub(super) fn timeless(
        &mut self,
        shared: &Shared,
        own: &mut PerSource,
        source: usize,
        record: &Record,
        position: u64,
    ) {
        let judged = shared.window.is_none() && shared.pick.is_none();
        self.out.skipped.push(SkippedAt {
            chunk: self.chunk(),
            reason: reason(record, judged),
            position: Some(position),
            offset: None,
            count: 1,
        });
        if !judged {
            return;
        }
        let declared = record.layout.source;
        let key = (declared.key)(record);
        let number = self.out.keys.len() as u32;
        // It is counted as skipped, copies of it too.
        let ordinal = self.out.ordinal.to_be_bytes();
        let place = crate::normalize::hash(&[b"timeless", &ordinal, &number.to_be_bytes()]);
        self.out.keys.push((place, UNCOUNTED));
        let noted = Noted {
            record: *record,
            time: Time(0),
            key,
            number,
            source: source as u8,
            position,
            whence: None,
            issued: NO_STR,
            fresh: Firsts::default(),
        };
        let mut subject = Subject::new(&noted);
        let program = &shared.programs[source];
        let scene = Scene {
            program,
            record: *record,
            context: shared.context,
            late: None,
            fresh: noted.fresh,
            granted: None,
            stage: Stage::Whole,
            action: None,
        };
        own.matcher.judge(&scene, &mut |_, verdict, _| {
            let bound = &program.rules[verdict.bound as usize];
            if let (Some(level), true) = (verdict.level, bound.speaks) {
                self.fold(&mut subject, bound.rule, level, level >= shared.shown);
            }
        });
    }
}

fn reason(record: &Record, judged: bool) -> String {
    let rows = record.layout.source.rows.iter();
    let mut paths = rows
        .filter(|row| row.norm == Norm::Time)
        .flat_map(|row| row.paths);
    let path = paths.next().copied().unwrap_or("time");
    let lacks = match record.norm(Norm::Time) {
        None => "without a time",
        Some(_) => "whose time cannot be read",
    };
    let rest = if judged { ", judged by itself" } else { "" };
    format!("a record {lacks} ({path}){rest}")
}
