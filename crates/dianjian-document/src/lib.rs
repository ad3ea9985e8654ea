//! Documents with exact places: source files and their encodings ([`source`]), spanned trees of YAML, JSON, CSV,
//! workbooks and XML ([`tree`]), and edits that leave every byte outside them as it was ([`edit`]).
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
