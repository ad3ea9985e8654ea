//! `dianjian inventory`: one table of every SKU over all shops and platforms.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use dianjian_base::text;
use dianjian_document::edit::{ReplacementFile, make_folder_of};
use dianjian_engine::Engine;
use dianjian_engine::inventory::{
    Inventory, InventoryOptions, InventoryRules, InventoryShop, MAX_LISTED, RowMark, SkuKey, UnresolvedShop, inventory,
    inventory_pack,
};
use dianjian_project::{Project, RunInputs};
use dianjian_report::inventory::{
    DrawnRows, InventoryFormat, InventoryTally, InventoryView, InventoryWriteError, write,
};
use dianjian_report::{DisplayOptions, FormatName, RunInfo, format};
use dianjian_rules::record::nearest;
use dianjian_text::safe::one_line;
use dianjian_text::{Fold, fold};

use super::check::MemoryArgs;
use super::rules::list::style;
use crate::earlier::is_written;
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::{InputArgs, spares_inputs};
use crate::project::{ChoiceArgs, DateArgs, FailLevel, ProjectArgs};
use crate::terminal::Terminal;
use crate::terminal::TextStyle::Green;
use dianjian_project::config::ConfigError;

#[derive(Debug, clap::Args)]
pub struct InventoryArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    date: DateArgs,
    #[arg(long, value_name = "FIELD", default_value = "sku")]
    by: String,
    #[arg(long)]
    only_differences: bool,
    #[arg(long, value_name = "SHOP")]
    shop: Vec<String>,
    #[arg(long, value_name = "PLATFORM")]
    platform: Vec<String>,
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailLevel>,
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    format: Option<TableFormat>,
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    #[command(flatten)]
    memory: MemoryArgs,
    #[command(flatten)]
    choice: ChoiceArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// The formats by their names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TableFormat {
    Text,
    Csv,
    Xlsx,
    Json,
}

impl TableFormat {
    /// The format that a file's name says.
    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "json" => Some(Self::Json),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }

    const fn format(self) -> InventoryFormat {
        match self {
            Self::Text => InventoryFormat::Text,
            Self::Csv => InventoryFormat::Csv,
            Self::Xlsx => InventoryFormat::Xlsx,
            Self::Json => InventoryFormat::Json,
        }
    }
}

/// Reads products, shops and stock, and writes the table.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &InventoryArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = args.project.load(terminal)?;
    let policy = args.choice.policy(&mut project, terminal)?;
    let by = SkuKey::new(&args.by, &project.pack.kinds)?;
    let target = target(args)?;
    let inputs = RunInputs::find_unless_broken(&args.input.options(), &mut project);
    if let Some(path) = &args.output {
        spares_inputs(&inputs, "-o", path, &project, is_inventory)?;
    }
    let (as_of, as_of_given) = args.date.of(&project);
    let mut options = args.input.run_options(&project, as_of);
    (options.policy.fixes, options.policy.as_of_given) = (false, as_of_given);
    options.tuning.memory = args.memory.bytes();
    options.policy.addresses_are_problems = project.addresses_are_problems();
    let (pack, rules) = (inventory_pack(&project.pack), InventoryRules(&policy));
    let engine = Engine::new(&pack, &rules, options);
    let shown = InventoryOptions { by, only_differences: args.only_differences };
    let mut table = inventory(&engine, &inputs.files, &shown, &|_| {})?;
    table.problems.splice(0..0, project.problems.iter().cloned());
    table.problems.extend(inputs.problems.iter().cloned());
    unread(&table, &project, as_of, terminal);
    unresolved(&table.unresolved, terminal);
    let has_stock = table.totals.records.contains_key("Stock");
    if table.shops.is_empty() && !has_stock && !table.is_incomplete() {
        terminal.note(terminal.say("没有商品和库存\n", "no products and no stock\n"));
        return Ok(Exit::Nothing);
    }
    let columns = columns(&table.shops, args)?;
    let view = InventoryView {
        lang: terminal.lang,
        as_of,
        by: &args.by,
        shops: &table.shops,
        columns,
        states: &table.states,
        counts: &table.counts,
        empty_shops: table.empty_shops,
        without_sku: table.without_sku,
        unread: table.problems.len() + table.gap_count,
    };
    let mut rows = table.rows.by_ref().map(|row| row.map_err(io::Error::other));
    let tally = target.write(&view, &mut rows, terminal)?;
    finish(&view, &table.elsewhere, tally, &target, terminal)?;
    let bar = project.fail_on(args.fail_on.map(Into::into)).severity();
    let fails = view.counts.iter().any(|count| bar.is_some_and(|bar| count.severity >= bar));
    Ok(Exit::found(fails).unless(view.unread > 0))
}

/// Where the table goes.
enum TableTarget<'a> {
    Stdout(InventoryFormat),
    File(InventoryFormat, &'a Path),
}

fn target(args: &InventoryArgs) -> Result<TableTarget<'_>, CliError> {
    let Some(path) = &args.output else {
        return match args.format.unwrap_or(TableFormat::Text) {
            // A workbook cannot be displayed.
            TableFormat::Xlsx => Err(CliError::flag("--format", FormatName::Xlsx.name(), ConfigError::NoFile)),
            format => Ok(TableTarget::Stdout(format.format())),
        };
    };
    let format = args.format.or_else(|| TableFormat::of(path));
    let format = format.ok_or_else(|| CliError::NoTableFormat { path: path.display().to_string() })?;
    Ok(TableTarget::File(format.format(), path))
}

impl TableTarget<'_> {
    /// Writes the table. A file is replaced when all of it is written; a reader that goes away early is no error.
    fn write(
        &self,
        view: &InventoryView<'_>,
        rows: DrawnRows<'_>,
        terminal: &Terminal,
    ) -> Result<InventoryTally, CliError> {
        match self {
            Self::Stdout(format) => {
                let mut out = io::BufWriter::new(io::stdout());
                let written = write(*format, view, terminal.look, rows, &mut out);
                let written = written.and_then(|tally| out.flush().map(|()| tally).map_err(Into::into));
                match written {
                    Err(InventoryWriteError::Io { is_closed: true, .. }) => Ok(InventoryTally::default()),
                    written => Ok(written?),
                }
            }
            Self::File(format, path) => {
                make_folder_of(path)?;
                let failed = |error: io::Error| CliError::write(path, &error);
                let mut out = io::BufWriter::new(ReplacementFile::create(path).map_err(failed)?);
                let tally = write(*format, view, DisplayOptions::plain(), rows, &mut out)?;
                out.into_inner().map_err(|error| failed(error.into_error()))?.commit().map_err(failed)?;
                Ok(tally)
            }
        }
    }
}

/// Says what could not be read or understood.
fn unread(table: &Inventory, project: &Project, as_of: NaiveDate, terminal: &Terminal) {
    terminal.problems(&table.problems);
    let run = RunInfo::new(as_of, terminal.lang, project.rule_infos());
    let pretty = format(FormatName::Pretty, terminal.look);
    let mut out = String::new();
    table.gaps.iter().for_each(|finding| pretty.finding(&run, finding, &mut out));
    let more = table.gap_count - table.gaps.len();
    if more > 0 {
        out.push_str(text! { zh: "另有 {more} 处没有读懂\n", en: "{more} more not understood\n" }.get(terminal.lang));
    }
    terminal.note(&out);
}

/// Names what products give as their shop and no record of a shop answers to: each has a column of its own.
fn unresolved(shops: &[UnresolvedShop], terminal: &Terminal) {
    let mut out = String::new();
    for shop in shops.iter().take(MAX_LISTED) {
        let name = one_line(&shop.name);
        let line = if shop.is_ambiguous {
            text! {
                zh: "有几家店铺都叫“{name}”，认不出商品是哪一家的，单独列为一栏：在商品里写店铺编号，或者写明平台\n",
                en: "several shops are called “{name}”, so its products have a column of their own: give the shop's id, or the platform\n",
            }
        } else {
            text! {
                zh: "没有叫“{name}”的店铺，它的商品单独列为一栏：核对店铺编号或名称，以及平台\n",
                en: "no shop is called “{name}”, so its products have a column of their own: check the id or name, and the platform\n",
            }
        };
        out.push_str(line.get(terminal.lang));
    }
    let more = shops.len().saturating_sub(MAX_LISTED);
    if more > 0 {
        out.push_str(
            text! { zh: "另有 {more} 个店铺名没有对上\n", en: "{more} more names of shops unresolved\n" }
                .get(terminal.lang),
        );
    }
    terminal.note(&out);
}

/// Prints the summary: below a text, else beside the table. Findings that belong to no row come before it.
fn finish(
    view: &InventoryView<'_>,
    elsewhere: &[RowMark],
    tally: InventoryTally,
    target: &TableTarget<'_>,
    terminal: &mut Terminal,
) -> Result<(), CliError> {
    let mut out = String::new();
    for mark in elsewhere {
        let (sign, message) = (terminal.paint(style(mark.severity), "✗"), terminal.text(&mark.message));
        out.push_str(&format!("{sign} {message} [{}]\n", mark.rule.id));
    }
    for (at, (severity, line)) in view.summary(tally).into_iter().enumerate() {
        let mark = match severity {
            Some(severity) => terminal.paint(style(severity), if at == 0 { "✗" } else { "·" }),
            None => terminal.paint(Green, "✓"),
        };
        let indent = if at == 0 { "" } else { "  " };
        out.push_str(&format!("{indent}{mark} {}\n", one_line(&line)));
    }
    match target {
        TableTarget::Stdout(InventoryFormat::Text) => terminal.print(&out),
        TableTarget::Stdout(_) => {
            terminal.note(&out);
            Ok(())
        }
        TableTarget::File(_, path) => terminal.print(&format!("{out}→ {}\n", path.display())),
    }
}

/// The columns that `--shop` and `--platform` choose; without them all.
fn columns(shops: &[InventoryShop], args: &InventoryArgs) -> Result<Vec<usize>, CliError> {
    let folded = |text: &str| fold(text.trim(), Fold::Name).as_str().to_owned();
    let is_called = |shop: &InventoryShop, wanted: &str| {
        [&shop.id, &shop.name].into_iter().flatten().any(|name| folded(name) == folded(wanted))
    };
    let is_on = |shop: &InventoryShop, wanted: &str| {
        let platform = &shop.platform;
        let names = [shop.system.as_deref().unwrap_or_default(), &platform.zh, &platform.en];
        names.iter().any(|name| name.to_lowercase().contains(&wanted.trim().to_lowercase()))
    };
    let missing = |flag: &'static str, found: &str, known: Vec<&str>| {
        let suggestion = nearest(found, known.into_iter()).map(str::to_owned);
        CliError::NoSuchShop { flag, found: found.to_owned(), suggestion }
    };
    for wanted in &args.shop {
        if !shops.iter().any(|shop| is_called(shop, wanted)) {
            let known = shops.iter().flat_map(|shop| [&shop.id, &shop.name]).flatten().map(String::as_str);
            return Err(missing("--shop", wanted, known.collect()));
        }
    }
    for wanted in &args.platform {
        if !shops.iter().any(|shop| is_on(shop, wanted)) {
            let known = shops.iter().flat_map(|shop| [shop.system.as_deref().unwrap_or_default(), &shop.platform.zh]);
            return Err(missing("--platform", wanted, known.collect()));
        }
    }
    let is_chosen = |shop: &InventoryShop| {
        (args.shop.is_empty() || args.shop.iter().any(|wanted| is_called(shop, wanted)))
            && (args.platform.is_empty() || args.platform.iter().any(|wanted| is_on(shop, wanted)))
    };
    Ok((0..).zip(shops).filter(|(_, shop)| is_chosen(shop)).map(|(at, _)| at).collect())
}

/// Whether a file is a table that an earlier run wrote.
fn is_inventory(path: &Path) -> bool {
    is_written(path, |head| {
        let is_table = head.contains(",各店承诺合计,") || head.contains(",Offered by all shops,");
        is_table || head.starts_with("{\"version\":1,\"as_of\":")
    })
}
