//! `--fix` and `--diff`: fixes are made in memory, round by round, until nothing more can be mended;
//! then every file is written once.
//!
//! A fix is made whole or not at all. Of fixes that are in each other's way the one that stands first
//! is made, and the next round asks again what is left. Every byte outside the edits stays as it is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::FixLevel;
use super::books::{CellText, FixedBook};
use super::options::CheckOptions;
use crate::error::FileError;
use crate::terminal::Terminal;
use dianjian_base::FileSystem;
use dianjian_base::lang::Lang;
use dianjian_document::edit::{Applicability, Edit, EditSet, diff, write_atomic};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Encoded, Limits, SourceError, SourceFile, Span};
use dianjian_engine::source_problem;
use dianjian_engine::{Engine, Finding, Fix, Render};
use dianjian_report::words;

/// Fixes that follow from fixes are few; more rounds than these go in circles.
const MAX_ROUNDS: usize = 10;

/// What fixing has made of files, in memory.
#[derive(Debug, Default)]
pub struct Fixed {
    files: BTreeMap<PathBuf, FixedFile>,
    books: BTreeMap<PathBuf, FixedBook>,
    /// How many fixes were made.
    made: usize,
    /// Is there still something to do after the last round?
    restless: bool,
    /// Files that cannot be mended or written.
    problems: BTreeMap<PathBuf, Problem>,
}

#[derive(Debug)]
struct FixedFile {
    /// As reports call it.
    name: String,
    before: Encoded,
    now: Encoded,
}

/// Mends what can be mended at a level.
#[must_use]
pub fn fix(options: &CheckOptions, level: FixLevel) -> Fixed {
    let mut fixed = Fixed::default();
    for _ in 0..MAX_ROUNDS {
        let plan = Plan::of(candidates(options, level, &fixed));
        if plan.made == 0 || !fixed.take(plan) {
            return fixed;
        }
    }
    fixed.restless = Plan::of(candidates(options, level, &fixed)).made > 0;
    fixed
}

/// The fixes that a check of the texts so far offers, but for findings that are known.
fn candidates(options: &CheckOptions, level: FixLevel, fixed: &Fixed) -> Vec<Fix> {
    let mut engine_options = options.engine.clone();
    engine_options.environment.files = fixed.files();
    let engine = Engine::new(&options.project.pack, &options.policy, engine_options);
    let mut known = options.known.snapshot();
    let mut fixes = Vec::new();
    engine.run(&options.inputs.files, &Fixes(level), &|_| {}, &mut |found: Option<(String, Fix)>| {
        fixes.extend(found.filter(|(fingerprint, _)| !known.takes(fingerprint)).map(|(_, fix)| fix));
    });
    fixes
}

/// Keeps of every finding the first fix that may be made.
struct Fixes(FixLevel);

impl Render for Fixes {
    type Out = Option<(String, Fix)>;

    fn finding(&self, finding: Finding) -> Self::Out {
        let allowed = |fix: &Fix| match fix.applicability {
            Applicability::Safe => true,
            Applicability::Unsafe => self.0 == FixLevel::Unsafe,
            Applicability::Manual => false,
        };
        let on_disk = |fix: &Fix| !fix.edits.is_empty() && fix.edits.iter().all(|(source, _)| source.path().is_some());
        let fix = finding.fixes.into_iter().find(|fix| allowed(fix) && on_disk(fix))?;
        Some((finding.fingerprint, fix))
    }

    fn problem(&self, _problem: Problem) -> Self::Out {
        None
    }
}

/// Edits of one round, none of which is in another's way.
#[derive(Debug, Default)]
struct Plan {
    files: BTreeMap<PathBuf, PlannedFile>,
    made: usize,
}

#[derive(Debug)]
struct PlannedFile {
    name: String,
    /// A source that the edits were made for, to know the file again.
    source: Arc<SourceFile>,
    /// By the first byte, in the whole file.
    edits: BTreeMap<u64, PlannedEdit>,
    /// Of a workbook, the fields that the edits change.
    cells: BTreeMap<u64, CellText>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct PlannedEdit {
    end: u64,
    text: String,
}

impl Plan {
    fn of(fixes: Vec<Fix>) -> Self {
        let mut plan = Self::default();
        for fix in fixes {
            let edits: Vec<_> = fix
                .edits
                .iter()
                .filter_map(|(source, edit)| Some((source, source.path()?, placed(source, edit), edit)))
                .collect();
            if !edits.iter().all(|(_, path, (start, edit), _)| plan.has_room(path, *start, edit)) {
                continue;
            }
            plan.made += 1;
            for (source, path, (start, edit), own) in edits {
                let file = plan.files.entry(path.to_owned()).or_insert_with(|| PlannedFile {
                    name: source.name().to_owned(),
                    source: Arc::clone(source),
                    edits: BTreeMap::new(),
                    cells: BTreeMap::new(),
                });
                file.edits.insert(start, edit);
                file.cells.extend(CellText::at(source, own.span.start).map(|cell| (start, cell)));
            }
        }
        plan
    }

    /// Is the edit there already, or is there nothing in its way?
    fn has_room(&self, path: &Path, start: u64, edit: &PlannedEdit) -> bool {
        let Some(file) = self.files.get(path) else { return true };
        if let Some((known_start, known)) = file.edits.range(..=start).next_back() {
            if *known_start == start {
                return known == edit;
            }
            if known.end > start {
                return false;
            }
        }
        file.edits.range(start + 1..).next().is_none_or(|(next, _)| *next >= edit.end)
    }
}

/// An edit of a part of a file, placed in the whole.
fn placed(source: &SourceFile, edit: &Edit) -> (u64, PlannedEdit) {
    let place = |offset: u32| source.base_offset() + u64::from(offset);
    (place(edit.span.start), PlannedEdit { end: place(edit.span.end), text: edit.text.clone() })
}

impl Fixed {
    /// The files as they are so far, for the next check.
    #[must_use]
    pub fn files(&self) -> FileSystem {
        let mut files = FileSystem::default();
        self.files.iter().for_each(|(path, file)| files.insert_text(path.clone(), Arc::clone(file.now.text())));
        self.books.iter().for_each(|(path, book)| files.insert_copy(path.clone(), book.path()));
        files
    }

    /// Makes a round's edits. Did anything change?
    fn take(&mut self, plan: Plan) -> bool {
        let mut changed = false;
        for (path, planned) in plan.files {
            if !planned.cells.is_empty() {
                changed |= self.take_book(path, &planned);
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
            let first = || FixedFile { name: planned.name, before: before.clone(), now: before };
            self.files.entry(path).or_insert_with(first).now = now;
        }
        if changed {
            self.made += plan.made;
        }
        changed
    }

    /// Makes a round's edits in a workbook. Did anything change?
    fn take_book(&mut self, path: PathBuf, planned: &PlannedFile) -> bool {
        let cell = |(start, edit): (&u64, &PlannedEdit)| planned.cells.get(start).map(|cell| (*start, edit.end, cell));
        let edits: Vec<_> = planned
            .edits
            .iter()
            .filter_map(|found| cell(found).map(|(start, end, cell)| (start, end, found.1.text.as_str(), cell)))
            .collect();
        match FixedBook::edited(self.books.get(&path), &path, &planned.name, &edits) {
            Ok(Some(book)) => drop(self.books.insert(path, book)),
            Ok(None) => return false,
            Err(error) => {
                self.problems.insert(path, source_problem(&error));
                return false;
            }
        }
        true
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
        if same { Ok(whole) } else { Err(Box::new(Problem::in_file(source.name(), &FileError::Changed))) }
    }

    /// Writes every file that changed. A file that is not what was mended is left alone and told.
    pub fn write(&mut self) {
        let mut problems = BTreeMap::new();
        for (path, file) in self.changed() {
            let same = Encoded::read(path, &Limits::default()).is_ok_and(|now| now == file.before);
            if !same {
                problems.insert(path.clone(), Problem::in_file(&file.name, &FileError::Changed));
            } else if let Err(error) = write_atomic(path, file.now.bytes()) {
                let error = SourceError::from_io(&file.name, &error);
                problems.insert(path.clone(), Problem::in_file(&file.name, &error));
            }
        }
        for (path, book) in self.changed_books() {
            if !book.is_same(path) {
                problems.insert(path.clone(), Problem::in_file(book.name(), &FileError::Changed));
            } else if let Err(error) = book.write(path) {
                let error = SourceError::from_io(book.name(), &error);
                problems.insert(path.clone(), Problem::in_file(book.name(), &error));
            }
        }
        self.problems.extend(problems);
    }

    /// Files that could not be mended or written.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.values()
    }

    fn changed(&self) -> impl Iterator<Item = (&PathBuf, &FixedFile)> {
        // A fix may take back what another did.
        self.files.iter().filter(|(_, file)| file.before != file.now)
    }

    fn changed_books(&self) -> impl Iterator<Item = (&PathBuf, &FixedBook)> {
        self.books.iter().filter(|(_, book)| book.is_changed())
    }

    /// What would change, as a unified diff; of workbooks cell by cell.
    #[must_use]
    pub fn diff(&self, terminal: &Terminal) -> String {
        let files = self.changed().map(|(_, file)| diff(&file.name, file.before.text(), file.now.text()));
        let books = self.changed_books().map(|(_, book)| book.diff());
        files.chain(books).map(|diff| terminal.diff(&diff)).collect()
    }

    /// What was done, in a line.
    #[must_use]
    pub fn told(&self, only_shown: bool, terminal: &Terminal) -> String {
        let (files, lang) = (self.changed().count() + self.changed_books().count(), terminal.lang);
        let mut out = match lang {
            _ if self.made == 0 => terminal.say("没有可以自动修复的问题", "nothing to fix").to_owned(),
            Lang::Zh if only_shown => format!("可修复 {files} 个文件里的 {} 处", self.made),
            Lang::Zh => format!("已修复 {files} 个文件里的 {} 处", self.made),
            Lang::En => {
                let done = if only_shown { "would fix" } else { "fixed" };
                format!(
                    "{done} {} in {}",
                    words::count(lang, self.made, "", "finding"),
                    words::count(lang, files, "", "file")
                )
            }
        };
        if self.restless {
            out.push_str(
                terminal.say("；有些修复互相矛盾，已停止", "; some fixes contradict each other, so it was stopped"),
            );
        }
        out.push('\n');
        if self.changed_books().any(|(_, book)| book.has_formulas()) {
            out.push_str(terminal.say(
                "工作簿里的公式仍是原先保存的结果：请打开后重新计算（Excel、WPS：Ctrl+Alt+F9；\
                 LibreOffice：Ctrl+Shift+F9）\n",
                "formulas keep their stored results until they are computed again (Ctrl+Alt+F9 in Excel and WPS, \
                 Ctrl+Shift+F9 in LibreOffice)\n",
            ));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dianjian_base::lang::Text;

    fn source(text: &str) -> Arc<SourceFile> {
        Arc::new(SourceFile::new("a.yaml", text).with_path("a.yaml"))
    }

    fn fix(source: &Arc<SourceFile>, edits: Vec<Edit>) -> Fix {
        let edits = edits.into_iter().map(|edit| (Arc::clone(source), edit)).collect();
        Fix { applicability: Applicability::Safe, title: Text::default(), edits }
    }

    fn after(fixes: Vec<Fix>, text: &str) -> (usize, String) {
        let plan = Plan::of(fixes);
        let mut fixed = Fixed::default();
        let text = Encoded::utf8(text);
        fixed.files.insert(PathBuf::from("a.yaml"), FixedFile { name: String::new(), before: text.clone(), now: text });
        let made = plan.made;
        fixed.take(plan);
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
