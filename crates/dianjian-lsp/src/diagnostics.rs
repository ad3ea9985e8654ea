//! Findings and problems as the editor shows them.

use std::path::Path;

use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_document::problem::Problem;
use dianjian_engine::{CheckedItem, Finding};
use dianjian_report::words;
use dianjian_rules::language::Severity;
use dianjian_text::safe::one_line;
use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, Message, Range,
};

use crate::places::EditorPlaces;
use crate::session::{FoundItem, Session};
use crate::{MAX_DIAGNOSTICS, MAX_TEXT};

/// Related places that are shown of one finding.
const MAX_RELATED: usize = 20;

/// What a diagnostic says of its origin.
pub(crate) const SOURCE: &str = "dianjian";

/// Makes diagnostics in one language.
pub(crate) struct DiagnosticMaker<'m> {
    pub places: &'m EditorPlaces<'m>,
    pub lang: Lang,
    /// Whether the client shows pages for rules.
    pub links_codes: bool,
}

/// A diagnostic, and the finding that it shows.
#[derive(Debug)]
pub(crate) struct PlacedItem<'i> {
    pub range: Range,
    pub severity: Severity,
    pub item: &'i CheckedItem,
    /// Whether the one place that it points at is in another file.
    pub is_elsewhere: bool,
}

impl DiagnosticMaker<'_> {
    /// The diagnostics of a file: the worst first where they are too many, else by place.
    pub fn of_file(&self, path: &Path, session: &Session<'_>) -> Vec<Diagnostic> {
        if self.places.documents.at(path).is_some_and(|document| document.is_too_long()) {
            let most = MAX_TEXT >> 20;
            return vec![self.note(text! {
                zh: "文件超过 {most} MiB，编辑时不检查；保存后用 dianjian check 检查",
                en: "this file is longer than {most} MiB and not checked while it is edited; save it and run `dianjian check`",
            })];
        }
        let shown = self.shown(path, session);
        let omitted = shown.len().saturating_sub(MAX_DIAGNOSTICS);
        let kept = shown.iter().take(MAX_DIAGNOSTICS);
        let mut diagnostics: Vec<Diagnostic> = kept.map(|shown| self.diagnostic(shown)).collect();
        diagnostics.sort_by_key(|diagnostic| diagnostic.range.start);
        if omitted > 0 {
            diagnostics.push(self.note(text! {
                zh: "还有 {omitted} 条没有列出；用 dianjian check 看全部",
                en: "{omitted} more are not listed; `dianjian check` shows all",
            }));
        }
        diagnostics
    }

    /// What is found in a file, with its places, the worst first.
    pub fn shown<'s>(&self, path: &Path, session: &'s Session<'_>) -> Vec<PlacedItem<'s>> {
        let items = session.items_of(path).into_iter();
        let mut shown: Vec<PlacedItem<'s>> = items.map(|found| self.placed(path, found)).collect();
        shown.sort_by_key(|shown| (std::cmp::Reverse(shown.severity), shown.range.start));
        shown
    }

    fn placed<'i>(&self, path: &Path, found: FoundItem<'i>) -> PlacedItem<'i> {
        let (range, severity) = match found.item {
            CheckedItem::Finding(finding) => {
                let place = found.label.unwrap_or(&finding.primary);
                (self.places.range(path, &place.source, place.span), finding.severity)
            }
            CheckedItem::Problem(problem) => {
                let place = problem.place.as_ref();
                let range = place.map(|(source, span)| self.places.range(path, source, *span));
                (range.unwrap_or_default(), Severity::Error)
            }
        };
        PlacedItem { range, severity, item: found.item, is_elsewhere: found.label.is_some() }
    }

    pub fn diagnostic(&self, shown: &PlacedItem<'_>) -> Diagnostic {
        match shown.item {
            CheckedItem::Finding(finding) => self.finding(shown, finding),
            CheckedItem::Problem(problem) => self.problem(shown.range, problem),
        }
    }

    fn finding(&self, shown: &PlacedItem<'_>, finding: &Finding) -> Diagnostic {
        let primary = shown.is_elsewhere.then_some(&finding.primary);
        let related = primary.into_iter().chain(&finding.related).take(MAX_RELATED).filter_map(|label| {
            let location = self.places.location(&label.source, label.span)?;
            let own = || self.lang.pick("相关的地方", "related to it").to_owned();
            let message = label.message.as_ref().map_or_else(own, |message| message.render(self.lang));
            Some(DiagnosticRelatedInformation { location, message })
        });
        let mut related: Vec<DiagnosticRelatedInformation> = related.collect();
        let more = finding.related.len().saturating_sub(MAX_RELATED) + finding.related_omitted;
        if let (true, Some(last)) = (more > 0, related.last()) {
            let message = text! { zh: "还有 {more} 处", en: "and {more} more places" }.take(self.lang);
            related.push(DiagnosticRelatedInformation { location: last.location.clone(), message });
        }
        let address = self.links_codes.then(|| words::rule_address(&finding.rule, finding.as_of)).flatten();
        let mut message = finding.message.render(self.lang);
        if let Some(help) = &finding.help {
            message = format!("{message}\n{}", help.render(self.lang));
        }
        Diagnostic {
            severity: Some(severity(finding.severity)),
            code: Some(Code::String(finding.rule.id.clone())),
            code_description: address.map(|address| CodeDescription { href: address.into() }),
            related_information: (!related.is_empty()).then_some(related),
            ..self.plain(shown.range, message)
        }
    }

    fn problem(&self, range: Range, problem: &Problem) -> Diagnostic {
        let mut message = problem.message.get(self.lang).to_owned();
        if let Some(help) = &problem.help {
            message = format!("{message}\n{}", help.get(self.lang));
        }
        let related = problem.related.iter().filter_map(|(source, span, text)| {
            let location = self.places.location(source, *span)?;
            Some(DiagnosticRelatedInformation { location, message: text.get(self.lang).to_owned() })
        });
        let related: Vec<DiagnosticRelatedInformation> = related.collect();
        let related_information = (!related.is_empty()).then_some(related);
        Diagnostic { related_information, ..self.plain(range, message) }
    }

    /// A problem of the project itself, with the file that it is in.
    pub fn of_project(&self, problem: &Problem, otherwise: &Path) -> (String, Diagnostic) {
        let place = problem.place.as_ref().and_then(|(source, span)| self.places.location(source, *span));
        let location =
            place.unwrap_or_else(|| Location { uri: self.places.uri(otherwise).into(), range: Range::default() });
        (location.uri.0, self.problem(location.range, problem))
    }

    /// Something that is said of a file as a whole.
    pub fn note(&self, text: Text) -> Diagnostic {
        let severity = Some(DiagnosticSeverity::Information);
        Diagnostic { severity, ..self.plain(Range::default(), text.take(self.lang)) }
    }

    fn plain(&self, range: Range, message: String) -> Diagnostic {
        let lines: Vec<_> = message.lines().map(one_line).collect();
        let message = Message::String(lines.join("\n"));
        let (severity, source) = (Some(DiagnosticSeverity::Error), Some(SOURCE.to_owned()));
        Diagnostic::new(range, severity, None, None, source, message, None, None, None)
    }
}

const fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Info => DiagnosticSeverity::Information,
    }
}
