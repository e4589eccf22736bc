//! A minimal MMDB writer for tests.
//!
//! Ranges with JSON rows enter, the bytes of a database leave: IPv6 tree of 24-bit records, IPv4
//! below `::/96`, as the published format has it (<https://maxmind.github.io/MaxMind-DB/>).

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

/// Where a record of a node points.
#[derive(Clone, Copy)]
enum Slot {
    Nothing,
    Node(usize),
    Data(usize),
}

/// Builds a database; ranges must not overlap.
pub(super) fn mmdb(database_type: &str, build_epoch: u64, rows: &[(&str, Value)]) -> Vec<u8> {
    let mut nodes = vec![[Slot::Nothing; 2]];
    let mut data = Vec::new();
    for (net, row) in rows {
        let net: IpNet = net.parse().unwrap_or_else(|error| panic!("{net}: {error}"));
        let (bits, length) = match net.network() {
            IpAddr::V4(ip) => (u128::from(u32::from(ip)), net.prefix_len() + 96),
            IpAddr::V6(ip) => (u128::from(ip), net.prefix_len()),
        };
        let mut node = 0;
        for depth in 0..length {
            let side = (bits >> (127 - depth) & 1) as usize;
            if depth + 1 == length {
                nodes[node][side] = Slot::Data(data.len());
            } else if let Slot::Node(next) = nodes[node][side] {
                node = next;
            } else {
                nodes.push([Slot::Nothing; 2]);
                nodes[node][side] = Slot::Node(nodes.len() - 1);
                node = nodes.len() - 1;
            }
        }
        encode(row, &mut data);
    }
    let mut out = Vec::new();
    for slot in nodes.iter().flatten() {
        let record = match slot {
            Slot::Nothing => nodes.len(),
            Slot::Node(node) => *node,
            Slot::Data(offset) => nodes.len() + 16 + offset,
        };
        out.extend_from_slice(&(record as u32).to_be_bytes()[1..]);
    }
    out.extend_from_slice(&[0; 16]);
    out.extend_from_slice(&data);
    out.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    control(7, 9, &mut out);
    for (key, value) in [
        ("binary_format_major_version", (5, 2)),
        ("binary_format_minor_version", (5, 0)),
        ("build_epoch", (9, build_epoch)),
        ("ip_version", (5, 6)),
        ("node_count", (6, nodes.len() as u64)),
        ("record_size", (5, 24)),
    ] {
        encode(&json!(key), &mut out);
        whole(value, &mut out);
    }
    for (key, value) in [
        ("database_type", json!(database_type)),
        ("description", json!({})),
        ("languages", json!(["en"])),
    ] {
        encode(&json!(key), &mut out);
        encode(&value, &mut out);
    }
    out
}

/// Writes a value of the data section: whole numbers as uint32, others as doubles.
fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::String(text) => {
            control(2, text.len(), out);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Bool(set) => control(14, usize::from(*set), out),
        Value::Number(number) => match number.as_u64() {
            Some(value) => whole((6, value), out),
            None => {
                control(3, 8, out);
                out.extend_from_slice(&number.as_f64().unwrap_or_default().to_be_bytes());
            }
        },
        Value::Array(items) => {
            control(11, items.len(), out);
            items.iter().for_each(|item| encode(item, out));
        }
        Value::Object(map) => {
            control(7, map.len(), out);
            for (key, item) in map {
                encode(&Value::String(key.clone()), out);
                encode(item, out);
            }
        }
        Value::Null => panic!("the format has no null"),
    }
}

/// Writes a whole number of type 5, 6 or 9 in as few bytes as it needs.
fn whole((kind, value): (u8, u64), out: &mut Vec<u8>) {
    let bytes = value.to_be_bytes();
    let skip = bytes.iter().take_while(|byte| **byte == 0).count();
    control(kind, bytes.len() - skip, out);
    out.extend_from_slice(&bytes[skip..]);
}

fn control(kind: u8, size: usize, out: &mut Vec<u8>) {
    let (short, long) = if size < 29 {
        (size as u8, None)
    } else {
        (29, Some((size - 29) as u8))
    };
    out.push(if kind < 8 { kind << 5 } else { 0 } | short);
    if kind >= 8 {
        out.push(kind - 7);
    }
    out.extend(long);
}
