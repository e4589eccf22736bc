//! Pages of an API, as files.
//!
//! Enters: sequences of pages, one a region or kind of log, and the window. Leaves: each page as
//! the provider sent it, named after its sequence, its stretch of time and its number, so that a
//! page that was pulled and one that is read live are the same file.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use super::feed::{Fetched, Got, Held, Slot};
use super::passed::Passed;
use super::start::Context;
use crate::model::Time;
use crate::model::time::DAY;
use crate::net::Error;
use crate::net::credentials::Boxed;

/// Pages fetched before their turn, a sequence.
const AHEAD: usize = 4;
/// What one permit stands for.
const UNIT: u64 = 1 << 10;
/// Memory that a page is asked for on, before its size is known.
const GUESS: u64 = 1 << 20;
/// Windows longer than this are cut by the week.
const BY_DAY: i64 = 14 * DAY;
/// Pages of one stretch after which something is wrong.
const MOST: u32 = 1_000_000;

/// What is read one page after the other, each by a name of its own.
pub(super) type Sequences = Vec<(String, Arc<dyn Sequence>)>;

/// A sequence of pages.
pub(super) trait Sequence: Send + Sync + 'static {
    /// The page at `token`, the first one without.
    fn page<'a>(
        &'a self,
        part: &'a Part,
        token: Option<&'a str>,
    ) -> Boxed<'a, Result<Sheet, Error>>;
}

/// A stretch of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Its first moment.
    pub from: Time,
    /// The moment behind it.
    pub to: Time,
}

/// One page.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// As it came.
    pub body: Vec<u8>,
    /// Whether there is anything in it.
    pub empty: bool,
    /// Where to go on.
    pub next: Option<String>,
}

impl Part {
    /// Cuts a window at midnights, or at every seventh one.
    pub fn of(from: Time, to: Time) -> Vec<Part> {
        let step = match to.0.saturating_sub(from.0) <= BY_DAY {
            true => DAY,
            false => 7 * DAY,
        };
        let mut parts = Vec::new();
        let mut at = from;
        while at < to {
            let next = Time(at.0.div_euclid(step).saturating_add(1).saturating_mul(step)).min(to);
            parts.push(Part { from: at, to: next });
            at = next;
        }
        parts
    }

    /// How its pages are called.
    fn name(&self) -> String {
        self.from.datetime().format("%Y-%m-%d").to_string()
    }

    /// A bound as providers write it, to the millisecond.
    pub fn text(time: Time) -> String {
        time.datetime().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// A bound in seconds or milliseconds since 1970, rounded down.
    pub fn since(time: Time, unit: i64) -> i64 {
        time.0.div_euclid(unit)
    }
}

/// Reads all sequences at once and hands them over one behind the other. `reach` is how far back
/// the provider keeps anything.
pub(super) async fn read(
    sequences: Sequences,
    reach: i64,
    context: &Context,
    slots: &mpsc::Sender<Slot>,
) -> Option<()> {
    let (now, span) = (context.span.now, &context.span);
    // What lies before the provider's own memory is not asked for.
    let oldest = now.minus(reach);
    let from = span.from.map_or(oldest, |from| from.max(oldest));
    if span.from.is_some_and(|wanted| wanted < oldest) {
        let (name, held) = (context.name.clone(), None);
        let got = Got::Ignored("the window begins before what the provider keeps");
        let slot = Slot::Ready(Box::new(Fetched { name, got, held }));
        slots.send(slot).await.ok()?;
    }
    // A window's last moment belongs to it.
    let to = span.to.map_or(now, |to| to.plus(1_000_000).min(now));
    let parts = Part::of(from, to);
    let memory = (context.memory / sequences.len().max(1) as u64).max(2 * GUESS);
    for (name, sequence) in sequences {
        let (send, lane) = mpsc::channel(AHEAD);
        let (context, parts) = (context.clone(), parts.clone());
        tokio::spawn(async move {
            one(&name, &*sequence, &parts, memory, &context, &send).await;
        });
        slots.send(Slot::Lane(lane)).await.ok()?;
    }
    Some(())
}

async fn one(
    lane: &str,
    sequence: &dyn Sequence,
    parts: &[Part],
    memory: u64,
    context: &Context,
    slots: &mpsc::Sender<Slot>,
) -> Option<()> {
    let units = |bytes: u64| u32::try_from(bytes.div_ceil(UNIT).min(memory / UNIT)).unwrap_or(1);
    let room = Arc::new(Semaphore::new((memory / UNIT) as usize));
    for part in parts {
        let folder = match lane {
            "" => format!("{}/", part.name()),
            lane => format!("{lane}/{}/", part.name()),
        };
        let mark = part.to.0.unsigned_abs();
        if context
            .skip
            .as_ref()
            .is_some_and(|skip| skip(&folder, mark))
        {
            continue;
        }
        let mut token: Option<String> = None;
        let mut passed = Passed::default();
        for number in 1..=MOST {
            let permit = Arc::clone(&room)
                .acquire_many_owned(units(GUESS))
                .await
                .ok()?;
            let sheet = sequence.page(part, token.as_deref()).await;
            let sheet = match sheet {
                Ok(sheet) => sheet,
                Err(error) => {
                    // One refusal is enough: the next stretch would meet the same.
                    let closed = error.is_final();
                    let name = match (closed, lane) {
                        (true, "") => context.name.clone(),
                        (true, lane) => lane.to_owned(),
                        (false, _) => folder.clone(),
                    };
                    slots.send(failed(name, error)).await.ok()?;
                    match closed {
                        true => return Some(()),
                        false => break,
                    }
                }
            };
            let next = sheet.next.as_deref().unwrap_or_default();
            let circle = match (sheet.empty, next) {
                (_, "") => Ok(()),
                (true, next) => passed.by(next),
                (false, next) => passed.by(next).and(passed.page(&sheet.body, next)),
            };
            context.tally.add_listed(1);
            if !sheet.empty {
                let size = sheet.body.len() as u64;
                // What the page is larger than was thought is waited for before the next one.
                let more = units(size).saturating_sub(units(GUESS));
                let mut permit = permit;
                if more > 0 {
                    permit.merge(Arc::clone(&room).acquire_many_owned(more).await.ok()?);
                }
                let held = Some(Held::new(permit, size, &context.progress));
                context.tally.add_fetched();
                let name = format!("{folder}{number:06}.json");
                let got = Got::Whole(sheet.body);
                let slot = Slot::Ready(Box::new(Fetched { name, got, held }));
                slots.send(slot).await.ok()?;
            }
            if let Err(error) = circle {
                slots.send(failed(folder.clone(), error)).await.ok()?;
                break;
            }
            match sheet.next {
                Some(next) => token = Some(next),
                None => {
                    let (got, held) = (Got::Part(part.to.0), None);
                    let name = folder.clone();
                    let slot = Slot::Ready(Box::new(Fetched { name, got, held }));
                    slots.send(slot).await.ok()?;
                    break;
                }
            }
        }
    }
    Some(())
}

fn failed(name: String, error: Error) -> Slot {
    let (got, held) = (Got::Failed(error), None);
    Slot::Ready(Box::new(Fetched { name, got, held }))
}

/// The text at this place of an answer; an empty one is none.
pub(super) fn text(value: &serde_json::Value, key: &str) -> Option<String> {
    let text = value.get(key)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// The list at this place of an answer has nothing in it.
pub(super) fn is_empty(value: &serde_json::Value, key: &str) -> bool {
    let list = value.get(key).and_then(serde_json::Value::as_array);
    list.is_none_or(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::HOUR;

    #[test]
    fn windows_are_cut_at_midnight() {
        let time = |text: &str| Time::parse(text).expect("a time");
        let parts = Part::of(time("2026-05-12T22:00:00Z"), time("2026-05-14T01:00:00Z"));
        let names: Vec<String> = parts.iter().map(Part::name).collect();
        assert_eq!(names, ["2026-05-12", "2026-05-13", "2026-05-14"]);
        assert_eq!(parts[0].to, time("2026-05-13T00:00:00Z"));
        assert_eq!(parts[2].to, time("2026-05-14T01:00:00Z"));
        let long = Part::of(time("2026-01-01T00:00:00Z"), time("2026-03-01T00:00:00Z"));
        assert!(long.len() <= 10 && long.windows(2).all(|two| two[0].to == two[1].from));
        assert!(Part::of(Time(HOUR), Time(HOUR)).is_empty());
        assert_eq!(Part::text(Time(HOUR)), "1970-01-01T01:00:00.000Z");
    }
}
