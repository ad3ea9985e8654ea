//! What the page shows of a whole plan: its head, its shops, its days, its limits, what people have to do.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_migrate::plan::{Plan, PlannedShop, ShopOutcome};
use dianjian_migrate::show::pieces::PlanIndex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PlanDecisions;
use super::shop::notes;
use crate::shown::ShownProblem;

/// Problems that a head names.
const MOST_PROBLEMS: usize = 100;

/// A plan in short.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PlanHead {
    pub id: String,
    /// Names exactly this plan: what is applied is what was reviewed.
    digest: String,
    as_of: NaiveDate,
    cutover: NaiveDate,
    per_day: Option<u32>,
    summary: PlanCounts,
    money: PlanMoney,
    totals: Vec<OutcomeTotal>,
    late: Vec<LateShop>,
    /// The fewest shops a day with which none would be late for want of days.
    enough_per_day: Option<u32>,
    /// What could not be read: it is not in the plan.
    problems: Vec<ShownProblem>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
struct PlanCounts {
    shops: usize,
    migrated: usize,
    upgraded: usize,
    closed: usize,
    kept: usize,
    skipped: usize,
    /// Files that change.
    files: usize,
}

/// Sums in fen; null: not known.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct PlanMoney {
    top_up: Option<i64>,
    refund: Option<i64>,
    /// Shops that are not in the sums, as it is not known what is due for them.
    unknown: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct OutcomeTotal {
    action: String,
    title: Text,
    count: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct LateShop {
    id: String,
    name: String,
    /// Its last day.
    date: Option<NaiveDate>,
    /// The day for which it is planned.
    planned: Option<NaiveDate>,
}

impl PlanHead {
    /// The head of a plan that has no number yet.
    pub fn of(plan: &Plan, mut problems: Vec<ShownProblem>) -> Self {
        let count = |wanted: &[ShopOutcome]| plan.shops.iter().filter(|shop| wanted.contains(&shop.outcome)).count();
        let totals = ShopOutcome::totals(plan.shops.iter().map(|shop| shop.outcome));
        let totals = totals.into_iter().map(|(outcome, count)| OutcomeTotal {
            action: outcome.name().to_owned(),
            title: title(outcome),
            count,
        });
        let late = plan.shops.iter().filter(|shop| shop.late || shop.overdue).map(|shop| LateShop {
            id: shop.key.clone(),
            name: shop.name.old.clone(),
            date: shop.deadline,
            planned: shop.day,
        });
        problems.truncate(MOST_PROBLEMS);
        Self {
            id: String::new(),
            digest: plan.id.clone(),
            as_of: plan.as_of,
            cutover: plan.cutover,
            per_day: plan.per_day,
            summary: PlanCounts {
                shops: plan.shops.len(),
                migrated: count(&[ShopOutcome::Migrate]),
                upgraded: 0,
                closed: count(&[ShopOutcome::Ends]),
                kept: count(&[ShopOutcome::Nothing, ShopOutcome::Outside]),
                skipped: count(&[ShopOutcome::Stays, ShopOutcome::Blocked]),
                files: plan.files.len(),
            },
            money: PlanMoney {
                top_up: plan.fleet.deposit.top_up,
                refund: plan.fleet.deposit.refundable,
                unknown: plan.fleet.deposit_unknown,
            },
            totals: totals.collect(),
            late: late.collect(),
            enough_per_day: plan.fleet.enough_per_day,
            problems,
        }
    }

    /// The digest by which the plan is applied.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// An outcome in words.
pub(super) fn title(outcome: ShopOutcome) -> Text {
    let (zh, en) = outcome.words();
    Text::new(zh, en)
}

/// A shop of a plan as a list shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlanShop {
    pub id: String,
    name: String,
    system: String,
    action: &'static str,
    title: Text,
    date: Option<NaiveDate>,
    new_name: Option<String>,
    /// What has to be paid less what comes back, in fen; null: not known.
    money: Option<i64>,
    tasks: usize,
    notes: usize,
    approved: Option<bool>,
}

impl PlanShop {
    pub(super) fn of<'p>(shop: &'p PlannedShop, plan: &PlanIndex<'p>, decisions: &PlanDecisions) -> Self {
        let deposit = &shop.deposit;
        let money = match (deposit.top_up, deposit.refundable) {
            (None, None) => None,
            (top_up, refund) => Some(top_up.unwrap_or_default() - refund.unwrap_or_default()),
        };
        Self {
            id: shop.key.clone(),
            name: shop.name.old.clone(),
            system: shop.from.clone(),
            action: shop.outcome.name(),
            title: title(shop.outcome),
            date: decisions.postponed(&shop.key).or(shop.day),
            new_name: shop.name.picked.clone().filter(|_| shop.outcome == ShopOutcome::Migrate),
            money,
            tasks: shop.tasks.len(),
            notes: notes(shop, plan, decisions).len(),
            approved: decisions.approved(&shop.key),
        }
    }
}

/// The names of a plan's shops by their keys.
struct ShopNames<'p>(HashMap<&'p str, &'p str>);

impl<'p> ShopNames<'p> {
    fn new(plan: &'p Plan) -> Self {
        Self(plan.shops.iter().map(|shop| (shop.key.as_str(), shop.name.old.as_str())).collect())
    }

    fn named(&self, keys: &[String]) -> Vec<NamedShop> {
        let name = |key: &String| self.0.get(key.as_str()).map_or_else(|| key.clone(), |name| (*name).to_owned());
        keys.iter().map(|key| NamedShop { id: key.clone(), name: name(key) }).collect()
    }
}

/// Which shops are wanted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShopsQuery {
    action: Option<String>,
    person: Option<String>,
    q: Option<String>,
    /// `open`: shops whose new name a person has to decide.
    names: Option<String>,
    pub from: Option<u64>,
    pub n: Option<u64>,
}

/// The shops that a query wants: how many, and those of the window.
pub fn shops(
    plan: &Plan,
    decisions: &PlanDecisions,
    query: &ShopsQuery,
    (from, n): (u64, u64),
) -> (u64, Vec<PlanShop>) {
    let index = PlanIndex::new(plan);
    let given =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_lowercase);
    let (action, person, words) = (given(&query.action), given(&query.person), given(&query.q));
    let only_open = query.names.as_deref() == Some("open");
    let tasks = &index;
    let does = |shop: &'_ PlannedShop, person: &str| {
        let is_theirs = |id: &String| {
            tasks
                .task(id)
                .is_some_and(|task| [&task.who.zh, &task.who.en].iter().any(|who| who.to_lowercase() == person))
        };
        shop.tasks.iter().any(is_theirs)
    };
    let has = |shop: &PlannedShop, words: &str| {
        let texts = [Some(&shop.key), Some(&shop.name.old), shop.name.picked.as_ref(), Some(&shop.file)];
        texts.into_iter().flatten().any(|text| text.to_lowercase().contains(words))
    };
    let is_wanted = |shop: &&PlannedShop| {
        action.as_deref().is_none_or(|action| shop.outcome.name() == action)
            && person.as_deref().is_none_or(|person| does(shop, person))
            && words.as_deref().is_none_or(|words| has(shop, words))
            && (!only_open || is_name_open(shop, decisions))
    };
    let wanted: Vec<&PlannedShop> = plan.shops.iter().filter(is_wanted).collect();
    let skip = usize::try_from(from).unwrap_or(usize::MAX);
    let take = usize::try_from(n).unwrap_or(usize::MAX);
    let items = wanted.iter().skip(skip).take(take).map(|shop| PlanShop::of(shop, &index, decisions));
    (wanted.len() as u64, items.collect())
}

/// Whether the new name of a shop is not yet what a person said or approved.
fn is_name_open(shop: &PlannedShop, decisions: &PlanDecisions) -> bool {
    let name = &shop.name;
    let is_settled = name.pinned || name.picked.as_ref() == Some(&name.old);
    shop.outcome == ShopOutcome::Migrate && !is_settled && decisions.approved(&shop.key) != Some(true)
}

/// A shop by its key, with its name.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NamedShop {
    id: String,
    name: String,
}

/// The shops of one day.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CalendarDay {
    date: NaiveDate,
    shops: Vec<NamedShop>,
}

/// The days of a plan, in order.
pub fn calendar(plan: &Plan) -> Vec<CalendarDay> {
    let mut days: BTreeMap<NaiveDate, Vec<NamedShop>> = BTreeMap::new();
    for shop in plan.shops.iter().filter(|shop| shop.outcome == ShopOutcome::Migrate) {
        if let Some(day) = shop.day {
            let named = NamedShop { id: shop.key.clone(), name: shop.name.old.clone() };
            days.entry(day).or_default().push(named);
        }
    }
    days.into_iter().map(|(date, shops)| CalendarDay { date, shops }).collect()
}

/// A limit over several shops, and which of them it leaves.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LimitAnswer {
    rule: String,
    title: Text,
    owner: String,
    limit: u64,
    count: u64,
    stays: Vec<NamedShop>,
    leaves: Vec<NamedShop>,
}

/// The limits of a plan; `title` gives a rule's title by its id.
pub fn limits(plan: &Plan, title: &dyn Fn(&str) -> Option<Text>) -> Vec<LimitAnswer> {
    let index = ShopNames::new(plan);
    let of = |limit: &dianjian_migrate::plan::PlannedLimit| LimitAnswer {
        title: limit
            .proposal
            .clone()
            .or_else(|| title(&limit.rule))
            .unwrap_or_else(|| Text::new(limit.rule.clone(), limit.rule.clone())),
        rule: limit.rule.clone(),
        owner: limit.subject.clone(),
        limit: limit.limit,
        count: limit.count,
        stays: index.named(&limit.fit),
        leaves: index.named(&limit.excess),
    };
    plan.fleet.limits.iter().map(of).collect()
}

/// What one person has to do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PersonTasks {
    who: Text,
    tasks: Vec<TaskAnswer>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TaskAnswer {
    text: Text,
    r#where: Text,
    why: Text,
    /// The last day on which it helps, else the day for which it is planned.
    date: Option<NaiveDate>,
    overdue: bool,
    late: bool,
    shops: Vec<NamedShop>,
}

/// The tasks of a plan by who does them, each person at the place of their first task.
pub fn tasks(plan: &Plan) -> Vec<PersonTasks> {
    let index = ShopNames::new(plan);
    let mut people: Vec<PersonTasks> = Vec::new();
    for task in &plan.tasks {
        let answer = TaskAnswer {
            text: task.title.clone(),
            r#where: task.r#where.clone(),
            why: task.why.clone(),
            date: task.due.or(task.on),
            overdue: task.overdue,
            late: task.late,
            shops: index.named(&task.shops),
        };
        match people.iter_mut().find(|person| person.who == task.who) {
            Some(person) => person.tasks.push(answer),
            None => people.push(PersonTasks { who: task.who.clone(), tasks: vec![answer] }),
        }
    }
    people
}
