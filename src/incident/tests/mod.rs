//! Tests of the grouping as a whole.
//!
//! Enter findings made of a few words; leave letters, one an incident, which are easy to compare.

mod joins;
mod kept;
mod limits;
mod properties;
mod telling;
mod workloads;

use super::options::Presence;
use super::sample::{Sample, finding, finding_id};
use super::*;
use crate::model::incident::Confidence;
use crate::model::time::HOUR;
use crate::model::{Finding, Incident, Severity, Time};

const HERE: &str = "203.0.113.9";
const THERE: &str = "198.51.100.7";

fn grouped<const N: usize>(samples: [Sample; N]) -> (Vec<Finding>, Grouping) {
    grouped_with(samples, &Options::default())
}

fn grouped_with<const N: usize>(
    samples: [Sample; N],
    options: &Options,
) -> (Vec<Finding>, Grouping) {
    let mut findings: Vec<Finding> = samples.into_iter().map(Sample::get).collect();
    let grouping = group(&mut findings, options);
    (findings, grouping)
}

/// Groups findings in any order and writes each finding's incident.
fn group(findings: &mut [Finding], options: &Options) -> Grouping {
    let heads: Vec<Head> = findings.iter().map(Head::of).collect();
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|a, b| heads[*a].place().cmp(&heads[*b].place()));
    let sorted: Vec<&Finding> = order.iter().map(|at| &findings[*at]).collect();
    let heads: Vec<&Head> = order.iter().map(|at| &heads[*at]).collect();
    let look: Look = &|place| Face::of(sorted[place as usize]);
    let make: Make = &|place| sorted[place as usize].clone();
    let grouping = super::group(&heads, look, Some(make), options);
    for (at, home) in order.into_iter().zip(&grouping.homes) {
        let incident = grouping.incidents.get(*home as usize);
        findings[at].incident = incident.map(|incident| incident.id.clone());
    }
    grouping
}

/// The incident of each finding by its place in the list; `-` is none.
fn homes<const N: usize>(samples: [Sample; N]) -> String {
    homes_with(samples, &Options::default())
}

fn homes_with<const N: usize>(samples: [Sample; N], options: &Options) -> String {
    let (findings, grouping) = grouped_with(samples, options);
    let letter = |finding: &Finding| {
        let Some(id) = &finding.incident else {
            return '-';
        };
        let place = grouping.incidents.iter().position(|i| i.id == *id);
        place.map_or('?', |place| char::from(b'a' + place as u8))
    };
    findings.iter().map(letter).collect()
}

fn by(incident: &Incident) -> Vec<&str> {
    incident.links.iter().map(|link| link.by.as_str()).collect()
}
