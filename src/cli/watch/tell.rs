//! Telling somebody else: a command, an address.
//!
//! An incident enters; leaves: one JSON object, on standard input of a command or in a request. A
//! command or an address that fails is told of, and the watch goes on.

use std::io::Write;
use std::process::{Command, Stdio};

use super::state::State;
use crate::cli::failure::Failure;
use crate::cli::job::Job;
use crate::cli::output::attack_names;
use crate::model::{Coverage, Incident};
use crate::render::{Format, Options, Report, View};

/// Tells of one incident.
pub(super) fn tell(
    job: &Job,
    exec: Option<&str>,
    webhook: Option<&str>,
    incident: &Incident,
    state: &State,
    coverage: &Coverage,
) -> Result<(), Failure> {
    if exec.is_none() && webhook.is_none() {
        return Ok(());
    }
    let json = json(job, incident, coverage);
    let change = state.change(incident).unwrap_or("changed");
    let ui = &job.session.ui;
    if let Some(command) = exec
        && let Err(reason) = run(command, &incident.id, change, &json)
    {
        ui.warn(&format!("--exec, {}: {reason}", incident.id));
    }
    if let Some(url) = webhook
        && let Err(reason) = send(url, json)
    {
        ui.warn(&format!("--webhook, {}: {reason}", incident.id));
    }
    Ok(())
}

/// The line that `incidents -f jsonl` prints.
fn json(job: &Job, incident: &Incident, coverage: &Coverage) -> Vec<u8> {
    let report = Report {
        view: View::Incidents,
        findings: &Vec::new(),
        incidents: &[incident],
        coverage,
    };
    let options = Options {
        width: 80,
        color: false,
        attack: attack_names(job.session.settings.attack_version.value),
    };
    let mut out = Vec::new();
    // Writing to memory cannot fail.
    let _ = Format::Jsonl.output().write(&report, &options, &mut out);
    let end = out.iter().position(|byte| *byte == b'\n');
    out.truncate(end.unwrap_or(out.len()));
    out
}

fn run(command: &str, id: &str, change: &str, json: &[u8]) -> Result<(), String> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .env("CTADEL_INCIDENT", id)
        .env("CTADEL_CHANGE", change)
        .stdin(Stdio::piped())
        // Standard output is the watch's own.
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that reads nothing has seen enough.
        let _ = stdin.write_all(json);
        let _ = stdin.write_all(b"\n");
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the command ended with {status}")),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(feature = "live")]
fn send(url: &str, json: Vec<u8>) -> Result<(), String> {
    crate::load::live::notify(url, json)
}

#[cfg(not(feature = "live"))]
fn send(_: &str, _: Vec<u8>) -> Result<(), String> {
    Err("this build of ctadel has no network".to_owned())
}
