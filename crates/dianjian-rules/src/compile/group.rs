//! Checks over several records: references and groups.

use dianjian_base::FieldPath;
use dianjian_document::source::Span;
use dianjian_document::tree::Spanned;
use dianjian_text::Fold;

use rust_decimal::Decimal;

use super::Compiler;
use super::items::{is_same, split_items};
use super::operand::may_be_number;
use crate::check::{
    CompiledOperand, GroupCheck, GroupFold, GroupParticipant, GroupRole, KeyComparison, KeyPath, PathRoot,
    ReferenceItems, RuleBody, SlotPath, SummedBounds,
};
use crate::error::RuleError;
use crate::language::{self as file, Scalar};
use crate::record::{FieldType, Kind};

/// From which share of all values on a key should have all of them.
const DEFAULT_SHARE: f64 = 0.5;

/// What is made of a group, and its bounds, as the file has them.
struct GroupMeasure<'f> {
    fold: GroupFold,
    of: Option<&'f String>,
    counted: Option<&'f Spanned<file::When>>,
    min: Option<file::Operand>,
    max: Option<file::Operand>,
}

/// How records of a kind take part, as the file has it.
#[derive(Clone)]
struct MemberSpec<'f> {
    role: GroupRole,
    by: Vec<Spanned<String>>,
    of: Option<String>,
    point: Option<Spanned<String>>,
    mixed: Option<&'f String>,
    when: Option<&'f Spanned<file::When>>,
    counted: Option<&'f Spanned<file::When>>,
}

impl MemberSpec<'_> {
    /// The fields that make and fill the groups.
    fn fields(&self) -> impl Iterator<Item = &str> {
        self.by.iter().map(|by| by.value.as_str()).chain(self.of.as_deref())
    }

    /// The same of other fields; those that `f` has no other for stay.
    fn with_fields(&self, f: &dyn Fn(&str) -> Option<String>) -> Self {
        let mapped = |text: &String| f(text).unwrap_or_else(|| text.clone());
        let spanned = |text: &Spanned<String>| Spanned { value: mapped(&text.value), ..*text };
        Self {
            by: self.by.iter().map(spanned).collect(),
            of: self.of.as_ref().map(mapped),
            point: self.point.as_ref().map(spanned),
            ..self.clone()
        }
    }

    /// The members as items of a list of which records of the kind may themselves be the one item, and then as records.
    /// `None`: it is of no such list.
    fn items_and_record(&self, kind: &Kind) -> Option<(Self, Self)> {
        let has_items = |text: &str| FieldPath::new(text).has_items();
        let is_keyed = self.by.iter().any(|by| kind.in_items(&by.value).is_some());
        if !is_keyed && !self.fields().any(has_items) {
            return None;
        }
        let items = self.with_fields(&|text| kind.in_items(text));
        let mut record = items.with_fields(&|text| kind.in_record(text).map(str::to_owned));
        record.point = record.point.filter(|point| !has_items(&point.value));
        (record.when, record.counted) = (None, None);
        let is_of_record = items.fields().any(has_items) && !record.fields().any(has_items);
        is_of_record.then_some((items, record))
    }
}

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
        let (text, in_items) = match self.current.kind {
            Some(own) => {
                let text = own.in_record(&at.value).unwrap_or(&at.value);
                (text, own.in_items(text))
            }
            None => (at.value.as_str(), None),
        };
        let in_items = in_items.and_then(|text| split_items(&self.path(&text).ok()?));
        let items = in_items.map(|(list, at)| ReferenceItems { list, at });
        let at = self.single_at(text, at.span)?;
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
        Some(RuleBody::Reference { at, items, kind, by, agree: spec.value.agree })
    }

    pub(super) fn group(
        &mut self,
        spec: &Spanned<file::GroupSpec>,
        point: Option<&Spanned<String>>,
    ) -> Option<GroupCheck> {
        let file = &spec.value;
        let Some(measure) = measure(file) else {
            self.error(spec.span, RuleError::ExactlyOne { choices: "count, distinct, sum, spread, covers, unique" });
            return None;
        };
        let GroupMeasure { fold, of, counted, min, max } = &measure;
        let own = MemberSpec {
            role: GroupRole::Member,
            by: file.by.clone(),
            of: of.cloned(),
            point: point.cloned(),
            mixed: file.mixed.as_ref(),
            when: None,
            counted: *counted,
        };
        let (own, itself) = self.forms(own);
        let list = self.list_of(&own, spec.span)?;
        let (own, min_operand, max_operand) = self.at_items(list.as_ref(), |compiler| {
            let own = compiler.member(&own, list.clone(), *fold, spec.span);
            let mut bound = |bound: &Option<file::Operand>| {
                let plain = bound.as_ref().filter(|bound| !matches!(bound, file::Operand::SumOf(_)));
                plain.and_then(|operand| compiler.operand(operand, spec.span))
            };
            let bounds = (bound(min), bound(max));
            (own, bounds.0, bounds.1)
        });
        let mut own = own?;
        let mut reads_item = false;
        let bounds = min_operand.iter().chain(&max_operand);
        bounds.for_each(|bound| bound.each_path(&mut |path| reads_item |= path.root == PathRoot::Item));
        own.itself = self.itself(itself.filter(|_| !reads_item), &own, *fold, spec.span);
        let mut members = vec![own];
        for also in &file.also {
            members.extend(self.also(also, file, &measure, spec.span));
        }
        let summed = self.summed(&measure, file.by.len(), &mut members, spec.span)?;
        self.one_part_each(&members, spec.span);
        self.may_break(&measure, min_operand.as_ref(), max_operand.as_ref(), spec.span);
        Some(GroupCheck {
            fold: *fold,
            min: min_operand,
            max: max_operand,
            summed,
            key_fold: file.fold.unwrap_or(Fold::Case),
            value_fold: file.fold.unwrap_or(Fold::Name),
            mixed: file.mixed.is_some(),
            members,
        })
    }

    /// The part of another kind.
    fn also(
        &mut self,
        also: &file::GroupAlso,
        group: &file::GroupSpec,
        measure: &GroupMeasure<'_>,
        span: Span,
    ) -> Option<GroupParticipant> {
        let spec = MemberSpec {
            role: GroupRole::Member,
            by: also.by.clone(),
            of: also.of.clone(),
            point: None,
            mixed: group.mixed.as_ref(),
            when: also.when.as_ref(),
            counted: also.counted.as_ref().or(measure.counted),
        };
        if measure.of.is_some() != also.of.is_some() {
            let found = if also.of.is_some() { "of" } else { "by" }.to_owned();
            self.error(span, RuleError::Expected { expected: "`of` here as in the group", found });
        }
        self.of_kind(&also.kind, spec, group.by.len(), measure.fold, span)
    }

    /// Adds the records of which a bound is added up.
    fn summed(
        &mut self,
        measure: &GroupMeasure<'_>,
        keys: usize,
        members: &mut Vec<GroupParticipant>,
        span: Span,
    ) -> Option<SummedBounds> {
        let of = |bound: &'_ Option<file::Operand>| match bound {
            Some(file::Operand::SumOf(sum)) => Some(sum.sum_of.clone()),
            _ => None,
        };
        let (min, max) = (of(&measure.min), of(&measure.max));
        let summed = SummedBounds { min: min.is_some(), max: max.is_some() };
        if min.is_some() && max.is_some() && min != max {
            self.error(span, RuleError::Expected { expected: "the same `sum_of` twice", found: "sum_of".to_owned() });
            return None;
        }
        if let Some(sum) = max.or(min) {
            if matches!(measure.fold, GroupFold::Spread | GroupFold::Covers) {
                self.error(span, RuleError::Mixed { first: "sum_of", second: "spread, covers" });
                return None;
            }
            let spec = MemberSpec {
                role: GroupRole::Bound,
                by: sum.by.clone(),
                of: Some(sum.of.clone()),
                point: None,
                mixed: None,
                when: sum.when.as_ref(),
                counted: None,
            };
            members.push(self.of_kind(&sum.kind, spec, keys, measure.fold, span)?);
        }
        Some(summed)
    }

    /// Notes a kind that would take part in two ways.
    fn one_part_each(&mut self, members: &[GroupParticipant], span: Span) {
        for (at, member) in members.iter().enumerate() {
            if members[..at].iter().any(|known| known.kind == member.kind) {
                let found = self.pack.kinds.get(member.kind).name.to_string();
                self.error(span, RuleError::Expected { expected: "each kind of record once in a group", found });
            }
        }
    }

    /// Compiles the part of records of another kind.
    fn of_kind(
        &mut self,
        kind: &str,
        spec: MemberSpec<'_>,
        keys: usize,
        fold: GroupFold,
        span: Span,
    ) -> Option<GroupParticipant> {
        let kind_index = self.find_kind(kind, span)?;
        if spec.by.len() != keys {
            let at = spec.by.first().map_or(span, |by| by.span);
            let found = spec.by.len().to_string();
            self.error(at, RuleError::Expected { expected: "as many fields as the group has under `by`", found });
        }
        let own = (self.current.kind_index, self.current.kind);
        (self.current.kind_index, self.current.kind) = (kind_index, Some(self.pack.kinds.get(kind_index)));
        // A kind that lacks the field in which the others must differ takes part all the same.
        let mixed = spec.mixed.filter(|mixed| self.path(mixed).is_ok());
        let (spec, itself) = self.forms(MemberSpec { mixed, ..spec });
        let member = self
            .list_of(&spec, span)
            .and_then(|list| self.at_items(list.as_ref(), |compiler| compiler.member(&spec, list.clone(), fold, span)));
        let member = member.map(|member| {
            let itself = self.itself(itself, &member, fold, span);
            GroupParticipant { itself, ..member }
        });
        (self.current.kind_index, self.current.kind) = own;
        member
    }

    /// Members as items, and as records that are themselves the one item of that list.
    fn forms<'f>(&self, spec: MemberSpec<'f>) -> (MemberSpec<'f>, Option<MemberSpec<'f>>) {
        match self.current.kind.and_then(|kind| spec.items_and_record(kind)) {
            Some((items, record)) => (items, Some(record)),
            None => (spec, None),
        }
    }

    /// The records in the place of their items, unless conditions ask something of an item that records do not say.
    fn itself(
        &mut self,
        record: Option<MemberSpec<'_>>,
        items: &GroupParticipant,
        fold: GroupFold,
        span: Span,
    ) -> Option<Box<GroupParticipant>> {
        let mut reads_item = false;
        let conditions = items.when.iter().chain(&items.counted);
        conditions.for_each(|condition| condition.each_path(&mut |path| reads_item |= path.root == PathRoot::Item));
        let record = record.filter(|_| !reads_item)?;
        self.member(&record, None, fold, span).map(Box::new)
    }

    /// The list whose items are the members; `Some(None)`: the record itself is one.
    fn list_of(&mut self, spec: &MemberSpec<'_>, span: Span) -> Option<Option<SlotPath>> {
        let of = spec.of.as_ref().map(|of| (of, span));
        let mut known: Option<(SlotPath, &String)> = None;
        for (text, at) in spec.by.iter().map(|by| (&by.value, by.span)).chain(of) {
            let path = self.path_at(text, at)?;
            let Some((list, _)) = split_items(&path).filter(|(list, _)| list.root == PathRoot::Record) else {
                continue;
            };
            match &known {
                None => known = Some((list, text)),
                Some((other, _)) if is_same(other, &list) => {}
                Some((_, first)) => {
                    self.error(at, RuleError::TwoLists { first: (*first).clone(), second: text.clone() });
                    return None;
                }
            }
        }
        Some(known.map(|(list, _)| list))
    }

    fn member(
        &mut self,
        spec: &MemberSpec<'_>,
        list: Option<SlotPath>,
        fold: GroupFold,
        span: Span,
    ) -> Option<GroupParticipant> {
        let by = spec.by.iter().map(|path| self.key(&path.value, path.span)).collect::<Option<Vec<_>>>()?;
        let of = match &spec.of {
            Some(of) => Some(self.key(of, span)?),
            None => None,
        };
        if by.is_empty() {
            self.error(span, RuleError::NoPlace { test: "group" });
            return None;
        }
        let is_added = spec.role == GroupRole::Bound || matches!(fold, GroupFold::Sum | GroupFold::Spread);
        if let Some(found) = spec.of.as_ref().filter(|_| is_added) {
            let path = self.path(found).ok()?;
            if self.type_at(&path).is_some_and(|ty| !may_be_number(ty)) {
                self.error(span, RuleError::NotANumber { found: found.clone() });
            }
        }
        let at_value = spec.role == GroupRole::Bound || fold == GroupFold::Spread;
        let point = match &spec.point {
            Some(point) => self.spanned_path(point),
            None => of.as_ref().filter(|_| at_value).map(|of| of.path.clone()),
        };
        Some(GroupParticipant {
            kind: self.current.kind_index,
            role: spec.role,
            list,
            by,
            of,
            point,
            mixed: spec.mixed.and_then(|mixed| self.key(mixed, span)),
            when: spec.when.map(|when| self.when(when)),
            counted: spec.counted.map(|counted| self.when(counted)),
            itself: None,
        })
    }

    fn key(&mut self, text: &str, span: Span) -> Option<KeyPath> {
        let path = self.single_at(text, span)?;
        let whole = self.path(text).ok()?;
        let of = whole.own_slot().and_then(|slot| self.pack.kinds.named_by(self.current.kind_index, slot));
        let comparison = match (self.type_at(&whole), of) {
            _ if whole.is_licence_code => KeyComparison::LicenceCode,
            (Some(FieldType::Reference), Some(of)) => KeyComparison::Record(of),
            (Some(FieldType::LicenceCode), _) => KeyComparison::LicenceCode,
            (Some(FieldType::Id | FieldType::Reference), _) => KeyComparison::Id,
            (Some(FieldType::Number | FieldType::Integer | FieldType::Money), _) => KeyComparison::Number,
            _ => KeyComparison::Text,
        };
        Some(KeyPath { path, comparison })
    }

    /// Notes bounds that no group can break, or none can keep.
    fn may_break(
        &mut self,
        measure: &GroupMeasure<'_>,
        min: Option<&CompiledOperand>,
        max: Option<&CompiledOperand>,
        span: Span,
    ) {
        if measure.min.is_none() && measure.max.is_none() {
            self.error(span, RuleError::EmptyCheck);
        }
        self.least_and_most(min, max, span);
        let least = min.and_then(CompiledOperand::constant).filter(|_| measure.max.is_none());
        let never = |reason, reason_zh| RuleError::NeverBroken { reason, reason_zh };
        let always = Decimal::from(u8::from(measure.counted.is_none()));
        match measure.fold {
            GroupFold::Covers if least.is_some_and(|share| share >= Decimal::ONE) => {
                self.error(
                    span,
                    never(
                        "a key that has all values lacks none; `share` is below 1",
                        "样样都有的不缺什么，share 要小于 1",
                    ),
                );
            }
            GroupFold::Count | GroupFold::Distinct if least.is_some_and(|least| least <= always) => {
                self.error(span, never("every group has as many", "每一组都至少有这么多"));
            }
            _ => {}
        }
    }
}

/// What is made of a group; `None` unless exactly one thing is.
fn measure(file: &file::GroupSpec) -> Option<GroupMeasure<'_>> {
    let counts = file.count.as_ref().map(|spec| GroupMeasure {
        fold: GroupFold::Count,
        of: None,
        counted: spec.counted.as_ref(),
        min: spec.min.clone(),
        max: spec.max.clone(),
    });
    let valued = [(GroupFold::Distinct, &file.distinct), (GroupFold::Sum, &file.sum)].into_iter();
    let valued = valued.filter_map(|(fold, spec)| {
        let spec = spec.as_ref()?;
        let (min, max) = (spec.min.clone(), spec.max.clone());
        Some(GroupMeasure { fold, of: Some(&spec.of), counted: spec.counted.as_ref(), min, max })
    });
    let spread = file.spread.as_ref().map(|spec| GroupMeasure {
        fold: GroupFold::Spread,
        of: Some(&spec.of),
        counted: spec.counted.as_ref(),
        min: None,
        max: Some(spec.max.clone()),
    });
    let covers = file.covers.as_ref().map(|spec| GroupMeasure {
        fold: GroupFold::Covers,
        of: Some(&spec.of),
        counted: None,
        min: Some(spec.share.clone().unwrap_or(file::Operand::Value(Scalar::Float(DEFAULT_SHARE)))),
        max: None,
    });
    let unique = file.unique.filter(|unique| *unique).map(|_| GroupMeasure {
        fold: GroupFold::Count,
        of: None,
        counted: None,
        min: None,
        max: Some(file::Operand::Value(Scalar::Int(1))),
    });
    let mut all = counts.into_iter().chain(valued).chain(spread).chain(covers).chain(unique);
    all.next().filter(|_| all.next().is_none())
}
