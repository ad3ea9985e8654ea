//! Values in their exact spelling: `6194.0` is the id 6194, wherever ids are compared, and `1,280.00 元` is an amount.

use std::borrow::Cow;
use std::rc::Rc;

use dianjian_document::tree::{NodeKind, ScalarStyle};

use super::cells::written_number;
use super::kind::Field;
use super::level::FieldLevel;
use super::schema::FieldType;
use super::table_cells::TableCells;
use super::value::Value;

/// Whether values of the type are compared as they are written.
pub(super) const fn is_compared(ty: FieldType) -> bool {
    matches!(ty, FieldType::Id | FieldType::Reference | FieldType::Enum)
}

/// Whether a value is a number with a fraction or an exponent, as programs write it.
pub(super) fn is_float(value: &Value<'_>) -> bool {
    let Value::Node(node) = value else { return false };
    let written = || node.scalar().unwrap_or_default();
    match node.kind() {
        NodeKind::Number => written().contains(['.', 'e', 'E']),
        NodeKind::String if node.style() == ScalarStyle::Cell => is_whole_in_cell(written()),
        _ => false,
    }
}

/// Whether a cell holds a whole number with nothing but zeros behind the point; 1.10 may be an id in itself.
fn is_whole_in_cell(text: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.ends_with(".0") && text.strip_suffix(".0").is_some_and(is_digits)
}

/// A float that is a whole number as such; what else it is stays as it is.
pub(super) fn whole(value: Value<'_>) -> Value<'_> {
    if !is_float(&value) {
        return value;
    }
    match value.number().filter(rust_decimal::Decimal::is_integer) {
        Some(number) => Value::Mapped(value.node(), Cow::Owned(number.trunc().normalize().to_string())),
        None => value,
    }
}

/// The number that a text of a field for numbers stands for, where it is spelt as people write it.
pub(super) fn spelt_number<'a>(ty: FieldType, value: &Value<'a>, words: &TableCells) -> Option<Value<'a>> {
    let is_for_numbers = matches!(ty, FieldType::Number | FieldType::Integer | FieldType::Money);
    if !is_for_numbers || value.kind() != NodeKind::String || value.number().is_some() {
        return None;
    }
    let number = value.with_text(|text| written_number(text, 0, ty, words))??;
    Some(Value::Mapped(value.node(), Cow::Owned(number)))
}

/// A value of a type in its exact spelling; what has none stays as it is.
pub(super) fn exact<'a>(ty: FieldType, value: Value<'a>, words: &TableCells) -> Value<'a> {
    if is_compared(ty) { whole(value) } else { spelt_number(ty, &value, words).unwrap_or(value) }
}

/// A value of a field with all that is in it in its exact spelling.
pub(super) fn exact_within<'a>(field: &Field, value: Value<'a>, words: &TableCells) -> Value<'a> {
    match field.ty {
        FieldType::Map => below(field.level.as_ref(), value, words),
        FieldType::List if field.items == FieldType::Record => value,
        FieldType::List => {
            let item = |item: Value<'a>| match item.is_map() {
                true => below(field.level.as_ref(), item, words),
                false => exact(field.items, item, words),
            };
            Value::List(value.node(), Rc::new(value.each().map(item).collect()))
        }
        ty => exact(ty, value, words),
    }
}

fn below<'a>(level: Option<&FieldLevel>, map: Value<'a>, words: &TableCells) -> Value<'a> {
    let Some(level) = level.filter(|_| map.is_map()) else { return map };
    let mut entries = Vec::new();
    map.entries(|name, _, entry| {
        let field = level.slot(name).and_then(|place| level.item_fields.get(usize::from(place)));
        let value = entry.clone();
        entries.push((
            name.to_owned(),
            match field {
                Some(field) => exact_within(field, value, words),
                None => value,
            },
        ));
    });
    Value::Map(map.node(), Rc::new(entries))
}
