//! Texts of records that wait for the end, deflated many at a time: they are much alike.
//!
//! A text enters, the place where it lies leaves; who has the places reads them one after the
//! other.

use libdeflater::{CompressionLvl, Compressor, Decompressor};

/// Bytes that are deflated together.
const BLOCK: usize = 64 << 10;

/// Texts in the order in which they came.
#[derive(Debug, Default)]
pub struct Texts {
    blocks: Vec<Block>,
    /// Those that came last, as they are.
    open: Vec<u8>,
}

#[derive(Debug)]
struct Block {
    deflated: Box<[u8]>,
    len: usize,
}

/// Where a text lies.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    block: u32,
    start: u32,
    len: u32,
}

impl Texts {
    /// Takes a text in.
    pub fn put(&mut self, text: &[u8]) -> Text {
        if !self.open.is_empty() && self.open.len() + text.len() > BLOCK {
            self.close();
        }
        let place = Text {
            block: self.blocks.len() as u32,
            start: self.open.len() as u32,
            len: text.len() as u32,
        };
        self.open.extend_from_slice(text);
        place
    }

    fn close(&mut self) {
        // The fastest that deflates at all.
        let mut compressor = Compressor::new(CompressionLvl::new(1).unwrap_or_default());
        let mut room = vec![0; compressor.deflate_compress_bound(self.open.len())];
        // The room is as much as can be needed.
        let len = compressor.deflate_compress(&self.open, &mut room);
        room.truncate(len.unwrap_or_default());
        self.blocks.push(Block {
            deflated: room.into(),
            len: self.open.len(),
        });
        self.open.clear();
    }

    /// Somebody who reads them.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            texts: self,
            inflater: Decompressor::new(),
            block: u32::MAX,
            inflated: Vec::new(),
        }
    }
}

/// Reads texts, best in their order: the block of the last one is at hand.
pub struct Reader<'t> {
    texts: &'t Texts,
    inflater: Decompressor,
    block: u32,
    inflated: Vec<u8>,
}

impl Reader<'_> {
    /// The text.
    pub fn text(&mut self, place: Text) -> &[u8] {
        let all = match self.texts.blocks.get(place.block as usize) {
            None => &self.texts.open,
            Some(block) => {
                if self.block != place.block {
                    self.block = place.block;
                    self.inflated.clear();
                    self.inflated.resize(block.len, 0);
                    // It was deflated here.
                    let inflated = &mut self.inflated;
                    let _ = self.inflater.deflate_decompress(&block.deflated, inflated);
                }
                &self.inflated
            }
        };
        let start = place.start as usize;
        all.get(start..start + place.len as usize)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_they_came_in() {
        let mut texts = Texts::default();
        let text = |number: usize| format!("{number} ").repeat(number % 997).into_bytes();
        let places: Vec<Text> = (0..1_000).map(|number| texts.put(&text(number))).collect();
        assert!(texts.blocks.len() > 10);
        let deflated = texts.blocks.iter().map(|block| block.deflated.len());
        assert!(deflated.sum::<usize>() < 1 << 18);
        let mut reader = texts.reader();
        for number in (0..1_000).chain([3, 999, 0, 500]) {
            assert_eq!(reader.text(places[number]), text(number));
        }
        let long = vec![b'x'; 2 * BLOCK];
        let place = texts.put(&long);
        let next = texts.put(b"y");
        assert_eq!(texts.reader().text(place), long);
        assert_eq!(texts.reader().text(next), b"y");
    }
}
