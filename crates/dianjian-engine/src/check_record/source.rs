//! One source: its documents, what is wrong with the file as such, and the suppressions in its comments.

use std::sync::Arc;

use dianjian_base::lang::Localized;
use dianjian_base::{BOM, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{self, Format, Node, Tree};
use dianjian_rules::Rule;
use dianjian_rules::language::SchemaLint;
use dianjian_rules::record::nearest;

use super::{CheckerScratch, CrossRecordInput, RecordChecker};
use crate::cross_record::CrossRecordState;
use crate::run::{SilentCounts, unknown_table};
use crate::side_files::SideFiles;
use crate::suppress::{FileIssue, Suppression, drop_suppressed, silences_any, suppressions};
use crate::{Engine, Finding};

/// What came of one source. Cross-record rules are still open.
pub(crate) struct CheckedSource {
    pub problems: Vec<Problem>,
    pub findings: Vec<Finding>,
    pub counts: SilentCounts,
    pub cross_record: CrossRecordInput,
    pub suppressions: Vec<Suppression>,
}

/// What a worker keeps from one source to the next.
#[derive(Debug, Default)]
pub(crate) struct CheckScratch {
    tree: Tree,
    checker: CheckerScratch,
}

/// Reads and checks one source. `explicit`: it was named rather than found in a folder.
pub(crate) fn check_source(
    engine: &Engine<'_>,
    source: &Arc<SourceFile>,
    format: Format,
    explicit: bool,
    side_files: &dyn SideFiles,
    scratch: &mut CheckScratch,
) -> CheckedSource {
    let as_of = engine.policy.as_of;
    let mut checker = RecordChecker::new(engine, source, side_files);
    checker.explicit = explicit;
    checker.scratch = std::mem::take(&mut scratch.checker);
    let reader = RecordChecker::reader(engine, side_files);
    let (limits, tree) = (&engine.policy.limits, &mut scratch.tree);
    let errors = tree::parse(source, format, limits, tree, &mut |root| checker.document(&reader, root));
    let mut problems = Vec::new();
    for error in &errors {
        match &error.problem {
            tree::DocumentErrorKind::DuplicateKey { key } if error.is_repeated_key_of(format) => {
                checker.file_issue(&FileIssue {
                    lint: SchemaLint::RepeatedKey,
                    span: error.span,
                    found: key.clone(),
                    expected: String::new(),
                    related: error.related.map(|(_, first)| first),
                })
            }
            _ => problems.push(document_problem(source, error)),
        }
    }
    problems.append(&mut checker.problems);
    let is_unknown = source.table().is_some_and(|table| table.header.mapping.is_none());
    problems.extend((explicit && is_unknown && source.first_record() == 0).then(|| unknown_table(engine, source)));
    problems.extend(problems.is_empty().then(|| empty_file(source)).flatten());
    let (mut suppressions, issues) = suppressions(source, tree.comments(), as_of);
    for issue in &issues {
        checker.file_issue(issue);
    }
    let RecordChecker { mut findings, mut counts, cross_record, scratch: checker, .. } = checker;
    scratch.checker = checker;
    sort(&mut findings, source);
    counts.suppressed = drop_suppressed(&mut findings, &mut suppressions, as_of, source.name());
    CheckedSource { problems, findings, counts, cross_record, suppressions }
}

/// Checks one source to its end: cross-record rules see its records alone.
pub(crate) fn check_alone(
    engine: &Engine<'_>,
    source: &Arc<SourceFile>,
    format: Format,
    side_files: &dyn SideFiles,
) -> (Vec<Finding>, Vec<Problem>) {
    let checked = check_source(engine, source, format, true, side_files, &mut CheckScratch::default());
    let (mut findings, mut suppressions) = (checked.findings, checked.suppressions);
    let parse = |tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)| {
        tree::parse(source, format, &engine.policy.limits, tree, &mut |root| f(source, root));
    };
    let mut others = CrossRecordState::alone(engine, source, side_files, checked.cross_record, parse);
    others.retain(|finding| !silences_any(finding, &mut suppressions, engine.policy.as_of, source.name()));
    findings.append(&mut others);
    findings.extend(unused_suppressions(engine, source, &suppressions, side_files));
    (findings, checked.problems)
}

/// A syntax error as a problem.
pub(crate) fn document_problem(source: &Arc<SourceFile>, error: &tree::DocumentError) -> Problem {
    let mut problem = Problem::at(source, error.span, error);
    if let Some((related, span)) = error.related {
        problem.related.push((Arc::clone(source), span, related.both()));
    }
    problem
}

/// A file without any content is a mistake: a record was meant to be there.
fn empty_file(source: &Arc<SourceFile>) -> Option<Problem> {
    if source.base_offset() > 0 || !source.text().trim_start_matches(BOM).trim().is_empty() {
        return None;
    }
    let help = text! { zh: "补上内容，或删除这个文件。", en: "Fill it or remove it." };
    let message = text! { zh: "文件是空的", en: "the file is empty" };
    Some(Problem::with_message(source, Span::at(0), message, Some(help)))
}

/// Orders findings as reports show them: those in the file itself by place, then those in the scripts that it names.
fn sort(findings: &mut [Finding], source: &SourceFile) {
    findings.sort_by(|left, right| {
        let key = |finding: &Finding| {
            let label = &finding.primary;
            let file = label.source.name();
            let own = file == source.name();
            let start = label.source.base_offset() + u64::from(label.span.start);
            (!own, if own { String::new() } else { file.to_owned() }, start, label.span.end)
        };
        key(left)
            .cmp(&key(right))
            .then_with(|| left.rule.id.cmp(&right.rule.id))
            .then_with(|| left.path.cmp(&right.path))
    });
}

/// Reports suppressions that silenced nothing. To be called when all other findings of the file are known.
pub(crate) fn unused_suppressions(
    engine: &Engine<'_>,
    source: &Arc<SourceFile>,
    suppressions: &[Suppression],
    side_files: &dyn SideFiles,
) -> Vec<Finding> {
    let mut checker = RecordChecker::new(engine, source, side_files);
    for suppression in suppressions.iter().filter(|suppression| suppression.is_unused(engine.policy.as_of)) {
        let Some(expected) = unused_hint(engine, source.name(), suppression) else { continue };
        checker.file_issue(&FileIssue {
            lint: SchemaLint::SuppressionUnused,
            span: suppression.span,
            found: source.slice(suppression.span).trim_start_matches('#').trim().to_owned(),
            expected,
            related: None,
        });
    }
    checker.findings
}

/// What an unused suppression should perhaps have said: the nearest rule id where it names no rule at all, else
/// nothing. `None`: it is not worth a finding, as all rules that it names are off here or do not hold on the day.
fn unused_hint(engine: &Engine<'_>, file: &str, suppression: &Suppression) -> Option<String> {
    let mut named = engine.rules().rules.iter().filter(|rule| suppression.names(&rule.info.id)).peekable();
    if named.peek().is_none() {
        let ids = engine.pack.rules.iter().map(|rule| rule.info.id.as_str());
        return Some(nearest(suppression.first_pattern(), ids).unwrap_or_default().to_owned());
    }
    let ran = |rule: &Rule| rule.active && engine.severities.severity(&rule.info, file).is_some();
    named.any(ran).then(String::new)
}
