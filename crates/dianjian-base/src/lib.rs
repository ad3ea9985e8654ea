//! What every crate of the workspace stands on: messages in Chinese and English, and the little that all of
//! them have to know of texts and disks.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

pub mod disk;
mod field_path;
mod files;
mod hex;
pub mod in_order;
pub mod lang;
pub mod message;

pub use field_path::{FieldPath, PathSegment};
pub use files::{FileSystem, OpenFile};
pub use hex::{hex, sha256_of_parts};

/// The byte-order mark as it appears in a decoded text.
pub const BOM: char = '\u{feff}';
