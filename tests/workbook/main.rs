//! Workbooks: read as other programs mean them, changed in single cells, and refused where they are hostile.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails should stop"
)]

mod commands;
mod edits;
#[path = "../folder/mod.rs"]
mod folder;
mod hostile;
mod package;
mod reading;
