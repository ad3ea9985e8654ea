//! What a run came to, for people and for programs.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::apply::ShopListArgs;
use super::{PlanArgs, quoted};
use crate::commands::rules::list::{ListFormat, pretty_json};
use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};
use dianjian_base::lang::{Lang, Localized as _, Text};
use dianjian_migrate::apply::ApplyError;
use dianjian_migrate::apply::Operation;
use dianjian_migrate::apply::{PlanContext, RunOutcome, ShopResult, StopReason};
use dianjian_report::words;
use dianjian_text::safe::one_line;

/// Files in trouble listed one by one.
const MAX_FILES: usize = 20;
/// Shops of such a file that are named.
const MAX_NAMED_SHOPS: usize = 5;
/// Digits of a plan's id that people are shown.
const SHORT_ID_DIGITS: usize = 12;

/// An outcome with what is needed to print it.
#[derive(Debug, Clone, Copy)]
pub struct OutcomeView<'t> {
    /// The plan and its place.
    pub context: &'t PlanContext<'t>,
    /// What the run came to, or would come to.
    pub outcome: &'t RunOutcome,
    /// The plan as it was given.
    pub plan: &'t PlanArgs,
    /// How it is listed.
    pub list: ShopListArgs,
    /// Was nothing written because that was asked for?
    pub dry: bool,
}

/// Prints what a run came to; gives the exit status.
///
/// # Errors
/// The output cannot be written.
pub fn print_outcome(view: &OutcomeView<'_>, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let text = match view.list.format {
        ListFormat::Human => human(view, terminal),
        ListFormat::Json => json(view),
    };
    terminal.print(&text)?;
    Ok(exit(view.outcome))
}

/// 1 if a shop that was asked for is not as it should be.
#[must_use]
pub fn exit(outcome: &RunOutcome) -> Exit {
    let is_left = |shop: &ShopResult| {
        matches!(shop, ShopResult::Refused(_) | ShopResult::Failed(_)) || matches!(shop, ShopResult::NotReached)
    };
    Exit::found(outcome.stop.is_some() || outcome.shops.iter().any(is_left))
}

/// The plan and its root.
#[must_use]
pub fn heading(context: &PlanContext<'_>, terminal: &Terminal) -> String {
    let id = context.plan.id.get(..SHORT_ID_DIGITS).unwrap_or(&context.plan.id);
    let root = context.root.path.display().to_string();
    let root = one_line(&root);
    let (shops, files) = (context.plan.shops.len(), context.file_count());
    let text = match terminal.lang {
        Lang::Zh => format!("{shops} 家店铺，修改 {files} 个文件，根目录 {root}"),
        Lang::En => format!(
            "{}, {} to edit, below {root}",
            words::count(Lang::En, shops, "", "shop"),
            words::count(Lang::En, files, "", "file")
        ),
    };
    format!(
        "{} {}\n",
        terminal.paint(TextStyle::Bold, &format!("{} {id}", terminal.say("计划", "plan"))),
        terminal.paint(TextStyle::Dim, &text)
    )
}

fn human(view: &OutcomeView<'_>, terminal: &Terminal) -> String {
    let mut out = heading(view.context, terminal);
    out.push_str(&summary(view, terminal));
    if view.list.all {
        let mut grid = Grid::new(2);
        for (shop, result) in view.context.plan.shops.iter().zip(&view.outcome.shops) {
            let (style, word) = word(view, result, terminal.lang);
            grid.row([
                GridCell::new(&shop.key),
                GridCell::styled(TextStyle::Dim, &shop.file),
                GridCell::styled(style, word),
            ]);
        }
        out.push_str(&grid.render(terminal));
    }
    out
}

/// The numbers, what went wrong, and what to do about it.
#[must_use]
pub fn summary(view: &OutcomeView<'_>, terminal: &Terminal) -> String {
    let OutcomeView { context, outcome, .. } = view;
    let lang = terminal.lang;
    let mut out = String::new();
    let count = |wanted: fn(&ShopResult) -> bool| outcome.shops.iter().filter(|shop| wanted(shop)).count();
    let done = count(|shop| matches!(shop, ShopResult::Done));
    let already = count(|shop| matches!(shop, ShopResult::Already));
    let rows = [
        (done, TextStyle::Green, "✓", word_of(view, &ShopResult::Done)),
        (already, TextStyle::Green, "✓", word_of(view, &ShopResult::Already)),
        (count(|shop| matches!(shop, ShopResult::Refused(_))), TextStyle::Red, "✗", ("拒绝修改", "refused")),
        (count(|shop| matches!(shop, ShopResult::Failed(_))), TextStyle::Red, "✗", ("没有写成", "failed")),
        (count(|shop| matches!(shop, ShopResult::NotReached)), TextStyle::Yellow, "○", ("还没有轮到", "not reached")),
        (count(|shop| matches!(shop, ShopResult::NotSelected)), TextStyle::Dim, "·", ("没有点名", "not asked for")),
        (
            count(|shop| matches!(shop, ShopResult::NoEdits)),
            TextStyle::Dim,
            "·",
            ("的文件不用改", "with nothing to edit"),
        ),
    ];
    for (number, style, sign, (zh, en)) in rows.into_iter().filter(|(number, ..)| *number > 0) {
        let text = match lang {
            Lang::Zh => format!("{number} 家店铺{zh}"),
            Lang::En => format!("{} {en}", words::count(lang, number, "", "shop")),
        };
        let files = match (sign, outcome.files) {
            _ if (style, sign) != (TextStyle::Green, "✓") || number != done || done == 0 => String::new(),
            (_, files) if lang == Lang::Zh => format!("（{files} 个文件）"),
            (_, files) => format!(" ({})", words::count(lang, files, "", "file")),
        };
        let _ = writeln!(out, "{} {text}{}", terminal.paint(style, sign), terminal.paint(TextStyle::Dim, &files));
    }
    let troubles = groups(
        context,
        outcome.shops.iter().map(|shop| match shop {
            ShopResult::Refused(trouble) | ShopResult::Failed(trouble) => Some(trouble),
            _ => None,
        }),
    );
    write_groups(&troubles, view.list.all, terminal, &mut out);
    notes(view, done, terminal, &mut out);
    out
}

/// What else is to be said.
fn notes(view: &OutcomeView<'_>, done: usize, terminal: &Terminal, out: &mut String) {
    let OutcomeView { outcome, plan, .. } = view;
    let lang = terminal.lang;
    let mut note = |zh: String, en: String| {
        out.push_str(if lang == Lang::Zh { &zh } else { &en });
        out.push('\n');
    };
    let shown = plan.as_argument();
    match &outcome.stop {
        None if done == 0 && exit(outcome) == Exit::Clean => {
            note("没有要做的：什么都没有改".to_owned(), "nothing to do: nothing was changed".to_owned());
        }
        None => {}
        Some(StopReason::Refused) => note(
            "有文件与计划不符，什么都没有写。用 --only 点名，或用 --keep-going 只做其余的。".to_owned(),
            "some files are not as planned, so nothing was written: name shops with --only, or do the others with \
             --keep-going"
                .to_owned(),
        ),
        Some(StopReason::Interrupted) => note(
            format!("已停下，文件都是完整的。接着做：dianjian migrate resume {shown}"),
            format!("stopped, with every file whole; go on with: dianjian migrate resume {shown}"),
        ),
        Some(StopReason::Journal(error)) => note(
            format!("已停下：{}。接着做：dianjian migrate resume {shown}", error.text(Lang::Zh)),
            format!("stopped: {}; go on with: dianjian migrate resume {shown}", error.text(Lang::En)),
        ),
    }
    for file in &outcome.other_owner {
        let file = one_line(file);
        note(format!("{file} 的所有者没能保留"), format!("the owner of {file} could not be kept"));
    }
    for (folder, error) in &outcome.not_synced {
        let folder = folder.display();
        note(
            format!("{folder} 没能落盘（{error}）：断电可能使其中的文件回到原样"),
            format!("{folder} could not be made to last ({error}): without power its files may be the old ones again"),
        );
    }
    if let Some(path) = &outcome.failures {
        let (command, flag) = match outcome.operation {
            Operation::Apply => ("apply", "--only"),
            Operation::Rollback => ("rollback", "--shop"),
        };
        let list = quoted(&format!("@{}", path.display()));
        note(
            format!("没做成的店铺已列出，处理之后重试：\n  dianjian migrate {command} {shown} {flag} {list}"),
            format!(
                "the shops that are left are listed; once mended, try them again with\n  dianjian migrate {command} {shown} {flag} {list}"
            ),
        );
    }
}

/// A file in trouble.
#[derive(Debug)]
pub struct RefusedFile<'g> {
    file: &'g str,
    trouble: &'g Arc<ApplyError>,
    shops: Vec<&'g str>,
}

/// Files in trouble with their shops, from what is wrong with each shop of the plan.
pub fn groups<'g>(
    context: &'g PlanContext<'_>,
    troubles: impl Iterator<Item = Option<&'g Arc<ApplyError>>>,
) -> Vec<RefusedFile<'g>> {
    let mut groups: Vec<RefusedFile<'g>> = Vec::new();
    for (shop, trouble) in context.plan.shops.iter().zip(troubles) {
        let Some(trouble) = trouble else { continue };
        match groups.last_mut().filter(|group| Arc::ptr_eq(group.trouble, trouble)) {
            Some(group) => group.shops.push(&shop.key),
            None => groups.push(RefusedFile { file: &shop.file, trouble, shops: vec![&shop.key] }),
        }
    }
    groups
}

/// Writes files in trouble, the first ones or all.
pub fn write_groups(groups: &[RefusedFile<'_>], all: bool, terminal: &Terminal, out: &mut String) {
    let lang = terminal.lang;
    let most = if all { usize::MAX } else { MAX_FILES };
    for group in groups.iter().take(most) {
        let mut named = group
            .shops
            .iter()
            .take(MAX_NAMED_SHOPS)
            .map(|key| one_line(key))
            .collect::<Vec<_>>()
            .join(terminal.say("、", ", "));
        if group.shops.len() > MAX_NAMED_SHOPS {
            let more = group.shops.len() - MAX_NAMED_SHOPS;
            named.push_str(&if lang == Lang::Zh {
                format!(" 等，另有 {more} 家")
            } else {
                format!(" and {more} more")
            });
        }
        let why = group.trouble.text(lang);
        let _ = writeln!(
            out,
            "  {} {}",
            terminal.paint(TextStyle::Bold, &one_line(group.file)),
            terminal.paint(TextStyle::Dim, &format!("({named})"))
        );
        let mut grid = Grid::new(4);
        grid.row([GridCell::new(why)]);
        out.push_str(&grid.render(terminal));
    }
    if groups.len() > most {
        let more = groups.len() - most;
        let _ = match lang {
            Lang::Zh => writeln!(out, "  另有 {more} 个文件，用 --all 全部列出"),
            Lang::En => writeln!(out, "  {} more, --all lists them", words::count(lang, more, "", "file")),
        };
    }
}

/// What became of shops, after their number: Chinese and English.
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

fn word(view: &OutcomeView<'_>, result: &ShopResult, lang: Lang) -> (TextStyle, &'static str) {
    let (zh, en) = word_of(view, result);
    let style = match result {
        ShopResult::Done | ShopResult::Already => TextStyle::Green,
        ShopResult::Refused(_) | ShopResult::Failed(_) => TextStyle::Red,
        ShopResult::NotReached => TextStyle::Yellow,
        ShopResult::NoEdits | ShopResult::NotSelected => TextStyle::Dim,
    };
    (style, if lang == Lang::Zh { zh } else { en })
}

#[derive(Serialize)]
struct OutcomeJson<'o> {
    plan: &'o str,
    #[serde(rename = "doing")]
    operation: Operation,
    dry_run: bool,
    files: usize,
    stopped: Option<StopJson>,
    shops: Vec<ShopOutcomeJson<'o>>,
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
struct ShopOutcomeJson<'o> {
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
            ShopResult::Refused(trouble) => ("refused", Some(trouble.both())),
            ShopResult::Failed(trouble) => ("failed", Some(trouble.both())),
        };
        ShopOutcomeJson { key: &shop.key, file: &shop.file, result, why }
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
