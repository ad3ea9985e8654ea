//! Documents that are known to hold nothing to check, and yet hold what would have to be: fields of ours in another
//! spelling, or too few of them for a shape that is read.

use dianjian_base::lang::Text;
use dianjian_document::tree::Node;

use super::Mapping;
use crate::record::{Familiar, Value};

/// How deep such a field is looked for.
const MAX_DEPTH: usize = 5;

/// How many items of a list are looked into.
const MAX_ITEMS: usize = 3;

/// What envelopes call what they hold.
const ENVELOPES: [&str; 10] =
    ["data", "result", "results", "resp", "response", "list", "items", "records", "rows", "body"];

impl Mapping {
    /// The content of a document for which it is not idle: its place, and why it is not read.
    pub(in crate::record) fn unread<'a>(
        &self,
        document: Node<'a>,
        familiar: Option<&Familiar>,
    ) -> Option<(Node<'a>, Text)> {
        if self.unless.is_empty() {
            return None;
        }
        let value = Value::Node(document);
        let wanted: Vec<Vec<String>> = self.unless.iter().map(|path| path.split('.').map(plain).collect()).collect();
        let called = |alike| wanted.iter().find_map(|names| find(&value, names, alike, "", MAX_DEPTH));
        let titled = || {
            find_where(&value, "", MAX_DEPTH, &|name, entry| {
                entry.is_scalar() && familiar.is_some_and(|familiar| familiar.is_telling(name))
                    || entry.with_text(|text| holds(text, &wanted)) == Some(true)
            })
        };
        let (path, node) = called(str::eq).or_else(titled).or_else(|| called(is_slip))?;
        Some((node, message(&path)))
    }
}

/// Whether a name is the one that is wanted.
type Alike = fn(&str, &str) -> bool;

/// A field by the names on the way to it, compared without case and punctuation: its path as written, and its key. A
/// container may go on after its name (`product` is `productList` too), a field may have something before it.
fn find<'a>(value: &Value<'a>, names: &[String], alike: Alike, path: &str, depth: usize) -> Option<(String, Node<'a>)> {
    let depth = depth.checked_sub(1)?;
    if value.is_list() {
        return value.each().take(MAX_ITEMS).find_map(|item| find(&item, names, alike, path, depth));
    }
    let (first, rest) = names.split_first()?;
    let mut found = None;
    value.entries(|name, key, entry| {
        if found.is_some() || entry.is_empty() {
            return;
        }
        let at = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let name = plain(name);
        let is_container = !rest.is_empty() && (name.starts_with(first.as_str()) || alike(&name, first));
        if is_container {
            found = find(entry, rest, alike, &at, depth);
        } else if rest.is_empty() && (name.ends_with(first.as_str()) || alike(&name, first)) && entry.is_scalar() {
            found = Some((at.clone(), key.unwrap_or(entry.node())));
        }
        if found.is_none() && (is_container || ENVELOPES.contains(&&*name)) {
            found = find(entry, names, alike, &at, depth);
        }
    });
    found
}

/// Whether a name is another with a slip of the pen. Short ones are others as often.
fn is_slip(name: &str, meant: &str) -> bool {
    const SHORTEST: usize = 5;
    meant.len() >= SHORTEST && name.len() >= SHORTEST && strsim::damerau_levenshtein(name, meant) == 1
}

/// The first field that passes a test: its path as written, and its key.
fn find_where<'a>(
    value: &Value<'a>,
    path: &str,
    depth: usize,
    test: &dyn Fn(&str, &Value<'a>) -> bool,
) -> Option<(String, Node<'a>)> {
    let depth = depth.checked_sub(1)?;
    if value.is_list() {
        return value.each().take(MAX_ITEMS).find_map(|item| find_where(&item, path, depth, test));
    }
    let mut found = None;
    value.entries(|name, key, entry| {
        if found.is_some() || entry.is_empty() {
            return;
        }
        let at = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        found = match test(name, entry) {
            true => Some((at, key.unwrap_or(entry.node()))),
            false => find_where(entry, &at, depth, test),
        };
    });
    found
}

/// Whether a text is itself a JSON document with one of these fields.
fn holds(text: &str, wanted: &[Vec<String>]) -> bool {
    let text = text.trim();
    let is_json = text.starts_with(['{', '[']) && text.ends_with(['}', ']']);
    let is_wanted = |key: &str| wanted.iter().filter_map(|names| names.last()).any(|name| *name == plain(key));
    is_json
        && text
            .split('"')
            .zip(text.split('"').skip(1))
            .any(|(key, next)| next.trim_start().starts_with(':') && is_wanted(key))
}

/// A name without case and punctuation: `nickName` and `nick_name` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn message(path: &str) -> Text {
    Text {
        zh: format!(
            "平台的返回里有“{path}”，字段写法或内容和平台接口的不一样，没有检查；把接口的返回原样保存，或用 --mapping 说明字段对应关系。"
        ),
        en: format!(
            "This answer of the platform holds `{path}`, but not in the shape that the platform's interface has, so it was \
             not checked; keep the answer as it came, or say with --mapping where its fields are."
        ),
    }
}
