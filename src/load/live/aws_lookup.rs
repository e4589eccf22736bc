//! CloudTrail's event history: management events of ninety days, region by region.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::operations::Read;
use super::pages::{Part, Sequence, Sheet, is_empty, text};
use super::target::Target;
use super::xml;
use crate::model::time::SECOND;
use crate::net::credentials::Boxed;
use crate::net::credentials::aws::Aws;
use crate::net::{Client, Error, Request};

/// The service takes two requests a second for an account and region.
const PACE: Duration = Duration::from_millis(510);
const JSON: &str = "application/x-amz-json-1.1";

/// One sequence a region; `all` asks which ones the account has.
pub(super) async fn sequences(
    aws: Arc<Aws>,
    target: &Target,
) -> Result<super::pages::Sequences, Error> {
    let regions: Vec<String> = match &*target.place {
        "all" => regions(&aws, target).await?,
        named => named.split(',').map(str::to_owned).collect(),
    };
    let one = |region: String| {
        let endpoint = aws.endpoint("CloudTrail", "cloudtrail", &region).url;
        let endpoint = target.endpoint.clone().unwrap_or(endpoint);
        let client = Client::new(&endpoint, aws.signer("cloudtrail", &region))?;
        let lookup: Arc<dyn Sequence> = Arc::new(Lookup {
            client: client.with_pace(PACE),
        });
        Ok((region, lookup))
    };
    regions.into_iter().map(one).collect()
}

/// The regions that the account uses.
async fn regions(aws: &Arc<Aws>, target: &Target) -> Result<Vec<String>, Error> {
    let home = aws.region().unwrap_or("us-east-1").to_owned();
    let endpoint = aws.endpoint("EC2", "ec2", &home).url;
    let endpoint = target.endpoint.clone().unwrap_or(endpoint);
    let client: Client<Read> = Client::new(&endpoint, aws.signer("ec2", &home))?;
    let request =
        Request::new("/").form(&[("Action", "DescribeRegions"), ("Version", "2016-11-15")]);
    let answer = client.send(Read::Ec2Regions, &request).await?;
    let mut regions = Vec::new();
    let read = xml::walk(&answer.body, |path, text| {
        if path.ends_with("/item/regionName") {
            regions.push(text.to_owned());
        }
    });
    read.map_err(|reason| Error::Malformed {
        what: "the list of regions".to_owned(),
        reason,
    })?;
    regions.sort();
    match regions.is_empty() {
        false => Ok(regions),
        true => Err(Error::Malformed {
            what: "the list of regions".to_owned(),
            reason: "it is empty: name regions in the URL".to_owned(),
        }),
    }
}

struct Lookup {
    client: Client<Read>,
}

impl Sequence for Lookup {
    fn page<'a>(
        &'a self,
        part: &'a Part,
        token: Option<&'a str>,
    ) -> Boxed<'a, Result<Sheet, Error>> {
        Box::pin(async move {
            let mut asked = json!({
                "StartTime": Part::since(part.from, SECOND),
                "EndTime": Part::since(part.to, SECOND),
                "MaxResults": 50,
            });
            if let Some(token) = token {
                asked["NextToken"] = json!(token);
            }
            let request = Request::new("/")
                .header("content-type", JSON)
                .header("x-amz-target", "CloudTrail_20131101.LookupEvents")
                .body(asked.to_string().into_bytes());
            let answer = self.client.send(Read::CloudTrailLookup, &request).await?;
            let value: Value = answer.json()?;
            Ok(Sheet {
                empty: is_empty(&value, "Events"),
                next: text(&value, "NextToken"),
                body: answer.body,
            })
        })
    }
}
