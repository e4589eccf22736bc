//! Archives, and archives in archives.
//!
//! Enters: zips and tars made here. Leaves: nothing. It pins that a tree, a zip and a tar of it
//! and any wrapping of those hold the same.

use super::*;

const A: &[u8] = b"{\"a\":1}";
const B: &[u8] = b"{\"b\":1}";

fn members(bytes: Vec<u8>) -> Vec<String> {
    let folder = folder(&[("x", &bytes)]);
    let found = brief(&read_paths(
        &[&folder.path().join("x")],
        &Options::default(),
    ));
    let piped = brief(&read_stdin(bytes, &Options::default()));
    let renamed: Vec<_> = found
        .iter()
        .map(|line| line.replacen('x', "-", 1))
        .collect();
    assert_eq!(piped, renamed, "a pipe is read as the file is");
    found
}

#[test]
fn every_wrapping() {
    let packed = gzip(B);
    let files: [(&str, &[u8]); 3] = [("d/a.json", A), ("d/b.json.gz", &packed), ("e", b"")];
    let expected = [
        "x!d/a.json = {\"a\":1}",
        "x!d/b.json.gz = {\"b\":1}",
        "x!e: empty file",
    ];
    for archive in [zip(&files, true), zip(&files, false), tar(&files)] {
        assert_eq!(members(archive.clone()), expected);
        assert_eq!(members(gzip(&archive)), expected);
        assert_eq!(members(zstd(&archive)), expected);
        let nested = members(zip(&[("in.bin", &archive)], true));
        assert_eq!(nested[0], "x!in.bin!d/a.json = {\"a\":1}");
        let nested = members(gzip(&tar(&[("in.tgz", &gzip(&archive)), ("z", A)])));
        assert_eq!(nested[1], "x!in.tgz!d/b.json.gz = {\"b\":1}");
        assert_eq!(nested[3], "x!z = {\"a\":1}");
    }
}

#[test]
fn to_depth_three() {
    let deeper = |inner: &[u8]| zip(&[("z", inner), ("a", A)], false);
    let three = deeper(&deeper(&deeper(B)));
    assert_eq!(members(three.clone())[0], "x!z!z!z = {\"b\":1}");
    assert_eq!(
        members(deeper(&three)),
        [
            "x!z!z!z: archive nested deeper than 3",
            "x!z!z!a = {\"a\":1}",
            "x!z!a = {\"a\":1}",
            "x!a = {\"a\":1}"
        ]
    );
    let four = (0..4).fold(A.to_vec(), |inner, _| gzip(&inner));
    assert_eq!(
        members(four.clone()),
        ["x = {\"a\":1}"],
        "one layer is no level"
    );
    assert_eq!(members(gzip(&four)), ["x: archive nested deeper than 3"]);
}

#[test]
fn big_members_are_cut() {
    let lines: Vec<u8> = (0..1_000_000)
        .flat_map(|id| format!("{{\"id\":{id:09}}}\n").into_bytes())
        .collect();
    let files: [(&str, &[u8]); 3] = [("first", A), ("big", &lines), ("last", B)];
    for archive in [
        zip(&files, true),
        zip(&files, false),
        tar(&files),
        gzip(&tar(&files)),
    ] {
        let found = read_stdin(archive, &Options::default());
        let big: Vec<_> = found.iter().filter(|piece| piece.name == "-!big").collect();
        assert!(big.len() >= 2);
        let joined: String = big.iter().map(|piece| piece.text.as_str()).collect();
        assert!(joined.as_bytes() == lines);
        assert_eq!(
            (
                found[0].text.as_bytes(),
                found.last().unwrap().text.as_bytes()
            ),
            (A, B)
        );
    }
}

#[test]
fn names_of_members() {
    let long = "n".repeat(150);
    let plain = tar(&[(&long, A)]);
    assert_eq!(members(plain), [format!("x!{long} = {{\"a\":1}}")]);
    let mut builder = ::tar::Builder::new(Vec::new());
    builder
        .append_pax_extensions([("path", "pax/\u{fc}".as_bytes())])
        .unwrap();
    let mut header = ::tar::Header::new_ustar();
    header.set_size(A.len() as u64);
    header.set_path("other").unwrap();
    header.set_cksum();
    builder.append(&header, A).unwrap();
    assert_eq!(
        members(builder.into_inner().unwrap()),
        ["x!pax/\u{fc} = {\"a\":1}"]
    );
}

#[test]
fn only_files_count() {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (kind, name) in [
        (::tar::EntryType::Directory, "folder/"),
        (::tar::EntryType::Symlink, "link"),
        (::tar::EntryType::Link, "hard"),
        (::tar::EntryType::GNUSparse, "sparse"),
        (::tar::EntryType::Regular, "file"),
    ] {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_path(name).unwrap();
        let content = if kind == ::tar::EntryType::Regular {
            A
        } else {
            b""
        };
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }
    assert_eq!(
        members(builder.into_inner().unwrap()),
        [
            "x!sparse: a sparse file in a tar is not supported: unpack it first",
            "x!file = {\"a\":1}"
        ]
    );
}

#[test]
fn tars_behind_each_other() {
    assert_eq!(
        members([tar(&[("a", A)]), tar(&[("b", B)])].concat()),
        ["x!a = {\"a\":1}", "x!b = {\"b\":1}"]
    );
}

#[test]
fn damaged_archives() {
    let tar = tar(&[("a", A), ("b", &B.repeat(200))]);
    let cut = members(tar[..512 * 3 + 100].to_vec());
    assert_eq!(cut[0], "x!a = {\"a\":1}");
    assert!(cut[1].starts_with("x!b = {\"b\":1}{"));
    assert_eq!(cut[2], "x: tar archive ends early");
    let mut bent = tar.clone();
    bent[1024] ^= 1;
    assert_eq!(
        members(bent),
        [
            "x!a = {\"a\":1}",
            "x: tar header is corrupt: what follows is not read"
        ]
    );
    let packed = gzip(&tar);
    let cut = members(packed[..packed.len() - 30].to_vec());
    assert_eq!(cut.last().unwrap(), "x: gzip stream ends early");

    let zip = zip(&[("a", A), ("b", &B.repeat(200))], true);
    assert_eq!(
        members(zip[..zip.len() - 30].to_vec()),
        ["x: zip directory is corrupt or missing: the file may be cut off"]
    );
    let mut bent = zip.clone();
    // Within the packed bytes of the second member.
    let at = zip
        .windows(4)
        .rposition(|bytes| bytes == b"PK\x03\x04")
        .unwrap()
        + 40;
    bent[at] ^= 0x55;
    let found = members(bent);
    assert_eq!(found[0], "x!a = {\"a\":1}");
    assert!(found.last().unwrap().starts_with("x!b: zip "), "{found:?}");
}

#[test]
fn no_byte_of_an_archive_makes_it_panic() {
    for archive in [
        zip(&[("a", A), ("b", &gzip(B))], true),
        tar(&[("a", A)]),
        gzip(&tar(&[("a", B)])),
    ] {
        for at in 0..archive.len().min(1200) {
            for value in [0, 0x7f, 0xff] {
                let mut bent = archive.clone();
                bent[at] = value;
                read_stdin(bent, &Options::default());
            }
        }
    }
}

#[test]
fn a_zip_that_is_too_large_for_a_pipe() {
    let options = Options {
        spool: 50,
        ..Options::default()
    };
    let found = brief(&read_stdin(zip(&[("a", A)], false), &options));
    assert_eq!(
        found,
        ["-: a zip from a pipe or an archive is too large: unpack it first"]
    );
}
