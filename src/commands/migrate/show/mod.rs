//! `dianjian migrate show PLAN`: a plan for people to read, one file per format.

mod text;

use std::path::PathBuf;

use dianjian_migrate::show::{self, PlanView};
use dianjian_project::config::ConfigError;
use dianjian_project::is_same_file;
use dianjian_report::FormatName;
use dianjian_rules::record::nearest;

use super::PlanArgs;
use crate::commands::write_file;
use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    format: ShowFormat,
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    #[arg(long, value_name = "SHOP")]
    shop: Vec<String>,
    #[arg(long, conflicts_with = "shop")]
    all: bool,
}

/// Formats of a plan; `help.yaml` says what each is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ShowFormat {
    #[default]
    Text,
    Markdown,
    Csv,
    Ics,
    Html,
    Xlsx,
}

/// Prints a plan, or writes it to a file.
///
/// # Errors
/// A shop that the plan does not have; an output that cannot be written.
pub fn run(args: &ShowArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    if let Some(path) = args.output.as_deref().filter(|path| is_same_file(path, &args.plan.plan)) {
        return Err(CliError::OverInput { flag: "-o", path: path.display().to_string(), input: None });
    }
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let plan = &opened.plan;
    let find = |key: &String| {
        plan.shops.iter().find(|shop| shop.key == *key).ok_or_else(|| {
            let near = nearest(key, plan.shops.iter().map(|shop| shop.key.as_str()));
            CliError::UnknownShop { found: key.clone(), suggestion: near.map(str::to_owned) }
        })
    };
    let chosen = !args.shop.is_empty();
    let shops =
        if chosen { args.shop.iter().map(find).collect::<Result<_, _>>()? } else { plan.shops.iter().collect() };
    let view = PlanView { plan, shops, chosen, folded: !chosen && !args.all };
    let lang = terminal.lang;
    let text = match args.format {
        ShowFormat::Text => text::text(&view, terminal),
        ShowFormat::Markdown => show::markdown(&view, lang),
        ShowFormat::Csv => show::csv(&view, lang),
        ShowFormat::Ics => show::ics(&view, lang),
        ShowFormat::Html => show::html(&view, &opened.root, lang),
        ShowFormat::Xlsx => {
            let none = || CliError::flag("--format", FormatName::Xlsx.name(), ConfigError::NoFile);
            let path = args.output.as_ref().ok_or_else(none)?;
            let book = show::xlsx(&view, lang);
            let failed = |reason| CliError::Write { path: path.display().to_string(), reason };
            write_file(path, book.map_err(|error| failed(error.to_string()))?)?;
            return Ok(Exit::Clean);
        }
    };
    match &args.output {
        None => terminal.print(&text)?,
        Some(path) => write_file(path, text)?,
    }
    Ok(Exit::Clean)
}
