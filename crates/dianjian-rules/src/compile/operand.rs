//! Operands, sets and dates: parameters and table cells become values of the day.

use std::sync::Arc;

use dianjian_document::source::Span;
use dianjian_document::tree::Spanned;

use super::Compiler;
use super::items::split_items;
use crate::check::{
    AmountInText, Arithmetic, CompiledDate, CompiledOperand, Constant, DateBase, ItemCount, ItemTotal, TableLookup,
    ValueSet,
};
use crate::error::RuleError;
use crate::language::{self as file, Comparison, Param, Scalar, SetSpec, TableRef};
use crate::record::{FieldType, parse_date, parse_number, scalar_text};
use crate::table;

impl Compiler<'_> {
    pub(super) fn spanned_operand(&mut self, operand: Option<&Spanned<file::Operand>>) -> Option<CompiledOperand> {
        let operand = operand?;
        self.operand(&operand.value, operand.span)
    }

    /// Compiles something to compare with; a mistake is noted and gives `None`.
    pub(super) fn operand(&mut self, operand: &file::Operand, span: Span) -> Option<CompiledOperand> {
        let compiled = self.try_operand(operand);
        self.noted(span, compiled)
    }

    fn try_operand(&mut self, operand: &file::Operand) -> Result<CompiledOperand, RuleError> {
        match operand {
            file::Operand::Field(field) => {
                let path = self.path_here(&field.field)?;
                if path.is_many() {
                    return Err(RuleError::ManyOperands { found: field.field.clone() });
                }
                Ok(CompiledOperand::Field(path))
            }
            file::Operand::Lookup(lookup) => self.lookup(&lookup.lookup),
            file::Operand::Amount(amount) => {
                let field = self.path_here(&amount.amount.field)?;
                let after = self.text_or_param(&amount.amount.after)?;
                let words = Arc::clone(&self.pack.table_cells);
                Ok(CompiledOperand::Amount(AmountInText { field, after: self.try_pattern(&after)?, words }))
            }
            file::Operand::Sum(terms) => self.arithmetic(Arithmetic::Sum, &terms.sum),
            file::Operand::Difference(terms) => self.arithmetic(Arithmetic::Difference, &terms.difference),
            file::Operand::Product(terms) => self.arithmetic(Arithmetic::Product, &terms.product),
            file::Operand::Quotient(terms) => self.arithmetic(Arithmetic::Quotient, &terms.quotient),
            file::Operand::CountOf(count) => self.count_of(count),
            file::Operand::SumOf(_) => Err(RuleError::OnlyInGroups { found: "sum_of" }),
            file::Operand::Value(Scalar::Text(text)) => match self.param(text)? {
                None => Ok(constant(text.clone())),
                Some(Param::One(value)) => Ok(constant(scalar_text(&value))),
                Some(Param::Many(_) | Param::Table(_)) => {
                    Err(RuleError::Expected { expected: "a parameter with one value", found: text.clone() })
                }
            },
            file::Operand::Value(value) => Ok(constant(scalar_text(value))),
        }
    }

    fn arithmetic(&mut self, arithmetic: Arithmetic, terms: &[file::Term]) -> Result<CompiledOperand, RuleError> {
        let adds = arithmetic == Arithmetic::Sum;
        let parts = terms.iter().map(|term| self.term(&term.0, adds)).collect::<Result<Vec<_>, RuleError>>()?;
        let (right, expected) = match arithmetic {
            Arithmetic::Sum => (!parts.is_empty(), "at least one number"),
            Arithmetic::Product => (parts.len() > 1, "at least two numbers"),
            Arithmetic::Difference | Arithmetic::Quotient => (parts.len() == 2, "two numbers"),
        };
        if right {
            return Ok(CompiledOperand::Arithmetic(arithmetic, parts));
        }
        Err(RuleError::Expected { expected, found: parts.len().to_string() })
    }

    /// A number that is calculated with; `adds` says whether it may be what the items of a list add up to.
    fn term(&mut self, term: &file::Operand, adds: bool) -> Result<CompiledOperand, RuleError> {
        if let file::Operand::Field(field) = term {
            let path = self.path_here(&field.field)?;
            if self.type_at(&path).is_some_and(|ty| !may_be_number(ty)) {
                return Err(RuleError::NotANumber { found: field.field.clone() });
            }
            if let Some((list, of)) = split_items(&path).filter(|_| adds) {
                return Ok(CompiledOperand::Total(ItemTotal { list, of }));
            }
        }
        match self.try_operand(term)? {
            CompiledOperand::Constant(Constant { text, number: None }) => {
                Err(RuleError::Expected { expected: "a field, a number or $parameter", found: text })
            }
            operand => Ok(operand),
        }
    }

    fn count_of(&mut self, count: &file::CountOfRef) -> Result<CompiledOperand, RuleError> {
        let text = count.count_of.as_str();
        let list = self.path_here(text.strip_suffix("[]").unwrap_or(text))?;
        if self.type_at(&list).is_some_and(|ty| ty != FieldType::List) {
            return Err(RuleError::Expected { expected: "a list such as skus[]", found: text.to_owned() });
        }
        let counted = count.counted.as_ref();
        let counted = self.at_items(Some(&list), |compiler| counted.map(|counted| compiler.when(counted)));
        Ok(CompiledOperand::CountOf(Box::new(ItemCount { list, counted })))
    }

    pub(super) fn lookup(&mut self, spec: &file::Lookup) -> Result<CompiledOperand, RuleError> {
        let table = self.table(&spec.table)?;
        let take = table.column(&spec.take)?;
        let compile = |(column, operand): (&String, _)| Ok((table.column(column)?, self.try_operand(operand)?));
        let keys = spec.keys.iter().map(compile).collect::<Result<Vec<_>, RuleError>>()?;
        let Some((first, _)) = keys.first() else {
            return Err(RuleError::Expected { expected: "at least one column under `where`", found: "{}".to_owned() });
        };
        let mut rows = self.dated(&spec.table)?.as_ref().clone();
        rows.index_by(*first);
        Ok(CompiledOperand::Lookup(TableLookup { rows: Arc::new(rows), keys, take }))
    }

    /// Compiles a set of values.
    pub(super) fn set(&mut self, spec: &SetSpec, span: Span) -> ValueSet {
        let listed: Vec<String> = self.words(spec, span).into_iter().map(|(word, _)| word).collect();
        let compare = self.comparison(spec);
        ValueSet { members: listed.iter().map(|known| compare.key(known).into_owned()).collect(), compare, listed }
    }

    /// How the column is compared that a set is taken from.
    fn comparison(&self, spec: &SetSpec) -> Comparison {
        let table = match spec {
            SetSpec::Table(table) => Some(table),
            SetSpec::Param(name) => match name.strip_prefix('$').and_then(|name| self.current.params.get(name)) {
                Some(Param::Table(table)) => Some(table),
                _ => None,
            },
            SetSpec::Values(_) => None,
        };
        let compare = table.and_then(|spec| {
            let table = self.pack.tables.get(&spec.table)?;
            let column = spec.column.as_ref().or(table.key.first())?;
            table.columns.iter().find(|(known, _)| known == column).map(|(_, column)| column.compare)
        });
        compare.unwrap_or_default()
    }

    /// The values of a set, each with its pinyin if a table gives one.
    pub(super) fn words(&mut self, spec: &SetSpec, span: Span) -> Vec<(String, Option<String>)> {
        let values = match spec {
            SetSpec::Table(table) => self.try_table_values(table),
            SetSpec::Values(values) => Ok(plain(values)),
            SetSpec::Param(name) => self.param_values(name),
        };
        self.noted(span, values).unwrap_or_default()
    }

    fn param_values(&mut self, name: &str) -> Result<Vec<(String, Option<String>)>, RuleError> {
        match self.param(name)? {
            None => Err(RuleError::Expected { expected: "a list, {table: …} or $parameter", found: name.to_owned() }),
            Some(Param::One(value)) => Ok(plain(&[value])),
            Some(Param::Many(values)) => Ok(plain(&values)),
            Some(Param::Table(table)) => self.try_table_values(&table),
        }
    }

    /// The values of a table's column on the day.
    pub(super) fn try_table_values(&mut self, spec: &TableRef) -> Result<Vec<(String, Option<String>)>, RuleError> {
        let table = self.table(&spec.table)?;
        let first = table.key.first().or(table.columns.first().map(|(name, _)| name));
        let column = table.column(spec.column.as_deref().or(first.map(String::as_str)).unwrap_or_default())?;
        let filter = table::filter(table, &spec.filter)?;
        let pinyin = table.column("pinyin").ok();
        let rows = self.dated(&spec.table)?;
        let pairs = rows.pairs(column, pinyin, &filter);
        Ok(pairs.into_iter().map(|(value, pinyin)| (value.to_owned(), pinyin.map(str::to_owned))).collect())
    }

    pub(super) fn date_operand(&mut self, operand: &file::DateOperand, span: Span) -> Option<CompiledDate> {
        let compiled = self.try_date_operand(operand);
        self.noted(span, compiled)
    }

    fn try_date_operand(&mut self, operand: &file::DateOperand) -> Result<CompiledDate, RuleError> {
        let shifted = match operand {
            file::DateOperand::Text(text) => return Ok(CompiledDate { base: self.date_base(text)?, plus_days: 0 }),
            file::DateOperand::Shifted(shifted) => shifted,
        };
        let base = match (&shifted.field, &shifted.date) {
            (Some(field), None) => DateBase::Field(self.path_here(field)?),
            (None, Some(date)) => self.date_base(date)?,
            _ => return Err(RuleError::ExactlyOne { choices: "field, date" }),
        };
        Ok(CompiledDate { base, plus_days: self.whole(&shifted.plus_days)? })
    }

    fn date_base(&mut self, text: &str) -> Result<DateBase, RuleError> {
        if text == "as_of" {
            return Ok(DateBase::AsOf);
        }
        let text = self.text_or_param(text)?;
        let expected = "as_of, a date YYYY-MM-DD or $parameter";
        parse_date(&text).map(DateBase::Day).ok_or(RuleError::Expected { expected, found: text })
    }

    fn whole(&mut self, value: &Scalar) -> Result<i64, RuleError> {
        let text = self.text_or_param(&scalar_text(value))?;
        text.parse().map_err(|_| RuleError::Expected { expected: "a whole number of days", found: text })
    }

    /// The one value of the parameter that `$name` stands for; any other text as it is.
    fn text_or_param(&mut self, text: &str) -> Result<String, RuleError> {
        Ok(match self.param(text)? {
            Some(Param::One(value)) => scalar_text(&value),
            _ => text.to_owned(),
        })
    }
}

/// Whether a field of this type may hold a number.
pub(super) const fn may_be_number(ty: FieldType) -> bool {
    matches!(
        ty,
        FieldType::Number | FieldType::Integer | FieldType::Money | FieldType::Text | FieldType::Id | FieldType::Any
    )
}

fn plain(values: &[Scalar]) -> Vec<(String, Option<String>)> {
    values.iter().map(|value| (scalar_text(value), None)).collect()
}

pub(super) fn constant(text: String) -> CompiledOperand {
    let number = parse_number(&text);
    CompiledOperand::Constant(Constant { text, number })
}
