//! Values, parameters, and what a check may compare with.

use std::collections::BTreeMap;

use dianjian_document::tree::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{SumOf, When};
use crate::record::parse_number;
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
    /// Numbers added up: `{sum: [price, "skus[].stock"]}`.
    Sum(SumRef),
    /// The first number less the second: `{difference: [market_price, price]}`.
    Difference(DifferenceRef),
    /// Numbers multiplied: `{product: [price, alliance.ratio, 0.01]}`.
    Product(ProductRef),
    /// The first number divided by the second: `{quotient: [price, market_price]}`.
    Quotient(QuotientRef),
    /// How many items of a list there are: `{count_of: "skus[]", where: {.stock: {min: 1}}}`.
    CountOf(CountOfRef),
    /// What records of another kind add up to; in bounds of groups only.
    SumOf(SumOfRef),
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
    sum: Option<Vec<Term>>,
    difference: Option<Vec<Term>>,
    product: Option<Vec<Term>>,
    quotient: Option<Vec<Term>>,
    count_of: Option<String>,
    #[serde(rename = "where")]
    counted: Option<Spanned<When>>,
    sum_of: Option<SumOf>,
}

impl OperandMap {
    fn operand(self) -> Option<Operand> {
        let is_filtered = self.counted.is_some();
        let counted = self.counted;
        let given = [
            self.field.map(|field| Operand::Field(FieldRef { field })),
            self.lookup.map(|lookup| Operand::Lookup(LookupRef { lookup })),
            self.amount.map(|amount| Operand::Amount(AmountRef { amount })),
            self.sum.map(|sum| Operand::Sum(SumRef { sum })),
            self.difference.map(|difference| Operand::Difference(DifferenceRef { difference })),
            self.product.map(|product| Operand::Product(ProductRef { product })),
            self.quotient.map(|quotient| Operand::Quotient(QuotientRef { quotient })),
            self.count_of.map(|count_of| Operand::CountOf(CountOfRef { count_of, counted })),
            self.sum_of.map(|sum_of| Operand::SumOf(SumOfRef { sum_of })),
        ];
        let mut given = given.into_iter().flatten();
        let only = given.next().filter(|_| given.next().is_none());
        only.filter(|operand| !is_filtered || matches!(operand, Operand::CountOf(_)))
    }
}

by_shape!(
    Operand,
    OperandMap,
    ByShape {
        expecting: "a value, or one of {field: …}, {lookup: …}, {amount: …}, {sum: […]}, {difference: […]}, \
                    {product: […]}, {quotient: […]}, {count_of: …}",
        one: |value| Some(Self::Value(value)),
        many: None,
        map: Some(OperandMap::operand),
    }
);

/// A number in a sum, difference, product or quotient: a field by its path, a number, `$name` of a parameter, or an
/// operand that is written as a map. Unlike elsewhere, a text is a field.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(transparent)]
pub struct Term(pub Operand);

by_shape!(
    Term,
    OperandMap,
    ByShape {
        expecting: "a field, a number, a parameter, or an operand such as {sum: […]}",
        one: |value| {
            Some(Self(match value {
                Scalar::Text(field) if !field.starts_with('$') && parse_number(&field).is_none() => {
                    Operand::Field(FieldRef { field })
                }
                value => Operand::Value(value),
            }))
        },
        many: None,
        map: Some(|map| map.operand().map(Self)),
    }
);

/// `{sum: […]}`
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SumRef {
    /// What is added up. A path into a list (`skus[].stock`) adds its items; SKIP where one of them has no number.
    pub sum: Vec<Term>,
}

/// `{difference: […]}`
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DifferenceRef {
    /// Two numbers; the second is taken from the first.
    pub difference: Vec<Term>,
}

/// `{product: […]}`
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ProductRef {
    /// What is multiplied.
    pub product: Vec<Term>,
}

/// `{quotient: […]}`
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct QuotientRef {
    /// Two numbers; the first is divided by the second. SKIP where that is zero.
    pub quotient: Vec<Term>,
}

/// `{count_of: …}`
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CountOfRef {
    /// The list: `skus[]`. SKIP where it is absent; an empty one has none.
    pub count_of: String,
    /// Only items of which this holds; paths that begin with a dot belong to the item.
    #[schemars(rename = "where")]
    pub counted: Option<Spanned<When>>,
}

/// `{sum_of: …}`
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SumOfRef {
    /// Which records.
    pub sum_of: SumOf,
}

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
