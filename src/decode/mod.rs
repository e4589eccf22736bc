//! Decode: bytes to raw records.

pub mod canonical;
mod csv;
pub mod index;
pub mod item;
pub mod path;
pub mod records;
mod shape;
pub mod shelf;
mod tables;
pub mod text;
pub mod trie;
pub mod walk;
