//! dianjian (店检): checks WeChat shop files and live rooms against dated, evidenced rules.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, reason = "a test that fails should stop")
)]

pub mod cli;
pub mod config;
pub mod document;
pub mod engine;
pub mod fix;
pub mod lang;
pub mod message;
pub mod problem;
pub mod record;
pub mod report;
pub mod rules;
pub mod source;
pub mod text;
