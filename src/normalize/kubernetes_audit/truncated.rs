//! Events that CloudWatch Logs cut short, and lines of the control plane that are no events.
//!
//! A message longer than the service takes ends in the middle of its JSON: what stands before the
//! cut is kept, and the time of arrival where the event's own time is lost.

use super::gke::quoted;
use super::object::plain;
use crate::decode::item::Members;
use crate::decode::text;

/// How a message ends that was cut.
const CUT: &[u8] = b"[Truncated...]";

/// Whether an object holds the beginning of an audit event.
pub(super) fn is(members: &Members) -> bool {
    members
        .iter()
        .any(|(key, raw)| matches!(*key, b"message" | b"@message") && is_cut(raw))
}

fn is_cut(raw: &[u8]) -> bool {
    let inner = raw.strip_suffix(b"\"").unwrap_or(raw).trim_ascii_end();
    inner.ends_with(CUT) && memchr::memmem::find(raw, b"audit.k8s.io").is_some()
}

/// Writes what is left of the event.
pub(super) fn rewrite(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut message, mut arrival): (&[u8], &[u8]) = (b"", b"");
    crate::decode::path::members(raw, |key, value| {
        match key {
            b"message" | b"@message" => message = value,
            b"timestamp" | b"@timestamp" => arrival = value,
            _ => {}
        }
        true
    });
    let inner = text::bytes(message);
    let inner = inner.trim_ascii_end();
    let inner = inner.strip_suffix(CUT).unwrap_or(inner);
    let Some(end) = mend(inner, out) else {
        return false;
    };
    out.truncate(end);
    if !arrival.is_empty() {
        let value = quoted(&plain(arrival));
        out.extend_from_slice(format!(",\"arrival\":{value}").as_bytes());
    }
    out.extend_from_slice(b",\"partial\":true}");
    true
}

/// The same for a line of an export, which stands behind the time of arrival.
pub(super) fn line(line: &[u8], out: &mut Vec<u8>) -> bool {
    if !line.ends_with(CUT) || memchr::memmem::find(line, b"audit.k8s.io").is_none() {
        return false;
    }
    let Some(open) = memchr::memchr(b'{', line) else {
        return false;
    };
    let arrival = line[..open].split(|byte| *byte == b' ').next();
    let arrival = quoted(&String::from_utf8_lossy(arrival.unwrap_or_default()));
    let message = quoted(&String::from_utf8_lossy(&line[open..]));
    let whole = format!("{{\"timestamp\":{arrival},\"message\":{message}}}");
    rewrite(whole.as_bytes(), out)
}

/// Whether a program wrote the line for its own log: what the parts of a control plane write
/// beside the audit log, in the same group or folder.
pub(super) fn is_program_log(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    // Exports put the time of arrival before it.
    let stamped = line.first().is_some_and(u8::is_ascii_digit);
    let line = match line.iter().position(|byte| *byte == b' ') {
        Some(blank) if stamped => line[blank..].trim_ascii_start(),
        _ => line,
    };
    let digits = |range: std::ops::Range<usize>| {
        line.get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let klog = matches!(line.first(), Some(b'I' | b'W' | b'E' | b'F'))
        && digits(1..5)
        && line.get(5) == Some(&b' ')
        && line.get(8) == Some(&b':');
    klog || (line.starts_with(b"time=\"") && memchr::memmem::find(line, b"level=").is_some())
}

/// Appends the whole members of an object that ends early; leaves where its last brace would
/// stand.
fn mend(cut: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let mut open: Vec<u8> = Vec::new();
    // The place behind the last whole value, and what was open there.
    let mut whole: Option<(usize, Vec<u8>)> = None;
    let mut at = 0;
    let mut after_colon = false;
    while let Some(byte) = cut.get(at) {
        match byte {
            b'"' => {
                // The cut is in this string: nothing of it counts.
                let Some(end) = string_end(cut, at) else {
                    break;
                };
                at = end;
                // A key is no value yet.
                let in_list = open.last() == Some(&b']');
                if after_colon || in_list {
                    whole = Some((at, open.clone()));
                    after_colon = false;
                }
                if at >= cut.len() {
                    break;
                }
                continue;
            }
            b'{' => {
                open.push(b'}');
                after_colon = false;
            }
            b'[' => {
                open.push(b']');
                after_colon = false;
            }
            b'}' | b']' => {
                open.pop();
                after_colon = false;
                whole = Some((at + 1, open.clone()));
            }
            b':' => after_colon = true,
            // A number or a word is whole only when something follows it.
            b',' if after_colon => {
                after_colon = false;
                whole = Some((at, open.clone()));
            }
            _ => {}
        }
        at += 1;
        if open.len() > 64 {
            return None;
        }
    }
    let (end, open) = whole?;
    // Something must be left of the outermost object.
    if open.first() != Some(&b'}') {
        return None;
    }
    out.extend_from_slice(&cut[..end]);
    out.extend(open.iter().skip(1).rev());
    Some(out.len())
}

/// One past the closing quote.
fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match text.get(at) {
            Some(b'"') => return Some(at + 1),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_whole_is_kept() {
        let table = [
            (r#"{"a":1,"b":{"c":[1,{"d":"e"#, r#"{"a":1,"partial":true}"#),
            (
                r#"{"a":"x","b":{"c":"y","d":tr"#,
                r#"{"a":"x","b":{"c":"y"},"partial":true}"#,
            ),
            (r#"{"a":"x","b"#, r#"{"a":"x","partial":true}"#),
        ];
        for (cut, want) in table {
            let message = quoted(&format!("{cut}[Truncated...]"));
            let mut out = Vec::new();
            let done = rewrite(format!("{{\"message\":{message}}}").as_bytes(), &mut out);
            let got = String::from_utf8(out).expect("text");
            assert!(done, "{cut}");
            assert_eq!(got, want);
        }
        for nothing in ["", "{", r#"{"a"#, "[1,2", "x"] {
            let message = quoted(&format!("{nothing}[Truncated...]"));
            let mut out = Vec::new();
            assert!(!rewrite(
                format!("{{\"message\":{message}}}").as_bytes(),
                &mut out
            ));
        }
    }

    #[test]
    fn logs_of_programs_are_told_by_their_beginning() {
        for line in [
            "I0512 09:45:00.123456       1 controller.go:615] quota admission added evaluator",
            "2026-05-12T09:45:00.123Z I0512 09:45:00.123456       1 controller.go:615] {}",
            r#"time="2026-05-12T09:45:00Z" level=info msg="access granted" arn="x""#,
        ] {
            assert!(is_program_log(line.as_bytes()), "{line}");
        }
        for line in ["", "I am", "E0x12 09:45", "{}", "time=1 level=x", "2026 {}"] {
            assert!(!is_program_log(line.as_bytes()), "{line}");
        }
    }
}
