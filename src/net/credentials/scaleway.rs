//! Scaleway: a secret key from the environment or the profile of its own tool.

use std::path::PathBuf;
use std::sync::Arc;

use yaml_serde::Value;

use super::Auth;
use super::file;
use super::token::Fixed;
use crate::net::env::Env;
use crate::net::error::Error;
use crate::net::secret::Secret;

const PROVIDER: &str = "Scaleway";
const API: &str = "https://api.scaleway.com";

/// What the environment and the profile say.
#[derive(Clone, Debug)]
pub struct Scaleway {
    /// Where to ask.
    pub endpoint: String,
    /// The secret key.
    pub secret_key: Secret,
    /// The id that belongs to it; object storage wants both.
    pub access_key: Option<Secret>,
    /// The organisation.
    pub organization: Option<String>,
    /// The project.
    pub project: Option<String>,
    /// The region.
    pub region: Option<String>,
}

impl Scaleway {
    /// Looks it up: variables stand over the profile.
    ///
    /// # Errors
    /// When there is no secret key.
    pub fn find(env: &Env) -> Result<Scaleway, Error> {
        let path = env.get("SCW_CONFIG_PATH").map(PathBuf::from);
        let path = path.or_else(|| env.config("scw/config.yaml"));
        let text = match &path {
            Some(path) => file::read(PROVIDER, path)?,
            None => None,
        };
        let wrong = |reason: String| Error::Credentials {
            provider: PROVIDER,
            reason,
        };
        let profile = match text {
            Some(text) => {
                let all: Value = yaml_serde::from_str(&text)
                    .map_err(|error| wrong(format!("the profile file: {error}")))?;
                let name = env.get("SCW_PROFILE");
                let name = name.or_else(|| word(&all, "active_profile"));
                let chosen = name.and_then(|name| all.get("profiles")?.get(&*name).cloned());
                // A profile lays its own values over those at the top.
                [chosen.unwrap_or_default(), all]
            }
            None => [Value::Null, Value::Null],
        };
        let find = |variable: &str, key: &str| {
            env.get(variable)
                .or_else(|| profile.iter().find_map(|place| word(place, key)))
        };
        let secret_key = find("SCW_SECRET_KEY", "secret_key")
            .ok_or_else(|| wrong("set SCW_SECRET_KEY, or run `scw init`".to_owned()))?;
        Ok(Scaleway {
            endpoint: find("SCW_API_URL", "api_url").unwrap_or_else(|| API.to_owned()),
            secret_key: Secret::new(secret_key),
            access_key: find("SCW_ACCESS_KEY", "access_key").map(Secret::new),
            organization: find("SCW_DEFAULT_ORGANIZATION_ID", "default_organization_id"),
            project: find("SCW_DEFAULT_PROJECT_ID", "default_project_id"),
            region: find("SCW_DEFAULT_REGION", "default_region"),
        })
    }

    /// What signs.
    pub fn auth(&self) -> Arc<dyn Auth> {
        Arc::new(Fixed {
            name: "x-auth-token",
            value: self.secret_key.clone(),
        })
    }
}

fn word(place: &Value, key: &str) -> Option<String> {
    let word = place.get(key)?.as_str()?;
    (!word.is_empty()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_stand_over_the_profile() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.yaml");
        let text = "secret_key: top\ndefault_region: fr-par\nactive_profile: audit\nprofiles:\n  audit:\n    secret_key: own\n    default_organization_id: org\n";
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        let found = Scaleway::find(&Env::of(&[("SCW_CONFIG_PATH", file)])).unwrap();
        assert_eq!(found.secret_key.expose(), "own");
        assert_eq!(found.organization.as_deref(), Some("org"));
        assert_eq!(found.region.as_deref(), Some("fr-par"));
        assert_eq!(found.endpoint, API);
        let both = [
            ("SCW_CONFIG_PATH", file),
            ("SCW_SECRET_KEY", "typed"),
            ("SCW_API_URL", "http://127.0.0.1:1"),
        ];
        let found = Scaleway::find(&Env::of(&both)).unwrap();
        assert_eq!(found.secret_key.expose(), "typed");
        assert_eq!(found.endpoint, "http://127.0.0.1:1");
        let none = Scaleway::find(&Env::of(&[])).unwrap_err().to_string();
        assert!(none.contains("SCW_SECRET_KEY"), "{none}");
    }
}
