//! Checks over several records: references and groups.

use dianjian_document::tree::Spanned;
use dianjian_text::Fold;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Operand, When};

/// `ref: {kind: Shop, by: id}`
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceSpec {
    /// The kind of record referred to.
    pub kind: String,
    /// Its key field.
    pub by: String,
    /// What is asked is only whether the records of that kind say the same from which this one takes fields (`inherits` of
    /// its kind).
    #[serde(default)]
    pub agree: bool,
}

/// Over all records of the run: exactly one of `count`, `distinct`, `sum`, `spread`, `covers`, `unique`.
///
/// Where a path goes through the items of a list (`skus[].code`), each item is a member; other paths through the same
/// list, and in conditions paths that begin with a dot, are read at the same item.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupSpec {
    /// The fields that make the key; a record (or item) that lacks one takes no part.
    pub by: Vec<Spanned<String>>,
    /// How keys are folded before they are compared; default `case`. Ids, licence codes and numbers are compared as
    /// what they are: `6194.0` is the id `6194`, `9.90` the amount `9.9`.
    #[serde(default)]
    pub fold: Option<Fold>,
    /// How many records share a key.
    #[serde(default)]
    pub count: Option<CountSpec>,
    /// How many different values of `of` share a key. Numbers are compared as numbers, ids and licence codes as such,
    /// other values as `fold` says, by default `name`.
    #[serde(default)]
    pub distinct: Option<BoundsOf>,
    /// What the values of `of` add up to.
    #[serde(default)]
    pub sum: Option<BoundsOf>,
    /// How far the values of `of` lie apart.
    #[serde(default)]
    pub spread: Option<SpreadSpec>,
    /// Keys that occur with many of the values of `of`, but not with all of them.
    #[serde(default)]
    pub covers: Option<CoversSpec>,
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

/// Bounds on how many members there are.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CountSpec {
    /// Only members of which this holds are counted; the others still make a group. `{where: …, min: 1}`: at least one of
    /// them has it.
    #[serde(rename = "where")]
    pub counted: Option<Spanned<When>>,
    /// At least.
    pub min: Option<Operand>,
    /// At most.
    pub max: Option<Operand>,
}

/// Bounds on what is made of a field's values.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundsOf {
    /// The field.
    pub of: String,
    /// Only the values of members of which this holds.
    #[serde(default, rename = "where")]
    pub counted: Option<Spanned<When>>,
    /// At least.
    #[serde(default)]
    pub min: Option<Operand>,
    /// At most.
    #[serde(default)]
    pub max: Option<Operand>,
}

/// `spread: {of: price, max: 0.2}`: the largest value is at most a fifth above the smallest. Values that are not above
/// zero take no part. `{least}`, `{most}`; the finding is at the one of the two that lies further from the median, at the
/// smallest where both lie as far.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpreadSpec {
    /// The field.
    pub of: String,
    /// Only the values of members of which this holds.
    #[serde(default, rename = "where")]
    pub counted: Option<Spanned<When>>,
    /// The largest less the smallest value, as a share of the smallest, is at most this.
    pub max: Operand,
}

/// `covers: {of: shop, share: 0.5}`: what is found with at least half of all shops is found with all of them. `{missing}`
/// the values of `of` that a key lacks, `{count}` how many it has, `{limit}` how many there are.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoversSpec {
    /// The field. All its values that occur in the run count, up to 100,000; beyond it the rule says nothing.
    pub of: String,
    /// From which share of them on a key should have all, between 0 and 1; default 0.5.
    #[serde(default)]
    pub share: Option<Operand>,
}

/// Another kind's part in a group.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupAlso {
    /// The record kind.
    pub kind: String,
    /// Its key fields, in the order of the group's `by`.
    pub by: Vec<Spanned<String>>,
    /// Its field in the place of `of`.
    #[serde(default)]
    pub of: Option<String>,
    /// Which records of that kind take part; default: all.
    #[serde(default)]
    pub when: Option<Spanned<When>>,
    /// In the place of the `where` of `count`, `distinct`, `sum` or `spread`; default: the same condition.
    #[serde(default, rename = "where")]
    pub counted: Option<Spanned<When>>,
}

/// `sum_of: {kind: Stock, by: [sku], of: quantity}`, as a bound of a group: what the values of records of another kind
/// with the same key add up to. Keys of which there is no such record are not judged.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SumOf {
    /// The record kind.
    pub kind: String,
    /// Its key fields, in the order of the group's `by`.
    pub by: Vec<Spanned<String>>,
    /// The field that is added up.
    pub of: String,
    /// Which records of that kind are added up; default: all.
    #[serde(default)]
    pub when: Option<Spanned<When>>,
}
