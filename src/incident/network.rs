//! Addresses: which may join findings, and which belong to one network.
//!
//! Enter the text of a source address; leave whether it tells one actor from another. Private and
//! shared ranges never do: thousands of hosts answer to 10.0.0.5.

use std::net::IpAddr;

use ipnet::IpNet;

/// Whether an address may join findings.
pub(super) fn is_public(address: &str, shared: &[IpNet]) -> bool {
    let Ok(ip) = address.parse::<IpAddr>() else {
        return false;
    };
    let own = match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                // Carriers put their customers behind 100.64.0.0/10 (RFC 6598).
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => return is_public(&v4.to_string(), shared),
            None => {
                v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_multicast()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local()
            }
        },
    };
    !own && !shared.iter().any(|net| net.contains(&ip))
}

/// The network that an address belongs to as far as anybody can tell without a database.
pub(super) fn network(address: &str) -> Option<(u8, u64)> {
    match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(v4) => Some((4, u64::from(u32::from(v4) >> 16))),
        IpAddr::V6(v6) => Some((6, (u128::from(v6) >> 96) as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_join() {
        for address in [
            "203.0.113.9",
            "198.51.100.1",
            "2001:db8::1",
            "::ffff:192.0.2.1",
        ] {
            assert!(is_public(address, &[]), "{address}");
        }
        for address in [
            "10.0.0.5",
            "172.16.3.4",
            "192.168.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "127.0.0.1",
            "0.0.0.0",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.5",
            "ec2.amazonaws.com",
            "AWS Internal",
            "",
        ] {
            assert!(!is_public(address, &[]), "{address}");
        }
        let office: IpNet = "203.0.113.0/24".parse().unwrap();
        assert!(!is_public("203.0.113.9", &[office]));
        assert!(is_public("198.51.100.9", &[office]));
    }

    #[test]
    fn neighbours_share_a_network() {
        assert_eq!(network("203.0.113.9"), network("203.0.200.1"));
        assert_ne!(network("203.0.113.9"), network("198.51.100.9"));
        assert_eq!(network("2001:db8:1::1"), network("2001:db8:2::1"));
        assert_eq!(network("nowhere"), None);
    }
}
