//! Tests of a value by itself or against another one: equality, bounds, lengths, dates, formats.

use chrono::{NaiveDate, TimeDelta};
use dianjian_base::lang::Localized;
use dianjian_base::message::Arg;
use dianjian_text::{self as text, Fold, LengthUnit, Omitted};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::violation::{FailureSink, TestFailure, fails, holds};
use super::{EachItem, EvalContext, Outcome};
use crate::check::{
    Affix, CellTest, CompiledDate, CompiledOperand, DateBase, DateBound, RangeBound, SharedRun, ValueSet,
};
use crate::language::FormatSpec;
use crate::placeholder::Placeholder;
use crate::record::Value;

impl<'a> EvalContext<'_, 'a> {
    pub(super) fn equal(
        &self,
        value: &Value<'a>,
        operand: &CompiledOperand,
        wanted: bool,
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let Some(expected) = self.operand(operand, item) else { return Outcome::Skip };
        let Some(same) = value.with_text(|text| text == expected.text) else { return Outcome::Skip };
        let same = same || expected.number().is_some_and(|expected| value.number() == Some(expected));
        holds(same == wanted, out, || {
            TestFailure::of(value).with(Placeholder::Expected, Arg::Text(expected.text.into_owned()))
        })
    }

    pub(super) fn range(
        &self,
        value: &Value<'a>,
        bound: RangeBound,
        operand: &CompiledOperand,
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let Some(limit) = self.operand(operand, item).and_then(|operand| operand.number()) else {
            return Outcome::Skip;
        };
        let Some(number) = value.number() else { return Outcome::Skip };
        let right = match bound {
            RangeBound::Min => number >= limit,
            RangeBound::Max => number <= limit,
            RangeBound::Above => number > limit,
            RangeBound::Below => number < limit,
        };
        holds(right, out, || {
            TestFailure::of(value)
                .with(Placeholder::Limit, Arg::Number(limit))
                .with(Placeholder::Expected, Arg::Number(limit))
                .with(Placeholder::Sum, Arg::Number((limit - number).abs()))
        })
    }

    /// What a table says, beside a value that claims something else.
    pub(super) fn cell(
        &self,
        value: &Value<'a>,
        test: &CellTest,
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let Some(cell) = self.operand(&test.cell, item).and_then(|cell| cell.number()) else { return Outcome::Skip };
        let mut outcome = Outcome::Pass;
        for (bound, operand) in &test.bounds {
            let Some(limit) = self.operand(operand, item).and_then(|limit| limit.number()) else {
                return Outcome::Skip;
            };
            let right = if *bound == RangeBound::Min { cell >= limit } else { cell <= limit };
            let failure = || {
                TestFailure::of(value)
                    .with(Placeholder::Expected, Arg::Number(cell))
                    .with(Placeholder::Limit, Arg::Number(limit))
            };
            outcome = outcome.and(holds(right, out, failure));
        }
        outcome
    }

    pub(super) fn length(
        &self,
        value: &Value<'a>,
        min: Option<&CompiledOperand>,
        max: Option<&CompiledOperand>,
        unit: Option<LengthUnit>,
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let len = if value.is_list() {
            value.len()
        } else {
            match value.with_text(|text| text::len(text, unit.unwrap_or(LengthUnit::Chars))) {
                Some(len) => len,
                None => return Outcome::Skip,
            }
        };
        let len = Decimal::from(len);
        let limit =
            |operand: Option<&CompiledOperand>| operand.and_then(|operand| self.operand(operand, item)?.number());
        let (min, max) = (limit(min), limit(max));
        let broken = min.filter(|min| len < *min).or(max.filter(|max| len > *max));
        if broken.is_none() && min.is_none() && max.is_none() {
            return Outcome::Skip;
        }
        holds(broken.is_none(), out, || {
            let limit = broken.unwrap_or_default();
            TestFailure::of(value)
                .with(Placeholder::Len, Arg::Number(len))
                .with(Placeholder::Count, Arg::Number(len))
                .with(Placeholder::Limit, Arg::Number(limit))
                .with(Placeholder::Expected, Arg::Number(limit))
        })
    }

    pub(super) fn affix(
        &self,
        value: &Value<'a>,
        affix: Affix,
        operand: &CompiledOperand,
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let (Some(expected), Some(text)) = (self.operand(operand, item), value.text()) else { return Outcome::Skip };
        let (text, part) = (text::fold(&text, Fold::Name), text::fold(&expected.text, Fold::Name));
        if part.as_str().is_empty() {
            return Outcome::Skip;
        }
        let right = match affix {
            Affix::Start => text.as_str().starts_with(part.as_str()),
            Affix::End => text.as_str().ends_with(part.as_str()),
            Affix::Inside => text.as_str().contains(part.as_str()),
        };
        holds(right, out, || {
            TestFailure::of(value).with(Placeholder::Expected, Arg::Text(expected.text.clone().into_owned()))
        })
    }

    pub(super) fn shares_run(
        &self,
        value: &Value<'a>,
        spec: &SharedRun,
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let (Some(text), Some(other)) = (value.text(), self.value(&spec.with, item).and_then(|other| other.text()))
        else {
            return Outcome::Skip;
        };
        let Some(min) = self.operand(&spec.min, item).and_then(|min| usize::try_from(min.number()?.mantissa()).ok())
        else {
            return Outcome::Skip;
        };
        let name = text::compact(&text);
        let skipped =
            spec.after.as_ref().and_then(|path| self.value(path, item)?.text()).map(|prefix| text::compact(&prefix));
        let rest = skipped.as_deref().and_then(|prefix| name.strip_prefix(prefix)).unwrap_or(&name);
        let other = text::compact(&other);
        let other = if spec.lead { other } else { spec.ignore.marked(&other) };
        let shared = match spec.lead {
            // A place belongs to the run and does not make it long enough: 海南航空 of 海南航空控股股份有限公司.
            true => {
                let run = spec.ignore.marked(text::leading_run(rest, &other));
                run.chars().filter(|character| *character != Omitted::MARK).count()
            }
            false => text::longest_run(rest, &other),
        };
        let failure = || {
            TestFailure::of(value)
                .with(Placeholder::Expected, Arg::Text(other.replace(Omitted::MARK, "")))
                .with(Placeholder::Limit, Arg::Number(min.into()))
        };
        holds(shared >= min, out, failure)
    }

    pub(super) fn dates(
        &self,
        value: &Value<'a>,
        bounds: &[(DateBound, CompiledDate)],
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let Some(date) = value.date() else { return Outcome::Skip };
        let mut outcome = Outcome::Pass;
        for (bound, operand) in bounds {
            let Some(other) = self.date_operand(operand, item) else {
                outcome = if outcome == Outcome::Fail { outcome } else { Outcome::Skip };
                continue;
            };
            let right = match bound {
                DateBound::After => date > other,
                DateBound::OnOrAfter => date >= other,
                DateBound::Before => date < other,
                DateBound::OnOrBefore => date <= other,
            };
            let days = date.signed_duration_since(self.as_of).num_days();
            let failure = || {
                TestFailure::of(value)
                    .with(Placeholder::Expected, Arg::Date(other))
                    .with(Placeholder::Days, Arg::Number(days.abs().into()))
                    .with(Placeholder::Limit, Arg::Date(other))
            };
            if holds(right, out, failure) == Outcome::Fail {
                outcome = Outcome::Fail;
            }
        }
        outcome
    }

    fn date_operand(&self, operand: &CompiledDate, item: Option<EachItem<'_, 'a>>) -> Option<NaiveDate> {
        let base = match &operand.base {
            DateBase::AsOf => self.as_of,
            DateBase::Day(day) => *day,
            DateBase::Field(path) => self.value(path, item)?.date()?,
        };
        base.checked_add_signed(TimeDelta::try_days(operand.plus_days)?)
    }
}

pub(super) fn in_set(value: &Value<'_>, set: &ValueSet, wanted: bool, out: &mut FailureSink<TestFailure>) -> Outcome {
    let Some(known) = value.with_text(|text| set.has(text)) else { return Outcome::Skip };
    holds(known == wanted, out, || TestFailure::of(value).with(Placeholder::Expected, Arg::List(set.listed.clone())))
}

pub(super) fn check_format(value: &Value<'_>, format: FormatSpec, out: &mut FailureSink<TestFailure>) -> Outcome {
    let Some(text) = value.text() else { return Outcome::Skip };
    let text = text.trim();
    match format {
        FormatSpec::LicenceCode => match text::licence_code(text) {
            Ok(_) => Outcome::Pass,
            Err(error) => fails(out, || TestFailure::of(value).with(Placeholder::Reason, Arg::Localized(error.both()))),
        },
        FormatSpec::Url => {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            let right = rest
                .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !text.contains(char::is_whitespace));
            holds(right, out, || TestFailure::of(value))
        }
        FormatSpec::Date => holds(value.date().is_some(), out, || TestFailure::of(value)),
    }
}

pub(super) fn unique(value: &Value<'_>, out: &mut FailureSink<TestFailure>) -> Outcome {
    if !value.is_list() {
        return Outcome::Skip;
    }
    if value.len() < 2 {
        return Outcome::Pass;
    }
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    let mut outcome = Outcome::Pass;
    for (index, item) in value.items().iter().enumerate() {
        let Some(text) = item.text() else { continue };
        let Some(first) = seen.get(text.as_ref()).copied() else {
            seen.insert(text.into_owned(), index);
            continue;
        };
        outcome = fails(out, || TestFailure { item: Some(index), related: vec![first], ..TestFailure::of(item) });
    }
    outcome
}
