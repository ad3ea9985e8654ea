//! `dianjian migrate status PLAN`: how much of a plan has been applied.

use std::fmt::Write as _;

use dianjian_base::lang::{Lang, Localized as _, Text};
use dianjian_base::text;
use dianjian_migrate::apply::{LastRun, PlanContext, PlanStatus, RunPhase, ShopState};
use dianjian_report::words::counted;
use serde::Serialize;

use super::PlanArgs;
use super::apply::ShopListArgs;
use super::outcome::{operation_name, write_errors};
use crate::commands::pretty_json;
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::FileProgress;
use crate::terminal::TextStyle::{Cyan, Dim, Green, Plain, Red};
use crate::terminal::{Terminal, cell};

#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    output: ShopListArgs,
}

/// Prints which shops the plan has been applied to. The exit status is 1 if a file is missing or neither as before the
/// plan nor as after it.
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
    let human = || human(&context, &status, args, terminal);
    terminal.print(&args.output.format.render(human, || json(&context, &status)))?;
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
        (applied, Green, "✓", "家店铺已修改", "applied"),
        (pending, Cyan, "○", "家店铺还没有修改", "not applied"),
        (troubled, Red, "✗", "家店铺的文件有问题", "in files that cannot be worked with"),
        (untouched, Dim, "·", "家店铺的文件不用改", "with nothing to edit"),
    ];
    for (number, style, sign, zh, en) in rows.into_iter().filter(|(number, ..)| *number > 0) {
        let shops = counted(number, "shop");
        let text = text! { zh: "{number} {zh}", en: "{shops} {en}" };
        let _ = writeln!(out, "{} {}", terminal.paint(style, sign), text.get(lang));
    }
    let errors = status.shops.iter().map(|shop| match shop {
        ShopState::Unusable(error) => Some(error),
        _ => None,
    });
    write_errors(context, errors, args.output.all, terminal, &mut out);
    if args.output.all {
        let rows = context.plan.shops.iter().zip(&status.shops);
        let rows = rows
            .map(|(shop, state)| [cell(Plain, &shop.key), cell(Dim, &shop.file), cell(Plain, word(state, terminal))]);
        out.push_str(&terminal.grid(2, rows));
    }
    if let Some(last) = &status.last {
        let _ = writeln!(out, "{}", last_run(last, args, lang));
    }
    if status.damaged > 0 {
        let (damaged, lines) = (status.damaged, counted(status.damaged, "line"));
        let text = text! {
            zh: "运行记录有 {damaged} 行残缺；以上按文件内容判断",
            en: "{lines} of the journal cannot be read; the above is read from the files themselves",
        };
        let _ = writeln!(out, "{}", text.get(lang));
    }

    if let Some(holder) = &status.holder {
        let _ = writeln!(out, "{}{holder}", terminal.say("正在运行：", "under way: "));
    }
    out
}

fn word(state: &ShopState, terminal: &Terminal) -> &'static str {
    match state {
        ShopState::NoEdits => terminal.say("不用改", "nothing to edit"),
        ShopState::Applied => terminal.say("已修改", "applied"),
        ShopState::NotApplied => terminal.say("还没有修改", "not applied"),
        ShopState::Unusable(_) => terminal.say("文件有问题", "in trouble"),
    }
}

fn last_run(last: &LastRun, args: &StatusArgs, lang: Lang) -> String {
    let Text { zh, en } = operation_name(last.operation);
    let (at, resume) = (&last.at, format!("dianjian migrate resume {}", args.plan.as_argument()));
    let end = match last.ended {
        Some(false) => text! { zh: "已做完", en: "ended" },
        Some(true) => text! { zh: "中途停下；接着做：{resume}", en: "stopped; go on with: {resume}" },
        None => text! { zh: "中途断掉；接着做：{resume}", en: "cut off; go on with: {resume}" },
    };
    let text = text! {
        zh: format!("上一次运行：{at} 的{zh}，{}", end.zh),
        en: format!("last run: {en} of {at}, {}", end.en),
    };
    text.take(lang)
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
            ShopState::Unusable(error) => ("trouble", Some(error.both())),
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
