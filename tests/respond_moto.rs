//! Responses against AWS as moto plays it, requests judged: what somebody could do is refused after
//! the action and allowed again after the undo, and then the account is as it was.
#![cfg(feature = "live")]

#[path = "support/moto.rs"]
mod moto;

use moto::{ACCOUNT, Keys, Moto, REGION, Responder, same};
use serde_json::{Value, json};

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// What an administrator tries.
fn doors() -> [(&'static str, Value); 6] {
    [
        ("s3:ListBuckets", json!({"Path": "/"})),
        ("iam:ListUsers", json!({})),
        ("ec2:DescribeSecurityGroups", json!({})),
        ("kms:ListKeys", json!({})),
        ("cloudtrail:DescribeTrails", json!({})),
        ("iam:CreateUser", json!({"UserName": "backdoor"})),
    ]
}

fn is_refused(code: &str) -> bool {
    code.starts_with("AccessDenied") || code == "UnauthorizedOperation"
}

/// Every door is tried, signed with these keys.
fn open(moto: &Moto, keys: &Keys) -> bool {
    moto.judged(true);
    let tried = doors().map(|(operation, params)| moto.ask(keys, operation, params));
    let refused = |answer: &Result<Value, String>| matches!(answer, Err(code) if is_refused(code));
    let shut = tried.iter().filter(|answer| refused(answer)).count();
    assert!(shut == 0 || shut == tried.len(), "half open: {tried:?}");
    if shut == 0 {
        moto.make("iam:DeleteUser", json!({"UserName": "backdoor"}));
    }
    shut == 0
}

fn key(moto: &Moto, user: &str) -> Keys {
    let made = moto.make("iam:CreateAccessKey", json!({"UserName": user}));
    Keys::of(&made["AccessKey"])
}

fn user(moto: &Moto, name: &str, policies: &[&str]) -> Keys {
    moto.make("iam:CreateUser", json!({"UserName": name}));
    for policy in policies {
        let params = json!({"UserName": name, "PolicyArn": policy});
        moto.make("iam:AttachUserPolicy", params);
    }
    key(moto, name)
}

/// A role that everybody may assume and that may do everything, and a session of it.
fn role(moto: &Moto, name: &str) -> Keys {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]});
    let made = json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string()});
    moto.make("iam:CreateRole", made);
    let granted = json!({"RoleName": name, "PolicyArn": ADMINISTRATOR});
    moto.make("iam:AttachRolePolicy", granted);
    session(moto, name, "s1")
}

fn session(moto: &Moto, role: &str, name: &str) -> Keys {
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
    let asked = json!({"RoleArn": arn, "RoleSessionName": name});
    Keys::of(&moto.make("sts:AssumeRole", asked)["Credentials"])
}

/// The one policy of ours on a user or role.
fn ours(moto: &Moto, kind: &str, name: &str) -> Value {
    let (list, get) = match kind {
        "User" => ("iam:ListUserPolicies", "iam:GetUserPolicy"),
        _ => ("iam:ListRolePolicies", "iam:GetRolePolicy"),
    };
    let mut asked = json!({ format!("{kind}Name"): name });
    let names = moto.make(list, asked.clone());
    let names = names["PolicyNames"].as_array().cloned().unwrap_or_default();
    let mut ours = names
        .iter()
        .filter(|name| name.as_str().is_some_and(|name| name.starts_with("Ctadel")));
    asked["PolicyName"] = ours.next().cloned().expect("a policy of ours");
    assert!(ours.next().is_none(), "several: {names:?}");
    let found = moto.make(get, asked);
    let text = found["PolicyDocument"].as_str().unwrap_or_default();
    ctadel::respond::wire::document(text).expect("a document")
}

fn allow(action: &str) -> String {
    let statement = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

#[test]
fn a_user_is_disabled_and_comes_back() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "disable-user");
    let mallory = user(&moto, "mallory", &[ADMINISTRATOR]);
    let other = key(&moto, "mallory");
    let off = json!({"UserName": "mallory", "AccessKeyId": other.id, "Status": "Inactive"});
    moto.make("iam:UpdateAccessKey", off);
    let inline = json!({"UserName": "mallory", "PolicyName": "own",
        "PolicyDocument": allow("s3:*")});
    moto.make("iam:PutUserPolicy", inline);
    let password = json!({"UserName": "mallory", "Password": "secretEXAMPLE1!"});
    moto.make("iam:CreateLoginProfile", password);
    let group = json!({"GroupName": "admins"});
    moto.make("iam:CreateGroup", group);
    let granted = json!({"GroupName": "admins", "PolicyArn": ADMINISTRATOR});
    moto.make("iam:AttachGroupPolicy", granted);
    let member = json!({"GroupName": "admins", "UserName": "mallory"});
    moto.make("iam:AddUserToGroup", member);
    // Somebody else stays, so that the last administrator is not touched.
    let alice = user(&moto, "alice", &[ADMINISTRATOR]);
    let before = moto.state();
    assert!(open(&moto, &mallory));
    moto.judged(true);
    // The permissions that are printed are all that the responder has.
    let denied = moto.ask(&responder.keys, "iam:CreateUser", json!({"UserName": "x"}));
    assert!(denied.is_err_and(|code| is_refused(&code)));

    let disable = ["disable-user", "mallory", "--provider", "aws"];
    let done = responder.does(&disable);
    assert_eq!(done["result"], "contained", "{done:#}");
    assert!(!open(&moto, &mallory));
    assert!(open(&moto, &alice));
    // Nor can the refusal be lifted by whom it refuses.
    let lift = json!({"UserName": "mallory",
        "PolicyName": done["calls"][0]["params"]["PolicyName"]});
    moto.judged(true);
    let lifted = moto.ask(&mallory, "iam:DeleteUserPolicy", lift);
    assert!(lifted.is_err_and(|code| is_refused(&code)));
    // A key that is off still signs at moto, so it is looked at.
    let keys = moto.make("iam:ListAccessKeys", json!({"UserName": "mallory"}));
    let keys = keys["AccessKeyMetadata"].as_array().expect("keys");
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key["Status"] == "Inactive"));
    let deny = json!({"Version": "2012-10-17", "Statement": [{"Sid": "CtadelQuarantine",
        "Effect": "Deny", "Action": "*", "Resource": "*"}]});
    assert_eq!(ours(&moto, "User", "mallory"), deny);

    let again = responder.run(&disable);
    assert_eq!(
        (again.code, &again.out["reason"]),
        (Some(0), &json!("nothing-to-do"))
    );

    let undone = responder.undoes(&done, &[]);
    assert_eq!(undone["undoes"], done["action_id"]);
    assert!(open(&moto, &mallory));
    same(&moto.state(), &before);
    let id = done["action_id"].as_str().expect("an id");
    let again = responder.run(&["undo", id]);
    assert_eq!(
        (again.code, &again.out["reason"]),
        (Some(0), &json!("nothing-to-do"))
    );

    let journal = responder.journal();
    for secret in [&mallory.secret, &other.secret, &responder.keys.secret] {
        assert!(!journal.contains(secret.as_str()));
    }
}

#[test]
fn what_the_caller_may_not_do_changes_nothing() {
    let Some(moto) = Moto::fresh() else { return };
    // May look as `detach-policy` has to, and not disable anybody.
    let responder = Responder::of(&moto, "deactivate-key");
    let mallory = user(&moto, "mallory", &[ADMINISTRATOR]);
    let before = moto.state();
    let refused = responder.run(&["disable-user", "mallory", "--provider", "aws"]);
    assert_eq!(refused.code, Some(4), "{}", refused.err);
    assert_eq!(refused.out["reason"], "permission");
    let missing = responder.run(&["disable-user", "nobody", "--provider", "aws"]);
    assert_eq!(missing.code, Some(3), "{}", missing.err);
    assert!(open(&moto, &mallory));
    same(&moto.state(), &before);

    // Keys that moto does not know are nobody's.
    let mut stranger = responder;
    stranger.keys = Keys::anybody();
    let refused = stranger.run(&["disable-user", "mallory", "--provider", "aws"]);
    assert_eq!(
        (refused.code, &refused.out["reason"]),
        (Some(4), &json!("credentials"))
    );
}

#[test]
fn a_key_is_switched_off_and_on() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "deactivate-key");
    let mallory = user(&moto, "mallory", &[ADMINISTRATOR]);
    let before = moto.state();
    let done = responder.does(&["deactivate-key", &mallory.id]);
    let keys = moto.make("iam:ListAccessKeys", json!({"UserName": "mallory"}));
    assert_eq!(keys["AccessKeyMetadata"][0]["Status"], "Inactive");
    assert_ne!(moto.state(), before);
    responder.undoes(&done, &["--accept-revival"]);
    same(&moto.state(), &before);
}

#[test]
fn sessions_of_a_role_end_and_live_again_only_when_that_is_said() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "revoke-sessions");
    let keys = role(&moto, "app");
    let before = moto.state();
    assert!(open(&moto, &keys));
    let from = chrono::Utc::now().timestamp();
    let done = responder.does(&["revoke-sessions", "app", "--provider", "aws"]);
    // moto takes no notice of conditions and refuses every session: the document has to say it.
    assert!(!open(&moto, &keys));
    let document = ours(&moto, "Role", "app");
    let statement = &document["Statement"][0];
    assert_eq!(
        (&statement["Effect"], &statement["Action"]),
        (&json!("Deny"), &json!("*"))
    );
    let conditions = statement["Condition"].as_object().expect("conditions");
    assert_eq!(conditions.len(), 1);
    let until = &conditions["DateLessThan"]["aws:TokenIssueTime"];
    let until = chrono::DateTime::parse_from_rfc3339(until.as_str().expect("a time"));
    let until = until.expect("a time").timestamp();
    assert!((from - 1..=chrono::Utc::now().timestamp()).contains(&until));

    let id = done["action_id"].as_str().expect("an id");
    let refused = responder.run(&["undo", id]);
    assert_eq!(
        (refused.code, &refused.out["reason"]),
        (Some(5), &json!("revival"))
    );
    assert!(!open(&moto, &keys));
    responder.undoes(&done, &["--accept-revival"]);
    assert!(open(&moto, &keys));
    same(&moto.state(), &before);
}

#[test]
fn one_session_is_named_and_a_user_has_sessions_too() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "revoke-sessions");
    role(&moto, "app");
    user(&moto, "mallory", &[]);
    let before = moto.state();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/app/s1");
    let done = responder.does(&["revoke-sessions", &arn, "--session", "s1"]);
    let document = ours(&moto, "Role", "app");
    let role = moto.make("iam:GetRole", json!({"RoleName": "app"}));
    let id = role["Role"]["RoleId"].as_str().expect("an id");
    let condition = json!({"StringEquals": {"aws:userid": format!("{id}:s1")}});
    assert_eq!(document["Statement"][0]["Condition"], condition);
    responder.undoes(&done, &["--accept-revival"]);
    same(&moto.state(), &before);

    let arn = format!("arn:aws:iam::{ACCOUNT}:user/mallory");
    let at = "2026-11-22T10:00:00Z";
    let done = responder.does(&["revoke-sessions", &arn, "--before", at]);
    let condition = json!({"DateLessThan": {"aws:TokenIssueTime": at}});
    let document = ours(&moto, "User", "mallory");
    assert_eq!(document["Statement"][0]["Condition"], condition);
    responder.undoes(&done, &["--accept-revival"]);
    same(&moto.state(), &before);
}

#[test]
fn a_role_is_quarantined_once_its_users_are_accepted() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "quarantine-role");
    let keys = role(&moto, "app");
    user(&moto, "alice", &[ADMINISTRATOR]);
    moto.make(
        "iam:CreateInstanceProfile",
        json!({"InstanceProfileName": "web"}),
    );
    let within = json!({"InstanceProfileName": "web", "RoleName": "app"});
    moto.make("iam:AddRoleToInstanceProfile", within);
    let before = moto.state();
    assert!(open(&moto, &keys));
    let refused = responder.run(&["quarantine-role", "app"]);
    assert_eq!(
        (refused.code, &refused.out["reason"]),
        (Some(5), &json!("blast"))
    );
    let done = responder.does(&["quarantine-role", "app", "--blast-ok"]);
    assert!(!open(&moto, &keys));
    assert!(!open(&moto, &session(&moto, "app", "s2")));
    responder.undoes(&done, &[]);
    assert!(open(&moto, &keys));
    same(&moto.state(), &before);
}

#[test]
fn policies_come_off_and_go_back() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "detach-policy");
    let user_keys = user(&moto, "mallory", &[ADMINISTRATOR]);
    let role_keys = role(&moto, "app");
    // Inline on a user, its text not in our own order.
    let text = r#"{"Statement": [{"Resource":"*","Action":["*"],"Effect":"Allow","Sid":"x"}],
        "Version":"2012-10-17"}"#;
    let inline_keys = user(&moto, "eve", &[]);
    let params = json!({"UserName": "eve", "PolicyName": "own", "PolicyDocument": text});
    moto.make("iam:PutUserPolicy", params);
    // Through a group, managed and inline.
    let group_keys = user(&moto, "grace", &[]);
    moto.make("iam:CreateGroup", json!({"GroupName": "ops"}));
    let params = json!({"GroupName": "ops", "UserName": "grace"});
    moto.make("iam:AddUserToGroup", params);
    let params = json!({"GroupName": "ops", "PolicyName": "all", "PolicyDocument": allow("*")});
    moto.make("iam:PutGroupPolicy", params);
    let before = moto.state();

    let group = format!("arn:aws:iam::{ACCOUNT}:group/ops");
    let cases: [(&str, &str, &Keys); 4] = [
        ("mallory", ADMINISTRATOR, &user_keys),
        ("app", "AdministratorAccess", &role_keys),
        ("eve", "own", &inline_keys),
        (&group, "all", &group_keys),
    ];
    for (principal, policy, keys) in cases {
        assert!(open(&moto, keys), "{principal}");
        let old = responder.run(&["detach-policy", principal, policy, "--provider", "aws"]);
        assert_eq!(
            (old.code, &old.out["reason"]),
            (Some(5), &json!("guard")),
            "{}",
            old.err
        );
        let aws = ["--provider", "aws", "--not-recent"];
        let detach = [["detach-policy", principal, policy].as_slice(), &aws].concat();
        let done = responder.does(&detach);
        assert!(!open(&moto, keys), "{principal}");
        let again = responder.run(&detach);
        assert_eq!(again.out["reason"], "nothing-to-do", "{}", again.err);
        responder.undoes(&done, &[]);
        assert!(open(&moto, keys), "{principal}");
        same(&moto.state(), &before);
    }
}

#[test]
fn an_older_version_of_a_policy_becomes_the_default_again() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "detach-policy");
    let params = json!({"PolicyName": "ops", "PolicyDocument": allow("sqs:ListQueues")});
    moto.make("iam:CreatePolicy", params);
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/ops");
    let keys = user(&moto, "mallory", &[&arn]);
    assert!(!open(&moto, &keys));
    let params = json!({"PolicyArn": arn, "PolicyDocument": allow("*"), "SetAsDefault": "true"});
    moto.make("iam:CreatePolicyVersion", params);
    assert!(open(&moto, &keys));
    let before = moto.state();
    let done = responder.does(&["detach-policy", &arn, "--not-recent"]);
    assert!(!open(&moto, &keys));
    responder.undoes(&done, &[]);
    assert!(open(&moto, &keys));
    same(&moto.state(), &before);
}

/// Two groups that let each other in, with every kind of rule.
fn groups(moto: &Moto) -> [String; 2] {
    let networks = moto.make("ec2:DescribeVpcs", json!({}));
    let network = networks["vpcSet"][0]["vpcId"].clone();
    let [web, base] = ["web", "db"].map(|name| {
        let params = json!({"GroupName": name, "GroupDescription": name, "VpcId": network});
        let made = moto.make("ec2:CreateSecurityGroup", params);
        made["groupId"].as_str().expect("an id").to_owned()
    });
    let permission = |protocol: &str, port: u16, list: &str, peer: Value| json!({"IpProtocol": protocol, "FromPort": port, "ToPort": port, list: [peer]});
    let v4 = json!({"CidrIp": "192.0.2.0/24", "Description": "ssh from the office"});
    let other = json!({"CidrIp": "198.51.100.0/24"});
    let v6 = json!({"CidrIpv6": "2001:db8::/32", "Description": "v6"});
    let pair = json!({"GroupId": base, "UserId": ACCOUNT});
    let rules = json!([
        permission("tcp", 22, "IpRanges", v4),
        permission("tcp", 22, "IpRanges", other),
        permission("udp", 53, "Ipv6Ranges", v6),
        permission("tcp", 5432, "Groups", pair),
        {"IpProtocol": "icmp", "FromPort": "8", "ToPort": "-1", "IpRanges": [{"CidrIp": "203.0.113.0/24"}]},
    ]);
    let params = json!({"GroupId": web, "IpPermissions": rules,
        "TagSpecification": [{"ResourceType": "security-group-rule",
            "Tag": [{"Key": "team", "Value": "shop"}]}]});
    moto.make("ec2:AuthorizeSecurityGroupIngress", params);
    let out = json!([permission(
        "tcp",
        443,
        "IpRanges",
        json!({"CidrIp": "203.0.113.7/32"})
    )]);
    let params = json!({"GroupId": web, "IpPermissions": out});
    moto.make("ec2:AuthorizeSecurityGroupEgress", params);
    let back = json!([permission("tcp", 80, "Groups", json!({"GroupId": web}))]);
    let params = json!({"GroupId": base, "IpPermissions": back});
    moto.make("ec2:AuthorizeSecurityGroupIngress", params);
    [web, base]
}

/// An interface of its own: one of an instance keeps the instance's groups at moto, whatever it is
/// given.
fn interface(moto: &Moto, groups: &[&String]) -> String {
    let networks = moto.make("ec2:DescribeSubnets", json!({}));
    let params =
        json!({"SubnetId": networks["subnetSet"][0]["subnetId"], "SecurityGroupId": groups});
    let made = moto.make("ec2:CreateNetworkInterface", params);
    let id = made["networkInterface"]["networkInterfaceId"].as_str();
    id.expect("an id").to_owned()
}

fn rules_of(moto: &Moto, group: &str) -> usize {
    let asked = json!({"Filter": [{"Name": "group-id", "Value": [group]}]});
    let found = moto.make("ec2:DescribeSecurityGroupRules", asked);
    ctadel::respond::wire::items(&found["securityGroupRuleSet"]).len()
}

fn groups_of(moto: &Moto, interface: &str) -> Vec<String> {
    let asked = json!({"NetworkInterfaceId": [interface]});
    let found = moto.make("ec2:DescribeNetworkInterfaces", asked);
    let groups = ctadel::respond::wire::items(&found["networkInterfaceSet"][0]["groupSet"]);
    let id = |group: &Value| group["groupId"].as_str().unwrap_or_default().to_owned();
    groups.iter().map(id).collect()
}

#[test]
fn a_security_group_loses_its_rules_and_gets_them_back() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "quarantine-security-group");
    let [web, base] = groups(&moto);
    interface(&moto, &[&web]);
    let before = moto.state();
    assert_eq!(rules_of(&moto, &web), 7);
    let done = responder.does(&["quarantine-security-group", &web]);
    assert_eq!((rules_of(&moto, &web), rules_of(&moto, &base)), (0, 2));
    let again = responder.run(&["quarantine-security-group", &web]);
    assert_eq!(again.out["reason"], "nothing-to-do", "{}", again.err);
    responder.undoes(&done, &[]);
    same(&moto.state(), &before);

    // What somebody adds meanwhile is left alone.
    let done = responder.does(&["quarantine-security-group", &web]);
    let added = json!({"GroupId": web, "IpPermissions": [{"IpProtocol": "tcp", "FromPort": "22",
        "ToPort": "22", "IpRanges": [{"CidrIp": "192.0.2.9/32"}]}]});
    moto.make("ec2:AuthorizeSecurityGroupIngress", added);
    responder.undoes(&done, &[]);
    assert_eq!(rules_of(&moto, &web), 8);
}

#[test]
fn an_interface_is_put_behind_an_empty_group_and_back() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "quarantine-security-group");
    let [web, base] = groups(&moto);
    let eni = interface(&moto, &[&web, &base]);
    interface(&moto, &[&web]);
    let before = moto.state();
    for cut in [&[][..], &["--cut-existing"]] {
        let swap = [&["quarantine-security-group", eni.as_str()], cut].concat();
        let done = responder.does(&swap);
        let now = groups_of(&moto, &eni);
        let [now] = now.as_slice() else {
            panic!("{now:?}")
        };
        assert!(*now != web && *now != base);
        assert_eq!(rules_of(&moto, now), 0);
        assert_eq!(rules_of(&moto, &web), 7);
        responder.undoes(&done, &[]);
        same(&moto.state(), &before);
    }

    // Somebody who moves it meanwhile has the last word.
    let done = responder.does(&["quarantine-security-group", &eni]);
    let moved = json!({"NetworkInterfaceId": eni, "SecurityGroupId": [base]});
    moto.make("ec2:ModifyNetworkInterfaceAttribute", moved);
    let id = done["action_id"].as_str().expect("an id");
    let undo = responder.run(&["undo", id]);
    let standing = undo.out["calls"][0]["status"].as_str();
    assert_eq!(standing, Some("conflict"), "{:#}", undo.out);
    assert_eq!(groups_of(&moto, &eni), [base]);
}

#[test]
fn logging_starts_again() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "start-logging");
    moto.make("s3:CreateBucket", json!({"Path": "/trail-logs"}));
    let params = json!({"Name": "main", "S3BucketName": "trail-logs"});
    moto.make("cloudtrail:CreateTrail", params);
    let done = responder.does(&["start-logging", "main"]);
    assert_eq!(done["result"], "contained");
    assert_eq!(moto.state()["trail main"], true);
    let again = responder.run(&["start-logging", "main"]);
    assert_eq!(again.out["reason"], "nothing-to-do", "{}", again.err);
    // Going blind again is none of our ways back.
    let id = done["action_id"].as_str().expect("an id");
    let undo = responder.run(&["undo", id]);
    assert_eq!(undo.out["undo"], json!([]), "{:#}", undo.out);
    assert_eq!(moto.state()["trail main"], true);
}

#[test]
fn a_snapshot_is_private_again() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "make-snapshot-private");
    let place = json!({"Size": "1", "AvailabilityZone": format!("{REGION}a")});
    let volume = moto.make("ec2:CreateVolume", place);
    let made = moto.make(
        "ec2:CreateSnapshot",
        json!({"VolumeId": volume["volumeId"]}),
    );
    let id = made["snapshotId"].as_str().expect("an id");
    moto.snapshots.borrow_mut().push(id.to_owned());
    let share = |who: &str, value: &str| {
        let params = json!({"SnapshotId": id, "Attribute": "createVolumePermission",
            "OperationType": "add", who: [value]});
        moto.make("ec2:ModifySnapshotAttribute", params)
    };
    let private = moto.state();
    share("UserGroup", "all");
    share("UserId", "111122223333");
    let before = moto.state();
    assert_ne!(before, private);
    let done = responder.does(&["make-snapshot-private", id]);
    same(&moto.state(), &private);
    responder.undoes(&done, &[]);
    same(&moto.state(), &before);
}

#[test]
fn a_key_is_not_deleted() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "cancel-key-deletion");
    let made = moto.make("kms:CreateKey", json!({}));
    let key = made["KeyMetadata"]["KeyId"].as_str().expect("an id");
    let whole = moto.state();
    let params = json!({"KeyId": key, "PendingWindowInDays": 7});
    moto.make("kms:ScheduleKeyDeletion", params);
    assert_ne!(moto.state(), whole);
    responder.does(&["cancel-key-deletion", key]);
    same(&moto.state(), &whole);
    let again = responder.run(&["cancel-key-deletion", key]);
    assert_eq!(again.out["reason"], "nothing-to-do", "{}", again.err);
}

#[test]
fn a_bucket_logs_again() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "restore-bucket-logging");
    for path in ["/shop-data", "/shop-logs"] {
        moto.make("s3:CreateBucket", json!({"Path": path}));
    }
    let grant = |permission: &str| {
        format!(
            "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xsi:type=\"Group\"><URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI></Grantee>\
             <Permission>{permission}</Permission></Grant>"
        )
    };
    let acl = format!(
        "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>x</ID></Owner>\
         <AccessControlList>{}{}</AccessControlList></AccessControlPolicy>",
        grant("WRITE"),
        grant("READ_ACP"),
    );
    let params = json!({"Path": "/shop-logs?acl", "Body": acl});
    moto.make("s3:PutBucketAcl", params);
    let before = moto.state();
    let to = ["--target-bucket", "shop-logs", "--prefix", "s3/"];
    let done = responder.does(&[&["restore-bucket-logging", "shop-data"], &to[..]].concat());
    let logging = &moto.state()["bucket shop-data"]["LoggingEnabled"];
    assert_eq!(
        (&logging["TargetBucket"], &logging["TargetPrefix"]),
        (&json!("shop-logs"), &json!("s3/"))
    );
    responder.undoes(&done, &[]);
    same(&moto.state(), &before);
}

#[test]
fn a_refusal_from_above_the_account_is_attached_and_taken_away() {
    let Some(moto) = Moto::fresh() else { return };
    let responder = Responder::of(&moto, "disable-user");
    moto.make(
        "organizations:CreateOrganization",
        json!({"FeatureSet": "ALL"}),
    );
    let params = json!({"AccountName": "shop", "Email": "shop@example.com"});
    let made = moto.make("organizations:CreateAccount", params);
    let member = made["CreateAccountStatus"]["AccountId"]
        .as_str()
        .expect("an id");
    let before = moto.state();
    let arn = format!("arn:aws:iam::{member}:user/mallory");
    let done = responder.does(&["disable-user", &arn, "--scp"]);
    let filter = json!({"TargetId": member, "Filter": "SERVICE_CONTROL_POLICY"});
    let on = moto.make("organizations:ListPoliciesForTarget", filter);
    let on = on["Policies"].as_array().expect("policies");
    let ours = on.iter().find(|policy| {
        policy["Name"]
            .as_str()
            .is_some_and(|name| name.starts_with("ctadel-q-"))
    });
    let id = &ours.expect("a policy of ours")["Id"];
    let policy = moto.make("organizations:DescribePolicy", json!({"PolicyId": id}));
    let text = policy["Policy"]["Content"].as_str().expect("a document");
    let document = ctadel::respond::wire::document(text).expect("a document");
    let want = json!({"Version": "2012-10-17", "Statement": [{"Sid": "CtadelQuarantine",
        "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": arn}}}]});
    assert_eq!(document, want);
    responder.undoes(&done, &[]);
    same(&moto.state(), &before);

    // No such policy holds in the account that manages the organisation.
    user(&moto, "mallory", &[]);
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/mallory");
    let refused = responder.run(&["disable-user", &arn, "--scp"]);
    assert_eq!(
        (refused.code, &refused.out["reason"]),
        (Some(5), &json!("guard"))
    );
}
