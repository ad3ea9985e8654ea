//! dianjian
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, reason = "a test that fails should stop")
)]

pub mod document;
pub mod fix;
pub mod lang;
pub mod source;
pub mod text;
