//! What a file is, by its first bytes and nothing else.
//!
//! Enters: the head of a file or of what was unpacked. Leaves: the kind of container, or why
//! it cannot be read. It exists because extensions and HTTP headers lie.

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No bytes at all.
    Empty,
    /// To be decoded.
    Text,
    Gzip,
    Zstd,
    Zip,
    Tar,
    /// Columns, where this build reads them.
    #[cfg(feature = "parquet")]
    Parquet,
    /// Recognised, and not readable here; the reason in plain words.
    Foreign(&'static str),
}

/// How text is encoded, with the length of the mark in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8 { mark: usize },
    Utf16 { big: bool, mark: usize },
}

const BINARY: &str = "not a known log format: binary data";

/// Formats that people do keep beside their logs. A reason says what to do where one can.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"BZh", "bzip2 is not supported: unpack it first"),
    (b"\xfd7zXZ\0", "xz is not supported: unpack it first"),
    (
        b"7z\xbc\xaf\x27\x1c",
        "7-Zip is not supported: unpack it first",
    ),
    (b"Rar!\x1a\x07", "rar is not supported: unpack it first"),
    (b"\x04\x22\x4d\x18", "lz4 is not supported: unpack it first"),
    (
        b"\xff\x06\0\0sNaPpY",
        "snappy is not supported: unpack it first",
    ),
    (b"\x1f\x9d", "compress is not supported: unpack it first"),
    (
        b"PK\x07\x08",
        "a zip in several parts is not supported: join it first",
    ),
    #[cfg(not(feature = "parquet"))]
    (b"PAR1", "Parquet is not supported: export it as JSON"),
    (b"ORC", "ORC is not supported: export it as JSON"),
    (b"Obj\x01", "Avro is not supported: export it as JSON"),
    (b"ElfFile\0", "a Windows event log is not supported"),
    (
        b"SQLite format 3\0",
        "a SQLite database is not supported: export it as JSON",
    ),
    (
        b"\xd4\xc3\xb2\xa1",
        "not a known log format: a packet capture",
    ),
    (b"\x7fELF", "not a known log format: a program"),
    (b"MZ\x90\0", "not a known log format: a program"),
    (b"%PDF-", "not a known log format: a PDF document"),
];

/// Tells what bytes begin with.
pub(crate) fn sniff(head: &[u8]) -> Kind {
    match head {
        [] => return Kind::Empty,
        [0x1f, 0x8b, ..] => return Kind::Gzip,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => return Kind::Zip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => return Kind::Zstd,
        #[cfg(feature = "parquet")]
        [b'P', b'A', b'R', b'1', ..] => return Kind::Parquet,
        // A skippable frame, where the real one comes behind it.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => return Kind::Zstd,
        _ => {}
    }
    if head.get(257..262) == Some(b"ustar") {
        return Kind::Tar;
    }
    if let Some((_, reason)) = SIGNATURES.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Kind::Foreign(reason);
    }
    let wide = matches!(encoding(head), Encoding::Utf16 { .. });
    if wide || !is_binary(head) {
        Kind::Text
    } else {
        Kind::Foreign(BINARY)
    }
}

/// Tells the encoding of text by its mark, and UTF-16 without one by its zeros.
pub(crate) fn encoding(head: &[u8]) -> Encoding {
    match head {
        [0xef, 0xbb, 0xbf, ..] => Encoding::Utf8 { mark: 3 },
        [0xff, 0xfe, ..] => Encoding::Utf16 {
            big: false,
            mark: 2,
        },
        [0xfe, 0xff, ..] => Encoding::Utf16 { big: true, mark: 2 },
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => Encoding::Utf16 {
            big: false,
            mark: 0,
        },
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => Encoding::Utf16 { big: true, mark: 0 },
        _ => Encoding::Utf8 { mark: 0 },
    }
}

/// Text has no zeros and few control characters; a file that begins like JSON is read whatever
/// follows, because one bad record must not hide the rest.
fn is_binary(head: &[u8]) -> bool {
    if matches!(head.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return false;
    }
    let control = |byte: &&u8| matches!(byte, 0..=8 | 14..=26 | 28..=31);
    head.contains(&0) || head.iter().filter(control).count() * 16 > head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let mut tar = vec![0; 512];
        tar[..4].copy_from_slice(b"name");
        tar[257..263].copy_from_slice(b"ustar\0");
        for (head, kind) in [
            (&b""[..], Kind::Empty),
            (b"{\"a\":\0", Kind::Text),
            (b" [", Kind::Text),
            (b"\xef\xbb\xbf{", Kind::Text),
            (b"\xff\xfe{\0", Kind::Text),
            (b"{\0\"\0", Kind::Text),
            (b"TimeGenerated,OperationName\r\n", Kind::Text),
            (b"\x1b[31m2024-01-01T00:00:00Z red {}", Kind::Text),
            (b"gr\xfcn", Kind::Text),
            (b"\x1f\x8b", Kind::Gzip),
            (b"PK\x03\x04", Kind::Zip),
            (b"PK\x05\x06", Kind::Zip),
            (b"\x28\xb5\x2f\xfd", Kind::Zstd),
            (b"\x50\x2a\x4d\x18", Kind::Zstd),
            (&tar, Kind::Tar),
            (
                b"BZh9",
                Kind::Foreign("bzip2 is not supported: unpack it first"),
            ),
            #[cfg(not(feature = "parquet"))]
            (
                b"PAR1",
                Kind::Foreign("Parquet is not supported: export it as JSON"),
            ),
            (
                b"\x7fELF\x02",
                Kind::Foreign("not a known log format: a program"),
            ),
            (b"\x89PNG\r\n\x1a\n\0", Kind::Foreign(BINARY)),
            (b"\x01\x02\x03\x04", Kind::Foreign(BINARY)),
        ] {
            assert_eq!(sniff(head), kind, "{head:?}");
        }
    }
}
