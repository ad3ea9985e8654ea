//! A shop's entry in a plan.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Deposit, SharedReasons, SharedText};

/// The field that says how a brand is shown, and its value where it is not.
const BRAND_MARK: (&str, &str) = ("brand.mark", "none");

/// What becomes of one shop.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedShop {
    /// Names the shop in this plan, in tasks and in `--only`: its own id, or where it stands.
    pub key: String,
    /// The file, as in `files`.
    pub file: String,
    /// Of a workbook, the sheet that it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Line of its first byte, from 1; of a workbook the row.
    pub line: u64,
    /// Its first byte in the file's text, as UTF-8.
    pub offset: u64,
    /// How many bytes of that it is long.
    pub bytes: u64,
    /// The system it is in.
    pub from: String,
    /// The system it will be in.
    pub to: String,
    /// What is done with it.
    pub outcome: ShopOutcome,
    /// Why, in a sentence.
    pub why: SharedText,
    /// The migrations (`rules/migrations`) that apply.
    pub migrations: Vec<String>,
    /// Its name, before and after.
    pub name: NamePlan,
    /// What changes in its record.
    pub changes: Vec<PlannedChange>,
    /// What it gains, loses and may choose: ids of the plan's `effects`.
    pub effects: Vec<String>,
    /// Its deposit.
    pub deposit: Deposit,
    /// The tasks that concern it, by id.
    pub tasks: Vec<String>,
    /// The day planned for its cut-over, if its migration is done by a team.
    pub day: Option<NaiveDate>,
    /// Its deadline, if it has one.
    pub deadline: Option<NaiveDate>,
    /// Is the deadline over as of the plan's day?
    pub overdue: bool,
    /// Is the day planned for its cut-over after the deadline?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

impl PlannedShop {
    /// A shop that moves between systems and changes nothing yet.
    pub fn moving(key: &str, file: &str, from: &str, to: &str) -> Self {
        let [key, file, from, to] = [key, file, from, to].map(str::to_owned);
        Self { key, file, line: 1, from, to, ..Self::default() }
    }

    /// Whether any byte of the shop's file changes for it.
    pub fn has_edits(&self) -> bool {
        self.edits().next().is_some()
    }

    /// The old name, where the file has no place for it and it is kept in the plan alone.
    pub fn unwritten_name(&self) -> Option<&str> {
        let kept = self.changes.iter().find(|change| change.unwritten && change.field == "previous_name");
        kept.and_then(|change| change.after.as_deref())
    }

    /// Whether the plan alone says that its brand has no mark, because the file has no place for it.
    pub(crate) fn is_unmarked_in_plan_alone(&self) -> bool {
        let (field, none) = BRAND_MARK;
        let is_mark = |change: &PlannedChange| change.field == field && change.after.as_deref() == Some(none);
        self.changes.iter().any(|change| change.unwritten && is_mark(change))
    }

    /// The edits of all its changes.
    pub(crate) fn edits(&self) -> impl Iterator<Item = &PlannedEdit> {
        self.changes.iter().flat_map(|change| &change.edits)
    }
}

/// What is done with a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Outcome", rename_all = "kebab-case")]
pub enum ShopOutcome {
    /// It moves to the new system.
    #[default]
    Migrate,
    /// It is where it should be: nothing to do.
    Nothing,
    /// It stays as it is for the time being (a mall whose contract runs).
    Stays,
    /// People must do something first; its file does not change.
    Blocked,
    /// It is closed, or will be: it does not move.
    Ends,
    /// It is on another platform: the move does not concern it.
    Outside,
}

impl ShopOutcome {
    /// The number of shops for each outcome that occurs, what needs attention first.
    pub fn totals(outcomes: impl Iterator<Item = Self> + Clone) -> Vec<(Self, usize)> {
        let all = [Self::Migrate, Self::Blocked, Self::Stays, Self::Nothing, Self::Ends, Self::Outside];
        let number = |wanted| outcomes.clone().filter(|outcome| *outcome == wanted).count();
        all.into_iter().map(|outcome| (outcome, number(outcome))).filter(|(_, number)| *number > 0).collect()
    }

    /// The outcome as plans write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Migrate => "migrate",
            Self::Nothing => "nothing",
            Self::Stays => "stays",
            Self::Blocked => "blocked",
            Self::Ends => "ends",
            Self::Outside => "outside",
        }
    }

    /// The outcome in the words of people, Chinese and English.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Migrate => ("迁移", "migrate"),
            Self::Nothing => ("已是微信小店", "there already"),
            Self::Stays => ("暂时不动", "stay for now"),
            Self::Blocked => ("先要有人处理", "blocked"),
            Self::Ends => ("不迁移（关店）", "end"),
            Self::Outside => ("在其他平台，不涉及", "on other platforms"),
        }
    }

    /// Whether the shop is in the new system once the plan is applied.
    pub(crate) fn ends_in_new_system(self) -> bool {
        matches!(self, Self::Migrate | Self::Nothing)
    }
}

/// Names of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamePlan {
    /// The name it has.
    pub old: String,
    /// The name it will have; the same as `old` where that is legal and free; absent: a person has to find one.
    pub picked: Option<String>,
    /// Was it pinned in the decisions?
    pub pinned: bool,
    /// Legal candidates, the best first, the picked one among them; at most ten.
    pub candidates: Vec<NameCandidate>,
    /// Candidates that were thought of and turned down, with the rules that forbid them; at most ten.
    pub rejected: Vec<RejectedName>,
}

/// A legal name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Candidate", deny_unknown_fields)]
pub struct NameCandidate {
    /// The name.
    pub name: String,
    /// How it is made.
    pub made_of: SharedText,
}

/// A name that was turned down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Rejected", deny_unknown_fields)]
pub struct RejectedName {
    /// The name.
    pub name: String,
    /// The rules that forbid it; empty: another shop has it.
    pub rules: Vec<String>,
    /// The shop that has it, by key.
    pub taken_by: Option<String>,
}

/// One change of a record: edits that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Change", deny_unknown_fields)]
pub struct PlannedChange {
    /// The field's path.
    pub field: String,
    /// Its value before, as text; absent: it was not there.
    pub before: Option<String>,
    /// Its value after; absent: it goes.
    pub after: Option<String>,
    /// Why: a migration's words or a rule's title.
    pub why: SharedText,
    /// The rules and migrations it follows from.
    pub reasons: SharedReasons,
    /// Does the file have no place for it, such as a table without the column? Then the value is in this plan alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unwritten: bool,
    /// The bytes.
    pub edits: Vec<PlannedEdit>,
}

/// Bytes `start` to `end` of the shop's file, which are `old` in its encoding, give way to `new`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedEdit {
    /// The first byte to go.
    pub start: u64,
    /// The first byte to stay.
    pub end: u64,
    /// What stands there.
    pub old: String,
    /// What will stand there.
    pub new: String,
    /// Of a workbook, the cell whose texts `old` and `new` are; the bytes are then those of its field in the text of
    /// the workbook, its sheets one after the other as CSV.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<PlannedCell>,
}

/// A cell of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedCell {
    /// The sheet's name.
    pub sheet: String,
    /// The cell's name in it, such as `B7`.
    pub cell: String,
}
