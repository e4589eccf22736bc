//! Google Cloud: refuses all traffic of one instance, by rules for a tag that only it carries.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, ID, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::wire::{items, plain};

/// The action.
pub struct FirewallDeny;

impl Action for FirewallDeny {
    fn name(&self) -> &'static str {
        "firewall-deny"
    }

    fn provider(&self) -> Provider {
        Provider::Gcp
    }

    fn kind(&self) -> &'static str {
        "gcp.compute.firewall.deny"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["compute.instances.get", "compute.firewalls.get"],
            act: &[
                "compute.firewalls.create",
                "compute.networks.updatePolicy",
                "compute.instances.setTags",
            ],
            undo: &["compute.firewalls.delete", "compute.instances.setTags"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let (project, zone, instance) = place(cloud, &ask.target)?;
        let object = json!({"project": project, "zone": zone, "instance": instance});
        let found = cloud.find("compute:getInstance", object.clone())?;
        let found = found.ok_or_else(|| Refused::missing("instance", &ask.target))?;
        let mut draft = Draft::new("instance", &instance, &plain(&found["id"]));
        draft.facts.account = Some(project.clone());
        if let Some(labels) = found["labels"].as_object() {
            draft.facts.tags = labels
                .iter()
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect();
        }
        // A tag of an earlier action is as good as a new one.
        let ours = |tag: &&Value| plain(tag).starts_with("ctadel-q-");
        if let Some(tag) = items(&found["tags"]["items"]).iter().find(ours) {
            let mut tagged = object;
            tagged["tag"] = tag.clone();
            let probe = Probe::new("tagged", tagged.clone());
            let call = Call::new("compute:addTag", tagged);
            draft.step(Step::new(
                call,
                "the instance is cut off already",
                probe,
                json!(true),
                json!(true),
            ));
            return Ok(draft);
        }
        let tag = format!("ctadel-q-{ID}");
        let mut needs = Vec::new();
        for interface in items(&found["networkInterfaces"]) {
            let network = text(interface, "network");
            for (direction, side) in [("INGRESS", "in"), ("EGRESS", "out")] {
                // One rule holds one family of addresses.
                for (family, range) in [("4", "0.0.0.0/0"), ("6", "::/0")] {
                    let name = format!("ctadel-q-{ID}-{side}{family}-{}", needs.len());
                    needs.push(draft.step(rule(&project, network, &name, direction, range, &tag)));
                }
            }
        }
        let mut tagged = object;
        tagged["tag"] = json!(tag);
        let probe = Probe::new("tagged", tagged.clone());
        let call = Call::new("compute:addTag", tagged.clone());
        let step = Step::new(
            call,
            &format!("{instance} gets the tag {tag}"),
            probe,
            json!(false),
            json!(true),
        );
        let mut step = step.back(
            Call::new("compute:removeTag", tagged),
            &format!("{instance} loses the tag"),
        );
        step.needs = needs;
        draft.step(step);
        draft
            .blast
            .note(Reach::Medium, format!("{instance} is cut off"));
        draft.settle = 5;
        draft.patience = 60;
        draft.warn("open connections live on, the metadata server stays reachable, and hierarchical policies come first");
        Ok(draft)
    }
}

/// Project, zone and name of an instance.
fn place(cloud: &Cloud<'_>, target: &str) -> Result<(String, String, String), Refused> {
    let parts: Vec<&str> = target.split('/').collect();
    let own = |text: &str| text.to_owned();
    match parts.as_slice() {
        [.., "projects", project, "zones", zone, "instances", name] => {
            Ok((own(project), own(zone), own(name)))
        }
        [zone, name] => {
            let project = cloud.place.project.clone();
            let project = project.ok_or_else(|| usage("name the project: --project ID"))?;
            Ok((project, own(zone), own(name)))
        }
        _ => Err(usage(
            "name the instance as ZONE/NAME or projects/P/zones/Z/instances/NAME",
        )),
    }
}

fn rule(project: &str, network: &str, name: &str, direction: &str, range: &str, tag: &str) -> Step {
    let ranges = if direction == "INGRESS" {
        "sourceRanges"
    } else {
        "destinationRanges"
    };
    let body = json!({
        "name": name, "network": network, "direction": direction, "priority": 0,
        "denied": [{"IPProtocol": "all"}], ranges: [range], "targetTags": [tag],
        "description": format!("ctadel {ID}"),
    });
    let object = json!({"project": project, "firewall": name});
    let probe = Probe::new("firewall", object.clone());
    let call = Call::new(
        "compute:insertFirewall",
        json!({"project": project, "body": body}),
    );
    Step::new(
        call,
        &format!("{name}: deny {direction} {range}"),
        probe,
        json!(null),
        json!(true),
    )
    .back(
        Call::new("compute:deleteFirewall", object),
        &format!("delete {name}"),
    )
}
