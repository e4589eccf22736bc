//! The Audit Trail of a Scaleway organisation: three kinds of events in every region.

use std::sync::Arc;

use serde_json::Value;

use super::operations::Read;
use super::pages::{Part, Sequence, Sheet, is_empty, text};
use super::target::Target;
use crate::net::credentials::Boxed;
use crate::net::credentials::scaleway::Scaleway;
use crate::net::{Client, Env, Error, Request};

/// Where the Audit Trail is kept.
const REGIONS: [&str; 2] = ["fr-par", "nl-ams"];
const KINDS: [&str; 3] = ["authentication-events", "events", "system-events"];

/// A sequence a region and kind.
pub(super) fn sequences(env: &Env, target: &Target) -> Result<super::pages::Sequences, Error> {
    let own = Scaleway::find(env)?;
    let endpoint = target.endpoint.as_ref().unwrap_or(&own.endpoint);
    let client: Client<Read> = Client::new(endpoint, own.auth())?;
    let named = target.regions.iter().map(String::as_str);
    let mut regions: Vec<&str> = named.collect();
    if regions.is_empty() {
        regions.extend(REGIONS);
    }
    let mut all: super::pages::Sequences = Vec::new();
    for region in regions {
        for kind in KINDS {
            let region = Request::escape(region);
            let events = Events {
                client: client.clone(),
                path: format!("/audit-trail/v1alpha1/regions/{region}/{kind}"),
                organization: target.place.clone(),
            };
            all.push((format!("{region}/{kind}"), Arc::new(events)));
        }
    }
    Ok(all)
}

struct Events {
    client: Client<Read>,
    path: String,
    organization: String,
}

impl Sequence for Events {
    fn page<'a>(
        &'a self,
        part: &'a Part,
        token: Option<&'a str>,
    ) -> Boxed<'a, Result<Sheet, Error>> {
        Box::pin(async move {
            let mut request = Request::new(self.path.clone())
                .query("organization_id", &self.organization)
                .query("recorded_after", Part::text(part.from))
                .query("recorded_before", Part::text(part.to))
                .query("order_by", "recorded_at_asc")
                .query("page_size", "1000");
            if let Some(token) = token {
                request = request.query("page_token", token);
            }
            let answer = self.client.send(Read::ScalewayEvents, &request).await?;
            let value: Value = answer.json()?;
            Ok(Sheet {
                empty: is_empty(&value, "events"),
                next: text(&value, "next_page_token"),
                body: answer.body,
            })
        })
    }
}
