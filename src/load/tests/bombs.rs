//! Files that want to be more than they are.
//!
//! Enters: small files that unpack to much. Leaves: nothing. It pins that work and memory are
//! bounded by the size on disk.

use std::io::Read;

use super::*;

const BOMB: &str = "unpacks to more than 1,000 times its size";

/// A gzip of so many zeros made into spaces, without holding them.
fn spaces(size: u64) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut std::io::repeat(b' ').take(size), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

/// Bytes and reasons, without keeping the text.
fn weigh(bytes: Vec<u8>) -> (u64, Vec<String>) {
    let options = Options::default();
    let mut loader = Loader::open(&["-".to_owned()], &options)
        .unwrap()
        .with_stdin(Cursor::new(bytes));
    let mut unpacker = Unpacker::new(&options);
    let (mut size, mut reasons) = (0, Vec::new());
    while let Some(batch) = loader.next_batch() {
        for chunk in batch.chunks {
            unpacker.unpack(chunk, &mut |piece| {
                size += piece.bytes.len() as u64;
                reasons.extend(piece.problems.into_iter().map(|problem| problem.reason));
            });
        }
    }
    (size, reasons)
}

#[test]
fn gzip_in_gzip() {
    let once = spaces(200 << 20);
    assert_eq!(
        weigh(once.clone()).1,
        [BOMB],
        "one layer of nothing but spaces"
    );
    let twice = gzip(&once);
    assert!(twice.len() < 2000);
    assert_eq!(weigh(twice).1, [BOMB]);
}

#[test]
fn a_tar_of_bombs() {
    let bomb = spaces(100 << 20);
    let names: Vec<String> = (0..20).map(|id| format!("{id}.gz")).collect();
    let members: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &bomb[..]))
        .collect();
    let (size, reasons) = weigh(gzip(&tar(&members)));
    assert!(reasons.iter().any(|reason| reason == BOMB), "{reasons:?}");
    assert!(size < 256 << 20, "{size}");
}

#[test]
fn a_zip_whose_members_overlap() {
    let mut archive = zip(&[("a", &gzip(b"{}").repeat(100)), ("b", b"{}")], false);
    // The second entry of the directory is made to point at the first member.
    let directory: Vec<usize> = archive
        .windows(4)
        .enumerate()
        .filter(|(_, bytes)| *bytes == b"PK\x01\x02")
        .map(|(at, _)| at)
        .collect();
    let [first, second] = directory[..] else {
        panic!()
    };
    for field in [16..28, 42..46] {
        let bytes = archive[first + field.start..first + field.end].to_vec();
        archive[second + field.start..second + field.end].copy_from_slice(&bytes);
    }
    let found = brief(&read_stdin(archive, &Options::default()));
    assert_eq!(
        found.last().unwrap(),
        "-: zip members overlap: the rest is not read"
    );
}

#[test]
fn a_whole_tree_of_packed_logs_is_no_bomb() {
    let log = gzip(&b"{\"a\":\"xxxxxxxxxxxxxxxxxxxx\"}\n".repeat(40_000));
    let names: Vec<String> = (0..40).map(|id| format!("{id}.json.gz")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &log[..])).collect();
    for archive in [zip(&members, true), gzip(&tar(&members)), tar(&members)] {
        assert_eq!(weigh(archive), (40 * 40_000 * 29, Vec::new()));
    }
}
