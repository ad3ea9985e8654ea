//! What it takes for a check to come to each of its outcomes.

use dianjian_text::ContentFlags;

use super::preconditions::{Preconditions, Scope, other_choices};
use crate::check::{
    CheckKind, CompiledCheck, CompiledOperand, DateBase, FieldTests, ItemTotal, PathRoot, SearchedContent, SlotPath,
    Test,
};
use crate::record::{Field, FieldType, Slot, choice};

/// What a record must have for a check to come to each outcome. INVARIANT: necessary conditions only.
#[derive(Debug)]
pub(crate) struct OutcomeConditions {
    /// For PASS.
    pub pass: Preconditions,
    /// Does the check PASS wherever `pass` is met?
    pub pass_is_exact: bool,
    /// For anything but SKIP.
    pub speak: Preconditions,
    /// For FAIL one of these is met.
    pub fail: Vec<FailureCondition>,
}

/// One way in which a check can fail.
#[derive(Debug, Clone, Default)]
pub(crate) struct FailureCondition {
    pub preconditions: Preconditions,
    /// What the scan of a text must have flagged; `None`: only running the check tells.
    pub trigger: Option<ContentTrigger>,
}

/// A search that must be worth its while in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContentTrigger {
    /// The text's slot; `None`: any text of the record.
    pub slot: Option<Slot>,
    /// What is searched for.
    pub flags: ContentFlags,
}

/// Beyond this many ways to fail, a check counts as failing in any way: products of `any` grow fast, and a long list
/// costs more per shape than running the rule does.
const MAX_FAILURE_CONDITIONS: usize = 16;

impl OutcomeConditions {
    pub fn of(check: &CompiledCheck, scope: Scope<'_>) -> Self {
        match &check.kind {
            CheckKind::All(parts) => Self::all(parts.iter().map(|part| Self::of(part, scope))),
            CheckKind::Any(parts) => {
                parts.iter().map(|part| Self::of(part, scope)).reduce(Self::either).unwrap_or_else(Self::unknown)
            }
            CheckKind::Not(inner) => {
                let inner = Self::of(inner, scope);
                Self { fail: vec![inner.pass.into()], ..Self::speaking(inner.speak) }
            }
            CheckKind::Each(list, inner) => {
                let present = Preconditions::of_path(list, scope);
                let inner = Self::of(inner, scope.each(list));
                let fail = FailureCondition::both(&[present.clone().into()], &inner.fail);
                Self { fail, ..Self::speaking(present.and(inner.speak)) }
            }
            CheckKind::When(condition, inner) => {
                let (condition, inner) = (Self::of(condition, scope), Self::of(inner, scope));
                Self {
                    pass: condition.pass.clone().and(inner.pass),
                    pass_is_exact: condition.pass_is_exact && inner.pass_is_exact,
                    speak: condition.pass.clone().and(inner.speak),
                    fail: FailureCondition::both(&[condition.pass.into()], &inner.fail),
                }
            }
            CheckKind::Leaf(leaf) => Self::of_leaf(leaf, scope),
        }
    }

    /// Of an `any` without alternatives.
    fn unknown() -> Self {
        Self { fail: vec![FailureCondition::default()], ..Self::speaking(Preconditions::default()) }
    }

    /// Of a check that has to speak in order to pass, which says no more.
    fn speaking(speak: Preconditions) -> Self {
        Self { pass: speak.clone(), pass_is_exact: false, speak, fail: Vec::new() }
    }

    /// All must pass; one failing part makes it fail, whatever the others lack.
    fn all(parts: impl Iterator<Item = Self>) -> Self {
        let (mut pass, mut pass_is_exact, mut speak, mut fail) = (Preconditions::default(), true, None, Vec::new());
        for part in parts {
            pass = pass.and(part.pass);
            pass_is_exact &= part.pass_is_exact;
            speak = Some(match speak {
                None => part.speak,
                Some(known) => part.speak.or(known),
            });
            fail.extend(part.fail);
        }
        Self { pass, pass_is_exact, speak: speak.unwrap_or_default(), fail: FailureCondition::bounded(fail) }
    }

    /// One must pass; all must fail. That is exact where both speak of the choices of one and the same field alone.
    fn either(self, other: Self) -> Self {
        let same = self.pass.only_choice().is_some() && self.pass.only_choice() == other.pass.only_choice();
        Self {
            pass: self.pass.or(other.pass),
            pass_is_exact: self.pass_is_exact && other.pass_is_exact && same,
            speak: self.speak.or(other.speak),
            fail: FailureCondition::both(&self.fail, &other.fail),
        }
    }

    /// A field that is absent is skipped, unless the tests speak of absence.
    fn of_leaf(leaf: &FieldTests, scope: Scope<'_>) -> Self {
        let speaks_of_absence = leaf.tests.iter().any(|test| matches!(test, Test::Exists(_)));
        let present = || Preconditions::of_path(&leaf.at, scope);
        let speak = if speaks_of_absence { Preconditions::default() } else { present() };
        let mut tests = Self::all(leaf.tests.iter().map(|test| Self::of_test(leaf, test, scope)));
        if !tests.pass_is_exact {
            tests.pass = tests.pass.and(speak.clone());
        }
        Self { speak, ..tests }
    }

    /// One test of a leaf; what it takes to speak is a matter of the whole leaf.
    fn of_test(leaf: &FieldTests, test: &Test, scope: Scope<'_>) -> Self {
        let present = || Preconditions::of_path(&leaf.at, scope);
        let outcome = |pass: Option<Preconditions>, fail: Preconditions| Self {
            pass_is_exact: pass.is_some(),
            pass: pass.unwrap_or_default(),
            speak: Preconditions::default(),
            fail: vec![fail.into()],
        };
        let field = scope.choice_field(&leaf.at);
        // Whether a field is there is a matter of its slot where it counts as having a value even if it is not.
        let field = field.filter(|(_, field)| !(field.always && matches!(test, Test::Exists(_))));
        if let Some((slot, field, bits)) =
            field.and_then(|(slot, field)| Some((slot, field, choices_to_pass(test, field)?)))
        {
            let others = other_choices(bits, matches!(test, Test::Exists(_)));
            let choice = |bits| Preconditions::choice(slot, bits, field);
            return outcome(Some(choice(bits)), choice(others));
        }
        match (test, scope.whole_slot(&leaf.at)) {
            (Test::Exists(true), Some(slot)) => outcome(Some(Preconditions::full(slot)), Preconditions::lacking(slot)),
            (Test::Exists(false), Some(slot)) => outcome(Some(Preconditions::lacking(slot)), Preconditions::full(slot)),
            (Test::Exists(wanted), None) => {
                // Of many places those alone are asked that are there.
                let fail = if leaf.at.is_many() { present() } else { Preconditions::default() };
                let pass = if *wanted { present() } else { Preconditions::default() };
                Self { pass, ..outcome(None, fail) }
            }
            (Test::Content(content, false), _) => {
                let trigger = ContentTrigger::of(&leaf.at, content, scope);
                Self { fail: vec![FailureCondition { preconditions: present(), trigger }], ..outcome(None, present()) }
            }
            _ => outcome(None, present().and(of_operands(test, scope))),
        }
    }
}

impl From<Preconditions> for FailureCondition {
    fn from(preconditions: Preconditions) -> Self {
        Self { preconditions, trigger: None }
    }
}

impl FailureCondition {
    /// The ways to fail in which one of the left and one of the right are met.
    pub fn both(left: &[Self], right: &[Self]) -> Vec<Self> {
        let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
        Self::bounded(
            pairs
                .map(|(left, right)| Self {
                    preconditions: left.preconditions.clone().and(right.preconditions.clone()),
                    trigger: left.trigger.or(right.trigger),
                })
                .collect(),
        )
    }

    /// Conditions that are too many become one that always holds.
    fn bounded(conditions: Vec<Self>) -> Vec<Self> {
        if conditions.len() > MAX_FAILURE_CONDITIONS { vec![Self::default()] } else { conditions }
    }
}

impl ContentTrigger {
    /// The flags without which nothing is found of some contents.
    fn of(path: &SlotPath, content: &SearchedContent, scope: Scope<'_>) -> Option<Self> {
        let flags = match content {
            SearchedContent::Words { .. } => ContentFlags::WORDS,
            SearchedContent::Contacts(..) => ContentFlags::CONTACTS,
            SearchedContent::Invisible => ContentFlags::INVISIBLE,
            SearchedContent::LostEncoding => ContentFlags::UNDECODABLE,
            SearchedContent::Pattern(_)
            | SearchedContent::Refuses(..)
            | SearchedContent::Codes(_)
            | SearchedContent::PictureText(_) => return None,
        };
        let is_text = |slot: &Slot| scope.field(*slot).is_some_and(|field| field.ty == FieldType::Text);
        let slot = scope.whole_slot(path).filter(is_text);
        // A scan knows the words that are looked for in its own field, not those of others.
        let is_everywhere = path.root == PathRoot::Everywhere && flags != ContentFlags::WORDS;
        (is_everywhere || slot.is_some()).then_some(Self { slot, flags })
    }
}

/// The fields that a test compares with: where they are absent it is skipped.
fn of_operands(test: &Test, scope: Scope<'_>) -> Preconditions {
    let path = match test {
        Test::Equal(operand, _) | Test::Range(_, operand) | Test::Affix(_, operand) => {
            return of_operand(operand, scope);
        }
        Test::SharesRun(spec) => Some(&spec.with),
        // Of several bounds one may fail while another one's field is absent.
        Test::Date(bounds) => match bounds.as_slice() {
            [(_, operand)] => match &operand.base {
                DateBase::Field(path) => Some(path),
                DateBase::AsOf | DateBase::Day(_) => None,
            },
            _ => None,
        },
        _ => None,
    };
    path.map(|path| Preconditions::of_path(path, scope)).unwrap_or_default()
}

/// The fields without which an operand is absent.
fn of_operand(operand: &CompiledOperand, scope: Scope<'_>) -> Preconditions {
    match operand {
        CompiledOperand::Field(path) => Preconditions::of_path(path, scope),
        CompiledOperand::Arithmetic(_, parts) => {
            parts.iter().map(|part| of_operand(part, scope)).reduce(Preconditions::and).unwrap_or_default()
        }
        CompiledOperand::Total(ItemTotal { list, .. }) => Preconditions::of_path(list, scope),
        CompiledOperand::CountOf(count) => Preconditions::of_path(&count.list, scope),
        CompiledOperand::Constant(_) | CompiledOperand::Lookup(_) | CompiledOperand::Amount(_) => {
            Preconditions::default()
        }
    }
}

/// The choices with which a test passes; `None` where they do not decide it.
fn choices_to_pass(test: &Test, field: &Field) -> Option<u32> {
    let bits = |wanted: &dyn Fn(&str) -> bool| {
        field.choices().enumerate().filter(|(_, known)| wanted(known)).fold(0, |bits, (at, _)| bits | 1 << at)
    };
    let is_choice = |value: &str| field.choices().any(|known| known == value);
    let (bits, wanted) = match test {
        Test::Exists(true) => return Some(!(choice::ABSENT | choice::EMPTY)),
        Test::Exists(false) => return Some(choice::ABSENT | choice::EMPTY),
        // Numbers are equal however they are written.
        Test::Equal(CompiledOperand::Constant(value), wanted) if value.number.is_none() && is_choice(&value.text) => {
            (bits(&|known| known == value.text), *wanted)
        }
        Test::In(set, wanted) if set.listed.iter().all(|value| is_choice(value)) => {
            (bits(&|known| set.has(known)), *wanted)
        }
        _ => return None,
    };
    Some(if wanted { bits } else { other_choices(bits, false) })
}
