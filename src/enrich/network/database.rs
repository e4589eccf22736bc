//! MMDB files: city, country, autonomous system, anonymous addresses, in any vendor's layout.
//!
//! A file enters, one row for an address leaves. Vendors name the same thing differently, so
//! every field is looked for under each name it is known by, and a wrong type is an absent field.

use std::net::IpAddr;
use std::path::Path;

use maxminddb::{LookupResult, PathElement, Reader};

use super::scalar::Scalar;
use super::{Error, day, shown};

/// How many rows are looked at to learn what a file knows.
const SAMPLE: usize = 1_000;

type Found<'a> = LookupResult<'a, Vec<u8>>;
type Paths = &'static [&'static [&'static str]];

const ASN: Paths = &[
    &["autonomous_system_number"],
    &["traits", "autonomous_system_number"],
    &["asn"],
    &["as_number"],
];
const ASN_ORG: Paths = &[
    &["autonomous_system_organization"],
    &["traits", "autonomous_system_organization"],
    &["as_name"],
    &["as_org"],
    &["name"],
];
const COUNTRY: Paths = &[
    &["country", "iso_code"],
    &["country_code"],
    &["country"],
    &["registered_country", "iso_code"],
];
const CITY: Paths = &[&["city", "names", "en"], &["city"]];
const LATITUDE: Paths = &[&["location", "latitude"], &["latitude"], &["lat"]];
const LONGITUDE: Paths = &[
    &["location", "longitude"],
    &["longitude"],
    &["lng"],
    &["lon"],
];
/// Flags and the tag each one gives. Hosting by itself hides nobody: every call from a cloud's own
/// machines comes from there, so it is not `hosting-anonymous`.
const FLAGS: [(&str, Paths); 5] = [
    (
        "tor",
        &[
            &["is_tor_exit_node"],
            &["traits", "is_tor_exit_node"],
            &["tor"],
        ],
    ),
    (
        "vpn",
        &[
            &["is_anonymous_vpn"],
            &["traits", "is_anonymous_vpn"],
            &["vpn"],
        ],
    ),
    (
        "proxy",
        &[
            &["is_public_proxy"],
            &["is_residential_proxy"],
            &["traits", "is_public_proxy"],
            &["traits", "is_residential_proxy"],
            &["proxy"],
        ],
    ),
    ("relay", &[&["relay"]]),
    (
        "hosting",
        &[
            &["is_hosting_provider"],
            &["traits", "is_hosting_provider"],
            &["hosting"],
        ],
    ),
];
/// Says that there is anonymity without saying which.
const ANONYMOUS: Paths = &[&["is_anonymous"], &["traits", "is_anonymous"]];

/// What one file says about an address.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub asn: Option<u32>,
    pub asn_org: Option<String>,
    pub country: Option<String>,
    pub city: Option<String>,
    pub location: Option<(f64, f64)>,
    /// Every flag the row has, set or not.
    flags: Vec<(&'static str, bool)>,
}

impl Row {
    /// The tags of the flags that are set.
    pub fn tags(&self) -> impl Iterator<Item = &'static str> {
        self.flags
            .iter()
            .filter(|(_, set)| *set)
            .map(|(tag, _)| *tag)
    }
}

/// What kinds of facts a file has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Knows {
    pub anonymity: bool,
    pub asn: bool,
    pub country: bool,
}

/// An open file.
#[derive(Debug)]
pub(super) struct Database {
    /// Its name and the day it was built.
    pub name: String,
    pub knows: Knows,
    reader: Reader<Vec<u8>>,
}

impl Database {
    /// Reads the file and looks at its first rows.
    pub fn open(path: &Path) -> Result<Database, Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        let failed = |source| Error::Database {
            path: path.to_owned(),
            source,
        };
        let reader = Reader::from_source(bytes).map_err(failed)?;
        let built = reader.metadata().build_time().map_err(failed)?;
        let mut knows = Knows::default();
        for found in reader
            .networks(Default::default())
            .map_err(failed)?
            .take(SAMPLE)
        {
            let row = read(&found.map_err(failed)?);
            knows.anonymity |= !row.flags.is_empty();
            knows.asn |= row.asn.is_some() || row.asn_org.is_some();
            knows.country |= row.country.is_some();
        }
        Ok(Database {
            name: shown(path, Some(day(built))),
            knows,
            reader,
        })
    }

    /// The row of an address; an empty one where the file has none.
    pub fn look_up(&self, ip: IpAddr) -> Row {
        self.reader
            .lookup(ip)
            .ok()
            .filter(LookupResult::has_data)
            .map(|found| read(&found))
            .unwrap_or_default()
    }
}

fn read(found: &Found) -> Row {
    let mut flags: Vec<_> = FLAGS
        .iter()
        .filter_map(|(tag, paths)| flag(found, paths).map(|set| (*tag, set)))
        .collect();
    if let Some(anonymous) = flag(found, ANONYMOUS) {
        // Some service hides the caller, the file does not say which: a proxy in any case.
        let named = flags.iter().any(|(_, set)| *set);
        flags.push(("proxy", anonymous && !named));
    }
    let coordinate = |paths: Paths, limit: f64| {
        let degrees = values(found, paths).find_map(|value| value.float());
        degrees.filter(|degrees| degrees.abs() <= limit)
    };
    Row {
        asn: values(found, ASN).find_map(|value| value.whole()),
        asn_org: text(found, ASN_ORG),
        country: values(found, COUNTRY)
            .filter_map(Scalar::text)
            .find(|code| code.len() == 2 && code.is_ascii())
            .map(|code| code.to_ascii_uppercase()),
        city: text(found, CITY),
        location: coordinate(LATITUDE, 90.0).zip(coordinate(LONGITUDE, 180.0)),
        flags,
    }
}

/// The values under those of these paths that the row has.
fn values<'a>(
    found: &'a Found,
    paths: &'a [&'a [&'a str]],
) -> impl Iterator<Item = Scalar> + use<'a> {
    paths.iter().filter_map(|path| {
        let path: Vec<PathElement> = path.iter().map(|key| PathElement::Key(key)).collect();
        found.decode_path(&path).ok().flatten()
    })
}

fn text(found: &Found, paths: Paths) -> Option<String> {
    values(found, paths).find_map(Scalar::text)
}

/// Set when any of the paths is; `None` when the row has none of them.
fn flag(found: &Found, paths: Paths) -> Option<bool> {
    values(found, paths)
        .filter_map(|value| value.flag())
        .reduce(|one, other| one || other)
}
