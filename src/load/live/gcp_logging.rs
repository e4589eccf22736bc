//! Cloud Logging: the audit logs of a project, folder, organisation or of a view.

use std::sync::Arc;

use serde_json::{Value, json};

use super::operations::Read;
use super::pages::{Part, Sequence, Sheet, is_empty, text};
use super::target::Target;
use crate::net::credentials::{Boxed, gcp};
use crate::net::{Client, Env, Error, Request};

/// The variable of the vendor's own tool.
pub(super) const ENDPOINT: &str = "CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING";
const SCOPE: &str = "https://www.googleapis.com/auth/logging.read";
const LOGS: [&str; 5] = [
    "activity",
    "data_access",
    "system_event",
    "policy",
    "access_transparency",
];

/// One sequence.
pub(super) fn sequences(env: &Env, target: &Target) -> Result<super::pages::Sequences, Error> {
    let endpoint = target.endpoint.clone().or_else(|| env.get(ENDPOINT));
    let endpoint = endpoint.unwrap_or_else(|| "https://logging.googleapis.com".to_owned());
    let entries: Arc<dyn Sequence> = Arc::new(Entries {
        client: Client::new(&endpoint, gcp::auth(env, SCOPE)?)?,
        resource: target.place.clone(),
    });
    Ok(vec![(String::new(), entries)])
}

struct Entries {
    client: Client<Read>,
    resource: String,
}

impl Entries {
    fn filter(&self, part: &Part) -> String {
        let parts: Vec<&str> = self.resource.split('/').collect();
        let log = |log: &&str| match parts.as_slice() {
            // A whole name is found faster; a view holds the logs of many.
            [_, _] => format!(
                "logName=\"{}/logs/cloudaudit.googleapis.com%2F{log}\"",
                self.resource
            ),
            _ => format!("log_id(\"cloudaudit.googleapis.com/{log}\")"),
        };
        let logs: Vec<String> = LOGS.iter().map(log).collect();
        format!(
            "({}) AND timestamp>=\"{}\" AND timestamp<\"{}\"",
            logs.join(" OR "),
            Part::text(part.from),
            Part::text(part.to)
        )
    }
}

impl Sequence for Entries {
    fn page<'a>(
        &'a self,
        part: &'a Part,
        token: Option<&'a str>,
    ) -> Boxed<'a, Result<Sheet, Error>> {
        Box::pin(async move {
            let mut asked = json!({
                "resourceNames": [self.resource],
                "filter": self.filter(part),
                "orderBy": "timestamp asc",
                "pageSize": 1000,
            });
            if let Some(token) = token {
                asked["pageToken"] = json!(token);
            }
            let request = Request::new("/v2/entries:list").json(&asked);
            let answer = self.client.send(Read::GcpEntries, &request).await?;
            let value: Value = answer.json()?;
            Ok(Sheet {
                empty: is_empty(&value, "entries"),
                next: text(&value, "nextPageToken"),
                body: answer.body,
            })
        })
    }
}
