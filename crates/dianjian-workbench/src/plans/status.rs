//! Where a plan stands, and whether its files are as it said.

use dianjian_base::lang::{Localized as _, Text};
use dianjian_base::text;
use dianjian_migrate::apply::{FindingCount, OpenedPlan, Operation, PlanContext, ShopState, VerifyReport};
use dianjian_project::{Project, ProjectOptions, RuleChoice, WorkingFolder};
use dianjian_report::words::counted;
use schemars::JsonSchema;
use serde::Serialize;

use super::apply::run_error;
use super::{StoredPlan, refused};
use crate::api::ApiError;
use crate::serve::Served;
use crate::store::ProjectRow;

/// Differences that are named.
const MOST: usize = 200;

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlanState {
    None,
    Running,
    /// On request, or because the program ended.
    Stopped,
    Failed,
    Done,
    RolledBack,
}

/// Where a plan stands, in shops.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlanStatusAnswer {
    pub state: PlanState,
    done: usize,
    total: usize,
    pub message: Option<Text>,
    /// Shops whose files cannot be worked with.
    shops: Vec<TroubledShop>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TroubledShop {
    id: String,
    name: String,
    path: String,
    state: &'static str,
    why: Text,
}

/// Finds where a plan stands from its files and its journal.
///
/// # Errors
/// They cannot be read.
pub fn status(
    served: &Served,
    project: &ProjectRow,
    stored: &StoredPlan,
    opened: &OpenedPlan,
) -> Result<PlanStatusAnswer, ApiError> {
    if let Some(active) = served.plans.active(&project.id, stored.id) {
        let progress = active.watch().borrow().clone();
        let (done, total) = (progress.done, progress.total);
        return Ok(PlanStatusAnswer { state: PlanState::Running, done, total, message: None, shops: Vec::new() });
    }
    let context = PlanContext::new(opened).map_err(|error| run_error(&error))?;
    let found = context.status(&|_| {}).map_err(|error| run_error(&error))?;
    let request = context.resumed(found.last.as_ref());
    let is_selected = |at: usize| request.shops.as_ref().is_none_or(|shops| shops.contains(&at));
    let selected = || found.shops.iter().enumerate().filter(|(at, _)| is_selected(*at)).map(|(_, state)| state);
    let count = |wanted: fn(&ShopState) -> bool| selected().filter(|state| wanted(state)).count();
    let (applied, pending) =
        (count(|state| matches!(state, ShopState::Applied)), count(|state| matches!(state, ShopState::NotApplied)));
    let total = count(|state| !matches!(state, ShopState::NoEdits));
    let (done, left) = match request.operation {
        Operation::Apply => (applied, pending),
        Operation::Rollback => (pending, applied),
    };
    let failure = served.plans.failure(stored.id);
    let state = match found.last.as_ref().map(|last| last.ended) {
        _ if failure.is_some() => PlanState::Failed,
        None => PlanState::None,
        Some(None | Some(true)) => PlanState::Stopped,
        Some(Some(false)) if left > 0 => PlanState::Failed,
        Some(Some(false)) => match request.operation {
            Operation::Apply => PlanState::Done,
            Operation::Rollback => PlanState::RolledBack,
        },
    };
    let shops = troubled(opened, &found.shops);
    let message = failure.or_else(|| found.holder.as_ref().map(|holder| held(holder))).or_else(|| {
        let (first, count) = (shops.first()?, shops.len());
        let some = counted(count, "shop");
        let (path, zh, en) = (&first.path, &first.why.zh, &first.why.en);
        Some(text! {
            zh: "{count} 家店铺的文件不是计划里的样子。{path}：{zh}",
            en: "not as planned: the files of {some}; {path}: {en}",
        })
    });
    Ok(PlanStatusAnswer { state, done, total, message, shops })
}

fn held(holder: &str) -> Text {
    text! { zh: "另一个程序正在执行：{holder}", en: "another program is carrying it out: {holder}" }
}

fn troubled(opened: &OpenedPlan, states: &[ShopState]) -> Vec<TroubledShop> {
    let found = opened.plan.shops.iter().zip(states).filter_map(|(shop, state)| match state {
        ShopState::Unusable(error) => Some(TroubledShop {
            id: shop.key.clone(),
            name: shop.name.old.clone(),
            path: shop.file.clone(),
            state: "trouble",
            why: error.both(),
        }),
        _ => None,
    });
    found.take(MOST).collect()
}

/// What a check of a plan's files as of the cut-over came to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VerifyAnswer {
    /// Nothing was found that the plan does not foresee.
    ok: bool,
    sentence: Text,
    differences: Vec<PlanDifference>,
    /// Foreseen, and still so: tasks answer it.
    planned: usize,
    /// Foreseen, and gone by now.
    gone: usize,
    not_applied: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PlanDifference {
    path: String,
    shop: Option<String>,
    rule: String,
    text: Text,
}

/// Checks the plan's files as they are by the rules of the cut-over.
///
/// # Errors
/// The project cannot be loaded, or the journal cannot be read.
pub fn verify(served: &Served, project: &ProjectRow, opened: &OpenedPlan) -> Result<VerifyAnswer, ApiError> {
    let options = ProjectOptions::new(WorkingFolder::elsewhere(served.folder(project)));
    let mut loaded = Project::load(&options).map_err(|unloaded| refused("bad-project", &unloaded.error))?;
    let policy = loaded.policy(&RuleChoice::default()).map_err(|error| refused("bad-project", &error))?;
    let context = PlanContext::new(opened).map_err(|error| run_error(&error))?;
    let report = context.verify(&loaded.pack, &policy, 0, &|_| {}).map_err(|error| run_error(&error))?;
    let VerifyReport { states, comparison, problems } = report;
    let title = |rule: &str| {
        let known = loaded.rule_infos().into_iter().find(|info| info.id == rule);
        known.map_or_else(|| Text::new(rule, rule), |info| info.title.clone())
    };
    let difference = |found: &FindingCount| {
        let shop = found.shop.and_then(|at| opened.plan.shops.get(at));
        let (Text { zh, en }, findings) = (title(&found.rule), found.findings);
        PlanDifference {
            path: shop.map_or_else(String::new, |shop| shop.file.clone()),
            shop: shop.map(|shop| shop.key.clone()),
            rule: found.rule.clone(),
            text: text! { zh: "{zh}：{findings} 处", en: "{en}: {findings}" },
        }
    };
    let mut differences: Vec<PlanDifference> = comparison.unplanned.iter().take(MOST).map(difference).collect();
    differences.extend(problems.iter().take(MOST).map(|problem| PlanDifference {
        path: problem.file.clone(),
        shop: None,
        rule: String::new(),
        text: problem.message.clone(),
    }));
    let sum = |found: &[FindingCount]| found.iter().map(|found| found.findings).sum::<usize>();
    let (new, gone, planned) = (sum(&comparison.unplanned), sum(&comparison.gone), comparison.planned);
    let not_applied = states.iter().filter(|state| matches!(state, ShopState::NotApplied)).count();
    let cutover = opened.plan.cutover;
    let mut sentence = text! {
        zh: "按割接日 {cutover} 的规则：{new} 处问题是计划里没有的，{planned} 处在计划之中，{gone} 处已经没有了",
        en: "by the rules of the cut-over, {cutover}: {new} findings not foreseen by the plan, {planned} foreseen, {gone} gone",
    };
    if not_applied > 0 {
        sentence.zh.push_str(&format!("；{not_applied} 家店铺还没有修改"));
        sentence.en.push_str(&format!("; not applied yet: {}", counted(not_applied, "shop")));
    }
    Ok(VerifyAnswer { ok: new == 0 && problems.is_empty(), sentence, differences, planned, gone, not_applied })
}
