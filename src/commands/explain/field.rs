//! A record kind or one of its fields, and the rules that read it.

use dianjian_base::FieldPath;
use dianjian_base::lang::Text;
use dianjian_rules::language::{Check, Each, GroupSpec, When};
use dianjian_rules::record::{Field, FieldType, Kind};
use dianjian_rules::{Pack, RuleSource};

use super::{heading, rules_list, section, title};
use crate::terminal::TextStyle::{Bold, Dim, Plain, Yellow};
use crate::terminal::{Terminal, cell};

/// Explains `Shop` or `Shop.subject.type`; `None` if there is no such kind or field.
pub fn explain(id: &str, pack: &Pack, terminal: &Terminal) -> Option<String> {
    let (name, path) = FieldPath::new(id).split_first();
    let kind = pack.kinds.get(pack.kinds.find(name)?);
    let Some(path) = path.map(FieldPath::as_str) else { return Some(whole(kind, pack, terminal)) };
    if let Some((inner, path)) = nested(kind, path) {
        return explain(&format!("{inner}.{path}"), pack, terminal);
    }
    let field = find(kind, path)?;
    Some(one(kind, &path.replace("[]", ""), field, pack, terminal))
}

/// For a path into records inside this one (`products.title`): their kind, and the rest of the path.
fn nested<'p>(kind: &Kind, path: &'p str) -> Option<(String, &'p str)> {
    let (list, Some(rest)) = FieldPath::new(path).split_first() else { return None };
    let (_, field) = kind.field(list.trim_end_matches("[]"))?;
    let is_record = field.ty == FieldType::Record || (field.ty == FieldType::List && field.items == FieldType::Record);
    field.of.clone().filter(|_| is_record).map(|of| (of, rest.as_str()))
}

/// The field of a dotted path, also inside the items of lists.
pub fn find<'k>(kind: &'k Kind, path: &str) -> Option<&'k Field> {
    let path = path.replace("[]", "");
    if let Some((_, field)) = kind.field(&path) {
        return Some(field);
    }
    let parts: Vec<&str> = FieldPath::new(&path).names().collect();
    let (mut field, mut at) =
        (1..parts.len()).rev().find_map(|at| Some((kind.field(&parts[..at].join("."))?.1, at)))?;
    while let Some(name) = parts.get(at) {
        field = field.level.as_ref()?.item_fields.iter().find(|below| below.path == *name)?;
        at += 1;
    }
    Some(field)
}

fn whole(kind: &Kind, pack: &Pack, terminal: &Terminal) -> String {
    let mut out = title(terminal, &kind.name, &terminal.text(&kind.title), &[]);
    section(terminal, "说明", "What it is", &terminal.text(&kind.doc), &mut out);
    heading(terminal, "字段", "Fields", &mut out);
    let row = |field: &Field| {
        let name = format!("{}{}", "  ".repeat(field.path.matches('.').count()), field.name());
        let mark = if field.required { terminal.say("必填", "required") } else { "" };
        let title = cell(Plain, field.title.get(terminal.lang));
        [cell(Bold, name), cell(Dim, type_name(field)), cell(Yellow, mark), title]
    };
    out.push_str(&terminal.grid(2, kind.fields.iter().map(row)));
    let rules: Vec<&RuleSource> = pack.rules.iter().filter(|rule| *rule.info.kind == *kind.name).collect();
    rules_list("相关规则", "Rules that read it", &rules, terminal, &mut out);
    out
}

fn one(kind: &Kind, path: &str, field: &Field, pack: &Pack, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let required = if field.required { terminal.say("是", "yes") } else { "" };
    let short = field.short.as_ref().map(|short| format!("{path}.{short}"));
    let facts = [
        (terminal.say("类型", "type"), type_name(field)),
        (terminal.say("必填", "required"), required.to_owned()),
        (terminal.say("简写", "short for"), short.unwrap_or_default()),
    ];
    let mut out = title(terminal, &format!("{}.{path}", kind.name), &terminal.text(&field.title), &facts);
    if let Some(doc) = &field.doc {
        section(terminal, "说明", "What it is", &terminal.text(doc), &mut out);
    }
    if !field.values.is_empty() {
        heading(terminal, "可用的值", "Values", &mut out);
        let row = |(value, name): &(String, Text)| [cell(Bold, value), cell(Plain, name.get(lang))];
        out.push_str(&terminal.grid(2, field.values.iter().map(row)));
    }
    let below = below(kind, path, field);
    if !below.is_empty() {
        heading(terminal, "下级字段", "Fields below it", &mut out);
        let row =
            |field: &Field| [cell(Bold, field.name()), cell(Dim, type_name(field)), cell(Plain, field.title.get(lang))];
        out.push_str(&terminal.grid(2, below.into_iter().map(row)));
    }
    let readers: Vec<&RuleSource> =
        pack.rules.iter().filter(|rule| *rule.info.kind == *kind.name && reads(rule, path)).collect();
    rules_list("相关规则", "Rules that read it", &readers, terminal, &mut out);
    out
}

/// The fields one level below.
fn below<'k>(kind: &'k Kind, path: &str, field: &'k Field) -> Vec<&'k Field> {
    match &field.level {
        Some(level) if !level.item_fields.is_empty() => level.item_fields.iter().collect(),
        _ => {
            let prefix = format!("{path}.");
            kind.fields
                .iter()
                .filter(|field| field.path.strip_prefix(&prefix).is_some_and(|rest| !rest.contains('.')))
                .collect()
        }
    }
}

/// A field's type as `rules/kinds` has it, such as `list of Product`.
fn type_name(field: &Field) -> String {
    let name = plain_type(field.ty);
    match (field.ty, &field.of) {
        (FieldType::List, Some(of)) => format!("{name} of {of}"),
        (FieldType::List, None) => format!("{name} of {}", plain_type(field.items)),
        (_, Some(of)) => format!("{name} of {of}"),
        (_, None) => name.to_owned(),
    }
}

const fn plain_type(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Text => "text",
        FieldType::Id => "id",
        FieldType::LicenceCode => "licence-code",
        FieldType::Number => "number",
        FieldType::Integer => "integer",
        FieldType::Money => "money",
        FieldType::Date => "date",
        FieldType::Datetime => "datetime",
        FieldType::Bool => "bool",
        FieldType::Enum => "enum",
        FieldType::List => "list",
        FieldType::Map => "map",
        FieldType::Record => "record",
        FieldType::Reference => "reference",
        FieldType::Asset => "asset",
        FieldType::Script => "script",
        FieldType::Any => "any",
    }
}

/// Whether a rule reads the field or one below it.
fn reads(rule: &RuleSource, path: &str) -> bool {
    let mut paths = Vec::new();
    paths.extend(rule.file.presumes.keys().cloned());
    if let Some(when) = &rule.file.when {
        in_when(&when.value, &mut paths);
    }
    in_check(&rule.file.check.value, &mut paths);
    paths.iter().any(|read| {
        let read = read.replace("[]", "");
        FieldPath::new(&read).below(path).is_some()
    })
}

fn in_when(when: &When, paths: &mut Vec<String>) {
    when.all.iter().chain(&when.any).for_each(|part| in_when(&part.value, paths));
    if let Some(not) = &when.not {
        in_when(&not.value, paths);
    }
    for (path, check) in &when.fields {
        paths.push(path.value.clone());
        in_check(&check.value, paths);
    }
}

fn in_check(check: &Check, paths: &mut Vec<String>) {
    paths.extend(check.at.iter().chain(&check.point).map(|path| path.value.clone()));
    check.all.iter().chain(&check.any).flatten().for_each(|part| in_check(&part.value, paths));
    if let Some(not) = &check.not {
        in_check(&not.value, paths);
    }
    if let Some(when) = &check.when {
        in_when(&when.value, paths);
    }
    if let Some(each) = &check.each {
        in_each(each, paths);
    }
    if let Some(group) = &check.group {
        in_group(&group.value, paths);
    }
    if let Some(runs) = &check.shares_run {
        paths.push(runs.value.with.clone());
    }
}

/// Paths in the conditions of a group may begin with a dot: they belong to the items that are its members.
fn in_group(group: &GroupSpec, paths: &mut Vec<String>) {
    let (mut conditions, first) = (Vec::new(), paths.len());
    for bounds in [&group.distinct, &group.sum].into_iter().flatten() {
        paths.push(bounds.of.clone());
        conditions.extend(&bounds.counted);
    }
    conditions.extend(group.count.iter().flat_map(|count| &count.counted));
    if let Some(spread) = &group.spread {
        paths.push(spread.of.clone());
        conditions.extend(&spread.counted);
    }
    paths.extend(group.covers.iter().map(|covers| covers.of.clone()));
    paths.extend(group.by.iter().map(|by| by.value.clone()));
    paths.extend(group.mixed.clone());
    let list = paths[first..].iter().find_map(|path| Some(path.rsplit_once("[]")?.0.to_owned())).unwrap_or_default();
    let mut inner = Vec::new();
    conditions.iter().for_each(|condition| in_when(&condition.value, &mut inner));
    paths.extend(inner.into_iter().map(|path| if path.starts_with('.') { format!("{list}{path}") } else { path }));
}

/// Paths inside an `each` begin with a dot and belong to the list's items.
fn in_each(each: &Each, paths: &mut Vec<String>) {
    let mut inner = Vec::new();
    in_check(&each.check.value, &mut inner);
    paths.push(each.list.value.clone());
    paths.extend(
        inner.into_iter().map(|path| if path.starts_with('.') { format!("{}{path}", each.list.value) } else { path }),
    );
}
