//! The rule language as it stands in files: serde types only, no behaviour.
//!
//! What is read from a file (here) and what is run (`rules::compile`) are two
//! types. The JSON Schemas under `schemas/` are generated from these types, so
//! the doc comments below are the language's reference.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::shapes::{ByShape, NoMap, by_shape, text};
use dianjian_base::lang::Text;
use dianjian_document::edit::Applicability;
use dianjian_document::tree::Spanned;
use dianjian_media::CodeKind;
use dianjian_text::{Fold, Unit};

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
    /// code that was seen and not read.
    #[serde(default)]
    pub messages: BTreeMap<String, Spanned<Text>>,
    /// What the user should do. Same placeholders as `message`.
    #[serde(default)]
    pub help: Option<Spanned<Text>>,
    /// An edit that mends it.
    #[serde(default)]
    pub fix: Option<Spanned<FixSpec>>,
    /// Where the rule comes from; at least one.
    pub evidence: Vec<Spanned<Evidence>>,
    /// Records that show the rule at work; `rules test` runs them.
    #[serde(default)]
    pub examples: Vec<Spanned<Example>>,
}

/// Who says so.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What sort of source it is.
    pub source: SourceClass,
    /// Which one: a file name, an address without scheme, a document number.
    pub r#ref: String,
    /// The date that the source itself bears or names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<NaiveDate>,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// What it says, in our words.
    pub says: Text,
}

/// Sorts of source, by authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceClass {
    /// Our own judgement or measurement.
    Own,
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

/// A rule parameter's value.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Param {
    /// One value.
    One(Scalar),
    /// Several values.
    Many(Vec<Scalar>),
    /// Rows of a table.
    Table(TableRef),
}

by_shape!(
    Param,
    TableRef,
    ByShape {
        expecting: "a value, a list of values, or {table: …}",
        one: |value| Some(Self::One(value)),
        many: Some(|values| Some(Self::Many(values))),
        map: Some(|table| Some(Self::Table(table))),
    }
);

/// A single value: text, number, or boolean. Dates are texts `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction; compared exactly as decimal.
    Float(f64),
    /// A text. `$name` stands for a parameter.
    Text(String),
}

by_shape!(Scalar, NoMap, ByShape { expecting: "a text, a number, true or false", one: Some, many: None, map: None });

/// Rows of a table that hold on the day of the check.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableRef {
    /// The table's id.
    pub table: String,
    /// Which column is taken; default: the first key column.
    #[serde(default)]
    pub column: Option<String>,
    /// Only rows whose columns have these values.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, Scalar>,
}

/// The condition of a rule: each key is a path (or `all`, `any`, `not`), all must hold.
///
/// `when: {system: {is: weixin-store}, subject.type: {in: [enterprise]}}`
#[derive(Debug, Clone, Default)]
pub struct When {
    /// All of these must hold.
    pub all: Vec<Spanned<When>>,
    /// One of these must hold.
    pub any: Vec<Spanned<When>>,
    /// This must not hold.
    pub not: Option<Box<Spanned<When>>>,
    /// Path to what must hold there.
    pub fields: Vec<(Spanned<String>, Spanned<Check>)>,
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WhenVisitor;
        impl<'de> Visitor<'de> for WhenVisitor {
            type Value = When;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a map of paths to checks")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<When, A::Error> {
                let mut when = When::default();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    match key.value.as_str() {
                        "all" => when.all = map.next_value()?,
                        "any" => when.any = map.next_value()?,
                        "not" => when.not = Some(Box::new(map.next_value()?)),
                        _ => when.fields.push((key, map.next_value()?)),
                    }
                }
                Ok(when)
            }
        }
        deserializer.deserialize_map(WhenVisitor)
    }
}

impl JsonSchema for When {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("When")
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let check = generator.subschema_for::<Check>();
        let when = generator.subschema_for::<Self>();
        schemars::json_schema!({
            "type": "object",
            "description": "Paths (or `all`, `any`, `not`) to what must hold there; all must hold.",
            "properties": {
                "all": {"type": "array", "items": when},
                "any": {"type": "array", "items": when},
                "not": when,
            },
            "additionalProperties": check,
        })
    }
}

/// A check: `at` names the place, the other keys say what must hold there.
///
/// Outcomes are PASS, FAIL and SKIP (what it speaks of is absent). Several keys on one `at` must all
/// hold. Paths are field names joined by dots; `name[]` stands for each item of a list; inside `each`
/// a path that begins with a dot belongs to the item; `**` is every text of the record; in a record that lies inside another (a product
/// in a shop) the outer one's fields are `shop.…`.
///
/// Placeholders in messages: `{found}` the exact characters, `{word}` the rule word they stand for,
/// `{kind}` the sort of contact, `{value}` the whole value, `{expected}` what was asked for, `{count}`,
/// `{limit}`, `{len}`, `{reason}` why a format is wrong, `{days}` days from the run's date to the value's, `{key}` the group's key,
/// `{as_of}` the run's date, `{name}` of any parameter, `{.path}` any field of the record and, inside
/// `each`, `{item.name}` any field of the item. Of codes in pictures: `{kind}` the sort of code, `{content}` what sort of
/// thing it says, `{found}` what it says, shortened, `{place}` where it is in words, `{time}` when it is seen (empty
/// for still pictures), `{file}` which file, `{score}` how sure it is, and `{where}`: file (where the entry stands for
/// several), place and time in one.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Check {
    /// FAIL if one fails, else SKIP if one is skipped, else PASS.
    pub all: Option<Vec<Spanned<Check>>>,
    /// PASS if one passes, else SKIP if one is skipped, else FAIL.
    pub any: Option<Vec<Spanned<Check>>>,
    /// PASS and FAIL change places; SKIP stays.
    pub not: Option<Box<Spanned<Check>>>,
    /// Every item of a list must satisfy a check; no items: SKIP.
    pub each: Option<Box<Each>>,
    /// Only where this holds is the rest asked, else SKIP.
    pub when: Option<Box<Spanned<When>>>,

    /// The field that is looked at.
    pub at: Option<Spanned<String>>,
    /// The field is there (and not null or empty), or is not. Never SKIP.
    pub exists: Option<Spanned<bool>>,
    /// Equal to.
    pub is: Option<Spanned<Operand>>,
    /// Not equal to.
    pub is_not: Option<Spanned<Operand>>,
    /// One of these values.
    #[serde(rename = "in")]
    pub one_of: Option<Spanned<SetSpec>>,
    /// None of these values.
    pub not_in: Option<Spanned<SetSpec>>,
    /// At least this number.
    pub min: Option<Spanned<Operand>>,
    /// At most this number.
    pub max: Option<Spanned<Operand>>,
    /// More than this number.
    pub above: Option<Spanned<Operand>>,
    /// Less than this number.
    pub below: Option<Spanned<Operand>>,
    /// Length of a text or number of items of a list.
    pub len: Option<Spanned<LengthSpec>>,
    /// The whole raw text matches a regular expression (anchored by us).
    pub matches: Option<Spanned<String>>,
    /// The text has one of these contents.
    pub has: Option<Spanned<Content>>,
    /// The text has none of these contents; every place that has is a finding.
    pub lacks: Option<Spanned<Content>>,
    /// The text begins with.
    pub starts_with: Option<Spanned<Operand>>,
    /// The text ends with.
    pub ends_with: Option<Spanned<Operand>>,
    /// The text contains.
    pub contains: Option<Spanned<Operand>>,
    /// The text shares a run of adjacent characters with another field.
    pub shares_run: Option<Spanned<SharesRun>>,
    /// A date compared with the run's date, a fixed one or another field.
    pub date: Option<Spanned<DateSpec>>,
    /// A known format.
    pub format: Option<Spanned<FormatSpec>>,
    /// The items of the list are all different.
    pub unique: Option<Spanned<bool>>,
    /// A record of that kind with this key exists in the run.
    #[serde(rename = "ref")]
    pub reference: Option<Spanned<ReferenceSpec>>,
    /// Over all records of the run.
    pub group: Option<Spanned<GroupSpec>>,
    /// What the reader of records itself notices.
    pub schema: Option<Spanned<SchemaLint>>,
    /// Which of `messages` is said when this one fails; a combinator's is used for all below it.
    pub message: Option<Spanned<String>>,
    /// Where the finding points instead of `at`.
    pub point: Option<Spanned<String>>,
}

/// `each: {in: categories, check: {at: .id, …}}`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// The list.
    #[serde(rename = "in")]
    pub list: Spanned<String>,
    /// What every item must satisfy.
    pub check: Spanned<Check>,
}

/// Something to compare with.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Operand {
    /// Another field of the record: `{field: subject.name}`.
    Field(FieldRef),
    /// A cell of a table: `{lookup: {table: …, where: {…}, take: …}}`.
    Lookup(LookupRef),
    /// A value; `$name` is a parameter.
    Value(Scalar),
}

/// An operand that is written as a map.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperandMap {
    field: Option<String>,
    lookup: Option<Lookup>,
}

by_shape!(
    Operand,
    OperandMap,
    ByShape {
        expecting: "a value, {field: …} or {lookup: …}",
        one: |value| Some(Self::Value(value)),
        many: None,
        map: Some(|map| match (map.field, map.lookup) {
            (Some(field), None) => Some(Self::Field(FieldRef { field })),
            (None, Some(lookup)) => Some(Self::Lookup(LookupRef { lookup })),
            _ => None,
        }),
    }
);

/// `{field: PATH}`
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldRef {
    /// The other field.
    pub field: String,
}

/// `{lookup: …}`
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookupRef {
    /// Which cell.
    pub lookup: Lookup,
}

/// A cell of the rows that hold on the day of the check. No row: SKIP.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The table's id.
    pub table: String,
    /// Column to `{field: PATH}` or a value. A cell `*` in the table matches anything, exact cells win.
    #[serde(rename = "where")]
    pub keys: BTreeMap<String, Operand>,
    /// The column taken.
    pub take: String,
}

/// A set of values: written out, a table's column, or a parameter.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum SetSpec {
    /// Written out.
    Values(Vec<Scalar>),
    /// Rows of a table.
    Table(TableRef),
    /// `$name` of a parameter.
    Param(String),
}

by_shape!(
    SetSpec,
    TableRef,
    ByShape {
        expecting: "a list, {table: …} or a parameter such as $words",
        one: |value| text(value).map(Self::Param),
        many: Some(|values| Some(Self::Values(values))),
        map: Some(|table| Some(Self::Table(table))),
    }
);

/// Bounds on a length.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LengthSpec {
    /// At least.
    #[serde(default)]
    pub min: Option<Operand>,
    /// At most.
    #[serde(default)]
    pub max: Option<Operand>,
    /// What is counted in a text: must be said. Lists are counted in items and take none.
    #[serde(default)]
    pub unit: Option<Unit>,
}

/// What a text may have inside, or what a picture may show. Exactly one of `words`, `pattern`, `contacts`,
/// `invisible`, `lost_encoding`, `codes`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Content {
    /// Words, looked for after folding.
    pub words: Option<SetSpec>,
    /// A regular expression, on the raw text.
    pub pattern: Option<String>,
    /// Ways to be reached: kinds of contact, or `[all]`.
    pub contacts: Option<Vec<String>>,
    /// Characters that nobody sees.
    pub invisible: Option<bool>,
    /// Traces of a text read in the wrong encoding.
    pub lost_encoding: Option<bool>,
    /// Codes that a picture or video shows; `at` must be a field of type `asset`.
    pub codes: Option<CodesSpec>,
    /// How the text is folded before words are looked for; default `name`.
    pub fold: Option<Fold>,
    /// `exact`: what is certain (default); `evasion`: only what looks like an attempt to hide it.
    pub tier: Option<TierSpec>,
    /// Phrases in which the words are harmless.
    pub except: Option<SetSpec>,
}

/// Which codes count: `{kinds: [qr, mini-program, round], says: [payment]}`. All that is given must hold.
///
/// What a code says is told by the table `code-contents`: a class for every address form. A code that was seen
/// and not read says `unread`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CodesSpec {
    /// Sorts of code: `qr`, `mini-program`, `round`, `data-matrix`, `aztec`, `maxicode`, `pdf417`, `linear`,
    /// `other`, or `all`; default: those that viewers scan, which are the first three.
    pub kinds: Option<SetSpec>,
    /// How sure it must be that a code is there; default `certain`.
    pub certainty: Option<Certainty>,
    /// Only codes that say this: classes of the table `code-contents`, or `unread`.
    pub says: Option<SetSpec>,
    /// Not codes that say this.
    pub not_says: Option<SetSpec>,
    /// From this score on a code is certain though it was not read; 0 to 1, default 0.5.
    pub present: Option<Operand>,
    /// From this score on a code is suspected; 0 to 1, default 0.3.
    pub suspected: Option<Operand>,
}

/// How sure it must be that a code is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// It was read, or its score is at least `present`.
    #[default]
    Certain,
    /// Its score is below `present` and at least `suspected`.
    Suspected,
    /// Both.
    Any,
}

/// Which hits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TierSpec {
    /// The word itself after folding; a contact that is certain.
    Exact,
    /// Look-alikes, pinyin, split characters; a contact that is suspected.
    Evasion,
    /// Both.
    Any,
}

/// `shares_run: {with: subject.name, min: 2}`
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharesRun {
    /// The other field.
    pub with: String,
    /// How many adjacent characters at least.
    pub min: Operand,
    /// A field whose text is left out at the beginning before runs are compared (the brand in a shop's name).
    #[serde(default)]
    pub after: Option<String>,
    /// The run must stand at the very beginning of what is left, blanks and dots aside.
    #[serde(default)]
    pub lead: bool,
    /// Parts of the other text that do not count (`有限公司`, a place name).
    #[serde(default)]
    pub ignore: Option<SetSpec>,
}

/// Date comparisons; all that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DateSpec {
    /// Later than.
    pub after: Option<DateOperand>,
    /// That day or later.
    pub on_or_after: Option<DateOperand>,
    /// Earlier than.
    pub before: Option<DateOperand>,
    /// That day or earlier.
    pub on_or_before: Option<DateOperand>,
}

/// A date to compare with: `as_of`, `2024-09-25`, `$param`, or `{field|date: …, plus_days: N}`.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum DateOperand {
    /// `as_of`, a date, or `$param`.
    Text(String),
    /// With an offset.
    Shifted(ShiftedDate),
}

by_shape!(
    DateOperand,
    ShiftedDate,
    ByShape {
        expecting: "as_of, a date YYYY-MM-DD, a parameter, or {field: …, plus_days: …}",
        one: |value| text(value).map(Self::Text),
        many: None,
        map: Some(|shifted| Some(Self::Shifted(shifted))),
    }
);

/// A date moved by days.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShiftedDate {
    /// A field that holds a date.
    #[serde(default)]
    pub field: Option<String>,
    /// `as_of`, a date, or `$param`.
    #[serde(default)]
    pub date: Option<String>,
    /// Days to add; may be negative, may be `$param`.
    pub plus_days: Scalar,
}

/// Known formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FormatSpec {
    /// Unified social credit code, GB 32100-2015, with its check character.
    LicenceCode,
    /// An http(s) address.
    Url,
    /// `YYYY-MM-DD`, with or without a time.
    Date,
}

/// `ref: {kind: Shop, by: id}`
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceSpec {
    /// The kind of record referred to.
    pub kind: String,
    /// Its key field.
    pub by: String,
}

/// Over all records of the run: exactly one of `count`, `distinct`, `sum`, `unique`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupSpec {
    /// The fields that make the key; a record that lacks one takes no part.
    pub by: Vec<String>,
    /// How keys are folded before they are compared; default `case`.
    #[serde(default)]
    pub fold: Option<Fold>,
    /// How many records share a key.
    #[serde(default)]
    pub count: Option<Bounds>,
    /// How many different values of `of` share a key.
    #[serde(default)]
    pub distinct: Option<BoundsOf>,
    /// What the values of `of` add up to.
    #[serde(default)]
    pub sum: Option<BoundsOf>,
    /// No two records share a key.
    #[serde(default)]
    pub unique: Option<bool>,
    /// Only keys whose records differ in this field count: rules over one system leave those alone that another rule covers.
    #[serde(default)]
    pub mixed: Option<String>,
    /// Records of other kinds that take part.
    #[serde(default)]
    pub also: Vec<GroupAlso>,
}

/// Bounds on a count.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// At least.
    #[serde(default)]
    pub min: Option<Operand>,
    /// At most.
    #[serde(default)]
    pub max: Option<Operand>,
}

/// Bounds on what is made of a field's values.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundsOf {
    /// The field.
    pub of: String,
    /// At least.
    #[serde(default)]
    pub min: Option<Operand>,
    /// At most.
    #[serde(default)]
    pub max: Option<Operand>,
}

/// Another kind's part in a group.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupAlso {
    /// The record kind.
    pub kind: String,
    /// Its key fields, in the order of the group's `by`.
    pub by: Vec<String>,
    /// Its field in the place of `of`.
    #[serde(default)]
    pub of: Option<String>,
}

/// What the reader of records notices by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SchemaLint {
    /// A field that the kind does not have. `{found}`, `{expected}` the nearest known one.
    UnknownField,
    /// A value of the wrong type. `{found}`, `{expected}`.
    WrongType,
    /// A value that the field does not know. `{found}`, `{expected}`.
    UnknownValue,
    /// A field that every record of the kind needs is absent. `{expected}`.
    MissingField,
    /// A field that every record of the kind needs, where an export has no place for it. `{expected}`.
    UnsaidField,
    /// A key of a JSON object that stands there before; the first counts. `{found}`.
    RepeatedKey,
    /// A file that the record names cannot be read. `{found}`, `{expected}` the reason.
    UnreadableFile,
    /// A document whose `kind` is nearly one of ours. `{found}`, `{expected}`.
    UnknownKind,
    /// A comment that begins like a suppression but is none. `{found}`, `{expected}` what is missing.
    SuppressionMalformed,
    /// A suppression that does not say why. `{found}`.
    SuppressionWithoutReason,
    /// A suppression whose day has come. `{found}`, `{expected}` the day.
    SuppressionExpired,
    /// A suppression that silences nothing. `{found}`.
    SuppressionUnused,
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

/// A record (or a list of them) and what the rule finds in it.
///
/// Records are written without `kind` where it is the rule's own. A field that names a text file takes
/// `{text: "…"}` instead.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Breaks the rule: a record, a list of records for rules over many, or the text of a whole YAML file.
    #[serde(default)]
    pub bad: Option<Spanned<serde_json::Value>>,
    /// Keeps the rule.
    #[serde(default)]
    pub good: Option<Spanned<serde_json::Value>>,
    /// The rule does not apply (SKIP).
    #[serde(default)]
    pub skip: Option<Spanned<serde_json::Value>>,
    /// What is found: `path` or `path: characters found`, in order; for a list of records `[1].path: …`.
    #[serde(default)]
    pub finds: Vec<Spanned<String>>,
    /// The fields of the record after the rule's fix (only those named are compared).
    #[serde(default)]
    pub fixed: Option<Spanned<serde_json::Value>>,
    /// The day of the check; default: the first day on which the rule holds, else 2026-01-01.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// Parameters for this example.
    #[serde(default)]
    pub params: BTreeMap<String, Spanned<Param>>,
    /// What is seen in the assets that the record names: `{wall.png: {codes: [{kind: qr, says: …}]}}`. Those of a
    /// folder or pattern are named by their whole path, `slides/1.png`.
    #[serde(default)]
    pub assets: BTreeMap<String, ExampleAsset>,
}

/// A picture or video of an example.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExampleAsset {
    /// Width and height in pixels; default 1080 by 1920.
    pub size: Option<(u32, u32)>,
    /// The codes that it shows.
    pub codes: Vec<ExampleCode>,
}

/// A code in a picture of an example.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleCode {
    /// What sort it is.
    pub kind: CodeKind,
    /// What it says; absent: it cannot be read.
    #[serde(default)]
    pub says: Option<String>,
    /// How sure it is that it is there; default 1.
    #[serde(default)]
    pub score: Option<f32>,
    /// Left, top, width and height in pixels; default: 200 by 200 in the lower right corner.
    #[serde(default)]
    pub r#box: Option<[f32; 4]>,
    /// Of a moving picture: the seconds in which it is first and last seen.
    #[serde(default)]
    pub seen: Option<[u32; 2]>,
}

/// A table that rules look things up in; its file lies at `rules/tables/<id>.yaml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    /// The same as the file's name.
    pub table: Spanned<String>,
    /// What it holds. A file that extends a known table may leave out this, `key` and `columns`.
    #[serde(default)]
    pub title: Option<Text>,
    /// The columns that tell rows apart (together with their periods).
    #[serde(default)]
    pub key: Vec<Spanned<String>>,
    /// Every column and what stands in it.
    #[serde(default)]
    pub columns: BTreeMap<String, Column>,
    /// Where the rows come from, unless a row says otherwise.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The rows: column to value, and optionally `effective: {from, until}` and `source: …`.
    pub rows: Vec<Spanned<BTreeMap<String, Spanned<serde_json::Value>>>>,
}

/// A column of a table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What stands in it.
    pub r#type: ColumnType,
    /// What it means, with its unit.
    pub doc: Text,
}

/// What stands in a table's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// Text.
    Text,
    /// Number.
    Number,
    /// Truth value.
    Bool,
    /// `YYYY-MM-DD`.
    Date,
}
