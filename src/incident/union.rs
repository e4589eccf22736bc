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
    pub(super) fn sets(&mut self, items: impl Iterator<Item = u32>) -> Vec<Vec<u32>> {
        let mut place = vec![u32::MAX; self.parent.len()];
        let mut sets: Vec<Vec<u32>> = Vec::new();
        for item in items {
            let root = self.find(item) as usize;
            if place[root] == u32::MAX {
                place[root] = sets.len() as u32;
                sets.push(Vec::new());
            }
            sets[place[root] as usize].push(item);
        }
        sets
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
        assert_eq!(union.sets(0..6), [vec![0, 5], vec![1, 2, 4], vec![3]]);
        assert_eq!(union.sets([2, 3].into_iter()), [vec![2], vec![3]]);
    }
}
