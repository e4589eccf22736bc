//! User agent families.
//!
//! A user agent enters, the name of the program leaves: without version, brackets and build id,
//! so that an update of a tool is not a new tool. The text is the caller's own choice.

use std::borrow::Cow;

/// The longest family kept: the text is the caller's, and every new one is remembered.
const LONGEST: usize = 64;

/// The family in lower case: what stands before the first `/`, bracket, comma or semicolon,
/// without a version or a random id at its end. Borrowed where nothing had to be changed; empty
/// for an empty user agent.
pub fn family(agent: &str) -> Cow<'_, str> {
    let inner = agent.trim_matches(|c: char| c.is_whitespace() || "[]()<>\"'".contains(c));
    let end = inner.find(['/', '(', '[', ',', ';', ')', ']']);
    let mut name = without_version(inner[..end.unwrap_or(inner.len())].trim());
    if name == "-" {
        name = "";
    }
    if name.len() > LONGEST {
        let cut = (0..=LONGEST).rev().find(|at| name.is_char_boundary(*at));
        name = name[..cut.unwrap_or(0)].trim_end();
    }
    if name.chars().any(char::is_uppercase) {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Takes a version (`1.6.12`, `v2`, `357.0.0` even without a space) off the end, and a UUID with
/// what is behind it.
fn without_version(name: &str) -> &str {
    let mut name = name;
    // A session's id makes every run of a tool another one.
    let id = name
        .char_indices()
        .map(|(at, _)| at)
        .find(|at| *at > 0 && name.get(*at..at + 36).is_some_and(is_uuid));
    if let Some(at) = id {
        name = name[..at].trim_end_matches(['_', '-', ' ', ':']);
    }
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    let tail = &name[stem.len()..];
    // `httplib2` and `boto3` are names; a dot or a space makes a version of the digits.
    let spaced = stem.ends_with([' ', '_']) || stem.ends_with(" v");
    if stem.is_empty() || !tail.contains(|c: char| c.is_ascii_digit()) {
        return name;
    }
    if spaced || tail.trim_start_matches('-').contains('.') {
        return stem
            .strip_suffix(" v")
            .unwrap_or(stem)
            .trim_end_matches([' ', '_', '-']);
    }
    name
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        for (agent, want) in [
            ("aws-cli/2.13.0 Python/3.11.4 Linux/5.10", "aws-cli"),
            ("Boto3/1.15.2 Python/3.8.2", "boto3"),
            ("[S3Console/0.4]", "s3console"),
            ("[Mozilla/5.0 (Macintosh) Chrome/1.2.3.4]", "mozilla"),
            (
                "kubectl/v1.28.2 (darwin/amd64) kubernetes/89a4ea3",
                "kubectl",
            ),
            ("Python-httplib2/0.8 (gzip)", "python-httplib2"),
            ("aws-sdk-go/1.4.14 (go1.11.4; darwin; amd64)", "aws-sdk-go"),
            ("ec2-api-tools 1.6.12.2", "ec2-api-tools"),
            (
                "google-cloud-sdk357.0.0 (gzip),gzip(gfe)",
                "google-cloud-sdk",
            ),
            (
                "google-cloud-sdk gcloud/500.0.0 command/x",
                "google-cloud-sdk gcloud",
            ),
            (
                "Kubernetes Java Client/18.0.0-SNAPSHOT",
                "kubernetes java client",
            ),
            ("EC2ConsoleBackend, aws-sdk-java/Linux", "ec2consolebackend"),
            ("console.ec2.amazonaws.com", "console.ec2.amazonaws.com"),
            ("AWS Internal", "aws internal"),
            ("AWS Internal/3", "aws internal"),
            ("Jersey/${project.version}", "jersey"),
            ("CloudCustodian(net-change)/0.9.2", "cloudcustodian"),
            ("(gzip),gzip(gfe)", "gzip"),
            ("tool_0f8fad5b-d9cb-469f-a165-111122223333", "tool"),
            (
                "0f8fad5b-d9cb-469f-a165-111122223333",
                "0f8fad5b-d9cb-469f-a165-111122223333",
            ),
            (
                "tool_0f8fad5b-d9cb-469f-a165-111122223333 grpc-go/1.70.0",
                "tool",
            ),
            ("my-tool v2", "my-tool"),
            ("sample-user-agent", "sample-user-agent"),
            ("BAV2ROPC", "bav2ropc"),
            ("python3", "python3"),
            ("1.2.3", "1.2.3"),
            ("Überwacher/1", "überwacher"),
            ("...", "..."),
            ("-", ""),
            ("[]", ""),
            ("/", ""),
            ("", ""),
        ] {
            assert_eq!(family(agent), want, "{agent}");
        }
    }

    #[test]
    fn plain_ones_are_borrowed_and_long_ones_cut() {
        assert!(matches!(family("aws-cli/2.13.0"), Cow::Borrowed("aws-cli")));
        let long = "é".repeat(1_000);
        assert_eq!(family(&long), "é".repeat(32));
        for agent in [
            "\u{0}",
            "é-0f8fad5b-d9cb-469f-a165-11112222333é",
            "\u{1f600}/1",
        ] {
            let _ = family(agent);
        }
    }
}
