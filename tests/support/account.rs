//! An AWS account on the loopback interface: one user with a key, and a trail that is stopped.
//!
//! Enters: what IAM, STS and CloudTrail are asked. Leaves: their answers, the calls that changed
//! something, and a way to hold the account still in the middle of one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::server::{Answer, Seen, Server, unescape};

/// The caller's secret, which must never be seen again.
pub const SECRET: &str = "wJalrXUtnFEMI/PLANTED/bPxRfiCYEXAMPLEKEY";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const USER: &str = "arn:aws:iam::111122223333:user/mallory";
const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main";

/// What the account is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    policies: BTreeMap<String, String>,
    key_is_off: bool,
    logging: bool,
}

#[derive(Default)]
struct Inner {
    state: State,
    changes: Vec<String>,
    agents: Vec<String>,
    denied: BTreeSet<String>,
    seen: usize,
    /// The request, counted from when it was asked for, that is held; changes where it is 0.
    hold: Option<usize>,
    holding: bool,
}

/// The account.
pub struct Account {
    pub url: String,
    inner: Arc<(Mutex<Inner>, Condvar)>,
    _server: Server,
}

impl Account {
    pub fn start() -> Account {
        let inner: Arc<(Mutex<Inner>, Condvar)> = Arc::default();
        let of = Arc::clone(&inner);
        let server = Server::start(move |seen, _| answer(&of, seen));
        Account {
            url: server.url.clone(),
            inner,
            _server: server,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.0.lock().expect("not poisoned")
    }

    /// What changed something, in order.
    pub fn changes(&self) -> Vec<String> {
        self.lock().changes.clone()
    }

    /// What the callers of these called themselves.
    pub fn agents(&self) -> Vec<String> {
        self.lock().agents.clone()
    }

    pub fn state(&self) -> State {
        self.lock().state.clone()
    }

    /// Requests so far.
    pub fn seen(&self) -> usize {
        self.lock().seen
    }

    /// Whether mallory may do anything.
    pub fn works(&self) -> bool {
        let state = self.state();
        !state.key_is_off && !state.policies.values().any(|text| text.contains("Deny"))
    }

    /// Refuses these operations.
    pub fn deny(&self, operations: &[&str]) {
        self.lock().denied = operations.iter().map(|name| (*name).to_owned()).collect();
    }

    /// Holds the request of this number, from 1, before it is answered.
    pub fn hold(&self, number: usize) {
        let mut inner = self.lock();
        inner.hold = Some(inner.seen + number);
    }

    /// Holds the next change, before it takes effect.
    pub fn hold_changes(&self) {
        self.lock().hold = Some(0);
    }

    /// Waits until a request is held.
    pub fn held(&self) {
        let patience = Duration::from_secs(60);
        let inner = self.lock();
        let wait = |inner: &mut Inner| !inner.holding;
        let (guard, late) = self
            .inner
            .1
            .wait_timeout_while(inner, patience, wait)
            .expect("not poisoned");
        drop(guard);
        assert!(!late.timed_out(), "no request came to be held");
    }

    /// Answers what was held.
    pub fn go_on(&self) {
        let mut inner = self.lock();
        (inner.hold, inner.holding) = (None, false);
        drop(inner);
        self.inner.1.notify_all();
    }
}

const CHANGES: [&str; 5] = [
    "PutUserPolicy",
    "DeleteUserPolicy",
    "UpdateAccessKey",
    "AttachUserPolicy",
    "StartLogging",
];

fn answer(of: &(Mutex<Inner>, Condvar), seen: &Seen) -> Answer {
    let body = seen.text();
    let form: BTreeMap<String, String> = body
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), unescape(&value.replace('+', " "))))
        .collect();
    let target = seen.header("x-amz-target").unwrap_or_default();
    let verb = match form.get("Action") {
        Some(action) => action.clone(),
        None => target.rsplit('.').next().unwrap_or_default().to_owned(),
    };
    let is_change = CHANGES.contains(&verb.as_str());
    let mut inner = of.0.lock().expect("not poisoned");
    inner.seen += 1;
    let number = inner.seen;
    if is_change && inner.denied.contains(&verb) {
        return error(403, "AccessDenied");
    }
    let patience = Duration::from_secs(60);
    if inner.hold == Some(0) && is_change {
        inner.holding = true;
        of.1.notify_all();
        let waited =
            of.1.wait_timeout_while(inner, patience, |inner| inner.holding);
        inner = waited.expect("not poisoned").0;
    }
    // It takes effect before it is held: whoever is cut off does not know.
    let request = format!("00000000-0000-4000-8000-{number:012}");
    let answer = told(&mut inner.state, &verb, &form).header("x-amzn-requestid", &request);
    if is_change && answer.status == 200 {
        inner.changes.push(verb);
        let agent = seen.header("user-agent").unwrap_or_default().to_owned();
        inner.agents.push(agent);
    }
    if inner.hold == Some(number) {
        inner.holding = true;
        of.1.notify_all();
        drop(of.1.wait_timeout_while(inner, patience, |inner| inner.holding));
    }
    answer
}

fn told(state: &mut State, verb: &str, form: &BTreeMap<String, String>) -> Answer {
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let is_mallory = get("UserName") == "mallory";
    let since = "2026-01-01T00:00:00Z";
    match verb {
        "GetCallerIdentity" => xml(
            verb,
            "<Arn>arn:aws:iam::111122223333:user/responder</Arn><UserId>AIDARESPONDEREXAMPLE</UserId><Account>111122223333</Account>",
        ),
        "GetAccessKeyInfo" => xml(verb, "<Account>111122223333</Account>"),
        "GetAccessKeyLastUsed" => xml(
            verb,
            &format!(
                "<UserName>mallory</UserName><AccessKeyLastUsed><LastUsedDate>{since}</LastUsedDate><ServiceName>s3</ServiceName><Region>eu-west-1</Region></AccessKeyLastUsed>"
            ),
        ),
        "ListEntitiesForPolicy" => xml(
            verb,
            "<PolicyGroups/><PolicyUsers><member><UserName>alice</UserName></member></PolicyUsers><PolicyRoles/><IsTruncated>false</IsTruncated>",
        ),
        "GetTrail" => Answer::json(
            serde_json::json!({"Trail": {"Name": "main", "TrailARN": TRAIL, "HomeRegion": "eu-west-1"}}),
        ),
        "GetTrailStatus" => Answer::json(serde_json::json!({"IsLogging": state.logging})),
        "StartLogging" => {
            state.logging = true;
            Answer::json("{}")
        }
        _ if !is_mallory => error(404, "NoSuchEntity"),
        "GetUser" => xml(
            verb,
            &format!(
                "<User><Path>/</Path><UserName>mallory</UserName><UserId>AIDAMALLORYEXAMPLE00</UserId><Arn>{USER}</Arn><CreateDate>{since}</CreateDate></User>"
            ),
        ),
        "ListAccessKeys" => {
            let status = if state.key_is_off {
                "Inactive"
            } else {
                "Active"
            };
            xml(
                verb,
                &format!(
                    "<AccessKeyMetadata><member><UserName>mallory</UserName><AccessKeyId>{KEY}</AccessKeyId><Status>{status}</Status><CreateDate>{since}</CreateDate></member></AccessKeyMetadata><IsTruncated>false</IsTruncated>"
                ),
            )
        }
        "UpdateAccessKey" => {
            state.key_is_off = get("Status") == "Inactive";
            xml(verb, "")
        }
        "ListUserPolicies" => {
            let names = state
                .policies
                .keys()
                .map(|name| format!("<member>{name}</member>"));
            let names: String = names.collect();
            xml(
                verb,
                &format!("<PolicyNames>{names}</PolicyNames><IsTruncated>false</IsTruncated>"),
            )
        }
        "GetUserPolicy" => match state.policies.get(&get("PolicyName")) {
            Some(text) => xml(
                verb,
                &format!(
                    "<UserName>mallory</UserName><PolicyName>{}</PolicyName><PolicyDocument>{}</PolicyDocument>",
                    get("PolicyName"),
                    text.replace('"', "%22").replace(' ', "%20")
                ),
            ),
            None => error(404, "NoSuchEntity"),
        },
        "PutUserPolicy" => {
            state
                .policies
                .insert(get("PolicyName"), get("PolicyDocument"));
            xml(verb, "")
        }
        "DeleteUserPolicy" => match state.policies.remove(&get("PolicyName")) {
            Some(_) => xml(verb, ""),
            None => error(404, "NoSuchEntity"),
        },
        "ListAttachedUserPolicies" => {
            xml(verb, "<AttachedPolicies/><IsTruncated>false</IsTruncated>")
        }
        "ListGroupsForUser" => xml(verb, "<Groups/><IsTruncated>false</IsTruncated>"),
        "GetLoginProfile" => error(404, "NoSuchEntity"),
        // What is not there is answered with a page for browsers.
        _ => Answer::new(500, "<!DOCTYPE html><p>not implemented"),
    }
}

fn xml(verb: &str, inner: &str) -> Answer {
    let space = "https://iam.amazonaws.com/doc/2010-05-08/";
    let text = format!(
        "<{verb}Response xmlns=\"{space}\"><{verb}Result>{inner}</{verb}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{verb}Response>"
    );
    Answer::new(200, text).header("content-type", "text/xml")
}

fn error(status: u16, code: &str) -> Answer {
    let text = format!(
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    Answer::new(status, text).header("content-type", "text/xml")
}
