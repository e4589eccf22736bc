//! When a request is sent again, and how long to wait before.
//!
//! Enters: what came of an attempt. Leaves: a time to wait, or that it is over. It exists so that
//! a throttled provider is left alone and a broken line is tried again, the same way everywhere.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How patient a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all.
    pub attempts: u32,
    /// Wait before the second one; doubled for each that follows.
    pub first: Duration,
    /// Longest wait of our own choice.
    pub most: Duration,
    /// Longest wait that a provider may ask for.
    pub asked: Duration,
}

impl Default for Retry {
    fn default() -> Retry {
        Retry {
            attempts: 6,
            first: Duration::from_millis(300),
            most: Duration::from_secs(20),
            asked: Duration::from_secs(120),
        }
    }
}

impl Retry {
    /// The wait before attempt `number` (from 2), between half of the step and all of it: many
    /// clients that failed together must not come back together.
    pub(super) fn wait(&self, number: u32, jitter: f64) -> Duration {
        let step = self
            .first
            .saturating_mul(1 << number.saturating_sub(2).min(16));
        step.min(self.most)
            .mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
    }
}

/// What the provider asks for: `Retry-After` in seconds or as a date, or the second at which its
/// limit is lifted.
pub(super) fn asked<'a>(
    header: &dyn Fn(&str) -> Option<&'a str>,
    now: SystemTime,
) -> Option<Duration> {
    let text = |name: &str| header(name).map(str::trim);
    let number = |name: &str| text(name)?.parse::<f64>().ok().filter(|n| *n >= 0.0);
    if let Some(milliseconds) = number("retry-after-ms").or_else(|| number("x-ms-retry-after-ms")) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    if let Some(seconds) = number("retry-after") {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = |time: i64| {
        let now = now.duration_since(UNIX_EPOCH).ok()?.as_secs();
        let left = u64::try_from(time).ok()?.saturating_sub(now);
        Some(Duration::from_secs(left))
    };
    if let Some(date) = text("retry-after") {
        return until(chrono::DateTime::parse_from_rfc2822(date).ok()?.timestamp());
    }
    // Okta: the second in which the window ends.
    until(text("x-rate-limit-reset")?.parse().ok()?)
}

/// Codes that mean "slow down" under a status that does not say so.
pub(super) fn throttled(status: u16, code: &str) -> bool {
    status == 429
        || [
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "RequestThrottled",
            "SlowDown",
            "LimitExceededException",
            "RESOURCE_EXHAUSTED",
            "PriorRequestNotComplete",
        ]
        .contains(&code)
}

/// Codes that mean the proof has run out, whatever the status.
pub(super) fn expired(status: u16, code: &str) -> bool {
    status == 401
        || [
            "ExpiredToken",
            "ExpiredTokenException",
            "RequestExpired",
            "TokenRefreshRequired",
            "ExpiredAuthenticationToken",
            "InvalidAuthenticationToken",
        ]
        .contains(&code)
}

/// Codes that mean our clock is wrong.
pub(super) fn skewed(code: &str, message: &str) -> bool {
    [
        "RequestTimeTooSkewed",
        "RequestInTheFuture",
        "InvalidSignatureTime",
    ]
    .contains(&code)
        || (code.contains("Signature")
            && (message.contains("Signature expired") || message.contains("not yet current")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_asks_for() {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let asked = |pairs: &[(&str, &'static str)]| {
            let header = |name: &str| {
                let found = pairs.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| *value)
            };
            super::asked(&header, now).map(|it| it.as_millis())
        };
        assert_eq!(asked(&[("retry-after", "2")]), Some(2000));
        assert_eq!(asked(&[("x-ms-retry-after-ms", "250")]), Some(250));
        let date = [("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT")];
        assert_eq!(asked(&date), Some(10_000));
        assert_eq!(asked(&[("x-rate-limit-reset", "1700000003")]), Some(3000));
        assert_eq!(asked(&[("x-rate-limit-reset", "1")]), Some(0));
        assert_eq!(asked(&[("retry-after", "soon")]), None);
        assert_eq!(asked(&[("retry-after", "-1")]), None);
        assert_eq!(asked(&[("retry-after", "1e300")]), None);
        assert_eq!(asked(&[]), None);
    }

    #[test]
    fn waits_grow_and_stay_bounded() {
        let retry = Retry::default();
        assert_eq!(retry.wait(2, 1.0), retry.first);
        assert_eq!(retry.wait(3, 0.0), retry.first);
        assert_eq!(retry.wait(99, 1.0), retry.most);
        assert_eq!(retry.wait(0, 7.0), retry.first);
    }
}
