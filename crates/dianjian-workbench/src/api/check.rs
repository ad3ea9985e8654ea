//! Texts checked at once, without a project.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use chrono::NaiveDate;
use dianjian_base::text;
use dianjian_document::source::{Format, MaterialUse};
use dianjian_engine::surface::{SurfaceFinding, TextSurface};
use dianjian_engine::{Finding, RunOptions};
use dianjian_rules::Pack;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;

use super::ApiError;
use super::describe::{DescribedPart, OperationDoc};
use super::extract::Body;
use super::files::{bad_upload, receive, too_large, upload_path};
use crate::names::{name_of, named};
use crate::serve::Served;
use crate::shown::{ShownFinding, ShownProblem};
use crate::work::{JobError, ShownItem, WorkerJob, WorkerLine};

/// Findings beyond this are only counted.
const MOST: usize = 1_000;

/// What `POST /check` takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckBody {
    texts: Vec<GivenText>,
    as_of: Option<NaiveDate>,
    system: Option<String>,
}

/// A text, and what it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenText {
    name: Option<String>,
    text: String,
    r#as: TextUse,
}

/// What a text is.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(untagged)]
enum TextUse {
    /// A text of a record that has nothing else.
    On(TextSurface),
    /// Records in YAML, JSON, NDJSON or CSV.
    Whole(WholeText),
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum WholeText {
    Config,
}

/// What `POST /check` answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckAnswer {
    as_of: NaiveDate,
    findings: Vec<TextFinding>,
    /// Findings that are not among them.
    more: usize,
    problems: Vec<ShownProblem>,
    /// What was looked at, of files.
    summary: Option<Value>,
}

/// A finding on one of the texts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TextFinding {
    /// Which of the texts, from 0; null of files.
    text: Option<usize>,
    /// What it marks of a text that is no whole record.
    range: Option<Utf16Range>,
    #[serde(flatten)]
    finding: ShownFinding,
}

/// A stretch of a text in UTF-16 units, which browsers count in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Utf16Range {
    start: usize,
    end: usize,
}

/// What is to be checked: texts in JSON, or files as parts of a form.
pub enum CheckInput {
    Texts(CheckBody),
    Files(Multipart),
}

impl<S: Send + Sync> FromRequest<S> for CheckInput {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            let form = Multipart::from_request(request, state).await;
            return form.map(Self::Files).map_err(|error| bad_upload(&error.body_text()));
        }
        Body::from_request(request, state).await.map(|Body(body)| Self::Texts(body))
    }
}

impl DescribedPart for CheckInput {
    fn describe(operation: &mut OperationDoc<'_>) {
        Body::<CheckBody>::describe(operation);
        Multipart::describe(operation);
    }
}

/// `POST /check`.
///
/// # Errors
/// More texts or bytes than one request may have; a body of another form.
pub async fn check(State(served): State<Arc<Served>>, input: CheckInput) -> Result<Json<CheckAnswer>, ApiError> {
    match input {
        CheckInput::Texts(body) => texts(&served, body).await,
        CheckInput::Files(form) => {
            let files = GivenFiles::receive(form).await?;
            served.work(move |served| files.check(served)).await?.map(Json)
        }
    }
}

async fn texts(served: &Arc<Served>, body: CheckBody) -> Result<Json<CheckAnswer>, ApiError> {
    const TEXTS: usize = 1_000;
    if body.texts.len() > TEXTS {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-many-texts",
            text! {
                zh: "一次最多检查 {TEXTS} 段文字",
                en: "at most {TEXTS} texts can be checked at once",
            },
        ));
    }
    served.work(move |served| checked(served, &body)).await.map(Json)
}

fn checked(served: &Served, body: &CheckBody) -> CheckAnswer {
    let pack = &served.workbench.pack;
    let as_of = body.as_of.unwrap_or(served.workbench.basis.today);
    let mut options = RunOptions::new(as_of).at(as_of);
    options.policy.system.clone_from(&body.system);
    let engine = served.engine(options);
    let mut answer = CheckAnswer { as_of, findings: Vec::new(), more: 0, problems: Vec::new(), summary: None };
    for (index, given) in body.texts.iter().enumerate() {
        let name = given.name.as_deref().unwrap_or("-");
        match given.r#as {
            TextUse::Whole(WholeText::Config) => {
                let (findings, problems) = engine.check_text(name, &given.text, Format::sniff(&given.text));
                findings.iter().for_each(|finding| answer.add(index, finding, None, pack));
                answer.problems.extend(problems.iter().map(ShownProblem::of));
            }
            TextUse::On(surface) => {
                let (findings, problems) = surface.check(&engine, name, &given.text);
                for SurfaceFinding { finding, range } in &findings {
                    let range = Utf16Range::of(&given.text, range);
                    answer.add(index, finding, Some(range), pack);
                }
                answer.problems.extend(problems.iter().map(ShownProblem::of));
            }
        }
    }
    answer
}

impl CheckAnswer {
    fn add(&mut self, text: usize, finding: &Finding, range: Option<Utf16Range>, pack: &Pack) {
        if self.findings.len() >= MOST {
            self.more += 1;
            return;
        }
        let n = self.findings.len() as u64;
        self.findings.push(TextFinding { text: Some(text), range, finding: ShownFinding::of(n, finding, pack) });
    }
}

impl Utf16Range {
    fn of(text: &str, range: &Range<usize>) -> Self {
        let units = |end: usize| text.get(..end).map_or(0, |before| before.encode_utf16().count());
        Self { start: units(range.start), end: units(range.end) }
    }
}

/// Files of a form, in a folder that goes with it.
struct GivenFiles {
    folder: TempDir,
    /// What the files are material of, by their paths.
    roles: BTreeMap<String, String>,
    meta: CheckMeta,
}

/// How files are to be checked: the part `meta`, in JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CheckMeta {
    as_of: Option<NaiveDate>,
    system: Option<String>,
}

impl GivenFiles {
    /// Writes the parts of a form to the disk. A part `file` is what its name says; one that is named after a role (`live`,
    /// `cover`, `homepage`, `product`) is material of that.
    async fn receive(mut form: Multipart) -> Result<Self, ApiError> {
        const MOST_FILES: usize = 1_000;
        let failed = |error: std::io::Error| ApiError::unwritable(&std::env::temp_dir(), &error);
        let folder = tempfile::tempdir().map_err(failed)?;
        let mut given = Self { folder, roles: BTreeMap::new(), meta: CheckMeta::default() };
        let mut files = 0;
        while let Some(part) = form.next_field().await.map_err(|error| bad_upload(&error.body_text()))? {
            let use_ = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(name) => {
                    let path = upload_path(&name, given.folder.path())?;
                    files += 1;
                    if files > MOST_FILES {
                        return Err(too_large());
                    }
                    receive(part, &path, given.folder.path()).await?;
                    if let Some(role) = named::<MaterialUse>(&use_) {
                        given.roles.insert(path.text().to_owned(), name_of(role));
                    }
                }
                None if use_ == "meta" => {
                    let text = part.bytes().await.map_err(|error| bad_upload(&error.body_text()))?;
                    given.meta = serde_json::from_slice(&text).map_err(|error| bad_upload(&error.to_string()))?;
                }
                None => {}
            }
        }
        Ok(given)
    }

    /// Lets a worker look at the files.
    fn check(&self, served: &Served) -> Result<CheckAnswer, ApiError> {
        let job = WorkerJob {
            finds_files: false,
            roles: self.roles.clone(),
            as_of: self.meta.as_of,
            today: served.workbench.basis.today,
            system: self.meta.system.clone(),
            most: MOST as u64,
        };
        let started = served.workbench.worker.start(self.folder.path(), None, &job)?;
        let (as_of, mut worker) = (started.as_of, started.process);
        let mut answer = CheckAnswer { as_of, findings: Vec::new(), more: 0, problems: Vec::new(), summary: None };
        let mut total = 0;
        while let Some(line) = worker.next() {
            match line {
                WorkerLine::Found(item) => answer.take(item),
                WorkerLine::Progress(progress) => total = usize::try_from(progress.findings).unwrap_or(usize::MAX),
                WorkerLine::Ended { summary, .. } => answer.summary = summary,
                WorkerLine::Ready { .. } | WorkerLine::Refused(_) => {}
            }
        }
        if answer.summary.is_none() {
            return Err(JobError::Worker.into());
        }
        answer.more = total.saturating_sub(answer.findings.len());
        Ok(answer)
    }
}

impl CheckAnswer {
    fn take(&mut self, item: ShownItem) {
        match item {
            ShownItem::Problem(problem) => self.problems.push(*problem),
            ShownItem::Finding(finding) => {
                self.findings.push(TextFinding { text: None, range: None, finding: *finding });
            }
        }
    }
}
