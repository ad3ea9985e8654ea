//! From files to what runs: every rule of a pack compiled for one day.
//!
//! Rules that do not hold on that day are compiled as well, so that a mistake is found on any day. The rules share scan
//! plans: a text that several rules read is folded once and scanned once.

mod bounds;
mod content;
mod group;
mod items;
mod leaf;
mod operand;
mod parts;
mod path;
mod possible;
mod presumes;
mod texts;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use content::PlanBuilder;
use dianjian_document::edit::Applicability;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::Spanned;
use dianjian_text::LookAlikes;
use leaf::first_test;
pub use parts::ConditionCompiler;

use super::check::{CheckKind, CompiledCheck, FieldTests, FixAction, FixRule, RuleBody, SlotPath};
use super::contents::CodeContents;
use super::error::RuleError;
use super::language::{self as file, Param, SchemaLint, TableRef};
use super::pack::{ClosedCondition, Pack, RuleSource};
use super::pattern::LazyRegex;
use super::prefilter::{RuleOutlook, Scope, asset_paths};
use super::ruleset::{Rule, Ruleset, ScanPlan};
use super::table::DatedRows;
use crate::record::{Field, Kind, KindIndex, nearest};

/// A mistake with its place.
pub type Located = (Arc<SourceFile>, Span, RuleError);

/// Compiles a pack for one day.
pub fn compile(pack: &Pack, day: NaiveDate, errors: &mut Vec<Located>) -> Ruleset {
    let mut compiler = Compiler::new(pack, day);
    let closed = (0..pack.kinds.iter().count()).map(|kind| compiler.closed(kind, errors)).collect();
    let rules: Vec<Rule> = pack.rules.iter().map(|rule| compiler.rule(rule, errors)).collect();
    let plans = compiler.finish_plans(errors);
    Ruleset::new(day, rules, plans, Arc::clone(&pack.contacts), pack.kinds.iter().count())
        .with_closed(closed)
        .with_named(&pack.kinds)
}

struct Compiler<'p> {
    pack: &'p Pack,
    day: NaiveDate,
    plans: Vec<PlanBuilder>,
    dated: BTreeMap<String, Arc<DatedRows>>,
    patterns: BTreeMap<String, Arc<LazyRegex>>,
    look_alikes: Option<Arc<LookAlikes>>,
    contents: Option<Arc<CodeContents>>,
    current: Current<'p>,
}

/// The rule that is being compiled.
struct Current<'p> {
    source: Arc<SourceFile>,
    kind_index: KindIndex,
    kind: Option<&'p Kind>,
    params: BTreeMap<String, Param>,
    messages: Vec<String>,
    /// Fields of the items of the enclosing `each`, innermost last.
    items: Vec<Option<Vec<Field>>>,
    /// The list whose items are members of a group or are counted, and how many of `items` its item takes to reach.
    members_of: Option<(SlotPath, usize)>,
    errors: Vec<(Span, RuleError)>,
}

impl<'p> Compiler<'p> {
    fn new(pack: &'p Pack, day: NaiveDate) -> Self {
        let current = Current {
            source: Arc::new(SourceFile::new("", "")),
            kind_index: 0,
            kind: None,
            params: BTreeMap::new(),
            messages: Vec::new(),
            items: Vec::new(),
            members_of: None,
            errors: Vec::new(),
        };
        Self {
            pack,
            day,
            plans: Vec::new(),
            dated: BTreeMap::new(),
            patterns: BTreeMap::new(),
            look_alikes: None,
            contents: None,
            current,
        }
    }

    /// When a record of a kind is closed.
    fn closed(&mut self, kind: KindIndex, errors: &mut Vec<Located>) -> Option<CompiledCheck> {
        let ClosedCondition { source, when, .. } = self.pack.closed.iter().find(|closed| closed.kind == kind)?;
        self.current.source = Arc::clone(source);
        self.current.kind_index = kind;
        self.current.kind = Some(self.pack.kinds.get(kind));
        let condition = self.when(when);
        errors.extend(self.current.errors.drain(..).map(|(span, error)| (Arc::clone(source), span, error)));
        Some(condition)
    }

    fn rule(&mut self, source: &RuleSource, errors: &mut Vec<Located>) -> Rule {
        let file = &source.file;
        let kind_index = self.enter(source);
        let when = file.when.as_ref().map(|when| self.when(when));
        let presumes = self.presumptions(file);
        let body = self.body(&file.check);
        let texts = self.texts(file);
        self.evidence(file);
        let fix = file.fix.as_ref().and_then(|fix| self.fix(fix));
        for value in file.params.values() {
            // A table parameter is checked even where nothing uses it yet.
            if let Param::Table(table) = &value.value {
                self.table_values(table, value.span);
            }
        }
        let mut rule = Rule {
            info: Arc::clone(&source.info),
            kind: self.current.kind.map(|_| kind_index),
            when,
            presumes,
            even_closed: file.even_closed || file.kind.value == EVERY_KIND,
            even_outside: file.even_outside || file.kind.value == EVERY_KIND,
            body,
            outlook: RuleOutlook::unknown(),
            asset_paths: Vec::new(),
            texts,
            fix,
            active: source.info.effective.holds(self.day),
        };
        let check = if let RuleBody::Check(check) = &rule.body { Some(check) } else { None };
        rule.asset_paths = check.map(asset_paths).unwrap_or_default();
        if !self.pack.unfiltered {
            let scope = Scope::record(self.current.kind);
            rule.outlook = RuleOutlook::of(rule.when.as_mut(), check, &rule.asset_paths, scope);
            // What a mistake left out may be what makes it possible.
            if check.is_some() && self.current.errors.is_empty() && rule.outlook.never_fails(scope) {
                self.error(file.check.span, RuleError::NeverFails);
            }
        }
        if self.current.kind.is_none() && file.kind.value != EVERY_KIND {
            // Without its kind nothing can be said of its fields.
            self.current.errors.retain(|(_, error)| !matches!(error, RuleError::UnknownPath { .. }));
        }
        errors.extend(self.current.errors.drain(..).map(|(span, error)| (Arc::clone(&source.source), span, error)));
        rule
    }

    /// Sets the compiler up for a rule.
    fn enter(&mut self, source: &RuleSource) -> KindIndex {
        let file = &source.file;
        let is_of_every_kind = file.kind.value == EVERY_KIND;
        let kind_index = if is_of_every_kind { None } else { self.find_kind(&file.kind.value, file.kind.span) };
        let mut params: BTreeMap<String, Param> =
            file.params.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect();
        params.extend(source.overrides.clone());
        self.current.source = Arc::clone(&source.source);
        self.current.kind_index = kind_index.unwrap_or_default();
        self.current.kind = kind_index.map(|index| self.pack.kinds.get(index));
        self.current.params = params;
        self.current.messages = std::iter::once("rule".to_owned()).chain(file.messages.keys().cloned()).collect();
        self.current.items.clear();
        self.current.kind_index
    }

    fn error(&mut self, span: Span, error: RuleError) {
        self.current.errors.push((span, error));
    }

    /// The value, or `None` after noting the mistake.
    fn noted<T>(&mut self, span: Span, result: Result<T, RuleError>) -> Option<T> {
        result.map_err(|error| self.error(span, error)).ok()
    }

    /// Compiles a path; a mistake is noted at the span.
    fn path_at(&mut self, text: &str, span: Span) -> Option<SlotPath> {
        let path = self.path_here(text);
        self.noted(span, path)
    }

    fn spanned_path(&mut self, path: &Spanned<String>) -> Option<SlotPath> {
        self.path_at(&path.value, path.span)
    }

    fn find_kind(&mut self, name: &str, span: Span) -> Option<KindIndex> {
        let kinds = &self.pack.kinds;
        let unknown = || {
            let suggestion = kinds.suggest(name).map(str::to_owned);
            RuleError::UnknownKind { found: name.to_owned(), suggestion }
        };
        self.noted(span, kinds.find(name).ok_or_else(unknown))
    }

    fn body(&mut self, check: &Spanned<file::Check>) -> RuleBody {
        let file = &check.value;
        if let Some(lint) = &file.schema {
            return RuleBody::Schema(lint.value);
        }
        if let Some(group) = &file.group {
            return self
                .group(group, file.point.as_ref())
                .map_or(RuleBody::Schema(SchemaLint::UnknownField), RuleBody::Group);
        }
        if let Some(reference) = &file.reference {
            return self.reference(check, reference).unwrap_or(RuleBody::Schema(SchemaLint::UnknownField));
        }
        RuleBody::Check(self.check(check))
    }

    fn when(&mut self, when: &Spanned<file::When>) -> CompiledCheck {
        let file = &when.value;
        let mut parts = Vec::new();
        for (path, check) in &file.fields {
            let mut check = check.clone();
            check.value.at = Some(path.clone());
            parts.push(self.check(&check));
        }
        parts.extend(file.all.iter().map(|inner| self.when(inner)));
        if !file.any.is_empty() {
            let any = file.any.iter().map(|inner| self.when(inner)).collect();
            parts.push(plain(CheckKind::Any(any)));
        }
        if let Some(not) = &file.not {
            let not = self.when(not);
            parts.push(plain(CheckKind::Not(Box::new(not))));
        }
        if parts.is_empty() {
            self.error(when.span, RuleError::EmptyCheck);
        }
        if parts.len() == 1 { parts.remove(0) } else { plain(CheckKind::All(parts)) }
    }

    fn check(&mut self, check: &Spanned<file::Check>) -> CompiledCheck {
        let file = &check.value;
        for (found, nested) in
            [("group", file.group.is_some()), ("ref", file.reference.is_some()), ("schema", file.schema.is_some())]
        {
            if nested {
                self.error(check.span, RuleError::NotNested { found });
            }
        }
        let condition = file.when.as_ref().map(|when| self.when(when));
        let mut kinds = Vec::new();
        if let Some(all) = &file.all {
            kinds.push(("all", CheckKind::All(all.iter().map(|inner| self.check(inner)).collect())));
        }
        if let Some(any) = &file.any {
            kinds.push(("any", CheckKind::Any(any.iter().map(|inner| self.check(inner)).collect())));
        }
        if let Some(not) = &file.not {
            kinds.push(("not", CheckKind::Not(Box::new(self.check(not)))));
        }
        if let Some(each) = &file.each {
            kinds.extend(self.each(each).map(|kind| ("each", kind)));
        }
        let tests = self.tests(check);
        if let Some(at) = &file.at {
            let span = at.span;
            if let Some(at) = self.spanned_path(at) {
                self.possible(&at, &tests, file, span);
                kinds.push(("at", CheckKind::Leaf(FieldTests::new(at, tests))));
            }
        } else if !tests.is_empty() {
            self.error(check.span, RuleError::NoPlace { test: first_test(file) });
        }
        let mut kind = self.only_one(check.span, kinds);
        if let Some(condition) = condition {
            kind = CheckKind::When(Box::new(condition), Box::new(plain(kind)));
        }
        let point = file.point.as_ref().and_then(|point| self.spanned_path(point));
        CompiledCheck { kind, message: self.message(file.message.as_ref()), point, is_decided: false }
    }

    fn only_one(&mut self, span: Span, mut kinds: Vec<(&'static str, CheckKind)>) -> CheckKind {
        if let [(first, _), (second, _), ..] = kinds.as_slice() {
            self.error(span, RuleError::Mixed { first, second });
        }
        let kind = kinds.pop().map(|(_, kind)| kind);
        let is_empty = match &kind {
            Some(CheckKind::Leaf(leaf)) => leaf.tests.is_empty(),
            kind => kind.is_none(),
        };
        // What a mistake left out may be what the check asks for.
        if is_empty && self.current.errors.is_empty() {
            self.error(span, RuleError::EmptyCheck);
        }
        kind.unwrap_or(CheckKind::All(Vec::new()))
    }

    fn each(&mut self, each: &file::Each) -> Option<CheckKind> {
        let list = self.spanned_path(&each.list)?;
        let fields = self.item_fields(&list);
        self.current.items.push(fields);
        let check = self.check(&each.check);
        self.current.items.pop();
        Some(CheckKind::Each(list, Box::new(check)))
    }

    fn message(&mut self, id: Option<&Spanned<String>>) -> Option<usize> {
        let id = id?;
        let at = self.current.messages.iter().position(|known| *known == id.value);
        if at.is_none() {
            self.error(id.span, RuleError::UnknownMessage { found: id.value.clone() });
        }
        at
    }

    fn fix(&mut self, spec: &Spanned<file::FixSpec>) -> Option<FixRule> {
        let file = &spec.value;
        let action = match (&file.remove, &file.replace, &file.set) {
            (Some(target), None, None) => FixAction::Remove(*target),
            (None, Some(target), None) => FixAction::Replace(*target, file.with.clone().unwrap_or_default()),
            (None, None, Some(path)) => {
                self.path_at(path, spec.span)?;
                let Some(to) = &file.to else {
                    self.error(spec.span, RuleError::ExactlyOne { choices: "to" });
                    return None;
                };
                FixAction::Set(path.clone(), crate::record::scalar_text(to))
            }
            _ => {
                self.error(spec.span, RuleError::ExactlyOne { choices: "remove, replace, set" });
                return None;
            }
        };
        Some(FixRule { action, applicability: file.applicability.unwrap_or(Applicability::Unsafe) })
    }

    fn finish_plans(&mut self, errors: &mut Vec<Located>) -> Vec<Arc<ScanPlan>> {
        let plans = std::mem::take(&mut self.plans);
        PlanBuilder::build_all(&plans, &self.pack.contacts, errors)
    }

    /// The rows of a table that hold on the day.
    fn dated(&mut self, id: &str) -> Result<Arc<DatedRows>, RuleError> {
        if let Some(rows) = self.dated.get(id) {
            return Ok(Arc::clone(rows));
        }
        let rows = Arc::new(self.table(id)?.at(self.day));
        self.dated.insert(id.to_owned(), Arc::clone(&rows));
        Ok(rows)
    }

    fn table(&self, id: &str) -> Result<&'p super::table::LookupTable, RuleError> {
        self.pack.tables.get(id).ok_or_else(|| RuleError::UnknownTable {
            found: id.to_owned(),
            suggestion: nearest(id, self.pack.tables.keys().map(String::as_str)).map(str::to_owned),
        })
    }

    /// A parameter by `$name`.
    fn param(&mut self, text: &str) -> Result<Option<Param>, RuleError> {
        let Some(name) = text.strip_prefix('$') else { return Ok(None) };
        let param = self.current.params.get(name).cloned();
        param.map(Some).ok_or_else(|| RuleError::UnknownParam {
            found: name.to_owned(),
            suggestion: nearest(name, self.current.params.keys().map(String::as_str)).map(str::to_owned),
        })
    }

    fn table_values(&mut self, table: &TableRef, span: Span) -> Vec<(String, Option<String>)> {
        let values = self.try_table_values(table);
        self.noted(span, values).unwrap_or_default()
    }
}

/// A rule `for` every kind; its paths are all [`path::EVERYWHERE`].
const EVERY_KIND: &str = "*";

fn plain(kind: CheckKind) -> CompiledCheck {
    CompiledCheck { kind, message: None, point: None, is_decided: false }
}
