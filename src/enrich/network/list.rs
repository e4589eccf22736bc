//! Lists of addresses, as they are published.
//!
//! A file enters, ranges with their tags leave, and the list's own date where it tells one.
//! Read are lines of CIDR or address with a tag after a comma, CSV with a header, Tor's exit
//! lists, and the JSON in which cloud providers publish their ranges.

use std::net::IpAddr;
use std::path::Path;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};
use serde_json::Value;

use super::{Error, INTEL};

/// Header names under which an address or range stands.
const ADDRESS_COLUMNS: [&str; 8] = [
    "ip",
    "ip_address",
    "ipaddress",
    "address",
    "network",
    "cidr",
    "prefix",
    "range",
];
/// Header names under which a tag stands.
const TAG_COLUMNS: [&str; 5] = ["tag", "tags", "type", "category", "proxy_type"];
/// Keys that only one provider's JSON has, and the tag its ranges get.
const PROVIDER_KEYS: [(&str, &str); 5] = [
    ("ipv4Prefix", "google"),
    ("ipv6Prefix", "google"),
    ("ip_prefix", "aws"),
    ("ipv6_prefix", "aws"),
    ("addressPrefixes", "azure"),
];
/// Other spellings of the tags that rules know.
const SYNONYMS: [(&str, &str); 6] = [
    ("tor-exit", "tor"),
    ("tor-exit-node", "tor"),
    ("anonymous-vpn", "vpn"),
    ("public-proxy", "proxy"),
    ("web-proxy", "proxy"),
    ("residential-proxy", "proxy"),
];

/// Reads a list, handing over each range with its tag; returns the date the list gives itself.
pub(super) fn read(
    path: &Path,
    mut take: impl FnMut(IpNet, &str),
) -> Result<Option<String>, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let mut count = 0u64;
    let mut counted = |net: IpNet, tag: &str| {
        count += 1;
        take(net, tag);
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let date = match bytes.trim_ascii_start().first() {
        Some(b'{' | b'[') => {
            let value: Value = serde_json::from_slice(bytes).map_err(|source| Error::Json {
                path: path.to_owned(),
                source,
            })?;
            walk(&value, INTEL, &mut counted);
            json_date(&value)
        }
        _ => read_lines(bytes, path, &mut counted)?,
    };
    if count == 0 {
        return Err(Error::Empty {
            path: path.to_owned(),
        });
    }
    Ok(date)
}

/// Where address and tag stand in a line.
#[derive(Clone, Copy)]
struct Columns {
    address: usize,
    tag: Option<usize>,
}

fn read_lines(
    bytes: &[u8],
    path: &Path,
    take: &mut impl FnMut(IpNet, &str),
) -> Result<Option<String>, Error> {
    let mut columns = Columns {
        address: 0,
        tag: Some(1),
    };
    let (mut comment_date, mut newest_exit) = (None, None::<String>);
    let mut first = true;
    for (number, line) in (1usize..).zip(bytes.split(|byte| *byte == b'\n')) {
        let text = String::from_utf8_lossy(line);
        let (content, comment) = without_comment(&text);
        comment_date = comment_date.or_else(|| comment.and_then(date_in));
        if content.is_empty() {
            continue;
        }
        let is_first = std::mem::take(&mut first);
        let bad = || Error::Line {
            path: path.to_owned(),
            line: number,
            text: content.chars().take(80).collect(),
        };
        // Tor's own format: four keywords, of which one carries an address and when it was tested.
        let mut words = content.split_ascii_whitespace();
        match words.next() {
            Some("ExitNode" | "Published" | "LastStatus") => continue,
            Some("ExitAddress") => {
                let exit = words.next().and_then(nets).ok_or_else(bad)?;
                exit.into_iter().for_each(|net| take(net, "tor"));
                newest_exit = newest_exit.max(words.next().and_then(date_in));
                continue;
            }
            _ => {}
        }
        let cells: Vec<&str> = content
            .split([',', ';', '\t'])
            .map(|cell| cell.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\''))
            .collect();
        let Some(nets) = cells.get(columns.address).copied().and_then(nets) else {
            match header(&cells).filter(|_| is_first) {
                Some(found) => columns = found,
                None => return Err(bad()),
            }
            continue;
        };
        let tags = columns
            .tag
            .and_then(|at| cells.get(at))
            .copied()
            .unwrap_or_default();
        for net in nets {
            if tags.is_empty() {
                take(net, INTEL);
            }
            for tag in tags.split('|').map(str::trim).filter(|tag| !tag.is_empty()) {
                take(net, &tag_name(tag));
            }
        }
    }
    Ok(newest_exit.or(comment_date))
}

/// Parts a line from its comment: `#` anywhere, `;` or `//` at the start or behind a blank.
fn without_comment(line: &str) -> (&str, Option<&str>) {
    let starts = |at: usize| line[..at].is_empty() || line[..at].ends_with([' ', '\t']);
    let at = line
        .char_indices()
        .find(|(at, c)| match c {
            '#' => true,
            ';' => starts(*at),
            '/' => starts(*at) && line[*at..].starts_with("//"),
            _ => false,
        })
        .map(|(at, _)| at);
    match at {
        Some(at) => (line[..at].trim(), Some(&line[at..])),
        None => (line.trim(), None),
    }
}

/// Reads a CSV header; `None` when no column is known to hold addresses.
fn header(cells: &[&str]) -> Option<Columns> {
    let position = |names: &[&str]| {
        cells.iter().position(|cell| {
            let name = cell.to_ascii_lowercase().replace([' ', '-'], "_");
            names.contains(&name.as_str())
        })
    };
    Some(Columns {
        address: position(&ADDRESS_COLUMNS)?,
        tag: position(&TAG_COLUMNS),
    })
}

/// A tag in lower case, with hyphens, in the spelling that rules use.
fn tag_name(text: &str) -> String {
    let name = text.to_lowercase().replace([' ', '_'], "-");
    SYNONYMS
        .iter()
        .find(|(other, _)| *other == name)
        .map_or(name, |(_, tag)| (*tag).to_owned())
}

/// An address, a CIDR, or `first-last`; IPv4 in IPv6 clothes is IPv4.
pub(super) fn nets(text: &str) -> Option<Vec<IpNet>> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(vec![ip.to_canonical().into()]);
    }
    if let Ok(net) = text.parse::<IpNet>() {
        let mapped = match (net.addr().to_canonical(), net.prefix_len().checked_sub(96)) {
            (IpAddr::V4(ip), Some(prefix)) if net.addr().is_ipv6() => {
                IpNet::new(ip.into(), prefix).ok()
            }
            _ => None,
        };
        return Some(vec![mapped.unwrap_or(net)]);
    }
    let (first, last) = text.split_once('-')?;
    match (first.trim().parse().ok()?, last.trim().parse().ok()?) {
        (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => {
            Some(Ipv4Subnets::new(first, last, 0).map(IpNet::V4).collect())
        }
        (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => {
            Some(Ipv6Subnets::new(first, last, 0).map(IpNet::V6).collect())
        }
        _ => None,
    }
}

/// Takes every text of a JSON value that is a range, whatever the publisher's layout.
fn walk(value: &Value, tag: &str, take: &mut impl FnMut(IpNet, &str)) {
    match value {
        Value::String(text) => {
            for net in nets(text).into_iter().flatten() {
                take(net, tag);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, tag, take)),
        Value::Object(map) => {
            for (key, item) in map {
                let known = PROVIDER_KEYS.iter().find(|(name, _)| name == key);
                walk(item, known.map_or(tag, |(_, tag)| tag), take);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The day of publication, under the keys publishers use for it.
fn json_date(value: &Value) -> Option<String> {
    ["creationTime", "createDate", "generated", "updated", "date"]
        .iter()
        .find_map(|key| value.get(key)?.as_str().and_then(date_in))
}

/// The first `YYYY-MM-DD` in a text.
fn date_in(text: &str) -> Option<String> {
    text.as_bytes()
        .windows(10)
        .find(|w| {
            w.iter().enumerate().all(|(at, b)| match at {
                4 | 7 => *b == b'-',
                _ => b.is_ascii_digit(),
            })
        })
        .map(|w| String::from_utf8_lossy(w).into_owned())
        .filter(|date| chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").is_ok())
}
