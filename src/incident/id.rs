//! Incident ids: the same findings give the same id, whatever else was read.
//!
//! Enter the id of the earliest finding that founds the incident; leaves `INC-` and ten hex
//! digits. Later logs and unrelated events change nothing.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Makes an id; `again` counts up while another incident of the run has it already.
pub(super) fn incident_id(first_finding: &str, again: u32) -> String {
    let mut hash = Sha256::new();
    hash.update(first_finding.as_bytes());
    if again > 0 {
        hash.update(again.to_be_bytes());
    }
    let mut id = String::from("INC-");
    for byte in hash.finalize().iter().take(5) {
        // Writing to a string cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_depends_on_the_first_finding_alone() {
        let id = incident_id("F-9c2e51d07a3b44f8", 0);
        assert_eq!(id, incident_id("F-9c2e51d07a3b44f8", 0));
        assert_eq!(id.len(), 14);
        assert!(id.starts_with("INC-"));
        assert_ne!(id, incident_id("F-9c2e51d07a3b44f9", 0));
        assert_ne!(id, incident_id("F-9c2e51d07a3b44f8", 1));
    }
}
