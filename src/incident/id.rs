//! Incident ids: the same findings give the same id, whatever else was read.
//!
//! Enter the id of the earliest finding that founds the incident; leaves `INC-` and ten hex
//! digits. Later logs and unrelated events change nothing.

use sha2::{Digest, Sha256};

/// Makes an id's number; `again` counts up while another incident of the run has it already.
pub(super) fn incident_number(first_finding: &str, again: u32) -> u64 {
    let mut hash = Sha256::new();
    hash.update(first_finding.as_bytes());
    if again > 0 {
        hash.update(again.to_be_bytes());
    }
    let digest = hash.finalize();
    let digits = digest.iter().take(5);
    digits.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The id of a number.
pub(super) fn incident_id(number: u64) -> String {
    format!("INC-{number:010x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_depends_on_the_first_finding_alone() {
        let id = |finding, again| incident_id(incident_number(finding, again));
        let own = id("F-9c2e51d07a3b44f8", 0);
        assert_eq!(own, id("F-9c2e51d07a3b44f8", 0));
        assert_eq!(own.len(), 14);
        assert!(own.starts_with("INC-"));
        assert_ne!(own, id("F-9c2e51d07a3b44f9", 0));
        assert_ne!(own, id("F-9c2e51d07a3b44f8", 1));
    }
}
