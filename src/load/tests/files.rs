//! Files, folders, pipes.
//!
//! Enters: small trees. Leaves: nothing. It pins names, order and what is said about each file
//! that cannot be read.

use std::sync::Arc;

use super::*;

#[test]
fn a_tree_in_order_by_content_not_by_name() {
    let utf16: Vec<u8> = "\u{feff}{\"u\":1}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let two = [gzip(b"{\"m\":1}\n"), gzip(b"{\"m\":2}\n")].concat();
    let folder = folder(&[
        ("AWSLogs/b.json.gz", b"{\"plain\":1}"),
        ("AWSLogs/a.json", &gzip(b"{\"packed\":1}")),
        ("AWSLogs.json", b"\xef\xbb\xbf{\"mark\":1}"),
        ("members.gz", &two),
        ("twice", &gzip(&gzip(b"{\"twice\":1}"))),
        ("utf16.csv", &utf16),
        ("zstd", &zstd(b"{\"z\":1}")),
        ("empty.json", b""),
        ("empty.json.gz", &gzip(b"")),
        ("table.parquet", b"PAR1...."),
        ("old.bz2", b"BZh91AY"),
        ("packed.bz2.gz", &gzip(b"BZh91AY")),
        ("tool", b"\x7fELF\x02\x01\x01\0"),
        (".hidden.json", b"{\"hidden\":1}"),
    ]);
    let found = read_paths(&[folder.path()], &Options::default());
    assert_eq!(
        brief(&found),
        [
            ".hidden.json = {\"hidden\":1}",
            "AWSLogs.json = {\"mark\":1}",
            "AWSLogs/a.json = {\"packed\":1}",
            "AWSLogs/b.json.gz = {\"plain\":1}",
            "empty.json: empty file",
            "empty.json.gz: empty file",
            "members.gz = {\"m\":1}\n{\"m\":2}",
            "old.bz2: bzip2 is not supported: unpack it first",
            "packed.bz2.gz: bzip2 is not supported: unpack it first",
            "table.parquet: Parquet is not supported: export it as JSON",
            "tool: not a known log format: a program",
            "twice = {\"twice\":1}",
            "utf16.csv = {\"u\":1}",
            "zstd = {\"z\":1}",
        ]
    );
    assert_eq!(found[1].start, 3, "the mark is a part of the file");
}

#[test]
fn several_inputs_and_stdin() {
    let folder = folder(&[
        ("prod/logs/a", b"{\"p\":1}"),
        ("dev/logs/a", b"{\"d\":1}"),
        ("one", b"{\"o\":1}"),
    ]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let options = Options::default();
    let paths = [
        path("prod/logs"),
        "-".to_owned(),
        path("dev/logs"),
        path("one"),
        path("on[e]"),
    ];
    let loader = Loader::open(&paths, &options).unwrap();
    let mut loader = loader.with_stdin(Cursor::new(gzip(b"{\"s\":1}")));
    assert_eq!(
        brief(&read(&mut loader, &options)),
        [
            "prod/logs/a = {\"p\":1}",
            "- = {\"s\":1}",
            "dev/logs/a = {\"d\":1}",
            "one = {\"o\":1}",
            "one = {\"o\":1}",
        ]
    );
    let progress = loader.progress();
    assert_eq!(progress.files(), 5);
    assert_eq!(progress.read(), 4 * 7 + gzip(b"{\"s\":1}").len() as u64);
}

#[test]
fn damaged_gzip_gives_what_it_has() {
    let text: Vec<u8> = (0..20_000)
        .flat_map(|id| format!("{{\"id\":{id}}}\n").into_bytes())
        .collect();
    let packed = gzip(&text);
    let cut = &packed[..packed.len() / 2];
    let mut sum = packed.clone();
    let at = sum.len() - 8;
    sum[at] ^= 1;
    let behind = [packed.clone(), b"and more".to_vec()].concat();
    let folder = folder(&[("behind", &behind), ("cut", cut), ("sum", &sum)]);
    let found = read_paths(&[folder.path()], &Options::default());
    let [first, second, third] = &found[..] else {
        panic!("{}", found.len())
    };
    assert_eq!(first.text.as_bytes(), text);
    let end = text.len() as u64;
    assert_eq!(
        first.problems,
        [("trailing bytes are not gzip".to_owned(), Some(end))]
    );
    assert!(second.text.len() > text.len() / 3 && text.starts_with(second.text.as_bytes()));
    let end = second.text.len() as u64;
    assert_eq!(
        second.problems,
        [("gzip stream ends early".to_owned(), Some(end))]
    );
    assert_eq!(third.text.as_bytes(), text);
    assert_eq!(
        third.problems[0].0,
        "gzip checksum or length does not match"
    );
    // The same, as it comes through a pipe.
    let piped = read_stdin(cut.to_vec(), &Options::default());
    assert_eq!(piped.last().unwrap().problems, second.problems);
    let text: String = piped.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(text, second.text);
}

#[test]
fn damaged_zstd_gives_what_it_has() {
    let text: Vec<u8> = (0..60_000)
        .flat_map(|id| format!("{{\"id\":{id}}}\n").into_bytes())
        .collect();
    let packed = zstd(&text);
    let two = [
        packed.clone(),
        vec![0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7],
        packed.clone(),
    ]
    .concat();
    let whole = read_stdin(two, &Options::default());
    let joined: String = whole.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(joined.as_bytes(), text.repeat(2));
    assert!(whole.iter().all(|piece| piece.problems.is_empty()));
    let cut = read_stdin(packed[..packed.len() - 9].to_vec(), &Options::default());
    let joined: String = cut.iter().map(|piece| piece.text.as_str()).collect();
    assert!(joined.len() > text.len() / 2 && text.starts_with(joined.as_bytes()));
    assert_eq!(cut.last().unwrap().problems[0].0, "zstd stream ends early");
}

#[test]
fn zstd_never_panics() {
    let text: Vec<u8> = (0..500)
        .flat_map(|id| format!("{{\"id\":{id}}}\n").into_bytes())
        .collect();
    let packed = zstd(&text);
    for at in 0..packed.len() {
        for value in [0, 1, 0x55, 0x80, 0xff] {
            let mut bent = packed.clone();
            bent[at] = value;
            read_stdin(bent, &Options::default());
        }
        read_stdin(packed[..at].to_vec(), &Options::default());
    }
}

#[test]
fn a_small_file_of_many_members_loses_nothing() {
    // Its last trailer promises a few bytes, and it holds more than a worker keeps.
    let line = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1 << 20));
    let mut packed = gzip(line.as_bytes()).repeat(40);
    packed.extend(gzip(b"{\"last\":1}\n"));
    let folder = folder(&[("appended.gz", &packed)]);
    let found = read_paths(&[folder.path()], &Options::default());
    assert!(found.len() > 5 && found.iter().all(|piece| piece.text.len() <= 4 << 20));
    let joined: String = found.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(joined.len(), line.len() * 40 + 11);
    assert!(joined.ends_with("{\"last\":1}\n"));
    let piped = read_stdin(packed, &Options::default());
    assert_eq!(piped.len(), found.len(), "cut as the loader would cut it");
}

#[test]
fn a_big_file_is_cut() {
    let text: Vec<u8> = (0..600_000)
        .flat_map(|id| format!("{{\"id\":{id:020}}}\n").into_bytes())
        .collect();
    let folder = folder(&[("big.json", &text), ("small.json", b"{}")]);
    let path = folder.path().join("big.json");
    let options = Options::default();
    let found = read_paths(&[folder.path()], &options);
    let (last, pieces) = found.split_last().unwrap();
    assert_eq!(last.text, "{}");
    assert_eq!(pieces.len(), text.len().div_ceil(4 << 20));
    let joined: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    assert!(joined.as_bytes() == text);
    let mut start = 0;
    for piece in pieces {
        assert_eq!((piece.start, &*piece.name), (start, "big.json"));
        start += piece.text.len() as u64;
    }
    for window in [64 << 10, 8 << 20] {
        let options = Options {
            window,
            ..options.clone()
        };
        let pieces = read_paths(&[&path], &options);
        let joined: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert!(joined.as_bytes() == text);
    }
}

#[test]
fn batches_are_small_files_together() {
    let half = vec![b' '; 300 << 10];
    let mut files: Vec<(String, Vec<u8>)> = (0..70)
        .map(|id| (format!("a{id:02}"), b"{}".to_vec()))
        .collect();
    files.extend((0..3).map(|id| (format!("b{id}"), half.clone())));
    let files: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let folder = folder(&files);
    let paths = [folder.path().to_str().unwrap().to_owned()];
    let mut loader = Loader::open(&paths, &Options::default()).unwrap();
    let sizes: Vec<_> = std::iter::from_fn(|| loader.next_batch())
        .map(|batch| batch.chunks.len())
        .collect();
    assert_eq!(sizes, [64, 7, 1, 1]);
}

#[test]
fn the_total_ends_a_run() {
    let folder = folder(&[
        ("a", b"{\"a\":1}"),
        ("b", b"{\"b\":1}"),
        ("c", b"{\"c\":1}"),
    ]);
    let options = Options {
        total: Some(10),
        ..Options::default()
    };
    assert_eq!(
        brief(&read_paths(&[folder.path()], &options)),
        [
            "a = {\"a\":1}",
            "b: more than 10 bytes in all: the rest is not read"
        ]
    );
}

#[test]
fn measured_in_the_background() {
    let folder = folder(&[("a", b"12"), ("x/b", b"345")]);
    let paths = [folder.path().to_str().unwrap().to_owned()];
    let loader = Loader::open(&paths, &Options::default()).unwrap();
    assert_eq!(loader.progress().total(), None);
    loader.measure();
    let progress = loader.progress();
    for _ in 0..1000 {
        if progress.total().is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(progress.total(), Some(5));
}

#[cfg(unix)]
#[test]
fn what_is_no_file() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder(&[("locked/x", b"{}"), ("denied", b"{}")]);
    let odd = std::ffi::OsStr::from_bytes(b"odd\xff\n.json");
    std::fs::write(folder.path().join(odd), b"{}").unwrap();
    symlink(folder.path().join("gone"), folder.path().join("link")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let mode = |name: &str, mode| {
        let path = folder.path().join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("denied", 0);
    mode("locked", 0);
    let found = brief(&read_paths(&[folder.path()], &Options::default()));
    mode("locked", 0o755);
    let mut expected = vec![
        "denied: cannot be opened: permission denied",
        "link: no longer there",
        "locked: cannot be opened: permission denied",
        "odd\\xff\\x0a.json = {}",
        "socket: not a regular file",
    ];
    if found.iter().any(|line| line == "denied = {}") {
        // Root may read everything.
        expected[0] = "denied = {}";
        expected[2] = "locked/x = {}";
    }
    assert_eq!(found, expected);
}

#[test]
fn any_number_of_workers_gets_the_same() {
    let lines: Vec<u8> = (0..600_000)
        .flat_map(|id| format!("{{\"id\":{id:09}}}\n").into_bytes())
        .collect();
    let many: Vec<(String, Vec<u8>)> = (0..200)
        .map(|id| {
            (
                format!("d{}/{id}.gz", id % 7),
                gzip(format!("{{\"id\":{id}}}").as_bytes()),
            )
        })
        .collect();
    let mut files: Vec<(&str, &[u8])> = many
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let archive = zip(&files, true);
    files.extend([("big.json", &lines[..]), ("d3/tree.zip", &archive[..])]);
    let folder = folder(&files);
    let options = Options {
        window: 64 << 10,
        record: 1 << 20,
        ..Options::default()
    };
    let paths = [folder.path().to_str().unwrap().to_owned()];
    let run = |threads: usize| {
        let loader = std::sync::Mutex::new(Loader::open(&paths, &options).unwrap());
        let seen = std::sync::Mutex::new(std::collections::BTreeMap::new());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mut unpacker = Unpacker::new(&options);
                    loop {
                        let Some(batch) = loader.lock().unwrap().next_batch() else {
                            break;
                        };
                        for (place, chunk) in batch.chunks.into_iter().enumerate() {
                            let (ordinal, file) = (batch.ordinal, Arc::clone(&chunk.file));
                            unpacker.unpack(chunk, &mut |piece| {
                                let text = piece.bytes.to_vec();
                                let piece = ((*file).clone(), piece.start, text, piece.problems);
                                seen.lock().unwrap().insert((ordinal, place), piece);
                            });
                        }
                    }
                });
            }
        });
        seen.into_inner().unwrap()
    };
    let one = run(1);
    assert!(one.len() > 500);
    assert!(one == run(2) && one == run(7));
}
