//! A provider on the loopback interface that does what a test says.
//!
//! Enters: a function from a request to an answer. Leaves: an address, and every request that
//! came, so that a test can tell what was asked and that nothing else was.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[allow(dead_code)]
impl Seen {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A parameter, unescaped.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let pairs = query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let mut found = pairs.filter(|(key, _)| unescape(key) == name);
        found.next().map(|(_, value)| unescape(value))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub fn unescape(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex: Vec<u8> = bytes.by_ref().take(2).collect();
            let hex = std::str::from_utf8(&hex).unwrap_or_default();
            out.push(u8::from_str_radix(hex, 16).unwrap_or(b'?'));
        } else {
            out.push(byte);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The line breaks after so many bytes of the body.
    pub cut: Option<usize>,
    /// No length is told: the end of the line is the end of the body.
    pub unsized_body: bool,
    pub delay: Duration,
}

#[allow(dead_code)]
impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body: body.into(),
            cut: None,
            unsized_body: false,
            delay: Duration::ZERO,
        }
    }

    pub fn json(body: impl ToString) -> Answer {
        Answer::new(200, body.to_string()).header("content-type", "application/json")
    }

    pub fn header(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn cut(mut self, after: usize) -> Answer {
        self.cut = Some(after);
        self
    }
}

/// A running server; it ends with the test process.
pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[allow(dead_code)]
impl Server {
    /// Starts one; the number is that of the request, from 0.
    pub fn start(answer: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&seen), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                thread::spawn(move || {
                    let _ = serve(stream, &kept, &*answer);
                });
            }
        });
        Server { url, seen }
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }

    /// `METHOD path` of every request so far, sorted, each once.
    pub fn kinds(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .seen()
            .iter()
            .map(|seen| format!("{} {}", seen.method, seen.path()))
            .collect();
        all.sort();
        all.dedup();
        all
    }
}

fn serve(
    mut stream: TcpStream,
    kept: &Mutex<Vec<Seen>>,
    answer: &dyn Fn(&Seen, usize) -> Answer,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut parts = line.split_whitespace();
        let mut seen = Seen {
            method: parts.next().unwrap_or_default().to_owned(),
            target: parts.next().unwrap_or_default().to_owned(),
            ..Seen::default()
        };
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            seen.headers
                .push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = seen.header("content-length").and_then(|it| it.parse().ok());
        seen.body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut seen.body)?;
        let number = {
            let mut kept = kept.lock().expect("not poisoned");
            kept.push(seen.clone());
            kept.len() - 1
        };
        let answer = answer(&seen, number);
        thread::sleep(answer.delay);
        let mut head = format!("HTTP/1.1 {} X\r\n", answer.status);
        for (name, value) in &answer.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if answer.unsized_body {
            head.push_str("connection: close\r\n");
        } else {
            head.push_str(&format!("content-length: {}\r\n", answer.body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        let end = answer.cut.unwrap_or(answer.body.len());
        if seen.method != "HEAD" {
            stream.write_all(&answer.body[..end])?;
        }
        stream.flush()?;
        if answer.cut.is_some() || answer.unsized_body {
            return stream.shutdown(std::net::Shutdown::Both);
        }
    }
}
