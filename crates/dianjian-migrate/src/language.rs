//! The language of migration files: serde types only, no behaviour.
//!
//! `rules/migrations/<id>.yaml` says what becomes of shops, `rules/migrations/tasks/<id>.yaml` what people
//! have to do and which rules' findings that answers. What is read (here) and what is run
//! ([`crate::migrations`]) are two types; the JSON Schemas under `schemas/` are generated from these.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_document::tree::Spanned;
use dianjian_rules::language::{Evidence, Operand, Period, When};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::plan::{EffectKind, ShopOutcome};

/// What becomes of some shops; its file lies at `rules/migrations/<id>.yaml`.
///
/// One with an `outcome` decides; exactly one such may apply to a shop. One without adds to what was decided:
/// it applies to shops that move.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrationFile {
    /// The same as the file's name.
    pub id: Spanned<String>,
    /// What it is called, in a few words.
    pub title: Text,
    /// Why this becomes of the shop, in a sentence or two.
    pub why: Text,
    /// The systems that the shop may be in: values of `Shop.system`.
    pub from: Vec<Spanned<String>>,
    /// What else must hold of the shop, as it is before the move.
    #[serde(default)]
    pub when: Option<Spanned<When>>,
    /// Migrations that add to others and must not apply to the shop; this one is for all the rest.
    #[serde(default)]
    pub unless: Vec<Spanned<String>>,
    /// On which days of cut-over it holds.
    #[serde(default)]
    pub effective: Option<Spanned<Period>>,
    /// What is done with the shop; absent: this file adds to one that says.
    #[serde(default)]
    pub outcome: Option<ShopOutcome>,
    /// The system that the shop will be in; absent: it stays in its own.
    #[serde(default)]
    pub to: Option<Spanned<String>>,
    /// What fields become, in the order in which they are told. A field whose map is not there is left alone.
    #[serde(default)]
    pub fields: Vec<Spanned<FieldChangeSpec>>,
    /// What fields of records inside the shop become, such as those of its products.
    #[serde(default)]
    pub inner: Vec<Spanned<NestedChangeSpec>>,
    /// What the shop gains and loses.
    #[serde(default)]
    pub effects: Vec<Spanned<EffectSpec>>,
    /// What people have to do.
    #[serde(default)]
    pub tasks: Vec<Spanned<TaskSpec>>,
    /// Days after which something is lost.
    #[serde(default)]
    pub deadlines: Vec<Spanned<DeadlineSpec>>,
    /// Limits over several shops, and what becomes of those that do not fit.
    #[serde(default)]
    pub limits: Vec<Spanned<LimitSpec>>,
    /// Where it comes from; at least one.
    pub evidence: Vec<Spanned<Evidence>>,
    /// Shops and what becomes of them; `rules test` runs them.
    #[serde(default)]
    pub examples: Vec<Spanned<MigrationExample>>,
}

/// What fields of the records in a list become.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename = "InnerChange", deny_unknown_fields)]
pub struct NestedChangeSpec {
    /// The shop's field that holds the records, such as `products`.
    pub list: Spanned<String>,
    /// What their fields become; `when` speaks of the record inside.
    pub fields: Vec<Spanned<FieldChangeSpec>>,
}

/// What a field becomes: exactly one of `set`, `remove`, `choose`, `date`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename = "FieldChange", deny_unknown_fields, default)]
pub struct FieldChangeSpec {
    /// The field's path in the shop, such as `brand.mark`.
    pub field: Spanned<String>,
    /// A value, another field's, or a cell of a table; what is absent changes nothing.
    pub set: Option<Spanned<Operand>>,
    /// The entry goes.
    pub remove: Option<Spanned<bool>>,
    /// A value that the planner chooses.
    pub choose: Option<PlannerChoice>,
    /// A day of the plan's calendar.
    pub date: Option<PlanDay>,
    /// Only where this holds of the shop before the move.
    pub when: Option<Spanned<When>>,
    /// Only where the shop gets another name.
    pub renamed: bool,
    /// Why; default: the migration's title.
    pub why: Option<Text>,
    /// Rules that it follows from.
    pub rules: Vec<Spanned<String>>,
}

/// What the planner can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "Choose", rename_all = "kebab-case")]
pub enum PlannerChoice {
    /// A name that is legal on the day of the cut-over and free in the whole fleet.
    Name,
}

/// A day of the plan's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlanDay {
    /// The day that is planned for the shop's move.
    Cutover,
}

/// Something that the move brings or takes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EffectSpec {
    /// Names it within the migration.
    pub id: Spanned<String>,
    /// Which way it goes.
    pub kind: EffectKind,
    /// What it is.
    pub what: Text,
    /// Only where this holds of the shop before the move.
    #[serde(default)]
    pub when: Option<Spanned<When>>,
    /// Rules that it follows from.
    #[serde(default)]
    pub rules: Vec<Spanned<String>>,
    /// Of a choice: what may be chosen in the decisions file, by name.
    #[serde(default)]
    pub options: BTreeMap<String, OptionSpec>,
}

/// One way to choose.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionSpec {
    /// What it means.
    pub what: Text,
    /// Fields that it changes; none: everything stays as it is.
    #[serde(default)]
    pub fields: Vec<Spanned<FieldChangeSpec>>,
    /// Tasks that it brings.
    #[serde(default)]
    pub tasks: Vec<Spanned<TaskSpec>>,
}

/// A task that the move needs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename = "TaskUse", deny_unknown_fields)]
pub struct TaskSpec {
    /// Which one: `rules/migrations/tasks/<id>.yaml`.
    pub task: Spanned<String>,
    /// Only where this holds of the shop before the move.
    #[serde(default)]
    pub when: Option<Spanned<When>>,
    /// Only where the shop gets another name.
    #[serde(default)]
    pub renamed: bool,
    /// Only where the deposit is not enough.
    #[serde(default)]
    pub top_up: bool,
    /// Only where some of the deposit can be had back.
    #[serde(default)]
    pub refund: bool,
    /// Rules that it follows from.
    #[serde(default)]
    pub rules: Vec<Spanned<String>>,
}

/// A day after which something is lost: exactly one of `last_day`, `field`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename = "Deadline", deny_unknown_fields)]
pub struct DeadlineSpec {
    /// The last day on which the shop can be moved without the consequence.
    #[serde(default)]
    pub last_day: Option<NaiveDate>,
    /// A field that holds that day.
    #[serde(default)]
    pub field: Option<Spanned<String>>,
    /// Only where this holds of the shop before the move.
    #[serde(default)]
    pub when: Option<Spanned<When>>,
    /// What happens afterwards.
    pub consequence: Text,
    /// Rules that say so.
    #[serde(default)]
    pub rules: Vec<Spanned<String>>,
}

/// What becomes of shops beyond a rule's limit over several shops.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitSpec {
    /// The rule that sets the limit; its parameters are used.
    pub rule: Spanned<String>,
    /// `blocked`: they do not move before people have decided; `migrate`: they move, and people see to it afterwards.
    pub excess: ExcessPolicy,
    /// Fields of those that move all the same: they move as if these had never been there, and the entries go unless
    /// `fields` says what becomes of them. The name does not carry the words of such a `brand` either, unless it is the
    /// owner's own.
    #[serde(default)]
    pub without: Vec<Spanned<String>>,
    /// What becomes of the file in place of removing those fields.
    #[serde(default)]
    pub fields: Vec<Spanned<FieldChangeSpec>>,
    /// What is proposed for them.
    pub proposal: Text,
    /// The task that they get.
    pub task: Spanned<String>,
}

/// What becomes of shops beyond a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "Excess", rename_all = "kebab-case")]
pub enum ExcessPolicy {
    /// They do not move before people have decided.
    Blocked,
    /// They move, and people see to it afterwards.
    Migrate,
}

/// A shop and what becomes of it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrationExample {
    /// The shop, or several of one fleet.
    pub shop: Spanned<serde_json::Value>,
    /// The day of the plan and of the cut-over; default: the first day on which the migration holds, else 2026-01-01.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// What is done with it; default: the migration's own outcome, or `migrate`.
    #[serde(default)]
    pub outcome: Option<ShopOutcome>,
    /// The fields that change, all of them; null: the entry goes. `upgraded_on` and the like have their new values as texts.
    #[serde(default)]
    pub changed: BTreeMap<String, serde_json::Value>,
    /// Kinds of task that it gets, all of them.
    #[serde(default)]
    pub tasks: Vec<String>,
    /// Effects that it has among others, as `<migration>/<effect>`.
    #[serde(default)]
    pub effects: Vec<String>,
    /// The example shows that the migration does not apply.
    #[serde(default)]
    pub skip: bool,
}

/// What people have to do; its file lies at `rules/migrations/tasks/<id>.yaml`.
///
/// Texts may have `{field}` of any field under `each`; in the general fallback (`answers: ['*']`) also
/// `{rule.title}`, `{rule.why}` and `{rule.help}`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskFile {
    /// The same as the file's name.
    pub task: Spanned<String>,
    /// What is to be done.
    pub title: Spanned<Text>,
    /// Who does it.
    pub who: Spanned<Text>,
    /// Where it is done.
    pub r#where: Spanned<Text>,
    /// Why.
    pub why: Spanned<Text>,
    /// Tasks that come first, where a shop has them.
    #[serde(default)]
    pub after: Vec<Spanned<String>>,
    /// So many days before the shop's move it is planned; negative: after it.
    #[serde(default)]
    pub days_before: i32,
    /// The last day on which it helps; default: the day of the move for what comes before it, else none.
    #[serde(default)]
    pub due: Option<Spanned<DueSpec>>,
    /// Fields by whose values the task is split: one task for all shops that share them.
    #[serde(default)]
    pub each: Vec<Spanned<String>>,
    /// Ids and patterns of rules whose findings it answers. An id goes before a pattern, a longer pattern before a shorter one.
    #[serde(default)]
    pub answers: Vec<Spanned<String>>,
    /// Where it comes from; at least one.
    pub evidence: Vec<Spanned<Evidence>>,
}

/// The last day on which a task helps: exactly one of `on`, `days_before`, `field`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename = "Due", deny_unknown_fields, default)]
pub struct DueSpec {
    /// That day.
    pub on: Option<NaiveDate>,
    /// So many days before the shop's move; negative: after it.
    pub days_before: Option<i32>,
    /// The day that stands in this field.
    pub field: Option<Spanned<String>>,
    /// The shop's deadline.
    pub deadline: Option<bool>,
}
