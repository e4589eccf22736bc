//! From bytes to records: megabytes of JSON a second on one core.
//!
//! The sample's text enters; nothing is judged, so this is the floor of every scan.

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ctadel::decode::index::Index;
use ctadel::decode::{item::Item, records::Decoder};
use ctadel::normalize::catalogue::Known;
use ctadel::normalize::{Layout, SOURCES};

fn decode(criterion: &mut Criterion) {
    let texts = support::texts();
    let texts: Vec<Vec<u8>> = texts.iter().map(|text| support::renamed(text, 1)).collect();
    let bytes: usize = texts.iter().map(Vec::len).sum();
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(bytes as u64));

    let mut index = Index::default();
    group.bench_function("index", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                index.build(black_box(text));
            }
        });
    });

    let layouts: Vec<Layout> = SOURCES.iter().map(|source| Layout::new(source)).collect();
    let catalogue = Known::new(SOURCES, &layouts, None);
    let mut decoder = Decoder::default();
    group.bench_function("records", |bencher| {
        bencher.iter(|| {
            let mut records = 0;
            for text in &texts {
                decoder.decode(&catalogue, black_box(text), &mut |item| {
                    if let Item::Records { found, .. } = item {
                        records += found.len();
                    }
                });
            }
            records
        });
    });
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
