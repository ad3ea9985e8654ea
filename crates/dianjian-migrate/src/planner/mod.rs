//! The planner: from a fleet of shop files to a plan that is proven.
//!
//! A file a concern. [`fleet`] reads shops and what becomes of each alone; [`limits`] says who does not fit,
//! [`assign`] who gets which of the [`names`], [`calendar`] when each moves; [`edits`] makes the bytes, [`proof`]
//! checks them with the whole pack as of the cut-over, and [`tasks`] answers what is left. [`target`] is where the
//! rules of the cut-over are asked, [`money`] counts fen, [`root`] finds the folder that paths start from.
//!
//! Nothing here reads a clock, and nothing depends on the number of threads or on the order of the arguments.

pub mod assemble;
pub mod assign;
pub mod calendar;
pub mod edits;
pub mod fleet;
pub mod limits;
pub mod money;
pub mod names;
pub mod proof;
mod read;
pub mod root;
pub mod target;
pub mod tasks;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use super::compile::Migrations;
use super::decisions::{Decisions, DecisionsFile};
use super::error::{MigrationError, PlanningError};
use super::plan::{Plan, ShopOutcome};
use dianjian_base::FileSystem;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceFile};
use dianjian_engine::Policy;
use dianjian_rules::Pack;
use dianjian_rules::record::Homes;

use calendar::{CalendarBounds, MoveCalendar, MovingShop};
use fleet::{Fleet, FleetFile, FleetReader, Shop};
use names::{Namer, TradeNames};
use target::CutoverRules;

/// What a plan is asked for.
#[derive(Clone, Copy)]
pub struct PlanRequest<'r> {
    /// Rules and migrations.
    pub pack: &'r Pack,
    /// The rules' severities in this project.
    pub policy: &'r dyn Policy,
    /// The day of the plan.
    pub as_of: NaiveDate,
    /// The day of the cut-over.
    pub cutover: NaiveDate,
    /// Shops that are moved in a day.
    pub per_day: Option<u32>,
    /// What was decided, and the file that says so.
    pub decisions: Option<(&'r DecisionsFile, &'r Arc<SourceFile>)>,
    /// Folders of the run: what is said of a shop in one holds for all exports below.
    pub roots: &'r [PathBuf],
    /// The system of shops whose exports do not tell it.
    pub system: Option<&'r str>,
    /// The folder in which the plan will lie.
    pub base: &'r Path,
    /// Worker threads; 0: as many as there are cores.
    pub threads: usize,
}

impl std::fmt::Debug for PlanRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("as_of", &self.as_of).field("cutover", &self.cutover).finish_non_exhaustive()
    }
}

/// A plan, and what was noticed while it was made.
#[derive(Debug)]
pub struct PlanReport {
    /// The plan, sealed.
    pub plan: Plan,
    /// What could not be read; it is not in the plan.
    pub problems: Vec<Problem>,
    /// Ids that several shops have: the id, and the keys that tell them apart.
    pub doubles: Vec<(String, Vec<String>)>,
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

/// How many times the fleet's bytes are read: for `progress`, which is told the bytes read.
pub const PASSES: u64 = 3;

/// Makes a plan for the shops of some files.
///
/// # Errors
/// Mistakes in migrations or decisions; a plan that would not be proven.
pub fn plan(
    request: PlanRequest<'_>,
    inputs: &[Input],
    progress: &(dyn Fn(u64) + Sync),
) -> Result<PlanReport, PlanFailure> {
    let rooted = root::rooted(inputs, request.base)?;
    let (files, problems) = read::files(&rooted.files, request.pack);
    let mut planned = plan_files(request, &files, rooted.root, true, progress)?;
    planned.problems.splice(0..0, problems);
    Ok(planned)
}

/// Makes a plan for files that have been read. `prove`: check the result with the whole pack; without it nothing that
/// is left is known.
///
/// # Errors
/// As [`plan`].
pub fn plan_files(
    request: PlanRequest<'_>,
    files: &[FleetFile],
    root: String,
    prove: bool,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<PlanReport, PlanFailure> {
    let (migrations, problems) = Migrations::compile(request.pack, request.cutover);
    if !problems.is_empty() {
        return Err(PlanFailure::Problems(problems));
    }
    let targets = CutoverRules::new(request.pack, request.policy, request.cutover, migrations.shop);
    let fillers = TradeNames::new(&targets);
    let namer = Namer { targets: &targets, fillers: &fillers };
    let deposits = money::Deposits::new(request.pack, request.cutover);
    let pack = request.pack;
    let homes = Homes::new(&pack.kinds, &pack.mappings, request.roots, request.system, &FileSystem::default());
    let survey = FleetReader {
        migrations: &migrations,
        targets: &targets,
        fillers: &fillers,
        deposits: &deposits,
        homes: &homes,
    };
    let mut fleet = survey.read(files, request.threads, progress)?;
    let problems = std::mem::take(&mut fleet.problems);
    let doubles = keys(&mut fleet.shops, files);
    let decisions = decided(&request, &mut fleet.shops, &migrations)?;
    let limits = limits::exceeded(&mut fleet.shops, &targets, &migrations, &decisions);
    let lessened = limits::lessened(&fleet.shops, &limits, &migrations);
    survey.without(files, &mut fleet, &lessened, request.threads)?;
    namer.try_all(&mut fleet.shops, request.threads);
    let names = assign::assign(&mut fleet.shops, &decisions.names, &namer, request.threads);
    check_pins(&request, &fleet.shops, &names, &targets)?;
    let names_of = fleet.shops.iter_mut().map(|shop| std::mem::take(&mut shop.names)).collect();
    for shop in &mut fleet.shops {
        // Nothing asks the rules about single shops any more, and in large fleets this adds up.
        (shop.gist, shop.parts) = Default::default();
    }
    let calendar = calendar(&fleet, &names.waits, &request);
    let draft = assemble::PlanDraft {
        request: &request,
        migrations: &migrations,
        targets: &targets,
        homes: &homes,
        decisions: &decisions,
        files,
        root,
        prove,
        fleet: &fleet,
        limits: &limits,
        names: &names,
        names_of,
        calendar: &calendar,
    };
    let plan = draft.plan(progress)?;
    Ok(PlanReport { plan, problems, doubles })
}

/// Gives every shop a key of its own: its id, else where it stands; of several with one id the later ones are numbered.
fn keys(shops: &mut [Shop], files: &[FleetFile]) -> Vec<(String, Vec<String>)> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    for id in shops.iter().filter_map(|shop| shop.id.as_ref()) {
        taken.entry(id.clone()).or_insert(0);
    }
    let mut doubles: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for shop in shops.iter_mut() {
        let place = || format!("{}:{}", files.get(shop.file).map_or("", |file| file.path.as_str()), shop.line);
        let wished = shop.id.clone().unwrap_or_else(place);
        let mut number = taken.get(&wished).copied().unwrap_or(0) + 1;
        let mut key = if number == 1 { wished.clone() } else { format!("{wished}#{number}") };
        while number > 1 && taken.contains_key(&key) {
            number += 1;
            key = format!("{wished}#{number}");
        }
        taken.insert(wished.clone(), number);
        if number > 1 {
            taken.insert(key.clone(), 1);
            if shop.id.is_some() {
                doubles.entry(wished.clone()).or_insert_with(|| vec![wished]).push(key.clone());
            }
        }
        shop.key = key;
    }
    doubles.into_iter().collect()
}

/// What was decided; shops that are left out stay.
fn decided(request: &PlanRequest<'_>, shops: &mut [Shop], migrations: &Migrations) -> Result<Decisions, PlanFailure> {
    let Some((file, source)) = request.decisions else { return Ok(Decisions::default()) };
    let numbers: HashMap<&str, usize> = shops.iter().enumerate().map(|(at, shop)| (shop.key.as_str(), at)).collect();
    let (decisions, problems) = Decisions::resolve(file, source, &numbers, migrations);
    if !problems.is_empty() {
        return Err(PlanFailure::Problems(problems));
    }
    for at in &decisions.left_out {
        if let Some(shop) = shops.get_mut(*at).filter(|shop| shop.outcome == ShopOutcome::Migrate) {
            limits::block(shop);
            shop.outcome = ShopOutcome::Stays;
            shop.effects.clear();
            shop.tasks.clear();
            shop.parts.clear();
        }
    }
    Ok(decisions)
}

/// Names that are told where a pinned one cannot be had.
const LEGAL_TOLD: usize = 4;

/// Pinned names have to be legal and free.
fn check_pins(
    request: &PlanRequest<'_>,
    shops: &[Shop],
    names: &assign::NameAssignment,
    targets: &CutoverRules<'_>,
) -> Result<(), PlanFailure> {
    let Some((file, source)) = request.decisions else { return Ok(()) };
    let mut problems = Vec::new();
    for (key, name) in &file.names {
        let Some(at) = shops.iter().position(|shop| shop.key == key.value) else { continue };
        let (Some(shop), Some(given)) = (shops.get(at), names.given.get(at)) else { continue };
        let mut tell = |span, error: MigrationError| problems.push(Problem::at(source, span, &error));
        if shop.outcome != ShopOutcome::Migrate {
            tell(key.span, MigrationError::PinStays { shop: key.value.clone() });
            continue;
        }
        let id = |rule: &usize| targets.rules.rules.get(*rule).map(|rule| rule.info.id.clone()).unwrap_or_default();
        let legal = || shop.names.legal.iter().map(|(legal, _)| legal.clone()).filter(|legal| *legal != name.value);
        for rule in &given.against {
            let legal = legal().take(LEGAL_TOLD).collect();
            tell(name.span, MigrationError::PinBreaks { name: name.value.clone(), rule: id(rule), legal });
        }
        if let Some((_, owner)) = given.taken.first() {
            let owner = shops.get(*owner).map(|shop| shop.key.clone()).unwrap_or_default();
            let legal = legal().take(LEGAL_TOLD).collect();
            tell(name.span, MigrationError::PinTaken { name: name.value.clone(), shop: owner, legal });
        }
    }
    problems.sort_by_key(|problem| problem.place.as_ref().map(|(_, span)| span.start));
    if problems.is_empty() { Ok(()) } else { Err(PlanFailure::Problems(problems)) }
}

/// The deadline that counts on a day: the next one, else the last that is over.
#[must_use]
pub fn deadline(shop: &Shop, as_of: NaiveDate) -> Option<NaiveDate> {
    let days = || shop.deadlines.iter().map(|(_, _, day)| *day);
    days().filter(|day| *day >= as_of).min().or_else(|| days().max())
}

fn calendar(fleet: &Fleet, waits: &[(usize, usize)], request: &PlanRequest<'_>) -> MoveCalendar {
    let movers: Vec<MovingShop> = fleet
        .shops
        .iter()
        .enumerate()
        .filter(|(_, shop)| shop.outcome == ShopOutcome::Migrate)
        .map(|(shop, of)| MovingShop { shop, deadline: deadline(of, request.as_of) })
        .collect();
    calendar::plan(
        &movers,
        waits,
        CalendarBounds { as_of: request.as_of, cutover: request.cutover, per_day: request.per_day },
    )
}
