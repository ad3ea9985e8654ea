//! Fixes are made in memory, round by round, until none is left to make; then every file is written once.
//!
//! A fix is made whole or not at all. Where fixes overlap, the first one in the file is made, and the next round asks
//! the rules again. Every byte outside the edits stays as it is.

mod consequences;
mod document;
mod edits;
mod workbook;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use consequences::RefusedFix;
use consequences::{EditShifts, FindingCensus, FixKey, FoundFinding, MadeFix};
use dianjian_base::{FileSystem, localized};
use dianjian_document::edit::{Applicability, Edit, EditSet, diff, write_atomic};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Encoded, Input, Limits, SourceFile, Span};
use dianjian_rules::Pack;
use document::FixedDocument;
use edits::{RoundEdits, RoundFile};
use workbook::FixedWorkbook;

use crate::baseline::Baseline;
use crate::{Engine, Finding, Fix, Render, RunOptions, SeverityPolicy};

/// Fixes that follow from fixes are few: more rounds than these are two rules undoing each other's work.
const MAX_ROUNDS: usize = 10;

/// Each further try leaves out fixes that had bad consequences; more than these are not worth the time.
const MAX_TRIES: usize = 8;

/// What is fixed, and how far fixes may go.
#[derive(Clone, Copy)]
pub struct FixRequest<'r> {
    /// The pack whose rules are asked after every round.
    pub pack: &'r Pack,
    /// How severe their findings are.
    pub severities: &'r dyn SeverityPolicy,
    /// Of the check that finds what to fix.
    pub options: &'r RunOptions,
    /// The files to fix.
    pub inputs: &'r [Input],
    /// Findings that are known, and so are left alone.
    pub known: &'r Baseline,
    /// Whether a finding is one that the run reports: others are left alone.
    pub is_reported: &'r (dyn Fn(&Finding) -> bool + Sync),
    /// The least certain fixes that are made. [`Applicability::Manual`] ones are never made.
    pub at_most: Applicability,
    /// Whether workbooks of formats that are only read are fixed in copies; else they are problems.
    pub takes_copies: bool,
}

impl FixRequest<'_> {
    /// Makes the fixes in memory, apart from those that would lead to findings as bad as what they mend, anywhere among
    /// the inputs, or would make records clash: such as a name that another shop has, or gets by another fix.
    pub fn run(&self) -> FixedFiles {
        let mut refused: BTreeMap<FixKey, RefusedFix> = BTreeMap::new();
        let mut before = None;
        for _ in 0..MAX_TRIES {
            let mut tried = self.rounds(&refused, &mut before);
            let new = match (&before, tried.after.take()) {
                (Some(before), Some(after)) if !tried.fixed.did_not_converge => after.refused(before, &tried.made),
                _ => BTreeMap::new(),
            };
            if new.is_empty() {
                tried.fixed.refused = refused.into_values().collect();
                return tried.fixed;
            }
            refused.extend(new);
        }
        // Every refusal has brought about another clash: files as they were are better than any of those tries.
        FixedFiles { refused: refused.into_values().collect(), did_not_converge: true, ..FixedFiles::default() }
    }

    /// Makes fixes until none is left to make. `before` becomes what the first check finds, if it is not known yet.
    fn rounds(&self, refused: &BTreeMap<FixKey, RefusedFix>, before: &mut Option<FindingCensus>) -> TriedFixes {
        let mut fixed = FixedFiles { takes_copies: self.takes_copies, ..FixedFiles::default() };
        let mut made = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let (candidates, census) = self.candidates(&fixed, refused);
            let mut round = RoundEdits::new(candidates);
            let is_first = made.is_empty();
            let is_over = round.made.is_empty();
            made.append(&mut round.made);
            let shifts = EditShifts::of(round.files.values());
            made.iter_mut().for_each(|fix| fix.follow(&shifts));
            let changed = !is_over && fixed.apply(round);
            if !changed {
                return TriedFixes { fixed, made, after: Some(census) };
            }
            if is_first && before.is_none() {
                *before = Some(census);
            }
        }
        let (candidates, census) = self.candidates(&fixed, refused);
        fixed.did_not_converge = !RoundEdits::new(candidates).made.is_empty();
        TriedFixes { fixed, made, after: Some(census) }
    }

    /// The fixes that a check of the texts so far offers, and what it finds.
    fn candidates(
        &self,
        fixed: &FixedFiles,
        refused: &BTreeMap<FixKey, RefusedFix>,
    ) -> (Vec<(Fix, MadeFix)>, FindingCensus) {
        let mut options = self.options.clone();
        options.environment.files = fixed.as_files();
        let engine = Engine::new(self.pack, self.severities, options);
        let mut known = self.known.clone();
        let (mut fixes, mut all) = (Vec::new(), Vec::new());
        let collector = FixCollector { at_most: self.at_most, is_reported: self.is_reported };
        engine.run(self.inputs, &collector, &|_| {}, &mut |found: Option<FoundFinding>| {
            let Some(mut found) = found else { return };
            let is_known = found.fix.is_some() && known.takes(&found.fingerprint);
            let candidate = found.candidate().filter(|(_, made)| !is_known && !refused.contains_key(&made.key()));
            fixes.extend(candidate);
            all.push(found);
        });
        (fixes, FindingCensus::new(all))
    }
}

/// The result of one try.
struct TriedFixes {
    fixed: FixedFiles,
    made: Vec<MadeFix>,
    /// What the last check found.
    after: Option<FindingCensus>,
}

/// Keeps every finding with its first fix that may be made.
struct FixCollector<'r> {
    at_most: Applicability,
    is_reported: &'r (dyn Fn(&Finding) -> bool + Sync),
}

impl Render for FixCollector<'_> {
    type Out = Option<FoundFinding>;

    fn finding(&self, mut finding: Finding) -> Self::Out {
        let is_allowed = |fix: &Fix| fix.applicability <= self.at_most && fix.applicability != Applicability::Manual;
        let on_disk = |fix: &Fix| !fix.edits.is_empty() && fix.edits.iter().all(|(source, _)| source.path().is_some());
        let is_reported = (self.is_reported)(&finding);
        let fix = std::mem::take(&mut finding.fixes).into_iter().find(|fix| is_allowed(fix) && on_disk(fix));
        Some(FoundFinding::new(&finding, fix.filter(|_| is_reported)))
    }

    fn problem(&self, _problem: Problem) -> Self::Out {
        None
    }
}

/// Why a fixed file is not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FixWriteError {
    /// It is not the file that was read.
    Changed,
    /// There is a file where the fixed copy of a workbook that is only read would be.
    CopyExists {
        /// Where.
        copy: String,
    },
    /// The system refuses.
    Refused {
        /// What the system says.
        reason: String,
    },
}

impl From<std::io::Error> for FixWriteError {
    fn from(error: std::io::Error) -> Self {
        Self::Refused { reason: error.to_string() }
    }
}

localized! { FixWriteError {
    Self::Changed => {
        zh: "修复期间文件有变化，没有改动它",
        en: "the file changed while it was being fixed; it is left as it is",
        help zh: "再运行一次。",
        help en: "run the command again",
    }
    Self::CopyExists { copy } => {
        zh: "修好的副本“{copy}”没有写：已经有这个文件",
        en: "the fixed copy `{copy}` is not written: there is such a file",
        help zh: "检查并修复那个 .xlsx，或者先把它移走。",
        help en: "Check and fix that .xlsx file, or move it away first.",
    }
    Self::Refused { reason } => {
        zh: "修复没有写入：{reason}",
        en: "the fixes could not be written: {reason}",
        help zh: "检查文件和文件夹的权限；文件仍是原样。",
        help en: "see to the rights of the file and its folder; the file is as it was",
    }
} }

/// What fixing has made of files, in memory.
#[derive(Debug, Default)]
pub struct FixedFiles {
    files: BTreeMap<PathBuf, FixedText>,
    workbooks: BTreeMap<PathBuf, FixedWorkbook>,
    documents: BTreeMap<PathBuf, FixedDocument>,
    /// As in the request.
    takes_copies: bool,
    /// How many fixes were made in each.
    fixes: BTreeMap<PathBuf, usize>,
    /// Fixes that were not made because of what they would lead to.
    pub refused: Vec<RefusedFix>,
    /// Whether there was still something to fix after the last round.
    pub did_not_converge: bool,
    /// Files that could not be fixed or written.
    problems: BTreeMap<PathBuf, Problem>,
}

/// A file that fixes change.
#[derive(Debug)]
pub struct ChangedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes as they were.
    pub before: Vec<u8>,
    /// Its bytes as they would be.
    pub after: Vec<u8>,
    /// What would change, as a unified diff; of a workbook cell by cell, of a document as text.
    pub diff: String,
}

#[derive(Debug)]
struct FixedText {
    /// As reports call it.
    name: String,
    before: Encoded,
    now: Encoded,
}

impl FixedText {
    fn diff(&self) -> String {
        diff(&self.name, self.before.text(), self.now.text())
    }
}

impl FixedFiles {
    /// The files as they are so far, for the next check.
    fn as_files(&self) -> FileSystem {
        let mut files = FileSystem::default();
        self.files.iter().for_each(|(path, file)| files.insert_text(path.clone(), Arc::clone(file.now.text())));
        self.workbooks.iter().for_each(|(path, workbook)| files.insert_copy(path.clone(), workbook.path()));
        self.documents.iter().for_each(|(path, document)| files.insert_copy(path.clone(), document.path()));
        files
    }

    /// Makes a round's edits; returns whether anything changed.
    fn apply(&mut self, round: RoundEdits) -> bool {
        let mut changed = false;
        for (path, planned) in round.files {
            let is_document = planned.source.document().is_some();
            if is_document || !planned.cells.is_empty() {
                let is_changed = if is_document {
                    self.apply_to_document(path.clone(), &planned)
                } else {
                    self.apply_to_workbook(path.clone(), &planned)
                };
                if is_changed {
                    changed = true;
                    *self.fixes.entry(path).or_default() += planned.fixes;
                }
                continue;
            }
            let before = match self.text(&path, &planned.source) {
                Ok(before) => before,
                Err(problem) => {
                    self.problems.insert(path, *problem);
                    continue;
                }
            };
            let edits = planned.edits.into_iter().filter_map(|(start, edit)| {
                let span = Span::new(u32::try_from(start).ok()?, u32::try_from(edit.end).ok()?);
                Some(Edit::replace(span, edit.text))
            });
            let Ok(edits) = EditSet::new(edits) else { continue };
            let now = match before.edited(&edits) {
                Ok(now) => now,
                Err(lacking) => {
                    self.files.remove(&path);
                    self.problems.insert(path, Problem::in_file(&planned.name, &lacking));
                    continue;
                }
            };
            if now == before {
                continue;
            }
            changed = true;
            *self.fixes.entry(path.clone()).or_default() += planned.fixes;
            let first = || FixedText { name: planned.name, before: before.clone(), now: before };
            self.files.entry(path).or_insert_with(first).now = now;
        }
        changed
    }

    /// Makes a round's edits in a workbook; returns whether anything changed.
    fn apply_to_workbook(&mut self, path: PathBuf, planned: &RoundFile) -> bool {
        let edits = planned.edits.iter().filter_map(|(start, edit)| {
            planned.cells.get(start).map(|cell| (*start, edit.end, edit.text.as_str(), cell))
        });
        let edits: Vec<_> = edits.collect();
        match FixedWorkbook::edited(self.workbooks.get(&path), &path, &planned.name, &edits, self.takes_copies) {
            Ok(book) => book.map(|book| self.workbooks.insert(path, book)).is_some(),
            Err(error) => {
                self.problems.insert(path, Problem::of_source(&error));
                false
            }
        }
    }

    /// Makes a round's edits in a document; returns whether anything changed.
    fn apply_to_document(&mut self, path: PathBuf, planned: &RoundFile) -> bool {
        let edits = planned.edits.iter().map(|(start, edit)| (*start, edit.end, edit.text.as_str()));
        match FixedDocument::edited(self.documents.get(&path), &path, &planned.source, edits) {
            Ok(document) => document.map(|document| self.documents.insert(path, document)).is_some(),
            Err(error) => {
                self.problems.insert(path, Problem::in_file(&planned.name, &error));
                false
            }
        }
    }

    /// The whole text that a source is, or is a part of.
    fn text(&self, path: &Path, source: &SourceFile) -> Result<Encoded, Box<Problem>> {
        let whole = match self.files.get(path) {
            Some(file) => file.now.clone(),
            None => Encoded::read(path, &Limits::default())
                .map_err(|error| Box::new(Problem::in_file(source.name(), &error)))?,
        };
        let start = usize::try_from(source.base_offset()).unwrap_or(usize::MAX);
        let same = whole.text().get(start..).is_some_and(|text| text.starts_with(source.text()));
        if same { Ok(whole) } else { Err(Box::new(Problem::in_file(source.name(), &FixWriteError::Changed))) }
    }

    /// Writes every file that changed. One that is no longer what the fixes were made for is left alone and becomes a
    /// problem.
    pub fn write(&mut self) {
        let mut problems = BTreeMap::new();
        let mut write = |path: &PathBuf, name: &str, is_same: bool, write: &dyn Fn() -> Result<(), FixWriteError>| {
            let written = if is_same { write() } else { Err(FixWriteError::Changed) };
            if let Err(error) = written {
                problems.insert(path.clone(), Problem::in_file(name, &error));
            }
        };
        for (path, file) in self.changed() {
            let is_same = Encoded::read(path, &Limits::default()).is_ok_and(|now| now == file.before);
            write(path, &file.name, is_same, &|| Ok(write_atomic(path, file.now.bytes())?));
        }
        for (path, book) in self.changed_workbooks() {
            write(path, &book.name, book.is_same(path), &|| book.write(path));
        }
        for (path, document) in self.changed_documents() {
            write(path, &document.name, document.is_same(path), &|| Ok(document.write(path)?));
        }
        self.problems.extend(problems);
    }

    /// How many fixes were made, apart from those in files that could not be written.
    pub fn fixes(&self) -> usize {
        self.fixes.iter().filter(|(path, _)| !self.problems.contains_key(*path)).map(|(_, fixes)| fixes).sum()
    }

    /// How many files could not be fixed or written.
    pub fn failed_files(&self) -> usize {
        self.problems.len()
    }

    /// Files that could not be fixed or written.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.values()
    }

    fn changed(&self) -> impl Iterator<Item = (&PathBuf, &FixedText)> {
        // A fix may take back what another did.
        let is_written = |path: &PathBuf| !self.problems.contains_key(path);
        self.files.iter().filter(move |(path, file)| file.before != file.now && is_written(path))
    }

    fn changed_workbooks(&self) -> impl Iterator<Item = (&PathBuf, &FixedWorkbook)> {
        let is_written = |path: &PathBuf| !self.problems.contains_key(path);
        self.workbooks.iter().filter(move |(path, book)| book.is_changed() && is_written(path))
    }

    fn changed_documents(&self) -> impl Iterator<Item = (&PathBuf, &FixedDocument)> {
        let is_written = |path: &PathBuf| !self.problems.contains_key(path);
        self.documents.iter().filter(move |(path, document)| document.is_changed() && is_written(path))
    }

    /// The paths of the files that would change, each with its bytes as they were and as they would be.
    ///
    /// # Errors
    /// A workbook's bytes cannot be read.
    pub fn contents(&self) -> std::io::Result<Vec<ChangedFile>> {
        let texts = self.changed().map(|(path, file)| {
            let bytes = |text: &Encoded| text.bytes().to_vec();
            let (before, after, diff) = (bytes(&file.before), bytes(&file.now), file.diff());
            Ok(ChangedFile { path: path.clone(), before, after, diff })
        });
        let packed = |path: &PathBuf, copy: PathBuf, is_same: bool, diff: String| {
            let (before, after) = (std::fs::read(path)?, std::fs::read(copy)?);
            let changed = ChangedFile { path: path.clone(), before, after, diff };
            if is_same { Ok(changed) } else { Err(std::io::ErrorKind::StaleNetworkFileHandle.into()) }
        };
        let books =
            self.changed_workbooks().map(|(path, book)| packed(path, book.path(), book.is_same(path), book.diff()));
        let documents = self
            .changed_documents()
            .map(|(path, document)| packed(path, document.path(), document.is_same(path), document.diff()));
        texts.chain(books).chain(documents).collect()
    }

    /// What would change, as unified diffs; of workbooks cell by cell.
    pub fn diffs(&self) -> impl Iterator<Item = String> {
        let files = self.changed().map(|(_, file)| file.diff());
        let books = self.changed_workbooks().map(|(_, workbook)| workbook.diff());
        files.chain(books).chain(self.changed_documents().map(|(_, document)| document.diff()))
    }

    /// How many files would change.
    pub fn changed_files(&self) -> usize {
        self.changed().count() + self.changed_workbooks().count() + self.changed_documents().count()
    }

    /// The workbooks that are fixed in copies: what reports call them, and where the copy lies.
    pub fn copies(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.changed_workbooks().filter_map(|(_, book)| Some((book.name.as_str(), book.copy()?)))
    }

    /// Whether a workbook that changes has formulas, whose stored results may then be out of date.
    pub fn has_formulas(&self) -> bool {
        self.changed_workbooks().any(|(_, workbook)| workbook.has_formulas)
    }
}

#[cfg(test)]
mod tests {
    use dianjian_base::lang::Text;

    use super::*;

    fn source(text: &str) -> Arc<SourceFile> {
        Arc::new(SourceFile::new("a.yaml", text).with_path("a.yaml"))
    }

    fn fix(source: &Arc<SourceFile>, edits: Vec<Edit>) -> Fix {
        let edits = edits.into_iter().map(|edit| (Arc::clone(source), edit)).collect();
        Fix { applicability: Applicability::Safe, title: Text::default(), edits }
    }

    fn after(fixes: Vec<Fix>, text: &str) -> (usize, String) {
        let round = RoundEdits::new(fixes.into_iter().map(|fix| (fix, MadeFix::unnamed())).collect());
        let mut fixed = FixedFiles::default();
        let text = Encoded::utf8(text);
        fixed.files.insert(PathBuf::from("a.yaml"), FixedText { name: String::new(), before: text.clone(), now: text });
        let made = round.made.len();
        fixed.apply(round);
        (made, fixed.files.values().next().unwrap().now.text().to_string())
    }

    #[test]
    fn a_fix_that_is_in_anothers_way_waits() {
        let text = "0123456789";
        let file = source(text);
        let remove = |start, end| Edit::remove(Span::new(start, end));
        let fixes = vec![
            fix(&file, vec![remove(2, 4)]),
            // Partly in the way: none of it is made.
            fix(&file, vec![remove(0, 1), remove(3, 6)]),
            fix(&file, vec![remove(4, 5)]),
            // The same again: made as well.
            fix(&file, vec![remove(2, 4)]),
            fix(&file, vec![Edit::insert(2, "x")]),
        ];
        assert_eq!(after(fixes, text), (3, "0156789".to_owned()));
    }

    #[test]
    fn edits_of_a_part_are_placed_in_the_whole_file() {
        let part = Arc::new(SourceFile::chunk("a.ndjson", "茶b\n", 4, 1).with_path("a.yaml"));
        let fixes = vec![fix(&part, vec![Edit::replace(Span::new(3, 4), "c")])];
        assert_eq!(after(fixes, "abc\n茶b\n"), (1, "abc\n茶c\n".to_owned()));
    }

    #[test]
    fn a_file_that_is_another_one_by_now_is_left_alone() {
        let fixes = vec![fix(&source("old text"), vec![Edit::remove(Span::new(0, 4))])];
        assert_eq!(after(fixes, "new text"), (1, "new text".to_owned()));
    }
}
