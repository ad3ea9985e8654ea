//! Makes the workbook of the lines that workers have rendered.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use dianjian_base::lang::Lang;
use dianjian_engine::REPORT_CREATOR;
use dianjian_engine::finding::Summary;
use dianjian_rules::language::Severity;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use serde::de::DeserializeOwned;

use super::marked_tables::Copies;
use super::sheet::{CellFormats, ReportCell, SheetWriter, failed};
use super::{FindingLine, ProblemLine};
use crate::RunInfo;
use crate::words;

/// Findings that are listed: a sheet's rows without its heading, and one to spare.
const MAX_LISTED: u32 = super::sheet::MAX_ROWS - 2;

/// Writes the workbook. Findings are read one by one; only the cells that they mark stay in memory.
pub(super) fn finish(
    run: &RunInfo,
    summary: &Summary,
    findings: &mut dyn BufRead,
    problems: &mut dyn BufRead,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let mut binder = Binder::new(run).map_err(failed)?;
    binder.findings(findings)?;
    binder.problems(problems)?;
    binder.summary(summary).map_err(failed)?;
    binder.finish(out).map_err(failed)
}

struct Binder<'r> {
    run: &'r RunInfo,
    book: Workbook,
    looks: CellFormats,
    summary: SheetWriter,
    findings: SheetWriter,
    problems: Option<SheetWriter>,
    copies: Copies,
    /// The highest severity and the number of findings, by rule.
    counts: BTreeMap<String, (Severity, usize)>,
    unlisted: usize,
}

impl<'r> Binder<'r> {
    fn new(run: &'r RunInfo) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        // The library's default is the current time, which would make each file different.
        let day = ExcelDateTime::parse_from_str(&run.as_of.to_string())?;
        let title = run.lang.pick("店检报告", "dianjian report");
        book.set_properties(
            &DocProperties::new().set_author(REPORT_CREATOR).set_title(title).set_creation_datetime(&day),
        );
        let (summary, findings) = (run.lang.pick("概要", "Summary"), run.lang.pick("发现", "Findings"));
        let copies = Copies::new([summary, findings, problems_name(run.lang)]);
        let summary = SheetWriter::new(&mut book, summary)?;
        let findings = SheetWriter::new(&mut book, findings)?;
        let looks = CellFormats::new();
        Ok(Self { run, book, looks, summary, findings, problems: None, copies, counts: BTreeMap::new(), unlisted: 0 })
    }

    fn findings(&mut self, lines: &mut dyn BufRead) -> io::Result<()> {
        let lang = self.run.lang;
        let heads = [
            lang.pick("级别", "Severity"),
            lang.pick("规则", "Rule"),
            lang.pick("文件", "File"),
            lang.pick("位置", "Place"),
            lang.pick("记录", "Record"),
            lang.pick("说明", "Message"),
            lang.pick("怎么办", "What to do"),
            lang.pick("修复", "Fix"),
            lang.pick("依据", "Authority"),
        ];
        self.findings.head(&mut self.book, &heads, &self.looks).map_err(failed)?;
        let mut listed = 0;
        each_line(lines, |line: FindingLine| {
            let count = self.counts.entry(line.rule.clone()).or_insert((line.severity, 0));
            *count = (count.0.max(line.severity), count.1 + 1);
            let link = line.cell.as_ref().and_then(|cell| self.copies.mark(cell, line.severity, &line.message));
            if listed >= MAX_LISTED {
                self.unlisted += 1;
                return Ok(());
            }
            listed += 1;
            let text = |text| ReportCell::text(text, &self.looks.text);
            let place = match link {
                Some(link) => ReportCell { link: Some(link), ..ReportCell::text(&line.place, &self.looks.link) },
                None => text(&line.place),
            };
            let cells = [
                ReportCell::text(words::severity(lang, line.severity), self.looks.severity(line.severity)),
                text(&line.rule),
                text(&line.file),
                place,
                text(&line.record),
                text(&line.message),
                text(&line.help),
                text(&line.fix),
                text(&line.authority),
            ];
            self.findings.row(&mut self.book, &cells).map_err(failed)
        })
    }

    fn problems(&mut self, lines: &mut dyn BufRead) -> io::Result<()> {
        let lang = self.run.lang;
        let heads = [
            lang.pick("文件", "File"),
            lang.pick("位置", "Place"),
            lang.pick("说明", "Message"),
            lang.pick("怎么办", "What to do"),
        ];
        each_line(lines, |line: ProblemLine| {
            let page = match &mut self.problems {
                Some(page) => page,
                none => {
                    let mut page = SheetWriter::new(&mut self.book, problems_name(lang)).map_err(failed)?;
                    page.head(&mut self.book, &heads, &self.looks).map_err(failed)?;
                    none.insert(page)
                }
            };
            if page.is_full() {
                return Ok(());
            }
            let texts = [&line.file, &line.place, &line.message, &line.help];
            let cells = texts.map(|text| ReportCell::text(text, &self.looks.text));
            page.row(&mut self.book, &cells).map_err(failed)
        })
    }

    /// Written last, when everything has been counted.
    fn summary(&mut self, summary: &Summary) -> Result<(), XlsxError> {
        let (run, looks, page, book) = (self.run, &self.looks, &mut self.summary, &mut self.book);
        let lang = run.lang;
        page.row(book, &[ReportCell::text(lang.pick("店检报告", "dianjian report"), &looks.title)])?;
        let as_of = run.as_of.to_string();
        page.row(book, &[head(lang.pick("规则日期", "Rules as of"), looks), ReportCell::text(&as_of, &looks.text)])?;
        let counts = [
            (lang.pick("文件", "Files"), summary.files),
            (lang.pick("记录", "Records"), summary.records.values().sum()),
            (lang.pick("错误", "Errors"), summary.errors),
            (lang.pick("警告", "Warnings"), summary.warnings),
            (lang.pick("提示", "Infos"), summary.infos),
            (lang.pick("无法检查", "Problems"), summary.problems),
        ];
        for (name, number) in counts {
            page.row(book, &[head(name, looks), ReportCell::number(number, &looks.text)])?;
        }
        let mut notes = vec![words::looked_at(lang, summary).join(" · ")];
        notes.extend(words::notes(lang, summary));
        if self.unlisted > 0 {
            notes.push(not_listed(lang, self.unlisted));
        }
        notes.extend(self.copies.left_out(lang));
        for note in notes {
            page.row(book, &[head("", looks), ReportCell::text(&note, &looks.plain)])?;
        }
        page.row(book, &[])?;
        let heads = [
            lang.pick("规则", "Rule"),
            lang.pick("名称", "Title"),
            lang.pick("级别", "Severity"),
            lang.pick("处", "Findings"),
        ];
        page.head(book, &heads, looks)?;
        let mut counts: Vec<_> = self.counts.iter().collect();
        counts.sort_by_key(|(rule, (severity, number))| (std::cmp::Reverse((*severity, *number)), *rule));
        for (rule, (severity, number)) in counts {
            let title = run.rule_index(rule).map_or("", |at| run.rules()[at].title.get(lang));
            let severity = ReportCell::text(words::severity(lang, *severity), looks.severity(*severity));
            let (rule, title) = (ReportCell::text(rule, &looks.text), ReportCell::text(title, &looks.text));
            page.row(book, &[rule, title, severity, ReportCell::number(*number, &looks.text)])?;
        }
        Ok(())
    }

    fn finish(self, out: &mut (dyn Write + Send)) -> Result<(), XlsxError> {
        let mut book = self.book;
        for page in [Some(self.summary), Some(self.findings), self.problems].into_iter().flatten() {
            page.finish(&mut book)?;
        }
        self.copies.write(&mut book, &self.looks, self.run.lang)?;
        book.save_to_writer(out)
    }
}

fn head<'c>(text: &'c str, looks: &'c CellFormats) -> ReportCell<'c> {
    ReportCell::text(text, &looks.head)
}

fn problems_name(lang: Lang) -> &'static str {
    lang.pick("无法检查", "Problems")
}

fn not_listed(lang: Lang, number: usize) -> String {
    match lang {
        Lang::Zh => format!("另有 {number} 处没有列出：一张工作表放不下，请用 -o json=文件 取得全部"),
        Lang::En => format!("{number} more are not listed, as a sheet has no room: -o json=FILE has all of them"),
    }
}

fn each_line<T: DeserializeOwned>(
    lines: &mut dyn BufRead,
    mut take: impl FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        take(serde_json::from_str(&line)?)?;
        line.clear();
    }
    Ok(())
}
