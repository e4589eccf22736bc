//! The System Log of an Okta organisation.

use std::sync::Arc;

use serde_json::Value;

use super::operations::Read;
use super::pages::{Part, Sequence, Sheet};
use super::target::Target;
use crate::net::credentials::{Boxed, okta};
use crate::net::{Client, Env, Error, Request, Response};

/// One sequence.
pub(super) fn sequences(env: &Env, target: &Target) -> Result<super::pages::Sequences, Error> {
    let endpoint = target.endpoint.clone();
    let endpoint = endpoint.unwrap_or_else(|| format!("https://{}", target.place));
    let log: Arc<dyn Sequence> = Arc::new(Log {
        client: Client::new(&endpoint, okta::auth(env, &endpoint)?)?,
    });
    Ok(vec![(String::new(), log)])
}

struct Log {
    client: Client<Read>,
}

impl Sequence for Log {
    fn page<'a>(
        &'a self,
        part: &'a Part,
        token: Option<&'a str>,
    ) -> Boxed<'a, Result<Sheet, Error>> {
        Box::pin(async move {
            let request = match token {
                Some(link) => Request::link(link),
                None => Request::new("/api/v1/logs")
                    .query("since", Part::text(part.from))
                    .query("until", Part::text(part.to))
                    .query("limit", "1000")
                    .query("sortOrder", "ASCENDING"),
            };
            let answer = self.client.send(Read::OktaLogs, &request).await?;
            let value: Value = answer.json()?;
            let empty = value.as_array().is_none_or(Vec::is_empty);
            // Whoever waits for what is to come gets a link behind an empty page, too: to itself.
            let next = next(&answer).filter(|link| !empty || token != Some(link));
            Ok(Sheet {
                empty,
                next,
                body: answer.body,
            })
        })
    }
}

/// The link to the next page.
fn next(answer: &Response) -> Option<String> {
    let all = answer.headers.get_all("link").iter();
    let links = all.filter_map(|link| link.to_str().ok());
    links
        .flat_map(|links| links.split(", "))
        .find(|link| link.contains("rel=\"next\""))
        .and_then(|link| {
            let (_, rest) = link.split_once('<')?;
            Some(rest.split_once('>')?.0.to_owned())
        })
}
