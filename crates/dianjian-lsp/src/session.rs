//! A project while its files change: what checking each file came to, and what rules over all records say of all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dianjian_base::FileSystem;
use dianjian_base::in_order::threads_or_cores;
use dianjian_document::source::{Format, Input, InputSource, MaterialForm, MaterialUse, SourceFile};
use dianjian_engine::{CheckedFile, CheckedItem, Engine, Label, SeverityPolicy as _};

use crate::MAX_WORKSPACE;
use crate::basis::ProjectBasis;
use crate::documents::{Documents, OpenDocument, real};

/// With fewer files, starting threads costs more than checking them.
const PARALLEL_MIN_FILES: usize = 16;

/// The checks of a project.
pub(crate) struct Session<'b> {
    pub basis: &'b ProjectBasis,
    pub engine: Engine<'b>,
    inputs: Vec<Input>,
    /// Side by side with `inputs`.
    files: Vec<Arc<CheckedFile>>,
    /// Numbers of inputs by their paths without links.
    by_path: HashMap<PathBuf, usize>,
    /// How records write the paths of texts that they have read, by the paths without links.
    read_as: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// What rules over all records say, and what else is known only at the end.
    judged: Vec<CheckedItem>,
    /// Texts that have changed since they were checked.
    changed: BTreeSet<PathBuf>,
    /// Whether the workspace is too large for rules over all records.
    pub is_too_large: bool,
}

/// Something that is found in a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FoundItem<'s> {
    pub item: &'s CheckedItem,
    /// Where in the file, if not at the one place that it points at, which is in another file.
    pub label: Option<&'s Label>,
}

impl<'s> FoundItem<'s> {
    /// `None`: it is not about the file of this name.
    fn of(item: &'s CheckedItem, name: &str, is_here: &dyn Fn(&SourceFile) -> bool) -> Option<Self> {
        let label = match item {
            CheckedItem::Finding(finding) if is_here(&finding.primary.source) => None,
            // A finding about several files is shown in each of them.
            CheckedItem::Finding(finding) => Some(finding.related.iter().find(|label| is_here(&label.source))?),
            CheckedItem::Problem(problem) => {
                let is_placed = problem.place.as_ref().is_some_and(|(source, _)| is_here(source));
                return (is_placed || problem.file == name).then_some(Self { item, label: None });
            }
        };
        Some(Self { item, label })
    }
}

impl<'b> Session<'b> {
    /// Checks all files of a project, with the texts of the editor in their places.
    pub fn new(basis: &'b ProjectBasis, documents: &Documents) -> Self {
        let engine = Engine::new(&basis.project.pack, &basis.policy, basis.options.clone());
        let is_too_large = basis.inputs.bytes() > MAX_WORKSPACE;
        let inputs = if is_too_large { Vec::new() } else { basis.inputs.files.clone() };
        let by_path = if is_too_large { HashMap::new() } else { basis.by_path.clone() };
        let (files, judged) = (Vec::new(), Vec::new());
        let (read_as, changed) = (BTreeMap::new(), BTreeSet::new());
        let mut session = Self { basis, engine, inputs, files, by_path, read_as, judged, changed, is_too_large };
        session.engine.replace_files(session.overlay(documents));
        let all: Vec<usize> = (0..session.inputs.len()).collect();
        session.files = session.checked(&all);
        session.read_texts(&all, documents);
        session.add_open(documents);
        session.judge();
        session
    }

    /// Notes that a text is not what it was.
    pub fn change(&mut self, path: &Path) {
        self.changed.insert(path.to_owned());
    }

    /// Whether something has changed since it was checked.
    pub fn is_stale(&self) -> bool {
        !self.changed.is_empty()
    }

    /// The texts that have changed since they were checked.
    pub const fn changed(&self) -> &BTreeSet<PathBuf> {
        &self.changed
    }

    /// Whether a file on disk is one that is checked.
    pub fn has(&self, path: &Path) -> bool {
        self.by_path.contains_key(path) || self.read_as.contains_key(path)
    }

    /// Checks what has changed, and what depends on it.
    pub fn refresh(&mut self, documents: &Documents) {
        let changed = std::mem::take(&mut self.changed);
        self.add_open(documents);
        let overlay = self.overlay(documents);
        self.engine.replace_texts(overlay.clone());
        let mut again = BTreeSet::new();
        for path in &changed {
            again.extend(self.by_path.get(path));
            for written in self.read_as.get(path).into_iter().flatten() {
                again.extend((0..self.files.len()).filter(|number| self.files[*number].reads(written)));
            }
        }
        let numbers: Vec<usize> = again.into_iter().collect();
        let spoke = self.speaking_folders(&numbers);
        self.check_again(&numbers);
        let speak = self.speaking_folders(&numbers);
        if !spoke.is_empty() || !speak.is_empty() {
            self.engine.replace_files(overlay);
            let below = |number: &usize| {
                let path = self.inputs[*number].path();
                spoke.iter().chain(&speak).any(|folder| path.is_some_and(|path| path.starts_with(folder)))
            };
            let listeners: Vec<usize> = (0..self.inputs.len()).filter(below).collect();
            self.check_again(&listeners);
        }
        self.read_texts(&numbers, documents);
        self.add_open(documents);
        self.judge();
    }

    /// The folders for which some files speak.
    fn speaking_folders(&self, numbers: &[usize]) -> Vec<PathBuf> {
        let speaking =
            numbers.iter().filter(|number| self.files.get(**number).is_some_and(|file| file.speaks_for_folder()));
        speaking.filter_map(|number| self.inputs[*number].path()?.parent().map(Path::to_owned)).collect()
    }

    /// Makes inputs of open texts that a check of the project would take if it was asked to, and drops those that are not any
    /// more.
    fn add_open(&mut self, documents: &Documents) {
        let first = self.basis_len();
        let open = documents.iter().filter(|document| !document.is_too_long());
        let wanted: Vec<Input> = open.filter_map(|document| self.input_of(document)).collect();
        if self.inputs.get(first..) == Some(&wanted) {
            return;
        }
        let dropped = self.inputs.drain(first..).zip(self.files.drain(first..));
        let mut dropped: Vec<(Input, Arc<CheckedFile>)> = dropped.collect();
        for (input, _) in &dropped {
            input.path().map(|path| self.by_path.remove(path));
        }
        for input in wanted {
            self.by_path.extend(input.path().map(|path| (path.to_owned(), self.inputs.len())));
            self.inputs.push(input);
        }
        self.engine.replace_texts(self.overlay(documents));
        for number in first..self.inputs.len() {
            let known = dropped.iter().position(|(input, _)| *input == self.inputs[number]);
            let file = match known {
                Some(known) => dropped.swap_remove(known).1,
                None => Arc::new(self.engine.check_file(&self.inputs[number])),
            };
            self.files.push(file);
        }
    }

    /// How many inputs the project has by itself.
    const fn basis_len(&self) -> usize {
        if self.is_too_large { 0 } else { self.basis.inputs.files.len() }
    }

    /// Whether a file is checked only because it is open.
    pub fn is_added(&self, path: &Path) -> bool {
        self.by_path.get(path).is_some_and(|number| *number >= self.basis_len())
    }

    /// An open text as an input that the project does not have by itself: a file that is not on disk yet or lies elsewhere, or
    /// a script that no record names. What a check comes by and does not take is left out for a reason, such as `ignore:`.
    fn input_of(&self, document: &OpenDocument) -> Option<Input> {
        let (basis, path) = (self.basis, &document.path);
        if let Some(number) = basis.by_path.get(path) {
            return basis.inputs.files.get(*number).filter(|_| self.is_too_large).cloned();
        }
        let format = Format::of_path(path);
        if basis.is_own(path) || (format.is_some() && basis.searches(path) && path.exists()) {
            return None;
        }
        let (name, source) = (basis.project.working.name(path), InputSource::Path(path.clone()));
        if format.is_some() {
            return Some(Input { name, source, format, explicit: true, material: None });
        }
        let is_script = matches!(MaterialForm::of_path(path), Some(MaterialForm::Text | MaterialForm::Captions));
        let has_records = path.parent().is_some_and(|folder| basis.has_records(folder));
        let is_material =
            is_script && !MaterialForm::lies_beside(path) && !has_records && !self.is_named_by_record(path);
        let material = Some(MaterialUse::Live);
        is_material.then_some(Input { name, source, format: Some(Format::Json), explicit: true, material })
    }

    /// Whether a file of records has a text read.
    fn is_named_by_record(&self, path: &Path) -> bool {
        let Some(written) = self.read_as.get(path) else { return false };
        let of_records = self.files.iter().zip(&self.inputs).filter(|(_, input)| input.material.is_none());
        of_records.into_iter().any(|(file, _)| written.iter().any(|name| file.reads(name)))
    }

    /// The disk with the editor's texts, under every name by which they are opened.
    fn overlay(&self, documents: &Documents) -> FileSystem {
        let mut files = FileSystem::named_from(self.basis.project.working.resolve(""));
        for document in documents.iter().filter(|document| !document.is_too_long()) {
            for path in self.names_of(&document.path) {
                files.insert_text(path.to_owned(), Arc::clone(document.lines.text()));
            }
        }
        files
    }

    /// All paths by which a file is opened.
    pub fn names_of<'s>(&'s self, path: &'s Path) -> BTreeSet<&'s Path> {
        let input = self.by_path.get(path).and_then(|number| self.inputs.get(*number)?.path());
        let read = self.read_as.get(path).into_iter().flatten().map(PathBuf::as_path);
        std::iter::once(path).chain(input).chain(read).collect()
    }

    fn check_again(&mut self, numbers: &[usize]) {
        let checked = self.checked(numbers);
        for (number, file) in numbers.iter().zip(checked) {
            if let Some(known) = self.files.get_mut(*number) {
                *known = file;
            }
        }
    }

    /// Notes what records have read. Where that is a text of the editor under a name that nobody knew, they are checked again.
    fn read_texts(&mut self, numbers: &[usize], documents: &Documents) {
        let mut again = Vec::new();
        for number in numbers {
            let Some(file) = self.files.get(*number).map(Arc::clone) else { continue };
            for written in file.read_paths() {
                let path = real(written);
                let is_new = self.read_as.entry(path.clone()).or_default().insert(written.to_owned());
                if is_new && path != *written && documents.at(&path).is_some() {
                    again.push(*number);
                }
            }
        }
        if !again.is_empty() {
            self.engine.replace_texts(self.overlay(documents));
            self.check_again(&again);
        }
    }

    /// Checks files, on several threads if they are many.
    fn checked(&self, numbers: &[usize]) -> Vec<Arc<CheckedFile>> {
        let check = |number: usize| Arc::new(self.engine.check_file(&self.inputs[number]));
        if numbers.len() < PARALLEL_MIN_FILES {
            return numbers.iter().map(|number| check(*number)).collect();
        }
        let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
        std::thread::scope(|scope| {
            for _ in 0..threads_or_cores(0) {
                scope.spawn(|| {
                    while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let file = check(*number);
                        done.lock().unwrap_or_else(PoisonError::into_inner).insert(*number, file);
                    }
                });
            }
        });
        done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
    }

    fn judge(&mut self) {
        let mut judged = Vec::new();
        if !self.is_too_large {
            self.engine.judge_files(&self.inputs, &self.files, &mut |item| judged.push(item));
        }
        self.judged = judged;
    }

    /// What is found in a file, as far as the project reports it, in the order of a check.
    pub fn items_of(&self, path: &Path) -> Vec<FoundItem<'_>> {
        let names = self.names_of(path);
        let own = self.by_path.get(path).and_then(|number| self.files.get(*number));
        let written = self.read_as.get(path);
        let readers = self.files.iter().filter(|file| written.into_iter().flatten().any(|name| file.reads(name)));
        let mut seen = BTreeSet::new();
        let files = own.into_iter().chain(readers).filter(|file| seen.insert(Arc::as_ptr(file)));
        let items = files.flat_map(|file| file.items()).chain(&self.judged);
        let name = self.basis.project.working.name(path);
        let is_here = |source: &SourceFile| source.path().is_some_and(|path| names.contains(path));
        let (mut known, as_of) = (self.basis.known.clone(), self.basis.options.policy.as_of);
        let mut is_reported = |found: &FoundItem<'_>| match found.item {
            CheckedItem::Finding(finding) if !finding.is_gap => {
                !self.basis.policy.silences(finding, as_of) && !known.takes(&finding.fingerprint)
            }
            _ => true,
        };
        items.filter_map(|item| FoundItem::of(item, &name, &is_here)).filter(|found| is_reported(found)).collect()
    }

    /// The paths of all inputs, without links.
    pub fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self.by_path.keys().chain(self.read_as.keys()).cloned().collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// The input at a path.
    pub fn input(&self, path: &Path) -> Option<&Input> {
        self.inputs.get(*self.by_path.get(path)?)
    }
}
