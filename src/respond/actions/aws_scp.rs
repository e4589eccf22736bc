//! AWS: a refusal from above the account, which an administrator of the account cannot lift.

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, ID, Probe, Step};
use crate::respond::reason::{Reason, Refused};
use crate::respond::wire::document;

/// Adds the steps that refuse everything to one principal of an account.
pub(super) fn deny_principal(
    cloud: &Cloud<'_>,
    arn: &str,
    account: &str,
    draft: &mut Draft,
) -> Result<(), Refused> {
    let organization = cloud.read("organizations:DescribeOrganization", json!({}))?;
    if text(&organization["Organization"], "MasterAccountId") == account {
        let message = "no service control policy holds in the management account";
        return Err(Refused::new(Reason::Guard, message));
    }
    let name = format!("ctadel-q-{ID}");
    let content = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "CtadelQuarantine", "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": arn}}}]});
    if let Some(there) = in_place(cloud, account, &content)? {
        let on = json!({"PolicyId": there["Id"], "TargetId": account});
        let named = json!({"Name": there["Name"], "TargetId": account});
        let step = Step::new(
            Call::new("organizations:AttachPolicy", on),
            &format!("{} refuses everything already", text(&there, "Name")),
            Probe::new("scp-attached", named),
            json!(true),
            json!(true),
        );
        draft.step(step);
        draft.facts.account = None;
        return Ok(());
    }
    let create = json!({
        "Name": name, "Type": "SERVICE_CONTROL_POLICY", "Content": content.to_string(),
        "Description": format!("ctadel {ID}"),
    });
    let exists = Probe::new("scp-exists", json!({"Name": name}));
    let mut made = Step::new(
        Call::new("organizations:CreatePolicy", create),
        &format!("{name}: deny everything to {arn}"),
        exists,
        json!(false),
        json!(true),
    )
    .back(
        Call::new(
            "organizations:DeletePolicy",
            json!({"PolicyId": "<ctadel:policy>"}),
        ),
        &format!("delete {name}"),
    );
    made.binds
        .insert("policy".to_owned(), "/Policy/PolicySummary/Id".to_owned());
    made.locate.insert(
        "policy".to_owned(),
        Probe::new("scp-id", json!({"Name": name})),
    );
    let made = draft.step(made);
    let on = json!({"PolicyId": "<ctadel:policy>", "TargetId": account});
    let probe = Probe::new("scp-attached", json!({"Name": name, "TargetId": account}));
    let mut attach = Step::new(
        Call::new("organizations:AttachPolicy", on.clone()),
        &format!("attach {name} to {account}"),
        probe,
        json!(false),
        json!(true),
    )
    .gone(&["DuplicatePolicyAttachment"])
    .back(
        Call::new("organizations:DetachPolicy", on),
        &format!("detach {name}"),
    );
    attach.needs.push(made);
    draft.step(attach);
    draft.facts.account = None;
    Ok(())
}

/// An earlier refusal of ours that says the same.
fn in_place(cloud: &Cloud<'_>, account: &str, content: &Value) -> Result<Option<Value>, Refused> {
    let asked = json!({"TargetId": account, "Filter": "SERVICE_CONTROL_POLICY"});
    for policy in cloud.list("organizations:ListPoliciesForTarget", asked, "/Policies")? {
        if !text(&policy, "Name").starts_with("ctadel-q-") {
            continue;
        }
        let found = cloud.read(
            "organizations:DescribePolicy",
            json!({"PolicyId": policy["Id"]}),
        )?;
        if document(text(&found["Policy"], "Content")).as_ref() == Some(content) {
            return Ok(Some(policy));
        }
    }
    Ok(None)
}
