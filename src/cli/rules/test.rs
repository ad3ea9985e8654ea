//! stub
use crate::cli::error::CliError; use crate::cli::exit::Exit; use crate::cli::terminal::Terminal;
/// x
#[derive(Debug, clap::Args)]
pub struct TestArgs {}
/// x
pub fn run(_: &TestArgs, _t: &mut Terminal) -> Result<Exit, CliError> { Ok(Exit::Clean) }
