//! Security-group rules: one text each to compare, one parameter each to send.

use serde_json::{Value, json};

use crate::respond::action::text;
use crate::respond::wire::plain;

/// What a rule allows, as one text: ids change when a rule is made anew, this does not.
pub fn rule_key(rule: &Value) -> String {
    let peer = ["cidrIpv4", "cidrIpv6", "prefixListId"]
        .into_iter()
        .map(|field| text(rule, field))
        .find(|text| !text.is_empty())
        .unwrap_or_else(|| text(&rule["referencedGroupInfo"], "groupId"));
    let direction = if plain(&rule["isEgress"]) == "true" {
        "egress"
    } else {
        "ingress"
    };
    let port = |field: &str| match plain(&rule[field]).as_str() {
        "" => "-1".to_owned(),
        port => port.to_owned(),
    };
    let (from, to) = (port("fromPort"), port("toPort"));
    let ports = match (from.as_str(), to.as_str()) {
        ("-1", "-1") => "all".to_owned(),
        _ => format!("{from}-{to}"),
    };
    format!("{direction} {} {ports} {peer}", text(rule, "ipProtocol"))
}

/// The rule as the parameter that makes it.
pub fn permission(rule: &Value) -> Value {
    let mut permission = json!({"IpProtocol": text(rule, "ipProtocol")});
    for (from, to) in [("fromPort", "FromPort"), ("toPort", "ToPort")] {
        let port = plain(&rule[from]);
        let all = port == "-1" && text(rule, "ipProtocol") == "-1";
        if !port.is_empty() && !all {
            permission[to] = json!(port);
        }
    }
    let mut peer = json!({});
    if !text(rule, "description").is_empty() {
        peer["Description"] = rule["description"].clone();
    }
    let group = &rule["referencedGroupInfo"];
    let (list, field, value) = match () {
        () if !text(rule, "cidrIpv4").is_empty() => ("IpRanges", "CidrIp", &rule["cidrIpv4"]),
        () if !text(rule, "cidrIpv6").is_empty() => ("Ipv6Ranges", "CidrIpv6", &rule["cidrIpv6"]),
        () if !text(rule, "prefixListId").is_empty() => {
            ("PrefixListIds", "PrefixListId", &rule["prefixListId"])
        }
        () => {
            if !text(group, "userId").is_empty() {
                peer["UserId"] = group["userId"].clone();
            }
            ("Groups", "GroupId", &group["groupId"])
        }
    };
    peer[field] = value.clone();
    permission[list] = json!([peer]);
    permission
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_and_made_again() {
        let rule = json!({"isEgress": "false", "ipProtocol": "tcp", "fromPort": "22",
            "toPort": "22", "cidrIpv4": "192.0.2.0/24", "description": "ssh"});
        assert_eq!(rule_key(&rule), "ingress tcp 22-22 192.0.2.0/24");
        assert_eq!(
            permission(&rule),
            json!({"IpProtocol": "tcp", "FromPort": "22", "ToPort": "22",
                "IpRanges": [{"CidrIp": "192.0.2.0/24", "Description": "ssh"}]})
        );
        let rule = json!({"isEgress": "true", "ipProtocol": "-1", "fromPort": "-1", "toPort": "-1",
            "referencedGroupInfo": {"groupId": "sg-1", "userId": "111122223333"}});
        assert_eq!(rule_key(&rule), "egress -1 all sg-1");
        assert_eq!(
            permission(&rule),
            json!({"IpProtocol": "-1", "Groups": [{"GroupId": "sg-1", "UserId": "111122223333"}]})
        );
    }
}
