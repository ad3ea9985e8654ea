//! Record kinds as they stand in `rules/kinds/*.yaml`: serde types only.

use std::collections::{BTreeMap, BTreeSet};

use dianjian_base::lang::Text;
use dianjian_document::tree::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::language::When;

/// One record kind; its file lies at `rules/kinds/<kind>.yaml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindFile {
    /// What stands after `kind:` in a user's file.
    pub kind: Spanned<String>,
    /// What it is called.
    pub title: Text,
    /// What it stands for.
    pub doc: Text,
    /// What the program does with such records besides checking them; left out where that is nothing.
    #[serde(default)]
    pub role: Option<KindRole>,
    /// The field that names a record in reports.
    pub id: Spanned<String>,
    /// When a record is closed: then only rules that say `even_closed` judge it and what lies in it.
    #[serde(default)]
    pub closed: Option<Spanned<When>>,
    /// By what else than its id a record is named, the most telling first: `[[system, name], [name]]`. The last field of each
    /// is what a reference says; the others must be the same in the record that refers.
    #[serde(default)]
    pub names: Vec<Spanned<Vec<String>>>,
    /// What a record takes from records of other kinds where its own fields are absent.
    #[serde(default)]
    pub inherits: Vec<Spanned<InheritanceFile>>,
    /// The fields, by name.
    pub fields: BTreeMap<String, Spanned<FieldFile>>,
}

/// `{of: Licence, key: [subject.licence], by: [code], take: {subject.type: [{from: type}]}}`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InheritanceFile {
    /// The kind of the other record.
    pub of: String,
    /// The fields of this record that name it.
    pub key: Vec<String>,
    /// The fields of the other record that must equal them. Where several records do, only what they agree on is taken.
    pub by: Vec<String>,
    /// Fields of the other record that must be absent: a brand of a shop of its own is no other's.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// By own field: where its value comes from, the first that has one.
    pub take: BTreeMap<String, Vec<TakenFile>>,
}

/// A field of the other record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakenFile {
    /// Its path.
    pub from: String,
    /// What its values mean here; left out: the same. Other values give nothing.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// What the program does with a kind's records besides checking them. One kind has a role at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KindRole {
    /// Migrates, and is what the records of other kinds belong to.
    Shop,
    /// Is imported into a folder of its own beside its shop's.
    LiveRoom,
    /// Is imported into its shop's list of products, and compared with the platform's audits.
    Product,
}

/// One field of a kind.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldFile {
    /// What stands in it.
    pub r#type: FieldType,
    /// What it is called, for messages.
    pub title: Text,
    /// What it means, with its unit and its source where it has one.
    #[serde(default)]
    pub doc: Option<Text>,
    /// Every record needs it.
    #[serde(default)]
    pub required: bool,
    /// Of an `enum`: every such thing has one of the values, whether its record says so or not. Conditions of rules that hold
    /// for all of them hold where none is said. A required `enum` is always so.
    #[serde(default)]
    pub always: bool,
    /// The values of an `enum`, with their names.
    #[serde(default)]
    pub values: BTreeMap<String, Text>,
    /// Values of an `enum` with which a record is outside the platform whose rules these are: such a record, and what lies
    /// in it, is judged only by rules that say `even_outside`, and an unsaid value is taken for none of these.
    #[serde(default)]
    pub outside: BTreeSet<String>,
    /// The fields of a `map`, or of the items of a `list` of maps.
    #[serde(default)]
    pub fields: BTreeMap<String, Spanned<FieldFile>>,
    /// What the items of a `list` are; default: `map` when `fields` is given, else `text`.
    #[serde(default)]
    pub items: Option<FieldType>,
    /// The kind that the items of a `list` of `record`s are, or a `reference` points to.
    #[serde(default)]
    pub of: Option<String>,
    /// Of an `id`: whether letters in upper and lower case are the same, as in codes of goods, on whose case shops and
    /// warehouses rarely agree.
    #[serde(default)]
    pub any_case: bool,
    /// Whether a plain value is also taken for the map, as its field of this name.
    #[serde(default)]
    pub short: Option<String>,
    /// Whether a `list` may be a text file beside this one with an item a line; lines that begin with `# ` are notes.
    #[serde(default)]
    pub lines: bool,
    /// Of a `list` of maps: fields of its items, each with the field of the record that says the same. A record without items
    /// is itself the one item, as a row of a table is one SKU of a product. Groups and references by either of the two
    /// fields are by both.
    #[serde(default)]
    pub itself: BTreeMap<String, String>,
    /// Of a text in records that say how much there is of something: that it names the place, such as a warehouse. What a
    /// record says that names none is said of all places, and not added to what is said of each.
    #[serde(default)]
    pub places: Option<PlacesFile>,
}

/// What is called like a place and is none.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacesFile {
    /// Names of all places together.
    #[serde(default)]
    pub all: Vec<String>,
    /// Names that places have too: of all together only where the amount is what the others add up to.
    #[serde(default)]
    pub all_if_sum: Vec<String>,
}

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// A text; numbers are taken as they are written.
    Text,
    /// An id: a text or a number, compared as text.
    Id,
    /// A unified social credit code, compared without regard to how it is spaced, hyphenated or capitalised.
    LicenceCode,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// An amount in yuan, exact.
    Money,
    /// `YYYY-MM-DD`.
    Date,
    /// RFC 3339 with or without offset (then Asia/Shanghai), or a date.
    Datetime,
    /// `true` or `false`.
    Bool,
    /// One of `values`.
    Enum,
    /// A list.
    List,
    /// A group of fields.
    Map,
    /// A record of the kind `of` inside this one; its rules apply to it too.
    Record,
    /// The id of a record of the kind `of`.
    Reference,
    /// A picture or video: a path, a folder or a pattern beside this file; an address is not opened.
    Asset,
    /// A text file beside this one (or a list of such files), read for its text; of captions (`.srt`, `.vtt`,
    /// `.ass`, `.lrc`) for what is said. Or `{text: …}`.
    Script,
    /// Anything.
    Any,
}

impl FieldType {
    /// Whether its values name something, so that equal ones mean the same thing.
    pub(super) fn is_id(self) -> bool {
        matches!(self, Self::Id | Self::LicenceCode | Self::Reference)
    }
}
