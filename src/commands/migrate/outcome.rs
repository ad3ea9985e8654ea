//! The outcome of applying or rolling back a plan, for people and for programs.

use std::fmt::Write as _;
use std::sync::Arc;

use dianjian_base::lang::{Localized as _, Text};
use dianjian_base::text;
use dianjian_migrate::apply::{ApplyError, Operation, PlanContext, RunOutcome, ShopResult, StopReason};
use dianjian_report::words::counted;
use dianjian_text::safe::one_line;
use serde::Serialize;

use super::apply::ShopListArgs;
use super::{PlanArgs, quoted};
use crate::commands::pretty_json;
use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::TextStyle::{Bold, Dim, Green, Plain, Red, Yellow};
use crate::terminal::{Terminal, TextStyle, cell};

/// Files with errors that are listed without `--all`.
const MAX_FILES: usize = 20;
/// Shops of such a file that are named.
const MAX_NAMED_SHOPS: usize = 5;
/// Digits of a plan's id in texts for people.
const SHORT_ID_DIGITS: usize = 12;

/// An outcome with everything that printing it needs.
#[derive(Debug, Clone, Copy)]
pub struct OutcomeView<'t> {
    pub context: &'t PlanContext<'t>,
    pub outcome: &'t RunOutcome,
    /// The arguments of the plan, for commands that the user may copy.
    pub plan: &'t PlanArgs,
    pub list: ShopListArgs,
    /// Whether nothing was written and the outcome is the one expected.
    pub dry: bool,
}

/// Prints the outcome of a run.
///
/// # Errors
/// The output cannot be written.
pub fn print_outcome(view: &OutcomeView<'_>, terminal: &mut Terminal) -> Result<Exit, CliError> {
    terminal.print(&view.list.format.render(|| human(view, terminal), || json(view)))?;
    Ok(exit(view.outcome))
}

/// The exit status is 1 if some selected shop is not in the state that the run was to bring about.
pub fn exit(outcome: &RunOutcome) -> Exit {
    let is_left =
        |shop: &ShopResult| matches!(shop, ShopResult::Refused(_) | ShopResult::Failed(_) | ShopResult::NotReached);
    Exit::found(outcome.stop.is_some() || outcome.shops.iter().any(is_left))
}

/// The first line: the plan's id, its size and its root.
pub fn heading(context: &PlanContext<'_>, terminal: &Terminal) -> String {
    let id = context.plan.id.get(..SHORT_ID_DIGITS).unwrap_or(&context.plan.id);
    let root = context.root.path.display().to_string();
    let root = one_line(&root);
    let (shops, files) = (context.plan.shops.len(), context.file_count());
    let (some_shops, some_files) = (counted(shops, "shop"), counted(files, "file"));
    let text = text! {
        zh: "{shops} 家店铺，修改 {files} 个文件，根目录 {root}",
        en: "{some_shops}, {some_files} to edit, below {root}",
    };
    format!(
        "{} {}\n",
        terminal.paint(Bold, &format!("{} {id}", terminal.say("计划", "plan"))),
        terminal.paint(Dim, text.get(terminal.lang))
    )
}

fn human(view: &OutcomeView<'_>, terminal: &Terminal) -> String {
    let mut out = heading(view.context, terminal);
    out.push_str(&summary(view, terminal));
    if view.list.all {
        let rows = view.context.plan.shops.iter().zip(&view.outcome.shops).map(|(shop, result)| {
            let (style, (zh, en)) = (style_of(result), word_of(view, result));
            [cell(Plain, &shop.key), cell(Dim, &shop.file), cell(style, terminal.say(zh, en))]
        });
        out.push_str(&terminal.grid(2, rows));
    }
    out
}

/// The counts by result, the errors, and what to do about them.
pub fn summary(view: &OutcomeView<'_>, terminal: &Terminal) -> String {
    let OutcomeView { context, outcome, .. } = view;
    let lang = terminal.lang;
    let mut out = String::new();
    let count = |wanted: fn(&ShopResult) -> bool| outcome.shops.iter().filter(|shop| wanted(shop)).count();
    let done = count(|shop| matches!(shop, ShopResult::Done));
    let already = count(|shop| matches!(shop, ShopResult::Already));
    let rows = [
        (done, Green, "✓", word_of(view, &ShopResult::Done)),
        (already, Green, "✓", word_of(view, &ShopResult::Already)),
        (count(|shop| matches!(shop, ShopResult::Refused(_))), Red, "✗", ("拒绝修改", "refused")),
        (count(|shop| matches!(shop, ShopResult::Failed(_))), Red, "✗", ("没有写成", "failed")),
        (count(|shop| matches!(shop, ShopResult::NotReached)), Yellow, "○", ("还没有轮到", "not reached")),
        (count(|shop| matches!(shop, ShopResult::NotSelected)), Dim, "·", ("没有点名", "not asked for")),
        (count(|shop| matches!(shop, ShopResult::NoEdits)), Dim, "·", ("的文件不用改", "with nothing to edit")),
    ];
    for (number, style, sign, (zh, en)) in rows.into_iter().filter(|(number, ..)| *number > 0) {
        let (shops, files) = (counted(number, "shop"), counted(outcome.files, "file"));
        let text = text! { zh: "{number} 家店铺{zh}", en: "{shops} {en}" };
        let of_files = text! { zh: format!("（{} 个文件）", outcome.files), en: " ({files})" };
        let of_files = if style == Green && number == done { of_files.get(lang) } else { "" };
        let (sign, of_files) = (terminal.paint(style, sign), terminal.paint(Dim, of_files));
        let _ = writeln!(out, "{sign} {}{of_files}", text.get(lang));
    }
    let errors = outcome.shops.iter().map(|shop| match shop {
        ShopResult::Refused(error) | ShopResult::Failed(error) => Some(error),
        _ => None,
    });
    write_errors(context, errors, view.list.all, terminal, &mut out);
    notes(view, done, terminal, &mut out);
    out
}

/// Lines below the counts: why the run stopped, what could not be guaranteed, how to go on.
fn notes(view: &OutcomeView<'_>, done: usize, terminal: &Terminal, out: &mut String) {
    let OutcomeView { outcome, plan, .. } = view;
    let lang = terminal.lang;
    let mut note = |text: Text| {
        out.push_str(text.get(lang));
        out.push('\n');
    };
    let arguments = plan.as_argument();
    match &outcome.stop {
        None if done == 0 && exit(outcome) == Exit::Clean => {
            note(text! { zh: "没有要做的：什么都没有改", en: "nothing to do: nothing was changed" });
        }
        None => {}
        Some(StopReason::Refused) => {
            // Whole commands: `resume` has none of these flags.
            let command = match outcome.operation {
                Operation::Apply => format!("dianjian migrate apply {arguments}"),
                Operation::Rollback => format!("dianjian migrate rollback {arguments}"),
            };
            match outcome.operation {
                Operation::Apply => note(text! {
                    zh: "有文件与计划不符，什么都没有写。点名：{command} --only 店铺\n只做其余的：{command} --keep-going",
                    en: "some files are not as planned, so nothing was written. Name shops:\n  {command} --only SHOP\n\
                         or do the others:\n  {command} --keep-going",
                }),
                Operation::Rollback => note(text! {
                    zh: "有文件与计划不符，什么都没有写。点名：{command} --shop 店铺",
                    en: "some files are not as planned, so nothing was written. Name shops:\n  {command} --shop SHOP",
                }),
            }
        }
        Some(StopReason::Interrupted) => note(text! {
            zh: "已停下，文件都是完整的。接着做：dianjian migrate resume {arguments}",
            en: "stopped, with every file whole; go on with: dianjian migrate resume {arguments}",
        }),
        Some(StopReason::Journal(error)) => {
            let Text { zh, en } = error.both();
            note(text! {
                zh: "已停下：{zh}。接着做：dianjian migrate resume {arguments}",
                en: "stopped: {en}; go on with: dianjian migrate resume {arguments}",
            });
        }
    }
    for file in &outcome.other_owner {
        let file = one_line(file);
        note(text! { zh: "{file} 的所有者没能保留", en: "the owner of {file} could not be kept" });
    }
    for (folder, error) in &outcome.not_synced {
        let folder = folder.display();
        note(text! {
            zh: "{folder} 没能落盘（{error}）：断电可能使其中的文件回到原样",
            en: "{folder} could not be made to last ({error}): without power its files may be the old ones again",
        });
    }
    if let Some(path) = &outcome.failures {
        let (command, flag) = match outcome.operation {
            Operation::Apply => ("apply", "--only"),
            Operation::Rollback => ("rollback", "--shop"),
        };
        let list = quoted(&format!("@{}", path.display()));
        let retry = format!("dianjian migrate {command} {arguments} {flag} {list}");
        note(text! {
            zh: "没做成的店铺已列出，处理之后重试：\n  {retry}",
            en: "the shops that are left are listed; once fixed, try them again with\n  {retry}",
        });
    }
}

/// A file that cannot be read or written, and its shops.
struct TroubledFile<'g> {
    file: &'g str,
    error: &'g Arc<ApplyError>,
    shops: Vec<&'g str>,
}

/// One entry for each file, whose shops have the same error and are neighbours in the plan.
fn by_file<'g>(
    context: &'g PlanContext<'_>,
    errors: impl Iterator<Item = Option<&'g Arc<ApplyError>>>,
) -> Vec<TroubledFile<'g>> {
    let mut groups: Vec<TroubledFile<'g>> = Vec::new();
    for (shop, error) in context.plan.shops.iter().zip(errors) {
        let Some(error) = error else { continue };
        match groups.last_mut().filter(|group| Arc::ptr_eq(group.error, error)) {
            Some(group) => group.shops.push(&shop.key),
            None => groups.push(TroubledFile { file: &shop.file, error, shops: vec![&shop.key] }),
        }
    }
    groups
}

/// Lists the files with errors, given the error of each shop of the plan: the first ones or all.
pub fn write_errors<'g>(
    context: &'g PlanContext<'_>,
    errors: impl Iterator<Item = Option<&'g Arc<ApplyError>>>,
    all: bool,
    terminal: &Terminal,
    out: &mut String,
) {
    let (groups, lang) = (by_file(context, errors), terminal.lang);
    let most = if all { usize::MAX } else { MAX_FILES };
    for group in groups.iter().take(most) {
        let named: Vec<_> = group.shops.iter().take(MAX_NAMED_SHOPS).map(|key| one_line(key)).collect();
        let mut named = named.join(terminal.say("、", ", "));
        if group.shops.len() > MAX_NAMED_SHOPS {
            let more = group.shops.len() - MAX_NAMED_SHOPS;
            named.push_str(text! { zh: " 等，另有 {more} 家", en: " and {more} more" }.get(lang));
        }
        let file = terminal.paint(Bold, &one_line(group.file));
        let _ = writeln!(out, "  {file} {}", terminal.paint(Dim, &format!("({named})")));
        out.push_str(&terminal.grid(4, [[cell(Plain, group.error.text(lang))]]));
    }
    if groups.len() > most {
        let (more, files) = (groups.len() - most, counted(groups.len() - most, "file"));
        let text = text! { zh: "  另有 {more} 个文件，用 --all 全部列出", en: "  {files} more, --all lists them" };
        let _ = writeln!(out, "{}", text.get(lang));
    }
}

/// The result of shops in both languages, as it follows their number.
fn word_of(view: &OutcomeView<'_>, result: &ShopResult) -> (&'static str, &'static str) {
    match (result, view.outcome.operation, view.dry) {
        (ShopResult::Done, Operation::Apply, false) => ("已修改", "applied"),
        (ShopResult::Done, Operation::Apply, true) => ("会修改", "would be applied"),
        (ShopResult::Done, Operation::Rollback, false) => ("已恢复原样", "rolled back"),
        (ShopResult::Done, Operation::Rollback, true) => ("会恢复原样", "would be rolled back"),
        (ShopResult::Already, Operation::Apply, _) => ("此前已修改", "applied before"),
        (ShopResult::Already, Operation::Rollback, _) => ("本来就是原样", "not applied, so as they were"),
        (ShopResult::NoEdits, ..) => ("不用改", "nothing to edit"),
        (ShopResult::NotSelected, ..) => ("没有点名", "not asked for"),
        (ShopResult::NotReached, ..) => ("还没有轮到", "not reached"),
        (ShopResult::Refused(_), ..) => ("拒绝修改", "refused"),
        (ShopResult::Failed(_), ..) => ("没有写成", "failed"),
    }
}

const fn style_of(result: &ShopResult) -> TextStyle {
    match result {
        ShopResult::Done | ShopResult::Already => Green,
        ShopResult::Refused(_) | ShopResult::Failed(_) => Red,
        ShopResult::NotReached => Yellow,
        ShopResult::NoEdits | ShopResult::NotSelected => Dim,
    }
}

/// An operation as a noun.
pub fn operation_name(operation: Operation) -> Text {
    match operation {
        Operation::Apply => Text::new("应用", operation.name()),
        Operation::Rollback => Text::new("撤销", operation.name()),
    }
}

#[derive(Serialize)]
struct OutcomeJson<'o> {
    plan: &'o str,
    #[serde(rename = "doing")]
    operation: Operation,
    dry_run: bool,
    files: usize,
    stopped: Option<StopJson>,
    shops: Vec<ShopResultJson<'o>>,
    owner_not_kept: &'o [String],
    failures: Option<String>,
}

#[derive(Serialize)]
struct StopJson {
    why: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Text>,
}

#[derive(Serialize)]
struct ShopResultJson<'o> {
    key: &'o str,
    file: &'o str,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Text>,
}

fn json(view: &OutcomeView<'_>) -> String {
    let OutcomeView { context, outcome, .. } = view;
    let stopped = outcome.stop.as_ref().map(|stop| match stop {
        StopReason::Refused => StopJson { why: "refused", error: None },
        StopReason::Interrupted => StopJson { why: "asked", error: None },
        StopReason::Journal(error) => StopJson { why: "journal", error: Some(error.both()) },
    });
    let shops = context.plan.shops.iter().zip(&outcome.shops).map(|(shop, result)| {
        let (result, why) = match result {
            ShopResult::NoEdits => ("no-edits", None),
            ShopResult::NotSelected => ("not-asked", None),
            ShopResult::Already => ("already", None),
            ShopResult::Done => ("done", None),
            ShopResult::NotReached => ("not-reached", None),
            ShopResult::Refused(error) => ("refused", Some(error.both())),
            ShopResult::Failed(error) => ("failed", Some(error.both())),
        };
        ShopResultJson { key: &shop.key, file: &shop.file, result, why }
    });
    pretty_json(&OutcomeJson {
        plan: &context.plan.id,
        operation: outcome.operation,
        dry_run: view.dry,
        files: outcome.files,
        stopped,
        shops: shops.collect(),
        owner_not_kept: &outcome.other_owner,
        failures: outcome.failures.as_ref().map(|path| path.display().to_string()),
    })
}
