//! Changes of a project's files, each one entry of the journal.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dianjian_base::lang::Text;
use dianjian_base::{sha256_of_parts, text};
use dianjian_document::edit::Applicability;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::extract::Body;
use super::files::file;
use super::projects::project;
use super::runs::run;
use crate::files::{FileForm, FilePath};
use crate::mend::{
    self, CellAt, EntryKind, FileChange, FixChoice, FixedFile, FixedProject, JournalEntry, LineAt, MendError, enter,
    undo,
};
use crate::serve::Served;
use crate::shown::ShownFinding;
use crate::store::{FindingBetween, ProjectRow};
use crate::work::{CheckJob, CheckSetup, CheckWish, JobError};

/// Which findings are to be fixed: some of a run, all of a rule, or all that can be fixed safely.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixBody {
    run: Option<String>,
    #[serde(default)]
    findings: Vec<u64>,
    rule: Option<String>,
    #[serde(default)]
    safe: bool,
    #[serde(default)]
    r#unsafe: bool,
    /// Of the preview that was looked at: nothing else is written.
    digest: Option<String>,
}

/// What fixes would do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PreviewAnswer {
    /// Identifies just this.
    digest: String,
    files: Vec<PreviewFile>,
    refused: Vec<RefusedAnswer>,
}

/// A file as fixes would make it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PreviewFile {
    id: String,
    path: String,
    form: FileForm,
    diff: String,
}

/// A fix that is not made because of what it would lead to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RefusedAnswer {
    place: String,
    title: Text,
    rule: String,
    why: Text,
}

/// What a change led to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeAnswer {
    entry: Option<String>,
    /// The check that follows; null if another one is still going on.
    run: Option<String>,
}

/// A cell typed anew.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CellBody {
    sheet: Option<String>,
    row: u64,
    column: u64,
    text: String,
    was: String,
}

/// A line typed anew.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    line: u64,
    text: String,
    was: String,
}

/// A cell or line that is being typed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TryBody {
    sheet: Option<String>,
    row: Option<u64>,
    column: Option<u64>,
    line: Option<u64>,
    was: Option<String>,
    text: String,
}

/// What would be found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TryAnswer {
    findings: Vec<ShownFinding>,
}

/// Findings of a run that are to be silent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SilenceBody {
    run: String,
    #[serde(default)]
    findings: Vec<u64>,
    rule: Option<String>,
    reason: String,
    until: Option<chrono::NaiveDate>,
}

/// `POST /projects/{p}/fixes/preview`.
///
/// # Errors
/// There is no such project or run.
pub async fn preview(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Body(body): Body<FixBody>,
) -> Result<Json<PreviewAnswer>, ApiError> {
    let seen = move |served: &Served| -> Result<PreviewAnswer, ApiError> {
        let project = project(served, &id)?;
        let (fixed, files) = fixed(served, &project, &body)?;
        Ok(PreviewAnswer::of(&fixed, files))
    };
    served.work(seen).await?.map(Json)
}

/// `POST /projects/{p}/fixes`.
///
/// # Errors
/// The files are no longer those of the preview.
pub async fn apply(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Body(body): Body<FixBody>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    served.may_edit(&id)?;
    let shared = Arc::clone(&served);
    let made = move |served: &Served| -> Result<ChangeAnswer, ApiError> {
        let project = project(served, &id)?;
        let (_, files) = fixed(served, &project, &body)?;
        let changes: Vec<FileChange> = files.into_iter().map(|file| file.change).collect();
        if body.digest.as_ref().is_some_and(|digest| *digest != digest_of(changes.iter())) {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "stale-preview",
                text! {
                    zh: "文件在预览之后变了，请重新预览",
                    en: "the files have changed since the preview; look at a new one",
                },
            ));
        }
        let what = match (&body.rule, body.findings.len()) {
            (Some(rule), _) => Text::new(format!("修复规则 {rule} 的问题"), format!("fixed all of {rule}")),
            (None, 0) => Text::new("修复所有可以放心修复的问题", "fixed all that is safe to fix"),
            (None, count) => Text::new(format!("修复 {count} 处问题"), format!("fixed {count} findings")),
        };
        made(&shared, &project, EntryKind::Fix, &what, &changes)
    };
    served.work(made).await?.map(Json)
}

fn fixed(served: &Served, project: &ProjectRow, body: &FixBody) -> Result<(FixedProject, Vec<FixedFile>), ApiError> {
    let choice = match &body.rule {
        Some(rule) => FixChoice::Rule(rule.clone()),
        None if !body.findings.is_empty() => {
            let number = run(served, &project.id, body.run.as_deref().unwrap_or("latest"))?.id;
            FixChoice::Findings(served.store.fingerprints(number, &body.findings)?)
        }
        None if body.safe => FixChoice::All,
        None => FixChoice::Findings(BTreeSet::new()),
    };
    let setup = CheckSetup::load(project, &CheckWish::default(), served).map_err(JobError::Project)?;
    let at_most = if body.r#unsafe { Applicability::Unsafe } else { Applicability::Safe };
    let fixed = mend::fix(&setup, &choice, at_most);
    let files = fixed.changes(&served.folder(project))?;
    Ok((fixed, files))
}

impl PreviewAnswer {
    fn of(fixed: &FixedProject, files: Vec<FixedFile>) -> Self {
        let digest = digest_of(files.iter().map(|file| &file.change));
        let file = |FixedFile { change, diff }| PreviewFile {
            id: change.path.id(),
            path: change.path.text().to_owned(),
            form: FileForm::of(&change.place),
            diff,
        };
        let files = files.into_iter().map(file).collect();
        let refused = fixed.files.refused.iter().map(|fix| RefusedAnswer {
            place: fix.place.clone(),
            title: fix.title.clone(),
            rule: fix.rule.clone(),
            why: fix.why.clone(),
        });
        Self { digest, files, refused: refused.collect() }
    }
}

fn digest_of<'c>(changes: impl Iterator<Item = &'c FileChange>) -> String {
    sha256_of_parts(changes.flat_map(|change| [change.path.text().as_bytes(), &change.before, &change.after]))
}

/// Writes changes into the journal and checks again.
pub fn made(
    served: &Arc<Served>,
    project: &ProjectRow,
    kind: EntryKind,
    what: &Text,
    changes: &[FileChange],
) -> Result<ChangeAnswer, ApiError> {
    let entry = enter(&served.store, project, &served.now(), kind, what, changes)?;
    if kind == EntryKind::Settings {
        // Tables may be read in another way from now on.
        served.shapes.forget();
    }
    Ok(ChangeAnswer { entry: Some(format!("e{entry}")), run: checked_again(served, project) })
}

impl ChangeAnswer {
    /// After a change that is no entry: the check that follows.
    pub fn after(served: &Arc<Served>, project: &ProjectRow) -> Self {
        Self { entry: None, run: checked_again(served, project) }
    }
}

/// The check that follows a change, in place of one that still goes on; `None`: it cannot begin.
fn checked_again(served: &Arc<Served>, project: &ProjectRow) -> Option<String> {
    served.work.make_way(&project.id);
    let job = CheckJob { project: project.clone(), wish: CheckWish::default() };
    job.begin(served).ok().map(|run| format!("r{run}"))
}

/// `PUT /projects/{p}/files/{f}/cell`.
///
/// # Errors
/// The cell has another text by now, or cannot be changed.
pub async fn cell(
    State(served): State<Arc<Served>>,
    Path((id, f)): Path<(String, String)>,
    Body(body): Body<CellBody>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    served.may_edit(&id)?;
    let shared = Arc::clone(&served);
    let edited = move |served: &Served| -> Result<ChangeAnswer, ApiError> {
        let project = project(served, &id)?;
        let (path, place) = file(served, &project, &f)?;
        let at = CellAt { sheet: body.sheet, row: body.row, column: body.column };
        let what = Text::new(
            format!("改 {} 第 {} 行：“{}”→“{}”", path.text(), at.row, body.was, body.text),
            format!("{}, row {}: “{}” to “{}”", path.text(), at.row, body.was, body.text),
        );
        let shape = served.shape(&project, &place, at.sheet.as_deref())?;
        let change = mend::edit_cell(path, place, &at, (&body.was, &body.text), &shape)?;
        made(&shared, &project, EntryKind::Edit, &what, &[change])
    };
    served.work(edited).await?.map(Json)
}

/// `PUT /projects/{p}/files/{f}/line`.
///
/// # Errors
/// The line has another text by now, or the file cannot hold the new one.
pub async fn line(
    State(served): State<Arc<Served>>,
    Path((id, f)): Path<(String, String)>,
    Body(body): Body<LineBody>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    served.may_edit(&id)?;
    let shared = Arc::clone(&served);
    let edited = move |served: &Served| -> Result<ChangeAnswer, ApiError> {
        let project = project(served, &id)?;
        let (path, place) = file(served, &project, &f)?;
        let line = body.line;
        let what = Text::new(format!("改 {} 第 {line} 行", path.text()), format!("{}, line {line}", path.text()));
        let change = mend::edit_line(path, place, LineAt(line), &body.was, &body.text)?;
        made(&shared, &project, EntryKind::Edit, &what, &[change])
    };
    served.work(edited).await?.map(Json)
}

/// `POST /projects/{p}/files/{f}/try`: what would be found on a line or cell with another text. Nothing is written.
///
/// # Errors
/// There is no such file.
pub async fn try_text(
    State(served): State<Arc<Served>>,
    Path((id, f)): Path<(String, String)>,
    Body(body): Body<TryBody>,
) -> Result<Json<TryAnswer>, ApiError> {
    let tried = move |served: &Served| -> Result<TryAnswer, ApiError> {
        let project = project(served, &id)?;
        let (path, place) = file(served, &project, &f)?;
        let (contents, line) = match (body.line, body.row, body.column) {
            (Some(line), ..) => (mend::line_with(&path, &place, LineAt(line), &body.text)?.into_bytes(), line),
            (None, Some(row), Some(column)) => {
                let at = CellAt { sheet: body.sheet.clone(), row, column };
                let was = body.was.clone().unwrap_or_default();
                let shape = served.shape(&project, &place, at.sheet.as_deref())?;
                match mend::edit_cell(path.clone(), place.clone(), &at, (&was, &body.text), &shape) {
                    Ok(change) => (change.after, row),
                    Err(MendError::Nothing) => (std::fs::read(&place).unwrap_or_default(), row),
                    Err(error) => return Err(error.into()),
                }
            }
            _ => return Ok(TryAnswer { findings: Vec::new() }),
        };
        let findings = alone(served, &project, &path, &place, contents)?;
        let is_there = |finding: &ShownFinding| finding.head.place.row.or(finding.head.place.line) == Some(line);
        let sheet = body.sheet.as_deref();
        let is_on_sheet = |finding: &ShownFinding| sheet.is_none() || finding.head.place.sheet.as_deref() == sheet;
        Ok(TryAnswer { findings: findings.into_iter().filter(|found| is_there(found) && is_on_sheet(found)).collect() })
    };
    served.work(tried).await?.map(Json)
}

/// What is found in a file with other contents, judged with the rest of the project.
fn alone(
    served: &Served,
    project: &ProjectRow,
    path: &FilePath,
    place: &std::path::Path,
    contents: Vec<u8>,
) -> Result<Vec<ShownFinding>, ApiError> {
    let mut wish = CheckWish::default();
    let copy = match String::from_utf8(contents) {
        Ok(text) => {
            wish.texts.insert(place.to_owned(), Arc::from(text));
            None
        }
        Err(bytes) => Some(bytes.into_bytes()),
    };
    let mut setup = CheckSetup::load(project, &wish, served).map_err(JobError::Project)?;
    let kept = tempfile::NamedTempFile::new().map_err(|error| ApiError::unwritable(place, &error))?;
    if let Some(bytes) = copy {
        std::fs::write(kept.path(), bytes).map_err(|error| ApiError::unwritable(place, &error))?;
        setup.options.environment.files.insert_copy(place.to_owned(), kept.path().to_owned());
    }
    Ok(setup.findings_in(path.text()))
}

/// `GET /projects/{p}/journal`.
///
/// # Errors
/// There is no such project.
pub async fn journal(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
) -> Result<Json<Vec<JournalEntry>>, ApiError> {
    let listed = move |served: &Served| -> Result<Vec<JournalEntry>, ApiError> {
        project(served, &id)?;
        Ok(JournalEntry::of_project(&served.store, &id)?)
    };
    served.work(listed).await?.map(Json)
}

/// `POST /projects/{p}/journal/{e}/undo`.
///
/// # Errors
/// A later change is in the way.
pub async fn undo_entry(
    State(served): State<Arc<Served>>,
    Path((id, e)): Path<(String, String)>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    served.may_edit(&id)?;
    let shared = Arc::clone(&served);
    let undone = move |served: &Served| -> Result<ChangeAnswer, ApiError> {
        let project = project(served, &id)?;
        let number = e.strip_prefix('e').and_then(|number| number.parse().ok());
        let entry = match number {
            Some(number) => served.store.entry(&id, number)?,
            None => None,
        };
        let entry = entry.filter(|entry| !entry.undone).ok_or_else(|| {
            ApiError::new(
                StatusCode::NOT_FOUND,
                "no-such-entry",
                text! {
                    zh: "没有这条记录，或已经撤销",
                    en: "there is no such entry, or it is undone already",
                },
            )
        })?;
        undo(&served.store, &served.folder(&project), &project, &entry)?;
        Ok(ChangeAnswer { entry: None, run: checked_again(&shared, &project) })
    };
    served.work(undone).await?.map(Json)
}

/// `POST /projects/{p}/silence`: entries of `ignore:` in the project's `dianjian.yaml`.
///
/// # Errors
/// There is no reason, or the configuration cannot be written.
pub async fn silence(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Body(body): Body<SilenceBody>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    served.may_edit(&id)?;
    if body.reason.trim().is_empty() {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "no-reason",
            text! {
                zh: "请写明理由",
                en: "say why",
            },
        ));
    }
    let shared = Arc::clone(&served);
    let silenced = move |served: &Served| -> Result<ChangeAnswer, ApiError> {
        let project = project(served, &id)?;
        let number = run(served, &id, &body.run)?.id;
        let mut entries = Vec::new();
        for n in &body.findings {
            if let Some(FindingBetween { finding, .. }) =
                served.store.finding(number, *n, &crate::store::FindingFilter::default())?
            {
                entries.push((finding.head.rule, Some(finding.head.place.path)));
            }
        }
        entries.extend(body.rule.iter().map(|rule| (rule.clone(), None)));
        entries.sort();
        entries.dedup();
        let change = mend::silence(&served.folder(&project), &entries, &body.reason, body.until)?;
        let what = Text::new(format!("先不管：{}", body.reason), format!("silenced: {}", body.reason));
        made(&shared, &project, EntryKind::Silence, &what, &[change])
    };
    served.work(silenced).await?.map(Json)
}

impl From<MendError> for ApiError {
    fn from(error: MendError) -> Self {
        let (status, code) = match &error {
            MendError::Changed { .. } => (StatusCode::CONFLICT, "changed"),
            MendError::Overlap { .. } => (StatusCode::CONFLICT, "overlap"),
            MendError::Refused { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
            MendError::Disk { .. } => (StatusCode::CONFLICT, "unwritable"),
            MendError::Nothing => (StatusCode::UNPROCESSABLE_ENTITY, "nothing"),
        };
        Self::of(status, code, &error)
    }
}
