//! A plan in short, for the terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_migrate::plan::{Deposit, Plan, PlannedLimit, ShopOutcome, yuan};
use dianjian_migrate::show::pieces::{self, shortened};
use dianjian_report::words::{self, counted};

use crate::commands::rules::list::style;
use crate::terminal::TextStyle::{Bold, Cyan, Dim, Green, Plain, Red, Yellow};
use crate::terminal::{Terminal, TextStyle, cell};

/// Items of the shorter lists; longer ones have twice as many.
const SHOWN: usize = 8;

/// The sign, the style and the name of an outcome.
pub fn outcome_word(outcome: ShopOutcome, lang: Lang) -> (&'static str, TextStyle, &'static str) {
    let (sign, style) = match outcome {
        ShopOutcome::Migrate => ("→", Green),
        ShopOutcome::Nothing => ("✓", Dim),
        ShopOutcome::Stays => ("·", Cyan),
        ShopOutcome::Blocked => ("✗", Red),
        ShopOutcome::Ends => ("×", Dim),
        ShopOutcome::Outside => ("·", Dim),
    };
    (sign, style, pieces::outcome_word(outcome, lang))
}

/// The plan in short. `path`: where it was written, for the commands to go on with.
pub fn summary(
    plan: &Plan,
    duplicate_ids: &[(String, Vec<String>)],
    path: Option<&Path>,
    terminal: &Terminal,
) -> String {
    let lang = terminal.lang;
    let mut out = String::new();
    let Plan { as_of, cutover, .. } = plan;
    let (all, shops) = (plan.shops.len(), counted(plan.shops.len(), "shop"));
    let head = text! {
        zh: "迁移计划：{all} 家店铺，{as_of} 起，割接日 {cutover}",
        en: "Migration plan: {shops}, from {as_of}, cut-over {cutover}",
    };
    let _ = writeln!(out, "{}\n", terminal.paint(Bold, head.get(lang)));
    out.push_str(&outcomes(plan, terminal));
    out.push_str(&late(plan, terminal));
    out.push_str(&ending(plan, terminal));
    out.push_str(&renames(plan, terminal));
    out.push_str(&limits(plan, terminal));
    out.push_str(&deposits(plan, terminal));
    out.push_str(&tasks(plan, terminal));
    out.push_str(&left(plan, terminal));
    for (id, keys) in duplicate_ids {
        let (shops, keys) = (keys.len(), keys.join(terminal.say("、", ", ")));
        let text = text! {
            zh: "编号“{id}”用在了 {shops} 家店上，计划里称为 {keys}",
            en: "The id “{id}” stands for {shops} shops; the plan calls them {keys}",
        };
        let _ = writeln!(out, "\n{}", text.get(lang));
    }
    if let Some(path) = path {
        let path = path.display();
        let text = text! {
            zh: "计划已写入 {path}\n  查看：dianjian migrate show {path}\n  执行：dianjian migrate apply {path}",
            en: "The plan is in {path}\n  look at it: dianjian migrate show {path}\n  \
                 apply it:   dianjian migrate apply {path}",
        };
        let _ = writeln!(out, "\n{}", text.get(lang));
    }
    out
}

fn heading(zh: &str, en: &str, terminal: &Terminal) -> String {
    format!("\n{}\n", terminal.paint(Bold, terminal.say(zh, en)))
}

fn outcomes(plan: &Plan, terminal: &Terminal) -> String {
    let mut counts: BTreeMap<ShopOutcome, (usize, usize)> = BTreeMap::new();
    for shop in &plan.shops {
        let (all, overdue) = counts.entry(shop.outcome).or_default();
        *all += 1;
        *overdue += usize::from(shop.overdue);
    }
    let rows = counts.into_iter().map(|(outcome, (all, overdue))| {
        let (sign, style, word) = outcome_word(outcome, terminal.lang);
        let late = match overdue {
            0 => Text::default(),
            _ => text! { zh: "其中 {overdue} 家已过期限", en: "{overdue} overdue" },
        };
        [cell(style, format!("{sign} {all}")), cell(Plain, word), cell(Yellow, late.get(terminal.lang))]
    });
    let (edits, files) = (plan.files.len(), counted(plan.files.len(), "file"));
    let text = text! { zh: "  要修改 {edits} 个文件\n", en: "  {files} to edit\n" };
    terminal.grid(2, rows) + text.get(terminal.lang)
}

/// Shops that the calendar cannot move by their deadline.
fn late(plan: &Plan, terminal: &Terminal) -> String {
    let late: Vec<_> = plan.shops.iter().filter(|shop| shop.late && !shop.overdue).collect();
    let overdue = plan.fleet.late.len().saturating_sub(late.len());
    if late.is_empty() {
        return String::new();
    }
    let rows = late.iter().take(SHOWN).map(|shop| {
        let date = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let (day, last) = (date(shop.day), date(shop.deadline));
        let text = text! { zh: "计划 {day}，期限 {last}", en: "planned for {day}, last day {last}" };
        [cell(Red, &shop.key), cell(Plain, &shop.name.old), cell(Yellow, text.get(terminal.lang))]
    });
    let (number, shops) = (late.len(), counted(late.len(), "shop"));
    let zh = format!("赶不上期限：{number} 家");
    let mut out = heading(&zh, &format!("Late: {shops}"), terminal)
        + &terminal.grid(2, rows)
        + &more(late.len(), SHOWN, terminal);
    if let Some(enough) = plan.fleet.enough_per_day {
        let text =
            text! { zh: "  每天迁移 {enough} 家就都赶得上\n", en: "  with {enough} a day none of them is late\n" };
        out.push_str(&terminal.paint(Dim, text.get(terminal.lang)));
    }
    if overdue > 0 {
        let shops = counted(overdue, "shop");
        let text = text! {
            zh: "  另有 {overdue} 家的期限在计划日之前就过了\n",
            en: "  the deadline of {shops} more was over before the day of the plan\n",
        };
        out.push_str(&terminal.paint(Dim, text.get(terminal.lang)));
    }
    out
}

/// Shops that are closed or being closed, with the reason why they do not move.
fn ending(plan: &Plan, terminal: &Terminal) -> String {
    let ending: Vec<_> = plan.shops.iter().filter(|shop| shop.outcome == ShopOutcome::Ends).collect();
    if ending.is_empty() {
        return String::new();
    }
    let rows = ending
        .iter()
        .take(SHOWN)
        .map(|shop| [cell(Dim, &shop.key), cell(Plain, &shop.name.old), cell(Plain, shop.why.get(terminal.lang))]);
    heading("不迁移", "Not moved", terminal) + &terminal.grid(2, rows) + &more(ending.len(), SHOWN, terminal)
}

fn renames(plan: &Plan, terminal: &Terminal) -> String {
    let moving = || plan.shops.iter().filter(|shop| shop.outcome == ShopOutcome::Migrate);
    let renamed: Vec<_> = moving().filter(|shop| shop.name.picked.as_ref() != Some(&shop.name.old)).collect();
    if renamed.is_empty() {
        return String::new();
    }
    let rows = renamed.iter().take(SHOWN).map(|shop| {
        let (style, new) = match &shop.name.picked {
            Some(name) => (Green, name.as_str()),
            None => (Red, terminal.say("要由人来定", "for a person to find")),
        };
        [cell(Dim, &shop.key), cell(Plain, &shop.name.old), cell(Plain, "→"), cell(style, new)]
    });
    let out = heading("改名", "Names", terminal) + &terminal.grid(2, rows) + &more(renamed.len(), SHOWN, terminal);
    let kept = renamed.iter().filter(|shop| shop.unwritten_name().is_some()).count();
    let shops = counted(kept, "shop");
    let text = text! {
        zh: "  其中 {kept} 家的文件没有“曾用名称”一列：原名只记在计划里\n",
        en: "  the files of {shops} have no column for the old name: it is kept in the plan alone\n",
    };
    if kept > 0 { out + &terminal.paint(Yellow, text.get(terminal.lang)) } else { out }
}

/// How many items a list lacks that shows the first ones.
fn more(all: usize, listed: usize, terminal: &Terminal) -> String {
    let more = all.saturating_sub(listed);
    let text = text! { zh: "  还有 {more} 项\n", en: "  {more} more\n" };
    if more > 0 { terminal.paint(Dim, text.get(terminal.lang)) } else { String::new() }
}

fn limits(plan: &Plan, terminal: &Terminal) -> String {
    if plan.fleet.limits.is_empty() {
        return String::new();
    }
    let mut out = heading("超出上限", "Beyond limits", terminal);
    for PlannedLimit { subject, count, limit, rule, excess, proposal, .. } in plan.fleet.limits.iter().take(SHOWN) {
        let head = text! { zh: "{subject}：{count} 家，上限 {limit}", en: "{subject}: {count} shops, at most {limit}" };
        out.push_str(&terminal.grid(2, [[cell(Yellow, head.get(terminal.lang)), cell(Dim, rule)]]));
        let excess = (terminal.say("不合", "beyond"), shortened(excess, SHOWN));
        let proposal =
            proposal.as_ref().map(|text| (terminal.say("建议", "proposal"), text.get(terminal.lang).to_owned()));
        let rows = [excess].into_iter().chain(proposal);
        out.push_str(&terminal.grid(4, rows.map(|(label, text)| [cell(Plain, label), cell(Plain, text)])));
    }
    out + &more(plan.fleet.limits.len(), SHOWN, terminal)
}

fn deposits(plan: &Plan, terminal: &Terminal) -> String {
    let Deposit { paid, due, top_up, refundable } = plan.fleet.deposit;
    if [paid, due, top_up, refundable].iter().all(|amount| amount.unwrap_or_default() == 0)
        && plan.fleet.deposit_unknown == 0
    {
        return String::new();
    }
    let amounts = [
        (terminal.say("已缴", "paid"), paid),
        (terminal.say("应缴", "due"), due),
        (terminal.say("要补缴", "to pay"), top_up),
        (terminal.say("可退回", "refundable"), refundable),
    ];
    let unknown = || terminal.say("未知", "not known").to_owned();
    let rows = amounts.map(|(label, amount)| {
        [cell(Plain, label), cell(Bold, amount.map_or_else(unknown, |amount| yuan(amount, terminal.lang)))]
    });
    let mut out = heading("保证金", "Deposits", terminal) + &terminal.grid(2, rows);
    let (unknown, shops) = (plan.fleet.deposit_unknown, counted(plan.fleet.deposit_unknown, "shop"));
    if unknown > 0 {
        let text = text! {
            zh: "  {unknown} 家店铺应缴多少不清楚，没有算在内\n",
            en: "  not counting {shops} of which it is not known what is due\n",
        };
        out.push_str(&terminal.paint(Dim, text.get(terminal.lang)));
    }
    out
}

fn tasks(plan: &Plan, terminal: &Terminal) -> String {
    if plan.tasks.is_empty() {
        return String::new();
    }
    let lang = terminal.lang;
    let rows = plan.tasks.iter().take(SHOWN + SHOWN).map(|task| {
        let on = task.on.map(|day| day.to_string()).unwrap_or_default();
        let shops = match task.shops.len() {
            0 => String::new(),
            number => words::count(lang, number, "家", "shop"),
        };
        let late = match (task.overdue, task.late) {
            (true, _) => terminal.say("已过期", "overdue"),
            (false, true) => terminal.say("赶不上", "late"),
            (false, false) => "",
        };
        let title = format!("{}{}", task.title.get(lang), words::in_brackets(lang, task.who.get(lang)));
        [cell(Cyan, on), cell(Dim, &task.id), cell(Plain, shops), cell(Red, late), cell(Plain, title)]
    });
    let rows = terminal.grid(2, rows);
    heading("要人做的事", "For people to do", terminal) + &rows + &more(plan.tasks.len(), SHOWN + SHOWN, terminal)
}

fn left(plan: &Plan, terminal: &Terminal) -> String {
    if plan.remaining.is_empty() {
        return heading("验算：割接之后没有遗留问题", "Proof: nothing is left after the cut-over", terminal);
    }
    let mut out = heading(
        "验算：割接之后还剩的问题，都有任务对应",
        "Proof: what is left after the cut-over, each answered by a task",
        terminal,
    );
    let mut sorted: Vec<_> = plan.remaining.iter().collect();
    sorted.sort_by_key(|left| std::cmp::Reverse(left.severity));
    let rows = sorted.iter().take(SHOWN + SHOWN).map(|left| {
        let severity = cell(style(left.severity), words::severity(terminal.lang, left.severity));
        let findings = cell(Plain, left.findings.to_string());
        [severity, findings, cell(Plain, &left.rule), cell(Dim, left.tasks.join(", "))]
    });
    out.push_str(&terminal.grid(2, rows));
    if sorted.len() > SHOWN + SHOWN {
        let more = sorted.len() - SHOWN - SHOWN;
        out.push_str(text! { zh: "  还有 {more} 条规则\n", en: "  {more} more rules\n" }.get(terminal.lang));
    }
    out
}
