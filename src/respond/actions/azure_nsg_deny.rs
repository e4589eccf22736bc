//! Azure: refuses all traffic in a network security group, above every other rule.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, ID, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::{Reason, Refused};
use crate::respond::wire::items;

/// The action.
pub struct NsgDeny;

impl Action for NsgDeny {
    fn name(&self) -> &'static str {
        "nsg-deny"
    }

    fn provider(&self) -> Provider {
        Provider::Azure
    }

    fn kind(&self) -> &'static str {
        "azure.network-security-group.deny"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "Microsoft.Network/networkSecurityGroups/read",
                "Microsoft.Network/networkSecurityGroups/securityRules/read",
            ],
            act: &["Microsoft.Network/networkSecurityGroups/securityRules/write"],
            undo: &["Microsoft.Network/networkSecurityGroups/securityRules/delete"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        if !ask
            .target
            .to_ascii_lowercase()
            .contains("/networksecuritygroups/")
        {
            return Err(usage(
                "name the whole id of the group: /subscriptions/…/networkSecurityGroups/…",
            ));
        }
        let found = cloud.find("arm:GetNetworkSecurityGroup", json!({"id": ask.target}))?;
        let found = found.ok_or_else(|| Refused::missing("network security group", &ask.target))?;
        let mut draft = Draft::new("network security group", text(&found, "name"), &ask.target);
        if let Some(tags) = found["tags"].as_object() {
            draft.facts.tags = tags
                .iter()
                .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect();
        }
        let properties = &found["properties"];
        for (direction, name) in [("Inbound", "ctadel-q-in"), ("Outbound", "ctadel-q-out")] {
            let first = |rule: &&Value| {
                let rule = &rule["properties"];
                rule["priority"] == 100 && rule["direction"] == direction
            };
            let taken = items(&properties["securityRules"]).iter().find(first);
            if let Some(rule) = taken.filter(|rule| text(rule, "name") != name) {
                let message = format!(
                    "{} has priority 100 for {direction}: nothing outranks it",
                    text(rule, "name")
                );
                return Err(Refused::new(Reason::Guard, message)
                    .hint("give that rule a lower priority first"));
            }
            let object = json!({"id": ask.target, "rule": name});
            let mut put = object.clone();
            put["body"] = json!({"properties": {
                "priority": 100, "direction": direction, "access": "Deny", "protocol": "*",
                "sourceAddressPrefix": "*", "sourcePortRange": "*",
                "destinationAddressPrefix": "*", "destinationPortRange": "*",
                "description": format!("ctadel {ID}")}});
            let probe = Probe::new("rule", object.clone());
            let before = crate::respond::probe::ask(cloud, &probe)?;
            let after = json!({"access": "Deny", "priority": 100, "direction": direction});
            let call = Call::new("arm:PutSecurityRule", put);
            let step = Step::new(
                call,
                &format!("{name}: deny everything"),
                probe,
                before,
                after,
            );
            draft.step(step.back(
                Call::new("arm:DeleteSecurityRule", object),
                &format!("remove {name}"),
            ));
        }
        for (list, what) in [("subnets", "subnet"), ("networkInterfaces", "interface")] {
            for one in items(&properties[list]) {
                draft.blast.note(
                    Reach::Medium,
                    format!(
                        "{what} {} is cut off",
                        text(one, "id").rsplit('/').next().unwrap_or_default()
                    ),
                );
            }
        }
        draft.settle = 5;
        draft.patience = 60;
        draft.warn(
            "168.63.129.16 stays reachable, and rules of a network manager that always allow win",
        );
        Ok(draft)
    }
}
