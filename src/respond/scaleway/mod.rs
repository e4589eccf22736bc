//! stub
use crate::respond::cloud::Cloud;
use crate::respond::operation::Operation;
use crate::respond::probe::unknown;
use crate::respond::trouble::Trouble;
use serde_json::Value;
pub const READS: &[Operation] = &[];
pub const CHANGES: &[Operation] = &[];
pub fn probe(_: &Cloud<'_>, name: &str, _: &Value) -> Result<Value, Trouble> {
    Err(unknown(name))
}
pub fn caller(_: &Cloud<'_>) -> Result<crate::respond::guard::Caller, Trouble> {
    Err(unknown("caller"))
}
pub fn preflight(
    _: &Cloud<'_>,
    _: &crate::respond::plan::Plan,
    _: &[String],
    _: &[String],
) -> crate::respond::gate::Preflight {
    Default::default()
}
