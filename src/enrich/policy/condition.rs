//! Which conditions narrow a grant.
//!
//! A `Condition` block enters, three answers leave: does it keep the public out, does it make an
//! administrator less than one, does it ask for an external id? Many conditions look narrow and
//! are not, so only what is known to narrow counts.
//!
//! What keeps the public out (operators that must match; never `…IfExists`, `ForAllValues`, a
//! negation or `Null`, all of which hold when the key is absent or for nearly everybody):
//! * the caller's place: `aws:PrincipalOrgID`, `…OrgPaths`, `…Account`, `…Arn`, `aws:userid`,
//!   `kms:CallerAccount`, `sts:ExternalId`
//! * the resource behind a service's call: `aws:SourceAccount`, `…Arn`, `…OrgID`, `…OrgPaths`,
//!   `…Owner`
//! * the network: `aws:SourceVpc`, `aws:SourceVpce`, `aws:VpceAccount`, `…OrgID`, `…OrgPaths`,
//!   and `aws:SourceIp` no wider than /8 (IPv6: /32)
//! * the resource's place: `aws:ResourceOrgID`, `aws:ResourceAccount`, against a policy variable
//! * `s3:DataAccessPointAccount`, `…Arn`; `elasticfilesystem:AccessedViaMountTarget` and
//!   `aws:PrincipalIsAWSService` when true
//!
//! Tags, user names, user agents, referers and private addresses are the caller's own choice and
//! narrow nothing.
//!
//! What narrows an administrator is a condition on *what* is done: resource tags, regions, `iam:`
//! keys, the service in between. Conditions on who, when, from where and over what transport
//! (multi-factor, TLS, time, address, VPC, principal) leave the administrator one.

use ipnet::IpNet;
use serde_json::Value;

use super::document::texts;
use super::principal::is_account;
use super::reach::is_wild;

/// How a condition operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    /// Text for text; a star is a star.
    Exact,
    /// With wildcards.
    Like,
    /// An address range.
    Address,
    /// Must match, in some other way: a number, a date.
    Other,
    /// Holds for nearly everybody, or when the key is absent.
    Loose,
}

/// One line of a condition block, keys in lower case.
#[derive(Debug)]
struct Line {
    operator: Operator,
    key: String,
    values: Vec<String>,
}

/// The conditions of one statement; all of them must hold at once.
#[derive(Debug, Default)]
pub(super) struct Conditions(Vec<Line>);

impl Conditions {
    /// Reads a block; what is no condition asks nothing.
    pub fn read(block: Option<&Value>) -> Conditions {
        let mut lines = Vec::new();
        for (operator, keys) in block.and_then(Value::as_object).into_iter().flatten() {
            let operator = operator_of(operator);
            for (key, values) in keys.as_object().into_iter().flatten() {
                lines.push(Line {
                    operator,
                    key: key.trim().to_ascii_lowercase(),
                    values: texts(values),
                });
            }
        }
        Conditions(lines)
    }

    /// Tells whether strangers are kept out.
    pub fn narrow_public(&self) -> bool {
        self.0
            .iter()
            .any(|line| keeps_public_out(&line.key) && line.is_fixed())
    }

    /// Tells whether the holder of all rights is less than an administrator by them.
    pub fn narrow_admin(&self) -> bool {
        self.0.iter().any(|line| {
            // "Not this policy", "not without that boundary" do bite.
            let bites = line.operator != Operator::Loose || line.key.starts_with("iam:");
            bites && !is_circumstance(line) && !line.values.iter().any(|value| is_wild(value))
        })
    }

    /// Tells whether an external id is demanded.
    pub fn ask_external_id(&self) -> bool {
        self.0
            .iter()
            .any(|line| line.key == "sts:externalid" && line.is_fixed())
    }
}

impl Line {
    /// Tells whether every value pins something down: one that does not lets everybody through.
    fn is_fixed(&self) -> bool {
        !self.values.is_empty() && self.values.iter().all(|value| self.is_fixed_value(value))
    }

    fn is_fixed_value(&self, value: &str) -> bool {
        let patterned = match self.operator {
            Operator::Loose | Operator::Other => return false,
            Operator::Address => return self.key == "aws:sourceip" && is_narrow_range(value),
            Operator::Like => true,
            Operator::Exact => false,
        };
        let lower = value.to_ascii_lowercase();
        match self.key.as_str() {
            // Addresses compare as text only by mistake; then nothing matches.
            "aws:sourceip" => !patterned,
            "aws:principalisawsservice" | "elasticfilesystem:accessedviamounttarget" => {
                lower == "true"
            }
            // Comparing a key with itself holds for everybody, with another key it does not; only
            // the resource's own place needs that other key.
            _ if lower.contains("${") => !lower.contains(&format!("${{{}}}", self.key)),
            "aws:resourceorgid" | "aws:resourceaccount" => false,
            _ if !patterned => !value.is_empty(),
            "aws:sourcearn" | "aws:principalarn" | "s3:dataaccesspointarn" => is_fixed_arn(value),
            // `o-example/r-root/*`: everything below one organisation.
            "aws:principalorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => value
                .split_once('/')
                .is_some_and(|(org, _)| org.starts_with("o-") && !has_wildcard(org)),
            // `AROAEXAMPLE:*`: every session of one role.
            "aws:userid" => value
                .split_once(':')
                .is_some_and(|(id, _)| !id.is_empty() && !has_wildcard(id)),
            _ => !value.is_empty() && !has_wildcard(value),
        }
    }
}

/// The comparison behind an operator's name.
fn operator_of(name: &str) -> Operator {
    let lower = name.trim().to_ascii_lowercase();
    let base = lower.strip_prefix("foranyvalue:").unwrap_or(&lower);
    match base {
        "stringequals" | "stringequalsignorecase" | "bool" | "binaryequals" => Operator::Exact,
        // ArnEquals takes wildcards too.
        "stringlike" | "arnlike" | "arnequals" => Operator::Like,
        "ipaddress" => Operator::Address,
        _ if base.contains("not") || base.contains(':') => Operator::Loose,
        _ if base.ends_with("ifexists") || base == "null" => Operator::Loose,
        _ => Operator::Other,
    }
}

/// The keys of the first list above.
fn keeps_public_out(key: &str) -> bool {
    matches!(
        key,
        "aws:principalorgid"
            | "aws:principalorgpaths"
            | "aws:principalaccount"
            | "aws:principalarn"
            | "aws:principalisawsservice"
            | "aws:userid"
            | "kms:calleraccount"
            | "sts:externalid"
            | "aws:sourceaccount"
            | "aws:sourcearn"
            | "aws:sourceorgid"
            | "aws:sourceorgpaths"
            | "aws:sourceowner"
            | "aws:sourcevpc"
            | "aws:sourcevpce"
            | "aws:vpceaccount"
            | "aws:vpceorgid"
            | "aws:vpceorgpaths"
            | "aws:sourceip"
            | "aws:resourceorgid"
            | "aws:resourceaccount"
            | "s3:dataaccesspointaccount"
            | "s3:dataaccesspointarn"
            | "elasticfilesystem:accessedviamounttarget"
    )
}

/// Tells whether a line asks who, when, from where or how, and not what.
fn is_circumstance(line: &Line) -> bool {
    let key = line.key.as_str();
    // "Not by way of a service" is a manner; "only by way of one" takes the keyboard away.
    if key == "aws:viaawsservice" {
        return line
            .values
            .iter()
            .all(|value| value.eq_ignore_ascii_case("false"));
    }
    key.starts_with("aws:principal")
        || key.starts_with("aws:multifactorauth")
        || key.starts_with("aws:sourcevpc")
        || key.starts_with("aws:vpce")
        || matches!(
            key,
            "aws:securetransport"
                | "s3:tlsversion"
                | "aws:currenttime"
                | "aws:epochtime"
                | "aws:tokenissuetime"
                | "aws:sourceip"
                | "aws:vpcsourceip"
                | "aws:useragent"
                | "aws:referer"
                | "aws:userid"
                | "aws:username"
                | "aws:sourceidentity"
                | "aws:federatedprovider"
        )
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// An ARN with wildcards is fixed when its account is, or, where ARNs carry no account, when its
/// name starts with letters of its own: bucket names belong to one owner in the world.
fn is_fixed_arn(value: &str) -> bool {
    let fields: Vec<&str> = value.splitn(6, ':').collect();
    let [_, _, _, _, account, name] = fields.as_slice() else {
        return !value.is_empty() && !has_wildcard(value);
    };
    is_account(account) || (account.is_empty() && !name.is_empty() && !name.starts_with(['*', '?']))
}

/// A range of at most a /8; the service that defines "public" for buckets draws the line there.
fn is_narrow_range(value: &str) -> bool {
    match value.parse::<IpNet>() {
        Ok(IpNet::V4(net)) => net.prefix_len() >= 8,
        Ok(IpNet::V6(net)) => net.prefix_len() >= 32,
        Err(_) => value.parse::<std::net::IpAddr>().is_ok(),
    }
}

#[cfg(test)]
mod tests;
