use std::io::Write;

use serde_json::json;
use tempfile::TempDir;

use super::fixture::mmdb;
use super::*;

/// 2026-11-01.
const BUILT: u64 = 1_793_491_200;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"))
}

fn file(folder: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    let written = std::fs::File::create(&path).and_then(|mut file| file.write_all(content));
    written.unwrap_or_else(|error| panic!("{name}: {error}"));
    path
}

fn load(own: &[&str], intel: &[PathBuf], geoip: &[PathBuf]) -> Network {
    let own: Vec<String> = own.iter().map(|text| (*text).to_owned()).collect();
    Network::load(&own, intel, geoip).unwrap_or_else(|error| panic!("{error:?}"))
}

fn look_up(network: &Network, ip: &str) -> IpFacts {
    network.look_up(ip.parse().unwrap_or_else(|error| panic!("{ip}: {error}")))
}

fn tags(network: &Network, ip: &str) -> String {
    look_up(network, ip).tags.join(" ")
}

fn failure(own: &[&str], intel: &[PathBuf], geoip: &[PathBuf]) -> String {
    let own: Vec<String> = own.iter().map(|text| (*text).to_owned()).collect();
    match Network::load(&own, intel, geoip) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("loaded"),
    }
}

#[test]
fn lists_in_every_form() {
    let folder = folder();
    let plain = file(
        &folder,
        "mixed.txt",
        b"\xef\xbb\xbf# generated 2026-10-02 by hand\r\n203.0.113.0/25, VPN\r\n\r\n203.0.113.7 # one of them\n\
          198.51.100.1-198.51.100.6,Public Proxy\n2001:db8:7::/48;tor\n192.0.2.0/28 ; SBL1\n\
          ::ffff:192.0.2.77,vpn|proxy\n::ffff:192.0.2.80/124\tone\n// the end",
    );
    let tor = file(
        &folder,
        "tor.txt",
        b"ExitNode 00000000000000000000000000000000EXAMPLE0\nPublished 2026-11-18 12:16:33\n\
          LastStatus 2026-11-19 02:00:00\nExitAddress 203.0.113.7 2026-11-18 22:08:54\n\
          ExitNode 00A6\nExitAddress 2001:db8:9::1 2026-11-19 01:02:03\n",
    );
    let csv = file(
        &folder,
        "vendor.csv",
        b"\"Country\",\"Network\",\"Type\"\n\"FR\",\"198.51.100.128/25\",\"TOR_EXIT\"\n",
    );
    let network = load(&[], &[plain, tor, csv], &[]);
    for (ip, want) in [
        ("203.0.113.1", "vpn"),
        ("203.0.113.7", "intel tor vpn"),
        ("203.0.113.128", ""),
        ("198.51.100.1", "proxy"),
        ("198.51.100.6", "proxy"),
        ("198.51.100.7", ""),
        ("198.51.100.200", "tor"),
        ("2001:db8:7::1", "tor"),
        ("2001:db8:9::1", "tor"),
        ("192.0.2.3", "intel"),
        ("192.0.2.77", "proxy vpn"),
        ("::ffff:192.0.2.77", "proxy vpn"),
        ("192.0.2.90", "one"),
    ] {
        assert_eq!(tags(&network, ip), want, "{ip}");
    }
    assert_eq!(
        look_up(&network, "203.0.113.7").lists,
        ["mixed.txt (2026-10-02)", "tor.txt (2026-11-19)"]
    );
    assert!(network.has_lists() && !network.has_asn() && !network.has_country());
    // The CSV tells no date of its own: the day it was written.
    let lists = look_up(&network, "198.51.100.200").lists;
    assert_eq!(lists, [format!("vendor.csv ({})", day(SystemTime::now()))]);
}

#[test]
fn ranges_that_clouds_publish() {
    let folder = folder();
    let google = br#"{"syncToken":"1","creationTime":"2026-11-02T10:00:00.1","prefixes":[{"ipv4Prefix":"192.0.2.0/24"},{"ipv6Prefix":"2001:db8:1::/48"}]}"#;
    let amazon = br#"{"syncToken":"1","createDate":"2026-11-03-01-02-03","prefixes":[{"ip_prefix":"198.51.100.0/24","region":"eu-west-3","service":"EC2"}],"ipv6_prefixes":[{"ipv6_prefix":"2001:db8:2::/48"}]}"#;
    let azure = br#"{"changeNumber":1,"cloud":"Public","values":[{"name":"X","properties":{"addressPrefixes":["203.0.113.0/24","2001:db8:3::/48"]}}]}"#;
    let other = br#"["203.0.113.9", 7, null, {"a":"192.0.2.1"}]"#;
    let lists = [
        file(&folder, "goog.json", google),
        file(&folder, "ip-ranges.json", amazon),
        file(&folder, "tags.json", azure),
        file(&folder, "other.json", other),
    ];
    let network = load(&[], &lists, &[]);
    for (ip, want) in [
        ("192.0.2.7", "google"),
        ("192.0.2.1", "google intel"),
        ("2001:db8:1::1", "google"),
        ("198.51.100.7", "aws"),
        ("2001:db8:2::1", "aws"),
        ("203.0.113.7", "azure"),
        ("203.0.113.9", "azure intel"),
        ("2001:db8:3::1", "azure"),
    ] {
        assert_eq!(tags(&network, ip), want, "{ip}");
    }
    // Where a cloud is says nothing about who hides.
    assert!(network.has_lists() && !load(&[], &lists[..3], &[]).has_lists());
    assert_eq!(
        look_up(&network, "192.0.2.7").lists,
        ["goog.json (2026-11-02)"]
    );
    assert_eq!(
        look_up(&network, "198.51.100.7").lists,
        ["ip-ranges.json (2026-11-03)"]
    );
}

#[test]
fn own_ranges_are_never_anonymous() {
    let folder = folder();
    let list = file(
        &folder,
        "l.txt",
        b"203.0.113.0/24,vpn\n203.0.113.9,scanner\n",
    );
    let network = load(
        &["203.0.113.8/29, 2001:db8::/32", "198.51.100.7"],
        &[list],
        &[],
    );
    assert_eq!(tags(&network, "203.0.113.9"), "own scanner");
    assert_eq!(look_up(&network, "203.0.113.9").lists.len(), 1);
    assert_eq!(tags(&network, "203.0.113.10"), "own");
    assert!(look_up(&network, "203.0.113.10").lists.is_empty());
    assert_eq!(tags(&network, "203.0.113.1"), "vpn");
    assert_eq!(tags(&network, "2001:db8::9"), "own");
    assert!(
        network.is_own(
            "::ffff:198.51.100.7"
                .parse()
                .unwrap_or(IpAddr::from([0; 4]))
        )
    );
    assert!(!Network::default().has_lists());
    assert_eq!(
        look_up(&Network::default(), "203.0.113.9"),
        IpFacts::default()
    );
}

#[test]
fn databases_of_several_vendors() {
    let folder = folder();
    let city = mmdb(
        "GeoLite2-City",
        BUILT,
        &[
            (
                "203.0.113.0/24",
                json!({"country":{"iso_code":"FR"},"city":{"names":{"en":"Paris"}},
            "location":{"latitude":48.8566,"longitude":2.3522}}),
            ),
            (
                "198.51.100.0/24",
                json!({"registered_country":{"iso_code":"de"},"location":{"latitude":512.5,"longitude":2.5}}),
            ),
            ("2001:db8::/32", json!({"country":{"iso_code":"NL"}})),
        ],
    );
    let asn = mmdb(
        "GeoLite2-ASN",
        BUILT,
        &[(
            "203.0.113.0/25",
            json!({"autonomous_system_number":64496,"autonomous_system_organization":"Example Hosting"}),
        )],
    );
    let anonymous = mmdb(
        "GeoIP2-Anonymous-IP",
        BUILT,
        &[
            (
                "203.0.113.1/32",
                json!({"is_anonymous":true,"is_tor_exit_node":true}),
            ),
            (
                "203.0.113.2/32",
                json!({"is_anonymous":true,"is_anonymous_vpn":true,"is_hosting_provider":true}),
            ),
            (
                "203.0.113.3/32",
                json!({"is_anonymous":true,"is_residential_proxy":true}),
            ),
            (
                "203.0.113.4/32",
                json!({"is_anonymous":true,"is_hosting_provider":true}),
            ),
            ("203.0.113.5/32", json!({"is_anonymous":true})),
        ],
    );
    let ipinfo = mmdb(
        "ipinfo standard",
        BUILT,
        &[
            (
                "192.0.2.0/25",
                json!({"asn":"AS64511","as_name":"Example Transit","country":"Japan","country_code":"JP","city":"Tokyo","lat":"35.68","lng":"139.69"}),
            ),
            (
                "192.0.2.128/25",
                json!({"vpn":"true","proxy":"","tor":"false","relay":true,"hosting":false,"country":7}),
            ),
        ],
    );
    let paths = [
        file(&folder, "city.mmdb", &city),
        file(&folder, "asn.mmdb", &asn),
        file(&folder, "anonymous.mmdb", &anonymous),
        file(&folder, "ipinfo.mmdb", &ipinfo),
    ];
    let network = load(&["203.0.113.2"], &[], &paths);
    assert!(network.has_lists() && network.has_asn() && network.has_country());

    let facts = look_up(&network, "203.0.113.1");
    assert_eq!(facts.tags, ["tor"]);
    assert_eq!(facts.lists, ["anonymous.mmdb (2026-11-01)"]);
    assert_eq!(
        (facts.asn, facts.asn_org.as_deref()),
        (Some(64496), Some("Example Hosting"))
    );
    assert_eq!(
        (facts.country.as_deref(), facts.city.as_deref()),
        (Some("FR"), Some("Paris"))
    );
    assert_eq!(facts.location, Some((48.8566, 2.3522)));

    assert_eq!(tags(&network, "203.0.113.2"), "hosting own");
    assert_eq!(tags(&network, "203.0.113.3"), "proxy");
    assert_eq!(tags(&network, "203.0.113.4"), "hosting");
    assert_eq!(tags(&network, "203.0.113.5"), "proxy");
    assert_eq!(tags(&network, "203.0.113.6"), "");

    // A country of registration is better than none, a place off the globe is not.
    let facts = look_up(&network, "198.51.100.7");
    assert_eq!(
        (facts.country.as_deref(), facts.location),
        (Some("DE"), None)
    );
    assert_eq!(
        look_up(&network, "2001:db8::1").country.as_deref(),
        Some("NL")
    );
    let facts = look_up(&network, "192.0.2.1");
    assert_eq!(
        (facts.asn, facts.country.as_deref()),
        (Some(64511), Some("JP"))
    );
    assert_eq!(
        (facts.city.as_deref(), facts.location),
        (Some("Tokyo"), Some((35.68, 139.69)))
    );
    let facts = look_up(&network, "192.0.2.200");
    assert_eq!(
        (facts.tags.join(" "), facts.country),
        ("relay vpn".to_owned(), None)
    );

    // What each one by itself can tell.
    for (path, want) in paths.iter().zip([
        (false, false, true),
        (false, true, false),
        (true, false, false),
        (true, true, true),
    ]) {
        let network = load(&[], &[], std::slice::from_ref(path));
        let got = (
            network.has_lists(),
            network.has_asn(),
            network.has_country(),
        );
        assert_eq!(got, want, "{}", path.display());
    }
}

#[test]
fn the_first_database_decides() {
    let folder = folder();
    let one = mmdb(
        "Test",
        BUILT,
        &[("203.0.113.0/24", json!({"country":"FR","asn":1}))],
    );
    let two = mmdb(
        "Test",
        BUILT,
        &[(
            "203.0.113.0/24",
            json!({"country":"DE","asn":2,"as_name":"Two","city":"Bonn"}),
        )],
    );
    let (one, two) = (
        file(&folder, "one.mmdb", &one),
        file(&folder, "two.mmdb", &two),
    );
    let facts = look_up(&load(&[], &[], &[one.clone(), two.clone()]), "203.0.113.1");
    assert_eq!(
        (facts.country.as_deref(), facts.asn, facts.asn_org),
        (Some("FR"), Some(1), None)
    );
    assert_eq!(facts.city.as_deref(), Some("Bonn"));
    let facts = look_up(&load(&[], &[], &[two, one]), "203.0.113.1");
    assert_eq!((facts.country.as_deref(), facts.asn), (Some("DE"), Some(2)));
}

#[test]
fn errors_name_the_place() {
    let folder = folder();
    for (content, want) in [
        (
            &b"203.0.113.0/24\n\n203.0.113.0/99,vpn\n"[..],
            "bad.txt:3: read \"203.0.113.0/99,vpn\"",
        ),
        (b"203.0.113.1\nip,tag\n", "bad.txt:2"),
        (b"<html><body>403</body></html>", "bad.txt:1"),
        (b"203.0.113.9 vpn\n", "bad.txt:1"),
        (b"203.0.113.9-203.0.113.1\n", "bad.txt:1"),
        (b"ExitAddress nowhere\n", "bad.txt:1"),
        (b"\xff\xfe2\x000\x00", "bad.txt:1"),
        (b"# nothing\n", "holds no address"),
        (b"ip,tag\n", "holds no address"),
        (b"", "holds no address"),
        (b"{\"prefixes\":[]}", "holds no address"),
        (b"{\"prefixes\":", "as JSON"),
    ] {
        let path = file(&folder, "bad.txt", content);
        let message = failure(&[], &[path], &[]);
        assert!(message.contains(want), "{message}");
    }
    let absent = folder.path().join("absent");
    assert!(failure(&[], std::slice::from_ref(&absent), &[]).contains("absent"));
    assert!(failure(&[], &[], std::slice::from_ref(&absent)).contains("absent"));
    assert!(failure(&["203.0.113.0/33"], &[], &[]).contains("203.0.113.0/33"));
    assert!(failure(&["office"], &[], &[]).contains("CIDR such as"));
    let text = file(&folder, "text.mmdb", b"not a database");
    assert!(failure(&[], &[], &[text]).contains("as an MMDB database"));
}

#[test]
fn broken_databases_do_no_harm() {
    let folder = folder();
    let whole = mmdb(
        "GeoLite2-City",
        BUILT,
        &[
            (
                "203.0.113.0/24",
                json!({"country":{"iso_code":"FR"},"location":{"latitude":48.5,"longitude":2.5},"x":["a",{"b":true}]}),
            ),
            ("2001:db8::/32", json!({"is_anonymous":true})),
        ],
    );
    let try_one = |bytes: &[u8]| {
        let path = file(&folder, "broken.mmdb", bytes);
        if let Ok(network) = Network::load(&[], &[], &[path]) {
            for ip in ["203.0.113.1", "2001:db8::1", "::1", "255.255.255.255"] {
                let _ = look_up(&network, ip);
            }
        }
    };
    for cut in (0..whole.len()).step_by(11) {
        try_one(&whole[..cut]);
    }
    for at in (0..whole.len()).step_by(3) {
        for flip in [0xff, 0x80, 0x01] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            try_one(&bytes);
        }
    }
}
