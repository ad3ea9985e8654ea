//! One source: its documents, what is wrong with the file as such, and the suppressions in its comments.

use std::sync::Arc;

use dianjian_base::lang::Localized;
use dianjian_base::{BOM, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{self, Format, Node, Tree};
use dianjian_rules::Rule;
use dianjian_rules::language::SchemaLint;
use dianjian_rules::record::{Mapping, nearest};

use super::{CheckerScratch, CrossRecordInput, HeldFinding, RecordChecker};
use crate::cross_record::CrossRecordState;
use crate::ledger::{self, FileLook, LookedAt};
use crate::run::{SilentCounts, unknown_table};
use crate::side_files::SideFiles;
use crate::suppress::{FileIssue, Suppression, drop_suppressed, silences_any, suppressions};
use crate::{Engine, Finding, Label};

/// What came of one source. Cross-record rules are still open.
pub(crate) struct CheckedSource {
    pub problems: Vec<Problem>,
    pub findings: Vec<Finding>,
    /// Findings that are made only if what their records name allows it.
    pub held: Vec<HeldFinding<Finding>>,
    pub counts: SilentCounts,
    pub cross_record: CrossRecordInput,
    pub suppressions: Vec<Suppression>,
    /// What was looked at. Of a part of a file the doubts are still open, else they have been settled.
    pub look: FileLook,
    /// What is wrong with documents that nothing reads, as long as nobody knows whether they are ours.
    pub doubts: Vec<Problem>,
    /// Findings that a file has once; of its parts the first counts.
    pub once: Vec<(String, Finding)>,
    /// Whether it is a piece of a list.
    pub is_list: bool,
}

/// What a worker keeps from one source to the next.
#[derive(Debug, Default)]
pub(crate) struct CheckScratch {
    tree: Tree,
    checker: CheckerScratch,
}

/// How a source came into the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceScope {
    /// Whether it was named rather than found in a folder. Then it should hold records.
    pub explicit: bool,
    /// Whether it is some lines of a line-delimited file: what the others hold is not known here.
    pub is_part: bool,
}

/// Reads and checks one source.
pub(crate) fn check_source(
    engine: &Engine<'_>,
    source: &Arc<SourceFile>,
    format: Format,
    scope: SourceScope,
    side_files: &dyn SideFiles,
    scratch: &mut CheckScratch,
) -> CheckedSource {
    let as_of = engine.policy.as_of;
    let mut checker = RecordChecker::new(engine, source, side_files);
    checker.scratch = std::mem::take(&mut scratch.checker);
    let reader = RecordChecker::reader(engine, side_files);
    let (limits, tree) = (&engine.policy.limits, &mut scratch.tree);
    let errors = tree::parse(source, format, limits, tree, &mut |root| checker.document(&reader, root));
    let mut problems = checker.unparsed(&errors, format, scope);
    problems.append(&mut checker.problems);
    problems.extend(checker.whole(scope, problems.is_empty()));
    let (mut suppressions, issues) = suppressions(source, tree.comments(), as_of);
    for issue in &issues {
        checker.file_issue(issue);
    }
    checker.doubts.sort_by_key(|problem| problem.place.as_ref().map(|(_, span)| span.start));
    // Whether a list is cut into pieces must not show: what it has once comes after what its records have.
    let is_list = source.items().is_some();
    let is_whole_list = format == Format::Json && !is_list && checker.cross_record.records.iter().sum::<usize>() > 1;
    let keeps_related = is_list || is_whole_list;
    let mut once = if scope.is_part || is_whole_list { checker.take_once(keeps_related) } else { Vec::new() };
    let RecordChecker { mut findings, mut held, mut counts, cross_record, mut look, doubts, scratch: checker, .. } =
        checker;
    scratch.checker = checker;
    sort(&mut findings, source);
    if is_whole_list {
        findings.extend(once.drain(..).map(|(_, finding)| finding));
    }
    // What a list has once is counted where its pieces come together.
    let of_once = once.iter().map(|(_, finding)| finding).filter(|_| !is_list);
    look.gaps = findings.iter().chain(of_once).filter(|finding| finding.is_gap).count() as u64;
    counts.suppressed = drop_suppressed(&mut findings, &mut suppressions, as_of, source.name());
    held.retain(|held| {
        let is_silenced = silences_any(&held.finding, &mut suppressions, as_of, source.name());
        counts.suppressed += usize::from(is_silenced);
        !is_silenced
    });
    CheckedSource { problems, findings, held, counts, cross_record, suppressions, look, doubts, once, is_list }
}

impl RecordChecker<'_, '_> {
    /// Reports what could not be parsed: certainly, if the file was named or what is broken looks like records.
    fn unparsed(&mut self, errors: &[tree::DocumentError], format: Format, scope: SourceScope) -> Vec<Problem> {
        let (source, familiar) = (self.source, &self.engine.pack.familiar);
        let mut problems = Vec::new();
        let mut is_ours = None;
        for (number, error) in errors.iter().enumerate() {
            match &error.problem {
                tree::DocumentErrorKind::DuplicateKey { key } if error.is_repeated_key_of(format) => {
                    self.file_issue(&FileIssue {
                        lint: SchemaLint::RepeatedKey,
                        span: error.span,
                        found: key.clone(),
                        expected: String::new(),
                        related: error.related.map(|(_, first)| first),
                        is_gap: error
                            .related
                            .is_none_or(|(_, first)| json_value_of(source, first) != json_value_of(source, error.span)),
                    });
                    continue;
                }
                _ => {}
            }
            let page = (number == 0).then(|| web_page(source, format)).flatten();
            let is_page = page.is_some();
            let problem = page.unwrap_or_else(|| document_problem(source, error));
            let is_certain = scope.explicit
                || is_page
                || if scope.is_part {
                    familiar.text(line_of(source, error.span)).is_some()
                } else {
                    *is_ours.get_or_insert_with(|| {
                        self.look.has_records || self.look.doubts.certain || familiar.text(source.text()).is_some()
                    })
                };
            if is_certain {
                self.look.note(LookedAt::NotReadable(problem.message.clone()));
                self.look.records.not_readable += u64::from(scope.is_part);
                problems.push(problem);
            } else {
                self.look.doubts.unparsed += 1;
                self.look.doubts.reason.get_or_insert_with(|| problem.message.clone());
                self.doubts.push(problem);
            }
        }
        // A table under the name of a line-delimited file has no line that tells by itself.
        let is_beginning = scope.is_part && source.base_offset() == 0 && self.look.doubts.unparsed > 0;
        self.look.doubts.certain |= is_beginning && familiar.text(source.text()).is_some();
        problems
    }

    /// What is to be said of a source as a whole: headings that nobody knows, nothing in it, documents that nothing reads.
    fn whole(&mut self, scope: SourceScope, is_silent: bool) -> Vec<Problem> {
        let (engine, source) = (self.engine, self.source);
        let mut problems = Vec::new();
        let header = source.table().filter(|_| source.first_record() == 0).map(|table| &table.header);
        if let Some(header) = header {
            let is_empty = self.look.worst.is_none();
            let problem = match header.mapping {
                None => unknown_table(engine, source, scope.explicit),
                Some(mapping) if engine.pack.mappings.get(mapping).is_some_and(Mapping::is_for_idle_tables) => {
                    self.look.note(LookedAt::NothingToCheck(ledger::report_table()));
                    None
                }
                Some(_) if is_empty => {
                    engine.pack.familiar.records_in_table(source.text()).map(|near| near.problem(source, Span::at(0)))
                }
                Some(_) => None,
            };
            match problem {
                Some(problem) => {
                    self.look.note(LookedAt::NotUnderstood(problem.message.clone()));
                    problems.push(problem);
                }
                None if header.mapping.is_none() => self.look.note(LookedAt::NothingToCheck(ledger::not_ours())),
                None => self.look.note(LookedAt::NothingToCheck(ledger::no_rows())),
            }
        }
        if is_silent
            && problems.is_empty()
            && let Some(problem) = empty_file(source)
        {
            if scope.explicit {
                self.look.note(LookedAt::NotUnderstood(problem.message.clone()));
                problems.push(problem);
            } else {
                self.look.note(LookedAt::NothingToCheck(problem.message));
            }
        }
        if !scope.is_part {
            let (doubts, shown) = (self.look.doubts.unrecognised, std::mem::take(&mut self.doubts));
            let parsed = shown.len().min(doubts as usize) as u64;
            if self.look.settle(scope.explicit) {
                problems.extend(shown);
                problems.extend((doubts > parsed).then(|| ledger::more_doubts(source.name(), doubts - parsed)));
            }
            // Errors of a file that is one text are not told apart by records.
            self.look.records.not_readable = 0;
        }
        problems
    }

    /// Takes out the findings that a file has once, however many parts it is read in. Of lines, other places in the same part
    /// would depend on where the parts are cut; those of a list are put together at its end.
    fn take_once(&mut self, keeps_related: bool) -> Vec<(String, Finding)> {
        let mut at: Vec<(usize, String)> =
            self.once.drain().map(|((rule, path), at)| (at, format!("{rule} {path}"))).collect();
        at.sort_unstable();
        let mut taken: Vec<(String, Finding)> = Vec::new();
        for (at, key) in at.into_iter().rev() {
            let mut finding = self.findings.remove(at);
            if keeps_related {
                finding.related.iter_mut().for_each(Label::keep_item);
            } else {
                finding.related.clear();
                finding.related_omitted = 0;
            }
            taken.push((key, finding));
        }
        taken.reverse();
        taken
    }
}

/// The line in which a span begins.
/// What is wrong with a file of JSON that begins as a page or as XML does: where a program asks for answers, that of a login
/// or of an error is sometimes kept in their place.
fn web_page(source: &Arc<SourceFile>, format: Format) -> Option<Problem> {
    let is_json = matches!(format, Format::Json | Format::NdJson) && source.base_offset() == 0;
    let text = source.text().trim_start_matches('\u{feff}').trim_start();
    let begin = text.strip_prefix('<').filter(|_| is_json)?;
    if !begin.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '!' | '?')) {
        return None;
    }
    let message = text! {
        zh: "文件里是网页或 XML，不是 JSON：可能存下的是登录页或出错页",
        en: "the file holds a web page or XML, not JSON: perhaps that of a login or of an error",
    };
    let help = text! { zh: "登录后重新下载这个文件。", en: "Log in and download the file again." };
    Some(Problem::with_message(source, Span::at(0), message, Some(help)))
}

fn line_of(source: &SourceFile, span: Span) -> &str {
    source.line_span(source.line_index(span.start)).map_or("", |line| source.slice(line))
}

/// Checks one source to its end: cross-record rules see its records alone.
pub(crate) fn check_alone(
    engine: &Engine<'_>,
    source: &Arc<SourceFile>,
    format: Format,
    side_files: &dyn SideFiles,
) -> (Vec<Finding>, Vec<Problem>) {
    let scope = SourceScope { explicit: true, is_part: false };
    let checked = check_source(engine, source, format, scope, side_files, &mut CheckScratch::default());
    let (mut findings, mut suppressions) = (checked.findings, checked.suppressions);
    let parse = |tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)| {
        tree::parse(source, format, &engine.policy.limits, tree, &mut |root| f(source, root));
    };
    let input = (checked.cross_record, checked.held);
    let (mut others, _) = CrossRecordState::alone(engine, source, side_files, input, parse);
    others.retain(|finding| !silences_any(finding, &mut suppressions, engine.policy.as_of, source.name()));
    findings.append(&mut others);
    findings.extend(unused_suppressions(engine, source, &suppressions, side_files));
    (findings, checked.problems)
}

/// A syntax error as a problem.
pub(crate) fn document_problem(source: &Arc<SourceFile>, error: &tree::DocumentError) -> Problem {
    let mut problem = Problem::at(source, error.span, error);
    if let Some((related, span)) = error.related {
        // Of a long list the beginning is not in the text around what is wrong.
        let elsewhere = source.items().and_then(|items| items.opened());
        let (opened, span) = elsewhere.map_or((source, span), |(opened, span)| (opened, *span));
        problem.related.push((Arc::clone(opened), span, related.both()));
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
            is_gap: false,
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
    let ran = |rule: &Rule| rule.active && engine.is_on(&rule.info, file);
    named.any(ran).then(String::new)
}

/// The value of a key of JSON as it is written.
fn json_value_of(source: &SourceFile, key: Span) -> &str {
    let rest = source.text().get(key.end as usize..).unwrap_or_default();
    let rest = rest.trim_start_matches('"').trim_start();
    let value = rest.strip_prefix(':').unwrap_or(rest).trim_start();
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    let end = value.char_indices().find_map(|(at, character)| {
        match character {
            _ if std::mem::take(&mut is_escaped) => {}
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '{' | '[' => depth += 1,
            ',' | '}' | ']' if depth == 0 => return Some(at),
            '}' | ']' => depth -= 1,
            _ => {}
        }
        None
    });
    value.get(..end.unwrap_or(value.len())).unwrap_or_default().trim_end()
}
