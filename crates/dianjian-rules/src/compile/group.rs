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
        let at = self.single_at(&at.value, at.span)?;
        let kind = self.find_kind(&spec.value.kind, spec.span)?;
        let target = self.pack.kinds.get(kind);
        let Some((by, _)) = target.field(&spec.value.by) else {
            let suggestion = target.suggest(&spec.value.by);
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
        let given = [file.count.is_some(), file.distinct.is_some(), file.sum.is_some(), file.unique == Some(true)];
        if given.iter().filter(|given| **given).count() != 1 {
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
        members[0].point = point.and_then(|point| self.spanned_path(point));
        for also in &file.also {
            members.extend(self.also(also, spec.span));
        }
        let mixed = file.mixed.as_ref().and_then(|mixed| self.single_at(mixed, spec.span));
        Some(GroupCheck { fold, min, max, key_fold: file.fold.unwrap_or(Fold::Case), mixed, members })
    }

    fn also(&mut self, also: &file::GroupAlso, span: Span) -> Option<GroupParticipant> {
        let kind_index = self.find_kind(&also.kind, span)?;
        let own = (self.current.kind_index, self.current.kind);
        (self.current.kind_index, self.current.kind) = (kind_index, Some(self.pack.kinds.get(kind_index)));
        let member = self.member(&also.by, also.of.as_ref(), span);
        (self.current.kind_index, self.current.kind) = own;
        member
    }

    fn member(&mut self, by: &[String], of: Option<&String>, span: Span) -> Option<GroupParticipant> {
        let by = by.iter().map(|path| self.single_at(path, span)).collect::<Option<Vec<_>>>()?;
        let of = match of {
            Some(of) => Some(self.single_at(of, span)?),
            None => None,
        };
        if by.is_empty() {
            self.error(span, RuleError::NoPlace { test: "group" });
            return None;
        }
        Some(GroupParticipant { kind: self.current.kind_index, by, of, point: None })
    }
}
