//! AWS on the loopback interface: moto, where `.ci/run` or somebody else has started it.
//!
//! Enters: operations by name, and whose keys sign them. Leaves: what the account answers, and its
//! whole state in one value, so that a test can tell whether everything is as it was.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use ctadel::net::credentials::Anonymous;
use ctadel::net::credentials::aws::Aws;
use ctadel::net::{Client, Error, Method, Operation, Request, Retry, block_on};
use ctadel::respond::wire;
use serde_json::{Map, Value, json};

pub const REGION: &str = "us-east-1";
/// The account that moto keeps everything in.
pub const ACCOUNT: &str = "123456789012";

/// Long-lived keys, or those of a session.
#[derive(Clone, Debug)]
pub struct Keys {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

impl Keys {
    /// Of an answer with `AccessKeyId` in it.
    pub fn of(answer: &Value) -> Keys {
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        Keys {
            id: text("AccessKeyId").expect("a key"),
            secret: text("SecretAccessKey").expect("a secret"),
            token: text("SessionToken"),
        }
    }

    /// Whoever this is: nobody is judged while a test sets things up.
    pub fn anybody() -> Keys {
        let text = str::to_owned;
        Keys {
            id: text("AKIAIOSFODNN7EXAMPLE"),
            secret: text("secretEXAMPLE"),
            token: None,
        }
    }
}

/// An empty account, for one test at a time.
pub struct Moto {
    pub url: String,
    /// Those whose shares belong to the state: moto has hundreds of its own.
    pub snapshots: RefCell<Vec<String>>,
    /// What the server was told last.
    judging: Cell<Option<bool>>,
    _alone: MutexGuard<'static, ()>,
}

impl Moto {
    /// The account, emptied; nothing where no server was named.
    pub fn fresh() -> Option<Moto> {
        static ALONE: Mutex<()> = Mutex::new(());
        let Ok(url) = std::env::var("COUNTERPART_MOTO") else {
            eprintln!("skipped: COUNTERPART_MOTO names no moto server");
            return None;
        };
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let moto = Moto {
            url: url.trim_end_matches('/').to_owned(),
            snapshots: RefCell::default(),
            judging: Cell::new(None),
            _alone: alone,
        };
        moto.control("reset", "");
        moto.judged(false);
        Some(moto)
    }

    /// Whether requests need signatures that hold, and permissions.
    pub fn judged(&self, judged: bool) {
        if self.judging.replace(Some(judged)) != Some(judged) {
            self.control("reset-auth", if judged { "0" } else { "inf" });
        }
    }

    fn control(&self, path: &str, body: &str) {
        let request = Request::new(format!("/moto-api/{path}"))
            .header("content-type", "text/plain")
            .body(body.as_bytes().to_vec());
        let nobody = std::sync::Arc::new(Anonymous);
        let client = Client::new(&self.url, nobody).expect("an address");
        let asked = Asked {
            operation: "moto",
            method: "POST",
        };
        let sent = block_on(client.send(asked, &request)).expect("a runtime");
        sent.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// Asks, signed with these keys; a refusal is the code that it came with.
    pub fn ask(
        &self,
        keys: &Keys,
        operation: &'static str,
        params: Value,
    ) -> Result<Value, String> {
        let (service, verb) = operation.split_once(':').expect("service:Verb");
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let query = |version| {
            let body = wire::form(verb, version, &params, service != "ec2");
            ("POST", "/".to_owned(), form, None, body)
        };
        let target = |prefix: &str| {
            let target = format!("{prefix}.{verb}");
            let kind = "application/x-amz-json-1.1";
            (
                "POST",
                "/".to_owned(),
                kind,
                Some(target),
                params.to_string(),
            )
        };
        let (method, path, kind, target, body) = match service {
            "iam" => query("2010-05-08"),
            "sts" => query("2011-06-15"),
            "ec2" => query("2016-11-15"),
            "cloudtrail" => target("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"),
            "kms" => target("TrentService"),
            "organizations" => target("AWSOrganizationsV20161128"),
            _ => {
                let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
                let method = match verb {
                    verb if verb.starts_with("Put") || verb.starts_with("Create") => "PUT",
                    _ => "GET",
                };
                (method, text("Path"), "application/xml", None, text("Body"))
            }
        };
        let mut request = Request::new(path)
            .header("content-type", kind)
            .body(body.into_bytes());
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        let client = self.client(keys, service);
        let answer = block_on(client.send(Asked { operation, method }, &request));
        match answer.expect("a runtime") {
            Ok(answer) if answer.body.first() == Some(&b'{') => Ok(answer.json().expect("JSON")),
            Ok(answer) => Ok(wire::xml(&answer.body).unwrap_or_default()),
            Err(Error::Status { code, .. }) => Err(code),
            Err(other) => panic!("{operation}: {other}"),
        }
    }

    /// Sets something up: nobody is judged, and it has to work.
    pub fn make(&self, operation: &'static str, params: Value) -> Value {
        self.judged(false);
        let answer = self.ask(&Keys::anybody(), operation, params);
        answer.unwrap_or_else(|code| panic!("{operation}: {code}"))
    }

    fn client(&self, keys: &Keys, service: &str) -> Client<Asked> {
        let found = Credentials::new(&keys.id, &keys.secret, keys.token.clone(), None, "test");
        let config = SdkConfig::builder()
            .credentials_provider(SharedCredentialsProvider::new(found))
            .region(Region::new(REGION))
            .build();
        let service = [
            "iam",
            "sts",
            "ec2",
            "cloudtrail",
            "kms",
            "organizations",
            "s3",
        ]
        .into_iter()
        .find(|known| *known == service)
        .expect("a service");
        let signer = std::sync::Arc::new(Aws::of(config)).signer(service, REGION);
        let retry = Retry {
            attempts: 1,
            ..Retry::default()
        };
        let client = Client::new(&self.url, signer).expect("an address");
        client.with_retry(retry)
    }

    /// Everything that responses can change, lists in an order of their own, policies as what they
    /// say. Ids of security-group rules are left out, since a rule that is made anew has another, and
    /// so is when a role was used.
    pub fn state(&self) -> Value {
        self.judged(false);
        let mut state = Map::new();
        let kinds = ["User", "Role", "Group", "LocalManagedPolicy"];
        let all = json!({ "Filter": kinds });
        let account = self.make("iam:GetAccountAuthorizationDetails", all);
        for user in wire::items(&account["UserDetailList"]) {
            let name = user["UserName"].as_str().expect("a name");
            let named = json!({ "UserName": name });
            let keys = self.make("iam:ListAccessKeys", named.clone());
            let profile = self.ask(&Keys::anybody(), "iam:GetLoginProfile", named);
            state.insert(format!("keys of {name}"), keys);
            state.insert(format!("password of {name}"), json!(profile.is_ok()));
        }
        state.insert("iam".to_owned(), account);
        for what in ["SecurityGroups", "SecurityGroupRules", "NetworkInterfaces"] {
            let operation = match what {
                "SecurityGroups" => "ec2:DescribeSecurityGroups",
                "SecurityGroupRules" => "ec2:DescribeSecurityGroupRules",
                _ => "ec2:DescribeNetworkInterfaces",
            };
            state.insert(what.to_owned(), self.make(operation, json!({})));
        }
        for id in self.snapshots.borrow().iter() {
            let asked = json!({"SnapshotId": id, "Attribute": "createVolumePermission"});
            let shares = self.make("ec2:DescribeSnapshotAttribute", asked);
            state.insert(id.clone(), shares);
        }
        let trails = self.make("cloudtrail:DescribeTrails", json!({}));
        for trail in wire::items(&trails["trailList"]) {
            let asked = json!({"Name": trail["TrailARN"]});
            let status = self.make("cloudtrail:GetTrailStatus", asked);
            let name = trail["Name"].as_str().expect("a name");
            state.insert(format!("trail {name}"), status["IsLogging"].clone());
        }
        let keys = self.make("kms:ListKeys", json!({}));
        for key in wire::items(&keys["Keys"]) {
            let found = self.make("kms:DescribeKey", json!({"KeyId": key["KeyId"]}));
            let id = key["KeyId"].as_str().expect("an id");
            state.insert(id.to_owned(), found["KeyMetadata"]["KeyState"].clone());
        }
        let anybody = Keys::anybody();
        let filter = json!({"Filter": "SERVICE_CONTROL_POLICY"});
        if let Ok(policies) = self.ask(&anybody, "organizations:ListPolicies", filter) {
            for policy in wire::items(&policies["Policies"]) {
                let asked = json!({"PolicyId": policy["Id"]});
                let on = self.make("organizations:ListTargetsForPolicy", asked);
                let name = policy["Name"].as_str().expect("a name");
                state.insert(format!("scp {name}"), on["Targets"].clone());
            }
        }
        let buckets = self.make("s3:ListBuckets", json!({"Path": "/"}));
        for bucket in list(&buckets["Buckets"]["Bucket"]) {
            let name = bucket["Name"].as_str().expect("a name");
            let path = format!("/{name}?logging");
            let logging = self.make("s3:GetBucketLogging", json!({"Path": path}));
            state.insert(format!("bucket {name}"), logging);
        }
        settled(Value::Object(state))
    }
}

/// Fails with the places where two states differ.
pub fn same(now: &Value, before: &Value) {
    let mut places = Vec::new();
    differ("", now, before, &mut places);
    assert!(places.is_empty(), "{}", places.join("\n"));
}

fn differ(at: &str, now: &Value, before: &Value, places: &mut Vec<String>) {
    match (now, before) {
        (Value::Object(one), Value::Object(other)) => {
            for name in one
                .keys()
                .chain(other.keys().filter(|name| !one.contains_key(*name)))
            {
                differ(&format!("{at}/{name}"), &now[name], &before[name], places);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (place, (one, other)) in one.iter().zip(other).enumerate() {
                differ(&format!("{at}/{place}"), one, other, places);
            }
        }
        _ if now == before => {}
        _ => places.push(format!("{at}: {now} and not {before}")),
    }
}

/// One thing or several, as XML has it.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn settled(value: Value) -> Value {
    let unstable = |name: &str| {
        let names = [
            "securityGroupRuleId",
            "securityGroupRuleArn",
            "RoleLastUsed",
        ];
        names.contains(&name)
    };
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(settled).collect();
            items.sort_by_key(wire::canonical);
            Value::Array(items)
        }
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(name, _)| !unstable(name));
            Value::Object(fields.map(|(name, value)| (name, settled(value))).collect())
        }
        Value::String(text) => wire::document(&text).unwrap_or(Value::String(text)),
        value => value,
    }
}

/// An operation of the test's own.
#[derive(Clone, Copy, Debug)]
struct Asked {
    operation: &'static str,
    method: &'static str,
}

impl Operation for Asked {
    fn name(self) -> &'static str {
        self.operation
    }

    fn method(self) -> Method {
        match self.method {
            "GET" => Method::GET,
            "PUT" => Method::PUT,
            _ => Method::POST,
        }
    }

    fn permission(self) -> &'static str {
        ""
    }
}

/// What a command came to.
pub struct Ran {
    pub code: Option<i32>,
    pub out: Value,
    pub err: String,
}

/// Somebody at a terminal: keys, and a home with the journal in it.
pub struct Responder<'a> {
    pub moto: &'a Moto,
    pub keys: Keys,
    home: tempfile::TempDir,
}

impl<'a> Responder<'a> {
    /// A user that may do what `ctadel respond permissions` prints for the action, and nothing else.
    pub fn of(moto: &'a Moto, action: &str) -> Responder<'a> {
        let ctadel = |arguments: &[&str]| {
            let mut command = assert_cmd::Command::cargo_bin("ctadel").expect("built");
            let output = command.env_clear().args(arguments).output();
            output.expect("it ran").stdout
        };
        let policy = ctadel(&["respond", "permissions", action, "--provider", "aws"]);
        let policy = String::from_utf8(policy).expect("text");
        let named = json!({"UserName": "responder"});
        moto.make("iam:CreateUser", named.clone());
        let allowed = json!({"UserName": "responder", "PolicyName": "respond",
            "PolicyDocument": policy});
        moto.make("iam:PutUserPolicy", allowed);
        let made = moto.make("iam:CreateAccessKey", named);
        Responder {
            moto,
            keys: Keys::of(&made["AccessKey"]),
            home: tempfile::tempdir().expect("a folder"),
        }
    }

    /// Runs `ctadel respond` against the account, judged.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.moto.judged(true);
        let mut command = assert_cmd::Command::cargo_bin("ctadel").expect("built");
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("AWS_ACCESS_KEY_ID", &self.keys.id)
            .env("AWS_SECRET_ACCESS_KEY", &self.keys.secret)
            .env("AWS_REGION", REGION)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", &self.moto.url)
            .current_dir(self.home.path())
            .args(["respond"])
            .args(arguments)
            .args(["--format", "json"]);
        if let Some(token) = &self.keys.token {
            command.env("AWS_SESSION_TOKEN", token);
        }
        let output = command.output().expect("it ran");
        Ran {
            code: output.status.code(),
            out: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Shows a plan, which changes nothing, and executes exactly that one.
    pub fn does(&self, arguments: &[&str]) -> Value {
        let before = self.moto.state();
        let shown = self.run(arguments);
        assert_eq!(shown.code, Some(0), "{}", shown.err);
        assert_eq!(shown.out["executed"], false);
        same(&self.moto.state(), &before);
        let hash = shown.out["plan_hash"].as_str().expect("a hash");
        let consent = ["--execute", "--yes", "--plan-hash", hash, "--settle", "0"];
        let done = self.run(&[arguments, &consent].concat());
        assert_eq!(done.code, Some(0), "{}\n{:#}", done.err, done.out);
        assert_eq!(done.out["executed"], true);
        done.out
    }

    /// Takes an action back.
    pub fn undoes(&self, action: &Value, arguments: &[&str]) -> Value {
        let id = action["action_id"].as_str().expect("an id");
        self.does(&[&["undo", id], arguments].concat())
    }

    /// The journal's own text.
    pub fn journal(&self) -> String {
        let folder: PathBuf = self.home.path().join(".local/state/ctadel/respond");
        let mut all = String::new();
        for entry in std::fs::read_dir(folder).expect("a journal") {
            let path = entry.expect("an entry").path();
            all.push_str(&read(&path));
        }
        all
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
