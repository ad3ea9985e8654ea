//! Replacing files in batches: the intents of a batch are on disk before the first of its files is touched.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use dianjian_base::lang::Localized as _;

use super::context::PlanContext;
use super::error::{ApplyError, RunError};
use super::inspect::read_file;
use super::journal::{Journal, JournalEntry, ShopSet};
use super::preflight::FileJob;
use super::run::{RunOutcome, RunPhase, ShopResult, StopReason};
use super::write::{StagedFile, sync_folder, temporary};
use crate::edits::{AppliedShops, FileEdits};
use crate::plan::FileDigest;

/// Files of a batch at the most: one sync of the journal serves them all.
const BATCH_FILES: usize = 256;
/// Bytes of a batch at the most, unless one file alone has more: they are held in memory.
const BATCH_BYTES: u64 = 64 << 20;

/// Threads that sync files: a disk answers many requests about as fast as one.
const SYNC_THREADS: usize = 8;

pub(super) struct BatchWriter<'w, 'p> {
    pub(super) context: &'w PlanContext<'p>,
    pub(super) journal: Journal,
    pub(super) outcome: &'w mut RunOutcome,
    /// Entries that go to the journal with the next intents: losing them costs history alone.
    pub(super) pending: Vec<JournalEntry>,
}

impl BatchWriter<'_, '_> {
    pub(super) fn write_all(mut self, jobs: &[FileJob], stop: &dyn Fn() -> bool, progress: &dyn Fn(RunPhase)) {
        let mut done = 0;
        while done < jobs.len() && self.outcome.stop.is_none() {
            let mut bytes = 0_u64;
            let count = jobs.iter().skip(done).take(BATCH_FILES).take_while(|job| {
                let first = bytes == 0;
                bytes = bytes.saturating_add(job.after.bytes.max(1));
                first || bytes <= BATCH_BYTES
            });
            let end = done + count.count().max(1);
            let batch = jobs.get(done..end).unwrap_or_default();
            let written = |files: usize| progress(RunPhase::Writing { done: done + files, of: jobs.len() });
            if stop() {
                self.outcome.stop = Some(StopReason::Interrupted);
            } else if let Err(error) = self.batch(batch, stop, &written) {
                self.outcome.stop = Some(StopReason::Journal(error));
            }
            done = end;
        }
        self.pending.push(JournalEntry::End { stopped: self.outcome.stop.is_some() });
        // The files are what they are, whether or not the journal can say so.
        let pending = std::mem::take(&mut self.pending);
        let _ = self.journal.add(&pending).and_then(|()| self.journal.sync());
    }

    fn batch(&mut self, jobs: &[FileJob], stop: &dyn Fn() -> bool, progress: &dyn Fn(usize)) -> Result<(), RunError> {
        let mut ready = Vec::with_capacity(jobs.len());
        for job in jobs {
            match self.new_bytes(job) {
                Ok(bytes) => ready.push((job, bytes)),
                Err(error) => self.failed(job, error),
            }
        }
        let mut entries = std::mem::take(&mut self.pending);
        entries.extend(ready.iter().filter_map(|(job, _)| self.intent(job)));
        self.journal.add(&entries)?;
        self.journal.sync()?;
        let mut staged = Vec::with_capacity(ready.len());
        for (job, bytes) in ready {
            let temporary = temporary(&job.target, &self.context.plan.id, job.file);
            match StagedFile::new(&job.target, temporary, &bytes, &job.stamp) {
                Ok(file) => staged.push((job, file)),
                Err(error) => self.failed(job, error),
            }
        }
        let synced = sync(&staged);
        let mut folders: Vec<&Path> = Vec::new();
        for (number, ((job, staged), synced)) in staged.into_iter().zip(synced).enumerate() {
            if stop() {
                self.outcome.stop = Some(StopReason::Interrupted);
                break;
            }
            let other_owner = staged.other_owner;
            match synced.and_then(|()| staged.commit()) {
                Ok(()) => {
                    self.done(job, other_owner);
                    folders.extend(job.target.parent());
                }
                Err(error) => self.failed(job, error),
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

    /// Reads a file again and makes its new bytes, which must be those that the preflight expected.
    fn new_bytes(&self, job: &FileJob) -> Result<Vec<u8>, ApplyError> {
        let file = self.context.files.get(job.file).ok_or(ApplyError::Missing)?;
        if self.context.root.resolve(&file.file.path)? != job.target {
            return Err(ApplyError::ChangedDuringRun);
        }
        let (now, stamp) = read_file(&job.target, job.before.bytes)?;
        if stamp != job.stamp || FileDigest::of(&now) != job.before {
            return Err(ApplyError::ChangedDuringRun);
        }
        let bytes = match file.is_workbook() {
            true => self.context.workbook_in(job.file, &now, &job.from, &job.to)?,
            false => file.bytes(&now, &job.from, &job.to).map_err(|_| ApplyError::ChangedDuringRun)?,
        };
        if file.is_workbook() && job.from.is_none() {
            self.context.keep_original(job.file, &now)?;
        }
        if FileDigest::of(&bytes) == job.after { Ok(bytes) } else { Err(ApplyError::UnexpectedResult) }
    }

    fn intent(&self, job: &FileJob) -> Option<JournalEntry> {
        let file = self.context.files.get(job.file)?;
        Some(JournalEntry::Intent {
            file: file.file.path.clone(),
            from: job.before.clone(),
            to: job.after.clone(),
            applied: self.shop_set(file, &job.to),
        })
    }

    fn shop_set(&self, file: &FileEdits<'_>, state: &AppliedShops) -> ShopSet {
        if state.is_none() {
            return ShopSet::None;
        }
        if state.is_all() {
            return ShopSet::All;
        }
        let applied = file.shops.iter().enumerate().filter(|(local, _)| state.has(*local));
        ShopSet::Some(applied.map(|(_, shop)| self.context.key(*shop).to_owned()).collect())
    }

    fn done(&mut self, job: &FileJob, other_owner: bool) {
        self.outcome.files += 1;
        self.set_results(job, &ShopResult::Done);
        if let Some(file) = self.context.files.get(job.file) {
            self.pending.push(JournalEntry::Done { file: file.file.path.clone() });
            if other_owner {
                self.outcome.other_owner.push(file.file.path.clone());
            }
        }
    }

    fn failed(&mut self, job: &FileJob, error: ApplyError) {
        if let Some(file) = self.context.files.get(job.file) {
            self.pending.push(JournalEntry::Failed { file: file.file.path.clone(), why: error.both() });
        }
        self.set_results(job, &ShopResult::Failed(Arc::new(error)));
    }

    /// Sets the result of the shops whose state the job changes.
    fn set_results(&mut self, job: &FileJob, result: &ShopResult) {
        let Some(file) = self.context.files.get(job.file) else { return };
        for (local, shop) in file.shops.iter().enumerate() {
            if job.from.has(local) != job.to.has(local)
                && let Some(slot) = self.outcome.shops.get_mut(*shop)
            {
                *slot = result.clone();
            }
        }
    }
}

/// Syncs new files; the results are in their order.
fn sync(staged: &[(&FileJob, StagedFile)]) -> Vec<Result<(), ApplyError>> {
    let part = staged.len().div_ceil(SYNC_THREADS).max(1);
    std::thread::scope(|scope| {
        let sync = |part: &[(&FileJob, StagedFile)]| part.iter().map(|(_, staged)| staged.sync()).collect::<Vec<_>>();
        let parts: Vec<_> = staged.chunks(part).map(|part| (part, scope.spawn(move || sync(part)))).collect();
        // A thread that panicked has synced nothing.
        let broken = |part: &[(&FileJob, StagedFile)]| {
            part.iter().map(|_| Err(ApplyError::Write(ErrorKind::Other.into()))).collect()
        };
        parts.into_iter().flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| broken(part))).collect()
    })
}
