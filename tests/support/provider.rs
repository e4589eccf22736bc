//! A provider of pages that misbehaves in every way a provider does: throttled, cut, an empty page
//! with a token behind it, an event on two pages, a page that comes twice, newest first, a token
//! that runs out.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::server::{Answer, Seen};

/// The logs that are handed out, each under the path that it is asked at.
pub struct Pages {
    logs: Vec<(&'static str, Vec<Vec<Value>>)>,
    style: Style,
    met: Mutex<(BTreeSet<String>, u32)>,
}

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Gcp,
    /// Azure's `nextLink`, or Graph's.
    Link(&'static str),
    Scaleway,
    Ovh,
    Okta,
    Logs,
}

impl Pages {
    pub fn new(style: Style, logs: Vec<(&'static str, Vec<Value>)>) -> Pages {
        let paged = |(path, events): (&'static str, Vec<Value>)| {
            let mut events = events;
            // Newest first, and the first event of all once more on the last page.
            events.reverse();
            let mut pages: Vec<Vec<Value>> = events.chunks(3).map(<[Value]>::to_vec).collect();
            if let Some(first) = events.first()
                && let Some(last) = pages.last_mut()
            {
                last.push(first.clone());
            }
            pages.insert(1.min(pages.len()), Vec::new());
            (path, pages)
        };
        let logs = logs.into_iter().map(paged).collect();
        let met = Mutex::default();
        Pages { logs, style, met }
    }

    /// Takes the empty pages out: of a provider whose last page is the empty one.
    #[allow(dead_code)]
    pub fn drop_empty(&mut self) {
        for (_, pages) in &mut self.logs {
            pages.retain(|page| !page.is_empty());
        }
    }

    /// Events handed out, those twice there included.
    pub fn events(&self) -> usize {
        let pages = self.logs.iter().flat_map(|(_, pages)| pages);
        let repeated = self.logs.iter().filter_map(|(_, pages)| {
            let at = pages.len().checked_sub(2)?;
            Some(pages[at].len())
        });
        pages.map(Vec::len).chain(repeated).sum()
    }

    fn token(&self, seen: &Seen) -> usize {
        let text = match self.style {
            Style::Gcp | Style::Ovh | Style::Logs => {
                let asked: Value = serde_json::from_slice(&seen.body).expect("JSON");
                let token = match self.style {
                    Style::Gcp => &asked["pageToken"],
                    Style::Ovh => &asked["search_after"][0],
                    _ => &asked["nextToken"],
                };
                token.as_str().map(str::to_owned)
            }
            Style::Scaleway => seen.query("page_token"),
            Style::Link(_) | Style::Okta => seen.query("$skiptoken"),
        };
        text.map_or(0, |text| text.parse().expect("our own token"))
    }

    /// Answers; `url` is our own address, `fresh` tells whether the caller's token is still good.
    pub fn answer(&self, seen: &Seen, url: &str, fresh: bool) -> Answer {
        let found = self.logs.iter().find(|(path, _)| *path == seen.path());
        let Some((path, pages)) = found else {
            return Answer::new(404, "{}");
        };
        let at = self.token(seen);
        {
            let (met, faults) = &mut *self.met.lock().expect("not poisoned");
            // In the place of the last page the one before it, once in each walk.
            if at > 0 && at + 1 == pages.len() && met.insert(format!("{path} again")) {
                return self.page(path, pages, at - 1, url);
            }
            if met.insert(format!("{path} {at}")) {
                *faults += 1;
                match *faults % 3 {
                    0 => return Answer::new(429, "{}").header("retry-after", "0"),
                    1 => {
                        let answer = self.page(path, pages, at, url);
                        let half = answer.body.len() / 2;
                        return answer.cut(half);
                    }
                    _ => {}
                }
            }
        }
        match fresh {
            true => {
                if at + 1 == pages.len() {
                    let met = &mut self.met.lock().expect("not poisoned").0;
                    met.remove(&format!("{path} again"));
                }
                self.page(path, pages, at, url)
            }
            false => Answer::new(401, r#"{"error":{"code":"ExpiredAuthenticationToken"}}"#),
        }
    }

    fn page(&self, path: &str, pages: &[Vec<Value>], at: usize, url: &str) -> Answer {
        let events = pages.get(at).cloned().unwrap_or_default();
        let next = (at + 1 < pages.len()).then(|| (at + 1).to_string());
        let link = next
            .as_ref()
            .map(|next| format!("{url}{path}?$skiptoken={next}"));
        Answer::json(match self.style {
            Style::Gcp => json!({"entries": events, "nextPageToken": next.unwrap_or_default()}),
            Style::Link(key) => match link {
                Some(link) => json!({"value": events, key: link}),
                None => json!({"value": events}),
            },
            Style::Scaleway => json!({"events": events, "next_page_token": next}),
            Style::Logs => json!({"events": events, "nextToken": next}),
            Style::Ovh => {
                // No token of its own: a page without hits is the last.
                let sorted = events.into_iter().map(|mut hit| {
                    hit["sort"] = json!([(at + 1).to_string()]);
                    hit
                });
                json!({"hits": {"hits": sorted.collect::<Vec<_>>()}})
            }
            Style::Okta => {
                let answer = Answer::json(json!(events));
                return match link {
                    Some(link) => answer.header("link", &format!("<{link}>; rel=\"next\"")),
                    None => answer,
                };
            }
        })
    }
}
