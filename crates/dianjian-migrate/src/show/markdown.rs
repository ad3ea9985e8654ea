//! A plan as Markdown, for a ticket or a wiki.

use std::fmt::Write as _;

use crate::plan::{PlannedShop, ShopOutcome, yuan};
use dianjian_base::lang::Lang;
use dianjian_report::words;

use super::PlanView;
use super::pieces::{PlanIndex, change, dates, deposit, effect, outcome_word, outcomes, some_shops, tasks, unwritten};
use super::timeline::days;

/// The document.
pub fn markdown(view: &PlanView<'_>, lang: Lang) -> String {
    let plan = view.plan;
    let index = PlanIndex::new(plan);
    let mut out = String::new();
    let _ = writeln!(out, "# {}\n", lang.pick("店铺迁移计划", "Migration plan"));
    let _ = writeln!(
        out,
        "{}: {} · {}: {} · `{}`\n",
        lang.pick("计划日", "made as of"),
        plan.as_of,
        lang.pick("割接日", "cut-over"),
        plan.cutover,
        plan.id
    );
    if !view.chosen {
        fleet(view, lang, &mut out);
    }
    if view.folded {
        folded(view, lang, &mut out);
        return out;
    }
    let _ = writeln!(out, "## {}\n", lang.pick("店铺", "Shops"));
    for shop in &view.shops {
        one(shop, &index, lang, &mut out);
    }
    let _ = writeln!(out, "## {}\n", lang.pick("任务", "Tasks"));
    let heads = match lang {
        Lang::Zh => ["", "日期", "期限", "做什么", "谁", "哪里", "为什么", "店铺", "之前"],
        Lang::En => ["", "day", "last day", "what", "who", "where", "why", "shops", "after"],
    };
    row(&mut out, &heads);
    row(&mut out, &heads.map(|_| "---"));
    for task in tasks(view) {
        let due = task.due.map(|day| if task.overdue || task.late { format!("**{day}**") } else { day.to_string() });
        let cells = [
            task.id.clone(),
            task.on.map(|day| day.to_string()).unwrap_or_default(),
            due.unwrap_or_default(),
            cell(task.title.get(lang)),
            cell(task.who.get(lang)),
            cell(task.r#where.get(lang)),
            cell(task.why.get(lang)),
            cell(&some_shops(&task.shops)),
            task.after.join(", "),
        ];
        row(&mut out, &cells);
    }
    out
}

/// The calendar and the shops that take another name, in place of what each shop is.
fn folded(view: &PlanView<'_>, lang: Lang, out: &mut String) {
    const MOST: usize = 50;
    let _ = writeln!(out, "## {}\n", lang.pick("日历", "Calendar"));
    let days = days(view);
    for (day, what) in days.iter().take(MOST) {
        let _ = writeln!(out, "- {day}: {}", what.parts(lang).join(" · "));
    }
    let is_renamed = |shop: &&&PlannedShop| {
        shop.outcome == ShopOutcome::Migrate && shop.name.picked.as_ref() != Some(&shop.name.old)
    };
    let renamed: Vec<_> = view.shops.iter().filter(is_renamed).collect();
    if !renamed.is_empty() {
        let _ = writeln!(out, "\n## {}\n", lang.pick("改名", "Names"));
        row(out, &[lang.pick("店铺", "shop"), lang.pick("原名", "old name"), lang.pick("新名", "new name")]);
        row(out, &["---", "---", "---"]);
        for shop in renamed.iter().take(MOST) {
            let new = shop.name.picked.as_deref().unwrap_or(lang.pick("要由人来定", "for a person to find"));
            row(out, &[cell(&shop.key), cell(&shop.name.old), cell(new)]);
        }
    }
    let left = days.len().saturating_sub(MOST) + renamed.len().saturating_sub(MOST);
    let rest = lang.pick("更多内容：", "More: ");
    let more = if left > 0 { format!("{rest}… (+{left}). ") } else { String::new() };
    let how = lang.pick("逐店查看用 `--shop`，全部用 `--all`。", "One shop with `--shop`, everything with `--all`.");
    let _ = writeln!(out, "\n{more}{how}");
}

fn row<S: AsRef<str>>(out: &mut String, cells: &[S]) {
    for cell in cells {
        let _ = write!(out, "| {} ", cell.as_ref());
    }
    out.push_str("|\n");
}

fn fleet(view: &PlanView<'_>, lang: Lang, out: &mut String) {
    let plan = view.plan;
    row(out, &[lang.pick("结果", "outcome"), lang.pick("店铺", "shops")]);
    row(out, &["---", "---:"]);
    for (outcome, number) in outcomes(view) {
        row(out, &[outcome_word(outcome, lang).to_owned(), number.to_string()]);
    }
    out.push('\n');
    for (word, amount) in deposit(&plan.fleet.deposit, lang) {
        let _ = writeln!(out, "- {}{}: {amount}", lang.pick("保证金", "Deposit, "), word);
    }
    if plan.fleet.deposit_unknown > 0 {
        let _ = writeln!(
            out,
            "- {}: {}",
            lang.pick("应缴不清楚的店铺", "Shops of which it is not known what is due"),
            plan.fleet.deposit_unknown
        );
    }
    if !plan.fleet.late.is_empty() {
        let (label, late) = (lang.pick("赶不上期限", "Late"), &plan.fleet.late);
        let _ = writeln!(out, "- **{label}**: {} ({})", late.len(), cell(&some_shops(late)));
    }
    for limit in &plan.fleet.limits {
        let _ = writeln!(
            out,
            "- {} `{}`: {} / {}; {}: {}{}",
            cell(&limit.subject),
            limit.rule,
            limit.count,
            limit.limit,
            lang.pick("超出", "beyond"),
            cell(&some_shops(&limit.excess)),
            limit.proposal.as_ref().map(|text| format!(" — {}", cell(text.get(lang)))).unwrap_or_default()
        );
    }
    let licences = plan.fleet.deposits.iter().filter(|licence| licence.money.top_up.unwrap_or_default() > 0);
    for licence in licences.take(50) {
        let amount = licence.money.top_up.map(|amount| yuan(amount, lang)).unwrap_or_default();
        let _ = writeln!(out, "- {}: {} {amount}", cell(&licence.licence), lang.pick("要补缴", "to pay"));
    }
    if !plan.remaining.is_empty() {
        let _ = writeln!(out, "\n## {}\n", lang.pick("割接之后还剩的问题", "What is left after the cut-over"));
        let heads = [("规则", "rule"), ("级别", "severity"), ("数目", "findings"), ("任务", "tasks")];
        row(out, &heads.map(|(zh, en)| lang.pick(zh, en)));
        row(out, &["---", "---", "---:", "---"]);
        for left in &plan.remaining {
            let (rule, severity) = (format!("`{}`", left.rule), words::severity(lang, left.severity).to_owned());
            row(out, &[rule, severity, left.findings.to_string(), left.tasks.join(", ")]);
        }
    }
    out.push('\n');
}

fn one(shop: &PlannedShop, index: &PlanIndex<'_>, lang: Lang, out: &mut String) {
    let word = outcome_word(shop.outcome, lang);
    let _ = writeln!(out, "### {} · {word}\n", cell(&shop.key));
    let _ = writeln!(out, "{}  \n`{}:{}`\n", cell(shop.why.get(lang)), shop.file.replace('`', "'"), shop.line);
    let when = dates(shop, lang);
    if !when.is_empty() {
        let _ = writeln!(out, "- {when}");
    }
    for one in &shop.changes {
        let (before, after) = change(one, lang);
        let _ = writeln!(
            out,
            "- {}: ~~{}~~ → **{}** ({}){}",
            cell(&one.field),
            cell(&before),
            cell(&after),
            cell(one.why.get(lang)),
            unwritten(one, lang)
        );
    }
    if shop.name.candidates.len() > 1 {
        let names: Vec<String> = shop.name.candidates.iter().map(|candidate| cell(&candidate.name)).collect();
        let _ = writeln!(out, "- {}: {}", lang.pick("可用的名称", "legal names"), names.join(lang.pick("、", ", ")));
    }
    for gained in index.effects(shop) {
        let (sign, _) = effect(gained.kind, lang);
        let _ = writeln!(out, "- {sign} {}", cell(gained.what.get(lang)));
    }
    for (word, amount) in deposit(&shop.deposit, lang) {
        let _ = writeln!(out, "- {}{word}: {amount}", lang.pick("保证金", "deposit, "));
    }
    if !shop.tasks.is_empty() {
        let _ = writeln!(out, "- {}: {}", lang.pick("任务", "tasks"), shop.tasks.join(", "));
    }
    out.push('\n');
}

/// A text within one line of Markdown, with everything escaped that would be markup.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => out.push(' '),
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '#' | '~' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}
