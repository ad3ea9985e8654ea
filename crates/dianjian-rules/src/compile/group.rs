//! Checks over several records: references and groups.

use dianjian_document::source::Span;
use dianjian_document::tree::Spanned;
use dianjian_text::Fold;

use super::Compiler;
use crate::check::{GroupCheck, GroupFold, GroupParticipant, RuleBody};
use crate::error::RuleError;
use crate::language::{self as file, Scalar};

impl Compiler<'_> {
    pub(super) fn reference(
        &mut self,
        check: &Spanned<file::Check>,
        spec: &Spanned<file::ReferenceSpec>,
    ) -> Option<RuleBody> {
        let Some(at) = &check.value.at else {
            self.error(check.span, RuleError::NoPlace { test: "ref" });
            return None;
        };
        let at_path = self.path(&at.value);
        let at = self.try_(at.span, at_path)?;
        let kinds = &self.pack.kinds;
        let Some(kind) = kinds.find(&spec.value.kind) else {
            let suggestion = kinds.suggest(&spec.value.kind).map(str::to_owned);
            self.error(spec.span, RuleError::UnknownKind { found: spec.value.kind.clone(), suggestion });
            return None;
        };
        let Some((by, _)) = kinds.get(kind).field(&spec.value.by) else {
            let suggestion = kinds.get(kind).suggest(&spec.value.by);
            self.error(
                spec.span,
                RuleError::UnknownPath { kind: spec.value.kind.clone(), found: spec.value.by.clone(), suggestion },
            );
            return None;
        };
        Some(RuleBody::Reference { at, kind, by })
    }

    pub(super) fn group(
        &mut self,
        spec: &Spanned<file::GroupSpec>,
        point: Option<&Spanned<String>>,
    ) -> Option<GroupCheck> {
        let file = &spec.value;
        let given = usize::from(file.count.is_some())
            + usize::from(file.distinct.is_some())
            + usize::from(file.sum.is_some())
            + usize::from(file.unique == Some(true));
        if given != 1 {
            self.error(spec.span, RuleError::ExactlyOne { choices: "count, distinct, sum, unique" });
            return None;
        }
        let (fold, min, max, of) = match (&file.count, &file.distinct, &file.sum) {
            (Some(bounds), _, _) => (GroupFold::Count, &bounds.min, &bounds.max, None),
            (_, Some(bounds), _) => (GroupFold::Distinct, &bounds.min, &bounds.max, Some(&bounds.of)),
            (_, _, Some(bounds)) => (GroupFold::Sum, &bounds.min, &bounds.max, Some(&bounds.of)),
            _ => (GroupFold::Count, &None, &None, None),
        };
        let one = file::Operand::Value(Scalar::Int(1));
        let max = if file.unique == Some(true) { Some(&one) } else { max.as_ref() };
        let min = min.as_ref().and_then(|operand| self.operand(operand, spec.span));
        let max = max.and_then(|operand| self.operand(operand, spec.span));
        let mut members = vec![self.member(&file.by, of, spec.span)?];
        if let Some(point) = point {
            let path = self.path(&point.value);
            members[0].point = self.try_(point.span, path);
        }
        for also in &file.also {
            members.extend(self.also(also, spec.span));
        }
        let mixed = match &file.mixed {
            None => None,
            Some(mixed) => {
                let path = self.path(mixed);
                self.try_(spec.span, path)
            }
        };
        Some(GroupCheck { fold, min, max, key_fold: file.fold.unwrap_or(Fold::Case), mixed, members })
    }

    fn also(&mut self, also: &file::GroupAlso, span: Span) -> Option<GroupParticipant> {
        let kinds = &self.pack.kinds;
        let Some(kind_index) = kinds.find(&also.kind) else {
            let suggestion = kinds.suggest(&also.kind).map(str::to_owned);
            self.error(span, RuleError::UnknownKind { found: also.kind.clone(), suggestion });
            return None;
        };
        let own = (self.current.kind_index, self.current.kind);
        (self.current.kind_index, self.current.kind) = (kind_index, Some(kinds.get(kind_index)));
        let member = self.member(&also.by, also.of.as_ref(), span);
        (self.current.kind_index, self.current.kind) = own;
        member
    }

    fn member(&mut self, by: &[String], of: Option<&String>, span: Span) -> Option<GroupParticipant> {
        let mut paths = Vec::new();
        for path in by {
            let path = self.path(path);
            paths.push(self.try_(span, path)?);
        }
        let of = match of {
            None => None,
            Some(of) => {
                let path = self.path(of);
                Some(self.try_(span, path)?)
            }
        };
        if paths.is_empty() {
            self.error(span, RuleError::NoPlace { test: "group" });
            return None;
        }
        Some(GroupParticipant { kind: self.current.kind_index, by: paths, of, point: None })
    }
}
