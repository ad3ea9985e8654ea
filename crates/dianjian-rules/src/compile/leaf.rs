//! The tests of one field.

use dianjian_document::tree::Spanned;
use dianjian_media::{FORMATS, FORMATS_LISTED};
use dianjian_text::{Fold, Omitted, fold};

use super::Compiler;
use crate::asset_tests::AssetTest;
use crate::check::{Affix, CellTest, DateBound, RangeBound, SharedRun, Test};
use crate::error::RuleError;
use crate::language as file;
use crate::record::FieldType;

impl Compiler<'_> {
    pub(super) fn tests(&mut self, check: &Spanned<file::Check>) -> Vec<Test> {
        let file = &check.value;
        let mut tests = Vec::new();
        tests.extend(file.exists.as_ref().map(|exists| Test::Exists(exists.value)));
        for (operand, wanted) in [(&file.is, true), (&file.is_not, false)] {
            tests.extend(self.spanned_operand(operand.as_ref()).map(|operand| Test::Equal(operand, wanted)));
        }
        for (set, wanted) in [(&file.one_of, true), (&file.not_in, false)] {
            tests.extend(set.as_ref().map(|set| Test::In(self.set(&set.value, set.span), wanted)));
        }
        for (operand, bound) in [
            (&file.min, RangeBound::Min),
            (&file.max, RangeBound::Max),
            (&file.above, RangeBound::Above),
            (&file.below, RangeBound::Below),
        ] {
            tests.extend(self.spanned_operand(operand.as_ref()).map(|operand| Test::Range(bound, operand)));
        }
        self.ranges_meet(&tests, check.span);
        tests.extend(file.cell.as_ref().and_then(|cell| self.cell(cell)));
        tests.extend(file.len.as_ref().map(|len| self.length(len, file.at.as_ref())));
        let whole = file.matches.as_ref().map(|pattern| (format!("^(?:{})$", pattern.value), pattern.span));
        tests.extend(whole.and_then(|(pattern, span)| self.pattern(&pattern, span)).map(Test::Matches));
        for (content, wanted) in [(&file.has, true), (&file.lacks, false)] {
            let content = content.as_ref().and_then(|content| self.content(content, file.at.as_ref()));
            tests.extend(content.map(|content| Test::Content(content, wanted)));
        }
        for (operand, affix) in
            [(&file.starts_with, Affix::Start), (&file.ends_with, Affix::End), (&file.contains, Affix::Inside)]
        {
            tests.extend(self.spanned_operand(operand.as_ref()).map(|operand| Test::Affix(affix, operand)));
        }
        tests.extend(file.shares_run.as_ref().and_then(|spec| self.shares_run(spec)));
        tests.extend(file.date.as_ref().map(|date| self.dates(date)));
        tests.extend(file.format.as_ref().map(|format| Test::Format(format.value)));
        tests.extend(file.asset.as_ref().and_then(|asset| self.asset(asset, file.at.as_ref())));
        if let Some(Spanned { value: true, .. }) = file.unique {
            tests.push(Test::Unique);
        }
        tests
    }

    fn cell(&mut self, spec: &Spanned<file::CellSpec>) -> Option<Test> {
        let cell = self.lookup(&spec.value.lookup);
        let cell = cell.map_err(|error| self.error(spec.span, error)).ok()?;
        let mut bounds = Vec::new();
        for (operand, bound) in [(&spec.value.min, RangeBound::Min), (&spec.value.max, RangeBound::Max)] {
            let operand = operand.as_ref().and_then(|operand| self.operand(operand, spec.span));
            bounds.extend(operand.map(|operand| (bound, operand)));
        }
        if bounds.is_empty() {
            self.error(spec.span, RuleError::EmptyCheck);
        }
        self.bounds_meet(bounds.iter().map(|(bound, operand)| (*bound, operand)), spec.span);
        Some(Test::Cell(Box::new(CellTest { cell, bounds })))
    }

    fn length(&mut self, len: &Spanned<file::LengthSpec>, at: Option<&Spanned<String>>) -> Test {
        let field = at.and_then(|at| self.current.kind?.field(&at.value));
        let is_known_text = field.is_some_and(|(_, field)| field.ty != FieldType::List);
        if is_known_text && len.value.unit.is_none() {
            self.error(len.span, RuleError::NoUnit);
        }
        let min = len.value.min.as_ref().and_then(|operand| self.operand(operand, len.span));
        let max = len.value.max.as_ref().and_then(|operand| self.operand(operand, len.span));
        if len.value.min.is_none() && len.value.max.is_none() {
            self.error(len.span, RuleError::EmptyCheck);
        }
        self.least_and_most(min.as_ref(), max.as_ref(), len.span);
        Test::Length { min, max, unit: len.value.unit }
    }

    fn shares_run(&mut self, spec: &Spanned<file::SharesRun>) -> Option<Test> {
        let with = self.path_at(&spec.value.with, spec.span)?;
        let min = self.operand(&spec.value.min, spec.span)?;
        let after = match &spec.value.after {
            Some(after) => Some(self.path_at(after, spec.span)?),
            None => None,
        };
        let ignore = spec.value.ignore.as_ref().map(|set| self.set(set, spec.span).listed).unwrap_or_default();
        let ignore = Omitted::new(ignore.iter().map(|part| fold(part, Fold::Name).as_str().to_owned()));
        Some(Test::SharesRun(SharedRun { with, min, after, lead: spec.value.lead, ignore }))
    }

    fn asset(&mut self, spec: &Spanned<file::AssetSpec>, at: Option<&Spanned<String>>) -> Option<Test> {
        self.asset_path(at)?;
        let file = &spec.value;
        if file == &file::AssetSpec::default() {
            self.error(spec.span, RuleError::EmptyCheck);
        }
        let ratio = match &file.ratio {
            None => None,
            Some(written) => {
                let sides = written
                    .split_once(':')
                    .and_then(|(width, height)| Some((width.trim().parse().ok()?, height.trim().parse().ok()?)));
                let expected = "width and height, such as 16:9";
                let right = sides.filter(|(width, height)| *width > 0_u32 && *height > 0_u32);
                self.noted(spec.span, right.ok_or(RuleError::Expected { expected, found: written.clone() }))
            }
        };
        let max_bytes = file.max_bytes.as_ref().and_then(|bytes| self.operand(bytes, spec.span));
        let formats = file.formats.as_ref().map(|formats| self.set(formats, spec.span));
        for format in formats.iter().flat_map(|formats| &formats.listed) {
            if !FORMATS.contains(&format.as_str()) {
                self.error(spec.span, RuleError::Expected { expected: FORMATS_LISTED, found: format.clone() });
            }
        }
        Some(Test::Asset(AssetTest { ratio, max_bytes, formats }))
    }

    fn dates(&mut self, spec: &Spanned<file::DateSpec>) -> Test {
        let file = &spec.value;
        let bounds = [
            (&file.after, DateBound::After),
            (&file.on_or_after, DateBound::OnOrAfter),
            (&file.before, DateBound::Before),
            (&file.on_or_before, DateBound::OnOrBefore),
        ];
        let compiled = bounds.into_iter().filter_map(|(operand, bound)| {
            let operand = self.date_operand(operand.as_ref()?, spec.span)?;
            Some((bound, operand))
        });
        let compiled: Vec<_> = compiled.collect();
        if compiled.is_empty() && self.current.errors.is_empty() {
            self.error(spec.span, RuleError::EmptyCheck);
        }
        Test::Date(compiled)
    }
}

/// The test that a check without `at` asks for.
pub(super) fn first_test(check: &file::Check) -> &'static str {
    let tests = [
        ("exists", check.exists.is_some()),
        ("is", check.is.is_some()),
        ("is_not", check.is_not.is_some()),
        ("in", check.one_of.is_some()),
        ("not_in", check.not_in.is_some()),
        ("min", check.min.is_some()),
        ("max", check.max.is_some()),
        ("above", check.above.is_some()),
        ("below", check.below.is_some()),
        ("cell", check.cell.is_some()),
        ("len", check.len.is_some()),
        ("matches", check.matches.is_some()),
        ("has", check.has.is_some()),
        ("lacks", check.lacks.is_some()),
        ("starts_with", check.starts_with.is_some()),
        ("ends_with", check.ends_with.is_some()),
        ("contains", check.contains.is_some()),
        ("shares_run", check.shares_run.is_some()),
        ("date", check.date.is_some()),
        ("format", check.format.is_some()),
        ("asset", check.asset.is_some()),
    ];
    tests.iter().find(|(_, given)| *given).map_or("unique", |(name, _)| name)
}
