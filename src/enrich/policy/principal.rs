//! Who a statement lets in.
//!
//! A statement enters, accounts, services and identity providers leave. Unique ids of deleted
//! principals and canonical user ids name no account and are passed over.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::document::{get, texts};

/// The principals of one statement, sorted by kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Grantees {
    /// `*` is among them, or everyone but a few.
    pub everyone: bool,
    /// Accounts of AWS principals.
    pub accounts: BTreeSet<String>,
    /// Accounts of identity providers that are named by ARN.
    pub federated_accounts: BTreeSet<String>,
    /// Identity providers as written.
    pub federated: Vec<String>,
    /// Services as written.
    pub services: Vec<String>,
}

impl Grantees {
    /// Reads them; `None` for a statement that names no principal, as in an identity's own policy.
    pub fn read(statement: &Map<String, Value>) -> Option<Grantees> {
        // An Allow for all but the named ones lets in everybody else.
        if get(statement, "NotPrincipal").is_some() {
            return Some(Grantees {
                everyone: true,
                ..Grantees::default()
            });
        }
        let mut grantees = Grantees::default();
        match get(statement, "Principal")? {
            Value::Object(kinds) => {
                for (kind, names) in kinds {
                    let names = texts(names);
                    match kind.to_ascii_lowercase().as_str() {
                        "aws" | "*" => names.iter().for_each(|name| grantees.aws(name)),
                        "federated" => names.into_iter().for_each(|name| grantees.federated(name)),
                        "service" => grantees.services.extend(names),
                        _ => {}
                    }
                }
            }
            other => texts(other).iter().for_each(|name| grantees.aws(name)),
        }
        Some(grantees)
    }

    /// Takes an entry of the `AWS` kind.
    fn aws(&mut self, name: &str) {
        if name == "*" {
            self.everyone = true;
        } else if is_account(name) {
            self.accounts.insert(name.to_owned());
        } else if let Some(account) = arn_account(name) {
            if is_account(account) {
                self.accounts.insert(account.to_owned());
            } else if !account.is_empty() && account.bytes().all(|b| b == b'*') {
                self.everyone = true;
            }
        }
    }

    /// Takes an entry of the `Federated` kind.
    fn federated(&mut self, name: String) {
        if let Some(account) = arn_account(&name).filter(|account| is_account(account)) {
            self.federated_accounts.insert(account.to_owned());
        }
        self.federated.push(name);
    }
}

/// Tells whether the text is an account id.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The account field of an ARN of any partition.
fn arn_account(name: &str) -> Option<&str> {
    let mut fields = name.splitn(6, ':');
    (fields.next()? == "arn").then(|| fields.nth(3))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(principal: &str) -> Grantees {
        let text = format!(r#"{{"Principal":{principal}}}"#);
        let statement: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
        Grantees::read(&statement).unwrap_or_default()
    }

    #[test]
    fn accounts_are_read_out_of_every_spelling() {
        let table = [
            (
                r#"{"AWS":"arn:aws:iam::111122223333:root"}"#,
                "111122223333",
            ),
            (
                r#"{"AWS":["arn:aws-cn:iam::444455556666:user/a/b","123456789012"]}"#,
                "123456789012 444455556666",
            ),
            (
                r#"{"aws":" arn:aws-us-gov:sts::111122223333:assumed-role/R/s "}"#,
                "111122223333",
            ),
            (r#"{"AWS":111122223333}"#, "111122223333"),
            (r#""arn:aws:iam::111122223333:root""#, "111122223333"),
            (r#"{"AWS":"AIDAJQABLZS4A3QDU576Q"}"#, ""),
            (
                r#"{"AWS":["AROAEXAMPLE","arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EXAMPLE"]}"#,
                "",
            ),
            (
                r#"{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#,
                "",
            ),
            (
                r#"{"AWS":[["111122223333"],{"a":"444455556666"},null,true]}"#,
                "",
            ),
            ("7", ""),
            ("null", ""),
        ];
        for (principal, want) in table {
            let grantees = read(principal);
            let accounts: Vec<_> = grantees.accounts.into_iter().collect();
            assert_eq!(accounts.join(" "), want, "{principal}");
            assert!(!grantees.everyone, "{principal}");
        }
    }

    #[test]
    fn everyone_is_a_star_in_any_place() {
        for principal in [
            r#""*""#,
            r#"{"AWS":"*"}"#,
            r#"{"AWS":["arn:aws:iam::111122223333:root","*"]}"#,
            r#"{"*":"*"}"#,
            r#"["*"]"#,
            r#"{"AWS":"arn:aws:iam::*:root"}"#,
        ] {
            assert!(read(principal).everyone, "{principal}");
        }
        assert!(!read(r#"{"Service":"*"}"#).everyone);
        assert!(!read(r#"{"Federated":"*"}"#).everyone);
        let text = r#"{"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}}"#;
        let statement: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
        let grantees = Grantees::read(&statement).unwrap_or_default();
        assert!(grantees.everyone && grantees.accounts.is_empty());
        assert_eq!(Grantees::read(&Map::new()), None);
    }

    #[test]
    fn services_and_providers_stay_as_written() {
        let grantees = read(
            r#"{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"],
                "Federated":["accounts.google.com","arn:aws:iam::444455556666:saml-provider/Corp"]}"#,
        );
        assert_eq!(
            grantees.services,
            ["ec2.amazonaws.com", "lambda.amazonaws.com"]
        );
        assert_eq!(grantees.federated.len(), 2);
        assert!(grantees.accounts.is_empty());
        assert!(grantees.federated_accounts.contains("444455556666"));
    }
}
