//! The Activity Log of a subscription.

use std::sync::Arc;

use serde_json::Value;

use super::operations::Read;
use super::pages::{Part, Sequence, Sheet, is_empty, text};
use super::target::Target;
use crate::net::credentials::{Boxed, azure};
use crate::net::{Client, Env, Error, Request};

/// Where another cloud's resource manager is.
pub(super) const ENDPOINT: &str = "AZURE_RESOURCE_MANAGER_ENDPOINT";

/// The address of a service in the cloud that tokens come from.
pub(super) fn of_cloud(env: &Env, public: &str, us: &str, china: &str) -> String {
    let authority = env.get("AZURE_AUTHORITY_HOST").unwrap_or_default();
    match authority {
        host if host.contains("microsoftonline.us") => us,
        host if host.contains("chinacloudapi.cn") => china,
        _ => public,
    }
    .to_owned()
}

/// One sequence.
pub(super) fn sequences(env: &Env, target: &Target) -> Result<super::pages::Sequences, Error> {
    let usual = of_cloud(
        env,
        "https://management.azure.com",
        "https://management.usgovcloudapi.net",
        "https://management.chinacloudapi.cn",
    );
    let endpoint = target.endpoint.clone().or_else(|| env.get(ENDPOINT));
    let endpoint = endpoint.unwrap_or_else(|| usual.clone());
    // Tokens are made out to the cloud, whoever stands in for it.
    let auth = azure::auth(env, None, &format!("{usual}/.default"))?;
    let activity: Arc<dyn Sequence> = Arc::new(Activity {
        client: Client::new(&endpoint, auth)?,
        subscription: target.place.clone(),
    });
    Ok(vec![(String::new(), activity)])
}

struct Activity {
    client: Client<Read>,
    subscription: String,
}

impl Sequence for Activity {
    fn page<'a>(
        &'a self,
        part: &'a Part,
        token: Option<&'a str>,
    ) -> Boxed<'a, Result<Sheet, Error>> {
        Box::pin(async move {
            let request = match token {
                Some(link) => Request::link(link),
                None => Request::new(format!(
                    "/subscriptions/{}/providers/microsoft.insights/eventtypes/management/values",
                    Request::escape(&self.subscription)
                ))
                .query("api-version", "2015-04-01")
                .query(
                    "$filter",
                    format!(
                        "eventTimestamp ge '{}' and eventTimestamp le '{}'",
                        Part::text(part.from),
                        Part::text(part.to)
                    ),
                ),
            };
            let answer = self.client.send(Read::AzureActivity, &request).await?;
            let value: Value = answer.json()?;
            Ok(Sheet {
                empty: is_empty(&value, "value"),
                next: text(&value, "nextLink"),
                body: answer.body,
            })
        })
    }
}
