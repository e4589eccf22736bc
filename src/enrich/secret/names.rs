//! Fields that hold a secret, by their names.
//!
//! A field's name enters, a yes or no leaves. Names are compared whole, in lower case and without
//! hyphens and underscores: `nextToken`, `tokenHash` and `secretName` are no secrets.

/// Names of fields whose value is always masked, sorted.
const SECRETS: [&str; 87] = [
    "accesskeysecret",
    "accesstoken",
    "accountkey",
    "administratorloginpassword",
    "adminpassword",
    "apikey",
    "apisecret",
    "applicationsecret",
    "appsecret",
    "assertion",
    "authenticationcode1",
    "authenticationcode2",
    "authorization",
    "authorizationtoken",
    "authpassword",
    "authtoken",
    "bearertoken",
    "bindpassword",
    "clientassertion",
    "clientkeydata",
    "clientsecret",
    "connectionstring",
    "consumersecret",
    "cookie",
    "currentpassword",
    "databasepassword",
    "dbpassword",
    "generatedpassword",
    "idtoken",
    "initialpassword",
    "keymaterial",
    "keypairmaterial",
    "masterpassword",
    "masteruserpassword",
    "mfacode",
    "newpassword",
    "oldpassword",
    "otp",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "plaintext",
    "presharedkey",
    "previouspassword",
    "primaryconnectionstring",
    "primarykey",
    "primarymasterkey",
    "primarysharedkey",
    "privatekey",
    "privatekeydata",
    "privatekeypem",
    "privatekeyplaintext",
    "proxyauthorization",
    "publishingpassword",
    "pwd",
    "refreshtoken",
    "registrationtoken",
    "rootpassword",
    "samlassertion",
    "samlresponse",
    "sastoken",
    "secondaryconnectionstring",
    "secondarykey",
    "secondarymasterkey",
    "secondarysharedkey",
    "secret",
    "secretaccesskey",
    "secretbinary",
    "secretkey",
    "secretstring",
    "secrettext",
    "secretvalue",
    "sessiontoken",
    "setcookie",
    "sharedaccesskey",
    "sharedsecret",
    "storagekey",
    "sudopassword",
    "temporarypassword",
    "token",
    "tokencode",
    "userpassword",
    "webhooksecret",
    "webidentitytoken",
    "xamzsecuritytoken",
    "xvaulttoken",
];

/// Endings by which the name beside a value gives a secret away: `DB_PASSWORD`, `API_TOKEN`.
const ENDINGS: [&str; 12] = [
    "accesskey",
    "apikey",
    "connectionstring",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "token",
];

/// Names of keys as Azure lists them: `key1`, `key2`, `primary`.
const LISTED_KEYS: [&str; 7] = [
    "key1",
    "key2",
    "kerb1",
    "kerb2",
    "primary",
    "secondary",
    "rootmanagesharedaccesskey",
];

/// Tells whether a field of this name holds a secret. Names all in capitals are variables, and
/// people put their secrets into those under names of their own.
pub(super) fn is_secret(key: &str) -> bool {
    let name = folded(key);
    let variable = key.contains('_') && !key.contains(|c: char| c.is_lowercase());
    SECRETS.binary_search(&name.as_str()).is_ok() || (variable && has_ending(&name))
}

/// Tells whether a JSON text under this name is something else than the secret of that name.
pub(super) fn may_be_harmless_json(key: &str) -> bool {
    matches!(folded(key).as_str(), "authorization" | "token")
}

/// Tells whether a field gives a name to the `value` beside it.
pub(super) fn is_name(key: &str) -> bool {
    matches!(
        folded(key).as_str(),
        "name" | "key" | "keyname" | "parametername" | "parameterkey"
    )
}

/// Tells whether what stands in such a field is a secret's name.
pub(super) fn names_secret(name: &str) -> bool {
    let name = folded(name);
    LISTED_KEYS.contains(&name.as_str()) || is_secret(&name) || has_ending(&name)
}

/// Tells whether a field holds the value that the name beside it is of.
pub(super) fn is_value(key: &str) -> bool {
    matches!(folded(key).as_str(), "value" | "parametervalue")
}

fn has_ending(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Tells whether a value is nothing, or was masked by the log or by us.
pub(super) fn is_hidden_already(value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || value == super::MASK
        || value == "HIDDEN_DUE_TO_SECURITY_REASONS"
        || value.eq_ignore_ascii_case("<sensitivedataremoved>")
        || value.eq_ignore_ascii_case("redacted")
        || value.eq_ignore_ascii_case("[redacted]")
        || value.bytes().all(|b| b == b'*')
}

/// Letters and digits in lower case.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_folded() {
        assert!(SECRETS.is_sorted());
        for name in SECRETS.iter().chain(&ENDINGS) {
            assert_eq!(folded(name), **name);
        }
    }

    #[test]
    fn names() {
        for name in [
            "sessionToken",
            "secretAccessKey",
            "SecretKey",
            "password",
            "masterUserPassword",
            "Authorization",
            "x-amz-security-token",
            "clientSecret",
            "TokenCode",
            "private_key",
            "Set-Cookie",
            "keyMaterial",
            "SHOP_TOKEN",
            "MYSQL_ROOT_PASSWORD",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "accessKeyId",
            "nextToken",
            "clientRequestToken",
            "secretId",
            "secretName",
            "tokenHash",
            "uniqueTokenIdentifier",
            "passwordLastChanged",
            "PasswordUpdated",
            "keyFingerprint",
            "keyName",
            "AWS_REGION",
            "shop_token",
            "authenticationMethod",
            "sSHPublicKey",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
        assert!(names_secret("DB_PASSWORD") && names_secret("key1") && names_secret("api-token"));
        assert!(!names_secret("AWS_REGION") && !names_secret("key12") && !names_secret(""));
    }
}
