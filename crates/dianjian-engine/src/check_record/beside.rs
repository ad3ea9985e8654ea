//! What a record names beside its own file, for the ledger: texts, pictures, videos.

use dianjian_document::source::{SourceFile, Span};
use dianjian_media::MediaError;
use dianjian_rules::Scans;
use dianjian_rules::language::SchemaLint;
use dianjian_rules::record::{FieldType, Kind, Record, Value};

use super::group_member::hash;
use crate::ledger::{LookedState, SideLook, SideMedium};

/// The scripts and captions of a record.
pub(super) fn texts(record: &Record<'_>, kind: &Kind) -> Vec<SideLook> {
    let mut looks = Vec::new();
    let node = record.node;
    let mut add = |key: u64, state: LookedState| {
        looks.push(SideLook { key, medium: SideMedium::Text, state, amount: 1, is_unread: false });
    };
    for (slot, field) in (0..).zip(&kind.fields).filter(|(_, field)| field.ty == FieldType::Script || field.lines) {
        let Some(value) = record.slot(slot) else { continue };
        let mut one = |value: &Value<'_>| match value {
            Value::Script(_, script) => add(hash(&("text", script.source().name())), LookedState::Checked),
            Value::Map(_, fields) if field.lines => fields.iter().for_each(|(_, line)| {
                if let Value::Script(_, script) = line {
                    add(hash(&("text", script.source().name())), LookedState::Checked);
                }
            }),
            value if field.ty == FieldType::Script && value.is_scalar() && !value.is_empty() => add(
                hash(&("place", node.source().name(), at(node.source(), value.node().use_span()))),
                LookedState::Checked,
            ),
            _ => {}
        };
        if value.is_list() { value.each().for_each(|item| one(&item)) } else { one(value) }
    }
    for issue in record.issues.iter().filter(|issue| issue.lint == SchemaLint::UnreadableFile) {
        let place = at(issue.node.source(), issue.node.use_span());
        add(hash(&("unread", issue.node.source().name(), place)), LookedState::NotReadable);
    }
    looks
}

/// The pictures and videos that a record names: those that were looked at, and entries at which no rule of the run looks.
pub(super) fn pictures(source: &SourceFile, record: &Record<'_>, kind: &Kind, scans: &Scans) -> Vec<SideLook> {
    let mut looks = Vec::new();
    let scanned = scans.assets();
    let mut one = |value: &Value<'_>| {
        let span = value.node().use_span();
        let is_named = value.with_text(|text| !text.trim().is_empty()).unwrap_or(false);
        if is_named && !scanned.iter().any(|(known, _)| *known == span) {
            let key = hash(&("place", source.name(), at(source, span)));
            let (medium, state) = (SideMedium::Picture, LookedState::NothingToCheck);
            looks.push(SideLook { key, medium, state, amount: 1, is_unread: false });
        }
    };
    for (slot, field) in (0..).zip(&kind.fields) {
        match record.slot(slot) {
            Some(value) if field.ty == FieldType::Asset => one(value),
            Some(list) if field.items == FieldType::Asset => list.each().for_each(|item| one(&item)),
            _ => {}
        }
    }
    for (span, entry) in scanned {
        for file in &entry.files {
            let key = match file.name.is_empty() {
                true => hash(&("place", source.name(), at(source, span))),
                false => hash(&("asset", &file.name)),
            };
            let (medium, state, amount) = match &file.looked {
                Ok(scan) => match scan.length {
                    Some(length) => (SideMedium::Video, LookedState::Checked, length.as_secs().max(1)),
                    None => (SideMedium::Picture, LookedState::Checked, 1),
                },
                Err(MediaError::Address { .. }) => (SideMedium::Picture, LookedState::NothingToCheck, 1),
                Err(MediaError::UnknownFormat { .. }) => (SideMedium::Picture, LookedState::NotUnderstood, 1),
                Err(_) => (SideMedium::Picture, LookedState::NotReadable, 1),
            };
            let is_unread = file.looked.as_ref().is_ok_and(|scan| scan.has_unread_text());
            looks.push(SideLook { key, medium, state, amount, is_unread });
        }
    }
    looks
}

/// Where a place is, in the bytes of the whole file.
fn at(source: &SourceFile, span: Span) -> u64 {
    source.base_offset() + u64::from(span.start)
}
