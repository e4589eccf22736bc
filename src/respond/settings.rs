//! `respond:` of the configuration: what is protected, how much may be done, what may run alone.

use serde::Deserialize;

use super::gate::Limits;
use super::guard::Protected;
use super::plan::Reach;
use crate::config::duration;
use crate::model::Severity;
use crate::model::time::HOUR;

/// The section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Settings {
    guard: Guard,
    limits: Numbers,
    /// How many people approve an execution.
    approvers: Option<usize>,
    /// What `respond auto` may do.
    pub auto: Vec<Auto>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Guard {
    break_glass: Vec<String>,
    tags: Vec<String>,
    accounts: Vec<String>,
    namespaces: Vec<String>,
    log_access: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Numbers {
    targets: Option<usize>,
    per_hour: Option<usize>,
    blast: Option<Reach>,
}

/// One thing that may be done without asking.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Auto {
    /// The rule whose finding starts it.
    pub rule: String,
    /// The action.
    pub action: String,
    /// How often in one run.
    #[serde(default = "once")]
    pub max_per_run: usize,
    /// The lowest severity of the finding; high where nothing is said.
    #[serde(default)]
    min_severity: Option<String>,
    /// The accounts in which it may happen; none means all.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Whether an identity may be taken out.
    #[serde(default)]
    pub allow_identity: bool,
    /// How old the finding's last event may be; an hour where nothing is said.
    #[serde(default)]
    max_event_age: Option<String>,
    /// The bucket that an access log goes to, which AWS does not keep.
    #[serde(default)]
    pub target_bucket: Option<String>,
    /// What its objects begin with.
    #[serde(default)]
    pub prefix: Option<String>,
}

impl Auto {
    /// The lowest severity of the finding.
    pub fn severity(&self) -> Result<Severity, String> {
        let level = self.min_severity.as_deref();
        level.map_or(Ok(Severity::High), |level| {
            level
                .parse()
                .map_err(|_| format!("min-severity: {level:?} is no severity"))
        })
    }

    /// How old the finding's last event may be, in nanoseconds.
    pub fn age(&self) -> Result<i64, String> {
        let age = self.max_event_age.as_deref();
        age.map_or(Ok(HOUR), |age| {
            duration(age).map_err(|reason| format!("max-event-age: {reason}"))
        })
    }
}

fn once() -> usize {
    1
}

/// What may ever run alone: it can be taken back, or takes nothing away.
pub const AUTOMATIC: [&str; 6] = [
    "start-logging",
    "make-snapshot-private",
    "cancel-key-deletion",
    "deactivate-key",
    "restore-bucket-logging",
    "disable-user",
];

impl Settings {
    /// Reads the section, which comes as JSON text.
    pub fn parse(text: Option<&str>) -> Result<Settings, String> {
        let Some(text) = text else {
            return Ok(Settings::default());
        };
        let settings: Settings = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for auto in &settings.auto {
            if !AUTOMATIC.contains(&auto.action.as_str()) {
                let known = AUTOMATIC.join(", ");
                return Err(format!(
                    "{:?} never runs alone: one of {known}",
                    auto.action
                ));
            }
            auto.severity()?;
            auto.age()?;
            if auto.action == "restore-bucket-logging" && auto.target_bucket.is_none() {
                return Err(
                    "restore-bucket-logging runs alone only with target-bucket: where the log went is not kept"
                        .to_owned(),
                );
            }
            if auto.action == "disable-user" && !auto.allow_identity {
                return Err(
                    "disable-user takes a person out: allow-identity: true says so".to_owned(),
                );
            }
        }
        Ok(settings)
    }

    /// What is protected; `inputs` are what the logs are read from.
    pub fn protected(&self, inputs: &[String]) -> Protected {
        let mut log_access = self.guard.log_access.clone();
        for input in inputs {
            // A bucket that the logs lie in is known by its name.
            if let Some((_, rest)) = input.split_once("://") {
                let name = rest.split('/').next().unwrap_or_default();
                log_access.extend([name.to_owned(), format!("arn:aws:s3:::{name}")]);
            }
        }
        log_access.retain(|name| !name.is_empty());
        Protected {
            break_glass: self.guard.break_glass.clone(),
            tags: self.guard.tags.clone(),
            accounts: self.guard.accounts.clone(),
            namespaces: self.guard.namespaces.clone(),
            log_access,
        }
    }

    /// How much may be done.
    pub fn limits(&self) -> Limits {
        let standard = Limits::default();
        Limits {
            targets: self.limits.targets.unwrap_or(standard.targets),
            per_hour: self.limits.per_hour.unwrap_or(standard.per_hour),
            reach: self.limits.blast.unwrap_or(standard.reach),
            approvers: self.approvers.unwrap_or(standard.approvers),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_run_alone_is_an_error() {
        let parse = |text: &str| Settings::parse(Some(text));
        let all = r#"{"guard": {"break-glass": ["arn:*"]}, "limits": {"targets": 3, "per-hour": 2, "blast": "low"},
            "approvers": 2, "auto": [{"rule": "aws-cloudtrail-stopped", "action": "start-logging"}]}"#;
        let settings = parse(all).expect("all of it");
        assert_eq!(
            settings.limits(),
            Limits {
                targets: 3,
                per_hour: 2,
                reach: Reach::Low,
                approvers: 2
            }
        );
        assert_eq!(settings.auto[0].max_per_run, 1);
        let inputs = ["s3://logs/prefix".to_owned()];
        assert_eq!(
            settings.protected(&inputs).log_access,
            ["logs", "arn:aws:s3:::logs"]
        );
        assert!(parse(r#"{"auto": [{"rule": "x", "action": "quarantine-role"}]}"#).is_err());
        assert!(parse(r#"{"auto": [{"rule": "x", "action": "disable-user"}]}"#).is_err());
        for wrong in [
            r#""action": "start-logging", "min-severity": "worst""#,
            r#""action": "start-logging", "max-event-age": "soon""#,
            r#""action": "restore-bucket-logging""#,
        ] {
            let text = format!(r#"{{"auto": [{{"rule": "x", {wrong}}}]}}"#);
            assert!(parse(&text).is_err(), "{wrong}");
        }
        assert!(parse(r#"{"gaurd": {}}"#).is_err());
        assert_eq!(Settings::parse(None), Ok(Settings::default()));
    }
}
