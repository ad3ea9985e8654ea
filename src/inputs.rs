//! The flags that select the files, and what outputs may replace.

use std::path::Path;

use chrono::NaiveDate;
use dianjian_document::source::TakesMaterial;
use dianjian_engine::RunOptions;
use dianjian_project::{InputOptions, Project, RunInputs};

use crate::error::CliError;

/// Flags that select the files.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct InputArgs {
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    #[arg(long, value_name = "NAME", default_value = "<stdin>", help_heading = "Input")]
    stdin_name: String,
    #[arg(long, help_heading = "Input")]
    no_ignore: bool,
    #[arg(long, help_heading = "Input")]
    pub force_exclude: bool,
    #[arg(long, value_name = "SYSTEM", value_parser = SYSTEMS, help_heading = "Input")]
    pub system: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = "Input")]
    pub threads: usize,
}

/// The values of `Shop.system`.
const SYSTEMS: [&str; 4] = ["mini-store", "channels-store", "weixin-store", "mini-program-mall"];

impl InputArgs {
    /// The flags as options.
    pub fn options(&self) -> InputOptions {
        InputOptions {
            paths: self.paths.clone(),
            stdin_name: self.stdin_name.clone(),
            respect_ignore_files: !self.no_ignore,
            force_exclude: self.force_exclude,
            system: self.system.clone(),
            threads: self.threads,
            material: TakesMaterial::No,
        }
    }

    /// The options of a run as of a day over these inputs.
    pub fn run_options(&self, project: &Project, as_of: NaiveDate) -> RunOptions {
        self.options().run_options(&project.working, as_of)
    }
}

/// Makes sure that an output is not one of the files that are read, by whatever name or link. What an earlier run
/// wrote there (`is_earlier`) may be replaced where it is found in a folder.
///
/// # Errors
/// It is.
pub fn spares_inputs(
    inputs: &RunInputs,
    flag: &'static str,
    output: &Path,
    project: &Project,
    is_earlier: impl Fn(&Path) -> bool,
) -> Result<(), CliError> {
    match inputs.replaced_by(output, project, is_earlier) {
        None => Ok(()),
        Some(input) => {
            let input = Some(input.display().to_string()).filter(|input| Path::new(input) != output);
            Err(CliError::OverInput { flag, path: output.display().to_string(), input })
        }
    }
}

/// Makes sure that an output replaces nothing but what an earlier run wrote there (`is_earlier`).
///
/// # Errors
/// It would replace something else, such as a picture or a script.
pub fn replaces_own(flag: &'static str, output: &Path, is_earlier: impl Fn(&Path) -> bool) -> Result<(), CliError> {
    let holds_something = std::fs::metadata(output).is_ok_and(|file| file.is_file() && file.len() > 0);
    if !holds_something || is_earlier(output) {
        return Ok(());
    }
    Err(CliError::NotOurs { flag, path: output.display().to_string() })
}
