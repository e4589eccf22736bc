//! Many address ranges, searched fast.
//!
//! CIDR ranges with a label each enter, all labels of the ranges around an address leave. Lists
//! have a million lines, and an address may lie in several of them at once.

use std::net::IpAddr;

use ipnet::IpNet;

/// Marks a range that lies in no other.
const NONE: u32 = u32::MAX;

/// A range, and the smallest one around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry<K> {
    first: K,
    last: K,
    label: u32,
    parent: u32,
}

/// Ranges of one address family, by first address, wider ones first.
#[derive(Debug)]
struct Table<K>(Vec<Entry<K>>);

impl<K> Default for Table<K> {
    fn default() -> Self {
        Table(Vec::new())
    }
}

/// Collects ranges.
#[derive(Debug, Default)]
pub(super) struct Builder {
    v4: Table<u32>,
    v6: Table<u128>,
}

/// The ranges, ready to be searched.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    v4: Table<u32>,
    v6: Table<u128>,
}

impl Builder {
    /// Adds a range; host bits are dropped.
    pub fn push(&mut self, net: IpNet, label: u32) {
        match net {
            IpNet::V4(net) => self
                .v4
                .push(net.network().into(), net.broadcast().into(), label),
            IpNet::V6(net) => self
                .v6
                .push(net.network().into(), net.broadcast().into(), label),
        }
    }

    /// Sorts everything and ties each range to the one around it.
    pub fn build(mut self) -> Ranges {
        self.v4.seal();
        self.v6.seal();
        Ranges {
            v4: self.v4,
            v6: self.v6,
        }
    }
}

impl Ranges {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.v4.0.is_empty() && self.v6.0.is_empty()
    }

    /// Calls back with the label of every range around the address, the narrowest first.
    pub fn find(&self, ip: IpAddr, mut found: impl FnMut(u32)) {
        match ip {
            IpAddr::V4(ip) => self.v4.find(ip.into(), &mut found),
            IpAddr::V6(ip) => self.v6.find(ip.into(), &mut found),
        }
    }
}

impl<K: Copy + Ord> Table<K> {
    fn push(&mut self, first: K, last: K, label: u32) {
        self.0.push(Entry {
            first,
            last,
            label,
            parent: NONE,
        });
    }

    /// CIDR ranges lie within each other or apart, never across: so the ranges around an address
    /// are the last one that begins before it, and that one's parents.
    fn seal(&mut self) {
        let entries = &mut self.0;
        entries.sort_unstable_by_key(|entry| {
            (entry.first, std::cmp::Reverse(entry.last), entry.label)
        });
        entries.dedup();
        let mut around: Vec<(u32, K)> = Vec::new();
        for (number, entry) in (0u32..).zip(entries.iter_mut()) {
            while around.last().is_some_and(|(_, last)| *last < entry.first) {
                around.pop();
            }
            entry.parent = around.last().map_or(NONE, |(parent, _)| *parent);
            around.push((number, entry.last));
        }
        entries.shrink_to_fit();
    }

    fn find(&self, ip: K, found: &mut impl FnMut(u32)) {
        let after = self.0.partition_point(|entry| entry.first <= ip);
        let mut next = after.checked_sub(1).and_then(|at| self.0.get(at));
        while let Some(entry) = next {
            if entry.last >= ip {
                found(entry.label);
            }
            next = self.0.get(entry.parent as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(nets: &[(&str, u32)]) -> Ranges {
        let mut builder = Builder::default();
        for (net, label) in nets {
            match net.parse() {
                Ok(net) => builder.push(net, *label),
                Err(error) => panic!("{net}: {error}"),
            }
        }
        builder.build()
    }

    fn labels(ranges: &Ranges, ip: &str) -> Vec<u32> {
        let mut out = Vec::new();
        if let Ok(ip) = ip.parse() {
            ranges.find(ip, |label| out.push(label));
        }
        out
    }

    #[test]
    fn nested_equal_and_neighbouring_ranges() {
        let ranges = ranges(&[
            ("203.0.113.0/24", 1),
            ("203.0.113.64/26", 2),
            ("203.0.113.65/32", 3),
            ("203.0.113.65/32", 4),
            ("203.0.113.65/32", 4),
            ("203.0.112.0/24", 5),
            ("203.0.113.128/25", 6),
            ("203.0.113.77/26", 7),
            ("0.0.0.0/0", 8),
            ("255.255.255.255/32", 9),
            ("2001:db8::/32", 10),
            ("2001:db8:1::/48", 11),
        ]);
        for (ip, want) in [
            ("203.0.113.65", vec![4, 3, 7, 2, 1, 8]),
            ("203.0.113.66", vec![7, 2, 1, 8]),
            ("203.0.113.200", vec![6, 1, 8]),
            ("203.0.113.1", vec![1, 8]),
            ("203.0.112.255", vec![5, 8]),
            ("203.0.114.0", vec![8]),
            ("0.0.0.0", vec![8]),
            ("255.255.255.255", vec![9, 8]),
            ("2001:db8:1::9", vec![11, 10]),
            ("2001:db8:2::9", vec![10]),
            ("2001:db9::", vec![]),
            ("::", vec![]),
        ] {
            assert_eq!(labels(&ranges, ip), want, "{ip}");
        }
        assert_eq!(labels(&Ranges::default(), "203.0.113.1"), Vec::<u32>::new());
    }

    /// The search agrees with a look at every range.
    #[test]
    fn agrees_with_the_slow_way() {
        let mut nets = Vec::new();
        let mut seed = 7u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 8
        };
        let mut builder = Builder::default();
        for label in 0..2_000 {
            let address = std::net::Ipv4Addr::from(0xcb00_0000 | (random() & 0xffff));
            let prefix = 16 + (random() % 17) as u8;
            if let Ok(net) = ipnet::Ipv4Net::new(address, prefix) {
                builder.push(net.into(), label);
                nets.push((net, label));
            }
        }
        let ranges = builder.build();
        for step in 0..5_000u32 {
            let ip = std::net::Ipv4Addr::from(0xcb00_0000 | (step * 13));
            let mut want: Vec<u32> = nets
                .iter()
                .filter(|(net, _)| net.contains(&ip))
                .map(|(_, label)| *label)
                .collect();
            let mut got = Vec::new();
            ranges.find(ip.into(), |label| got.push(label));
            want.sort_unstable();
            got.sort_unstable();
            assert_eq!(got, want, "{ip}");
        }
    }
}
