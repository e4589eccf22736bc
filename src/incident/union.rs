//! Sets that grow together.
//!
//! Enter pairs; leaves which items hang together. Nearly linear, and the outcome does not depend
//! on the order of the pairs.

/// Disjoint sets over `0..n`.
pub(super) struct Union {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Union {
    pub(super) fn new(items: usize) -> Self {
        Union {
            parent: (0..items as u32).collect(),
            size: vec![1; items],
        }
    }

    /// The representative of an item's set.
    pub(super) fn find(&mut self, mut item: u32) -> u32 {
        while self.parent[item as usize] != item {
            let above = self.parent[self.parent[item as usize] as usize];
            self.parent[item as usize] = above;
            item = above;
        }
        item
    }

    /// Joins two sets; false when they were one already.
    pub(super) fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return false;
        }
        let smaller = self.size[a as usize] < self.size[b as usize];
        let (keep, drop) = if smaller { (b, a) } else { (a, b) };
        self.parent[drop as usize] = keep;
        self.size[keep as usize] += self.size[drop as usize];
        true
    }

    /// The sets of the given ascending items, each ascending, by their first item.
    pub(super) fn sets(&mut self, items: impl Iterator<Item = u32>) -> Sets {
        let items: Vec<u32> = items.collect();
        let mut place = vec![u32::MAX; self.parent.len()];
        let mut ends: Vec<u32> = Vec::new();
        for item in &items {
            let set = &mut place[self.find(*item) as usize];
            if *set == u32::MAX {
                *set = ends.len() as u32;
                ends.push(0);
            }
            ends[*set as usize] += 1;
        }
        // How many each has becomes where it begins, and that moves to where it ends.
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        let mut sorted = vec![0; items.len()];
        for item in items {
            let end = &mut ends[place[self.find(item) as usize] as usize];
            sorted[*end as usize] = item;
            *end += 1;
        }
        Sets {
            items: sorted,
            ends,
        }
    }
}

/// Sets, one behind the other: most of very many have one item.
pub(super) struct Sets {
    items: Vec<u32>,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Sets {
    /// One after the other.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let ranges = starts.zip(&self.ends);
        ranges.map(|(start, end)| &self.items[*start as usize..*end as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_come_by_their_first_item() {
        let mut union = Union::new(6);
        assert!(union.join(4, 1));
        assert!(union.join(5, 0));
        assert!(union.join(1, 2));
        assert!(!union.join(2, 4));
        let mut sets = |items: &[u32]| {
            let sets = union.sets(items.iter().copied());
            sets.iter().map(<[u32]>::to_vec).collect::<Vec<_>>()
        };
        assert_eq!(
            sets(&[0, 1, 2, 3, 4, 5]),
            [vec![0, 5], vec![1, 2, 4], vec![3]]
        );
        assert_eq!(sets(&[2, 3]), [[2], [3]]);
        assert!(sets(&[]).is_empty());
    }
}
