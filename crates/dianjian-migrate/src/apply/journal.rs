//! The journal of a plan's runs: one entry a line, each with a checksum, append-only.
//!
//! Intents are synced before their files are touched. A journal that was cut or damaged costs nothing but history:
//! the state of a file is found from its bytes.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use dianjian_base::hex;
use dianjian_base::lang::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::RunError;
use super::root::ensure_no_link;
use super::write::sync_folder;
use crate::plan::FileDigest;

/// The journal's name in the folder of a plan's runs.
pub const JOURNAL: &str = "journal.ndjson";

/// A larger journal is refused instead of read into memory.
const JOURNAL_BYTES: u64 = 1 << 30;

/// Hex digits of a line's checksum.
const SUM: usize = 16;

/// What a run does with edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Makes the edits.
    Apply,
    /// Takes them back, which gives the old bytes.
    Rollback,
}

impl Operation {
    /// The name of the command.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Rollback => "rollback",
        }
    }
}

/// The shops of a file that are in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ShopSet {
    All,
    None,
    /// By key.
    Some(Vec<String>),
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub(super) enum JournalEntry {
    Begin {
        plan: String,
        #[serde(rename = "doing")]
        operation: Operation,
        /// The shops that it is for, by key; absent: all.
        only: Option<Vec<String>>,
        keep_going: bool,
        /// When, by the caller's clock.
        at: String,
    },
    /// A file is about to be replaced.
    Intent {
        /// The file, from the root.
        file: String,
        from: FileDigest,
        to: FileDigest,
        /// The shops that are in place after.
        applied: ShopSet,
    },
    /// A file has been replaced.
    Done {
        /// The file, from the root.
        file: String,
    },
    /// A file could not be replaced.
    Failed {
        /// The file, from the root.
        file: String,
        why: Text,
    },
    End {
        /// Whether it was stopped before it was through.
        stopped: bool,
    },
}

#[derive(Deserialize)]
struct JournalLine {
    sum: String,
    #[serde(flatten)]
    entry: JournalEntry,
}

/// The entries of a journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunHistory {
    pub(super) entries: Vec<JournalEntry>,
    /// Lines that cannot be read: torn or damaged.
    pub(super) damaged: usize,
}

/// The last run that the journal knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// As it was requested.
    pub operation: Operation,
    /// The shops that it is for, by key; absent: all.
    pub(super) only: Option<Vec<String>>,
    pub(super) keep_going: bool,
    /// When it began, by the caller's clock.
    pub at: String,
    /// Whether it was stopped before it was through; absent: it was cut off.
    pub ended: Option<bool>,
}

impl RunHistory {
    /// Reads the journal of a run folder; a missing one is empty.
    ///
    /// # Errors
    /// It is a link, too large, unreadable, or belongs to another plan.
    pub fn read(run: &Path, plan: &str) -> Result<Self, RunError> {
        let path = run.join(JOURNAL);
        ensure_no_link(&path)?;
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            other => other.map_err(|error| RunError::own(&path, error))?,
        };
        let mut bytes = Vec::new();
        file.take(JOURNAL_BYTES + 1).read_to_end(&mut bytes).map_err(|error| RunError::own(&path, error))?;
        if bytes.len() as u64 > JOURNAL_BYTES {
            return Err(RunError::own(&path, ErrorKind::FileTooLarge.into()));
        }
        let history = Self::of(&bytes);
        let other = history.entries.iter().find_map(|entry| match entry {
            JournalEntry::Begin { plan: found, .. } if found != plan => Some(found.clone()),
            _ => None,
        });
        other.map_or(Ok(history), |found| Err(RunError::OtherPlan { path, found }))
    }

    fn of(bytes: &[u8]) -> Self {
        let mut history = Self::default();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            match read_line(line) {
                Some(entry) => history.entries.push(entry),
                None => history.damaged += 1,
            }
        }
        history
    }

    /// The last run that began, whether or not it ended.
    pub fn last(&self) -> Option<LastRun> {
        let at = self.entries.iter().rposition(|entry| matches!(entry, JournalEntry::Begin { .. }))?;
        let Some(JournalEntry::Begin { operation, only, keep_going, at: when, .. }) = self.entries.get(at) else {
            return None;
        };
        let ended = self.entries.iter().skip(at).find_map(|entry| match entry {
            JournalEntry::End { stopped } => Some(*stopped),
            _ => None,
        });
        Some(LastRun { operation: *operation, only: only.clone(), keep_going: *keep_going, at: when.clone(), ended })
    }
}

/// A line's entry, if the line is whole and its checksum holds.
fn read_line(line: &[u8]) -> Option<JournalEntry> {
    let line: JournalLine = serde_json::from_slice(line.strip_suffix(b"\n")?).ok()?;
    (sum(&json(&line.entry)) == line.sum).then_some(line.entry)
}

fn json(entry: &JournalEntry) -> String {
    // Plain data with text keys: this cannot fail.
    serde_json::to_string(entry).unwrap_or_default()
}

fn sum(json: &str) -> String {
    let mut sum = hex(&Sha256::digest(json.as_bytes()));
    sum.truncate(SUM);
    sum
}

fn written(entry: &JournalEntry) -> String {
    let json = json(entry);
    format!("{{\"sum\":\"{}\",{}\n", sum(&json), json.strip_prefix('{').unwrap_or(&json))
}

/// A journal that is open for appending.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens the journal of a run folder for appending; a torn last line is cut off first.
    pub(super) fn open(run: &Path) -> Result<Self, RunError> {
        let path = run.join(JOURNAL);
        ensure_no_link(&path)?;
        let own = |error| RunError::own(&path, error);
        let is_new = !path.exists();
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(own)?;
        let whole = end_of_lines(&mut file).map_err(own)?;
        file.set_len(whole).map_err(own)?;
        if is_new {
            sync_folder(run).map_err(own)?;
        }
        Ok(Self { path, file })
    }

    /// Appends entries; on an error some of them may have been written.
    pub(super) fn add(&mut self, entries: &[JournalEntry]) -> Result<(), RunError> {
        let lines: String = entries.iter().map(written).collect();
        self.file.write_all(lines.as_bytes()).map_err(|error| RunError::own(&self.path, error))
    }

    pub(super) fn sync(&self) -> Result<(), RunError> {
        self.file.sync_data().map_err(|error| RunError::own(&self.path, error))
    }
}

/// Where the last whole line of a file ends.
fn end_of_lines(file: &mut File) -> io::Result<u64> {
    use std::io::{Seek as _, SeekFrom};
    const STEP: u64 = 64 << 10;
    let mut end = file.metadata()?.len();
    while end > 0 {
        let start = end.saturating_sub(STEP);
        file.seek(SeekFrom::Start(start))?;
        let mut block = Vec::new();
        (&*file).take(end - start).read_to_end(&mut block)?;
        if let Some(at) = memchr::memrchr(b'\n', &block) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<JournalEntry> {
        let content = |text: &str| FileDigest::of(text.as_bytes());
        vec![
            JournalEntry::Begin {
                plan: "p".to_owned(),
                operation: Operation::Apply,
                only: Some(vec!["店 1".to_owned()]),
                keep_going: false,
                at: "2026".to_owned(),
            },
            JournalEntry::Intent {
                file: "甲\n.yaml".to_owned(),
                from: content("a"),
                to: content("b"),
                applied: ShopSet::Some(vec!["店 1".to_owned()]),
            },
            JournalEntry::Done { file: "甲\n.yaml".to_owned() },
            JournalEntry::Failed { file: "b".to_owned(), why: Text { zh: "满".to_owned(), en: "full".to_owned() } },
            JournalEntry::End { stopped: true },
        ]
    }

    #[test]
    fn a_journal_cut_at_any_byte_says_what_is_whole_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        Journal::open(folder.path()).unwrap().add(&entries()).unwrap();
        let path = folder.path().join(JOURNAL);
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(RunHistory::read(folder.path(), "p").unwrap().entries, entries());
        for end in 0..whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            let lines = memchr::memchr_iter(b'\n', &whole[..end]).count();
            let history = RunHistory::read(folder.path(), "p").unwrap();
            assert_eq!(history.entries, entries()[..lines], "{end}");
            let mut journal = Journal::open(folder.path()).unwrap();
            journal.add(&[JournalEntry::End { stopped: false }]).unwrap();
            let history = RunHistory::read(folder.path(), "p").unwrap();
            assert_eq!((history.entries.len(), history.damaged), (lines + 1, 0), "{end}");
        }
    }

    #[test]
    fn a_damaged_line_is_left_out() {
        let text: String = entries().iter().map(written).collect();
        for (at, _) in text.bytes().enumerate().filter(|(_, byte)| *byte != b'\n') {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let history = RunHistory::of(&bytes);
            assert!(history.damaged >= 1, "{at}");
            assert!(history.entries.iter().all(|entry| entries().contains(entry)), "{at}");
        }
    }

    #[test]
    fn the_last_run_is_told() {
        let history = RunHistory { entries: entries(), damaged: 0 };
        let last = history.last().unwrap();
        assert_eq!((last.operation, last.ended), (Operation::Apply, Some(true)));
        assert!(RunHistory::default().last().is_none());
    }

    #[test]
    fn another_plans_journal_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Journal::open(folder.path()).unwrap().add(&entries()).unwrap();
        assert!(matches!(RunHistory::read(folder.path(), "q"), Err(RunError::OtherPlan { .. })));
    }
}
