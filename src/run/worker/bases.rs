//! What a match gives a correlation: the combinations of its group values and counted values.

use crate::detect::compile::Feed;
use crate::detect::matcher::{Matcher, Scene};
use crate::run::intern::{Interner, NO_STR};
use crate::run::rows::Base;

/// The rows a match gives a correlation: one a combination of group values and counted values.
/// Nothing where a group field is absent; `None` where one is not known yet.
pub fn bases(
    matcher: &mut Matcher,
    scene: &Scene,
    feed: &Feed,
    strings: &mut Interner,
    row: u32,
) -> Option<Vec<Base>> {
    let mut groups: Vec<Vec<u8>> = vec![Vec::new()];
    for (number, field) in feed.group.iter().enumerate() {
        let values = distinct(matcher, scene, *field)?;
        groups = combine(groups, &values, number > 0);
    }
    let mut values: Vec<Vec<u8>> = vec![Vec::new()];
    for (number, field) in feed.value.iter().enumerate() {
        values = combine(values, &distinct(matcher, scene, *field)?, number > 0);
    }
    let mut out = Vec::with_capacity(groups.len() * values.len());
    for group in &groups {
        let group = strings.put(group);
        for value in &values {
            let value = if feed.value.is_empty() {
                NO_STR
            } else {
                strings.put(value)
            };
            out.push(Base {
                correlation: feed.correlation,
                member: feed.member,
                group,
                value,
                row,
            });
        }
    }
    Some(out)
}

fn distinct(matcher: &mut Matcher, scene: &Scene, field: u16) -> Option<Vec<Vec<u8>>> {
    let mut values = Vec::new();
    if !matcher.texts(scene, field, &mut values) {
        return None;
    }
    values.sort();
    values.dedup();
    // One record cannot stand for more members of a group than this.
    values.truncate(1_000);
    Some(values)
}

/// Between the values of a group of several fields; cannot stand in text.
pub const JOINT: u8 = 0x1f;

fn combine(mut heads: Vec<Vec<u8>>, tails: &[Vec<u8>], joint: bool) -> Vec<Vec<u8>> {
    // Nearly always.
    if let ([head], [tail]) = (&mut *heads, tails) {
        head.extend(joint.then_some(JOINT));
        head.extend_from_slice(tail);
        return heads;
    }
    let mut out = Vec::new();
    for head in &heads {
        for tail in tails {
            let mut both = head.clone();
            if joint {
                both.push(JOINT);
            }
            both.extend_from_slice(tail);
            out.push(both);
        }
    }
    out.truncate(10_000);
    out
}
