//! Kinds of task: compiled in an order in which each comes after those that it waits for.

use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::Spanned;
use dianjian_rules::{RuleError, Selector};

use super::{MigrationCompiler, near};
use crate::error::{MigrationError, NameKind};
use crate::language::{DueSpec, TaskFile};
use crate::migrations::{DueDay, TaskKind};

/// Placeholders of the general fallback.
const RULE_PLACEHOLDERS: [&str; 3] = ["rule.title", "rule.why", "rule.help"];

impl MigrationCompiler<'_> {
    pub(super) fn task_kinds(&mut self, files: &[(String, Arc<SourceFile>, TaskFile)]) -> Vec<TaskKind> {
        let names: Vec<&str> = files.iter().map(|(_, _, file)| file.task.value.as_str()).collect();
        let order = self.order(files, &names);
        self.task_ids = order.iter().filter_map(|at| names.get(*at).map(|name| (*name).to_owned())).collect();
        let mut has_fallback = false;
        let mut tasks = Vec::new();
        for at in order {
            let Some((name, source, file)) = files.get(at) else { continue };
            self.enter(source);
            self.check_head(&file.task, name, file.evidence.is_empty());
            let task = self.task_kind(file);
            if task.is_fallback() && std::mem::replace(&mut has_fallback, true) {
                self.error(file.task.span, MigrationError::TwoFallbacks);
            }
            tasks.push(task);
        }
        tasks
    }

    /// Tasks in an order in which each comes after those it waits for; those in a circle are reported and come last.
    fn order(&mut self, files: &[(String, Arc<SourceFile>, TaskFile)], names: &[&str]) -> Vec<usize> {
        let mut waits: Vec<Vec<usize>> = Vec::new();
        for (_, source, file) in files {
            self.enter(source);
            let mut before = Vec::new();
            for task in &file.after {
                match names.iter().position(|name| *name == task.value) {
                    Some(at) => before.push(at),
                    None => self.unknown(NameKind::Task, task, near(&task.value, names.iter().copied())),
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
                        let tasks = rest.iter().map(|at| names[*at]).collect::<Vec<_>>().join(", ");
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
        let task = TaskKind {
            id: file.task.value.clone(),
            title: file.title.value.clone(),
            who: file.who.value.clone(),
            place: file.r#where.value.clone(),
            why: file.why.value.clone(),
            after: file.after.iter().filter_map(|task| number(self, &task.value)).filter(|at| *at < own).collect(),
            days_before: file.days_before,
            each: file.each.iter().filter_map(|field| self.task_field(field)).collect(),
            due: file.due.as_ref().map_or(DueDay::Usual, |due| self.due(due)),
            answers: file.answers.iter().filter_map(|pattern| self.answers(pattern)).collect(),
        };
        for text in [&file.title, &file.who, &file.r#where, &file.why] {
            self.check_placeholders(text, &task);
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

    fn due(&mut self, due: &Spanned<DueSpec>) -> DueDay {
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
                self.unknown(NameKind::Rule, pattern, near(&pattern.value, self.rule_ids.iter().copied()));
                None
            }
        }
    }

    fn check_placeholders(&mut self, text: &Spanned<Text>, task: &TaskKind) {
        let of_rule: &[&str] = if task.is_fallback() { &RULE_PLACEHOLDERS } else { &[] };
        let fields = task.each.iter().filter_map(|at| Some(self.task_fields.get(*at)?.0.as_str()));
        let known: Vec<&str> = of_rule.iter().copied().chain(fields).collect();
        let names = [&text.value.zh, &text.value.en].into_iter().flat_map(|text| placeholders(text));
        let unknown = names.filter(|name| !known.contains(name)).map(|found| RuleError::UnknownPlaceholder {
            found: found.to_owned(),
            suggestion: near(found, known.iter().copied()),
        });
        for error in unknown.collect::<Vec<_>>() {
            self.error(text.span, error);
        }
    }
}

/// The names in braces of a text.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}
