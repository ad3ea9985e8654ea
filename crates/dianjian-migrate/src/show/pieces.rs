//! What all formats of a plan have in common.

use std::collections::HashMap;

use crate::plan::{
    Deposit, EffectKind, Plan, PlannedChange, PlannedEffect, PlannedShop, PlannedTask, ShopOutcome, yuan,
};
use dianjian_base::lang::Lang;

use super::PlanView;

/// Finds a plan's effects and tasks by id.
#[derive(Debug)]
pub struct PlanIndex<'p> {
    effects: HashMap<&'p str, &'p PlannedEffect>,
    tasks: HashMap<&'p str, &'p PlannedTask>,
}

impl<'p> PlanIndex<'p> {
    /// The index of a plan.
    pub fn new(plan: &'p Plan) -> Self {
        Self {
            effects: plan.effects.iter().map(|effect| (effect.id.as_str(), effect)).collect(),
            tasks: plan.tasks.iter().map(|task| (task.id.as_str(), task)).collect(),
        }
    }

    /// What a shop gains and loses.
    pub fn effects(&self, shop: &'p PlannedShop) -> impl Iterator<Item = &'p PlannedEffect> {
        shop.effects.iter().filter_map(|id| self.effects.get(id.as_str()).copied())
    }

    /// What people have to do, by its id.
    pub fn task(&self, id: &str) -> Option<&'p PlannedTask> {
        self.tasks.get(id).copied()
    }

    /// What people have to do for a shop.
    pub fn tasks(&self, shop: &'p PlannedShop) -> impl Iterator<Item = &'p PlannedTask> {
        shop.tasks.iter().filter_map(|id| self.tasks.get(id.as_str()).copied())
    }
}

/// The tasks of the displayed shops, in the order of the plan; all tasks if no shops are selected.
pub fn tasks<'s>(view: &PlanView<'s>) -> Vec<&'s PlannedTask> {
    let wanted: std::collections::HashSet<&str> =
        view.shops.iter().flat_map(|shop| shop.tasks.iter().map(String::as_str)).collect();
    view.plan.tasks.iter().filter(|task| !view.chosen || wanted.contains(task.id.as_str())).collect()
}

/// An outcome in words.
pub fn outcome_word(outcome: ShopOutcome, lang: Lang) -> &'static str {
    let (zh, en) = outcome.words();
    lang.pick(zh, en)
}

/// The sign and the name of an effect's kind.
pub fn effect(kind: EffectKind, lang: Lang) -> (&'static str, &'static str) {
    match kind {
        EffectKind::Gain => ("+", lang.pick("得到", "gain")),
        EffectKind::Loss => ("−", lang.pick("失去", "loss")),
        EffectKind::Choice => ("?", lang.pick("可选", "choice")),
    }
}

/// The number of shops for each outcome that occurs, what needs attention first.
pub fn outcomes(view: &PlanView<'_>) -> Vec<(ShopOutcome, usize)> {
    ShopOutcome::totals(view.shops.iter().map(|shop| shop.outcome))
}

/// The first shops, and how many more there are.
pub fn shortened(shops: &[String], most: usize) -> String {
    let first = shops.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    let more = shops.len().saturating_sub(most);
    if more > 0 { format!("{first} … (+{more})") } else { first }
}

/// The shops of a task or a limit, of which there may be hundreds.
pub fn some_shops(shops: &[String]) -> String {
    shortened(shops, 12)
}

/// The known amounts of a deposit, each with its label.
pub fn deposit(money: &Deposit, lang: Lang) -> Vec<(&'static str, String)> {
    [
        (lang.pick("已缴", "paid"), money.paid),
        (lang.pick("应缴", "due"), money.due),
        (lang.pick("要补缴", "to pay"), money.top_up.filter(|amount| *amount > 0)),
        (lang.pick("可退回", "refundable"), money.refundable.filter(|amount| *amount > 0)),
    ]
    .into_iter()
    .filter_map(|(word, amount)| Some((word, yuan(amount?, lang))))
    .collect()
}

/// The value of a field before and after a change.
pub fn change(change: &PlannedChange, lang: Lang) -> (String, String) {
    let none = || lang.pick("（无）", "–").to_owned();
    (change.before.clone().unwrap_or_else(none), change.after.clone().unwrap_or_else(none))
}

/// A change in one line, with a word about a value that only the plan holds.
pub fn change_line(one: &PlannedChange, lang: Lang) -> String {
    let (before, after) = change(one, lang);
    format!("{}: {before} → {after}{}", one.field, unwritten(one, lang))
}

/// Says that the file has no place for a change; empty where it has.
pub fn unwritten(change: &PlannedChange, lang: Lang) -> &'static str {
    match change.unwritten {
        true => lang.pick("（文件里没有这一列，只记在计划里）", " (the file has no column for it: in the plan alone)"),
        false => "",
    }
}

/// Marks what is late in front of a title; empty where nothing is.
pub fn late_mark(is_overdue: bool, is_late: bool, lang: Lang) -> &'static str {
    match (is_overdue, is_late) {
        (true, _) => lang.pick("【已过期】", "[overdue] "),
        (false, true) => lang.pick("【赶不上】", "[late] "),
        (false, false) => "",
    }
}

/// When a shop is to move, and the last day on which it can.
pub fn dates(shop: &PlannedShop, lang: Lang) -> String {
    let mut parts = Vec::new();
    if let Some(day) = shop.day {
        parts.push(format!("{} {day}", lang.pick("计划", "planned for")));
    }
    if let Some(deadline) = shop.deadline {
        let late = if shop.overdue {
            lang.pick("，已过期", ", overdue")
        } else if shop.late {
            lang.pick("，赶不上", ", cannot be met")
        } else {
            ""
        };
        parts.push(format!("{} {deadline}{late}", lang.pick("期限", "last day")));
    }
    parts.join(lang.pick("，", ", "))
}
