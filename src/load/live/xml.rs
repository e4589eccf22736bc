//! Listings in XML: S3's and Azure's.
//!
//! Enters: the body of an answer. Leaves: the texts in it, each with the path of tags around it.
//! It exists because both listings are flat lists of the same few words.

/// Texts longer than this are no name of an object.
const LONGEST: usize = 16 << 10;

/// Calls `each` with the path (`/ListBucketResult/Contents/Key`) and the text of every element that
/// holds text, and with the path and nothing when an element that holds others ends.
pub(super) fn walk(body: &[u8], mut each: impl FnMut(&str, Option<String>)) -> Result<(), String> {
    let text = std::str::from_utf8(body).map_err(|_| "the listing is no text".to_owned())?;
    let mut path = String::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    let mut pending: Option<String> = None;
    while let Some(start) = rest.find('<') {
        let before = &rest[..start];
        let end = rest[start..].find('>').ok_or("the listing ends early")? + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let text = pending.take().map(|_| before.to_owned());
            if let Some(text) = &text
                && text.len() > LONGEST
            {
                return Err("a name in the listing is too long".to_owned());
            }
            each(&path, text.map(|text| unescape(&text)));
            let open = path.rsplit('/').next().unwrap_or_default();
            if open != name.trim() {
                return Err("the listing is not well-formed".to_owned());
            }
            path.truncate(path.rfind('/').unwrap_or(0));
            continue;
        }
        let name = tag.trim_end_matches('/').split_whitespace().next();
        let name = name.ok_or("the listing is not well-formed")?;
        path.push('/');
        path.push_str(name);
        if tag.ends_with('/') {
            each(&path, Some(String::new()));
            path.truncate(path.rfind('/').unwrap_or(0));
            pending = None;
        } else {
            pending = Some(String::new());
        }
        if path.len() > 1024 {
            return Err("the listing is nested too deep".to_owned());
        }
    }
    match path.is_empty() {
        true => Ok(()),
        false => Err("the listing ends early".to_owned()),
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(';').filter(|end| *end < 12) else {
            break;
        };
        let name = &rest[1..end];
        let number = name.strip_prefix('#').and_then(|number| {
            let hex = number.strip_prefix(['x', 'X']);
            let code = hex.map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16));
            char::from_u32(code.ok()?)
        });
        match (name, number) {
            ("amp", _) => out.push('&'),
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            (_, Some(character)) => out.push(character),
            _ => out.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing() {
        let text = r#"<?xml version="1.0"?><List xmlns="x"><Name>b</Name><Contents><Key>a&amp;&#x41;&#66;</Key><Empty/></Contents></List>"#;
        let mut seen = Vec::new();
        walk(text.as_bytes(), |path, text| {
            seen.push((path.to_owned(), text))
        })
        .expect("well-formed");
        let expected = [
            ("/List/Name", Some("b")),
            ("/List/Contents/Key", Some("a&AB")),
            ("/List/Contents/Empty", Some("")),
            ("/List/Contents", None),
            ("/List", None),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.map(str::to_owned)))
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn what_is_cut_or_hostile() {
        let deep = "<a>".repeat(1000);
        for text in ["<a><b>x</b>", "<a", "<a></b>", "< >", &deep] {
            assert!(walk(text.as_bytes(), |_, _| {}).is_err(), "{text}");
        }
        assert!(walk(b"\xff", |_, _| {}).is_err());
        assert!(walk(b"", |_, _| {}).is_ok());
    }
}
