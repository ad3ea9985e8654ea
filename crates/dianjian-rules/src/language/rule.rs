//! A rule file: what the rule is called, how bad a finding is, who says so, how it is fixed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_document::edit::Applicability;
use dianjian_document::tree::Spanned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Example, Param, Scalar, When};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; breaks nothing.
    Info,
    /// May be rejected or punished, or rests on a judgement.
    Warning,
    /// Breaks a rule of the platform.
    Error,
}

/// When something holds: `from` inclusive, `until` exclusive, dates in Asia/Shanghai.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day on which it holds; absent: always did.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// First day on which it no longer holds; absent: still does.
    #[serde(default)]
    pub until: Option<NaiveDate>,
}

/// One rule; its file lies at `rules/<id>.yaml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// `group/name`, the same as the file's path below `rules/`.
    pub id: Spanned<String>,
    /// What the rule is called, in a few words.
    pub title: Text,
    /// Why the platform has it and what happens to those who break it.
    pub why: Text,
    /// How bad a finding is, unless the project overrides it.
    pub severity: Severity,
    /// The record kind it reads: `Shop`, `LiveRoom`, `Product`, `Licence`; `*`: every kind.
    #[serde(rename = "for")]
    pub kind: Spanned<String>,
    /// Where the rule applies at all; elsewhere the outcome is SKIP, which is not PASS.
    #[serde(default)]
    pub when: Option<Spanned<When>>,
    /// Values that the rule's text speaks of, by field. A record, or the one that it belongs to, that says another value is
    /// SKIP. Where neither says any the rule applies all the same, but its findings are warnings at most and begin with
    /// the condition: `若商品体系是微信小店（2024）：…`.
    #[serde(default)]
    pub presumes: BTreeMap<String, Spanned<Vec<String>>>,
    /// Whether records that their kind calls closed (or that lie in one) are judged too. By default they are not:
    /// a shop that is closed keeps no rules about running a shop. Rules of every kind judge them always.
    #[serde(default)]
    pub even_closed: bool,
    /// Whether records of other platforms (or that lie in a shop of one) are judged too. By default they are not: the rule
    /// is one of the platform's. Rules of every kind judge them always.
    #[serde(default)]
    pub even_outside: bool,
    /// Whether what it finds could not be read, so that other rules saw nothing of it: no filter, comment or baseline hides
    /// such findings, and they make the exit status 2.
    #[serde(default)]
    pub gap: bool,
    /// Whether it judges the words of texts, so that `dianjian rules evaluate` counts what it finds. Rules about lengths,
    /// brands and the like do not.
    #[serde(default)]
    pub judges_words: bool,
    /// When the rule holds.
    #[serde(default)]
    pub effective: Option<Spanned<Period>>,
    /// Values that a project may override in `dianjian.yaml`; used as `$name`.
    #[serde(default)]
    pub params: BTreeMap<String, Spanned<Param>>,
    /// What must hold.
    pub check: Spanned<Check>,
    /// What is said when it does not. Placeholders: see [`Check`].
    pub message: Spanned<Text>,
    /// Other messages, by id, for checks that carry `message: ID`. `plain` is said instead of `message` where
    /// `{expected}` would be the nearest known name and there is none; `unread` is said instead of `message` of a
    /// code that was seen and not read; `read` of a contact in disguise, whose `{reading}` it may name.
    #[serde(default)]
    pub messages: BTreeMap<String, Spanned<Text>>,
    /// What the user should do. Same placeholders as `message`.
    #[serde(default)]
    pub help: Option<Spanned<Text>>,
    /// Whether what is found may be right to be there (a suspicion, a word that may be a brand's): the help then ends with how
    /// such a finding is suppressed in its file.
    #[serde(default)]
    pub disputable: bool,
    /// An edit that mends it.
    #[serde(default)]
    pub fix: Option<Spanned<FixSpec>>,
    /// Where the rule comes from; at least one.
    pub evidence: Vec<Spanned<Evidence>>,
    /// Records that show the rule at work; `rules test` runs them.
    #[serde(default)]
    pub examples: Vec<Spanned<Example>>,
}

/// Who says so. What the table `sources` knows of a `ref` (title, publisher, dates, address) need not be repeated.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What sort of source it is.
    pub source: SourceClass,
    /// Which one, for programs: the key of a row of `sources`, an address without scheme, a document number.
    pub r#ref: String,
    /// What it is called, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is called for readers of English, where `title` describes it because its own was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// Who wrote or published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// The day on which it was published, or the latest day that it names itself. Absent: it bears none.
    #[serde(default, alias = "dated", skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// The day on which it says that it takes effect. Before it, it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<NaiveDate>,
    /// Why it bears no date, where it does not.
    #[serde(default, skip_serializing)]
    pub undated: Option<Text>,
    /// Where it can be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// What it says, in our words.
    pub says: Text,
    /// The messages that it bears out, by their ids (`rule` is `message`); absent: all. A finding has the evidence of its
    /// message alone, and is no worse than that carries.
    #[serde(default, skip_serializing)]
    pub messages: Vec<String>,
    /// Of evidence that is later than the rule: why the rule holds from an earlier day all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// Sorts of source, by authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceClass {
    /// Our own judgement or measurement.
    Own,
    /// A conclusion of ours from a source that does not say it in so many words. A rule that rests on one is no error.
    Inference,
    /// One of the articles that the project began with.
    Seed,
    /// An article about the rule.
    Secondary,
    /// A public SDK's source or test data.
    Sdk,
    /// A copy of an official text on another site.
    Repost,
    /// The platform's own text.
    Official,
    /// A national standard or a law.
    Standard,
}

/// How far evidence can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A single weak source.
    Low,
    /// A copy, or one good source.
    Medium,
    /// Official text seen, or two independent sources.
    High,
}

/// An edit that mends a finding: exactly one of `remove`, `replace`, `set`, `delete`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FixSpec {
    /// Remove the characters found (`found`) or the whole entry (`entry`).
    pub remove: Option<FixTarget>,
    /// Replace the characters found (`found`) or the whole value (`value`) by `with`.
    pub replace: Option<FixTarget>,
    /// Set this field to `to`, adding it if it is absent.
    pub set: Option<String>,
    /// The new text; placeholders as in messages.
    pub with: Option<String>,
    /// The new value; texts may have placeholders.
    pub to: Option<Scalar>,
    /// Whether it may be applied unasked.
    pub applicability: Option<Applicability>,
}

/// What a fix touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FixTarget {
    /// The characters found.
    Found,
    /// The whole value.
    Value,
    /// The whole entry, key and value, or list item.
    Entry,
}
