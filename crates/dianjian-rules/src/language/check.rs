//! Conditions and checks of one record.

use std::borrow::Cow;

use dianjian_document::tree::Spanned;
use dianjian_text::LengthUnit;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Content, GroupSpec, Lookup, Operand, ReferenceSpec, Scalar, SetSpec};
use crate::shapes::{ByShape, by_shape, text};

/// The condition of a rule: each key is a path (or `all`, `any`, `not`), all must hold.
///
/// `when: {system: {is: weixin-store}, subject.type: {in: [enterprise]}}`
#[derive(Debug, Clone, Default, PartialEq)]
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
/// `{reading}` the words that a contact in disguise is read as, `{kind}` the sort of contact, `{value}` the whole value, `{expected}` what was asked for, `{count}`,
/// `{limit}`, `{least}` and `{most}` of a group's spread, `{missing}` what a group lacks, `{len}`, `{reason}` why a format is wrong or how a word is disguised, `{days}` days from the run's date to the value's, `{key}` the group's key,
/// `{as_of}` the run's date, `{name}` of any parameter, `{.path}` any field of the record and, inside
/// `each`, `{item.name}` any field of the item. Of codes in pictures: `{kind}` the sort of code, `{content}` what sort of
/// thing it says, `{found}` what it says, shortened, `{place}` where it is in words, `{time}` when it is seen (empty
/// for still pictures), `{file}` which file, `{score}` how sure it is, and `{where}`: file (where the entry stands for
/// several), place and time in one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
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
    /// What a table says is within bounds, whatever stands at `at`.
    pub cell: Option<Spanned<CellSpec>>,
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
    /// What the file of a picture or video is like; `at` must be a field of type `asset`.
    pub asset: Option<Spanned<AssetSpec>>,
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
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// The list.
    #[serde(rename = "in")]
    pub list: Spanned<String>,
    /// What every item must satisfy.
    pub check: Spanned<Check>,
}

/// `cell: {lookup: {table: …, where: {…}, take: …}, max: 0}`: bounds on a cell of a table. No row: SKIP.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CellSpec {
    /// Which cell.
    pub lookup: Lookup,
    /// At least.
    #[serde(default)]
    pub min: Option<Operand>,
    /// At most.
    #[serde(default)]
    pub max: Option<Operand>,
}

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
    pub unit: Option<LengthUnit>,
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
    /// The run must stand at the very beginning of what is left; blanks, brackets and dots are left out of both texts.
    #[serde(default)]
    pub lead: bool,
    /// Parts of the other text that do not count (`有限公司`, a place name); with `lead` they may stand in the run without
    /// counting towards `min`.
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

/// `asset: {ratio: 16:9, max_bytes: 10485760, formats: [jpeg, png, bmp]}`; all that is given must hold. An address is not
/// opened, and neither can a file be judged that is not there: SKIP.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AssetSpec {
    /// Width to height, `16:9`; a pixel more or less is no matter. `{found}` the size in pixels.
    pub ratio: Option<String>,
    /// At most this many bytes. `{found}` the size, `{limit}`.
    pub max_bytes: Option<Operand>,
    /// One of these formats, by the content whatever the file's name is: `jpeg`, `png`, `bmp`, `gif`, `webp`, `tiff`, `heic`,
    /// `avif`, `svg`, `pdf`, `mp4`, `unknown`. `{found}` the format.
    pub formats: Option<SetSpec>,
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
    /// A cell holds an error of the spreadsheet program in the place of a value. `{found}`.
    ErrorValue,
    /// A long number that went through a floating-point number on its way and lost its last digits. `{found}`.
    LostDigits,
    /// A second column for a field: it is read only where the first is empty. `{found}`, `{expected}` the first.
    SecondColumn,
    /// A row that says one thing in the first column of a field and another in the second. `{found}`, `{expected}` what is
    /// read.
    ColumnsDisagree,
    /// An amount of which it is not clear whether it is in yuan or in fen, so that it is not read. `{found}`.
    AmbiguousUnit,
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

impl SchemaLint {
    /// Whether it means that something was not read or not understood, whatever field it is about.
    pub const fn is_gap(self) -> bool {
        matches!(
            self,
            Self::WrongType
                | Self::UnknownValue
                | Self::UnreadableFile
                | Self::UnknownKind
                | Self::ErrorValue
                | Self::LostDigits
                | Self::AmbiguousUnit
                | Self::ColumnsDisagree
        )
    }

    /// Whether it can mean that, of some fields.
    pub const fn may_be_gap(self) -> bool {
        self.is_gap() || matches!(self, Self::UnknownField | Self::MissingField | Self::UnsaidField)
    }
}
