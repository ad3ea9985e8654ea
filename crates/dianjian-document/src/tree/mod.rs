//! Spanned value trees, and one reader a format: YAML, JSON, line-delimited JSON, tables, XML.
//!
//! [`parse`] reads a [`SourceFile`] into a reusable arena, the [`Tree`], one document after the
//! other, and hands each root [`Node`] to the caller. A node knows its place to the byte, for the
//! characters inside its scalar too ([`Node::source_span`]). Typed values are read from nodes by
//! [`from_node`], whose errors know their place as well.

mod arena;
mod build;
mod csv;
mod de;
mod error;
mod json;
mod layout;
mod messages;
mod node;
mod number;
mod places;
mod scalar;
mod spanned;
mod xml;
mod yaml;
mod yaml_errors;

pub use arena::{Comment, NodeKind, ScalarStyle, Tree};
pub use csv::SEPARATORS;
pub use de::{DeError, DeErrorKind, FoundValue, from_node};
pub use error::{DocumentError, DocumentErrorKind, RelatedPlace};
pub use json::is_plain_value as is_json_plain;
pub use json::is_relaxed as is_relaxed_json;
pub(crate) use json::items_error;
pub use messages::SyntaxMessage;
pub use node::{Node, NodeEntries, NodeItems};
pub use number::{Exact, short as short_number};
pub use scalar::plain_kind;
pub use spanned::Spanned;

use crate::source::SourceFile;
pub use crate::source::{Format, Limits};

/// Reads all documents of a source; `each` is given the root of every one that could be read.
///
/// The tree is used for one document after the other and keeps its memory, so a loop over many
/// files should keep the tree. Its [comments](Tree::comments) are those of the whole source, also
/// after this returns. Problems come back in the order they were met: a broken document or line
/// does not lose the others, and a repeated key does not lose its document.
pub fn parse(
    source: &SourceFile,
    format: Format,
    limits: &Limits,
    tree: &mut Tree,
    each: &mut dyn FnMut(Node<'_>),
) -> Vec<DocumentError> {
    tree.clear_all();
    tree.is_json = matches!(format, Format::Json | Format::NdJson);
    match format {
        Format::Yaml => yaml::parse(source, limits, tree, each),
        Format::Json if source.items().is_some() => json::parse_items(source, limits, tree, each),
        Format::Json => json::parse(source, limits, tree, each),
        Format::NdJson => json::parse_lines(source, limits, tree, each),
        Format::Xml => xml::parse(source, limits, tree, each),
        Format::Csv | Format::Tsv | Format::Workbook => csv::parse(source, limits, tree, each),
    }
}
