//! Running a check on a record: PASS, FAIL with its violations, or SKIP.
//!
//! Here are the combinators and leaves; what a leaf tests is in [`values`] and [`content`], pictures in [`assets`].

mod assets;
mod conditions;
mod content;
mod items;
mod named;
mod named_tests;
mod places;
mod unsaid;
mod values;
mod violation;

use chrono::NaiveDate;
pub use content::Scans;
pub use named::{IdentityLookup, NamedLookup, NamedRecord};
pub(crate) use named_tests::named_tests;
pub use named_tests::{NamedAnswers, NamedTest, NeededAnswers};
use values::{check_format, in_set, unique};
use violation::{FailureSink, TestFailure, holds, item_args};
pub use violation::{ORDINAL, RecordPlace, Violation};

use crate::check::{CheckKind, CompiledCheck, FieldTests, PathRoot, SlotPath, Test};
use crate::record::{Assets, FieldLevel, FieldType, Kinds, Record, Slot, SlotSet, Trail, Value};
use crate::ruleset::{Rule, Ruleset};

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after what reports call them")]
pub enum Outcome {
    Pass,
    Fail,
    /// What the check is about is absent, so that it neither holds nor fails.
    Skip,
    /// It depends on a record that is named and is not known, or not known yet.
    Unknown,
}

impl Outcome {
    /// Of several parts that must all hold: one failure fails, else what is not known counts, else one skip skips.
    fn and(self, next: Self) -> Self {
        match (self, next) {
            (Self::Fail, _) | (_, Self::Fail) => Self::Fail,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Skip, _) | (_, Self::Skip) => Self::Skip,
            (Self::Pass, Self::Pass) => Self::Pass,
        }
    }

    /// Of one check at several places: one failure fails, else what is not known counts, else one pass passes.
    fn together(self, next: Self) -> Self {
        match (self, next) {
            (Self::Fail, _) | (_, Self::Fail) => Self::Fail,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Pass, _) | (_, Self::Pass) => Self::Pass,
            (Self::Skip, Self::Skip) => Self::Skip,
        }
    }
}

/// What checks of one record share.
#[expect(missing_docs, reason = "named by their types")]
pub struct EvalContext<'c, 'a> {
    pub rules: &'c Ruleset,
    pub kinds: &'c Kinds,
    pub record: &'c Record<'a>,
    /// The record that it lies in: of a product in a shop's file, the shop.
    pub outer: Option<&'c Record<'a>>,
    /// Fields of that one which it may take from other records that are not known yet.
    pub outer_lacks: SlotSet,
    /// The records that it names by its references, as far as they have been found elsewhere in the run.
    pub named: &'c [NamedRecord<'c, 'a>],
    /// The run's date, or the record's own where that is scheduled.
    pub as_of: NaiveDate,
    pub assets: &'c dyn Assets,
    /// Searches made so far; cleared and passed on from record to record for its buffers.
    pub scans: Scans,
    /// Whether nothing more will be known of the records that it names: what is not known is then not presumed.
    pub is_final: bool,
    /// Whether a condition that reads what is not known is left unknown, without asking whether it holds in any case.
    pub is_quick: bool,
    /// Whether the record, or one that it lies in or names, is closed; `None` until a rule asks.
    pub is_closed: Option<Outcome>,
    /// Values that unsaid fields are taken to have while a condition is asked.
    pub assumed: Vec<AssumedValue>,
    /// What tests on records that are not known are supposed to come to while a condition is tried.
    pub supposed: Vec<(&'c FieldTests, Outcome)>,
}

/// A value that an unsaid field is taken to have: every record has one, so a condition holds if it does for all of them.
#[derive(Debug, Clone)]
pub struct AssumedValue {
    root: PathRoot,
    slot: Slot,
    value: String,
}

impl std::fmt::Debug for EvalContext<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EvalContext").field("record", &self.record).field("as_of", &self.as_of).finish_non_exhaustive()
    }
}

/// The item of an `each`, or of a list whose items are members of a group.
#[derive(Debug, Clone, Copy)]
pub struct EachItem<'i, 'a> {
    value: &'i Value<'a>,
    trail: &'i Trail<'i>,
}

/// Where a check stands: at which item, and under which of the rule's messages.
#[derive(Clone, Copy)]
struct CheckSite<'i, 'a> {
    item: Option<EachItem<'i, 'a>>,
    message: usize,
}

const RECORD: CheckSite<'_, '_> = CheckSite { item: None, message: 0 };

impl<'a> EvalContext<'_, 'a> {
    /// Runs a rule's check; its violations are appended to `out`. [`Outcome::Unknown`] where it may fail, depending on a
    /// record that is named and not known: with its violations where only whether it applies depends on that.
    pub fn run(&mut self, rule: &Rule, check: &CompiledCheck, out: &mut Vec<Violation<'a>>) -> Outcome {
        // Whether a condition holds whatever a record that is named says is asked only where the check fails.
        self.is_quick = true;
        let mut applies = self.applicability(rule);
        self.is_quick = false;
        if !matches!(applies, Outcome::Pass | Outcome::Unknown) {
            return Outcome::Skip;
        }
        let mark = out.len();
        let mut violations = FailureSink::Collect(std::mem::take(out));
        let outcome = self.check(check, RECORD, &mut violations);
        *out = violations.into_items();
        if outcome == Outcome::Unknown {
            out.truncate(mark);
        }
        if applies == Outcome::Unknown && matches!(outcome, Outcome::Fail | Outcome::Unknown) {
            applies = self.applicability(rule);
        }
        match (applies, outcome) {
            (Outcome::Unknown, Outcome::Fail | Outcome::Unknown) => Outcome::Unknown,
            (Outcome::Unknown, _) => Outcome::Skip,
            (_, outcome) => outcome,
        }
    }

    /// The value that a field is taken to have, unless its being there is what is asked.
    fn assumed(&self, leaf: &FieldTests) -> Option<Value<'a>> {
        let is_asked = |leaf: &FieldTests| leaf.tests.iter().any(|test| matches!(test, Test::Exists(_)));
        self.assumed_at(&leaf.at).filter(|_| !is_asked(leaf))
    }

    fn check(
        &mut self,
        check: &CompiledCheck,
        site: CheckSite<'_, 'a>,
        out: &mut FailureSink<Violation<'a>>,
    ) -> Outcome {
        let mark = out.len();
        let site = CheckSite { message: check.message.unwrap_or(site.message), ..site };
        let outcome = match &check.kind {
            CheckKind::All(parts) => self.all(parts, site, out),
            CheckKind::Any(parts) => self.any(parts, site, out),
            CheckKind::Not(inner) => self.not(inner, site, out),
            CheckKind::Each(list, inner) => self.each(list, inner, site, out),
            CheckKind::When(condition, inner) => match self.check(condition, site, &mut FailureSink::Drop) {
                Outcome::Pass => self.check(inner, site, out),
                Outcome::Unknown => match self.check(inner, site, &mut FailureSink::Drop) {
                    Outcome::Skip => Outcome::Skip,
                    _ => Outcome::Unknown,
                },
                Outcome::Fail | Outcome::Skip => Outcome::Skip,
            },
            CheckKind::Leaf(leaf) => self.leaf(leaf, site, out),
        };
        if let Some(point) = check.point.as_ref().filter(|_| out.len() > mark) {
            let target = self.target(point, site.item);
            for violation in out.since(mark) {
                let tested = std::mem::replace(&mut violation.target, target.clone()).path;
                violation.tested.get_or_insert(tested);
            }
        }
        outcome
    }

    fn all(
        &mut self,
        parts: &[CompiledCheck],
        site: CheckSite<'_, 'a>,
        out: &mut FailureSink<Violation<'a>>,
    ) -> Outcome {
        let mut outcome = Outcome::Pass;
        for part in parts {
            outcome = outcome.and(self.check(part, site, out));
            if outcome == Outcome::Fail && !out.collects() {
                break;
            }
        }
        outcome
    }

    /// When all alternatives fail, the first one's violations stand for all: one mistake, one finding.
    fn any(
        &mut self,
        parts: &[CompiledCheck],
        site: CheckSite<'_, 'a>,
        out: &mut FailureSink<Violation<'a>>,
    ) -> Outcome {
        let mark = out.len();
        let mut outcome = Outcome::Fail;
        for part in parts {
            let result = if out.len() == mark {
                self.check(part, site, out)
            } else {
                self.check(part, site, &mut FailureSink::Drop)
            };
            match result {
                Outcome::Pass => {
                    outcome = Outcome::Pass;
                    break;
                }
                Outcome::Unknown => outcome = Outcome::Unknown,
                Outcome::Skip if outcome != Outcome::Unknown => outcome = Outcome::Skip,
                Outcome::Skip | Outcome::Fail => {}
            }
        }
        if outcome != Outcome::Fail {
            out.truncate(mark);
        }
        outcome
    }

    fn not(&mut self, inner: &CompiledCheck, site: CheckSite<'_, 'a>, out: &mut FailureSink<Violation<'a>>) -> Outcome {
        match self.check(inner, site, &mut FailureSink::Drop) {
            Outcome::Skip => Outcome::Skip,
            Outcome::Unknown => Outcome::Unknown,
            Outcome::Fail => Outcome::Pass,
            Outcome::Pass => {
                out.push(|| {
                    let target = match first_place(inner) {
                        Some(path) => self.target(path, site.item),
                        None => self.whole(),
                    };
                    let args = TestFailure::of(&target.value).args;
                    Violation { target, message: site.message, args, related: Vec::new(), picture: None, tested: None }
                });
                Outcome::Fail
            }
        }
    }

    fn each(
        &mut self,
        list: &SlotPath,
        inner: &CompiledCheck,
        site: CheckSite<'_, 'a>,
        out: &mut FailureSink<Violation<'a>>,
    ) -> Outcome {
        if self.is_unknown(list) {
            return Outcome::Unknown;
        }
        let mut outcome = Outcome::Skip;
        self.visit(list, site.item, &mut |context, value, trail| {
            for (index, value) in value.each().enumerate() {
                let mark = out.len();
                let item = EachItem { value: &value, trail: &Trail::Item(trail, index) };
                let site = CheckSite { item: Some(item), ..site };
                outcome = outcome.together(context.check(inner, site, out));
                if out.len() > mark {
                    let args = item_args(&value, index, context.item_level(list));
                    out.since(mark).iter_mut().for_each(|violation| violation.args.extend(args.iter().cloned()));
                }
            }
        });
        outcome
    }

    /// What the items of one of the record's lists have.
    fn item_level(&self, list: &SlotPath) -> Option<&FieldLevel> {
        let slot = list.slot.filter(|_| matches!(list.root, PathRoot::Record) && list.steps.is_empty())?;
        self.kinds.get(self.record.kind_index).fields.get(usize::from(slot))?.level.as_ref()
    }

    fn leaf(&mut self, leaf: &FieldTests, site: CheckSite<'_, 'a>, out: &mut FailureSink<Violation<'a>>) -> Outcome {
        if leaf.reads_named && self.reads_unknown(leaf) {
            return self.supposed(leaf).unwrap_or(Outcome::Unknown);
        }
        let mut outcome = Outcome::Skip;
        if leaf.at.is_many() {
            self.visit(&leaf.at, site.item, &mut |context, value, trail| {
                let result = context.tests(leaf, Some(value), &|_| trail.to_string(), site, out);
                outcome = outcome.together(result);
            });
            return outcome;
        }
        let value = self.value(&leaf.at, site.item).or_else(|| self.assumed(leaf));
        // What could not be read is neither there nor missing.
        if value.is_none() && self.is_unread(&leaf.at, site.item) {
            return Outcome::Skip;
        }
        let path = |context: &Self| context.path_of(&leaf.at, site.item);
        let Some(files) = value.as_ref().filter(|value| value.is_list() && self.is_script(&leaf.at)) else {
            return self.tests(leaf, value.as_ref(), &path, site, out);
        };
        // A field of several text files is asked for each of them.
        for (index, file) in files.each().enumerate() {
            let path = |context: &Self| format!("{}[{index}]", path(context));
            outcome = outcome.together(self.tests(leaf, Some(&file), &path, site, out));
        }
        outcome
    }

    /// Whether it is a field of text files.
    fn is_script(&self, path: &SlotPath) -> bool {
        let of = |record: &Record<'_>| {
            self.kinds.get(record.kind_index).fields.get(usize::from(path.slot?)).map(|field| field.ty)
        };
        let ty = match path.root {
            PathRoot::Record => of(self.record),
            PathRoot::Named(slot) => self.named(slot).found().and_then(of),
            PathRoot::Item | PathRoot::Everywhere => None,
        };
        path.steps.is_empty() && ty == Some(FieldType::Script)
    }

    /// Runs a leaf's tests on one value; `path` says how the value's place is written.
    fn tests(
        &mut self,
        leaf: &FieldTests,
        value: Option<&Value<'a>>,
        path: &dyn Fn(&Self) -> String,
        site: CheckSite<'_, 'a>,
        out: &mut FailureSink<Violation<'a>>,
    ) -> Outcome {
        let mut outcome = Outcome::Pass;
        for test in &leaf.tests {
            let mut failures = out.alike();
            outcome = outcome.and(self.test(test, value, site.item, &mut failures));
            if outcome == Outcome::Fail && !out.collects() {
                break;
            }
            let failures = failures.into_items();
            if !failures.is_empty() {
                let place = value.cloned().unwrap_or_else(|| self.stand_in(site.item));
                let path = path(self);
                for failure in failures {
                    out.push(|| failure.violation(&place, &path, site.message));
                }
            }
        }
        outcome
    }

    fn test(
        &mut self,
        test: &Test,
        value: Option<&Value<'a>>,
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let Some(value) = value else {
            return match test {
                Test::Exists(wanted) => holds(!*wanted, out, TestFailure::default),
                _ => Outcome::Skip,
            };
        };
        match test {
            Test::Exists(wanted) => holds(value.is_empty() != *wanted, out, || TestFailure::of(value)),
            Test::Equal(operand, wanted) => self.equal(value, operand, *wanted, item, out),
            Test::In(set, wanted) => in_set(value, set, *wanted, out),
            Test::Range(bound, operand) => self.range(value, *bound, operand, item, out),
            Test::Cell(test) => self.cell(value, test, item, out),
            Test::Length { min, max, unit } => self.length(value, min.as_ref(), max.as_ref(), *unit, item, out),
            Test::Matches(pattern) => match value.with_text(|text| pattern.is_match(text)) {
                None => Outcome::Skip,
                Some(matches) => holds(matches, out, || TestFailure::of(value)),
            },
            Test::Content(content, wanted) => self.content(value, content, *wanted, item, out),
            Test::Affix(affix, operand) => self.affix(value, *affix, operand, item, out),
            Test::SharesRun(spec) => self.shares_run(value, spec, item, out),
            Test::Date(bounds) => self.dates(value, bounds, item, out),
            Test::Format(format) => check_format(value, *format, out),
            Test::Asset(test) => self.asset_file(value, test, item, out),
            Test::Unique => unique(value, out),
        }
    }
}

/// The field that a check's finding points at when it has no better place.
fn first_place(check: &CompiledCheck) -> Option<&SlotPath> {
    match &check.kind {
        CheckKind::Leaf(leaf) => Some(&leaf.at),
        CheckKind::Each(list, _) => Some(list),
        CheckKind::Not(inner) | CheckKind::When(_, inner) => first_place(inner),
        CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().find_map(first_place),
    }
}
