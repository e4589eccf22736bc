//! What one request goes through until there is an answer or no hope.
//!
//! Enters: what came of an attempt. Leaves: how long to wait before the next one, or that there is
//! none. It exists so that requests signed here and those of an SDK are equally patient.

use std::time::{Duration, SystemTime};

use super::retry::{self, Retry};

/// Attempts more that a throttled request has: quotas are counted by the minute.
const PATIENCE: u32 = 4;

/// One request's history.
pub(super) struct Attempts {
    retry: Retry,
    made: u32,
    fresh: bool,
    renewed: bool,
    reset: bool,
}

/// An answer that says no.
pub(super) struct Refusal<'a> {
    pub status: u16,
    pub code: &'a str,
    pub message: &'a str,
    /// What stood above it.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// Whether other proof can be fetched.
    pub renewable: bool,
    /// Whether the request may be sent again although it may have been obeyed.
    pub repeatable: bool,
}

impl Attempts {
    pub fn new(retry: Retry) -> Attempts {
        Attempts {
            retry,
            made: 0,
            fresh: false,
            renewed: false,
            reset: false,
        }
    }

    /// Counts one; whether its proof is to be fetched anew.
    pub fn begin(&mut self) -> bool {
        self.made += 1;
        std::mem::take(&mut self.fresh)
    }

    /// After a line that broke, or was never there.
    pub fn broken(&self) -> Option<Duration> {
        (self.made < self.retry.attempts).then(|| self.own())
    }

    /// After a refusal.
    pub fn refused(&mut self, refusal: &Refusal<'_>) -> Option<Duration> {
        let (status, code) = (refusal.status, refusal.code);
        let header = refusal.header;
        if retry::skewed(code, refusal.message) && !self.reset && header("date").is_some() {
            self.reset = true;
            return Some(Duration::ZERO);
        }
        if retry::expired(status, code) && refusal.renewable && !self.renewed {
            self.renewed = true;
            self.fresh = true;
            return Some(Duration::ZERO);
        }
        let asked = retry::asked(header, SystemTime::now());
        if retry::throttled(status, code) {
            let patient = self.made < self.retry.attempts + PATIENCE;
            let bearable = asked.is_none_or(|wait| wait <= self.retry.asked);
            return (patient && bearable).then(|| asked.unwrap_or_default().max(self.own()));
        }
        let passing = matches!(status, 408 | 500 | 502 | 503 | 504);
        let again = passing && refusal.repeatable && self.made < self.retry.attempts;
        again.then(|| {
            let asked = asked.unwrap_or_default();
            asked.min(self.retry.asked).max(self.own())
        })
    }

    fn own(&self) -> Duration {
        self.retry.wait(self.made + 1, fastrand::f64())
    }
}
