//! JSON Schemas of record kinds, so that any editor completes and checks the files that people write.
//!
//! A schema says what the reader takes, not what the rules want: what it refuses is a problem on reading, too. Titles and
//! explanations are in both languages, as a schema cannot choose one.

use dianjian_base::lang::Text;
use serde_json::{Map, Value, json};

use super::kind::{Field, Kind, KindIndex, Kinds};
use super::level::FieldLevel;
use super::schema::FieldType;

/// The schema of a file with records of one kind: one record, or a list of them.
pub fn record_schema(kinds: &Kinds, kind: KindIndex) -> Value {
    let name = &kinds.get(kind).name;
    let mut schema = whole(kinds, &[kind]);
    schema.insert("title".to_owned(), json!(format!("dianjian: {name}")));
    schema.insert("description".to_owned(), json!(both(&kinds.get(kind).doc)));
    Value::Object(schema)
}

/// The schema of a file with records of any kind.
pub fn records_schema(kinds: &Kinds) -> Value {
    let all: Vec<KindIndex> = (0..kinds.iter().count()).collect();
    let mut schema = whole(kinds, &all);
    schema.insert("title".to_owned(), json!("dianjian: records"));
    Value::Object(schema)
}

/// A file with records of some kinds. Which one a record is, its `kind` says.
fn whole(kinds: &Kinds, roots: &[KindIndex]) -> Map<String, Value> {
    let root_kinds: Vec<&Kind> = roots.iter().map(|root| kinds.get(*root)).collect();
    let branch = |Kind { name, .. }: &&Kind| {
        json!({
            "if": {"properties": {"kind": {"const": &**name}}, "required": ["kind"]},
            "then": {"$ref": format!("#/$defs/{name}")},
        })
    };
    let record = json!({
        "type": "object",
        "properties": {"kind": kind_name(&root_kinds)},
        "required": ["kind"],
        "allOf": root_kinds.iter().map(branch).collect::<Vec<_>>(),
    });
    let mut defs = Map::new();
    let mut open = roots.to_vec();
    while let Some(index) = open.pop() {
        let kind = kinds.get(index);
        if !defs.contains_key(&*kind.name) {
            defs.insert(kind.name.to_string(), object(kind));
            open.extend(kind.nested.iter().map(|(_, nested)| *nested));
        }
    }
    defs.insert("record".to_owned(), record);
    let one = json!({"$ref": "#/$defs/record"});
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("if".to_owned(), json!({"type": "array"}));
    schema.insert("then".to_owned(), json!({"items": one}));
    schema.insert("else".to_owned(), one);
    schema.insert("$defs".to_owned(), Value::Object(defs));
    schema
}

fn kind_name(roots: &[&Kind]) -> Value {
    let names: Vec<&str> = roots.iter().map(|kind| &*kind.name).collect();
    let titles: Vec<String> = roots.iter().map(|kind| both(&kind.title)).collect();
    json!({"enum": names, "markdownEnumDescriptions": titles})
}

/// A record of a kind, which need not say its kind where it stands in another record.
fn object(kind: &Kind) -> Value {
    let field = |name: &str| kind.fields.get(usize::from(kind.top.slot(name)?));
    let mut schema = level(kind, &kind.top, &field);
    schema.insert("title".to_owned(), json!(both(&kind.title)));
    schema.insert("description".to_owned(), json!(both(&kind.doc)));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert("kind".to_owned(), json!({"const": &*kind.name}));
    }
    Value::Object(schema)
}

/// The fields of one map.
fn level<'f>(kind: &'f Kind, level: &'f FieldLevel, find: &dyn Fn(&str) -> Option<&'f Field>) -> Map<String, Value> {
    let fields: Vec<(&str, &Field)> = level.names().into_iter().filter_map(|name| Some((name, find(name)?))).collect();
    let required: Vec<&str> = fields.iter().filter(|(_, field)| field.required).map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        fields.iter().map(|(name, field)| ((*name).to_owned(), self::field(kind, field))).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("additionalProperties".to_owned(), json!(false));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn field(kind: &Kind, field: &Field) -> Value {
    let mut schema = value(kind, field, field.ty);
    schema.insert("title".to_owned(), json!(both(&field.title)));
    if let Some(doc) = &field.doc {
        schema.insert("description".to_owned(), json!(both(doc)));
    }
    Value::Object(schema)
}

/// The values of a type. An empty one is as good as none.
fn value(kind: &Kind, field: &Field, ty: FieldType) -> Map<String, Value> {
    let schema = match ty {
        FieldType::Any => json!({}),
        FieldType::Text | FieldType::Asset => json!({"type": ["string", "number", "boolean", "null"]}),
        FieldType::Id | FieldType::LicenceCode | FieldType::Reference => json!({"type": ["string", "number", "null"]}),
        FieldType::Number | FieldType::Money | FieldType::Integer => json!({"type": ["number", "string", "null"]}),
        FieldType::Date | FieldType::Datetime => json!({"type": ["string", "null"]}),
        // The words of tables for it are read, too: 是, yes.
        FieldType::Bool => json!({"type": ["boolean", "string", "number", "null"]}),
        FieldType::Enum => choices(field),
        FieldType::List => list(kind, field),
        FieldType::Map => map(kind, field),
        FieldType::Record => json!({"$ref": format!("#/$defs/{}", field.of.as_deref().unwrap_or_default())}),
        FieldType::Script => script(),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// The values of an enum, with their names.
fn choices(field: &Field) -> Value {
    let names: Vec<String> = field.values.iter().map(|(_, name)| both(name)).chain([String::new()]).collect();
    let values = field.values.iter().map(|(value, _)| json!(value)).chain([Value::Null]);
    json!({"enum": values.collect::<Vec<_>>(), "markdownEnumDescriptions": names})
}

fn list(kind: &Kind, field: &Field) -> Value {
    let items = match (&field.level, field.items) {
        (Some(below), FieldType::Map) => {
            let find = |name: &str| below.item_fields.get(usize::from(below.slot(name)?));
            let map = Value::Object(level(kind, below, &find));
            match &field.short {
                Some(_) => json!({"anyOf": [map, {"type": ["string", "number"]}, {"type": "null"}]}),
                None => json!({"anyOf": [map, {"type": "null"}]}),
            }
        }
        (_, items) => Value::Object(value(kind, field, items)),
    };
    let list = json!({"type": "array", "items": items});
    match field.lines {
        true => json!({"anyOf": [list, {"type": ["string", "null"]}]}),
        false => json!({"anyOf": [list, {"type": "null"}]}),
    }
}

fn map(kind: &Kind, field: &Field) -> Value {
    let Some(below) = &field.level else { return json!({"type": ["object", "null"]}) };
    let prefix = format!("{}.", field.path);
    let find = |name: &str| match below.item_fields.is_empty() {
        true => kind.fields.iter().find(|field| field.path.strip_prefix(&prefix) == Some(name)),
        false => below.item_fields.get(usize::from(below.slot(name)?)),
    };
    let map = Value::Object(level(kind, below, &find));
    match &field.short {
        Some(_) => json!({"anyOf": [map, {"type": ["string", "number", "null"]}]}),
        None => json!({"anyOf": [map, {"type": "null"}]}),
    }
}

/// A file's path, the text itself, or several of them.
fn script() -> Value {
    let one = json!({"anyOf": [
        {"type": ["string", "null"]},
        {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    ]});
    json!({"anyOf": [one, {"type": "array", "items": one}]})
}

/// Chinese and English side by side, or below one another where they are long.
fn both(text: &Text) -> String {
    let (zh, en) = (text.zh.trim(), text.en.trim());
    match (zh == en, zh.chars().count() < 24 && !zh.contains('\n')) {
        (true, _) => zh.to_owned(),
        (false, true) => format!("{zh} · {en}"),
        (false, false) => format!("{zh}\n\n{en}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::pack::PackBuilder;

    use super::*;

    fn schema(kind: &str) -> Value {
        let (pack, _) = PackBuilder::default().shipped().build();
        record_schema(&pack.kinds, pack.kinds.find(kind).unwrap())
    }

    #[test]
    fn a_kinds_fields_are_properties_in_both_languages() {
        let shop = schema("Shop");
        let fields = &shop["$defs"]["Shop"]["properties"];
        assert_eq!(fields["kind"]["const"], "Shop");
        assert!(fields["system"]["enum"].as_array().unwrap().contains(&json!("weixin-store")));
        let title = fields["name"]["title"].as_str().unwrap();
        assert!(title.contains(" · ") && title.chars().any(|c| c > '\u{4e00}'), "{title}");
        let subject = &fields["subject"]["anyOf"][0]["properties"];
        assert!(subject["licence"]["type"].is_array() && subject["type"]["enum"].is_array(), "{subject}");
    }

    #[test]
    fn kinds_that_stand_in_a_kind_are_defined_with_it() {
        let shop = schema("Shop");
        let products = &shop["$defs"]["Shop"]["properties"]["products"]["anyOf"][0]["items"];
        assert_eq!(products["$ref"], "#/$defs/Product");
        assert!(shop["$defs"]["Product"]["properties"]["skus"]["anyOf"][0]["items"].is_object());
    }
}
