//! Plans made of a project's files, kept, and opened again.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use axum::http::StatusCode;
use chrono::NaiveDate;
use dianjian_base::FileSystem;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_document::edit::write_atomic;
use dianjian_document::problem::Problem;
use dianjian_engine::surface::TextSurface;
use dianjian_engine::{Engine, RunOptions};
use dianjian_migrate::apply::{OpenedPlan, open_plan};
use dianjian_migrate::plan::Plan;
use dianjian_migrate::planner::{PlanFailure, PlanReport, PlanRequest, check_decisions, make_plan};
use dianjian_project::config::ProjectPolicy;
use dianjian_project::{InputOptions, Project, ProjectOptions, RuleChoice, RunInputs, WorkingFolder};
use dianjian_rules::language::Severity;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{PlanDecisions, PlanHead, refused};
use crate::api::ApiError;
use crate::serve::Served;
use crate::shown::{ShownFinding, ShownProblem};
use crate::store::{PlanRow, ProjectRow};

/// What a plan is made with.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PlanOptions {
    /// `None`: as the project's configuration says, else today.
    pub as_of: Option<NaiveDate>,
    /// `None`: the day of the plan.
    pub cutover: Option<NaiveDate>,
    pub per_day: Option<u32>,
    pub system: Option<String>,
}

/// A plan of the store.
#[derive(Debug)]
pub struct StoredPlan {
    pub id: i64,
    pub options: PlanOptions,
    pub decisions: PlanDecisions,
    pub head: PlanHead,
}

/// What the store keeps in one column.
#[derive(Debug, Serialize, Deserialize)]
struct KeptOptions {
    options: PlanOptions,
    head: PlanHead,
}

/// A project that is ready to be planned for.
struct PlanningSetup {
    project: Project,
    policy: ProjectPolicy,
    inputs: RunInputs,
    disk: FileSystem,
    folder: PathBuf,
    as_of: NaiveDate,
}

impl PlanningSetup {
    fn load(served: &Served, row: &ProjectRow, as_of: Option<NaiveDate>) -> Result<Self, ApiError> {
        let folder = served.folder(row);
        let options = ProjectOptions::new(WorkingFolder::elsewhere(&folder));
        let mut project = Project::load(&options).map_err(|unloaded| refused("bad-project", &unloaded.error))?;
        project.owns_baseline(None);
        let policy = project.policy(&RuleChoice::default()).map_err(|error| refused("bad-project", &error))?;
        let mut inputs = RunInputs::find_unless_broken(&InputOptions::default(), &mut project);
        let real = folder.canonicalize().map_err(|error| ApiError::unwritable(&folder, &error))?;
        // Links out of the folder are not followed: a plan changes what it names.
        let is_inside = |path: &std::path::Path| path.canonicalize().is_ok_and(|path| path.starts_with(&real));
        inputs.files.retain(|input| input.path().is_some_and(is_inside));
        if project.broken || !project.problems.is_empty() {
            return Err(problems(&project.problems));
        }
        let as_of = project.as_of(as_of, || served.workbench.basis.today).0;
        let disk = inputs.overlay([], &project.working).confined();
        Ok(Self { project, policy, inputs, disk, folder: real, as_of })
    }

    /// Calls the planner with what the plan is to be made of.
    fn plan<T>(
        &self,
        options: &PlanOptions,
        decisions: &PlanDecisions,
        planner: impl FnOnce(PlanRequest<'_>) -> Result<T, PlanFailure>,
    ) -> Result<T, ApiError> {
        let (file, source) = decisions.file()?;
        planner(PlanRequest {
            pack: &self.project.pack,
            policy: &self.policy,
            as_of: self.as_of,
            cutover: options.cutover.unwrap_or(self.as_of),
            per_day: options.per_day,
            decisions: Some((&file, &source)),
            roots: &self.inputs.roots,
            system: options.system.as_deref(),
            disk: &self.disk,
            base: &self.folder,
            threads: 0,
        })
        .map_err(|failure| match failure {
            PlanFailure::Problems(all) => problems(&all),
            PlanFailure::Plan(error) => refused("no-plan", &error),
        })
    }
}

/// Several problems as one answer.
pub fn problems(all: &[Problem]) -> ApiError {
    const SHOWN: usize = 5;
    let message = |pick: fn(&Text) -> &str, between: &str| {
        all.iter().take(SHOWN).map(|problem| pick(&problem.message)).collect::<Vec<_>>().join(between)
    };
    let message = Text::new(message(|text| &text.zh, "；"), message(|text| &text.en, "; "));
    let help = all.first().and_then(|problem| problem.help.clone());
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "no-plan", message).with_help(help)
}

/// Makes a plan of the files as they are now; nothing is kept.
///
/// # Errors
/// There is nothing to plan for, or the decisions cannot be carried out.
pub fn make(
    served: &Served,
    row: &ProjectRow,
    options: &PlanOptions,
    decisions: &PlanDecisions,
) -> Result<(Plan, Vec<ShownProblem>), ApiError> {
    let _one = served.plans.making.lock().unwrap_or_else(PoisonError::into_inner);
    let setup = PlanningSetup::load(served, row, options.as_of)?;
    let as_of = setup.as_of;
    if let Some(cutover) = options.cutover.filter(|cutover| *cutover < as_of) {
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "cutover-before",
            text! {
                zh: "割接日 {cutover} 早于计划日 {as_of}",
                en: "the cut-over, {cutover}, is before the day of the plan, {as_of}",
            },
        ));
    }
    let report = setup.plan(options, decisions, |request| make_plan(request, &setup.inputs.files, &|_| {}))?;
    let PlanReport { plan, problems: unread, .. } = report;
    if plan.shops.is_empty() {
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "no-shops",
            text! {
                zh: "没有可迁移的店铺",
                en: "there are no shops to plan for",
            },
        ));
    }
    let unread = unread.iter().chain(&setup.inputs.problems).map(ShownProblem::of).collect();
    Ok((plan, unread))
}

/// Keeps a plan with its decisions file beside it.
///
/// # Errors
/// The state folder cannot be written to.
pub fn store_plan(
    served: &Served,
    row: &ProjectRow,
    options: PlanOptions,
    decisions: PlanDecisions,
    plan: &Plan,
    unread: Vec<ShownProblem>,
) -> Result<StoredPlan, ApiError> {
    let mut stored = StoredPlan { id: 0, head: PlanHead::of(plan, unread), options, decisions };
    let kept = KeptOptions { options: stored.options.clone(), head: stored.head.clone() };
    let entry = PlanRow {
        id: 0,
        made: served.now(),
        options: serde_json::to_string(&kept).map_err(|_| ApiError::failed())?,
        decisions: serde_json::to_string(&stored.decisions).map_err(|_| ApiError::failed())?,
    };
    stored.id = served.store.add_plan(&row.id, &entry)?;
    let mut bytes = Vec::new();
    let written = plan.write(&mut bytes).and_then(|()| {
        let path = served.store.plan_file(&row.id, stored.id, "json");
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        write_atomic(&path, &bytes)
    });
    if let Err(error) = written {
        served.store.forget_plan(&row.id, stored.id)?;
        return Err(ApiError::unwritable(&served.store.plan_file(&row.id, stored.id, "json"), &error));
    }
    stored.write_decisions(served, row)?;
    stored.head.id = format!("m{}", stored.id);
    Ok(stored)
}

impl StoredPlan {
    /// The plan of a row; `None` where its file has not been written to the end.
    pub fn of(served: &Served, project: &ProjectRow, row: &PlanRow) -> Option<Self> {
        let kept: KeptOptions = serde_json::from_str(&row.options).ok()?;
        let decisions = serde_json::from_str(&row.decisions).ok()?;
        let is_there = served.store.plan_file(&project.id, row.id, "json").is_file();
        let mut head = kept.head;
        head.id = format!("m{}", row.id);
        is_there.then_some(Self { id: row.id, options: kept.options, decisions, head })
    }

    /// Keeps the decisions where people find them.
    ///
    /// # Errors
    /// The state folder cannot be written to.
    pub fn write_decisions(&self, served: &Served, project: &ProjectRow) -> Result<(), ApiError> {
        let path = served.store.plan_file(&project.id, self.id, "decisions.yaml");
        write_atomic(&path, self.decisions.yaml().as_bytes()).map_err(|error| ApiError::unwritable(&path, &error))
    }

    /// Opens the plan's file.
    ///
    /// # Errors
    /// It is no longer the plan that was made.
    pub fn open(&self, served: &Served, project: &ProjectRow) -> Result<Arc<OpenedPlan>, ApiError> {
        if let Some(opened) = served.plans.kept(self.id) {
            return Ok(opened);
        }
        let path = served.store.plan_file(&project.id, self.id, "json");
        let folder = served.folder(project);
        let mut opened = open_plan(&path, Some(&folder)).map_err(|problem| problems(&[*problem]))?;
        if opened.plan.root != "." {
            opened.root = folder.join(&opened.plan.root);
        }
        let opened = Arc::new(opened);
        served.plans.keep(self.id, &opened);
        Ok(opened)
    }
}

/// What is wrong with a name for a shop: as it is typed, then in its place in the whole plan.
///
/// # Errors
/// The project cannot be loaded.
pub fn try_name(
    served: &Served,
    row: &ProjectRow,
    stored: &StoredPlan,
    key: &str,
    name: &str,
) -> Result<Value, ApiError> {
    let opened = stored.open(served, row)?;
    if !opened.plan.shops.iter().any(|shop| shop.key == key) {
        return Err(super::no_shop(key));
    }
    let setup = PlanningSetup::load(served, row, Some(opened.plan.as_of))?;
    let day = opened.plan.cutover;
    let engine = Engine::new(&setup.project.pack, &setup.policy, RunOptions::new(day).at(day));
    let (found, _) = TextSurface::Name.check(&engine, "-", name);
    let units = |end: usize| name.get(..end).map_or(0, |before| before.encode_utf16().count());
    let mut ok = !name.trim().is_empty();
    let mut findings = Vec::new();
    for (n, one) in (0..).zip(&found) {
        ok &= one.finding.severity != Severity::Error;
        let mut shown =
            serde_json::to_value(ShownFinding::of(n, &one.finding, &setup.project.pack)).unwrap_or_default();
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("range".to_owned(), json!({"start": units(one.range.start), "end": units(one.range.end)}));
        }
        findings.push(shown);
    }
    if ok {
        let decisions = stored.decisions.naming(key, name);
        let tried = setup.plan(&stored.options, &decisions, |request| check_decisions(request, &setup.inputs.files));
        if let Err(error) = tried {
            ok = false;
            findings.push(json!({
                "n": findings.len(), "severity": Severity::Error, "message": error.message(), "help": error.help(),
                "rule": "migration/name", "range": null,
            }));
        }
    }
    Ok(json!({"ok": ok, "findings": findings}))
}
