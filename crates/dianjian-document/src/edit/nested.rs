//! Values of several levels, written into a YAML text in the layout that is there: below keys that may not be there yet,
//! or at the end of a list.

use rust_decimal::Decimal;

use super::scalar::{FixError, NewScalar, newline_of};
use super::structure::{
    add_entry, check_own, ends_in_kept_block, line_end, line_prefix, own_entries, replace_value, set_value,
    use_or_outer, with_dash, written_span,
};
use super::{Edit, EditSet, apply};
use crate::source::{SourceFile, Span};
use crate::tree::{Format, Limits, Node, NodeKind, ScalarStyle, Tree, parse};

/// A value that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub enum NewNode {
    #[expect(missing_docs, reason = "named by its type")]
    Scalar(NewScalar),
    /// Items, in brackets.
    List(Vec<NewNode>),
    /// Entries: a line each, or in brackets inside of others.
    Map(Vec<(String, NewNode)>),
}

impl NewNode {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Scalar(NewScalar::Text(text.into()))
    }

    /// A value of JSON.
    pub fn of_json(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Scalar(NewScalar::Null),
            Value::Bool(value) => Self::Scalar(NewScalar::Bool(*value)),
            Value::Number(number) => {
                let text = number.to_string();
                let exact = text.parse().or_else(|_| Decimal::from_scientific(&text));
                exact.map_or_else(|_| Self::text(text), |number| Self::Scalar(NewScalar::Number(number)))
            }
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::List(items.iter().map(Self::of_json).collect()),
            Value::Object(entries) => {
                Self::Map(entries.iter().map(|(key, value)| (key.clone(), Self::of_json(value))).collect())
            }
        }
    }

    /// The value in brackets, as a part of a line.
    fn in_flow(&self) -> String {
        match self {
            Self::Scalar(value) => value.written(ScalarStyle::Plain, false, true),
            Self::List(items) => format!("[{}]", items.iter().map(Self::in_flow).collect::<Vec<_>>().join(", ")),
            Self::Map(entries) => {
                let entry = |(key, value): &(String, Self)| format!("{}: {}", key_text(key), value.in_flow());
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// What stands behind a colon or a dash at the beginning of a line with some indentation.
    fn behind_key(&self, indent: &str, newline: &str) -> String {
        match self {
            Self::Scalar(value) => format!(" {}", value.written(ScalarStyle::Plain, false, false)),
            Self::List(_) => format!(" {}", self.in_flow()),
            Self::Map(_) => {
                let indent = format!("{indent}  ");
                format!("{newline}{indent}{}", self.lines(&indent, newline))
            }
        }
    }

    /// The entries of a map as lines, the first of which has its indentation already.
    fn lines(&self, indent: &str, newline: &str) -> String {
        let Self::Map(entries) = self else { return self.in_flow() };
        let line = |(key, value): &(String, Self)| format!("{}:{}", key_text(key), value.behind_key(indent, newline));
        entries.iter().map(line).collect::<Vec<_>>().join(&format!("{newline}{indent}"))
    }

    fn below(keys: &[&str], value: &Self) -> Self {
        keys.iter().rev().fold(value.clone(), |value, key| Self::Map(vec![((*key).to_owned(), value)]))
    }
}

fn key_text(key: &str) -> String {
    NewScalar::Text(key.to_owned()).written(ScalarStyle::Plain, false, true)
}

/// A YAML text in which a value stands below some keys, one inside the other; those that are missing are added behind
/// the others. Everything else stays as it is, byte for byte.
///
/// # Errors
/// The text is no YAML map, or the layout leaves no safe place.
pub fn with_value(text: &str, keys: &[&str], value: &NewNode) -> Result<String, FixError> {
    changed(text, |root| set(root, keys, value), |newline| NewNode::below(keys, value).lines("", newline))
}

/// A YAML text with one more item at the end of the list of a key, which is added where it is missing.
///
/// # Errors
/// As of [`with_value`]; the key has something other than a list.
pub fn with_item(text: &str, key: &str, item: &NewNode) -> Result<String, FixError> {
    changed(
        text,
        |root| append(root, key, item),
        |newline| format!("{}:{}", key_text(key), first_item(item, "", newline)),
    )
}

/// The text after an edit of its root; where it holds nothing yet, with what stands in it first.
fn changed(
    text: &str,
    edit: impl FnOnce(Node<'_>) -> Result<Edit, FixError>,
    first: impl FnOnce(&str) -> String,
) -> Result<String, FixError> {
    let source = SourceFile::new("a.yaml", text);
    let (mut edit, mut made) = (Some(edit), None);
    let errors = parse(&source, Format::Yaml, &Limits::default(), &mut Tree::new(), &mut |root| {
        made = made.take().or_else(|| edit.take().filter(|_| !root.is_null()).map(|edit| edit(root)));
    });
    if !errors.is_empty() {
        return Err(FixError::Layout);
    }
    match made {
        Some(edit) => Ok(apply(text, &EditSet::new([edit?]).map_err(|_| FixError::Layout)?)),
        None => {
            let newline = newline_of(text);
            let between = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
            Ok(format!("{text}{between}{}{newline}", first(newline)))
        }
    }
}

fn set(mapping: Node<'_>, keys: &[&str], value: &NewNode) -> Result<Edit, FixError> {
    let [key, rest @ ..] = keys else { return Err(FixError::WrongKind) };
    check_own(mapping, NodeKind::Mapping)?;
    let entries = own_entries(mapping);
    let found = entries.iter().find(|(name, _)| name.scalar() == Some(key));
    let inner = NewNode::below(rest, value);
    match (found, &inner) {
        (Some((_, old)), _) if !rest.is_empty() && old.kind() == NodeKind::Mapping => set(*old, rest, value),
        (Some(_), NewNode::Scalar(scalar)) => set_value(mapping, key, scalar),
        (Some((name, old)), _) if rest.is_empty() || old.is_null() => replace(mapping, *name, *old, &inner),
        (Some(_), _) => Err(FixError::WrongKind),
        (None, inner) => add(mapping, &entries, key, inner),
    }
}

fn add(mapping: Node<'_>, entries: &[(Node<'_>, Node<'_>)], key: &str, value: &NewNode) -> Result<Edit, FixError> {
    let newline = newline_of(mapping.source().text());
    let write = |_, in_flow, indent: &str| {
        if in_flow { value.in_flow() } else { value.behind_key(indent, newline) }
    };
    add_entry(mapping, entries, key, &write)
}

/// Puts a value of several levels in the place of another, or of none.
fn replace(mapping: Node<'_>, name: Node<'_>, old: Node<'_>, value: &NewNode) -> Result<Edit, FixError> {
    let source = mapping.source();
    if old.outer_span().is_empty() && mapping.style() == ScalarStyle::Block {
        let indent = line_prefix(source, name.outer_span().start);
        if !indent.chars().all(|character| character == ' ') {
            return Err(FixError::Layout);
        }
        let end = name.use_span().end;
        let rest = source.slice(Span::new(end, line_end(source, end)));
        let colon = rest.find(':').ok_or(FixError::Layout)? as u32 + 1;
        // A comment behind the colon stays where it is.
        let at = if matches!(value, NewNode::Map(_)) { line_end(source, end) } else { end + colon };
        return Ok(Edit::insert(at, value.behind_key(indent, newline_of(source.text()))));
    }
    let checked = replace_value(mapping, name, old, &NewScalar::Null)?;
    let blank = if checked.text.starts_with([' ', ':']) { " " } else { "" };
    Ok(Edit::replace(checked.span, format!("{blank}{}", value.in_flow())))
}

fn append(mapping: Node<'_>, key: &str, item: &NewNode) -> Result<Edit, FixError> {
    check_own(mapping, NodeKind::Mapping)?;
    let entries = own_entries(mapping);
    let source = mapping.source();
    let newline = newline_of(source.text());
    let Some((name, list)) = entries.iter().find(|(name, _)| name.scalar() == Some(key)) else {
        let write = |_, in_flow, indent: &str| match in_flow {
            true => format!(" [{}]", item.in_flow()),
            false => first_item(item, indent, newline),
        };
        return add_entry(mapping, &entries, key, &write);
    };
    if list.is_null() && list.outer_span().is_empty() && mapping.style() == ScalarStyle::Block {
        let indent = line_prefix(source, name.outer_span().start);
        return Ok(Edit::insert(line_end(source, name.use_span().end), first_item(item, indent, newline)));
    }
    check_own(*list, NodeKind::Sequence)?;
    let last = list.items().last();
    if list.style() != ScalarStyle::Block {
        let end = last.map_or(list.span().start + 1, |last| use_or_outer(last).end);
        let comma = if last.is_some() { ", " } else { "" };
        return Ok(Edit::insert(end, format!("{comma}{}", item.in_flow())));
    }
    let last = last.ok_or(FixError::Layout)?;
    let span = with_dash(source, use_or_outer(last))?;
    let indent = line_prefix(source, span.start);
    if ends_in_kept_block(*list) || !indent.chars().all(|character| character == ' ') {
        return Err(FixError::Layout);
    }
    let text = item.lines(&format!("{indent}  "), newline);
    Ok(Edit::insert(line_end(source, written_end(last)), format!("{newline}{indent}- {text}")))
}

/// The first item of a list below its key.
fn first_item(item: &NewNode, indent: &str, newline: &str) -> String {
    format!("{newline}{indent}  - {}", item.lines(&format!("{indent}    "), newline))
}

/// The end of what is written of an item: of a map, that of its last value.
fn written_end(item: Node<'_>) -> u32 {
    let own = use_or_outer(item).end;
    match own_entries(item).last() {
        Some((name, value)) if item.kind() == NodeKind::Mapping => own.max(written_span(*name, *value).end),
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> NewNode {
        NewNode::text(text)
    }

    fn set(text: &str, keys: &[&str], value: &str) -> String {
        with_value(text, keys, &word(value)).unwrap()
    }

    #[test]
    fn a_value_finds_its_place_or_makes_it() {
        let text = "# ours\nlang: zh\nseverity:\n  # names\n  naming/length: info # for now\n\nparams:\n  a/b:\n    limit: 3\n";
        assert_eq!(set(text, &["severity", "naming/length"], "error"), text.replace("info #", "error #"));
        let added = text.replace("now\n", "now\n  naming/*: off\n");
        assert_eq!(set(text, &["severity", "naming/*"], "off").replace("\"off\"", "off"), added);
        let other = format!("{text}  c/d:\n    limit: x\n");
        assert_eq!(set(text, &["params", "c/d", "limit"], "x"), other);
        assert_eq!(set("", &["severity", "a/b"], "x"), "severity:\n  a/b: x\n");
        assert_eq!(set("# only this\n", &["a", "b"], "x"), "# only this\na:\n  b: x\n");
        assert_eq!(set("severity: {}\n", &["severity", "a/b"], "x"), "severity: {a/b: x}\n");
        assert_eq!(
            set("severity: # none yet\nlang: zh\n", &["severity", "a"], "x"),
            "severity: # none yet\n  a: x\nlang: zh\n"
        );
        assert_eq!(set("a: {b: 1}\r\n", &["c", "d"], "x"), "a: {b: 1}\r\nc:\r\n  d: x\r\n");
        let list = NewNode::List(vec![word("a"), word("b, c")]);
        assert_eq!(with_value("p:\n  n: [1] # old\n", &["p", "n"], &list).unwrap(), "p:\n  n: [a, \"b, c\"] # old\n");
        assert_eq!(with_value("p:\n  n: 1\n", &["p", "n"], &list).unwrap(), "p:\n  n: [a, \"b, c\"]\n");
        assert!(with_value("a: 1\n", &["a", "b"], &list).is_err());
        assert!(with_value("- a\n", &["a"], &list).is_err());
        assert!(with_value("a: [\n", &["b"], &list).is_err());
    }

    #[test]
    fn an_item_comes_behind_the_others() {
        let item = NewNode::Map(vec![("rule".to_owned(), word("a/b")), ("file".to_owned(), word("**"))]);
        let added = |text: &str| with_item(text, "ignore", &item).unwrap();
        assert_eq!(added("lang: zh"), "lang: zh\nignore:\n  - rule: a/b\n    file: \"**\"");
        assert_eq!(
            added("ignore: # old\n  - vendor/**\n\n# more\nlang: zh\n"),
            "ignore: # old\n  - vendor/**\n  - rule: a/b\n    file: \"**\"\n\n# more\nlang: zh\n"
        );
        assert_eq!(
            added("ignore:\n- rule: x\n  file: y # why\nlang: zh\n"),
            "ignore:\n- rule: x\n  file: y # why\n- rule: a/b\n  file: \"**\"\nlang: zh\n"
        );
        assert_eq!(added("ignore: [vendor/**]\n"), "ignore: [vendor/**, {rule: a/b, file: \"**\"}]\n");
        assert_eq!(added("ignore:\nlang: zh\n"), "ignore:\n  - rule: a/b\n    file: \"**\"\nlang: zh\n");
        assert!(with_item("ignore: all\n", "ignore", &item).is_err());
    }
}
