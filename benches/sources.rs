//! The first phase over every source's own records: MB/s, and the ratio to CloudTrail.
//!
//! The test records of a source enter, thousands of copies under ids of their own; no source may
//! fall below half of CloudTrail. Behind `--` stand the names of those that are wanted alone.

use std::sync::LazyLock;
use std::time::Instant;

use ctadel::detect::load;
use ctadel::detect::programs::Programs;
use ctadel::load::{Chunk, Options};
use ctadel::model::Severity;
use ctadel::normalize::catalogue::Known;
use ctadel::normalize::{Norm, SOURCES, Source};
use ctadel::run::correlate;
use ctadel::run::store::{Caps, Store};
use ctadel::run::worker::{Shared, Worker};

/// Bytes of one chunk.
const CHUNK: usize = 4 << 20;
/// Chunks of one source.
const CHUNKS: usize = 4;
/// Pairs of rounds, CloudTrail's and the source's; the one in the middle counts.
const ROUNDS: usize = 5;

/// The raw test records of a source with their ids.
fn records(source: &Source) -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let shapes = std::fs::read_dir(folder.join(source.name)).expect("every source has its shapes");
    let mut shapes: Vec<_> = shapes.flatten().map(|entry| entry.path()).collect();
    shapes.sort();
    let first = shapes.first().expect("one at least").display().to_string();
    let mut out = Vec::new();
    let mut keep = |record: &ctadel::normalize::Record| {
        let raw = String::from_utf8_lossy(record.raw()).into_owned();
        let uid = record.text(Norm::Uid).unwrap_or_default().into_owned();
        out.push((raw, uid));
    };
    ctadel::run::events::events(&[first], &Options::default(), &mut keep).expect("it is read");
    out
}

/// Chunks of lines, each record under an id of its own.
fn chunks(source: &Source) -> Vec<Vec<u8>> {
    let records = records(source);
    let mut number = 0_u64;
    let chunk = |_| {
        let mut out = Vec::with_capacity(CHUNK + (64 << 10));
        while out.len() < CHUNK {
            for (raw, uid) in &records {
                number += 1;
                // The last digits of an id tell it from its neighbours.
                let cut = uid.len().saturating_sub(8);
                let renamed = match uid.get(..cut).filter(|_| uid.len() >= 16) {
                    Some(head) => raw.replace(uid, &format!("{head}{number:08x}")),
                    None => raw.clone(),
                };
                out.extend_from_slice(renamed.as_bytes());
                out.push(b'\n');
            }
        }
        out
    };
    (0..CHUNKS).map(chunk).collect()
}

fn main() {
    // `cargo test --benches` asks only whether it runs.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let options = load::Options {
        builtin: true,
        ..load::Options::default()
    };
    let rules = load::load(&options).expect("the built-in rules load");
    let programs = Programs::new(SOURCES.iter().copied(), &rules, false);
    let context = Default::default();
    let shared = Shared {
        programs: &programs,
        context: &context,
        catalogue: Known::new(SOURCES, &programs, None),
        window: None,
        load: Options::default(),
        shown: Severity::High,
        spare: Default::default(),
        count: None,
        pick: None,
    };
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |source: &&&Source| {
        let mut names = wanted.iter().filter(|name| !name.starts_with('-'));
        names.clone().next().is_none() || names.any(|name| name == source.name)
    };
    // Megabytes a second of one round.
    let round = |chunks: &[Vec<u8>]| {
        let bytes: usize = chunks.iter().map(Vec::len).sum();
        let mut store = Store::new(SOURCES.len(), Caps::default(), correlate::enough(&rules));
        let mut worker = Worker::new(&shared);
        let start = spent();
        for (ordinal, chunk) in chunks.iter().enumerate() {
            let chunk = Chunk::of_bytes(ordinal as u64, "bench", chunk);
            store.absorb(&mut worker.run(chunk));
        }
        bytes as f64 / (spent() - start) / 1e6
    };
    let yardstick = chunks(SOURCES[0]);
    for source in SOURCES.iter().filter(wanted) {
        let chunks = chunks(source);
        // What else runs on the machine slows both of a pair.
        let mut pairs: Vec<(f64, f64)> = (0..ROUNDS)
            .map(|_| {
                let (other, own) = (round(&yardstick), round(&chunks));
                (own / other, own)
            })
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (ratio, speed) = pairs[ROUNDS / 2];
        println!("{:<24} {speed:>8.1} MB/s  {ratio:.2}", source.name);
    }
}

/// Seconds that this thread has had of a processor, where the system tells; else those that
/// have gone by.
fn spent() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| START.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}
