//! Whole commands and whole pipelines, in one executable: linking one takes a tenth of what linking one a subject took.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test that fails should stop and say so"
)]

mod commands;
mod docs;
mod doctor;
mod documents;
mod engine;
mod exports;
mod film;
mod fleet;
mod folder;
mod frozen;
mod growth;
mod joins;
mod json_conformance;
mod lists;
mod lsp;
mod media;
mod messages;
mod migrate_apply;
mod migrate_plan;
mod pack;
mod prefilter;
mod repeated;
mod report_formats;
mod runs;
mod samples;
mod scripts;
mod serve;
mod shards;
mod tables;
mod text_lines;
mod truth;
mod video;
mod words;
mod workbook;
mod yaml_conformance;
