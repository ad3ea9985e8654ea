//! Which of a record's slots a rule's outcome rests on: found when rules are compiled, from the paths that they name.

use super::check::{Check, CheckKind, Content, DateBase, Leaf, Operand, Path, Scope, Test};
use crate::record::schema::FieldType;
use crate::record::view::SlotSet;
use crate::record::{Kind, Slot};

/// The slots that some checks read, for records of a kind; `None`: they read more than slots of the record itself (the
/// record that it lies in, every text, what files hold).
pub(super) fn slots_read<'c>(kind: Option<&Kind>, checks: impl IntoIterator<Item = &'c Check>) -> Option<Vec<Slot>> {
    let mut reads = Reads { kind: kind?, slots: SlotSet::default() };
    checks.into_iter().try_for_each(|check| reads.check(check))?;
    Some(reads.slots.iter().collect())
}

/// What was read so far. Its methods answer `None` where more is read.
struct Reads<'k> {
    kind: &'k Kind,
    slots: SlotSet,
}

impl Reads<'_> {
    fn check(&mut self, check: &Check) -> Option<()> {
        match &check.kind {
            CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().try_for_each(|part| self.check(part)),
            CheckKind::Not(inner) => self.check(inner),
            CheckKind::Each(list, inner) => {
                self.path(list)?;
                self.check(inner)
            }
            CheckKind::When(condition, inner) => {
                self.check(condition)?;
                self.check(inner)
            }
            CheckKind::Leaf(Leaf { at, tests }) => {
                self.path(at)?;
                tests.iter().try_for_each(|test| self.test(test))
            }
        }
    }

    fn test(&mut self, test: &Test) -> Option<()> {
        match test {
            Test::Exists(_) | Test::In(..) | Test::Matches(_) | Test::Format(_) | Test::Unique => Some(()),
            Test::Content(content, _) => (!matches!(content, Content::Codes(_))).then_some(()),
            Test::Equal(operand, _) | Test::Range(_, operand) | Test::Affix(_, operand) => self.operand(operand),
            Test::Length { min, max, .. } => min.iter().chain(max).try_for_each(|bound| self.operand(bound)),
            Test::SharesRun(spec) => {
                self.path(&spec.with)?;
                spec.after.iter().try_for_each(|after| self.path(after))?;
                self.operand(&spec.min)
            }
            Test::Date(bounds) => bounds.iter().try_for_each(|(_, operand)| match &operand.base {
                DateBase::Field(path) => self.path(path),
                DateBase::AsOf | DateBase::Day(_) => Some(()),
            }),
        }
    }

    fn operand(&mut self, operand: &Operand) -> Option<()> {
        match operand {
            Operand::Constant(_) => Some(()),
            Operand::Field(path) => self.path(path),
            Operand::Lookup(lookup) => lookup.keys.iter().try_for_each(|(_, key)| self.operand(key)),
        }
    }

    fn path(&mut self, path: &Path) -> Option<()> {
        match path.scope {
            // The list that the item stands in was read before.
            Scope::Item => Some(()),
            Scope::Record => {
                let slot = path.slot.filter(|slot| SlotSet::knows(*slot))?;
                let is_file = self.kind.fields.get(usize::from(slot))?.ty == FieldType::Script;
                self.slots.insert(slot);
                (!is_file).then_some(())
            }
            Scope::Outer | Scope::Everywhere => None,
        }
    }
}
