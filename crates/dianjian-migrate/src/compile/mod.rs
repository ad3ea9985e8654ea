//! Compiles migration files for one day of cut-over.
//!
//! Files that are not in force on that day are compiled all the same, so that a mistake shows on every day.

mod tasks;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::Spanned;
use dianjian_rules::language::When;
use dianjian_rules::record::{FieldType, Kind, KindIndex, KindRole, nearest};
use dianjian_rules::{CompiledCheck, ConditionCompiler, Pack, RuleError, SlotPath, parse_one};
pub(crate) use tasks::placeholders;

use crate::error::{MigrationError, NameKind};
use crate::language::{
    DeadlineSpec, EffectSpec, ExcessPolicy, FieldChangeSpec, LimitSpec, MigrationFile, NestedChangeSpec, OptionSpec,
    PlanDay, PlannerChoice, TaskFile, TaskSpec,
};
use crate::migrations::{
    Deadline, Effect, EffectOption, FieldChange, LastDay, LimitPolicy, Migration, MigrationTask, Migrations,
    NestedChange, NewValue,
};
use crate::plan::{SharedReasons, SharedText};

impl Migrations {
    /// Compiles the pack's migrations for a day of cut-over.
    pub fn compile(pack: &Pack, day: NaiveDate) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let (mut files, mut tasks) = (Vec::new(), Vec::new());
        for (name, source) in pack.migrations.iter() {
            match name.strip_prefix("tasks/") {
                Some(task) => tasks.extend(
                    read(source, &mut problems).map(|file: TaskFile| (task.to_owned(), Arc::clone(source), file)),
                ),
                None => files.extend(
                    read(source, &mut problems).map(|file: MigrationFile| (name.clone(), Arc::clone(source), file)),
                ),
            }
        }
        let shop_kind = pack.kinds.with_role(KindRole::Shop).unwrap_or_default();
        let mut compiler = MigrationCompiler {
            pack,
            shop_kind,
            kind: pack.kinds.get(shop_kind),
            parts: ConditionCompiler::new(pack, shop_kind, day),
            rule_ids: pack.rules.iter().map(|rule| rule.info.id.as_str()).collect(),
            task_ids: Vec::new(),
            migration: String::new(),
            title: SharedText::default(),
            task_fields: Vec::new(),
            source: Arc::new(SourceFile::new("", "")),
            problems,
        };
        let tasks = compiler.task_kinds(&tasks);
        let (mut all, mut limits) = (Vec::new(), Vec::new());
        for (name, source, file) in &files {
            compiler.enter(source);
            compiler.check_head(&file.id, name, file.evidence.is_empty());
            compiler.migration.clone_from(name);
            compiler.title = Arc::new(file.title.clone());
            let migration = compiler.migration(file);
            let own: Vec<LimitPolicy> = file.limits.iter().filter_map(|limit| compiler.limit(&limit.value)).collect();
            if file.effective.as_ref().is_none_or(|period| period.value.holds(day)) {
                all.push(migration);
                limits.extend(own);
            }
        }
        let MigrationCompiler { parts, task_fields, mut problems, .. } = compiler;
        let (rules, errors) = parts.finish();
        problems.extend(errors.iter().map(|(source, span, error)| Problem::at(source, *span, error)));
        (Self { shop_kind, all, tasks, limits, task_fields, rules }, problems)
    }
}

fn read<T: serde::de::DeserializeOwned>(source: &Arc<SourceFile>, problems: &mut Vec<Problem>) -> Option<T> {
    parse_one(source).map_err(|found| problems.extend(found)).ok()
}

/// The known name that a wrong one was probably meant to be.
fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    nearest(name, known).map(str::to_owned)
}

struct MigrationCompiler<'p> {
    pack: &'p Pack,
    shop_kind: KindIndex,
    /// The kind whose fields paths name: shops, or the records of a nested change.
    kind: &'p Kind,
    parts: ConditionCompiler<'p>,
    rule_ids: Vec<&'p str>,
    task_ids: Vec<String>,
    /// Id and title of the migration that is being compiled.
    migration: String,
    title: SharedText,
    task_fields: Vec<(String, SlotPath)>,
    source: Arc<SourceFile>,
    problems: Vec<Problem>,
}

impl MigrationCompiler<'_> {
    fn enter(&mut self, source: &Arc<SourceFile>) {
        self.source = Arc::clone(source);
        self.parts.enter(source);
    }

    fn error(&mut self, span: Span, error: impl Into<MigrationError>) {
        self.problems.push(Problem::at(&self.source, span, &error.into()));
    }

    fn unknown(&mut self, kind: NameKind, name: &Spanned<String>, suggestion: Option<String>) {
        self.error(name.span, MigrationError::Unknown { kind, found: name.value.clone(), suggestion });
    }

    /// Checks what all files have in common: the id is that of the file's place, and there is evidence.
    fn check_head(&mut self, id: &Spanned<String>, expected: &str, is_unfounded: bool) {
        if id.value != expected {
            let error = RuleError::IdMismatch { id: id.value.clone(), expected: expected.to_owned() };
            self.error(id.span, error);
        }
        if is_unfounded {
            self.error(id.span, RuleError::NoEvidence);
        }
    }

    fn migration(&mut self, file: &MigrationFile) -> Migration {
        for system in &file.from {
            self.check_system(system);
        }
        if let Some(to) = &file.to {
            self.check_system(to);
            if file.outcome.is_none() {
                self.error(to.span, MigrationError::NeedsOutcome { key: "to" });
            }
        }
        if let Some(period) = file.effective.as_ref().filter(|period| !period.value.is_possible()) {
            self.error(period.span, RuleError::PeriodReversed);
        }
        for other in &file.unless {
            let mut known = self.pack.migrations.keys().map(String::as_str);
            if !known.any(|name| name == other.value) {
                let known = self.pack.migrations.keys().map(String::as_str);
                self.unknown(NameKind::Migration, other, near(&other.value, known));
            }
        }
        let id = &file.id.value;
        Migration {
            id: id.clone(),
            why: Arc::new(file.why.clone()),
            from: file.from.iter().map(|system| system.value.clone()).collect(),
            when: self.condition(file.when.as_ref()),
            unless: file.unless.iter().map(|other| other.value.clone()).collect(),
            outcome: file.outcome,
            to: file.to.as_ref().map(|to| to.value.clone()),
            fields: file.fields.iter().filter_map(|change| self.field(change)).collect(),
            nested: file.inner.iter().filter_map(|nested| self.nested(&nested.value)).collect(),
            effects: file.effects.iter().map(|effect| self.effect(id, &effect.value)).collect(),
            tasks: file.tasks.iter().filter_map(|task| self.task(&task.value)).collect(),
            deadlines: (1..)
                .zip(&file.deadlines)
                .filter_map(|(at, deadline)| self.deadline(id, at, deadline))
                .collect(),
        }
    }

    fn condition(&mut self, when: Option<&Spanned<When>>) -> Option<CompiledCheck> {
        when.map(|when| self.parts.when(when))
    }

    fn check_system(&mut self, name: &Spanned<String>) {
        let values = self.kind.field("system").map_or(&[][..], |(_, field)| field.values.as_slice());
        if !values.iter().any(|(known, _)| *known == name.value) {
            self.unknown(NameKind::System, name, near(&name.value, values.iter().map(|(known, _)| known.as_str())));
        }
    }

    fn nested(&mut self, file: &NestedChangeSpec) -> Option<NestedChange> {
        self.parts.path(&file.list)?;
        let list = &file.list.value;
        let held = self.kind.field(list).map(|(slot, _)| slot);
        let Some((_, kind)) = self.kind.nested.iter().copied().find(|(slot, _)| Some(*slot) == held) else {
            self.error(file.list.span, MigrationError::HoldsNoRecords { field: list.clone() });
            return None;
        };
        self.turn_to(kind);
        let mut fields = Vec::new();
        for spec in &file.fields {
            match self.field(spec) {
                Some(FieldChange { value: NewValue::Name, .. } | FieldChange { renamed: true, .. }) => {
                    self.error(spec.span, MigrationError::OnlyOfShops);
                }
                change => fields.extend(change),
            }
        }
        self.turn_to(self.shop_kind);
        Some(NestedChange { list: list.clone(), kind, fields })
    }

    fn turn_to(&mut self, kind: KindIndex) {
        self.kind = self.pack.kinds.get(kind);
        self.parts.turn_to(kind);
    }

    fn field(&mut self, change: &Spanned<FieldChangeSpec>) -> Option<FieldChange> {
        let file = &change.value;
        self.parts.path(&file.field)?;
        let (how, value) = match (&file.set, &file.remove, file.choose, file.date) {
            (Some(operand), None, None, None) => ("set", NewValue::Of(self.parts.operand(operand)?)),
            (None, Some(remove), None, None) if remove.value => ("remove", NewValue::Removed),
            (None, None, Some(PlannerChoice::Name), None) => ("choose", NewValue::Name),
            (None, None, None, Some(PlanDay::Cutover)) => ("date", NewValue::Cutover),
            _ => {
                self.error(change.span, RuleError::ExactlyOne { choices: "set, remove, choose, date" });
                return None;
            }
        };
        let field = &file.field.value;
        let is_single = self.kind.field(field).is_some_and(|(_, known)| {
            !matches!(known.ty, FieldType::Map | FieldType::List | FieldType::Record | FieldType::Script)
        });
        if how != "remove" && !is_single {
            self.error(file.field.span, MigrationError::NotSingle { field: field.clone(), how });
            return None;
        }
        Some(FieldChange {
            field: field.clone(),
            value,
            when: self.condition(file.when.as_ref()),
            renamed: file.renamed,
            why: file.why.clone().map_or_else(|| Arc::clone(&self.title), Arc::new),
            reasons: Arc::new(self.reasons(&file.rules)),
        })
    }

    /// The migration's id, and the ids of rules, which must exist.
    fn reasons(&mut self, rules: &[Spanned<String>]) -> Vec<String> {
        for id in rules {
            if !self.rule_ids.contains(&id.value.as_str()) {
                self.unknown(NameKind::Rule, id, near(&id.value, self.rule_ids.iter().copied()));
            }
        }
        std::iter::once(&self.migration).chain(rules.iter().map(|id| &id.value)).cloned().collect()
    }

    fn effect(&mut self, migration: &str, file: &EffectSpec) -> Effect {
        let option = |compiler: &mut Self, spec: &OptionSpec| EffectOption {
            what: spec.what.clone(),
            fields: spec.fields.iter().filter_map(|change| compiler.field(change)).collect(),
            tasks: spec.tasks.iter().filter_map(|task| compiler.task(&task.value)).collect(),
        };
        Effect {
            id: format!("{migration}/{}", file.id.value),
            kind: file.kind,
            what: file.what.clone(),
            when: self.condition(file.when.as_ref()),
            reasons: self.reasons(&file.rules),
            options: file.options.iter().map(|(name, spec)| (name.clone(), option(self, spec))).collect(),
        }
    }

    fn task_number(&mut self, id: &Spanned<String>) -> Option<usize> {
        let at = self.task_ids.iter().position(|known| *known == id.value);
        if at.is_none() {
            self.unknown(NameKind::Task, id, near(&id.value, self.task_ids.iter().map(String::as_str)));
        }
        at
    }

    fn task(&mut self, file: &TaskSpec) -> Option<MigrationTask> {
        Some(MigrationTask {
            kind: self.task_number(&file.task)?,
            when: self.condition(file.when.as_ref()),
            renamed: file.renamed,
            top_up: file.top_up,
            refund: file.refund,
            reasons: self.reasons(&file.rules),
        })
    }

    fn deadline(&mut self, migration: &str, at: usize, deadline: &Spanned<DeadlineSpec>) -> Option<Deadline> {
        let file = &deadline.value;
        let last_day = match (file.last_day, &file.field) {
            (Some(day), None) => LastDay::Day(day),
            (None, Some(field)) => LastDay::Field(self.parts.path(field)?),
            _ => {
                self.error(deadline.span, RuleError::ExactlyOne { choices: "last_day, field" });
                return None;
            }
        };
        Some(Deadline {
            id: format!("{migration}/deadline-{at}"),
            last_day,
            when: self.condition(file.when.as_ref()),
            consequence: file.consequence.clone(),
            reasons: self.reasons(&file.rules),
        })
    }

    fn limit(&mut self, file: &LimitSpec) -> Option<LimitPolicy> {
        let reasons: SharedReasons = Arc::new(self.reasons(std::slice::from_ref(&file.rule)));
        if let Some(field) = file.without.first().filter(|_| file.excess == ExcessPolicy::Blocked) {
            self.error(field.span, MigrationError::StaysWhole);
        }
        let why = Arc::new(file.proposal.clone());
        let goes = |field: &String| FieldChange {
            field: field.clone(),
            value: NewValue::Removed,
            when: None,
            renamed: false,
            why: Arc::clone(&why),
            reasons: Arc::clone(&reasons),
        };
        let known = file.without.iter().filter(|field| self.parts.path(field).is_some());
        let without: Vec<String> = known.map(|field| field.value.clone()).collect();
        let mut changes: Vec<FieldChange> = file.fields.iter().filter_map(|spec| self.field(spec)).collect();
        for change in &mut changes {
            (change.why, change.reasons) = (Arc::clone(&why), Arc::clone(&reasons));
        }
        if changes.is_empty() {
            changes.extend(without.iter().map(goes));
        }
        Some(LimitPolicy {
            rule: file.rule.value.clone(),
            excess: file.excess,
            without,
            changes,
            proposal: file.proposal.clone(),
            task: self.task_number(&file.task)?,
        })
    }
}
