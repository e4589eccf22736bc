//! Parameters as forms and paths, XML as JSON.
//!
//! Enter parameters as JSON; leaves what the interfaces of the providers want. XML that comes back
//! becomes JSON in one way for all services, so that logic and journal see the same value.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

use super::trouble::Trouble;

/// Everything but what RFC 3986 leaves alone.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same for a name that is a path itself.
const PATH: &AsciiSet = &ESCAPED.remove(b'/').remove(b'@').remove(b':');

/// An answer nested deeper is none of a provider.
const DEEPEST: usize = 64;

/// Escapes one value of a query or a path.
pub fn escape(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A form: `Action`, `Version`, and the parameters with their places as names.
///
/// Lists are numbered from 1, behind `.member` where the service wants it (`dotted`).
pub fn form(action: &str, version: &str, params: &Value, dotted: bool) -> String {
    let mut pairs = vec![
        ("Action".to_owned(), action.to_owned()),
        ("Version".to_owned(), version.to_owned()),
    ];
    flatten("", params, dotted, &mut pairs);
    // A form has its own sign for a blank: who checks a signature may read and write it anew.
    let text = |text: &str| escape(text).replace("%20", "+");
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", text(name), text(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn flatten(name: &str, value: &Value, dotted: bool, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (field, value) in fields {
                let name = if name.is_empty() {
                    field.clone()
                } else {
                    format!("{name}.{field}")
                };
                flatten(&name, value, dotted, pairs);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                let member = if dotted { ".member" } else { "" };
                flatten(
                    &format!("{name}{member}.{}", place + 1),
                    item,
                    dotted,
                    pairs,
                );
            }
        }
        value => pairs.push((name.to_owned(), plain(value))),
    }
}

/// A scalar as text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A path with its `{names}` filled in; parameters that are left become the query, `body` aside.
///
/// `{+name}` keeps its slashes.
pub fn path(operation: &str, template: &str, params: &Value) -> Result<String, Trouble> {
    let empty = Map::new();
    let params = params.as_object().unwrap_or(&empty);
    let mut used = vec!["body"];
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        let (name, set) = match name.strip_prefix('+') {
            Some(name) => (name, PATH),
            None => (name, ESCAPED),
        };
        let value = params.get(name).map(plain).unwrap_or_default();
        // A name that walks up, or is not there, would address something else.
        let part = |part: &str| part == ".." || part == ".";
        if value.is_empty() || value.split('/').any(part) {
            return Err(Trouble::bug(
                operation,
                &format!("{name} is no name: {value:?}"),
            ));
        }
        out.push_str(before);
        out.push_str(&utf8_percent_encode(&value, set).to_string());
        used.push(name);
        rest = behind;
    }
    out.push_str(rest);
    for (name, value) in params
        .iter()
        .filter(|(name, _)| !used.contains(&name.as_str()))
    {
        let values = match value {
            Value::Array(values) => values.clone(),
            Value::Null => continue,
            value => vec![value.clone()],
        };
        for value in values {
            out.push(if out.contains('?') { '&' } else { '?' });
            out.push_str(&format!("{}={}", escape(name), escape(&plain(&value))));
        }
    }
    Ok(out)
}

/// XML as JSON: an element whose children are all `member` or `item` is a list, one with children
/// an object, any other its text. The root's own name is dropped, and so is the one `…Result` that
/// wraps an answer.
pub fn xml(body: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?;
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<Element> = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                if stack.len() > DEEPEST {
                    return None;
                }
                stack.push(Element {
                    name,
                    ..Element::default()
                });
            }
            Event::Empty(start) => {
                let name = start.local_name().as_ref().to_owned();
                let empty = Element {
                    name,
                    ..Element::default()
                };
                stack.last_mut()?.children.push(empty);
            }
            Event::End(_) => {
                let done = stack.pop()?;
                stack.last_mut()?.children.push(done);
            }
            Event::Text(part) => stack.last_mut()?.text.push_str(&part),
            Event::CData(part) => stack.last_mut()?.text.push_str(&part),
            Event::GeneralRef(part) => {
                let whole = format!("&{};", &*part);
                let meant = quick_xml::escape::unescape(&whole).ok()?;
                stack.last_mut()?.text.push_str(&meant);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    // Whatever is still open was cut off.
    let [top] = <[Element; 1]>::try_from(stack).ok()?;
    let [root] = <[Element; 1]>::try_from(top.children).ok()?;
    let bare = root.name.strip_suffix("Response");
    let is_wrapped = |child: &Element| bare.is_some() && child.name.strip_suffix("Result") == bare;
    match root.children.iter().find(|child| is_wrapped(child)) {
        Some(result) => Some(result.clone().value()),
        None => Some(root.value()),
    }
}

#[derive(Clone, Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn value(self) -> Value {
        if self.children.is_empty() {
            return Value::String(self.text);
        }
        if self
            .children
            .iter()
            .all(|child| child.name == "member" || child.name == "item")
        {
            return self.children.into_iter().map(Element::value).collect();
        }
        let mut fields = Map::new();
        for child in self.children {
            let name = child.name.clone();
            let value = child.value();
            // A name that comes twice is a list without a wrapper.
            match fields.get_mut(&name) {
                None => drop(fields.insert(name, value)),
                Some(Value::Array(list)) => list.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Value::Object(fields)
    }
}

/// The items of a list; an empty element and a missing one have none.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A policy document as it comes, percent-encoded or not, as JSON.
pub fn document(text: &str) -> Option<Value> {
    let parse = |text: &str| {
        serde_json::from_str::<Value>(text)
            .ok()
            .filter(Value::is_object)
    };
    parse(text).or_else(|| parse(&percent_decode_str(text).decode_utf8().ok()?))
}

/// One text for a value, whatever order its keys stand in: what is hashed and compared.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort();
            let field = |name: &&String| {
                let key = Value::String((*name).clone());
                format!("{key}:{}", canonical(&fields[name.as_str()]))
            };
            format!(
                "{{{}}}",
                names.iter().map(field).collect::<Vec<_>>().join(",")
            )
        }
        Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(canonical).collect::<Vec<_>>().join(",")
            )
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms_number_their_lists() {
        let params = json!({"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "tcp",
            "FromPort": 22, "IpRanges": [{"CidrIp": "192.0.2.0/24", "Description": "a&b c"}]}]});
        assert_eq!(
            form("X", "2016-11-15", &params, false),
            "Action=X&Version=2016-11-15&GroupId=sg-1&IpPermissions.1.FromPort=22\
             &IpPermissions.1.IpProtocol=tcp&IpPermissions.1.IpRanges.1.CidrIp=192.0.2.0%2F24\
             &IpPermissions.1.IpRanges.1.Description=a%26b+c"
        );
        let tags = json!({"Tags": [{"Key": "a", "Value": ""}]});
        assert!(form("T", "1", &tags, true).ends_with("Tags.member.1.Key=a&Tags.member.1.Value="));
    }

    #[test]
    fn paths_take_their_names_and_leave_the_rest_to_the_query() {
        let params = json!({"id": "a/b c", "name": "projects/p/x@y", "filter": "a=b", "body": {}});
        let ok = |template| path("t:T", template, &params).map_err(|error| error.to_string());
        assert_eq!(
            ok("/v1/{+name}:disable/{id}?x=1"),
            Ok("/v1/projects/p/x@y:disable/a%2Fb%20c?x=1&filter=a%3Db".to_owned())
        );
        assert!(ok("/{missing}").is_err());
        let up = json!({"id": "a/../b"});
        assert!(path("t:T", "/{+id}", &up).is_err());
    }

    #[test]
    fn xml_becomes_json_and_a_cut_answer_nothing() {
        let text = "<?xml version=\"1.0\"?><ListResponse xmlns=\"u\"><ListResult><Keys><member><Id>1</Id>\
            </member></Keys><None/><Text>a &lt;b&gt; &#38; %7B</Text></ListResult><M><R>r</R></M></ListResponse>";
        let group = b"<R><list><item><id>1</id></item></list></R>";
        assert_eq!(xml(group), Some(json!({"list": [{"id": "1"}]})));
        let want = json!({"Keys": [{"Id": "1"}], "None": "", "Text": "a <b> & %7B"});
        assert_eq!(xml(text.as_bytes()), Some(want));
        for cut in 0..text.len() {
            assert_eq!(xml(&text.as_bytes()[..cut]), None, "{cut}");
        }
        let nested = "<a>".repeat(100_000);
        assert_eq!(xml(nested.as_bytes()), None);
        assert_eq!(xml(b"\xff\xfe"), None);
    }

    #[test]
    fn documents_come_encoded_or_plain() {
        let want = json!({"Version": "2012-10-17"});
        assert_eq!(
            document("%7B%22Version%22%3A%222012-10-17%22%7D"),
            Some(want.clone())
        );
        assert_eq!(document("{\"Version\":\"2012-10-17\"}"), Some(want));
        assert_eq!(document("%7B"), None);
        assert_eq!(
            canonical(&json!({"b": [1, {"d": 1, "c": 2}], "a": null})),
            r#"{"a":null,"b":[1,{"c":2,"d":1}]}"#
        );
    }
}
