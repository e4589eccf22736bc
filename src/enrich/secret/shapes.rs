//! What a secret looks like, wherever it stands.
//!
//! Free text enters, the same text leaves with every secret in it masked: command lines, URLs,
//! error messages and user data carry what no field name gives away.
//!
//! Known shapes: private keys in PEM; JSON web tokens; AWS session tokens and secret keys; tokens
//! of GitHub, GitLab, Slack, Google, Azure applications and Vault; signatures and tokens in URLs
//! (`sig=`, `X-Amz-Signature=`, `access_token=`, …) and connection strings (`AccountKey=`, …);
//! passwords in URLs; `Bearer` and `Basic` headers; options and variables such as `--password x`
//! and `DB_PASSWORD=x`.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexSet};

use super::MASK;

/// Shorter texts hold no secret of these shapes.
const SHORTEST: usize = 8;

/// Patterns; what is in the group `s` is the secret, without the group the whole match is.
const PATTERNS: [&str; 10] = [
    // A cut-off key counts too.
    r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<s>.*?)(?:-----END|$)",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?",
    // The heads of AWS session tokens are a version in base64.
    r"\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|FQoDYXdz|AQoDYXdz|AgoJb3JpZ2lu)[A-Za-z0-9/+=%]{20,}",
    r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}|hvs\.[A-Za-z0-9_-]{20,})",
    // Client secrets of Entra applications.
    r"\b[A-Za-z0-9_.-]{3}[78]Q~[A-Za-z0-9_.~-]{31,34}",
    r#"(?i)(?:[?&;,\s"']|%3f|%26|^)(?:sig|signature|x-amz-signature|x-amz-security-token|x-goog-signature|access_token|refresh_token|id_token|client_secret|client_assertion|api_key|apikey|token|password|passwd|pwd|accountkey|sharedaccesskey|sharedaccesssignature)=(?P<s>[^&;,\s"']+)"#,
    r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@]*:(?P<s>[^\s/@]+)@",
    r"(?i)\b(?:bearer|basic)\s+(?P<s>[A-Za-z0-9._~+/=-]{16,})",
    r#"(?i)(?:^|[\s"'\[(,])--?[a-z0-9-]*(?:password|passwd|passphrase|secret|secret-key|secret-access-key|private-key|api-key|token|token-code)(?:\s*=\s*|\s+)["']?(?P<s>[^\s"'&;,-][^\s"'&;,]{3,})"#,
    // A colon needs a blank behind it: `secret:` is a part of ARNs.
    r#"(?i)[a-z0-9_]*(?:password|passwd|passphrase|secret|secret_?key|secret_access_key|private_key|api_key|token)["']?\s*(?:=\s*|:\s+)["']?(?P<s>[^\s"'&;,=-][^\s"'&;,]{3,})"#,
];

/// Compiled once. A pattern that does not compile would be a bug that the tests below find.
static SHAPES: LazyLock<Vec<Regex>> =
    LazyLock::new(|| PATTERNS.iter().flat_map(|p| Regex::new(p)).collect());

/// All of them at once.
static ANY: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(PATTERNS).ok());

/// A run of letters among which a bare key may stand by itself. Hyphens, dots and escapes belong
/// to the run: a part of a longer identifier is no key.
static RUNS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9/+_.%~-]+=*").ok());

/// Masks every secret in the text; borrowed when there is none.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    if text.len() < SHORTEST {
        return Cow::Borrowed(text);
    }
    let mut out = Cow::Borrowed(text);
    // Nearly every text is clean: one look with all patterns at once says so.
    for at in ANY.as_ref().map(|any| any.matches(text)).iter().flatten() {
        if let Some(shape) = SHAPES.get(at) {
            replace(&mut out, shape, |_| true);
        }
    }
    if has_long_run(&out)
        && let Some(runs) = RUNS.as_ref()
    {
        replace(&mut out, runs, is_bare_key);
    }
    out
}

/// Tells whether letters of base64 stand together for as long as the shortest bare key.
fn has_long_run(text: &str) -> bool {
    text.as_bytes()
        .split(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+')))
        .any(|run| run.len() >= 40)
}

/// Masks the matches that pass the test; leaves the text borrowed when nothing changes.
fn replace(text: &mut Cow<'_, str>, shape: &Regex, is_secret: impl Fn(&str) -> bool) {
    let mut changed = false;
    let masked = shape.replace_all(text, |captures: &Captures| {
        let Some(whole) = captures.get(0) else {
            return String::new();
        };
        let secret = captures.name("s").unwrap_or(whole);
        let found = secret.as_str();
        if found.contains(MASK) || !is_secret(found) {
            return whole.as_str().to_owned();
        }
        changed = true;
        // Before and behind the secret the match stays as it is.
        let (start, end) = (secret.start() - whole.start(), secret.end() - whole.start());
        let before = whole.as_str().get(..start).unwrap_or_default();
        let behind = whole.as_str().get(end..).unwrap_or_default();
        format!("{before}{MASK}{behind}")
    });
    if let (true, Cow::Owned(masked)) = (changed, masked) {
        *text = Cow::Owned(masked);
    }
}

/// An AWS secret key is forty letters of base64, an Azure storage key eighty-six and two padding
/// signs; both are drawn at random, so that capitals, small letters and digits change all the
/// time. Hashes in hex, paths of words and base64 of plain text are something else.
fn is_bare_key(text: &str) -> bool {
    let bytes = text.trim_end_matches('.').as_bytes();
    let (letters, padding) = match bytes.iter().position(|b| *b == b'=') {
        Some(at) => bytes.split_at(at),
        None => (bytes, &bytes[bytes.len()..]),
    };
    if !matches!((letters.len(), padding.len()), (40, 0) | (86, 2)) {
        return false;
    }
    let class = |b: &u8| match b {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        b'/' | b'+' => Some(3),
        _ => None,
    };
    let classes: Option<Vec<u8>> = letters.iter().map(class).collect();
    let Some(classes) = classes else {
        return false;
    };
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let longest_word = classes.split(|class| *class != 0).map(<[u8]>::len).max();
    (0..3).all(|class| classes.contains(&class))
        && changes * 3 >= letters.len()
        && classes.iter().filter(|class| **class == 3).count() * 10 <= letters.len()
        && longest_word.is_some_and(|length| length <= 8)
        && !is_encoded_text(letters)
}

/// Tells whether base64 decodes to printable text, as the ids that Tetragon makes of names do.
fn is_encoded_text(letters: &[u8]) -> bool {
    let value = |b: &u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    letters.chunks_exact(4).all(|four| {
        let bits = four
            .iter()
            .fold(0u32, |bits, b| bits << 6 | u32::from(value(b)));
        let bytes = bits.to_be_bytes();
        bytes[1..].iter().all(|b| (0x20..0x7f).contains(b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(SHAPES.len(), PATTERNS.len());
        assert!(RUNS.is_some() && ANY.is_some());
    }

    #[test]
    fn secrets_in_text() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJFWEFNUExFIn0.EXAMPLEsignature";
        let key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let storage = format!("{}==", "xQ7aB3kZ".repeat(10) + "mT4/oK");
        for (text, want) in [
            (format!("token is {jwt}, ok"), "token is [masked], ok"),
            (
                format!("aws_secret_access_key = {key}"),
                "aws_secret_access_key = [masked]",
            ),
            (format!("key ({key})"), "key ([masked])"),
            (key.to_owned(), "[masked]"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEXAMPLE\n-----END RSA PRIVATE KEY-----"
                    .to_owned(),
                "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----",
            ),
            (
                "x -----BEGIN PRIVATE KEY-----\\nMIIEXAM".to_owned(),
                "x -----BEGIN PRIVATE KEY-----[masked]",
            ),
            (
                format!("IQoJb3JpZ2luX2VjE{}", "EXAMPLE".repeat(9)),
                "[masked]",
            ),
            (format!("ghp_{}EXAMPLE", "a1B2".repeat(8)), "[masked]"),
            (format!("id abc8Q~{}", "x".repeat(33)), "id [masked]"),
            (
                format!("AccountName=shop;AccountKey={storage};EndpointSuffix=core.example"),
                "AccountName=shop;AccountKey=[masked];EndpointSuffix=core.example",
            ),
            (storage.clone(), "[masked]"),
            (
                "https://shop.blob.core.example/c/b?sv=2022&sig=EXAMPLE%3D&se=2026".to_owned(),
                "https://shop.blob.core.example/c/b?sv=2022&sig=[masked]&se=2026",
            ),
            (
                "/b?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE&X-Amz-Signature=fe5f80EXAMPLE".to_owned(),
                "/b?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE&X-Amz-Signature=[masked]",
            ),
            (
                "curl -H 'Authorization: Bearer EXAMPLEEXAMPLE1234' https://x.example".to_owned(),
                "curl -H 'Authorization: Bearer [masked]' https://x.example",
            ),
            (
                "psql postgres://app:s3cr3tEXAMPLE@db.example/shop".to_owned(),
                "psql postgres://app:[masked]@db.example/shop",
            ),
            (
                "mysql --user root --password hunter2EXAMPLE shop".to_owned(),
                "mysql --user root --password [masked] shop",
            ),
            (
                "env DB_PASSWORD=hunter2EXAMPLE run".to_owned(),
                "env DB_PASSWORD=[masked] run",
            ),
            ("secret: 'hunter2EXAMPLE'".to_owned(), "secret: '[masked]'"),
        ] {
            assert_eq!(masked(&text), want, "{text}");
            // What is masked stays as it is.
            assert_eq!(masked(want), want, "{want}");
        }
    }

    #[test]
    fn evidence_stays() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "ASIAIOSFODNN7EXAMPLE AROAEXAMPLE:session",
            "arn:aws:sts::111122223333:assumed-role/Deploy/ci",
            "e5fa44f2b31c1fb553b6021e7360d07d5d91ff5e",
            "AWSLogs/111122223333/CloudTrail/eu/2026/11",
            "arn:aws:secretsmanager:eu-west-3:111122223333:secret:prod/db-AbCdEf",
            "8e1f7a52-4b7a-4c1e-9b1e-111122223333",
            "aws-cli/2.13.0 Python/3.11.4 Linux/5.10.0 exe/x86_64.ubuntu.22 prompt/off",
            "User: arn:aws:iam::111122223333:user/jane is not authorized to perform: iam:CreateUser",
            "https://example.com/path?list-type=2&prefix=a",
            "--user root --region eu-west-3",
            "no secret here",
            "Non-Secret Resource",
            "bm9kZS1hMToxMjM0NTY3ODkwMTIzNDo5ODc2NTQz",
            "shop.web/farmGroups/Production7/events/04c1f90ab-77de",
            "failure message: k7Lm-qW3rT5yU7iO9pAs2DfG4hJ6kL8zXc1VbN3mQw5Er_qX9a",
            "QW3rT5yU7iO9pAs2DfG4hJ6kL8zXc1VbN3mQw5ErT7yUi9OpA2sDf4gH6jKl8Zx0CvBn2MqW4eRtY6uIo8PaS1dFgH3jKl5ZxC==",
            "the token expired, the password policy changed, a secret was read",
            "--secret-id prod/db --token-ttl-seconds 60",
            "RBAC: allowed by ClusterRoleBinding \"a\" of ClusterRole \"secret-reader\"",
            "basic auth",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn hostile_text_ends_in_an_answer() {
        for piece in [
            "-----BEGIN PRIVATE KEY-----",
            "sig=",
            "eyJ",
            "é=token=",
            "://a:b",
            "--token ",
        ] {
            let text = piece.repeat(20_000);
            let _ = masked(&text);
        }
    }
}
