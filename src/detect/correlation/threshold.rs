//! Thresholds: the `gte: 5` of a correlation.
//!
//! Enter a number and the rule's comparisons, leaves whether all of them hold. One place, so
//! that every kind of correlation reads a range the same way.

use crate::detect::ast::Comparison;

/// Judges `value` against every threshold of a rule; a rule without any is content.
pub(super) fn all_hold(thresholds: &[(Comparison, f64)], value: f64) -> bool {
    thresholds.iter().all(|&(comparison, limit)| {
        // Sums of fractions miss their decimal value by a rounding step, hence the tolerance.
        let equal = (value - limit).abs() < f64::EPSILON;
        match comparison {
            Comparison::Lt => value < limit,
            Comparison::Lte => value <= limit,
            Comparison::Gt => value > limit,
            Comparison::Gte => value >= limit,
            Comparison::Eq => equal,
            Comparison::Neq => !equal,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_comparison_reads_as_it_is_written() {
        let table = [
            (Comparison::Lt, [true, false, false]),
            (Comparison::Lte, [true, true, false]),
            (Comparison::Gt, [false, false, true]),
            (Comparison::Gte, [false, true, true]),
            (Comparison::Eq, [false, true, false]),
            (Comparison::Neq, [true, false, true]),
        ];
        for (comparison, want) in table {
            let got = [2.0, 3.0, 4.0].map(|value| all_hold(&[(comparison, 3.0)], value));
            assert_eq!(got, want, "{comparison:?}");
        }
    }

    #[test]
    fn a_range_needs_both_ends_and_nothing_compares_with_no_number() {
        let range = [(Comparison::Gt, 1.0), (Comparison::Lte, 3.0)];
        assert!(all_hold(&range, 3.0));
        assert!(!all_hold(&range, 4.0));
        assert!(!all_hold(&range, 1.0));
        assert!(all_hold(&[], 0.0));
        assert!(!all_hold(&[(Comparison::Gte, 0.0)], f64::NAN));
    }
}
