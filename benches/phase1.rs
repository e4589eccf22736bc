//! The whole first phase in memory: decode, rules, folds, and taking in; no files, no gzip.
//!
//! Copies of the sample's records enter, each copy under its own ids; the time is of one worker
//! and one absorber on one core.

mod support;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ctadel::detect::load;
use ctadel::detect::programs::Programs;
use ctadel::load::{Batch, Options};
use ctadel::model::Severity;
use ctadel::normalize::SOURCES;
use ctadel::normalize::catalogue::Known;
use ctadel::run::correlate;
use ctadel::run::store::{Caps, Store};
use ctadel::run::worker::{Shared, Worker};

const COPIES: usize = 8;

fn phase1(criterion: &mut Criterion) {
    let texts = support::texts();
    let copies = (0..COPIES).flat_map(|copy| texts.iter().map(move |text| (copy, text)));
    let chunks: Vec<Vec<u8>> = copies
        .map(|(copy, text)| support::renamed(text, copy))
        .collect();
    let rules = load::load(&load::Options {
        builtin: true,
        ..load::Options::default()
    })
    .expect("the built-in rules load");
    let programs = Programs::new(SOURCES.iter().copied(), &rules, false);
    let context = Default::default();
    let shared = Shared {
        programs: &programs,
        context: &context,
        catalogue: Known::new(SOURCES, &programs, None),
        window: None,
        load: Options::default(),
        shown: Severity::High,
        count: None,
        pick: None,
        spare: Default::default(),
    };
    let mut group = criterion.benchmark_group("phase1");
    let bytes: usize = chunks.iter().map(Vec::len).sum();
    group.throughput(Throughput::Bytes(bytes as u64));
    group.sample_size(20);
    group.bench_function("built-in rules", |bencher| {
        bencher.iter(|| {
            let enough = correlate::enough(&rules);
            let mut store = Store::new(&shared, Caps::default(), enough);
            let mut worker = Worker::new(&shared);
            for (ordinal, chunk) in chunks.iter().enumerate() {
                let batch = Batch::of_bytes(ordinal as u64, "bench", chunk);
                store.absorb(&mut worker.run(batch));
            }
            store.folds.len()
        });
    });
    group.finish();
}

criterion_group!(benches, phase1);
criterion_main!(benches);
