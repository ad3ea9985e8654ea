//! A workbook: the counts, the findings with links to their cells, the problems, and the tables that were
//! checked with what was found marked in them.
//!
//! Workers render each finding as a line of JSON; [`finish`] makes the workbook of all lines at the end of the run.

mod finish;
mod marked_tables;
pub(crate) mod sheet;
mod table_rows;

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use dianjian_document::source::SourceFile;
use dianjian_engine::finding::{Finding, Problem, Summary};
use dianjian_rules::language::Severity;
use serde::{Deserialize, Serialize};

use super::safe::one_line;
use super::words::{self, authority};
use super::{Layout, ReportFormat, RunInfo};

/// The `xlsx` format.
pub(super) struct WorkbookFormat;

/// What the workbook has of a finding.
#[derive(Debug, Serialize, Deserialize)]
struct FindingLine {
    severity: Severity,
    rule: String,
    file: String,
    /// `店铺!B7` or `12:3`.
    place: String,
    /// The cell, where the finding lies in a table.
    cell: Option<TableCell>,
    record: String,
    message: String,
    help: String,
    authority: String,
    /// The title of the safest fix, and the flag that applies it.
    fix: String,
}

/// What the workbook has of a problem.
#[derive(Debug, Serialize, Deserialize)]
struct ProblemLine {
    file: String,
    place: String,
    message: String,
    help: String,
}

/// A cell of a table that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TableCell {
    path: PathBuf,
    /// The sheet; `None`: the file is one table.
    sheet: Option<String>,
    /// The byte between two fields of a file without sheets.
    delimiter: u8,
    /// From 1; of a table without sheets, the number of the record.
    row: u32,
    /// From 0.
    column: u32,
    /// The row of headings, from 1; 0: there is none.
    heading: u32,
}

impl TableCell {
    /// The cell in which an offset lies, if the source is a table on disk.
    fn at(source: &SourceFile, offset: u32) -> Option<Self> {
        let table = source.table()?;
        // When shards are merged the file may be on another machine.
        let named = || Some(PathBuf::from(source.name())).filter(|path| path.is_file());
        let path = source.path().map(Path::to_owned).or_else(named)?;
        let field = source.field_at(offset)?;
        let record_row = |record: u64| u32::try_from(record + 1).ok();
        let (sheet, row, column, heading) = match (source.cell(offset), &table.rows) {
            (Some(cell), Some(rows)) => {
                let heading = table.header.record.and_then(|record| rows.cells.cell(record, 0));
                (Some(cell.sheet.to_string()), cell.row, cell.column, heading.map(|cell| cell.row))
            }
            _ => {
                let heading = table.header.record.and_then(record_row);
                (None, record_row(field.record)?, u32::try_from(field.field).ok()?, heading)
            }
        };
        Some(Self { path, sheet, delimiter: table.delimiter, row, column, heading: heading.unwrap_or(0) })
    }
}

impl ReportFormat for WorkbookFormat {
    fn layout(&self) -> Layout {
        Layout::Binary
    }

    fn finding(&self, run: &RunInfo, finding: &Finding, out: &mut String) {
        let lang = run.lang;
        let (source, start) = (&finding.primary.source, finding.primary.span.start);
        let record = match &finding.record.id {
            Some(id) => format!("{} {id}", finding.record.kind),
            None => finding.record.kind.to_string(),
        };
        let mut message = finding.message.render(lang);
        if let Some(shown) = &finding.picture {
            let picture = words::picture(lang, shown, &message);
            message.push_str(lang.pick("；画面：", "; picture: "));
            message.push_str(&picture);
        }
        let fix = finding.fixes.iter().min_by_key(|fix| fix.applicability);
        let fix = fix.map(|fix| words::fix(lang, fix.title.get(lang), fix.applicability));
        let help = finding.help.as_ref().map(|help| help.render(lang)).unwrap_or_default();
        write_line(
            &FindingLine {
                severity: finding.severity,
                rule: finding.rule.id.clone(),
                file: safe(source.name()),
                place: words::spot(lang, source, start),
                cell: TableCell::at(source, start),
                record: safe(&record),
                message: safe(&message),
                help: safe(&help),
                authority: authority(lang, &finding.rule, finding.as_of),
                fix: safe(&fix.unwrap_or_default()),
            },
            out,
        );
    }

    fn problem(&self, run: &RunInfo, problem: &Problem, out: &mut String) {
        let place = match &problem.place {
            Some((source, span)) => words::spot(run.lang, source, span.start),
            None => problem.sheet.as_deref().map(safe).unwrap_or_default(),
        };
        let line = ProblemLine {
            file: safe(&problem.file),
            place,
            message: safe(problem.message.get(run.lang)),
            help: problem.help.as_ref().map(|help| safe(help.get(run.lang))).unwrap_or_default(),
        };
        write_line(&line, out);
    }

    fn finish_binary(
        &self,
        run: &RunInfo,
        summary: &Summary,
        findings: &mut dyn BufRead,
        problems: &mut dyn BufRead,
        out: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        finish::finish(run, summary, findings, problems, out)
    }
}

/// The text on one line, with control characters made visible.
fn safe(text: &str) -> String {
    one_line(text).into_owned()
}

/// Appends a line of JSON. Every text can be written as JSON, so no line is lost.
fn write_line(line: &impl Serialize, out: &mut String) {
    if let Ok(json) = serde_json::to_string(line) {
        out.push_str(&json);
        out.push('\n');
    }
}
