//! The way in: options, or the text of one file, to a rule set.
//!
//! Files are read and parsed in parallel and put together in their order, so that the number of
//! threads changes nothing. One broken file is an error of the whole: a detection that silently
//! is not there is the worst one.

use std::path::PathBuf;

use super::document::{self, Document, Kind};
use super::error::RuleError;
use super::files::{self, Body, Source};
use super::placeholder::Vars;
use super::resolve;
use crate::detect::ast::RuleSet;
use crate::model::rule::Origin;

/// What to load.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether the rules inside the binary take part. Their filters always do: they change
    /// nothing but rules that name them.
    pub builtin: bool,
    /// Rule files, or folders of them.
    pub dirs: Vec<PathBuf>,
    /// Values of `%placeholders%`, by name.
    pub vars: Vars,
    /// Whether what only people read is left out: a scan asks for none of it.
    pub without_prose: bool,
}

/// A file that was read. Its text is not kept: it is wanted again only where something is wrong.
#[derive(Debug)]
pub(super) struct Read {
    pub source: Source,
    pub documents: Vec<Document>,
}

/// Loads a rule set. Of two rules with one name or id the later one stands (a user's rule
/// replaces a built-in one); the other is listed among the skipped.
pub fn load(options: &Options) -> Result<RuleSet, Vec<RuleError>> {
    load_beside(options, None)
}

/// The same, and one more file that lies nowhere: its name and its text.
pub fn load_beside(
    options: &Options,
    more: Option<(&str, String)>,
) -> Result<RuleSet, Vec<RuleError>> {
    let mut sources = files::builtin(options.builtin, !options.without_prose);
    let (found, errors) = files::under_all(&options.dirs);
    sources.extend(found);
    sources.extend(more.map(|(name, text)| Source {
        name: name.to_owned(),
        origin: Origin::File,
        body: Body::Here(text),
    }));
    finish(sources, &options.vars, !options.without_prose, errors)
}

/// Loads the text of one file as if it were the only one, beside the built-in filters.
pub fn load_str(
    file: &str,
    text: &str,
    origin: Origin,
    vars: &Vars,
) -> Result<RuleSet, Vec<RuleError>> {
    let mut sources = files::builtin(false, true);
    let body = Body::Here(text.to_owned());
    sources.push(Source {
        name: file.to_owned(),
        origin,
        body,
    });
    finish(sources, vars, true, Vec::new())
}

fn finish(
    sources: Vec<Source>,
    vars: &Vars,
    prose: bool,
    mut errors: Vec<RuleError>,
) -> Result<RuleSet, Vec<RuleError>> {
    let (files, more) = read(sources, vars, prose);
    errors.extend(more);
    if errors.is_empty() {
        let (set, more) = resolve::resolve(files);
        if more.is_empty() {
            return Ok(set);
        }
        errors = more;
    }
    Err(errors)
}

/// Reads and parses files. One after the other: what parsing leaves behind in the memory of
/// several threads costs more than the tenth of a second it would save. Prose that is not wanted
/// goes file by file, so that the next one has its place.
pub(super) fn read(sources: Vec<Source>, vars: &Vars, prose: bool) -> (Vec<Read>, Vec<RuleError>) {
    let (mut files, mut errors) = (Vec::with_capacity(sources.len()), Vec::new());
    for source in sources {
        let text = match source.text() {
            Ok(text) => text,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        let (mut documents, more) = document::parse(&source, &text, vars);
        if !prose {
            let kinds = documents.iter_mut().map(|document| &mut document.kind);
            kinds.for_each(Kind::drop_prose);
        }
        drop(text);
        errors.extend(more);
        files.push(Read { source, documents });
    }
    (files, errors)
}
