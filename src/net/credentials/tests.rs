//! Every kind of credential, against an issuer on the loopback interface.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

use super::{Auth, azure, gcp, okta, ovh};
use crate::net::tests::server::{Answer, Seen, Server, unescape};
use crate::net::{Draft, Env, Error, Method, block_on};

/// A key that nobody uses, without the lines that make it one.
const KEY: &str = "
MIIEugIBADANBgkqhkiG9w0BAQEFAASCBKQwggSgAgEAAoIBAQDD4VtHFIw1XUAaIPRv4gNndrq1fzQTlMrNreb6aIDLXCmt
qX+KMYRFXvmD5DDGym5A1W/wgNAq4JNAl0yBcjpfSryQB9uSBXCwalnahquI1H+nB4fDtqQW9kTuJ6BZf5RLLaO7VuLUqXrU
RWmgGefBGJ9wmRy3HjAuLc/Rm6prCnJgSTirv7SepN8QoaN70DathnKAZYsQ083jRJg3oG13ssZWu5JaNppFE2DHj0mConaX
b+2NF19yVyEQwKcQf0dvRZc/PSR9BHpj9nEuFAvgyz52BaQbJXHJkmhgyzwJQY0A8C1a+I3EahhiB9xee9AOt3QpC6+GdunY
icE84zUVAgMBAAECgf8KNvZLmDnqwbIi3eHhWifs47dY2TyEYn39u9Pch+Nit3h074hD7J3sZpRPpgnlIMLr62iq+6ZFyVax
R5j1wL8w7CgCwTLyENaPj8kGKRlI4v8rkEXELwISyhG0jNx2NL3G+qcb93jDHkajF/uQhC+4Ih1hm2c9i8iqn9KQKIEtxuy7
apXHje3OLPLsSlWLuzK45+XmFe3X1zBdN7yt8qdqvIwDZYKwk1Tl1VoxYRDAHnwjy3qNPehWrQabjaXEBN5PYzJB7sBgObte
nZtXGAdFGDwEU/ms6bJgwlKkrwzvqAV8nY7DnmYjJEHJXwEH1LnvF8NTvCfn75gJDJbF1/kCgYEA4EQXsZlIQEf7VK8mCF8+
kTK0mCLuOZkhLl4Ws/URsWqq8hqoZ3TQwZ6AKri9PVTQdW86LFslbAgRW5P/8xXb3p4Hlj/Iono9gKg5AwHcVp3HLJDUTe8R
U5vfz0UbJTZtoVl6QQl7+F0msaqfLsweO/1JByqa3rr1ZWLrl+3KZHkCgYEA35kCN5IwV2MKTBXxZqRsXnXzBWwpHw7Puzwu
1AOQ+CvlC9lxogz6DPAdRs/lEGelOJjHIw8IyKUTo0lguV4JWOsEWkL5m7xEbdeXh/KtSKc/bq1X1pXGB1fFwkqK0HLQ5giN
Cm6z8VU57Gg/oRMiACBnxcfT5g+89xufnObr1n0CgYBP0wzX8yZLcxObdehErJoZloG/cRd4OvAbj/PmxAEzNDN6j1CH2oV/
lUoraqw5C1pTom6DYUH1rP14qjo9LPegyoEK0tM4OehwRfBdCKmDzw8Y5sgaoVB6gQ3tubxKx4/IEZA5XAXbRlTCgme8gXz1
f1ciDOEpDETSfJ486q/SiQKBgAYe6CKhS9V4jpWanCsVISpMzEQ/u7hv7VvQv+9p0ZQZj4GNiEDJXibwg7ymgDy8uZcdB4Z8
KN9lNW5o2c75NgRLGqll3/NVagIfvrQn/npYqbHb6OWk3/DfhDhXVglyuykw3ruEYESg8p74E5XTMkESogSV/cT0dVXGWc4v
vBD5AoGAYZ4UUyD5bJ4GNu77zwluoEBtEjxNEp6y+PWKAujhSvD9m3NmdJYO3WQYG5O6eouJX9mNDHvab+qDZ9HaNY0BCsCd
rMOSeaNJQB+qOwemcDz72IYnDR+5AjnEhwZcIrPJ6PZJw4nqUYuMdC+t/ZNVQxCIwn3outNU0ViQqqm/qTI=
";

fn pem() -> String {
    format!("-----BEGIN PRIVATE KEY-----{KEY}-----END PRIVATE KEY-----\n")
}

/// The claims of a statement, where it is signed with our key.
fn claims(statement: &str) -> Value {
    let parts: Vec<&str> = statement.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        panic!("{statement}")
    };
    let der = STANDARD.decode(KEY.replace('\n', "")).expect("base64");
    let key = RsaKeyPair::from_pkcs8(&der).expect("a key");
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    let signed = format!("{header}.{claims}");
    public
        .verify(signed.as_bytes(), &signature)
        .expect("signed by the key");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
    serde_json::from_slice(&claims).expect("JSON")
}

/// A field of a form.
fn field(seen: &Seen, name: &str) -> String {
    let text = seen.text();
    let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(key, _)| *key == name);
    found.map(|(_, value)| unescape(value)).unwrap_or_default()
}

fn draft() -> Draft {
    Draft {
        method: Method::GET,
        url: "https://eu.api.ovh.com/v1/me?a=1".parse().expect("a URL"),
        headers: Default::default(),
        body: Vec::new(),
        skew: 0,
    }
}

/// The proof that is put onto a request.
fn proof(auth: &Arc<dyn Auth>, fresh: bool) -> Result<String, Error> {
    let mut draft = draft();
    block_on(auth.apply(&mut draft, fresh)).expect("a runtime")?;
    let value = draft.headers["authorization"].to_str().expect("text");
    Ok(value.to_owned())
}

/// An issuer whose tokens are numbered.
fn issuer() -> Server {
    Server::start(|seen, number| match seen.path() {
        path if path.ends_with(":generateAccessToken") => Answer::json(json!({
            "accessToken": format!("other{number}"), "expireTime": "2999-01-01T00:00:00Z",
        })),
        "/subject" => Answer::json(json!({"id_token": "subjectEXAMPLE"})),
        _ => Answer::json(json!({"access_token": format!("own{number}"), "expires_in": 3600})),
    })
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("written");
    file
}

const SCOPE: &str = "https://graph.microsoft.com/.default";

#[test]
fn entra_client_secret_and_federated_file() {
    let server = issuer();
    let common = [
        ("AZURE_AUTHORITY_HOST", &*server.url),
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_CLIENT_ID", "client"),
    ];
    let env = Env::of(&[&common[..], &[("AZURE_CLIENT_SECRET", "secretEXAMPLE")]].concat());
    let auth = azure::auth(&env, Some("other"), SCOPE).expect("an identity");
    assert_eq!(proof(&auth, false).as_deref().ok(), Some("Bearer own0"));
    assert_eq!(
        proof(&auth, false).as_deref().ok(),
        Some("Bearer own0"),
        "kept"
    );
    assert_eq!(
        proof(&auth, true).as_deref().ok(),
        Some("Bearer own1"),
        "fetched anew"
    );
    let seen = &server.seen()[0];
    assert_eq!(seen.path(), "/other/oauth2/v2.0/token");
    assert_eq!(field(seen, "grant_type"), "client_credentials");
    assert_eq!(
        (field(seen, "client_secret"), field(seen, "scope")),
        ("secretEXAMPLE".into(), SCOPE.into())
    );

    let statement = file("first\n");
    let path = statement.path().to_str().expect("text");
    let env = Env::of(&[&common[..], &[("AZURE_FEDERATED_TOKEN_FILE", path)]].concat());
    let auth = azure::auth(&env, None, SCOPE).expect("an identity");
    proof(&auth, false).expect("a token");
    std::fs::write(path, "second").expect("written");
    proof(&auth, true).expect("a token");
    let seen = server.seen();
    let statements: Vec<String> = seen[2..]
        .iter()
        .map(|seen| field(seen, "client_assertion"))
        .collect();
    assert_eq!(
        statements,
        ["first", "second"],
        "replaced by whoever writes it"
    );
    assert_eq!(seen[2].path(), "/tenant/oauth2/v2.0/token");
    let half = Env::of(&[("AZURE_CLIENT_SECRET", "secretEXAMPLE")]);
    assert!(azure::auth(&half, None, SCOPE).is_err());
}

#[test]
fn managed_identities() {
    let server = issuer();
    let env = Env::of(&[
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", &*server.url),
        ("AZURE_CLIENT_ID", "client"),
    ]);
    let auth = azure::auth(&env, None, SCOPE).expect("an identity");
    assert_eq!(proof(&auth, false).as_deref().ok(), Some("Bearer own0"));
    let seen = &server.seen()[0];
    assert_eq!(
        (&*seen.method, seen.path()),
        ("GET", "/metadata/identity/oauth2/token")
    );
    assert_eq!(seen.header("metadata"), Some("true"));
    assert_eq!(
        seen.query("resource").as_deref(),
        Some("https://graph.microsoft.com")
    );
    assert_eq!(seen.query("client_id").as_deref(), Some("client"));

    let endpoint = format!("{}/msi/token", server.url);
    let env = Env::of(&[
        ("IDENTITY_ENDPOINT", &*endpoint),
        ("IDENTITY_HEADER", "headerEXAMPLE"),
    ]);
    let auth = azure::auth(&env, None, SCOPE).expect("an identity");
    proof(&auth, false).expect("a token");
    let seen = &server.seen()[1];
    assert_eq!(
        (seen.path(), seen.header("x-identity-header")),
        ("/msi/token", Some("headerEXAMPLE"))
    );

    // Nobody at the machine's address.
    let env = Env::of(&[("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9")]);
    let auth = azure::auth(&env, None, SCOPE).expect("an identity");
    let error = proof(&auth, false).expect_err("nobody").to_string();
    assert!(error.contains("az login"), "{error}");
}

#[cfg(unix)]
#[test]
fn the_vendors_tool() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let tool = folder.path().join("az");
    let script = "#!/bin/sh\necho \"{\\\"accessToken\\\": \\\"of $*\\\", \\\"expires_on\\\": 4102444800}\"\n";
    std::fs::write(&tool, script).expect("written");
    std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let env = Env::of(&[("PATH", folder.path().to_str().expect("text"))]);
    let auth = azure::auth(&env, Some("tenant"), SCOPE).expect("an identity");
    let proof = proof(&auth, false).expect("a token");
    let expected =
        format!("Bearer of account get-access-token --output json --scope {SCOPE} --tenant tenant");
    assert_eq!(proof, expected);
}

#[test]
fn google_keys_and_machines() {
    let server = issuer();
    let uri = format!("{}/token", server.url);
    let key = json!({
        "type": "service_account", "client_email": "audit@example.iam.gserviceaccount.com",
        "private_key": pem(), "private_key_id": "k1", "token_uri": uri,
    });
    let key = file(&key.to_string());
    let env = Env::of(&[(
        "GOOGLE_APPLICATION_CREDENTIALS",
        key.path().to_str().expect("text"),
    )]);
    let auth = gcp::auth(&env, "read").expect("an identity");
    assert_eq!(proof(&auth, false).as_deref().ok(), Some("Bearer own0"));
    let seen = &server.seen()[0];
    assert_eq!(
        field(seen, "grant_type"),
        "urn:ietf:params:oauth:grant-type:jwt-bearer"
    );
    let claims = claims(&field(seen, "assertion"));
    assert_eq!(
        (&claims["aud"], &claims["scope"]),
        (&json!(uri), &json!("read"))
    );
    assert_eq!(claims["iss"], "audit@example.iam.gserviceaccount.com");

    let host = server.url.trim_start_matches("http://");
    let env = Env::of(&[("GCE_METADATA_HOST", host)]);
    let auth = gcp::auth(&env, "read").expect("an identity");
    assert_eq!(proof(&auth, false).as_deref().ok(), Some("Bearer own1"));
    let seen = &server.seen()[1];
    assert_eq!(
        seen.path(),
        "/computeMetadata/v1/instance/service-accounts/default/token"
    );
    assert_eq!(seen.header("metadata-flavor"), Some("Google"));

    let env = Env::of(&[("CLOUDSDK_AUTH_ACCESS_TOKEN", "tokenEXAMPLE")]);
    let auth = gcp::auth(&env, "read").expect("an identity");
    assert_eq!(
        proof(&auth, false).as_deref().ok(),
        Some("Bearer tokenEXAMPLE")
    );
    let nobody = Env::of(&[("GCE_METADATA_HOST", "127.0.0.1:9")]);
    let auth = gcp::auth(&nobody, "read").expect("an identity");
    let error = proof(&auth, false).expect_err("nobody").to_string();
    assert!(error.contains("GOOGLE_APPLICATION_CREDENTIALS"), "{error}");
}

#[test]
fn google_speaking_as_another() {
    let server = issuer();
    let url = &server.url;
    let as_another =
        format!("{url}/v1/projects/-/serviceAccounts/audit@example:generateAccessToken");
    let person = json!({
        "type": "authorized_user", "client_id": "client", "client_secret": "secretEXAMPLE",
        "refresh_token": "refreshEXAMPLE", "token_uri": format!("{url}/token"),
    });
    let adc = json!({
        "type": "impersonated_service_account", "source_credentials": person,
        "service_account_impersonation_url": as_another, "delegates": ["between"],
    });
    // Where `gcloud` writes it.
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("application_default_credentials.json"),
        adc.to_string(),
    )
    .expect("written");
    let env = Env::of(&[("CLOUDSDK_CONFIG", folder.path().to_str().expect("text"))]);
    let auth = gcp::auth(&env, "read").expect("an identity");
    assert_eq!(proof(&auth, false).as_deref().ok(), Some("Bearer other1"));
    let seen = server.seen();
    assert_eq!(field(&seen[0], "refresh_token"), "refreshEXAMPLE");
    assert_eq!(seen[1].header("authorization"), Some("Bearer own0"));
    let asked: Value = serde_json::from_slice(&seen[1].body).expect("JSON");
    assert_eq!(asked, json!({"scope": ["read"], "delegates": ["between"]}));

    // Another issuer's token, from a file and from an address, exchanged.
    let subject = file("subjectEXAMPLE");
    let sources = [
        json!({"file": subject.path()}),
        json!({
            "url": format!("{url}/subject"), "headers": {"Metadata": "True"},
            "format": {"type": "json", "subject_token_field_name": "id_token"},
        }),
    ];
    for source in sources {
        let before = server.seen().len();
        let adc = json!({
            "type": "external_account", "audience": "//iam.googleapis.com/pool",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": format!("{url}/sts"), "credential_source": source,
            "service_account_impersonation_url": as_another,
        });
        let adc = file(&adc.to_string());
        let env = Env::of(&[(
            "GOOGLE_APPLICATION_CREDENTIALS",
            adc.path().to_str().expect("text"),
        )]);
        let auth = gcp::auth(&env, "read").expect("an identity");
        let proof = proof(&auth, false).expect("a token");
        assert!(proof.starts_with("Bearer other"), "{proof}");
        let seen = server.seen().split_off(before);
        let exchange = seen
            .iter()
            .find(|seen| seen.path() == "/sts")
            .expect("exchanged");
        assert_eq!(field(exchange, "subject_token"), "subjectEXAMPLE");
        assert_eq!(field(exchange, "audience"), "//iam.googleapis.com/pool");
    }
}

#[test]
fn okta_private_key() {
    let server = issuer();
    let key = file(&pem());
    for key in [key.path().to_str().expect("text"), &*pem()] {
        let env = Env::of(&[
            ("OKTA_CLIENT_CLIENTID", "client"),
            ("OKTA_CLIENT_PRIVATEKEY", key),
            ("OKTA_CLIENT_TOKEN", "tokenEXAMPLE"),
        ]);
        let auth = okta::auth(&env, &server.url).expect("an identity");
        assert!(
            proof(&auth, false)
                .expect("a token")
                .starts_with("Bearer own")
        );
    }
    let seen = &server.seen()[0];
    assert_eq!(seen.path(), "/oauth2/v1/token");
    assert_eq!(field(seen, "scope"), "okta.logs.read");
    let claims = claims(&field(seen, "client_assertion"));
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!("client"), &json!("client"))
    );
    assert_eq!(claims["aud"], format!("{}/oauth2/v1/token", server.url));
    let token = Env::of(&[("OKTA_API_TOKEN", "tokenEXAMPLE")]);
    let auth = okta::auth(&token, &server.url).expect("an identity");
    assert_eq!(
        proof(&auth, false).as_deref().ok(),
        Some("SSWS tokenEXAMPLE")
    );
    assert!(okta::auth(&Env::of(&[]), &server.url).is_err());
}

#[test]
fn ovhcloud_signatures_and_service_accounts() {
    let env = Env::of(&[
        ("OVH_APPLICATION_KEY", "appEXAMPLE"),
        ("OVH_APPLICATION_SECRET", "secretEXAMPLE"),
        ("OVH_CONSUMER_KEY", "consumerEXAMPLE"),
    ]);
    let (endpoint, auth) = ovh::find(&env).expect("an identity");
    assert_eq!(endpoint, "https://eu.api.ovh.com/v1");
    let mut draft = draft();
    draft.body = b"{}".to_vec();
    // A clock that stands at the beginning of time.
    let now = chrono::Utc::now().timestamp();
    draft.skew = 1_000_000_000 - now;
    block_on(auth.apply(&mut draft, false))
        .expect("a runtime")
        .expect("signed");
    let header = |name: &str| draft.headers[name].to_str().expect("text").to_owned();
    let time = header("x-ovh-timestamp");
    assert!(time.starts_with("10000000"), "{time}");
    let signed =
        format!("secretEXAMPLE+consumerEXAMPLE+GET+https://eu.api.ovh.com/v1/me?a=1+{{}}+{time}");
    let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, signed.as_bytes());
    let hash: String = hash
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(header("x-ovh-signature"), format!("$1${hash}"));
    assert_eq!(
        (header("x-ovh-application"), header("x-ovh-consumer")),
        ("appEXAMPLE".into(), "consumerEXAMPLE".into())
    );

    let server = issuer();
    let env = Env::of(&[
        ("OVH_CLIENT_ID", "client"),
        ("OVH_CLIENT_SECRET", "secretEXAMPLE"),
        ("OVH_AUTH_URL", &*server.url),
    ]);
    for auth in [
        ovh::find(&env).expect("an identity").1,
        ovh::logs(&env).expect("an identity"),
    ] {
        assert!(
            proof(&auth, false)
                .expect("a token")
                .starts_with("Bearer own")
        );
    }
    let seen = &server.seen()[0];
    assert_eq!(seen.path(), "/auth/oauth2/token");
    assert_eq!(field(seen, "client_secret"), "secretEXAMPLE");
    let user = Env::of(&[("OVH_LDP_USER", "u"), ("OVH_LDP_PASSWORD", "p")]);
    let auth = ovh::logs(&user).expect("an identity");
    assert_eq!(proof(&auth, false).as_deref().ok(), Some("Basic dTpw"));
    assert!(ovh::logs(&Env::of(&[])).is_err() && ovh::find(&Env::of(&[])).is_err());
}
