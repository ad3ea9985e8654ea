//! The rule language as it stands in files: serde types only, no behaviour.
//!
//! What is read from a file (here) and what is run ([`check`](crate::check)) are two types. The JSON Schemas under
//! `schemas/` are generated from these types, so their doc comments are the language's reference.

mod check;
mod content;
mod example;
mod records;
mod rule;
mod table;
mod value;

pub use check::{
    AssetSpec, CellSpec, Check, DateOperand, DateSpec, Each, FormatSpec, LengthSpec, SchemaLint, SharesRun,
    ShiftedDate, When,
};
pub use content::{Certainty, CodesSpec, Content, PictureTextSpec, TierSpec};
pub use example::{Example, ExampleAsset, ExampleCode, ExampleText};
pub use records::{BoundsOf, CountSpec, CoversSpec, GroupAlso, GroupSpec, ReferenceSpec, SpreadSpec, SumOf};
pub use rule::{Confidence, Evidence, FixSpec, FixTarget, Period, RuleFile, Severity, SourceClass};
pub use table::{Column, ColumnType, Comparison, TableFile};
pub use value::{
    AmountRef, CountOfRef, DifferenceRef, FieldRef, Lookup, LookupRef, NamedAmount, Operand, Param, ProductRef,
    QuotientRef, Scalar, SetSpec, SumOfRef, SumRef, TableRef, Term,
};
