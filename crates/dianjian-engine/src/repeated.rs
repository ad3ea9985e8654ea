//! Checks of the same files again and again while they change, as in an editor.
//!
//! A file is checked by itself ([`Engine::check_file`]) and what came of it is kept: its own findings, and what it adds to
//! rules over all records. [`Engine::judge_files`] then does what the end of a run does, over what is kept of all files: it
//! hands that to the collector of a run, so that both find the same. A file's part is taken out by leaving it out, and put in
//! again by checking the file again; no other file is read but where a finding has to be built.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dianjian_base::FileSystem;
use dianjian_base::in_order::{Consumer, ForEach};
use dianjian_document::problem::Problem;
use dianjian_document::source::{self, Format, Input, SourceFile};
use rustc_hash::FxHashMap;

use crate::cross_record::reread::InputLookup;
use crate::run::{FileResult, RunCollector, UnitResult, UnitWorker, WorkUnit, produce};
use crate::shards::sharding::Sharding;
use crate::side_files::DiskSideFiles;
use crate::{Engine, Finding, Render, RunTotals};

/// Bytes of a text up to which it is kept for findings of rules over all records; longer ones are read again.
const KEPT_TEXT: usize = 4 << 20;

/// A finding, or what could not be read or checked.
#[derive(Debug, Clone)]
pub enum CheckedItem {
    /// A rule is broken.
    Finding(Finding),
    /// Something could not be read or checked.
    Problem(Problem),
}

/// What checking one file has come to.
#[derive(Debug)]
pub struct CheckedFile {
    units: Vec<UnitResult<CheckedItem>>,
    reads: BTreeSet<PathBuf>,
    speaks_for_folder: bool,
}

impl CheckedFile {
    /// What is found in it by itself. What a file has once, such as columns that nobody knows, is told when the files are
    /// judged together.
    pub fn items(&self) -> impl Iterator<Item = &CheckedItem> {
        self.units.iter().flat_map(|unit| &unit.out)
    }

    /// Whether it had a text read, by the path under which that is opened.
    pub fn reads(&self, path: &Path) -> bool {
        self.reads.contains(path)
    }

    /// The paths under which texts were read for it.
    pub fn read_paths(&self) -> impl Iterator<Item = &Path> {
        self.reads.iter().map(PathBuf::as_path)
    }

    /// Whether it may say something of the other files of its folder and below: what it says is read once for all of them.
    pub const fn speaks_for_folder(&self) -> bool {
        self.speaks_for_folder
    }

    /// The text, where it was read whole and is not too long to be kept.
    pub fn source(&self) -> Option<&Arc<SourceFile>> {
        match self.units.as_slice() {
            [unit] => unit.files.first().filter(|file| file.chunk.is_none())?.source.as_ref(),
            _ => None,
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps everything as it is.
struct KeepItems;

impl Render for KeepItems {
    type Out = CheckedItem;

    fn finding(&self, finding: Finding) -> CheckedItem {
        CheckedItem::Finding(finding)
    }

    fn problem(&self, problem: Problem) -> CheckedItem {
        CheckedItem::Problem(problem)
    }
}

impl Engine<'_> {
    /// Lets other contents stand for files from now on. What is known of folders is forgotten, as it may have been in them.
    pub fn replace_files(&mut self, files: FileSystem) {
        self.environment.files = files;
        self.homes = self.homes.fresh(&self.environment.files);
    }

    /// Lets other contents stand for files from now on, none of which [speaks for its folder](CheckedFile::speaks_for_folder).
    pub fn replace_texts(&mut self, files: FileSystem) {
        self.environment.files = files;
    }

    /// Checks one file. Rules over all records are still open.
    pub fn check_file(&self, input: &Input) -> CheckedFile {
        let inputs = std::slice::from_ref(input);
        let mut work = Vec::new();
        produce(self, inputs, &[], Sharding::none(), &mut |unit| {
            work.push(unit);
            true
        });
        let (mut units, reads) = self.check_units(inputs, work);
        for file in units.iter_mut().flat_map(|unit| &mut unit.files) {
            let is_kept = |source: &Arc<SourceFile>| file.chunk.is_none() && source.text().len() <= KEPT_TEXT;
            file.source = file.source.take().filter(is_kept);
        }
        let speaks_for_folder = input.path().is_some_and(|path| self.may_speak(path));
        CheckedFile { units, reads, speaks_for_folder }
    }

    /// Checks the parts of a file, on several threads where there are several.
    fn check_units(&self, inputs: &[Input], work: Vec<WorkUnit>) -> (Vec<UnitResult<CheckedItem>>, BTreeSet<PathBuf>) {
        let threads = self.tuning.threads().min(work.len());
        let queue = Mutex::new(work.into_iter().enumerate());
        let (done, reads) = (Mutex::new(BTreeMap::new()), Mutex::new(BTreeSet::new()));
        let run = || {
            let mut worker = UnitWorker::new(self, inputs, &KeepItems, &|_| {});
            (worker.keeps_sources, worker.side_files) = (true, DiskSideFiles::recording(self));
            let next = || lock(&queue).next();
            while let Some((number, unit)) = next() {
                let result = worker.run(unit);
                lock(&done).insert(number, result);
            }
            lock(&reads).append(&mut worker.side_files.taken_record());
        };
        if threads < 2 {
            run();
        } else {
            std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(run))));
        }
        let (done, reads) = (std::mem::take(&mut *lock(&done)), std::mem::take(&mut *lock(&reads)));
        (done.into_values().collect(), reads)
    }

    /// Whether a file may say something of the other files of its folder and below.
    fn may_speak(&self, path: &Path) -> bool {
        let is_json = matches!(Format::of_path(path), Some(Format::Json | Format::NdJson));
        let files = &self.environment.files;
        let text = is_json.then(|| source::read_in(files, path, &self.policy.limits).ok()).flatten();
        self.homes.may_speak(path, text.as_ref().map_or("", SourceFile::text))
    }

    /// Judges rules over all records of files, and what else is known only once all of them have been checked: `sink`
    /// receives what [`CheckedFile::items`] does not have. `files` are side by side with `inputs`.
    pub fn judge_files(
        &self,
        inputs: &[Input],
        files: &[Arc<CheckedFile>],
        sink: &mut dyn FnMut(CheckedItem),
    ) -> RunTotals {
        let mut consumer = ForEach(sink);
        let mut collector =
            RunCollector::new(self, inputs, (&CheckedItem::Problem, &CheckedItem::Finding), &mut consumer);
        let mut sources = FxHashMap::default();
        for (number, file) in files.iter().enumerate() {
            file.units.iter().for_each(|unit| collector.accept(unit.replayed(number)));
            if let Some(source) = file.source() {
                sources.insert(u32::try_from(number).unwrap_or(u32::MAX), Arc::clone(source));
            }
        }
        let chunks = std::mem::take(&mut collector.chunks);
        let mut places = InputLookup::new(self, inputs, chunks).with_sources(sources);
        collector.finish(&KeepItems, &mut places, &DiskSideFiles::of(self))
    }
}

impl UnitResult<CheckedItem> {
    /// What the end of a run needs of it, as the result of the file with this number. What was found is not repeated.
    fn replayed(&self, number: usize) -> Self {
        Self {
            files: self.files.iter().map(|file| file.replayed(number)).collect(),
            out: Vec::new(),
            counts: self.counts.clone(),
            chunk_of: None,
            unopened: self.unopened.map(|_| number),
            lines: None,
        }
    }
}

impl FileResult<CheckedItem> {
    fn replayed(&self, file: usize) -> Self {
        Self {
            file,
            chunk: self.chunk.clone(),
            source: None,
            cross_record: self.cross_record.clone(),
            held: self.held.clone(),
            suppressions: self.suppressions.clone(),
            look: self.look.clone(),
            doubts: self.doubts.clone(),
            once: self.once.clone(),
            is_list: self.is_list,
        }
    }
}
