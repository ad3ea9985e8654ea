//! The planner: from a fleet of shop files to a plan that is proven.
//!
//! A shop goes through three stages, each a type with what is known by then, and no stage changes what an earlier one
//! has made:
//!
//!  1. *Read*: `read` has every shop as its file has it, and the migrations that apply to it by itself ([`read::ReadShop`]).
//!  2. *Decided*: `decide` adds what people have decided and which shops fit the `limits` over the fleet
//!     ([`decide::DecidedShop`]).
//!  3. *Planned*: `assign` gives each one of the `names` that it could have, `calendar` its day, `edits` makes the bytes,
//!     and `assemble` puts the plan together ([`crate::plan::PlannedShop`]). `rewrite` makes the files as they will be,
//!     `crate::recheck` checks them with the whole pack as of the cut-over, and `tasks` and `explain` answer what is left.
//!
//! Beside them, `files` and `scan` read files, `root` finds the folder that paths start from, `cutover` asks the rules
//! of the cut-over about the `facts` of a shop, and `deposits` knows what shops have to pay.
//!
//! Nothing here reads a clock, and nothing depends on the number of threads or on the order of the arguments.

mod assemble;
mod assign;
mod calendar;
mod cutover;
mod decide;
mod deposits;
mod edits;
mod explain;
mod facts;
mod files;
mod keys;
mod limits;
mod names;
mod read;
mod rewrite;
mod root;
mod scan;
mod tasks;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assign::NameAssignment;
use calendar::{CalendarBounds, MoveCalendar, MovingShop};
use chrono::NaiveDate;
use cutover::CutoverRules;
use decide::{DecidedFleet, DecidedShop};
use deposits::DepositTable;
use dianjian_base::FileSystem;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceFile};
use dianjian_engine::SeverityPolicy;
use dianjian_rules::record::{ExportContexts, NoSideFiles, Record, SlotSet};
use dianjian_rules::{EvalContext, Pack, Scans};
pub(crate) use files::FleetFile;
use keys::ShopKeys;
use names::TradeNames;

use crate::decisions::{Decisions, DecisionsFile};
use crate::error::{MigrationError, PlanningError};
use crate::migrations::Migrations;
use crate::plan::Plan;

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct PlanRequest<'r> {
    /// Its rules check the result, its migrations say what becomes of shops.
    pub pack: &'r Pack,
    /// The rules' severities in this project.
    pub policy: &'r dyn SeverityPolicy,
    /// The day of the plan.
    pub as_of: NaiveDate,
    /// The day of the cut-over, by whose rules the result is checked.
    pub cutover: NaiveDate,
    /// How many shops can be moved in a day; `None`: any number.
    pub per_day: Option<u32>,
    /// What was decided, and the file that says so.
    pub decisions: Option<(&'r DecisionsFile, &'r Arc<SourceFile>)>,
    /// Top folders of the run: a shop's own export in one of them speaks for all exports below it.
    pub roots: &'r [PathBuf],
    /// The system of shops whose exports do not name it.
    pub system: Option<&'r str>,
    /// The disk as the inputs are named from it, and as far as it may be read.
    pub disk: &'r FileSystem,
    /// The folder in which the plan will lie.
    pub base: &'r Path,
    /// Worker threads; 0: as many as there are cores.
    pub threads: usize,
}

/// A plan, and what was noticed while it was made.
#[derive(Debug)]
pub struct PlanReport {
    /// The plan, sealed.
    pub plan: Plan,
    /// What could not be read; it is not in the plan.
    pub problems: Vec<Problem>,
    /// Ids that several shops have: the id, and the keys that tell them apart.
    pub duplicate_ids: Vec<(String, Vec<String>)>,
}

/// Why there is no plan.
#[derive(Debug)]
pub enum PlanFailure {
    /// Mistakes in migrations or decisions.
    Problems(Vec<Problem>),
    /// The plan cannot be made.
    Plan(PlanningError),
}

impl From<PlanningError> for PlanFailure {
    fn from(error: PlanningError) -> Self {
        Self::Plan(error)
    }
}

/// How many times the fleet's bytes are read, for `progress`, which is called with the bytes read.
pub const PASSES: u64 = 3;

/// Makes a plan for the shops of some files.
///
/// # Errors
/// Mistakes in migrations or decisions; a plan that would not be proven.
pub fn make_plan(
    request: PlanRequest<'_>,
    inputs: &[Input],
    progress: &(dyn Fn(u64) + Sync),
) -> Result<PlanReport, PlanFailure> {
    let rooted = root::rooted(inputs, request.base)?;
    let (files, problems) = files::read_files(&rooted.files, request.pack);
    let mut report = plan_files(request, &files, rooted.root, true, progress)?;
    report.problems.splice(0..0, problems);
    Ok(report)
}

/// Whether decisions can be carried out, without the plan that they lead to: what [`make_plan`] would object to before it
/// checks its result.
///
/// # Errors
/// As of [`make_plan`].
pub fn check_decisions(request: PlanRequest<'_>, inputs: &[Input]) -> Result<(), PlanFailure> {
    let rooted = root::rooted(inputs, request.base)?;
    let (files, _) = files::read_files(&rooted.files, request.pack);
    plan_files(request, &files, rooted.root, false, &|_| {}).map(|_| ())
}

/// Makes a plan for files that have been read. `prove`: check the result with the whole pack; without that the plan does
/// not say what is left after the move.
pub(crate) fn plan_files(
    request: PlanRequest<'_>,
    files: &[FleetFile],
    root: String,
    prove: bool,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<PlanReport, PlanFailure> {
    let planning = PlanningContext::new(request, files)?;
    let mut fleet = planning.read_fleet(progress)?;
    let problems = std::mem::take(&mut fleet.problems);
    let ShopKeys { keys, duplicate_ids } = ShopKeys::of(&fleet.shops, files);
    let decisions = planning.resolve_decisions(&keys)?;
    let fleet = planning.decide(fleet, keys, &decisions)?;
    let tried = planning.try_names(&fleet);
    let names = planning.assign_names(&fleet, tried, &decisions.names);
    planning.check_pins(&fleet.shops, &names)?;
    let DecidedFleet { shops, facts, chunks, limits } = fleet;
    // Nothing asks the rules about single shops any more, and in large fleets the facts add up.
    drop(facts);
    let calendar = planning.calendar(&shops, &names.waits);
    let draft = assemble::PlanDraft {
        planning: &planning,
        decisions: &decisions,
        root,
        shops: &shops,
        chunks: &chunks,
        limits: &limits,
        assigned: &names.assigned,
        calendar: &calendar,
    };
    let plan = draft.plan(names.choices, prove, progress)?;
    Ok(PlanReport { plan, problems, duplicate_ids })
}

/// What stays the same through all stages.
struct PlanningContext<'p> {
    request: PlanRequest<'p>,
    files: &'p [FleetFile],
    migrations: Migrations,
    rules: CutoverRules<'p>,
    trade_names: TradeNames,
    deposits: DepositTable,
    /// The shops that folders of exports describe.
    homes: ExportContexts,
}

/// Legal names that are suggested where a pinned one cannot be had.
const SUGGESTED_NAMES: usize = 4;

impl<'p> PlanningContext<'p> {
    fn new(request: PlanRequest<'p>, files: &'p [FleetFile]) -> Result<Self, PlanFailure> {
        let PlanRequest { pack, cutover, .. } = request;
        let (migrations, problems) = Migrations::compile(pack, cutover);
        if !problems.is_empty() {
            return Err(PlanFailure::Problems(problems));
        }
        Ok(Self {
            request,
            files,
            rules: CutoverRules::new(pack, request.policy, cutover, migrations.shop_kind),
            trade_names: TradeNames::new(pack, cutover),
            deposits: DepositTable::new(pack, cutover),
            homes: ExportContexts::new(&pack.kinds, &pack.mappings, request.roots, request.system, request.disk),
            migrations,
        })
    }

    /// What the conditions of migrations are evaluated in.
    fn eval_context<'c, 'a>(&'c self, record: &'c Record<'a>, outer: Option<&'c Record<'a>>) -> EvalContext<'c, 'a> {
        EvalContext {
            rules: &self.migrations.rules,
            kinds: &self.rules.pack.kinds,
            record,
            outer,
            outer_lacks: SlotSet::default(),
            named: &[],
            is_final: true,
            is_quick: false,
            as_of: self.rules.day,
            assets: &NoSideFiles,
            scans: Scans::default(),
            is_closed: None,
            assumed: Vec::new(),
            supposed: Vec::new(),
        }
    }

    fn resolve_decisions(&self, keys: &[String]) -> Result<Decisions, PlanFailure> {
        let Some((file, source)) = self.request.decisions else { return Ok(Decisions::default()) };
        let numbers: HashMap<&str, usize> = keys.iter().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
        let (decisions, problems) = Decisions::resolve(file, source, &numbers, &self.migrations);
        if problems.is_empty() { Ok(decisions) } else { Err(PlanFailure::Problems(problems)) }
    }

    /// Makes sure that pinned names are legal and free.
    fn check_pins(&self, shops: &[DecidedShop<'_>], names: &NameAssignment) -> Result<(), PlanFailure> {
        let Some((file, source)) = self.request.decisions else { return Ok(()) };
        let mut problems = Vec::new();
        for (key, name) in &file.names {
            let Some(at) = shops.iter().position(|shop| shop.key == key.value) else { continue };
            let (Some(shop), Some(assigned)) = (shops.get(at), names.assigned.get(at)) else { continue };
            let mut report = |span, error: MigrationError| problems.push(Problem::at(source, span, &error));
            if !shop.moves() {
                report(key.span, MigrationError::PinStays { shop: key.value.clone() });
                continue;
            }
            let legal = || {
                let legal = names.choices.get(at).into_iter().flat_map(|choices| &choices.legal);
                let others = legal.map(|(legal, _)| legal).filter(|legal| **legal != name.value);
                others.take(SUGGESTED_NAMES).cloned().collect()
            };
            for rule in &assigned.forbidden_by {
                let rule = self.rules.id(*rule).to_owned();
                report(name.span, MigrationError::PinBreaks { name: name.value.clone(), rule, legal: legal() });
            }
            if let Some(rule) = assigned.barred_by.filter(|rule| !assigned.forbidden_by.contains(rule)) {
                let rule = self.rules.id(rule).to_owned();
                report(name.span, MigrationError::PinBrand { name: name.value.clone(), rule, legal: legal() });
            }
            if let Some((_, owner)) = assigned.taken.first() {
                let shop = shops.get(*owner).map(|shop| shop.key.clone()).unwrap_or_default();
                report(name.span, MigrationError::PinTaken { name: name.value.clone(), shop, legal: legal() });
            }
        }
        problems.sort_by_key(|problem| problem.place.as_ref().map(|(_, span)| span.start));
        if problems.is_empty() { Ok(()) } else { Err(PlanFailure::Problems(problems)) }
    }

    fn calendar(&self, shops: &[DecidedShop<'_>], waits: &[(usize, usize)]) -> MoveCalendar {
        let PlanRequest { as_of, cutover, per_day, .. } = self.request;
        let moving = shops.iter().enumerate().filter(|(_, shop)| shop.moves());
        let moving: Vec<MovingShop> =
            moving.map(|(number, shop)| MovingShop { shop: number, deadline: shop.read.deadline(as_of) }).collect();
        calendar::plan_days(&moving, waits, CalendarBounds { as_of, cutover, per_day })
    }
}
