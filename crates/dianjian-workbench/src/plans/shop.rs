//! What the page shows of one shop of a plan.

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_migrate::PlanFiles;
use dianjian_migrate::apply::OpenedPlan;
use dianjian_migrate::plan::{EffectKind, PlannedShop, ShopOutcome};
use dianjian_migrate::show::pieces::PlanIndex;
use schemars::JsonSchema;
use serde::Serialize;

use super::view::PlanShop;
use super::{PlanDecisions, no_shop};
use crate::api::ApiError;

/// A shop of a plan with everything about it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlanShopDetail {
    #[serde(flatten)]
    shop: PlanShopHead,
    path: String,
    sheet: Option<String>,
    line: u64,
    before: String,
    after: String,
    diff: String,
    names: Vec<NameAnswer>,
    rejected: Vec<RejectedAnswer>,
    tasks: Vec<ShopTask>,
    notes: Vec<Text>,
}

/// The head without its counts, which the lists take the place of.
#[derive(Debug, Serialize, JsonSchema)]
struct PlanShopHead(serde_json::Map<String, serde_json::Value>);

#[derive(Debug, Serialize, JsonSchema)]
struct NameAnswer {
    name: String,
    /// From 1, the best.
    rank: usize,
    why: Text,
    chosen: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RejectedAnswer {
    name: String,
    rules: Vec<String>,
    taken_by: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ShopTask {
    who: Text,
    text: Text,
    date: Option<NaiveDate>,
}

impl PlanShopDetail {
    /// A shop by its key.
    ///
    /// # Errors
    /// The plan has none of that key.
    pub fn of(opened: &OpenedPlan, decisions: &PlanDecisions, key: &str) -> Result<Self, ApiError> {
        let plan = &opened.plan;
        let shop = plan.shops.iter().find(|shop| shop.key == key).ok_or_else(|| no_shop(key))?;
        let index = PlanIndex::new(plan);
        let diff = PlanFiles::new(&opened.root, plan).diff(shop);
        let head = serde_json::to_value(PlanShop::of(shop, &index, decisions)).unwrap_or_default();
        let mut head = head.as_object().cloned().unwrap_or_default();
        head.remove("tasks");
        head.remove("notes");
        let tasks = index.tasks(shop).map(|task| ShopTask {
            who: task.who.clone(),
            text: task.title.clone(),
            date: task.due.or(task.on),
        });
        let rejected = shop.name.rejected.iter().map(|name| RejectedAnswer {
            name: name.name.clone(),
            rules: name.rules.clone(),
            taken_by: name.taken_by.clone(),
        });
        Ok(Self {
            shop: PlanShopHead(head),
            path: shop.file.clone(),
            sheet: shop.sheet.clone(),
            line: shop.line,
            before: diff.before,
            after: diff.after,
            diff: diff.diff,
            names: names(shop),
            rejected: rejected.collect(),
            tasks: tasks.collect(),
            notes: notes(shop, &index, decisions),
        })
    }
}

/// The names that a shop can have; none where it does not move.
fn names(shop: &PlannedShop) -> Vec<NameAnswer> {
    if shop.outcome != ShopOutcome::Migrate {
        return Vec::new();
    }
    let picked = shop.name.picked.as_ref();
    let candidates = (1..).zip(&shop.name.candidates).map(|(rank, candidate)| NameAnswer {
        name: candidate.name.clone(),
        rank,
        why: candidate.made_of.as_ref().clone(),
        chosen: picked == Some(&candidate.name),
    });
    let mut names: Vec<NameAnswer> = candidates.collect();
    if let Some(name) = picked.filter(|_| names.iter().all(|name| !name.chosen)) {
        let why = if shop.name.pinned {
            text! { zh: "由人定的", en: "chosen by a person" }
        } else {
            Text::default()
        };
        names.insert(0, NameAnswer { name: name.clone(), rank: 0, why, chosen: true });
    }
    names
}

/// What a person should know about a shop before approving it.
pub(super) fn notes<'p>(shop: &'p PlannedShop, index: &PlanIndex<'p>, decisions: &PlanDecisions) -> Vec<Text> {
    let mut notes = Vec::new();
    if let Some(day) = decisions.postponed(&shop.key) {
        notes.push(text! {
            zh: "推迟到 {day}，不在这次计划里",
            en: "put off to {day}: not moved by this plan",
        });
        if let Some(last) = shop.deadline.filter(|last| *last < day) {
            notes.push(text! { zh: "期限是 {last}，赶不上", en: "its last day is {last}, which is before that" });
        }
    }
    if *shop.why != Text::default() {
        notes.push(shop.why.as_ref().clone());
    }
    if let Some(last) = shop.deadline {
        match (shop.overdue, shop.late) {
            (true, _) => notes.push(text! { zh: "期限 {last} 已过", en: "its last day, {last}, is over" }),
            (false, true) => {
                notes.push(text! { zh: "赶不上期限 {last}", en: "planned for after its last day, {last}" })
            }
            (false, false) => {}
        }
    }
    if shop.name.picked.is_none() && shop.outcome == ShopOutcome::Migrate {
        notes.push(
            text! { zh: "没有找到能用的名称，要由人来定", en: "no legal name was found: a person has to find one" },
        );
    }
    for change in shop.changes.iter().filter(|change| change.unwritten) {
        let field = &change.field;
        notes.push(text! {
            zh: "文件里没有 {field} 的位置，这一项只记在计划里",
            en: "the file has no place for {field}: it is kept in the plan alone",
        });
    }
    for effect in index.effects(shop) {
        let (zh, en) = match effect.kind {
            EffectKind::Gain => ("得到：", "gain: "),
            EffectKind::Loss => ("失去：", "loss: "),
            EffectKind::Choice => ("可选：", "choice: "),
        };
        notes.push(Text::new(format!("{zh}{}", effect.what.zh), format!("{en}{}", effect.what.en)));
    }
    notes
}
