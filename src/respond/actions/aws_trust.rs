//! AWS trust policies: whoever of another account may assume a role is refused.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::reason::Refused;
use crate::respond::wire::{items, plain};

/// Adds a refusal of every foreign principal to the trust policy. The whole document is the state
/// before: it comes back only where nobody has written another since.
pub(super) fn refuse_strangers(
    cloud: &Cloud<'_>,
    role: &str,
    draft: &mut Draft,
) -> Result<(), Refused> {
    let object = json!({"RoleName": role});
    let probe = Probe::new("trust", object.clone());
    let before = crate::respond::probe::ask(cloud, &probe)?;
    let own = draft.facts.account.clone().unwrap_or_default();
    let strangers = strangers(&before, &own);
    if strangers.is_empty() {
        draft.warn("the trust policy lets in nobody of another account");
        return Ok(());
    }
    let set = |document: &Value| {
        let mut params = object.clone();
        params["PolicyDocument"] = json!(document.to_string());
        Call::new("iam:UpdateAssumeRolePolicy", params)
    };
    let after = refusing(&before, &strangers, &own);
    let named = strangers.iter().cloned().collect::<Vec<_>>().join(", ");
    let step = Step::new(
        set(&after),
        &format!("{named} may not assume it any more"),
        probe,
        before.clone(),
        after,
    );
    draft.step(step.back(set(&before), "the trust policy as it was before"));
    Ok(())
}

/// What the deny is called: a second run finds it and adds no other.
const SID: &str = "CtadelRefuseStrangers";

fn refusing(document: &Value, strangers: &BTreeSet<String>, own: &str) -> Value {
    let mut deny = json!({
        "Sid": SID, "Effect": "Deny", "Principal": {"AWS": strangers}, "Action": "sts:AssumeRole",
    });
    if strangers.contains("*") {
        // Everybody but the account's own.
        deny["Principal"] = json!({"AWS": ["*"]});
        deny["Condition"] = json!({"StringNotEquals": {"aws:PrincipalAccount": own}});
    }
    let mut all = items(&document["Statement"]).to_vec();
    all.retain(|statement| statement["Sid"] != SID);
    all.push(deny);
    let mut document = document.clone();
    document["Statement"] = json!(all);
    document
}

/// The principals of other accounts that are let in; `*` is everybody.
fn strangers(document: &Value, own: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for statement in items(&document["Statement"]) {
        if statement["Effect"] == "Allow" {
            let named = items(&statement["Principal"]["AWS"]).iter().map(plain);
            // What is neither was deleted: its id means nobody any more.
            let foreign = |name: &String| {
                name == "*" || name.split(':').nth(4).is_some_and(|account| account != own)
            };
            found.extend(named.filter(foreign));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::respond::aws::trust_form;

    #[test]
    fn only_other_accounts_are_strangers() {
        let own = "111122223333";
        let trust = trust_form(json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:root", "444455556666",
                "AIDADELETEDEXAMPLE", "arn:aws:iam::444455556666:role/x"], "Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole"},
            {"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}]}));
        let found = strangers(&trust, own);
        let root = "arn:aws:iam::444455556666:root".to_owned();
        let role = "arn:aws:iam::444455556666:role/x".to_owned();
        assert_eq!(found, BTreeSet::from([root, role]));
        let once = refusing(&trust, &found, own);
        assert_eq!(items(&once["Statement"]).len(), 3);
        assert_eq!(refusing(&once, &found, own), once, "twice is the same");
        assert_eq!(trust_form(once.clone()), once, "as AWS gives it back");
        let open = trust_form(json!({"Statement": {"Effect": "Allow", "Principal": "*"}}));
        let closed = refusing(&open, &strangers(&open, own), own);
        assert_eq!(
            closed["Statement"][1]["Condition"]["StringNotEquals"]["aws:PrincipalAccount"],
            own
        );
    }
}
