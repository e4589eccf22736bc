//! An AWS account: users, roles, policies, groups of rules, trails, keys, with who may do what.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::matrix::Case;
use super::world::{Reply, World};
use crate::respond::aws::rule_key;
use crate::respond::operation::Wire;
use crate::respond::provider::Provider;
use crate::respond::request::Request;
use crate::respond::wire::{self, escape, items, plain};

const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const ACCOUNT: &str = "111122223333";
const SET: &str = "arn:aws:sso:::permissionSet/ssoins-1/ps-1";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

pub struct Aws {
    state: Value,
    made: usize,
    /// Texts of policies above the account.
    contents: BTreeMap<String, Value>,
}

pub fn aws() -> Box<dyn World> {
    let arn = |rest: &str| format!("arn:aws:iam::{ACCOUNT}:{rest}");
    let identity = |arn: String, id: &str, inline: Value, attached: Value| json!({"Arn": arn, "Id": id, "inline": inline, "attached": attached, "groups": [], "keys": {}, "tags": [], "boundary": null});
    let grants = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*",
        "Resource": "arn:aws:s3:::${aws:username}/*"}]});
    let mut mallory = identity(
        arn("user/mallory"),
        "AIDAMALLORYEXAMPLE00",
        json!({"own": grants}),
        json!([ADMIN]),
    );
    mallory["keys"] = json!({KEY: "Active", "AKIAI44QH8DHBEXAMPLE": "Inactive"});
    mallory["groups"] = json!(["staff"]);
    mallory["ssh"] = json!("Active");
    let mut app = identity(
        arn("role/svc/app"),
        "AROAAPPEXAMPLE000000",
        json!({}),
        json!([ADMIN]),
    );
    app["boundary"] = json!(ADMIN);
    app["trust"] = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": ["ec2.amazonaws.com"], "AWS": ["arn:aws:iam::444455556666:root"]},
        "Action": "sts:AssumeRole"}]});
    let world = Aws {
        made: 0,
        contents: BTreeMap::new(),
        state: json!({
            "users": {"mallory": mallory,
                "alice": identity(arn("user/alice"), "AIDAALICEEXAMPLE0000", json!({}), json!([ADMIN]))},
            "roles": {"app": app, "AWSReservedSSO_Admin_0a": identity(arn("role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a"),
                "AROASSOEXAMPLE000000", json!({}), json!([]))},
            "set": null,
            "groups": {"staff": identity(arn("group/staff"), "AGPASTAFFEXAMPLE0000", json!({}), json!([]))},
            "policies": {
                ADMIN: {"default": "v1", "versions": {"v1": {"Statement": [{"Effect": "Allow", "Action": "*"}]}}},
                "arn:aws:iam::aws:policy/AWSDenyAll": {"default": "v1", "versions": {"v1": {"Statement": [{"Effect": "Deny"}]}}},
                arn("policy/wide"): {"default": "v2", "versions": {"v1": {}, "v2": {"Statement": []}}},
            },
            "rules": {"sg-0123456789abcdef0": [
                {"isEgress": "false", "ipProtocol": "tcp", "fromPort": "22", "toPort": "22", "cidrIpv4": "192.0.2.0/24", "description": "ssh"},
                {"isEgress": "false", "ipProtocol": "tcp", "fromPort": "443", "toPort": "443", "cidrIpv4": "0.0.0.0/0"},
                {"isEgress": "true", "ipProtocol": "-1", "fromPort": "-1", "toPort": "-1", "cidrIpv4": "0.0.0.0/0"}]},
            "names": {"sg-0123456789abcdef0": "web"},
            "interfaces": {"eni-0123456789abcdef0": ["sg-0123456789abcdef0"]},
            "trail": false,
            "key": "PendingDeletion",
            "shares": {"snap-0123456789abcdef0": ["444455556666", "group:all"]},
            "block": null,
            "logging": null,
            "detector": "DISABLED",
            "concurrency": null,
            "scps": {}, "scp-targets": {},
            "login": {"mallory": true},
        }),
    };
    Box::new(world)
}

/// Whether an identity may do anything: allowed by a policy and refused by none.
fn may(identity: &Value) -> bool {
    let inline: Vec<&Value> = identity["inline"]
        .as_object()
        .map(|all| all.values().collect())
        .unwrap_or_default();
    let effect = |effect: &str| {
        inline.iter().any(|document| {
            items(&document["Statement"])
                .iter()
                .any(|one| one["Effect"] == effect)
        })
    };
    let attached = |part: &str| {
        items(&identity["attached"])
            .iter()
            .any(|arn| plain(arn).contains(part))
    };
    (effect("Allow") || attached("AdministratorAccess"))
        && !effect("Deny")
        && !attached("AWSDenyAll")
}

fn user_works(state: &Value) -> bool {
    let refused = state["scp-targets"]
        .as_object()
        .is_some_and(|targets| !targets.is_empty());
    let key = state["users"]["mallory"]["keys"][KEY] == "Active";
    may(&state["users"]["mallory"]) && key && !refused
}

fn error(status: u16, code: &str) -> Reply {
    let body = format!(
        "<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    );
    Reply { status, body }
}

fn xml(name: &str, value: &Value) -> String {
    let inner = match value {
        Value::Array(list) => list.iter().map(|item| xml("member", item)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| xml(name, value))
            .collect(),
        value => quick_xml::escape::escape(plain(value)).into_owned(),
    };
    format!("<{name}>{inner}</{name}>")
}

fn ok(value: Value) -> Reply {
    Reply {
        status: 200,
        body: xml("AnyResponse", &json!({"AnyResult": value})),
    }
}

fn plain_xml(value: Value) -> Reply {
    Reply {
        status: 200,
        body: xml("Any", &value),
    }
}

type Form = BTreeMap<String, String>;

fn form(body: &[u8]) -> Form {
    let text = String::from_utf8_lossy(body).into_owned();
    let decode = |part: &str| {
        let part = part.replace('+', " ");
        percent_decode_str(&part).decode_utf8_lossy().into_owned()
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

impl World for Aws {
    fn answer(&mut self, request: &Request) -> Reply {
        let operation = request.operation();
        match operation.wire {
            Wire::Query(_) => {
                let form = form(&request.body);
                assert_eq!(
                    form.get("Action").map(String::as_str),
                    Some(operation.verb())
                );
                match operation.service() {
                    "ec2" => self.ec2(operation.verb(), &form),
                    _ => self.iam(operation.verb(), &form),
                }
            }
            Wire::Sdk => {
                let form = form(wire::form("", "", &request.params(), true).as_bytes());
                let mut reply = self.iam(operation.verb(), &form);
                if let Some(value) =
                    wire::xml(reply.body.as_bytes()).filter(|_| reply.status == 200)
                {
                    reply.body = value.to_string();
                }
                reply
            }
            Wire::Target(_) => {
                let asked: Value = serde_json::from_slice(&request.body).expect("json");
                self.target(operation.name, &asked)
            }
            _ => self.rest(operation.name, request),
        }
    }

    fn state(&self) -> Value {
        self.state.clone()
    }

    fn state_mut(&mut self) -> &mut Value {
        &mut self.state
    }
}

impl Aws {
    fn iam(&mut self, verb: &str, form: &Form) -> Reply {
        let get = |name: &str| form.get(name).cloned().unwrap_or_default();
        let (kind, name) = ["User", "Role", "Group"]
            .into_iter()
            .map(|kind| (kind, get(&format!("{kind}Name"))))
            .find(|(_, name)| !name.is_empty())
            .unwrap_or_default();
        let plural = format!("{}s", kind.to_ascii_lowercase());
        match verb {
            "GetCallerIdentity" => {
                return ok(
                    json!({"Arn": format!("arn:aws:iam::{ACCOUNT}:user/responder"),
                    "UserId": "AIDARESPONDEREXAMPLE", "Account": ACCOUNT}),
                );
            }
            "GetAccessKeyInfo" => return ok(json!({"Account": ACCOUNT})),
            "SimulatePrincipalPolicy" => {
                return Reply {
                    status: 500,
                    body: "<!DOCTYPE html><p>no".to_owned(),
                };
            }
            "GetAccessKeyLastUsed" => {
                let key = get("AccessKeyId");
                let users = self.state["users"].as_object().expect("users");
                let owner = users
                    .iter()
                    .find(|(_, user)| user["keys"][&key].is_string());
                return match owner {
                    Some((name, _)) => ok(
                        json!({"UserName": name, "AccessKeyLastUsed": {"LastUsedDate": "2026-05-12T09:00:00Z", "ServiceName": "s3", "Region": "eu-west-3"}}),
                    ),
                    None => error(404, "NoSuchEntity"),
                };
            }
            "ListEntitiesForPolicy" => {
                return ok(
                    json!({"PolicyUsers": [{"UserName": "alice"}, {"UserName": "mallory"}], "PolicyRoles": [], "PolicyGroups": []}),
                );
            }
            "GetPolicy" | "GetPolicyVersion" | "ListPolicyVersions" | "SetDefaultPolicyVersion" => {
                return self.policy(verb, &get("PolicyArn"), &get("VersionId"));
            }
            _ => {}
        }
        if !self.state[&plural][&name].is_object() {
            return error(404, "NoSuchEntity");
        }
        let one = &mut self.state[&plural][&name];
        let (policy, arn) = (get("PolicyName"), get("PolicyArn"));
        match verb {
            "GetUser" | "GetRole" => {
                let mut found = json!({
                    format!("{kind}Name"): name, format!("{kind}Id"): one["Id"], "Arn": one["Arn"],
                    "Path": if kind == "Role" { "/svc/" } else { "/" }, "MaxSessionDuration": "3600",
                    "AssumeRolePolicyDocument": escape(&one["trust"].to_string()),
                });
                if one["boundary"].is_string() {
                    found["PermissionsBoundary"] =
                        json!({"PermissionsBoundaryArn": one["boundary"]});
                }
                ok(json!({ kind: found }))
            }
            "UpdateAssumeRolePolicy" => {
                one["trust"] = serde_json::from_str(&get("PolicyDocument")).expect("a document");
                ok(json!(""))
            }
            verb if verb.ends_with("PermissionsBoundary") => {
                one["boundary"] = match verb.starts_with("Put") {
                    true => json!(get("PermissionsBoundary")),
                    false => Value::Null,
                };
                ok(json!(""))
            }
            "ListSSHPublicKeys" => ok(json!({"SSHPublicKeys": [{"SSHPublicKeyId": "APKAEXAMPLE",
                "Status": one["ssh"].as_str().unwrap_or("Active")}]})),
            "UpdateSSHPublicKey" => {
                one["ssh"] = json!(get("Status"));
                ok(json!(""))
            }
            "ListServiceSpecificCredentials" => ok(json!({"ServiceSpecificCredentials": []})),
            "ListSigningCertificates" => ok(json!({"Certificates": []})),
            "GetGroup" => ok(
                json!({"Group": {"GroupName": name, "GroupId": one["Id"], "Arn": one["Arn"]}, "Users": [{"UserName": "mallory"}]}),
            ),
            "ListAccessKeys" => {
                let keys = one["keys"].as_object().expect("keys").iter();
                let keys = keys.map(
                    |(id, status)| json!({"AccessKeyId": id, "Status": status, "UserName": name}),
                );
                ok(json!({"AccessKeyMetadata": keys.collect::<Vec<_>>(), "IsTruncated": "false"}))
            }
            "UpdateAccessKey" => match one["keys"].get_mut(get("AccessKeyId")) {
                Some(status) => {
                    *status = json!(get("Status"));
                    ok(json!(""))
                }
                None => error(404, "NoSuchEntity"),
            },
            "DeleteAccessKey" => match one["keys"]
                .as_object_mut()
                .and_then(|keys| keys.remove(&get("AccessKeyId")))
            {
                Some(_) => ok(json!("")),
                None => error(404, "NoSuchEntity"),
            },
            "GetLoginProfile" => match self.state["login"][&name] == true {
                true => ok(json!({"LoginProfile": {"UserName": name}})),
                false => error(404, "NoSuchEntity"),
            },
            "DeleteLoginProfile" => match self.state["login"]
                .as_object_mut()
                .and_then(|all| all.remove(&name))
            {
                Some(_) => ok(json!("")),
                None => error(404, "NoSuchEntity"),
            },
            "ListGroupsForUser" => {
                let groups = items(&one["groups"])
                    .iter()
                    .map(|group| json!({"GroupName": group}));
                ok(json!({"Groups": groups.collect::<Vec<_>>()}))
            }
            "ListInstanceProfilesForRole" => ok(json!({"InstanceProfiles": []})),
            verb if verb.starts_with("List") && verb.contains("Attached") => {
                let list = items(&one["attached"]).iter().map(|arn| {
                    json!({"PolicyArn": arn, "PolicyName": plain(arn).rsplit('/').next().unwrap_or_default()})
                });
                ok(json!({"AttachedPolicies": list.collect::<Vec<_>>()}))
            }
            verb if verb.starts_with("List") && verb.ends_with("Policies") => {
                let names: Vec<&String> = one["inline"]
                    .as_object()
                    .expect("policies")
                    .keys()
                    .collect();
                ok(json!({"PolicyNames": names}))
            }
            verb if verb.starts_with("Get") && verb.ends_with("Policy") => {
                match &one["inline"][&policy] {
                    Value::Null => error(404, "NoSuchEntity"),
                    document => ok(
                        json!({"PolicyName": policy, "PolicyDocument": escape(&document.to_string())}),
                    ),
                }
            }
            verb if verb.starts_with("Put") => {
                let document: Value =
                    serde_json::from_str(&get("PolicyDocument")).expect("a document");
                one["inline"][policy] = document;
                ok(json!(""))
            }
            verb if verb.starts_with("Delete") => match one["inline"]
                .as_object_mut()
                .and_then(|all| all.remove(&policy))
            {
                Some(_) => ok(json!("")),
                None => error(404, "NoSuchEntity"),
            },
            verb if verb.starts_with("Attach") => {
                let list = one["attached"].as_array_mut().expect("a list");
                if !list.contains(&json!(arn)) {
                    list.push(json!(arn));
                }
                ok(json!(""))
            }
            verb if verb.starts_with("Detach") => {
                let list = one["attached"].as_array_mut().expect("a list");
                let before = list.len();
                list.retain(|other| *other != json!(arn));
                if list.len() < before {
                    ok(json!(""))
                } else {
                    error(404, "NoSuchEntity")
                }
            }
            other => panic!("the world has no {other}"),
        }
    }

    fn policy(&mut self, verb: &str, arn: &str, version: &str) -> Reply {
        let policy = &mut self.state["policies"][arn];
        if !policy.is_object() {
            return error(404, "NoSuchEntity");
        }
        match verb {
            "GetPolicy" => {
                ok(json!({"Policy": {"Arn": arn, "DefaultVersionId": policy["default"]}}))
            }
            "GetPolicyVersion" => {
                let document = escape(&policy["versions"][version].to_string());
                ok(json!({"PolicyVersion": {"Document": document, "VersionId": version}}))
            }
            "ListPolicyVersions" => {
                let list = policy["versions"].as_object().expect("versions").keys();
                let list = list.map(|id| json!({"VersionId": id, "IsDefaultVersion": (policy["default"] == json!(id)).to_string()}));
                ok(json!({"Versions": list.collect::<Vec<_>>()}))
            }
            _ => {
                policy["default"] = json!(version);
                ok(json!(""))
            }
        }
    }

    fn ec2(&mut self, verb: &str, form: &Form) -> Reply {
        let get = |name: &str| form.get(name).cloned().unwrap_or_default();
        let group = get("GroupId");
        match verb {
            "DescribeSecurityGroups" => {
                let wanted = get("GroupId.1");
                let by_name =
                    (get("Filter.1.Name") == "group-name").then(|| get("Filter.1.Value.1"));
                let referred = get("Filter.1.Name") == "ip-permission.group-id";
                let names = self.state["names"].as_object().expect("groups");
                let fits = |id: &str, name: &str| {
                    !referred && by_name.as_deref().map_or(id == wanted, |by| by == name)
                };
                let list = names.iter().filter(|(id, name)| fits(id, &plain(name)));
                let list = list.map(|(id, name)| json!({"groupId": id, "groupName": name, "vpcId": "vpc-1", "ownerId": ACCOUNT}));
                plain_xml(json!({"securityGroupInfo": list.collect::<Vec<_>>()}))
            }
            "DescribeSecurityGroupRules" => plain_xml(
                json!({"securityGroupRuleSet": self.state["rules"][get("Filter.1.Value.1")]}),
            ),
            "DescribeNetworkInterfaces" => {
                let names = &self.state["names"];
                let all = self.state["interfaces"]
                    .as_object()
                    .expect("interfaces")
                    .iter();
                let list = all.map(|(id, groups)| {
                    let groups: Vec<Value> = items(groups)
                        .iter()
                        .map(|id| json!({"groupId": id, "groupName": names[plain(id)]}))
                        .collect();
                    json!({"networkInterfaceId": id, "vpcId": "vpc-1", "ownerId": ACCOUNT,
                        "attachment": {"instanceId": "i-0123456789abcdef0"}, "groupSet": groups})
                });
                plain_xml(json!({"networkInterfaceSet": list.collect::<Vec<_>>()}))
            }
            "CreateSecurityGroup" => {
                self.made += 1;
                let id = format!("sg-{:017x}", self.made);
                self.state["names"][&id] = json!(get("GroupName"));
                let all = json!({"isEgress": "true", "ipProtocol": "-1", "fromPort": "-1", "toPort": "-1", "cidrIpv4": "0.0.0.0/0"});
                self.state["rules"][&id] = json!([all]);
                plain_xml(json!({"groupId": id, "return": "true"}))
            }
            "DeleteSecurityGroup" => {
                let used = self.state["interfaces"].as_object().expect("interfaces");
                if used
                    .values()
                    .any(|groups| items(groups).contains(&json!(group)))
                {
                    return error(400, "DependencyViolation");
                }
                for part in ["names", "rules"] {
                    self.state[part]
                        .as_object_mut()
                        .expect("groups")
                        .remove(&group);
                }
                plain_xml(json!({"return": "true"}))
            }
            "ModifyNetworkInterfaceAttribute" => {
                let groups: Vec<String> = (1..9)
                    .map(|n| get(&format!("SecurityGroupId.{n}")))
                    .filter(|id| !id.is_empty())
                    .collect();
                self.state["interfaces"][get("NetworkInterfaceId")] = json!(groups);
                plain_xml(json!({"return": "true"}))
            }
            "DescribeSnapshotAttribute" => {
                let entry = |share: &Value| match plain(share).strip_prefix("group:") {
                    Some(group) => json!({"group": group}),
                    None => json!({"userId": share}),
                };
                let list: Vec<Value> = items(&self.state["shares"][get("SnapshotId")])
                    .iter()
                    .map(entry)
                    .collect();
                plain_xml(json!({"createVolumePermission": list}))
            }
            "ModifySnapshotAttribute" => {
                let mut named: Vec<Value> = Vec::new();
                for n in 1..9 {
                    named.extend(form.get(&format!("UserId.{n}")).map(|id| json!(id)));
                    named.extend(
                        form.get(&format!("UserGroup.{n}"))
                            .map(|id| json!(format!("group:{id}"))),
                    );
                }
                let list = self.state["shares"][get("SnapshotId")]
                    .as_array_mut()
                    .expect("shares");
                list.retain(|share| !named.contains(share));
                if get("OperationType") == "add" {
                    list.extend(named);
                    list.sort_by_key(plain);
                }
                plain_xml(json!({"return": "true"}))
            }
            verb => self.rules(verb, &group, form),
        }
    }

    fn rules(&mut self, verb: &str, group: &str, form: &Form) -> Reply {
        let egress = verb.ends_with("Egress").to_string();
        let mut named = Vec::new();
        for n in 1..20 {
            let at = |rest: &str| form.get(&format!("IpPermissions.{n}.{rest}")).cloned();
            let Some(protocol) = at("IpProtocol") else {
                break;
            };
            let mut rule = json!({"isEgress": egress, "ipProtocol": protocol,
                "fromPort": at("FromPort").unwrap_or("-1".to_owned()), "toPort": at("ToPort").unwrap_or("-1".to_owned()),
                "cidrIpv4": at("IpRanges.1.CidrIp").unwrap_or_default()});
            if let Some(text) = at("IpRanges.1.Description") {
                rule["description"] = json!(text);
            }
            named.push(rule);
        }
        let list = self.state["rules"][group].as_array_mut().expect("rules");
        let keys: Vec<String> = named.iter().map(rule_key).collect();
        if verb.starts_with("Revoke") {
            let before = list.len();
            list.retain(|rule| !keys.contains(&rule_key(rule)));
            if list.len() == before {
                return error(400, "InvalidPermission.NotFound");
            }
        } else {
            list.extend(named);
            // In the order of the beginning, so that states can be compared.
            list.sort_by_key(|rule| {
                (
                    plain(&rule["isEgress"]),
                    plain(&rule["fromPort"]).parse::<i64>().unwrap_or(0),
                )
            });
        }
        plain_xml(json!({"return": "true"}))
    }

    fn target(&mut self, name: &str, asked: &Value) -> Reply {
        let arn = format!("arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main");
        let value = match name {
            "cloudtrail:GetTrail" => {
                json!({"Trail": {"Name": "main", "TrailARN": arn, "HomeRegion": "eu-west-1"}})
            }
            "cloudtrail:GetTrailStatus" => json!({"IsLogging": self.state["trail"]}),
            "cloudtrail:StartLogging" => {
                self.state["trail"] = json!(true);
                json!({})
            }
            "kms:DescribeKey" => {
                json!({"KeyMetadata": {"KeyId": "1234abcd", "Arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd",
                "AWSAccountId": ACCOUNT, "KeyState": self.state["key"]}})
            }
            "kms:CancelKeyDeletion" => {
                self.state["key"] = json!("Disabled");
                json!({})
            }
            "kms:EnableKey" => {
                self.state["key"] = json!("Enabled");
                json!({})
            }
            "sso:ListInstances" => {
                json!({"Instances": [{"InstanceArn": "arn:aws:sso:::instance/ssoins-1"}]})
            }
            "sso:ListPermissionSets" => json!({"PermissionSets": [SET]}),
            "sso:DescribePermissionSet" => json!({"PermissionSet": {"Name": "Admin"}}),
            "sso:GetInlinePolicyForPermissionSet" => match &self.state["set"] {
                Value::Null => json!({"InlinePolicy": ""}),
                policy => json!({"InlinePolicy": policy.to_string()}),
            },
            "sso:PutInlinePolicyToPermissionSet" => {
                let policy = plain(&asked["InlinePolicy"]);
                self.state["set"] = serde_json::from_str(&policy).expect("a document");
                json!({})
            }
            "sso:DeleteInlinePolicyFromPermissionSet" => {
                self.state["set"] = Value::Null;
                json!({})
            }
            "sso:ProvisionPermissionSet" => json!({}),
            "organizations:DescribeOrganization" => {
                json!({"Organization": {"MasterAccountId": "444455556666"}})
            }
            "organizations:ListPolicies" | "organizations:ListPoliciesForTarget" => {
                let of = if name.ends_with("Target") {
                    "scp-targets"
                } else {
                    "scps"
                };
                let all = self.state[of].as_object().expect("policies").iter();
                json!({"Policies": all.map(|(id, name)| json!({"Id": id, "Name": name})).collect::<Vec<_>>()})
            }
            "organizations:DescribePolicy" => {
                json!({"Policy": {"Content": self.contents[&plain(&asked["PolicyId"])]}})
            }
            "organizations:CreatePolicy" => {
                self.made += 1;
                let id = format!("p-{:08x}", self.made);
                self.contents.insert(id.clone(), asked["Content"].clone());
                self.state["scps"][&id] = asked["Name"].clone();
                json!({"Policy": {"PolicySummary": {"Id": id}}})
            }
            "organizations:AttachPolicy" => {
                let id = plain(&asked["PolicyId"]);
                self.state["scp-targets"][&id] = self.state["scps"][&id].clone();
                json!({})
            }
            "organizations:DetachPolicy" => {
                self.state["scp-targets"]
                    .as_object_mut()
                    .expect("targets")
                    .remove(&plain(&asked["PolicyId"]));
                json!({})
            }
            "organizations:DeletePolicy" => {
                self.state["scps"]
                    .as_object_mut()
                    .expect("policies")
                    .remove(&plain(&asked["PolicyId"]));
                json!({})
            }
            other => panic!("the world has no {other}"),
        };
        Reply::json(200, value)
    }

    fn rest(&mut self, name: &str, request: &Request) -> Reply {
        let body = || serde_json::from_slice::<Value>(&request.body).expect("json");
        let text = String::from_utf8_lossy(&request.body).into_owned();
        let answer = crate::respond::wire::xml(&request.body);
        match name {
            "s3:GetPublicAccessBlock" => match &self.state["block"] {
                Value::Null => error(404, "NoSuchPublicAccessBlockConfiguration"),
                block => plain_xml(block.clone()),
            },
            "s3:PutPublicAccessBlock" => {
                assert_eq!(text.matches(">true<").count(), 4, "{text}");
                self.state["block"] = answer.expect("xml");
                Reply {
                    status: 200,
                    body: String::new(),
                }
            }
            "s3:DeletePublicAccessBlock" => {
                self.state["block"] = Value::Null;
                Reply {
                    status: 204,
                    body: String::new(),
                }
            }
            "s3:GetBucketLogging" => match &self.state["logging"] {
                Value::Null => plain_xml(json!("")),
                to => plain_xml(json!({"LoggingEnabled": to})),
            },
            "s3:PutBucketLogging" => {
                self.state["logging"] = answer
                    .expect("xml")
                    .get("LoggingEnabled")
                    .cloned()
                    .unwrap_or_default();
                Reply {
                    status: 200,
                    body: String::new(),
                }
            }
            "guardduty:GetDetector" => Reply::json(200, json!({"status": self.state["detector"]})),
            "guardduty:UpdateDetector" => {
                self.state["detector"] = json!(if body()["enable"] == true {
                    "ENABLED"
                } else {
                    "DISABLED"
                });
                Reply::json(200, json!({}))
            }
            "lambda:GetFunctionConcurrency" => match &self.state["concurrency"] {
                Value::Null => Reply::json(200, json!({})),
                count => Reply::json(200, json!({"ReservedConcurrentExecutions": count})),
            },
            "lambda:PutFunctionConcurrency" => {
                self.state["concurrency"] = body()["ReservedConcurrentExecutions"].clone();
                Reply::json(200, json!({}))
            }
            "lambda:DeleteFunctionConcurrency" => {
                self.state["concurrency"] = Value::Null;
                Reply {
                    status: 204,
                    body: String::new(),
                }
            }
            other => panic!("the world has no {other}"),
        }
    }
}

fn case(action: &'static str, target: &str, works: fn(&Value) -> bool) -> Case {
    Case::new(Provider::Aws, action, target, aws, works)
}

/// Somebody writes another refusal over ours.
fn other_document(inline: &mut Value) {
    for (name, document) in inline.as_object_mut().expect("policies") {
        if name.starts_with("Ctadel") {
            *document = json!({"Statement": [{"Effect": "Deny", "Action": "s3:*"}]});
        }
    }
}

fn other_user_document(state: &mut Value) {
    other_document(&mut state["users"]["mallory"]["inline"]);
}

fn other_role_document(state: &mut Value) {
    other_document(&mut state["roles"]["app"]["inline"]);
}

fn role_works(state: &Value) -> bool {
    may(&state["roles"]["app"])
}

/// A user or role of the same name, made by somebody else.
fn another_user(state: &mut Value) {
    state["users"]["mallory"]["Id"] = json!("AIDAANOTHEREXAMPLE00");
}

fn another_role(state: &mut Value) {
    state["roles"]["app"]["Id"] = json!("AROAANOTHEREXAMPLE00");
}

pub fn cases() -> Vec<Case> {
    let parts = [identities(), sessions(), rights(), networks(), repairs()];
    parts.into_iter().flatten().collect()
}

fn identities() -> Vec<Case> {
    let mut above = case("disable-user", "mallory", user_works);
    above.ask.scp = true;
    let mut all = case("disable-user", "mallory", user_works).replaced_by(another_user);
    all.ask.all_credentials = true;
    let mut trust = case("quarantine-role", "app", |state| {
        role_works(state) && !state["roles"]["app"]["trust"].to_string().contains("Deny")
    })
    .changed_by(|state| {
        state["roles"]["app"]["trust"] = json!({"Version": "2012-10-17", "Statement": []});
    })
    .replaced_by(another_role);
    trust.ask.trust = true;
    vec![
        case("disable-user", "mallory", user_works)
            .changed_by(other_user_document)
            .replaced_by(another_user),
        case(
            "disable-user",
            "arn:aws:iam::111122223333:user/mallory",
            user_works,
        )
        .changed_by(other_user_document),
        all,
        above,
        case("deactivate-key", KEY, user_works).changed_by(|state| {
            let keys = state["users"]["mallory"]["keys"].as_object_mut();
            drop(keys.expect("keys").remove(KEY));
        }),
        case("delete-key", "AKIAI44QH8DHBEXAMPLE", |state| {
            state["users"]["mallory"]["keys"]["AKIAI44QH8DHBEXAMPLE"].is_string()
        })
        .for_good(),
        case("delete-login-profile", "mallory", |state| {
            state["login"]["mallory"] == true
        })
        .for_good(),
        case("quarantine-role", "app", role_works)
            .changed_by(other_role_document)
            .replaced_by(another_role),
        trust,
    ]
}

fn sessions() -> Vec<Case> {
    let mut one = case("revoke-sessions", "app", role_works).changed_by(other_role_document);
    one.ask.session = Some("mallory".to_owned());
    let mut since = case(
        "revoke-sessions",
        "arn:aws:iam::111122223333:user/mallory",
        |state| may(&state["users"]["mallory"]),
    )
    .changed_by(other_user_document);
    since.ask.before = Some("2026-05-12T09:00:00Z".to_owned());
    let people = case("revoke-sessions", "AWSReservedSSO_Admin_0a", |state| {
        !state["set"].to_string().contains("Deny")
    })
    .changed_by(|state| state["set"] = json!({"Version": "2012-10-17", "Statement": []}))
    .renews();
    vec![
        people,
        case("revoke-sessions", "app", role_works)
            .changed_by(other_role_document)
            .replaced_by(another_role)
            .renews(),
        one,
        since,
    ]
}

fn rights() -> Vec<Case> {
    let admin =
        |state: &Value| items(&state["users"]["mallory"]["attached"]).contains(&json!(ADMIN));
    let mut limit = case("detach-policy", "mallory", |state| {
        state["users"]["mallory"]["boundary"].is_null()
    })
    .with("arn:aws:iam::111122223333:policy/wide")
    .changed_by(|state| state["users"]["mallory"]["boundary"] = json!(ADMIN))
    .replaced_by(another_user);
    limit.ask.boundary = true;
    let mut wider = case(
        "detach-policy",
        "arn:aws:iam::111122223333:role/svc/app",
        |state| state["roles"]["app"]["boundary"] != "arn:aws:iam::111122223333:policy/wide",
    )
    .with("arn:aws:iam::111122223333:policy/wide");
    wider.ask.boundary = true;
    vec![
        // Attached or not: somebody who attaches it again leaves nothing to undo.
        case("detach-policy", "mallory", admin)
            .with("AdministratorAccess")
            .replaced_by(another_user),
        case("detach-policy", "mallory", |state| {
            state["users"]["mallory"]["inline"]["own"].is_object()
        })
        .with("own")
        .changed_by(|state| {
            state["users"]["mallory"]["inline"]["own"] = json!({"Statement": []});
        }),
        case(
            "detach-policy",
            "arn:aws:iam::111122223333:policy/wide",
            |state| state["policies"]["arn:aws:iam::111122223333:policy/wide"]["default"] == "v2",
        )
        .changed_by(|state| {
            state["policies"]["arn:aws:iam::111122223333:policy/wide"]["default"] = json!("v3");
        }),
        limit,
        wider,
    ]
}

fn networks() -> Vec<Case> {
    let reached = |state: &Value| {
        let group = plain(&state["interfaces"]["eni-0123456789abcdef0"][0]);
        !items(&state["rules"][group]).is_empty()
    };
    let elsewhere = |state: &mut Value| {
        state["interfaces"]["eni-0123456789abcdef0"] = json!(["sg-0fedcba9876543210"]);
    };
    let swap =
        || case("quarantine-security-group", "i-0123456789abcdef0", reached).changed_by(elsewhere);
    let mut cut = swap();
    cut.ask.cut = true;
    vec![
        // Rules that others add stay theirs, and one that they made again is there.
        case(
            "quarantine-security-group",
            "sg-0123456789abcdef0",
            |state| !items(&state["rules"]["sg-0123456789abcdef0"]).is_empty(),
        ),
        swap(),
        cut,
    ]
}

fn repairs() -> Vec<Case> {
    let mut log = case("restore-bucket-logging", "shop", |state| {
        state["logging"].is_null()
    })
    .changed_by(|state| {
        state["logging"] = json!({"TargetBucket": "elsewhere", "TargetPrefix": ""});
    });
    (log.ask.bucket, log.ask.prefix) = (Some("logs".to_owned()), Some("s3/".to_owned()));
    vec![
        case("start-logging", "main", |state| state["trail"] == false).for_good(),
        case("cancel-key-deletion", "1234abcd", |state| {
            state["key"] != "Enabled"
        })
        .for_good(),
        case("re-enable-guardduty", "d1", |state| {
            state["detector"] == "DISABLED"
        })
        .for_good(),
        case("make-snapshot-private", "snap-0123456789abcdef0", |state| {
            !items(&state["shares"]["snap-0123456789abcdef0"]).is_empty()
        })
        .changed_by(|state| {
            state["shares"]["snap-0123456789abcdef0"] = json!(["123456789012"]);
        }),
        case("block-bucket-public", "arn:aws:s3:::shop", |state| {
            state["block"].is_null()
        })
        .changed_by(|state| {
            state["block"] = json!({"BlockPublicAcls": "true", "IgnorePublicAcls": "false"});
        }),
        case("disable-function", "sync", |state| {
            state["concurrency"] != 0
        })
        .changed_by(|state| state["concurrency"] = json!(3)),
        log,
    ]
}
