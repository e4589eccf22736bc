//! What a response needs before it looks at anything: settings, journal, provider, clock.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::place::{ConsentArgs, PlaceArgs};
use crate::cli::failure::{Failure, Kind};
use crate::cli::session::Session;
use crate::config::duration;
use crate::model::Time;
use crate::model::time::SECOND;
use crate::respond::cloud::{Cloud, Place};
use crate::respond::journal::{Begin, Store};
use crate::respond::provider::Provider;
use crate::respond::reason::{Reason, Refused};
use crate::respond::settings::Settings;
use crate::term::mask;

/// The journal's folder: beside the case where there is one, else the user's own.
pub fn store(session: &Session) -> Result<Store, Failure> {
    if let Some(case) = &session.settings.case.value {
        return Ok(Store::new(case.join("respond")));
    }
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = variable("XDG_STATE_HOME").map(PathBuf::from);
    let state =
        state.or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".local/state")));
    match state {
        Some(state) => Ok(Store::new(state.join("ctadel/respond"))),
        None => Err(Failure::new(
            Kind::Respond,
            anyhow::anyhow!("there is no place for the journal"),
        )
        .hint("--case DIR, XDG_STATE_HOME or HOME names one")),
    }
}

/// The `respond:` section of the configuration.
pub fn settings(session: &Session) -> Result<Settings, Failure> {
    let found = &session.settings.respond;
    let settings = Settings::parse(found.value.as_deref());
    settings.map_err(|reason| Failure::usage(format!("{}: {reason}", found.origin)))
}

/// `--settle`.
pub fn settle(args: &ConsentArgs) -> Result<Option<Duration>, Failure> {
    let Some(text) = &args.settle else {
        return Ok(None);
    };
    if text == "0" {
        return Ok(Some(Duration::ZERO));
    }
    let nanos = duration(text).map_err(|reason| Failure::usage(format!("--settle: {reason}")))?;
    Ok(Some(Duration::from_nanos(nanos.unsigned_abs())))
}

/// What goes into the journal's first line.
pub fn begin(args: &ConsentArgs) -> Result<Begin, Failure> {
    let due = match &args.expire {
        Some(text) => {
            let nanos =
                duration(text).map_err(|reason| Failure::usage(format!("--expire: {reason}")))?;
            Some(clock().plus(nanos).to_string())
        }
        None => None,
    };
    let argv = std::env::args().map(|word| mask::secrets(&word).into_owned());
    let host = ["HOSTNAME", "COMPUTERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok());
    Ok(Begin {
        due,
        incident: args.incident.clone(),
        argv: argv.collect(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ticket: args.ticket.clone(),
        reason: args.reason.clone(),
        host,
        ..Begin::default()
    })
}

/// The time on the clock, in milliseconds: ids of actions are in the order of their times.
pub fn clock() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.unwrap_or_default().as_millis();
    Time(
        i64::try_from(millis)
            .unwrap_or_default()
            .saturating_mul(SECOND / 1000),
    )
}

/// The provider, where this build can reach one.
#[cfg(feature = "live")]
pub fn connect(
    provider: Provider,
    args: &PlaceArgs,
    execute: bool,
) -> Result<Cloud<'static>, Refused> {
    use crate::respond::live::Live;

    let mut place = place(args);
    let live = Live::connect(provider, &mut place, args.endpoint_url.as_deref())?;
    if execute
        && !args.allow_endpoint
        && let Some(url) = live.foreign_endpoint()
    {
        let message = format!("signed requests would go to {url}, which is not the provider's");
        return Err(Refused::new(Reason::Endpoint, message).hint(
            "--allow-endpoint says that this is meant; else unset AWS_ENDPOINT_URL and its like",
        ));
    }
    Ok(Cloud::new(provider, place, live))
}

/// The provider, where this build can reach one.
#[cfg(not(feature = "live"))]
pub fn connect(provider: Provider, args: &PlaceArgs, _: bool) -> Result<Cloud<'static>, Refused> {
    let place = place(args);
    let message = match &place.region {
        Some(region) => {
            format!("this build of ctadel reaches no provider, {provider} in {region} included")
        }
        None => format!("this build of ctadel reaches no provider, {provider} included"),
    };
    Err(Refused::new(Reason::Usage, message).hint("build it with the feature `live`"))
}

fn place(args: &PlaceArgs) -> Place {
    Place {
        region: args.region.clone(),
        account: args.account.clone(),
        profile: args.profile.clone(),
        project: args.project.clone(),
        key: None,
    }
}
