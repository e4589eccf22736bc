//! The client of IAM against a server that says what a test wants.

use serde_json::{Value, json};

use super::super::operations::{CHANGES, READS};
use super::{Iam, changes, reads};
use crate::net::credentials::aws::Aws;
use crate::net::tests::server::{Answer, Server};
use crate::net::{Error, Method, Retry, block_on};
use crate::respond::operation::{Operation, Read};
use crate::respond::provider::Provider;
use crate::respond::request::{Request, Response};

/// How a call is sent.
#[derive(Clone, Copy, Debug)]
struct Sent {
    name: &'static str,
    repeatable: bool,
}

impl crate::net::Operation for Sent {
    fn name(self) -> &'static str {
        self.name
    }

    fn method(self) -> Method {
        Method::POST
    }

    fn permission(self) -> &'static str {
        ""
    }

    fn repeatable(self) -> bool {
        self.repeatable
    }
}

fn ask(url: &str, name: &'static str, repeatable: bool, params: Value) -> Result<Response, Error> {
    let iam = Iam {
        aws: &Aws::test(),
        endpoint: Some(url),
        region: "us-east-1",
        retry: Retry {
            attempts: 2,
            first: std::time::Duration::from_millis(1),
            ..Retry::default()
        },
    };
    let read = Read::named(Provider::Aws, "iam:GetUser").expect("a read");
    let mut request = Request::read(read, &params).expect("a request");
    request
        .headers
        .push(("user-agent", "ctadel/test action/1".to_owned()));
    block_on(iam.send(Sent { name, repeatable }, &request)).expect("a runtime")
}

fn user(url: &str, repeatable: bool) -> Result<Response, Error> {
    ask(
        url,
        "iam:GetUser",
        repeatable,
        json!({"UserName": "mallory"}),
    )
}

const MALLORY: &str = "<GetUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetUserResult><User>\
    <Path>/</Path><UserName>mallory</UserName><UserId>AIDAMALLORYEXAMPLE00</UserId>\
    <Arn>arn:aws:iam::111122223333:user/mallory</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>\
    <Tags><member><Key>team</Key><Value>shop</Value></member></Tags></User></GetUserResult>\
    <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetUserResponse>";

#[test]
fn everything_on_the_lists_can_be_sent() {
    for (list, calls) in [(READS, reads::VERBS), (CHANGES, changes::VERBS)] {
        let iam = list.iter().filter(|known| known.service() == "iam");
        for verb in iam.map(Operation::verb) {
            assert!(calls.contains(&verb), "{verb}");
        }
    }
}

#[test]
fn an_answer_is_json_with_what_stood_above_it() {
    let server = Server::start(|_, _| {
        Answer::new(200, MALLORY)
            .header("date", "Sun, 22 Nov 2026 10:00:00 GMT")
            .header("x-amzn-requestid", "request-1")
    });
    let answer = user(&server.url, true).expect("an answer");
    let value: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let want = json!({"User": {"UserName": "mallory", "UserId": "AIDAMALLORYEXAMPLE00",
        "Arn": "arn:aws:iam::111122223333:user/mallory", "Path": "/",
        "Tags": [{"Key": "team", "Value": "shop"}], "PermissionsBoundary": null}});
    assert_eq!(value, want);
    assert_eq!(answer.headers["date"], "Sun, 22 Nov 2026 10:00:00 GMT");
    assert_eq!(answer.headers["x-amzn-requestid"], "request-1");
    let [seen] = &server.seen()[..] else {
        panic!("one request")
    };
    assert_eq!(
        seen.text(),
        "Action=GetUser&Version=2010-05-08&UserName=mallory"
    );
    assert_eq!(seen.header("user-agent"), Some("ctadel/test action/1"));
    let proof = seen.header("authorization").expect("a signature");
    assert!(proof.contains("/us-east-1/iam/aws4_request"), "{proof}");
}

#[test]
fn refusals_keep_their_word() {
    let table = [
        (
            404,
            "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>no</Message></Error></ErrorResponse>",
            "NoSuchEntity",
        ),
        (
            403,
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
            "AccessDenied",
        ),
        (500, "<!DOCTYPE HTML><html>oh", ""),
    ];
    for (status, body, want) in table {
        let server = Server::start(move |_, _| Answer::new(status, body));
        let error = user(&server.url, false).expect_err("a refusal");
        assert_eq!((error.status(), error.code()), (Some(status), Some(want)));
        assert_eq!(server.seen().len(), 1);
    }
}

#[test]
fn a_wrong_clock_is_put_right() {
    // A provider that is three hours ahead, as it says itself.
    let theirs = chrono::Utc::now() + chrono::TimeDelta::hours(3);
    let hour = theirs.format("%Y%m%dT%H").to_string();
    let date = theirs.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let server = Server::start(move |seen, _| {
        let stamp = seen.header("x-amz-date").unwrap_or_default();
        match stamp.starts_with(&hour) {
            true => Answer::new(200, MALLORY),
            false => Answer::new(
                403,
                "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: it is now earlier</Message></Error></ErrorResponse>",
            )
            .header("date", &date),
        }
    });
    // Refused before it was looked at: a change may be sent again, too.
    for repeatable in [true, false] {
        let before = server.seen().len();
        user(&server.url, repeatable).expect("an answer");
        assert_eq!(server.seen().len(), before + 2);
    }
}

#[test]
fn what_may_have_arrived_is_not_sent_again() {
    for cut in [0, 40] {
        for (repeatable, times) in [(false, 1), (true, 2)] {
            let server = Server::start(move |_, _| Answer::new(200, MALLORY).cut(cut));
            let error = user(&server.url, repeatable).expect_err("a broken line");
            assert!(error.is_unknown(), "{error:?}");
            assert_eq!(server.seen().len(), times);
        }
    }
    // Nobody there: nothing can have happened.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", gone.local_addr().expect("an address"));
    drop(gone);
    let error = user(&url, false).expect_err("nobody");
    assert!(!error.is_unknown(), "{error:?}");
}

#[test]
fn only_what_was_asked_for_leaves() {
    let server = Server::start(|_, _| Answer::new(200, MALLORY));
    // Permitted as something else, and with more than is known of it.
    let params = json!({"UserName": "mallory"});
    assert!(ask(&server.url, "iam:GetRole", false, params).is_err());
    let params = json!({"UserName": "mallory", "Force": "true"});
    assert!(ask(&server.url, "iam:GetUser", false, params).is_err());
    assert!(server.seen().is_empty());
}
