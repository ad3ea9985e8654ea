//! The ledger of a run: what became of every input, record, text, picture and second of video.
//!
//! Each ends in exactly one [state](LookedAt). This module alone decides which: of what a file's parts came to the worst
//! counts, and a document that nothing reads is none of ours unless it was named, looks like a record, or lies in a file with
//! records. Only what was passed over or not checked is kept by name; the rest is counted, so memory does not grow with it.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_document::problem::Problem;
use dianjian_document::source::Input;
use rustc_hash::{FxHashMap, FxHashSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check_record::group_member::hash;

/// Documents of one file that nothing reads and that are shown one by one; more of them are a number.
pub(crate) const SHOWN_DOUBTS: usize = 5;

/// What became of something that a run was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "reason")]
pub enum LookedAt {
    /// It was checked.
    Checked,
    /// There is nothing in it to be checked, and why.
    NothingToCheck(Text),
    /// It looks like something to be checked and was not understood, and why.
    NotUnderstood(Text),
    /// It could not be read, and why.
    NotReadable(Text),
}

/// The state alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LookedState {
    /// There is nothing in it to be checked.
    NothingToCheck,
    /// It was checked.
    Checked,
    /// It looks like something to be checked and was not understood.
    NotUnderstood,
    /// It could not be read.
    NotReadable,
}

impl LookedAt {
    #[expect(missing_docs, reason = "named by its type")]
    pub const fn state(&self) -> LookedState {
        match self {
            Self::Checked => LookedState::Checked,
            Self::NothingToCheck(_) => LookedState::NothingToCheck,
            Self::NotUnderstood(_) => LookedState::NotUnderstood,
            Self::NotReadable(_) => LookedState::NotReadable,
        }
    }

    /// Why it was not checked.
    pub const fn reason(&self) -> Option<&Text> {
        match self {
            Self::Checked => None,
            Self::NothingToCheck(reason) | Self::NotUnderstood(reason) | Self::NotReadable(reason) => Some(reason),
        }
    }
}

/// How many things of a sort ended in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateCounts {
    /// Were checked.
    pub checked: u64,
    /// Held nothing to check.
    pub nothing_to_check: u64,
    /// Look like something to be checked and were not understood.
    pub not_understood: u64,
    /// Could not be read.
    pub not_readable: u64,
}

impl StateCounts {
    /// Counts some that ended in a state.
    pub fn add(&mut self, state: LookedState, count: u64) {
        *match state {
            LookedState::Checked => &mut self.checked,
            LookedState::NothingToCheck => &mut self.nothing_to_check,
            LookedState::NotUnderstood => &mut self.not_understood,
            LookedState::NotReadable => &mut self.not_readable,
        } += count;
    }

    /// All of them.
    pub const fn total(&self) -> u64 {
        self.checked + self.nothing_to_check + self.not_understood + self.not_readable
    }
}

impl AddAssign for StateCounts {
    fn add_assign(&mut self, other: Self) {
        self.checked += other.checked;
        self.nothing_to_check += other.nothing_to_check;
        self.not_understood += other.not_understood;
        self.not_readable += other.not_readable;
    }
}

/// How many pictures and videos nobody read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named by their names")]
pub struct UnreadText {
    pub pictures: u64,
    pub videos: u64,
}

impl UnreadText {
    /// Whether there are none.
    pub const fn is_none(&self) -> bool {
        self.pictures + self.videos == 0
    }
}

/// What was looked at in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Inputs.
    pub files: StateCounts,
    /// Records; what was not understood counts by documents, what was not readable by lines.
    pub records: StateCounts,
    /// Scripts and captions.
    pub texts: StateCounts,
    #[expect(missing_docs, reason = "named by its name")]
    pub pictures: StateCounts,
    /// Pictures and videos that were looked at and whose text nobody read, as there was no engine for it.
    pub unread_text: UnreadText,
    /// Videos in whole seconds; one whose length is not known counts as one.
    pub video_seconds: StateCounts,
    /// Records of which some rules were neither passed nor failed, as a record that they name is not among the inputs.
    pub undecided: u64,
    /// The inputs that were not checked, in order.
    pub passed_over: Vec<PassedOver>,
    /// Sheets of workbooks that were passed over beside others that were read, in the order of the inputs.
    pub passed_sheets: Vec<PassedSheet>,
    /// The inputs in which something was not understood although records in them were checked, in order.
    pub gaps: Vec<FileGaps>,
    /// Texts, pictures and videos that records name, by the hash of what identifies them.
    pub side_files: FxHashMap<u64, LookedState>,
}

impl Ledger {
    /// What became of a file that records may name as a picture, a video or a text; `None`: none does.
    pub fn side_file(&self, name: &str) -> Option<LookedState> {
        let states = ["asset", "text"].map(|sort| self.side_files.get(&hash(&(sort, name))).copied());
        states.into_iter().flatten().max()
    }
}

/// Places in an input that were not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileGaps {
    /// The input's name as shown.
    pub file: String,
    #[expect(missing_docs, reason = "named by its type")]
    pub places: u64,
}

/// A sheet of a workbook that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedSheet {
    /// The workbook's name as shown.
    pub file: String,
    /// The sheet's name.
    pub sheet: String,
    /// Why.
    pub reason: Text,
}

/// An input that was not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Its name as shown.
    pub file: String,
    /// What became of it.
    pub looked: LookedAt,
}

/// Sorts of things beside the inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SideMedium {
    Text,
    Picture,
    Video,
}

/// A text, picture or video that records name. Several records may name one: it counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SideLook {
    /// Hash of what identifies it.
    pub key: u64,
    pub medium: SideMedium,
    pub state: LookedState,
    /// 1; of videos whole seconds.
    pub amount: u64,
    /// Whether it may show text that nobody read.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_unread: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// What a file, or a chunk of it, came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileLook {
    /// The worst of what is certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<LookedAt>,
    /// Whether a record in it was checked.
    #[serde(default)]
    pub has_records: bool,
    /// Documents and lines that would be passed over if nothing else in the file were ours.
    #[serde(default, skip_serializing_if = "Doubts::is_empty")]
    pub doubts: Doubts,
    /// Records that were certainly not checked.
    #[serde(default)]
    pub records: StateCounts,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<SideLook>,
    /// Sheets with nothing to be checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<String>,
    /// Places in it that were not understood.
    #[serde(default)]
    pub gaps: u64,
}

/// What nothing reads: a problem if the file turns out to be ours, else none of our business.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Doubts {
    pub unrecognised: u64,
    pub unparsed: u64,
    /// Whether one of them looks like a record.
    pub certain: bool,
    /// The first reason.
    pub reason: Option<Text>,
}

impl Doubts {
    fn is_empty(&self) -> bool {
        self.unrecognised + self.unparsed == 0
    }

    fn add(&mut self, later: Self) {
        self.unrecognised += later.unrecognised;
        self.unparsed += later.unparsed;
        self.certain |= later.certain;
        self.reason = self.reason.take().or(later.reason);
    }

    /// What the file came to because of them, if they count.
    fn looked_at(&self) -> LookedAt {
        let reason = self.reason.clone().unwrap_or_default();
        if self.unparsed > 0 { LookedAt::NotReadable(reason) } else { LookedAt::NotUnderstood(reason) }
    }
}

impl FileLook {
    /// A file that came to this as a whole.
    pub fn of(looked: LookedAt) -> Self {
        Self { worst: Some(looked), ..Self::default() }
    }

    /// Notes what is certain: of several states the worst counts, of equal ones the first.
    pub fn note(&mut self, looked: LookedAt) {
        self.has_records |= looked == LookedAt::Checked;
        if self.worst.as_ref().is_none_or(|known| known.state() < looked.state()) {
            self.worst = Some(looked);
        }
    }

    fn add(&mut self, later: Self) {
        later.worst.into_iter().for_each(|looked| self.note(looked));
        self.has_records |= later.has_records;
        self.doubts.add(later.doubts);
        self.records += later.records;
        self.sheets.extend(later.sheets);
        self.gaps += later.gaps;
    }

    /// Whether what nothing reads in it is a problem.
    fn doubts_count(&self, explicit: bool) -> bool {
        !self.doubts.is_empty() && (explicit || self.doubts.certain || self.has_records)
    }

    /// Decides what the doubts of a whole file are worth; says whether they are problems.
    pub fn settle(&mut self, explicit: bool) -> bool {
        let count = self.doubts_count(explicit);
        let doubts = std::mem::take(&mut self.doubts);
        if count {
            self.note(doubts.looked_at());
            self.records.not_understood += doubts.unrecognised;
            self.records.not_readable += doubts.unparsed;
        } else if !doubts.is_empty() {
            self.note(LookedAt::NothingToCheck(not_ours()));
        }
        count
    }
}

/// The state of the file whose parts are coming in, and what is shown of its doubts.
#[derive(Debug)]
pub(crate) struct LedgerBook<T> {
    pub ledger: Ledger,
    file: Option<usize>,
    look: FileLook,
    shown: Vec<T>,
    /// The inputs that were checked.
    checked: FxHashSet<usize>,
    /// The others, as far as they are known.
    others: BTreeMap<usize, LookedAt>,
}

/// What the doubts of a file come to.
pub(crate) struct SettledFile<T> {
    pub file: usize,
    pub shown: Vec<T>,
    /// More of the same.
    pub more: u64,
}

impl<T> Default for LedgerBook<T> {
    fn default() -> Self {
        Self {
            ledger: Ledger::default(),
            file: None,
            look: FileLook::default(),
            shown: Vec::new(),
            checked: FxHashSet::default(),
            others: BTreeMap::new(),
        }
    }
}

impl<T> LedgerBook<T> {
    /// Settles the file before this one, whose parts have all come in, if there is one.
    pub fn turn_to(&mut self, file: usize, inputs: &[Input]) -> Option<SettledFile<T>> {
        if self.file == Some(file) { None } else { self.close(inputs) }
    }

    /// Enters a part of a file; parts of one file follow each other. Gives back what is to be shown of the file before.
    pub fn enter(
        &mut self,
        file: usize,
        records: u64,
        mut look: FileLook,
        shown: Vec<T>,
        inputs: &[Input],
    ) -> Option<SettledFile<T>> {
        let settled = self.turn_to(file, inputs);
        self.file = Some(file);
        self.ledger.records.checked += records;
        for side in std::mem::take(&mut look.beside) {
            self.beside(side);
        }
        self.look.add(look);
        let free = SHOWN_DOUBTS.saturating_sub(self.shown.len());
        self.shown.extend(shown.into_iter().take(free));
        settled
    }

    /// Counts a place of the current file that was not understood.
    pub fn gap(&mut self, is_gap: bool) {
        self.look.gaps += u64::from(is_gap);
    }

    fn beside(&mut self, side: SideLook) {
        if self.ledger.side_files.insert(side.key, side.state).is_none() {
            let counts = match side.medium {
                SideMedium::Text => &mut self.ledger.texts,
                SideMedium::Picture => &mut self.ledger.pictures,
                SideMedium::Video => &mut self.ledger.video_seconds,
            };
            counts.add(side.state, side.amount);
            match side.medium {
                SideMedium::Picture => self.ledger.unread_text.pictures += u64::from(side.is_unread),
                SideMedium::Video => self.ledger.unread_text.videos += u64::from(side.is_unread),
                SideMedium::Text => {}
            }
        }
    }

    /// Settles the file whose parts have come in.
    fn close(&mut self, inputs: &[Input]) -> Option<SettledFile<T>> {
        let file = self.file.take()?;
        let (mut look, shown) = (std::mem::take(&mut self.look), std::mem::take(&mut self.shown));
        let doubts = look.doubts.unrecognised + look.doubts.unparsed;
        let count = look.settle(inputs.get(file).is_some_and(|input| input.explicit));
        self.ledger.records += look.records;
        let name = inputs.get(file).map_or("", |input| &input.name);
        let passed = look.sheets.drain(..);
        self.ledger.passed_sheets.extend(passed.map(|sheet| PassedSheet {
            file: name.to_owned(),
            sheet,
            reason: unknown_headings(),
        }));
        if look.gaps > 0 {
            self.ledger.gaps.push(FileGaps { file: name.to_owned(), places: look.gaps });
        }
        match look.worst.unwrap_or_else(|| LookedAt::NothingToCheck(empty())) {
            LookedAt::Checked => drop(self.checked.insert(file)),
            looked => self.worse(file, looked),
        }
        let more = doubts.saturating_sub(shown.len() as u64);
        count.then_some(SettledFile { file, shown, more })
    }

    fn worse(&mut self, file: usize, looked: LookedAt) {
        let known = self.others.entry(file).or_insert_with(|| looked.clone());
        if known.state() < looked.state() {
            *known = looked;
        }
    }

    /// Settles the last file, and gives every input its state.
    pub fn finish(&mut self, inputs: &[Input]) -> Option<SettledFile<T>> {
        let settled = self.close(inputs);
        let mut others = std::mem::take(&mut self.others);
        for (file, input) in inputs.iter().enumerate() {
            let is_checked = self.checked.contains(&file);
            let looked = match others.remove(&file) {
                Some(looked) if !is_checked || looked.state() > LookedState::Checked => looked,
                _ if is_checked => LookedAt::Checked,
                _ => LookedAt::NothingToCheck(empty()),
            };
            self.ledger.files.add(looked.state(), 1);
            if looked != LookedAt::Checked {
                self.ledger.passed_over.push(PassedOver { file: input.name.clone(), looked });
            }
        }
        settled
    }
}

/// The problem that stands for doubts that are not shown.
pub(crate) fn more_doubts(file: &str, more: u64) -> Problem {
    let message = text! {
        zh: "这个文件里还有 {more} 处同样没有读懂，没有逐一列出",
        en: "{more} more places in this file were not understood either and are not listed",
    };
    Problem { file: file.to_owned(), place: None, sheet: None, related: Vec::new(), message, help: None }
}

pub(crate) fn empty() -> Text {
    text! { zh: "没有内容", en: "there is nothing in it" }
}

pub(crate) fn no_rows() -> Text {
    text! { zh: "只有表头，没有记录", en: "headings without a record below them" }
}

fn unknown_headings() -> Text {
    text! { zh: "表头不是店铺、商品或直播间的表", en: "its headings are not those of a table of records" }
}

pub(crate) fn report_table() -> Text {
    text! { zh: "汇总表，没有要检查的记录", en: "a table of sums, which holds no records" }
}

pub(crate) fn nothing_asked() -> Text {
    text! { zh: "平台接口的数据里没有要检查的内容", en: "an answer of the platform that holds nothing to check" }
}

pub(crate) fn own_report() -> Text {
    text! { zh: "本程序写的报告", en: "a report that this program wrote" }
}

pub(crate) fn unknown_kind(found: &str) -> Text {
    text! { zh: "没有“{found}”这种记录", en: "there is no kind `{found}`" }
}

pub(crate) fn not_ours() -> Text {
    text! { zh: "不像店铺、商品或直播间的记录", en: "nothing in it looks like a record" }
}
