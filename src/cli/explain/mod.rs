//! stub
use super::error::CliError; use super::exit::Exit; use super::terminal::Terminal;
/// x
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {}
/// x
pub fn run(_: &ExplainArgs, _t: &mut Terminal) -> Result<Exit, CliError> { Ok(Exit::Clean) }
