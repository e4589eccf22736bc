//! Decode: bytes to raw records.

pub mod canonical;
pub mod index;
pub mod item;
pub mod path;
pub mod records;
mod shape;
pub mod text;
pub mod trie;
pub mod walk;
