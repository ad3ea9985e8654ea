//! Checks over several records: references and groups.

use dianjian_text::Fold;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Operand;

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
