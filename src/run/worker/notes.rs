//! What is noted about every record, whatever the rules say: accounts, categories, facts.

use super::Work;
use crate::model::Time;
use crate::normalize::{Norm, Record};
use crate::run::hours::Hours;
use crate::run::intern::StrId;
use crate::run::rows::{FactRow, What};

impl Work<'_> {
    /// Accounts that log here are the user's own; event categories tell which logs are on; hours
    /// tell when nothing came.
    pub(super) fn account(&mut self, record: &Record, source: u8, time: Time) {
        let hour = Hours::number(time);
        if let Some(kept) = record.layout.source.keeps.and_then(|keeps| keeps(record)) {
            let id = self.out.strings.put(kept.as_bytes());
            if !self.out.categories.contains(&(source, id)) {
                self.out.categories.push((source, id));
            }
        }
        let account = record.norm(Norm::Account).unwrap_or_default();
        let category = record.norm(Norm::Category).unwrap_or_default();
        // Data events are switched on service by service.
        let service = match category {
            br#""Data""# => record.norm(Norm::Service).unwrap_or_default(),
            _ => b"",
        };
        let mark = self.tables.mark(record, &[Norm::Account, Norm::Category]);
        let mark = self.tables.with(mark, service).with(hour as u64);
        if !self.tables.noted.insert(mark.number()) {
            return;
        }
        let mut add = |list: &mut Vec<(u8, StrId)>, raw: &[u8], norm: Norm| {
            if raw.is_empty() {
                return;
            }
            let text = record.text(norm).unwrap_or_default();
            let id = self.out.strings.put(text.as_bytes());
            if !list.contains(&(source, id)) {
                list.push((source, id));
            }
        };
        let mut accounts = std::mem::take(&mut self.out.accounts);
        let mut categories = std::mem::take(&mut self.out.categories);
        add(&mut accounts, account, Norm::Account);
        add(&mut categories, category, Norm::Category);
        if !service.is_empty() {
            let of = [Norm::Category, Norm::Service].map(|norm| record.text(norm));
            let [kind, service] = of.map(Option::unwrap_or_default);
            let id = (
                source,
                self.out.strings.put(format!("{kind} {service}").as_bytes()),
            );
            if !categories.contains(&id) {
                categories.push(id);
            }
        }
        (self.out.accounts, self.out.categories) = (accounts, categories);
        let account = record.text(Norm::Account).unwrap_or_default();
        let account = self.out.strings.put(account.as_bytes());
        let hours = &mut self.out.hours;
        // Records come nearly in order: a look at the last few keeps the list short.
        if !hours
            .iter()
            .rev()
            .take(8)
            .any(|known| *known == (source, account, hour))
        {
            hours.push((source, account, hour));
        }
    }

    pub(super) fn facts(&mut self, record: &Record, time: Time, key: u64, number: u32) {
        let source = record.layout.source;
        for fact in (source.facts)(record) {
            let strings = &mut self.out.strings;
            let actor = strings.put((source.actor)(record).id.as_bytes());
            let what = What::pack(fact, strings);
            self.out.facts.push(FactRow {
                time,
                key,
                record: number,
                actor,
                what,
            });
        }
    }
}
