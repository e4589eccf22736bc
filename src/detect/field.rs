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
    /// Computed the way this source alone knows: its place in the declaration.
    Own(u16),
}

impl Field {
    /// Resolves a name: an alias of the source, a derived field, a declared path, else a path of
    /// its own. Declared names are found without case.
    pub fn resolve(name: &str, layout: &mut Layout) -> Field {
        let source = layout.source;
        let mut prefixes = source.prefixes.iter();
        let name = prefixes
            .find_map(|prefix| {
                let (head, rest) = name.split_at_checked(prefix.len())?;
                head.eq_ignore_ascii_case(prefix).then_some(rest)
            })
            .unwrap_or(name);
        if let Some(paths) = aliased(name, source.aliases) {
            let mut all: Vec<Field> = paths.iter().map(|p| Field::plain(p, layout)).collect();
            return if all.len() == 1 {
                all.remove(0)
            } else {
                Field::FirstOf(all)
            };
        }
        let plain = Field::plain(name, layout);
        let computed = matches!(plain, Field::Derived(_) | Field::Own(_));
        if computed || source.below.is_empty() || is_known(name, layout) {
            return plain;
        }
        let below = source.below.iter();
        let below = below.map(|top| Field::plain(&format!("{top}.{name}"), layout));
        let below: Vec<Field> = below.collect();
        Field::FirstOf(std::iter::once(plain).chain(below).collect())
    }

    fn plain(name: &str, layout: &mut Layout) -> Field {
        if let Some(derived) = Derived::by_name(name) {
            return Field::Derived(derived);
        }
        let mut own = layout.source.derived.iter();
        if let Some(at) = own.position(|own| own.name.eq_ignore_ascii_case(name)) {
            return Field::Own(at as u16);
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

    /// Whether all records of one action say the same here.
    pub fn is_steady(&self, layout: &Layout) -> bool {
        match self {
            Field::Slot(slot, _) | Field::Deep { top: slot, .. } => layout.is_steady(*slot),
            Field::FirstOf(fields) => fields.iter().all(|field| field.is_steady(layout)),
            Field::Derived(derived) => derived.is_steady(),
            Field::Own(_) => false,
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

/// Whether the source declares the first key of a path.
fn is_known(name: &str, layout: &Layout) -> bool {
    let top = name.split('.').next().unwrap_or(name);
    let rows = layout.source.rows.iter().flat_map(|row| row.paths);
    let tops = rows.filter_map(|path| path.split('.').next());
    let mut known = tops.chain(layout.source.containers.iter().copied());
    known.any(|key| key.eq_ignore_ascii_case(top))
}

/// The paths an alias stands for. One that ends in a dot stands for all names that begin with it.
fn aliased(name: &str, aliases: &[(&str, &[&str])]) -> Option<Vec<String>> {
    let exact = aliases
        .iter()
        .find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    if let Some((_, paths)) = exact {
        return Some(paths.iter().map(|path| (*path).to_owned()).collect());
    }
    aliases.iter().find_map(|(alias, paths)| {
        let (head, rest) = name.split_at_checked(alias.len())?;
        let fits = alias.ends_with('.') && head.eq_ignore_ascii_case(alias);
        fits.then(|| paths.iter().map(|path| format!("{path}{rest}")).collect())
    })
}
