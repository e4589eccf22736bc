//! In which hours records came, and where they should have come and did not.
//!
//! Enter hours, in any order; leave gaps. A trail that somebody stopped is silent, and so is an
//! export that lacks a day: neither may look like a quiet night.

use crate::model::Time;
use crate::model::time::HOUR;

/// Hours of a day.
const DAY: usize = 24;
/// Days that it takes to know what is usual.
const DAYS: usize = 5;
/// Hours that have to be missing at the least.
const LEAST: usize = 3;
/// Hours that are kept; what lies farther apart has a wrong clock.
const MOST: i64 = 24 * 366 * 10;

/// A set of hours.
#[derive(Clone, Debug, Default)]
pub struct Hours {
    /// The hour of the first bit.
    first: i64,
    bits: Vec<u64>,
}

impl Hours {
    /// The number of the hour that a time lies in.
    pub fn number(time: Time) -> i64 {
        time.0.div_euclid(HOUR)
    }

    /// Notes that something came in an hour.
    pub fn see(&mut self, hour: i64) {
        let word = hour.div_euclid(64);
        if self.bits.is_empty() {
            self.first = word * 64;
        }
        let place = word - self.first / 64;
        let end = self.bits.len() as i64;
        if place < end - MOST / 64 || place > MOST / 64 {
            return;
        }
        if place < 0 {
            let missing = std::iter::repeat_n(0, place.unsigned_abs() as usize);
            self.bits.splice(0..0, missing);
            self.first = word * 64;
        } else if place >= end {
            self.bits.resize(place as usize + 1, 0);
        }
        let place = (word - self.first / 64) as usize;
        self.bits[place] |= 1 << hour.rem_euclid(64);
    }

    /// Whether something came in each hour, from the first one to the last.
    fn seen(&self) -> (i64, Vec<bool>) {
        let bits = self
            .bits
            .iter()
            .flat_map(|word| (0..64).map(move |bit| word >> bit & 1 == 1));
        let all: Vec<bool> = bits.collect();
        let first = all.iter().position(|seen| *seen).unwrap_or_default();
        let last = all
            .iter()
            .rposition(|seen| *seen)
            .map_or(0, |last| last + 1);
        (
            self.first + first as i64,
            all[first..last.max(first)].to_vec(),
        )
    }

    /// The stretches without records that are not usual: at each of their hours something came on
    /// four days of five. In whole hours, from the end of what came before to what came next.
    pub fn gaps(&self) -> Vec<(Time, Time)> {
        let (first, seen) = self.seen();
        if seen.len() < DAYS * DAY {
            return Vec::new();
        }
        let usual: Vec<bool> = (0..DAY)
            .map(|hour| {
                let days = seen.iter().skip(hour).step_by(DAY);
                let came = days.clone().filter(|seen| **seen).count();
                came * 5 >= days.count() * 4
            })
            .collect();
        let missed = |place: usize| !seen[place] && usual[place % DAY];
        let time = |place: usize| Time((first + place as i64).saturating_mul(HOUR));
        let mut gaps = Vec::new();
        let mut place = 0;
        while place < seen.len() {
            let end = (place..seen.len())
                .find(|at| !missed(*at))
                .unwrap_or(seen.len());
            if end - place >= LEAST {
                gaps.push((time(place), time(end)));
            }
            place = end.max(place + 1);
        }
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(hours: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
        let mut set = Hours::default();
        hours.for_each(|hour| set.see(hour));
        let gaps = set.gaps().into_iter();
        gaps.map(|(from, to)| (Hours::number(from), Hours::number(to)))
            .collect()
    }

    #[test]
    fn silence_where_something_always_came_is_a_gap() {
        let start = 500_000;
        let days = |count: i64| start..start + 24 * count;
        assert_eq!(gaps(days(6)), []);
        let stopped = |hour: &i64| !(start + 50..start + 57).contains(hour);
        assert_eq!(gaps(days(6).filter(stopped)), [(start + 50, start + 57)]);
        // The order does not matter.
        assert_eq!(
            gaps(days(6).rev().filter(stopped)),
            [(start + 50, start + 57)]
        );
        // Two hours may be chance, and two days tell nothing.
        assert_eq!(
            gaps(days(6).filter(|hour| hour / 2 != (start + 50) / 2)),
            []
        );
        assert_eq!(gaps(days(2).filter(stopped)), []);
    }

    #[test]
    fn nights_and_weekends_are_no_gaps() {
        let hours = 500_000..500_000 + 24 * 21;
        assert_eq!(
            gaps(hours.clone().filter(|hour| (8..20).contains(&(hour % 24)))),
            []
        );
        assert_eq!(gaps(hours.filter(|hour| hour / 24 % 7 < 5)), []);
    }

    #[test]
    fn a_wrong_clock_costs_nothing() {
        assert_eq!(
            gaps([500_000, i64::MAX / HOUR, i64::MIN / HOUR, 500_001].into_iter()),
            []
        );
        assert_eq!(gaps([].into_iter()), []);
    }
}
