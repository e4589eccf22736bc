//! The way to a cluster: kubeconfig, exec plugins and in-cluster credentials as every client reads
//! them.

use std::collections::BTreeMap;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use crate::net::block_on;
use crate::respond::request::{Lost, Request, Response};

/// A cluster.
pub struct Cluster {
    client: Client,
    /// Its address, which is what it is known by.
    pub name: String,
}

impl Cluster {
    /// The cluster that the environment points at, or the one at an address.
    pub fn connect(endpoint: Option<&str>) -> Result<Cluster, String> {
        let connected = block_on(async {
            let mut config = match Kubeconfig::read() {
                Ok(file) => Config::from_custom_kubeconfig(file, &KubeConfigOptions::default())
                    .await
                    .map_err(|error| error.to_string())?,
                Err(_) => Config::infer().await.map_err(|error| error.to_string())?,
            };
            if let Some(url) = endpoint {
                config.cluster_url = url.parse().map_err(|_| format!("{url:?} is no address"))?;
            }
            let name = config.cluster_url.to_string();
            let client = Client::try_from(config).map_err(|error| error.to_string())?;
            Ok::<_, String>(Cluster { client, name })
        });
        connected?
    }

    /// Sends one request once.
    pub fn send(&self, request: &Request) -> Result<Response, Lost> {
        let mut draft = http::Request::builder()
            .method(request.method)
            .uri(&request.path);
        for (name, value) in &request.headers {
            draft = draft.header(*name, value);
        }
        let body = kube::client::Body::from(request.body.clone());
        let draft = draft
            .body(body)
            .map_err(|error| Lost::Unreachable(error.to_string()))?;
        let client = self.client.clone();
        let sent = block_on(async move {
            let answer = client.send(draft).await.map_err(|error| lost(&error))?;
            let (parts, body) = answer.into_parts();
            let body = body.collect_bytes().await;
            let body = body.map_err(|error| Lost::Unanswered(error.to_string()))?;
            let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            };
            let headers: BTreeMap<String, String> =
                parts.headers.iter().filter_map(header).collect();
            Ok(Response {
                status: parts.status.as_u16(),
                headers,
                body: body.to_vec(),
            })
        });
        sent.map_err(Lost::Unreachable)?
    }
}

fn lost(error: &kube::Error) -> Lost {
    let text = error.to_string();
    match error {
        kube::Error::Auth(_) => Lost::Credentials(text),
        // Whether it arrived is not told.
        _ => Lost::Unanswered(text),
    }
}
