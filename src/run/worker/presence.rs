//! Notes who uses which address: an address that many use tells little about those who do.

use super::Work;
use crate::model::actor::is_instance;
use crate::model::{Actor, ActorType, Time};
use crate::normalize::{Norm, Record};
use crate::run::intern::{Interner, NO_STR, StrId};
use crate::run::rows::{Holder, Present, put};

impl Work<'_> {
    /// Notes the identity and the credential of a record at its address; returns the numbers of
    /// actor and address, where it has one.
    pub(super) fn presence(&mut self, record: &Record, time: Time) -> Option<(u32, StrId)> {
        let ip = self.ip(record.norm(Norm::Address)?);
        if ip == NO_STR {
            return None;
        }
        let number = self.actor(record);
        let mark = self.tables.mark(record, &[Norm::Credential]);
        let mark = mark.with(number.into()).with(ip.into());
        let next = self.out.present.len() as u32;
        let place = self.tables.present.entry(mark.number());
        let at = *place.or_insert(next);
        if at == next {
            let credential = record.text(Norm::Credential);
            self.out.present.push(Present {
                actor: number,
                credential: put(&mut self.out.strings, credential.as_deref()),
                ip,
                first: time,
            });
        }
        let first = &mut self.out.present[at as usize].first;
        *first = (*first).min(time);
        Some((number, ip))
    }
}

/// Who holds the credentials of an actor.
pub(super) fn holder(actor: &Actor, strings: &mut Interner) -> Holder {
    Holder {
        root: strings.put(actor.outermost().as_bytes()),
        workload: is_workload(actor),
    }
}

/// Whether an identity is that of a program which shares its way out with its neighbours.
fn is_workload(actor: &Actor) -> bool {
    let kind = matches!(
        actor.kind,
        ActorType::K8sServiceAccount | ActorType::ManagedIdentity
    );
    let of_cluster =
        |name: &str| name.contains("system:serviceaccount:") || name.contains(".svc.id.goog");
    let instance = actor.id.rsplit_once(':');
    kind || instance.is_some_and(|(_, name)| is_instance(name))
        || [&actor.id]
            .into_iter()
            .chain(&actor.principal)
            .chain(&actor.via)
            .any(|name| of_cluster(name))
}
