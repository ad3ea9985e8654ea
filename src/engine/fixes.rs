//! From a rule's fix and a violation to byte edits. What cannot be edited safely has no fix.

use std::sync::Arc;

use super::finding::Fix;
use crate::document::{Kind as NodeKind, Node};
use crate::fix::{Applicability, Edit, NewScalar, remove_entry, remove_item, replace_in_scalar, set_value};
use crate::lang::{Lang, Text};
use crate::message::{Arg, render};
use crate::record::schema::FieldType;
use crate::record::value::parse_number;
use crate::record::{Kind, Record, Value};
use crate::rules::check::{FixAction, FixRule};
use crate::rules::eval::Violation;
use crate::rules::language::FixTarget;
use crate::source::SourceFile;

/// The record that a fix is made in, and its kind.
pub(super) type Place<'p, 'a> = Option<(&'p Record<'a>, &'p Kind)>;

/// Builds the edits of a fix.
pub(super) fn build(
    source: &Arc<SourceFile>,
    fix: &FixRule,
    violation: &Violation<'_>,
    place: Place<'_, '_>,
    args: &[(String, Arg)],
) -> Option<Fix> {
    let template = |template: &str| render(template, args, Lang::Zh);
    let (file, edit, title) = match &fix.action {
        FixAction::Remove(FixTarget::Entry) => {
            let edit = remove(violation, place?)?;
            let path = &violation.target.path;
            (Arc::clone(source), edit, Text { zh: format!("删除 {path}"), en: format!("remove {path}") })
        }
        FixAction::Remove(target) => {
            let (file, edit, found) = replace(source, violation, *target, "")?;
            (file, edit, Text { zh: format!("删去“{found}”"), en: format!("remove “{found}”") })
        }
        FixAction::Replace(target, with) => {
            let with = template(with);
            let (file, edit, found) = replace(source, violation, *target, &with)?;
            (
                file,
                edit,
                Text {
                    zh: format!("把“{found}”改为“{with}”"), en: format!("replace “{found}” by “{with}”")
                },
            )
        }
        FixAction::Set(path, to) => {
            let to = template(to);
            let edit = set(place?, path, &to)?;
            (Arc::clone(source), edit, Text { zh: format!("把 {path} 设为 {to}"), en: format!("set {path} to {to}") })
        }
    };
    // What a formula shows is changed where it comes from, and by whom knows what it means.
    let by_hand = file.is_formula(edit.span.start);
    let applicability = if by_hand { Applicability::Manual } else { fix.applicability };
    Some(Fix { applicability, title, edits: vec![(file, edit)] })
}

/// Replaces the characters found, or the whole value.
fn replace(
    source: &Arc<SourceFile>,
    violation: &Violation<'_>,
    target: FixTarget,
    with: &str,
) -> Option<(Arc<SourceFile>, Edit, String)> {
    let value = &violation.target.value;
    let text = value.text()?;
    let whole = 0..text.len();
    let range = match (target, &violation.target.range) {
        (FixTarget::Found, Some(range)) => range.clone(),
        _ => whole.clone(),
    };
    let found = text.get(range.clone())?.to_owned();
    // A value that would be left empty is no better than the one that was found wrong.
    let rest = [text.get(..range.start)?, with, text.get(range.end..)?].concat();
    if rest.trim().is_empty() {
        return None;
    }
    let edit = match value {
        // Where a tag or a line break stands inside, the file would lose it with the words.
        Value::Script(_, script) if script.is_whole(range.clone()) => {
            return Some((Arc::clone(script.source()), Edit::replace(script.span(range), with), found));
        }
        Value::Node(node) => replace_in_scalar(*node, range, with).ok()?,
        Value::Mapped(node, mapped) if node.scalar() == Some(mapped) => replace_in_scalar(*node, range, with).ok()?,
        _ => return None,
    };
    Some((Arc::clone(source), edit, found))
}

/// Removes the entry or list item that the violation points at.
fn remove(violation: &Violation<'_>, (record, _): (&Record<'_>, &Kind)) -> Option<Edit> {
    let own = violation.target.path.strip_prefix(&record.prefix)?.trim_start_matches('.');
    let (parent, last) = match own.rsplit_once(['.', '[']) {
        Some((parent, last)) => (navigate(record.node, parent)?, last),
        None => (record.node, own),
    };
    match last.strip_suffix(']') {
        Some(index) => remove_item(parent, index.parse().ok()?).ok(),
        None => remove_entry(parent, last).ok(),
    }
}

/// Sets a field; the map around it must be there.
fn set((record, kind): (&Record<'_>, &Kind), path: &str, to: &str) -> Option<Edit> {
    let Value::Node(node) = &record.value else { return None };
    let (parent, name) = match path.rsplit_once('.') {
        Some((parent, name)) => (navigate(*node, parent)?, name),
        None => (*node, path),
    };
    let ty = kind.field(path).map(|(_, field)| field.ty);
    let value = match ty {
        Some(FieldType::Bool) => NewScalar::Bool(to == "true"),
        Some(FieldType::Number | FieldType::Integer | FieldType::Money) => NewScalar::Number(parse_number(to)?),
        _ => NewScalar::Text(to.to_owned()),
    };
    set_value(parent, name, &value).ok()
}

/// The node at a path such as `products[2].skus`.
fn navigate<'a>(node: Node<'a>, path: &str) -> Option<Node<'a>> {
    let mut node = node;
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        node = match part.strip_suffix(']') {
            Some(index) => node.items().nth(index.parse().ok()?)?,
            None => node.get(part)?,
        };
    }
    matches!(node.kind(), NodeKind::Mapping | NodeKind::Sequence).then_some(node)
}
