//! Conditions on a record that is named, told once for each record that is and not once for each that names it.
//!
//! A rule's condition may have a few tests that read the named record alone (`shop.status: {is: close_finished}`). While the
//! named record is not known, the condition is tried with all that these tests may come to ([`EvalContext::needed_answers`]);
//! once it is, it is asked for them ([`EvalContext::named_answers`]). Where the rule then does not apply, the record that
//! names it need not be read again.

use super::violation::FailureSink;
use super::{EvalContext, NamedRecord, Outcome, RECORD};
use crate::check::{CompiledCheck, FieldTests, PathRoot, Test};
use crate::record::{KindIndex, Slot};

/// The most tests of one condition that are told apart.
const MOST_TESTS: usize = 3;

/// A test of a rule's condition that reads nothing but the record that a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedTest {
    /// The slot of the reference.
    pub reference: Slot,
    /// The number of its answer in the [`NamedAnswers`] of the record that is named.
    pub answer: usize,
}

/// What a test on a named record came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NamedAnswer {
    Pass,
    Fail,
    Skip,
    /// It must be asked with both records at hand.
    Open,
}

impl NamedAnswer {
    /// Those that a condition is tried with.
    const DECIDED: [(Self, Outcome); 3] =
        [(Self::Pass, Outcome::Pass), (Self::Fail, Outcome::Fail), (Self::Skip, Outcome::Skip)];

    const fn bits(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::Skip => 2,
            Self::Open => 3,
        }
    }
}

/// What the tests on records of a kind came to for one record, in the order of the ruleset: two bits each.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedAnswers(Vec<u8>);

impl NamedAnswers {
    fn push(&mut self, at: usize, answer: NamedAnswer) {
        self.0.resize(at / 4 + 1, 0);
        self.0[at / 4] |= answer.bits() << (at % 4 * 2);
    }

    fn get(&self, at: usize) -> u8 {
        self.0.get(at / 4).map_or(NamedAnswer::Open.bits(), |four| four >> (at % 4 * 2) & 3)
    }

    /// Adds what another record of the same name answers: what they answer differently is open.
    pub fn join(&mut self, other: &Self) {
        for at in 0..self.0.len() * 4 {
            if self.get(at) != other.get(at) {
                self.0[at / 4] |= NamedAnswer::Open.bits() << (at % 4 * 2);
            }
        }
    }

    /// As bytes, to be kept on disk.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// From [`Self::as_bytes`].
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

/// With which answers of the records that are named a rule may apply: a bit for each combination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NeededAnswers(pub u32);

impl NeededAnswers {
    /// With any.
    pub const ANY: Self = Self(u32::MAX);

    /// Whether the rule may apply. `answers` are those of the record that a reference names; `None`: the reference names none,
    /// and what is not asked is not answered.
    pub fn may_apply<'n>(self, tests: &[NamedTest], answers: impl Fn(Slot) -> Option<&'n NamedAnswers>) -> bool {
        if self == Self::ANY {
            return true;
        }
        let mut combination = 0;
        for (test, weight) in tests.iter().zip([1, 3, 9]) {
            let answer = answers(test.reference).map_or(0, |answers| answers.get(test.answer));
            if answer == NamedAnswer::Open.bits() {
                return true;
            }
            combination += weight * u32::from(answer);
        }
        self.0 >> combination & 1 == 1
    }
}

/// The tests of a condition that read nothing but what a reference names, with the slot of that. None where there are more
/// than are told apart.
pub(crate) fn named_tests(condition: &CompiledCheck) -> Vec<(Slot, &FieldTests)> {
    let mut tests = Vec::new();
    condition.each_leaf(&mut |leaf| tests.extend(of_named_alone(leaf).map(|reference| (reference, leaf))));
    if tests.len() > MOST_TESTS {
        tests.clear();
    }
    tests
}

fn of_named_alone(leaf: &FieldTests) -> Option<Slot> {
    let PathRoot::Named(reference) = leaf.at.root else { return None };
    let is_plain = |test: &Test| {
        matches!(
            test,
            Test::Exists(_) | Test::Equal(..) | Test::In(..) | Test::Range(..) | Test::Date(_) | Test::Matches(_)
        )
    };
    let mut is_alone = leaf.tests.iter().all(is_plain);
    leaf.each_path(&mut |path| is_alone &= path.root == leaf.at.root);
    is_alone.then_some(reference)
}

impl<'c> EvalContext<'c, '_> {
    /// With which answers of the records that it names and that are not known the rule with this number may apply.
    pub fn needed_answers(&mut self, number: usize) -> NeededAnswers {
        let rules = self.rules;
        let condition = rules.rules.get(number).and_then(|rule| rule.when.as_ref());
        let Some(condition) = condition.filter(|_| !rules.named_tests(number).is_empty()) else {
            return NeededAnswers::ANY;
        };
        let tests = named_tests(condition);
        let was_quick = std::mem::replace(&mut self.is_quick, true);
        let mut needed = 0;
        for combination in 0..3_u32.pow(u32::try_from(tests.len()).unwrap_or_default()) {
            let mut rest = combination;
            self.supposed = tests
                .iter()
                .map(|(_, leaf)| {
                    let (_, outcome) = NamedAnswer::DECIDED[rest as usize % 3];
                    rest /= 3;
                    (*leaf, outcome)
                })
                .collect();
            let outcome = self.condition(condition);
            needed |= u32::from(matches!(outcome, Outcome::Pass | Outcome::Unknown)) << combination;
        }
        self.supposed.clear();
        self.is_quick = was_quick;
        NeededAnswers(needed)
    }

    /// What a test on a record that is not known is supposed to come to.
    pub(super) fn supposed(&self, leaf: &FieldTests) -> Option<Outcome> {
        self.supposed.iter().find(|(known, _)| std::ptr::eq(*known, leaf)).map(|(_, outcome)| *outcome)
    }

    /// What the tests on records of its kind come to for the record itself.
    pub fn named_answers(&mut self) -> NamedAnswers {
        let mut answers = NamedAnswers::default();
        let (rules, record) = (self.rules, self.record);
        let mut at = 0;
        for (number, kind) in rules.named_askers(record.kind_index) {
            let Some(condition) = rules.rules.get(*number).and_then(|rule| rule.when.as_ref()) else { continue };
            for (reference, leaf) in named_tests(condition) {
                if self.kinds.named_by(*kind, reference) == Some(record.kind_index) {
                    answers.push(at, self.named_answer(reference, leaf, record.kind_index));
                    at += 1;
                }
            }
        }
        answers
    }

    fn named_answer(&mut self, reference: Slot, leaf: &FieldTests, kind: KindIndex) -> NamedAnswer {
        let named = [NamedRecord {
            slot: reference,
            record: self.record,
            disputed: &[],
            is_closed_disputed: false,
            is_outside_disputed: false,
            identity: None,
        }];
        let mut context = EvalContext { named: &named, outer: None, is_final: true, ..self.apart() };
        match context.leaf(leaf, RECORD, &mut FailureSink::Drop) {
            Outcome::Pass => NamedAnswer::Pass,
            Outcome::Fail => NamedAnswer::Fail,
            // Every record has such a field: the condition is asked with each of its values.
            Outcome::Skip if self.is_always_there(kind, leaf.at.slot) => NamedAnswer::Open,
            Outcome::Skip => NamedAnswer::Skip,
            Outcome::Unknown => NamedAnswer::Open,
        }
    }

    fn is_always_there(&self, kind: KindIndex, slot: Option<Slot>) -> bool {
        slot.and_then(|slot| self.kinds.get(kind).fields.get(usize::from(slot))).is_none_or(|field| field.always)
    }
}
