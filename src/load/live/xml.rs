//! Listings in XML.
//!
//! Enters: the body of an answer. Leaves: the texts in it, each with the path of tags around it.
//! It exists because such listings are flat lists of the same few words.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

/// Texts longer than this are no name of an object.
const LONGEST: usize = 16 << 10;
/// Paths longer than this are no listing.
const DEEPEST: usize = 1 << 10;

/// Calls `each` with the path (`/List/Contents/Key`) and the text of every element at its end.
pub(super) fn walk(body: &[u8], mut each: impl FnMut(&str, &str)) -> Result<(), String> {
    let text = std::str::from_utf8(body).map_err(|_| "the listing is no text".to_owned())?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let (mut path, mut text) = (String::new(), String::new());
    loop {
        let event = reader.read_event();
        let event = event.map_err(|_| "the listing is not well-formed".to_owned())?;
        match event {
            Event::Start(tag) => {
                text.clear();
                path.push('/');
                path.push_str(tag.name().0);
            }
            Event::Empty(tag) => each(&format!("{path}/{}", tag.name().0), ""),
            Event::End(_) => {
                each(&path, &text);
                text.clear();
                path.truncate(path.rfind('/').unwrap_or(0));
            }
            Event::Text(part) => text.push_str(&part),
            Event::CData(part) => text.push_str(&part),
            Event::GeneralRef(part) => {
                let whole = format!("&{};", &*part);
                text.push_str(&unescape(&whole).map_err(|error| error.to_string())?);
            }
            Event::Eof if path.is_empty() => return Ok(()),
            Event::Eof => return Err("the listing ends early".to_owned()),
            _ => {}
        }
        if text.len() > LONGEST || path.len() > DEEPEST {
            return Err("a name in the listing is too long".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing() {
        let text = r#"<?xml version="1.0"?><List xmlns="x"> <Name>b</Name><Contents><Key>a&amp;&#x41;&#66;</Key><Empty/></Contents></List>"#;
        let mut seen = Vec::new();
        walk(text.as_bytes(), |path, text| {
            seen.push(format!("{path} {text}"));
        })
        .expect("well-formed");
        let expected = [
            "/List/Name b",
            "/List/Contents/Key a&AB",
            "/List/Contents/Empty ",
            "/List/Contents ",
            "/List ",
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn what_is_cut_or_hostile() {
        let (deep, long) = ("<a>".repeat(1000), format!("<a>{}</a>", "x".repeat(99_999)));
        for text in [
            "<a><b>x</b>",
            "<a",
            "<a></b>",
            "<a>&nope;</a>",
            &deep,
            &long,
        ] {
            assert!(walk(text.as_bytes(), |_, _| {}).is_err(), "{text}");
        }
        assert!(walk(b"\xff", |_, _| {}).is_err());
        assert!(walk(b"", |_, _| {}).is_ok());
    }
}
