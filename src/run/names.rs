//! What people call an identity that one record names by its id alone.
//!
//! The other side of an account's border sees a caller's id and nothing else; some other record
//! of the input mostly knows the name.

use std::collections::HashMap;

use super::intern::StrId;
use super::rows::ActorRow;
use super::store::Store;
use crate::incident::{Text, Who};
use crate::model::Actor;
use crate::model::actor::is_guid;

/// Actors that have a name, by id.
pub struct Names(HashMap<StrId, ActorRow>);

impl Names {
    /// Reads the actors of the run.
    pub fn new(store: &Store) -> Names {
        let mut known: HashMap<StrId, ActorRow> = HashMap::new();
        for actor in store.actors.iter().filter(|actor| is_named(actor, store)) {
            let name = |actor: &ActorRow| store.strings.get(actor.name());
            let best = known.entry(actor.id()).or_insert(*actor);
            // Names may change; which one is shown must not hang on the order of files.
            if name(actor) < name(best) {
                *best = *actor;
            }
        }
        Names(known)
    }

    /// The actor, with a name if anybody knows one.
    pub fn name(&self, row: &ActorRow, store: &Store) -> Actor {
        row.owned(self.who(row, store))
    }

    /// The same, borrowed.
    pub fn who<'s>(&self, row: &ActorRow, store: &'s Store) -> Who<'s> {
        let mut who = row.who(&store.strings);
        if let Some(known) = self.known(row, store) {
            let known = known.who(&store.strings);
            who.name = known.name;
            who.principal = who.principal.or(known.principal);
            who.issuer = who.issuer.or(known.issuer);
        }
        who
    }

    /// What another record says of an actor that has no name here.
    fn known(&self, row: &ActorRow, store: &Store) -> Option<&ActorRow> {
        let known = self.0.get(&row.id());
        known.filter(|_| !is_named(row, store))
    }

    /// The name for an id; the id itself where nobody knows one.
    pub fn of<'s>(&self, id: Text<'s>, store: &'s Store) -> Text<'s> {
        let strings = &store.strings;
        let known = strings.find(id.as_bytes()).and_then(|id| self.0.get(&id));
        known
            .and_then(|known| strings.lossy(known.name()))
            .unwrap_or(id)
    }
}

/// Whether a record gives its actor a name; the id of an application is none.
fn is_named(actor: &ActorRow, store: &Store) -> bool {
    let name = || store.strings.lossy(actor.name()).unwrap_or_default();
    actor.is_named() && !is_guid(&name())
}
