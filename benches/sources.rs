//! The first phase over every source's own traffic: MB/s, and the ratio to CloudTrail.
//!
//! A day of each source enters, CloudTrail's among them: see `support/day.rs` for what it is made
//! of. No source may fall below half of CloudTrail. Behind `--` stand the names of those that are
//! wanted alone; with `--hits` nothing but test records enters, nearly all of which a rule speaks
//! about.

#[path = "support/day.rs"]
mod day;

use std::sync::LazyLock;
use std::time::Instant;

use ctadel::detect::ast::RuleSet;
use ctadel::detect::load;
use ctadel::detect::programs::Programs;
use ctadel::load::{Batch, Options};
use ctadel::model::Severity;
use ctadel::normalize::catalogue::Known;
use ctadel::normalize::{SOURCES, Source};
use ctadel::run::correlate;
use ctadel::run::store::{Caps, Store};
use ctadel::run::worker::{Shared, Worker};

use crate::day::Day;

/// Bytes of one chunk.
const CHUNK: usize = 4 << 20;
/// Chunks of one source.
const CHUNKS: usize = 4;
/// Pairs of rounds, CloudTrail's and the source's; the one in the middle counts.
const ROUNDS: usize = 5;

/// Chunks of the source's day.
fn chunks(day: &mut Day) -> Vec<Vec<u8>> {
    let chunk = |_| {
        let mut out = String::with_capacity(CHUNK + (64 << 10));
        while out.len() < CHUNK {
            day.line(true, &mut out);
        }
        out.into_bytes()
    };
    (0..CHUNKS).map(chunk).collect()
}

/// Every line without a hit is a record of the source that no rule speaks about.
fn check(shared: &Shared, rules: &RuleSet, number: usize) {
    let source = SOURCES[number];
    let mut day = Day::of(source, false);
    if day.is_alerts() {
        return;
    }
    let (mut text, lines) = (String::new(), 200);
    (0..lines).for_each(|_| day.line(false, &mut text));
    let told = Worker::new(shared).run(Batch::of_bytes(0, "bench", text.as_bytes()));
    let own = told.keys.iter().filter(|key| usize::from(key.1) == number);
    assert_eq!(own.count(), lines, "{}: {:?}", source.name, told.skipped);
    let folds = told.folds.iter().map(|fold| fold.key);
    let loud = folds.filter(|key| key.level > Severity::Informational);
    let rules = loud.map(|key| &rules.rules[key.rule as usize]);
    let spoken: Vec<_> = rules.map(|rule| &rule.meta.file).collect();
    assert!(spoken.is_empty(), "{}: {spoken:?}", source.name);
}

fn main() {
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
    (0..SOURCES.len()).for_each(|number| check(&shared, &rules, number));
    // `cargo test --benches` asks only whether it runs.
    if wanted.iter().any(|argument| argument == "--test") {
        return;
    }
    let only_hits = wanted.iter().any(|argument| argument == "--hits");
    let chunks = |source: &Source| chunks(&mut Day::of(source, only_hits));
    let wanted = |source: &&&Source| {
        let mut names = wanted.iter().filter(|name| !name.starts_with('-'));
        names.clone().next().is_none() || names.any(|name| name == source.name)
    };
    // Megabytes a second of one round.
    let round = |chunks: &[Vec<u8>]| {
        let bytes: usize = chunks.iter().map(Vec::len).sum();
        let mut store = Store::new(&shared, Caps::default(), correlate::enough(&rules));
        let mut worker = Worker::new(&shared);
        let start = spent();
        for (ordinal, chunk) in chunks.iter().enumerate() {
            let batch = Batch::of_bytes(ordinal as u64, "bench", chunk);
            store.absorb(&mut worker.run(batch));
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
