//! The story of an incident: who, from where, through what, to what, when, in plain sentences.
//!
//! Enter its findings and links; leaves three to eight sentences. Nothing is called a sequence
//! before two different events show it, and what was refused is called an attempt.

use std::collections::BTreeSet;

use super::score::Member;
use super::steps::steps;
use super::title::{actors, refused, telling};
use super::words::{clip, distinct, list, provider, who};
use crate::model::Finding;
use crate::model::incident::{Confidence, Link};

/// Sentences of a story at most.
const MOST: usize = 8;

/// What a story is told from.
pub(super) struct Plot<'a> {
    /// The findings, in time order.
    pub members: &'a [Member<'a>],
    /// What ties them together.
    pub links: &'a [Link],
    /// Why the incident is not larger.
    pub reason: Option<&'a str>,
}

/// Tells the story.
pub(super) fn story(plot: &Plot) -> String {
    let findings = telling(plot.members);
    let before = [opening(&findings), chain(&findings), created(plot.links)];
    let mut sentences: Vec<String> = before.into_iter().flatten().collect();
    let after: Vec<String> = [attempts(&findings), ties(plot)]
        .into_iter()
        .flatten()
        .collect();
    let room = MOST - (sentences.len() + after.len()).min(MOST - 1);
    sentences.extend(steps(&findings, room.min(4)));
    sentences.extend(after);
    let cut = plot
        .reason
        .map(|reason| format!("It was part of a larger group ({reason})."));
    let asides = [
        cut,
        routine(plot.members),
        hints(plot.members, findings.len()),
    ];
    let room = MOST.saturating_sub(sentences.len());
    sentences.extend(asides.into_iter().flatten().take(room));
    sentences.join(" ")
}

/// Who, from where, when.
fn opening(findings: &[&Finding]) -> Option<String> {
    let start = findings.iter().map(|f| f.time).min()?;
    let end = findings.iter().map(|f| f.end_time.max(f.time)).max()?;
    let when = if start == end {
        format!("At {start}")
    } else {
        format!("Between {start} and {end}")
    };
    let actors = actors(findings);
    let places = distinct(findings.iter().filter_map(|f| f.source_ip.as_deref()));
    let accounts = distinct(findings.iter().filter_map(|f| f.account.as_deref()));
    let clouds = distinct(findings.iter().map(|f| provider(f.provider)));
    let mut text = format!("{when}, {} acted", list(&actors, 3));
    if !places.is_empty() {
        text.push_str(&format!(" from {}", list(&places, 3)));
    }
    let clouds = list(&clouds, 4);
    match accounts.len() {
        0 => text.push_str(&format!(" on {clouds}.")),
        1 => text.push_str(&format!(" in account {} ({clouds}).", accounts[0])),
        n => text.push_str(&format!(
            " in {n} accounts, {}, on {clouds}.",
            list(&accounts, 3)
        )),
    }
    Some(text)
}

/// Through which identities the longest chain of credentials runs.
fn chain(findings: &[&Finding]) -> Option<String> {
    let mut longest: Option<&Finding> = None;
    for finding in findings {
        if finding.via.len() > longest.map_or(0, |known| known.via.len()) {
            longest = Some(finding);
        }
    }
    let finding = longest?;
    let name = |id: &String| {
        let known = findings.iter().find(|f| f.actor.id == *id);
        known.map_or(clip(id, 60), |f| who(&f.actor))
    };
    let hops: Vec<String> = finding.via.iter().map(name).collect();
    let holder = who(&finding.actor);
    Some(match &hops[..] {
        [root] => format!("Behind {holder} stands {root}, who obtained the credential."),
        _ => format!(
            "The credential of {holder} goes back over {} steps to {} as its first holder.",
            hops.len(),
            hops.first()?
        ),
    })
}

/// Which identities were made in the incident and then used.
fn created(links: &[Link]) -> Option<String> {
    let made = links.iter().filter(|link| link.by == "created-identity");
    let names = distinct(made.map(|link| link.value.as_str()));
    let names: Vec<String> = names.iter().map(|name| clip(name, 60)).collect();
    match names.len() {
        0 => None,
        1 => Some(format!(
            "In the course of it {} was created and then used.",
            names[0]
        )),
        _ => Some(format!(
            "In the course of it {} were created and then used.",
            list(&names, 3)
        )),
    }
}

/// What was refused.
fn attempts(findings: &[&Finding]) -> Option<String> {
    let denied = findings.iter().filter(|f| refused(f)).count();
    match (denied, findings.len()) {
        (0, _) => None,
        (all, total) if all == total => {
            Some("Every call in it was refused or failed: these are attempts.".to_string())
        }
        (1, _) => Some("One of the findings is a refused attempt.".to_string()),
        (some, _) => Some(format!("{some} of the findings are refused attempts.")),
    }
}

/// What makes it one incident.
fn ties(plot: &Plot) -> Option<String> {
    if plot.members.len() < 2 {
        return Some("Nothing else in the input is tied to it.".to_string());
    }
    let name = |id: &str| {
        let known = plot.members.iter().find(|(f, _)| f.actor.id == id);
        known.map_or_else(|| clip(id, 60), |(f, _)| who(&f.actor))
    };
    let tie = |link: &Link| {
        let value = clip(&link.value, 60);
        let what = match link.by.as_str() {
            "credential" => format!("the credential {value}"),
            "identity" | "role-session" => format!("the identity of {}", name(&link.value)),
            "created-identity" => format!("the newly created {value}"),
            "written-identity" => format!("the changed identity {value}"),
            "written-resource" => format!("the resource {value}"),
            "same-event" => format!("the event {value}, told by two logs"),
            "instance-metadata" => format!("the credentials of the machine {value}"),
            "federated-subject" => format!("the identity {value}, let in by another cloud"),
            "identity-at-source-ip" => match value.split_once(' ') {
                Some((address, _)) => format!("the same identity at {address}"),
                None => value,
            },
            "source-ip" => format!("the address {value}"),
            "source-ip-and-user-agent" => format!("the address and agent {value}"),
            _ => value,
        };
        match link.confidence {
            Confidence::Proven => format!("{what} (proven)"),
            Confidence::Likely => format!("{what} (likely)"),
        }
    };
    let mut ties: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for link in plot.links {
        if ties.len() < 3 && seen.insert((&link.by, &link.value, link.confidence)) {
            ties.push(tie(link));
        }
    }
    if ties.is_empty() {
        return Some("One identity did all of it.".to_string());
    }
    Some(format!("What ties it together: {}.", list(&ties, 3)))
}

/// What is there beside the findings that tell the story.
fn hints(members: &[Member], telling: usize) -> Option<String> {
    match members.len() - telling {
        0 => None,
        1 => Some("One informational finding goes with it.".to_string()),
        n => Some(format!("{n} informational findings go with it.")),
    }
}

/// What recurs too often to mean much.
fn routine(members: &[Member]) -> Option<String> {
    match members.iter().filter(|(_, routine)| *routine).count() {
        0 => None,
        1 => Some("One finding is routine: the same was seen in three earlier hours.".to_string()),
        n => Some(format!(
            "{n} findings are routine: the same was seen in three earlier hours."
        )),
    }
}
