//! What the tests of the whole run share: plans, and where the inputs lie.
//!
//! Names of files in, reports out. Nothing here judges.

#![allow(
    dead_code,
    reason = "each test program uses the part of it that it needs"
)]

pub mod judge;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use ctadel::detect::ast::RuleSet;
use ctadel::detect::load::{self, Vars};
use ctadel::detect::suppress::Suppressions;
use ctadel::enrich::derive::Context;
use ctadel::load::Progress;
use ctadel::model::time::HOUR;
use ctadel::model::{Coverage, Severity, Time};
use ctadel::run::store::Caps;
use ctadel::{Plan, Report};

/// The folder of the test data.
pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// A folder of the logs and rules that are lent to this project and no part of it.
pub fn shared(below: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared")
        .join(below);
    if !path.exists() {
        eprintln!("skipped: shared folder absent");
        return None;
    }
    Some(path)
}

/// Every file under a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the test data") {
            let path = entry.expect("an entry of the test data").path();
            if path.is_dir() {
                open.push(path)
            } else {
                out.push(path)
            }
        }
    }
    out.sort();
    out
}

/// The built-in rules.
pub fn builtin() -> Arc<RuleSet> {
    static SET: OnceLock<Arc<RuleSet>> = OnceLock::new();
    let load = || {
        let options = load::Options {
            builtin: true,
            ..load::Options::default()
        };
        Arc::new(load::load(&options).expect("the built-in rules load"))
    };
    SET.get_or_init(load).clone()
}

/// The rules of one text.
pub fn rules_of(text: &str) -> Arc<RuleSet> {
    let origin = ctadel::model::rule::Origin::File;
    Arc::new(load::load_str("t.yml", text, origin, &Vars::new()).expect("rules of a test load"))
}

/// A run over one input with everything as it comes out of the box.
pub fn plan(input: &Path, rules: Arc<RuleSet>) -> Plan {
    Plan {
        inputs: vec![input.display().to_string()],
        load: ctadel::load::Options::default(),
        source: None,
        since: None,
        until: None,
        lookback: 0,
        rules,
        context: Context::default(),
        suppressions: Suppressions::default(),
        now: Time(0),
        threads: 2,
        link: true,
        gap: 6 * HOUR,
        min_severity: Severity::Informational,
        incidents: true,
        totals: false,
        remembered: None,
        stdin: None,
        caps: Caps::default(),
    }
}

/// Runs a plan.
pub fn scan(plan: &Plan) -> Report {
    ctadel::scan(
        plan,
        &Arc::new(Progress::default()),
        &AtomicBool::new(false),
    )
    .expect("an input that is there can be read")
}

/// Everything a coverage accounts for: records, copies, skipped, ignored.
pub fn counts(coverage: &Coverage) -> [u64; 4] {
    [
        coverage.records,
        coverage.duplicates,
        coverage.skipped.iter().map(|skipped| skipped.count).sum(),
        coverage.ignored.iter().map(|ignored| ignored.count).sum(),
    ]
}

/// Every event of an input, read through all its envelopes: raw record and normalized event.
pub fn events(input: &Path) -> Vec<(Vec<u8>, ctadel::model::Event)> {
    let inputs = [input.display().to_string()];
    let mut out = Vec::new();
    ctadel::run::events::events(&inputs, &ctadel::load::Options::default(), &mut |record| {
        out.push((
            record.raw().to_vec(),
            ctadel::normalize::event::event(record),
        ));
    })
    .expect("an input that is there can be read");
    out
}

/// Every CloudTrail record in the test data and, where it is there, in the corpus; the second
/// part is opened by another JSON reader than ours.
pub fn all_records() -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = Vec::new();
    for folder in [
        "sample",
        "aws.cloudtrail/lines.jsonl",
        "aws.cloudtrail-extra",
    ] {
        out.extend(
            events(&testdata().join(folder))
                .into_iter()
                .map(|(raw, _)| raw),
        );
    }
    for (file, text) in load::builtin::events() {
        if file.contains("aws") {
            for line in text.lines() {
                let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
                out.push(line["event"].to_string().into_bytes());
            }
        }
    }
    // Any further log one wants to see both engines over.
    if let Some(slice) = std::env::var_os("CTADEL_TEST_SLICE") {
        let slice = events(Path::new(&slice)).into_iter();
        out.extend(slice.map(|(raw, _)| raw));
    }
    if let Some(folder) = shared("corpus/aws-cloudtrail") {
        for file in files(&folder) {
            out.extend(records_of(&file));
        }
    }
    out
}

/// The CloudTrail records in a file of the corpus, however deep they lie.
pub fn records_of(file: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(file).expect("a file of the corpus");
    let mut text = Vec::new();
    let gzip = bytes.starts_with(&[0x1f, 0x8b]);
    if gzip {
        let mut reader = flate2::read::MultiGzDecoder::new(&bytes[..]);
        std::io::Read::read_to_end(&mut reader, &mut text).expect("sound gzip");
    }
    let text = if gzip { text } else { bytes };
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let mut out = Vec::new();
    for value in serde_json::Deserializer::from_slice(text).into_iter::<serde_json::Value>() {
        let Ok(value) = value else { break };
        search(&value, &mut out);
    }
    out
}

fn search(value: &serde_json::Value, out: &mut Vec<Vec<u8>>) {
    use serde_json::Value;
    match value {
        // A bucket's notification has both names too.
        Value::Object(map)
            if map.contains_key("eventName")
                && map.contains_key("eventSource")
                && !map.contains_key("s3") =>
        {
            out.push(value.to_string().into_bytes());
        }
        Value::Object(map) => map.values().for_each(|value| search(value, out)),
        Value::Array(list) => list.iter().for_each(|value| search(value, out)),
        Value::String(text) if text.starts_with('{') => {
            if let Ok(inner) = serde_json::from_str(text) {
                search(&inner, out);
            }
        }
        _ => {}
    }
}

/// The community rules, where they are there.
pub fn community() -> Option<RuleSet> {
    let options = load::Options {
        dirs: vec![shared("sigma")?],
        ..load::Options::default()
    };
    Some(load::load(&options).expect("the community rules load"))
}
