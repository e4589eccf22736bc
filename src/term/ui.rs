//! Messages and data of a command in, stdout and stderr out.
//!
//! Colour, width, quiet and the progress line are decided once, here, and not in each command.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use super::colour::{Choice, Environment, Paint};
use super::escape::terminal;
use super::progress::{self, Progress};
use super::{coverage, mask, size};
use crate::model::Coverage;

/// How much is said on stderr.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Warnings and errors alone.
    Quiet,
    /// Notes, hints and the coverage block too.
    #[default]
    Normal,
    /// Everything, every file of the coverage block included.
    Verbose,
}

/// What the command line says about the terminal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// `--color`.
    pub color: Choice,
    /// `--progress`.
    pub progress: Choice,
    /// `-q`, `-v`.
    pub verbosity: Verbosity,
}

type Stream = Mutex<Box<dyn Write + Send>>;

/// The two streams and what is known about them.
pub struct Ui {
    out: Stream,
    err: Stream,
    out_is_terminal: bool,
    err_is_terminal: bool,
    color_out: bool,
    color_err: bool,
    width: usize,
    settings: Settings,
    bar: Mutex<Option<Progress>>,
}

impl Ui {
    /// The process's own streams.
    pub fn new(settings: Settings) -> Ui {
        let out_is_terminal = io::stdout().is_terminal();
        let err_is_terminal = io::stderr().is_terminal();
        let environment = Environment::of_process();
        Ui {
            out: Mutex::new(Box::new(io::stdout())),
            err: Mutex::new(Box::new(io::stderr())),
            out_is_terminal,
            err_is_terminal,
            color_out: environment.colours(settings.color, out_is_terminal),
            color_err: environment.colours(settings.color, err_is_terminal),
            width: size::width(out_is_terminal),
            settings,
            bar: Mutex::new(None),
        }
    }

    /// Any two streams, for tests and for output that is kept; colour only where it is forced.
    pub fn with_streams(
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        width: usize,
        settings: Settings,
    ) -> Ui {
        let color = settings.color == Choice::Always;
        Ui {
            out: Mutex::new(out),
            err: Mutex::new(err),
            out_is_terminal: false,
            err_is_terminal: false,
            color_out: color,
            color_err: color,
            width,
            settings,
            bar: Mutex::new(None),
        }
    }

    /// Columns to lay out for.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether stdout takes colours.
    pub fn color(&self) -> bool {
        self.color_out
    }

    /// Whether a person reads stdout.
    pub fn stdout_is_terminal(&self) -> bool {
        self.out_is_terminal
    }

    /// How much to say.
    pub fn verbosity(&self) -> Verbosity {
        self.settings.verbosity
    }

    /// Hands stdout, buffered, to a writer of data; a closed pipe comes back as an error.
    pub fn data(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        self.aside(|| {
            let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
            let mut buffer = BufWriter::with_capacity(64 * 1024, &mut **out);
            let written = write(&mut buffer);
            if written.is_err() {
                // What is left belongs to output that already failed; dropping must not retry it.
                drop(buffer.into_parts());
                return written;
            }
            buffer.flush()
        })
    }

    /// Says what the reader may want to know.
    pub fn note(&self, message: &str) {
        if self.settings.verbosity > Verbosity::Quiet {
            self.say("note", Paint::Bold, message);
        }
    }

    /// Says what the reader may want to type.
    pub fn hint(&self, message: &str) {
        if self.settings.verbosity > Verbosity::Quiet {
            self.say("hint", Paint::Bold, message);
        }
    }

    /// Says what only `-v` asks for.
    pub fn detail(&self, message: &str) {
        if self.settings.verbosity == Verbosity::Verbose {
            self.say("detail", Paint::Dim, message);
        }
    }

    /// Says what the reader must not miss; `-q` does not silence it.
    pub fn warn(&self, message: &str) {
        self.say("warning", Paint::Warning, message);
    }

    /// Says why the run ends.
    pub fn error(&self, message: &str) {
        self.say("error", Paint::Error, message);
    }

    /// Prints what was read and what was not; under `-q` only that something is missing.
    pub fn coverage(&self, report: &Coverage) {
        match self.settings.verbosity {
            Verbosity::Quiet => {
                if let Some(message) = coverage::shortfall(report) {
                    self.warn(&message);
                }
            }
            verbosity => {
                let verbose = verbosity == Verbosity::Verbose;
                for line in coverage::lines(report, verbose, self.width) {
                    self.line(&line);
                }
            }
        }
    }

    /// Starts the progress line; `total` is in bytes.
    pub fn progress(&self, total: Option<u64>) -> Progress {
        let visible = match self.settings.progress {
            Choice::Always => true,
            Choice::Never => false,
            Choice::Auto => self.err_is_terminal && self.settings.verbosity > Verbosity::Quiet,
        };
        let target = progress::target(visible, self.err_is_terminal, self.width);
        let bar = Progress::new(total, target);
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
        bar
    }

    /// One message: a coloured word, then text that a log may have had a hand in.
    fn say(&self, word: &str, paint: Paint, message: &str) {
        let message = mask::secrets(message);
        let word = paint.on(word, self.color_err);
        self.line(&format!("{word}: {}", terminal(&message)));
    }

    /// One line of stderr.
    fn line(&self, text: &str) {
        self.aside(|| {
            let mut err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody is left to tell where stderr itself is closed.
            drop(writeln!(err, "{text}"));
        });
    }

    /// Keeps the progress line out of the way.
    fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        let bar = self
            .bar
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match bar {
            Some(bar) => bar.aside(write),
            None => write(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::capture::{Closed, Shared};

    fn ui(verbosity: Verbosity, color: Choice) -> (Ui, Shared, Shared) {
        let (out, err) = (Shared::default(), Shared::default());
        let settings = Settings {
            color,
            verbosity,
            ..Settings::default()
        };
        let ui = Ui::with_streams(Box::new(out.clone()), Box::new(err.clone()), 80, settings);
        (ui, out, err)
    }

    #[test]
    fn data_goes_to_stdout_and_words_to_stderr() {
        let (ui, out, err) = ui(Verbosity::Normal, Choice::Auto);
        ui.data(|w| w.write_all(b"{}\n"))
            .expect("a vector takes all");
        ui.note("read\u{1b}[2J this");
        ui.hint("use --since");
        ui.warn("password=hunter2");
        ui.detail("silent");
        assert_eq!(out.text(), "{}\n");
        assert_eq!(
            err.text(),
            "note: read\\u{1b}[2J this\nhint: use --since\nwarning: password=[masked]\n"
        );
    }

    #[test]
    fn quiet_keeps_warnings_and_says_when_something_is_missing() {
        let (ui, _, err) = ui(Verbosity::Quiet, Choice::Auto);
        ui.note("x");
        ui.hint("x");
        ui.coverage(&Coverage {
            complete: true,
            ..Coverage::default()
        });
        assert_eq!(err.text(), "");
        ui.coverage(&Coverage::default());
        ui.warn("kept");
        assert_eq!(
            err.text(),
            "warning: the run was interrupted; what is printed is not all\nwarning: kept\n"
        );
    }

    #[test]
    fn forced_colour_paints_the_first_word() {
        let (ui, _, err) = ui(Verbosity::Verbose, Choice::Always);
        ui.warn("careful");
        ui.detail("more");
        assert_eq!(
            err.text(),
            "\u{1b}[33mwarning\u{1b}[0m: careful\n\u{1b}[2mdetail\u{1b}[0m: more\n"
        );
    }

    #[test]
    fn a_closed_pipe_comes_back_as_such() {
        let settings = Settings::default();
        let ui = Ui::with_streams(Box::new(Closed), Box::new(Closed), 80, settings);
        let error = ui
            .data(|w| w.write_all(b"x"))
            .expect_err("the pipe is closed");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        ui.warn("nobody hears this, and nothing breaks");
    }
}
