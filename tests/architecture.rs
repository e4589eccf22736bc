//! The house's arrows: which part may use which, read from the sources themselves.
//!
//! Data flows one way, nobody looks back up; only the terminal's own code prints, and nothing but
//! live inputs and responses may touch the network, which is what "offline" means.

use std::fs;
use std::path::{Path, PathBuf};

/// Stages in the order data takes; each may use the ones before it.
const STAGES: [&str; 10] = [
    "load",
    "decode",
    "normalize",
    "enrich",
    "detect",
    "link",
    "incident",
    "case",
    "respond",
    "render",
];
/// What every stage may use.
const SHARED: [&str; 3] = ["model", "config", "term"];

/// The parts that a part may use; nothing means all of them.
fn allowed(part: &str) -> Option<Vec<&'static str>> {
    let mut parts: Vec<&'static str> = match part {
        "main" => return Some(vec!["cli"]),
        "cli" => return None,
        "model" => vec![],
        // Clients and credentials know nothing of logs.
        "net" => vec![],
        "term" => vec!["model"],
        "config" => vec!["model", "term"],
        // The run calls stage after stage, and knows neither the user nor the page.
        "run" | "lib" => STAGES
            .iter()
            .copied()
            .filter(|stage| !["respond", "render"].contains(stage))
            .chain(["run", "model", "config"])
            .collect(),
        stage => {
            let place = STAGES.iter().position(|known| *known == stage);
            let place = place.unwrap_or_else(|| panic!("{stage} has no place in the arrows"));
            // Two phases around linking: both give and take types of `model`.
            let before = STAGES[..place]
                .iter()
                .filter(|other| (stage, **other) != ("link", "detect"));
            before.copied().chain(SHARED).collect()
        }
    };
    parts.extend(
        STAGES
            .iter()
            .chain(&SHARED)
            .chain(&["run", "cli"])
            .filter(|known| **known == part),
    );
    Some(parts)
}

struct Source {
    /// Path below `src`, with `/`.
    path: String,
    /// Its code without comments and tests, line by line, empty where those stood.
    lines: Vec<String>,
}

impl Source {
    fn part(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

/// All sources; what only tests compile may reach further.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut out = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a source folder") {
            let path: PathBuf = entry.expect("readable").path();
            let name = path
                .file_stem()
                .and_then(|name| name.to_str())
                .unwrap_or_default()
                .to_owned();
            if path.is_dir() {
                if name != "tests" {
                    folders.push(path);
                }
            } else if !name.ends_with("tests") && name != "fixture" {
                let text = fs::read_to_string(&path).expect("a source file");
                let path = path
                    .strip_prefix(&root)
                    .expect("below src")
                    .to_string_lossy()
                    .replace('\\', "/");
                out.push(Source {
                    path,
                    lines: code(&text),
                });
            }
        }
    }
    out.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(out.len() > 50);
    out
}

fn code(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut in_tests = false;
    let mut marked = false;
    for line in text.lines() {
        // A module of tests stands at the end of its file; `mod tests;` alone takes nothing away.
        in_tests |=
            marked && line.trim_start().starts_with("mod ") && line.trim_end().ends_with('{');
        marked = line.trim() == "#[cfg(test)]";
        let comment = line.trim_start().starts_with("//");
        lines.push(if in_tests || comment {
            String::new()
        } else {
            line.to_owned()
        });
    }
    lines
}

/// What a text uses of the crate, with the lines: `crate::load::Chunk` gives `load`, and
/// `crate::{a::{b, c}, d}` gives `a` and `d`, over several lines too.
fn used(text: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    for (at, found) in text.match_indices("crate::") {
        let rest = &text[at + found.len()..];
        let line = text[..at].matches('\n').count() + 1;
        let names = match rest.strip_prefix('{') {
            Some(list) => outermost(list),
            None => vec![rest],
        };
        for name in names {
            let name = name.trim_start();
            let end = name
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(name.len());
            out.push((line, &name[..end]));
        }
    }
    out
}

/// The parts of a list in braces, up to the brace that closes it.
fn outermost(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            '}' => {
                parts.push(&list[start..at]);
                break;
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[test]
fn every_arrow_points_onwards() {
    let mut wrong = Vec::new();
    for source in sources() {
        let part = source.part().to_owned();
        let Some(allowed) = allowed(&part) else {
            continue;
        };
        for (line, name) in used(&source.lines.join("\n")) {
            let is_part =
                STAGES.contains(&name) || SHARED.contains(&name) || ["run", "cli"].contains(&name);
            // What stands in lib.rs itself is the run's and the command line's.
            let is_root = name.starts_with(|c: char| c.is_ascii_uppercase())
                || ["scan", "replay", "newest"].contains(&name);
            let bad = (is_part && !allowed.contains(&name))
                || (is_root && part != "run" && part != "lib");
            if bad {
                wrong.push(format!("{}:{line}: {part} uses {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_terminal_the_outputs_and_main_print() {
    let macros = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];
    let mut wrong = Vec::new();
    for source in sources() {
        if ["term", "render", "main"].contains(&source.part()) {
            continue;
        }
        for (number, line) in source.lines.iter().enumerate() {
            let found = macros.iter().find(|name| {
                line.match_indices(**name).any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                })
            });
            if let Some(name) = found {
                wrong.push(format!("{}:{}: {name}", source.path, number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_but_live_inputs_and_responses_touches_the_network() {
    let words = [
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "os::unix::net",
        "reqwest",
        "hyper",
        "ureq",
        "aws_sdk",
        "aws_config",
        "aws_sigv4",
        "kube::",
        "tokio::net",
    ];
    let mut wrong = Vec::new();
    for source in sources() {
        if source.path.starts_with("load/live/") || ["respond", "net"].contains(&source.part()) {
            continue;
        }
        // Who may use the clients may use the network.
        for (line, name) in used(&source.lines.join("\n")) {
            if name == "net" {
                wrong.push(format!("{}:{line}: uses net", source.path));
            }
        }
        for (number, line) in source.lines.iter().enumerate() {
            // Addresses as values are no connection.
            let net = line.match_indices("std::net::").any(|(at, found)| {
                let rest = &line[at + found.len()..];
                !rest.starts_with("Ip")
                    && !rest.starts_with("{Ip")
                    && !rest.starts_with("AddrParseError")
            });
            if net || words.iter().any(|word| line.contains(word)) {
                wrong.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The client of IAM can change everything: those who only look are given none of that.
#[test]
fn iam_is_asked_in_one_place_and_what_looks_only_looks() {
    let mut looks = 0;
    for source in sources() {
        let client = source.path == "net/sdk.rs" || source.path.starts_with("respond/aws/iam/");
        let text = source.lines.join("\n");
        assert!(client || !text.contains("aws_sdk_iam"), "{}", source.path);
        if source.path != "respond/aws/iam/reads.rs" {
            continue;
        }
        for call in text.split("\" => ").skip(1) {
            let only = ["get_", "list_", "simulate_"];
            assert!(only.iter().any(|verb| call.starts_with(verb)), "{call}");
            looks += 1;
        }
    }
    assert!(looks > 20, "{looks}");
}

#[test]
fn the_reader_of_sources_sees_what_it_should() {
    assert_eq!(used("use crate::load::Chunk;"), [(1, "load")]);
    assert_eq!(
        used("\nuse crate::{\n    Plan, detect::{a, b},\n    term::Ui,\n};"),
        [(2, "Plan"), (2, "detect"), (2, "term")]
    );
    assert_eq!(
        used("f(crate::decode::x(crate::model::DAY))"),
        [(1, "decode"), (1, "model")]
    );
    let text = "use a;\n// crate::cli\n#[cfg(test)]\nmod tests;\nfn b() {}\n#[cfg(test)]\nmod tests {\n    use crate::cli;\n}";
    assert_eq!(
        code(text).join("|"),
        "use a;||#[cfg(test)]|mod tests;|fn b() {}|#[cfg(test)]|||"
    );
    let detect = allowed("detect").expect("a stage");
    assert!(detect.contains(&"load") && !detect.contains(&"link") && !detect.contains(&"cli"));
    assert!(
        allowed("link")
            .is_some_and(|parts| !parts.contains(&"detect") && parts.contains(&"enrich"))
    );
    assert!(allowed("decode").is_some_and(|parts| !parts.contains(&"normalize")));
}
