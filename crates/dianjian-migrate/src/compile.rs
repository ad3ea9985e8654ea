//! From migration files to what runs: conditions and operands compiled for one day of cut-over.
//!
//! All files are compiled, those too that do not hold on that day, so that a mistake is found on any day.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::error::{MigrationError, NameKind};
use super::language::{
    DeadlineSpec, EffectSpec, ExcessPolicy, FieldChangeSpec, LimitSpec, MigrationFile, NestedChangeSpec, PlanDay,
    PlannerChoice, TaskFile, TaskSpec,
};
use super::plan::{EffectKind, SharedReasons, SharedText, ShopOutcome};
use dianjian_base::lang::Text;
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::Spanned;
use dianjian_rules::Selector;
use dianjian_rules::check::{Check, Operand, Path};
use dianjian_rules::compile::Parts;
use dianjian_rules::pack::parse_one;
use dianjian_rules::record::kind::nearest;
use dianjian_rules::record::schema::FieldType;
use dianjian_rules::record::{Kind, KindIndex};
use dianjian_rules::{Pack, RuleError, Ruleset};

/// The kind of record that is migrated.
pub const SHOP: &str = "Shop";

/// All migrations of a pack on one day of cut-over.
#[derive(Debug)]
pub struct Migrations {
    /// The number of the kind `Shop`.
    pub shop: KindIndex,
    /// Those that hold on the day, by id.
    pub ways: Vec<Migration>,
    /// What people may have to do, each after those it waits for.
    pub tasks: Vec<TaskKind>,
    /// What becomes of shops beyond limits.
    pub limits: Vec<LimitPolicy>,
    /// Fields whose values tasks ask for: those of `each` and `due`.
    pub task_fields: Vec<(String, Path)>,
    /// What conditions are run with.
    pub rules: Ruleset,
}

/// One migration.
#[derive(Debug)]
pub struct Migration {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: SharedText,
    /// Why.
    pub why: SharedText,
    /// The systems that it is for.
    pub from: Vec<String>,
    /// What else must hold.
    pub when: Option<Check>,
    /// What is done; absent: it adds to another.
    pub outcome: Option<ShopOutcome>,
    /// The new system.
    pub to: Option<String>,
    /// What fields become.
    pub fields: Vec<FieldChange>,
    /// What fields of records inside become.
    pub inner: Vec<NestedChange>,
    /// What is gained and lost.
    pub effects: Vec<Effect>,
    /// What people do.
    pub tasks: Vec<Task>,
    /// Until when.
    pub deadlines: Vec<Deadline>,
}

/// What fields of the records in a list become.
#[derive(Debug)]
pub struct NestedChange {
    /// The field that holds the records.
    pub list: String,
    /// Their kind.
    pub kind: KindIndex,
    /// What becomes of each.
    pub fields: Vec<FieldChange>,
}

/// What a field becomes.
#[derive(Debug)]
pub struct FieldChange {
    /// Its path.
    pub field: String,
    /// Its new value.
    pub value: NewValue,
    /// Where.
    pub when: Option<Check>,
    /// Only where the shop gets another name?
    pub renamed: bool,
    /// Why; absent: the migration's title.
    pub why: Option<SharedText>,
    /// The migration, and the rules that it follows from.
    pub reasons: SharedReasons,
}

/// A field's new value.
#[derive(Debug)]
pub enum NewValue {
    /// Taken from somewhere.
    Of(Operand),
    /// None: the entry goes.
    Removed,
    /// The name that the planner chooses.
    Name,
    /// The day of the move.
    Cutover,
}

/// A gain, a loss or a choice.
#[derive(Debug)]
pub struct Effect {
    /// `<migration>/<effect>`.
    pub id: String,
    /// Which way it goes.
    pub kind: EffectKind,
    /// What it is.
    pub what: Text,
    /// Where.
    pub when: Option<Check>,
    /// Rules that it follows from.
    pub rules: Vec<String>,
    /// What may be chosen.
    pub options: BTreeMap<String, EffectOption>,
}

/// One way to choose.
#[derive(Debug)]
pub struct EffectOption {
    /// What it means.
    pub what: Text,
    /// What it changes.
    pub fields: Vec<FieldChange>,
    /// What it asks of people.
    pub tasks: Vec<Task>,
}

/// A task of a migration.
#[derive(Debug)]
pub struct Task {
    /// Its number in [`Migrations::tasks`].
    pub task: usize,
    /// Where.
    pub when: Option<Check>,
    /// Only where the shop gets another name?
    pub renamed: bool,
    /// Only where the deposit is not enough?
    pub top_up: bool,
    /// Only where some of the deposit can be had back?
    pub refund: bool,
    /// Rules that it follows from.
    pub rules: Vec<String>,
}

/// A deadline of a migration.
#[derive(Debug)]
pub struct Deadline {
    /// Names it among the plan's effects.
    pub id: String,
    /// The last good day.
    pub last_day: LastDay,
    /// Where.
    pub when: Option<Check>,
    /// What happens afterwards.
    pub consequence: Text,
    /// Rules that say so.
    pub rules: Vec<String>,
}

/// Where a day comes from.
#[derive(Debug)]
pub enum LastDay {
    /// A day.
    Day(NaiveDate),
    /// A field.
    Field(Path),
}

/// What becomes of shops beyond a limit.
#[derive(Debug)]
pub struct LimitPolicy {
    /// The rule.
    pub rule: String,
    /// What is done.
    pub excess: ExcessPolicy,
    /// What goes from those that move all the same.
    pub without: Vec<FieldChange>,
    /// What is proposed.
    pub proposal: Text,
    /// The task's number.
    pub task: usize,
}

/// A sort of task.
#[derive(Debug)]
pub struct TaskKind {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub title: Text,
    /// Who does it.
    pub who: Text,
    /// Where.
    pub place: Text,
    /// Why.
    pub why: Text,
    /// Numbers of those that come first; all are smaller than its own.
    pub after: Vec<usize>,
    /// Days before the move.
    pub days_before: i32,
    /// Its last day.
    pub due: DueDay,
    /// Numbers in [`Migrations::task_fields`].
    pub each: Vec<usize>,
    /// Findings that it answers: pattern and its text.
    pub answers: Vec<(Selector, String)>,
}

impl TaskKind {
    /// Does it answer everything that nothing else answers?
    #[must_use]
    pub fn is_fallback(&self) -> bool {
        self.answers.iter().any(|(_, text)| text == EVERY_RULE)
    }
}

/// A task's last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueDay {
    /// The day of the move, for what comes before it; else none.
    Usual,
    /// A day.
    On(NaiveDate),
    /// So many days before the move.
    Before(i32),
    /// The value of a field: a number in [`Migrations::task_fields`].
    Field(usize),
    /// The shop's deadline.
    Deadline,
}

/// The pattern that means every rule.
const EVERY_RULE: &str = "*";

/// Placeholders of the general fallback.
const RULE_PLACEHOLDERS: [&str; 3] = ["rule.title", "rule.why", "rule.help"];

impl Migrations {
    /// Compiles the pack's migrations for a day of cut-over.
    #[must_use]
    pub fn compile(pack: &Pack, day: NaiveDate) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let (mut files, mut tasks) = (Vec::new(), Vec::new());
        for (name, source) in pack.migrations.iter() {
            match name.strip_prefix("tasks/") {
                Some(task) => read::<TaskFile>(source, &mut problems)
                    .into_iter()
                    .for_each(|file| tasks.push((task.to_owned(), Arc::clone(source), file))),
                None => read::<MigrationFile>(source, &mut problems)
                    .into_iter()
                    .for_each(|file| files.push((name.clone(), Arc::clone(source), file))),
            }
        }
        let shop = pack.kinds.find(SHOP).unwrap_or_default();
        let mut compiler = Compiler {
            pack,
            shop,
            kind: pack.kinds.get(shop),
            parts: Parts::new(pack, shop, day),
            rule_ids: pack.rules.iter().map(|rule| rule.info.id.as_str()).collect(),
            task_ids: Vec::new(),
            way: String::new(),
            task_fields: Vec::new(),
            source: Arc::new(SourceFile::new("", "")),
            problems,
        };
        let tasks = compiler.tasks(&tasks);
        let mut ways = Vec::new();
        let mut limits = Vec::new();
        for (name, source, file) in &files {
            compiler.enter(source);
            compiler.named(&file.id, name, file.evidence.is_empty());
            compiler.way.clone_from(name);
            let way = compiler.way(file);
            let acts: Vec<LimitPolicy> = file.limits.iter().filter_map(|limit| compiler.limit(&limit.value)).collect();
            if file.effective.as_ref().is_none_or(|period| period.value.holds(day)) {
                ways.push(way);
                limits.extend(acts);
            }
        }
        let Compiler { parts, task_fields, mut problems, .. } = compiler;
        let (rules, errors) = parts.finish();
        problems.extend(errors.iter().map(|(source, span, error)| Problem::at(source, *span, error)));
        (Self { shop, ways, tasks, limits, task_fields, rules }, problems)
    }

    /// The tasks that answer a rule's findings equally well: by id, else by the longest pattern, else the fallback.
    #[must_use]
    pub fn answers(&self, rule: &str) -> Vec<usize> {
        let rank = |task: &TaskKind| {
            let fits = task.answers.iter().filter(|(selector, _)| selector.matches(rule));
            fits.map(|(selector, text)| if selector.is_id() { usize::MAX } else { text.len() }).max()
        };
        let ranked: Vec<(usize, usize)> =
            self.tasks.iter().enumerate().filter_map(|(at, task)| Some((rank(task)?, at))).collect();
        let best = ranked.iter().map(|(rank, _)| *rank).max();
        ranked.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, at)| at).collect()
    }

    /// The task that answers a rule's findings: of several one that the shop has already, else the first.
    #[must_use]
    pub fn answer(&self, rule: &str, has: &dyn Fn(usize) -> bool) -> Option<usize> {
        chosen(&self.answers(rule), has)
    }

    /// The number of the task that answers what nothing else does.
    #[must_use]
    pub fn fallback(&self) -> Option<usize> {
        self.tasks.iter().position(TaskKind::is_fallback)
    }
}

fn read<T: serde::de::DeserializeOwned>(source: &Arc<SourceFile>, problems: &mut Vec<Problem>) -> Option<T> {
    parse_one(source).map_err(|found| problems.extend(found)).ok()
}

struct Compiler<'p> {
    pack: &'p Pack,
    shop: KindIndex,
    /// The kind that is spoken of.
    kind: &'p Kind,
    parts: Parts<'p>,
    rule_ids: Vec<&'p str>,
    task_ids: Vec<String>,
    /// The id of the migration that is being read.
    way: String,
    task_fields: Vec<(String, Path)>,
    source: Arc<SourceFile>,
    problems: Vec<Problem>,
}

impl Compiler<'_> {
    fn enter(&mut self, source: &Arc<SourceFile>) {
        self.source = Arc::clone(source);
        self.parts.enter(source);
    }

    fn error(&mut self, span: Span, error: impl Into<MigrationError>) {
        self.problems.push(Problem::at(&self.source, span, &error.into()));
    }

    /// Checks what all files have in common: the id is the place, and somebody says so.
    fn named(&mut self, id: &Spanned<String>, expected: &str, unfounded: bool) {
        if id.value != expected {
            let error = RuleError::IdMismatch { id: id.value.clone(), expected: expected.to_owned() };
            self.error(id.span, error);
        }
        if unfounded {
            self.error(id.span, RuleError::NoEvidence);
        }
    }

    fn unknown<'n>(&mut self, what: NameKind, name: &Spanned<String>, known: impl Iterator<Item = &'n str>) {
        let suggestion = nearest(&name.value, known).map(str::to_owned);
        self.error(name.span, MigrationError::Unknown { what, found: name.value.clone(), suggestion });
    }

    // ---- tasks

    fn tasks(&mut self, files: &[(String, Arc<SourceFile>, TaskFile)]) -> Vec<TaskKind> {
        let names: Vec<String> = files.iter().map(|(_, _, file)| file.task.value.clone()).collect();
        let order = self.order(files, &names);
        self.task_ids = order.iter().filter_map(|at| names.get(*at).cloned()).collect();
        let mut fallback = false;
        let mut tasks = Vec::new();
        for at in order {
            let Some((name, source, file)) = files.get(at) else { continue };
            self.enter(source);
            self.named(&file.task, name, file.evidence.is_empty());
            let task = self.task_kind(file);
            if task.is_fallback() && std::mem::replace(&mut fallback, true) {
                self.error(file.task.span, MigrationError::TwoFallbacks);
            }
            tasks.push(task);
        }
        tasks
    }

    /// Tasks in an order in which each comes after those it waits for; those in a circle are told and come last.
    fn order(&mut self, files: &[(String, Arc<SourceFile>, TaskFile)], names: &[String]) -> Vec<usize> {
        let mut waits: Vec<Vec<usize>> = Vec::new();
        for (_, source, file) in files {
            self.enter(source);
            let mut before = Vec::new();
            for task in &file.after {
                match names.iter().position(|name| *name == task.value) {
                    Some(at) => before.push(at),
                    None => self.unknown(NameKind::Task, task, names.iter().map(String::as_str)),
                }
            }
            waits.push(before);
        }
        let mut order: Vec<usize> = Vec::new();
        while order.len() < files.len() {
            let is_free = |at: &usize| !order.contains(at) && waits[*at].iter().all(|first| order.contains(first));
            match (0..files.len()).find(is_free) {
                Some(at) => order.push(at),
                None => {
                    let rest: Vec<usize> = (0..files.len()).filter(|at| !order.contains(at)).collect();
                    if let Some((_, source, file)) = rest.first().and_then(|at| files.get(*at)) {
                        self.enter(source);
                        let tasks = rest.iter().map(|at| names[*at].as_str()).collect::<Vec<_>>().join(", ");
                        self.error(file.task.span, MigrationError::TaskCircle { tasks });
                    }
                    order.extend(rest);
                }
            }
        }
        order
    }

    fn task_kind(&mut self, file: &TaskFile) -> TaskKind {
        let number = |compiler: &Self, id: &str| compiler.task_ids.iter().position(|known| known == id);
        let own = number(self, &file.task.value).unwrap_or(usize::MAX);
        let after = file.after.iter().filter_map(|task| number(self, &task.value)).filter(|at| *at < own).collect();
        let each: Vec<usize> = file.each.iter().filter_map(|field| self.task_field(field)).collect();
        let due = match &file.due {
            None => DueDay::Usual,
            Some(due) => self.due(due),
        };
        let answers = file.answers.iter().filter_map(|pattern| self.answers(pattern)).collect();
        let task = TaskKind {
            id: file.task.value.clone(),
            title: file.title.value.clone(),
            who: file.who.value.clone(),
            place: file.r#where.value.clone(),
            why: file.why.value.clone(),
            after,
            days_before: file.days_before,
            due,
            each,
            answers,
        };
        for text in [&file.title, &file.who, &file.r#where, &file.why] {
            self.placeholders(text, &task);
        }
        task
    }

    fn task_field(&mut self, field: &Spanned<String>) -> Option<usize> {
        if let Some(at) = self.task_fields.iter().position(|(known, _)| *known == field.value) {
            return Some(at);
        }
        let path = self.parts.path(field)?;
        self.task_fields.push((field.value.clone(), path));
        Some(self.task_fields.len() - 1)
    }

    fn due(&mut self, due: &Spanned<super::language::DueSpec>) -> DueDay {
        let given = &due.value;
        match (given.on, given.days_before, &given.field, given.deadline) {
            (Some(day), None, None, None) => DueDay::On(day),
            (None, Some(days), None, None) => DueDay::Before(days),
            (None, None, Some(field), None) => self.task_field(field).map_or(DueDay::Usual, DueDay::Field),
            (None, None, None, Some(true)) => DueDay::Deadline,
            _ => {
                self.error(due.span, RuleError::ExactlyOne { choices: "on, days_before, field, deadline" });
                DueDay::Usual
            }
        }
    }

    fn answers(&mut self, pattern: &Spanned<String>) -> Option<(Selector, String)> {
        match Selector::new(&pattern.value, &self.rule_ids) {
            Ok(selector) => Some((selector, pattern.value.clone())),
            Err(_) => {
                let known = self.rule_ids.clone();
                self.unknown(NameKind::Rule, pattern, known.into_iter());
                None
            }
        }
    }

    fn placeholders(&mut self, text: &Spanned<Text>, task: &TaskKind) {
        let known: Vec<&str> = match task.is_fallback() {
            true => RULE_PLACEHOLDERS.to_vec(),
            false => Vec::new(),
        };
        let fields: Vec<String> =
            task.each.iter().filter_map(|at| Some(self.task_fields.get(*at)?.0.clone())).collect();
        for name in [&text.value.zh, &text.value.en].into_iter().flat_map(|text| placeholders(text)) {
            if !known.contains(&name) && !fields.iter().any(|field| field == name) {
                let all = known.iter().copied().chain(fields.iter().map(String::as_str));
                let suggestion = nearest(name, all).map(str::to_owned);
                let error = RuleError::UnknownPlaceholder { found: name.to_owned(), suggestion };
                self.error(text.span, error);
            }
        }
    }

    // ---- migrations

    fn way(&mut self, file: &MigrationFile) -> Migration {
        for system in &file.from {
            self.system(system);
        }
        if let Some(to) = &file.to {
            self.system(to);
            if file.outcome.is_none() {
                self.error(to.span, MigrationError::NeedsOutcome { key: "to" });
            }
        }
        if let Some(period) = file.effective.as_ref().filter(|period| !period.value.is_possible()) {
            self.error(period.span, RuleError::PeriodReversed);
        }
        let id = &file.id.value;
        Migration {
            id: id.clone(),
            title: Arc::new(file.title.clone()),
            why: Arc::new(file.why.clone()),
            from: file.from.iter().map(|system| system.value.clone()).collect(),
            when: file.when.as_ref().map(|when| self.parts.when(when)),
            outcome: file.outcome,
            to: file.to.as_ref().map(|to| to.value.clone()),
            fields: file.fields.iter().filter_map(|change| self.field(change)).collect(),
            inner: file.inner.iter().filter_map(|inner| self.inner(&inner.value)).collect(),
            effects: file.effects.iter().map(|effect| self.effect(id, &effect.value)).collect(),
            tasks: file.tasks.iter().filter_map(|task| self.task(&task.value)).collect(),
            deadlines: file
                .deadlines
                .iter()
                .enumerate()
                .filter_map(|(at, deadline)| self.deadline(&format!("{id}/deadline-{}", at + 1), deadline))
                .collect(),
        }
    }

    fn system(&mut self, name: &Spanned<String>) {
        let values = self.kind.field("system").map_or(&[][..], |(_, field)| field.values.as_slice());
        if !values.iter().any(|(known, _)| *known == name.value) {
            self.unknown(NameKind::System, name, values.iter().map(|(known, _)| known.as_str()));
        }
    }

    fn inner(&mut self, file: &NestedChangeSpec) -> Option<NestedChange> {
        self.parts.path(&file.list)?;
        let list = &file.list.value;
        let held = self.kind.field(list).map(|(slot, _)| slot);
        let Some((_, kind)) = self.kind.nested.iter().copied().find(|(slot, _)| Some(*slot) == held) else {
            self.error(file.list.span, MigrationError::HoldsNoRecords { field: list.clone() });
            return None;
        };
        self.turn_to(kind);
        let fields = file.fields.iter().filter_map(|change| self.inner_field(change)).collect();
        self.turn_to(self.shop);
        Some(NestedChange { list: list.clone(), kind, fields })
    }

    fn inner_field(&mut self, change: &Spanned<FieldChangeSpec>) -> Option<FieldChange> {
        let become_ = self.field(change)?;
        if matches!(become_.value, NewValue::Name) || become_.renamed {
            self.error(change.span, MigrationError::OnlyOfShops);
            return None;
        }
        Some(become_)
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
        let single = self.kind.field(field).is_some_and(|(_, known)| {
            !matches!(known.ty, FieldType::Map | FieldType::List | FieldType::Record | FieldType::Script)
        });
        if how != "remove" && !single {
            self.error(file.field.span, MigrationError::NotSingle { field: field.clone(), how });
            return None;
        }
        Some(FieldChange {
            field: field.clone(),
            value,
            when: file.when.as_ref().map(|when| self.parts.when(when)),
            renamed: file.renamed,
            why: file.why.clone().map(Arc::new),
            reasons: Arc::new(std::iter::once(self.way.clone()).chain(self.rules(&file.rules)).collect()),
        })
    }

    /// Ids of rules that are there.
    fn rules(&mut self, ids: &[Spanned<String>]) -> Vec<String> {
        for id in ids {
            if !self.rule_ids.contains(&id.value.as_str()) {
                let known = self.rule_ids.clone();
                self.unknown(NameKind::Rule, id, known.into_iter());
            }
        }
        ids.iter().map(|id| id.value.clone()).collect()
    }

    fn effect(&mut self, way: &str, file: &EffectSpec) -> Effect {
        let option = |compiler: &mut Self, spec: &super::language::OptionSpec| EffectOption {
            what: spec.what.clone(),
            fields: spec.fields.iter().filter_map(|change| compiler.field(change)).collect(),
            tasks: spec.tasks.iter().filter_map(|task| compiler.task(&task.value)).collect(),
        };
        Effect {
            id: format!("{way}/{}", file.id.value),
            kind: file.kind,
            what: file.what.clone(),
            when: file.when.as_ref().map(|when| self.parts.when(when)),
            rules: self.rules(&file.rules),
            options: file.options.iter().map(|(name, spec)| (name.clone(), option(self, spec))).collect(),
        }
    }

    fn task_number(&mut self, id: &Spanned<String>) -> Option<usize> {
        let at = self.task_ids.iter().position(|known| *known == id.value);
        if at.is_none() {
            let known = self.task_ids.clone();
            self.unknown(NameKind::Task, id, known.iter().map(String::as_str));
        }
        at
    }

    fn task(&mut self, file: &TaskSpec) -> Option<Task> {
        Some(Task {
            task: self.task_number(&file.task)?,
            when: file.when.as_ref().map(|when| self.parts.when(when)),
            renamed: file.renamed,
            top_up: file.top_up,
            refund: file.refund,
            rules: self.rules(&file.rules),
        })
    }

    fn deadline(&mut self, id: &str, deadline: &Spanned<DeadlineSpec>) -> Option<Deadline> {
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
            id: id.to_owned(),
            last_day,
            when: file.when.as_ref().map(|when| self.parts.when(when)),
            consequence: file.consequence.clone(),
            rules: self.rules(&file.rules),
        })
    }

    fn limit(&mut self, file: &LimitSpec) -> Option<LimitPolicy> {
        let rules = self.rules(std::slice::from_ref(&file.rule));
        if let Some(field) = file.without.first().filter(|_| file.excess == ExcessPolicy::Blocked) {
            self.error(field.span, MigrationError::StaysWhole);
        }
        let why = Arc::new(file.proposal.clone());
        let reasons: SharedReasons = Arc::new(std::iter::once(self.way.clone()).chain(rules).collect());
        let goes = |field: &Spanned<String>| FieldChange {
            field: field.value.clone(),
            value: NewValue::Removed,
            when: None,
            renamed: false,
            why: Some(Arc::clone(&why)),
            reasons: Arc::clone(&reasons),
        };
        let without = file.without.iter().filter(|field| self.parts.path(field).is_some()).map(goes).collect();
        Some(LimitPolicy {
            rule: file.rule.value.clone(),
            excess: file.excess,
            without,
            proposal: file.proposal.clone(),
            task: self.task_number(&file.task)?,
        })
    }
}

/// Of tasks that answer equally well one that the shop has already, else the first.
#[must_use]
pub fn chosen(answers: &[usize], has: &dyn Fn(usize) -> bool) -> Option<usize> {
    answers.iter().copied().find(|task| has(*task)).or(answers.first().copied())
}

/// The names in braces of a text.
pub fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dianjian_rules::PackBuilder;

    const TASK: &str = "title: {zh: 做, en: do}\nwho: {zh: 人, en: one}\nwhere: {zh: 处, en: there}\nwhy: {zh: 因, en: so}\nevidence: [{source: own, ref: x, confidence: low, says: {zh: 说, en: says}}]\n";
    const WAY: &str = "title: {zh: 迁, en: move}\nwhy: {zh: 因, en: so}\nevidence: [{source: own, ref: x, confidence: low, says: {zh: 说, en: says}}]\n";

    /// Mistakes of files added to the shipped pack: line, message and help.
    fn mistakes(files: &[(&str, &str)]) -> Vec<String> {
        let builder =
            files.iter().fold(PackBuilder::default().shipped(), |builder, (path, text)| builder.text(path, text));
        let (pack, _) = builder.build();
        let (_, problems) = Migrations::compile(&pack, NaiveDate::MAX);
        let told = |problem: &Problem| {
            let line =
                problem.place.as_ref().map(|(source, span)| source.position(span.start).line).unwrap_or_default();
            let help = problem.help.as_ref().map(|help| format!(" ({})", help.en)).unwrap_or_default();
            format!("{line}: {}{help}", problem.message.en)
        };
        problems.iter().map(told).collect()
    }

    #[test]
    fn mistakes_are_told_where_they_are_with_what_was_meant() {
        for (way, told) in [
            ("from: [chanels-store]", "there is no shop system `chanels-store` (did you mean `channels-store`?)"),
            ("from: [channels-store]\neffcts: []", "unknown field `effcts` (did you mean `effects`?)"),
            (
                "from: [channels-store]\nwhen: {store_tpye: {exists: true}}",
                "Shop has no field `store_tpye` (did you mean `store_type`?)",
            ),
            (
                "from: [channels-store]\ntasks: [{task: upgrade-shp}]",
                "there is no task `upgrade-shp` (did you mean `upgrade-shop`?)",
            ),
            ("from: [channels-store]\nto: weixin-store", "`to` needs an `outcome`"),
            (
                "from: [channels-store]\nfields: [{field: brand, set: x}]",
                "`brand` cannot be set: it is no single value",
            ),
            (
                "from: [channels-store]\nfields: [{field: system, set: x, remove: true}]",
                "exactly one of set, remove, choose, date must be given",
            ),
            (
                "from: [channels-store]\neffects: [{id: a, kind: gain, what: {zh: 得, en: a}, rules: [naming/unqiue]}]",
                "there is no rule `naming/unqiue` (did you mean `naming/unique`?)",
            ),
            (
                "from: [channels-store]\ninner: [{list: products, fields: [{field: stauts, set: 0}]}]",
                "Product has no field `stauts` (did you mean `status`?)",
            ),
            (
                "from: [channels-store]\ninner: [{list: categories, fields: [{field: name, set: x}]}]",
                "`categories` holds no records",
            ),
            (
                "from: [channels-store]\ninner: [{list: products, fields: [{field: title, choose: name}]}]",
                "names are chosen for shops alone",
            ),
            (
                "from: [channels-store]\nlimits: [{rule: limits/weixin-stores, excess: migrate, without: [brnd], task: settle-limit, proposal: {zh: 议, en: so}}]",
                "Shop has no field `brnd` (did you mean `brand`?)",
            ),
            (
                "from: [channels-store]\nlimits: [{rule: limits/weixin-stores, excess: blocked, without: [brand], task: settle-limit, proposal: {zh: 议, en: so}}]",
                "`without` is for shops that move, and these are blocked",
            ),
            (
                "from: [channels-store]\ndeadlines: [{consequence: {zh: 失, en: lost}}]",
                "exactly one of last_day, field must be given",
            ),
            (
                "from: [channels-store]\neffective: {from: 2025-01-01, until: 2024-01-01}",
                "`until` must be later than `from`: this never holds",
            ),
        ] {
            let found = mistakes(&[("migrations/own.yaml", &format!("id: own\n{way}\n{WAY}"))]);
            assert_eq!(found.len(), 1, "{way}: {found:?}");
            assert!(found[0].ends_with(told), "{way}: {found:?}");
            assert!(!found[0].starts_with("0:"), "{way}: {found:?}");
        }
    }

    #[test]
    fn mistakes_in_tasks_are_told_too() {
        for (task, told) in [
            ("after: [upgrade-shp]", "there is no task `upgrade-shp` (did you mean `upgrade-shop`?)"),
            ("answers: [namng/unique]", "there is no rule `namng/unique` (did you mean `naming/unique`?)"),
            ("answers: ['*']", "`*` answers every rule, and another task does so already"),
            ("due: {}", "exactly one of on, days_before, field, deadline must be given"),
            ("each: [super_admn]", "Shop has no field `super_admn` (did you mean `super_admin`?)"),
        ] {
            let found = mistakes(&[("migrations/tasks/own.yaml", &format!("task: own\n{task}\n{TASK}"))]);
            assert_eq!(found.len(), 1, "{task}: {found:?}");
            assert!(found[0].ends_with(told), "{task}: {found:?}");
        }
        let title = TASK.replace("en: do}", "en: 'do {super_admin}'}");
        let found = mistakes(&[("migrations/tasks/own.yaml", &format!("task: own\n{title}"))]);
        assert!(found[0].contains("`{super_admin}` stands for nothing here"), "{found:?}");
        let circle = [
            ("migrations/tasks/a.yaml", &*format!("task: a\nafter: [b]\n{TASK}")),
            ("migrations/tasks/b.yaml", &*format!("task: b\nafter: [a]\n{TASK}")),
        ];
        let found = mistakes(&circle);
        assert!(found.iter().any(|told| told.ends_with("these tasks wait for one another: a, b")), "{found:?}");
    }

    #[test]
    fn the_nearest_task_answers() {
        let (pack, _) = PackBuilder::default().shipped().build();
        let (migrations, _) = Migrations::compile(&pack, NaiveDate::MAX);
        let id = |rule: &str| migrations.tasks[migrations.answer(rule, &|_| false).unwrap()].id.as_str();
        assert_eq!(id("alliance/score-now"), "raise-score");
        assert_eq!(id("alliance/open-first"), "open-alliance");
        assert_eq!(id("brand/self-run-limit"), "settle-limit");
        assert_eq!(id("homepage/contacts"), "replace-codes");
        assert_eq!(id("live/personal-store"), "look-into");
        for rule in &pack.rules {
            assert!(migrations.answer(&rule.info.id, &|_| false).is_some(), "{}", rule.info.id);
        }
    }
}
