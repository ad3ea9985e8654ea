//! Projects: made, named, listed, forgotten.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dianjian_base::text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::extract::Body;
use super::runs::RunHead;
use crate::files;
use crate::serve::Served;
use crate::store::{ProjectKind, ProjectRow, StoreError};

/// A project as the page sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProjectAnswer {
    id: String,
    name: String,
    kind: ProjectKind,
    folder: Option<String>,
    /// Whether its files can be changed where they are.
    writable: bool,
    created: String,
    /// How many files it has.
    files: usize,
    last_run: Option<RunHead>,
}

/// What makes or renames a project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectBody {
    name: String,
}

impl ProjectAnswer {
    fn of(project: ProjectRow, served: &Served) -> Result<Self, StoreError> {
        let last_run = served.store.runs(&project.id)?.into_iter().next();
        let kind = project.kind();
        Ok(Self {
            files: files::list(&served.folder(&project)).len(),
            last_run: last_run.map(|run| RunHead::of(run, served)),
            kind,
            writable: !served.workbench.readonly,
            folder: project.folder.map(|folder| folder.display().to_string()),
            id: project.id,
            name: project.name,
            created: project.created,
        })
    }
}

/// The project of an address.
///
/// # Errors
/// There is none.
pub fn project(served: &Served, id: &str) -> Result<ProjectRow, ApiError> {
    served.store.project(id)?.ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "no-such-project",
            text! {
                zh: "没有这个项目",
                en: "there is no such project",
            },
        )
    })
}

/// `GET /projects`.
pub async fn list(State(served): State<Arc<Served>>) -> Result<Json<Vec<ProjectAnswer>>, ApiError> {
    let listed = |served: &Served| -> Result<Vec<ProjectAnswer>, ApiError> {
        let projects = served.store.projects()?.into_iter();
        Ok(projects.map(|project| ProjectAnswer::of(project, served)).collect::<Result<_, _>>()?)
    };
    served.work(listed).await?.map(Json)
}

/// `POST /projects`.
pub async fn add(
    State(served): State<Arc<Served>>,
    Body(body): Body<ProjectBody>,
) -> Result<Json<ProjectAnswer>, ApiError> {
    served.may_change()?;
    let name = name(&body.name)?;
    let created = move |served: &Served| -> Result<ProjectAnswer, ApiError> {
        let project = ProjectRow { id: files::fresh_id('p'), name, folder: None, created: served.now() };
        let folder = served.store.uploads(&project.id);
        std::fs::create_dir_all(&folder).map_err(|error| ApiError::unwritable(&folder, &error))?;
        served.store.add_project(&project)?;
        Ok(ProjectAnswer::of(project, served)?)
    };
    served.work(created).await?.map(Json)
}

/// `GET /projects/{p}`.
pub async fn get(State(served): State<Arc<Served>>, Path(id): Path<String>) -> Result<Json<ProjectAnswer>, ApiError> {
    let found = move |served: &Served| Ok(ProjectAnswer::of(project(served, &id)?, served)?);
    served.work(found).await?.map(Json)
}

/// `PATCH /projects/{p}`.
pub async fn rename(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Body(body): Body<ProjectBody>,
) -> Result<Json<ProjectAnswer>, ApiError> {
    served.may_change()?;
    let name = name(&body.name)?;
    let renamed = move |served: &Served| -> Result<ProjectAnswer, ApiError> {
        served.store.rename_project(&id, &name)?;
        Ok(ProjectAnswer::of(project(served, &id)?, served)?)
    };
    served.work(renamed).await?.map(Json)
}

/// `DELETE /projects/{p}`: forgets its runs, and removes its uploads. A folder that was named at the start stays.
pub async fn forget(State(served): State<Arc<Served>>, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    served.may_edit(&id)?;
    let forgotten = move |served: &Served| -> Result<StatusCode, ApiError> {
        let project = project(served, &id)?;
        if let Some(run) = served.work.of_project(&id).and_then(|run| served.work.active(run)) {
            run.cancel();
        }
        served.store.forget_project(&project.id)?;
        served.files.forget(&project.id);
        if project.folder.is_none() {
            // What cannot be removed now is no longer reached by any address.
            let _ = std::fs::remove_dir_all(served.store.project_folder(&project.id));
        }
        Ok(StatusCode::NO_CONTENT)
    };
    served.work(forgotten).await?
}

fn name(given: &str) -> Result<String, ApiError> {
    const LONGEST: usize = 100;
    let name: String = given.trim().chars().filter(|char| !char.is_control()).take(LONGEST).collect();
    if name.is_empty() {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "no-name",
            text! {
                zh: "项目要有名称",
                en: "a project needs a name",
            },
        ));
    }
    Ok(name)
}
