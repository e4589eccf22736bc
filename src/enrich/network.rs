//! What the user's own tables say about an address.
//!
//! Own ranges, lists of anonymising services and MMDB files enter once, facts about one address
//! leave. No list is current inside a binary and nothing is asked of the network, so everything
//! said here names the file it stands in and that file's date.

mod database;
#[cfg(test)]
mod fixture;
mod list;
mod ranges;
mod scalar;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};

use database::{Database, Row};
use ranges::{Builder, Ranges};

/// The tag of own addresses.
pub const OWN: &str = "own";
/// The tag of a listed address whose line has none.
pub const INTEL: &str = "intel";
/// Tags of services that hide where a caller is; an own range never has them.
pub const ANONYMISERS: [&str; 5] = ["tor", "vpn", "proxy", "hosting-anonymous", "relay"];

/// Tags of the ranges that clouds publish; they say where an address is, not who hides there.
pub const CLOUDS: [&str; 3] = ["aws", "azure", "google"];

/// Why the tables could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An own range that is none.
    #[error("read own range {text:?}: write an address or a CIDR such as 203.0.113.0/24")]
    Own {
        /// What was written.
        text: String,
    },
    /// A file that cannot be read.
    #[error("read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line of a list that is no address.
    #[error("{}:{line}: read {text:?}: each line is an address or a CIDR, with a tag after a comma if it has one; comments begin with #", path.display())]
    Line {
        /// The list.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A list in JSON that does not parse.
    #[error("read {} as JSON", path.display())]
    Json {
        /// The list.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A list without a single address: more likely a failed download than good news.
    #[error("read {}: it holds no address", path.display())]
    Empty {
        /// The list.
        path: PathBuf,
    },
    /// A file that is no MMDB.
    #[error("open {} as an MMDB database", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// Why.
        source: maxminddb::MaxMindDbError,
    },
}

/// What is known about one address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IpFacts {
    /// `own`, `tor`, `vpn`, `proxy`, `relay`, `hosting` and whatever lists say; sorted.
    pub tags: Vec<String>,
    /// Number of the autonomous system.
    pub asn: Option<u32>,
    /// Its owner.
    pub asn_org: Option<String>,
    /// ISO code of the country.
    pub country: Option<String>,
    /// The town.
    pub city: Option<String>,
    /// Latitude and longitude in degrees.
    pub location: Option<(f64, f64)>,
    /// Files that gave a tag, with their dates; sorted.
    pub lists: Vec<String>,
}

/// All tables of a run.
#[derive(Debug, Default)]
pub struct Network {
    own: Ranges,
    listed: Ranges,
    /// What a label of `listed` stands for: tag and list.
    labels: Vec<(String, usize)>,
    /// Names of the lists with their dates, in the order they were given.
    lists: Vec<String>,
    databases: Vec<Database>,
}

impl Network {
    /// Loads the values of `--own-cidr` (each may be a list with commas), `--intel` and `--geoip`.
    pub fn load(own: &[String], intel: &[PathBuf], geoip: &[PathBuf]) -> Result<Network, Error> {
        let mut network = Network {
            own: own_ranges(own)?,
            ..Network::default()
        };
        let mut listed = Builder::default();
        for path in intel {
            let number = network.lists.len();
            let labels = &mut network.labels;
            let date = list::read(path, |net, tag| {
                listed.push(net, label_of(labels, tag, number));
            })?;
            network
                .lists
                .push(shown(path, date.or_else(|| modified(path))));
        }
        network.listed = listed.build();
        for path in geoip {
            network.databases.push(Database::open(path)?);
        }
        Ok(network)
    }

    /// Tells what is known about an address; meant to be asked once for each distinct one.
    pub fn look_up(&self, ip: IpAddr) -> IpFacts {
        let ip = ip.to_canonical();
        let mut facts = IpFacts::default();
        let mut tags: BTreeSet<(&str, &str)> = BTreeSet::new();
        self.listed.find(ip, |label| {
            if let Some((tag, list)) = self.labels.get(label as usize)
                && let Some(list) = self.lists.get(*list)
            {
                tags.insert((tag, list));
            }
        });
        for database in &self.databases {
            let row = database.look_up(ip);
            tags.extend(row.tags().map(|tag| (tag, database.name.as_str())));
            facts.take(row);
        }
        if self.is_own(ip) {
            tags.retain(|(tag, _)| !ANONYMISERS.contains(tag));
            tags.insert((OWN, ""));
        }
        let names: BTreeSet<&str> = tags.iter().map(|(tag, _)| *tag).collect();
        let lists: BTreeSet<&str> = tags.iter().map(|(_, list)| *list).collect();
        facts.tags = names.into_iter().map(str::to_owned).collect();
        facts.lists = lists
            .into_iter()
            .filter(|list| !list.is_empty())
            .map(str::to_owned)
            .collect();
        facts
    }

    /// Tells whether an address lies in an own range.
    pub fn is_own(&self, ip: IpAddr) -> bool {
        let mut found = false;
        self.own.find(ip.to_canonical(), |_| found = true);
        found
    }

    /// Tells whether nothing is known about any address.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.labels.is_empty() && self.databases.is_empty()
    }

    /// Tells whether anything was given that knows anonymising services. Without it a rule on
    /// them was not evaluated, which is not the same as clean.
    pub fn has_lists(&self) -> bool {
        let listed = self
            .labels
            .iter()
            .any(|(tag, _)| !CLOUDS.contains(&tag.as_str()));
        listed
            || self
                .databases
                .iter()
                .any(|database| database.knows.anonymity)
    }

    /// Tells whether autonomous systems are known.
    pub fn has_asn(&self) -> bool {
        self.databases.iter().any(|database| database.knows.asn)
    }

    /// Tells whether countries are known.
    pub fn has_country(&self) -> bool {
        self.databases.iter().any(|database| database.knows.country)
    }
}

impl IpFacts {
    /// Fills what is still open: of several databases the one named first decides.
    fn take(&mut self, row: Row) {
        // A number and a name of two different systems would be nobody's.
        if self.asn.is_none() && self.asn_org.is_none() {
            self.asn = row.asn;
            self.asn_org = row.asn_org;
        }
        if self.country.is_none() {
            self.country = row.country;
        }
        if self.city.is_none() && self.location.is_none() {
            self.city = row.city;
            self.location = row.location;
        }
    }
}

fn own_ranges(values: &[String]) -> Result<Ranges, Error> {
    let mut ranges = Builder::default();
    let texts = values.iter().flat_map(|value| value.split(','));
    for text in texts.map(str::trim).filter(|text| !text.is_empty()) {
        let nets = list::nets(text).ok_or_else(|| Error::Own {
            text: text.to_owned(),
        })?;
        for net in nets {
            ranges.push(net, 0);
        }
    }
    Ok(ranges.build())
}

/// The number of a tag of a list. Lists have few tags and mostly repeat the last one.
fn label_of(labels: &mut Vec<(String, usize)>, tag: &str, list: usize) -> u32 {
    let known = labels
        .iter()
        .rposition(|(name, number)| *number == list && name == tag);
    let position = known.unwrap_or_else(|| {
        labels.push((tag.to_owned(), list));
        labels.len() - 1
    });
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// `tor-exits.txt (2026-11-20)`: the name without its folder, so that two machines agree.
fn shown(path: &Path, date: Option<String>) -> String {
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    match date {
        Some(date) => format!("{name} ({date})"),
        None => format!("{name} (undated)"),
    }
}

/// The day a file was last written, for lists that do not tell their own.
fn modified(path: &Path) -> Option<String> {
    let time = std::fs::metadata(path)
        .and_then(|data| data.modified())
        .ok()?;
    Some(day(time))
}

fn day(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests;
