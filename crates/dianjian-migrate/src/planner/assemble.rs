//! Putting the plan together: shops, files, tasks, and the proof that nothing is left unexplained.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, Write as _};
use std::sync::Arc;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;
use tempfile::NamedTempFile;

use super::assign::NameAssignment;
use super::calendar::MoveCalendar;
use super::edits::{ShopChanges, ShopEditor};
use super::fleet::{Fleet, FleetFile, Shop};
use super::limits::ExceededLimit;
use super::names::{NameChoices, NameSource, NameSourceTexts};
use super::proof::{Recheck, RecheckSources, ShopLocations, recheck};
use super::target::CutoverRules;
use super::tasks::{GatheredTasks, ShopDays, TaskCollector};
use super::{PlanRequest, deadline, money};
use crate::compile::{Migrations, chosen};
use crate::decisions::Decisions;
use crate::edits::{apply_to_text, encode_edits, rendered};
use crate::error::PlanningError;
use crate::plan::{
    Deposit, EffectKind, FileDigest, FileEncoding, FleetPlan, NameCandidate, NamePlan, Plan, PlannedEdit,
    PlannedEffect, PlannedFile, PlannedLimit, PlannedShop, RejectedName, RemainingFindings, SharedText, ShopOutcome,
};
use dianjian_base::lang::Text;
use dianjian_document::source::{Encoded, Input};
use dianjian_rules::language::Severity;
use dianjian_rules::record::Homes;
use dianjian_xlsx::CellRef;

/// Everything that was found out, before it is a plan.
pub(super) struct PlanDraft<'d, 'p> {
    pub request: &'d PlanRequest<'d>,
    pub migrations: &'d Migrations,
    pub targets: &'d CutoverRules<'p>,
    pub homes: &'d Homes,
    pub decisions: &'d Decisions,
    pub files: &'d [FleetFile],
    pub root: String,
    pub prove: bool,
    pub fleet: &'d Fleet,
    pub limits: &'d [ExceededLimit],
    pub names: &'d NameAssignment,
    /// Legal names and those turned down, by shop.
    pub names_of: Vec<NameChoices>,
    pub calendar: &'d MoveCalendar,
}

/// Names in a plan: at most so many.
const TOLD: usize = 10;

/// The task for shops that have to swap names.
const SWAP_NAMES: &str = "swap-names";

/// The task for files that cannot be edited.
const EDIT_FILE: &str = "edit-file";

/// A rule on names: who answers it finds names for shops that have none.
const A_NAMING_RULE: &str = "naming/unique";

/// Workbooks as they will be, by the number of their first sheet among the files.
type ChangedWorkbooks = BTreeMap<usize, Vec<u8>>;

/// The sheet, the cell and the new text of an edit.
fn cell_of(edit: &PlannedEdit) -> Option<(&str, CellRef, &str)> {
    let cell = edit.cell.as_ref()?;
    Some((&cell.sheet, CellRef::parse(&cell.cell)?, &edit.new))
}

/// What is left of a rule's findings: the shops by number, how many, the tasks that answer them.
#[derive(Debug, Default)]
struct UnresolvedFindings {
    shops: BTreeSet<usize>,
    findings: usize,
    tasks: BTreeSet<usize>,
}

impl PlanDraft<'_, '_> {
    /// The plan, proven and sealed.
    ///
    /// # Errors
    /// It leaves something that it does not explain.
    pub fn plan(mut self, progress: &(dyn Fn(u64) + Sync)) -> Result<Plan, PlanningError> {
        let mut changes = self.changes(progress);
        let books = self.books(&mut changes);
        let mut plan = Plan {
            per_day: self.request.per_day,
            system: self.request.system.map(str::to_owned),
            root: self.root.clone(),
            inputs: self.inputs().map(|file| file.path.clone()).collect(),
            effects: self.effects(),
            fleet: self.fleet_plan(),
            ..Plan::empty(self.request.as_of, self.request.cutover)
        };
        let by_hand: Vec<bool> = changes.iter().map(|changes| changes.by_hand).collect();
        let ways = NameSourceTexts::default();
        // Taken and not copied: in large fleets the names are a good part of everything.
        let names = std::mem::take(&mut self.names_of).into_iter().chain(std::iter::repeat_with(NameChoices::default));
        let parts = changes.iter_mut().zip(names).enumerate();
        plan.shops = parts.filter_map(|(at, (changes, names))| self.shop(at, changes, names, &ways)).collect();
        drop(changes);
        let texts = self.files_after(&mut plan, &books)?;
        let recheck = if self.prove { self.proof(&plan, texts, &books, progress)? } else { Recheck::default() };
        self.encode(&mut plan);
        let mut tasks = TaskCollector::new(self.migrations, self.fleet.shops.len(), self.request.as_of);
        self.want(&mut tasks, &by_hand, &plan.shops);
        self.answer(&mut tasks, &recheck, &by_hand)?;
        let gathered = self.gather(tasks);
        for (shop, own) in plan.shops.iter_mut().zip(&gathered.of_shop) {
            shop.tasks = own.iter().map(|at| format!("t{}", at + 1)).collect();
        }
        plan.remaining = self.remaining(&recheck, &gathered)?;
        plan.tasks = gathered.tasks;
        plan.seal();
        Ok(plan)
    }

    /// The files, each once: a workbook is one, however many sheets it has.
    fn inputs(&self) -> impl Iterator<Item = &FleetFile> {
        let is_new = |at: usize| at.checked_sub(1).and_then(|at| self.files.get(at)).map(|before| &before.path);
        self.files.iter().enumerate().filter(move |(at, file)| is_new(*at) != Some(&file.path)).map(|(_, file)| file)
    }

    fn changes(&self, progress: &(dyn Fn(u64) + Sync)) -> Vec<ShopChanges> {
        let names: Vec<Option<String>> = self.names.given.iter().map(|given| given.name.clone()).collect();
        let days: Vec<NaiveDate> = (0..self.fleet.shops.len()).map(|at| self.day(at)).collect();
        let editor = ShopEditor {
            migrations: self.migrations,
            targets: self.targets,
            decisions: self.decisions,
            shops: &self.fleet.shops,
            names: &names,
            days: &days,
            homes: self.homes,
        };
        editor.changes(self.files, &self.fleet.units, self.request.threads, progress)
    }

    /// The day of a shop's move, or what stands for it.
    fn day(&self, at: usize) -> NaiveDate {
        let usual = self.request.cutover.max(self.request.as_of);
        self.calendar.days.get(&at).copied().unwrap_or(usual)
    }

    fn key(&self, at: usize) -> Option<String> {
        self.fleet.shops.get(at).map(|shop| shop.key.clone())
    }

    fn keys(&self, shops: &[usize]) -> Vec<String> {
        shops.iter().filter_map(|at| self.key(*at)).collect()
    }

    fn rule_id(&self, number: usize) -> String {
        self.targets.rules.rules.get(number).map(|rule| rule.info.id.clone()).unwrap_or_default()
    }

    // ---- shops

    fn shop(
        &self,
        at: usize,
        changes: &mut ShopChanges,
        names: NameChoices,
        ways: &NameSourceTexts,
    ) -> Option<PlannedShop> {
        let shop = self.fleet.shops.get(at)?;
        let way = shop.way.and_then(|way| self.migrations.ways.get(way));
        let applied = shop.way.iter().chain(shop.also.iter().filter(|_| shop.outcome == ShopOutcome::Migrate));
        let deadline = deadline(shop, self.request.as_of);
        let moves = shop.outcome == ShopOutcome::Migrate;
        let migrations = &self.migrations.ways;
        let mut effects: Vec<String> = shop
            .effects
            .iter()
            .filter_map(|(way, at)| Some(migrations.get(*way)?.effects.get(*at)?.id.clone()))
            .collect();
        effects.extend(
            shop.deadlines.iter().filter_map(|(way, at, _)| Some(migrations.get(*way)?.deadlines.get(*at)?.id.clone())),
        );
        Some(PlannedShop {
            key: shop.key.clone(),
            file: self.files.get(shop.file)?.path.clone(),
            sheet: self.files.get(shop.file).and_then(FleetFile::sheet),
            line: shop.line,
            offset: shop.bytes.start,
            bytes: shop.bytes.end - shop.bytes.start,
            from: shop.from.clone(),
            to: shop.to.clone(),
            outcome: shop.outcome,
            why: self.why(at, shop).unwrap_or_else(|| way.map_or_else(unknown_way, |way| Arc::clone(&way.why))),
            migrations: applied.filter_map(|way| Some(migrations.get(*way)?.id.clone())).collect(),
            name: self.name(at, shop, names, ways),
            changes: std::mem::take(&mut changes.changes),
            effects,
            deposit: if matches!(shop.outcome, ShopOutcome::Blocked | ShopOutcome::Stays) {
                Deposit { paid: shop.deposit.paid, ..Deposit::default() }
            } else {
                shop.deposit
            },
            tasks: Vec::new(),
            day: moves.then(|| self.day(at)),
            deadline,
            overdue: deadline.is_some_and(|day| day < self.request.as_of),
        })
    }

    /// Why a shop does not do what its migration says.
    fn why(&self, at: usize, shop: &Shop) -> Option<SharedText> {
        if self.decisions.left_out.contains(&at) {
            return Some(text("决定文件说这家店暂不迁移。", "The decisions file leaves this shop out."));
        }
        let way = shop.way.and_then(|way| self.migrations.ways.get(way))?;
        if shop.outcome != ShopOutcome::Blocked || way.outcome == Some(ShopOutcome::Blocked) {
            return None;
        }
        let limit = self.limits.iter().find(|limit| limit.excess.contains(&at))?;
        let (most, count) = (limit.limit.limit, limit.limit.count);
        Some(text(
            &format!("超出上限（{}）：{} 共 {count} 家，最多 {most} 家。", limit.limit.rule, limit.limit.subject),
            &format!(
                "Beyond a limit ({}): {} would have {count}, at most {most}.",
                limit.limit.rule, limit.limit.subject
            ),
        ))
    }

    fn name(&self, at: usize, shop: &Shop, names: NameChoices, ways: &NameSourceTexts) -> NamePlan {
        let Some(given) = self.names.given.get(at) else { return NamePlan::default() };
        let decides = shop.outcome.ends_in_new_system();
        let kept = (!decides && !shop.name.trim().is_empty()).then(|| shop.name.clone());
        let mut legal = names.legal;
        if let Some(name) = given.name.as_ref().filter(|_| decides && given.pinned) {
            legal.retain(|(known, _)| known != name);
            legal.insert(0, (name.clone(), NameSource::Pinned));
        } else if let (true, Some(name)) = (decides && legal.is_empty(), &given.name) {
            legal.push((name.clone(), NameSource::Old));
        }
        // The picked one is told, however many others there are.
        if let Some(picked) =
            legal.iter().position(|(name, _)| given.name.as_ref() == Some(name)).filter(|at| *at >= TOLD)
        {
            legal.swap(picked, TOLD - 1);
        }
        let candidates = legal.into_iter().take(TOLD);
        let mut rejected: Vec<RejectedName> = given
            .taken
            .iter()
            .map(|(name, owner)| RejectedName { name: name.clone(), rules: Vec::new(), taken_by: self.key(*owner) })
            .collect();
        rejected.extend(names.rejected.into_iter().map(|(name, rules)| RejectedName {
            name,
            rules: rules.iter().map(|rule| self.rule_id(*rule)).collect(),
            taken_by: None,
        }));
        rejected.truncate(TOLD);
        rejected.shrink_to_fit();
        NamePlan {
            old: shop.name.clone(),
            picked: if decides { given.name.clone() } else { kept },
            pinned: given.pinned,
            candidates: candidates.map(|(name, made)| NameCandidate { name, made_of: ways.text(made) }).collect(),
            rejected,
        }
    }

    // ---- effects and the fleet

    /// The effects that shops have, each once, in the order of the migrations.
    fn effects(&self) -> Vec<PlannedEffect> {
        let mut used: BTreeSet<(usize, bool, usize)> = BTreeSet::new();
        for shop in &self.fleet.shops {
            used.extend(shop.effects.iter().map(|(way, at)| (*way, false, *at)));
            used.extend(shop.deadlines.iter().map(|(way, at, _)| (*way, true, *at)));
        }
        let one = |(way, is_deadline, at): (usize, bool, usize)| {
            let way = self.migrations.ways.get(way)?;
            let (id, kind, what, rules) = if is_deadline {
                let deadline = way.deadlines.get(at)?;
                (&deadline.id, EffectKind::Loss, deadline.consequence.clone(), &deadline.rules)
            } else {
                let effect = way.effects.get(at)?;
                (&effect.id, effect.kind, with_options(&effect.what, &effect.options), &effect.rules)
            };
            let reasons = std::iter::once(way.id.clone()).chain(rules.iter().cloned()).collect();
            Some(PlannedEffect { id: id.clone(), kind, what, reasons })
        };
        used.into_iter().filter_map(one).collect()
    }

    fn fleet_plan(&self) -> FleetPlan {
        let shops = &self.fleet.shops;
        let mut outcomes = BTreeMap::new();
        let mut deposit = Deposit::default();
        for shop in shops {
            *outcomes.entry(shop.outcome.name().to_owned()).or_default() += 1;
            deposit.add(&shop.deposit);
        }
        let limit = |found: &ExceededLimit| PlannedLimit {
            fit: self.keys(&found.fit),
            excess: self.keys(&found.excess),
            ..found.limit.clone()
        };
        FleetPlan {
            outcomes,
            limits: self.limits.iter().map(limit).collect(),
            deposits: money::by_licence(shops),
            deposit,
            deposit_unknown: shops.iter().filter(|shop| money::is_unknown(shop)).count(),
            circles: self.calendar.circles.iter().map(|circle| self.keys(circle)).collect(),
        }
    }

    // ---- files and the proof

    /// The workbooks that change, as they will be, by the number of the first sheet of each. Where the edits of one
    /// cannot be made, or its shops cannot be told apart by their rows, they are left to people.
    fn books(&self, changes: &mut [ShopChanges]) -> ChangedWorkbooks {
        let mut books = ChangedWorkbooks::new();
        let is_edited = |changes: &ShopChanges| changes.changes.iter().any(|change| !change.edits.is_empty());
        for (first, file) in self.files.iter().enumerate().filter(|(_, file)| file.book.is_some()) {
            if first.checked_sub(1).and_then(|at| self.files.get(at)).is_some_and(|before| before.path == file.path) {
                continue;
            }
            let is_own = |shop: &Shop| self.files.get(shop.file).is_some_and(|of| of.path == file.path);
            let shops: Vec<usize> =
                (0..changes.len()).filter(|at| self.fleet.shops.get(*at).is_some_and(is_own)).collect();
            if !shops.iter().any(|at| changes.get(*at).is_some_and(is_edited)) {
                continue;
            }
            let mut rows = HashSet::new();
            let mut told_apart =
                shops.iter().filter_map(|at| self.fleet.shops.get(*at)).map(|shop| rows.insert((shop.file, shop.line)));
            let rendered = told_apart.all(|is_new| is_new).then(|| {
                let own = shops.iter().filter_map(|at| changes.get(*at)).flat_map(|changes| &changes.changes);
                rendered(file.book.as_ref()?, own.flat_map(|change| &change.edits).filter_map(cell_of)).ok()
            });
            match rendered.flatten() {
                Some(after) => drop(books.insert(first, after)),
                None => shops.iter().for_each(|at| {
                    changes.get_mut(*at).filter(|changes| is_edited(changes)).map(ShopChanges::leave_to_people);
                }),
            }
        }
        books
    }

    /// Fills in the files that change; gives back their texts afterwards, by the file's number.
    fn files_after(&self, plan: &mut Plan, books: &ChangedWorkbooks) -> Result<BTreeMap<usize, String>, PlanningError> {
        let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, shop) in plan.shops.iter().enumerate() {
            if shop.changes.iter().any(|change| !change.edits.is_empty()) {
                by_file.entry(self.fleet.shops.get(at).map_or(0, |shop| shop.file)).or_default().push(at);
            }
        }
        let mut texts = BTreeMap::new();
        for (number, shops) in by_file {
            let Some(file) = self.files.get(number).filter(|file| file.book.is_none()) else { continue };
            let edits = shops
                .iter()
                .filter_map(|at| plan.shops.get(*at))
                .flat_map(|shop| &shop.changes)
                .flat_map(|change| &change.edits);
            let before = file.source.text();
            let after = apply_to_text(before, edits).ok_or_else(|| PlanningError::Edits { file: file.path.clone() })?;
            plan.files.push(PlannedFile {
                path: file.path.clone(),
                before: FileDigest::of(before.as_bytes()),
                after: FileDigest::of(after.as_bytes()),
                encoding: None,
            });
            texts.insert(number, after);
        }
        for (number, after) in books {
            let Some((file, before)) = self.files.get(*number).and_then(|file| Some((file, file.book.as_ref()?)))
            else {
                continue;
            };
            plan.files.push(PlannedFile {
                path: file.path.clone(),
                before: FileDigest::of(before),
                after: FileDigest::of(after),
                encoding: None,
            });
        }
        plan.files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(texts)
    }

    /// Turns the edits of texts into edits of their files' bytes, where those are not UTF-8.
    fn encode(&self, plan: &mut Plan) {
        let encoded: BTreeMap<&str, &Encoded> =
            self.files.iter().filter_map(|file| Some((file.path.as_str(), file.encoded.as_ref()?))).collect();
        for planned in &mut plan.files {
            let Some(encoded) = encoded.get(planned.path.as_str()) else { continue };
            let shops = plan.shops.iter_mut().filter(|shop| shop.file == planned.path);
            let edits = shops.flat_map(|shop| &mut shop.changes).flat_map(|change| &mut change.edits).collect();
            let after = encode_edits(encoded, edits);
            planned.before = FileDigest::of(encoded.bytes());
            planned.after = FileDigest::of(&after);
            planned.encoding = FileEncoding::of(encoded.encoding());
        }
    }

    fn proof(
        &self,
        plan: &Plan,
        mut texts: BTreeMap<usize, String>,
        books: &ChangedWorkbooks,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Recheck, PlanningError> {
        let names: HashMap<&str, &str> =
            self.files.iter().map(|file| (file.path.as_str(), file.source.name())).collect();
        let shown = |path: &str| names.get(path).map_or_else(|| path.to_owned(), |name| (*name).to_owned());
        let places = ShopLocations::of_plan(plan, true, &shown);
        let inputs: Vec<Input> = self.inputs().map(|file| file.input.clone()).collect();
        // The other files too as they were read: the disk may have changed meanwhile.
        let texts =
            self.files.iter().enumerate().filter(|(_, file)| file.book.is_none()).filter_map(|(number, file)| {
                let text = texts.remove(&number).unwrap_or_else(|| file.source.text().to_owned());
                Some((file.input.path()?.to_owned(), text))
            });
        let request = self.request;
        let (mut stand, mut kept) = (RecheckSources::of(request.roots, request.system), Vec::new());
        texts.for_each(|(path, text)| stand.files.insert_text(path, text));
        for (number, after) in books {
            let Some(file) = self.files.get(*number) else { continue };
            let failed = |error: io::Error| PlanningError::Proof { file: file.path.clone(), reason: error.to_string() };
            let mut lying = NamedTempFile::new().map_err(failed)?;
            lying.write_all(after).and_then(|()| lying.flush()).map_err(failed)?;
            if let Some(path) = file.input.path() {
                stand.files.insert_copy(path.to_owned(), lying.path().to_owned());
            }
            kept.push(lying);
        }
        let sources = (inputs.as_slice(), stand);
        Ok(recheck(request.pack, request.policy, request.cutover, sources, &places, request.threads, progress))
    }

    // ---- tasks

    fn task(&self, id: &str) -> Option<usize> {
        self.migrations.tasks.iter().position(|task| task.id == id)
    }

    /// What follows from the moves themselves.
    fn want(&self, tasks: &mut TaskCollector<'_>, by_hand: &[bool], planned: &[PlannedShop]) {
        let migrations = &self.migrations.ways;
        for (at, shop) in self.fleet.shops.iter().enumerate() {
            let renamed = self
                .names
                .given
                .get(at)
                .is_some_and(|given| given.name.as_ref().is_some_and(|name| *name != shop.name));
            for (number, task) in &shop.tasks {
                let Some(way) = migrations.get(*number) else { continue };
                let Some(task) = way.tasks.get(*task) else { continue };
                let is_more = |amount: Option<i64>| amount.is_some_and(|amount| amount > 0);
                if (task.renamed && !renamed)
                    || (task.top_up && !is_more(shop.deposit.top_up))
                    || (task.refund && !is_more(shop.deposit.refundable))
                {
                    continue;
                }
                tasks.want(at, task.task, std::iter::once(way.id.clone()).chain(task.rules.iter().cloned()), None);
            }
            for (number, effect) in &shop.effects {
                let Some(way) = migrations.get(*number) else { continue };
                let Some(effect) = way.effects.get(*effect) else { continue };
                let chosen = self.decisions.option(&effect.id, at).and_then(|option| effect.options.get(option));
                for task in chosen.iter().flat_map(|option| &option.tasks) {
                    tasks.want(at, task.task, std::iter::once(way.id.clone()).chain(task.rules.iter().cloned()), None);
                }
            }
            let nameless = self.names.given.get(at).is_none_or(|given| given.name.is_none());
            if shop.outcome == ShopOutcome::Migrate && nameless {
                let rejected = planned.get(at).into_iter().flat_map(|shop| &shop.name.rejected);
                let rules = rejected.flat_map(|name| name.rules.iter().cloned());
                let reasons: BTreeSet<String> = rules.chain([A_NAMING_RULE.to_owned()]).collect();
                if let Some(task) = self.migrations.answer(A_NAMING_RULE, &|_| false) {
                    tasks.want(at, task, reasons, None);
                }
            }
            let unwritable = shop.outcome == ShopOutcome::Migrate && by_hand.get(at).copied().unwrap_or_default();
            if let Some(task) = self.task(EDIT_FILE).filter(|_| unwritable) {
                tasks.want(at, task, shop.way.and_then(|way| Some(migrations.get(way)?.id.clone())), None);
            }
        }
        for limit in self.limits {
            let task = limit.task.or_else(|| self.migrations.answer(&limit.limit.rule, &|_| false));
            for at in &limit.excess {
                task.iter().for_each(|task| tasks.want(*at, *task, [limit.limit.rule.clone()], None));
            }
        }
        if let Some(task) = self.task(SWAP_NAMES) {
            for at in self.calendar.circles.iter().flatten() {
                tasks.want(*at, task, [A_NAMING_RULE.to_owned()], None);
            }
        }
    }

    /// Every finding that is left gets a task.
    fn answer(&self, tasks: &mut TaskCollector<'_>, recheck: &Recheck, by_hand: &[bool]) -> Result<(), PlanningError> {
        let nobody = self.fleet.shops.len();
        let mut known: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for told in recheck.found.keys() {
            let answers = known.entry(&told.rule).or_insert_with(|| self.migrations.answers(&told.rule));
            let at = told.shop.unwrap_or(nobody);
            let given = self.names.given.get(at).filter(|given| given.name.is_some() && !given.pinned);
            let moves = self.fleet.shops.get(at).is_some_and(|shop| shop.outcome == ShopOutcome::Migrate);
            let moved = moves && !by_hand.get(at).copied().unwrap_or_default();
            let fault = told.name && moved && given.is_some() && told.severity == Severity::Error;
            let task = chosen(answers, &|task| tasks.has(at, task)).filter(|_| !fault);
            let Some(task) = task else {
                return Err(PlanningError::Unexplained {
                    rule: told.rule.clone(),
                    shop: self.key(at).unwrap_or_default(),
                });
            };
            let about = self.migrations.tasks.get(task).filter(|task| task.is_fallback()).map(|_| told.rule.clone());
            tasks.want(at, task, [told.rule.clone()], about);
        }
        Ok(())
    }

    fn gather(&self, tasks: TaskCollector<'_>) -> GatheredTasks {
        let shops = &self.fleet.shops;
        let days = |at: usize| ShopDays {
            day: self.day(at),
            fixed: self.calendar.days.contains_key(&at),
            deadline: shops.get(at).and_then(|shop| deadline(shop, self.request.as_of)),
        };
        let values = |at: usize| shops.get(at).map(|shop| shop.task_values.clone()).unwrap_or_default();
        let rules = |id: &str| self.request.pack.rule(id).map(|rule| Arc::clone(&rule.info));
        tasks.gather(&days, &values, &|at| self.key(at), &rules)
    }

    fn remaining(&self, recheck: &Recheck, gathered: &GatheredTasks) -> Result<Vec<RemainingFindings>, PlanningError> {
        let nobody = self.fleet.shops.len();
        let mut rules: BTreeMap<(String, Severity), UnresolvedFindings> = BTreeMap::new();
        let mut known: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (told, count) in &recheck.found {
            let answers = known.entry(&told.rule).or_insert_with(|| self.migrations.answers(&told.rule));
            let at = told.shop.unwrap_or(nobody);
            let left = rules.entry((told.rule.clone(), told.severity)).or_default();
            left.shops.extend(told.shop);
            left.findings += count;
            let has = |task: usize| gathered.answer(at, task, Some(&told.rule)).is_some();
            let answer = chosen(answers, &has);
            let Some(task) = answer.and_then(|task| gathered.answer(at, task, Some(&told.rule))) else {
                return Err(PlanningError::Unexplained {
                    rule: told.rule.clone(),
                    shop: self.key(at).unwrap_or_default(),
                });
            };
            left.tasks.insert(task);
        }
        let one = |((rule, severity), left): ((String, Severity), UnresolvedFindings)| RemainingFindings {
            rule,
            severity,
            shops: left.shops.into_iter().filter_map(|at| self.key(at)).collect(),
            findings: left.findings,
            tasks: left.tasks.into_iter().map(|at| format!("t{}", at + 1)).collect(),
        };
        Ok(rules.into_iter().map(one).collect())
    }
}

fn with_options(what: &Text, options: &BTreeMap<String, crate::compile::EffectOption>) -> Text {
    if options.is_empty() {
        return what.clone();
    }
    let list = |of: &dyn Fn(&Text) -> String, joint: &str| {
        options.iter().map(|(name, option)| format!("{name}: {}", of(&option.what))).collect::<Vec<_>>().join(joint)
    };
    Text {
        zh: format!("{}（可选：{}）", what.zh, list(&|text| text.zh.clone(), "；")),
        en: format!("{} (options: {})", what.en, list(&|text| text.en.clone(), "; ")),
    }
}

fn unknown_way() -> SharedText {
    text("没有适用的迁移规则，这家店保持不变。", "No migration applies to this shop; it stays as it is.")
}

fn text(zh: &str, en: &str) -> SharedText {
    Arc::new(Text { zh: zh.to_owned(), en: en.to_owned() })
}
