//! What was called, and how it ended.

use crate::decode::{path, text};
use crate::model::Outcome;
use crate::model::event::Class;
use crate::normalize::source::{Norm, Record, Stage};

/// `compute:instances.insert`, however the method is spelled.
pub(super) fn action(record: &Record) -> String {
    let service = record.text(Norm::Service).unwrap_or_default();
    let service = service.strip_suffix(".googleapis.com").unwrap_or(&service);
    let method = record.text(Norm::Verb).unwrap_or_default();
    let verb = verb_of(&method);
    match (service.is_empty(), verb.is_empty()) {
        (true, _) => verb,
        (_, true) => service.to_owned(),
        _ => format!("{service}:{verb}"),
    }
}

/// A method without package, version and service: one operation has several spellings.
fn verb_of(method: &str) -> String {
    let is_version = |word: &str| {
        let digits = word
            .strip_prefix('v')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        digits || matches!(word, "beta" | "alpha")
    };
    let words: Vec<&str> = method
        .split(['.', '/'])
        .filter(|word| !word.is_empty() && !is_version(word))
        .collect();
    let upper = |word: &str| word.starts_with(|c: char| c.is_ascii_uppercase());
    let Some((last, before)) = words.split_last() else {
        return String::new();
    };
    match before.last() {
        // `google.iam.admin.v1.CreateServiceAccount`: what stands before is the package.
        Some(head) if !upper(last) || upper(head) => {
            // `SERVICES` of gRPC say little: `ConfigServiceV2.DeleteSink`.
            format!("{head}.{last}")
        }
        _ => (*last).to_owned(),
    }
}

pub(super) fn code(record: &Record) -> Option<i64> {
    let raw = record.at("protoPayload.status.code")?;
    text::string(raw).parse().ok()
}

pub(super) fn outcome(record: &Record) -> Outcome {
    match code(record) {
        Some(7 | 16) => return Outcome::Denied,
        Some(0) => return Outcome::Success,
        Some(_) => return Outcome::Failed,
        None if super::stage(record) == Stage::Begins => return Outcome::Pending,
        None => {}
    }
    let method = record.text(Norm::Verb).unwrap_or_default();
    match method.rsplit('.').next().unwrap_or_default() {
        "loginFailure" | "loginChallenge" if is_failure(record) => return Outcome::Denied,
        _ => {}
    }
    if record.at("protoPayload.status").is_none() && refused(record) {
        return Outcome::Denied;
    }
    Outcome::Success
}

/// Whether a login of Workspace was refused: a challenge may be passed.
fn is_failure(record: &Record) -> bool {
    let method = record.text(Norm::Verb).unwrap_or_default();
    if method.ends_with("loginFailure") {
        return true;
    }
    let mut failed = false;
    record.all_at("protoPayload.metadata.event.parameter.value", &mut |raw| {
        failed |= raw.eq_ignore_ascii_case(b"\"challenge failed\"");
    });
    failed
}

/// Whether nothing that was asked for was granted. One refusal among many is none: the call may
/// do without.
fn refused(record: &Record) -> bool {
    let (mut all, mut granted) = (0u32, 0u32);
    permissions(record, &mut |one| {
        all += 1;
        granted += u32::from(path::first(one, "granted") == Some(b"true"));
    });
    all > 0 && granted == 0
}

fn permissions<'a>(record: &Record<'a>, each: &mut dyn FnMut(&'a [u8])) {
    if let Some(list) = record.at("protoPayload.authorizationInfo")
        && list.first() == Some(&b'[')
    {
        path::elements(list, |one| {
            each(one);
            true
        });
    }
}

pub(super) fn class(record: &Record) -> Class {
    let method = record.text(Norm::Verb).unwrap_or_default();
    if method.starts_with("google.login.") {
        return Class::Login;
    }
    let last = method.rsplit(['.', '/']).next().unwrap_or_default();
    let lower = last.to_ascii_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    if starts(&["delete", "destroy", "remove", "purge"]) {
        return Class::Delete;
    }
    if starts(&[
        "generateaccesstoken",
        "generateidtoken",
        "exchangetoken",
        "signblob",
        "signjwt",
    ]) {
        return Class::Login;
    }
    let (mut reads, mut writes) = (false, false);
    permissions(record, &mut |one| {
        if let Some(kind) = path::first(one, "permissionType") {
            reads |= kind.ends_with(b"_READ\"");
            writes |= kind.ends_with(b"_WRITE\"");
        }
    });
    match (reads, writes) {
        (_, true) => return Class::Write,
        (true, false) => return Class::Read,
        _ => {}
    }
    let reading = starts(&[
        "get",
        "list",
        "aggregatedlist",
        "search",
        "test",
        "query",
        "access",
        "describe",
        "read",
        "check",
        "analyze",
        "fetch",
        "lookup",
        "count",
    ]);
    match (last.is_empty(), reading) {
        (true, _) => Class::Other,
        (_, true) => Class::Read,
        _ => Class::Write,
    }
}

#[cfg(test)]
mod tests {
    use super::verb_of;

    #[test]
    fn one_operation_has_one_name() {
        let table = [
            ("v1.compute.instances.insert", "instances.insert"),
            ("beta.compute.instances.insert", "instances.insert"),
            ("compute.instances.insert", "instances.insert"),
            (
                "google.iam.admin.v1.CreateServiceAccount",
                "CreateServiceAccount",
            ),
            (
                "google.logging.v2.ConfigServiceV2.DeleteSink",
                "ConfigServiceV2.DeleteSink",
            ),
            ("SetIamPolicy", "SetIamPolicy"),
            ("storage.setIamPermissions", "storage.setIamPermissions"),
            ("storage.objects.get", "objects.get"),
            ("GenerateAccessToken", "GenerateAccessToken"),
            (
                "google.login.LoginService.loginFailure",
                "LoginService.loginFailure",
            ),
            ("/google.cloud.x.v1.Things/MakeThing", "Things.MakeThing"),
            ("", ""),
            (".", ""),
        ];
        for (method, want) in table {
            assert_eq!(verb_of(method), want, "{method}");
        }
    }
}
