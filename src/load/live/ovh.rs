//! OVHcloud's audit logs, where its Logs Data Platform keeps them: a search in an alias.

use std::sync::Arc;

use serde_json::{Value, json};

use super::operations::Read;
use super::pages::{Part, Sequence, Sheet};
use super::target::Target;
use crate::net::credentials::{Boxed, ovh};
use crate::net::{Client, Env, Error, Request};

/// Hits of one page.
const HITS: usize = 1000;

/// One sequence.
pub(super) fn sequences(env: &Env, target: &Target) -> Result<super::pages::Sequences, Error> {
    let (cluster, alias) = target.split();
    let host = match cluster.contains('.') {
        true => cluster.to_owned(),
        false => format!("{cluster}.logs.ovh.com:9200"),
    };
    let endpoint = target.endpoint.clone();
    let endpoint = endpoint.unwrap_or_else(|| format!("https://{host}"));
    let search: Arc<dyn Sequence> = Arc::new(Search {
        client: Client::new(&endpoint, ovh::logs(env)?)?,
        path: format!("/{}/_search", Request::escape(alias)),
    });
    Ok(vec![(String::new(), search)])
}

struct Search {
    client: Client<Read>,
    path: String,
}

impl Sequence for Search {
    fn page<'a>(
        &'a self,
        part: &'a Part,
        token: Option<&'a str>,
    ) -> Boxed<'a, Result<Sheet, Error>> {
        Box::pin(async move {
            let mut asked = json!({
                "size": HITS,
                "query": {"range": {"timestamp": {
                    "gte": Part::text(part.from), "lt": Part::text(part.to),
                }}},
                "sort": [{"timestamp": "asc"}, {"_id": "asc"}],
            });
            let after: Option<Value> = token.and_then(|token| serde_json::from_str(token).ok());
            if let Some(after) = after {
                asked["search_after"] = after;
            }
            let request = Request::new(self.path.clone()).json(&asked);
            let answer = self.client.send(Read::OvhSearch, &request).await?;
            let value: Value = answer.json()?;
            let hits = value.pointer("/hits/hits").and_then(Value::as_array);
            let hits = hits.map(Vec::as_slice).unwrap_or_default();
            // Where the last hit stands is where to go on, until there is none: a platform may hand
            // out fewer than it is asked for.
            Ok(Sheet {
                empty: hits.is_empty(),
                next: hits
                    .last()
                    .and_then(|hit| Some(hit.get("sort")?.to_string())),
                body: answer.body,
            })
        })
    }
}
