//! Checks in the form in which they run: paths are slots, tables are filtered, words are compiled.

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_document::edit::Applicability;
use dianjian_media::{Code, CodeKind};
use dianjian_text::{ContactKind, Fold, LengthUnit, Omitted};
use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use super::contents::CodeContents;
use super::language::{Certainty, FixTarget, FormatSpec, SchemaLint};
use super::pattern::LazyRegex;
use super::table::DatedRows;
use crate::record::{KindIndex, Slot};

/// A field's path.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotPath {
    /// As it is written.
    pub text: String,
    /// Where it starts.
    pub root: PathRoot,
    /// The slot it starts with; `None` when it starts at a list's item.
    pub slot: Option<Slot>,
    /// What follows below the slot.
    pub steps: Vec<PathStep>,
}

/// Where a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathRoot {
    /// At the record.
    Record,
    /// At the record that this one lies in.
    Outer,
    /// At the item of the innermost `each`.
    Item,
    /// At every text of the record.
    Everywhere,
}

/// One step below a slot.
#[derive(Debug, Clone, PartialEq)]
pub enum PathStep {
    /// Every item of a list.
    Each,
    /// The entry of that name.
    Key(String),
}

impl SlotPath {
    /// Does it stand for several places?
    pub fn is_many(&self) -> bool {
        self.steps.contains(&PathStep::Each)
    }

    /// The slot whose whole value it stands for.
    pub fn own_slot(&self) -> Option<Slot> {
        self.slot.filter(|_| self.root == PathRoot::Record && self.steps.is_empty())
    }
}

/// A check.
#[derive(Debug)]
pub struct CompiledCheck {
    /// What it asks.
    pub kind: CheckKind,
    /// Which of the rule's messages it says; `None`: the one above.
    pub message: Option<usize>,
    /// Where its finding points instead.
    pub point: Option<SlotPath>,
    /// Does it PASS wherever its rule's [preconditions](super::prefilter) are met, so that it need not be asked?
    pub is_decided: bool,
}

impl CompiledCheck {
    /// Calls `f` with the check and every check inside it, those of conditions too.
    fn each_check<'c>(&'c self, f: &mut dyn FnMut(&'c Self)) {
        f(self);
        match &self.kind {
            CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().for_each(|part| part.each_check(f)),
            CheckKind::Not(inner) | CheckKind::Each(_, inner) => inner.each_check(f),
            CheckKind::When(condition, inner) => [condition, inner].into_iter().for_each(|part| part.each_check(f)),
            CheckKind::Leaf(_) => {}
        }
    }

    /// Calls `f` with every leaf of the check, those of conditions too.
    pub fn each_leaf<'c>(&'c self, f: &mut dyn FnMut(&'c FieldTests)) {
        self.each_check(&mut |check| {
            if let CheckKind::Leaf(leaf) = &check.kind {
                f(leaf);
            }
        });
    }

    /// Calls `f` with the fields that are tested, and those that findings point at instead.
    pub fn each_subject<'c>(&'c self, f: &mut dyn FnMut(&'c SlotPath)) {
        self.each_check(&mut |check| {
            check.point.iter().for_each(&mut *f);
            if let CheckKind::Leaf(leaf) = &check.kind {
                f(&leaf.at);
            }
        });
    }

    /// Calls `f` with everything that the check reads: its subjects, the lists that it goes through, and the fields that
    /// it compares with.
    pub fn each_path<'c>(&'c self, f: &mut dyn FnMut(&'c SlotPath)) {
        self.each_subject(f);
        self.each_check(&mut |check| match &check.kind {
            CheckKind::Each(list, _) => f(list),
            CheckKind::Leaf(leaf) => leaf.tests.iter().for_each(|test| test.each_path(f)),
            _ => {}
        });
    }
}

/// What a check asks.
#[derive(Debug)]
pub enum CheckKind {
    /// FAIL if one fails, else SKIP if one is skipped, else PASS.
    All(Vec<CompiledCheck>),
    /// PASS if one passes, else SKIP if one is skipped, else FAIL.
    Any(Vec<CompiledCheck>),
    /// PASS and FAIL change places.
    Not(Box<CompiledCheck>),
    /// For every item of a list.
    Each(SlotPath, Box<CompiledCheck>),
    /// SKIP unless the first passes.
    When(Box<CompiledCheck>, Box<CompiledCheck>),
    /// Tests of one field.
    Leaf(FieldTests),
}

/// Tests of one field; all must hold.
#[derive(Debug)]
pub struct FieldTests {
    /// The field.
    pub at: SlotPath,
    /// The tests.
    pub tests: Vec<Test>,
}

/// A test of one value.
#[derive(Debug)]
pub enum Test {
    /// Present and not empty, or not.
    Exists(bool),
    /// Equal, or not equal.
    Equal(CompiledOperand, bool),
    /// One of a set, or none of it.
    In(ValueSet, bool),
    /// Within bounds.
    Range(RangeBound, CompiledOperand),
    /// Length within bounds.
    Length {
        /// At least.
        min: Option<CompiledOperand>,
        /// At most.
        max: Option<CompiledOperand>,
        /// What is counted in texts.
        unit: Option<LengthUnit>,
    },
    /// The whole text matches.
    Matches(Arc<LazyRegex>),
    /// It has (or lacks) contents.
    Content(SearchedContent, bool),
    /// It begins, ends or has inside.
    Affix(Affix, CompiledOperand),
    /// It shares a run of characters with another field.
    SharesRun(SharedRun),
    /// Dates compared.
    Date(Vec<(DateBound, CompiledDate)>),
    /// A known format.
    Format(FormatSpec),
    /// All items differ.
    Unique,
}

impl Test {
    /// Calls `f` with the fields that the test compares its own with.
    fn each_path<'c>(&'c self, f: &mut dyn FnMut(&'c SlotPath)) {
        match self {
            Self::Equal(operand, _) | Self::Range(_, operand) | Self::Affix(_, operand) => operand.each_path(f),
            Self::Length { min, max, .. } => min.iter().chain(max).for_each(|operand| operand.each_path(f)),
            Self::SharesRun(spec) => {
                [&spec.with].into_iter().chain(&spec.after).for_each(&mut *f);
                spec.min.each_path(f);
            }
            Self::Date(bounds) => bounds.iter().for_each(|(_, date)| match &date.base {
                DateBase::Field(path) => f(path),
                DateBase::AsOf | DateBase::Day(_) => {}
            }),
            Self::Exists(_) | Self::In(..) | Self::Matches(_) | Self::Content(..) | Self::Format(_) | Self::Unique => {}
        }
    }
}

/// A run of characters that two fields must share.
#[derive(Debug)]
pub struct SharedRun {
    /// The other field.
    pub with: SlotPath,
    /// At least this many.
    pub min: CompiledOperand,
    /// Left out at the beginning.
    pub after: Option<SlotPath>,
    /// Must it stand at the beginning of what is left?
    pub lead: bool,
    /// Parts of the other text that do not count, folded.
    pub ignore: Omitted,
}

/// Which bound of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeBound {
    /// At least.
    Min,
    /// At most.
    Max,
    /// More than.
    Above,
    /// Less than.
    Below,
}

/// Where a text must have another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affix {
    /// At its beginning.
    Start,
    /// At its end.
    End,
    /// Anywhere.
    Inside,
}

/// How two dates must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateBound {
    /// Later.
    After,
    /// Later or the same.
    OnOrAfter,
    /// Earlier.
    Before,
    /// Earlier or the same.
    OnOrBefore,
}

/// Something to compare with.
#[derive(Debug)]
pub enum CompiledOperand {
    /// A fixed value.
    Constant(Constant),
    /// Another field.
    Field(SlotPath),
    /// A cell of a table.
    Lookup(TableLookup),
}

impl CompiledOperand {
    /// Calls `f` with the fields that the value comes from.
    pub fn each_path<'c>(&'c self, f: &mut dyn FnMut(&'c SlotPath)) {
        match self {
            Self::Constant(_) => {}
            Self::Field(path) => f(path),
            Self::Lookup(lookup) => lookup.keys.iter().for_each(|(_, key)| key.each_path(f)),
        }
    }
}

/// A fixed value with its number, if it is one.
#[derive(Debug, Clone)]
pub struct Constant {
    /// As text.
    pub text: String,
    /// As number.
    pub number: Option<Decimal>,
}

/// A cell of a table.
#[derive(Debug)]
pub struct TableLookup {
    /// The rows of the day, indexed by the first key.
    pub rows: Arc<DatedRows>,
    /// Column and what it must equal.
    pub keys: Vec<(usize, CompiledOperand)>,
    /// The column taken.
    pub take: usize,
}

/// A set of values.
#[derive(Debug, Clone, Default)]
pub struct ValueSet {
    /// For membership.
    pub members: FxHashSet<String>,
    /// In order, for messages.
    pub shown: Vec<String>,
}

/// A date to compare with.
#[derive(Debug)]
pub struct CompiledDate {
    /// What it starts from.
    pub base: DateBase,
    /// Days added.
    pub plus_days: i64,
}

/// What a date starts from.
#[derive(Debug)]
pub enum DateBase {
    /// The day of the check.
    AsOf,
    /// A day.
    Day(NaiveDate),
    /// A field.
    Field(SlotPath),
}

/// Contents of a text.
#[derive(Debug)]
pub enum SearchedContent {
    /// Words of one list in a scan plan that rules share.
    Words {
        /// Number of the plan in the rule set.
        plan: usize,
        /// Number of the list in the plan.
        list: usize,
        /// The words, for messages.
        words: Vec<String>,
        /// Which tiers count.
        tiers: Tiers,
    },
    /// A regular expression on the raw text.
    Pattern(Arc<LazyRegex>),
    /// Ways to be reached; `None`: all kinds.
    Contacts(Option<Vec<ContactKind>>, Tiers),
    /// Characters that nobody sees.
    Invisible,
    /// Traces of a wrong encoding.
    LostEncoding,
    /// Codes in pictures and videos.
    Codes(Box<Codes>),
}

/// Which codes in pictures and videos count.
#[derive(Debug)]
pub struct Codes {
    /// Sorts of code; `None`: all.
    pub kinds: Option<Vec<CodeKind>>,
    /// How sure it must be.
    pub certainty: Certainty,
    /// Classes of what they say; `None`: whatever it is.
    pub says: Option<Vec<String>>,
    /// Classes of what they do not say.
    pub not_says: Vec<String>,
    /// From this score on a code is certain.
    pub present: f32,
    /// From this score on a code is suspected.
    pub suspected: f32,
    /// What contents mean.
    pub contents: Arc<CodeContents>,
}

impl Codes {
    /// Was it read, or is its score high enough?
    pub fn is_certain(&self, code: &Code) -> bool {
        code.is_decoded() || code.score >= self.present
    }

    /// Does a code that says something of this class count?
    pub fn counts(&self, code: &Code, class: &str) -> bool {
        let is_certain = self.is_certain(code);
        let is_sure_enough = match self.certainty {
            Certainty::Certain => is_certain,
            Certainty::Suspected => !is_certain && code.score >= self.suspected,
            Certainty::Any => is_certain || code.score >= self.suspected,
        };
        is_sure_enough
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&code.kind))
            && self.says.as_ref().is_none_or(|says| says.iter().any(|known| known == class))
            && !self.not_says.iter().any(|known| known == class)
    }
}

/// Which hits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiers {
    /// What is certain.
    pub exact: bool,
    /// What looks like an evasion.
    pub evasion: bool,
}

/// What a rule looks at.
#[derive(Debug)]
pub enum RuleBody {
    /// One record.
    Check(CompiledCheck),
    /// All records that share a key.
    Group(GroupCheck),
    /// That another record exists.
    Reference {
        /// The field with the other's key.
        at: SlotPath,
        /// The other's kind.
        kind: KindIndex,
        /// The other's key field.
        by: Slot,
    },
    /// What the reader noticed.
    Schema(SchemaLint),
}

/// A rule over all records that share a key.
#[derive(Debug)]
pub struct GroupCheck {
    /// What is made of the records.
    pub fold: GroupFold,
    /// At least.
    pub min: Option<CompiledOperand>,
    /// At most.
    pub max: Option<CompiledOperand>,
    /// How keys are folded.
    pub key_fold: Fold,
    /// Only keys whose records differ in this field count.
    pub mixed: Option<SlotPath>,
    /// Who takes part, by kind; the rule's own kind comes first.
    pub members: Vec<GroupParticipant>,
}

/// What is made of a group's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupFold {
    /// Their number.
    Count,
    /// The number of different values.
    Distinct,
    /// The sum of the values.
    Sum,
}

/// A kind's part in a group.
#[derive(Debug)]
pub struct GroupParticipant {
    /// The kind.
    pub kind: KindIndex,
    /// Its key fields.
    pub by: Vec<SlotPath>,
    /// Its value.
    pub of: Option<SlotPath>,
    /// Where its label points; default: the first key field.
    pub point: Option<SlotPath>,
}

/// A fix.
#[derive(Debug)]
pub struct FixRule {
    /// What is done.
    pub action: FixAction,
    /// Whether it may be applied unasked.
    pub applicability: Applicability,
}

/// What a fix does.
#[derive(Debug)]
pub enum FixAction {
    /// Remove a target.
    Remove(FixTarget),
    /// Replace a target by a template.
    Replace(FixTarget, String),
    /// Set a field (dotted path) to a template.
    Set(String, String),
}

/// A rule's texts with their placeholders.
#[derive(Debug)]
pub struct RuleTexts {
    /// `rule` and the ids under `messages`, in the order of their numbers.
    pub ids: Vec<Arc<str>>,
    /// The templates.
    pub templates: Vec<Arc<Text>>,
    /// What to do.
    pub help: Option<Arc<Text>>,
    /// Record fields that the texts speak of.
    pub fields: Vec<(String, SlotPath)>,
    /// Parameters that the texts speak of, as values.
    pub params: Vec<(String, ParamText)>,
}

/// Messages that are chosen by what was found rather than by a check's `message`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecialMessage {
    /// Said instead of the rule's own where the nearest known name is asked for and there is none.
    Plain,
    /// Said of a code that was seen and not read.
    Unread,
}

impl RuleTexts {
    /// The number of a special message, where the rule has it.
    pub fn special(&self, message: SpecialMessage) -> Option<usize> {
        let id = match message {
            SpecialMessage::Plain => "plain",
            SpecialMessage::Unread => "unread",
        };
        self.ids.iter().position(|known| &**known == id)
    }
}

/// A parameter as a message argument.
#[derive(Debug, Clone)]
pub enum ParamText {
    /// One value.
    One(String),
    /// Several.
    Many(Vec<String>),
}
