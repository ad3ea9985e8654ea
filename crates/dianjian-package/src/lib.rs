#![doc = include_str!("../README.md")]
//!
//! # Tour
//!
//! - [`Package`] opens a file, finds its parts by name and unpacks them as a [`PartReader`].
//! - [`Xml`] reads a part as XML events, each with its place in the part.
//! - [`Package::write_with`] copies the package with new contents ([`PackedPart`]) for some parts.
//! - [`PackageError`] says what is wrong, and in which part.
//!
//! # Bounds
//!
//! Parts are unpacked as streams and within fixed bounds ([`PackageLimit`]): a small file that unpacks to a huge one, parts
//! that overlap, entities that expand, and nesting without end are refused before they take memory or time.
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

mod compound;
mod error;
mod namespaces;
mod package;
mod part_text;
mod relations;
mod splice;
mod xml;

pub use compound::{is_compound, is_encrypted_compound};
pub use error::{PackageDamage, PackageError, PackageLimit};
pub use package::{Package, PackedPart, PartReader, ReadSeek};
pub use relations::{Relationship, relations};
pub use splice::Splice;
pub use xml::{Xml, attribute, relationship_id, text_attribute};
