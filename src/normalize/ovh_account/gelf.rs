//! Records as the Logs Data Platform takes them in: GELF, every field of its own with `_` in front.

use crate::decode::item::Members;
use crate::decode::path;

/// Whether the members are those of an account log in GELF.
pub(super) fn is_gelf(members: &Members) -> bool {
    let has = |wanted: &[u8]| members.iter().any(|(key, _)| *key == wanted);
    has(b"_account")
        && (has(b"_path") && has(b"_method")
            || has(b"_type") && has(b"_authDetails_userDetails_type")
            || has(b"_requested_actions_array")
            || has(b"_requested_actions")
            || has(b"_unauthorized_actions_array"))
}

/// Writes the record with the underscores taken off.
pub(super) fn rewrite(raw: &[u8], out: &mut Vec<u8>) -> bool {
    out.push(b'{');
    let mut first = true;
    path::members(raw, |key, value| {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(key.strip_prefix(b"_").unwrap_or(key));
        out.extend_from_slice(b"\":");
        out.extend_from_slice(value);
        true
    });
    out.push(b'}');
    true
}
