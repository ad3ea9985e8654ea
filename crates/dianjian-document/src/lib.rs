//! Documents with exact places.
//!
//! * [`source`]: from paths to [`SourceFile`](source::SourceFile)s, whole or in chunks, in any encoding that Chinese
//!   software writes; a [`Span`](source::Span) is a place in one. Tables of all sorts flow on as CSV text.
//! * [`tree`]: [`parse`](tree::parse) reads YAML, JSON, NDJSON, CSV and XML into an arena of
//!   [`Node`](tree::Node)s that know their place to the byte; [`from_node`](tree::from_node) makes typed values.
//! * [`edit`]: [`EditSet`](edit::EditSet)s of byte edits that leave every byte outside them as it was, diffs of them,
//!   and writing a file so that it is the old one or the new one whatever happens.
//! * [`problem`]: what makes a run untrustworthy, with its place.
//!
//! ```
//! use dianjian_document::source::{Format, Limits, SourceFile};
//! use dianjian_document::tree::{Tree, parse};
//!
//! let source = SourceFile::new("shop.yaml", "name: 云山茶业\n");
//! let problems = parse(&source, Format::Yaml, &Limits::default(), &mut Tree::new(), &mut |root| {
//!     let name = root.get("name").expect("the key is there");
//!     let position = source.position(name.span().start);
//!     assert_eq!((name.as_str(), position.line, position.column), (Some("云山茶业"), 1, 7));
//! });
//! assert!(problems.is_empty());
//! ```
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

pub mod edit;
pub mod problem;
pub mod source;
pub mod tree;
