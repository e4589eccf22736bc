//! Source addresses as logs write them.
//!
//! A raw value enters, an address and its kind leave. Half of what stands in an address field is
//! a service's name, a word or an address in disguise, and only real ones may tie events together.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IpKind {
    /// An address of the public network. Documentation ranges count, samples are made of them.
    Public,
    /// An address that means something inside one network only.
    Private,
    /// The machine itself.
    Loopback,
    /// A service that calls for somebody.
    ServiceHost,
    /// The provider's own machinery, without an address.
    ProviderInternal,
    /// There is an address, and the log hides it.
    Redacted,
    /// Nothing that could be an address.
    #[default]
    None,
}

impl IpKind {
    /// The word matched by `ctadel.ip.kind`.
    pub fn word(self) -> &'static str {
        match self {
            IpKind::Public => "public",
            IpKind::Private => "private",
            IpKind::Loopback => "loopback",
            IpKind::ServiceHost => "service_host",
            IpKind::ProviderInternal => "provider_internal",
            IpKind::Redacted => "redacted",
            IpKind::None => "none",
        }
    }
}

/// A source address, read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Address {
    /// The address without port, mask and IPv6 wrapping; absent where `kind` is not one of the
    /// first three. What the log wrote is the caller's to show.
    pub ip: Option<IpAddr>,
    /// What it is.
    pub kind: IpKind,
}

/// Reads one value of an address field. Of a list the first public address counts, without one
/// the first address of any kind, without that the first entry.
pub fn classify(raw: &str) -> Address {
    let first = classify_one(raw.split(',').next().unwrap_or_default());
    if first.kind == IpKind::Public || !raw.contains(',') {
        return first;
    }
    let others = || raw.split(',').skip(1).map(classify_one);
    others()
        .find(|address| address.kind == IpKind::Public)
        .or_else(|| Some(first).filter(|address| address.ip.is_some()))
        .or_else(|| others().find(|address| address.ip.is_some()))
        .unwrap_or(first)
}

/// The network a public address lies in: /16 or, for IPv6, /32.
pub fn network(address: Address) -> Option<String> {
    match address.ip.filter(|_| address.kind == IpKind::Public)? {
        IpAddr::V4(ip) => Some(format!("{}.{}", ip.octets()[0], ip.octets()[1])),
        IpAddr::V6(ip) => Some(format!("{:x}:{:x}", ip.segments()[0], ip.segments()[1])),
    }
}

fn classify_one(raw: &str) -> Address {
    let text = raw.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    match parse(text) {
        Some(ip) => of_ip(ip),
        None => Address {
            ip: None,
            kind: of_word(text),
        },
    }
}

/// Sorts an address into its kind; an IPv4 address in IPv6 clothes is one.
pub fn of_ip(ip: IpAddr) -> Address {
    let ip = ip.to_canonical();
    let kind = match ip {
        IpAddr::V4(v4) => of_v4(v4),
        IpAddr::V6(v6) => of_v6(v6),
    };
    Address {
        // "Any address" is what a log writes when it has none.
        ip: (kind != IpKind::None).then_some(ip),
        kind,
    }
}

/// Ranges that never are a source (multicast, reserved) stay public: anonymised logs put random
/// numbers there, and a real log has none.
fn of_v4(ip: Ipv4Addr) -> IpKind {
    let [a, b, ..] = ip.octets();
    if ip.is_unspecified() {
        IpKind::None
    } else if ip.is_loopback() {
        IpKind::Loopback
    } else if ip.is_private() || ip.is_link_local() || (a == 100 && b & 0xc0 == 64) {
        IpKind::Private
    } else {
        IpKind::Public
    }
}

fn of_v6(ip: Ipv6Addr) -> IpKind {
    let head = ip.segments()[0];
    if ip.is_unspecified() {
        IpKind::None
    } else if ip.is_loopback() {
        IpKind::Loopback
    } else if head & 0xfe00 == 0xfc00 || head & 0xff80 == 0xfe80 {
        // Unique local, link local and the old site local.
        IpKind::Private
    } else {
        IpKind::Public
    }
}

/// What a value that is no address says.
fn of_word(text: &str) -> IpKind {
    let lower = text.to_ascii_lowercase();
    let host = lower.trim_end_matches('.');
    if host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") {
        IpKind::ServiceHost
    } else if lower == "private" || lower.starts_with("aws internal") {
        IpKind::ProviderInternal
    } else if lower == "gce-internal-ip" || lower == "hidden_due_to_security_reasons" {
        IpKind::Redacted
    } else {
        IpKind::None
    }
}

/// Reads an address with or without port, mask, brackets or zone.
fn parse(text: &str) -> Option<IpAddr> {
    let text = match text.split_once('/') {
        Some((address, mask)) if is_number(mask) => address,
        Some(_) => return None,
        None => text,
    };
    if let Some(inner) = text.strip_prefix('[') {
        let (address, rest) = inner.split_once(']')?;
        let port = rest.strip_prefix(':').unwrap_or(rest);
        return (port.is_empty() || is_number(port)).then(|| bare(address))?;
    }
    match text.split_once(':') {
        // One colon is a port, more are IPv6.
        Some((address, port)) if !port.contains(':') => is_number(port)
            .then(|| v4(address))
            .flatten()
            .map(IpAddr::V4),
        _ => bare(text),
    }
}

/// An address and nothing around it but an IPv6 zone.
fn bare(text: &str) -> Option<IpAddr> {
    if let Some(ip) = v4(text) {
        return Some(IpAddr::V4(ip));
    }
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    address.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

/// Four decimal octets. Leading zeros are decimal too: published logs were anonymised digit by
/// digit and hold addresses such as `203.0.113.09`, which the standard library refuses.
fn v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 3 || !is_number(part) {
            return None;
        }
        *octet = part.parse().ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// Digits only, and few: a port or a mask.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_logs_use() {
        let table = [
            ("203.0.113.9", "203.0.113.9", IpKind::Public),
            (" 198.51.100.7 ", "198.51.100.7", IpKind::Public),
            ("\"192.0.2.1\"", "192.0.2.1", IpKind::Public),
            ("2001:db8::1", "2001:db8::1", IpKind::Public),
            (
                "2001:0db8:07fb:00b1:068f:c109:000d:d594",
                "2001:db8:7fb:b1:68f:c109:d:d594",
                IpKind::Public,
            ),
            ("203.0.113.09", "203.0.113.9", IpKind::Public),
            ("198.051.100.007", "198.51.100.7", IpKind::Public),
            ("225.000.113.09", "225.0.113.9", IpKind::Public),
            ("192.0.0.2/24", "192.0.0.2", IpKind::Public),
            ("203.0.113.9/32", "203.0.113.9", IpKind::Public),
            ("2001:db8::/32", "2001:db8::", IpKind::Public),
            ("127.0.0.0/8", "127.0.0.0", IpKind::Loopback),
            ("203.0.113.9:54321", "203.0.113.9", IpKind::Public),
            ("10.0.0.5:36683", "10.0.0.5", IpKind::Private),
            ("[2001:db8::1]:443", "2001:db8::1", IpKind::Public),
            ("[2001:db8::1]", "2001:db8::1", IpKind::Public),
            ("[203.0.113.9]:80", "203.0.113.9", IpKind::Public),
            ("::ffff:203.0.113.9", "203.0.113.9", IpKind::Public),
            ("::ffff:10.0.0.1", "10.0.0.1", IpKind::Private),
            ("fe80::1%eth0", "fe80::1", IpKind::Private),
            ("fd00::1", "fd00::1", IpKind::Private),
            ("10.0.0.1", "10.0.0.1", IpKind::Private),
            ("172.31.255.255", "172.31.255.255", IpKind::Private),
            ("172.32.0.1", "172.32.0.1", IpKind::Public),
            ("192.168.1.1", "192.168.1.1", IpKind::Private),
            ("100.64.0.1", "100.64.0.1", IpKind::Private),
            ("100.128.0.1", "100.128.0.1", IpKind::Public),
            ("169.254.169.254", "169.254.169.254", IpKind::Private),
            ("127.0.0.1", "127.0.0.1", IpKind::Loopback),
            ("::1", "::1", IpKind::Loopback),
            ("0.0.0.0", "", IpKind::None),
            ("::", "", IpKind::None),
            ("AWS Internal", "", IpKind::ProviderInternal),
            ("AWS Internal/3", "", IpKind::ProviderInternal),
            ("private", "", IpKind::ProviderInternal),
            ("gce-internal-ip", "", IpKind::Redacted),
            ("HIDDEN_DUE_TO_SECURITY_REASONS", "", IpKind::Redacted),
            ("cloudformation.amazonaws.com", "", IpKind::ServiceHost),
            ("ec2.amazonaws.com.cn", "", IpKind::ServiceHost),
            ("amazonaws.com.evil.example", "", IpKind::None),
            ("redacted", "", IpKind::None),
            ("<null>", "", IpKind::None),
            ("-", "", IpKind::None),
            ("", "", IpKind::None),
            ("not-an-ip", "", IpKind::None),
        ];
        for (raw, ip, kind) in table {
            let address = classify(raw);
            let shown = address.ip.map(|ip| ip.to_string()).unwrap_or_default();
            assert_eq!((shown.as_str(), address.kind), (ip, kind), "{raw}");
        }
    }

    #[test]
    fn a_list_gives_its_first_public_address() {
        for (raw, ip, kind) in [
            (
                "10.0.0.1, 203.0.113.9, 198.51.100.7",
                "203.0.113.9",
                IpKind::Public,
            ),
            ("203.0.113.9,10.0.0.1", "203.0.113.9", IpKind::Public),
            (
                "fd00:db8::1,fe80:0:0:0:1:2:3:4",
                "fd00:db8::1",
                IpKind::Private,
            ),
            ("unknown, 192.168.0.1", "192.168.0.1", IpKind::Private),
            ("private,-", "", IpKind::ProviderInternal),
            (",", "", IpKind::None),
        ] {
            let address = classify(raw);
            let shown = address.ip.map(|ip| ip.to_string()).unwrap_or_default();
            assert_eq!((shown.as_str(), address.kind), (ip, kind), "{raw}");
        }
    }

    #[test]
    fn near_misses_are_no_addresses() {
        for raw in [
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "1.2.3.0004",
            "1.2.3.-4",
            "1..2.3",
            "1.2.3.4:x",
            "1.2.3.4:",
            "1.2.3.4/x",
            "1.2.3.4/",
            "[2001:db8::1",
            "[2001:db8::1]x",
            "2001:db8::g",
            ":",
            "::::",
            "+1.2.3.4",
            "１.2.3.4",
            "0x7f.0.0.1",
            "1.2.3.4 extra",
        ] {
            assert_eq!(classify(raw), Address::default(), "{raw}");
        }
    }
}
