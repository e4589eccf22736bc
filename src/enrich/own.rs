//! What belongs to the user: accounts and mail domains.
//!
//! Ids and domains enter, from flags and from the accounts that logged here; a yes or no leaves.
//! "Somebody outside got access" can only be said by knowing what is inside.

use std::collections::BTreeSet;

/// Domain of the service accounts that belong to a project.
const SERVICE_ACCOUNTS: &str = ".iam.gserviceaccount.com";

/// Own accounts (also projects, subscriptions, tenants, organisations) and own mail domains, in
/// lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Account, project, subscription, tenant and organisation ids.
    pub accounts: BTreeSet<String>,
    /// Mail domains; their subdomains are own too.
    pub domains: BTreeSet<String>,
}

impl Own {
    /// Reads the values of `--own-accounts` and `--own-domain`; each may be a list with commas.
    pub fn new<A: AsRef<str>, D: AsRef<str>>(accounts: &[A], domains: &[D]) -> Own {
        let mut own = Own::default();
        for list in accounts {
            list.as_ref().split(',').for_each(|id| own.add_account(id));
        }
        for list in domains {
            for domain in list.as_ref().split(',') {
                let domain = domain
                    .trim()
                    .trim_start_matches("*.")
                    .trim_start_matches(['@', '.']);
                let domain = domain.trim_end_matches('.').to_ascii_lowercase();
                if !domain.is_empty() {
                    own.domains.insert(domain);
                }
            }
        }
        own
    }

    /// Takes an account in: a flag's, or one that logged in the input.
    pub fn add_account(&mut self, id: &str) {
        let id = account_id(id);
        if !id.is_empty() {
            self.accounts.insert(id);
        }
    }

    /// Tells whether an account, project, subscription, tenant or organisation is own.
    pub fn is_own_account(&self, id: &str) -> bool {
        self.accounts.contains(&account_id(id))
    }

    /// Tells whether a domain, or a subdomain of it, is own.
    pub fn is_own_domain(&self, domain: &str) -> bool {
        let domain = domain.trim().trim_end_matches('.').to_ascii_lowercase();
        let mut rest = domain.as_str();
        loop {
            if self.domains.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => return false,
            }
        }
    }

    /// Tells whether a member of a policy or a user name is own: `user:a@b`, an e-mail, a
    /// service account of an own project, a guest by the home domain.
    pub fn is_own_member(&self, member: &str) -> bool {
        let lower = member.trim().to_ascii_lowercase();
        let name = lower.strip_prefix("deleted:").unwrap_or(&lower);
        let (kind, name) = name.split_once(':').unwrap_or(("", name));
        let name = name.split_once('?').map_or(name, |(name, _)| name);
        if kind == "domain" {
            return self.is_own_domain(name);
        }
        // Guests of an Entra tenant: `jane_partner.example#EXT#@own.example` is the partner's.
        if let Some((guest, _)) = name.split_once("#ext#") {
            return guest
                .rsplit_once('_')
                .is_some_and(|(_, domain)| self.is_own_domain(domain));
        }
        let Some((local, domain)) = name.rsplit_once('@') else {
            return false;
        };
        if let Some(project) = domain.strip_suffix(SERVICE_ACCOUNTS) {
            return self.is_own_account(project);
        }
        match domain {
            // The default accounts of a project carry its number or id before the `@`.
            "developer.gserviceaccount.com" => local
                .strip_suffix("-compute")
                .is_some_and(|project| self.is_own_account(project)),
            "appspot.gserviceaccount.com" | "cloudservices.gserviceaccount.com" => {
                self.is_own_account(local)
            }
            _ => self.is_own_domain(domain),
        }
    }

    /// The accounts among these that are not own, sorted, each once.
    pub fn foreign_accounts<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let foreign: BTreeSet<String> = ids
            .into_iter()
            .map(account_id)
            .filter(|id| !id.is_empty() && !self.accounts.contains(id))
            .collect();
        foreign.into_iter().collect()
    }
}

/// The bare id: without a resource path before it, without the dashes people put into AWS ids.
fn account_id(text: &str) -> String {
    let text = text.trim().trim_end_matches('/');
    let id = text.rsplit_once('/').map_or(text, |(_, id)| id);
    let digits: String = id.chars().filter(|c| *c != '-').collect();
    if id.len() == 14 && digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return digits;
    }
    id.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Own {
        Own::new(
            &[
                "111122223333, 4444-5555-6666",
                "projects/shop-prod",
                "123456",
                "/subscriptions/0B1F6471-1BF0-4DDA-AEC3-111122223333",
            ],
            &["@Example.com, corp.example.org", "*.example.net.", ""],
        )
    }

    #[test]
    fn accounts_in_every_spelling() {
        let own = own();
        for id in [
            "111122223333",
            "1111-2222-3333",
            "444455556666",
            "shop-prod",
            "projects/shop-prod",
            "organizations/123456",
            "0b1f6471-1bf0-4dda-aec3-111122223333",
        ] {
            assert!(own.is_own_account(id), "{id}");
        }
        for id in ["", "123456789012", "shop", "0b1f6471", " "] {
            assert!(!own.is_own_account(id), "{id}");
        }
        assert_eq!(
            own.foreign_accounts([
                "444455556666",
                "999988887777",
                "999988887777",
                "",
                "123456789012"
            ]),
            ["123456789012", "999988887777"]
        );
        assert!(!Own::default().is_own_account("111122223333"));
    }

    #[test]
    fn domains_with_their_subdomains() {
        let own = own();
        for domain in [
            "example.com",
            "EXAMPLE.com.",
            "mail.example.com",
            "example.net",
            "a.b.corp.example.org",
        ] {
            assert!(own.is_own_domain(domain), "{domain}");
        }
        for domain in [
            "",
            ".",
            "badexample.com",
            "example.org",
            "com",
            "example.com.evil.example",
        ] {
            assert!(!own.is_own_domain(domain), "{domain}");
        }
    }

    #[test]
    fn members() {
        let own = own();
        for (member, want) in [
            ("user:Jane@example.com", true),
            ("jane@example.com", true),
            ("group:ops@corp.example.org", true),
            ("domain:example.com", true),
            ("deleted:user:jane@example.com?uid=1", true),
            ("serviceAccount:ci@shop-prod.iam.gserviceaccount.com", true),
            (
                "serviceAccount:123456-compute@developer.gserviceaccount.com",
                true,
            ),
            ("serviceAccount:shop-prod@appspot.gserviceaccount.com", true),
            ("serviceAccount:ci@elsewhere.iam.gserviceaccount.com", false),
            (
                "serviceAccount:999-compute@developer.gserviceaccount.com",
                false,
            ),
            ("user:jane@example.org", false),
            ("jane_partner.example#EXT#@example.com", false),
            ("jane_example.com#EXT#@partner.example", true),
            ("live.com#jane@partner.example", false),
            ("allUsers", false),
            ("user:", false),
            ("@", false),
            ("", false),
        ] {
            assert_eq!(own.is_own_member(member), want, "{member}");
        }
    }
}
