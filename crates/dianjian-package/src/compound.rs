//! Compound files: documents and workbooks before Office 2007, and encrypted ones of any version.

use std::io::{Read as _, SeekFrom};

use super::error::PackageError;
use super::package::ReadSeek;

/// The first bytes of every compound file.
const SIGNATURE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Bytes that are searched for the stream name of encrypted packages.
const SEARCHED_BYTES: u64 = 4 << 20;

/// Whether these first bytes are those of a compound file.
pub fn is_compound(head: &[u8]) -> bool {
    head.starts_with(&SIGNATURE)
}

/// Whether a compound file wraps an encrypted package.
///
/// # Errors
///
/// The file cannot be read.
pub fn is_encrypted_compound(file: &mut dyn ReadSeek) -> Result<bool, PackageError> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(SEARCHED_BYTES).read_to_end(&mut bytes)?;
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    Ok(memchr::memmem::find(&bytes, &name).is_some())
}
