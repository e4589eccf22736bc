//! What people call an identity that one record names by its id alone.
//!
//! The other side of an account's border sees a caller's id and nothing else; some other record
//! of the input mostly knows the name.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::intern::StrId;
use super::rows::ActorRow;
use super::store::Store;
use crate::incident::{Principal, Text, Who};
use crate::model::Actor;
use crate::model::actor::is_guid;

/// The numbers of actors that have a name, by id.
pub struct Names(HashMap<StrId, u32, FixedState>);

impl Names {
    /// Reads the actors of the run.
    pub fn new(store: &Store) -> Names {
        let mut known = HashMap::with_hasher(FixedState::default());
        let named = (0u32..).zip(store.actors.keys());
        for (number, actor) in named.filter(|(_, actor)| is_named(actor, store)) {
            let name = |number: u32| store.actors[number].name(&store.strings);
            let best = known.entry(actor.id()).or_insert(number);
            // Names may change; which one is shown must not hang on the order of files.
            if *best != number && name(number) < name(*best) {
                *best = number;
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
            if let Principal::Said(None) = who.principal {
                let principal = known.principal().map(Text::into_owned);
                who.principal = Principal::Said(principal.map(Text::Owned));
            }
            who.name = known.name;
            who.issuer = who.issuer.or(known.issuer);
        }
        who
    }

    /// What another record says of an actor that has no name here.
    fn known<'s>(&self, row: &ActorRow, store: &'s Store) -> Option<&'s ActorRow> {
        let unnamed = !is_named(row, store);
        unnamed.then(|| self.actor(row.id(), store)).flatten()
    }

    fn actor<'s>(&self, id: StrId, store: &'s Store) -> Option<&'s ActorRow> {
        Some(&store.actors[*self.0.get(&id)?])
    }

    /// The name for an id; the id itself where nobody knows one.
    pub fn of<'s>(&self, id: Text<'s>, store: &'s Store) -> Text<'s> {
        let known = store.strings.find(id.as_bytes());
        let known = known.and_then(|id| self.actor(id, store));
        known.map_or(id, |known| known.name(&store.strings))
    }
}

/// Whether a record gives its actor a name; the id of an application is none.
fn is_named(actor: &ActorRow, store: &Store) -> bool {
    // A name that the rest tells is that of a role and its session.
    actor.is_told() || actor.is_named() && !is_guid(&actor.name(&store.strings))
}
