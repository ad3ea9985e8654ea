//! A plan in short, for the terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use dianjian_base::lang::Lang;
use dianjian_migrate::plan::{Deposit, Plan, ShopOutcome, yuan};
use dianjian_report::words;
use dianjian_rules::language::Severity;

use crate::terminal::{Grid, GridCell, Terminal, TextStyle};

/// Rows of lists that the summary shows.
const SHOWN: usize = 8;

/// An outcome in words, and how it stands out.
pub fn outcome_word(outcome: ShopOutcome, lang: Lang) -> (&'static str, TextStyle, &'static str) {
    let (sign, style, zh, en) = match outcome {
        ShopOutcome::Migrate => ("→", TextStyle::Green, "迁移", "migrate"),
        ShopOutcome::Nothing => ("✓", TextStyle::Dim, "已是微信小店", "there already"),
        ShopOutcome::Stays => ("·", TextStyle::Cyan, "暂时不动", "stay for now"),
        ShopOutcome::Blocked => ("✗", TextStyle::Red, "先要有人处理", "blocked"),
        ShopOutcome::Ends => ("×", TextStyle::Dim, "不迁移（关店）", "end"),
    };
    (sign, style, if lang == Lang::Zh { zh } else { en })
}

/// The plan in short.
pub fn summary(
    plan: &Plan,
    duplicate_ids: &[(String, Vec<String>)],
    path: Option<&Path>,
    terminal: &Terminal,
) -> String {
    let lang = terminal.lang;
    let mut out = String::new();
    let head = match lang {
        Lang::Zh => format!("迁移计划：{} 家店铺，{} 起，割接日 {}", plan.shops.len(), plan.as_of, plan.cutover),
        Lang::En => format!(
            "Migration plan: {}, from {}, cut-over {}",
            words::count(lang, plan.shops.len(), "", "shop"),
            plan.as_of,
            plan.cutover
        ),
    };
    let _ = writeln!(out, "{}\n", terminal.paint(TextStyle::Bold, &head));
    out.push_str(&outcomes(plan, terminal));
    out.push_str(&renames(plan, terminal));
    out.push_str(&limits(plan, terminal));
    out.push_str(&deposits(plan, terminal));
    out.push_str(&tasks(plan, terminal));
    out.push_str(&left(plan, terminal));
    for (id, keys) in duplicate_ids {
        let _ = match lang {
            Lang::Zh => writeln!(out, "\n编号“{id}”用在了 {} 家店上，计划里称为 {}", keys.len(), keys.join("、")),
            Lang::En => writeln!(
                out,
                "\nThe id “{id}” stands for {} shops; the plan calls them {}",
                keys.len(),
                keys.join(", ")
            ),
        };
    }
    if let Some(path) = path {
        let path = path.display();
        let _ = match lang {
            Lang::Zh => writeln!(
                out,
                "\n计划已写入 {path}\n  查看：dianjian migrate show {path}\n  执行：dianjian migrate apply {path}"
            ),
            Lang::En => writeln!(
                out,
                "\nThe plan is in {path}\n  look at it: dianjian migrate show {path}\n  apply it:   dianjian migrate apply {path}"
            ),
        };
    }
    out
}

fn heading(zh: &str, en: &str, terminal: &Terminal) -> String {
    format!("\n{}\n", terminal.paint(TextStyle::Bold, terminal.say(zh, en)))
}

fn outcomes(plan: &Plan, terminal: &Terminal) -> String {
    let mut counts: BTreeMap<ShopOutcome, (usize, usize)> = BTreeMap::new();
    for shop in &plan.shops {
        let (all, overdue) = counts.entry(shop.outcome).or_default();
        *all += 1;
        *overdue += usize::from(shop.overdue);
    }
    let mut grid = Grid::new(2);
    for (outcome, (all, overdue)) in counts {
        let (sign, style, word) = outcome_word(outcome, terminal.lang);
        let late = match (overdue, terminal.lang) {
            (0, _) => String::new(),
            (_, Lang::Zh) => format!("其中 {overdue} 家已过期限"),
            (_, Lang::En) => format!("{overdue} overdue"),
        };
        grid.row([
            GridCell::styled(style, format!("{sign} {all}")),
            GridCell::new(word),
            GridCell::styled(TextStyle::Yellow, late),
        ]);
    }
    let mut out = grid.render(terminal);
    let edits = plan.files.len();
    let _ = match terminal.lang {
        Lang::Zh => writeln!(out, "  要修改 {edits} 个文件"),
        Lang::En => writeln!(out, "  {} to edit", words::count(Lang::En, edits, "", "file")),
    };
    out
}

fn renames(plan: &Plan, terminal: &Terminal) -> String {
    let moving = || plan.shops.iter().filter(|shop| shop.outcome == ShopOutcome::Migrate);
    let renamed: Vec<_> = moving().filter(|shop| shop.name.picked.as_ref() != Some(&shop.name.old)).collect();
    if renamed.is_empty() {
        return String::new();
    }
    let mut out = heading("改名", "Names", terminal);
    let mut grid = Grid::new(2);
    for shop in renamed.iter().take(SHOWN) {
        let (style, new) = match &shop.name.picked {
            Some(name) => (TextStyle::Green, name.as_str()),
            None => (TextStyle::Red, terminal.say("要由人来定", "for a person to find")),
        };
        grid.row([
            GridCell::styled(TextStyle::Dim, &shop.key),
            GridCell::new(&shop.name.old),
            GridCell::new("→"),
            GridCell::styled(style, new),
        ]);
    }
    out.push_str(&grid.render(terminal));
    more(&mut out, renamed.len(), terminal);
    out
}

fn more(out: &mut String, all: usize, terminal: &Terminal) {
    if all > SHOWN {
        let more = all - SHOWN;
        let text = match terminal.lang {
            Lang::Zh => format!("  还有 {more} 项\n"),
            Lang::En => format!("  {more} more\n"),
        };
        out.push_str(&terminal.paint(TextStyle::Dim, &text));
    }
}

fn limits(plan: &Plan, terminal: &Terminal) -> String {
    if plan.fleet.limits.is_empty() {
        return String::new();
    }
    let mut out = heading("超出上限", "Beyond limits", terminal);
    for limit in plan.fleet.limits.iter().take(SHOWN) {
        let head = match terminal.lang {
            Lang::Zh => format!("{}：{} 家，上限 {}", limit.subject, limit.count, limit.limit),
            Lang::En => format!("{}: {} shops, at most {}", limit.subject, limit.count, limit.limit),
        };
        let mut grid = Grid::new(2);
        grid.row([GridCell::styled(TextStyle::Yellow, head), GridCell::styled(TextStyle::Dim, &limit.rule)]);
        out.push_str(&grid.render(terminal));
        let mut grid = Grid::new(4);
        let keys = limit.excess.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        let rest = limit.excess.len().saturating_sub(SHOWN);
        let dots = if rest > 0 { format!(" … (+{rest})") } else { String::new() };
        grid.row([GridCell::new(terminal.say("不合", "beyond")), GridCell::new(format!("{keys}{dots}"))]);
        if let Some(proposal) = &limit.proposal {
            grid.row([GridCell::new(terminal.say("建议", "proposal")), GridCell::new(proposal.get(terminal.lang))]);
        }
        out.push_str(&grid.render(terminal));
    }
    more(&mut out, plan.fleet.limits.len(), terminal);
    out
}

fn deposits(plan: &Plan, terminal: &Terminal) -> String {
    let Deposit { paid, due, top_up, refundable } = plan.fleet.deposit;
    if [paid, due, top_up, refundable].iter().all(|amount| amount.unwrap_or_default() == 0)
        && plan.fleet.deposit_unknown == 0
    {
        return String::new();
    }
    let mut out = heading("保证金", "Deposits", terminal);
    let mut grid = Grid::new(2);
    for (zh, en, amount) in [
        ("已缴", "paid", paid),
        ("应缴", "due", due),
        ("要补缴", "to pay", top_up),
        ("可退回", "refundable", refundable),
    ] {
        let shown =
            amount.map_or_else(|| terminal.say("未知", "not known").to_owned(), |amount| yuan(amount, terminal.lang));
        grid.row([GridCell::new(terminal.say(zh, en)), GridCell::styled(TextStyle::Bold, shown)]);
    }
    out.push_str(&grid.render(terminal));
    if plan.fleet.deposit_unknown > 0 {
        let unknown = plan.fleet.deposit_unknown;
        let text = match terminal.lang {
            Lang::Zh => format!("  {unknown} 家店铺应缴多少不清楚，没有算在内\n"),
            Lang::En => format!(
                "  not counting {} of which it is not known what is due\n",
                words::count(Lang::En, unknown, "", "shop")
            ),
        };
        out.push_str(&terminal.paint(TextStyle::Dim, &text));
    }
    out
}

fn tasks(plan: &Plan, terminal: &Terminal) -> String {
    if plan.tasks.is_empty() {
        return String::new();
    }
    let mut out = heading("要人做的事", "For people to do", terminal);
    let mut grid = Grid::new(2);
    for task in plan.tasks.iter().take(SHOWN + SHOWN) {
        let on = task.on.map(|day| day.to_string()).unwrap_or_default();
        let shops = match (task.shops.len(), terminal.lang) {
            (0, _) => String::new(),
            (number, Lang::Zh) => format!("{number} 家"),
            (number, Lang::En) => words::count(Lang::En, number, "", "shop"),
        };
        let (title, who) = (task.title.get(terminal.lang), task.who.get(terminal.lang));
        let said = match terminal.lang {
            Lang::Zh => format!("{title}（{who}）"),
            Lang::En => format!("{title} ({who})"),
        };
        let late = if task.overdue { terminal.say("已过期", "overdue") } else { "" };
        grid.row([
            GridCell::styled(TextStyle::Cyan, on),
            GridCell::styled(TextStyle::Dim, &task.id),
            GridCell::new(shops),
            GridCell::styled(TextStyle::Red, late),
            GridCell::new(said),
        ]);
    }
    out.push_str(&grid.render(terminal));
    if plan.tasks.len() > SHOWN + SHOWN {
        let more = plan.tasks.len() - SHOWN - SHOWN;
        let text = match terminal.lang {
            Lang::Zh => format!("  还有 {more} 项\n"),
            Lang::En => format!("  {more} more\n"),
        };
        out.push_str(&terminal.paint(TextStyle::Dim, &text));
    }
    out
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
    let mut grid = Grid::new(2);
    let mut sorted: Vec<_> = plan.remaining.iter().collect();
    sorted.sort_by_key(|left| std::cmp::Reverse(left.severity));
    for left in sorted.iter().take(SHOWN + SHOWN) {
        let style = match left.severity {
            Severity::Error => TextStyle::Red,
            Severity::Warning => TextStyle::Yellow,
            Severity::Info => TextStyle::Cyan,
        };
        grid.row([
            GridCell::styled(style, words::severity(terminal.lang, left.severity)),
            GridCell::new(left.findings.to_string()),
            GridCell::new(&left.rule),
            GridCell::styled(TextStyle::Dim, left.tasks.join(", ")),
        ]);
    }
    out.push_str(&grid.render(terminal));
    if sorted.len() > SHOWN + SHOWN {
        let more = sorted.len() - SHOWN - SHOWN;
        let _ = match terminal.lang {
            Lang::Zh => writeln!(out, "  还有 {more} 条规则"),
            Lang::En => writeln!(out, "  {more} more rules"),
        };
    }
    out
}
