//! stub
use super::error::CliError; use super::exit::Exit; use super::terminal::Terminal;
/// x
#[derive(Debug, clap::Args)]
pub struct ForecastArgs {}
/// x
pub fn run(_: &ForecastArgs, _t: &mut Terminal) -> Result<Exit, CliError> { Ok(Exit::Clean) }
