//! How much one file may unpack to.
//!
//! Enters: bytes as they come out of decoders, and what workers may produce at worst. Leaves:
//! yes or no. It exists against bombs: a few kilobytes must not become terabytes of work.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::chunk::Packing;
use super::damage::Damage;

/// No log comes near this; a gzip of nothing but one character does, at 1,032.
const RATIO: u64 = 1000;
/// What is set aside for workers in all: an archive of packed files fits in full.
const RESERVED: u64 = 1100;
/// Below this nothing is a bomb.
const FREE: u64 = 64 << 20;
/// What deflate and zstd make of one byte at most (zstd: a block of 128 KiB in four bytes).
const WORST: (u64, u64) = (1032, 1 << 15);

pub(crate) const BOMB: &str = "unpacks to more than 1,000 times its size";

/// The account of one file of the input and of everything inside it.
#[derive(Debug)]
pub(crate) struct Budget {
    packed: AtomicU64,
    unpacked: AtomicU64,
    reserved: AtomicU64,
}

impl Budget {
    /// For a file of `packed` bytes; 0 for a pipe, whose bytes are added as they come.
    pub fn new(packed: u64) -> Arc<Self> {
        let zero = || AtomicU64::new(0);
        Arc::new(Self {
            packed: AtomicU64::new(packed),
            unpacked: zero(),
            reserved: zero(),
        })
    }

    fn limit(&self, ratio: u64) -> u64 {
        self.packed.load(Relaxed).saturating_mul(ratio).max(FREE)
    }

    /// Counts bytes that a decoder of the loader has put out; false once there are too many.
    fn charge(&self, bytes: u64) -> bool {
        let before = self.unpacked.fetch_add(bytes, Relaxed);
        before.saturating_add(bytes) <= self.limit(RATIO)
    }

    /// Asks whether a worker may unpack this member, where nobody counts in input order. The
    /// worst case is set aside; where it does not fit, the loader has to unpack it itself. The
    /// two accounts are apart, so that a file whose worst case is far off is not refused.
    pub fn reserve(&self, length: u64, packing: &[Packing]) -> bool {
        let worst = packing.iter().fold(length, |bytes, layer| match layer {
            Packing::Gzip => bytes.saturating_mul(WORST.0),
            Packing::Zstd => bytes.saturating_mul(WORST.1),
            Packing::Zip { size, .. } => *size,
        });
        let sum = self.reserved.load(Relaxed).saturating_add(worst);
        let fits = sum <= self.limit(RESERVED);
        if fits {
            self.reserved.store(sum, Relaxed);
        }
        fits
    }
}

/// A reader on the outside of a decoder that stops a bomb.
pub(crate) struct Metered<R> {
    pub inner: R,
    pub budget: Arc<Budget>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.budget.charge(count as u64) {
            true => Ok(count),
            false => Err(Damage::error(BOMB)),
        }
    }
}

/// A reader below the decoders of a pipe: its bytes raise the limit as they come.
pub(crate) struct Earning<R> {
    pub inner: R,
    pub budget: Arc<Budget>,
}

impl<R: Read> Read for Earning<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.budget.packed.fetch_add(count as u64, Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_below_64_mib_then_by_ratio() {
        let small = Budget::new(10);
        assert!(small.charge(FREE));
        assert!(!small.charge(1));
        let large = Budget::new(1 << 20);
        assert!(large.charge(RATIO << 20));
        assert!(!large.charge(1));
    }

    #[test]
    fn a_tree_of_gzip_in_a_zip_fits_in_full() {
        let budget = Budget::new(100 << 20);
        for _ in 0..100 {
            let stored = Packing::Zip {
                deflated: false,
                size: 1 << 20,
                crc: 0,
            };
            assert!(budget.reserve(1 << 20, &[stored, Packing::Gzip]));
        }
    }

    #[test]
    fn gzip_twice_is_left_to_the_loader() {
        let budget = Budget::new(1 << 20);
        assert!(!budget.reserve(1 << 20, &[Packing::Gzip, Packing::Gzip]));
        assert!(
            budget.reserve(1 << 20, &[Packing::Gzip]),
            "a refusal sets nothing aside"
        );
    }

    #[test]
    fn a_pipe_earns_as_it_flows() {
        let budget = Budget::new(0);
        let mut pipe = Earning {
            inner: &[0u8; 1 << 20][..],
            budget: Arc::clone(&budget),
        };
        io::copy(&mut pipe, &mut io::sink()).unwrap();
        assert!(budget.charge(900 << 20));
        assert!(!budget.charge(200 << 20));
    }
}
