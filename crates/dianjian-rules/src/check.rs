//! Checks in the form in which they run: paths are slots, tables are filtered, words are compiled.

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_document::edit::Applicability;
use dianjian_text::{ContactKind, LengthUnit, Omitted, SubjectTerms};
use rustc_hash::FxHashSet;

use super::asset_tests::{AssetTest, Codes, PictureText};
pub use super::group_check::{
    GroupCheck, GroupFold, GroupParticipant, GroupRole, KeyComparison, KeyPath, SummedBounds,
};
use super::language::{Comparison, FixTarget, FormatSpec, SchemaLint};
pub use super::operand::{AmountInText, Arithmetic, CompiledOperand, Constant, ItemCount, ItemTotal, TableLookup};
use super::pattern::LazyRegex;
use crate::record::{KindIndex, Slot};

/// A path as written in a rule, resolved against a kind: `products[].title` is a slot and two steps.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "named by their types")]
pub struct SlotPath {
    /// As the rule file has it.
    pub text: String,
    pub root: PathRoot,
    /// `None` for paths that start at a list's item, or at no field in particular.
    pub slot: Option<Slot>,
    /// From the slot's value, or from the item, on.
    pub steps: Vec<PathStep>,
    /// Whether it leads to a licence code, whose spellings are compared by [`licence_key`](dianjian_text::licence_key).
    pub is_licence_code: bool,
}

/// What a path starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathRoot {
    /// The record that is checked.
    Record,
    /// The record that the reference in this slot names, be it the one that this one lies in: `shop.…` of a product.
    Named(Slot),
    /// The item of the innermost `each`: `.id`.
    Item,
    /// Every text of the record: `**`.
    Everywhere,
}

/// A step of a path below its slot.
#[derive(Debug, Clone, PartialEq)]
pub enum PathStep {
    /// Every item of a list: `[]`.
    Each,
    /// The field of a map that has this name.
    Key(String),
}

impl SlotPath {
    /// Whether it can lead to several values.
    pub(crate) fn is_many(&self) -> bool {
        self.steps.contains(&PathStep::Each)
    }

    /// The slot whose whole value it stands for.
    pub fn own_slot(&self) -> Option<Slot> {
        self.slot.filter(|_| self.root == PathRoot::Record && self.steps.is_empty())
    }
}

/// A check or a condition in the form in which it runs.
#[derive(Debug)]
#[expect(missing_docs, reason = "named by its type")]
pub struct CompiledCheck {
    pub kind: CheckKind,
    /// Number of the rule's message for its violations; `None`: that of the check around it.
    pub message: Option<usize>,
    /// Where its violations point instead of at the tested field.
    pub point: Option<SlotPath>,
    /// Whether it PASSES wherever its rule's preconditions are met, so that the prefilter has evaluated it already.
    pub is_decided: bool,
}

impl CompiledCheck {
    /// Calls `f` with the check and every check inside it, those of conditions too, be it of an operand.
    fn each_check<'c>(&'c self, f: &mut dyn FnMut(&'c Self)) {
        f(self);
        match &self.kind {
            CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().for_each(|part| part.each_check(f)),
            CheckKind::Not(inner) | CheckKind::Each(_, inner) => inner.each_check(f),
            CheckKind::When(condition, inner) => [condition, inner].into_iter().for_each(|part| part.each_check(f)),
            CheckKind::Leaf(leaf) => leaf.tests.iter().for_each(|test| {
                test.each_operand(&mut |operand| operand.each_condition(&mut |condition| condition.each_check(f)));
            }),
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

/// A combinator, or the tests of one field.
#[derive(Debug)]
pub enum CheckKind {
    /// FAIL if one fails, else SKIP if one is skipped, else PASS.
    All(Vec<CompiledCheck>),
    /// PASS if one passes, else SKIP if one is skipped, else FAIL.
    Any(Vec<CompiledCheck>),
    /// PASS and FAIL swapped; SKIP stays.
    Not(Box<CompiledCheck>),
    /// FAIL if it fails for an item of the list, else PASS if it passes for one.
    Each(SlotPath, Box<CompiledCheck>),
    /// SKIP unless the first passes.
    When(Box<CompiledCheck>, Box<CompiledCheck>),
    /// FAIL if one test of the field fails, else SKIP if one is skipped, else PASS.
    Leaf(FieldTests),
}

/// Tests of one field; all must hold.
#[derive(Debug)]
pub struct FieldTests {
    pub at: SlotPath,
    pub tests: Vec<Test>,
    /// Whether it reads a field of a record that this one names.
    pub reads_named: bool,
}

impl FieldTests {
    /// The tests of the field at a path.
    pub(crate) fn new(at: SlotPath, tests: Vec<Test>) -> Self {
        let mut reads_named = false;
        let mut note = |path: &SlotPath| reads_named |= matches!(path.root, PathRoot::Named(_));
        note(&at);
        tests.iter().for_each(|test| test.each_path(&mut note));
        Self { at, tests, reads_named }
    }

    /// Calls `f` with the field and those that it is compared with.
    pub(crate) fn each_path<'c>(&'c self, f: &mut dyn FnMut(&'c SlotPath)) {
        f(&self.at);
        self.tests.iter().for_each(|test| test.each_path(f));
    }
}

/// A test of one value. The trailing `bool` of a variant is what the test wants: `false` for `is_not`, `not_in`, `lacks`.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the rule language, where `language::Check` documents them")]
pub enum Test {
    /// The only test that an absent value does not skip.
    Exists(bool),
    Equal(CompiledOperand, bool),
    In(ValueSet, bool),
    Range(RangeBound, CompiledOperand),
    /// Of a table's cell, whatever stands at the field.
    Cell(Box<CellTest>),
    /// The unit is that of texts; lists are counted in items.
    Length {
        min: Option<CompiledOperand>,
        max: Option<CompiledOperand>,
        unit: Option<LengthUnit>,
    },
    /// The expression is anchored at both ends.
    Matches(Arc<LazyRegex>),
    Content(SearchedContent, bool),
    Affix(Affix, CompiledOperand),
    SharesRun(SharedRun),
    Date(Vec<(DateBound, CompiledDate)>),
    Format(FormatSpec),
    Asset(AssetTest),
    Unique,
}

impl Test {
    /// Calls `f` with what the test compares its field with.
    fn each_operand<'c>(&'c self, f: &mut dyn FnMut(&'c CompiledOperand)) {
        match self {
            Self::Equal(operand, _)
            | Self::Range(_, operand)
            | Self::Affix(_, operand)
            | Self::Content(SearchedContent::Refuses(operand, _), _) => f(operand),
            Self::Cell(test) => {
                f(&test.cell);
                test.bounds.iter().for_each(|(_, operand)| f(operand));
            }
            Self::Length { min, max, .. } => min.iter().chain(max).for_each(f),
            Self::SharesRun(spec) => f(&spec.min),
            Self::Asset(test) => test.max_bytes.iter().for_each(f),
            Self::Exists(_)
            | Self::In(..)
            | Self::Matches(_)
            | Self::Content(..)
            | Self::Date(_)
            | Self::Format(_)
            | Self::Unique => {}
        }
    }

    /// Calls `f` with the fields that the test compares its own with.
    fn each_path<'c>(&'c self, f: &mut dyn FnMut(&'c SlotPath)) {
        self.each_operand(&mut |operand| operand.each_path(f));
        match self {
            Self::SharesRun(spec) => [&spec.with].into_iter().chain(&spec.after).for_each(f),
            Self::Date(bounds) => bounds.iter().for_each(|(_, date)| match &date.base {
                DateBase::Field(path) => f(path),
                DateBase::AsOf | DateBase::Day(_) => {}
            }),
            _ => {}
        }
    }
}

/// Bounds on a cell of a table.
#[derive(Debug)]
pub struct CellTest {
    pub cell: CompiledOperand,
    pub bounds: Vec<(RangeBound, CompiledOperand)>,
}

/// A run of adjacent characters that two fields must share.
#[derive(Debug)]
pub struct SharedRun {
    pub with: SlotPath,
    pub min: CompiledOperand,
    /// A field whose text is stripped from the beginning first: the brand in a shop's name.
    pub after: Option<SlotPath>,
    /// Whether the run must begin what is left.
    pub lead: bool,
    /// Parts of the other text that do not count, folded.
    pub ignore: Omitted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeBound {
    Min,
    Max,
    /// As `Min`, without the bound itself.
    Above,
    /// As `Max`, without the bound itself.
    Below,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affix {
    Start,
    End,
    Inside,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateBound {
    After,
    OnOrAfter,
    Before,
    OnOrBefore,
}

/// A set of texts: hashed for membership, and in their order for messages.
#[derive(Debug, Clone, Default)]
pub struct ValueSet {
    /// By the [key](Comparison::key) of each.
    pub members: FxHashSet<String>,
    pub compare: Comparison,
    pub listed: Vec<String>,
}

impl ValueSet {
    /// Whether a value is one of the set.
    pub(super) fn has(&self, value: &str) -> bool {
        self.members.contains(&*self.compare.key(value))
            && (self.compare == Comparison::Exact || self.listed.iter().any(|known| self.compare.is_same(known, value)))
    }
}

/// A date that another one is compared with.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the rule language")]
pub struct CompiledDate {
    pub base: DateBase,
    /// May be negative.
    pub plus_days: i64,
}

/// What days are added to.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the rule language")]
pub enum DateBase {
    /// The run's date, so that findings change from day to day.
    AsOf,
    Day(NaiveDate),
    Field(SlotPath),
}

/// What a text or a picture is searched for.
#[derive(Debug)]
pub enum SearchedContent {
    /// Words of one list in a scan plan that rules share: their numbers in the rule set and in the plan.
    Words {
        plan: usize,
        list: usize,
        words: Vec<String>,
        tiers: Tiers,
        /// Whether those do not count of which their sentence warns.
        heeds_warnings: bool,
    },
    /// A regular expression on the raw text.
    Pattern(Arc<LazyRegex>),
    /// Kinds of contact; `None`: all.
    Contacts(Option<Vec<ContactKind>>, Tiers),
    Invisible,
    LostEncoding,
    /// Words that keep a type of subject out.
    Refuses(CompiledOperand, Arc<SubjectTerms>),
    /// Boxed: by far the largest.
    Codes(Box<Codes>),
    /// Any of the first three in the text that a picture shows.
    PictureText(Box<PictureText>),
}

/// Which hits of words and contacts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiers {
    pub exact: bool,
    /// Everything less than exact: look-alikes, pinyin, split characters.
    pub evasion: bool,
}

/// What a rule looks at, and with that where it runs.
#[derive(Debug)]
#[expect(missing_docs, reason = "named by their types")]
pub enum RuleBody {
    /// One record at a time; runs in the workers.
    Check(CompiledCheck),
    /// All records that share a key; decided once the last record is read.
    Group(GroupCheck),
    /// The field `at` holds the value that some record of `kind` has in its field `by`; decided at the end, too. `agree`: what
    /// is asked is whether the records say the same from which fields are taken.
    Reference { at: SlotPath, items: Option<ReferenceItems>, kind: KindIndex, by: Slot, agree: bool },
    /// Something that the record reader noticed.
    Schema(SchemaLint),
}

/// The items of a list that refer as the record does that may be [`itself`](crate::record::SaidBy) the one item.
#[derive(Debug)]
pub struct ReferenceItems {
    /// The list.
    pub list: SlotPath,
    /// The field of an item.
    pub at: SlotPath,
}

/// An edit that resolves a violation.
#[derive(Debug)]
#[expect(missing_docs, reason = "named by their types")]
pub struct FixRule {
    pub action: FixAction,
    pub applicability: Applicability,
}

/// What a fix does. Its texts are templates with placeholders, as in messages.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the rule language")]
pub enum FixAction {
    Remove(FixTarget),
    Replace(FixTarget, String),
    /// A dotted path, and the template of its new value.
    Set(String, String),
}

/// A rule's texts with what their placeholders stand for on any record.
#[derive(Debug)]
pub struct RuleTexts {
    /// `rule` and the ids under `messages`, in the order of their numbers; side by side with `templates`.
    pub ids: Vec<Arc<str>>,
    pub templates: Vec<Arc<Text>>,
    pub help: Option<Arc<Text>>,
    /// Placeholders `{.path}` with the fields of the record that they stand for.
    pub fields: Vec<(String, SlotPath)>,
    /// Names of parameters with their values.
    pub params: Vec<(String, ParamText)>,
    /// The names of all placeholders, each once.
    pub placeholders: Vec<String>,
}

/// Messages that are chosen by what was found rather than by a check's `message`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecialMessage {
    /// Used where the rule's own message names the nearest known name and there is none.
    Plain,
    /// Used for a code that was detected but not decoded.
    Unread,
    /// Used where what is found is read as other words than are written.
    Read,
    /// Used where a text has several of what the rule finds in it.
    Several,
    /// Used where a reference names a record of another kind.
    OtherKind,
    /// Used where a reference names several records that say different things.
    Disputed,
    /// Used where a reference names several records by a name that they share.
    Namesakes,
    /// Used where references of records of one kind lead in a circle.
    Circle,
    /// Used where a record lies in another one than it names.
    Around,
}

impl SpecialMessage {
    /// Whether a message is said in the place of the rule's own.
    pub(crate) fn is_one(id: &str) -> bool {
        let of_references = [Self::OtherKind, Self::Disputed, Self::Namesakes, Self::Circle, Self::Around];
        let all = [Self::Plain, Self::Unread, Self::Read, Self::Several].into_iter().chain(of_references);
        all.into_iter().any(|known| known.id() == id)
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Unread => "unread",
            Self::Read => "read",
            Self::Several => "several",
            Self::OtherKind => "other-kind",
            Self::Disputed => "disputed",
            Self::Namesakes => "namesakes",
            Self::Circle => "circle",
            Self::Around => "around",
        }
    }
}

impl RuleTexts {
    /// The number of a special message, if the rule has one.
    pub fn special(&self, message: SpecialMessage) -> Option<usize> {
        self.ids.iter().position(|known| **known == *message.id())
    }
}

/// A parameter's value as a message argument.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as `language::Param`")]
pub enum ParamText {
    One(String),
    Many(Vec<String>),
}
