//! A project's `dianjian.yaml` by forms: the day, severities, parameters; and its baseline.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dianjian_base::in_order::ForEach;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_document::edit::{FixError, NewNode, with_value};
use dianjian_document::problem::Problem;
use dianjian_engine::baseline::BaselineUpdate;
use dianjian_engine::{Finding, Render};
use dianjian_project::config::params::display_value;
use dianjian_project::{CheckRun, KnownFindings, KnownOptions, Project, ProjectOptions, ReportFilter, WorkingFolder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::extract::Body;
use super::mend::{ChangeAnswer, made};
use super::projects::project;
use crate::mend::{EntryKind, FileChange, MendError, config_path};
use crate::serve::Served;
use crate::work::{CheckSetup, CheckWish, JobError};

/// What a project says of itself.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SettingsAnswer {
    as_of: Option<String>,
    system: Option<String>,
    severity: BTreeMap<String, String>,
    params: Vec<ParamAnswer>,
    yaml: String,
}

/// A parameter of a rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ParamAnswer {
    rule: String,
    name: String,
    doc: Text,
    value: String,
    default: String,
}

/// What is to be set; whatever is absent stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsBody {
    as_of: Option<chrono::NaiveDate>,
    // A system belongs to a run; it is taken so that a form may send back all that it got.
    #[serde(rename = "system")]
    _system: Option<String>,
    #[serde(default)]
    severity: BTreeMap<String, String>,
    #[serde(default)]
    params: Vec<ParamBody>,
    /// The whole file anew.
    yaml: Option<String>,
}

/// A parameter that is to be set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParamBody {
    rule: String,
    name: String,
    value: serde_json::Value,
}

/// The name under which a configuration is tried before it is written.
const NAME: &str = "dianjian.yaml";

/// `GET /projects/{p}/settings`.
///
/// # Errors
/// The project cannot be loaded.
pub async fn get(State(served): State<Arc<Served>>, Path(id): Path<String>) -> Result<Json<SettingsAnswer>, ApiError> {
    let read = move |served: &Served| -> Result<SettingsAnswer, ApiError> {
        let row = project(served, &id)?;
        let folder = served.folder(&row);
        let setup = CheckSetup::load(&row, &CheckWish::default(), served).map_err(JobError::Project)?;
        let config = setup.project.config.as_ref();
        let severity = config.into_iter().flat_map(|config| config.file.severity.iter()).map(|(name, level)| {
            let level = level.value.severity().map_or("off", dianjian_report::words::keyword);
            (name.value.clone(), level.to_owned())
        });
        let severity = severity.collect();
        let params = setup.project.pack.rules.iter().flat_map(|rule| {
            rule.file.params.iter().map(|(name, own)| ParamAnswer {
                rule: rule.info.id.clone(),
                name: name.clone(),
                doc: rule.info.title.clone(),
                value: display_value(rule.overrides.get(name).unwrap_or(&own.value)),
                default: display_value(&own.value),
            })
        });
        Ok(SettingsAnswer {
            as_of: config.and_then(|config| config.as_of()).map(|day| day.to_string()),
            system: None,
            severity,
            params: params.collect(),
            yaml: std::fs::read_to_string(folder.join(config_path(&folder).text())).unwrap_or_default(),
        })
    };
    served.work(read).await?.map(Json)
}

/// `PUT /projects/{p}/settings`: comments and everything else of the file stay.
///
/// # Errors
/// The file would not be a configuration any more.
pub async fn put(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Body(body): Body<SettingsBody>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    served.may_edit(&id)?;
    let shared = Arc::clone(&served);
    let written = move |served: &Served| -> Result<ChangeAnswer, ApiError> {
        let row = project(served, &id)?;
        let folder = served.folder(&row);
        let path = config_path(&folder);
        let place = folder.join(path.text());
        let before = std::fs::read(&place).unwrap_or_default();
        let now = String::from_utf8(before.clone()).unwrap_or_default();
        let after =
            body.applied(now).map_err(|error| ApiError::of(StatusCode::UNPROCESSABLE_ENTITY, "by-hand", &error))?;
        refuse_broken(&after)?;
        let change = FileChange { path, place, before, after: after.into_bytes() };
        if change.before == change.after {
            return Err(MendError::Nothing.into());
        }
        let what = Text::new("改设置", "settings");
        made(&shared, &row, EntryKind::Settings, &what, &[change])
    };
    served.work(written).await?.map(Json)
}

impl SettingsBody {
    /// The configuration with what is to be set.
    fn applied(&self, now: String) -> Result<String, FixError> {
        if let Some(yaml) = &self.yaml {
            return Ok(yaml.clone());
        }
        let mut text = now;
        if let Some(as_of) = self.as_of {
            text = with_value(&text, &["as_of"], &NewNode::text(as_of.to_string()))?;
        }
        for (rule, level) in &self.severity {
            text = with_value(&text, &["severity", rule], &NewNode::text(level))?;
        }
        for ParamBody { rule, name, value } in &self.params {
            text = with_value(&text, &["params", rule, name], &NewNode::of_json(value))?;
        }
        Ok(text)
    }
}

/// Refuses a text that is no configuration, with the first reason and its place.
fn refuse_broken(text: &str) -> Result<(), ApiError> {
    let failed = |error: std::io::Error| ApiError::unwritable(std::path::Path::new(NAME), &error);
    let folder = tempfile::tempdir().map_err(failed)?;
    std::fs::write(folder.path().join(NAME), text).map_err(failed)?;
    let options = ProjectOptions::new(WorkingFolder::elsewhere(folder.path()));
    let problem = match Project::load(&options) {
        Ok(mut project) => {
            let _ = project.policy(&dianjian_project::RuleChoice::default());
            // Baselines and packs beside the file are not here.
            project.problems.into_iter().find(|problem| problem.place.is_some() && project.broken)
        }
        Err(unloaded) => unloaded.problems.into_iter().next(),
    };
    match problem {
        None => Ok(()),
        Some(problem) => {
            let line = problem.place.as_ref().map_or(0, |(source, span)| source.position(span.start).line);
            let message = Text::new(
                format!("第 {line} 行：{}", problem.message.zh),
                format!("line {line}: {}", problem.message.en),
            );
            Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-settings", message))
        }
    }
}

/// `POST /projects/{p}/baseline`: all that is found now is known from now on.
///
/// # Errors
/// Something could not be read, so the rest proves nothing.
pub async fn accept(State(served): State<Arc<Served>>, Path(id): Path<String>) -> Result<Json<ChangeAnswer>, ApiError> {
    served.may_edit(&id)?;
    let shared = Arc::clone(&served);
    let accepted = move |served: &Served| -> Result<ChangeAnswer, ApiError> {
        let row = project(served, &id)?;
        let CheckSetup { mut project, policy, inputs, options, problems, .. } =
            CheckSetup::load(&row, &CheckWish::default(), served).map_err(JobError::Project)?;
        let wish = KnownOptions { update: BaselineUpdate::Accept, ..KnownOptions::default() };
        let refused = |_| {
            ApiError::new(
                StatusCode::CONFLICT,
                "baseline",
                text! {
                    zh: "基线写不了",
                    en: "the baseline cannot be written",
                },
            )
        };
        let mut known = KnownFindings::open(&wish, options.policy.as_of, &mut project).map_err(refused)?;
        let filter = ReportFilter::default();
        let check = CheckRun::new(&project, &policy, &filter, &inputs, &options).with_problems(&problems);
        let totals = check.run(None, &mut known, &Nothing, &mut ForEach(|()| {}));
        known.finish(totals.may_not_change_the_baseline(&known)).map_err(refused)?;
        Ok(ChangeAnswer::after(&shared, &row))
    };
    served.work(accepted).await?.map(Json)
}

/// `DELETE /projects/{p}/baseline`.
///
/// # Errors
/// The file cannot be removed.
pub async fn forget(State(served): State<Arc<Served>>, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    served.may_change()?;
    let forgotten = move |served: &Served| -> Result<StatusCode, ApiError> {
        let row = project(served, &id)?;
        let place = served.folder(&row).join(dianjian_project::DEFAULT_BASELINE);
        match std::fs::remove_file(&place) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(ApiError::unwritable(&place, &error)),
            _ => Ok(StatusCode::NO_CONTENT),
        }
    };
    served.work(forgotten).await?
}

/// Shows nothing of a run.
struct Nothing;

impl Render for Nothing {
    type Out = ();

    fn finding(&self, _finding: Finding) {}

    fn problem(&self, _problem: Problem) {}
}
