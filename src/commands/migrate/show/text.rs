//! A plan for a terminal: the summary and the calendar; on request shop by shop, and the tasks in their order.

use dianjian_base::lang::Lang;
use dianjian_base::text;
use dianjian_migrate::plan::{EffectKind, PlannedShop, PlannedTask, ShopOutcome};
use dianjian_migrate::show::PlanView;
use dianjian_migrate::show::pieces::{PlanIndex, change_line, dates, deposit, effect, some_shops, tasks};
use dianjian_migrate::show::timeline::days;
use dianjian_report::words::{counted, in_brackets};

use crate::commands::migrate::summary::{outcome_word, summary};
use crate::terminal::TextStyle::{Bold, Cyan, Dim, Green, Plain, Red, Yellow};
use crate::terminal::{GridCell, Terminal, cell};

pub fn text(view: &PlanView<'_>, terminal: &Terminal) -> String {
    let index = PlanIndex::new(view.plan);
    let mut out = String::new();
    if !view.chosen {
        out.push_str(&summary(view.plan, &[], None, terminal));
        out.push_str(&calendar(view, terminal));
        out.push('\n');
    }
    if view.folded {
        let text = text! {
            zh: "逐店查看：--shop 店铺；全部店铺和任务：--all\n",
            en: "one shop: --shop SHOP; all shops and tasks: --all\n",
        };
        return out + &terminal.paint(Dim, text.get(terminal.lang));
    }
    for shop in &view.shops {
        out.push_str(&one(shop, &index, terminal));
        out.push('\n');
    }
    out.push_str(&terminal.paint(Bold, terminal.say("任务，按先后排列", "Tasks, in their order")));
    out.push('\n');
    tasks(view).into_iter().for_each(|task| out.push_str(&one_task(task, terminal)));
    out
}

/// The first days on which something happens.
fn calendar(view: &PlanView<'_>, terminal: &Terminal) -> String {
    const MOST: usize = 31;
    let days = days(view);
    if days.is_empty() {
        return String::new();
    }
    let rows = days.iter().take(MOST).map(|(day, what)| {
        let style = if what.late > 0 { Yellow } else { Plain };
        [cell(Cyan, day.to_string()), cell(style, what.parts(terminal.lang).join(" · "))]
    });
    let head = terminal.paint(Bold, terminal.say("日历", "Calendar"));
    let more = days.len().saturating_sub(MOST);
    let more_days = counted(more, "more day");
    let rest = text! { zh: "  还有 {more} 天\n", en: "  {more_days}\n" };
    let rest = if more > 0 { terminal.paint(Dim, rest.get(terminal.lang)) } else { String::new() };
    format!("\n{head}\n{}{rest}", terminal.grid(2, rows))
}

fn one(shop: &PlannedShop, index: &PlanIndex<'_>, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let (sign, style, word) = outcome_word(shop.outcome, lang);
    let systems = if shop.from == shop.to { shop.from.clone() } else { format!("{} → {}", shop.from, shop.to) };
    let head = [
        cell(style, format!("{sign} {word}")),
        cell(Bold, &shop.key),
        cell(Plain, systems),
        cell(Dim, format!("{}:{}", shop.file, shop.line)),
    ];
    let labelled = |zh, en, text: &str| [cell(Dim, lang.pick(zh, en)), cell(Plain, text)];
    let comma = lang.pick("，", ", ");
    let mut rows = vec![labelled("原因", "why", shop.why.get(lang))];
    let when = dates(shop, lang);
    if !when.is_empty() {
        rows.push([
            cell(Dim, lang.pick("日期", "when")),
            cell(if shop.overdue || shop.late { Yellow } else { Cyan }, when),
        ]);
    }
    names(shop, &mut rows, lang);
    rows.extend(shop.changes.iter().map(|one| labelled("修改", "change", &change_line(one, lang))));
    rows.extend(index.effects(shop).map(|gained| {
        let (sign, word) = effect(gained.kind, lang);
        let style = match gained.kind {
            EffectKind::Gain => Green,
            EffectKind::Loss => Red,
            EffectKind::Choice => Cyan,
        };
        [cell(style, word), cell(Plain, format!("{sign} {}", gained.what.get(lang)))]
    }));
    let money = deposit(&shop.deposit, lang).into_iter().map(|(word, amount)| format!("{word} {amount}"));
    let money = money.collect::<Vec<_>>().join(comma);
    if !money.is_empty() {
        rows.push(labelled("保证金", "deposit", &money));
    }
    if !shop.tasks.is_empty() {
        rows.push(labelled("任务", "tasks", &shop.tasks.join(", ")));
    }
    terminal.grid(0, [head]) + &terminal.grid(4, rows)
}

/// Appends the name that a shop gets, other names that it could have, and names that were rejected.
fn names(shop: &PlannedShop, rows: &mut Vec<[GridCell; 2]>, lang: Lang) {
    let name = &shop.name;
    let decides = matches!(shop.outcome, ShopOutcome::Migrate | ShopOutcome::Nothing);
    let picked = match &name.picked {
        Some(picked) if *picked == name.old => Some(cell(Plain, picked)),
        Some(picked) => {
            let pinned = if name.pinned { lang.pick("（决定文件指定）", " (pinned)") } else { "" };
            Some(cell(Green, format!("{} → {picked}{pinned}", name.old)))
        }
        None if decides => {
            let problem = lang.pick("：不能用，要由人来定", ": not legal, for a person to find");
            Some(cell(Red, format!("{}{problem}", name.old)))
        }
        None => None,
    };
    rows.extend(picked.map(|picked| [cell(Dim, lang.pick("名称", "name")), picked]));
    let others = name.candidates.iter().filter(|candidate| Some(&candidate.name) != name.picked.as_ref());
    let others: Vec<String> =
        others.map(|other| other.name.clone() + &in_brackets(lang, other.made_of.get(lang))).collect();
    if !others.is_empty() {
        let others = others.join(lang.pick("，", ", "));
        rows.push([cell(Dim, lang.pick("也可以", "or")), cell(Plain, others)]);
    }
    let rejected = name.rejected.iter().map(|name| {
        let why = match &name.taken_by {
            Some(shop) => format!("{} {shop}", lang.pick("已属于", "taken by")),
            None => name.rules.join(", "),
        };
        name.name.clone() + &in_brackets(lang, why)
    });
    let rejected = rejected.collect::<Vec<_>>().join(lang.pick("，", ", "));
    if !name.rejected.is_empty() {
        rows.push([cell(Dim, lang.pick("不行", "not")), cell(Dim, rejected)]);
    }
}

fn one_task(task: &PlannedTask, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let on = task.on.map(|day| day.to_string()).unwrap_or_default();
    let head = [cell(Cyan, on), cell(Dim, &task.id), cell(Bold, task.title.get(lang))];
    let due = task.due.map(|day| {
        let late = match (task.overdue, task.late) {
            (true, _) => lang.pick("，已过期", ", overdue"),
            (false, true) => lang.pick("，赶不上", ", cannot be met"),
            (false, false) => "",
        };
        format!("{day}{late}")
    });
    let rows = [
        (lang.pick("谁", "who"), Some(task.who.get(lang).to_owned())),
        (lang.pick("哪里", "where"), Some(task.r#where.get(lang).to_owned())),
        (lang.pick("为什么", "why"), Some(task.why.get(lang).to_owned())),
        (lang.pick("期限", "last day"), due),
        (lang.pick("之前", "after"), (!task.after.is_empty()).then(|| task.after.join(", "))),
        (lang.pick("店铺", "shops"), (!task.shops.is_empty()).then(|| some_shops(&task.shops))),
        (lang.pick("依据", "because of"), (!task.reasons.is_empty()).then(|| task.reasons.join(", "))),
    ];
    let rows = rows.into_iter().filter_map(|(label, value)| Some([cell(Dim, label), cell(Plain, value?)]));
    terminal.grid(2, [head]) + &terminal.grid(16, rows)
}
