//! Tasks: what each shop needs, as one task for all shops that need the same on the same day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use dianjian_base::lang::{Lang, Text};
use dianjian_rules::RuleInfo;
use rustc_hash::FxHashMap;

use crate::compile::placeholders;
use crate::migrations::{DueDay, Migrations, TaskKind};
use crate::plan::PlannedTask;

/// That a shop needs a task.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TaskNeed {
    /// Its number in [`Migrations::tasks`].
    task: usize,
    /// Migrations and rules: numbers in [`TaskCollector::reasons`].
    reasons: Vec<u32>,
    /// The rule that it is about, for the general fallback alone.
    rule: Option<String>,
}

/// A shop's days in the calendar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShopDays {
    /// The day of its move; of one that does not move, the cut-over.
    pub(crate) day: NaiveDate,
    /// Whether that day is in the calendar. If not, tasks that have to come first push back those after them.
    pub(crate) is_fixed: bool,
    pub(crate) deadline: Option<NaiveDate>,
}

/// Collects what shops need.
#[derive(Debug)]
pub(crate) struct TaskCollector<'t> {
    migrations: &'t Migrations,
    as_of: NaiveDate,
    /// By shop; the last entry is for what is about no shop.
    needs: Vec<Vec<TaskNeed>>,
    /// Every reason once: in large fleets many shops have the same.
    reasons: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

/// What shops share that have one task.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct TaskGroup {
    on: NaiveDate,
    task: usize,
    due: Option<NaiveDate>,
    rule: Option<String>,
    values: Vec<Option<String>>,
}

/// The tasks of a plan, and those of each shop by their numbers.
#[derive(Debug, Default)]
pub(crate) struct GatheredTasks {
    /// Each after those that it depends on.
    pub(crate) tasks: Vec<PlannedTask>,
    /// By shop; the last entry is for what is about no shop.
    pub(crate) of_shop: Vec<Vec<usize>>,
    /// The kind of each task, and the rule that a fallback is about.
    kinds: Vec<(usize, Option<String>)>,
}

impl GatheredTasks {
    /// The task of a shop that is of a kind and answers a rule.
    pub(crate) fn answer(&self, shop: usize, task: usize, rule: Option<&str>) -> Option<usize> {
        let of = self.of_shop.get(shop)?;
        let answers =
            |(kind, about): &(usize, Option<String>)| *kind == task && (about.is_none() || about.as_deref() == rule);
        of.iter().copied().find(|at| self.kinds.get(*at).is_some_and(answers))
    }
}

impl<'t> TaskCollector<'t> {
    pub(crate) fn new(migrations: &'t Migrations, shops: usize, as_of: NaiveDate) -> Self {
        Self {
            migrations,
            as_of,
            needs: vec![Vec::new(); shops + 1],
            reasons: Vec::new(),
            numbers: FxHashMap::default(),
        }
    }

    /// Whether the shop needs the task already.
    pub(crate) fn has(&self, shop: usize, task: usize) -> bool {
        self.needs.get(shop).is_some_and(|needs| needs.iter().any(|need| need.task == task))
    }

    /// Notes that a shop needs a task, for reasons that are added to those it has.
    pub(crate) fn need(
        &mut self,
        shop: usize,
        task: usize,
        reasons: impl IntoIterator<Item = String>,
        rule: Option<String>,
    ) {
        let reasons: Vec<u32> = reasons.into_iter().map(|reason| self.number(reason)).collect();
        let Some(needs) = self.needs.get_mut(shop) else { return };
        match needs.iter_mut().find(|need| need.task == task && need.rule == rule) {
            Some(need) => {
                need.reasons.extend(reasons);
                need.reasons.sort_unstable();
                need.reasons.dedup();
            }
            None => needs.push(TaskNeed { task, reasons, rule }),
        }
    }

    fn number(&mut self, reason: String) -> u32 {
        if let Some(number) = self.numbers.get(&reason) {
            return *number;
        }
        let number = u32::try_from(self.reasons.len()).unwrap_or(u32::MAX);
        self.reasons.push(reason.clone());
        self.numbers.insert(reason, number);
        number
    }

    /// Makes the tasks of a plan. `days`, `values` and `key` are by shop, `rules` by id.
    pub(crate) fn gather(
        self,
        days: &dyn Fn(usize) -> ShopDays,
        values: &dyn Fn(usize) -> Vec<Option<String>>,
        key: &dyn Fn(usize) -> Option<String>,
        rules: &dyn Fn(&str) -> Option<Arc<RuleInfo>>,
    ) -> GatheredTasks {
        let mut groups: FxHashMap<TaskGroup, (Vec<usize>, BTreeSet<u32>)> = FxHashMap::default();
        let shops = self.needs.len();
        for (shop, needs) in self.needs.iter().enumerate() {
            for (group, reasons) in self.of_shop(needs, days(shop), &values(shop)) {
                let (members, all) = groups.entry(group).or_default();
                members.push(shop);
                all.extend(reasons);
            }
        }
        let mut sorted: Vec<_> = groups.into_iter().collect();
        sorted.sort_by(|(left, (left_shops, _)), (right, (right_shops, _))| {
            let key = |group: &TaskGroup, shops: &[usize]| (group.on, group.task, shops.first().copied());
            key(left, left_shops).cmp(&key(right, right_shops)).then_with(|| left.cmp(right))
        });
        let mut gathered = GatheredTasks { of_shop: vec![Vec::new(); shops], ..GatheredTasks::default() };
        for (at, (group, (members, _))) in sorted.iter().enumerate() {
            gathered.kinds.push((group.task, group.rule.clone()));
            for shop in members {
                gathered.of_shop[*shop].push(at);
            }
        }
        for (at, (group, (members, reasons))) in sorted.into_iter().enumerate() {
            let Some(kind) = self.migrations.tasks.get(group.task) else { continue };
            let own = members.iter().flat_map(|shop| &gathered.of_shop[*shop]).copied();
            let before: BTreeSet<usize> = own.filter(|task| kind.after.contains(&gathered.kinds[*task].0)).collect();
            let reasons: BTreeSet<&String> =
                reasons.iter().filter_map(|number| self.reasons.get(*number as usize)).collect();
            let info = group.rule.as_deref().and_then(rules);
            let fill = |text: &Text| self.fill(text, kind, &group, info.as_deref());
            gathered.tasks.push(PlannedTask {
                id: task_id(at),
                kind: kind.id.clone(),
                title: fill(&kind.title),
                who: fill(&kind.who),
                r#where: fill(&kind.place),
                why: fill(&kind.why),
                reasons: reasons.into_iter().cloned().collect(),
                shops: members.iter().filter_map(|shop| key(*shop)).collect(),
                after: before.into_iter().map(task_id).collect(),
                on: Some(group.on),
                due: group.due,
                overdue: group.due.is_some_and(|due| due < self.as_of),
                late: group.due.is_some_and(|due| due < group.on),
            });
        }
        gathered
    }

    /// A shop's tasks with their days: never before those that come first.
    fn of_shop<'w>(
        &self,
        needs: &'w [TaskNeed],
        days: ShopDays,
        values: &[Option<String>],
    ) -> Vec<(TaskGroup, &'w [u32])> {
        let mut sorted: Vec<&'w TaskNeed> = needs.iter().collect();
        sorted.sort_by(|left, right| (left.task, &left.rule).cmp(&(right.task, &right.rule)));
        let mut planned: BTreeMap<usize, NaiveDate> = BTreeMap::new();
        let mut groups = Vec::new();
        for need in sorted {
            let Some(kind) = self.migrations.tasks.get(need.task) else { continue };
            let wished = before(days.day, kind.days_before).max(self.as_of);
            let ready = kind.after.iter().filter_map(|task| {
                let lead = self.migrations.tasks.get(*task)?.days_before.saturating_sub(kind.days_before).max(0);
                let planned = *planned.get(task)?;
                Some(if days.is_fixed { planned } else { before(planned, lead.saturating_neg()) })
            });
            let on = ready.max().map_or(wished, |ready| wished.max(ready));
            planned.insert(need.task, on);
            let due = match kind.due {
                DueDay::Usual => (kind.days_before >= 0).then_some(days.day),
                DueDay::On(day) => Some(day),
                DueDay::Before(number) => Some(before(days.day, number)),
                DueDay::Field(at) => {
                    values.get(at).and_then(Option::as_deref).and_then(dianjian_rules::record::parse_date)
                }
                DueDay::Deadline => Some(days.deadline.unwrap_or(days.day)),
            };
            let own = kind.each.iter().map(|at| values.get(*at).cloned().flatten()).collect();
            let group = TaskGroup { on, task: need.task, due, rule: need.rule.clone(), values: own };
            groups.push((group, need.reasons.as_slice()));
        }
        groups
    }

    /// A text with its placeholders filled in.
    fn fill(&self, text: &Text, kind: &TaskKind, group: &TaskGroup, rule: Option<&RuleInfo>) -> Text {
        let fill_in = |text: &str, unknown: &str, lang: Lang| {
            let mut out = text.to_owned();
            for name in placeholders(text) {
                let is_field =
                    |at: &usize| self.migrations.task_fields.get(*at).is_some_and(|(field, _)| field == name);
                let value = match (name, rule) {
                    ("rule.title", Some(rule)) => rule.title.get(lang).to_owned(),
                    ("rule.why", Some(rule)) => rule.why.get(lang).to_owned(),
                    ("rule.help", Some(rule)) => {
                        rule.help.as_ref().map(|help| without_placeholders(help.get(lang))).unwrap_or_default()
                    }
                    _ => {
                        let value = kind.each.iter().position(is_field).and_then(|at| group.values.get(at)?.clone());
                        value.unwrap_or_else(|| unknown.to_owned())
                    }
                };
                out = out.replace(&format!("{{{name}}}"), &value);
            }
            out.trim().to_owned()
        };
        Text { zh: fill_in(&text.zh, "没有写明", Lang::Zh), en: fill_in(&text.en, "not given", Lang::En) }
    }
}

/// A rule's help without its placeholders, which only a finding could fill in.
fn without_placeholders(help: &str) -> String {
    placeholders(help).fold(help.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), "…"))
}

/// How plans name the task of a number.
pub(super) fn task_id(at: usize) -> String {
    format!("t{}", at + 1)
}

/// The day a number of days before another, or after it if that is negative.
fn before(day: NaiveDate, days: i32) -> NaiveDate {
    let number = Days::new(u64::from(days.unsigned_abs()));
    let moved = if days >= 0 { day.checked_sub_days(number) } else { day.checked_add_days(number) };
    moved.unwrap_or(day)
}
