//! The files of a project: brought in, listed, read as they are, given a role.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Json;
use axum::body::Body as RawBody;
use axum::extract::{Multipart, Path as UrlPath, State};
use axum::http::StatusCode;
use dianjian_base::lang::Text;
use dianjian_base::{sha256_of_parts, text};
use dianjian_document::source::MaterialUse;
use dianjian_engine::ledger::LookedState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;

use super::ApiError;
use super::download::Download;
use super::extract::{Body, Params};
use super::projects::project;
use crate::files::{self, FileForm, FilePath};
use crate::mend;
use crate::names::{name_of, named};
use crate::serve::Served;
use crate::store::ProjectRow;
use crate::tables::{self, SheetName};

/// Bytes of one file at most.
pub const MOST_BYTES: u64 = 2 << 30;

/// Files of one project at most.
pub const MOST_FILES: usize = 200_000;

/// Bytes of one request at most, of all its files together.
pub const MOST_AT_ONCE: usize = 4 << 30;

/// A file as the page sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileAnswer {
    id: String,
    path: String,
    bytes: u64,
    form: FileForm,
    /// The sheets of a workbook.
    sheets: Option<Vec<SheetName>>,
    /// What it is material of.
    role: Option<MaterialUse>,
    /// What became of it in the last run.
    state: Option<LookedState>,
    reason: Option<Text>,
    findings: FileCounts,
    /// Of a table: whether the last run understood its headings.
    headings: Option<HeadingState>,
    /// Whether it is no longer as it was brought in.
    changed: bool,
}

/// Whether the headings of a table are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeadingState {
    Known,
    Unknown,
}

/// How many findings a file has.
#[derive(Debug, Default, Clone, Copy, Serialize, JsonSchema)]
pub struct FileCounts {
    errors: u64,
    warnings: u64,
    infos: u64,
}

/// The files that an upload brought in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UploadAnswer {
    files: Vec<FileAnswer>,
}

/// A text that was pasted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextBody {
    path: String,
    text: String,
}

/// What a file is material of.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleBody {
    role: Option<MaterialUse>,
}

/// What the last run says of a project's files.
#[derive(Debug, Default)]
struct FileStates {
    roles: BTreeMap<String, String>,
    states: BTreeMap<String, (LookedState, Option<Text>)>,
    counts: BTreeMap<String, BTreeMap<String, u64>>,
    /// The digests of files that have been changed, as they were before.
    originals: BTreeMap<String, String>,
}

impl FileStates {
    fn of(project: &str, served: &Served) -> Result<Self, ApiError> {
        let (roles, originals) = (served.store.roles(project)?, served.store.originals(project)?);
        let before = Self { roles, originals, ..Self::default() };
        let Some(run) = served.store.last_done(project, None)? else { return Ok(before) };
        let states = served.store.looked_at(run.id)?;
        Ok(Self { states, counts: served.store.counts_by_file(run.id)?, ..before })
    }

    fn answer(&self, path: &FilePath, place: &Path, bytes: u64) -> FileAnswer {
        let (text, form) = (path.text(), FileForm::of(place));
        let (state, reason) = self.states.get(text).cloned().unzip();
        let counts = self.counts.get(text);
        let is_understood = |state: LookedState| match state {
            LookedState::Checked => HeadingState::Known,
            _ => HeadingState::Unknown,
        };
        let before = self.originals.get(text);
        let is_changed = |before: &String| std::fs::read(place).map_or(true, |now| sha256_of_parts([now]) != *before);
        let count = |severity: &str| counts.and_then(|counts| counts.get(severity)).copied().unwrap_or(0);
        FileAnswer {
            id: path.id(),
            path: text.to_owned(),
            bytes,
            form,
            sheets: (form == FileForm::Table).then(|| tables::sheets(place)).flatten(),
            role: self.roles.get(text).and_then(|role| named(role)),
            headings: state.filter(|_| form == FileForm::Table).map(is_understood),
            changed: before.is_some_and(is_changed),
            state,
            reason: reason.flatten(),
            findings: FileCounts { errors: count("error"), warnings: count("warning"), infos: count("info") },
        }
    }
}

/// The file of an address, and where it is.
///
/// # Errors
/// The project has no such file.
pub fn file(served: &Served, project: &ProjectRow, id: &str) -> Result<(FilePath, PathBuf), ApiError> {
    served.files.find(&project.id, &served.folder(project), id).ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "no-such-file",
            text! {
                zh: "项目里没有这个文件",
                en: "the project has no such file",
            },
        )
    })
}

fn answers(served: &Served, project: &ProjectRow, paths: &[FilePath]) -> Result<Vec<FileAnswer>, ApiError> {
    let folder = served.folder(project);
    let states = FileStates::of(&project.id, served)?;
    let answer = |path: &FilePath| {
        let place = path.below(&folder)?;
        let bytes = std::fs::metadata(&place).map_or(0, |metadata| metadata.len());
        Some(states.answer(path, &place, bytes))
    };
    Ok(paths.iter().filter_map(answer).collect())
}

/// `GET /projects/{p}/files`.
pub async fn list(
    State(served): State<Arc<Served>>,
    UrlPath(id): UrlPath<String>,
) -> Result<Json<Vec<FileAnswer>>, ApiError> {
    let listed = move |served: &Served| {
        let project = project(served, &id)?;
        let paths = files::list(&served.folder(&project));
        answers(served, &project, &paths)
    };
    served.work(listed).await?.map(Json)
}

/// `GET /projects/{p}/files/{f}`.
pub async fn get(
    State(served): State<Arc<Served>>,
    UrlPath((id, f)): UrlPath<(String, String)>,
) -> Result<Json<FileAnswer>, ApiError> {
    let found = move |served: &Served| {
        let project = project(served, &id)?;
        let (path, _) = file(served, &project, &f)?;
        let mut answers = answers(served, &project, &[path])?;
        answers.pop().ok_or_else(ApiError::failed)
    };
    served.work(found).await?.map(Json)
}

/// `POST /projects/{p}/files`: parts `file` with their names, streamed to the disk. A file of the same name is replaced once
/// the whole new one is there.
pub async fn upload(
    State(served): State<Arc<Served>>,
    UrlPath(id): UrlPath<String>,
    mut parts: Multipart,
) -> Result<Json<UploadAnswer>, ApiError> {
    served.may_edit(&id)?;
    let project = project(&served, &id)?;
    let folder = served.folder(&project);
    let mut paths = Vec::new();
    let counted = folder.clone();
    let known = served.work(move |_| files::list(&counted).len()).await?;
    while let Some(part) = parts.next_field().await.map_err(|error| bad_upload(&error.to_string()))? {
        let Some(name) = part.file_name().map(str::to_owned) else { continue };
        let path = upload_path(&name, &folder)?;
        if known + paths.len() >= MOST_FILES {
            return Err(too_large());
        }
        receive(part, &path, &folder).await?;
        served.store.forget_original(&project.id, path.text())?;
        paths.push(path);
    }
    let answered = move |served: &Served| answers(served, &project, &paths);
    Ok(Json(UploadAnswer { files: served.work(answered).await?? }))
}

/// `POST /projects/{p}/texts`.
pub async fn paste(
    State(served): State<Arc<Served>>,
    UrlPath(id): UrlPath<String>,
    Body(body): Body<TextBody>,
) -> Result<Json<UploadAnswer>, ApiError> {
    served.may_edit(&id)?;
    let pasted = move |served: &Served| -> Result<UploadAnswer, ApiError> {
        let project = project(served, &id)?;
        let folder = served.folder(&project);
        let path = upload_path(&body.path, &folder)?;
        let place = path.below(&folder).ok_or_else(|| bad_name(path.text()))?;
        if let Some(above) = place.parent() {
            std::fs::create_dir_all(above).map_err(|error| ApiError::unwritable(above, &error))?;
        }
        dianjian_document::edit::write_atomic(&place, body.text.as_bytes())
            .map_err(|error| ApiError::unwritable(&place, &error))?;
        served.store.forget_original(&project.id, path.text())?;
        Ok(UploadAnswer { files: answers(served, &project, &[path])? })
    };
    served.work(pasted).await?.map(Json)
}

pub async fn receive(
    mut part: axum::extract::multipart::Field<'_>,
    path: &FilePath,
    folder: &Path,
) -> Result<(), ApiError> {
    let place = path.below(folder).ok_or_else(|| bad_name(path.text()))?;
    let refused = |error: std::io::Error| ApiError::unwritable(&place, &error);
    let above = place.parent().unwrap_or(folder);
    tokio::fs::create_dir_all(above).await.map_err(refused)?;
    let unfinished = tempfile::Builder::new().prefix(".upload-").tempfile_in(above).map_err(refused)?;
    let mut out = tokio::fs::File::from_std(unfinished.reopen().map_err(refused)?);
    let mut bytes = 0_u64;
    while let Some(chunk) = part.chunk().await.map_err(|error| bad_upload(&error.to_string()))? {
        bytes += chunk.len() as u64;
        if bytes > MOST_BYTES {
            return Err(too_large());
        }
        out.write_all(&chunk).await.map_err(refused)?;
    }
    out.flush().await.map_err(refused)?;
    drop(out);
    unfinished.persist(&place).map_err(|error| refused(error.error))?;
    Ok(())
}

pub fn upload_path(name: &str, folder: &Path) -> Result<FilePath, ApiError> {
    let path = FilePath::new(name).ok_or_else(|| bad_name(name))?;
    match path.below(folder) {
        Some(_) => Ok(path),
        None => Err(bad_name(name)),
    }
}

/// `PATCH /projects/{p}/files/{f}`.
pub async fn set_role(
    State(served): State<Arc<Served>>,
    UrlPath((id, f)): UrlPath<(String, String)>,
    Body(body): Body<RoleBody>,
) -> Result<Json<FileAnswer>, ApiError> {
    served.may_change()?;
    let set = move |served: &Served| {
        let project = project(served, &id)?;
        let (path, _) = file(served, &project, &f)?;
        served.store.set_role(&id, path.text(), body.role.map(name_of).as_deref())?;
        let mut answers = answers(served, &project, &[path])?;
        answers.pop().ok_or_else(ApiError::failed)
    };
    served.work(set).await?.map(Json)
}

/// `DELETE /projects/{p}/files/{f}`: of uploads alone.
pub async fn remove(
    State(served): State<Arc<Served>>,
    UrlPath((id, f)): UrlPath<(String, String)>,
) -> Result<StatusCode, ApiError> {
    served.may_edit(&id)?;
    let removed = move |served: &Served| -> Result<StatusCode, ApiError> {
        let project = project(served, &id)?;
        if project.folder.is_some() {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "own-folder",
                text! {
                    zh: "这是你自己的文件夹，请在里面删除",
                    en: "this is a folder of yours: remove the file there",
                },
            ));
        }
        let (path, place) = file(served, &project, &f)?;
        std::fs::remove_file(&place).map_err(|error| ApiError::unwritable(&place, &error))?;
        served.store.forget_original(&project.id, path.text())?;
        Ok(StatusCode::NO_CONTENT)
    };
    served.work(removed).await?
}

/// How the bytes of a file are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawQuery {
    /// Browsers are told to save it in any case.
    #[serde(rename = "as")]
    _as: Option<RawUse>,
}

/// What the bytes of a file are wanted for.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawUse {
    Download,
}

/// `GET /projects/{p}/files/{f}/raw`: the bytes as they are.
pub async fn raw(
    State(served): State<Arc<Served>>,
    UrlPath((id, f)): UrlPath<(String, String)>,
    Params(_): Params<RawQuery>,
) -> Result<Download, ApiError> {
    let found = move |served: &Served| {
        let project = project(served, &id)?;
        file(served, &project, &f)
    };
    let (path, place) = served.work(found).await??;
    let opened = tokio::fs::File::open(&place).await.map_err(|error| ApiError::unwritable(&place, &error))?;
    let length = opened.metadata().await.map(|metadata| metadata.len()).unwrap_or(0);
    let stream = futures_util::stream::unfold(opened, |mut file| async move {
        use tokio::io::AsyncReadExt as _;
        let mut piece = vec![0; 64 << 10];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some((Ok(piece), file))
            }
            Err(error) => Some((Err(error), file)),
        }
    });
    Ok(Download::streamed(last_name(&path), RawBody::from_stream(stream), length))
}

/// `GET /projects/{p}/files/{f}/original`: the bytes as they were brought in.
pub async fn original(
    State(served): State<Arc<Served>>,
    UrlPath((id, f)): UrlPath<(String, String)>,
) -> Result<Download, ApiError> {
    let found = move |served: &Served| -> Result<Download, ApiError> {
        let project = project(served, &id)?;
        let (path, place) = file(served, &project, &f)?;
        let bytes = match mend::original(&served.store, &project.id, path.text(), &place)? {
            Some(bytes) => bytes,
            None => std::fs::read(&place).map_err(|error| ApiError::unwritable(&place, &error))?,
        };
        Ok(Download::new("application/octet-stream", last_name(&path), bytes))
    };
    served.work(found).await?
}

fn last_name(path: &FilePath) -> &str {
    path.text().rsplit('/').next().unwrap_or_default()
}

fn bad_name(name: &str) -> ApiError {
    let name: String = name.chars().filter(|char| !char.is_control()).take(100).collect();
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "bad-name",
        text! {
            zh: "文件名“{name}”不能用",
            en: "a file cannot have the name `{name}`",
        },
    )
}

pub fn bad_upload(reason: &str) -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "bad-upload",
        text! {
            zh: "上传的内容不完整或太大：{reason}",
            en: "the upload is incomplete or too large: {reason}",
        },
    )
}

pub fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        text! {
            zh: "文件太大或太多",
            en: "the file is too large, or there are too many",
        },
    )
}
