//! What leaves the workbench: reports of findings, the files as they are, trends and forecasts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::{Days, NaiveDate};
use dianjian_base::in_order::Consumer;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::{sha256_of_parts, text};
use dianjian_document::problem::Problem;
use dianjian_engine::forecast::forecast;
use dianjian_engine::{Finding, Render};
use dianjian_project::{CheckRun, ReportFilter};
use dianjian_report::{DisplayOptions, FormatName, Output, OutputTarget, Rendered, Renderer, Reports, RunInfo, words};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::describe::{DescribedPart, OperationDoc};
use super::download::Download;
use super::extract::Params;
use super::findings::FindingsQuery;
use super::projects::project;
use super::runs::run;
use crate::files;
use crate::serve::Served;
use crate::store::{ProjectRow, RunId};
use crate::work::{CheckSetup, CheckWish, JobError};

/// A run in a trend.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TrendPoint {
    run: String,
    as_of: String,
    started: String,
    errors: u64,
    warnings: u64,
    infos: u64,
}

/// What a day will bring.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ForecastDay {
    date: NaiveDate,
    rule: String,
    title: Text,
    /// How many records it will be about.
    count: u64,
    /// What will be said of the first.
    text: Text,
}

/// How far a forecast looks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForecastQuery {
    days: Option<u64>,
}

/// `GET /projects/{p}/runs/{r}/export?format=…` with the filters of the list.
///
/// # Errors
/// There is no such format; the project cannot be checked.
pub async fn export(
    State(served): State<Arc<Served>>,
    Path((id, number)): Path<(String, String)>,
    ExportQuery { format, lang, query }: ExportQuery,
) -> Result<Download, ApiError> {
    let exported = move |served: &Served| -> Result<Download, ApiError> {
        let project = project(served, &id)?;
        let run = run(served, &id, &number)?;
        let bytes = match format.as_str() {
            "csv" => csv(served, run.id, &query, lang)?,
            name => {
                let format = name.parse::<FormatName>().map_err(|_| no_format(name))?;
                report(served, &project, run.id, &query, format, lang)?
            }
        };
        Ok(Download::new("application/octet-stream", format!("dianjian.{}", extension(&format)), bytes))
    };
    served.work(exported).await?
}

/// A format, a language, and the filters of the list.
#[derive(Debug)]
pub struct ExportQuery {
    format: String,
    lang: Lang,
    query: FindingsQuery,
}

impl<S: Send + Sync> FromRequestParts<S> for ExportQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let (mut format, mut lang, mut rest) = ("xlsx".to_owned(), Lang::Zh, Vec::new());
        for pair in parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("format", name)) => name.clone_into(&mut format),
                Some(("lang", name)) => lang = name.parse().unwrap_or(Lang::Zh),
                _ => rest.push(pair),
            }
        }
        Ok(Self { format, lang, query: FindingsQuery::read(Some(&rest.join("&")))? })
    }
}

impl DescribedPart for ExportQuery {
    fn describe(operation: &mut OperationDoc<'_>) {
        operation.query::<ExportFormat>();
        FindingsQuery::describe(operation);
    }
}

/// What an export adds to the query of the list.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it describes what is read by hand")]
struct ExportFormat {
    /// `xlsx`, `csv`, or a format of the command line's.
    format: Option<String>,
    lang: Option<Lang>,
}

fn extension(format: &str) -> &str {
    match format {
        "junit" => "xml",
        "markdown" => "md",
        "sarif" => "sarif.json",
        "short" | "pretty" | "github" => "txt",
        "gitlab" => "json",
        other => other,
    }
}

fn no_format(name: &str) -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "no-such-format",
        text! {
            zh: "没有“{name}”这种格式",
            en: "there is no format `{name}`",
        },
    )
}

/// All findings of a filter as a table.
fn csv(served: &Served, run: RunId, query: &FindingsQuery, lang: Lang) -> Result<Vec<u8>, ApiError> {
    let mut out = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    let failed = |_| ApiError::failed();
    let heads = match lang {
        Lang::Zh => ["级别", "规则", "问题", "店铺", "字段", "位置", "内容", "怎么办"],
        Lang::En => ["severity", "rule", "message", "shop", "field", "place", "found", "help"],
    };
    out.write_record(heads).map_err(failed)?;
    served.store.each_finding(run, &query.filter, &mut |finding| {
        let head = &finding.head;
        let text = |text: &Text| text.get(lang).to_owned();
        // A row that cannot be written ends with an error of the whole.
        let _ = out.write_record([
            words::severity(lang, head.severity).to_owned(),
            head.rule.clone(),
            text(&head.message),
            head.record.id.clone().unwrap_or_default(),
            head.field.as_ref().map(text).unwrap_or_default(),
            head.place.place.clone(),
            guarded(head.found.as_deref().unwrap_or_default()),
            finding.help.as_ref().map(text).unwrap_or_default(),
        ]);
    })?;
    out.into_inner().map_err(|_| ApiError::failed())
}

/// A text that no spreadsheet takes for a formula.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// A report as the command line writes it, of the findings that a filter leaves.
fn report(
    served: &Served,
    project: &ProjectRow,
    run: RunId,
    query: &FindingsQuery,
    format: FormatName,
    lang: Lang,
) -> Result<Vec<u8>, ApiError> {
    let mut wanted = BTreeSet::new();
    served.store.each_finding(run, &query.filter, &mut |finding| {
        wanted.insert(finding.head.fingerprint.clone());
    })?;
    let setup = CheckSetup::load(project, &CheckWish::default(), served).map_err(JobError::Project)?;
    let CheckSetup { project: loaded, policy, inputs, mut known, options, problems } = setup;
    let folder = tempfile::tempdir().map_err(|error| ApiError::unwritable(std::path::Path::new("/tmp"), &error))?;
    let place = folder.path().join("report");
    let info = RunInfo::new(options.policy.as_of, lang, loaded.rules_taking_part(&policy));
    let output = Output { format, target: OutputTarget::File(place.clone()) };
    let mut reports = Reports::open(info, &[output], DisplayOptions::plain());
    let render = ChosenFindings { renderer: reports.renderer(), wanted };
    let filter = ReportFilter::default();
    let check = CheckRun::new(&loaded, &policy, &filter, &inputs, &options).with_problems(&problems);
    let totals = check.run(None, &mut known, &render, &mut ReportPages { reports: &mut reports });
    reports.finish(&totals.summary).map_err(|_| ApiError::failed())?;
    std::fs::read(&place).map_err(|error| ApiError::unwritable(&place, &error))
}

/// Renders the findings that were chosen, and every problem.
struct ChosenFindings {
    renderer: Renderer,
    wanted: BTreeSet<String>,
}

impl Render for ChosenFindings {
    type Out = Option<Rendered>;

    fn finding(&self, finding: Finding) -> Self::Out {
        self.wanted.contains(&finding.fingerprint).then(|| self.renderer.finding(&finding))
    }

    fn problem(&self, problem: Problem) -> Self::Out {
        Some(self.renderer.problem(&problem))
    }
}

struct ReportPages<'r> {
    reports: &'r mut Reports,
}

impl Consumer<Option<Rendered>> for ReportPages<'_> {
    fn accept(&mut self, item: Option<Rendered>) {
        if let Some(rendered) = item {
            self.reports.write(&rendered);
        }
    }
}

/// Which files are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DownloadQuery {
    /// Those alone that are no longer as they were brought in.
    changed: Option<bool>,
}

/// `GET /projects/{p}/download`: files as they are, as one archive.
///
/// # Errors
/// There is no such project; a file cannot be read.
pub async fn download(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Params(query): Params<DownloadQuery>,
) -> Result<Download, ApiError> {
    let packed = move |served: &Served| -> Result<Vec<u8>, ApiError> {
        let folder = served.folder(&project(served, &id)?);
        let originals = served.store.originals(&id)?;
        let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for path in files::list(&folder) {
            let Some(place) = path.below(&folder) else { continue };
            let failed = |error: std::io::Error| ApiError::unwritable(&place, &error);
            let bytes = std::fs::read(&place).map_err(failed)?;
            let is_changed = || originals.get(path.text()).is_some_and(|before| sha256_of_parts([&bytes]) != *before);
            if query.changed == Some(true) && !is_changed() {
                continue;
            }
            out.start_file(path.text(), options).map_err(|error| failed(error.into()))?;
            out.write_all(&bytes).map_err(failed)?;
        }
        Ok(out.finish().map_err(|_| ApiError::failed())?.into_inner())
    };
    Ok(Download::new("application/zip", "dianjian.zip", served.work(packed).await??))
}

/// `GET /projects/{p}/trend`: the runs that came to their end, the earliest first.
///
/// # Errors
/// There is no such project.
pub async fn trend(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
) -> Result<Json<Vec<TrendPoint>>, ApiError> {
    let listed = move |served: &Served| -> Result<Vec<TrendPoint>, ApiError> {
        project(served, &id)?;
        let point = |run: crate::store::RunRow| {
            let summary = run.summary?;
            let count = |name: &str| summary.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
            Some(TrendPoint {
                run: format!("r{}", run.id),
                errors: count("errors"),
                warnings: count("warnings"),
                infos: count("infos"),
                as_of: run.as_of,
                started: run.started,
            })
        };
        Ok(served.store.runs(&id)?.into_iter().rev().filter_map(point).collect())
    };
    served.work(listed).await?.map(Json)
}

/// `GET /projects/{p}/forecast`: the rules that will speak on coming days, and of how many records.
///
/// # Errors
/// The project cannot be loaded.
pub async fn forecasts(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Params(query): Params<ForecastQuery>,
) -> Result<Json<Vec<ForecastDay>>, ApiError> {
    const USUAL: u64 = 180;
    const MOST: u64 = 3_660;
    let looked = move |served: &Served| -> Result<Vec<ForecastDay>, ApiError> {
        let project = project(served, &id)?;
        let setup = CheckSetup::load(&project, &CheckWish::default(), served).map_err(JobError::Project)?;
        let days = Days::new(query.days.unwrap_or(USUAL).min(MOST));
        let until = setup.options.policy.as_of.checked_add_days(days).unwrap_or(NaiveDate::MAX);
        let (records, _) = forecast(&setup.project.pack, &setup.policy, &setup.options, &setup.inputs.files, until);
        let mut found: BTreeMap<(NaiveDate, String), ForecastDay> = BTreeMap::new();
        for change in records.iter().flat_map(|record| &record.changes) {
            for finding in &change.begins {
                let day = found.entry((change.day, finding.rule.id.clone())).or_insert_with(|| ForecastDay {
                    date: change.day,
                    rule: finding.rule.id.clone(),
                    title: finding.rule.title.clone(),
                    count: 0,
                    text: Text::new(finding.message.render(Lang::Zh), finding.message.render(Lang::En)),
                });
                day.count += 1;
            }
        }
        Ok(found.into_values().collect())
    };
    served.work(looked).await?.map(Json)
}
