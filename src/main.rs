//! Arguments to exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    dianjian::cli::run(std::env::args_os()).into()
}
