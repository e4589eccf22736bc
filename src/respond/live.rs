//! The way to the real providers: where each service is asked, and who signs.
//!
//! Enters a request of this part of the program; leaves its answer. Everything about credentials,
//! signatures and broken lines is the network client's; a change is never sent again here.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::net::credentials::aws::Aws;
use crate::net::credentials::scaleway::Scaleway;
use crate::net::credentials::{Auth, azure, gcp, ovh};
use crate::net::{self, Client, Env, Error, Method, Operation, Retry, block_on};

use super::aws::iam::Iam;
use super::cloud::Place;
use super::kubernetes::live::Cluster;
use super::operation::Wire;
use super::provider::Provider;
use super::reason::{Reason, Refused};
use super::request::{Lost, Request, Response, Transport};

/// One request, as the client wants it.
#[derive(Clone, Copy, Debug)]
struct Sent {
    name: &'static str,
    method: &'static str,
    changes: bool,
}

impl Operation for Sent {
    fn name(self) -> &'static str {
        self.name
    }

    fn method(self) -> Method {
        match self.method {
            "GET" => Method::GET,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            _ => Method::POST,
        }
    }

    fn permission(self) -> &'static str {
        ""
    }

    fn repeatable(self) -> bool {
        !self.changes
    }
}

/// Once more after a broken line; the rest of the patience is the cloud's.
fn patience() -> Retry {
    Retry {
        attempts: 2,
        ..Retry::default()
    }
}

/// A provider over the network.
pub struct Live {
    provider: Provider,
    region: Option<String>,
    endpoint: Option<String>,
    aws: Option<Arc<Aws>>,
    cluster: Option<Cluster>,
    env: Env,
    clients: RefCell<BTreeMap<&'static str, Client<Sent>>>,
}

impl Live {
    /// The provider as the environment and the profiles describe it. What the place leaves open is
    /// filled in from there.
    pub fn connect(
        provider: Provider,
        place: &mut Place,
        endpoint: Option<&str>,
    ) -> Result<Live, Refused> {
        let wrong = |reason: String| Refused::new(Reason::Credentials, reason);
        let mut live = Live {
            provider,
            region: None,
            endpoint: endpoint.map(str::to_owned),
            aws: None,
            cluster: None,
            env: Env::process(),
            clients: RefCell::default(),
        };
        match provider {
            Provider::Aws => {
                let aws = block_on(Aws::profiled(place.profile.as_deref())).map_err(wrong)?;
                place.region = place
                    .region
                    .take()
                    .or_else(|| aws.region().map(str::to_owned));
                live.aws = Some(aws);
            }
            Provider::Scaleway => {
                let found = Scaleway::find(&live.env).map_err(|error| wrong(error.to_string()))?;
                place.region = place
                    .region
                    .take()
                    .or_else(|| live.env.get("SCW_DEFAULT_ZONE"));
                place.project = place.project.take().or(found.organization);
                place.key = found.access_key.map(|key| key.expose().to_owned());
            }
            Provider::Gcp => {
                let names = [
                    "GOOGLE_CLOUD_PROJECT",
                    "CLOUDSDK_CORE_PROJECT",
                    "GCLOUD_PROJECT",
                ];
                let named = names.iter().find_map(|name| live.env.get(name));
                place.project = place.project.take().or(named);
            }
            Provider::Azure => {
                let named = live.env.get("AZURE_SUBSCRIPTION_ID");
                place.project = place.project.take().or(named);
                place.key = live.env.get("AZURE_CLIENT_ID");
            }
            Provider::Ovh => {}
            Provider::Kubernetes => {
                let cluster = Cluster::connect(endpoint)
                    .map_err(|reason| Refused::new(Reason::Credentials, reason))?;
                place.account = place.account.take().or_else(|| Some(cluster.name.clone()));
                live.cluster = Some(cluster);
            }
        }
        live.region = place.region.clone();
        Ok(live)
    }

    /// An endpoint that is neither the provider's nor on this machine.
    pub fn foreign_endpoint(&self) -> Option<String> {
        let mut urls: Vec<String> = self.endpoint.iter().cloned().collect();
        if let Some(aws) = &self.aws {
            let services = [
                "IAM",
                "STS",
                "EC2",
                "RDS",
                "CloudTrail",
                "KMS",
                "Organizations",
                "S3",
                "GuardDuty",
                "Lambda",
                "SSO Admin",
            ];
            let found = services.iter().map(|id| aws.endpoint(id, "x", "us-east-1"));
            urls.extend(
                found
                    .filter(|endpoint| endpoint.redirected)
                    .map(|endpoint| endpoint.url),
            );
        }
        urls.extend(
            self.env
                .get("SCW_API_URL")
                .filter(|_| self.provider == Provider::Scaleway),
        );
        urls.into_iter().find(|url| !is_loopback(url))
    }

    fn client(&self, service: &'static str) -> Result<Client<Sent>, Lost> {
        if let Some(client) = self.clients.borrow().get(service) {
            return Ok(client.clone());
        }
        let lost = |error: Error| match error {
            Error::Credentials { .. } => Lost::Credentials(error.to_string()),
            error => Lost::Unreachable(error.to_string()),
        };
        let (url, auth) = self.address(service).map_err(lost)?;
        let url = self.endpoint.clone().unwrap_or(url);
        let client = Client::new(&url, auth)
            .map_err(lost)?
            .with_retry(patience());
        self.clients.borrow_mut().insert(service, client.clone());
        Ok(client)
    }

    fn address(&self, service: &'static str) -> Result<(String, Arc<dyn Auth>), Error> {
        let own = |url: &str| url.to_owned();
        match self.provider {
            Provider::Aws => self.aws_address(service),
            Provider::Azure => {
                let url = match service {
                    "graph" => "https://graph.microsoft.com",
                    _ => "https://management.azure.com",
                };
                Ok((
                    own(url),
                    azure::auth(&self.env, None, &format!("{url}/.default"))?,
                ))
            }
            Provider::Gcp => {
                let host = if service == "crm" {
                    "cloudresourcemanager"
                } else {
                    service
                };
                // People are the directory's: its scopes are delegated apart from the cloud's.
                let scope = match service {
                    "admin" => {
                        "https://www.googleapis.com/auth/admin.directory.user https://www.googleapis.com/auth/admin.directory.user.security"
                    }
                    _ => {
                        "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email"
                    }
                };
                Ok((
                    format!("https://{host}.googleapis.com"),
                    gcp::auth(&self.env, scope)?,
                ))
            }
            Provider::Scaleway => {
                let found = Scaleway::find(&self.env)?;
                Ok((found.endpoint.clone(), found.auth()))
            }
            Provider::Ovh => ovh::find(&self.env),
            Provider::Kubernetes => Err(Error::Malformed {
                what: "a cluster".to_owned(),
                reason: "it is asked in another way".to_owned(),
            }),
        }
    }

    fn aws_address(&self, service: &'static str) -> Result<(String, Arc<dyn Auth>), Error> {
        let Some(aws) = &self.aws else {
            return Err(Error::Credentials {
                provider: "AWS",
                reason: "not loaded".to_owned(),
            });
        };
        let region = self
            .region
            .clone()
            .unwrap_or_else(|| "us-east-1".to_owned());
        let id = match service {
            "sts" => "STS",
            "ec2" => "EC2",
            "rds" => "RDS",
            "cloudtrail" => "CloudTrail",
            "kms" => "KMS",
            "organizations" => "Organizations",
            "guardduty" => "GuardDuty",
            "lambda" => "Lambda",
            "sso" => "SSO Admin",
            _ => "S3",
        };
        let region = match service {
            "organizations" => home(&region),
            _ => region.as_str(),
        };
        let found = aws.endpoint(id, service, region);
        Ok((found.url, aws.signer(service, region)))
    }
}

impl Transport for Live {
    fn send(&self, request: &Request) -> Result<Response, Lost> {
        if let Some(cluster) = &self.cluster {
            return cluster.send(request);
        }
        let operation = request.operation();
        let sent = Sent {
            name: operation.name,
            method: request.method,
            changes: request.changes(),
        };
        if let (Wire::Sdk, Some(aws)) = (operation.wire, &self.aws) {
            let iam = Iam {
                aws,
                endpoint: self.endpoint.as_deref(),
                region: home(self.region.as_deref().unwrap_or_default()),
                retry: patience(),
            };
            return answer(block_on(iam.send(sent, request)));
        }
        let client = self.client(operation.service())?;
        let mut draft = net::Request::new(request.path.clone()).body(request.body.clone());
        for (name, value) in &request.headers {
            draft = draft.header(name, value.clone());
        }
        answer(block_on(client.send(sent, &draft)).map(|sent| sent.map(whole)))
    }
}

/// Where services without regions are asked, and signed for.
fn home(region: &str) -> &str {
    match region {
        region if region.starts_with("cn-") => "cn-north-1",
        region if region.starts_with("us-gov-") => "us-gov-west-1",
        region if region.starts_with("us-iso") || region.starts_with("eusc-") => region,
        _ => "us-east-1",
    }
}

fn whole(answer: net::Response) -> Response {
    let headers = answer.headers.iter();
    let header = headers.filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    Response {
        status: answer.status,
        headers: header.collect(),
        body: answer.body,
    }
}

fn answer(sent: Result<Result<Response, Error>, String>) -> Result<Response, Lost> {
    match sent.map_err(Lost::Unreachable)? {
        Ok(answer) => Ok(answer),
        Err(Error::Status {
            status,
            code,
            message,
            ..
        }) => {
            let body = serde_json::json!({"code": code, "message": message});
            Ok(Response {
                status,
                headers: BTreeMap::new(),
                body: body.to_string().into_bytes(),
            })
        }
        Err(error @ Error::Credentials { .. }) => Err(Lost::Credentials(error.to_string())),
        Err(error) if error.is_unknown() => Err(Lost::Unanswered(error.to_string())),
        Err(error) => Err(Lost::Unreachable(error.to_string())),
    }
}

/// Whether an address is on this machine.
pub fn is_loopback(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else {
        return false;
    };
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            let host = host.trim_matches(['[', ']']);
            host.parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for (url, want) in [
            ("http://127.0.0.1:5000", true),
            ("http://[::1]:5000", true),
            ("http://localhost:5000", true),
            ("http://localhost.example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://user@192.0.2.1", false),
            ("nonsense", false),
        ] {
            assert_eq!(is_loopback(url), want, "{url}");
        }
    }
}
