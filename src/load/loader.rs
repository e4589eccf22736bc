//! The walk through all inputs.
//!
//! Enters: what the user named. Leaves: batches of chunks, in an order and with borders that
//! depend on the input alone. It exists so that workers can ask for work, one at a time, and never
//! see what it was wrapped in.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::budget::{Budget, Earning};
use super::chunk::{Batch, Chunk, Data, FileRef, Framing, Problem};
use super::cut::{Window, Windows};
use super::error::Error;
use super::inputs::{Input, resolve};
#[cfg(feature = "live")]
use super::live::{self, Feed, Got};
use super::measure::measure;
use super::open::{Body, Entry, Opened, open};
use super::options::{BATCH, Options};
use super::peel::Stream;
use super::progress::{Counted, Progress};
use super::tar::Tar;
use super::walk::{Found, Walk, unreadable};
use super::zip::Zip;

/// Gives out the input, chunk by chunk.
pub struct Loader {
    options: Options,
    progress: Arc<Progress>,
    inputs: Vec<Input>,
    /// What is being walked, the innermost last.
    frames: Vec<Frame>,
    stdin: Option<Stream<'static>>,
    ordinal: u64,
    files: u32,
    /// Unpacked bytes that the run may still read, where it is limited.
    left: Option<u64>,
    /// A chunk that had no room in its batch.
    held: Option<Chunk>,
    /// Live inputs that are being fetched, in the order of their turns.
    #[cfg(feature = "live")]
    feeds: Option<std::collections::VecDeque<Result<Feed, String>>>,
}

enum Frame {
    #[cfg(feature = "live")]
    Live(Feed, Option<String>),
    Inputs(std::vec::IntoIter<Input>),
    Folder(Walk),
    Tar(Tar),
    Zip(Box<Zip>),
    File(Arc<FileRef>, Box<Windows<Stream<'static>>>),
}

impl Loader {
    /// Counts into a progress that somebody else watches.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// Looks at the paths; nothing is opened yet.
    ///
    /// # Errors
    /// When a path or a pattern names nothing.
    pub fn open(paths: &[String], options: &Options) -> Result<Self, Error> {
        let inputs = resolve(paths)?;
        Ok(Self {
            options: options.clone(),
            progress: Arc::default(),
            frames: vec![Frame::Inputs(inputs.clone().into_iter())],
            inputs,
            stdin: None,
            ordinal: 0,
            files: 0,
            left: options.total,
            held: None,
            #[cfg(feature = "live")]
            feeds: None,
        })
    }

    /// Reads this where `-` is named, in place of standard input.
    #[must_use]
    pub fn with_stdin(mut self, reader: impl Read + Send + 'static) -> Self {
        self.stdin = Some(Box::new(reader));
        self
    }

    /// The counters of this run.
    #[must_use]
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Adds up the sizes of the input in the background, for a progress bar.
    pub fn measure(&self) {
        measure(self.inputs.clone(), self.progress());
    }

    /// The next chunks: one, or several small ones. To be called by one worker at a time.
    pub fn next_batch(&mut self) -> Option<Batch> {
        let mut chunks: Vec<Chunk> = self.held.take().into_iter().collect();
        let mut weight: u64 = chunks.iter().map(weigh).sum();
        while chunks.len() < BATCH.1 && weight < BATCH.0 {
            let Some(chunk) = self.next_chunk() else {
                break;
            };
            weight += weigh(&chunk);
            if weight > BATCH.0 && !chunks.is_empty() {
                self.held = Some(chunk);
                break;
            }
            chunks.push(chunk);
        }
        let ordinal = self.ordinal;
        self.ordinal += 1;
        (!chunks.is_empty()).then_some(Batch { ordinal, chunks })
    }

    fn next_chunk(&mut self) -> Option<Chunk> {
        loop {
            let chunk = match self.frames.last_mut()? {
                #[cfg(feature = "live")]
                Frame::Live(feed, label) => match feed.next() {
                    Some(fetched) => {
                        let label = label.clone();
                        self.fetched(fetched, label.as_deref())
                    }
                    None => self.leave(),
                },
                Frame::Inputs(inputs) => match inputs.next() {
                    Some(input) => self.input(input),
                    None => self.leave(),
                },
                Frame::Folder(walk) => match walk.next() {
                    Some(Found::File(path, name)) => self.file(File::open(path), name),
                    Some(Found::Problem(name, problem)) => Some(self.report(name, problem)),
                    None => self.leave(),
                },
                Frame::Tar(tar) => match tar.next() {
                    Some(member) => self.member(member),
                    None => self.leave(),
                },
                Frame::Zip(zip) => match zip.next() {
                    Some(member) => self.member(member),
                    None => self.leave(),
                },
                Frame::File(file, windows) => match windows.next() {
                    Some(window) => {
                        let file = Arc::clone(file);
                        Some(self.window(file, window))
                    }
                    None => self.leave(),
                },
            };
            if chunk.is_some() {
                return chunk;
            }
        }
    }

    fn leave(&mut self) -> Option<Chunk> {
        self.frames.pop();
        None
    }

    fn input(&mut self, input: Input) -> Option<Chunk> {
        match input {
            Input::Stdin => {
                let stdin = self.stdin.take().unwrap_or_else(|| Box::new(io::stdin()));
                self.pipe(stdin, "-".to_owned())
            }
            Input::File(path, name) => self.file(File::open(path), name),
            #[cfg(feature = "live")]
            Input::Live(_, label) => match self.feed()? {
                Ok(feed) => {
                    self.frames.push(Frame::Live(feed, label));
                    None
                }
                Err(reason) => Some(self.report("-".to_owned(), Problem::skipped(reason))),
            },
            // `resolve` has refused it.
            #[cfg(not(feature = "live"))]
            Input::Live(..) => None,
            Input::Folder(path, label, name) => match Walk::new(&path, label.as_deref()) {
                Ok(walk) => {
                    self.frames.push(Frame::Folder(walk));
                    None
                }
                Err(error) => Some(self.report(name, unreadable(&error))),
            },
        }
    }

    /// The next live input. The first one that is asked for starts them all: they are fetched
    /// side by side, each within its share of the memory.
    #[cfg(feature = "live")]
    fn feed(&mut self) -> Option<Result<Feed, String>> {
        if self.feeds.is_none() {
            let targets = self.inputs.iter().filter_map(|input| match input {
                Input::Live(target, _) => Some(&**target),
                _ => None,
            });
            let share = live::BUDGET / targets.clone().count().max(1) as u64;
            let start = |target: &live::Target| {
                let tally = live::Tally::new(&target.text, &self.options.span);
                self.progress.add_tally(&tally);
                let context = live::Context::new(&tally, &self.options.span, &self.progress, share);
                live::start(target, context)
            };
            self.feeds = Some(targets.map(start).collect());
        }
        self.feeds.as_mut()?.pop_front()
    }

    /// Something of a live input.
    #[cfg(feature = "live")]
    fn fetched(&mut self, fetched: live::Fetched, label: Option<&str>) -> Option<Chunk> {
        let name = match label {
            // What stands for the input is called like it.
            Some(label) if !fetched.name.contains("://") => format!("{label}/{}", fetched.name),
            _ => fetched.name,
        };
        let body = match fetched.got {
            Got::Part(_) => return None,
            Got::Ignored(reason) => return Some(self.report(name, Problem::ignored(reason))),
            Got::Failed(error) => {
                self.progress.add_refused();
                return Some(self.report(name, Problem::skipped(error.to_string())));
            }
            Got::Stream(stream) => return self.pipe(Box::new(stream), name),
            Got::Whole(bytes) => {
                self.progress.add_read(bytes.len() as u64);
                bytes
            }
        };
        // What is handed out makes room for what is still to come.
        drop(fetched.held);
        let budget = Budget::new(body.len() as u64);
        self.entry(Entry {
            name,
            depth: 0,
            body: Body::Bytes(body),
            packing: Vec::new(),
            budget,
        })
    }

    fn file(&mut self, file: io::Result<File>, name: String) -> Option<Chunk> {
        let both = file.and_then(|file| file.metadata().map(|data| (file, data)));
        match both {
            Err(error) => Some(self.report(name, unreadable(&error))),
            Ok((file, data)) if data.is_file() => {
                let (length, packing) = (data.len(), Vec::new());
                let (body, budget) = (Body::File(file, length), Budget::new(length));
                self.entry(Entry {
                    name,
                    depth: 0,
                    body,
                    packing,
                    budget,
                })
            }
            Ok((file, _)) => self.pipe(Box::new(file), name),
        }
    }

    fn pipe(&mut self, reader: Stream<'static>, name: String) -> Option<Chunk> {
        let budget = Budget::new(0);
        let inner = Counted {
            inner: reader,
            progress: self.progress(),
        };
        let body = Body::Stream(Box::new(Earning {
            inner,
            budget: Arc::clone(&budget),
        }));
        self.entry(Entry {
            name,
            depth: 0,
            body,
            packing: Vec::new(),
            budget,
        })
    }

    fn member(&mut self, member: Result<Entry, (String, Problem)>) -> Option<Chunk> {
        match member {
            Ok(entry) => self.entry(entry),
            Err((name, problem)) => Some(self.report(name, problem)),
        }
    }

    fn entry(&mut self, entry: Entry) -> Option<Chunk> {
        let name = entry.name.clone();
        match open(entry, &self.options, &self.progress) {
            Opened::Problem(problem) => {
                self.progress.add_file();
                Some(self.report(name, problem))
            }
            Opened::Tar(tar) => {
                self.frames.push(Frame::Tar(tar));
                None
            }
            Opened::Zip(zip) => {
                self.frames.push(Frame::Zip(zip));
                None
            }
            Opened::Big(windows) => {
                self.progress.add_file();
                let file = self.number(&name);
                self.frames.push(Frame::File(file, windows));
                None
            }
            Opened::Small(data, bytes) => {
                self.progress.add_file();
                let file = self.number(&name);
                Some(match self.afford(bytes) {
                    Ok(()) => self.chunk(file, data, Vec::new()),
                    Err(problem) => self.chunk(file, Data::None, vec![problem]),
                })
            }
        }
    }

    fn window(&mut self, file: Arc<FileRef>, window: Window) -> Chunk {
        let Window {
            bytes,
            start,
            framing,
            header,
            mut problems,
        } = window;
        if let Err(problem) = self.afford(bytes.len() as u64) {
            problems.push(problem);
            return self.chunk(file, Data::None, problems);
        }
        let data = if bytes.is_empty() {
            Data::None
        } else {
            Data::Ready(bytes)
        };
        Chunk {
            start,
            framing,
            header,
            ..self.chunk(file, data, problems)
        }
    }

    /// Takes bytes from what the run may read; where they are not to be had, everything ends.
    fn afford(&mut self, bytes: u64) -> Result<(), Problem> {
        let Some(left) = self.left else { return Ok(()) };
        self.left = left.checked_sub(bytes);
        if self.left.is_some() {
            return Ok(());
        }
        self.left = Some(0);
        self.frames.clear();
        let limit = self.options.total.unwrap_or_default();
        Err(Problem::skipped(format!(
            "more than {limit} bytes in all: the rest is not read"
        )))
    }

    fn report(&mut self, name: String, problem: Problem) -> Chunk {
        let file = self.number(&name);
        self.chunk(file, Data::None, vec![problem])
    }

    fn number(&mut self, name: &str) -> Arc<FileRef> {
        let number = self.files;
        self.files = self.files.saturating_add(1);
        Arc::new(FileRef {
            number,
            name: name.into(),
        })
    }

    fn chunk(&mut self, file: Arc<FileRef>, data: Data, problems: Vec<Problem>) -> Chunk {
        let (framing, header) = (Framing::Documents, None);
        Chunk {
            file,
            start: 0,
            framing,
            header,
            data,
            problems,
        }
    }
}

/// The bytes that a chunk stands for, as far as a batch is concerned.
fn weigh(chunk: &Chunk) -> u64 {
    match &chunk.data {
        Data::None => 0,
        Data::Ready(bytes) | Data::Bytes { bytes, .. } => bytes.len() as u64,
        Data::File { length, .. } => *length,
    }
}
