//! Checks of a project: begun, followed, stopped.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use chrono::NaiveDate;
use dianjian_base::text;
use futures_util::stream::{self, Stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ApiError;
use super::extract::{Body, Params};
use super::findings::{Window, WindowQuery};
use super::projects::project;
use crate::serve::Served;
use crate::shown::ShownProblem;
use crate::store::{RunRow, RunState};
use crate::work::{CheckJob, CheckWish, JobError, RunProgress};

/// A run as the page sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunHead {
    id: String,
    started: String,
    ended: Option<String>,
    as_of: String,
    state: RunState,
    /// How far it is, while it runs.
    progress: Option<RunProgress>,
    summary: Option<Value>,
    change: Option<Value>,
}

impl RunHead {
    /// A run with how far it is.
    pub fn of(run: RunRow, served: &Served) -> Self {
        let progress = served.work.active(run.id).map(|active| active.watch().borrow().clone());
        Self {
            id: format!("r{}", run.id),
            started: run.started,
            ended: run.ended,
            as_of: run.as_of,
            state: run.state,
            progress,
            summary: run.summary,
            change: run.change,
        }
    }
}

/// How a check is asked for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunBody {
    as_of: Option<NaiveDate>,
    system: Option<String>,
}

/// The run of an address: `latest`, or its id.
///
/// # Errors
/// There is none.
pub fn run(served: &Served, project: &str, id: &str) -> Result<RunRow, ApiError> {
    let found = match id {
        "latest" => served.store.runs(project)?.into_iter().next(),
        id => match id.strip_prefix('r').and_then(|number| number.parse().ok()) {
            Some(number) => served.store.run(project, number)?,
            None => None,
        },
    };
    found.ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "no-such-run",
            text! {
                zh: "没有这次检查",
                en: "there is no such run",
            },
        )
    })
}

/// `POST /projects/{p}/runs`.
pub async fn begin(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Body(body): Body<RunBody>,
) -> Result<Json<RunHead>, ApiError> {
    let shared = Arc::clone(&served);
    let begun = move |served: &Served| -> Result<RunHead, ApiError> {
        let project = project(served, &id)?;
        let wish = CheckWish { as_of: body.as_of, system: body.system, ..CheckWish::default() };
        let job = CheckJob { project, wish };
        let number = job.begin(&shared)?;
        Ok(RunHead::of(run(served, &id, &format!("r{number}"))?, served))
    };
    served.work(begun).await?.map(Json)
}

/// `GET /projects/{p}/runs`.
pub async fn list(State(served): State<Arc<Served>>, Path(id): Path<String>) -> Result<Json<Vec<RunHead>>, ApiError> {
    let listed = move |served: &Served| -> Result<Vec<RunHead>, ApiError> {
        project(served, &id)?;
        Ok(served.store.runs(&id)?.into_iter().map(|run| RunHead::of(run, served)).collect())
    };
    served.work(listed).await?.map(Json)
}

/// `GET /projects/{p}/runs/{r}`.
pub async fn get(
    State(served): State<Arc<Served>>,
    Path((id, number)): Path<(String, String)>,
) -> Result<Json<RunHead>, ApiError> {
    let found = move |served: &Served| Ok(RunHead::of(run(served, &id, &number)?, served));
    served.work(found).await?.map(Json)
}

/// `POST /projects/{p}/runs/{r}/stop`.
pub async fn stop(
    State(served): State<Arc<Served>>,
    Path((id, number)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let stopped = move |served: &Served| -> Result<StatusCode, ApiError> {
        let run = run(served, &id, &number)?;
        if let Some(active) = served.work.active(run.id) {
            active.cancel();
        }
        Ok(StatusCode::ACCEPTED)
    };
    served.work(stopped).await?
}

/// `GET /projects/{p}/runs/{r}/problems`.
pub async fn problems(
    State(served): State<Arc<Served>>,
    Path((id, number)): Path<(String, String)>,
    Params(window): Params<WindowQuery>,
) -> Result<Json<Window<ShownProblem>>, ApiError> {
    let found = move |served: &Served| -> Result<Window<ShownProblem>, ApiError> {
        let run = run(served, &id, &number)?;
        let (from, n) = window.bounds();
        let (total, items) = served.store.problems(run.id, from, n)?;
        Ok(Window { total, from, items })
    };
    served.work(found).await?.map(Json)
}

/// `GET /projects/{p}/runs/{r}/events`: how far the run is, a few times a second, then what it came to. Each event says all
/// that is known, so a client that missed some has missed nothing.
pub async fn events(
    State(served): State<Arc<Served>>,
    Path((id, number)): Path<(String, String)>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let found = run(&served, &id, &number)?;
    let receiver = served.work.active(found.id).map(|active| active.watch());
    let state = EventState { served, id, number, receiver, is_over: false };
    Ok(Sse::new(stream::unfold(state, next_event)).keep_alive(KeepAlive::default()))
}

struct EventState {
    served: Arc<Served>,
    id: String,
    number: String,
    receiver: Option<tokio::sync::watch::Receiver<RunProgress>>,
    is_over: bool,
}

/// Events come at most so often.
const PACE: Duration = Duration::from_millis(250);

async fn next_event(mut state: EventState) -> Option<(Result<Event, Infallible>, EventState)> {
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
    let ended = match run(&state.served, &state.id, &state.number) {
        Ok(found) => RunHead::of(found, &state.served),
        Err(_) => return None,
    };
    let name = if ended.state == RunState::Done { "done" } else { "failed" };
    Some((Ok(event(name, &ended)), state))
}

fn event(name: &str, data: &impl Serialize) -> Event {
    Event::default().event(name).data(serde_json::to_string(data).unwrap_or_default())
}

impl From<JobError> for ApiError {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Busy => Self::new(
                StatusCode::CONFLICT,
                "busy",
                text! {
                    zh: "这个项目正在检查",
                    en: "this project is being checked already",
                },
            ),
            JobError::Full => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-runs",
                text! {
                    zh: "正在进行的检查太多，请稍后再试",
                    en: "too many checks are going on; try again in a while",
                },
            ),
            JobError::Project(message) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-project", message),
            JobError::Worker => Self::failed(),
            JobError::Store(error) => error.into(),
        }
    }
}
