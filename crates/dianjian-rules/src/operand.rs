//! What values are compared with, in the form in which it is evaluated.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::check::{CompiledCheck, SlotPath};
use crate::pattern::LazyRegex;
use crate::record::TableCells;
use crate::table::DatedRows;

/// What a value is compared with. Parameters are constants by now.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the rule language")]
pub enum CompiledOperand {
    Constant(Constant),
    Field(SlotPath),
    Lookup(TableLookup),
    Amount(AmountInText),
    /// Absent where one of its parts is, or where it cannot be calculated.
    Arithmetic(Arithmetic, Vec<CompiledOperand>),
    Total(ItemTotal),
    CountOf(Box<ItemCount>),
}

impl CompiledOperand {
    /// Calls `f` with the fields that the value comes from.
    pub fn each_path<'c>(&'c self, f: &mut dyn FnMut(&'c SlotPath)) {
        match self {
            Self::Constant(_) => {}
            Self::Field(path) => f(path),
            Self::Lookup(lookup) => lookup.keys.iter().for_each(|(_, key)| key.each_path(f)),
            Self::Amount(amount) => f(&amount.field),
            Self::Arithmetic(_, parts) => parts.iter().for_each(|part| part.each_path(f)),
            Self::Total(total) => [&total.list, &total.of].into_iter().for_each(f),
            Self::CountOf(count) => {
                f(&count.list);
                count.counted.iter().for_each(|counted| counted.each_path(f));
            }
        }
    }

    /// Calls `f` with the conditions of the items that it counts.
    pub(crate) fn each_condition<'c>(&'c self, f: &mut dyn FnMut(&'c CompiledCheck)) {
        match self {
            Self::Arithmetic(_, parts) => parts.iter().for_each(|part| part.each_condition(f)),
            Self::CountOf(count) => count.counted.iter().for_each(f),
            Self::Constant(_) | Self::Field(_) | Self::Lookup(_) | Self::Amount(_) | Self::Total(_) => {}
        }
    }

    /// Its number, where it is the same for every record.
    pub(crate) fn constant(&self) -> Option<Decimal> {
        match self {
            Self::Constant(constant) => constant.number,
            _ => None,
        }
    }
}

/// How numbers are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Sum,
    Difference,
    Product,
    Quotient,
}

impl Arithmetic {
    /// The result; `None` where a number is absent, the divisor is zero, or the result is too large for a decimal.
    pub(crate) fn of(self, mut numbers: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
        let first = numbers.next()??;
        numbers.try_fold(first, |result, number| match self {
            Self::Sum => result.checked_add(number?),
            Self::Difference => result.checked_sub(number?),
            Self::Product => result.checked_mul(number?),
            Self::Quotient => result.checked_div(number?),
        })
    }
}

/// What a field of all items of a list adds up to; absent where an item lacks it, or there are no items.
#[derive(Debug)]
pub struct ItemTotal {
    pub list: SlotPath,
    /// Begins at the item.
    pub of: SlotPath,
}

/// How many items of a list there are, or of how many a condition holds; absent where the list is.
#[derive(Debug)]
pub struct ItemCount {
    pub list: SlotPath,
    pub counted: Option<CompiledCheck>,
}

/// A text, and its value where it is a number: parsed once instead of for every record.
#[derive(Debug, Clone)]
pub struct Constant {
    pub text: String,
    pub number: Option<Decimal>,
}

/// A cell of a table, found by its key columns.
#[derive(Debug)]
pub struct TableLookup {
    /// The rows of the day, indexed by the first key.
    pub rows: Arc<DatedRows>,
    /// Column numbers with what they must equal.
    pub keys: Vec<(usize, CompiledOperand)>,
    /// Number of the column whose cell is the operand.
    pub take: usize,
}

/// An amount of yuan that a text names.
#[derive(Debug)]
pub struct AmountInText {
    pub field: SlotPath,
    /// What stands right before it.
    pub after: Arc<LazyRegex>,
    pub words: Arc<TableCells>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arithmetic: Arithmetic, numbers: &[&str]) -> Option<String> {
        let number = |text: &&str| text.parse::<Decimal>().ok();
        arithmetic.of(numbers.iter().map(number)).map(|number| number.normalize().to_string())
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(of(Arithmetic::Sum, &["0.1", "0.2", "-0.3"]).as_deref(), Some("0"));
        assert_eq!(of(Arithmetic::Difference, &["10", "0.01"]).as_deref(), Some("9.99"));
        assert_eq!(of(Arithmetic::Product, &["199", "20", "0.01"]).as_deref(), Some("39.8"));
        assert_eq!(of(Arithmetic::Quotient, &["1", "8"]).as_deref(), Some("0.125"));
    }

    #[test]
    fn what_cannot_be_calculated_is_absent() {
        let most = Decimal::MAX.to_string();
        for (arithmetic, numbers) in [
            (Arithmetic::Quotient, ["1", "0"]),
            (Arithmetic::Quotient, ["0", "0"]),
            (Arithmetic::Sum, ["1", "?"]),
            (Arithmetic::Product, ["?", "1"]),
            (Arithmetic::Sum, [&most, "1"]),
            (Arithmetic::Product, [&most, "-2"]),
            (Arithmetic::Difference, [&most, "-1"]),
            (Arithmetic::Quotient, [&most, "0.1"]),
        ] {
            assert_eq!(of(arithmetic, &numbers), None, "{arithmetic:?} {numbers:?}");
        }
    }
}
