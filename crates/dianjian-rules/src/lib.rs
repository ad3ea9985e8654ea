//! The rule language: from the files of a pack to the violations of a record.
//!
//! * [`language`]: the serde types of rule and table files, from which the schemas are generated; [`record`]: kinds,
//!   mappings, and the records that a document is read into.
//! * [`PackBuilder`] reads the shipped pack and the user's folders into a [`Pack`]; [`Pack::at`] compiles it for a day.
//! * A [`Ruleset`] holds compiled [`Rule`]s: what they ask is a [`RuleBody`] made of [`CompiledCheck`]s, in which paths are
//!   slots, parameters are values and tables have the rows of the day.
//! * [`RuleFilter`] leaves out the rules that cannot speak of a record; [`EvalContext`] runs the others to PASS, FAIL with
//!   [`Violation`]s, or SKIP.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

mod asset_tests;
mod check;
mod comparison;
mod compile;
mod contents;
mod error;
mod eval;
mod evidence;
mod group_check;
mod info;
pub mod language;
mod lexicons;
mod operand;
mod pack;
mod pattern;
mod period;
mod placeholder;
mod prefilter;
mod presumption;
pub mod record;
mod ruleset;
mod selector;
mod shapes;
mod table;

pub use check::{
    CheckKind, CompiledCheck, CompiledDate, CompiledOperand, DateBase, FixAction, FixRule, GroupCheck, GroupFold,
    GroupParticipant, GroupRole, KeyComparison, KeyPath, ParamText, PathRoot, PathStep, ReferenceItems, RuleBody,
    SlotPath, SpecialMessage, SummedBounds, Test,
};
pub use compile::ConditionCompiler;
pub use error::RuleError;
pub use eval::{
    EachItem, EvalContext, IdentityLookup, NamedAnswers, NamedLookup, NamedRecord, NamedTest, NeededAnswers, ORDINAL,
    Outcome, RecordPlace, Scans, Violation,
};
pub use evidence::carries_error;
pub use info::RuleInfo;
pub use lexicons::LexiconFile;
pub use pack::{Pack, PackBuilder, RuleSource, parse_one};
pub use placeholder::Placeholder;
pub use prefilter::{RuleFilter, RuleFilterCache};
pub use presumption::Presumption;
pub use ruleset::{Rule, Ruleset};
pub use selector::{Selector, SelectorError};
pub use table::{DatedRows, LookupTable, TableRow};
