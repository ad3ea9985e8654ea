//! `dianjian migrate show PLAN`: a plan for people to read, one file per format.

mod calendar;
mod html;
mod markdown;
mod pieces;
mod table;
mod text;
mod timeline;

use std::path::PathBuf;

use dianjian_migrate::plan::{Plan, PlannedShop};
use dianjian_rules::record::nearest;

use super::PlanArgs;
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
}

/// Forms of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ShowFormat {
    /// For a terminal.
    #[default]
    Text,
    /// For a ticket or a wiki.
    Markdown,
    /// For a spreadsheet: one shop a row.
    Csv,
    /// For a calendar: tasks and deadlines.
    Ics,
    /// For a browser: one file that needs nothing else.
    Html,
}

/// A plan, and which of its shops are asked for.
pub struct PlanView<'s> {
    pub plan: &'s Plan,
    /// In the order of the command line, or of the plan where none was asked for.
    pub shops: Vec<&'s PlannedShop>,
    /// Then what concerns the whole fleet is left out.
    pub chosen: bool,
}

/// Shows a plan.
///
/// # Errors
/// A shop that the plan does not have; an output that cannot be written.
pub fn run(args: &ShowArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let plan = &opened.plan;
    let mut shops: Vec<&PlannedShop> = Vec::new();
    for key in &args.shop {
        match plan.shops.iter().find(|shop| shop.key == *key) {
            Some(shop) => shops.push(shop),
            None => {
                let near = nearest(key, plan.shops.iter().map(|shop| shop.key.as_str()));
                return Err(CliError::UnknownShop { found: key.clone(), suggestion: near.map(str::to_owned) });
            }
        }
    }
    let chosen = !shops.is_empty();
    if !chosen {
        shops = plan.shops.iter().collect();
    }
    let view = PlanView { plan, shops, chosen };
    let text = match args.format {
        ShowFormat::Text => text::text(&view, terminal),
        ShowFormat::Markdown => markdown::markdown(&view, terminal.lang),
        ShowFormat::Csv => table::csv(&view, terminal.lang),
        ShowFormat::Ics => calendar::ics(&view, terminal.lang),
        ShowFormat::Html => html::html(&view, &opened.root, terminal.lang),
    };
    match &args.output {
        None => terminal.print(&text)?,
        Some(path) => {
            dianjian_document::edit::make_folder_of(path)?;
            dianjian_document::edit::write_atomic(path, text.as_bytes())
                .map_err(|error| CliError::write(path, &error))?;
        }
    }
    Ok(Exit::Clean)
}
