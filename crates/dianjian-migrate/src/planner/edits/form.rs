//! How a record is written in its file, and edits of its fields there.

use dianjian_base::FieldPath;
use dianjian_document::edit::{Edit, FixError, remove_entry, set_value};
use dianjian_rules::record::{Kinds, Mapping, Record, Value};

use crate::planner::read::text_at;

/// The text of a field, or the texts of a map's entries.
pub(super) fn current_text(record: &Record<'_>, kinds: &Kinds, field: &str) -> Option<String> {
    let (slot, _) = kinds.get(record.kind_index).field(field)?;
    let value = record.slot(slot)?;
    if !value.is_map() {
        return value.text().map(std::borrow::Cow::into_owned);
    }
    let mut entries = Vec::new();
    value.entries(|key, _, entry| entries.extend(entry.text().map(|text| format!("{key}: {text}"))));
    Some(entries.join(", "))
}

/// Whether the map that would hold the field exists.
pub(super) fn has_parent(record: &Record<'_>, field: &str) -> bool {
    let (Some(above), _) = FieldPath::new(field).split_last() else { return true };
    above.names().try_fold(record.value.clone(), |at, name| at.get(name)).is_some_and(|value| value.is_map())
}

/// How a record is written in its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordForm<'f> {
    pub(super) kinds: &'f Kinds,
    /// The mapping that reads it; `None`: it is in our own form.
    pub(super) mapping: Option<&'f Mapping>,
    /// Whether it is a row of a workbook.
    pub(super) is_workbook: bool,
}

impl RecordForm<'_> {
    /// The fields that are written for one: a map that a mapping gathers from several places is written piece by piece.
    pub(super) fn fields(self, record: &Record<'_>, field: &str) -> Vec<String> {
        let kind = self.kinds.get(record.kind_index);
        let is_map = kind.field(field).and_then(|(slot, _)| record.slot(slot)).is_some_and(Value::is_map);
        if self.mapping.is_none() || !is_map {
            return vec![field.to_owned()];
        }
        let inner = |path: &str| FieldPath::new(path).below(field).is_some_and(|rest| rest.starts_with('.'));
        let paths = kind.fields.iter().map(|field| &field.path);
        paths.filter(|path| inner(path) && text_at(record, self.kinds, path).is_some()).cloned().collect()
    }

    /// The edit that sets a field, or removes it.
    pub(super) fn edit(self, record: &Record<'_>, field: &str, after: Option<&str>) -> Result<Edit, FixError> {
        if let Some(mapping) = self.mapping {
            return mapping.edit(self.kinds, record.node, field, after);
        }
        let (above, key) = FieldPath::new(field).split_last();
        let mut above = above.into_iter().flat_map(FieldPath::names);
        let parent = above.try_fold(record.node, |node, name| node.get(name)).ok_or(FixError::NotThere)?;
        let Some(after) = after else { return remove_entry(parent, key) };
        set_value(parent, key, &self.kinds.get(record.kind_index).scalar(field, after)?)
    }
}
