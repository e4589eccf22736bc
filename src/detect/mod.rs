//! Sigma rules: loaded, indexed, judged on every record, and on many records together.

pub mod ast;
pub mod compile;
pub mod correlation;
pub mod explain;
pub mod field;
pub mod index;
pub mod intent;
pub mod lint;
pub mod literal;
pub mod load;
pub mod matcher;
pub mod matrix;
pub mod memo;
pub mod programs;
pub mod proof;
pub mod query;
pub mod shape;
pub mod subset;
pub mod suppress;
pub mod value;
