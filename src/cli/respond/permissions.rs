//! `respond permissions`: what a caller has to be allowed, as the provider writes it.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::exit::Code;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::respond::actions;
use crate::respond::provider::Provider;
use crate::term::{Settings, Ui};

/// Print what a caller has to be allowed for an action and its undo
///
/// The list is the one that the action is made of, so that it cannot be another one. Without an
/// action it is everything that a responder may need.
///
/// Examples:
///
///     ctadel respond permissions disable-user --provider aws > responder.json
///     ctadel respond permissions --provider kubernetes
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct PermissionsArgs {
    /// The action; without it all actions of the provider
    #[arg(value_name = "ACTION")]
    action: Option<String>,

    /// The provider, where several have the action
    #[arg(long, value_name = "NAME")]
    provider: Option<Provider>,

    /// How it is printed [default: as the provider writes it]
    #[arg(short, long, value_name = "FMT", value_parser = ["aws-policy", "gcp-role", "azure-role", "k8s", "json"])]
    format: Option<String>,
}

/// Runs the command.
pub fn run(args: &PermissionsArgs) -> Result<Code, Failure> {
    let provider = provider(args)?;
    let native = match provider {
        Provider::Aws => "aws-policy",
        Provider::Gcp => "gcp-role",
        Provider::Azure => "azure-role",
        Provider::Kubernetes => "k8s",
        Provider::Scaleway | Provider::Ovh => "json",
    };
    let format = args.format.as_deref().unwrap_or(native);
    if format != native && format != "json" {
        return Err(
            Failure::usage(format!("{provider} is not asked by {format}"))
                .hint(format!("--format {native} or json")),
        );
    }
    let of = |action: &&&dyn crate::respond::action::Action| {
        action.provider() == provider
            && args
                .action
                .as_deref()
                .is_none_or(|name| name == action.name())
    };
    let mut parts: [BTreeSet<&str>; 3] = Default::default();
    for action in actions::ACTIONS.iter().filter(of) {
        let permissions = action.permissions();
        for (set, list) in
            parts
                .iter_mut()
                .zip([permissions.read, permissions.act, permissions.undo])
        {
            set.extend(list);
        }
    }
    let value = match format {
        "aws-policy" => aws(&parts),
        "gcp-role" => gcp(&parts),
        "azure-role" => azure(&parts),
        "k8s" => kubernetes(&parts),
        _ => json!({"read": parts[0], "act": parts[1], "undo": parts[2]}),
    };
    print(&Ui::new(Settings::default()), |out| {
        serde_json::to_writer_pretty(&mut *out, &value)?;
        out.write_all(b"\n")
    })?;
    Ok(Code::Done)
}

fn provider(args: &PermissionsArgs) -> Result<Provider, Failure> {
    let Some(name) = &args.action else {
        return args
            .provider
            .ok_or_else(|| Failure::usage("name an action, a --provider, or both"));
    };
    let has = actions::providers(name);
    match (has.as_slice(), args.provider) {
        ([], _) => {
            let mut known: Vec<&str> = actions::ACTIONS
                .iter()
                .map(|action| action.name())
                .collect();
            known.sort_unstable();
            known.dedup();
            let near = crate::config::nearest(name, known.iter().copied());
            let near = near.map(|near| format!(", did you mean {near}?"));
            Err(Failure::usage(format!(
                "unknown action {name:?}{}",
                near.unwrap_or_default()
            )))
        }
        (has, Some(provider)) if has.contains(&provider) => Ok(provider),
        (_, Some(provider)) => Err(Failure::usage(format!("{provider} has no {name}"))),
        ([only], None) => Ok(*only),
        (several, None) => {
            let words: Vec<&str> = several.iter().map(|provider| provider.word()).collect();
            Err(
                Failure::usage(format!("{name} is an action of {}", words.join(", ")))
                    .hint("--provider NAME says which"),
            )
        }
    }
}

type Parts<'a> = [BTreeSet<&'a str>; 3];

fn aws(parts: &Parts<'_>) -> Value {
    let statement = |(sid, actions): (&str, &BTreeSet<&str>)| {
        let actions: Vec<String> = actions
            .iter()
            .map(|action| action.replace("sso-admin:", "sso:"))
            .collect();
        json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"})
    };
    let named = ["CtadelRead", "CtadelAct", "CtadelUndo"]
        .into_iter()
        .zip(parts);
    let statements: Vec<Value> = named
        .filter(|(_, actions)| !actions.is_empty())
        .map(statement)
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn gcp(parts: &Parts<'_>) -> Value {
    let all: BTreeSet<&&str> = parts.iter().flatten().collect();
    json!({"title": "ctadel responder", "stage": "GA", "includedPermissions": all})
}

fn azure(parts: &Parts<'_>) -> Value {
    let all: BTreeSet<&&str> = parts.iter().flatten().collect();
    // Rights in the directory are granted to the application, not by a role of a subscription.
    let (graph, actions): (Vec<&&str>, Vec<&&str>) =
        all.into_iter().partition(|name| !name.contains('/'));
    json!({"Name": "ctadel responder", "IsCustom": true, "Actions": actions, "AssignableScopes": [],
        "GraphApplicationPermissions": graph})
}

fn kubernetes(parts: &Parts<'_>) -> Value {
    let all: BTreeSet<&&str> = parts.iter().flatten().collect();
    let rule = |permission: &&&str| {
        let mut words = permission.split_whitespace();
        let verb = words.next().unwrap_or_default();
        let resource = words.next().unwrap_or_default();
        let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
        json!({"apiGroups": [group], "resources": [resource], "verbs": [verb]})
    };
    let rules: Vec<Value> = all.iter().map(rule).collect();
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": "ctadel-responder"}, "rules": rules})
}
