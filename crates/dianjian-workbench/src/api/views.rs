//! Files as a person looks at them: tables with their cells, texts with their lines, pictures with their boxes, each with the
//! places of the last run's findings.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dianjian_base::lang::{Lang, Localized, Text};
use dianjian_document::source::{self, Limits, SourceError};
use dianjian_rules::language::Severity;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::extract::Params;
use super::files::file;
use super::findings::{Window, WindowQuery};
use super::projects::project;
use crate::serve::Served;
use crate::shown::{FindingHead, ShownBox};
use crate::store::RunId;
use crate::tables::{self, TableWindow};

/// Which rows of a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsQuery {
    sheet: Option<String>,
    from: Option<u64>,
    n: Option<u64>,
}

/// Rows with the cells that findings are about.
#[derive(Debug, Serialize)]
pub struct RowsAnswer {
    #[serde(flatten)]
    table: TableWindow,
    marks: Vec<CellMark>,
}

/// A cell that findings are about.
#[derive(Debug, Serialize)]
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
#[derive(Debug, Serialize)]
pub struct LinesAnswer {
    #[serde(flatten)]
    window: Window<TextLine>,
    marks: Vec<LineMark>,
}

/// A line.
#[derive(Debug, Serialize)]
pub struct TextLine {
    line: u64,
    text: String,
}

/// A stretch of a line in UTF-16 units, from 0, its end exclusive.
#[derive(Debug, Serialize)]
pub struct LineMark {
    line: u64,
    start: usize,
    end: usize,
    severity: Severity,
    finding: u64,
}

/// What was seen in a picture or video.
#[derive(Debug, Serialize)]
pub struct BoxesAnswer {
    width: u32,
    height: u32,
    items: Vec<FindingBox>,
}

/// A code that a finding is about.
#[derive(Debug, Serialize)]
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
        let rules = (&*served.workbench.pack, served.workbench.as_of);
        let table = tables::window(&place, path.text(), query.sheet.as_deref(), bounds, rules)
            .map_err(|error| unreadable(&error))?;
        let sheet = query.sheet.or_else(|| {
            let sheets = tables::sheets(&place)?;
            sheets.iter().find(|sheet| !sheet.hidden).map(|sheet| sheet.name.clone())
        });
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
        let source = source::read(&place, &Limits::default()).map_err(|error| unreadable(&error))?;
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

fn unreadable(error: &SourceError) -> ApiError {
    let message = Text::new(error.text(Lang::Zh), error.text(Lang::En));
    let refused = ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", message);
    match (error.help(Lang::Zh), error.help(Lang::En)) {
        (Some(zh), Some(en)) => refused.with_help(Text { zh, en }),
        _ => refused,
    }
}
