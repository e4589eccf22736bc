//! Correlations in the making: the rows of their groups.

use std::collections::HashMap;
use std::ops::Range;

use smallvec::SmallVec;

use super::Store;
use crate::run::intern::StrId;
use crate::run::rows::{Base, Row, RowId, Rows};
use crate::run::taking::Taking;

/// A row of a correlation.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// The value.
    pub value: StrId,
    /// The record.
    pub row: RowId,
    /// Position among the members.
    pub member: u16,
    /// Whether it is among those whose targets are shown.
    pub shown: bool,
}

/// The rows of one group of one correlation.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Those kept: of most groups one.
    pub rows: SmallVec<[Counted; 1]>,
    /// What only a group of many rows has: most have a few.
    large: Option<Box<Large>>,
}

#[derive(Clone, Debug, Default)]
struct Large {
    /// Rows left out: more than enough of them were there.
    dropped: u64,
    thin_at: usize,
    /// The earliest rows of each timespan so far, in order, each with the number of its timespan,
    /// counted from `origin`: they keep their targets.
    shown: Vec<(i32, RowId)>,
    origin: i64,
    /// The timespan that was asked for last and where its rows stand: the next one is mostly of
    /// the same, and every row that a search looks at costs a way to the memory.
    last: Option<(i32, Range<usize>)>,
    /// Moments of firings, each with the firing's number.
    moments: Vec<(Counted, usize)>,
}

/// How many rows decide a correlation: what is more within one timespan only adds to the count.
#[derive(Clone, Copy, Debug)]
pub struct Enough {
    /// Its timespan.
    pub timespan: i64,
    /// Rows kept at either end of a timespan.
    pub rows: usize,
    /// Whether distinct values count.
    pub distinct: bool,
}

/// Groups smaller than this are left alone.
const THIN_FROM: usize = 4_096;
/// Rows of a group and timespan that keep their targets.
const SHOWN_TARGETS: usize = 20;
/// What stands for a timespan where a correlation has none.
const NO_SPAN: i64 = i64::MAX;

/// A position among members in the room that rows have for it: nobody writes that many.
pub fn member(position: u32) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}

impl Group {
    /// Adds a moment at which a correlation that is a member stands, with the number of its
    /// firing.
    pub fn stands(&mut self, moment: Counted, firing: usize) {
        let large = self.large.get_or_insert_default();
        large.moments.push((moment, firing));
    }

    /// All rows; those that are moments of firings with their numbers.
    pub fn counted(&self) -> impl Iterator<Item = (Counted, Option<usize>)> {
        let moments = self.large.iter().flat_map(|large| &large.moments);
        let moments = moments.map(|(moment, firing)| (*moment, Some(*firing)));
        self.rows.iter().map(|row| (*row, None)).chain(moments)
    }

    /// How many rows were left out.
    pub fn dropped(&self) -> u64 {
        self.large.as_ref().map_or(0, |large| large.dropped)
    }

    /// Whether a row is among the first of its timespan so far. Those that are in the end were
    /// at any time before, so that their targets do not hang on the order of arrival.
    fn shows(&mut self, row: RowId, timespan: i64, rows: &mut Rows) -> bool {
        // Of so few all are.
        if self.large.is_none() && self.rows.len() < SHOWN_TARGETS {
            return true;
        }
        let timespan_of = |row: RowId, rows: &Rows| rows.time(row).0.div_euclid(timespan);
        let first = self.large.is_none();
        let large = self.large.get_or_insert_default();
        if first {
            large.origin = timespan_of(row, rows);
        }
        let (shown, origin) = (&mut large.shown, large.origin);
        // Who writes more timespans than that sees the targets of fewer.
        let bucket_of = |row: RowId, rows: &Rows| {
            let from = timespan_of(row, rows).saturating_sub(origin);
            from.clamp(i32::MIN.into(), i32::MAX.into()) as i32
        };
        if first {
            let all = self.rows.iter().map(|counted| rows.hold(counted.row));
            let all: Vec<RowId> = all.collect();
            shown.extend(all.iter().map(|row| (bucket_of(*row, rows), *row)));
            shown.sort_by_key(|(_, known)| rows.order(*known));
        }
        let bucket = bucket_of(row, rows);
        let last = large.last.take().filter(|(known, _)| *known == bucket);
        let mut own = last.map_or_else(
            || {
                let start = shown.partition_point(|(known, _)| *known < bucket);
                start..shown.partition_point(|(known, _)| *known <= bucket)
            },
            |(_, own)| own,
        );
        let before = |(_, known): &(i32, RowId)| rows.order(*known) < rows.order(row);
        let full = own.len() >= SHOWN_TARGETS;
        if full && before(&shown[own.end - 1]) {
            large.last = Some((bucket, own));
            return false;
        }
        let at = own.start + shown[own.clone()].partition_point(before);
        if full {
            // The last of its timespan makes room: what stands behind stays where it is.
            let later = &mut shown[at..own.end];
            later.rotate_right(1);
            let (_, gone) = std::mem::replace(&mut later[0], (bucket, rows.hold(row)));
            rows.release(gone);
        } else {
            if shown.len() == shown.capacity() {
                shown.reserve_exact(shown.len() / 4 + 1);
            }
            shown.insert(at, (bucket, rows.hold(row)));
            own.end += 1;
        }
        large.last = Some((bucket, own));
        true
    }

    /// Makes the rows the same for every order in which they came: what too early a look had
    /// kept goes.
    fn settle(&mut self, enough: Option<Enough>, rows: &mut Rows) {
        if let Some(enough) = enough.filter(|_| self.dropped() > 0) {
            self.thin(enough, rows);
        }
        let timespan = enough.map_or(NO_SPAN, |enough| enough.timespan.max(1));
        self.rows.sort_by_key(|counted| rows.order(counted.row));
        let mut place = (i64::MIN, 0);
        for counted in &mut self.rows {
            let bucket = rows.time(counted.row).0.div_euclid(timespan);
            place = if place.0 == bucket {
                (bucket, place.1 + 1)
            } else {
                (bucket, 1)
            };
            counted.shown &= place.1 <= SHOWN_TARGETS;
        }
        if let Some(large) = &mut self.large {
            large.last = None;
            let shown = std::mem::take(&mut large.shown);
            shown.into_iter().for_each(|(_, row)| rows.release(row));
        }
    }

    /// Drops what cannot change whether the correlation fires; returns how many rows went.
    fn thin(&mut self, enough: Enough, rows: &mut Rows) -> usize {
        let before = self.rows.len();
        self.rows
            .sort_unstable_by_key(|counted| rows.order(counted.row));
        let bucket = |counted: &Counted| {
            (
                rows.time(counted.row).0.div_euclid(enough.timespan.max(1)),
                counted.member,
            )
        };
        let mut sizes: HashMap<(i64, u16), (usize, usize)> = HashMap::new();
        for counted in &self.rows {
            sizes.entry(bucket(counted)).or_default().0 += 1;
        }
        let mut gone = Vec::new();
        let mut values = std::collections::HashSet::new();
        self.rows.retain(|counted| {
            let place = bucket(counted);
            let Some((size, at)) = sizes.get_mut(&place) else {
                return true;
            };
            *at += 1;
            let new_value = enough.distinct && values.insert((place, counted.value));
            let stays = *at <= enough.rows || *at + enough.rows > *size || new_value;
            if !stays {
                gone.push(counted.row);
            }
            stays
        });
        let dropped = before - self.rows.len();
        gone.into_iter().for_each(|row| rows.release(row));
        let large = self.large.get_or_insert_default();
        large.dropped += dropped as u64;
        large.thin_at = 2 * self.rows.len();
        dropped
    }
}

impl Store {
    pub(super) fn bases_of(&mut self, of: &mut Taking, copies: &[u32]) {
        for found in &of.batch.bases {
            if of.is_copy(found.row, copies) {
                continue;
            }
            let found = Base {
                group: of.string(self, found.group),
                value: of.string(self, found.value),
                ..*found
            };
            let row = of.row(self, found.row);
            // The first few show what a finding is about; more would fill the memory.
            let timespan = self.timespan(found.correlation);
            let group = self.groups.get_mut(&(found.correlation, found.group));
            let shown = group.is_none_or(|group| group.shows(row, timespan, &mut self.rows));
            if shown {
                of.whole(self, found.row);
            }
            self.base(&found, row, shown);
        }
    }

    /// Adds a row that is not kept yet to its group.
    pub fn base_of(&mut self, found: &Base, row: &Row) {
        let row = self.rows.put(row);
        self.base(found, row, true);
        self.rows.release(row);
    }

    /// Adds a row to its group, which holds it from then on.
    pub fn base(&mut self, found: &Base, row: RowId, shown: bool) {
        let place = (found.correlation, found.group);
        if self.groups.len() >= self.caps.groups && !self.groups.contains(&place) {
            return self.cap(
                "groups of correlations",
                self.caps.groups,
                "later groups are not counted",
            );
        }
        if self.base_count >= self.caps.bases && self.groups.contains(&place) {
            self.cap(
                "rows of correlations",
                self.caps.bases,
                "busy groups show fewer of their records",
            );
            let group = self.groups.entry(place);
            group.large.get_or_insert_default().dropped += 1;
            return;
        }
        let group = self.groups.entry(place);
        if group.rows.len() == group.rows.capacity() {
            // Groups are many: room for twice as much would be a waste.
            group.rows.reserve_exact(group.rows.len() / 8 + 1);
        }
        group.rows.push(Counted {
            value: found.value,
            row: self.rows.hold(row),
            member: member(found.member),
            shown,
        });
        self.base_count += 1;
        let thin_at = group.large.as_ref().map_or(0, |large| large.thin_at);
        if group.rows.len() >= thin_at.max(THIN_FROM)
            && let Some(enough) = self.enough.get(&found.correlation)
        {
            self.base_count -= group.thin(*enough, &mut self.rows);
        }
    }

    fn timespan(&self, correlation: u32) -> i64 {
        let enough = self.enough.get(&correlation);
        enough.map_or(NO_SPAN, |enough| enough.timespan.max(1))
    }

    /// Ends the counting: nothing hangs on the order of arrival any more.
    pub fn settle_groups(&mut self) {
        for ((correlation, _), group) in self.groups.values_mut() {
            group.settle(self.enough.get(correlation).copied(), &mut self.rows);
        }
    }
}
