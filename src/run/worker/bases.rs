//! What a match gives a correlation: the combinations of its group values and counted values.

use smallvec::{SmallVec, smallvec};

use crate::detect::compile::Feed;
use crate::detect::matcher::{Matcher, Scene, Texts};
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
) -> Option<SmallVec<[Base; 1]>> {
    let groups = joined(matcher, scene, &feed.group)?;
    let values = joined(matcher, scene, &feed.value)?;
    let mut out = SmallVec::new();
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

/// The combinations of what the fields hold.
fn joined(matcher: &mut Matcher, scene: &Scene, fields: &[u16]) -> Option<Texts> {
    let Some((first, others)) = fields.split_first() else {
        return Some(smallvec![Vec::new()]);
    };
    let mut heads = distinct(matcher, scene, *first)?;
    for field in others {
        heads = combine(heads, &distinct(matcher, scene, *field)?);
    }
    Some(heads)
}

fn distinct(matcher: &mut Matcher, scene: &Scene, field: u16) -> Option<Texts> {
    let mut values = Texts::new();
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

fn combine(mut heads: Texts, tails: &[Vec<u8>]) -> Texts {
    // Nearly always.
    if let ([head], [tail]) = (&mut *heads, tails) {
        head.push(JOINT);
        head.extend_from_slice(tail);
        return heads;
    }
    let mut out = Texts::new();
    for head in &heads {
        for tail in tails {
            out.push([&**head, &**tail].join(&JOINT));
        }
    }
    out.truncate(10_000);
    out
}
