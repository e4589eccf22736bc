//! Any text of a log in, the same text without secrets out.
//!
//! Command lines, URLs and user agents carry tokens and passwords; a report is mailed around.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::{Captures, Regex};

/// What stands in place of a secret.
pub const MASK: &str = "[masked]";

/// Without one of these no shape below can match. Almost every id, action and address passes
/// here, and this search costs a few nanoseconds where the next one costs microseconds.
const LEADS: [&str; 25] = [
    "=",
    "\"",
    "'",
    " -",
    "bearer ",
    "basic ",
    "ssws ",
    "eyj",
    "iqoj",
    "fwog",
    "fqog",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xox",
    "ya29.",
    "aiza",
    "://",
    "private key",
    "sk_live_",
    "hvs.",
];

static LEAD: LazyLock<AhoCorasick> = LazyLock::new(|| {
    // The list is a constant; a test builds it.
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(LEADS)
        .expect("the list of leads is valid")
});

/// One search for all shapes: `k…` is what stays in front of a secret, the rest of the match goes.
///
/// Key ids (`AKIA…`, a service account key's name) are no secrets and stay: findings are
/// followed by them. A `kind:value` id such as `secret:shop/db` must stay too, so after a colon
/// a secret is only recognised behind a quoted name.
static SECRET: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(?:[a-z0-9_]+[_-])?(?:pass(?:word|wd|phrase)|pwd|secret(?:[_-]?access)?(?:[_-]?key)?|client[_-]?secret|api[_-]?key|access[_-]?token|refresh[_-]?token|id[_-]?token|session[_-]?token|security[_-]?token|auth[_-]?token|token|private[_-]?key|account[_-]?key|shared[_-]?access[_-]?(?:key|signature)|signature)";
    // ASCII classes and borders only: Unicode ones would push the search off its fast path.
    let pattern = format!(
        r#"(?ix)
          (?P<k1>-----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----) [a-z0-9+/=\ \t\r\n\\,:-]*? (?:-----END\ [A-Z\ ]*PRIVATE\ KEY-----|$)
        | (?P<k2>(?-u:\b)(?:bearer|basic|ssws)\ +) [a-z0-9._~+/=-]{{12,}}
        | (?P<k3>["'\\]{name}["'\\]+\ *:\ *[\\]*["']) [^"'\\]+
        | (?P<k4>(?-u:\b)(?:x-(?:amz|goog)-)?{name}\ ?=\ ?["']?) [^\ \t\r\n"'&;,)]+
        | (?P<k5>[?&](?:sig|code)=) [^\ \t\r\n"'&;,)]{{8,}}
        | (?P<k6>(?:^|\ )--?{name}[\ =]["']?) [^\ \t\r\n"'-][^\ \t\r\n"']*
        | (?P<k7>[a-z][a-z0-9+.-]*://[^/\ \t\r\n:@"']*:) [^/\ \t\r\n@"']+ (?P<t7>@)
        | (?-u:\b)(?-i:eyJ[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]{{8,}}(?:\.[A-Za-z0-9_-]*){{0,3}})
        | (?-u:\b)(?-i:(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=%]{{60,}})
        | (?-u:\b)(?-i:gh[pousr]_[A-Za-z0-9]{{20,}}|github_pat_[A-Za-z0-9_]{{20,}}|glpat-[A-Za-z0-9_-]{{16,}}|xox[abeprs]-[A-Za-z0-9-]{{10,}}|ya29\.[A-Za-z0-9_-]{{20,}}|AIza[A-Za-z0-9_-]{{35}}|sk_live_[A-Za-z0-9]{{16,}}|hvs\.[A-Za-z0-9_-]{{20,}})
        "#
    );
    // The pattern is a constant; a test compiles it.
    Regex::new(&pattern).expect("the secret pattern is valid")
});

/// Replaces every secret the shape of which is known.
pub fn secrets(text: &str) -> Cow<'_, str> {
    // A flag needs a blank before it, or nothing.
    if !text.starts_with('-') && !LEAD.is_match(text) {
        return Cow::Borrowed(text);
    }
    SECRET.replace_all(text, |found: &Captures<'_>| {
        let kept = ["k1", "k2", "k3", "k4", "k5", "k6", "k7"]
            .iter()
            .find_map(|name| found.name(name))
            .map_or("", |part| part.as_str());
        let tail = found.name("t7").map_or("", |part| part.as_str());
        format!("{kept}{MASK}{tail}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_what_leads_to_them_stays() {
        let table = [
            (
                "curl -H 'Authorization: Bearer abcdef0123456789abcdef'",
                "curl -H 'Authorization: Bearer [masked]'",
            ),
            (
                "mysql --password hunter2 -h db",
                "mysql --password [masked] -h db",
            ),
            ("psql --password=hunter2", "psql --password=[masked]"),
            ("--token hunter2", "--token [masked]"),
            ("VAULT hvs.CAESIJ0123456789abcdefEXAMPLE", "VAULT [masked]"),
            (
                "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/EXAMPLE aws s3 ls",
                "AWS_SECRET_ACCESS_KEY=[masked] aws s3 ls",
            ),
            (
                r#"{"secretAccessKey":"wJalrXUtnFEMI"}"#,
                r#"{"secretAccessKey":"[masked]"}"#,
            ),
            (
                r#"{\"SecretKey\": \"abc\"}"#,
                r#"{\"SecretKey\": \"[masked]\"}"#,
            ),
            (
                "https://x.blob.core.windows.net/c?sv=2024&sig=ab%2Fcdefghijk&se=1",
                "https://x.blob.core.windows.net/c?sv=2024&sig=[masked]&se=1",
            ),
            (
                "https://b.s3.amazonaws.com/k?X-Amz-Signature=0123abcd&X-Amz-Date=1",
                "https://b.s3.amazonaws.com/k?X-Amz-Signature=[masked]&X-Amz-Date=1",
            ),
            (
                "git clone https://user:s3cr3t@git.example/x",
                "git clone https://user:[masked]@git.example/x",
            ),
            (
                "tok eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl end",
                "tok [masked] end",
            ),
            ("ghp_0123456789abcdefghijABCDEFGHIJ012345 x", "[masked] x"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- x",
                "-----BEGIN RSA PRIVATE KEY-----[masked] x",
            ),
        ];
        for (text, want) in table {
            assert_eq!(secrets(text), want);
            assert_eq!(secrets(want), want, "masking twice changes nothing");
        }
    }

    #[test]
    fn ids_and_ordinary_words_stay() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "secret:shop/db-password",
            "token:kube-system/default",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
            "secretsmanager:GetSecretValue",
            "system:serviceaccount:shop:api",
            "aws-cli/2.15 Python/3.11 md/prompt#off",
            "Update application – Certificates and secrets management",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "https://203.0.113.9:8443/path@x",
        ] {
            assert!(matches!(secrets(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
