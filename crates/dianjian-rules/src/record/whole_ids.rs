//! Ids that a program wrote as floating-point numbers: `6194.0` is the id 6194, wherever ids are compared.

use std::borrow::Cow;
use std::rc::Rc;

use dianjian_document::tree::{NodeKind, ScalarStyle};

use super::kind::Field;
use super::level::FieldLevel;
use super::schema::FieldType;
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

/// A value of a field with the floats among the ids in it as whole numbers.
pub(super) fn whole_within<'a>(field: &Field, value: Value<'a>) -> Value<'a> {
    match field.ty {
        ty if is_compared(ty) => whole(value),
        FieldType::Map => below(field.level.as_ref(), value),
        FieldType::List if field.items == FieldType::Record => value,
        FieldType::List => {
            let item = |item| if is_compared(field.items) { whole(item) } else { below(field.level.as_ref(), item) };
            Value::List(value.node(), Rc::new(value.each().map(item).collect()))
        }
        _ => value,
    }
}

fn below<'a>(level: Option<&FieldLevel>, map: Value<'a>) -> Value<'a> {
    let Some(level) = level.filter(|_| map.is_map()) else { return map };
    let mut entries = Vec::new();
    map.entries(|name, _, entry| {
        let field = level.slot(name).and_then(|place| level.item_fields.get(usize::from(place)));
        let value = entry.clone();
        entries.push((name.to_owned(), if let Some(field) = field { whole_within(field, value) } else { value }));
    });
    Value::Map(map.node(), Rc::new(entries))
}
