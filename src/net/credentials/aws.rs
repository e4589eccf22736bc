//! AWS: the SDK's default chain, and Signature Version 4 for services that are asked without it.
//!
//! Profiles, SSO, web identity, `credential_process`, role assumption and instance roles are the
//! SDK's matter; endpoints that the user has redirected are told apart here, because they are to
//! be shown.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::service_config::ServiceConfigKey;
use reqwest::header::{HeaderName, HeaderValue};

use super::cached::Cached;
use super::{Auth, Boxed};
use crate::net::client::{CONNECT, SILENCE};
use crate::net::error::Error;
use crate::net::request::Draft;

const PROVIDER: &str = "AWS";

/// One identity and its settings.
#[derive(Debug)]
pub struct Aws {
    config: SdkConfig,
    provider: Option<SharedCredentialsProvider>,
    cached: Cached<Credentials>,
}

/// Where a service is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its address.
    pub url: String,
    /// Whether the environment or a profile put it in the place of AWS's own.
    pub redirected: bool,
}

impl Aws {
    /// What the environment and the profiles say.
    pub async fn load() -> Arc<Aws> {
        Aws::profiled(None).await
    }

    /// The same with the credentials of a profile, whatever stands in the environment.
    pub async fn profiled(name: Option<&str>) -> Arc<Aws> {
        let patience = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http())
            .timeout_config(patience);
        if let Some(name) = name {
            let of = ProfileFileCredentialsProvider::builder().profile_name(name);
            loader = loader.profile_name(name).credentials_provider(of.build());
        }
        // What stands in the user agent, and so in the trail.
        if let Ok(name) = AppName::new("ctadel") {
            loader = loader.app_name(name);
        }
        Arc::new(Aws::of(loader.load().await))
    }

    /// Of a configuration that is there.
    pub fn of(config: SdkConfig) -> Aws {
        Aws {
            provider: config.credentials_provider(),
            config,
            cached: Cached::default(),
        }
    }

    /// An identity for tests.
    #[cfg(test)]
    pub fn test() -> Arc<Aws> {
        Aws::test_at(None)
    }

    #[cfg(test)]
    fn test_at(endpoint: Option<&str>) -> Arc<Aws> {
        let keys = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secretEXAMPLE", None, None, "test");
        let mut config = SdkConfig::builder()
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .http_client(http())
            .region(Region::new("eu-west-1"));
        config.set_endpoint_url(endpoint.map(str::to_owned));
        Arc::new(Aws::of(config.build()))
    }

    /// For the SDK's own clients: with [`Keys`](crate::net::sdk::Keys), without patience of its own,
    /// and behind [`Only`](crate::net::sdk::Only).
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The region that the environment names.
    pub fn region(&self) -> Option<&str> {
        self.config.region().map(Region::as_ref)
    }

    /// Where a service is asked: `id` is the SDK's name for it (`CloudWatch Logs`), `prefix` the
    /// first part of its host name (`logs`).
    pub fn endpoint(&self, id: &str, prefix: &str, region: &str) -> Endpoint {
        let key = ServiceConfigKey::builder()
            .service_id(id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build();
        let of_service = self.config.service_config().zip(key.ok());
        let of_service = of_service.and_then(|(all, key)| all.load_config(key));
        match of_service.or_else(|| self.config.endpoint_url().map(str::to_owned)) {
            Some(url) => Endpoint {
                url,
                redirected: true,
            },
            None => Endpoint {
                url: format!("https://{prefix}.{region}.{}", domain(region)),
                redirected: false,
            },
        }
    }

    /// Signs for a service in a region.
    pub fn signer(self: &Arc<Self>, service: &'static str, region: &str) -> Arc<dyn Auth> {
        Arc::new(Signer {
            aws: Arc::clone(self),
            service,
            region: region.to_owned(),
        })
    }

    /// The keys to sign with.
    ///
    /// # Errors
    /// When the chain finds none.
    pub async fn credentials(&self, fresh: bool) -> Result<Credentials, Error> {
        let wrong = |reason: String| Error::Credentials {
            provider: PROVIDER,
            reason,
        };
        let provider = self
            .provider
            .as_ref()
            .ok_or_else(|| wrong(NONE.to_owned()))?;
        let fetch = async {
            let found = provider.provide_credentials().await.map_err(|error| {
                let mut text = error.to_string();
                let mut next = std::error::Error::source(&error);
                while let Some(cause) = next {
                    text = format!("{text}: {cause}");
                    next = cause.source();
                }
                wrong(text)
            })?;
            let life = found.expiry().map(|until| {
                let left = until.duration_since(SystemTime::now());
                left.unwrap_or_default()
            });
            Ok((found, life))
        };
        self.cached.get(fresh, fetch).await
    }
}

const NONE: &str = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

fn http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

/// The domain of a region's partition.
fn domain(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "amazonaws.com.cn",
        region if region.starts_with("us-isob-") => "sc2s.sgov.gov",
        region if region.starts_with("us-iso-") => "c2s.ic.gov",
        region if region.starts_with("eusc-") => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

struct Signer {
    aws: Arc<Aws>,
    service: &'static str,
    region: String,
}

impl Auth for Signer {
    fn apply<'a>(&'a self, draft: &'a mut Draft, fresh: bool) -> Boxed<'a, Result<(), Error>> {
        Box::pin(async move {
            let identity = self.aws.credentials(fresh).await?.into();
            let malformed = |reason: String| Error::Malformed {
                what: "sign a request".to_owned(),
                reason,
            };
            let mut settings = SigningSettings::default();
            if self.service == "s3" {
                // Object keys are signed as they are sent, dots and double slashes included.
                settings.percent_encoding_mode = PercentEncodingMode::Single;
                settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
                settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
            }
            let skew = Duration::from_secs(draft.skew.unsigned_abs());
            let time = match draft.skew < 0 {
                true => SystemTime::now() - skew,
                false => SystemTime::now() + skew,
            };
            let params = v4::SigningParams::builder()
                .identity(&identity)
                .region(&self.region)
                .name(self.service)
                .time(time)
                .settings(settings)
                .build()
                .map_err(|error| malformed(error.to_string()))?
                .into();
            let headers = draft.headers.iter();
            let headers =
                headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
            let request = SignableRequest::new(
                draft.method.as_str(),
                draft.url.as_str(),
                headers,
                SignableBody::Bytes(&draft.body),
            )
            .map_err(|error| malformed(error.to_string()))?;
            let signed = sign(request, &params).map_err(|error| malformed(error.to_string()))?;
            let (instructions, _) = signed.into_parts();
            for (name, value) in instructions.headers() {
                let name = HeaderName::from_bytes(name.as_bytes());
                let name = name.map_err(|error| malformed(error.to_string()))?;
                let value = HeaderValue::from_str(value);
                let mut value = value.map_err(|error| malformed(error.to_string()))?;
                value.set_sensitive(true);
                draft.headers.insert(name, value);
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::operation::Method;

    #[test]
    fn endpoints() {
        let plain = Aws::test().endpoint("CloudTrail", "cloudtrail", "eu-west-1");
        assert_eq!(plain.url, "https://cloudtrail.eu-west-1.amazonaws.com");
        assert!(!plain.redirected);
        let china = Aws::test().endpoint("CloudTrail", "cloudtrail", "cn-north-1");
        assert_eq!(china.url, "https://cloudtrail.cn-north-1.amazonaws.com.cn");
        let other = Aws::test_at(Some("http://127.0.0.1:9")).endpoint("STS", "sts", "eu-west-1");
        assert_eq!(
            (&*other.url, other.redirected),
            ("http://127.0.0.1:9", true)
        );
    }

    #[test]
    fn signs() {
        let mut draft = Draft {
            method: Method::POST,
            url: "https://logs.eu-west-1.amazonaws.com/".parse().unwrap(),
            headers: Default::default(),
            body: b"{}".to_vec(),
            skew: -60,
        };
        let signer = Aws::test().signer("logs", "eu-west-1");
        crate::net::block_on(signer.apply(&mut draft, false))
            .unwrap()
            .unwrap();
        let proof = draft.headers["authorization"].to_str().unwrap();
        assert!(proof.starts_with("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/"));
        assert!(proof.contains("/eu-west-1/logs/aws4_request"));
        assert!(draft.headers.contains_key("x-amz-date"));
        assert!(!format!("{draft:?}").contains("Signature="));
    }
}
