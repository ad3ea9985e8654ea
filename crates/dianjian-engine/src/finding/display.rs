//! How messages show values: enums by their names, and something in the place of what is absent.

use dianjian_base::FieldPath;
use dianjian_base::lang::Text;
use dianjian_base::message::Arg;
use dianjian_document::tree::ScalarStyle;
use dianjian_rules::record::{Field, Value};
use dianjian_rules::{EvalContext, ORDINAL, PathRoot, PathStep, Placeholder, SlotPath, Violation};

type Args = Vec<(String, Arg)>;

/// Shows the tested value and what was asked for by the names of the field's values; in a table, the value as the cell
/// spells it.
pub(super) fn values(context: &EvalContext<'_, '_>, violation: &Violation<'_>, args: &mut Args) {
    let path = violation.tested.as_deref().unwrap_or(&violation.target.path);
    let Some(field) = field_at(context, path).filter(|field| !field.values.is_empty()) else { return };
    let is_row = context.record.node.style() == ScalarStyle::Row && violation.tested.is_none();
    let target = &violation.target.value;
    let written = target.node().scalar().filter(|_| is_row && matches!(target, Value::Mapped(..)));
    let (value, found, expected) = (Placeholder::Value.name(), Placeholder::Found.name(), Placeholder::Expected.name());
    for (name, arg) in args.iter_mut().filter(|(name, _)| [&value, &found, &expected].contains(&&(**name).into())) {
        let shown = match arg {
            Arg::Text(text) => field.display(text).cloned(),
            Arg::List(texts) => names(field, texts),
            _ => None,
        };
        let Some(shown) = shown else { continue };
        *arg = match written.filter(|_| *name != expected) {
            Some(written) => Arg::Text(written.to_owned()),
            None => Arg::Localized(shown),
        };
    }
}

/// The names of several values, if all have one.
fn names(field: &Field, values: &[String]) -> Option<Text> {
    let names: Vec<&Text> = values.iter().map(|value| field.display(value)).collect::<Option<_>>()?;
    let joined = |of: fn(&Text) -> &str, comma: &str| names.iter().map(|name| of(name)).collect::<Vec<_>>().join(comma);
    Some(Text { zh: joined(|name| &name.zh, "、"), en: joined(|name| &name.en, ", ") })
}

/// A field of the record, or of the one around it, as a message shows it; where it is absent, the id beside it.
pub(super) fn field(context: &EvalContext<'_, '_>, path: &SlotPath) -> Arg {
    let record = match path.root {
        PathRoot::Named(slot) => context.named(slot).found().unwrap_or(context.record),
        _ => context.record,
    };
    let kind = context.kinds.get(record.kind_index);
    let slot = path.slot.and_then(|slot| kind.fields.get(usize::from(slot)));
    let below = path.steps.iter().filter_map(|step| match step {
        PathStep::Key(name) => Some(name.as_str()),
        PathStep::Each => None,
    });
    let whole = slot.map(|slot| below.fold(slot.path.clone(), |path, name| FieldPath::new(&path).child(name)));
    let text = context.field(path).and_then(|value| value.text()).filter(|text| !text.trim().is_empty());
    if let Some(text) = text {
        let shown = whole.and_then(|whole| kind.field_at(&whole)?.display(&text).cloned());
        return shown.map_or_else(|| Arg::Text(text.into_owned()), Arg::Localized);
    }
    let id = slot.and_then(|slot| {
        let (above, _) = FieldPath::new(&slot.path).split_last();
        let (slot, _) = kind.field(&above?.child("id"))?;
        record.slot(slot)?.text().filter(|text| !text.trim().is_empty())
    });
    id.map_or_else(not_given, |id| Arg::Text(id.into_owned()))
}

/// Gives every placeholder a value: of an item its name, else its id, else its number; of others that it is not given.
pub(super) fn fill(placeholders: &[String], args: &mut Args) {
    for name in placeholders {
        let is_item = name.starts_with("item.");
        let stands = |(known, arg): &(String, Arg)| known == name && !(is_item && is_blank(arg));
        if !args.iter().any(stands) {
            let instead = if is_item { item_name(args) } else { not_given() };
            args.retain(|(known, _)| known != name);
            args.push((name.clone(), instead));
        }
    }
}

fn item_name(args: &Args) -> Arg {
    let by = ["name", "title", "id", "code", ORDINAL].map(|field| Placeholder::Item(field.to_owned()).name());
    let known = by.iter().find_map(|by| args.iter().find(|(name, arg)| *name == **by && !is_blank(arg)));
    known.map_or_else(not_given, |(_, arg)| arg.clone())
}

fn is_blank(arg: &Arg) -> bool {
    matches!(arg, Arg::Text(text) if text.trim().is_empty())
}

fn not_given() -> Arg {
    Arg::Localized(Text { zh: "（未写明）".to_owned(), en: "(not given)".to_owned() })
}

/// The field at a path as reports write it, which begins with the place of the record in the one around it.
fn field_at<'c>(context: &EvalContext<'c, '_>, path: &str) -> Option<&'c Field> {
    let own = path.strip_prefix(&context.record.prefix).unwrap_or(path).trim_start_matches('.');
    context.kinds.get(context.record.kind_index).field_at(own)
}
