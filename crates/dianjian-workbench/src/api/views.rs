//! Files as a person looks at them: tables with their cells, texts with their lines, pictures with their boxes, each with the
//! places of the last run's findings.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dianjian_base::FileSystem;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_document::source::{self, Limits};
use dianjian_media::MediaSettings;
use dianjian_rules::language::Severity;
use image::ImageFormat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::download::Download;
use super::extract::Params;
use super::files::file;
use super::findings::{Window, WindowQuery};
use super::projects::project;
use crate::serve::Served;
use crate::shown::{FindingHead, ShownBox};
use crate::store::RunId;
use crate::tables::{self, TableWindow};

/// Which rows of a table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowsQuery {
    sheet: Option<String>,
    from: Option<u64>,
    n: Option<u64>,
}

/// Rows with the cells that findings are about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RowsAnswer {
    #[serde(flatten)]
    table: TableWindow,
    marks: Vec<CellMark>,
}

/// A cell that findings are about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CellMark {
    row: u64,
    column: u64,
    severity: Severity,
    /// The number of the first finding.
    finding: u64,
    /// How many there are.
    count: u64,
}

/// Lines of a text with the stretches that findings are about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LinesAnswer {
    #[serde(flatten)]
    window: Window<TextLine>,
    marks: Vec<LineMark>,
}

/// A line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TextLine {
    line: u64,
    text: String,
}

/// A stretch of a line in UTF-16 units, from 0, its end exclusive.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LineMark {
    line: u64,
    start: usize,
    end: usize,
    severity: Severity,
    finding: u64,
}

/// What was seen in a picture or video.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BoxesAnswer {
    width: u32,
    height: u32,
    items: Vec<FindingBox>,
}

/// A code that a finding is about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingBox {
    finding: u64,
    severity: Severity,
    message: Text,
    #[serde(flatten)]
    r#box: ShownBox,
}

fn last_run(served: &Served, project: &str) -> Result<Option<RunId>, ApiError> {
    Ok(served.store.last_done(project, None)?.map(|run| run.id))
}

/// `GET /projects/{p}/files/{f}/rows`.
///
/// # Errors
/// There is no such file; it cannot be read.
pub async fn rows(
    State(served): State<Arc<Served>>,
    Path((id, f)): Path<(String, String)>,
    Params(query): Params<RowsQuery>,
) -> Result<Json<RowsAnswer>, ApiError> {
    let seen = move |served: &Served| -> Result<RowsAnswer, ApiError> {
        let project = project(served, &id)?;
        let (path, place) = file(served, &project, &f)?;
        let bounds = WindowQuery { from: query.from, n: query.n }.bounds();
        let sheet = query.sheet.or_else(|| tables::first_sheet(&place));
        let shape = served.shape(&project, &place, sheet.as_deref())?;
        let table = tables::window(&place, sheet.as_deref(), bounds, &shape)?;
        let lines = match (table.items.first(), table.items.last()) {
            (Some(first), Some(last)) => (first.row, last.row + 1),
            _ => (0, 0),
        };
        let marks = match last_run(served, &id)? {
            Some(run) => cell_marks(&served.store.findings_on(run, path.text(), sheet.as_deref(), lines)?),
            None => Vec::new(),
        };
        Ok(RowsAnswer { table, marks })
    };
    served.work(seen).await?.map(Json)
}

/// One mark a cell, of the worst finding.
fn cell_marks(findings: &[FindingHead]) -> Vec<CellMark> {
    let mut marks: Vec<CellMark> = Vec::new();
    for finding in findings {
        let (Some(row), Some(column)) = (finding.place.row, finding.place.table_column) else { continue };
        match marks.iter_mut().rev().find(|mark| (mark.row, mark.column) == (row, column)) {
            Some(mark) => {
                mark.count += 1;
                if finding.severity > mark.severity {
                    (mark.severity, mark.finding) = (finding.severity, finding.n);
                }
            }
            None => marks.push(CellMark { row, column, severity: finding.severity, finding: finding.n, count: 1 }),
        }
    }
    marks
}

/// `GET /projects/{p}/files/{f}/lines`.
///
/// # Errors
/// There is no such file; it is no text, or too large to be shown.
pub async fn lines(
    State(served): State<Arc<Served>>,
    Path((id, f)): Path<(String, String)>,
    Params(query): Params<WindowQuery>,
) -> Result<Json<LinesAnswer>, ApiError> {
    let seen = move |served: &Served| -> Result<LinesAnswer, ApiError> {
        let project = project(served, &id)?;
        let (path, place) = file(served, &project, &f)?;
        let source = source::read_text_in(&FileSystem::default(), &place, &Limits::default())?;
        let (from, n) = query.bounds();
        let total = source.line_count() as u64;
        let wanted = from..total.min(from + n);
        let line = |line: u64| {
            let span = source.line_span(usize::try_from(line).ok()?)?;
            let text = source.slice(span).trim_end_matches(['\n', '\r']).to_owned();
            Some(TextLine { line: line + 1, text })
        };
        let items: Vec<TextLine> = wanted.clone().filter_map(line).collect();
        let marks = match last_run(served, &id)? {
            Some(run) => {
                let found = served.store.findings_on(run, path.text(), None, (from + 1, wanted.end + 1))?;
                found.iter().filter_map(|finding| LineMark::of(finding, &items)).collect()
            }
            None => Vec::new(),
        };
        Ok(LinesAnswer { window: Window { total, from, items }, marks })
    };
    served.work(seen).await?.map(Json)
}

impl LineMark {
    /// Columns count characters; browsers count UTF-16 units.
    fn of(finding: &FindingHead, lines: &[TextLine]) -> Option<Self> {
        let line = finding.place.line?;
        let text = &lines.iter().find(|known| known.line == line)?.text;
        let units = |column: u64| {
            let chars = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
            text.chars().take(chars).map(char::len_utf16).sum::<usize>()
        };
        let start = units(finding.place.column?);
        let end = finding.place.end.map_or_else(|| text.encode_utf16().count(), units);
        Some(Self { line, start, end: end.max(start), severity: finding.severity, finding: finding.n })
    }
}

/// `GET /projects/{p}/files/{f}/boxes`: the codes that findings are about, of a picture or a video.
///
/// # Errors
/// There is no such file.
pub async fn boxes(
    State(served): State<Arc<Served>>,
    Path((id, f)): Path<(String, String)>,
) -> Result<Json<BoxesAnswer>, ApiError> {
    let seen = move |served: &Served| -> Result<BoxesAnswer, ApiError> {
        let project = project(served, &id)?;
        let (path, _) = file(served, &project, &f)?;
        let found = match last_run(served, &id)? {
            Some(run) => served.store.findings_with_boxes(run, path.text())?,
            None => Vec::new(),
        };
        let items: Vec<FindingBox> = found
            .into_iter()
            .filter_map(|finding| {
                let r#box = finding.r#box?;
                let FindingHead { n, severity, message, .. } = finding.head;
                Some(FindingBox { finding: n, severity, message, r#box })
            })
            .collect();
        let (width, height) = items.first().map_or((0, 0), |item| (item.r#box.width, item.r#box.height));
        Ok(BoxesAnswer { width, height, items })
    };
    served.work(seen).await?.map(Json)
}

/// When a picture of a video is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameQuery {
    /// Seconds from the beginning.
    at: f64,
}

/// `GET /projects/{p}/files/{f}/frame`: the picture that a video shows at a time, as PNG.
///
/// # Errors
/// There is no such file, or no such picture.
pub async fn frame(
    State(served): State<Arc<Served>>,
    Path((id, f)): Path<(String, String)>,
    Params(query): Params<FrameQuery>,
) -> Result<Download, ApiError> {
    let at = Duration::try_from_secs_f64(query.at).map_err(|_| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "bad-query",
            text! { zh: "at 是从头起的秒数", en: "`at` is a number of seconds from the beginning" },
        )
    })?;
    let decoded = move |served: &Served| -> Result<Download, ApiError> {
        let project = project(served, &id)?;
        let (path, place) = file(served, &project, &f)?;
        let scanner = (served.workbench.basis.scanner)(MediaSettings::default());
        let refused = |error| ApiError::of(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", &error);
        let picture = scanner.picture_at(path.text(), &place, at).map_err(refused)?;
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).map_err(|_| ApiError::failed())?;
        Ok(Download::new("image/png", "frame.png", bytes.into_inner()))
    };
    served.work(decoded).await?
}
