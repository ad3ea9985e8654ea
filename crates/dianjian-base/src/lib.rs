//! What every crate of the workspace stands on.
//!
//! * Two languages: [`lang::Lang`], [`lang::Text`], and [`lang::Localized`], which errors implement by the macro
//!   [`localized!`]; [`message`] fills templates.
//! * Files: [`FileSystem`] is the disk with in-memory contents that override files on it; [`disk`] says what to do
//!   about a full one.
//! * [`in_order`]: a bounded pipeline whose results come out in the order of its inputs.
//! * [`html`]: tokens of web pages.
//! * [`FieldPath`]: `products[0].title` and its like, taken apart and put together in one place.
//! * [`Point`], [`Rect`], [`Quad`]: places in pictures.
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
mod geometry;
mod hex;
pub mod html;
pub mod in_order;
pub mod lang;
pub mod message;

pub use field_path::{FieldPath, PathSegment};
pub use files::{FileSystem, OpenFile, display_name, slashed};
pub use geometry::{Point, Quad, Rect};
pub use hex::{hex, sha256_of_parts};
#[doc(hidden)]
pub use miette::Diagnostic;

/// The byte-order mark as it appears in a decoded text.
pub const BOM: char = '\u{feff}';
