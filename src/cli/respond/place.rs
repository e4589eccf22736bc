//! Flags that several responses share: where, with whose consent, how it is told.

use clap::Args;

use crate::respond::gate::Consent;
use crate::respond::provider::Provider;

/// Where the action happens.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Where")]
pub struct PlaceArgs {
    /// The provider: aws, azure, gcp, scaleway, ovh or kubernetes
    ///
    /// Ids and full names tell it by themselves.
    #[arg(long, value_name = "NAME")]
    pub provider: Option<Provider>,

    /// The profile whose credentials are used (AWS)
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// The region or zone [default: the provider's own settings]
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,

    /// Act in this account although the caller belongs to another one
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,

    /// The project, subscription or organisation that names are looked up in
    #[arg(long, value_name = "ID")]
    pub project: Option<String>,

    /// Ask this address in place of the provider's own
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,

    /// Let --execute send signed requests to an address that is not the provider's
    #[arg(long)]
    pub allow_endpoint: bool,
}

/// What is agreed to.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Execution")]
pub struct ConsentArgs {
    /// Do it; without this flag it is only shown
    #[arg(long)]
    pub execute: bool,

    /// Do not ask; takes --plan-hash
    #[arg(long, requires = "plan_hash")]
    pub yes: bool,

    /// The hash of the plan that was shown: exactly that one is executed
    #[arg(long, value_name = "HASH")]
    pub plan_hash: Option<String>,

    /// Exit with 1 where something would be done
    #[arg(long, conflicts_with = "execute")]
    pub check: bool,

    /// Name somebody who approves; may be given several times
    #[arg(long, value_name = "NAME")]
    pub approved_by: Vec<String>,

    /// The incident it is for
    #[arg(long, value_name = "ID")]
    pub incident: Option<String>,

    /// Why, for the journal
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,

    /// The ticket, for the journal
    #[arg(long, value_name = "ID")]
    pub ticket: Option<String>,

    /// Let this command have so many targets, whatever the configuration says
    #[arg(long, value_name = "N")]
    pub max_targets: Option<usize>,

    /// Be reminded of it after this time by `respond list --due`
    #[arg(long, value_name = "DURATION")]
    pub expire: Option<String>,

    /// Go on although others are hit
    #[arg(long)]
    pub blast_ok: bool,

    /// Go on although it cannot be undone
    #[arg(long)]
    pub irreversible: bool,

    /// Go on although the caller may not undo it
    #[arg(long)]
    pub allow_no_undo: bool,

    /// Lift a guard: system-namespace, last-admin, log-access or deny-policy
    #[arg(long, value_name = "NAME")]
    pub override_guard: Vec<String>,

    /// Wait this long before looking whether it holds [default: as the provider needs]
    #[arg(long, value_name = "DURATION")]
    pub settle: Option<String>,

    /// Do not look whether it holds
    #[arg(long)]
    pub no_verify: bool,
}

impl ConsentArgs {
    /// What the gates look at.
    pub fn consent(&self) -> Consent {
        Consent {
            execute: self.execute,
            yes: self.yes,
            plan_hash: self.plan_hash.clone(),
            typed: None,
            approved_by: self.approved_by.clone(),
            blast_ok: self.blast_ok,
            irreversible: self.irreversible,
            lifted: self.override_guard.clone(),
            allow_no_undo: self.allow_no_undo,
            accept_revival: false,
            automatic: None,
        }
    }
}

/// How it is told, and where it is written down.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub struct TellArgs {
    /// How it is printed: table or json
    #[arg(short, long, value_name = "FMT", default_value = "table", value_parser = ["table", "json"])]
    pub format: String,

    #[command(flatten)]
    pub case: crate::cli::args::CaseArgs,
}

impl TellArgs {
    /// Whether programs read it.
    pub fn json(&self) -> bool {
        self.format == "json"
    }
}
