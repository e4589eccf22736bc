//! What the grouping needs of a finding again and again.
//!
//! A finding enters, its head leaves. The rest of it is looked at once and may be made for that
//! look alone: a large input has many findings that nobody will see.

use std::sync::Arc;

#[cfg(test)]
use crate::model::Finding;
use crate::model::{Layer, RuleMeta, Severity, Time};

/// A finding's place, weight and name.
#[derive(Clone, Debug)]
pub struct Head {
    /// Time of the first event.
    pub time: Time,
    /// Time of the last event.
    pub end_time: Time,
    /// De-duplication key of the first event.
    pub key: u64,
    /// The rule that speaks.
    pub rule: Arc<RuleMeta>,
    /// Its number.
    pub id: u64,
    /// Its level.
    pub severity: Severity,
    /// Layer of the first event.
    pub layer: Layer,
}

impl Head {
    /// The head of a finding that was made.
    #[cfg(test)]
    pub fn of(finding: &Finding) -> Head {
        Head {
            time: finding.time,
            end_time: finding.end_time,
            key: finding.key,
            rule: finding.rule.clone(),
            id: u64::from_str_radix(&finding.id[2..], 16).expect("the id of a finding"),
            severity: finding.severity,
            layer: finding.layer,
        }
    }

    /// The total order of the product. Of two that begin with one event the shorter comes first:
    /// a sequence that may or may not be seen changes no incident's first finding.
    pub fn place(&self) -> impl Ord {
        (self.time, self.layer, self.key, self.end_time, self.id)
    }

    /// The id of the finding: `F-` and 16 hex digits.
    pub fn name(&self) -> String {
        format!("F-{:016x}", self.id)
    }
}
