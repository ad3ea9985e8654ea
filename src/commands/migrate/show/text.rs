//! A plan for a terminal: the summary, then shop by shop, then the tasks in their order.

use std::fmt::Write as _;

use dianjian_base::lang::Lang;
use dianjian_migrate::plan::{EffectKind, PlannedShop, PlannedTask, ShopOutcome};

use super::PlanView;
use super::pieces::{PlanIndex, change, dates, deposit, effect, say, tasks};
use crate::commands::migrate::summary::{outcome_word, summary};
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};

pub fn text(view: &PlanView<'_>, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let index = PlanIndex::new(view.plan);
    let mut out = String::new();
    if !view.chosen {
        out.push_str(&summary(view.plan, &[], None, terminal));
        out.push('\n');
    }
    for shop in &view.shops {
        out.push_str(&one(shop, &index, terminal));
        out.push('\n');
    }
    let _ =
        writeln!(out, "{}", terminal.paint(TextStyle::Bold, say(lang, "任务，按先后排列", "Tasks, in their order")));
    for task in tasks(view) {
        out.push_str(&one_task(task, terminal));
    }
    out
}

fn one(shop: &PlannedShop, index: &PlanIndex<'_>, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let (sign, style, word) = outcome_word(shop.outcome, lang);
    let mut grid = Grid::new(0);
    let place = format!("{}:{}", shop.file, shop.line);
    grid.row([
        GridCell::styled(style, format!("{sign} {word}")),
        GridCell::styled(TextStyle::Bold, &shop.key),
        GridCell::new(if shop.from == shop.to { shop.from.clone() } else { format!("{} → {}", shop.from, shop.to) }),
        GridCell::styled(TextStyle::Dim, place),
    ]);
    let mut out = grid.render(terminal);
    let mut grid = Grid::new(4);
    grid.row([GridCell::styled(TextStyle::Dim, say(lang, "原因", "why")), GridCell::new(shop.why.get(lang))]);
    let when = dates(shop, lang);
    if !when.is_empty() {
        let style = if shop.overdue { TextStyle::Yellow } else { TextStyle::Cyan };
        grid.row([GridCell::styled(TextStyle::Dim, say(lang, "日期", "when")), GridCell::styled(style, when)]);
    }
    names(shop, &mut grid, terminal);
    for one in &shop.changes {
        let (before, after) = change(one, lang);
        grid.row([
            GridCell::styled(TextStyle::Dim, say(lang, "修改", "change")),
            GridCell::new(format!("{}: {before} → {after}", one.field)),
        ]);
    }
    for gained in index.effects(shop) {
        let (sign, word) = effect(gained.kind, lang);
        let style = match gained.kind {
            EffectKind::Gain => TextStyle::Green,
            EffectKind::Loss => TextStyle::Red,
            EffectKind::Choice => TextStyle::Cyan,
        };
        grid.row([GridCell::styled(style, word), GridCell::new(format!("{sign} {}", gained.what.get(lang)))]);
    }
    let money = deposit(&shop.deposit, lang);
    if !money.is_empty() {
        let parts: Vec<String> = money.iter().map(|(word, amount)| format!("{word} {amount}")).collect();
        grid.row([
            GridCell::styled(TextStyle::Dim, say(lang, "保证金", "deposit")),
            GridCell::new(parts.join(say(lang, "，", ", "))),
        ]);
    }
    if !shop.tasks.is_empty() {
        grid.row([GridCell::styled(TextStyle::Dim, say(lang, "任务", "tasks")), GridCell::new(shop.tasks.join(", "))]);
    }
    out.push_str(&grid.render(terminal));
    out
}

fn names(shop: &PlannedShop, grid: &mut Grid, terminal: &Terminal) {
    let lang = terminal.lang;
    let name = &shop.name;
    let decides = matches!(shop.outcome, ShopOutcome::Migrate | ShopOutcome::Nothing);
    let label = || GridCell::styled(TextStyle::Dim, say(lang, "名称", "name"));
    match &name.picked {
        Some(picked) if *picked == name.old => grid.row([label(), GridCell::new(picked)]),
        Some(picked) => {
            let pinned = if name.pinned { say(lang, "（决定文件指定）", " (pinned)") } else { "" };
            grid.row([label(), GridCell::styled(TextStyle::Green, format!("{} → {picked}{pinned}", name.old))]);
        }
        None if decides => grid.row([
            label(),
            GridCell::styled(
                TextStyle::Red,
                format!("{}{}", name.old, say(lang, "：不能用，要由人来定", ": not legal, for a person to find")),
            ),
        ]),
        None => {}
    }
    let others: Vec<String> = name
        .candidates
        .iter()
        .filter(|candidate| Some(&candidate.name) != name.picked.as_ref())
        .map(|candidate| format!("{}{}", candidate.name, aside(candidate.made_of.get(lang), lang)))
        .collect();
    if !others.is_empty() {
        grid.row([
            GridCell::styled(TextStyle::Dim, say(lang, "也可以", "or")),
            GridCell::new(others.join(say(lang, "，", ", "))),
        ]);
    }
    let turned_down: Vec<String> = name
        .rejected
        .iter()
        .map(|name| match &name.taken_by {
            Some(shop) => {
                format!("{}{}", name.name, aside(&format!("{} {shop}", say(lang, "已属于", "taken by")), lang))
            }
            None => format!("{}{}", name.name, aside(&name.rules.join(", "), lang)),
        })
        .collect();
    if !turned_down.is_empty() {
        grid.row([
            GridCell::styled(TextStyle::Dim, say(lang, "不行", "not")),
            GridCell::styled(TextStyle::Dim, turned_down.join(say(lang, "，", ", "))),
        ]);
    }
}

/// A word in brackets.
fn aside(text: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("（{text}）"),
        Lang::En => format!(" ({text})"),
    }
}

fn one_task(task: &PlannedTask, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let mut grid = Grid::new(2);
    let on = task.on.map(|day| day.to_string()).unwrap_or_default();
    grid.row([
        GridCell::styled(TextStyle::Cyan, on),
        GridCell::styled(TextStyle::Dim, &task.id),
        GridCell::styled(TextStyle::Bold, task.title.get(lang)),
    ]);
    let mut out = grid.render(terminal);
    let mut grid = Grid::new(16);
    let due = task.due.map(|day| {
        let late = if task.overdue { say(lang, "，已过期", ", overdue") } else { "" };
        format!("{day}{late}")
    });
    let rows = [
        (say(lang, "谁", "who"), Some(task.who.get(lang).to_owned())),
        (say(lang, "哪里", "where"), Some(task.r#where.get(lang).to_owned())),
        (say(lang, "为什么", "why"), Some(task.why.get(lang).to_owned())),
        (say(lang, "期限", "last day"), due),
        (say(lang, "之前", "after"), (!task.after.is_empty()).then(|| task.after.join(", "))),
        (say(lang, "店铺", "shops"), (!task.shops.is_empty()).then(|| shortened(&task.shops))),
        (say(lang, "依据", "because of"), (!task.reasons.is_empty()).then(|| task.reasons.join(", "))),
    ];
    for (label, value) in rows {
        if let Some(value) = value {
            grid.row([GridCell::styled(TextStyle::Dim, label), GridCell::new(value)]);
        }
    }
    out.push_str(&grid.render(terminal));
    out
}

/// The first of many shops.
pub fn shortened(shops: &[String]) -> String {
    const MOST: usize = 12;
    let mut text = shops.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if shops.len() > MOST {
        let _ = write!(text, " … (+{})", shops.len() - MOST);
    }
    text
}
