//! The URL of a live input.
//!
//! Enters: what was typed or configured. Leaves: which provider, which place there, and what the
//! URL says about how to get there; or why it is none. Compiled always: a build without the
//! network has to recognise what it cannot do.

use std::collections::BTreeMap;

use crate::load::error::Error;
use crate::model::time::DAY;

/// What can be read live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Objects of a bucket at AWS or anybody who speaks its protocol.
    S3,
    /// CloudTrail's event history.
    AwsLookup,
    /// A group of CloudWatch Logs.
    AwsLogs,
    /// Cloud Logging.
    GcpLogging,
    /// Objects of a bucket at Google Cloud.
    Gs,
    /// The Activity Log of a subscription.
    AzureActivity,
    /// Audit and sign-in logs of an Entra tenant.
    Entra,
    /// Blobs of a storage account.
    Az,
    /// The Audit Trail of an organisation at Scaleway.
    Scaleway,
    /// An alias of OVHcloud's Logs Data Platform.
    Ovh,
    /// The System Log of an Okta organisation.
    Okta,
}

/// All of them: the word, what stands behind it, an example.
pub const SCHEMES: [(Scheme, &str, &str, &str); 11] = [
    (
        Scheme::S3,
        "s3",
        "BUCKET[/PREFIX]",
        "s3://example-trail/AWSLogs",
    ),
    (
        Scheme::AwsLookup,
        "aws-lookup",
        "REGION[,REGION]|all",
        "aws-lookup://all",
    ),
    (
        Scheme::AwsLogs,
        "aws-logs",
        "GROUP",
        "aws-logs:///aws/eks/prod/cluster",
    ),
    (
        Scheme::GcpLogging,
        "gcp-logging",
        "projects/ID, folders/ID, organizations/ID or a view",
        "gcp-logging://projects/example-project",
    ),
    (
        Scheme::Gs,
        "gs",
        "BUCKET[/PREFIX]",
        "gs://example-audit/cloudaudit.googleapis.com",
    ),
    (
        Scheme::AzureActivity,
        "azure-activity",
        "SUBSCRIPTION",
        "azure-activity://7f1d2c3b-0000-4000-8000-000000000001",
    ),
    (
        Scheme::Entra,
        "entra",
        "TENANT",
        "entra://7f1d2c3b-0000-4000-8000-000000000002",
    ),
    (
        Scheme::Az,
        "az",
        "ACCOUNT/CONTAINER[/PREFIX]",
        "az://exampleaudit/insights-activity-logs",
    ),
    (
        Scheme::Scaleway,
        "scaleway-audit",
        "ORGANIZATION",
        "scaleway-audit://7f1d2c3b-0000-4000-8000-000000000003",
    ),
    (
        Scheme::Ovh,
        "ovh-ldp",
        "CLUSTER/ALIAS",
        "ovh-ldp://gra1/example-audit",
    ),
    (Scheme::Okta, "okta", "HOST", "okta://example.okta.com"),
];

/// A place to read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whose.
    pub scheme: Scheme,
    /// As typed, without its options: how messages name it.
    pub text: String,
    /// What stands behind `://`, without slashes at its end.
    pub place: String,
    /// An address in the place of the provider's own.
    pub endpoint: Option<String>,
    /// Regions in the place of those that the environment names.
    pub regions: Vec<String>,
    /// How much later than they happened events may arrive, in nanoseconds.
    pub late: i64,
}

impl Target {
    /// Reads a URL; nothing where the text is none.
    pub fn parse(text: &str) -> Option<Result<Target, Error>> {
        let (word, rest) = text.split_once("://")?;
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if word.is_empty() || !word.chars().all(is_word) {
            return None;
        }
        Some(Target::of(text, word, rest))
    }

    fn of(text: &str, word: &str, rest: &str) -> Result<Target, Error> {
        let wrong = |reason: String| Error::Url {
            url: text.split('?').next().unwrap_or_default().to_owned(),
            reason,
        };
        let Some((scheme, _, form, _)) = SCHEMES.iter().find(|(_, known, ..)| *known == word)
        else {
            let known: Vec<&str> = SCHEMES.iter().map(|(_, known, ..)| *known).collect();
            return Err(wrong(format!("unknown input: one of {}", known.join(", "))));
        };
        // A `?` may stand in the name of an object, an `=` behind it makes it an option.
        let (place, options) = match rest.rsplit_once('?') {
            Some((place, options)) if options.contains('=') => (place, options),
            _ => (rest, ""),
        };
        let mut target = Target {
            scheme: *scheme,
            text: format!("{word}://{place}"),
            place: place.to_owned(),
            endpoint: None,
            regions: Vec::new(),
            late: DAY,
        };
        let folders = matches!(scheme, Scheme::S3 | Scheme::Gs | Scheme::Az);
        if !folders {
            target.place = place.trim_end_matches('/').to_owned();
        }
        let mut parts = target.place.split('/');
        let enough = match scheme {
            Scheme::Az | Scheme::Ovh | Scheme::GcpLogging => {
                parts.next().is_some_and(|part| !part.is_empty())
                    && parts.next().is_some_and(|part| !part.is_empty())
            }
            Scheme::AwsLogs => !target.place.is_empty(),
            _ => parts.next().is_some_and(|part| !part.is_empty()),
        };
        if !enough {
            return Err(wrong(format!("write {word}://{form}")));
        }
        let mut seen = BTreeMap::new();
        for pair in options.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if value.is_empty() || seen.insert(name, value).is_some() {
                return Err(wrong(format!("option {name:?} wants one value")));
            }
            match name {
                "endpoint" => target.endpoint = Some(value.trim_end_matches('/').to_owned()),
                "region" => target.regions = value.split(',').map(str::to_owned).collect(),
                "late" => target.late = crate::config::duration(value).map_err(&wrong)?,
                _ => {
                    let known = "one of endpoint, region, late";
                    return Err(wrong(format!("unknown option {name:?}: {known}")));
                }
            }
        }
        Ok(target)
    }

    /// The words that its files may be told apart by, the last one first needed.
    pub fn parts(&self) -> Vec<String> {
        let word = SCHEMES.iter().find(|(scheme, ..)| *scheme == self.scheme);
        let word = word.map(|(_, word, ..)| (*word).to_owned());
        let places = self.place.split('/').filter(|part| !part.is_empty());
        word.into_iter()
            .chain(places.map(|part| crate::load::name::printable(part.as_bytes())))
            .collect()
    }

    /// The first part of the place, and what stands behind it.
    pub fn split(&self) -> (&str, &str) {
        self.place.split_once('/').unwrap_or((&self.place, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme() {
        for (scheme, word, _, example) in SCHEMES {
            let target = Target::parse(example).expect("a URL").expect(example);
            assert_eq!(target.scheme, scheme);
            assert_eq!(target.parts()[0], word);
            assert_eq!(target.text, example);
        }
    }

    #[test]
    fn options() {
        let url =
            "s3://bucket/a?b/?region=eu-west-1,eu-west-2&endpoint=http://127.0.0.1:9/&late=2h";
        let target = Target::parse(url).expect("a URL").expect("a good one");
        assert_eq!(target.place, "bucket/a?b/");
        assert_eq!(target.text, "s3://bucket/a?b/");
        assert_eq!(target.split(), ("bucket", "a?b/"));
        assert_eq!(target.regions, ["eu-west-1", "eu-west-2"]);
        assert_eq!(target.endpoint.as_deref(), Some("http://127.0.0.1:9"));
        assert_eq!(target.late, DAY / 12);
    }

    #[test]
    fn what_is_none() {
        for text in ["AWSLogs/", "C://x", "a b://c", "://x", "-"] {
            assert!(Target::parse(text).is_none(), "{text}");
        }
        for text in [
            "ftp://host/file",
            "https://example.com/x",
            "s3://",
            "s3:///key",
            "az://account",
            "ovh-ldp://gra1",
            "gcp-logging://project",
            "okta://",
            "s3://b?x=1",
            "s3://b?late=soon",
            "s3://b?region=",
            "s3://b?region=a&region=b",
        ] {
            assert!(Target::parse(text).is_some_and(|it| it.is_err()), "{text}");
        }
    }
}
