//! Putting the plan together: shops, effects, and what concerns the whole fleet.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::text;

use super::assign::AssignedName;
use super::calendar::MoveCalendar;
use super::decide::{DecidedShop, Hold};
use super::edits::{ShopChanges, ShopEditor};
use super::files::FleetFile;
use super::limits::OverfullLimit;
use super::names::{NameChoices, NameSource, NameSourceTexts};
use super::rewrite::workbooks_after;
use super::scan::FleetChunk;
use super::tasks::{TaskCollector, task_id};
use super::{PlanningContext, deposits};
use crate::decisions::Decisions;
use crate::error::PlanningError;
use crate::migrations::{EffectOption, Migration};
use crate::plan::{
    Deposit, EffectKind, FleetPlan, NameCandidate, NamePlan, Plan, PlannedEffect, PlannedLimit, PlannedShop,
    RejectedName, SharedText, ShopOutcome,
};
use crate::recheck::Recheck;

/// The results of all stages, before they are a plan. Shops are numbers in the fleet.
pub(crate) struct PlanDraft<'d, 'p> {
    pub(crate) planning: &'d PlanningContext<'p>,
    pub(crate) decisions: &'d Decisions,
    /// The folder that the plan's paths start from.
    pub(crate) root: String,
    pub(crate) shops: &'d [DecidedShop<'d>],
    pub(crate) chunks: &'d [(FleetChunk, Range<usize>)],
    pub(crate) limits: &'d [OverfullLimit],
    /// By shop.
    pub(crate) assigned: &'d [AssignedName],
    pub(crate) calendar: &'d MoveCalendar,
}

/// Candidates and rejected names that a plan lists of a shop.
const LISTED_NAMES: usize = 10;

impl PlanDraft<'_, '_> {
    /// The plan, sealed; `choices` are by shop.
    ///
    /// # Errors
    /// It leaves something that it does not explain.
    pub(crate) fn plan(
        self,
        choices: Vec<NameChoices>,
        prove: bool,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Plan, PlanningError> {
        let request = &self.planning.request;
        let day = |shop: usize| self.day(shop);
        let editor = ShopEditor {
            planning: self.planning,
            decisions: self.decisions,
            shops: self.shops,
            assigned: self.assigned,
            day: &day,
        };
        let mut changes = editor.changes(self.chunks, progress);
        let workbooks = workbooks_after(self.planning.files, self.shops, &mut changes);
        let mut plan = Plan {
            per_day: request.per_day,
            system: request.system.map(str::to_owned),
            root: self.root.clone(),
            inputs: self.planning.inputs().map(|file| file.path.clone()).collect(),
            effects: self.effects(),
            fleet: self.fleet_plan(),
            ..Plan::empty(request.as_of, request.cutover)
        };
        let by_hand: Vec<bool> = changes.iter().map(|changes| changes.by_hand).collect();
        let mut sources = NameSourceTexts::default();
        // Moved and not cloned: in large fleets names and changes are a good part of everything.
        let parts = changes.into_iter().zip(choices).enumerate();
        plan.shops =
            parts.filter_map(|(at, (changes, choices))| self.shop(at, changes, choices, &mut sources)).collect();
        let texts = self.add_files(&mut plan, &workbooks)?;
        let recheck = if prove { self.prove(&plan, texts, &workbooks, progress)? } else { Recheck::default() };
        self.encode(&mut plan);
        let mut tasks = TaskCollector::new(&self.planning.migrations, self.shops.len(), request.as_of);
        self.need_tasks(&mut tasks, &by_hand, &plan.shops);
        self.answer_findings(&mut tasks, &recheck, &by_hand, &plan.shops)?;
        let gathered = self.gather(tasks);
        for (shop, own) in plan.shops.iter_mut().zip(&gathered.of_shop) {
            shop.tasks = own.iter().copied().map(task_id).collect();
        }
        plan.remaining = self.remaining(&recheck, &gathered, &plan.shops)?;
        plan.tasks = gathered.tasks;
        plan.seal();
        Ok(plan)
    }

    /// The day of a shop's move; of one that does not move, the cut-over, or the plan's day if that is later.
    pub(super) fn day(&self, shop: usize) -> NaiveDate {
        let request = &self.planning.request;
        self.calendar.days.get(&shop).copied().unwrap_or(request.cutover.max(request.as_of))
    }

    /// Whether a shop moves after its deadline.
    fn is_late(&self, at: usize) -> bool {
        let Some(shop) = self.shops.get(at).filter(|shop| shop.moves()) else { return false };
        shop.read.deadline(self.planning.request.as_of).is_some_and(|last| last < self.day(at))
    }

    pub(super) fn key(&self, shop: usize) -> Option<String> {
        self.shops.get(shop).map(|shop| shop.key.clone())
    }

    fn keys(&self, shops: &[usize]) -> Vec<String> {
        shops.iter().filter_map(|at| self.key(*at)).collect()
    }

    fn shop(
        &self,
        at: usize,
        changes: ShopChanges,
        choices: NameChoices,
        sources: &mut NameSourceTexts,
    ) -> Option<PlannedShop> {
        let shop = self.shops.get(at)?;
        let read = &shop.read;
        let applicable = &read.applicable;
        let file = self.planning.files.get(read.file)?;
        let as_of = self.planning.request.as_of;
        let deadline = read.deadline(as_of);
        let applied = applicable.deciding.iter().chain(applicable.adding.iter().filter(|_| shop.moves()));
        let effects = shop.effects().iter().map(|effect| &effect.id);
        let is_held = matches!(shop.outcome, ShopOutcome::Blocked | ShopOutcome::Stays | ShopOutcome::Outside);
        Some(PlannedShop {
            key: shop.key.clone(),
            file: file.path.clone(),
            sheet: file.sheet(),
            line: read.line,
            offset: read.bytes.start,
            bytes: read.bytes.end - read.bytes.start,
            from: read.system.clone(),
            to: shop.target_system().to_owned(),
            outcome: shop.outcome,
            why: self.why(shop),
            migrations: applied.map(|migration| migration.id.clone()).collect(),
            name: self.name(at, shop, choices, sources),
            changes: changes.changes,
            effects: effects.chain(applicable.deadlines.iter().map(|(deadline, _)| &deadline.id)).cloned().collect(),
            deposit: if is_held { Deposit { paid: read.deposit.paid, ..Deposit::default() } } else { read.deposit },
            tasks: Vec::new(),
            day: shop.moves().then(|| self.day(at)),
            deadline,
            overdue: deadline.is_some_and(|day| day < as_of),
            late: self.is_late(at),
        })
    }

    fn why(&self, shop: &DecidedShop<'_>) -> SharedText {
        if shop.hold == Some(Hold::LeftOut) {
            return Arc::new(text! {
                zh: "决定文件说这家店暂不迁移。",
                en: "The decisions file leaves this shop out.",
            });
        }
        let limit = match shop.hold {
            Some(Hold::OverLimit(limit)) => self.limits.get(limit),
            _ => None,
        };
        if let Some(OverfullLimit { limit: PlannedLimit { rule, subject, limit, count, .. }, .. }) = limit {
            return Arc::new(text! {
                zh: "超出上限（{rule}）：{subject} 共 {count} 家，最多 {limit} 家。",
                en: "Beyond a limit ({rule}): {subject} would have {count}, at most {limit}.",
            });
        }
        let unknown = || {
            Arc::new(text! {
                zh: "没有适用的迁移规则，这家店保持不变。",
                en: "No migration applies to this shop; it stays as it is.",
            })
        };
        shop.read.applicable.deciding.map_or_else(unknown, |deciding| Arc::clone(&deciding.why))
    }

    fn name(&self, at: usize, shop: &DecidedShop<'_>, choices: NameChoices, sources: &mut NameSourceTexts) -> NamePlan {
        let Some(assigned) = self.assigned.get(at) else { return NamePlan::default() };
        let old = &shop.read.name;
        let decides = shop.outcome.ends_in_new_system();
        let mut legal = choices.legal;
        if let Some(name) = assigned.name.as_ref().filter(|_| decides && assigned.is_pinned) {
            legal.retain(|(known, _)| known != name);
            legal.insert(0, (name.clone(), NameSource::Pinned));
        } else if let (true, Some(name)) = (decides && legal.is_empty(), &assigned.name) {
            legal.push((name.clone(), NameSource::Old));
        }
        // The picked one is listed, however many others there are.
        let picked = legal.iter().position(|(name, _)| assigned.name.as_ref() == Some(name));
        if let Some(picked) = picked.filter(|at| *at >= LISTED_NAMES) {
            legal.swap(picked, LISTED_NAMES - 1);
        }
        let candidates = legal.into_iter().take(LISTED_NAMES);
        let taken = assigned.taken.iter().map(|(name, owner)| RejectedName {
            name: name.clone(),
            rules: Vec::new(),
            taken_by: self.key(*owner),
        });
        let forbidden = choices.rejected.into_iter().map(|(name, rules)| RejectedName {
            name,
            rules: rules.iter().map(|rule| self.planning.rules.id(*rule).to_owned()).collect(),
            taken_by: None,
        });
        let kept = (!decides && !old.trim().is_empty()).then(|| old.clone());
        NamePlan {
            old: old.clone(),
            picked: if decides { assigned.name.clone() } else { kept },
            pinned: assigned.is_pinned,
            candidates: candidates
                .map(|(name, source)| NameCandidate { name, made_of: source.shared_text(sources) })
                .collect(),
            rejected: taken.chain(forbidden).take(LISTED_NAMES).collect(),
        }
    }

    /// The effects that shops have, each once, in the order of the migrations.
    fn effects(&self) -> Vec<PlannedEffect> {
        let mut used: HashSet<&str> = HashSet::new();
        for shop in self.shops {
            used.extend(shop.effects().iter().map(|effect| effect.id.as_str()));
            used.extend(shop.read.applicable.deadlines.iter().map(|(deadline, _)| deadline.id.as_str()));
        }
        let of = |migration: &Migration| {
            let effects = migration.effects.iter().map(|effect| PlannedEffect {
                id: effect.id.clone(),
                kind: effect.kind,
                what: with_options(&effect.what, &effect.options),
                reasons: effect.reasons.clone(),
                options: effect.options.iter().map(|(name, option)| (name.clone(), option.what.clone())).collect(),
            });
            let deadlines = migration.deadlines.iter().map(|deadline| PlannedEffect {
                id: deadline.id.clone(),
                kind: EffectKind::Loss,
                what: deadline.consequence.clone(),
                reasons: deadline.reasons.clone(),
                options: BTreeMap::new(),
            });
            effects.chain(deadlines).collect::<Vec<_>>()
        };
        self.planning.migrations.all.iter().flat_map(of).filter(|effect| used.contains(effect.id.as_str())).collect()
    }

    fn fleet_plan(&self) -> FleetPlan {
        let mut outcomes = BTreeMap::new();
        let mut deposit = Deposit::default();
        for shop in self.shops {
            *outcomes.entry(shop.outcome.name().to_owned()).or_default() += 1;
            deposit.add(&shop.read.deposit);
        }
        let limit = |found: &OverfullLimit| PlannedLimit {
            fit: self.keys(&found.fit),
            excess: self.keys(&found.excess),
            ..found.limit.clone()
        };
        FleetPlan {
            outcomes,
            limits: self.limits.iter().map(limit).collect(),
            deposits: deposits::by_licence(self.shops),
            deposit,
            deposit_unknown: self.shops.iter().filter(|shop| deposits::is_unknown(shop)).count(),
            circles: self.calendar.circles.iter().map(|circle| self.keys(circle)).collect(),
            late: (0..self.shops.len()).filter(|at| self.is_late(*at)).filter_map(|at| self.key(at)).collect(),
            enough_per_day: self.calendar.enough_per_day,
        }
    }
}

impl PlanningContext<'_> {
    /// The files, each once: a workbook is one, however many sheets it has.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &FleetFile> {
        let is_new = |at: usize| at.checked_sub(1).and_then(|at| self.files.get(at)).map(|before| &before.path);
        self.files.iter().enumerate().filter(move |(at, file)| is_new(*at) != Some(&file.path)).map(|(_, file)| file)
    }
}

fn with_options(what: &Text, options: &BTreeMap<String, EffectOption>) -> Text {
    if options.is_empty() {
        return what.clone();
    }
    let list = |of: &dyn Fn(&Text) -> &str, joint: &str| {
        options.iter().map(|(name, option)| format!("{name}: {}", of(&option.what))).collect::<Vec<_>>().join(joint)
    };
    let (zh, en) = (list(&|text| &text.zh, "；"), list(&|text| &text.en, "; "));
    text! { zh: format!("{}（可选：{zh}）", what.zh), en: format!("{} (options: {en})", what.en) }
}
