//! Edits of the cells of tables; of a sheet's text as what they mean there: cells with new texts.

use super::scalar::in_cell;
use super::{Edit, FixError, replace_in_scalar};
use crate::source::{CellAddress, CsvFields, SourceFile, Span};
use crate::tree::{Node, SEPARATORS, ScalarStyle};

/// Gives a cell of a table a new text; an empty one leaves it empty.
///
/// # Errors
///
/// When the node is no cell, or quotes in it leave no safe way.
pub fn set_cell(cell: Node<'_>, text: &str) -> Result<Edit, FixError> {
    if cell.style() != ScalarStyle::Cell {
        return Err(FixError::WrongKind);
    }
    if let Some(old) = cell.scalar().filter(|old| !old.is_empty()) {
        return replace_in_scalar(cell, 0..old.len(), text);
    }
    let source = cell.source();
    let field = source.field_at(cell.span().start).ok_or(FixError::Layout)?.span;
    if source.slice(field).starts_with('"') {
        return Ok(Edit::replace(field, quoted(text)));
    }
    in_cell(source, Span::at(cell.span().start), text)
}

/// Gives the row of a table a cell in a column that the row is too short for.
///
/// # Errors
///
/// [`FixError::Layout`]: the row reaches that column, or is one of a workbook, whose rows have all their columns.
pub fn add_cell(row: Node<'_>, column: usize, text: &str) -> Result<Edit, FixError> {
    let source = row.source();
    let table = source.table().filter(|_| !source.is_sheet()).ok_or(FixError::Layout)?;
    let fields: Vec<_> = CsvFields::of(source.text(), row.span().start, table.delimiter).collect();
    let missing = column.checked_sub(fields.len()).ok_or(FixError::Layout)? + 1;
    let last = fields.last().filter(|field| field.fault.is_none()).ok_or(FixError::Layout)?;
    let delimiter = char::from(table.delimiter);
    let needs_quotes = text.contains(['"', '\n', '\r', delimiter]);
    let written = if needs_quotes { quoted(text) } else { text.to_owned() };
    Ok(Edit::insert(last.span.end, delimiter.to_string().repeat(missing) + &written))
}

/// Removes an item of a row's cell that holds several, with what parts it from the next.
///
/// # Errors
///
/// [`FixError::NotThere`]: it is no such item.
pub fn remove_from_cell(row: Node<'_>, item: Node<'_>) -> Result<Edit, FixError> {
    let mut lists = row.values().filter(|cell| cell.style() == ScalarStyle::CellList);
    let is_own = |list: &Node<'_>| list.items().any(|own| own.span() == item.span());
    let list = lists.find(is_own).ok_or(FixError::NotThere)?;
    let spans: Vec<Span> = list.items().map(Node::span).collect();
    let at = spans.iter().position(|span| *span == item.span()).ok_or(FixError::NotThere)?;
    let before = at.checked_sub(1).and_then(|before| spans.get(before));
    Ok(match (spans.get(at + 1), before) {
        (Some(next), _) => Edit::remove(Span::new(item.span().start, next.start)),
        (None, Some(before)) => {
            let between = list.source().slice(Span::new(before.end, item.span().start));
            let separator = before.end + between.find(SEPARATORS).unwrap_or_default() as u32;
            Edit::remove(Span::new(separator, item.span().end))
        }
        (None, None) if list.written().starts_with('"') => Edit::replace(list.span(), "\"\""),
        (None, None) => Edit::remove(list.span()),
    })
}

/// A text as a quoted field of CSV.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What an edit of a sheet's text means in the workbook: a cell with a new text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "named by its type")]
pub struct CellChange {
    pub cell: CellAddress,
    /// Where its field is written in the sheet's text.
    pub field: Span,
    /// The cell's whole text before the edit.
    pub before: String,
    /// The cell's whole text after the edit.
    pub after: String,
}

impl CellChange {
    /// What an edit of a sheet's text changes; `None` if the text is not a sheet's, or the edit reaches beyond a cell.
    pub fn of(source: &SourceFile, edit: &Edit) -> Option<Self> {
        let (cell, field) = (source.cell(edit.span.start)?, source.field_at(edit.span.start)?.span);
        let delimiter = source.table()?.delimiter;
        let written = source.slice(field);
        let within = |place: u32| place.checked_sub(field.start).map(|place| place as usize);
        let (start, end) = (within(edit.span.start)?, within(edit.span.end)?);
        let after = [written.get(..start)?, &edit.text, written.get(end..)?].concat();
        let value = |written: &str| {
            let mut fields = CsvFields::of(written, 0, delimiter);
            let text = fields.next().map(|field| field.text(written).into_owned()).unwrap_or_default();
            fields.next().is_none().then_some(text)
        };
        Some(Self { cell, field, before: value(written)?, after: value(&after)? })
    }
}
