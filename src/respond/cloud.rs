//! One provider, as the actions see it: questions and changes by name.
//!
//! Enter an operation and its parameters; leaves the answer as JSON, or trouble of one kind for all
//! providers. Reads are repeated where that helps; a change that may have arrived never is.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde_json::{Value, json};

use super::journal::Permit;
use super::operation::{Change, Operation, Read, Wire};
use super::provider::Provider;
use super::request::{Lost, Request, Response, Transport};
use super::trouble::{Kind, Trouble, request_id};
use super::wire;
use crate::model::Time;

/// How often one request is tried.
const TRIES: u32 = 4;
/// A list with more pages is not what anybody means to act on.
const PAGES: usize = 500;

/// Where the provider is asked.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The region or zone, where the provider has them.
    pub region: Option<String>,
    /// The profile whose credentials are used, where the provider's tool has them.
    pub profile: Option<String>,
    /// The account that may be acted on where it is not the caller's own.
    pub account: Option<String>,
    /// The project, subscription, tenant or organisation that names are looked up in.
    pub project: Option<String>,
    /// The public half of the caller's credentials, where the provider does not tell it.
    pub key: Option<String>,
}

/// A provider that can be asked.
pub struct Cloud<'t> {
    /// Which one.
    pub provider: Provider,
    /// Where.
    pub place: Place,
    transport: Box<dyn Transport + 't>,
    /// What the first wait is; later ones are longer.
    patience: Duration,
    /// The least time between two changes.
    pace: Duration,
    changed: Cell<Option<std::time::Instant>>,
    clock: Cell<Option<Time>>,
    trail: RefCell<Vec<String>>,
}

/// What came of a change.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// What the provider sent back.
    pub value: Value,
    /// The HTTP status.
    pub status: u16,
    /// The provider's name for the request.
    pub request_id: Option<String>,
}

impl<'t> Cloud<'t> {
    /// A provider behind this transport.
    pub fn new(provider: Provider, place: Place, transport: impl Transport + 't) -> Cloud<'t> {
        Cloud {
            provider,
            place,
            transport: Box::new(transport),
            patience: Duration::from_millis(400),
            pace: Duration::from_millis(500),
            changed: Cell::new(None),
            clock: Cell::new(None),
            trail: RefCell::new(Vec::new()),
        }
    }

    /// The same without waiting, for providers that are not real.
    #[must_use]
    pub fn hasty(mut self) -> Cloud<'t> {
        (self.patience, self.pace) = (Duration::ZERO, Duration::ZERO);
        self
    }

    /// Asks.
    pub fn read(&self, name: &str, params: Value) -> Result<Value, Trouble> {
        let read = Read::named(self.provider, name)
            .ok_or_else(|| Trouble::bug(name, "this is none of the operations that only read"))?;
        let request = Request::read(read, &params)?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.once(&request) {
                Err(trouble) if tries < TRIES && may_pass(&trouble) => self.wait(tries),
                Err(trouble) => return Err(trouble),
                Ok(response) => return self.value(read.operation(), &response),
            }
        }
    }

    /// Asks for advice: where it is not to be had at once, it is not needed.
    pub fn once_only(&self, name: &str, params: Value) -> Result<Value, Trouble> {
        let read = Read::named(self.provider, name)
            .ok_or_else(|| Trouble::bug(name, "this is none of the operations that only read"))?;
        let response = self.once(&Request::read(read, &params)?)?;
        self.value(read.operation(), &response)
    }

    /// Asks for something that may not be there.
    pub fn find(&self, name: &str, params: Value) -> Result<Option<Value>, Trouble> {
        match self.read(name, params) {
            Ok(value) => Ok(Some(value)),
            Err(trouble) if trouble.kind == Kind::NotFound => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// Asks for a list, page after page; `at` is where the items stand in a page.
    pub fn list(&self, name: &str, params: Value, at: &str) -> Result<Vec<Value>, Trouble> {
        let mut all = Vec::new();
        let mut ask = params;
        for page in 1..=PAGES {
            let answer = self.read(name, ask.clone())?;
            let items = wire::items(answer.pointer(at).unwrap_or(&Value::Null));
            let count = items.len();
            all.extend_from_slice(items);
            if !self.turn(&answer, &mut ask, page, all.len(), count) {
                return Ok(all);
            }
        }
        Err(Trouble::of(Kind::Rejected, name, "the list has no end"))
    }

    /// Sets the parameters of the next page; false where there is none.
    fn turn(
        &self,
        answer: &Value,
        ask: &mut Value,
        page: usize,
        so_far: usize,
        count: usize,
    ) -> bool {
        let text = |names: &[&str]| {
            let found = names.iter().filter_map(|name| answer[*name].as_str());
            found
                .into_iter()
                .find(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let (name, value) = match self.provider {
            Provider::Aws if wire::plain(&answer["IsTruncated"]) == "true" => {
                ("Marker", text(&["Marker"]).map(Value::String))
            }
            Provider::Aws => (
                "NextToken",
                text(&["nextToken", "NextToken"]).map(Value::String),
            ),
            Provider::Gcp => ("pageToken", text(&["nextPageToken"]).map(Value::String)),
            Provider::Kubernetes => {
                let token = answer["metadata"]["continue"]
                    .as_str()
                    .filter(|text| !text.is_empty());
                ("continue", token.map(|token| json!(token)))
            }
            Provider::Azure => {
                // The link holds the same question with one more parameter.
                let link = text(&["@odata.nextLink", "nextLink"]).unwrap_or_default();
                let mut pairs = link
                    .split(['?', '&'])
                    .filter_map(|pair| pair.split_once('='));
                let found =
                    pairs.find(|(name, _)| name.to_ascii_lowercase().ends_with("skiptoken"));
                match found {
                    Some((name, value)) => {
                        let decoded = percent_encoding::percent_decode_str(value);
                        ask[name.replace("%24", "$")] = json!(decoded.decode_utf8_lossy());
                        return true;
                    }
                    None => return false,
                }
            }
            Provider::Scaleway => {
                let total = answer["total_count"].as_u64().unwrap_or(0);
                let more = count > 0 && (so_far as u64) < total;
                ("page", more.then(|| json!(page + 1)))
            }
            Provider::Ovh => ("", None),
        };
        match value {
            Some(value) => {
                ask[name] = value;
                true
            }
            None => false,
        }
    }

    /// Changes something; the permit shows that the intent is on disk.
    pub fn change(&self, name: &str, params: &Value, permit: Permit) -> Result<Answer, Trouble> {
        for turn in 1.. {
            let prepared = match self.provider {
                Provider::Gcp => super::gcp::prepared(self, name, params)?,
                _ => None,
            };
            let is_prepared = prepared.is_some();
            let (real, params) = prepared.unwrap_or_else(|| ("", params.clone()));
            let name = if is_prepared { real } else { name };
            match self.changed_once(name, &params, &permit) {
                // Somebody wrote between our reading and our writing: nothing was done.
                Err(trouble) if is_prepared && trouble.kind == Kind::Conflict && turn < 5 => {
                    self.wait(turn);
                }
                answer => return answer,
            }
        }
        Err(Trouble::bug(name, "unreachable"))
    }

    fn changed_once(&self, name: &str, params: &Value, permit: &Permit) -> Result<Answer, Trouble> {
        let change = Change::named(self.provider, name)
            .ok_or_else(|| Trouble::bug(name, "this is none of the operations that change"))?;
        let request = Request::change(change, params, permit)?;
        if let Some(last) = self.changed.get() {
            std::thread::sleep(self.pace.saturating_sub(last.elapsed()));
        }
        let mut tries = 0;
        loop {
            tries += 1;
            self.changed.set(Some(std::time::Instant::now()));
            match self.once(&request) {
                // Throttled means that nobody has looked at it.
                Err(trouble) if tries < TRIES && trouble.kind == Kind::Throttled => {
                    self.wait(tries)
                }
                Err(trouble) => return Err(trouble),
                Ok(response) => {
                    let value = self.value(change.operation(), &response);
                    return Ok(Answer {
                        // It was done: an answer that cannot be read does not undo it.
                        value: value.unwrap_or_default(),
                        status: response.status,
                        request_id: request_id(&response),
                    });
                }
            }
        }
    }

    /// What the provider's clock said last.
    pub fn clock(&self) -> Option<Time> {
        self.clock.get()
    }

    /// Every operation that was sent so far, in order.
    pub fn trail(&self) -> Vec<String> {
        self.trail.borrow().clone()
    }

    /// Waits a little, longer each time.
    pub fn wait(&self, turn: u32) {
        std::thread::sleep(self.patience.saturating_mul(1 << turn.min(6)));
    }

    fn once(&self, request: &Request) -> Result<Response, Trouble> {
        let name = request.operation().name;
        self.trail.borrow_mut().push(name.to_owned());
        let sent = self.transport.send(request);
        let response = sent.map_err(|lost: Lost| Trouble::lost(name, &lost))?;
        if let Some(date) = response.headers.get("date")
            && let Ok(date) = chrono::DateTime::parse_from_rfc2822(date)
        {
            self.clock.set(date.timestamp_nanos_opt().map(Time));
        }
        match response.status {
            200..300 => Ok(response),
            _ => Err(Trouble::answer(name, &response)),
        }
    }

    fn value(&self, operation: &Operation, response: &Response) -> Result<Value, Trouble> {
        if response.body.is_empty() {
            return Ok(Value::Null);
        }
        let value = match operation.wire {
            Wire::Query(_) | Wire::Xml(..) => wire::xml(&response.body),
            _ => serde_json::from_slice(&response.body).ok(),
        };
        value.ok_or_else(|| Trouble::of(Kind::Broken, operation.name, "the answer cannot be read"))
    }
}

/// Whether the same question may be answered in a moment.
fn may_pass(trouble: &Trouble) -> bool {
    let gateway = [0, 429, 500, 502, 503, 504].contains(&trouble.status);
    match trouble.kind {
        Kind::Throttled | Kind::Unanswered => true,
        Kind::Broken => gateway,
        _ => false,
    }
}
