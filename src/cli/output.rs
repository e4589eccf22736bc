//! Where a report goes: standard output, files, several of them in one run.
//!
//! A report enters, bytes leave. A file appears whole or not at all: it is written beside its
//! place under another name and renamed when everything is written.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::args::OutputArgs;
use super::failure::{Failure, Kind};
use super::session::Session;
use crate::Lot;
use crate::config::Origin;
use crate::model::Finding;
use crate::model::attack::{self, Attack};
use crate::render::wire::AttackNames;
use crate::render::{Findings, Format, Options, Report, ViewKind};
use crate::term::{Ui, size};

/// Everything a run writes.
pub struct Outputs {
    stdout: Option<Format>,
    files: Vec<(Format, Place)>,
    force: bool,
    attack_version: u8,
}

/// Where a file goes.
struct Place {
    /// As named.
    shown: PathBuf,
    /// Where it really lies, links followed.
    path: PathBuf,
    /// A device or pipe is written to as it is.
    direct: bool,
}

impl Findings for Lot {
    fn count(&self) -> usize {
        Lot::len(self)
    }

    fn id(&self, place: usize) -> Option<Cow<'_, str>> {
        Lot::id(self, place).map(Cow::Owned)
    }

    fn get(&self, place: usize) -> Option<Cow<'_, Finding>> {
        Lot::get(self, place).map(Cow::Owned)
    }
}

impl Outputs {
    /// Settles the formats and sees that every file can be made, before anything has run.
    pub fn new(args: &OutputArgs, session: &Session, view: ViewKind) -> Result<Outputs, Failure> {
        let wrong = |error| Failure::new(Kind::Usage, anyhow::Error::new(error));
        let mut named: Vec<(Format, &Path)> = Vec::new();
        for target in &args.out {
            target.format.check(view).map_err(wrong)?;
            named.push((target.format, &target.file));
        }
        let to_terminal = args.output.is_none() && session.ui.stdout_is_terminal();
        let main = format(session, view, to_terminal)?;
        match &args.output {
            Some(file) => named.push((main, file)),
            // Standard output is the default, and gives way to outputs that were named.
            None if named.is_empty() || args.format.is_some() => named.push((main, Path::new("-"))),
            None => {}
        }
        let mut outputs = Outputs {
            stdout: None,
            files: Vec::new(),
            force: args.force,
            attack_version: session.settings.attack_version.value,
        };
        for (format, file) in named {
            if file == Path::new("-") {
                if outputs.stdout.replace(format).is_some() {
                    return Err(Failure::usage("only one output can go to standard output"));
                }
                continue;
            }
            let place = Place::new(file, args.force)?;
            if !place.direct
                && outputs
                    .files
                    .iter()
                    .any(|(_, other)| other.path == place.path)
            {
                return Err(Failure::usage(format!(
                    "two outputs go to {}",
                    file.display()
                )));
            }
            outputs.files.push((format, place));
        }
        Ok(outputs)
    }

    /// Whether one of them has this format.
    pub fn has(&self, format: Format) -> bool {
        let files = self.files.iter().map(|(format, _)| *format);
        files.chain(self.stdout).any(|other| other == format)
    }

    /// Writes the report to all of them.
    pub fn write(&self, ui: &Ui, report: &Report<'_>) -> Result<(), Failure> {
        let attack = attack_names(self.attack_version);
        let mut written = Vec::new();
        for (format, place) in &self.files {
            let options = Options {
                width: size::width(false),
                color: false,
                attack,
            };
            let file = place.write(|out| format.output().write(report, &options, out));
            let file = file.map_err(|error| place.unwritten(error))?;
            written.extend(file.map(|file| (place, file)));
        }
        if let Some(format) = self.stdout {
            let options = Options {
                width: ui.width(),
                color: ui.color(),
                attack,
            };
            print(ui, |out| format.output().write(report, &options, out))?;
        }
        for (place, file) in written {
            place
                .keep(file, self.force)
                .map_err(|error| place.unwritten(error))?;
        }
        Ok(())
    }
}

/// How ATT&CK names are printed; the rules hold those of version 19.
pub fn attack_names(version: u8) -> AttackNames<'static> {
    match version {
        18 => AttackNames {
            version: 18,
            technique: &attack::render_v18,
            tactic: &tactic_v18,
        },
        _ => AttackNames::current(),
    }
}

fn tactic_v18(name: &str) -> String {
    let Some(tactic) = attack::tactic(name) else {
        return name.to_owned();
    };
    let entry = Attack {
        tactic: tactic.name,
        tactic_id: tactic.id,
        technique: String::new(),
    };
    attack::render_v18(&entry).tactic.to_owned()
}

/// The format of the main output: the flag, the setting where it fits, else the command's own.
fn format(session: &Session, view: ViewKind, to_terminal: bool) -> Result<Format, Failure> {
    let standard = Format::default_for(view, to_terminal);
    let setting = &session.settings.format;
    let Some(name) = &setting.value else {
        return Ok(standard);
    };
    let format: Format = name
        .parse()
        .map_err(|error| Failure::usage(format!("{}: {error}", setting.origin)))?;
    match format.check(view) {
        Ok(()) => Ok(format),
        // A setting speaks to every command, and not every one has every format.
        Err(_) if !matches!(setting.origin, Origin::Flag(_)) => Ok(standard),
        Err(error) => Err(Failure::new(Kind::Usage, error)),
    }
}

/// Writes data to standard output; a reader that has gone away has seen enough.
pub fn print(ui: &Ui, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    match ui.data(write) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            Kind::Input,
            anyhow::Error::new(error).context("write to standard output"),
        )),
        _ => Ok(()),
    }
}

impl Place {
    fn new(shown: &Path, force: bool) -> Result<Place, Failure> {
        let refuse = |error: io::Error| {
            Failure::new(
                Kind::Usage,
                anyhow::Error::new(error).context(format!("write {}", shown.display())),
            )
        };
        let place = |path: PathBuf, direct| Place {
            shown: shown.to_owned(),
            path,
            direct,
        };
        match fs::metadata(shown) {
            Ok(meta) if meta.is_dir() => Err(Failure::usage(format!(
                "write {}: it is a folder",
                shown.display()
            ))),
            Ok(meta) if !meta.is_file() => Ok(place(shown.to_owned(), true)),
            Ok(_) if !force => Err(Failure::usage(format!(
                "write {}: the file exists",
                shown.display()
            ))
            .hint("--force overwrites it")),
            Ok(_) => {
                // A link stays a link: what it leads to is replaced.
                let path = fs::canonicalize(shown).map_err(refuse)?;
                place(path, false).tried().map_err(refuse)
            }
            Err(_) => {
                let name = shown
                    .file_name()
                    .ok_or_else(|| refuse(io::ErrorKind::InvalidInput.into()))?;
                let folder = match shown.parent() {
                    Some(folder) if folder != Path::new("") => folder,
                    _ => Path::new("."),
                };
                let path = fs::canonicalize(folder).map_err(refuse)?.join(name);
                place(path, false).tried().map_err(refuse)
            }
        }
    }

    /// Sees whether a file can be made where this one will stand.
    fn tried(self) -> io::Result<Place> {
        self.beside()?.close()?;
        Ok(self)
    }

    /// A file of another name in the same folder, gone when it is dropped.
    fn beside(&self) -> io::Result<NamedTempFile> {
        let mut builder = Builder::new();
        builder.prefix(".ctadel-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // What any new file would get, less the mask; not the secrecy of a temporary one.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        builder
            .tempfile_in(folder)
            .map_err(|error| error.kind().into())
    }

    /// Writes the bytes to the device, or beside the place.
    fn write(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Option<NamedTempFile>> {
        if self.direct {
            let file = File::options().write(true).open(&self.path)?;
            let mut out = BufWriter::new(file);
            return match write(&mut out).and_then(|()| out.flush()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
                _ => Ok(None),
            };
        }
        let kept = self.beside()?;
        // Through the plain file: errors of the other name the temporary path, which says nothing.
        let mut out = BufWriter::new(kept.as_file());
        write(&mut out)?;
        out.flush()?;
        // Some file systems tell only now that they are full.
        kept.as_file().sync_all()?;
        drop(out);
        Ok(Some(kept))
    }

    fn unwritten(&self, error: io::Error) -> Failure {
        let context = format!("write {}", self.shown.display());
        let failure = Failure::new(Kind::Input, anyhow::Error::new(error).context(context));
        if self.direct {
            failure
        } else {
            failure.hint("no file was left half-written")
        }
    }

    /// Gives the finished file its name.
    fn keep(&self, file: NamedTempFile, force: bool) -> io::Result<()> {
        let kept = if force {
            file.persist(&self.path)
        } else {
            file.persist_noclobber(&self.path)
        };
        kept.map(drop).map_err(|error| error.error)
    }
}
