//! Bytes as hexadecimal digits, and digests in them.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// Two lower-case digits a byte, as digests are written in plans, journals, caches and reports.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The SHA-256 of a sequence of parts, in hex. Each part is preceded by its length, so that no two sequences are
/// hashed as the same bytes: `["ab"]` and `["a", "b"]` differ.
pub fn sha256_of_parts<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.as_ref().len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}
