//! Scaleway: a security group without rules that drops everything.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::scaleway::{rules, servers};

/// The action.
pub struct QuarantineSecurityGroup;

impl Action for QuarantineSecurityGroup {
    fn name(&self) -> &'static str {
        "quarantine-security-group"
    }

    fn provider(&self) -> Provider {
        Provider::Scaleway
    }

    fn kind(&self) -> &'static str {
        "scaleway.instance.security-group.quarantine"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["InstancesReadOnly"],
            act: &["InstancesFullAccess"],
            undo: &["InstancesFullAccess"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (zone, id) = match ask.target.split_once('/') {
            Some((zone, id)) => (zone.to_owned(), id.to_owned()),
            None => {
                let zone = cloud.place.region.clone();
                let zone =
                    zone.ok_or_else(|| usage("name the zone: ZONE/ID or --region fr-par-1"))?;
                (zone, ask.target.clone())
            }
        };
        let object = json!({"zone": zone, "id": id});
        let found = cloud.find("instance:GetSecurityGroup", object.clone())?;
        let found = found.ok_or_else(|| Refused::missing("security group", &ask.target))?;
        let group = &found["security_group"];
        let mut draft = Draft::new("security group", &ask.target, &id);
        draft.facts.ids.push(text(group, "name").to_owned());
        draft.facts.account = Some(text(group, "organization").to_owned());
        for server in servers(group) {
            draft
                .blast
                .note(Reach::Medium, format!("{server} is cut off"));
        }
        let with = |op: &str, body: Value| {
            let mut params = object.clone();
            params["body"] = body;
            Call::new(op, params)
        };
        let rules = rules(cloud, &object)?;
        if !rules.is_empty() {
            let probe = Probe::new("sg-rules", object.clone());
            let summary = format!("{} rules out", rules.len());
            let clear = with("instance:SetRules", json!({"rules": []}));
            let back = with("instance:SetRules", json!({"rules": rules}));
            let step = Step::new(clear, &summary, probe, json!(rules), json!([]));
            draft.step(step.back(back, &format!("{} rules back in", rules.len())));
        }
        let probe = Probe::new("sg-policies", object.clone());
        let before = crate::respond::probe::ask(cloud, &probe)?;
        let drop = json!({"inbound_default_policy": "drop", "outbound_default_policy": "drop"});
        let call = with("instance:UpdateSecurityGroup", drop.clone());
        let back = with("instance:UpdateSecurityGroup", before.clone());
        let step = Step::new(call, "what no rule names is dropped", probe, before, drop);
        draft.step(step.back(back, "what no rule names goes as before"));
        draft.settle = 5;
        draft.patience = 30;
        draft.warn("only the public interface is filtered: private networks stay open");
        Ok(draft)
    }
}
