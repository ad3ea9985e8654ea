//! Migration plans: made, looked at, decided about, carried out, undone.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_migrate::apply::OpenedPlan;
use dianjian_migrate::decision_form;
use dianjian_migrate::plan::Plan;
use dianjian_migrate::show::{self, PlanView};
use futures_util::stream::{self, Stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ApiError;
use super::download::Download;
use super::extract::{Body, Params};
use super::findings::{Window, WindowQuery};
use super::projects::project;
use crate::plans::{
    self, ApplyProgress, CalendarDay, DecisionsBody, LimitAnswer, PersonTasks, PlanDecisions, PlanHead, PlanOptions,
    PlanShop, PlanShopDetail, PlanState, PlanStatusAnswer, RunStep, ShopsQuery, StoredPlan, VerifyAnswer,
};
use crate::serve::Served;
use crate::store::ProjectRow;

/// What makes a plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    cutover: NaiveDate,
    per_day: Option<u32>,
    as_of: Option<NaiveDate>,
    system: Option<String>,
    /// A decisions file of the command line.
    decisions: Option<String>,
}

/// What `POST …/names/check` takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NameBody {
    shop: String,
    name: String,
}

/// What `POST …/apply` takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyBody {
    /// Of the plan that was reviewed.
    digest: String,
    only: Option<Vec<String>>,
}

/// The plan of an address.
struct AddressedPlan {
    project: ProjectRow,
    stored: StoredPlan,
}

impl AddressedPlan {
    fn find(served: &Served, id: &str, m: &str) -> Result<Self, ApiError> {
        let project = project(served, id)?;
        let row = match m.strip_prefix('m').and_then(|number| number.parse().ok()) {
            Some(number) => served.store.plan(id, number)?,
            None => None,
        };
        let stored = row.and_then(|row| StoredPlan::of(served, &project, &row)).ok_or_else(|| {
            ApiError::new(
                StatusCode::NOT_FOUND,
                "no-such-plan",
                text! {
                    zh: "没有这个计划",
                    en: "there is no such plan",
                },
            )
        })?;
        Ok(Self { project, stored })
    }

    fn open(&self, served: &Served) -> Result<Arc<OpenedPlan>, ApiError> {
        self.stored.open(served, &self.project)
    }
}

/// Answers with what is found in an opened plan.
async fn answer<T: Send + 'static>(
    served: Arc<Served>,
    (id, m): (String, String),
    find: impl FnOnce(&Served, &AddressedPlan, &OpenedPlan) -> Result<T, ApiError> + Send + 'static,
) -> Result<Json<T>, ApiError> {
    let found = move |served: &Served| {
        let plan = AddressedPlan::find(served, &id, &m)?;
        let opened = plan.open(served)?;
        find(served, &plan, &opened)
    };
    served.work(found).await?.map(Json)
}

fn per_day(given: Option<u32>) -> Result<(), ApiError> {
    if given != Some(0) {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "per-day",
        text! {
            zh: "每天至少迁移 1 家",
            en: "at least one shop has to move in a day",
        },
    ))
}

/// `POST /projects/{p}/plans`.
///
/// # Errors
/// There is nothing to plan for, or the decisions cannot be carried out.
pub async fn make(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Body(body): Body<PlanBody>,
) -> Result<Json<PlanHead>, ApiError> {
    served.may_change()?;
    per_day(body.per_day)?;
    let made = move |served: &Served| -> Result<PlanHead, ApiError> {
        let project = project(served, &id)?;
        let decisions = body.decisions.as_deref().map(PlanDecisions::of_yaml).transpose()?.unwrap_or_default();
        let PlanBody { cutover, per_day, as_of, system, .. } = body;
        let options = PlanOptions { as_of, cutover: Some(cutover), per_day, system };
        Ok(new_plan(served, &project, options, decisions, None)?.head)
    };
    served.work(made).await?.map(Json)
}

fn new_plan(
    served: &Served,
    project: &ProjectRow,
    options: PlanOptions,
    mut decisions: PlanDecisions,
    reviewed: Option<&Plan>,
) -> Result<StoredPlan, ApiError> {
    let (plan, unread) = plans::make(served, project, &options, &decisions)?;
    // Later decisions are about the same days.
    let options = PlanOptions { as_of: Some(plan.as_of), cutover: Some(plan.cutover), ..options };
    if let Some(reviewed) = reviewed {
        decisions.keep_approvals(reviewed, &plan);
    }
    plans::store_plan(served, project, options, decisions, &plan, unread)
}

/// `GET /projects/{p}/plans`.
pub async fn list(State(served): State<Arc<Served>>, Path(id): Path<String>) -> Result<Json<Vec<PlanHead>>, ApiError> {
    let listed = move |served: &Served| -> Result<Vec<PlanHead>, ApiError> {
        let project = project(served, &id)?;
        let rows = served.store.plans(&id)?;
        Ok(rows.iter().filter_map(|row| Some(StoredPlan::of(served, &project, row)?.head)).collect())
    };
    served.work(listed).await?.map(Json)
}

/// `GET /projects/{p}/plans/{m}`.
pub async fn get(
    State(served): State<Arc<Served>>,
    Path((id, m)): Path<(String, String)>,
) -> Result<Json<PlanHead>, ApiError> {
    let found = move |served: &Served| Ok(AddressedPlan::find(served, &id, &m)?.stored.head);
    served.work(found).await?.map(Json)
}

/// `GET /projects/{p}/plans/{m}/shops`.
pub async fn shops(
    State(served): State<Arc<Served>>,
    Path(path): Path<(String, String)>,
    Params(query): Params<ShopsQuery>,
) -> Result<Json<Window<PlanShop>>, ApiError> {
    let found = move |_: &Served, plan: &AddressedPlan, opened: &OpenedPlan| {
        let (from, n) = WindowQuery { from: query.from, n: query.n }.bounds();
        let (total, items) = plans::shops(&opened.plan, &plan.stored.decisions, &query, (from, n));
        Ok(Window { total, from, items })
    };
    answer(served, path, found).await
}

/// `GET /projects/{p}/plans/{m}/shops/{s}`.
pub async fn shop(
    State(served): State<Arc<Served>>,
    Path((id, m, key)): Path<(String, String, String)>,
) -> Result<Json<PlanShopDetail>, ApiError> {
    let found = move |_: &Served, plan: &AddressedPlan, opened: &OpenedPlan| {
        PlanShopDetail::of(opened, &plan.stored.decisions, &key)
    };
    answer(served, (id, m), found).await
}

/// `GET /projects/{p}/plans/{m}/calendar`.
pub async fn calendar(
    State(served): State<Arc<Served>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Vec<CalendarDay>>, ApiError> {
    answer(served, path, |_, _, opened| Ok(plans::calendar(&opened.plan))).await
}

/// `GET /projects/{p}/plans/{m}/limits`.
pub async fn limits(
    State(served): State<Arc<Served>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Vec<LimitAnswer>>, ApiError> {
    let found = |served: &Served, _: &AddressedPlan, opened: &OpenedPlan| {
        let title = |id: &str| {
            let mut infos = served.workbench.pack.rules.iter().map(|rule| &rule.info);
            infos.find(|info| info.id == id).map(|info| info.title.clone())
        };
        Ok(plans::limits(&opened.plan, &title))
    };
    answer(served, path, found).await
}

/// `GET /projects/{p}/plans/{m}/tasks`.
pub async fn tasks(
    State(served): State<Arc<Served>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Vec<PersonTasks>>, ApiError> {
    answer(served, path, |_, _, opened| Ok(plans::tasks(&opened.plan))).await
}

/// `POST /projects/{p}/plans/{m}/names/check`.
pub async fn check_name(
    State(served): State<Arc<Served>>,
    Path((id, m)): Path<(String, String)>,
    Body(body): Body<NameBody>,
) -> Result<Json<Value>, ApiError> {
    let tried = move |served: &Served| {
        let AddressedPlan { project, stored } = AddressedPlan::find(served, &id, &m)?;
        plans::try_name(served, &project, &stored, &body.shop, &body.name)
    };
    served.work(tried).await?.map(Json)
}

/// `PUT /projects/{p}/plans/{m}/decisions`: a new plan where the decisions change anything about it; approvals alone stay
/// with the plan that they are about.
///
/// # Errors
/// The decisions cannot be carried out.
pub async fn decide(
    State(served): State<Arc<Served>>,
    Path((id, m)): Path<(String, String)>,
    Body(body): Body<DecisionsBody>,
) -> Result<Json<PlanHead>, ApiError> {
    served.may_change()?;
    per_day(body.per_day)?;
    let decided = move |served: &Served| -> Result<PlanHead, ApiError> {
        let addressed = AddressedPlan::find(served, &id, &m)?;
        let opened = addressed.open(served)?;
        let AddressedPlan { project, mut stored } = addressed;
        let (decisions, is_new) = stored.decisions.with(&body, &opened.plan)?;
        if !is_new {
            let text = serde_json::to_string(&decisions).map_err(|_| ApiError::failed())?;
            served.store.decide(&id, stored.id, &text)?;
            stored.decisions = decisions;
            return Ok(stored.head);
        }
        let per_day = body.per_day.or(stored.options.per_day);
        let options = PlanOptions { per_day, ..stored.options };
        Ok(new_plan(served, &project, options, decisions, Some(&opened.plan))?.head)
    };
    served.work(decided).await?.map(Json)
}

/// `POST /projects/{p}/plans/{m}/apply`.
///
/// # Errors
/// The digest is not that of the plan, or another run is under way.
pub async fn apply(
    State(served): State<Arc<Served>>,
    Path(path): Path<(String, String)>,
    Body(body): Body<ApplyBody>,
) -> Result<Json<Value>, ApiError> {
    step(served, path, Some(body.digest), RunStep::Apply(body.only)).await
}

/// `POST /projects/{p}/plans/{m}/resume`.
///
/// # Errors
/// Another run is under way.
pub async fn resume(
    State(served): State<Arc<Served>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    step(served, path, None, RunStep::Resume).await
}

/// `POST /projects/{p}/plans/{m}/rollback`.
///
/// # Errors
/// Another run is under way.
pub async fn rollback(
    State(served): State<Arc<Served>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    step(served, path, None, RunStep::Rollback).await
}

async fn step(
    served: Arc<Served>,
    (id, m): (String, String),
    digest: Option<String>,
    step: RunStep,
) -> Result<Json<Value>, ApiError> {
    served.may_change()?;
    let shared = Arc::clone(&served);
    let begun = move |served: &Served| -> Result<Value, ApiError> {
        let addressed = AddressedPlan::find(served, &id, &m)?;
        if digest.is_some_and(|digest| digest != addressed.stored.head.digest()) {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "other-plan",
                text! {
                    zh: "这不是看过的那个计划",
                    en: "this is not the plan that was reviewed",
                },
            ));
        }
        let opened = addressed.open(served)?;
        plans::begin(&shared, &addressed.project, &addressed.stored, opened, &step)?;
        Ok(json!({"application": m}))
    };
    served.work(begun).await?.map(Json)
}

/// `POST /projects/{p}/plans/{m}/stop`.
pub async fn stop(
    State(served): State<Arc<Served>>,
    Path((id, m)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let stopped = move |served: &Served| -> Result<StatusCode, ApiError> {
        let AddressedPlan { project, stored } = AddressedPlan::find(served, &id, &m)?;
        if let Some(active) = served.plans.active(&project.id, stored.id) {
            active.stop();
        }
        Ok(StatusCode::ACCEPTED)
    };
    served.work(stopped).await?
}

/// `GET /projects/{p}/plans/{m}/status`.
pub async fn status(
    State(served): State<Arc<Served>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<PlanStatusAnswer>, ApiError> {
    answer(served, path, |served, plan, opened| plans::status(served, &plan.project, &plan.stored, opened)).await
}

/// `POST /projects/{p}/plans/{m}/verify`.
pub async fn verify(
    State(served): State<Arc<Served>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<VerifyAnswer>, ApiError> {
    answer(served, path, |served, plan, opened| plans::verify(served, &plan.project, opened)).await
}

/// `GET /projects/{p}/plans/{m}/events`: how far the run is, a few times a second, then how it ended. Each event says all that
/// is known, so a client that missed some has missed nothing.
///
/// # Errors
/// There is no such plan.
pub async fn events(
    State(served): State<Arc<Served>>,
    Path((id, m)): Path<(String, String)>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let plan = AddressedPlan::find(&served, &id, &m)?;
    let receiver = served.plans.active(&id, plan.stored.id).map(|active| active.watch());
    let state = PlanEvents { served, path: (id, m), receiver, is_over: false };
    Ok(Sse::new(stream::unfold(state, next_event)).keep_alive(KeepAlive::default()))
}

struct PlanEvents {
    served: Arc<Served>,
    path: (String, String),
    receiver: Option<tokio::sync::watch::Receiver<ApplyProgress>>,
    is_over: bool,
}

/// Events come at most so often.
const PACE: Duration = Duration::from_millis(200);

async fn next_event(mut state: PlanEvents) -> Option<(Result<Event, Infallible>, PlanEvents)> {
    if state.is_over {
        return None;
    }
    if let Some(receiver) = &mut state.receiver {
        let progress = receiver.borrow_and_update().clone();
        if !progress.over {
            let event = event("progress", &progress);
            // A sender that is gone has ended, which the next event says.
            let _ = tokio::time::timeout(PACE, receiver.changed()).await;
            tokio::time::sleep(PACE).await;
            return Some((Ok(event), state));
        }
    }
    state.is_over = true;
    let Json(ended) = status(State(Arc::clone(&state.served)), Path(state.path.clone())).await.ok()?;
    let event = match ended.state {
        PlanState::Failed => event("failed", &json!({"error": ended.message.clone().unwrap_or_else(unknown)})),
        PlanState::Stopped => event("stopped", &ended),
        _ => event("done", &ended),
    };
    Some((Ok(event), state))
}

fn unknown() -> Text {
    text! { zh: "没有做完", en: "it was not carried out to its end" }
}

fn event(name: &str, data: &impl Serialize) -> Event {
    Event::default().event(name).data(serde_json::to_string(data).unwrap_or_default())
}

/// What `GET …/export` takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanExportQuery {
    format: PlanFormat,
    lang: Option<Lang>,
}

/// What a plan can be written as.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlanFormat {
    /// As the command line takes it.
    Json,
    /// Its decisions, to fill in.
    Decisions,
    Html,
    Ics,
    Xlsx,
    Csv,
    Markdown,
}

/// `GET /projects/{p}/plans/{m}/export`.
///
/// # Errors
/// The format is none that plans have.
pub async fn export(
    State(served): State<Arc<Served>>,
    Path((id, m)): Path<(String, String)>,
    Params(query): Params<PlanExportQuery>,
) -> Result<Download, ApiError> {
    let made = move |served: &Served| -> Result<Download, ApiError> {
        let addressed = AddressedPlan::find(served, &id, &m)?;
        let opened = addressed.open(served)?;
        let (plan, lang) = (&opened.plan, query.lang.unwrap_or(Lang::Zh));
        let view = PlanView::all(plan);
        let file = |kind, name: &str, bytes: Vec<u8>| {
            let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
            Ok(Download::new(kind, format!("{stem}-{}.{extension}", plan.cutover), bytes))
        };
        match query.format {
            PlanFormat::Json => {
                let mut bytes = Vec::new();
                plan.write(&mut bytes).map_err(|_| ApiError::failed())?;
                file("application/json", "plan.json", bytes)
            }
            PlanFormat::Decisions => {
                let (decided, _) = addressed.stored.decisions.file()?;
                let form = decision_form(plan, Some(&decided), lang);
                file("application/yaml", "decisions.yaml", form.into_bytes())
            }
            PlanFormat::Html => file("text/html", "plan.html", show::html(&view, &opened.root, lang).into_bytes()),
            PlanFormat::Ics => file("text/calendar", "plan.ics", show::ics(&view, lang).into_bytes()),
            PlanFormat::Csv => file("text/csv", "plan.csv", show::csv(&view, lang).into_bytes()),
            PlanFormat::Markdown => file("text/markdown", "plan.md", show::markdown(&view, lang).into_bytes()),
            PlanFormat::Xlsx => {
                const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                file(KIND, "plan.xlsx", show::xlsx(&view, lang).map_err(|_| ApiError::failed())?)
            }
        }
    };
    served.work(made).await?
}
