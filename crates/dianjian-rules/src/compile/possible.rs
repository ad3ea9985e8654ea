//! What no record can ever meet: a rule that asks for it never speaks, so it is a mistake.

use dianjian_base::FieldPath;
use dianjian_document::source::Span;

use super::Compiler;
use crate::check::{CompiledOperand, PathRoot, PathStep, SlotPath, Test};
use crate::error::RuleError;
use crate::language as file;
use crate::record::{Field, FieldType, Kind, nearest};

impl Compiler<'_> {
    /// Notes tests of a field that hold for no value that it can have.
    pub(super) fn possible(&mut self, path: &SlotPath, tests: &[Test], check: &file::Check, at: Span) {
        let Some(field) = self.field_at(path) else { return };
        let asks_for_value = |test: &Test| !matches!(test, Test::Exists(_) | Test::Length { .. } | Test::Unique);
        if field.ty == FieldType::Map && field.short.is_none() && tests.iter().any(asks_for_value) {
            let inner = field.level.iter().flat_map(|level| level.names()).next();
            let suggestion = inner.map(|name| format!("{}.{name}", path.text));
            return self.error(at, RuleError::NoValue { found: path.text.clone(), suggestion });
        }
        if !matches!(field.ty, FieldType::Enum | FieldType::Bool) {
            return;
        }
        for test in tests {
            let (wanted, span) = match test {
                Test::Equal(CompiledOperand::Constant(constant), wanted) => {
                    let operand = if *wanted { &check.is } else { &check.is_not };
                    (std::slice::from_ref(&constant.text), operand.as_ref().map(|operand| operand.span))
                }
                Test::In(set, wanted) => {
                    let given = if *wanted { &check.one_of } else { &check.not_in };
                    (set.listed.as_slice(), given.as_ref().map(|given| given.span))
                }
                _ => continue,
            };
            for found in wanted.iter().filter(|found| !field.choices().any(|known| known == **found)) {
                let suggestion = nearest(found, field.choices())
                    .map_or_else(|| field.choices().collect::<Vec<_>>().join(", "), str::to_owned);
                let (field, found) = (path.text.clone(), found.clone());
                self.error(span.unwrap_or(at), RuleError::UnknownChoice { field, found, suggestion });
            }
        }
    }

    /// The field that a path leads to.
    pub(super) fn field_at(&self, path: &SlotPath) -> Option<Field> {
        let (name, rest) = FieldPath::new(&path.text).split_first();
        let of_kind = |kind: &Kind, text: &str| kind.field(text).map(|(_, field)| field.clone());
        match (path.root, path.steps.last()) {
            (PathRoot::Record, None) => of_kind(self.current.kind?, &path.text),
            (PathRoot::Named(_), None) => {
                let (_, reference) = self.current.kind?.field(name)?;
                let named = self.pack.kinds.find(reference.of.as_deref()?)?;
                of_kind(self.pack.kinds.get(named), rest?.as_str())
            }
            (PathRoot::Record | PathRoot::Item, Some(PathStep::Key(_))) => {
                let ty = self.type_at(path)?;
                let fields = self.siblings_at(path)?;
                let Some(PathStep::Key(last)) = path.steps.last() else { return None };
                fields.into_iter().find(|field| field.path == *last && field.ty == ty)
            }
            _ => None,
        }
    }

    /// The fields among which a path in a list's item ends.
    fn siblings_at(&self, path: &SlotPath) -> Option<Vec<Field>> {
        match (path.root, path.steps.as_slice()) {
            (PathRoot::Item, [PathStep::Key(_)]) => self.current.items.last().cloned().flatten(),
            (PathRoot::Record, [PathStep::Each, PathStep::Key(_)]) => {
                let list = SlotPath { steps: vec![PathStep::Each], ..path.clone() };
                self.item_fields(&list)
            }
            _ => None,
        }
    }

    /// A path that stands for one value in a record, as keys of groups and references need it; a mistake is noted.
    pub(super) fn single_at(&mut self, text: &str, span: Span) -> Option<SlotPath> {
        let path = self.single(text);
        self.noted(span, path)
    }

    fn single(&mut self, text: &str) -> Result<SlotPath, RuleError> {
        let path = self.path_here(text)?;
        if path.root == PathRoot::Everywhere || path.steps.contains(&PathStep::Each) {
            return Err(RuleError::ManyValues { found: text.to_owned() });
        }
        match self.field_at(&path) {
            Some(field)
                if matches!(field.ty, FieldType::List) || field.ty == FieldType::Map && field.short.is_none() =>
            {
                Err(RuleError::NoValue { found: text.to_owned(), suggestion: None })
            }
            _ => Ok(path),
        }
    }
}
