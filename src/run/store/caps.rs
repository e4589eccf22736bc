//! Limits of the tables.

/// Limits of the tables; every bite is a line of the coverage.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// De-duplication keys.
    pub keys: usize,
    /// Distinct folded findings.
    pub folds: usize,
    /// Groups of correlations.
    pub groups: usize,
    /// Rows of correlations in all.
    pub bases: usize,
    /// Matches on steps of actions.
    pub steps: usize,
    /// Undecided records.
    pub candidates: usize,
    /// Their bytes.
    pub candidate_bytes: usize,
    /// Facts.
    pub facts: usize,
    /// Things first seen.
    pub novelties: usize,
    /// Evidence pointers in all.
    pub references: usize,
    /// Users of addresses.
    pub present: usize,
    /// Combinations of totals.
    pub deeds: usize,
    /// Records that are wanted whole.
    pub owned: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Caps {
            keys: 12_000_000,
            folds: 100_000,
            groups: 200_000,
            bases: 500_000,
            steps: 200_000,
            candidates: 30_000,
            candidate_bytes: 24 << 20,
            facts: 500_000,
            novelties: 500_000,
            references: 250_000,
            present: 200_000,
            deeds: 500_000,
            owned: 100_000,
        }
    }
}
