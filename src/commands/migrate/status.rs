//! `dianjian migrate status PLAN`: how far a plan is.

use std::fmt::Write as _;

use dianjian_base::lang::{Lang, Localized as _, Text};
use dianjian_migrate::apply::{LastRun, Operation, PlanContext, PlanStatus, RunPhase, ShopState};
use dianjian_report::words;
use serde::Serialize;

use super::PlanArgs;
use super::apply::ShopListArgs;
use super::outcome::{groups, write_groups};
use crate::commands::rules::list::{ListFormat, pretty_json};
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::FileProgress;
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};

#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    output: ShopListArgs,
}

/// Runs the command. The exit status is 1 if a file cannot be worked with.
///
/// # Errors
/// The journal cannot be read; an output that cannot be written.
pub fn run(args: &StatusArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let context = PlanContext::new(&opened)?;
    let progress = FileProgress::new(terminal.lang);
    let of = context.file_count();
    let status = context.status(&|done| progress.at(RunPhase::Looking { done, of }));
    progress.end();
    let status = status?;
    let text = match args.output.format {
        ListFormat::Human => human(&context, &status, args, terminal),
        ListFormat::Json => json(&context, &status),
    };
    terminal.print(&text)?;
    Ok(Exit::found(status.shops.iter().any(|shop| matches!(shop, ShopState::Unusable(_)))))
}

fn human(context: &PlanContext<'_>, status: &PlanStatus, args: &StatusArgs, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let mut out = super::outcome::heading(context, terminal);
    let count = |wanted: fn(&ShopState) -> bool| status.shops.iter().filter(|shop| wanted(shop)).count();
    let applied = count(|shop| matches!(shop, ShopState::Applied));
    let pending = count(|shop| matches!(shop, ShopState::NotApplied));
    let troubled = count(|shop| matches!(shop, ShopState::Unusable(_)));
    let untouched = count(|shop| matches!(shop, ShopState::NoEdits));
    let rows = [
        (applied, TextStyle::Green, "✓", "家店铺已修改", "applied"),
        (pending, TextStyle::Cyan, "○", "家店铺还没有修改", "not applied"),
        (troubled, TextStyle::Red, "✗", "家店铺的文件有问题", "in files that cannot be worked with"),
        (untouched, TextStyle::Dim, "·", "家店铺的文件不用改", "with nothing to edit"),
    ];
    for (number, style, sign, zh, en) in rows.into_iter().filter(|(number, ..)| *number > 0) {
        let text = match lang {
            Lang::Zh => format!("{number} {zh}"),
            Lang::En => format!("{} {en}", words::count(lang, number, "", "shop")),
        };
        let _ = writeln!(out, "{} {text}", terminal.paint(style, sign));
    }
    let troubles = groups(
        context,
        status.shops.iter().map(|shop| match shop {
            ShopState::Unusable(trouble) => Some(trouble),
            _ => None,
        }),
    );
    write_groups(&troubles, args.output.all, terminal, &mut out);
    if args.output.all {
        let mut grid = Grid::new(2);
        for (shop, state) in context.plan.shops.iter().zip(&status.shops) {
            grid.row([
                GridCell::new(&shop.key),
                GridCell::styled(TextStyle::Dim, &shop.file),
                GridCell::new(word(state, lang)),
            ]);
        }
        out.push_str(&grid.render(terminal));
    }
    if let Some(last) = &status.last {
        let _ = writeln!(out, "{}", last_run(last, args, lang));
    }
    if status.damaged > 0 {
        let _ = match lang {
            Lang::Zh => writeln!(out, "运行记录有 {} 行残缺；以上按文件内容判断", status.damaged),
            Lang::En => writeln!(
                out,
                "{} of the journal cannot be read; the above is read from the files themselves",
                words::count(lang, status.damaged, "", "line")
            ),
        };
    }
    if let Some(holder) = &status.holder {
        let _ = writeln!(out, "{}{holder}", terminal.say("正在运行：", "under way: "));
    }
    out
}

fn word(state: &ShopState, lang: Lang) -> &'static str {
    let (zh, en) = match state {
        ShopState::NoEdits => ("不用改", "nothing to edit"),
        ShopState::Applied => ("已修改", "applied"),
        ShopState::NotApplied => ("还没有修改", "not applied"),
        ShopState::Unusable(_) => ("文件有问题", "in trouble"),
    };
    if lang == Lang::Zh { zh } else { en }
}

fn last_run(last: &LastRun, args: &StatusArgs, lang: Lang) -> String {
    let operation = match (last.operation, lang) {
        (Operation::Apply, Lang::Zh) => "应用",
        (Operation::Rollback, Lang::Zh) => "撤销",
        (operation, Lang::En) => operation.name(),
    };
    let resume = format!("dianjian migrate resume {}", args.plan.as_argument());
    match (lang, last.ended) {
        (Lang::Zh, Some(false)) => format!("上一次运行：{} 的{operation}，已做完", last.at),
        (Lang::Zh, Some(true)) => format!("上一次运行：{} 的{operation}，中途停下；接着做：{resume}", last.at),
        (Lang::Zh, None) => format!("上一次运行：{} 的{operation}，中途断掉；接着做：{resume}", last.at),
        (Lang::En, Some(false)) => format!("last run: {operation} of {}, ended", last.at),
        (Lang::En, Some(true)) => format!("last run: {operation} of {}, stopped; go on with: {resume}", last.at),
        (Lang::En, None) => format!("last run: {operation} of {}, cut off; go on with: {resume}", last.at),
    }
}

#[derive(Serialize)]
struct StatusJson<'s> {
    plan: &'s str,
    shops: Vec<ShopStateJson<'s>>,
    last: Option<LastJson<'s>>,
    damaged_lines: usize,
    holder: Option<&'s str>,
}

#[derive(Serialize)]
struct ShopStateJson<'s> {
    key: &'s str,
    file: &'s str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Text>,
}

#[derive(Serialize)]
struct LastJson<'s> {
    #[serde(rename = "doing")]
    operation: &'static str,
    at: &'s str,
    state: &'static str,
}

fn json(context: &PlanContext<'_>, status: &PlanStatus) -> String {
    let shops = context.plan.shops.iter().zip(&status.shops).map(|(shop, state)| {
        let (state, why) = match state {
            ShopState::NoEdits => ("no-edits", None),
            ShopState::Applied => ("applied", None),
            ShopState::NotApplied => ("not-applied", None),
            ShopState::Unusable(trouble) => ("trouble", Some(trouble.both())),
        };
        ShopStateJson { key: &shop.key, file: &shop.file, state, why }
    });
    let last = status.last.as_ref().map(|last| LastJson {
        operation: last.operation.name(),
        at: &last.at,
        state: match last.ended {
            Some(false) => "ended",
            Some(true) => "stopped",
            None => "cut-off",
        },
    });
    pretty_json(&StatusJson {
        plan: &context.plan.id,
        shops: shops.collect(),
        last,
        damaged_lines: status.damaged,
        holder: status.holder.as_deref(),
    })
}
