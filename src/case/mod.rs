//! The case folder: what people say about incidents, kept from one run to the next.

pub mod journal;
