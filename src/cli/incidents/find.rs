//! An incident by the beginning of its id.
//!
//! What was typed enters, the one it means leaves, or why it means none.

use crate::cli::failure::Failure;

/// The position of the incident with this id, or of the only one whose id begins so; `INC-` may
/// be left out.
pub fn find(ids: &[&str], id: &str) -> Result<usize, Failure> {
    let plain = |id: &str| {
        id.to_ascii_lowercase()
            .trim_start_matches("inc-")
            .to_owned()
    };
    let wanted = plain(id);
    let fits = |(_, id): &(usize, &&str)| !wanted.is_empty() && plain(id).starts_with(&wanted);
    let found: Vec<(usize, &&str)> = ids.iter().enumerate().filter(fits).collect();
    match found.as_slice() {
        [(position, _)] => Ok(*position),
        [] => Err(Failure::input(format!(
            "no incident has the id {id:?} here"
        ))),
        several => {
            let ids: Vec<&str> = several.iter().map(|(_, id)| **id).collect();
            Err(Failure::input(format!(
                "{id:?} is the beginning of several ids: {}",
                ids.join(", ")
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_found_by_the_beginning_of_its_id() {
        let ids = ["INC-7f3a91c25e", "INC-7f00000000"];
        let find = |id: &str| find(&ids, id).map_err(|failure| failure.to_string());
        assert_eq!(find("INC-7f3a91c25e"), Ok(0));
        assert_eq!(find("7F0"), Ok(1));
        assert!(
            find("inc-7f").is_err_and(|error| error.contains("INC-7f3a91c25e, INC-7f00000000"))
        );
        assert!(find("INC-").is_err());
        assert!(find("9").is_err_and(|error| error.contains("no incident")));
    }
}
