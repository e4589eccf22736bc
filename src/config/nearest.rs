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

/// `, did you mean x?`, or nothing.
pub fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |word| format!(", did you mean {word}?"))
}

/// Letters without case; `_` and `-` are taken for each other all the time.
fn plain(word: &str) -> Vec<char> {
    word.to_lowercase().replace('_', "-").chars().collect()
}

/// Letters to add, drop or replace, and neighbours to swap.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
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
        let known = ["contains", "endswith", "startswith", "re"];
        assert_eq!(hint("contians", known), ", did you mean contains?");
        assert_eq!(hint("EndsWith ", known), ", did you mean endswith?");
        assert_eq!(hint("er", known), ", did you mean re?");
        assert_eq!(hint("sounds-like", known), "");
        assert_eq!(hint("", known), "");
    }
}
