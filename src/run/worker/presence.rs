//! Notes who uses which address: an address that many use tells little about those who do.

use std::hash::{BuildHasher, Hasher};

use super::Work;
use super::tables::Memo;
use crate::decode::text;
use crate::model::actor::is_instance;
use crate::model::{Actor, ActorType, Time};
use crate::normalize::{Norm, Record, address};
use crate::run::intern::NO_STR;
use crate::run::rows::{Present, put};

/// Stands for what has no address: it is not looked at again.
const NOWHERE: u32 = u32::MAX;

impl Work<'_> {
    /// Notes the identity and the credential of a record at its address.
    pub(super) fn presence(&mut self, record: &Record, time: Time) {
        let Some(raw) = record.norm(Norm::Address) else {
            return;
        };
        let mut hasher = self.tables.hasher.build_hasher();
        hasher.write(record.norm(Norm::ActorId).unwrap_or_default());
        hasher.write_u8(0xff);
        hasher.write(record.norm(Norm::ActorName).unwrap_or_default());
        hasher.write_u8(0xff);
        hasher.write(record.norm(Norm::Credential).unwrap_or_default());
        hasher.write_u8(0xff);
        // Whoever stands behind the caller stands here, where a source has it.
        hasher.write(record.norm(Norm::Identity).unwrap_or_default());
        hasher.write_u8(0xff);
        hasher.write(raw);
        let place = hasher.finish();
        match self.tables.present.get(&place) {
            Some(&NOWHERE) => return,
            Some(&at) => {
                let first = &mut self.out.present[at as usize].first;
                *first = (*first).min(time);
                return;
            }
            None => {}
        }
        let ip = self.memo(Memo::Ip, raw, |raw| {
            let address = address::classify(&text::string(raw));
            address.ip.map(|ip| ip.to_string())
        });
        let mut at = NOWHERE;
        if ip != NO_STR {
            let number = self.actor(record);
            let actor = self.out.actors[number as usize];
            let credential = record.text(Norm::Credential);
            at = self.out.present.len() as u32;
            let root = actor.unpack(&self.out.strings);
            self.out.present.push(Present {
                actor: self.out.strings.put(root.outermost().as_bytes()),
                number,
                credential: put(&mut self.out.strings, credential.as_deref()),
                ip,
                workload: is_workload(&root),
                first: time,
            });
        }
        self.tables.present.insert(place, at);
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
