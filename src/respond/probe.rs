//! Questions whose answers are states: asked before a call, after it, and before its undo.
//!
//! Enter a probe of a plan, perhaps one out of a journal; leaves the state, `null` where the thing
//! is not there. The same question always gives the same form, so that states can be compared.

use serde_json::Value;

use super::cloud::Cloud;
use super::plan::Probe;
use super::provider::Provider;
use super::trouble::{Kind, Trouble};

/// The question that nobody can answer: what a call did is not to be seen.
pub const UNSEEN: &str = "unseen";

/// Asks.
pub fn ask(cloud: &Cloud<'_>, probe: &Probe) -> Result<Value, Trouble> {
    let params = &probe.params;
    let answer = match cloud.provider {
        Provider::Aws => super::aws::probe(cloud, &probe.name, params),
        Provider::Azure => super::azure::probe(cloud, &probe.name, params),
        Provider::Gcp => super::gcp::probe(cloud, &probe.name, params),
        Provider::Scaleway => super::scaleway::probe(cloud, &probe.name, params),
        Provider::Ovh => super::ovh::probe(cloud, &probe.name, params),
        Provider::Kubernetes => super::kubernetes::probe(cloud, &probe.name, params),
    };
    match answer {
        Err(trouble) if trouble.kind == Kind::NotFound => Ok(Value::Null),
        answer => answer,
    }
}

/// A probe that no provider's list has.
pub fn unknown(name: &str) -> Trouble {
    Trouble::bug(name, "this version does not know the question")
}
