//! Parts by themselves: folding and searching of text, parsing, writing of reports.
//!
//! `cargo bench --bench micro -- text`, `yaml`, `json`, `findings`, or without a name all of them.
#![allow(missing_docs, clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that fails should stop")]

mod parse;
mod pretty;
mod text;

criterion::criterion_group!(benches, text::text, parse::parsing, pretty::formats);
criterion::criterion_main!(benches);
