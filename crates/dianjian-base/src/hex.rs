//! Bytes as hexadecimal digits.

use std::fmt::Write as _;

/// Two lower-case digits a byte, as digests are written in plans, journals, caches and reports.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
