//! What the user tells about the environment.

use clap::Args;

use super::values::{list, text};
use crate::config::Layer;

/// Context that rules use.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Environment")]
pub struct ContextArgs {
    /// Name accounts that are your own
    ///
    /// An account is also a project, subscription, tenant or organisation. Accounts that log in
    /// the input are own anyway; the others are needed so that sharing with them is no finding.
    #[arg(long, value_name = "ID[,ID]", value_delimiter = ',')]
    pub own_accounts: Vec<String>,

    /// Name address ranges that are your own
    #[arg(long, value_name = "CIDR[,CIDR]", value_delimiter = ',')]
    pub own_cidr: Vec<String>,

    /// Name mail domains that are your own, subdomains included
    #[arg(long, value_name = "DOMAIN[,DOMAIN]", value_delimiter = ',')]
    pub own_domain: Vec<String>,

    /// Say when people are expected to work [default: Mon-Fri 08:00-19:00]
    ///
    /// Several windows have commas between them: "Mon-Fri 08:00-19:00, Sat 09:00-12:00".
    #[arg(long, value_name = "TEXT")]
    pub business_hours: Option<String>,

    /// Give the time zone of the business hours [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,

    /// Read a list of addresses that are known for something
    ///
    /// One address or range a line, a tag such as tor, vpn or proxy after a comma; the export of
    /// the Tor project is read as it is. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub intel: Vec<String>,

    /// Read an MMDB file: city, country, network or anonymous addresses
    ///
    /// May be given several times.
    #[arg(long, value_name = "FILE")]
    pub geoip: Vec<String>,
}

impl ContextArgs {
    /// Adds the flags that are settings.
    pub fn layer(&self, layer: &mut Layer) {
        list(layer, "own-accounts", &self.own_accounts);
        list(layer, "own-cidr", &self.own_cidr);
        list(layer, "own-domain", &self.own_domain);
        text(layer, "business-hours", self.business_hours.as_ref());
        text(layer, "timezone", self.timezone.as_ref());
        list(layer, "intel", &self.intel);
        list(layer, "geoip", &self.geoip);
    }
}
