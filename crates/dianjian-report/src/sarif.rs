//! SARIF 2.1.0, the exchange format of static analysis (OASIS standard).
//!
//! Columns count Unicode code points, as the run declares; byte offsets are those of the file. A workbook has no
//! lines, and the standard no cells: a place in one is the file with the cell as a logical location, and its fixes
//! stand in the result's properties.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use dianjian_base::lang::Lang;
use dianjian_document::edit::{CellChange, Edit};
use dianjian_document::source::{PlaceName, SourceFile, Span};
use dianjian_engine::finding::{Finding, Fix, Label, Problem, RuleInfo, Summary};
use dianjian_rules::language::Severity;
use serde::Serialize;
use serde_json::{Value, json};

use super::json::{JsonCell, JsonEvidence, JsonPassage, JsonPicture, push};
use super::words::{self, PROBLEM};
use super::{ReportFormat, RunInfo};

/// Where the standard's schema lives.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The key of our fingerprints; its number grows when they are computed differently.
pub const FINGERPRINT: &str = "dianjian/v1";

/// The `sarif` format.
pub(super) struct Sarif;

#[derive(Serialize)]
struct SarifText {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRule<'a> {
    id: &'a str,
    short_description: SarifText,
    full_description: SarifText,
    help: SarifHelp,
    default_configuration: Value,
    properties: SarifProperties,
}

#[derive(Serialize)]
struct SarifHelp {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifProperties {
    kind: String,
    confidence: Value,
    effective: Value,
    evidence: Vec<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: SarifText,
    locations: [SarifLocation; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<SarifLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix>,
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
    properties: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: SarifPhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<SarifLogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<SarifText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifLogicalLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifPhysicalLocation {
    artifact_location: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<SarifRegion>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    start_line: u64,
    start_column: u64,
    end_line: u64,
    end_column: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_length: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: SarifText,
    artifact_changes: Vec<SarifArtifactChange>,
    properties: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifArtifactChange {
    artifact_location: Value,
    replacements: Vec<SarifReplacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifReplacement {
    deleted_region: SarifRegion,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<SarifText>,
}

#[derive(Serialize)]
struct SarifNotification {
    level: &'static str,
    message: SarifText,
    descriptor: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<SarifLocation>,
}

impl ReportFormat for Sarif {
    fn finding(&self, run: &RunInfo, finding: &Finding, out: &mut String) {
        push(&result(run, finding), out);
    }

    fn problem(&self, run: &RunInfo, problem: &Problem, out: &mut String) {
        let mut text = words::problem(run.lang, problem);
        if let Some(help) = &problem.help {
            let _ = write!(text, "\n{}", help.get(run.lang));
        }
        let in_sheet = |sheet: &String| SarifLogicalLocation::in_book(None, sheet);
        let locations = match &problem.place {
            Some((source, span)) => vec![SarifLocation::of(source, *span, run.lang)],
            None if problem.file.is_empty() => Vec::new(),
            None => vec![SarifLocation {
                logical_locations: problem.sheet.iter().map(in_sheet).collect(),
                ..SarifLocation::file(&problem.file)
            }],
        };
        let descriptor = json!({"id": PROBLEM});
        push(&SarifNotification { level: "error", message: SarifText { text }, descriptor, locations }, out);
    }

    fn head(&self, run: &RunInfo, summary: &Summary, out: &mut String) {
        let _ = write!(
            out,
            "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":\
             {{\"name\":\"dianjian\",\"version\":\"{0}\",\"semanticVersion\":\"{0}\",\"rules\":[",
            env!("CARGO_PKG_VERSION"),
        );
        out.push('\n');
        for (number, info) in run.rules().iter().enumerate() {
            if number > 0 {
                out.push_str(",\n");
            }
            push(&rule(run, info), out);
        }
        out.push_str("\n],\"notifications\":");
        let description = run.lang.pick("使检查不完整的问题", "What kept the run from looking at everything");
        push(&json!([{"id": PROBLEM, "shortDescription": {"text": description}}]), out);
        let _ = write!(
            out,
            "}}}},\"language\":\"{}\",\"columnKind\":\"unicodeCodePoints\",\"properties\":",
            run.lang.pick("zh-CN", "en-US"),
        );
        let summary = super::json::JsonSummary::of(run, summary);
        push(&json!({"asOf": run.as_of, "summary": summary}), out);
        out.push_str(",\"results\":[\n");
    }

    fn section_separator(&self, _run: &RunInfo, summary: &Summary, out: &mut String) {
        let _ = writeln!(
            out,
            "\n],\"invocations\":[{{\"executionSuccessful\":{},\"toolExecutionNotifications\":[",
            summary.problems + summary.gaps == 0,
        );
    }

    fn tail(&self, _run: &RunInfo, _summary: &Summary, out: &mut String) {
        out.push_str("\n]}]}]}\n");
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule<'i>(run: &RunInfo, info: &'i RuleInfo) -> SarifRule<'i> {
    let lang = run.lang;
    let evidence = info.evidence.iter().map(|evidence| json!(JsonEvidence::of(run, run.as_of, evidence)));
    SarifRule {
        id: &info.id,
        short_description: SarifText { text: info.title.get(lang).to_owned() },
        full_description: SarifText { text: info.why.get(lang).to_owned() },
        help: help(run, info),
        default_configuration: json!({"level": level(info.severity_on(run.as_of))}),
        properties: SarifProperties {
            kind: info.kind.clone(),
            confidence: json!(info.confidence_on(run.as_of)),
            effective: json!({"from": info.effective.from, "until": info.effective.until}),
            evidence: evidence.collect(),
        },
    }
}

/// Why the rule exists, since when, and who says so; plain and as Markdown.
fn help(run: &RunInfo, info: &RuleInfo) -> SarifHelp {
    let lang = run.lang;
    let mut text = info.why.get(lang).to_owned();
    let mut markdown = text.clone();
    if let Some(period) = words::period(lang, info.effective) {
        let line = format!("{}{period}", lang.pick("生效：", "In force: "));
        let _ = write!(text, "\n{line}");
        let _ = write!(markdown, "\n\n{line}");
    }
    markdown.push('\n');
    for evidence in &info.evidence {
        let source = words::evidence(lang, evidence);
        let sure = words::evidence_confidence(lang, evidence, run.as_of);
        let says = evidence.says.get(lang);
        let _ = write!(text, "\n- {source}: {says} ({sure})");
        let _ = write!(markdown, "\n- **{source}**: {says} ({sure})");
    }
    SarifHelp { text, markdown }
}

fn result<'a>(run: &RunInfo, finding: &'a Finding) -> SarifResult<'a> {
    let mut location = SarifLocation::of(&finding.primary.source, finding.primary.span, run.lang);
    location.logical_locations.extend(logical(finding));
    let related = |(number, label): (usize, &Label)| SarifLocation {
        id: Some(number + 1),
        message: label.message.as_ref().map(|message| SarifText { text: message.render(run.lang) }),
        ..SarifLocation::of(&label.source, label.span, run.lang)
    };
    let mut related: Vec<SarifLocation> = finding.related.iter().enumerate().map(related).collect();
    if let Some(shown) = &finding.picture {
        // The standard knows no regions of pictures, so the box stands in the location's properties.
        related.push(SarifLocation {
            id: Some(related.len() + 1),
            message: Some(SarifText { text: words::picture(run.lang, shown, "") }),
            properties: Some(json!({"picture": JsonPicture::of(run, shown)})),
            ..SarifLocation::file(&shown.file)
        });
    }
    let Label { source, span, .. } = &finding.primary;
    let mut text = words::with_place(run.lang, source, span.start, finding.message.render(run.lang));
    if let Some(help) = &finding.help {
        let _ = write!(text, "\n{}", help.render(run.lang));
    }
    let mut properties = json!({"record": {"kind": &*finding.record.kind, "id": finding.record.id}});
    let in_cells: Vec<_> = finding.fixes.iter().filter_map(|fix| cell_fix(run.lang, fix)).collect();
    if !in_cells.is_empty() {
        properties["cellFixes"] = json!(in_cells);
    }
    SarifResult {
        rule_id: &finding.rule.id,
        rule_index: run.rule_index(&finding.rule.id),
        level: level(finding.severity),
        message: SarifText { text },
        locations: [location],
        related_locations: related,
        fixes: finding.fixes.iter().filter_map(|fix| sarif_fix(run.lang, fix)).collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.as_str())]),
        properties,
    }
}

/// `Shop/yunshan-flagship/name`; nothing for a finding about a file as such.
fn logical(finding: &Finding) -> Option<SarifLogicalLocation> {
    if finding.record.kind.is_empty() {
        return None;
    }
    let mut name = finding.record.kind.to_string();
    for part in finding.record.id.iter().chain(Some(&finding.path)).filter(|part| !part.is_empty()) {
        name.push('/');
        name.push_str(part);
    }
    Some(SarifLogicalLocation { name: None, fully_qualified_name: name, kind: "member" })
}

/// The cells that a fix changes, for the result's properties: the standard's replacements know lines and columns only.
fn cell_fix(lang: Lang, fix: &Fix) -> Option<Value> {
    let change = |(source, edit): &(Arc<SourceFile>, Edit)| {
        let change = CellChange::of(source, edit)?;
        Some(json!({"file": uri(source.name()), "cell": change.cell.to_string(), "text": change.after}))
    };
    let cells: Vec<_> = fix.edits.iter().filter_map(change).collect();
    let description = fix.title.get(lang);
    (!cells.is_empty()).then(|| json!({"description": description, "applicability": fix.applicability, "cells": cells}))
}

/// A fix of text files; `None` if it has no edits, as the standard asks for at least one change.
fn sarif_fix(lang: Lang, fix: &Fix) -> Option<SarifFix> {
    if fix.edits.is_empty() || fix.edits.iter().any(|(source, _)| !source.has_lines()) {
        return None;
    }
    let mut changes: BTreeMap<String, Vec<SarifReplacement>> = BTreeMap::new();
    for (source, edit) in &fix.edits {
        let text = &edit.text;
        changes.entry(uri(source.name())).or_default().push(SarifReplacement {
            deleted_region: SarifRegion::of(source, edit.span),
            inserted_content: (!text.is_empty()).then(|| SarifText { text: text.to_string() }),
        });
    }
    let changes = changes
        .into_iter()
        .map(|(uri, replacements)| SarifArtifactChange { artifact_location: json!({"uri": uri}), replacements });
    Some(SarifFix {
        description: SarifText { text: fix.title.get(lang).to_owned() },
        artifact_changes: changes.collect(),
        properties: json!({"applicability": fix.applicability}),
    })
}

impl SarifLocation {
    fn of(source: &SourceFile, span: Span, lang: Lang) -> Self {
        let mut location = Self::file(source.name());
        match source.place_name(span.start) {
            Some(PlaceName::Cell(cell)) => {
                let place = SarifLogicalLocation::in_book(Some(cell.a1()), &cell.to_string());
                location.logical_locations.push(place);
                location.properties = Some(json!({"cell": JsonCell::of(source, span)}));
            }
            Some(PlaceName::Passage(passage)) => {
                location.logical_locations.push(SarifLogicalLocation::passage(&passage.name().take(lang)));
                location.properties = Some(json!({"passage": JsonPassage::from(passage)}));
            }
            Some(PlaceName::File) => {}
            None => location.physical_location.region = Some(SarifRegion::of(source, span)),
        }
        location
    }

    fn file(name: &str) -> Self {
        let physical_location = SarifPhysicalLocation { artifact_location: json!({"uri": uri(name)}), region: None };
        Self { id: None, physical_location, logical_locations: Vec::new(), message: None, properties: None }
    }
}

impl SarifLogicalLocation {
    /// A sheet or a cell of a workbook.
    fn in_book(cell: Option<String>, full: &str) -> Self {
        let kind = if cell.is_some() { "cell" } else { "sheet" };
        Self { name: cell, fully_qualified_name: full.to_owned(), kind }
    }
}

impl SarifLogicalLocation {
    /// A passage of a document.
    fn passage(name: &str) -> Self {
        Self { name: None, fully_qualified_name: name.to_owned(), kind: "element" }
    }
}

impl SarifRegion {
    fn of(source: &SourceFile, span: Span) -> Self {
        let (start, end) = source.range(span);
        // A file in another encoding has other bytes on disk than its text has here.
        let is_as_on_disk = source.is_as_on_disk();
        Self {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            byte_offset: is_as_on_disk.then_some(start.offset),
            byte_length: is_as_on_disk.then(|| end.offset.saturating_sub(start.offset)),
        }
    }
}

/// A file name as a URI: relative as it was given, or `file:` for an absolute one.
fn uri(name: &str) -> String {
    let is_drive = name.as_bytes().get(1) == Some(&b':') && name.starts_with(|c: char| c.is_ascii_alphabetic());
    let mut out = String::with_capacity(name.len() + 16);
    if name.starts_with('/') {
        out.push_str("file://");
    } else if is_drive {
        out.push_str("file:///");
    }
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_become_uris() {
        assert_eq!(uri("shops/a b.yaml"), "shops/a%20b.yaml");
        assert_eq!(uri("店/一#1.yaml"), "%E5%BA%97/%E4%B8%80%231.yaml");
        assert_eq!(uri("/tmp/a:b"), "file:///tmp/a%3Ab");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
        assert_eq!(uri("C:/shops/a.yaml"), "file:///C%3A/shops/a.yaml");
    }
}
