//! AWS: its operations, who is asking, what may be done, and the states of its things.

mod caller;
#[cfg(feature = "live")]
pub mod iam;
mod operations;
mod policy;
mod preflight;
mod probes;
mod states;

pub use caller::caller;
pub use operations::{CHANGES, READS};
pub use policy::{
    DENY_ALL_ARN, deny_all, deny_before, deny_session, last_administrator, name_of, trust_form,
};
pub use preflight::preflight;
pub use probes::{BLOCKS, probe};
pub use states::{permission, rule_key};
