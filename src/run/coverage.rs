//! The account of one run.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::findings::Packed;
use super::hours::Hours;
use super::store::Store;
use crate::Plan;
use crate::detect::ast::{Body, CorrelationKind, Rule};
use crate::detect::compile::applies;
use crate::detect::matrix::speakers;
use crate::incident::Hub;
use crate::load::Progress;
use crate::model::Coverage;
use crate::model::coverage::{Capped, Gap, RuleCoverage, SourceCoverage};
use crate::model::time::DAY;
use crate::normalize::SOURCES;

/// What the grouping left out because too much shares it.
pub fn hub(hub: &Hub) -> Capped {
    Capped {
        what: format!("shared {}", hub.entity),
        limit: hub.findings,
        effect: format!("{} identities share it: it joins no findings", hub.roots),
    }
}

/// What was read, what was not, and which rules could not speak.
pub fn coverage(
    store: &Store,
    plan: &Plan,
    findings: &[Packed],
    complete: bool,
    progress: &Arc<Progress>,
) -> Coverage {
    let (skipped, ignored, capped) = store.accounts_of_loss();
    let sources = SOURCES
        .iter()
        .enumerate()
        .filter(|(number, _)| store.records[*number] > 0);
    let sources = sources.map(|(number, source)| SourceCoverage {
        source: source.name.to_owned(),
        records: store.records[number],
        first: store.spans[number].map(|(first, _)| first),
        last: store.spans[number].map(|(_, last)| last),
        accounts: store
            .accounts
            .iter()
            .filter(|(of, _)| usize::from(*of) == number)
            .map(|(_, account)| account.clone())
            .collect(),
    });
    let rules = &plan.rules.rules;
    let mut fired: BTreeSet<&str> = findings
        .iter()
        .map(|packed| &*packed.head.rule.id)
        .collect();
    fired.extend(
        store
            .quiet
            .iter()
            .map(|number| &*rules[*number as usize].meta.id),
    );
    let missing = rules
        .iter()
        .filter(|rule| !rule.silent && !fired.contains(&*rule.meta.id));
    let could_not_fire =
        missing.filter_map(|rule| Some((rule.meta.id.clone(), needs(rule, store, plan)?)));
    Coverage {
        complete,
        files: progress.files(),
        bytes: progress.read(),
        records: store.records.iter().sum(),
        duplicates: store.duplicates,
        outside_window: store.outside,
        sources: sources.collect(),
        skipped,
        ignored,
        capped,
        gaps: gaps(store),
        rules: RuleCoverage {
            loaded: rules.len() as u64,
            fired: fired.len() as u64,
            could_not_fire: could_not_fire.collect(),
            skipped: plan
                .rules
                .skipped
                .iter()
                .map(|(rule, _, reason)| (rule.clone(), reason.clone()))
                .collect(),
        },
    }
}

/// The stretches in which an account that always logs did not.
fn gaps(store: &Store) -> Vec<Gap> {
    let of = |((source, account), hours): (&(u8, String), &Hours)| {
        let (source, account) = (SOURCES[usize::from(*source)].name, account.clone());
        hours.gaps().into_iter().map(move |(from, to)| Gap {
            source: source.to_owned(),
            account: Some(account.clone()).filter(|account| !account.is_empty()),
            region: None,
            from,
            to,
        })
    };
    store.hours.iter().flat_map(of).collect()
}

/// Words of `ctadel.needs`, and the kinds of records of which one has to be there.
const LOGS: [(&str, &[&str]); 11] = [
    ("data event", &["Data"]),
    ("S3 data event", &["Data s3.amazonaws.com"]),
    ("EBS data event", &["Data ebs.amazonaws.com"]),
    ("Data Access", &["data_access"]),
    ("Workspace login", &["Workspace logins"]),
    ("network activity", &["NetworkActivity"]),
    (
        "the storage account",
        &["StorageRead", "StorageWrite", "StorageDelete"],
    ),
    ("the key vault", &["AuditEvent", "AZKVAuditLogs"]),
    ("the bastion", &["BastionAuditLogs"]),
    ("Graph activity", &["MicrosoftGraphActivityLogs"]),
    ("service principal sign-in", &["ServicePrincipalSignInLogs"]),
];

/// Words of `ctadel.needs`, what a log has that keeps less, and what one has that keeps all.
const LESS: [(&str, &str, &str); 3] = [
    ("kube-audit", "kube-audit-admin", "kube-audit"),
    ("request bodies", "bare writes", "bodies"),
    ("names of pods", "bare containers", "pods"),
];

/// Whether a source's records reach over 35 days: no shorter silence can be told from the start.
fn is_long(store: &Store, source: usize) -> bool {
    let span = store.spans.get(source).copied().flatten();
    span.is_some_and(|(first, last)| first.plus(35 * DAY) <= last)
}

/// What a rule would need that the input or the command line did not have.
fn needs(rule: &Rule, store: &Store, plan: &Plan) -> Option<String> {
    if let Body::Correlation(body) = &rule.body {
        let members = body
            .members
            .iter()
            .filter_map(|member| plan.rules.rules.get(*member));
        let mut lacking = members.map(|member| needs(member, store, plan));
        // All of a sequence have to be there, of what is counted one is enough.
        let sequence = matches!(
            body.kind,
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered
        );
        let lacks = match sequence && body.condition.is_none() {
            true => lacking.flatten().next(),
            false => match lacking.next().flatten() {
                first @ Some(_) if lacking.all(|other| other.is_some()) => first,
                _ => None,
            },
        };
        return lacks.or_else(|| {
            let speakers = speakers(rule, &plan.rules);
            let own = (0..SOURCES.len())
                .filter(|number| speakers.iter().any(|meta| applies(meta, SOURCES[*number])));
            unmet(
                rule.meta.needs.as_deref()?,
                &own.collect::<Vec<_>>(),
                store,
                plan,
            )
        });
    }
    let own: Vec<usize> = (0..SOURCES.len())
        .filter(|number| applies(&rule.meta, SOURCES[*number]))
        .collect();
    if own.is_empty() {
        let product = rule.meta.product.as_deref().unwrap_or("?");
        let service = rule.meta.service.as_deref().unwrap_or("any service");
        return Some(format!("a log that is not read yet: {product}, {service}"));
    }
    if own.iter().all(|number| store.records[*number] == 0) {
        let names: Vec<&str> = own.iter().map(|number| SOURCES[*number].title).collect();
        return Some(names.join(" or "));
    }
    unmet(rule.meta.needs.as_deref()?, &own, store, plan)
}

/// What a rule says it needs, where the records of its sources or the command line lack it.
fn unmet(wanted: &str, own: &[usize], store: &Store, plan: &Plan) -> Option<String> {
    let lists = wanted.contains("--intel") || wanted.contains("--geoip");
    if lists {
        return (!plan.context.network.has_lists()).then(|| wanted.to_owned());
    }
    let has = |category: &str| {
        store.categories.iter().any(|(of, seen)| {
            // Some sources name the log with where it lies before it.
            own.contains(&usize::from(*of))
                && seen
                    .len()
                    .checked_sub(category.len())
                    .and_then(|at| seen.get(at..))
                    .is_some_and(|end| end.eq_ignore_ascii_case(category))
        })
    };
    let mut logs = LOGS.iter().filter(|(word, _)| wanted.contains(word));
    let absent = logs.any(|(_, kinds)| !kinds.iter().any(|kind| has(kind)))
        || LESS
            .iter()
            .any(|(word, less, whole)| wanted.contains(word) && has(less) && !has(whole))
        || (wanted.contains("35 days") && own.iter().all(|number| !is_long(store, *number)));
    absent.then(|| wanted.to_owned())
}
