//! Arguments to exit status.
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

mod args;
mod commands;
mod earlier;
mod environment;
mod error;
mod exit;
mod inputs;
mod interrupt;
mod progress;
mod project;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    if let Some((folder, state)) = commands::worker::asked(&args) {
        return commands::worker::run(&folder, state.as_deref()).into();
    }
    args::parse(environment::meant(args)).map_or_else(Into::into, |cli| commands::run(&cli).into())
}
