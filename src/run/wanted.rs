//! What a timeline shows: the records behind findings, and what the same hands did beside them.
//!
//! A focus enters, a test for records leaves; and afterwards, for the events that passed it, which
//! finding and which incident each belongs to.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use ipnet::IpNet;

use crate::model::event::TimelineEntry;
use crate::model::{ActorType, Finding, Incident, Time};
use crate::normalize::event::uid;
use crate::normalize::{Norm, Record, address};

/// Events of one incident that are no findings.
const CONTEXT: usize = 2_000;

/// What a timeline is about.
#[derive(Clone, Debug)]
pub enum Focus {
    /// Findings and incidents.
    Found,
    /// Everything an identity did, by its id, name, principal or credential.
    Actor(String),
    /// Everything from these addresses.
    Address(IpNet),
    /// Everything done to a thing, by its id or name.
    Resource(String),
}

impl Focus {
    /// An address or a range of them.
    pub fn address(text: &str) -> Option<Focus> {
        let one = |address: IpAddr| IpNet::from(address);
        let net = text.parse().or_else(|_| text.parse().map(one));
        net.ok().map(Focus::Address)
    }
}

/// A stretch of time in which a credential is of interest, and to which incident.
type Spans = Vec<(Time, Time, usize)>;

/// The records of a timeline.
pub struct Wanted<'a> {
    focus: Focus,
    incidents: &'a [&'a Incident],
    /// The logs' own ids of the records behind the findings.
    uids: HashSet<&'a str>,
    /// Findings by file and position.
    places: HashMap<(&'a str, u64), Vec<&'a Finding>>,
    credentials: HashMap<&'a str, Spans>,
    actors: HashMap<&'a str, Spans>,
}

impl<'a> Wanted<'a> {
    /// What the focus wants of a run; `incidents` are those whose context is wanted.
    pub fn new(
        focus: Focus,
        findings: &'a [&'a Finding],
        incidents: &'a [&'a Incident],
    ) -> Wanted<'a> {
        let mut wanted = Wanted {
            focus,
            incidents,
            uids: HashSet::new(),
            places: HashMap::new(),
            credentials: HashMap::new(),
            actors: HashMap::new(),
        };
        let numbers = incidents.iter().enumerate();
        let numbers: HashMap<&str, usize> = numbers.map(|(n, i)| (i.id.as_str(), n)).collect();
        for finding in findings {
            for evidence in &finding.evidence {
                wanted.uids.insert(&evidence.uid);
                let place = (&*evidence.file, evidence.record);
                wanted.places.entry(place).or_default().push(finding);
            }
            let incident = finding.incident.as_deref().and_then(|id| numbers.get(id));
            if let Some(number) = incident {
                wanted.hands(finding, *number);
            }
        }
        wanted
    }

    /// The credentials of a finding; the actor itself where its log has none.
    fn hands(&mut self, finding: &'a Finding, number: usize) {
        let incident = self.incidents[number];
        let span = (incident.start, incident.end, number);
        let used = finding.credentials.iter().chain(&finding.actor.session);
        for credential in used.filter(|credential| !credential.is_empty()) {
            add(&mut self.credentials, credential, span);
        }
        let somebody = !matches!(
            finding.actor.kind,
            ActorType::CloudService | ActorType::Anonymous | ActorType::Unknown
        );
        if somebody && finding.actor.session.is_none() {
            add(&mut self.actors, &finding.actor.id, span);
        }
    }

    /// Whether a record belongs on the timeline.
    pub fn wants(&self, record: &Record, time: Time) -> bool {
        match &self.focus {
            Focus::Found => {
                let inside = |spans: Option<&Spans>| {
                    spans.is_some_and(|spans| {
                        spans
                            .iter()
                            .any(|(from, to, _)| *from <= time && time <= *to)
                    })
                };
                let credential = record.text(Norm::Credential);
                credential.is_some_and(|id| inside(self.credentials.get(&*id)))
                    || self.uids.contains(uid(record).as_str())
                    || (!self.actors.is_empty()
                        && inside(
                            self.actors
                                .get((record.layout.source.actor)(record).id.as_str()),
                        ))
            }
            Focus::Actor(name) => {
                let actor = (record.layout.source.actor)(record);
                let names = [&actor.id, &actor.name];
                let others = [&actor.principal, &actor.session, &actor.issuer];
                names
                    .into_iter()
                    .chain(others.into_iter().flatten())
                    .any(|known| known.eq_ignore_ascii_case(name))
            }
            Focus::Address(net) => {
                let address = record.text(Norm::Address);
                let ip = address.and_then(|raw| address::classify(&raw).ip);
                ip.is_some_and(|ip| net.contains(&ip))
            }
            Focus::Resource(name) => {
                let targets = (record.layout.source.targets)(record, usize::MAX);
                targets.iter().any(|target| {
                    target.name.eq_ignore_ascii_case(name) || is_named(&target.id, name)
                })
            }
        }
    }

    /// Says of each event which findings and which incident it belongs to. Of the context of an
    /// incident the first events stay; how many went is the answer.
    pub fn label(&self, entries: &mut Vec<TimelineEntry>) -> u64 {
        let mut left: BTreeMap<usize, usize> = BTreeMap::new();
        let mut gone = 0;
        entries.retain_mut(|entry| {
            let places = entry.evidence.iter();
            let places = places.map(|evidence| (&*evidence.file, evidence.record));
            let findings: Vec<&Finding> = places
                .filter_map(|place| self.places.get(&place))
                .flatten()
                .copied()
                .collect();
            for finding in &findings {
                if !entry.findings.contains(&finding.id) {
                    entry.findings.push(finding.id.clone());
                }
            }
            entry.incident = findings.iter().find_map(|finding| finding.incident.clone());
            if !findings.is_empty() {
                return true;
            }
            let Some(number) = self.incident_of(entry) else {
                // The id of a record behind a finding occurs in another one.
                return !matches!(self.focus, Focus::Found);
            };
            entry.incident = Some(self.incidents[number].id.clone());
            let shown = left.entry(number).or_default();
            *shown += 1;
            let stays = *shown <= CONTEXT || !matches!(self.focus, Focus::Found);
            gone += u64::from(!stays);
            stays
        });
        gone
    }

    fn incident_of(&self, entry: &TimelineEntry) -> Option<usize> {
        let event = &entry.event;
        let credential = event.actor.session.as_deref();
        let spans = credential.and_then(|id| self.credentials.get(id));
        let spans = spans.or_else(|| self.actors.get(event.actor.id.as_str()))?;
        let inside =
            |(from, to, _): &&(Time, Time, usize)| *from <= event.time && event.time <= *to;
        spans.iter().find(inside).map(|(_, _, number)| *number)
    }
}

fn add<'a>(to: &mut HashMap<&'a str, Spans>, key: &'a str, span: (Time, Time, usize)) {
    let spans = to.entry(key).or_default();
    if !spans.contains(&span) {
        spans.push(span);
    }
}

/// Whether a name is the id, or the last part of it.
fn is_named(id: &str, name: &str) -> bool {
    let head = id
        .len()
        .checked_sub(name.len())
        .filter(|_| !name.is_empty());
    head.is_some_and(|at| {
        id.get(at..)
            .is_some_and(|tail| tail.eq_ignore_ascii_case(name))
            && (at == 0 || matches!(id.as_bytes()[at - 1], b'/' | b':'))
    })
}
