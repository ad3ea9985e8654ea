//! Whether what a mapping makes of values is what its fields can have: said once at the mapping rather than at every record.

use dianjian_document::source::Span;

use super::{MappingError, Yields, scalar_text};
use crate::language::Scalar;
use crate::record::kind::{Field, Kinds, nearest};
use crate::record::mapping_file::{FieldSource, FieldSourceDetail, MappingFile, SpreadFile};
use crate::record::schema::FieldType;
use crate::record::value::{parse_date, parse_number};
use crate::record::view::AmongValues;

/// The values and fields of a source that its target cannot have.
pub(super) fn check(field: &Field, target: &str, source: &FieldSource) -> Vec<MappingError> {
    let FieldSource::Detailed(source) = source else { return Vec::new() };
    let mut errors = Vec::new();
    values(field, target, source, &mut errors);
    items(field, target, source, &mut errors);
    errors
}

/// What a mapping leaves open of fields that it does not tell, by their slots.
pub(super) fn among(
    file: &MappingFile,
    yields: &Yields,
    kinds: &Kinds,
    errors: &mut Vec<(Span, MappingError)>,
) -> Option<AmongValues> {
    let Yields::Records(kind) = yields else { return None };
    let kind = kinds.get(*kind);
    let mut out = Vec::new();
    for (target, values) in &file.among {
        let Some((slot, field)) = kind.field(target) else {
            let (found, suggestion) = (target.clone(), kind.suggest(target));
            let error = MappingError::UnknownTarget { kind: kind.name.to_string(), found, suggestion };
            errors.push((values.span, error));
            continue;
        };
        for found in values.value.iter().filter(|found| field.display(found).is_none()) {
            let expected = field.choices().collect::<Vec<_>>().join(", ");
            errors
                .push((values.span, MappingError::BadValue { target: target.clone(), found: found.clone(), expected }));
        }
        out.push((slot, values.value.clone()));
    }
    (!out.is_empty()).then(|| out.into())
}

/// Columns of a table of which each is a record of its own.
#[derive(Debug)]
pub(in crate::record) struct Spread {
    /// The field that the heading is the value of.
    pub to: String,
    /// The number of the field that a cell is the value of.
    pub of: usize,
    /// How such headings end.
    pub ending: Vec<String>,
}

/// The columns of which each is a record of its own, where a mapping has such.
pub(super) fn spread(
    file: &MappingFile,
    fields: &[(String, FieldSourceDetail)],
    yields: &Yields,
    kinds: &Kinds,
    errors: &mut Vec<(Span, MappingError)>,
) -> Option<Spread> {
    let spread = file.spread.as_ref()?;
    let SpreadFile { to, of, ending } = &spread.value;
    let number = fields.iter().position(|(target, _)| target == of);
    let (Some(number), Yields::Records(kind)) = (number, yields) else {
        errors.push((spread.span, MappingError::NoSource { target: of.clone() }));
        return None;
    };
    let kind = kinds.get(*kind);
    if kind.target(to).is_none() {
        let (kind, suggestion) = (kind.name.to_string(), kind.suggest(to));
        errors.push((spread.span, MappingError::UnknownTarget { kind, found: to.clone(), suggestion }));
    }
    Some(Spread { to: to.clone(), of: number, ending: ending.clone() })
}

fn values(field: &Field, target: &str, source: &FieldSourceDetail, errors: &mut Vec<MappingError>) {
    let ty = if field.ty == FieldType::List { field.items } else { field.ty };
    let translated = source.values.values().chain(source.containing.values());
    let mut known: Vec<String> = Vec::new();
    for to in translated.chain(&source.constant).chain(&source.otherwise) {
        let found = scalar_text(to);
        if known.contains(&found) {
            continue;
        }
        if let Some(expected) = mismatch(field, ty, to, &found) {
            errors.push(MappingError::BadValue { target: target.to_owned(), found: found.clone(), expected });
        }
        known.push(found);
    }
}

/// What is expected in the place of a value; `None`: the field can have it.
fn mismatch(field: &Field, ty: FieldType, to: &Scalar, found: &str) -> Option<String> {
    let example = |fits: bool, example: &str| (!fits).then(|| example.to_owned());
    match ty {
        FieldType::Enum | FieldType::Bool => {
            let of_bool: &[&str] = if ty == FieldType::Bool { &["true", "false"] } else { &[] };
            let choices: Vec<&str> =
                field.values.iter().map(|(known, _)| known.as_str()).chain(of_bool.iter().copied()).collect();
            if choices.is_empty() || choices.contains(&found) {
                return None;
            }
            Some(nearest(found, choices.iter().copied()).map_or_else(|| choices.join(", "), str::to_owned))
        }
        FieldType::Number | FieldType::Money => example(parse_number(found).is_some(), "12.5"),
        FieldType::Integer => example(parse_number(found).is_some_and(|number| number.is_integer()), "12"),
        FieldType::Date | FieldType::Datetime => {
            example(matches!(to, Scalar::Text(_)) && parse_date(found).is_some(), "2026-01-31")
        }
        _ => None,
    }
}

fn items(field: &Field, target: &str, source: &FieldSourceDetail, errors: &mut Vec<MappingError>) {
    let Some(level) = field.level.as_ref().filter(|_| field.ty == FieldType::List && field.items != FieldType::Record)
    else {
        return;
    };
    for (name, inner) in &source.items {
        let mut fields = &level.item_fields;
        let mut found = None;
        for part in name.split('.') {
            found = fields.iter().find(|field| field.path == part);
            let Some(below) = found else { break };
            fields = below.level.as_ref().map_or(&NONE, |level| &level.item_fields);
        }
        let path = format!("{target}[].{name}");
        match found {
            Some(field) => errors.extend(check(field, &path, inner)),
            None => {
                let suggestion = nearest(name, level.names().into_iter()).map(str::to_owned);
                errors.push(MappingError::UnknownTarget { kind: target.to_owned(), found: name.clone(), suggestion });
            }
        }
    }
}

static NONE: Vec<Field> = Vec::new();
