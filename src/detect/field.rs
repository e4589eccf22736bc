//! What a field name in a rule stands for, decided once when the rules are loaded.

use crate::enrich::derive::Derived;
use crate::normalize::Layout;
use crate::normalize::source::Quirk;

/// Where a rule's field comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A slot of the walk.
    Slot(u16, Quirk),
    /// A path below a top-level key, walked only when a rule asks.
    Deep {
        /// Slot of the top-level key.
        top: u16,
        /// What is left of the path.
        rest: Box<str>,
    },
    /// The first of several that is there.
    FirstOf(Vec<Field>),
    /// Computed from the record.
    Derived(Derived),
}

impl Field {
    /// Resolves a name: an alias of the source, a derived field, a declared path, else a path of
    /// its own. Declared names are found without case.
    pub fn resolve(name: &str, layout: &mut Layout) -> Field {
        let source = layout.source;
        if let Some((_, paths)) = source
            .aliases
            .iter()
            .find(|(alias, _)| alias.eq_ignore_ascii_case(name))
        {
            let mut all: Vec<Field> = paths
                .iter()
                .map(|path| Field::plain(path, layout))
                .collect();
            return if all.len() == 1 {
                all.remove(0)
            } else {
                Field::FirstOf(all)
            };
        }
        Field::plain(name, layout)
    }

    fn plain(name: &str, layout: &mut Layout) -> Field {
        if let Some(derived) = Derived::by_name(name) {
            return Field::Derived(derived);
        }
        if let Some((slot, quirk)) = layout.declared(name) {
            return Field::Slot(slot, quirk);
        }
        let folded = layout
            .source
            .rows
            .iter()
            .flat_map(|row| row.paths)
            .find(|path| path.eq_ignore_ascii_case(name))
            .and_then(|path| layout.declared(path));
        if let Some((slot, quirk)) = folded {
            return Field::Slot(slot, quirk);
        }
        let (top, rest) = name.split_once('.').unwrap_or((name, ""));
        // Keys of the record's first level are often declared; rules spell them in any case.
        let known = layout
            .source
            .rows
            .iter()
            .flat_map(|row| row.paths)
            .filter_map(|path| path.split('.').next())
            .chain(layout.source.containers.iter().copied())
            .find(|key| key.eq_ignore_ascii_case(top))
            .unwrap_or(top);
        let top = layout.top(known);
        if rest.is_empty() {
            Field::Slot(top, Quirk::None)
        } else {
            Field::Deep {
                top,
                rest: rest.into(),
            }
        }
    }

    /// Whether its value is unknown until the whole input has been read.
    pub fn is_late(&self) -> bool {
        match self {
            Field::Derived(derived) => derived.is_late(),
            Field::FirstOf(fields) => fields.iter().any(Field::is_late),
            _ => false,
        }
    }
}
