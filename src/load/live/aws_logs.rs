//! Log groups of CloudWatch Logs: the audit log of EKS, and trails that are sent there.

use std::sync::Arc;

use serde_json::{Value, json};

use super::operations::Read;
use super::pages::{Part, Sequence, Sheet, is_empty, text};
use super::target::Target;
use crate::net::credentials::Boxed;
use crate::net::credentials::aws::Aws;
use crate::net::{Client, Error, Request};

const JSON: &str = "application/x-amz-json-1.1";
const MILLISECOND: i64 = 1_000_000;

/// One sequence a region.
pub(super) fn sequences(aws: Arc<Aws>, target: &Target) -> Result<super::pages::Sequences, Error> {
    let mut regions = target.regions.clone();
    if regions.is_empty() {
        let own = aws.region().ok_or_else(|| Error::Credentials {
            provider: "AWS",
            reason: "no region: set AWS_REGION, or write ?region= behind the group".to_owned(),
        })?;
        regions.push(own.to_owned());
    }
    let one = |region: String| {
        let endpoint = aws.endpoint("CloudWatch Logs", "logs", &region).url;
        let endpoint = target.endpoint.clone().unwrap_or(endpoint);
        let group: Arc<dyn Sequence> = Arc::new(Group {
            client: Client::new(&endpoint, aws.signer("logs", &region))?,
            group: target.place.clone(),
        });
        Ok((region, group))
    };
    regions.into_iter().map(one).collect()
}

struct Group {
    client: Client<Read>,
    group: String,
}

impl Sequence for Group {
    fn page<'a>(
        &'a self,
        part: &'a Part,
        token: Option<&'a str>,
    ) -> Boxed<'a, Result<Sheet, Error>> {
        Box::pin(async move {
            // Both bounds belong to what is asked for; the upper one is the next stretch's.
            let mut asked = json!({
                "logGroupName": self.group,
                "startTime": Part::since(part.from, MILLISECOND),
                "endTime": Part::since(part.to, MILLISECOND).saturating_sub(1),
                "limit": 10_000,
            });
            if let Some(token) = token {
                asked["nextToken"] = json!(token);
            }
            let request = Request::new("/")
                .header("content-type", JSON)
                .header("x-amz-target", "Logs_20140328.FilterLogEvents")
                .body(asked.to_string().into_bytes());
            let answer = self.client.send(Read::LogsFilter, &request).await?;
            let value: Value = answer.json()?;
            Ok(Sheet {
                empty: is_empty(&value, "events"),
                next: text(&value, "nextToken"),
                body: answer.body,
            })
        })
    }
}
