//! "Did you mean": the known word nearest to an unknown one.
//!
//! A word as typed and the words there are enter, the one that was probably meant leaves, or
//! nothing where none is near enough.

/// The nearest word, at most a quarter of its letters away.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = plain(word);
    let limit = 1 + typed.len() / 4;
    known
        .into_iter()
        .map(|candidate| (distance(&typed, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Letters without case; `_` and `-` are taken for each other all the time.
fn plain(word: &str) -> Vec<char> {
    word.to_lowercase().replace('_', "-").chars().collect()
}

/// Letters to add, drop or replace.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_was_probably_meant() {
        let known = ["own-accounts", "own-cidr", "rules", "window"];
        let table = [
            ("own_accounts", Some("own-accounts")),
            ("Own-Account", Some("own-accounts")),
            ("rule", Some("rules")),
            ("windwo", Some("window")),
            ("colour", None),
            ("", None),
        ];
        for (word, want) in table {
            assert_eq!(nearest(word, known), want, "{word}");
        }
        assert_eq!(nearest("é", ["è"]), Some("è"));
    }
}
