//! The plan: what every shop of a fleet becomes, which bytes of which file change, what people have to do and when.
//!
//! This is the file that is reviewed, applied, resumed and undone. The types are its form, version 1;
//! `schemas/plan.schema.json` is generated from them. The same input gives the same bytes: nothing here
//! holds a clock's time, a machine's path or a random number, and every list has an order.
//!
//! Offsets count bytes from 0 in the file as it was when the plan was made; ends are exclusive. Amounts
//! are in fen.

mod layout;
mod shop;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::hex;
use dianjian_base::lang::{Lang, Text};
use dianjian_document::source::TextEncoding;
use dianjian_rules::language::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
pub use shop::{
    NameCandidate, NamePlan, PlannedCell, PlannedChange, PlannedEdit, PlannedShop, RejectedName, ShopOutcome,
};

/// The form's version; it grows when a reader of the old form would misread the new one.
pub const VERSION: u32 = 1;

/// A text that many entries of a plan share.
pub type SharedText = Arc<Text>;

/// The migrations and rules that many entries of a plan follow from.
pub type SharedReasons = Arc<Vec<String>>;

/// A whole plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
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
    /// A plan without shops, not yet sealed, whose root is the plan's own folder.
    pub fn empty(as_of: NaiveDate, cutover: NaiveDate) -> Self {
        Self { version: VERSION, as_of, cutover, root: ".".to_owned(), ..Self::default() }
    }

    /// The number of each shop by its key.
    pub(crate) fn shop_numbers(&self) -> HashMap<&str, usize> {
        self.shops.iter().enumerate().map(|(number, shop)| (shop.key.as_str(), number)).collect()
    }

    /// Sets `id` to the digest of everything else.
    pub fn seal(&mut self) {
        self.id = self.digest();
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

/// Encodings other than UTF-8.
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
    /// Big5, of traditional Chinese.
    Big5,
}

impl FileEncoding {
    /// `None` for UTF-8, which plans do not mention.
    pub(crate) const fn of(encoding: TextEncoding) -> Option<Self> {
        match encoding {
            TextEncoding::Utf8 => None,
            TextEncoding::Utf16Le => Some(Self::Utf16Le),
            TextEncoding::Utf16Be => Some(Self::Utf16Be),
            TextEncoding::Gb18030 => Some(Self::Gb18030),
            TextEncoding::Big5 => Some(Self::Big5),
        }
    }

    /// Bytes as text for messages; malformed sequences become U+FFFD.
    pub(crate) fn decode_lossy(self, bytes: &[u8]) -> String {
        let tables = match self {
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Gb18030 => encoding_rs::GB18030,
            Self::Big5 => encoding_rs::BIG5,
        };
        tables.decode_without_bom_handling(bytes).0.into_owned()
    }

    pub(crate) const fn text_encoding(self) -> TextEncoding {
        match self {
            Self::Utf16Le => TextEncoding::Utf16Le,
            Self::Utf16Be => TextEncoding::Utf16Be,
            Self::Gb18030 => TextEncoding::Gb18030,
            Self::Big5 => TextEncoding::Big5,
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
    /// The digest of a file's whole content.
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) }
    }
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
    /// Of a choice: what a decisions file may choose, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, Text>,
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

impl Deposit {
    /// Adds amounts that are known; unknown ones leave the sum as it is.
    pub(crate) fn add(&mut self, more: &Self) {
        let sums = [&mut self.paid, &mut self.due, &mut self.top_up, &mut self.refundable];
        for (sum, more) in sums.into_iter().zip([more.paid, more.due, more.top_up, more.refundable]) {
            if let Some(more) = more {
                *sum = Some(sum.unwrap_or_default().saturating_add(more));
            }
        }
    }
}

/// An amount of fen as yuan, grouped by thousands; fen are shown only where there are any.
pub fn yuan(fen: i64, lang: Lang) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let (whole, rest) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    let digits = whole.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    let grouped = groups.join(",");
    let cents = if rest == 0 { String::new() } else { format!(".{rest:02}") };
    match lang {
        Lang::Zh => format!("{sign}{grouped}{cents} 元"),
        Lang::En => format!("{sign}¥{grouped}{cents}"),
    }
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
    /// Is it planned for a day after the last one?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
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
    /// Shops that are planned for a day after their deadline, by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<String>,
    /// The fewest shops a day with which none of them would be late but those whose deadline is over; absent: none is
    /// late for want of days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enough_per_day: Option<u32>,
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    pub severity: Severity,
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

    pub(crate) fn empty() -> Plan {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        Plan::empty(day, day)
    }

    pub(crate) fn shop(key: &str, file: &str, changes: Vec<PlannedChange>) -> PlannedShop {
        PlannedShop { changes, ..PlannedShop::moving(key, file, "channels-store", "weixin-store") }
    }

    /// A change of one edit: its start, the old text, the new text.
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
            unwritten: false,
            edits: vec![edit],
        }
    }

    #[test]
    fn a_seal_holds_for_the_content_however_it_is_laid_out() {
        let mut plan = empty();
        let is_sealed = |plan: &Plan| plan.id == plan.digest();
        assert!(!is_sealed(&plan));
        plan.seal();
        assert!(is_sealed(&plan));
        assert_eq!(plan.id.len(), 64);
        let laid_out = serde_json::to_string_pretty(&plan).unwrap();
        let mut read: Plan = serde_json::from_str(&laid_out).unwrap();
        assert!(is_sealed(&read));
        read.root.push('x');
        assert!(!is_sealed(&read));
    }
}
