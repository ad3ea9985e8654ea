//! Values, parameters, and what a check may compare with.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::shapes::{ByShape, NoMap, by_shape, text};

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

/// Something to compare with.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Operand {
    /// Another field of the record: `{field: subject.name}`.
    Field(FieldRef),
    /// A cell of a table: `{lookup: {table: …, where: {…}, take: …}}`.
    Lookup(LookupRef),
    /// An amount of money that a text names: `{amount: {field: qualification.tips, after: 注册资本不低于}}`.
    Amount(AmountRef),
    /// A value; `$name` is a parameter.
    Value(Scalar),
}

/// An operand that is written as a map.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperandMap {
    field: Option<String>,
    lookup: Option<Lookup>,
    amount: Option<NamedAmount>,
}

by_shape!(
    Operand,
    OperandMap,
    ByShape {
        expecting: "a value, {field: …}, {lookup: …} or {amount: …}",
        one: |value| Some(Self::Value(value)),
        many: None,
        map: Some(|map| match (map.field, map.lookup, map.amount) {
            (Some(field), None, None) => Some(Self::Field(FieldRef { field })),
            (None, Some(lookup), None) => Some(Self::Lookup(LookupRef { lookup })),
            (None, None, Some(amount)) => Some(Self::Amount(AmountRef { amount })),
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

/// `{amount: …}`
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AmountRef {
    /// Where it is named.
    pub amount: NamedAmount,
}

/// An amount of yuan in the words of a text, `100万`, `1亿元` or `壹佰万元整`; of several the largest. None, or one in
/// another currency: SKIP.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedAmount {
    /// The text.
    pub field: String,
    /// A regular expression for what stands right before the amount; may be `$param`.
    pub after: String,
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
