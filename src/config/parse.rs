//! Raw values understood: words become severities, numbers, durations.
//!
//! Text enters, a value leaves, or a sentence that says what to write. Flags, variables and
//! files all pass through here, so that they accept the same and refuse it in the same words.

use super::layer::Raw;

/// Reads `NAME=V[,V]`, the form of `--var`.
pub(super) fn assignment(text: &str) -> Result<(String, Vec<String>), String> {
    let bad =
        || format!("malformed placeholder {text:?}: write NAME=VALUE, several values with commas");
    let (name, values) = text.split_once('=').ok_or_else(bad)?;
    let name = name.trim().trim_matches('%');
    if name.is_empty() {
        return Err(bad());
    }
    let values = values
        .split(',')
        .map(str::trim)
        .filter(|value| !value.is_empty());
    Ok((name.to_owned(), values.map(str::to_owned).collect()))
}

/// Several `NAME=V[,V]`; one name may come several times.
pub fn assignments<'a>(texts: impl IntoIterator<Item = &'a String>) -> Result<Raw, String> {
    let mut out = std::collections::BTreeMap::<String, Vec<String>>::new();
    for text in texts {
        let (name, values) = assignment(text)?;
        out.entry(name).or_default().extend(values);
    }
    Ok(Raw::Values(out))
}

/// Reads the number of workers.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (1..=1024).contains(&number) => Ok(number),
        _ => Err(format!(
            "malformed number of threads {text:?}: write a number from 1 to 1024"
        )),
    }
}

/// Reads an ATT&CK version.
pub(super) fn attack_version(text: &str) -> Result<u8, String> {
    match text {
        "18" => Ok(18),
        "19" => Ok(19),
        _ => Err(format!("unknown ATT&CK version {text:?}: one of 18, 19")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        let texts = ["a=1,2", "%b%=x y", "a=3", "c="].map(str::to_owned);
        let Ok(Raw::Values(values)) = assignments(&texts) else {
            panic!("good placeholders")
        };
        assert_eq!(values["a"], ["1", "2", "3"]);
        assert_eq!(values["b"], ["x y"]);
        assert!(values["c"].is_empty());
        for text in ["", "a", "=1", "%%=1"] {
            assert!(assignment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(threads("4"), Ok(4));
        for text in ["0", "-1", "many", "4096"] {
            assert!(threads(text).is_err(), "{text}");
        }
        assert_eq!(attack_version("18"), Ok(18));
        assert!(attack_version("17").is_err());
    }
}
