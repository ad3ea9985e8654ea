//! A run: everything is looked at first, then files are done in batches, each behind its intents.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::edits::{AppliedShops, FileEdits, PlacedEdit};
use super::super::plan::{FileDigest, Plan};
use super::error::{ApplyError, RunError};
use super::journal::{Journal, JournalEntry, LastRun, Operation, RunHistory, ShopSet};
use super::lock::{LockHolder, RunLock};
use super::look::{self, InspectedFile, look, may_write};
use super::open::OpenedPlan;
use super::root::{PlanRoot, is_own};
use super::write::{FileStamp, StagedFile, sync_folder, temporary, write_own};
use dianjian_document::edit::diff;
use dianjian_document::source::Cell;

/// Files whose intents are made to last together.
const BATCH_FILES: usize = 256;
/// Bytes of such files; a batch has at least one file.
const BATCH_BYTES: u64 = 64 << 20;

/// Files that are made to last at the same time: a disk answers many about as fast as one.
const AT_ONCE: usize = 8;

/// The copy of the plan in the folder of its runs.
pub const COPY: &str = "plan.json";
/// The list of shops that could not be done, in the folder of a plan's runs.
pub const FAILURES: &str = "failures.txt";

/// What is asked of a run.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// What is done.
    pub doing: Operation,
    /// For which shops, by their numbers in the plan; `None`: for all.
    pub shops: Option<Vec<usize>>,
    /// Are files done even if others cannot be? Otherwise nothing is written then.
    pub keep_going: bool,
}

/// What became of a shop.
#[derive(Debug, Clone)]
pub enum ShopResult {
    /// The plan changes nothing in its file.
    NoEdits,
    /// It was not asked for.
    NotAsked,
    /// It was as it should be before.
    Already,
    /// It has been applied, or undone.
    Done,
    /// It is as it was: the run did not get to it.
    NotReached,
    /// It is as it was: its file cannot be worked with.
    Refused(Arc<ApplyError>),
    /// It is as it was: its file could not be written.
    Failed(Arc<ApplyError>),
}

/// Why a run ended before it was through.
#[derive(Debug)]
pub enum StopReason {
    /// Files were refused, and it was not told to keep going.
    Refused,
    /// It was asked to.
    Asked,
    /// Its journal could not be written.
    Journal(RunError),
}

/// What a run came to.
#[derive(Debug)]
pub struct RunOutcome {
    /// What was done.
    pub doing: Operation,
    /// What became of each shop of the plan, in its order.
    pub shops: Vec<ShopResult>,
    /// Files that were replaced.
    pub files: usize,
    /// Was it stopped?
    pub stop: Option<StopReason>,
    /// Files, from the root, whose owner could not be kept.
    pub other_owner: Vec<String>,
    /// Folders whose new names could not be made to last.
    pub not_synced: Vec<(PathBuf, std::io::Error)>,
    /// The list of failures, if there are any and it could be written.
    pub failures: Option<PathBuf>,
}

/// A plan with its place on disk.
#[derive(Debug)]
pub struct PlanContext<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The plan's own bytes.
    text: &'p str,
    /// The edits of its files, in its order.
    pub files: Vec<FileEdits<'p>>,
    /// Its root.
    pub root: PlanRoot,
    /// The folder of its runs; it may not be there.
    pub run: PathBuf,
}

/// A file that a run will replace.
#[derive(Debug)]
struct FileJob {
    file: usize,
    target: PathBuf,
    stamp: FileStamp,
    from: AppliedShops,
    from_content: FileDigest,
    to: AppliedShops,
    to_content: FileDigest,
}

/// What looking at all files has shown.
#[derive(Debug)]
pub struct Preflight {
    doing: Operation,
    jobs: Vec<FileJob>,
    /// By shop.
    shops: Vec<ShopResult>,
}

impl<'p> PlanContext<'p> {
    /// Finds a plan's root.
    ///
    /// # Errors
    /// There is none, or the runs' own folder is a link.
    pub fn new(opened: &'p OpenedPlan) -> Result<Self, RunError> {
        let root = PlanRoot::new(&opened.root)?;
        let run = root.run(&opened.plan.id)?;
        // An opened plan's edits have been checked.
        let files = FileEdits::of(&opened.plan).unwrap_or_default();
        Ok(Self { plan: &opened.plan, text: opened.text.text(), files, root, run })
    }

    /// What the journal says.
    ///
    /// # Errors
    /// It cannot be read or is of another plan.
    pub fn history(&self) -> Result<RunHistory, RunError> {
        RunHistory::read(&self.run, &self.plan.id)
    }

    /// Looks at every file that a request is about, and works out what it will become.
    #[must_use]
    pub fn survey(&self, request: &RunRequest, history: &RunHistory, progress: &dyn Fn(usize)) -> Preflight {
        let mut asked = vec![request.shops.is_none(); self.plan.shops.len()];
        for shop in request.shops.iter().flatten() {
            if let Some(asked) = asked.get_mut(*shop) {
                *asked = true;
            }
        }
        let mut shops = vec![ShopResult::NoEdits; self.plan.shops.len()];
        let states = KnownStates::of(self, history);
        let mut jobs = Vec::new();
        let mut targets: HashMap<PathBuf, usize> = HashMap::new();
        for (number, file) in self.files.iter().enumerate() {
            progress(number);
            let mut set = |local: usize, result: ShopResult| {
                if let Some(slot) = file.shops.get(local).and_then(|shop| shops.get_mut(*shop)) {
                    *slot = result;
                }
            };
            let wanted: Vec<bool> = file.shops.iter().map(|shop| asked.get(*shop).copied().unwrap_or(false)).collect();
            let found = match wanted.contains(&true) {
                true => Some(self.job(number, request.doing, &wanted, &states, &mut targets)),
                false => None,
            };
            for (local, wanted) in wanted.iter().enumerate() {
                set(
                    local,
                    match &found {
                        _ if !wanted => ShopResult::NotAsked,
                        None => ShopResult::NotAsked,
                        Some(Err(trouble)) => ShopResult::Refused(Arc::clone(trouble)),
                        Some(Ok((from, to, _))) if from.has(local) == to.has(local) => ShopResult::Already,
                        Some(Ok(_)) => ShopResult::NotReached,
                    },
                );
            }
            if let Some(Ok((_, _, Some(job)))) = found {
                jobs.push(job);
            }
        }
        Preflight { doing: request.doing, jobs, shops }
    }

    /// What is to be done with a file, if anything is.
    fn job(
        &self,
        number: usize,
        doing: Operation,
        wanted: &[bool],
        states: &KnownStates,
        targets: &mut HashMap<PathBuf, usize>,
    ) -> Result<(AppliedShops, AppliedShops, Option<FileJob>), Arc<ApplyError>> {
        let Some(file) = self.files.get(number) else { return Err(Arc::new(ApplyError::Missing)) };
        let known = |content: &FileDigest| states.get(number, content);
        let looked = look(&self.root, self.plan, file, &known, &|| self.original(number))?;
        if let Some(other) = targets.insert(looked.target.clone(), number) {
            let other = self.files.get(other).map(|file| file.file.path.clone()).unwrap_or_default();
            return Err(Arc::new(ApplyError::Same { other }));
        }
        let InspectedFile { target, stamp, bytes, content, state } = looked;
        let mut to = state.clone();
        for (local, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
            to.set(local, doing == Operation::Apply);
        }
        if to == state {
            return Ok((state, to, None));
        }
        let to_content = match file.is_workbook() {
            true => self.promised_book(number, &bytes, &state, &to)?,
            false => promised(file, &bytes, &state, &to)?,
        };
        may_write(&target)?;
        let job = FileJob { file: number, target, stamp, from: state.clone(), from_content: content, to, to_content };
        Ok((state, job.to.clone(), Some(job)))
    }

    /// What a survey's files would become, as unified diffs, one file at a time.
    pub fn differences<'s>(&'s self, survey: &'s Preflight) -> impl Iterator<Item = String> + 's {
        survey.jobs.iter().filter_map(|job| {
            let file = self.files.get(job.file)?;
            if file.is_workbook() {
                return Some(cells_differ(file, &job.from, &job.to));
            }
            let (now, _) = look::read(&job.target, job.from_content.bytes).ok()?;
            let then = file.bytes(&now, &job.from, &job.to).ok()?;
            Some(diff(&file.file.path, &file.shown(&now), &file.shown(&then)))
        })
    }

    /// Where the copy of a workbook lies as it was before all edits.
    fn original_path(&self, number: usize) -> PathBuf {
        self.run.join(format!("original-{number}.xlsx"))
    }

    /// The bytes that a workbook had before all edits, if they have been kept.
    pub(super) fn original(&self, number: usize) -> Option<Vec<u8>> {
        let (file, path) = (self.files.get(number)?, self.original_path(number));
        is_own(&path).ok()?;
        let (bytes, _) = look::read(&path, file.file.before.bytes).ok()?;
        (FileDigest::of(&bytes) == file.file.before).then_some(bytes)
    }

    /// Keeps a workbook's bytes as they are before all edits.
    fn keep_original(&self, number: usize, bytes: &[u8]) -> Result<(), ApplyError> {
        if self.original(number).is_some() {
            return Ok(());
        }
        write_own(&self.original_path(number), bytes).map_err(ApplyError::Write)
    }

    /// The bytes of a workbook in a state, from those in another.
    fn book(&self, number: usize, now: &[u8], from: &AppliedShops, to: &AppliedShops) -> Result<Vec<u8>, ApplyError> {
        let file = self.files.get(number).ok_or(ApplyError::Missing)?;
        let kept = if from.is_none() { None } else { Some(self.original(number).ok_or(ApplyError::NoOriginal)?) };
        file.rendered(kept.as_deref().unwrap_or(now), to).map_err(|_| ApplyError::Promise)
    }

    /// [`promised`] of a workbook.
    fn promised_book(
        &self,
        number: usize,
        now: &[u8],
        from: &AppliedShops,
        to: &AppliedShops,
    ) -> Result<FileDigest, ApplyError> {
        let file = self.files.get(number).ok_or(ApplyError::Missing)?;
        let all = FileDigest::of(&self.book(number, now, from, &file.all())?);
        if all != file.file.after {
            return Err(ApplyError::Promise);
        }
        if to.is_all() { Ok(all) } else { Ok(FileDigest::of(&self.book(number, now, from, to)?)) }
    }

    /// Does what a request asks for.
    ///
    /// `now` is the caller's clock for the journal, `stop` is asked between files whether to go on,
    /// `progress` is told how many files have been done.
    ///
    /// # Errors
    /// The run cannot begin: nothing has been written. What goes wrong later is in the outcome.
    pub fn run(
        &self,
        request: &RunRequest,
        now: &str,
        stop: &dyn Fn() -> bool,
        progress: &dyn Fn(RunPhase),
    ) -> Result<RunOutcome, RunError> {
        let run = self.root.make_run(&self.plan.id)?;
        let holder =
            LockHolder { pid: std::process::id(), command: request.doing.name().to_owned(), since: now.to_owned() };
        let _lock = RunLock::take(&self.root.runs(), &holder)?;
        let history = self.history()?;
        if !history.entries.is_empty() || history.damaged > 0 {
            self.tidy();
        }
        let survey = self.survey(request, &history, &|done| progress(RunPhase::Looking { done, of: self.files.len() }));
        self.carry_out(survey, request, &run, now, stop, progress)
    }

    /// Takes away what a killed run may have left beside files.
    fn tidy(&self) {
        for (number, file) in self.files.iter().enumerate() {
            let Ok(target) = self.root.find(&file.file.path) else { continue };
            let _ = fs::remove_file(temporary(&target, &self.plan.id, number));
        }
    }

    fn carry_out(
        &self,
        survey: Preflight,
        request: &RunRequest,
        run: &Path,
        now: &str,
        stop: &dyn Fn() -> bool,
        progress: &dyn Fn(RunPhase),
    ) -> Result<RunOutcome, RunError> {
        let Preflight { doing, jobs, shops } = survey;
        let mut outcome = RunOutcome::new(doing, shops);
        if outcome.is_refused() && !request.keep_going {
            outcome.stop = Some(StopReason::Refused);
        } else if !jobs.is_empty() {
            let copy = run.join(COPY);
            if !copy.exists() {
                write_own(&copy, self.text.as_bytes()).map_err(|error| RunError::own(&copy, error))?;
            }
            let mut journal = Journal::open(run)?;
            journal.add(&[self.begin(request, now)])?;
            let mut worker = BatchWriter { site: self, journal, outcome: &mut outcome, notes: Vec::new() };
            worker.all(&jobs, stop, progress);
        }
        outcome.failures = self.list_failures(&outcome, run);
        Ok(outcome)
    }

    fn begin(&self, request: &RunRequest, now: &str) -> JournalEntry {
        let key = |shop: &usize| self.plan.shops.get(*shop).map(|shop| shop.key.clone());
        JournalEntry::Begin {
            plan: self.plan.id.clone(),
            doing: request.doing,
            only: request.shops.as_ref().map(|shops| shops.iter().filter_map(key).collect()),
            keep_going: request.keep_going,
            at: now.to_owned(),
        }
    }

    /// Writes the list of shops that were asked for and are not as they should be; `None`: there are none.
    fn list_failures(&self, outcome: &RunOutcome, run: &Path) -> Option<PathBuf> {
        let path = run.join(FAILURES);
        let list = super::list::written(self.plan, &outcome.shops);
        if list.is_empty() {
            let _ = fs::remove_file(&path);
            return None;
        }
        write_own(&path, list.as_bytes()).ok().map(|()| self.root.runs().join(&self.plan.id).join(FAILURES))
    }

    /// The request that takes up the last run again; without one, the whole plan is applied.
    #[must_use]
    pub fn resumed(&self, last: Option<&LastRun>) -> RunRequest {
        let Some(last) = last else { return RunRequest { doing: Operation::Apply, shops: None, keep_going: false } };
        let numbers: HashMap<&str, usize> =
            self.plan.shops.iter().enumerate().map(|(number, shop)| (shop.key.as_str(), number)).collect();
        let shops = last.only.as_ref().map(|keys| {
            let found = keys.iter().filter_map(|key| numbers.get(key.as_str()).copied());
            found.collect()
        });
        RunRequest { doing: last.doing, shops, keep_going: last.keep_going }
    }

    /// A state as the journal writes it.
    fn set(&self, file: &FileEdits<'_>, state: &AppliedShops) -> ShopSet {
        if state.is_none() {
            return ShopSet::None;
        }
        if state.is_all() {
            return ShopSet::All;
        }
        let applied = file.shops.iter().enumerate().filter(|(local, _)| state.has(*local));
        ShopSet::Some(applied.filter_map(|(_, shop)| Some(self.plan.shops.get(*shop)?.key.clone())).collect())
    }
}

impl Preflight {
    /// What the run would come to if nothing goes wrong.
    #[must_use]
    pub fn foreseen(self, keep_going: bool) -> RunOutcome {
        let mut outcome = RunOutcome::new(self.doing, self.shops);
        if outcome.is_refused() && !keep_going {
            outcome.stop = Some(StopReason::Refused);
            return outcome;
        }
        outcome.files = self.jobs.len();
        for shop in &mut outcome.shops {
            if matches!(shop, ShopResult::NotReached) {
                *shop = ShopResult::Done;
            }
        }
        outcome
    }
}

impl RunOutcome {
    fn new(doing: Operation, shops: Vec<ShopResult>) -> Self {
        let (other_owner, not_synced) = (Vec::new(), Vec::new());
        Self { doing, shops, files: 0, stop: None, other_owner, not_synced, failures: None }
    }

    fn is_refused(&self) -> bool {
        self.shops.iter().any(|shop| matches!(shop, ShopResult::Refused(_)))
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunPhase {
    /// Files are looked at.
    Looking {
        /// How many have been.
        done: usize,
        /// How many there are.
        of: usize,
    },
    /// Files are replaced.
    Writing {
        /// How many have been.
        done: usize,
        /// How many will be.
        of: usize,
    },
}

/// Makes new bytes last; the results are in the order of the files.
fn sync(staged: &[(&FileJob, StagedFile)]) -> Vec<Result<(), ApplyError>> {
    let part = staged.len().div_ceil(AT_ONCE).max(1);
    std::thread::scope(|scope| {
        let sync = |part: &[(&FileJob, StagedFile)]| part.iter().map(|(_, staged)| staged.sync()).collect::<Vec<_>>();
        let parts: Vec<_> = staged.chunks(part).map(|part| (part, scope.spawn(move || sync(part)))).collect();
        // A thread that could not finish has made nothing last.
        let broken = |part: &[(&FileJob, StagedFile)]| {
            part.iter().map(|_| Err(ApplyError::Write(ErrorKind::Other.into()))).collect()
        };
        parts.into_iter().flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| broken(part))).collect()
    })
}

/// What changes in a workbook's cells from one state to another, cell by cell.
fn cells_differ(file: &FileEdits<'_>, from: &AppliedShops, to: &AppliedShops) -> String {
    let changed = file.edits().iter().filter(|edit| from.has(edit.shop) != to.has(edit.shop));
    let one = |edit: &PlacedEdit<'_>| {
        let (sheet, at) = edit.cell?;
        let cell = Cell { sheet: sheet.into(), row: at.row, column: at.column };
        let line = |state: &AppliedShops| format!("{}\n", edit.text(state.has(edit.shop)));
        Some(diff(&format!("{} · {cell}", file.file.path), &line(from), &line(to)))
    };
    changed.filter_map(one).collect()
}

/// What a file's bytes become in another state. Where the plan promises bytes, they must be these.
fn promised(
    file: &FileEdits<'_>,
    bytes: &[u8],
    from: &AppliedShops,
    to: &AppliedShops,
) -> Result<FileDigest, ApplyError> {
    let content = file.content(bytes, from, to).map_err(|_| ApplyError::Promise)?;
    let promised = [(to.is_none(), &file.file.before), (to.is_all(), &file.file.after)];
    if promised.iter().any(|(is, promised)| *is && content != **promised) {
        return Err(ApplyError::Promise);
    }
    if to.is_all() {
        return Ok(content);
    }
    // A state between the two is as good as the plan's two ends.
    let all = file.content(bytes, from, &file.all()).map_err(|_| ApplyError::Promise)?;
    if all == file.file.after { Ok(content) } else { Err(ApplyError::Promise) }
}

/// States of files that the journal knows.
pub(super) struct KnownStates {
    known: HashMap<(usize, String), AppliedShops>,
}

impl KnownStates {
    pub(super) fn of(site: &PlanContext<'_>, history: &RunHistory) -> Self {
        let numbers: HashMap<&str, usize> =
            site.files.iter().enumerate().map(|(number, file)| (file.file.path.as_str(), number)).collect();
        let mut known = HashMap::new();
        for entry in &history.entries {
            let JournalEntry::Intent { file, to, applied: ShopSet::Some(keys), .. } = entry else { continue };
            let Some((number, edits)) = numbers.get(file.as_str()).and_then(|at| Some((*at, site.files.get(*at)?)))
            else {
                continue;
            };
            let keys: std::collections::HashSet<&str> = keys.iter().map(String::as_str).collect();
            let mut state = edits.none();
            for (local, shop) in edits.shops.iter().enumerate() {
                let key = site.plan.shops.get(*shop).map_or("", |shop| shop.key.as_str());
                state.set(local, keys.contains(key));
            }
            known.insert((number, to.sha256.clone()), state);
        }
        Self { known }
    }

    /// The state in which a file has these bytes, as far as the journal knows.
    pub(super) fn get(&self, file: usize, content: &FileDigest) -> Option<AppliedShops> {
        if self.known.is_empty() {
            return None;
        }
        self.known.get(&(file, content.sha256.clone())).cloned()
    }
}

/// Does the jobs.
struct BatchWriter<'w, 'p> {
    site: &'w PlanContext<'p>,
    journal: Journal,
    outcome: &'w mut RunOutcome,
    /// What is to be written to the journal when it is next written to.
    notes: Vec<JournalEntry>,
}

/// A file whose new bytes are ready.
struct ReadyFile<'j> {
    job: &'j FileJob,
    bytes: Vec<u8>,
}

impl BatchWriter<'_, '_> {
    fn all(&mut self, jobs: &[FileJob], stop: &dyn Fn() -> bool, progress: &dyn Fn(RunPhase)) {
        let mut done = 0;
        while done < jobs.len() && self.outcome.stop.is_none() {
            let mut bytes = 0_u64;
            let count = jobs.iter().skip(done).take(BATCH_FILES).take_while(|job| {
                let first = bytes == 0;
                bytes = bytes.saturating_add(job.to_content.bytes.max(1));
                first || bytes <= BATCH_BYTES
            });
            let end = done + count.count().max(1);
            let batch = jobs.get(done..end).unwrap_or_default();
            if stop() {
                self.outcome.stop = Some(StopReason::Asked);
            } else if let Err(error) = self.batch(batch, stop, &|n| {
                progress(RunPhase::Writing { done: done + n, of: jobs.len() });
            }) {
                self.outcome.stop = Some(StopReason::Journal(error));
            }
            done = end;
        }
        self.notes.push(JournalEntry::End { stopped: self.outcome.stop.is_some() });
        // The files are what they are; the journal only tells of it.
        let notes = std::mem::take(&mut self.notes);
        let _ = self.journal.add(&notes).and_then(|()| self.journal.sync());
    }

    fn batch(&mut self, jobs: &[FileJob], stop: &dyn Fn() -> bool, progress: &dyn Fn(usize)) -> Result<(), RunError> {
        let mut ready = Vec::with_capacity(jobs.len());
        for job in jobs {
            match self.ready(job) {
                Ok(one) => ready.push(one),
                Err(trouble) => self.failed(job, trouble),
            }
        }
        let mut entries = std::mem::take(&mut self.notes);
        entries.extend(ready.iter().filter_map(|ready| self.intent(ready.job)));
        self.journal.add(&entries)?;
        self.journal.sync()?;
        let mut staged = Vec::with_capacity(ready.len());
        for ReadyFile { job, bytes } in ready {
            let temporary = temporary(&job.target, &self.site.plan.id, job.file);
            match StagedFile::new(&job.target, temporary, &bytes, &job.stamp) {
                Ok(one) => staged.push((job, one)),
                Err(trouble) => self.failed(job, trouble),
            }
        }
        let lasting = sync(&staged);
        let mut folders: Vec<&Path> = Vec::new();
        for (number, ((job, staged), lasts)) in staged.into_iter().zip(lasting).enumerate() {
            if stop() {
                self.outcome.stop = Some(StopReason::Asked);
                break;
            }
            let other_owner = staged.other_owner;
            match lasts.and_then(|()| staged.put()) {
                Ok(()) => {
                    self.done(job, other_owner);
                    folders.extend(job.target.parent());
                }
                Err(trouble) => self.failed(job, trouble),
            }
            progress(number + 1);
        }
        folders.sort_unstable();
        folders.dedup();
        for folder in folders {
            if let Err(error) = sync_folder(folder) {
                self.outcome.not_synced.push((folder.to_owned(), error));
            }
        }
        Ok(())
    }

    /// Reads a file again and makes its new bytes.
    fn ready<'j>(&self, job: &'j FileJob) -> Result<ReadyFile<'j>, ApplyError> {
        let file = self.site.files.get(job.file).ok_or(ApplyError::Missing)?;
        if self.site.root.find(&file.file.path)? != job.target {
            return Err(ApplyError::Restless);
        }
        let (now, stamp) = look::read(&job.target, job.from_content.bytes)?;
        if stamp != job.stamp || FileDigest::of(&now) != job.from_content {
            return Err(ApplyError::Restless);
        }
        let bytes = match file.is_workbook() {
            true => self.site.book(job.file, &now, &job.from, &job.to)?,
            false => file.bytes(&now, &job.from, &job.to).map_err(|_| ApplyError::Restless)?,
        };
        if file.is_workbook() && job.from.is_none() {
            self.site.keep_original(job.file, &now)?;
        }
        if FileDigest::of(&bytes) == job.to_content { Ok(ReadyFile { job, bytes }) } else { Err(ApplyError::Promise) }
    }

    fn intent(&self, job: &FileJob) -> Option<JournalEntry> {
        let file = self.site.files.get(job.file)?;
        Some(JournalEntry::Intent {
            file: file.file.path.clone(),
            from: job.from_content.clone(),
            to: job.to_content.clone(),
            applied: self.site.set(file, &job.to),
        })
    }

    fn done(&mut self, job: &FileJob, other_owner: bool) {
        self.outcome.files += 1;
        self.each(job, &ShopResult::Done);
        if let Some(file) = self.site.files.get(job.file) {
            self.notes.push(JournalEntry::Done { file: file.file.path.clone() });
            if other_owner {
                self.outcome.other_owner.push(file.file.path.clone());
            }
        }
    }

    fn failed(&mut self, job: &FileJob, trouble: ApplyError) {
        if let Some(file) = self.site.files.get(job.file) {
            self.notes.push(JournalEntry::Failed { file: file.file.path.clone(), why: trouble.told() });
        }
        self.each(job, &ShopResult::Failed(Arc::new(trouble)));
    }

    /// Sets the result of the shops that a job is for.
    fn each(&mut self, job: &FileJob, result: &ShopResult) {
        let Some(file) = self.site.files.get(job.file) else { return };
        for (local, shop) in file.shops.iter().enumerate() {
            if job.from.has(local) != job.to.has(local)
                && let Some(slot) = self.outcome.shops.get_mut(*shop)
            {
                *slot = result.clone();
            }
        }
    }
}
