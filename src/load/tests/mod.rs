//! Tests of the loader as its users see it.
//!
//! Enters: files written to a temporary folder, and bytes. Leaves: nothing. They stand apart
//! because each goes through several files of this module.

mod archives;
mod bombs;
mod cutting;
mod files;
mod resync;

use std::io::{Cursor, Write};
use std::path::Path;

use super::*;
use crate::load::gzip::tests::gzip;

/// A piece, owned.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub name: String,
    pub start: u64,
    pub framing: Framing,
    pub header: Option<String>,
    pub text: String,
    pub problems: Vec<(String, Option<u64>)>,
}

/// Reads everything, as one worker would.
pub(super) fn read(loader: &mut Loader, options: &Options) -> Vec<Seen> {
    let mut unpacker = Unpacker::new(options);
    let (mut seen, mut ordinal, mut number) = (Vec::new(), 0, 0);
    while let Some(batch) = loader.next_batch() {
        assert_eq!(batch.ordinal, ordinal, "no gaps");
        ordinal += 1;
        for chunk in batch.chunks {
            assert!(chunk.file.number == number || chunk.file.number + 1 == number);
            number = chunk.file.number + 1;
            let name = chunk.file.name.to_string();
            unpacker.unpack(chunk, &mut |piece| {
                seen.push(Seen {
                    name: name.clone(),
                    start: piece.start,
                    framing: piece.framing,
                    header: piece
                        .header
                        .map(|it| String::from_utf8_lossy(&it.open).into_owned()),
                    text: String::from_utf8_lossy(piece.bytes).into_owned(),
                    problems: piece
                        .problems
                        .into_iter()
                        .map(|problem| (problem.reason, problem.offset))
                        .collect(),
                });
            });
        }
    }
    seen
}

pub(super) fn read_paths(paths: &[&Path], options: &Options) -> Vec<Seen> {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    read(&mut Loader::open(&paths, options).unwrap(), options)
}

pub(super) fn read_stdin(bytes: Vec<u8>, options: &Options) -> Vec<Seen> {
    let loader = Loader::open(&["-".to_owned()], options).unwrap();
    read(&mut loader.with_stdin(Cursor::new(bytes)), options)
}

/// Name and text of everything that has text, and name and reason of everything that has not.
pub(super) fn brief(seen: &[Seen]) -> Vec<String> {
    let mut lines = Vec::new();
    for piece in seen {
        if !piece.text.is_empty() {
            lines.push(format!("{} = {}", piece.name, piece.text.trim_end()));
        }
        for (reason, offset) in &piece.problems {
            let at = offset
                .map(|offset| format!(" at {offset}"))
                .unwrap_or_default();
            lines.push(format!("{}: {reason}{at}", piece.name));
        }
    }
    lines
}

pub(super) fn zip(members: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    let method = match deflated {
        true => ::zip::CompressionMethod::Deflated,
        false => ::zip::CompressionMethod::Stored,
    };
    let options = ::zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(super) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// A folder with these files.
pub(super) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn the_loader_goes_between_threads() {
    fn send<T: Send>() {}
    send::<Loader>();
    send::<Chunk>();
    send::<Unpacker>();
}
