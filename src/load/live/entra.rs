//! Audit and sign-in logs of an Entra tenant, by Microsoft Graph.

use std::sync::Arc;

use serde_json::Value;

use super::azure_activity::of_cloud;
use super::operations::Read;
use super::pages::{Part, Sequence, Sheet, is_empty, text};
use super::target::Target;
use crate::net::credentials::{Boxed, azure};
use crate::net::{Client, Env, Error, Request};

/// Sign-ins that no person made are told apart by the newer version of the service alone.
const OTHERS: &str = "signInEventTypes/any(t: t eq 'nonInteractiveUser' or t eq \
                      'servicePrincipal' or t eq 'managedIdentity')";

/// A sequence a kind of log.
pub(super) fn sequences(env: &Env, target: &Target) -> Result<super::pages::Sequences, Error> {
    let usual = of_cloud(
        env,
        "https://graph.microsoft.com",
        "https://graph.microsoft.us",
        "https://microsoftgraph.chinacloudapi.cn",
    );
    let endpoint = target.endpoint.clone().unwrap_or_else(|| usual.clone());
    let auth = azure::auth(env, Some(&target.place), &format!("{usual}/.default"))?;
    let client: Client<Read> = Client::new(&endpoint, auth)?;
    let log = |name: &str, path: &'static str, time: &'static str, more: &'static str| {
        let log: Arc<dyn Sequence> = Arc::new(Log {
            client: client.clone(),
            path,
            time,
            more,
        });
        (name.to_owned(), log)
    };
    Ok(vec![
        log(
            "directoryAudits",
            "/v1.0/auditLogs/directoryAudits",
            "activityDateTime",
            "",
        ),
        log("signIns", "/v1.0/auditLogs/signIns", "createdDateTime", ""),
        log(
            "signIns-others",
            "/beta/auditLogs/signIns",
            "createdDateTime",
            OTHERS,
        ),
    ])
}

struct Log {
    client: Client<Read>,
    path: &'static str,
    time: &'static str,
    more: &'static str,
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
                None => {
                    let (time, from, to) = (self.time, Part::text(part.from), Part::text(part.to));
                    let mut filter = format!("{time} ge {from} and {time} lt {to}");
                    if !self.more.is_empty() {
                        filter = format!("{filter} and {}", self.more);
                    }
                    Request::new(self.path)
                        .query("$filter", filter)
                        .query("$top", "1000")
                }
            };
            let answer = self.client.send(Read::GraphLogs, &request).await?;
            let value: Value = answer.json()?;
            Ok(Sheet {
                empty: is_empty(&value, "value"),
                next: text(&value, "@odata.nextLink"),
                body: answer.body,
            })
        })
    }
}
