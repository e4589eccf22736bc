//! The client against a provider that misbehaves.

#[path = "../../tests/support/server.rs"]
pub(crate) mod server;

use std::sync::Arc;
use std::time::{Duration, Instant};

use server::{Answer, Server};

use super::credentials::{Anonymous, Auth, Boxed, Fixed};
use super::{Client, Draft, Error, Method, Operation, Request, Retry, Secret, block_on};

#[derive(Clone, Copy, Debug)]
enum Ask {
    Read,
    Change,
}

impl Operation for Ask {
    fn name(self) -> &'static str {
        "things.list"
    }
    fn method(self) -> Method {
        match self {
            Ask::Read => Method::GET,
            Ask::Change => Method::POST,
        }
    }
    fn permission(self) -> &'static str {
        "things.read"
    }
}

fn quick() -> Retry {
    Retry {
        first: Duration::from_millis(2),
        most: Duration::from_millis(10),
        ..Retry::default()
    }
}

fn client(server: &Server, auth: impl Auth + 'static) -> Client<Ask> {
    let client = Client::new(&server.url, Arc::new(auth)).expect("an address");
    client.with_retry(quick())
}

fn ask(client: &Client<Ask>, operation: Ask) -> Result<String, Error> {
    let request = Request::new("/a%20b").query("filter", "x='1 2'");
    let answer = block_on(client.send(operation, &request)).expect("a runtime");
    answer.map(|answer| String::from_utf8(answer.body).expect("text"))
}

#[test]
fn a_passing_fault_is_waited_out() {
    let faults: [fn() -> Answer; 5] = [
        || Answer::new(429, "").header("retry-after", "0"),
        || Answer::new(503, "<Code>SlowDown</Code>"),
        || Answer::new(400, r#"{"__type":"ThrottlingException"}"#),
        || Answer::json(r#"{"a":[1,2,3]}"#).cut(5),
        || Answer {
            unsized_body: true,
            ..Answer::json(r#"{"a":[1,"#)
        },
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        let server = Server::start(move |_, number| match number {
            0 | 1 => fault(),
            _ => Answer::json(r#"{"ok":true}"#),
        });
        let got = ask(&client(&server, Anonymous), Ask::Read).expect("waited out");
        assert_eq!(got, r#"{"ok":true}"#, "fault {number}");
        assert_eq!(server.seen().len(), 3);
        assert_eq!(server.seen()[0].target, "/a%20b?filter=x%3D%271%202%27");
    }
}

#[test]
fn what_does_not_pass_is_told() {
    let server =
        Server::start(|_, _| Answer::new(403, r#"{"error":{"status":"DENIED","message":"no"}}"#));
    let error = ask(&client(&server, Anonymous), Ask::Read).expect_err("denied");
    assert_eq!(
        error.to_string(),
        "things.list: 403 DENIED (no); needs things.read"
    );
    assert_eq!(server.seen().len(), 1);
    let server = Server::start(|_, _| Answer::new(500, "<html>oh</html>"));
    let error = ask(&client(&server, Anonymous), Ask::Read).expect_err("broken");
    assert_eq!(error.status(), Some(500));
    assert_eq!(server.seen().len(), 6);
    let server = Server::start(|_, _| Answer::new(429, "").header("retry-after", "9999"));
    let error = ask(&client(&server, Anonymous), Ask::Read).expect_err("asks too much");
    assert_eq!((error.status(), server.seen().len()), (Some(429), 1));
}

#[test]
fn a_change_is_not_sent_twice_blindly() {
    for fault in [Answer::new(500, ""), Answer::json("{}").cut(1)] {
        let kept = fault.clone();
        let server = Server::start(move |_, _| kept.clone());
        let error = ask(&client(&server, Anonymous), Ask::Change).expect_err("unknown");
        assert!(error.is_unknown(), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
    // Refused before anything happened: that may be sent again.
    let server = Server::start(|_, number| match number {
        0 => Answer::new(429, ""),
        _ => Answer::json("{}"),
    });
    assert_eq!(
        ask(&client(&server, Anonymous), Ask::Change)
            .as_deref()
            .ok(),
        Some("{}")
    );
}

/// A token that is another each time it is fetched anew.
struct Renewed(std::sync::atomic::AtomicU32);

impl Auth for Renewed {
    fn apply<'a>(&'a self, draft: &'a mut Draft, fresh: bool) -> Boxed<'a, Result<(), Error>> {
        use std::sync::atomic::Ordering::Relaxed;
        Box::pin(async move {
            let number = self.0.fetch_add(u32::from(fresh), Relaxed) + u32::from(fresh);
            draft.prove("authorization", &format!("Bearer {number}"))
        })
    }
}

#[test]
fn an_expired_token_is_fetched_anew_once() {
    let server = Server::start(|seen, _| match seen.header("authorization") {
        Some("Bearer 1") => Answer::json("{}"),
        _ => Answer::new(401, ""),
    });
    assert!(ask(&client(&server, Renewed(0.into())), Ask::Change).is_ok());
    let server = Server::start(|_, _| Answer::new(401, r#"{"error":"invalid_token"}"#));
    let error = ask(&client(&server, Renewed(0.into())), Ask::Read).expect_err("refused");
    assert_eq!((error.status(), server.seen().len()), (Some(401), 2));
    let fixed = Fixed::bearer(&Secret::new("t0ken"));
    let error = ask(&client(&server, fixed), Ask::Read).expect_err("refused");
    assert!(!error.to_string().contains("t0ken"));
    assert_eq!(server.seen().len(), 3, "nothing to fetch anew");
}

#[test]
fn a_wrong_clock_is_set_by_the_providers() {
    struct Clock;
    impl Auth for Clock {
        fn apply<'a>(&'a self, draft: &'a mut Draft, _: bool) -> Boxed<'a, Result<(), Error>> {
            Box::pin(async { draft.prove("x-skew", &(draft.skew.abs() > 1_000_000).to_string()) })
        }
    }
    let server = Server::start(|seen, _| match seen.header("x-skew") {
        Some("true") => Answer::json("{}"),
        _ => Answer::new(403, "<Code>RequestTimeTooSkewed</Code>")
            .header("date", "Tue, 14 Nov 2023 22:13:30 GMT"),
    });
    assert!(ask(&client(&server, Clock), Ask::Read).is_ok());
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn answers_have_a_limit_and_links_a_host() {
    let server = Server::start(|_, _| Answer::new(200, vec![b' '; 1 << 20]));
    let small = client(&server, Anonymous).with_largest(1000);
    assert!(matches!(
        ask(&small, Ask::Read),
        Err(Error::TooLarge { .. })
    ));
    let client = client(&server, Anonymous);
    let link =
        |url: &str| block_on(client.send(Ask::Read, &Request::link(url))).expect("a runtime");
    assert!(link(&format!("{}/next?$skip=1", server.url)).is_ok());
    let before = server.seen().len();
    for url in ["http://192.0.2.1/", "file:///etc/passwd", "next"] {
        assert!(link(url).is_err(), "{url}");
    }
    assert_eq!(server.seen().len(), before);
}

#[test]
fn nobody_there() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", port.local_addr().expect("an address"));
    drop(port);
    let client: Client<Ask> = Client::new(&url, Arc::new(Anonymous)).expect("an address");
    let error = ask(&client.with_retry(quick()), Ask::Read).expect_err("nobody");
    assert!(error.to_string().contains("cannot connect"), "{error}");
    assert!(!error.is_unknown());
    assert!(Client::<Ask>::new("ftp://x", Arc::new(Anonymous)).is_err());
    assert!(Client::<Ask>::new("nonsense", Arc::new(Anonymous)).is_err());
}

#[test]
fn two_requests_a_second_are_two_a_second() {
    let server = Server::start(|_, _| Answer::json("{}"));
    let client = client(&server, Anonymous).with_pace(Duration::from_millis(50));
    let started = Instant::now();
    for _ in 0..4 {
        ask(&client, Ask::Read).expect("answered");
    }
    assert!(started.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_stream_is_handed_over_as_it_comes() {
    let server = Server::start(|_, _| Answer::new(200, vec![7; 100_000]).cut(60_000));
    let client = client(&server, Anonymous);
    let read = async {
        let mut stream = client.open(Ask::Read, &Request::new("/x")).await?;
        let mut count = 0;
        loop {
            match stream.chunk().await {
                Ok(Some(bytes)) => count += bytes.len(),
                Ok(None) => return Ok::<_, Error>((count, false)),
                Err(_) => return Ok((count, true)),
            }
        }
    };
    let read = block_on(read).expect("a runtime");
    assert_eq!(read.expect("begun"), (60_000, true));
}
