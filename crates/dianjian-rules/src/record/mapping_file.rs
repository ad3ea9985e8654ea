//! Mappings as they stand in `rules/mappings/*.yaml` or a user's file: serde types only.

use std::collections::{BTreeMap, BTreeSet};

use dianjian_base::lang::Text;
use dianjian_document::tree::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::language::Scalar;
use crate::shapes::{ByShape, NoMap, by_shape, text};

/// How files of another shape become records.
///
/// ```yaml
/// mapping: our-erp
/// title: {zh: 本公司 ERP 店铺, en: Shops of our ERP}
/// kind: Shop
/// recognise: {has: [shop.name, shop.licence_no]}
/// fields:
///   name: shop.name
///   subject.licence: shop.licence_no
///   system: {const: weixin-store}
///   subject.type: {from: shop.owner, values: {企业: enterprise, 个体: sole-trader}}
///   deposit.paid: {from: shop.deposit_fen, scale: fen}
/// ```
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// Its id; the same as the file's name in a pack.
    pub mapping: Spanned<String>,
    /// What it reads.
    pub title: Text,
    /// The record kind that comes out; not for shapes of which none does.
    #[serde(default)]
    pub kind: Option<Spanned<String>>,
    /// How a document of this shape is known.
    #[serde(default)]
    pub recognise: Spanned<Recognise>,
    /// Where its records stand: a list, of which every item is one, or a map, which is one; `.` is the document.
    /// Of several paths all that are there (and whose first record is as `item` says) are read, but those that lie in one
    /// read before; records that say the same once. Default: the document.
    #[serde(default)]
    pub each: Option<Spanned<OneOrMany>>,
    /// How a record at `each` is known; default: it is one.
    #[serde(default)]
    pub item: Recognise,
    /// Target path to where its value comes from, in the record: `name[]` gathers from every item of a list, `name[-1]`
    /// is its last item, and a path that begins with `/` is one in the document. A target `items[].sku` is a field of the
    /// one item that the record has of a list.
    #[serde(default)]
    pub fields: BTreeMap<String, Spanned<FieldSource>>,
    /// Of a table: columns of which each is a record of its own, such as one for every warehouse.
    #[serde(default)]
    pub spread: Option<Spanned<SpreadFile>>,
    /// Does the shape tell only a part of what the kind has? Then what a record needs is not missed.
    #[serde(default)]
    pub partial: bool,
    /// Fields that the shape does not tell, and the values one of which theirs must be: an interface that is the same for
    /// two systems tells that it is none of the others.
    #[serde(default)]
    pub among: BTreeMap<String, Spanned<Vec<String>>>,
    /// Documents of this shape are not read but refused, with this text. `{errmsg}` stands for what is at that path.
    #[serde(default)]
    pub refuse: Option<Text>,
    /// Documents of this shape are known and hold nothing to be checked; they are only counted.
    #[serde(default)]
    pub idle: bool,
    /// Documents of this shape are wrappers: what stands at these paths is read as documents of their own, if any of it
    /// is known. They are asked for last of all.
    #[serde(default)]
    pub within: Vec<String>,
    /// What to do with source fields that nothing takes; default `report`.
    #[serde(default)]
    pub unmapped: Unmapped,
    /// The platform's own names of fields, in which amounts are in fen. Beside one of them as a heading of a table, an
    /// amount under a name of a program's (`sale_price`) is read only where its unit is clear: written in the heading, or
    /// by a decimal point.
    #[serde(default)]
    pub names_of_platform: BTreeSet<String>,
    /// Mappings that know the same tables less well: a table that both know is read by this one, however many of its
    /// headings the other knows.
    #[serde(default)]
    pub before: Vec<String>,
    /// Paths of which a document of this shape would have to be read, could it be: with one of them it is not idle but
    /// not understood. Names are compared without case and punctuation, those of containers by their beginning, those of
    /// fields by their end; lists and usual envelopes are looked into.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Fields of the source that are known and not needed, whatever `unmapped` says. A heading that a field could be read
    /// from is ignored in a table that has a better one for it.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Documents, and what comes of them; `rules test` runs them.
    #[serde(default)]
    pub examples: Vec<Spanned<MappingExample>>,
}

/// `{to: warehouse, of: quantity, ending: [仓]}`: of `杭州仓` and `广州仓` each is a record with its heading as the warehouse and
/// its cell as the quantity. A table has two such columns at least; what else a row says holds of each of its records.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpreadFile {
    /// The field that the heading is the value of.
    pub to: String,
    /// The field, named in `fields`, that a cell is the value of. A column for it, such as a total, is then not read.
    pub of: String,
    /// How such headings end that are not the names of fields.
    pub ending: Vec<String>,
}

/// A document, and what comes of it: records, a refusal, or nothing to be checked.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MappingExample {
    /// The document.
    #[schemars(with = "serde_json::Value")]
    pub document: Spanned<serde_json::Value>,
    /// The records that come out, each with every field it has.
    pub records: Option<Vec<serde_json::Value>>,
    /// A part of the text with which it is refused.
    pub refused: Option<String>,
    /// Is it known and idle?
    pub idle: bool,
    /// Is it of another shape?
    pub other: bool,
}

/// How a document of this shape is known: everything given must hold.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recognise {
    /// Paths that must be there.
    pub has: Vec<String>,
    /// Paths of which at least one must be there.
    pub any: Vec<String>,
    /// Paths that must not be there.
    pub lacks: Vec<String>,
    /// Paths that must have this value.
    pub is: BTreeMap<String, Scalar>,
    /// Paths that must be there and have another value.
    pub is_not: BTreeMap<String, Scalar>,
    /// Names of fields: there must be some, and no others.
    pub only: BTreeSet<String>,
    /// A table is known by any of these headings (and by none of `lacks`). Its columns then need not all be named
    /// in `fields`: a heading that is the path or the title of a field of the kind stands for that field.
    pub columns: Vec<String>,
    /// A table is also known by one of these headings, which many tables have, and one of `beside`.
    pub generic: Vec<String>,
    /// Headings that make clear what a table with one of `generic` is about.
    pub beside: Vec<String>,
    /// A table is also known by any of these.
    pub also: Vec<TableSigns>,
}

/// Headings that tell together what a table is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TableSigns {
    /// Lists of headings: the table has one of each.
    pub each: Vec<Vec<String>>,
    /// Headings that it does not have.
    pub lacks: Vec<String>,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
#[expect(clippy::large_enum_variant, reason = "a mapping has some dozens of them, and all live as long as the pack")]
pub enum FieldSource {
    /// A path in the document (inside `each`: in the item).
    Path(String),
    /// A path with a translation, or a constant.
    Detailed(FieldSourceDetail),
}

by_shape!(
    FieldSource,
    FieldSourceDetail,
    ByShape {
        expecting: "a path, or {from: …}, {const: …}",
        one: |value| text(value).map(Self::Path),
        many: None,
        map: Some(|detail| Some(Self::Detailed(detail))),
    }
);

/// A path with a translation, or a constant.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FieldSourceDetail {
    /// A path; several: the first that is there and not empty.
    pub from: Option<OneOrMany>,
    /// Paths of lists that are put one after another.
    pub all: Vec<String>,
    /// A fixed value.
    #[serde(rename = "const")]
    pub constant: Option<Scalar>,
    /// How values translate; a value that is not listed stays as it is, or becomes `otherwise`.
    pub values: BTreeMap<String, Scalar>,
    /// How values translate that `values` does not list, by a word in them; the longest word wins.
    pub containing: BTreeMap<String, Scalar>,
    /// Names among `from` that other tables use for other things: what stands under them is read only if it is one of the
    /// field's values.
    pub loose: Vec<String>,
    /// Headings that stand for another field, and for this one in a table that has a better column for the other.
    pub spare: Vec<String>,
    /// Words in headings that mean the field, which rules cannot do without. In a table without a column for it, and for
    /// none with such a word, a heading with one above values that fit is not passed over: it is reported.
    pub words: Vec<String>,
    /// What a value becomes that `values` does not list.
    pub otherwise: Option<Scalar>,
    /// Values that say nothing, such as 0 for an id or a price that is not set.
    pub none: Vec<Scalar>,
    /// Where the fields of a list's items come from, in the item.
    pub items: BTreeMap<String, FieldSource>,
    /// The unit of a number in the source.
    pub scale: Option<Scale>,
}

/// One path or several.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// The first that is there.
    Many(Vec<String>),
}

by_shape!(
    OneOrMany,
    NoMap,
    ByShape {
        expecting: "a path or a list of paths",
        one: |value| text(value).map(Self::One),
        many: Some(|values| values.into_iter().map(text).collect::<Option<Vec<_>>>().map(Self::Many)),
        map: None,
    }
);

/// Units of numbers in sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// 1/100 yuan.
    Fen,
    /// 1/10,000.
    BasisPoint,
    /// 1/100.
    Percent,
    /// Seconds since 1970 (UTC), or milliseconds where the number is too large for that, turned into a time; 0 is none.
    Seconds,
}

/// What to do with source fields that nothing takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unmapped {
    /// Say so, as info.
    #[default]
    Report,
    /// Say nothing: the shape is known to have more than rules need.
    Ignore,
}
