//! What all forms of a plan say in the same words.

use std::collections::HashMap;

use dianjian_base::lang::Lang;
use dianjian_migrate::plan::{Deposit, EffectKind, Plan, PlannedChange, PlannedEffect, PlannedShop, PlannedTask, yuan};

use super::PlanView;

/// One of two texts.
pub const fn say(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// A plan's effects and tasks by id.
pub struct PlanIndex<'p> {
    effects: HashMap<&'p str, &'p PlannedEffect>,
    tasks: HashMap<&'p str, &'p PlannedTask>,
}

impl<'p> PlanIndex<'p> {
    /// Of a plan.
    pub fn new(plan: &'p Plan) -> Self {
        Self {
            effects: plan.effects.iter().map(|effect| (effect.id.as_str(), effect)).collect(),
            tasks: plan.tasks.iter().map(|task| (task.id.as_str(), task)).collect(),
        }
    }

    pub fn effects(&self, shop: &'p PlannedShop) -> impl Iterator<Item = &'p PlannedEffect> {
        shop.effects.iter().filter_map(|id| self.effects.get(id.as_str()).copied())
    }

    pub fn tasks(&self, shop: &'p PlannedShop) -> impl Iterator<Item = &'p PlannedTask> {
        shop.tasks.iter().filter_map(|id| self.tasks.get(id.as_str()).copied())
    }
}

/// The tasks of the shops that are view; of a whole plan all of them.
pub fn tasks<'s>(view: &PlanView<'s>) -> Vec<&'s PlannedTask> {
    let wanted: std::collections::HashSet<&str> =
        view.shops.iter().flat_map(|shop| shop.tasks.iter().map(String::as_str)).collect();
    view.plan.tasks.iter().filter(|task| !view.chosen || wanted.contains(task.id.as_str())).collect()
}

/// Which way an effect goes, as a sign and in words.
pub const fn effect(kind: EffectKind, lang: Lang) -> (&'static str, &'static str) {
    match kind {
        EffectKind::Gain => ("+", say(lang, "得到", "gain")),
        EffectKind::Loss => ("−", say(lang, "失去", "loss")),
        EffectKind::Choice => ("?", say(lang, "可选", "choice")),
    }
}

/// The parts of a deposit that are known.
pub fn deposit(money: &Deposit, lang: Lang) -> Vec<(&'static str, String)> {
    [
        (say(lang, "已缴", "paid"), money.paid),
        (say(lang, "应缴", "due"), money.due),
        (say(lang, "要补缴", "to pay"), money.top_up.filter(|amount| *amount > 0)),
        (say(lang, "可退回", "refundable"), money.refundable.filter(|amount| *amount > 0)),
    ]
    .into_iter()
    .filter_map(|(word, amount)| Some((word, yuan(amount?, lang))))
    .collect()
}

/// A change in words: what was there and what will be.
pub fn change(change: &PlannedChange, lang: Lang) -> (String, String) {
    let none = || say(lang, "（无）", "–").to_owned();
    (change.before.clone().unwrap_or_else(none), change.after.clone().unwrap_or_else(none))
}

/// When a shop moves and by when it has to.
pub fn dates(shop: &PlannedShop, lang: Lang) -> String {
    let mut parts = Vec::new();
    if let Some(day) = shop.day {
        parts.push(format!("{} {day}", say(lang, "计划", "planned for")));
    }
    if let Some(deadline) = shop.deadline {
        let late = if shop.overdue {
            say(lang, "，已过期", ", overdue")
        } else if shop.day.is_some_and(|day| day > deadline) {
            say(lang, "，赶不上", ", cannot be met")
        } else {
            ""
        };
        parts.push(format!("{} {deadline}{late}", say(lang, "期限", "last day")));
    }
    parts.join(say(lang, "，", ", "))
}
