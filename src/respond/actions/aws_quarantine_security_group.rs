//! AWS: cuts off what is behind a security group.
//!
//! `replace` takes every rule out of the group itself; `swap` leaves the group alone and puts an
//! empty one in its place, interface by interface. Both say what they cannot cut: connections that
//! are open, and the instance's own way to its credentials.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::aws::{permission, rule_key};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Back, Call, Draft, ID, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::wire::{items, plain};

/// The action.
pub struct QuarantineSecurityGroup;

impl Action for QuarantineSecurityGroup {
    fn name(&self) -> &'static str {
        "quarantine-security-group"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.ec2.security-group.quarantine"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "ec2:DescribeInstances",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroupRules",
                "ec2:DescribeSecurityGroups",
            ],
            act: &[
                "ec2:CreateSecurityGroup",
                "ec2:CreateTags",
                "ec2:ModifyNetworkInterfaceAttribute",
                "ec2:RevokeSecurityGroupEgress",
                "ec2:RevokeSecurityGroupIngress",
            ],
            undo: &[
                "ec2:AuthorizeSecurityGroupEgress",
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:DeleteSecurityGroup",
                "ec2:ModifyNetworkInterfaceAttribute",
            ],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let machines = ask.target.starts_with("i-")
            || ask.target.starts_with("eni-")
            || !ask.instances.is_empty()
            || !ask.interfaces.is_empty();
        let mode = ask
            .mode
            .as_deref()
            .unwrap_or(if machines { "swap" } else { "replace" });
        let mut draft = match mode {
            "replace" if machines => {
                return Err(usage(
                    "--mode replace takes a security group and no interfaces",
                ));
            }
            "replace" => replace(cloud, &ask.target)?,
            _ => swap(cloud, ask)?,
        };
        draft.settle = 2;
        draft.warn("connections that are open live on until they idle out");
        draft.warn("no security group filters 169.254.169.254: the instance goes on getting credentials of its role");
        Ok(draft)
    }
}

fn group(cloud: &Cloud<'_>, id: &str) -> Result<Value, Refused> {
    let found = cloud.read("ec2:DescribeSecurityGroups", json!({"GroupId": [id]}));
    let found = found.map_err(|trouble| match trouble.code.as_str() {
        "InvalidGroup.NotFound" | "InvalidGroupId.Malformed" => {
            Refused::missing("security group", id)
        }
        _ => trouble.into(),
    })?;
    let first = items(&found["securityGroupInfo"]).first();
    first
        .cloned()
        .ok_or_else(|| Refused::missing("security group", id))
}

fn draft_of(group: &Value) -> Draft {
    let mut draft = Draft::new(
        "security group",
        text(group, "groupId"),
        text(group, "groupId"),
    );
    draft.facts.ids.push(text(group, "groupName").to_owned());
    draft.facts.account = Some(text(group, "ownerId").to_owned());
    let tags = items(&group["tagSet"]).iter();
    draft.facts.tags = tags
        .map(|tag| (text(tag, "key").to_owned(), text(tag, "value").to_owned()))
        .collect();
    draft
}

fn interfaces(cloud: &Cloud<'_>, filter: &str, value: &str) -> Result<Vec<Value>, Refused> {
    let asked = json!({"Filter": [{"Name": filter, "Value": [value]}]});
    Ok(cloud.list(
        "ec2:DescribeNetworkInterfaces",
        asked,
        "/networkInterfaceSet",
    )?)
}

fn replace(cloud: &Cloud<'_>, id: &str) -> Result<Draft, Refused> {
    let group = group(cloud, id)?;
    let mut draft = draft_of(&group);
    let asked = json!({"Filter": [{"Name": "group-id", "Value": [id]}]});
    let rules = cloud.list(
        "ec2:DescribeSecurityGroupRules",
        asked,
        "/securityGroupRuleSet",
    )?;
    for (direction, is_egress) in [("Ingress", "false"), ("Egress", "true")] {
        let mut of: Vec<&Value> = rules
            .iter()
            .filter(|rule| plain(&rule["isEgress"]) == is_egress)
            .collect();
        of.sort_by_key(|rule| rule_key(rule));
        if of.is_empty() {
            continue;
        }
        draft.step(revoke(id, direction, &of));
    }
    if draft.steps.is_empty() {
        let probe = Probe::new("sg-rule-count", json!({"GroupId": id}));
        let call = Call::new("ec2:RevokeSecurityGroupIngress", json!({"GroupId": id}));
        draft.step(Step::new(
            call,
            "the group has no rules",
            probe,
            json!(0),
            json!(0),
        ));
    }
    for interface in interfaces(cloud, "group-id", id)? {
        let attached = text(&interface["attachment"], "instanceId");
        let what = if attached.is_empty() {
            text(&interface, "description")
        } else {
            attached
        };
        draft.blast.note(
            Reach::Medium,
            format!("{} ({what})", text(&interface, "networkInterfaceId")),
        );
    }
    let asked = json!({"Filter": [{"Name": "ip-permission.group-id", "Value": [id]}]});
    for other in cloud.list("ec2:DescribeSecurityGroups", asked, "/securityGroupInfo")? {
        let other = text(&other, "groupId");
        if other != id {
            draft.blast.note(
                Reach::Low,
                format!("{other} refers to it and still lets its members in"),
            );
        }
    }
    draft.warn("the undo makes the rules anew: they get new ids");
    Ok(draft)
}

/// Takes out every rule of one direction at once; the way back brings them one by one, so that one
/// that cannot be made again keeps back no other.
fn revoke(group: &str, direction: &str, rules: &[&Value]) -> Step {
    let keys: Vec<String> = rules.iter().map(|rule| rule_key(rule)).collect();
    let permissions: Vec<Value> = rules.iter().map(|rule| permission(rule)).collect();
    let probe = Probe::new("sg-rules", json!({"GroupId": group, "Of": keys}));
    let params = json!({"GroupId": group, "IpPermissions": permissions});
    let call = Call::new(&format!("ec2:RevokeSecurityGroup{direction}"), params);
    let summary = format!("{} rules out: {}", keys.len(), keys.join("; "));
    let mut step = Step::new(call, &summary, probe, json!(keys), json!([])).gone(&[
        "InvalidPermission.NotFound",
        "InvalidSecurityGroupRuleId.NotFound",
    ]);
    for (rule, key) in rules.iter().zip(&keys).rev() {
        let mut params = json!({"GroupId": group, "IpPermissions": [permission(rule)]});
        let tags = items(&rule["tagSet"]).iter();
        let tags: Vec<Value> = tags
            .map(|tag| json!({"Key": tag["key"], "Value": tag["value"]}))
            .collect();
        if !tags.is_empty() {
            params["TagSpecification"] =
                json!([{"ResourceType": "security-group-rule", "Tag": tags}]);
        }
        step.undo.push(Back {
            call: Call::new(&format!("ec2:AuthorizeSecurityGroup{direction}"), params),
            summary: format!("{key} back in"),
            probe: Probe::new("sg-rules", json!({"GroupId": group, "Of": [key]})),
            ours: json!([]),
            was: json!([key]),
        });
    }
    step
}

fn swap(cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
    let mut found = Vec::new();
    let mut targets: Vec<&str> = ask
        .interfaces
        .iter()
        .chain(&ask.instances)
        .map(String::as_str)
        .collect();
    if targets.is_empty() {
        targets.push(&ask.target);
    }
    for target in &targets {
        let filter = match *target {
            target if target.starts_with("i-") => "attachment.instance-id",
            target if target.starts_with("eni-") => "network-interface-id",
            _ => "group-id",
        };
        let some = interfaces(cloud, filter, target)?;
        if some.is_empty() {
            return Err(Refused::missing("network interface of", target));
        }
        found.extend(some);
    }
    found.sort_by_key(|interface| text(interface, "networkInterfaceId").to_owned());
    found.dedup_by_key(|interface| text(interface, "networkInterfaceId").to_owned());
    let mut draft = Draft::new("network interfaces", &ask.target, &targets.join(" "));
    draft.facts.account = found
        .first()
        .map(|interface| text(interface, "ownerId").to_owned());
    let mut networks: Vec<&str> = found
        .iter()
        .map(|interface| text(interface, "vpcId"))
        .collect();
    networks.sort_unstable();
    networks.dedup();
    let (there, found): (Vec<Value>, Vec<Value>) = found
        .iter()
        .cloned()
        .partition(|interface| is_cut_off(cloud, interface));
    for interface in &there {
        already(interface, &mut draft);
    }
    networks.retain(|network| found.iter().any(|one| text(one, "vpcId") == *network));
    for network in networks {
        let made = empty_group(network, &mut draft);
        let open = ask.cut.then(|| open_group(network, &mut draft));
        for interface in found
            .iter()
            .filter(|interface| text(interface, "vpcId") == network)
        {
            attach(interface, network, made, open, &mut draft);
        }
    }
    Ok(draft)
}

/// Whether an interface has nothing but a group of ours that is still without rules.
fn is_cut_off(cloud: &Cloud<'_>, interface: &Value) -> bool {
    let [group] = items(&interface["groupSet"]) else {
        return false;
    };
    let count = Probe::new("sg-rule-count", json!({"GroupId": group["groupId"]}));
    text(group, "groupName").starts_with("ctadel-q-")
        && crate::respond::probe::ask(cloud, &count).is_ok_and(|count| count == 0)
}

fn already(interface: &Value, draft: &mut Draft) {
    let id = text(interface, "networkInterfaceId");
    let groups = json!([items(&interface["groupSet"])[0]["groupId"]]);
    let params = json!({"NetworkInterfaceId": id, "SecurityGroupId": groups});
    draft.step(Step::new(
        Call::new("ec2:ModifyNetworkInterfaceAttribute", params),
        &format!("{id} has only the group without rules already"),
        Probe::new("eni-groups", json!({"NetworkInterfaceId": id})),
        groups.clone(),
        groups,
    ));
}

fn made(network: &str, name: &str, bind: &str, what: &str) -> Step {
    let params = json!({
        "GroupName": name, "GroupDescription": format!("ctadel {ID}"), "VpcId": network,
        "TagSpecification": [{"ResourceType": "security-group",
            "Tag": [{"Key": "ctadel", "Value": ID}]}],
    });
    let object = json!({"GroupName": name, "VpcId": network});
    let probe = Probe::new("sg-named", object.clone());
    let id = format!("<ctadel:{bind}>");
    let mut step = Step::new(
        Call::new("ec2:CreateSecurityGroup", params),
        &format!("{name}: {what}"),
        probe,
        json!(false),
        json!(true),
    )
    .back(
        Call::new("ec2:DeleteSecurityGroup", json!({"GroupId": id})),
        &format!("delete {name}"),
    );
    step.binds.insert(bind.to_owned(), "/groupId".to_owned());
    step.locate
        .insert(bind.to_owned(), Probe::new("sg-id", object));
    step
}

/// A group without rules. A new one lets everything out: forgetting that is the classic mistake.
fn empty_group(network: &str, draft: &mut Draft) -> u32 {
    let name = format!("ctadel-q-{ID}");
    let bind = format!("group-{network}");
    let create = draft.step(made(network, &name, &bind, "a group without rules"));
    let id = format!("<ctadel:{bind}>");
    let all = json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]});
    let call = Call::new(
        "ec2:RevokeSecurityGroupEgress",
        json!({"GroupId": id, "IpPermissions": [all]}),
    );
    let probe = Probe::new("sg-rule-count", json!({"GroupId": id}));
    let mut step = Step::new(
        call,
        "the rule that lets everything out goes",
        probe,
        json!(1),
        json!(0),
    )
    .gone(&["InvalidPermission.NotFound"])
    .covered();
    step.needs.push(create);
    draft.step(step)
}

/// A group that lets everything through: connections under it are no longer tracked, so that they
/// die when it is taken away.
fn open_group(network: &str, draft: &mut Draft) -> u32 {
    let name = format!("ctadel-o-{ID}");
    let bind = format!("open-{network}");
    let create = draft.step(made(
        network,
        &name,
        &bind,
        "a group that lets everything through",
    ));
    let id = format!("<ctadel:{bind}>");
    let all = json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]});
    let params = json!({"GroupId": id, "IpPermissions": [all]});
    let call = Call::new("ec2:AuthorizeSecurityGroupIngress", params);
    let probe = Probe::new("sg-rule-count", json!({"GroupId": id}));
    let mut step = Step::new(call, "everything is let in", probe, json!(1), json!(2)).covered();
    step.needs.push(create);
    draft.warn(
        "between two calls the machine is open to everybody: that is what cuts its connections",
    );
    draft.step(step)
}

fn attach(interface: &Value, network: &str, made: u32, open: Option<u32>, draft: &mut Draft) {
    let id = text(interface, "networkInterfaceId");
    let mut before: Vec<&str> = items(&interface["groupSet"])
        .iter()
        .map(|group| text(group, "groupId"))
        .collect();
    before.sort_unstable();
    let probe = Probe::new("eni-groups", json!({"NetworkInterfaceId": id}));
    let set = |groups: Value| {
        let params = json!({"NetworkInterfaceId": id, "SecurityGroupId": groups});
        Call::new("ec2:ModifyNetworkInterfaceAttribute", params)
    };
    let instance = text(&interface["attachment"], "instanceId");
    draft
        .blast
        .note(Reach::Medium, format!("{id} ({instance}) is cut off"));
    let managed = plain(&interface["requesterManaged"]) == "true";
    let mut earlier = json!(before);
    if let Some(open) = open {
        let groups = json!([format!("<ctadel:open-{network}>")]);
        let mut step = Step::new(
            set(groups.clone()),
            &format!("{id}: let everything through for a moment"),
            probe.clone(),
            earlier,
            groups.clone(),
        )
        .back(
            set(json!(before)),
            &format!("{id}: back to {}", before.join(", ")),
        );
        step.passing = true;
        step.needs.push(open);
        step.needs.push(made);
        draft.step(step);
        earlier = groups;
    }
    let groups = json!([format!("<ctadel:group-{network}>")]);
    let mut step = Step::new(
        set(groups.clone()),
        &format!("{id}: {} → the group without rules", before.join(", ")),
        probe.clone(),
        earlier,
        groups.clone(),
    );
    // Whatever it passed through, the way back leads to what it was.
    step.undo.push(Back {
        call: set(json!(before)),
        summary: format!("{id}: back to {}", before.join(", ")),
        probe,
        ours: groups,
        was: json!(before),
    });
    step.needs.push(made);
    draft.step(match managed {
        true => step.skipped("the provider manages this interface and refuses changes"),
        false => step,
    });
}
