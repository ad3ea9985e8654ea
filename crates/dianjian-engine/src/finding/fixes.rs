//! From a rule's fix and a violation to byte edits. What cannot be edited without guessing has no fix.

use std::sync::Arc;

use dianjian_base::lang::{Lang, Text};
use dianjian_base::message::{Arg, render};
use dianjian_base::{FieldPath, PathSegment, text};
use dianjian_document::edit::{
    Applicability, Edit, FixError, remove_entry, remove_from_cell, remove_item, replace_in_scalar, set_value,
};
use dianjian_document::source::SourceFile;
use dianjian_document::tree::{Node, NodeKind};
use dianjian_rules::language::FixTarget;
use dianjian_rules::record::{Kinds, Mapping, Record, Value};
use dianjian_rules::{FixAction, FixRule, RecordPlace, Violation};

use super::Fix;

/// The record that a fix is made in.
#[derive(Clone, Copy)]
pub(crate) struct FixScope<'p, 'a> {
    pub record: &'p Record<'a>,
    pub kinds: &'p Kinds,
    /// The mapping that reads the record, if it is a row of a table.
    pub row: Option<&'p Mapping>,
}

impl FixScope<'_, '_> {
    /// The path of a violation, relative to the record.
    fn own<'v>(&self, violation: &'v Violation<'_>) -> Option<FieldPath<'v>> {
        let path = violation.target.path.strip_prefix(&self.record.prefix)?;
        Some(FieldPath::new(path.trim_start_matches('.')))
    }
}

/// Builds a fix; `None` if it cannot be made here.
pub(crate) fn build(
    source: &Arc<SourceFile>,
    fix: &FixRule,
    violation: &Violation<'_>,
    place: Option<FixScope<'_, '_>>,
    args: &[(String, Arg)],
) -> Option<Fix> {
    let is_script = matches!(&violation.target.value, Value::Script(..));
    // The record about material is nowhere on disk.
    if source.is_material() && !is_script {
        return None;
    }
    let template = |template: &str| render(template, args, Lang::Zh);
    let here = |edit| (Arc::clone(source), edit);
    let (field, edit, title) = match &fix.action {
        FixAction::Remove(FixTarget::Entry) => {
            let path = &violation.target.path;
            let edit = remove(violation, place?).map(here);
            (path.as_str(), edit, text! { zh: "删除 {path}", en: "remove {path}" })
        }
        FixAction::Remove(FixTarget::Found) if !violation.related.is_empty() => {
            let (file, edit) = remove_several(source, violation, place)?;
            let count = violation.related.len() + 1;
            ("", Ok((file, edit)), text! { zh: "删去这 {count} 处", en: "remove all {count} of them" })
        }
        FixAction::Remove(target) => {
            let (file, edit, found, _) = replace(source, violation, place, *target, "")?;
            ("", Ok((file, edit)), text! { zh: "删去“{found}”", en: "remove “{found}”" })
        }
        FixAction::Replace(target, with) => {
            let with = template(with);
            let (file, edit, found, with) = replace(source, violation, place, *target, &with)?;
            let (zh, en) = (format!("把“{found}”改为“{with}”"), format!("replace “{found}” by “{with}”"));
            ("", Ok((file, edit)), Text { zh, en })
        }
        FixAction::Set(path, to) => {
            let to = template(to);
            let edit = set(place?, path, &to).map(here);
            (path.as_str(), edit, text! { zh: "把 {path} 设为 {to}", en: "set {path} to {to}" })
        }
    };
    match edit {
        Ok((file, edit)) => {
            // The value of a formula has to be changed where it comes from, by someone who knows what it means.
            let by_hand = file.is_formula(edit.span.start);
            let applicability = if by_hand { Applicability::Manual } else { fix.applicability };
            Some(Fix { applicability, title, edits: vec![(file, edit)] })
        }
        // A table without the column has no cell to write to.
        Err(FixError::NotThere) if place?.row.is_some() => {
            let FixScope { record, kinds, .. } = place?;
            let name = kinds.get(record.kind_index).field(field).map(|(_, field)| field.title.clone());
            let name = name.unwrap_or_else(|| Text { zh: field.to_owned(), en: field.to_owned() });
            let title = Text {
                zh: format!("{}：表格没有“{}”这一列，不能在表格里修复", title.zh, name.zh),
                en: format!("{}: the table has no column “{}”, so it cannot be fixed there", title.en, name.en),
            };
            Some(Fix { applicability: Applicability::Manual, title, edits: Vec::new() })
        }
        Err(_) => None,
    }
}

/// Replaces the characters found or the whole value. Returns the file and edit, the old characters and the new.
fn replace(
    source: &Arc<SourceFile>,
    violation: &Violation<'_>,
    place: Option<FixScope<'_, '_>>,
    target: FixTarget,
    with: &str,
) -> Option<(Arc<SourceFile>, Edit, String, String)> {
    let value = &violation.target.value;
    let text = value.text()?;
    let whole = 0..text.len();
    let range = match (target, &violation.target.range) {
        (FixTarget::Found, Some(range)) => range.clone(),
        _ => whole.clone(),
    };
    let found = text.get(range.clone())?.to_owned();
    // Words at the beginning or end of the value go together with the blanks next to them.
    let range = match with.is_empty() {
        true if range.end == text.len() => text.get(..range.start)?.trim_end().len()..range.end,
        true if range.start == 0 => 0..text.len() - text.get(range.end..)?.trim_start().len(),
        _ => range,
    };
    // An empty value is no better than a wrong one.
    let rest = [text.get(..range.start)?, with, text.get(range.end..)?];
    if rest.iter().all(|part| part.trim_start().is_empty()) {
        return None;
    }
    // A table spells values in its own words.
    let in_words = place.filter(|_| range == whole).and_then(|place| {
        place.row?.edit(place.kinds, place.record.node, place.own(violation)?.as_str(), Some(with)).ok()
    });
    if let Some(edit) = in_words {
        let (written, word) = (value.node().scalar().unwrap_or_default().to_owned(), edit.text.clone());
        return Some((Arc::clone(source), edit, written, word));
    }
    let with = with.to_owned();
    let edit = match value {
        // Only if no tag or line break lies inside: it would be deleted with the words.
        Value::Script(_, script) if script.is_whole(range.clone()) && !script.source().is_read_only() => {
            let edit = Edit::replace(script.span(range), with.as_str());
            return Some((Arc::clone(script.source()), edit, found, with));
        }
        Value::Node(node) => replace_in_scalar(*node, range, &with).ok()?,
        Value::Mapped(node, mapped) if node.scalar() == Some(mapped) => replace_in_scalar(*node, range, &with).ok()?,
        _ => return None,
    };
    Some((Arc::clone(source), edit, found, with))
}

/// Removes what was found in several places of one text, by one edit from the first to the last of them.
fn remove_several(
    source: &Arc<SourceFile>,
    violation: &Violation<'_>,
    place: Option<FixScope<'_, '_>>,
) -> Option<(Arc<SourceFile>, Edit)> {
    let ranges =
        || violation.target.range.iter().chain(violation.related.iter().filter_map(|more| more.range.as_ref()));
    let text = violation.target.value.text()?;
    let first = ranges().next()?.start;
    let (mut kept, mut at) = (String::new(), first);
    for range in ranges() {
        kept.push_str(text.get(at..range.start)?);
        at = range.end;
    }
    let target = RecordPlace { range: Some(first..at), ..violation.target.clone() };
    let all = Violation { target, related: Vec::new(), picture: None, ..violation.clone() };
    let (file, edit, ..) = replace(source, &all, place, FixTarget::Found, &kept)?;
    Some((file, edit))
}

/// Removes the entry or list item that the violation points at.
fn remove(violation: &Violation<'_>, place: FixScope<'_, '_>) -> Result<Edit, FixError> {
    let own = place.own(violation).ok_or(FixError::NotThere)?;
    if let Some(mapping) = place.row {
        return if own.has_items() {
            remove_from_cell(place.record.node, violation.target.value.node())
        } else {
            mapping.edit(place.kinds, place.record.node, own.as_str(), None)
        };
    }
    let (parent, last) = own.split_last_segment();
    let parent = navigate(place.record.node, parent).ok_or(FixError::NotThere)?;
    match last {
        PathSegment::Field(name) => remove_entry(parent, name),
        PathSegment::Item(index) => remove_item(parent, index),
        PathSegment::Each | PathSegment::Last => Err(FixError::NotThere),
    }
}

/// Sets a field; the map around it must be there.
fn set(place: FixScope<'_, '_>, path: &str, to: &str) -> Result<Edit, FixError> {
    if let Some(mapping) = place.row {
        return mapping.edit(place.kinds, place.record.node, path, Some(to));
    }
    let Value::Node(node) = &place.record.value else { return Err(FixError::WrongKind) };
    let (parent, name) = FieldPath::new(path).split_last();
    let parent = navigate(*node, parent).ok_or(FixError::NotThere)?;
    set_value(parent, name, &place.kinds.get(place.record.kind_index).scalar(path, to)?)
}

/// The map or list at a path such as `products[2].skus`; without a path, the node itself.
fn navigate<'a>(node: Node<'a>, path: Option<FieldPath<'_>>) -> Option<Node<'a>> {
    let Some(path) = path else { return Some(node) };
    let node = path.segments().try_fold(node, |node, segment| match segment {
        PathSegment::Field(name) => node.get(name),
        PathSegment::Item(index) => node.items().nth(index),
        PathSegment::Each | PathSegment::Last => None,
    })?;
    matches!(node.kind(), NodeKind::Mapping | NodeKind::Sequence).then_some(node)
}
