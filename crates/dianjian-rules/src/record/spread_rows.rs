//! Rows of tables that are several records: one for each of the columns whose headings are values themselves.

use std::borrow::Cow;
use std::rc::Rc;

use dianjian_document::source::TableColumn;
use dianjian_document::tree::Node;

use super::cells::no_value;
use super::kind::Kind;
use super::mapping::{Mapping, insert};
use super::value::Value;
use super::view::SchemaIssue;

impl Mapping {
    /// The records that a row of a table is: one, or one for each of the cells whose headings are values themselves. With
    /// the first come the cells of the row that hold no value.
    pub(super) fn rows<'a>(
        &self,
        kind: &Kind,
        row: Node<'a>,
        columns: &[TableColumn],
    ) -> Vec<(Value<'a>, Vec<SchemaIssue<'a>>)> {
        let (whole, mut issues) = self.row(kind, row, columns);
        let cells = columns.iter().filter(|column| column.key.is_some()).zip(row.values());
        let mut records = Vec::new();
        for (column, cell) in cells.filter(|(column, cell)| column.is_spread && !cell.is_null()) {
            let (Some(spread), Value::Map(_, top)) = (&self.spread, &whole) else { continue };
            let Some((target, source)) = self.fields.get(spread.of) else { continue };
            if let Some(found) = self.error_in(cell) {
                issues.push(no_value(target, cell, found));
                continue;
            }
            let Some(value) = self.value(kind.target(target), source, column.power, cell) else { continue };
            let mut top = Vec::clone(top);
            insert(&mut top, target, value, row);
            insert(&mut top, &spread.to, Value::Mapped(cell, Cow::Owned(column.heading.to_string())), row);
            records.push((Value::Map(row, Rc::new(top)), Vec::new()));
        }
        match records.first_mut() {
            Some((_, first)) => first.append(&mut issues),
            None => records.push((whole, issues)),
        }
        records
    }
}
