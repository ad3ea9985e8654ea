//! The migrations of one day of cut-over as they run: conditions, values and tasks compiled from `rules/migrations`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_rules::record::KindIndex;
use dianjian_rules::{CompiledCheck, CompiledOperand, Ruleset, Selector, SlotPath};

use crate::language::ExcessPolicy;
use crate::plan::{EffectKind, SharedReasons, SharedText, ShopOutcome};

/// All migrations of a pack on one day of cut-over.
#[derive(Debug)]
pub struct Migrations {
    pub(crate) shop_kind: KindIndex,
    /// Those that are in force on the day, by id.
    pub(crate) all: Vec<Migration>,
    /// Each after those that it waits for.
    pub(crate) tasks: Vec<TaskKind>,
    pub(crate) limits: Vec<LimitPolicy>,
    /// Fields whose values tasks ask for: those of `each` and `due`.
    pub(crate) task_fields: Vec<(String, SlotPath)>,
    /// What conditions are evaluated with.
    pub(crate) rules: Ruleset,
}

#[derive(Debug)]
pub(crate) struct Migration {
    pub(crate) id: String,
    pub(crate) why: SharedText,
    /// The systems that it is for.
    pub(crate) from: Vec<String>,
    pub(crate) when: Option<CompiledCheck>,
    /// Ids of others: where one of them adds, this one does not.
    pub(crate) unless: Vec<String>,
    /// Absent: it adds to another migration.
    pub(crate) outcome: Option<ShopOutcome>,
    pub(crate) to: Option<String>,
    pub(crate) fields: Vec<FieldChange>,
    pub(crate) nested: Vec<NestedChange>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) tasks: Vec<MigrationTask>,
    pub(crate) deadlines: Vec<Deadline>,
}

/// The changes of records in a list of the shop, such as its products.
#[derive(Debug)]
pub(crate) struct NestedChange {
    pub(crate) list: String,
    pub(crate) kind: KindIndex,
    pub(crate) fields: Vec<FieldChange>,
}

#[derive(Debug)]
pub(crate) struct FieldChange {
    pub(crate) field: String,
    pub(crate) value: NewValue,
    pub(crate) when: Option<CompiledCheck>,
    /// Only where the shop gets another name.
    pub(crate) renamed: bool,
    pub(crate) why: SharedText,
    pub(crate) reasons: SharedReasons,
}

/// Where a field's new value comes from.
#[derive(Debug)]
pub(crate) enum NewValue {
    Of(CompiledOperand),
    Removed,
    /// The name that the planner assigns.
    Name,
    /// The day of the shop's move.
    Cutover,
}

/// A gain, a loss or a choice.
#[derive(Debug)]
pub(crate) struct Effect {
    /// `<migration>/<effect>`.
    pub(crate) id: String,
    pub(crate) kind: EffectKind,
    pub(crate) what: Text,
    pub(crate) when: Option<CompiledCheck>,
    pub(crate) reasons: Vec<String>,
    /// What a decisions file may choose, by name.
    pub(crate) options: BTreeMap<String, EffectOption>,
}

#[derive(Debug)]
pub(crate) struct EffectOption {
    pub(crate) what: Text,
    pub(crate) fields: Vec<FieldChange>,
    pub(crate) tasks: Vec<MigrationTask>,
}

/// That shops of a migration need a task.
#[derive(Debug)]
pub(crate) struct MigrationTask {
    /// Its number in [`Migrations::tasks`].
    pub(crate) kind: usize,
    pub(crate) when: Option<CompiledCheck>,
    /// Only where the shop gets another name.
    pub(crate) renamed: bool,
    /// Only where the deposit is not enough.
    pub(crate) top_up: bool,
    /// Only where some of the deposit can be had back.
    pub(crate) refund: bool,
    pub(crate) reasons: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Deadline {
    /// `<migration>/deadline-<number>`: its id among the plan's effects.
    pub(crate) id: String,
    pub(crate) last_day: LastDay,
    pub(crate) when: Option<CompiledCheck>,
    pub(crate) consequence: Text,
    pub(crate) reasons: Vec<String>,
}

#[derive(Debug)]
pub(crate) enum LastDay {
    Day(NaiveDate),
    Field(SlotPath),
}

/// What becomes of shops beyond the limit that a rule sets over several shops.
#[derive(Debug)]
pub(crate) struct LimitPolicy {
    pub(crate) rule: String,
    pub(crate) excess: ExcessPolicy,
    /// Fields that those which move all the same are planned without.
    pub(crate) without: Vec<String>,
    /// What becomes of their files.
    pub(crate) changes: Vec<FieldChange>,
    pub(crate) proposal: Text,
    /// The number of the task that they get.
    pub(crate) task: usize,
}

/// A kind of task, from `rules/migrations/tasks`.
#[derive(Debug)]
pub(crate) struct TaskKind {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) who: Text,
    pub(crate) place: Text,
    pub(crate) why: Text,
    /// Numbers of the kinds that come first; all are smaller than its own.
    pub(crate) after: Vec<usize>,
    /// Days before the move; negative: after it.
    pub(crate) days_before: i32,
    pub(crate) due: DueDay,
    /// Numbers in [`Migrations::task_fields`].
    pub(crate) each: Vec<usize>,
    /// The rules whose findings it answers: selector and its text.
    pub(crate) answers: Vec<(Selector, String)>,
}

/// The pattern that means every rule.
const EVERY_RULE: &str = "*";

impl TaskKind {
    /// Whether it answers everything that nothing else answers.
    pub(crate) fn is_fallback(&self) -> bool {
        self.answers.iter().any(|(_, text)| text == EVERY_RULE)
    }
}

/// A task's last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DueDay {
    /// The day of the move for what comes before it, else none.
    Usual,
    On(NaiveDate),
    /// Days before the move.
    Before(i32),
    /// The value of a field: a number in [`Migrations::task_fields`].
    Field(usize),
    Deadline,
}

impl Migrations {
    /// The tasks that answer a rule's findings equally well: by id, else by the longest pattern, else the fallback.
    pub(crate) fn answers(&self, rule: &str) -> Vec<usize> {
        let rank = |task: &TaskKind| {
            let fits = task.answers.iter().filter(|(selector, _)| selector.matches(rule));
            fits.map(|(selector, text)| if selector.is_id() { usize::MAX } else { text.len() }).max()
        };
        let ranked: Vec<(usize, usize)> =
            self.tasks.iter().enumerate().filter_map(|(at, task)| Some((rank(task)?, at))).collect();
        let best = ranked.iter().map(|(rank, _)| *rank).max();
        ranked.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, at)| at).collect()
    }

    /// The first task that answers a rule's findings.
    pub(crate) fn answer(&self, rule: &str) -> Option<usize> {
        self.answers(rule).first().copied()
    }

    /// The number of a kind of task.
    pub(crate) fn task(&self, id: &str) -> Option<usize> {
        self.tasks.iter().position(|task| task.id == id)
    }
}
