//! A working day of each source, as its log has it.
//!
//! Templates enter, one file a source in `benches/day`: what most of the log is, in the shape in
//! which much of it is exported, and nothing that a rule speaks of but as information (every alert
//! of Falco or Sysdig is a finding). Lines leave in which what varies in life varies: ids, times,
//! people, workloads, objects, addresses. One line in a hundred is one of the source's test
//! records, nearly all of which a rule speaks about. GuardDuty, Security Command Center and
//! Defender write nothing but alerts: their day is made of test records.

use std::fmt::Write;
use std::path::Path;

use ctadel::load::Options;
use ctadel::normalize::{Norm, Record, Source};

/// Every so many lines one is a test record.
pub const HIT: u64 = 100;
/// Milliseconds between two records.
const STEP: u64 = 400;
/// 2026-06-02T08:00:00Z, in seconds.
const START: u64 = 1_780_387_200;

/// How many there are of what an organisation has a number of.
const USERS: u64 = 60;
const WORKLOADS: u64 = 40;
const PODS: u64 = 400;
const NODES: u64 = 30;
const OBJECTS: u64 = 50_000;

/// The lines of one source.
pub struct Day {
    templates: Vec<String>,
    hits: Vec<(String, String)>,
    number: u64,
}

impl Day {
    /// What the source's log looks like.
    pub fn of(source: &Source, only_hits: bool) -> Day {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = root.join(format!("benches/day/{}.jsonl", source.name));
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let lines = text.lines().filter(|_| !only_hits);
        Day {
            templates: lines.map(str::to_owned).collect(),
            hits: tested(source),
            number: 0,
        }
    }

    /// Whether it has nothing but test records.
    pub fn is_alerts(&self) -> bool {
        self.templates.is_empty()
    }

    /// Appends the next line; hits only where they are wanted or there is nothing else.
    pub fn line(&mut self, hits: bool, out: &mut String) {
        self.number += 1;
        let count = self.templates.len() as u64;
        if count == 0 || hits && self.number.is_multiple_of(HIT) {
            let turn = if count == 0 {
                self.number
            } else {
                self.number / HIT
            };
            let (raw, uid) = &self.hits[(turn % self.hits.len() as u64) as usize];
            // The last digits of an id tell it from its neighbours.
            let cut = uid.len().saturating_sub(8);
            match uid.get(..cut).filter(|_| uid.len() >= 16) {
                Some(head) => {
                    out.push_str(&raw.replace(uid, &format!("{head}{:08x}", self.number)))
                }
                None => out.push_str(raw),
            }
        } else {
            let turn = drawn(self.number, 0) % count;
            fill(&self.templates[turn as usize], self.number, out);
        }
        out.push('\n');
    }
}

/// The test records of a source with their ids.
fn tested(source: &Source) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let shapes = std::fs::read_dir(folder.join(source.name)).expect("every source has its shapes");
    let mut shapes: Vec<_> = shapes.flatten().map(|entry| entry.path()).collect();
    shapes.sort();
    let first = shapes.first().expect("one at least").display().to_string();
    let mut out = Vec::new();
    let mut keep = |record: &Record| {
        let raw = String::from_utf8_lossy(record.raw()).into_owned();
        let uid = record.text(Norm::Uid).unwrap_or_default().into_owned();
        out.push((raw, uid));
    };
    ctadel::run::events::events(&[first], &Options::default(), &mut keep).expect("it is read");
    out
}

/// A number that looks drawn, and is the same for the same line and purpose.
fn drawn(number: u64, purpose: u64) -> u64 {
    let mixed = (number ^ purpose.rotate_left(40)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ mixed >> 32
}

/// Writes a template with its words between angle brackets replaced.
fn fill(template: &str, number: u64, out: &mut String) {
    let mut rest = template;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .find('>')
            .filter(|end| word(&rest[1..*end], number, out));
        match end {
            Some(end) => rest = &rest[end + 1..],
            None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

/// Writes what a word stands for; false where it is none. What a record says twice of one actor,
/// workload or object it says of the same.
fn word(word: &str, number: u64, out: &mut String) -> bool {
    let user = drawn(number, 1) % USERS;
    let workload = drawn(number, 2) % WORKLOADS;
    let pod = drawn(number, 3) % (PODS / WORKLOADS) * WORKLOADS + workload;
    let node = pod % NODES;
    let guid = |from: u64| {
        let (head, tail) = (drawn(from, 4), drawn(from, 5));
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            head >> 32,
            head & 0xffff,
            head >> 16 & 0xfff,
            tail >> 48 & 0xfff,
            tail & 0xffff_ffff_ffff
        )
    };
    let millis = number * STEP;
    let (second, fraction) = (START + millis / 1000, millis % 1000);
    let clock = |between: char| {
        let of_day = second % 86_400;
        let day = 2 + (second - START + 28_800) / 86_400;
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        format!("2026-06-{day:02}{between}{hour:02}:{minute:02}:{second:02}")
    };
    // Writing to a string does not fail.
    let _ = match word {
        "guid" => write!(out, "{}", guid(number)),
        "guid2" => write!(out, "{}", guid(number ^ 1 << 40)),
        "guid3" => write!(out, "{}", guid(pod ^ 1 << 41)),
        "hex" => write!(out, "{:016x}", drawn(number, 6)),
        "principal" => write!(out, "{}", guid(workload ^ 1 << 42)),
        "token" => write!(out, "{:016x}", drawn(workload, 12)),
        "n" => write!(out, "{}", 10_000 + drawn(number, 7) % 50_000),
        "user" => write!(out, "person{user:03}"),
        "app" => write!(out, "service{workload:02}"),
        "role" => write!(out, "{:012X}", drawn(workload, 8) >> 16),
        "pod" => write!(
            out,
            "service{workload:02}-6c9d7f8b5-{:05x}",
            drawn(pod, 9) >> 44
        ),
        "node" => write!(out, "10-44-9-{node}"),
        "mac" => write!(out, "{node:02x}:{node:02x}:5f"),
        "ip" => write!(out, "10.44.{}.{}", pod >> 6, 10 + pod % 64),
        "object" => write!(
            out,
            "{:08x}",
            (drawn(number, 10) % OBJECTS * 2_654_435_761) >> 8
        ),
        "container" => write!(out, "{:012x}", drawn(pod, 11) >> 16),
        "docker" => write!(
            out,
            "{:012x}{:016x}{:03x}",
            drawn(pod, 11) >> 16,
            pod + 1,
            pod
        ),
        "long" => write!(
            out,
            "{:012x}{:016x}{:036x}",
            drawn(pod, 11) >> 16,
            pod + 1,
            pod
        ),
        "second" => write!(out, "{}Z", clock('T')),
        "milli" => write!(out, "{}.{fraction:03}Z", clock('T')),
        "micro" => write!(out, "{}.{fraction:03}907Z", clock('T')),
        "tick" => write!(out, "{}.{fraction:03}4567Z", clock('T')),
        "nano" => write!(out, "{}.{fraction:03}456789Z", clock('T')),
        "plain" => write!(out, "{}", clock('T')),
        "clock" => write!(out, "{}.{fraction:03}456789", &clock('T')[11..]),
        "blank" => write!(out, "{},{fraction:03}", clock(' ')),
        "millis" => write!(out, "{second}{fraction:03}"),
        "nanos" => write!(out, "{second}{fraction:03}000000"),
        _ => return false,
    };
    true
}
