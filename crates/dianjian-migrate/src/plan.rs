//! The plan: what every shop of a fleet becomes, which bytes of which file change, what people have to do and when.
//!
//! This is the file that is reviewed, applied, resumed and undone. The types are its form, version 1;
//! `schemas/plan.schema.json` is generated from them. The same input gives the same bytes: nothing here
//! holds a clock's time, a machine's path or a random number, and every list has an order.
//!
//! Offsets count bytes from 0 in the file as it was when the plan was made; ends are exclusive. Amounts
//! are in fen.

use dianjian_base::hex;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use dianjian_base::lang::Text;
use dianjian_document::source::TextEncoding;

/// The form's version; it grows when a reader of the old form would misread the new one.
pub const VERSION: u32 = 1;

/// A text that many entries of a plan share.
pub type SharedText = Arc<Text>;

/// The migrations and rules that many entries of a plan follow from.
pub type SharedReasons = Arc<Vec<String>>;

/// A whole plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What sort of file this is: always `dianjian-migration-plan`.
    pub format: PlanFormat,
    /// The form's version: 1.
    pub version: u32,
    /// SHA-256 of the plan's canonical bytes without this field: tells a plan that was cut or edited.
    pub id: String,
    /// The day as of which the plan was made.
    pub as_of: NaiveDate,
    /// The day of the cut-over: the target is checked by the rules of this day.
    pub cutover: NaiveDate,
    /// Shops that a team moves in a day, if that was said.
    pub per_day: Option<u32>,
    /// The system of shops whose exports do not tell it, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The folder that all paths start from, seen from the plan's own folder; with `/`.
    pub root: String,
    /// All files that were read, those that stay as they are among them, from the root; sorted.
    pub inputs: Vec<String>,
    /// The files that change, sorted by path.
    pub files: Vec<PlannedFile>,
    /// One entry a shop, in the order of files and places.
    pub shops: Vec<PlannedShop>,
    /// What moves bring and take, each once; shops name them by id.
    pub effects: Vec<PlannedEffect>,
    /// What people have to do, each after those it depends on.
    pub tasks: Vec<PlannedTask>,
    /// What concerns several shops.
    pub fleet: FleetPlan,
    /// What the rules still say after the plan is applied, as of the cut-over; each is answered by tasks.
    pub remaining: Vec<RemainingFindings>,
}

impl Plan {
    /// A plan of nothing, not sealed yet; paths start from the plan's own folder.
    #[must_use]
    pub fn empty(as_of: NaiveDate, cutover: NaiveDate) -> Self {
        Self {
            format: PlanFormat::MigrationPlan,
            version: VERSION,
            id: String::new(),
            as_of,
            cutover,
            per_day: None,
            system: None,
            root: ".".to_owned(),
            inputs: Vec::new(),
            files: Vec::new(),
            shops: Vec::new(),
            effects: Vec::new(),
            tasks: Vec::new(),
            fleet: FleetPlan::default(),
            remaining: Vec::new(),
        }
    }

    /// SHA-256 (lower-case hex) of the plan's canonical bytes: its fields but for `id`, in the form's
    /// order, as JSON without white space. How the file itself is laid out does not matter.
    #[must_use]
    pub fn digest(&self) -> String {
        let Self { format, version, id: _, as_of, cutover, per_day, system, root, .. } = self;
        let Self { inputs, files, shops, effects, tasks, fleet, remaining, .. } = self;
        let head = Head { format, version, as_of, cutover, per_day, system, root };
        let canonical = Canonical { head, inputs, files, shops, effects, tasks, fleet, remaining };
        let mut hasher = std::io::BufWriter::new(Hashing(Sha256::new()));
        // Neither these types nor a hash can fail to be written.
        let _ = serde_json::to_writer(&mut hasher, &canonical);
        hasher.into_inner().map_or_else(|_| String::new(), |hasher| hex(&hasher.0.finalize()))
    }

    /// Sets the plan's `id` to what it holds.
    pub fn seal(&mut self) {
        self.id = self.digest();
    }

    /// Is the plan as it was sealed?
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.id == self.digest()
    }
}

/// What a plan begins with.
#[derive(Serialize)]
struct Head<'p> {
    format: &'p PlanFormat,
    version: &'p u32,
    as_of: &'p NaiveDate,
    cutover: &'p NaiveDate,
    per_day: &'p Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: &'p Option<String>,
    root: &'p str,
}

/// A plan without its `id`.
#[derive(Serialize)]
struct Canonical<'p> {
    #[serde(flatten)]
    head: Head<'p>,
    inputs: &'p [String],
    files: &'p [PlannedFile],
    shops: &'p [PlannedShop],
    effects: &'p [PlannedEffect],
    tasks: &'p [PlannedTask],
    fleet: &'p FleetPlan,
    remaining: &'p [RemainingFindings],
}

/// A hash that is written to.
struct Hashing(Sha256);

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Marks a file as a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum PlanFormat {
    /// A plan of migration.
    #[default]
    #[serde(rename = "dianjian-migration-plan")]
    MigrationPlan,
}

/// A file that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedFile {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its bytes before.
    pub before: FileDigest,
    /// Its bytes after all edits of all shops.
    pub after: FileDigest,
    /// How its text is encoded; absent: as UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<FileEncoding>,
}

/// Encodings of tables other than UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileEncoding {
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// GB18030, of which GBK and GB 2312 are parts.
    Gb18030,
}

impl FileEncoding {
    /// What is not UTF-8.
    #[must_use]
    pub const fn of(encoding: TextEncoding) -> Option<Self> {
        match encoding {
            TextEncoding::Utf8 => None,
            TextEncoding::Utf16Le => Some(Self::Utf16Le),
            TextEncoding::Utf16Be => Some(Self::Utf16Be),
            TextEncoding::Gb18030 => Some(Self::Gb18030),
        }
    }

    /// Bytes as a text, for people to read.
    #[must_use]
    pub fn shown(self, bytes: &[u8]) -> String {
        let tables = match self {
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Gb18030 => encoding_rs::GB18030,
        };
        tables.decode_without_bom_handling(bytes).0.into_owned()
    }

    /// The encoding of texts.
    #[must_use]
    pub const fn text(self) -> TextEncoding {
        match self {
            Self::Utf16Le => TextEncoding::Utf16Le,
            Self::Utf16Be => TextEncoding::Utf16Be,
            Self::Gb18030 => TextEncoding::Gb18030,
        }
    }
}

/// Bytes, by their length and SHA-256 (lower-case hex).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Content", deny_unknown_fields)]
pub struct FileDigest {
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: String,
}

impl FileDigest {
    /// What bytes are.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) }
    }
}

/// What becomes of one shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
}

impl PlannedShop {
    /// A shop that moves from one system to another, with nothing else said of it.
    #[must_use]
    pub fn moving(key: &str, file: &str, from: &str, to: &str) -> Self {
        Self {
            key: key.to_owned(),
            file: file.to_owned(),
            sheet: None,
            line: 1,
            offset: 0,
            bytes: 0,
            from: from.to_owned(),
            to: to.to_owned(),
            outcome: ShopOutcome::Migrate,
            why: SharedText::default(),
            migrations: Vec::new(),
            name: NamePlan::default(),
            changes: Vec::new(),
            effects: Vec::new(),
            deposit: Deposit::default(),
            tasks: Vec::new(),
            day: None,
            deadline: None,
            overdue: false,
        }
    }
}

/// What is done with a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Outcome", rename_all = "kebab-case")]
pub enum ShopOutcome {
    /// It moves to the new system.
    Migrate,
    /// It is where it should be: nothing to do.
    Nothing,
    /// It stays as it is for the time being (a mall whose contract runs).
    Stays,
    /// People must do something first; its file does not change.
    Blocked,
    /// It is closed, or will be: it does not move.
    Ends,
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

/// Something that the move brings or takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Effect", deny_unknown_fields)]
pub struct PlannedEffect {
    /// Names the effect in this plan: the migration and its own name, `weixin-store/search`.
    pub id: String,
    /// Which way it goes.
    pub kind: EffectKind,
    /// What it is.
    pub what: Text,
    /// The migrations and rules it follows from.
    pub reasons: Vec<String>,
}

/// Which way an effect goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EffectKind {
    /// Gained.
    Gain,
    /// Lost.
    Loss,
    /// A choice that is left to the merchant.
    Choice,
}

/// Deposit, in fen; absent: not known, which is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Money", deny_unknown_fields)]
pub struct Deposit {
    /// What is paid.
    pub paid: Option<i64>,
    /// What the new system asks for.
    pub due: Option<i64>,
    /// What has to be paid in addition.
    pub top_up: Option<i64>,
    /// What can be had back.
    pub refundable: Option<i64>,
}

/// Something that a person has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Task", deny_unknown_fields)]
pub struct PlannedTask {
    /// Names the task in this plan: `t1`, `t2`, …
    pub id: String,
    /// What sort of task it is: an id of `rules/migrations`.
    pub kind: String,
    /// What is to be done.
    pub title: Text,
    /// Who does it.
    pub who: Text,
    /// Where it is done.
    pub r#where: Text,
    /// Why.
    pub why: Text,
    /// The migrations and rules it follows from.
    pub reasons: Vec<String>,
    /// The shops it is for, by key.
    pub shops: Vec<String>,
    /// Tasks that come first, by id.
    pub after: Vec<String>,
    /// The day it is planned for.
    pub on: Option<NaiveDate>,
    /// The last day on which it helps.
    pub due: Option<NaiveDate>,
    /// Is that day over as of the plan's day?
    pub overdue: bool,
}

/// What concerns several shops.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetPlan {
    /// Shops by outcome.
    pub outcomes: BTreeMap<String, usize>,
    /// Limits over several shops after the move.
    pub limits: Vec<PlannedLimit>,
    /// Deposits by licence, sorted; shops without a licence are under an empty code.
    pub deposits: Vec<LicenceDeposit>,
    /// The whole fleet's deposit.
    pub deposit: Deposit,
    /// Shops of which it is not known what is due: their part is not in the sum.
    pub deposit_unknown: usize,
    /// Renames that wait for one another in a circle: shops by key, each taking the name of the next.
    pub circles: Vec<Vec<String>>,
}

/// A limit over several shops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Limit", deny_unknown_fields)]
pub struct PlannedLimit {
    /// The rule that sets it.
    pub rule: String,
    /// What is limited: `91…（杭州青禾商贸有限公司）`, a brand's name.
    pub subject: String,
    /// How many may be.
    pub limit: u64,
    /// How many there will be.
    pub count: u64,
    /// Shops that fit, by key.
    pub fit: Vec<String>,
    /// Shops that do not, by key.
    pub excess: Vec<String>,
    /// What is proposed.
    pub proposal: Option<Text>,
}

/// A licence's deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "LicenceMoney", deny_unknown_fields)]
pub struct LicenceDeposit {
    /// The licence's code.
    pub licence: String,
    /// How many shops it has.
    pub shops: usize,
    /// For how many of them it is not known what is due: their part is not in the sum.
    pub unknown: usize,
    /// The sum over its shops.
    pub money: Deposit,
}

/// Findings that are left after the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Remaining", deny_unknown_fields)]
pub struct RemainingFindings {
    /// The rule.
    pub rule: String,
    /// Its severity.
    pub severity: dianjian_rules::language::Severity,
    /// The shops it speaks of, by key.
    pub shops: Vec<String>,
    /// How many findings.
    pub findings: usize,
    /// The tasks that answer it; never empty.
    pub tasks: Vec<String>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A plan of nothing.
    pub(crate) fn empty() -> Plan {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        Plan::empty(day, day)
    }

    /// A shop of a file with changes.
    pub(crate) fn shop(key: &str, file: &str, changes: Vec<PlannedChange>) -> PlannedShop {
        PlannedShop { changes, ..PlannedShop::moving(key, file, "channels-store", "weixin-store") }
    }

    /// A change of one edit: where it begins, what stands there, what will.
    pub(crate) fn change((start, old, new): (u64, &str, &str)) -> PlannedChange {
        let edit =
            PlannedEdit { start, end: start + old.len() as u64, old: old.to_owned(), new: new.to_owned(), cell: None };
        let field = "name".to_owned();
        PlannedChange {
            field,
            before: None,
            after: None,
            why: SharedText::default(),
            reasons: SharedReasons::default(),
            edits: vec![edit],
        }
    }

    #[test]
    fn a_seal_holds_for_the_content_however_it_is_laid_out() {
        let mut plan = empty();
        assert!(!plan.is_sealed());
        plan.seal();
        assert!(plan.is_sealed());
        assert_eq!(plan.id.len(), 64);
        let laid_out = serde_json::to_string_pretty(&plan).unwrap();
        let mut read: Plan = serde_json::from_str(&laid_out).unwrap();
        assert!(read.is_sealed());
        read.root.push('x');
        assert!(!read.is_sealed());
    }
}
